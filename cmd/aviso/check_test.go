package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aviso/gateway/carrier/sim"
)

// accountAt is an account at the simulated carrier, with its numbers announced
// at the public URL unless told otherwise.
func accountAt(t *testing.T, config sim.Config, public string) *sim.Carrier {
	t.Helper()
	c := sim.New(config)
	if err := c.Start(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.Connect(sim.Webhooks{SMS: public + "/twilio/sms", Voice: public + "/twilio/voice"})
	return c
}

// nowhere is a public URL on which nothing answers.
const nowhere = "http://127.0.0.1:1"

const (
	freeSender = "+18005550111"
	codeSender = "78910"
)

type checked struct {
	Ready    bool
	Findings []struct{ Level, About, Text, Next string }
	Ways     []struct{ Number, Channel, Direction, Country, Works, Reason, Next string }
	Legal    []struct {
		Claim, Source, Date string
		Says, Where         []string
	}
}

// way is how one of them was judged: "yes", or "no: reason".
func (c checked) way(number, channel, country string) string {
	direction := "out"
	if country == "" {
		direction = "in"
	}
	for _, w := range c.Ways {
		if w.Number == number && w.Channel == channel && w.Direction == direction && w.Country == country {
			if w.Reason == "" {
				return w.Works
			}
			return w.Works + ": " + w.Reason
		}
	}
	return "not judged"
}

func (c checked) finding(level, about string) string {
	var all []string
	for _, f := range c.Findings {
		if f.Level == level && f.About == about {
			all = append(all, f.Text, f.Next)
		}
	}
	return strings.Join(all, " ")
}

func checkEnviron(t *testing.T, c *sim.Carrier, more ...string) []string {
	dir := t.TempDir()
	sid, token := c.Account()
	return append([]string{
		"AVISO_DB=" + dir + "/db/aviso.db", "AVISO_KEYS=" + dir + "/aviso.keys", "AVISO_PUBLIC_URL=" + nowhere,
		"AVISO_TWILIO_API=" + c.URL(), "TWILIO_ACCOUNT_SID=" + sid, "TWILIO_AUTH_TOKEN=" + token,
		"AVISO_SMS_FROM=" + sender, "AVISO_PROGRAMME=RED X", "AVISO_PUBLIC_PHONE=+15205550100,+523312345600",
	}, more...)
}

func checkJSON(t *testing.T, want int, environ []string, args ...string) checked {
	t.Helper()
	status, stdout, stderr := quick(t, environ, append([]string{"check", "--json"}, args...)...)
	var c checked
	if err := json.Unmarshal([]byte(stdout), &c); err != nil {
		t.Fatalf("%v: %s%s", err, stdout, stderr)
	}
	if status != want || c.Ready != (want == 0) {
		t.Errorf("exit %d, ready %t; want %d\n%s", status, c.Ready, want, stdout)
	}
	return c
}

// Each way that an account falls short, by its reason.
func TestCheckWays(t *testing.T) {
	senders := []string{sender, freeSender, codeSender}
	standing := func(s sim.Standing) sim.Config {
		return sim.Config{Standing: map[string]sim.Standing{sender: s, freeSender: s}}
	}
	type ways map[string]string // "number channel country"
	for _, test := range []struct {
		name   string
		config sim.Config
		want   ways
	}{
		{"everything works", sim.Config{}, ways{
			sender + " texts ": "yes", sender + " texts US": "yes", sender + " texts MX": "yes", sender + " calls ": "yes",
			sender + " calls US": "yes", sender + " calls MX": "yes",
			freeSender + " texts ": "yes", freeSender + " texts US": "yes", freeSender + " texts MX": "no: kind", freeSender + " calls ": "yes",
			codeSender + " texts ": "yes", codeSender + " texts US": "yes", codeSender + " texts MX": "no: kind", codeSender + " calls ": "no: kind",
		}},
		{"the first day", standing(sim.Unregistered), ways{
			sender + " texts ": "yes", sender + " texts US": "no: unregistered", sender + " texts MX": "yes", sender + " calls US": "yes",
			freeSender + " texts US": "no: unverified", codeSender + " texts US": "yes",
		}},
		{"in review", standing(sim.InReview), ways{sender + " texts US": "no: unregistered", freeSender + " texts US": "no: unverified"}},
		{"refused", standing(sim.Rejected), ways{sender + " texts US": "no: unregistered", freeSender + " texts US": "no: unverified"}},
		{"trial", sim.Config{Trial: true}, ways{
			sender + " texts ": "yes", sender + " texts MX": "no: trial", sender + " calls ": "yes", sender + " calls US": "no: trial",
		}},
		{"geography", sim.Config{NoTexts: []string{"MX"}, NoCalls: []string{"MX"}}, ways{
			sender + " texts US": "yes", sender + " texts MX": "no: geography", sender + " calls US": "yes", sender + " calls MX": "no: geography",
		}},
		{"balance", sim.Config{Balance: "0.01"}, ways{
			sender + " texts ": "yes", sender + " texts US": "no: balance", sender + " calls MX": "no: balance",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.config.Senders = senders
			c := accountAt(t, test.config, nowhere)
			status := 1 // http alone is one thing that is missing
			got := checkJSON(t, status, checkEnviron(t, c, "AVISO_SMS_FROM="+strings.Join(senders, ",")))
			for key, want := range test.want {
				parts := strings.Split(key, " ")
				if is := got.way(parts[0], parts[1], parts[2]); is != want {
					t.Errorf("%s: %s, want %s", key, is, want)
				}
			}
			for _, w := range got.Ways {
				if w.Works == "no" && w.Reason != "kind" && w.Next == "" {
					t.Errorf("%+v: no next step", w)
				}
			}
			if counts := c.Counts(); counts.Messages+counts.Calls > 0 {
				t.Error("somebody was texted or called")
			}
		})
	}
}

// TestCheckReady is the whole of it: a gateway behind https, with nothing
// missing.
func TestCheckReady(t *testing.T) {
	const public = "https://127.0.0.1:1" // nothing answers: that may be the network's way, and is advice
	c := accountAt(t, sim.Config{Senders: []string{sender}}, public)
	got := checkJSON(t, 0, checkEnviron(t, c, "AVISO_PUBLIC_URL="+public))
	if text := got.finding("advice", "public URL"); !strings.Contains(text, "cannot be reached") {
		t.Errorf("public URL: %q", text)
	}
	if len(got.Legal) == 0 || got.Legal[0].Source == "" || len(got.Legal[0].Where) == 0 {
		t.Errorf("legal sentences: %+v", got.Legal)
	}
	status, stdout, stderr := quick(t, checkEnviron(t, c, "AVISO_PUBLIC_URL="+public), "check")
	if status != 0 || stderr != "" {
		t.Errorf("exit %d, %q", status, stderr)
	}
	for _, want := range []string{"What works today", "texts in", "texts to US", "texts to MX", "calls in", "calls to MX", "20.00 USD", "Everything is in place.",
		"No firme nada sin abogado", "in: ", "asaptogether.org/en/detention", "date: 2025-12-15", "date: 2023 (older than a year: doubtful)"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the report lacks %q:\n%s", want, stdout)
		}
	}
}

// Webhooks that point elsewhere are named, with the offer to set them, and are
// set where that is asked for and at no other time.
func TestCheckSetsWebhooks(t *testing.T) {
	const public = "https://127.0.0.1:1"
	senders := []string{sender, "+15550001112", freeSender, codeSender}
	c := accountAt(t, sim.Config{Senders: senders}, public)
	const theirs = "https://demo.twilio.com/welcome/sms/reply"
	c.Configure(sender, theirs, "")
	c.Configure(codeSender, "", "")
	c.ServiceWebhook("+15550001112", theirs) // what stands at the number itself is not heeded
	c.Configure("+15550001112", theirs, public+"/twilio/voice")
	environ := checkEnviron(t, c, "AVISO_PUBLIC_URL="+public, "AVISO_SMS_FROM="+strings.Join(senders, ","))
	before := checkJSON(t, 1, environ)
	for _, key := range []string{sender + " texts", sender + " calls", codeSender + " texts", "+15550001112 texts"} {
		number, channel, _ := strings.Cut(key, " ")
		if is := before.way(number, channel, ""); is != "no: webhook" {
			t.Errorf("%s: %s, want no: webhook", key, is)
		}
	}
	if is := before.way(freeSender, "texts", ""); is != "yes" {
		t.Errorf("a number that points here: %s", is)
	}
	if sms, _ := c.Configured(sender); sms != theirs {
		t.Error("check alone changed a number")
	}
	if text := before.finding("missing", sender+" texts in"); !strings.Contains(text, "--set-webhooks") {
		t.Errorf("the offer is missing: %q", text)
	}
	checkJSON(t, 0, environ, "--set-webhooks")
	for _, number := range senders {
		sms, voice := c.Configured(number)
		if sms != public+"/twilio/sms" || voice != public+"/twilio/voice" && number != codeSender {
			t.Errorf("%s: %s, %s", number, sms, voice)
		}
	}
	checkJSON(t, 0, environ)
}

func TestCheckNamesWhatIsMissing(t *testing.T) {
	c := accountAt(t, sim.Config{Senders: []string{sender}}, nowhere)
	got := checkJSON(t, 1, checkEnviron(t, c, "AVISO_PUBLIC_PHONE=+18005550100", "AVISO_SMS_FROM="+sender+",+15550009999"))
	if text := got.finding("missing", "public phones"); !strings.Contains(text, "only one") {
		t.Errorf("public phones: %q", text)
	}
	if is := got.way("+15550009999", "texts", "US"); is != "no: account" {
		t.Errorf("a number of nobody's: %s", is)
	}
	if text := got.finding("missing", "public URL"); !strings.Contains(text, "https") {
		t.Errorf("public URL: %q", text)
	}
	// A wrong token is one sentence, without the token.
	status, stdout, stderr := quick(t, checkEnviron(t, c, "TWILIO_AUTH_TOKEN=ffffffffffffffffffffffffffffffff"), "check")
	if status != 1 || !strings.Contains(stdout, "do not belong together") || strings.Contains(stdout+stderr, "ffffffff") {
		t.Errorf("exit %d, %s%s", status, stdout, stderr)
	}
	// Without a configuration nothing is looked at.
	if status, _, stderr := quick(t, nil, "check"); status != 2 || !strings.Contains(stderr, "--public-url") {
		t.Errorf("exit %d, %s", status, stderr)
	}
}

// A provider that speaks Twilio's API and has nothing of its newer ones leaves
// ways open; what its texts came to decides them.
func TestCheckByWhatWasSeen(t *testing.T) {
	r := newRig(t)
	r.carrier.Fault(sim.Fault{Op: sim.OpCreateMessage, Final: "undelivered", FinalCode: 30034, To: "+1*"})
	r.serve()
	r.text(r.juan, "ALERTA")
	r.expect(r.maria, "Juan")
	r.eventually("a text to the US is blocked", func() bool {
		for _, m := range r.carrier.MessagesTo("+13125550102") {
			if m.ErrorCode == 30034 {
				return true
			}
		}
		return false
	})
	r.carrier.HideAccount()
	_, token := r.carrier.Account()
	out, _ := r.command(1, "check", "--json")
	var got checked
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if is := got.way(sender, "texts", "US"); is != "no: unregistered" {
		t.Errorf("texts to the US: %s", is)
	}
	if is := got.way(sender, "texts", "MX"); is != "yes" {
		t.Errorf("texts to Mexico: %s", is)
	}
	if strings.Contains(out, token) || strings.Contains(out, "3312345678") || strings.Contains(out, "Maria") {
		t.Error("the report tells of a person, or the token")
	}
}

func TestAuditVerify(t *testing.T) {
	r := newRig(t)
	out, _ := r.command(0, "audit", "verify")
	if !strings.Contains(out, "All of them hold.") || strings.HasPrefix(out, "0 ") {
		t.Errorf("%s", out)
	}
}

// Each account is asked for its own numbers; a Kannel is named.
func TestCheckAsksEveryAccount(t *testing.T) {
	const public = "https://127.0.0.1:1"
	first := accountAt(t, sim.Config{Senders: []string{sender}}, public)
	second := accountAt(t, sim.Config{
		AccountSID: "AC00000000000000000000000000000002", AuthToken: "ffffffffffffffffffffffffffffffff",
		Senders: []string{"+15550002222"}, Trial: true,
	}, public)
	sid, token := second.Account()
	modem := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // a text to nobody
		if r.Header.Get("X-Kannel-Password") != "0123456789" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		w.WriteHeader(http.StatusBadRequest)
	}))
	t.Cleanup(modem.Close)
	file := filepath.Join(t.TempDir(), "carriers.json")
	if err := os.WriteFile(file, []byte(`{"carriers":[
		{"name":"second","kind":"twilio","api":"`+second.URL()+`","account":"`+sid+`","token_env":"SECOND_TOKEN","senders":[{"address":"+15550002222"}]},
		{"name":"modem","kind":"kannel","sendsms":"`+modem.URL+`/cgi-bin/sendsms","user":"aviso","password_env":"KANNEL_PASSWORD","secret_env":"KANNEL_SECRET","senders":[{"address":"+15550003333"}]}
	]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	got := checkJSON(t, 1, checkEnviron(t, first, "AVISO_PUBLIC_URL="+public, "AVISO_CARRIERS="+file,
		"SECOND_TOKEN="+token, "KANNEL_PASSWORD=0123456789", "KANNEL_SECRET=0123456789abcdef0123456789abcdef"))
	for key, want := range map[string]string{
		sender + " texts US": "yes", "+15550002222 texts US": "no: trial", "+15550002222 texts ": "yes", "+15550003333 texts US": "not judged",
	} {
		parts := strings.Split(key, " ")
		if is := got.way(parts[0], parts[1], parts[2]); is != want {
			t.Errorf("%s: %s, want %s", key, is, want)
		}
	}
	if got.finding("ok", "account") == "" || got.finding("missing", "account second") == "" || got.finding("ok", "carrier modem") == "" {
		t.Errorf("%+v", got.Findings)
	}
	if got.finding("advice", "carriers") != "" {
		t.Error("a further carrier is advised where there are two")
	}
}
