package main

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"aviso/gateway/carrier/sim"
)

const (
	centerOne = "+13125550171" // the contact centre
	centerTwo = "+13125550172"
	jailLine  = "+15550003333" // a number of ours that rings a person
)

func (r *rig) soon() (context.Context, context.CancelFunc) {
	return context.WithTimeout(r.t.Context(), patience)
}

// call dials, and wants these words first.
func (r *rig) call(from *sim.Phone, to string, words ...string) *sim.Talk {
	r.t.Helper()
	ctx, cancel := r.soon()
	defer cancel()
	talk, err := from.Call(ctx, to)
	if err != nil {
		r.t.Fatalf("%s calls: %v\n%s", from, err, r.log.String())
	}
	if len(words) > 0 {
		r.hear(talk, words...)
	}
	return talk
}

// hear wants words in what is said next.
func (r *rig) hear(talk *sim.Talk, words ...string) string {
	r.t.Helper()
	ctx, cancel := r.soon()
	defer cancel()
	said, err := talk.Hear(ctx, words...)
	if err != nil {
		r.t.Fatalf("%v\n%s", err, r.log.String())
	}
	return said
}

// press presses keys, and wants words in what is said then; no keys are
// silence.
func (r *rig) press(talk *sim.Talk, keys string, words ...string) string {
	r.t.Helper()
	ctx, cancel := r.soon()
	defer cancel()
	var err error
	if keys == "" {
		err = talk.Silence(ctx)
	} else {
		err = talk.Press(ctx, keys)
	}
	if err != nil {
		r.t.Fatalf("press %q: %v\n%s", keys, err, r.log.String())
	}
	if len(words) == 0 {
		return ""
	}
	return r.hear(talk, words...)
}

func (r *rig) answer(phone *sim.Phone, words ...string) *sim.Talk {
	r.t.Helper()
	ctx, cancel := r.soon()
	defer cancel()
	talk, err := phone.Answer(ctx)
	if err != nil {
		r.t.Fatalf("%v\n%s", err, r.log.String())
	}
	r.hear(talk, words...)
	return talk
}

func (r *rig) over(talk *sim.Talk) {
	r.t.Helper()
	ctx, cancel := r.soon()
	defer cancel()
	if err := talk.Over(ctx); err != nil {
		r.t.Fatalf("%v\n%s", err, r.log.String())
	}
}

func TestCallInRaisesAndCallsOff(t *testing.T) { everywhere(t, testCallInRaisesAndCallsOff) }

func testCallInRaisesAndCallsOff(t *testing.T, r *rig) {
	r.serve("--call-center", centerOne)
	talk := r.call(r.juan, sender, "RED X", "marque 1", "For English")
	first := r.press(talk, "1", "Alerta enviada.", "3 contactos", "marque 0")
	if !strings.HasPrefix(first, "Alerta enviada.") {
		t.Errorf("the first words are %q", first)
	}
	r.expect(r.maria, "Juan P.", "#")
	r.expect(r.pedro, "Juan P.")
	r.expect(r.rosa, "Juan P.")
	r.expect(r.desk, "Juan Perez")
	r.text(r.maria, "1", "Gracias")
	r.expect(r.juan, "Maria CONFIRMO")
	r.press(talk, "2", "pin")
	r.press(talk, "1234#", "no es correcto")
	r.expectNothing(r.maria, r.desk)
	r.press(talk, juansPIN+"#", "terminó")
	r.expect(r.maria, "termino")
	r.expect(r.desk, "termino")
	talk.HangUp()
}

// The next key continues a call after the gateway was killed in the middle.
func TestCallOutlivesARestart(t *testing.T) { everywhere(t, testCallOutlivesARestart) }

func testCallOutlivesARestart(t *testing.T, r *rig) {
	r.serveApart()
	talk := r.call(r.carrier.Phone("+13125550177", "Prestado"), sender, "marque 1")
	r.press(talk, "1", "Guardamos", "Marque su número")
	r.press(talk, "3125550101#", "pin")
	r.kill()
	r.serveApart()
	r.press(talk, juansPIN+"#", "Alerta enviada")
	r.expect(r.maria, "Juan P.")
	r.expectNothing(r.juan)
	talk.HangUp()
}

func TestCallInEnglishFromAnyPhone(t *testing.T) { everywhere(t, testCallInEnglishFromAnyPhone) }

func testCallInEnglishFromAnyPhone(t *testing.T, r *rig) {
	r.serve()
	borrowed := r.carrier.Phone("+13125550177", "Prestado")
	talk := r.call(borrowed, sender)
	r.press(talk, "9", "Emergency: press 1", "Para español")
	r.press(talk, "", "Enter your registered")
	r.press(talk, "3125550101#", "your pin")
	r.press(talk, juansPIN+"#", "press 1")
	r.press(talk, "1", "Alert sent.")
	r.expect(r.maria, "Juan P.", "Puede estar detenido")
	r.press(talk, "3", "Sign nothing")
	r.press(talk, "4", "zip code")
	r.press(talk, "60608", "Chicago")
	talk.HangUp()
	r.expectNothing(borrowed, r.juan)
}

func TestTransferToAPerson(t *testing.T) { everywhere(t, testTransferToAPerson) }

func testTransferToAPerson(t *testing.T, r *rig) {
	r.serve("--call-center", centerOne+","+centerTwo, "--custody-line", jailLine+":w5")
	one, two := r.carrier.Phone(centerOne, "Uno"), r.carrier.Phone(centerTwo, "Dos")

	// A voicemail swallows nobody; the next one takes the call by key.
	one.OnCall(sim.Voicemail)
	two.OnCall(sim.ByHand)
	talk := r.call(r.juan, sender)
	r.press(talk, "0")
	r.hear(talk, "Le comunicamos")
	agent := r.answer(two, "RED X", "Marque 1 para aceptar")
	r.press(agent, "1")
	ctx, cancel := r.soon()
	defer cancel()
	if err := talk.Bridged(ctx); err != nil {
		t.Fatal(err)
	}
	agent.HangUp()
	r.over(talk)

	// Nobody accepts: a promise.
	two.OnCall(sim.Busy)
	talk = r.call(r.juan, sender)
	r.press(talk, "")
	r.press(talk, "")
	r.hear(talk, "aviso urgente")
	r.over(talk)

	// In custody a person is rung at once.
	one.OnCall(sim.ByHand)
	jail := r.carrier.Phone("+13125550178", "Carcel")
	talk = r.call(jail, jailLine, "[tones w5]")
	agent = r.answer(one, "Marque 1")
	r.press(agent, "1")
	if err := talk.Bridged(ctx); err != nil {
		t.Fatal(err)
	}
	talk.HangUp()
}

// A contact whose number takes no texts is called at once, and confirms by key.
func TestCallOutIsConfirmedByKey(t *testing.T) { everywhere(t, testCallOutIsConfirmedByKey) }

func testCallOutIsConfirmedByKey(t *testing.T, r *rig) {
	r.serve()
	r.maria.OnCall(sim.ByHand)
	r.pedro.OnCall(sim.Voicemail)
	for _, contact := range []*sim.Phone{r.maria, r.pedro} {
		r.carrier.Fault(sim.Fault{Op: sim.OpCreateMessage, To: contact.Number, Status: 400, Code: 21614})
	}
	r.text(r.juan, "ALERTA me llevan", "Recibimos")
	recorded := r.recorded(r.pedro)
	for _, word := range []string{"Juan", "detenido", "me llevan", "alerta"} {
		if strings.Contains(recorded, word) || !strings.Contains(recorded, "RED X") {
			t.Errorf("a voicemail records %s", recorded)
		}
	}
	talk := r.answer(r.maria, "Juan P.", "dinero", "Puede estar detenido", "marque 1")
	r.press(talk, "2", "Puede estar detenido", "me llevan")
	r.press(talk, "1", "Gracias", "¿Hay niños que recoger?")
	r.expect(r.juan, "Maria CONFIRMO")
	talk.HangUp()
}

// recorded waits for a call to a phone that a machine answers, and returns what
// it is to hear.
func (r *rig) recorded(phone *sim.Phone) string {
	r.t.Helper()
	ctx, cancel := r.soon()
	defer cancel()
	for {
		for _, c := range r.carrier.Calls() {
			if c.To == phone.Number && c.Document != "" {
				return c.Document
			}
		}
		select {
		case <-ctx.Done():
			r.t.Fatalf("no machine of %s hears anything\n%s", phone, r.log.String())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Whoever presses 9 is never called or texted again.
func TestCallOutIsRefusedByKey(t *testing.T) { everywhere(t, testCallOutIsRefusedByKey) }

func testCallOutIsRefusedByKey(t *testing.T, r *rig) {
	r.serve()
	r.maria.OnCall(sim.ByHand)
	withdraw := r.carrier.Fault(sim.Fault{Op: sim.OpCreateMessage, To: r.maria.Number, Status: 400, Code: 21614})
	r.text(r.juan, "ALERTA", "Recibimos")
	talk := r.answer(r.maria, "Juan P.")
	r.press(talk, "9", "No le llamaremos")
	r.over(talk)
	withdraw()
	r.expect(r.juan, "Maria", "ya no recibe")
	r.text(r.juan, "CANCELAR "+juansPIN, "termino")
	r.expect(r.rosa, "termino")
	r.expectNothing(r.maria)
}

// A call's addresses are signed with the query that counts the step.
func TestVoiceWebhooksAreSigned(t *testing.T) {
	r := newRig(t)
	r.serve()
	r.carrier.Phone("+13125550199", "")
	ctx, cancel := r.soon()
	defer cancel()
	line, answer, err := r.juan.Open(ctx, sender)
	if err != nil || !strings.Contains(answer.Body, "/twilio/voice?step=1") || !strings.Contains(answer.Body, "actionOnEmptyResult") {
		t.Fatalf("%s, %v", answer.Body, err)
	}
	answer, err = line.Ask(ctx, "/twilio/voice?step=1", map[string][]string{"Digits": {"1"}})
	if err != nil || !strings.Contains(answer.Body, "Alerta enviada") {
		t.Fatalf("%s, %v", answer.Body, err)
	}
	again, err := line.Ask(ctx, "/twilio/voice?step=1", map[string][]string{"Digits": {"1"}})
	if err != nil || again.Body != answer.Body {
		t.Errorf("the same step is answered\n%s\nthe first time\n%s\n%v", again.Body, answer.Body, err)
	}
	r.expect(r.maria, "Juan P.")
	r.expectNothing(r.maria)
	for _, path := range []string{"/twilio/voice", "/twilio/voice?step=2", "/twilio/voice/notice/00112233445566778899aabbccddeeff", "/twilio/voice/whisper?call=CA1"} {
		if status := r.post(path, "CallSid=CA1&From=%2B13125550101&To=%2B15550001111&Digits=1"); status != 403 {
			t.Errorf("POST %s without a signature: %d, want 403", path, status)
		}
	}
}

// post sends a form that nobody signed, and returns the status.
func (r *rig) post(path, form string) int {
	r.t.Helper()
	response, err := http.Post(r.base+path, "application/x-www-form-urlencoded", strings.NewReader(form))
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode
}
