package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/carrier/kannel/kanneltest"
	"aviso/gateway/carrier/sim"
)

const (
	telcoCode   = "52078" // the operator's short code behind Kannel
	telcoSecret = "kannel-secret-0123456789"
	otherSender = "+15550002222"
	otherSID    = "AC00000000000000000000000000000002"
	otherToken  = "fedcba9876543210fedcba9876543210"
)

// withKannel starts a Kannel, and a gateway on an address that it knows.
func withKannel(t *testing.T, r *rig, file string, args ...string) *kanneltest.Kannel {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	free.Close()
	k := kanneltest.Start(t, "http://"+addr+"/kannel/"+telcoSecret)
	r.more = append(r.more, "TELCO_PASSWORD="+k.Password, "TELCO_SECRET="+telcoSecret)
	path := r.file("carriers.json", fmt.Sprintf(file, k.SendSMS, k.User, k.SMSC))
	r.serve(append([]string{"--addr", addr, "--carriers", path}, args...)...)
	return k
}

const kannelFile = `{
	"carriers": [{
		"name": "telco", "kind": "kannel",
		"sendsms": %q, "user": %q, "password_env": "TELCO_PASSWORD", "smsc": %q, "secret_env": "TELCO_SECRET",
		"senders": [{"address": "52078", "rate": 100, "countries": ["US", "MX"]}]
	}],
	"routes": [{"country": "MX", "senders": ["52078"]}]
}`

// TestKannelServesAnAlert: a short code behind a real Kannel is as good as any
// other number. The person texts it, the family in Mexico is told by it and
// answers to it, and Kannel's receipts are understood.
func TestKannelServesAnAlert(t *testing.T) {
	r := newRig(t)
	k := withKannel(t, r, kannelFile)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()

	k.Text(r.juan.Number, telcoCode, "ALERTA en la 18")
	receipt := k.Expect(ctx, r.juan.Number, "Recibimos su ALERTA #", "3 contactos")
	ref := receipt.Body[strings.Index(receipt.Body, "#"):][:7]
	k.Expect(ctx, r.maria.Number, ref, "Juan P.", "en la 18")
	r.expect(r.pedro, ref, "Juan P.") // the US goes by the main account
	r.expect(r.desk, ref, "Juan Perez")

	k.Text(r.maria.Number, telcoCode, "1")
	k.Expect(ctx, r.maria.Number, "Anotamos", ref)
	// Juan is told on the number that he knows.
	k.Expect(ctx, r.juan.Number, "Maria CONFIRMO")

	r.eventually("Kannel's receipts of delivery are taken", func() bool {
		return r.metric(`aviso_webhooks_total{kind="kannel_dlr",outcome="answered"}`) > 0 && r.metric(`aviso_receipts_total{rank="delivered"}`) > 0
	})
	for _, bad := range []string{"not_found", "failed", "missing_field"} {
		if r.metric(`aviso_webhooks_total{kind="kannel_dlr",outcome="`+bad+`"}`) != 0 {
			t.Errorf("receipts of Kannel's were answered as %s", bad)
		}
	}
	if log := r.log.String(); strings.Contains(log, telcoSecret) || strings.Contains(log, "3312345678") || strings.Contains(log, "en la 18") {
		t.Error("the log holds what it must not")
	}
	k.Text(r.juan.Number, telcoCode, "BIEN 4821")
	k.Expect(ctx, r.juan.Number, "termino")
	k.Expect(ctx, r.maria.Number, "termino")
}

// TestKannelWebhooks: a secret that is wrong is an address that is none; what
// is missing is a 400; a repeat is answered the same.
func TestKannelWebhooks(t *testing.T) {
	r := newRig(t)
	r.more = append(r.more, "TELCO_PASSWORD=x", "TELCO_SECRET="+telcoSecret)
	path := r.file("carriers.json", fmt.Sprintf(strings.Replace(kannelFile, `"secret_env"`, `"callback": "http://127.0.0.1:1", "secret_env"`, 1), "http://127.0.0.1:1/", "aviso", ""))
	r.serve("--carriers", path)
	get := func(path string) (int, string, string) {
		t.Helper()
		response, err := http.Get(r.base + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(body), response.Header.Get("Content-Type")
	}
	alert := url.Values{"from": {"+13125550101"}, "to": {telcoCode}, "id": {"7e6f"}, "charset": {"UTF-8"}, "text": {"ALERTA"}}.Encode()
	right := "/kannel/" + telcoSecret
	for _, test := range []struct {
		path   string
		status int
	}{
		{"/kannel/wrong-secret-0123456789/sms?" + alert, 404},
		{"/kannel//sms?" + alert, 404},
		{"/kannel/" + telcoSecret + "x/dlr?status=1&id=x", 404},
		{right + "/sms?" + strings.Replace(alert, "id=", "no=", 1), 400},
		{right + "/sms?" + strings.Replace(alert, "from=", "no=", 1), 400},
		{right + "/dlr?id=" + gateway.ID{9}.String(), 400},
		{right + "/dlr?status=1&id=" + gateway.ID{9}.String(), 404},
		{right + "/dlr?status=2&id=" + gateway.ID{9}.String(), 404},
		{right + "/dlr?status=1&id=nonsense", 404},
		{right + "/other", 404},
	} {
		if status, body, _ := get(test.path); status != test.status {
			t.Errorf("%s: %d %q, want %d", strings.Split(test.path, "?")[0], status, body, test.status)
		}
	}
	status, first, kind := get(right + "/sms?" + alert)
	if status != 200 || !strings.Contains(first, "Recibimos su ALERTA #") || !strings.HasPrefix(kind, "text/plain") {
		t.Fatalf("%d %q %q", status, kind, first)
	}
	if status, again, _ := get(right + "/sms?" + alert); status != 200 || again != first {
		t.Errorf("the repeat is answered %d %q, the first was %q", status, again, first)
	}
	if status, answer, _ := get(right + "/sms?" + url.Values{"from": {sender}, "to": {telcoCode}, "id": {"8"}, "text": {"ALERTA"}}.Encode()); status != 200 || answer != "" {
		t.Errorf("a text from a number of ours is answered %d %q", status, answer)
	}
}

// TestFailoverToKannel: the main account dies in front of an alert. Everybody
// is told through the other carrier within seconds, and when the main one is
// back it is used again; nobody did anything.
func TestFailoverToKannel(t *testing.T) {
	r := newRig(t)
	k := withKannel(t, r, strings.Replace(kannelFile, `"routes": [{"country": "MX", "senders": ["52078"]}]`, `"routes": []`, 1))
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	if err := r.carrier.Down(); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	k.Text(r.juan.Number, telcoCode, "ALERTA")
	for _, phone := range []*sim.Phone{r.maria, r.pedro, r.rosa, r.desk} {
		k.Expect(ctx, phone.Number, "ALERTA #", "Juan P")
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("all were told after %v", took)
	}
	status, body := r.get("/readyz")
	if status != http.StatusServiceUnavailable || !strings.Contains(body, "carrier twilio takes no messages") {
		t.Errorf("readyz: %d %s", status, body)
	}
	if _, metrics := r.get("/metrics"); !strings.Contains(metrics, `aviso_carrier_out{carrier="telco"} 0`) {
		t.Error("the metrics do not tell that telco is well")
	}
	for _, phone := range []*sim.Phone{r.maria, r.pedro, r.rosa, r.desk} {
		if n := k.Count(phone.Number); n != 0 {
			t.Errorf("%s was told %d times more", phone, n)
		}
	}

	if err := r.carrier.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.eventually("the main account is used again", func() bool {
		k.Text("+13125550111", telcoCode, "ALERTA") // Ana; words are added to her one alert
		k.Text("+13125550111", telcoCode, "BIEN 5739")
		luz := r.carrier.Phone("+13125550112", "Luz")
		expect, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := luz.Expect(expect, "ALERTA #")
		return err == nil
	})
}

// secondAccount is a second provider that speaks Twilio's API.
func secondAccount(t *testing.T, r *rig) *sim.Carrier {
	t.Helper()
	second := sim.New(sim.Config{Senders: []string{otherSender}, AccountSID: otherSID, AuthToken: otherToken})
	if err := second.Start(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { second.Close() })
	r.more = append(r.more, "OTHER_TOKEN="+otherToken)
	r.serve("--carriers", r.file("carriers.json", fmt.Sprintf(`{
		"carriers": [{"name": "other", "kind": "twilio", "api": %q, "account": %q, "token_env": "OTHER_TOKEN",
			"senders": [{"address": %q, "rate": 100}]}],
		"routes": [{"country": "MX", "senders": [%q]}],
		"probe": {"from": %q, "to": %q}
	}`, second.URL(), otherSID, otherSender, otherSender, sender, otherSender)))
	second.Connect(sim.Webhooks{SMS: r.base + "/twilio/sms", Public: publicURL})
	return second
}

// TestSecondAccount: webhooks of any configured account are taken, texts go
// from each account's own senders, and one stands in for the other.
func TestSecondAccount(t *testing.T) {
	r := newRig(t)
	second := secondAccount(t, r)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	expect := func(c *sim.Carrier, phone *sim.Phone, words ...string) {
		t.Helper()
		if _, err := c.Phone(phone.Number, phone.Name()).Expect(ctx, words...); err != nil {
			t.Fatalf("%v\n%s", err, r.log.String())
		}
	}
	if _, err := second.Phone(r.juan.Number, "Juan").Text(ctx, otherSender, "ALERTA"); err != nil {
		t.Fatal(err)
	}
	expect(second, r.juan, "Recibimos su ALERTA #")
	expect(second, r.maria, "ALERTA #") // by the route
	expect(r.carrier, r.pedro, "ALERTA #")
	if _, err := second.Phone(r.maria.Number, "Maria").Text(ctx, otherSender, "1"); err != nil {
		t.Fatal(err)
	}
	expect(second, r.juan, "Maria CONFIRMO")
	// A PIN is made forgotten at the account that it came by.
	if _, err := second.Phone(r.juan.Number, "Juan").Text(ctx, otherSender, "BIEN 4821"); err != nil {
		t.Fatal(err)
	}
	expect(second, r.juan, "termino")
	r.eventually("the text with the PIN is redacted at the second account", func() bool {
		return !strings.Contains(messagesOf(t, second), "4821")
	})

	forged := sim.New(sim.Config{Senders: []string{otherSender}, AccountSID: otherSID, AuthToken: strings.Repeat("0", 32)})
	if err := forged.Start(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	defer forged.Close()
	forged.Connect(sim.Webhooks{SMS: r.base + "/twilio/sms", Public: publicURL})
	if answer, err := forged.Phone(r.juan.Number, "Juan").Text(ctx, otherSender, "ALERTA"); err == nil || answer.Status != http.StatusForbidden {
		t.Errorf("an account that is none: %d, %v", answer.Status, err)
	}

	if err := second.Down(); err != nil {
		t.Fatal(err)
	}
	r.maria.Skip()
	r.text(r.juan, "ALERTA", "Recibimos su ALERTA")
	expect(r.carrier, r.maria, "ALERTA #")
}

// TestProbe: a text of ours to ourselves goes out at once; coming in it is met
// with silence, and nobody is alarmed.
func TestProbe(t *testing.T) {
	r := newRig(t)
	second := secondAccount(t, r)
	text := r.expect(r.carrier.Phone(otherSender, "the other number"), gateway.ProbeWords)
	answer, err := second.Webhook(t.Context(), publicURL+"/twilio/sms", url.Values{
		"MessageSid": {"SMprobe"}, "From": {sender}, "To": {otherSender}, "Body": {text.Body},
	})
	if err != nil || strings.Contains(answer.Body, "<Message>") {
		t.Errorf("the probe is answered %q, %v", answer.Body, err)
	}
	if _, body := r.get("/readyz"); strings.Contains(body, "did not come in") {
		t.Errorf("readyz: %s", body)
	}
}

// TestDailyLimit: what costs without being an alert stops, on every node;
// alerts go out as ever.
func TestDailyLimit(t *testing.T) {
	everywhere(t, func(t *testing.T, r *rig) {
		r.serve("--daily-limit", "4")
		r.text(r.juan, "DERECHOS", "DERECHOS")
		r.text(r.juan, "ALERTA", "Recibimos su ALERTA")
		for _, phone := range []*sim.Phone{r.maria, r.pedro, r.rosa, r.desk} {
			r.expect(phone, "ALERTA #")
		}
		r.text(r.juan, "BIEN 4821", "termino")
		for _, phone := range []*sim.Phone{r.maria, r.pedro, r.rosa, r.desk} {
			r.expect(phone, "termino")
		}
		r.eventually("every node knows", func() bool {
			_, body := r.get("/readyz")
			return strings.Count(body, "--daily-limit") == r.plant.nodes
		})
		r.text(r.juan, "PRUEBA", "manana")
		r.eventually("the database knows", func() bool {
			_, metrics := r.get("/metrics")
			return !strings.Contains(metrics, "aviso_segments_today 0")
		})
		if _, stderr := r.command(1, "drill", r.juan.Number, "--daily-limit", "4"); !strings.Contains(stderr, "manana") {
			t.Errorf("aviso drill: %s", stderr)
		}
		r.expectNothing(r.maria, r.pedro, r.rosa)
		r.juan.Skip()
		if answer := r.text(r.juan, "DERECHOS"); strings.Contains(answer.Body, "<Message>") {
			t.Errorf("DERECHOS is answered %q", answer.Body)
		}
		luz := r.carrier.Phone("+523312345699", "Chela")
		r.text(r.juan, "AGREGAR +523312345699 Chela 4821", "Chela")
		r.expectNothing(luz) // asked on another day
		r.text(r.juan, "ALERTA", "Recibimos su ALERTA")
		r.expect(r.maria, "ALERTA #")
	})
}

// TestCarriersFileNamesEverything: every problem of the file at once, exit 2.
func TestCarriersFileNamesEverything(t *testing.T) {
	r := newRig(t)
	r.more = append(r.more, "SHORT=x", "TOKEN=abc123")
	path := r.file("bad.json", `{
		"carriers": [
			{"name": "Twilio!", "kind": "pigeon", "senders": []},
			{"name": "a", "kind": "twilio", "api": "ftp://x", "account": "A C", "token_env": "UNSET", "provider": "telnyx", "user": "x",
				"senders": [{"address": "+15550001111"}, {"address": "no"}, {"address": "+15550002222", "rate": -1, "countries": ["XX"]}]},
			{"name": "a", "kind": "kannel", "sendsms": "http://203.0.113.1/", "user": "", "country": "Mexico", "password_env": "TOKEN", "secret_env": "SHORT",
				"senders": [{"address": "78910"}]},
			{"name": 5, "kind": "kannel", "colour": "red"}
		],
		"routes": [{"country": "MX", "senders": ["78910", "+15559999999"]}, {"country": "ZZ", "senders": []}],
		"probe": {"from": "+15550001111", "to": "+15550001111", "every": "1s"},
		"more": 1
	}`)
	_, stderr := r.command(2, "serve", "--carriers", path, "--daily-limit", "none")
	for _, want := range []string{
		"more: is not known", "carriers[3].name: want a text", "carriers[3].colour: is not known",
		"carriers[0].name: want up to", "carriers[0].kind: want twilio or kannel", "carriers[0].senders: name at least one",
		"carriers[1]: account SID", "carriers[1]: REST API address", "carriers[1].token_env: the environment has no UNSET", "carriers[1].user: does not belong",
		"carriers[1].senders[0].address: +15550001111 stands twice", "carriers[1].senders[1].address", "carriers[1].senders[2].rate", `carriers[1].senders[2].countries: "XX"`,
		`carriers[2].country: "Mexico"`, `carriers[1].provider: want one of twilio, signalwire, compatible`,
		`carriers[2].name: "a" is taken`, "carriers[2]: sendsms address", "carriers[2]: user", "carriers[2]: secret", "carriers[2].callback: is required",
		"routes[0].senders: 78910 does not reach MX", "routes[0].senders: +15559999999 is no sender", `routes[1].country: "ZZ"`, "routes[1].senders: name at least one",
		"probe.to: is the number that it comes from", "probe.every: want a duration", "--daily-limit (AVISO_DAILY_LIMIT)",
	} {
		if !strings.Contains(stderr, want) {
			t.Errorf("%q is missing in:\n%s", want, stderr)
		}
	}
	if strings.Contains(stderr, "abc123") {
		t.Error("a secret is repeated")
	}

	_, stderr = r.command(2, "serve", "--carriers", r.file("broken.json", "{\n\"carriers\": [\n}"))
	if !strings.Contains(stderr, "line 3") {
		t.Errorf("broken JSON: %s", stderr)
	}
	_, stderr = r.command(2, "serve", "--carriers", r.dir+"/none.json")
	if !strings.Contains(stderr, "--carriers") {
		t.Errorf("no such file: %s", stderr)
	}
}

// messagesOf is what an account keeps of messages.
func messagesOf(t *testing.T, c *sim.Carrier) string {
	t.Helper()
	sid, token := c.Account()
	request, err := http.NewRequest(http.MethodGet, c.URL()+"/2010-04-01/Accounts/"+sid+"/Messages.json?PageSize=100", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth(sid, token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var page struct {
		Messages []struct {
			Body string `json:"body"`
		} `json:"messages"`
	}
	if err := json.NewDecoder(response.Body).Decode(&page); err != nil || len(page.Messages) == 0 {
		t.Fatalf("%d messages, %v", len(page.Messages), err)
	}
	bodies := ""
	for _, m := range page.Messages {
		bodies += m.Body + "\n"
	}
	return bodies
}
