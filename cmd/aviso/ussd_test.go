package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const ussdSecret = "a-secret-of-ours-2026"

// ussd posts a request of Africa's Talking, and returns status and body.
func (r *rig) ussd(path string, fields ...string) (int, string) {
	r.t.Helper()
	form := url.Values{"serviceCode": {"*384*12#"}, "networkCode": {"63902"}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	response, err := http.PostForm(r.base+path, form)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// dial goes one step in a session, and wants an answer that begins so and holds
// words.
func (r *rig) dial(session, phone, text, begins string, words ...string) string {
	r.t.Helper()
	status, body := r.ussd("/ussd/"+ussdSecret, "sessionId", session, "phoneNumber", phone, "text", text)
	if status != 200 || !strings.HasPrefix(body, begins+" ") || len(body) > 160 {
		r.t.Fatalf("%q is answered %d %q, want %s\n%s", text, status, body, begins, r.log.String())
	}
	for _, word := range words {
		if !strings.Contains(body, word) {
			r.t.Errorf("%q is answered %q, without %q", text, body, word)
		}
	}
	return body
}

func TestUSSDOverHTTP(t *testing.T) {
	r := newRig(t)
	r.serve("--ussd-secret", ussdSecret)
	juan := r.juan.Number

	// One hop: *384*12*1#.
	first := r.dial("s1", juan, "1", "END", "ALERTA recibida #")
	r.expect(r.maria, "Juan P.")
	r.expect(r.desk, "Juan Perez")
	if again := r.dial("s1", juan, "1", "END"); again != first {
		t.Errorf("a repeat is answered %q, the first was %q", again, first)
	}
	r.expectNothing(r.maria)

	// Screen by screen, with a PIN.
	r.dial("s2", juan, "", "CON", "1 ALERTA")
	r.dial("s2", juan, "2", "CON", "PIN")
	r.dial("s2", juan, "2*"+juansPIN, "END", "termino")
	r.expect(r.maria, "termino")

	// From any phone, dialled through.
	r.dial("s3", "+13125550177", "1*3125550101*"+juansPIN, "END", "ALERTA recibida")
	r.expect(r.maria, "Juan P.")
	r.expectNothing(r.juan)

	// The end of a session is taken, and nothing of it kept.
	if status, _ := r.ussd("/ussd/"+ussdSecret, "sessionId", "s2", "phoneNumber", juan, "status", "Success", "durationInMillis", "900", "input", "2*"+juansPIN, "lastAppResponse", "END x"); status != 200 {
		t.Errorf("a notice of the end: %d", status)
	}
	for _, path := range []string{"aviso.db", "aviso.db-wal"} {
		data, err := os.ReadFile(filepath.Join(r.dir, path))
		if err == nil && strings.Contains(string(data), "2*"+juansPIN) {
			t.Errorf("%s holds a PIN", path)
		}
	}
	if strings.Contains(r.log.String(), juansPIN) || strings.Contains(r.log.String(), ussdSecret) || strings.Contains(r.log.String(), "3125550101") {
		t.Error("the log holds what passed through")
	}
}

// A request in between never reached us: what was typed in it is taken all the
// same, once, and in its order.
func TestUSSDLostHop(t *testing.T) {
	r := newRig(t)
	r.serve("--ussd-secret", ussdSecret)
	juan := r.juan.Number
	r.dial("l1", juan, "1", "END", "ALERTA recibida #")
	r.expect(r.maria, "Juan P.")

	r.dial("l2", juan, "", "CON", "1 ALERTA")
	r.dial("l2", juan, "2*"+juansPIN, "END", "termino") // "2" was lost
	r.expect(r.maria, "termino")

	// Somebody else's phone: 8, number and PIN, of which the number was lost.
	borrowed := "+13125550177"
	r.dial("l3", borrowed, "", "CON")
	r.dial("l3", borrowed, "1", "CON", "numero")
	r.dial("l3", borrowed, "1*3125550101*"+juansPIN, "END", "ALERTA recibida")
	r.expect(r.maria, "Juan P.")
	r.expectNothing(r.maria)

	r.dial("l5", "+13125550178", "", "CON")
	r.dial("l5", "+13125550178", "1*3125550101*"+juansPIN, "END", "ya enviada") // two hops were lost
	r.dial("l6", "+13125550179", "", "CON")
	r.dial("l6", "+13125550179", "1", "CON", "numero")
	r.dial("l6", "+13125550179", "1*3125550101", "CON", "PIN")
	r.dial("l6", "+13125550179", "1*3125550101*48*21", "END", "ya enviada") // a star within a PIN is none

	// Stars that were typed are no lost inputs.
	r.dial("l4", juan, "", "CON")
	r.dial("l4", juan, "*", "CON")
	r.dial("l4", juan, "**2", "CON", "PIN")
}

func TestUSSDGuards(t *testing.T) {
	r := newRig(t)
	r.serve("--ussd-secret", ussdSecret)
	fields := []string{"sessionId", "g", "phoneNumber", "+13125550155", "text", ""}
	for path, want := range map[string]int{"/ussd/": 404, "/ussd/wrong": 404, "/ussd/" + ussdSecret + "x": 404, "/ussd": 404} {
		if status, _ := r.ussd(path, fields...); status != want {
			t.Errorf("POST %s: %d, want %d", path, status, want)
		}
	}
	if status, _ := r.ussd("/ussd/"+ussdSecret, "phoneNumber", "+13125550155"); status != 400 {
		t.Errorf("without a session: %d, want 400", status)
	}
	statuses, over := map[int]int{}, 0
	for n := range 200 {
		status, body := r.ussd("/ussd/"+ussdSecret, "sessionId", "flood", "phoneNumber", "+13125550155", "text", strings.TrimPrefix(strings.Repeat("*3", n), "*"))
		statuses[status]++
		if strings.HasPrefix(body, "END Sesion terminada. En emergencia marque otra vez") {
			over++
		}
	}
	if statuses[200] != 200 || over < 50 || over > 140 || r.metric(`aviso_limited_total{what="phone_refused"}`) != float64(over) {
		t.Errorf("200 requests of one phone: %v, %d were told whom to call", statuses, over)
	}
	r.dial("urgent", "+13125550155", "1", "CON", "guardada") // the key 1 is never refused
}

func TestUSSDIsOffAndGuardedByAddress(t *testing.T) {
	r := newRig(t)
	r.serve()
	if status, _ := r.ussd("/ussd/"+ussdSecret, "sessionId", "1", "phoneNumber", "+13125550155", "text", ""); status != 404 {
		t.Errorf("USSD is on without a secret: %d", status)
	}
	r.stop()
	r.serve("--ussd-secret", ussdSecret, "--ussd-from", "192.0.2.0/24, 2001:db8::1")
	if status, _ := r.ussd("/ussd/"+ussdSecret, "sessionId", "1", "phoneNumber", "+13125550155", "text", ""); status != 403 {
		t.Errorf("from elsewhere: %d, want 403", status)
	}
}

// A thousand sessions at once: each has its answers, and the slow ones are
// within what the contract allows.
func TestUSSDUnderLoad(t *testing.T) {
	r := newRig(t)
	r.serve("--ussd-secret", ussdSecret)
	const sessions = 1000
	took := make([]time.Duration, 0, 3*sessions)
	var mu sync.Mutex
	var all sync.WaitGroup
	places := make(chan struct{}, 32)
	for n := range sessions {
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			phone := phoneNumber(773, n)
			for _, step := range []struct{ text, want string }{{"", "CON RED X"}, {"9", "CON RED X"}, {"9*3", "CON Stay silent"}} {
				began := time.Now()
				status, body := r.ussd("/ussd/"+ussdSecret, "sessionId", fmt.Sprint("load", n), "phoneNumber", phone, "text", step.text)
				mu.Lock()
				took = append(took, time.Since(began))
				mu.Unlock()
				if status != 200 || !strings.HasPrefix(body, step.want) {
					t.Errorf("%q of session %d is answered %d %q", step.text, n, status, body)
					return
				}
			}
		})
	}
	all.Wait()
	slices.Sort(took)
	if len(took) > 0 {
		t.Logf("%d requests: p50 %v, p99 %v", len(took), took[len(took)/2], took[len(took)*99/100])
	}
}

func TestUSSDProblems(t *testing.T) {
	r := newRig(t)
	for _, args := range [][]string{
		{"--ussd-secret", "short"}, {"--ussd-secret", "has/a/slash/in/the/middle"}, {"--ussd-secret", ussdSecret, "--ussd-from", "somewhere"},
		{"--ussd-from", "192.0.2.1"}, {"--ussd-secret", ussdSecret, "--ussd-format", r.file("broken.json", "{}")},
		{"--custody-line", "+15550003333:5"}, {"--custody-line", "+15550003333:5x", "--call-center", centerOne}, {"--call-center", "somebody"},
	} {
		if _, stderr := r.command(2, append([]string{"serve"}, args...)...); !strings.Contains(stderr, "--") {
			t.Errorf("%v: %q names no flag", args, stderr)
		}
	}
}
