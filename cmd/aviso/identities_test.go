package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"aviso/gateway/carrier/sim"
)

// posts hands in a signed webhook as the carrier does.
func (r *rig) posts(path string, fields ...string) (status int, body string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	sid, _ := r.carrier.Account()
	form := url.Values{"AccountSid": {sid}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	got, err := r.carrier.Webhook(ctx, publicURL+path, form)
	if err != nil && got.Status == 0 {
		r.t.Fatalf("%v\n%s", err, r.log.String())
	}
	return got.Status, got.Body
}

// writes is a text by whatever way.
func (r *rig) writes(from, to, body string) string {
	r.t.Helper()
	r.n++
	status, answer := r.posts("/twilio/sms", "MessageSid", fmt.Sprintf("SM%032d", r.n), "From", from, "To", to, "Body", body, "NumMedia", "0")
	if status != http.StatusOK {
		r.t.Fatalf("%s writes %q: %d\n%s", from, body, status, r.log.String())
	}
	return answer
}

// The phone is the person, by whatever way they write: what a relative says by
// RCS confirms, and the owner's PIN is right from WhatsApp.
func TestOnePersonByEveryWay(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.serve()
	for _, ways := range []struct{ maria, juan, to string }{
		{"rcs:+523312345678", "rcs:+13125550101", "rcs:red_x_abc123_agent"},
		{"RCS: 5213312345678", "Rcs:13125550101", "RCS:red_x_abc123_agent"},
		{"whatsapp:+5213312345678", "whatsapp:+13125550101", "whatsapp:" + sender},
		{"WhatsApp:+52 33 1234 5678", "whatsapp: 13125550101", "whatsapp: " + strings.TrimPrefix(sender, "+")},
		{"5213312345678", "0013125550101", sender},
	} {
		if answer := r.writes(ways.juan, ways.to, "ALERTA en la fabrica"); !strings.Contains(answer, "Recibimos su ALERTA") || !strings.Contains(answer, "3 contactos") {
			t.Fatalf("%s raises: %s", ways.juan, answer)
		}
		r.expect(r.maria, "Juan P.")
		if answer := r.writes(ways.maria, ways.to, "1"); !strings.Contains(answer, "#") || strings.Contains(answer, "No conocemos") {
			t.Errorf("%s confirms: %s", ways.maria, answer)
		}
		r.expect(r.juan, "Maria CONFIRMO")
		if answer := r.writes(ways.juan, ways.to, "ESTADO "+juansPIN); !strings.Contains(answer, "Maria") {
			t.Errorf("%s asks how it stands: %s", ways.juan, answer)
		}
		if answer := r.writes(ways.juan, ways.to, "BIEN "+juansPIN); !strings.Contains(answer, "termino") {
			t.Errorf("%s ends it: %s", ways.juan, answer)
		}
		r.expect(r.maria, "termino")
	}
}

// Who has no phone that is known is told how to go on, by whatever way, and what
// they wrote is before an agent.
func TestNobodysAddressLosesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.serve()
	for _, from := range []string{"messenger:108000000000001", "whatsapp:3125550101", "instagram:17841400000000", "sip:+13125550101@evil.example", "client:+13125550101", "22000", "rcs:"} {
		answer := r.writes(from, sender, "ALERTA me llevan")
		if strings.Contains(answer, "Recibimos su ALERTA") || !strings.Contains(answer, "su numero y su PIN") {
			t.Errorf("%s: %s", from, answer)
		}
		if r.tasks()[from] == "" {
			t.Errorf("%s: nothing of it is before an agent: %v", from, r.tasks())
		}
	}
	// With number and PIN it is theirs, in one text or two.
	if answer := r.writes("messenger:108000000000003", "messenger:200", "hola"); !strings.Contains(answer, "No conocemos este telefono") && !strings.Contains(answer, "ALERTA") {
		t.Errorf("a greeting: %s", answer)
	}
	if answer := r.writes("messenger:108000000000001", "messenger:200", "312-555-0102, "+"4821"); strings.Contains(answer, "Recibimos su ALERTA") {
		t.Errorf("with somebody else's number: %s", answer)
	}
	if answer := r.writes("messenger:108000000000002", "messenger:200", "ALERTA 3125550101 "+juansPIN); !strings.Contains(answer, "Recibimos su ALERTA") {
		t.Errorf("with number and PIN: %s", answer)
	}
	r.expect(r.maria, "Juan P.")
	if answer := r.writes("messenger:108000000000004", "messenger:200", "REGISTRO"); !strings.Contains(answer, "EMERGENCIA") {
		t.Errorf("registers from an address that nothing reaches: %s", answer)
	}
	if status, _ := r.posts("/twilio/sms", "MessageSid", "SM1", "From", " ", "To", sender, "Body", "ALERTA"); status != http.StatusBadRequest {
		t.Errorf("without a sender: %d", status)
	}
	for _, m := range r.carrier.Messages("") {
		if strings.HasPrefix(m.To, "messenger") || strings.HasPrefix(m.To, "rcs:") || strings.HasPrefix(m.To, "sip") {
			t.Errorf("%q was sent to %s", m.Body, m.To)
		}
	}
}

// A call over the internet is the caller's where it comes from a host of the
// operator's, and a stranger's otherwise, who gives number and PIN.
func TestCallersOverTheInternet(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.serve("--sip-domain", "pbx.example.org")
	calls := 0
	raises := func(from string, more ...string) string {
		calls++
		fields := append([]string{"CallSid", fmt.Sprintf("CA%032d", calls), "From", from, "To", "sip:" + sender + "@red.sip.twilio.com", "CallStatus", "in-progress"}, more...)
		r.posts("/twilio/voice", fields...)
		_, said := r.posts("/twilio/voice?step=1", append(fields, "Digits", "1")...)
		return said
	}
	for _, from := range []string{"+13125550101", "sip:+13125550101@pbx.example.org", "sip:13125550101@PBX.example.org:5060", "whatsapp:+13125550101"} {
		if said := raises(from); !strings.Contains(said, "lerta enviada") && !strings.Contains(said, "alerta ya fue enviada") {
			t.Errorf("%s: %s", from, said)
		}
	}
	r.expect(r.maria, "Juan P.")
	if said := raises("sip:+13125550101@red.sip.twilio.com", "SipDomain", "red.sip.twilio.com"); !strings.Contains(said, "alerta ya fue enviada") {
		t.Errorf("from the domain that was called: %s", said)
	}
	for _, from := range []string{"sip:+13125550101@evil.example", "sip:+13125550101@pbx.example.org.evil.example", "client:+13125550101", "messenger:1", "+266696687", ""} {
		if said := raises(from, "SipDomain", "red.sip.twilio.com"); !strings.Contains(said, "Guardamos su alerta") || !strings.Contains(said, "Marque su n") {
			t.Errorf("%q may be anybody: %s", from, said)
		}
	}
}

// Receipts name the ways too, and are of the attempt all the same.
func TestReceiptsByEveryWay(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.serve()
	r.carrier.Fault(sim.Fault{Op: sim.OpCreateMessage, To: r.maria.Number, Final: "sent"})
	r.text(r.juan, "ALERTA", "Recibimos")
	notice := r.expect(r.maria, "Juan P.")
	path := strings.TrimPrefix(notice.StatusCallback, publicURL)
	if status, _ := r.posts(path, "MessageSid", notice.Sid, "MessageStatus", "undelivered", "ErrorCode", "30006",
		"From", "rcs:red_x_abc123_agent", "To", "rcs:"+r.maria.Number); status != http.StatusNoContent {
		t.Errorf("a receipt by RCS: %d", status)
	}
	r.eventually("a call to Maria, whose number takes no texts", func() bool {
		return slices.ContainsFunc(r.carrier.Calls(), func(c sim.Call) bool { return c.To == r.maria.Number })
	})
}
