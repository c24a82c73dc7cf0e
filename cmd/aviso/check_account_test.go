package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"aviso/gateway/carrier/sim"
)

// An account at or below zero is handed nothing: neither texts nor calls come in.
func TestCheckWithoutMoney(t *testing.T) {
	for balance, want := range map[string]string{"0.00": "no: balance", "-3.20": "no: balance", "0.01": "yes"} {
		c := accountAt(t, sim.Config{Senders: []string{sender}, Balance: balance}, nowhere)
		got := checkJSON(t, 1, checkEnviron(t, c))
		for _, channel := range []string{"texts", "calls"} {
			if is := got.way(sender, channel, ""); is != want {
				t.Errorf("balance %s, %s in: %s, want %s", balance, channel, is, want)
			}
		}
	}
}

// What a number's service says goes for a short code as well, and is mended there.
func TestCheckShortCodeWithinAService(t *testing.T) {
	c := accountAt(t, sim.Config{Senders: []string{"MGours", codeSender}}, nowhere)
	c.ServiceWebhook(codeSender, "https://elsewhere.example/sms")
	environ := checkEnviron(t, c, "AVISO_SMS_FROM="+codeSender)
	if is := checkJSON(t, 1, environ).way(codeSender, "texts", ""); is != "no: webhook" {
		t.Errorf("a short code whose service announces elsewhere: %s", is)
	}
	if is := checkJSON(t, 1, environ, "--set-webhooks").way(codeSender, "texts", ""); is != "yes" {
		t.Errorf("after --set-webhooks: %s", is)
	}
}

// The service that has a number is found among hundreds.
func TestCheckManyServices(t *testing.T) {
	senders, standing := []string{}, map[string]sim.Standing{}
	for i := range 120 {
		sid := fmt.Sprintf("MG%032d", i)
		senders = append(senders, sid)
		if i < 119 {
			standing[sid] = sim.Unregistered
		}
	}
	c := accountAt(t, sim.Config{Senders: append(senders, sender), Standing: standing}, nowhere)
	if is := checkJSON(t, 1, checkEnviron(t, c)).way(sender, "texts", "US"); is != "yes" {
		t.Errorf("a number whose campaign is in the 120th service: %s", is)
	}
}

// A Messaging Service is as good as its pool, which is named.
func TestCheckPool(t *testing.T) {
	config := sim.Config{Senders: []string{"MGempty", "MGfull", sender},
		Standing:       map[string]sim.Standing{"MGempty": sim.Rejected},
		ChannelSenders: map[string][]string{"MGfull": {"whatsapp:+15550001111", "rcs:red_x"}}}
	c := accountAt(t, config, nowhere)
	got := checkJSON(t, 1, checkEnviron(t, c, "AVISO_SMS_FROM=MGempty,MGfull,"+sender))
	for _, country := range []string{"", "US", "MX"} {
		if is := got.way("MGempty", "texts", country); is != "no: pool" {
			t.Errorf("an empty pool, texts %q: %s", country, is)
		}
		if is := got.way("MGfull", "texts", country); is != "yes" {
			t.Errorf("a pool with a number, texts %q: %s", country, is)
		}
	}
	if pool := got.finding("ok", "MGfull"); !strings.Contains(pool, sender) || !strings.Contains(pool, "whatsapp:+15550001111") || !strings.Contains(pool, "rcs:red_x") {
		t.Errorf("the pool is said to be %q", pool)
	}
}

// A webhook by GET is named as that, and mended. Only what is elsewhere is sent, and
// where one is refused the others are set.
func TestCheckSetsOnlyWhatChanges(t *testing.T) {
	other := "+15550001112"
	c := accountAt(t, sim.Config{Senders: []string{sender, other, freeSender}}, nowhere)
	c.ByGet(sender)
	c.Configure(freeSender, nowhere+"/twilio/sms", "https://elsewhere.example/voice")
	c.Configure(other, "https://elsewhere.example/sms", nowhere+"/twilio/voice")
	environ := checkEnviron(t, c, "AVISO_SMS_FROM="+strings.Join([]string{sender, other, freeSender}, ","))
	got := checkJSON(t, 1, environ)
	if text := got.finding("missing", sender+" texts in"); !strings.Contains(text, "by GET") || !strings.Contains(text, "POST") {
		t.Errorf("GET is named %q", text)
	}

	// A proxy that refuses the one number, and notes what is sent of the others.
	var sent []string
	refused := ""
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			r.ParseForm()
			sent = append(sent, r.URL.Path+" "+r.PostForm.Encode())
			if refused == "" {
				refused = r.URL.Path
			}
			if r.URL.Path == refused {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
		}
		request, err := http.NewRequestWithContext(r.Context(), r.Method, c.URL()+r.URL.RequestURI(), strings.NewReader(r.PostForm.Encode()))
		if err != nil {
			t.Error(err)
			return
		}
		request.Header = r.Header.Clone()
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Error(err)
			return
		}
		defer response.Body.Close()
		w.WriteHeader(response.StatusCode)
		if _, err := io.Copy(w, response.Body); err != nil {
			t.Error(err)
		}
	}))
	defer proxy.Close()
	got = checkJSON(t, 1, append(environ, "AVISO_TWILIO_API="+proxy.URL), "--set-webhooks")
	if text := got.finding("missing", "webhooks"); !strings.Contains(text, "could not be set") || !strings.Contains(text, "again") {
		t.Errorf("the refusal is named %q", text)
	}
	if sms, _ := c.Configured(other); sms != nowhere+"/twilio/sms" {
		t.Errorf("the number behind the refused one: %s", sms)
	}
	if _, voice := c.Configured(freeSender); voice != nowhere+"/twilio/voice" {
		t.Errorf("the last number: %s", voice)
	}
	for _, form := range sent {
		if strings.Contains(form, "SmsUrl") && strings.Contains(form, "VoiceUrl") {
			t.Errorf("both were sent: %s", form)
		}
	}
	if len(sent) != 4 { // the first one's texts and calls, the second's texts, the third's calls
		t.Errorf("sent %q", sent)
	}
}

// An account that cannot be asked is named with its address, the reason and what to do.
func TestCheckCannotBeAsked(t *testing.T) {
	c := accountAt(t, sim.Config{Senders: []string{sender}}, nowhere)
	for name, test := range map[string]struct {
		environ string
		status  int
		code    int
		want    []string
	}{
		"nobody there": {"AVISO_TWILIO_API=http://127.0.0.1:1", 0, 0, []string{"http://127.0.0.1:1", "nobody answers", "connect", "firewall"}},
		"wrong token":  {"TWILIO_AUTH_TOKEN=00000000000000000000000000000000", 0, 0, []string{c.URL(), "refuses the login", "20003", "TWILIO_AUTH_TOKEN"}},
		"no account":   {"", 404, 20404, []string{"no such account", "--twilio-api"}},
		"no money":     {"", 403, 20005, []string{"without money", "Pay in"}},
		"too often":    {"", 429, 20429, []string{"too often", "again"}},
		"broken":       {"", 500, 0, []string{"an error", "status page"}},
	} {
		t.Run(name, func(t *testing.T) {
			if test.status != 0 {
				defer c.Fault(sim.Fault{Op: sim.OpAny, Status: test.status, Code: test.code})()
			}
			text := checkJSON(t, 1, checkEnviron(t, c, test.environ)).finding("missing", "account")
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is missing in %q", want, text)
				}
			}
		})
	}
}

// Kannel's password is tried, and nobody is texted for it.
func TestCheckKannelLogin(t *testing.T) {
	for password, want := range map[string]string{"right": "ok", "wrong": "missing"} {
		smsbox := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Kannel-To") != "" {
				t.Error("somebody is texted")
			}
			if r.Header.Get("X-Kannel-Password") != "right" {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			w.WriteHeader(http.StatusBadRequest)
		}))
		defer smsbox.Close()
		c := accountAt(t, sim.Config{Senders: []string{sender}}, nowhere)
		path := t.TempDir() + "/carriers.json"
		file := fmt.Sprintf(kannelFile, smsbox.URL+"/sendsms", "aviso", "telco")
		file = strings.Replace(file, `"secret_env"`, `"callback": "http://127.0.0.1:1", "secret_env"`, 1)
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		got := checkJSON(t, 1, checkEnviron(t, c, "AVISO_CARRIERS="+path, "TELCO_PASSWORD="+password, "TELCO_SECRET="+telcoSecret))
		if got.finding(want, "carrier telco") == "" {
			t.Errorf("password %s: %+v", password, got.Findings)
		}
	}
}
