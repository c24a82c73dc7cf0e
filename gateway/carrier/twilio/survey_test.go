package twilio

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"aviso/gateway"
)

// Twilio has a host for each of its APIs, in each region; others have one.
func TestHostOf(t *testing.T) {
	for _, test := range [][3]string{
		{"api.twilio.com", "api.twilio.com", "api.twilio.com"},
		{"messaging.twilio.com", "api.twilio.com", "messaging.twilio.com"},
		{"voice.twilio.com", "api.dublin.ie1.twilio.com", "voice.dublin.ie1.twilio.com"},
		{"messaging.twilio.com", "127.0.0.1:8081", "127.0.0.1:8081"},
		{"messaging.twilio.com", "api.example.org", "api.example.org"},
		{"messaging.twilio.com", "api.eviltwilio.com", "api.eviltwilio.com"},
	} {
		if got := hostOf(test[0], test[1]); got != test[2] {
			t.Errorf("%s at %s: %s, want %s", test[0], test[1], got, test[2])
		}
	}
}

// Ways that the simulated carrier cannot be brought to show.
func TestWorks(t *testing.T) {
	long := gateway.Sender{Address: "+15550001111", Kind: gateway.LongCode}
	mexican := gateway.Sender{Address: "+525512345678", Kind: gateway.LongCode}
	texts, calls := Way{gateway.SMS, "US"}, Way{gateway.Voice, "US"}
	active := func(change func(*Survey)) Survey {
		s := Survey{Status: "active", Texts: map[string]Answer{"US": Yes, "MX": Yes}, Calls: map[string]Answer{"US": Yes}}
		if change != nil {
			change(&s)
		}
		return s
	}
	ours := Number{Sender: long, SID: "PN1", CanText: true, CanCall: true, Registration: RegistrationDone}
	with := func(change func(*Number)) Number { n := ours; change(&n); return n }
	for _, test := range []struct {
		name   string
		survey Survey
		number Number
		way    Way
		works  Answer
		reason Reason
	}{
		{"suspended", active(func(s *Survey) { s.Status = "suspended" }), ours, texts, No, Suspended},
		{"a status that nobody gave", active(func(s *Survey) { s.Status = "" }), ours, texts, Yes, ""},
		{"sold without SMS", active(nil), with(func(n *Number) { n.CanText = false }), texts, No, Incapable},
		{"sold without voice", active(nil), with(func(n *Number) { n.CanCall = false }), calls, No, Incapable},
		{"caller ID of nobody's", active(nil), Number{Sender: long}, calls, No, Unverified},
		{"verified caller ID", active(nil), Number{Sender: long, CallerID: true}, calls, Yes, ""},
		{"Mexican number without a campaign", active(nil), Number{Sender: mexican, SID: "PN2", CanText: true, Registration: RegistrationNone}, texts, Yes, ""},
		{"registration unread, nothing sent", active(nil), with(func(n *Number) { n.Registration = RegistrationUnread }), texts, Open, Unregistered},
		{"registration unread, delivered", active(nil), with(func(n *Number) {
			n.Registration, n.Seen = RegistrationUnread, map[string]Seen{"US": {Delivered: true}}
		}), texts, Yes, ""},
		{"blocked before it was registered", active(nil), with(func(n *Number) { n.Seen = map[string]Seen{"US": {Code: "30034"}} }), texts, Yes, ""},
		{"a handset that was off", active(nil), with(func(n *Number) { n.Seen = map[string]Seen{"US": {Code: "30003"}} }), texts, Yes, ""},
		{"refused with 21612", active(nil), with(func(n *Number) { n.Seen = map[string]Seen{"MX": {Code: "21612"}} }), Way{gateway.SMS, "MX"}, No, Refused},
		{"a country that nobody told of", active(nil), ours, Way{gateway.SMS, "GT"}, Open, Unreadable},
		{"texts taken by an application", active(nil), with(func(n *Number) { n.SMSURL = "AP1" }), Way{gateway.SMS, ""}, No, Webhook},
		{"asked for by GET", active(nil), with(func(n *Number) { n.SMSURL = "GET https://aviso.example.org/twilio/sms" }), Way{gateway.SMS, ""}, No, Webhook},
		{"with connection overrides", active(nil), with(func(n *Number) { n.SMSURL = "https://aviso.example.org/twilio/sms#rc=3&rp=all" }), Way{gateway.SMS, ""}, Yes, ""},
		{"below a path", active(nil), with(func(n *Number) { n.VoiceURL = "https://aviso.example.org/x/twilio/voice" }), Way{gateway.Voice, ""}, No, Webhook},
	} {
		got := test.survey.Works(&test.number, test.way, "https://aviso.example.org/")
		if got.Works != test.works || got.Reason != test.reason {
			t.Errorf("%s: %d %q, want %d %q", test.name, got.Works, got.Reason, test.works, test.reason)
		}
		if got.Works == No && got.Next == "" {
			t.Errorf("%s: nothing to do next", test.name)
		}
	}
}

// A survey asks for one thing at a time, each within its own budget, so that a
// provider that hangs costs a few seconds a question.
func TestSurveyOfOneThatHangs(t *testing.T) {
	c := newCarrier(t, hangs)
	client := newClient(t, c.URL, nil)
	began := time.Now()
	_, err := client.Survey(t.Context(), nil, nil)
	if f := asFailure(t, err); f.Code != "timeout" {
		t.Errorf("%v", err)
	}
	if took := time.Since(began); took > gateway.SendBudget+time.Second {
		t.Errorf("took %s", took)
	}
}

func TestProbe(t *testing.T) {
	var server *httptest.Server
	token := testAuthToken
	status := 0
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status != 0 {
			w.WriteHeader(status)
			return
		}
		v, err := NewValidator(server.URL, token)
		if err != nil {
			t.Error(err)
		}
		r.ParseForm()
		if r.Method != http.MethodPost || !v.Valid(r.URL.EscapedPath(), r.URL.RawQuery, r.PostForm, r.Header.Get("X-Twilio-Signature")) {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		w.WriteHeader(http.StatusBadRequest) // as the gateway refuses an empty form
	}))
	t.Cleanup(server.Close)
	v, err := NewValidator(server.URL, testAuthToken)
	if err != nil {
		t.Fatal(err)
	}
	probe := func() error { return v.Probe(t.Context(), loopback{NewTransport()}) }
	if err := probe(); err != nil {
		t.Errorf("ourselves: %v", err)
	}
	token = "00000000000000000000000000000000"
	if err := probe(); !errors.Is(err, ErrProbeRefused) {
		t.Errorf("another token: %v", err)
	}
	for answer, want := range map[int]error{200: ErrProbeForeign, 301: ErrProbeForeign, 404: ErrProbeForeign, 502: ErrProbeUnreachable} {
		if status = answer; !errors.Is(probe(), want) {
			t.Errorf("%d: not %v", answer, want)
		}
	}
	server.Close()
	if err := probe(); !errors.Is(err, ErrProbeUnreachable) {
		t.Errorf("nobody: %v", err)
	}
}
