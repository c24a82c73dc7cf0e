package sim_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"aviso/gateway/carrier/sim"
)

const (
	juan  = "+13125550101"
	maria = "+523312345678"
)

func TestMessageFromCreationToRedaction(t *testing.T) {
	c, g := start(t, sim.Config{Pace: sim.Pace{Deliver: 20 * time.Millisecond}})
	client := twilioClient(c)
	created, err := client.CreateMessage(text(maria, "Juan P. envio ALERTA #482137").
		SetStatusCallback(publicURL + "/twilio/status/abc").SetValidityPeriod(600))
	if err != nil {
		t.Fatal(err)
	}
	if *created.Status != "queued" || *created.NumSegments != "1" || created.DateSent != nil || *created.Direction != "outbound-api" {
		t.Errorf("created %s, %s segments, sent %v, %s", *created.Status, *created.NumSegments, created.DateSent, *created.Direction)
	}
	empty := new(api.UpdateMessageParams).SetBody("")
	if _, err := client.UpdateMessage(*created.Sid, empty); err == nil {
		t.Error("a message under way was redacted")
	} else if code, status := code(err); code != 20009 || status != http.StatusConflict {
		t.Errorf("redacting a message under way: %v", err)
	}
	got, err := c.Phone(maria, "Maria").Expect(soon(t), "#482137", "juan")
	if err != nil {
		t.Fatal(err)
	}
	if got.Sid != *created.Sid || got.ValidityPeriod != 10*time.Minute || got.From != longCode {
		t.Errorf("Maria got %+v", got)
	}
	statuses := g.values(t, "/twilio/status/abc", "MessageStatus", 4)
	if want := []string{"queued", "sending", "sent", "delivered"}; !slices.Equal(statuses, want) {
		t.Errorf("receipts %q, want %q", statuses, want)
	}
	if g.forged != 0 {
		t.Errorf("%d receipts were not signed rightly", g.forged)
	}
	redacted, err := client.UpdateMessage(*created.Sid, empty)
	if err != nil || *redacted.Body != "" {
		t.Fatalf("redacting: body %v, %v", redacted, err)
	}
	fetched, err := client.FetchMessage(*created.Sid, nil)
	if err != nil || *fetched.Body != "" || *fetched.Status != "delivered" || fetched.DateSent == nil {
		t.Errorf("fetched %+v, %v", fetched, err)
	}
	if kept := c.MessagesTo(maria); len(kept) != 1 || !kept[0].Redacted || kept[0].Body == "" {
		t.Errorf("the record is %+v", kept)
	}
	if err := client.DeleteMessage(*created.Sid, nil); err != nil {
		t.Error(err)
	}
	if _, err := client.FetchMessage(*created.Sid, nil); err == nil {
		t.Error("a deleted message was fetched")
	}
}

func TestListIsNewestFirstInPages(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	c, _ := start(t, sim.Config{Now: func() time.Time { mu.Lock(); defer mu.Unlock(); now = now.Add(time.Second); return now }})
	client := twilioClient(c)
	for _, body := range []string{"1", "2", "3", "4", "5"} {
		if _, err := client.CreateMessage(text(juan, body)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := client.CreateMessage(text(maria, "other")); err != nil {
		t.Fatal(err)
	}
	read := func(params *api.ListMessageParams) string {
		t.Helper()
		messages, err := client.ListMessage(params)
		if err != nil {
			t.Fatal(err)
		}
		var bodies []string
		for _, m := range messages {
			bodies = append(bodies, *m.Body)
		}
		return strings.Join(bodies, " ")
	}
	if got := read(new(api.ListMessageParams).SetTo(juan).SetPageSize(2)); got != "5 4 3 2 1" {
		t.Errorf("pages of two: %s", got)
	}
	if got := read(new(api.ListMessageParams).SetTo(juan).SetLimit(3)); got != "5 4 3" {
		t.Errorf("limit of three: %s", got)
	}
	third := c.MessagesTo(juan)[2]
	if got := read(new(api.ListMessageParams).SetTo(juan).SetDateSentAfter(third.Sent)); got != "5 4 3" {
		t.Errorf("from the third on: %s", got)
	}
	if got := read(new(api.ListMessageParams).SetTo(juan).SetDateSentBefore(third.Sent)); got != "3 2 1" {
		t.Errorf("up to the third: %s", got)
	}
	if got := read(new(api.ListMessageParams).SetDateSent(now.AddDate(0, 0, -1))); got != "" {
		t.Errorf("yesterday: %s", got)
	}
	page, err := client.PageMessage(new(api.ListMessageParams).SetTo(juan).SetPageSize(2), "", "1")
	if err != nil {
		t.Fatal(err)
	}
	if page.Page != 1 || page.PageSize != 2 || page.Start != 2 || page.End != 3 || page.NextPageUri == nil || page.PreviousPageUri == nil {
		t.Errorf("second page: %+v", page)
	}
}

func TestRefusals(t *testing.T) {
	c, _ := start(t, sim.Config{})
	client := twilioClient(c)
	for _, refused := range []struct {
		name   string
		params *api.CreateMessageParams
		code   int
	}{
		{"no To", new(api.CreateMessageParams).SetFrom(longCode).SetBody("x"), 21604},
		{"bad To", text("5551234", "x"), 21211},
		{"no From", new(api.CreateMessageParams).SetTo(juan).SetBody("x"), 21603},
		{"not our From", text(juan, "x").SetFrom("+15559998888"), 21606},
		{"no Body", text(juan, ""), 21602},
		{"long Body", text(juan, strings.Repeat("x", 1601)), 21617},
		{"to itself", text(longCode, "x"), 21266},
		{"short code abroad", text(maria, "x").SetFrom(shortCode), 21612},
		{"toll-free abroad", text(maria, "x").SetFrom(tollFree), 21612},
		{"bad StatusCallback", text(juan, "x").SetStatusCallback("here"), 21609},
		{"bad ValidityPeriod", text(juan, "x").SetValidityPeriod(36001), 20001},
		{"unknown service", new(api.CreateMessageParams).SetTo(juan).SetBody("x").SetMessagingServiceSid("MG9"), 21701},
	} {
		_, err := client.CreateMessage(refused.params)
		if code, status := code(err); code != refused.code || status != http.StatusBadRequest {
			t.Errorf("%s: %v, want %d", refused.name, err, refused.code)
		}
	}
	if counts := c.Counts(); counts.Requests != 12 || counts.Refused != 12 || counts.Messages != 0 {
		t.Errorf("counts %+v", counts)
	}
	sid, _ := c.Account()
	res, err := http.Get(c.URL() + "/2010-04-01/Accounts/" + sid + "/Messages.json")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a password: %d", res.StatusCode)
	}
	if _, err := client.FetchMessage("SMunknown", nil); err == nil {
		t.Error("an unknown message was fetched")
	} else if code, status := code(err); code != 20404 || status != http.StatusNotFound {
		t.Errorf("unknown message: %v", err)
	}
}

func TestMessagingServiceSendsFromItsNumber(t *testing.T) {
	c, _ := start(t, sim.Config{})
	m, err := twilioClient(c).CreateMessage(new(api.CreateMessageParams).SetTo(juan).SetBody("x").SetMessagingServiceSid(service))
	if err != nil {
		t.Fatal(err)
	}
	if *m.Status != "accepted" || m.From != nil || *m.NumSegments != "0" {
		t.Errorf("created %s from %v, %s segments", *m.Status, m.From, *m.NumSegments)
	}
	if got, err := c.Phone(juan, "").Expect(soon(t), "x"); err != nil || got.From != longCode || got.Service != service {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestTextAndItsAnswer(t *testing.T) {
	c, g := start(t, sim.Config{})
	g.answers(twiml(`<?xml version="1.0" encoding="UTF-8"?><Response>
		<Message statusCallback="/twilio/status/in-band">Recibimos su ALERTA #482137 &amp; avisamos</Message>
		<Message to="` + maria + `"><Body>Juan avisa</Body></Message></Response>`))
	p := c.Phone(juan, "Juan")
	answer, err := p.Text(soon(t), longCode, "ALERTA me llevan")
	if err != nil {
		t.Fatal(err)
	}
	if answer.Status != 200 || len(answer.Messages) != 2 {
		t.Fatalf("answer %+v", answer)
	}
	if got, err := p.Expect(soon(t), "recibimos", "& avisamos"); err != nil || got.Direction != sim.OutboundReply {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := c.Phone(maria, "").Expect(soon(t), "Juan avisa"); err != nil {
		t.Error(err)
	}
	g.values(t, "/twilio/status/in-band", "MessageStatus", 4)
	hook := g.all()[0]
	for field, want := range map[string]string{
		"MessageSid": answer.Sid, "SmsSid": answer.Sid, "From": juan, "To": longCode, "Body": "ALERTA me llevan",
		"NumMedia": "0", "NumSegments": "1", "FromCountry": "US", "AccountSid": sim.DefaultAccountSID, "ApiVersion": "2010-04-01",
	} {
		if got := hook.form.Get(field); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
	if !hook.form.Has("FromCity") {
		t.Error("empty fields are left out")
	}

	again, err := p.Repeat(soon(t), answer.Sid)
	if err != nil || again.Body != answer.Body {
		t.Errorf("repeat: %+v, %v", again, err)
	}
	if sids := g.values(t, "/twilio/sms", "MessageSid", 2); sids[0] != sids[1] {
		t.Errorf("the repeat has another SID: %q", sids)
	}
	tokens := map[string]bool{}
	for _, h := range g.all() {
		if h.path == "/twilio/sms" {
			tokens[h.header.Get("I-Twilio-Idempotency-Token")] = true
		}
	}
	if len(tokens) != 1 || tokens[""] {
		t.Errorf("idempotency tokens of a text and its repeat: %v", tokens)
	}
	if n := len(p.Inbox()); n != 1 {
		t.Errorf("the inbox has %d texts after a repeat", n)
	}
	if inbound, err := twilioClient(c).UpdateMessage(answer.Sid, new(api.UpdateMessageParams).SetBody("")); err != nil || *inbound.Direction != "inbound" {
		t.Errorf("redacting an inbound text: %+v, %v", inbound, err)
	}
}

func TestAnswersThatTwilioLogsAsErrors(t *testing.T) {
	c, g := start(t, sim.Config{})
	plain := func(contentType, body string, status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{contentType}
			w.WriteHeader(status)
			w.Write([]byte(body))
		}
	}
	for _, answered := range []struct {
		name   string
		answer http.HandlerFunc
		code   int
	}{
		{"no content", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, 0},
		{"empty response", twiml("<Response></Response>"), 0},
		{"unavailable", plain("text/xml", "<Response/>", 503), sim.CodeHTTPFailure},
		{"redirect", http.RedirectHandler("/elsewhere", http.StatusFound).ServeHTTP, sim.CodeHTTPFailure},
		{"no content type", plain("", "", 200), sim.CodeBadMediaType},
		{"JSON", plain("application/json", "{}", 200), sim.CodeBadMediaType},
		{"broken", twiml("<Response><Message>"), sim.CodeBadTwiML},
		{"another document", twiml("<Reply/>"), sim.CodeBadTwiML},
		{"a voice verb", twiml("<Response><Say>hola</Say></Response>"), sim.CodeBadVerb},
	} {
		g.answers(answered.answer)
		_, err := c.Phone(juan, "").Text(soon(t), longCode, "hola")
		var failed *sim.WebhookError
		errors.As(err, &failed)
		if answered.code == 0 && err != nil || answered.code != 0 && (failed == nil || failed.Code != answered.code) {
			t.Errorf("%s: %v, want %d", answered.name, err, answered.code)
		}
	}
	if inbox := c.Phone(juan, "").Inbox(); len(inbox) != 0 {
		t.Errorf("texts came: %s", list(inbox))
	}
}

func TestWebhookRetries(t *testing.T) {
	c, g := start(t, sim.Config{})
	g.answers(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusServiceUnavailable) })
	p := c.Phone(juan, "")
	p.Text(soon(t), longCode, "once")
	if n := len(g.all()); n != 1 {
		t.Errorf("a 503 was asked %d times, want once", n)
	}
	c.Connect(sim.Webhooks{SMS: g.URL + "/retried#rc=2&rp=5xx", Public: publicURL})
	p.Text(soon(t), longCode, "three times")
	if n := len(g.values(t, "/retried", "Body", 3)); n != 3 {
		t.Errorf("a 503 was asked %d times, want 3", n)
	}
	all := g.all()
	token := all[len(all)-1].header.Get("I-Twilio-Idempotency-Token")
	if token == "" || token != all[len(all)-2].header.Get("I-Twilio-Idempotency-Token") || token == all[0].header.Get("I-Twilio-Idempotency-Token") {
		t.Error("the idempotency token does not belong to one request and its retries")
	}
	if g.forged != 0 {
		t.Error("a fragment breaks the signature")
	}
}

func TestNothingLeavesTheMachine(t *testing.T) {
	c := sim.New(sim.Config{Senders: []string{longCode}, Webhooks: sim.Webhooks{SMS: "http://192.0.2.1/sms"}})
	defer c.Close()
	if _, err := c.Phone(juan, "").Text(soon(t), longCode, "x"); err == nil || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("calling another machine: %v", err)
	}
	if err := c.Start(t.Context(), "0.0.0.0:0"); err == nil {
		t.Error("the carrier listens on every address")
	}
}

func TestPhonesThatCannotReachASender(t *testing.T) {
	c, _ := start(t, sim.Config{})
	for _, to := range []string{shortCode, tollFree, service, "+15559998888"} {
		if _, err := c.Phone(maria, "").Text(soon(t), to, "x"); !errors.Is(err, sim.ErrNoSuchNumber) {
			t.Errorf("from Mexico to %s: %v", to, err)
		}
	}
	c.Connect(sim.Webhooks{})
	if _, err := c.Phone(maria, "").Text(soon(t), longCode, "x"); !errors.Is(err, sim.ErrNoWebhook) {
		t.Errorf("without a webhook: %v", err)
	}
}

func TestExpect(t *testing.T) {
	c, _ := start(t, sim.Config{})
	client := twilioClient(c)
	p := c.Phone(juan, "Juan")
	for _, body := range []string{"uno rojo", "dos rojo"} {
		if _, err := client.CreateMessage(text(juan, body)); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"uno rojo", "dos rojo"} {
		if m, err := p.Expect(soon(t), "ROJO"); err != nil || m.Body != want {
			t.Errorf("got %q, %v, want %q", m.Body, err, want)
		}
	}
	ctx, cancel := contextFor(t, 5*time.Millisecond)
	defer cancel()
	_, err := p.Expect(ctx, "rojo")
	if err == nil || !strings.Contains(err.Error(), "Juan's phone") || !strings.Contains(err.Error(), `"dos rojo"`) {
		t.Errorf("a third one: %v", err)
	}
	if err := p.ExpectNothing(t.Context(), time.Millisecond); err != nil {
		t.Error(err)
	}
	if _, err := client.CreateMessage(text(juan, "tres")); err != nil {
		t.Fatal(err)
	}
	if err := p.ExpectNothing(t.Context(), time.Second); err == nil {
		t.Error("nobody minded an unexpected text")
	}
	p.Skip()
	if err := p.ExpectNothing(t.Context(), time.Millisecond); err != nil {
		t.Error(err)
	}
}

func TestStop(t *testing.T) {
	c, g := start(t, sim.Config{AdvancedOptOut: true})
	client := twilioClient(c)
	p := c.Phone(juan, "")
	if _, err := p.Text(soon(t), longCode, " Cancel "); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Expect(soon(t), "unsubscribed"); err != nil {
		t.Error(err)
	}
	if _, err := client.CreateMessage(text(juan, "x")); err == nil {
		t.Error("a message to someone who opted out was accepted")
	} else if code, _ := code(err); code != 21610 {
		t.Errorf("opted out: %v", err)
	}
	for _, other := range []*api.CreateMessageParams{text(maria, "x"), text(juan, "x").SetFrom(shortCode)} {
		if _, err := client.CreateMessage(other); err != nil {
			t.Errorf("another pair is blocked, too: %v", err)
		}
	}
	p.Skip()
	g.answers(twiml("<Response><Message>una confirmacion</Message></Response>"))
	answer, err := p.Text(soon(t), longCode, "CANCEL 4821")
	if err != nil || answer.Messages[0].Status != "failed" || answer.Messages[0].ErrorCode != 21610 {
		t.Errorf("an answer to someone who opted out: %+v, %v", answer, err)
	}
	if err := p.ExpectNothing(t.Context(), time.Millisecond); err != nil {
		t.Error(err)
	}
	if _, err := p.Text(soon(t), longCode, "start"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Expect(soon(t), "una confirmacion"); err != nil {
		t.Error(err)
	}
	if _, err := client.CreateMessage(text(juan, "x")); err != nil {
		t.Error(err)
	}
	if _, err := p.Text(soon(t), shortCode, "STOP"); err != nil {
		t.Fatal(err)
	}
	if _, err := client.CreateMessage(text(juan, "x").SetFrom(shortCode)); err != nil {
		t.Errorf("a short code's STOP is not the carrier's: %v", err)
	}
	types := g.values(t, "/twilio/sms", "OptOutType", 4)
	if want := []string{"STOP", "", "START", ""}; !slices.Equal(types, want) {
		t.Errorf("OptOutType %q, want %q", types, want)
	}
}

func TestNumbersBalanceAndAccount(t *testing.T) {
	c, g := start(t, sim.Config{Trial: true, Balance: "3.50"})
	client := twilioClient(c)
	numbers, err := client.ListIncomingPhoneNumber(nil)
	if err != nil || len(numbers) != 2 || *numbers[0].PhoneNumber != longCode || *numbers[0].SmsUrl != publicURL+"/twilio/sms" || !numbers[0].Capabilities.Voice {
		t.Fatalf("numbers %+v, %v", numbers, err)
	}
	updated, err := client.UpdateIncomingPhoneNumber(*numbers[0].Sid, new(api.UpdateIncomingPhoneNumberParams).SetSmsUrl(publicURL+"/moved"))
	if err != nil || *updated.SmsUrl != publicURL+"/moved" || *updated.VoiceUrl != publicURL+"/twilio/voice" {
		t.Errorf("updated %+v, %v", updated, err)
	}
	if _, err := c.Phone(juan, "").Text(soon(t), longCode, "x"); err != nil {
		t.Error(err)
	}
	g.values(t, "/moved", "Body", 1)
	if balance, err := client.FetchBalance(nil); err != nil || *balance.Balance != "3.50" || *balance.Currency != "USD" {
		t.Errorf("balance %+v, %v", balance, err)
	}
	sid, _ := c.Account()
	if account, err := client.FetchAccount(sid); err != nil || *account.Status != "active" || *account.Type != "Trial" {
		t.Errorf("account %+v, %v", account, err)
	}
}

func TestPeakSegments(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	c, _ := start(t, sim.Config{Now: func() time.Time { mu.Lock(); defer mu.Unlock(); return now }})
	client := twilioClient(c)
	send := func(after time.Duration, body string) {
		t.Helper()
		mu.Lock()
		now = now.Add(after)
		mu.Unlock()
		if _, err := client.CreateMessage(text(juan, body)); err != nil {
			t.Fatal(err)
		}
	}
	send(0, "x")
	send(time.Second, strings.Repeat("x", 161))
	send(500*time.Millisecond, "x")
	send(600*time.Millisecond, "x")
	if peak := c.PeakSegments(longCode, time.Second); peak != 3 {
		t.Errorf("peak in a second: %d segments, want 3", peak)
	}
	if peak := c.PeakSegments(longCode, time.Minute); peak != 5 {
		t.Errorf("peak in a minute: %d segments, want 5", peak)
	}
	if peak := c.PeakSegments(shortCode, time.Minute); peak != 0 {
		t.Errorf("another sender: %d segments", peak)
	}
}

func TestSegments(t *testing.T) {
	for _, counted := range []struct {
		text     string
		segments int
		encoding string
	}{
		{"", 1, sim.GSM7},
		{strings.Repeat("a", 160), 1, sim.GSM7},
		{strings.Repeat("a", 161), 2, sim.GSM7},
		{strings.Repeat("a", 306), 2, sim.GSM7},
		{strings.Repeat("a", 307), 3, sim.GSM7},
		{strings.Repeat("ñ", 160), 1, sim.GSM7},
		{strings.Repeat("é¿", 80), 1, sim.GSM7},
		{strings.Repeat("€", 80), 1, sim.GSM7},
		{strings.Repeat("€", 81), 2, sim.GSM7},
		{strings.Repeat("€", 153), 3, sim.GSM7}, // 76 of two septets fit in 153
		{strings.Repeat("a", 70) + "ó", 2, sim.UCS2},
		{strings.Repeat("ó", 70), 1, sim.UCS2},
		{strings.Repeat("ó", 134), 2, sim.UCS2},
		{strings.Repeat("ó", 135), 3, sim.UCS2},
		{strings.Repeat("🙏", 35), 1, sim.UCS2},
		{strings.Repeat("🙏", 67), 3, sim.UCS2}, // 33 pairs fit in 67
	} {
		if segments, encoding := sim.Segments(counted.text); segments != counted.segments || encoding != counted.encoding {
			t.Errorf("%.20q…: %d %s, want %d %s", counted.text, segments, encoding, counted.segments, counted.encoding)
		}
	}
}

// The example of Twilio's own documentation of request validation.
func TestSign(t *testing.T) {
	form := url.Values{
		"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+14158675309"}, "Digits": {"1234"},
		"From": {"+14158675309"}, "To": {"+18005551212"},
	}
	if got := sim.Sign("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form); got != "RSOYDt4T1cUTdK1PDd93/VVr8B8=" {
		t.Errorf("signature %s", got)
	}
}
