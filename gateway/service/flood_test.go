package service_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"aviso/gateway"
	"aviso/ivr"
)

// lastTurn is a store that remembers the last Turn.
type lastTurn struct {
	gateway.Store
	turn gateway.Turn
}

func (l *lastTurn) Commit(ctx context.Context, t gateway.Turn) error {
	l.turn = t
	return l.Store.Commit(ctx, t)
}

// wrote reports whether the last Turn left anything on the disk.
func (l *lastTurn) wrote() bool {
	t := l.turn
	t.At, t.Answer = gateway.Turn{}.At, gateway.Answer{}
	return !reflect.DeepEqual(t, gateway.Turn{})
}

// What one phone says beyond its share is answered, and leaves nothing, as soon
// as it changes nothing; what changes something is kept like any other.
func TestFloodOfOnePhoneLeavesNothing(t *testing.T) {
	const caller gateway.Phone = "+14145550177"
	for _, test := range []struct {
		name   string
		from   gateway.Phone
		before []string // texts within the share
		floods string
		kept   string // from then on, still
	}{
		{"a person's alert", juan, nil, "ALERTA", "CANCELAR 4821"},
		{"with words", juan, nil, "ALERTA me llevan, son cinco", ""},
		{"nobody's phone", caller, nil, "ALERTA", ""},
		{"nobody's phone with words", caller, nil, "ALERTA " + strings.Repeat("vienen ", 200), ""},
		{"a guesser", caller, []string{"ALERTA 3125550101 1111"}, "ALERTA 3125550101 1112", ""},
		{"a contact who has read it", maria, nil, "RECIBIDO", "STOP"},
		{"a stop", maria, nil, "STOP", "START"},
		{"a cry that nobody knows", caller, nil, "AUXILIO", "STOP"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			last := &lastTurn{Store: w.service.Store}
			w.service.Store = last
			n := 0
			send := func(body string, limited bool) (wrote bool) {
				t.Helper()
				n++
				text := gateway.NewText(fmt.Sprintf("SMflood%d", n), test.from, ourLine, body, "")
				if limited {
					text.Limit()
				}
				answer := w.handle(text)
				if answer.Text == "" && strings.HasPrefix(body, "ALERTA") {
					t.Errorf("%q is not answered", body)
				}
				return last.wrote()
			}
			if test.from == maria {
				w.text(juan, "ALERTA")
			}
			for _, body := range test.before {
				send(body, false)
			}
			if !send(test.floods, true) && len(test.before) == 0 {
				t.Error("the first is not kept")
			}
			written := 0
			for range 100 {
				if send(test.floods, true) {
					written++
				}
			}
			if written > 25 { // as many words as an alert holds, and what it takes to fall silent
				t.Errorf("%d of 100 are written down", written)
			}
			if test.kept != "" && !send(test.kept, test.kept != "CANCELAR 4821") {
				t.Errorf("%q is not kept", test.kept)
			}
		})
	}
}

// A text is bounded by what a carrier hands over in one.
func TestLongText(t *testing.T) {
	w := newWorld(t)
	last := &lastTurn{Store: w.service.Store}
	w.service.Store = last
	w.handle(gateway.NewText("SMlong", other, ourLine, "ALERTA "+strings.Repeat("ñ", 30_000), ""))
	if len(last.turn.Alerts) != 1 || len(last.turn.Alerts[0].Words[0].Text) > 3200 {
		t.Errorf("%d alerts, or too many words", len(last.turn.Alerts))
	}
	for _, e := range last.turn.Audit {
		if len(e.Detail) > 3200 {
			t.Errorf("%s keeps %d bytes", e.Kind, len(e.Detail))
		}
	}
}

// By USSD a phone that nobody knows keeps a few alerts open, and where such
// phones have used up their share none at all: it is told whom to call, and
// nothing is written. Whoever is known is heard.
func TestUSSDOfStrangers(t *testing.T) {
	w := newWorld(t)
	last := &lastTurn{Store: w.service.Store}
	w.service.Store = last
	for range 10 {
		w.ussd(other).reply("1", "guardada")
	}
	if n := len(w.tasks(gateway.TaskUnknownPhone)); n != 3 {
		t.Errorf("ten sessions of one phone leave %d tasks", n)
	}
	free := 2
	w.service.Crowded = func() bool { free--; return free < 0 }
	for n := range 5 {
		for _, keys := range []string{"", "1", "2*4821"} {
			w.texts++
			phone := gateway.Phone(fmt.Sprintf("+1414555%04d", w.texts))
			if n == 3 {
				phone = gateway.Anonymous
			}
			answer, err := w.service.Handle(t.Context(), &gateway.Dialogue{Medium: ivr.USSD, Session: fmt.Sprint("x", w.texts), Keys: keys, Whole: true, From: phone, To: "*384*12#"})
			if n == 0 {
				continue
			}
			if err != nil || last.wrote() || !answer.Screen.End || !strings.Contains(answer.Screen.Lines[0].Text, "312-555-0100") {
				t.Errorf("%q of a stranger too many: %+v, %v, written %t", keys, answer.Screen, err, last.wrote())
			}
		}
	}
	w.ussd(juan).reply("1", "ALERTA recibida")
	w.ussd(maria, "1 ALERTA")
	w.ussd(desk, "1 ALERTA")
}
