package service_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// Whoever forges somebody's number in one medium, and tries PINs there, locks it in
// that one, for 15 minutes and then longer, and leaves the person the others.
func TestLocksGoByMedium(t *testing.T) {
	// Each calls Juan's alert off with a PIN, and says what is answered.
	media := []struct {
		name string
		off  func(w *world, pin string) string
	}{
		{"text", func(w *world, pin string) string { return w.text(juan, "BIEN "+pin) }},
		{"text through another account", func(w *world, pin string) string {
			w.texts++
			answer := w.handle(gateway.NewText("kannel:"+strings.Repeat("7", w.texts), juan, "78910", "CANCELAR "+pin, "")).Text
			w.deliver()
			return answer
		}},
		{"call", func(w *world, pin string) string {
			c := w.dials(juan)
			c.press("2")
			c.press(pin)
			return c.said()
		}},
		{"USSD", func(w *world, pin string) string {
			s := w.ussd(juan)
			s.reply("2")
			s.reply(pin)
			return s.text()
		}},
	}
	isText := func(name string) bool { return strings.HasPrefix(name, "text") }
	ended := func(w *world) bool {
		return !slices.ContainsFunc(w.view(gateway.Scope{Phone: juan}).Cases, func(c gateway.Case) bool { return c.Alert.Open() })
	}
	for _, tried := range media {
		for _, then := range media {
			t.Run(tried.name+", then "+then.name, func(t *testing.T) {
				w := newWorld(t)
				w.text(juan, "ALERTA")
				for range 4 {
					if answer := tried.off(w, "0000"); strings.Contains(answer, "Demasiados") {
						t.Fatalf("locked too soon: %q", answer)
					}
				}
				if answer := tried.off(w, "0000"); !strings.Contains(answer, "Demasiados") {
					t.Fatalf("the fifth is answered %q", answer)
				}
				same := tried.name == then.name || isText(tried.name) && isText(then.name)
				if answer := then.off(w, "4821"); ended(w) == same {
					t.Errorf("the right PIN is answered %q", answer)
				}
				if !same { // what was locked stays locked, and a right PIN elsewhere has not opened it
					w.text(juan, "ALERTA")
					if answer := tried.off(w, "4821"); ended(w) || !strings.Contains(answer, "Demasiados") {
						t.Errorf("and where it was locked: %q", answer)
					}
				}
				w.now = w.now.Add(gateway.LockFirst)
				if answer := tried.off(w, "4821"); !ended(w) {
					t.Errorf("after 15 minutes: %q", answer)
				}
			})
		}
	}
	t.Run("longer each time", func(t *testing.T) {
		w := newWorld(t)
		w.text(juan, "ALERTA")
		for range 5 {
			media[2].off(w, "0000")
		}
		w.now = w.now.Add(gateway.LockFirst)
		media[2].off(w, "0000")
		w.now = w.now.Add(2*gateway.LockFirst - time.Second)
		if media[2].off(w, "4821"); ended(w) {
			t.Error("the second lock is no longer than the first")
		}
		w.now = w.now.Add(time.Second)
		if answer := media[2].off(w, "4821"); !ended(w) {
			t.Errorf("after it: %q", answer)
		}
	})
}
