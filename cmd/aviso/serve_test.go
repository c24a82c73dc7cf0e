package main

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aviso/gateway/carrier/sim"
)

// From the key pressed to the word that somebody knows.
func TestTheWholeRound(t *testing.T) { everywhere(t, testTheWholeRound) }

func testTheWholeRound(t *testing.T, r *rig) {
	r.serve()
	answer := r.text(r.juan, "ALERTA me llevan de la fabrica", "Recibimos su ALERTA #", "3 contactos", "Consulado en Chicago")
	if answer.Status != 200 || !strings.HasPrefix(answer.ContentType, "text/xml") {
		t.Errorf("answered %d, %s", answer.Status, answer.ContentType)
	}
	ref := reference(t, answer.Body)
	for _, phone := range []*sim.Phone{r.maria, r.pedro, r.rosa} {
		m := r.expect(phone, "Juan P.", ref, "me llevan de la fabrica", "RED X")
		if !strings.HasPrefix(m.StatusCallback, publicURL+"/twilio/status/") || strings.Contains(m.StatusCallback, "?") {
			t.Errorf("StatusCallback %q, want the attempt's own path and no query", m.StatusCallback)
		}
		if m.ValidityPeriod <= 0 {
			t.Error("no ValidityPeriod: a stuck notice would turn into silence")
		}
	}
	r.expect(r.desk, "Juan Perez", ref, "60608")

	r.text(r.maria, "1", "Gracias", ref)
	r.expect(r.juan, "Maria CONFIRMO", ref)
	r.text(r.desk, "RECIBIDO "+strings.TrimPrefix(ref, "#"), ref)
	r.expect(r.juan, "Consulado en Chicago CONFIRMO", ref)
	r.text(r.juan, "ESTADO", "Avisados 4", "confirmaron 2")

	r.text(r.juan, "BIEN "+juansPIN, "termino")
	for _, phone := range []*sim.Phone{r.maria, r.pedro, r.rosa, r.desk} {
		r.expect(phone, ref, "termino")
	}
	r.expectNothing(r.juan, r.maria, r.pedro, r.rosa, r.desk)

	r.eventually("receipts are counted", func() bool {
		return r.metric(`aviso_receipts_total{rank="delivered"}`) > 0 && r.metric(`aviso_sends_total{outcome="sent",remedy="none"}`) > 0
	})
	if status := r.stop(); status != 0 {
		t.Errorf("exit %d after being asked to end, want 0", status)
	}
	nothingLeaks(t, r, "Juan", "Perez", "Maria", "Pedro", "Rosa", "fabrica", "3125550101", "3312345678", "60608", juansPIN,
		strings.TrimPrefix(ref, "#")+" ") // the reference alone is no secret, its texts are
}

// reference is the "#482137" of a text.
func reference(t *testing.T, text string) string {
	t.Helper()
	i := strings.IndexByte(text, '#')
	if i < 0 || len(text) < i+7 {
		t.Fatalf("no reference in %q", text)
	}
	return text[i : i+7]
}

// nothingLeaks searches what is on the disk and in the log.
func nothingLeaks(t *testing.T, r *rig, secrets ...string) {
	t.Helper()
	places := map[string]string{"the log": r.log.String()}
	files, err := filepath.Glob(filepath.Join(r.dir, "aviso.*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("files %v, %v; want a keyset at least", files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		places[filepath.Base(file)] = string(content)
	}
	if r.plant.postgres {
		places["the database"] = postgresBytes(t, r.db)
	} else if places["aviso.db"] == "" {
		t.Fatal("there is no database")
	}
	for name, content := range places {
		for _, secret := range secrets {
			if strings.Contains(content, secret) {
				t.Errorf("%q stands in %s", secret, name)
			}
		}
	}
}

func TestSameMessageFiveTimes(t *testing.T) { everywhere(t, testSameMessageFiveTimes) }

func testSameMessageFiveTimes(t *testing.T, r *rig) {
	r.serve()
	first := r.text(r.juan, "ALERTA", "Recibimos")
	for _, phone := range []*sim.Phone{r.maria, r.pedro, r.rosa, r.desk} {
		r.expect(phone, "ALERTA #")
	}
	for range 4 {
		again, err := r.juan.Repeat(t.Context(), first.Sid)
		if err != nil || again.Body != first.Body || again.Status != first.Status {
			t.Errorf("%v: answered %d %q\nfirst     %d %q", err, again.Status, again.Body, first.Status, first.Body)
		}
	}
	r.expectNothing(r.maria, r.pedro, r.rosa, r.desk)
	if n := r.carrier.Counts().Messages; n != 4 {
		t.Errorf("%d messages sent, want 4", n)
	}
}

func TestCallingOff(t *testing.T) { everywhere(t, testCallingOff) }

func testCallingOff(t *testing.T, r *rig) {
	r.serve()
	ref := reference(t, r.text(r.juan, "ALERTA", "Recibimos").Body)
	told := []*sim.Phone{r.maria, r.pedro, r.rosa, r.desk}
	for _, phone := range told {
		r.expect(phone, ref)
	}
	r.text(r.juan, "CANCELAR 0000", "PIN no es correcto")
	r.expectNothing(told...)
	r.text(r.juan, "ESTADO", "abierta")
	first := r.text(r.juan, "CANCELAR "+juansPIN, "termino")
	for _, phone := range told {
		r.expect(phone, ref, "termino")
	}
	if again := r.text(r.juan, "CANCELAR "+juansPIN, "termino"); again.Body != first.Body {
		t.Errorf("the right PIN again: %q, want the same answer", again.Body)
	}
	r.expectNothing(told...)
}

func TestWithoutConsentNoDesk(t *testing.T) { everywhere(t, testWithoutConsentNoDesk) }

func testWithoutConsentNoDesk(t *testing.T, r *rig) {
	r.serve("--national-desk", "sms:+15205550177")
	ana, luz := r.carrier.Phone("+13125550111", "Ana"), r.carrier.Phone("+13125550112", "Luz")
	national := r.carrier.Phone("+15205550177", "Guardia")
	r.text(ana, "SOS", "Recibimos", "1 contacto")
	r.expect(luz, "Ana L.")
	r.expectNothing(r.desk, national)
}

func TestUnknownPhone(t *testing.T) { everywhere(t, testUnknownPhone) }

func testUnknownPhone(t *testing.T, r *rig) {
	r.serve()
	stranger := r.carrier.Phone("+13125550177", "")
	r.text(stranger, "ALERTA ayuda por favor", "no conocemos este telefono", "su PIN")
	r.expectNothing(r.maria, r.desk)
	// From any phone, with number and PIN.
	r.text(stranger, "ALERTA 3125550101 "+juansPIN, "Recibimos")
	r.expect(r.maria, "Juan P.")
	r.expect(r.desk, "Juan Perez")
}

// A desk is told of nothing real until it has answered a PRUEBA, which a
// command raises beside the running gateway.
func TestDesksAreTested(t *testing.T) { everywhere(t, testDesksAreTested) }

func testDesksAreTested(t *testing.T, r *rig) {
	r.command(0, "consulates", "desks", r.file("desks.csv", strings.Replace(desks, "+13125550199,,es,2026-01-15", "+13125550198,,es,", 1)))
	r.serve()
	desk := r.carrier.Phone("+13125550198", "Consulado")
	r.text(r.juan, "ALERTA", "Llame usted o su familia al consulado")
	r.expect(r.maria, "Juan P.")
	r.text(r.juan, "BIEN "+juansPIN, "termino")
	r.expectNothing(desk)

	out, _ := r.command(0, "consulates", "desks", "--test")
	if !strings.Contains(out, "1 desks") {
		t.Errorf("printed %q", out)
	}
	ref := reference(t, r.expect(desk, "PRUEBA", "no es alerta").Body)
	r.text(desk, "RECIBIDO "+ref[1:], "recibe alertas")
	if out, _ := r.command(0, "consulates", "desks"); !strings.Contains(out, "chicago,sms,+13125550198,,es,20") {
		t.Errorf("listed as\n%s", out)
	}
	r.text(r.juan, "ALERTA", "Consulado en Chicago")
	r.expect(desk, "Juan Perez")

	// The file again, its `confirmed` still empty: the desk stays confirmed.
	r.command(0, "consulates", "desks", filepath.Join(r.dir, "desks.csv"))
	if out, _ := r.command(0, "consulates", "desks"); !strings.Contains(out, "chicago,sms,+13125550198,,es,20") {
		t.Errorf("after the file again, listed as\n%s", out)
	}
}

// What is refused at the door is not kept.
func TestRefusedWebhooks(t *testing.T) { everywhere(t, testRefusedWebhooks) }

func testRefusedWebhooks(t *testing.T, r *rig) {
	r.serve()
	form := func(change func(url.Values)) url.Values {
		f := url.Values{"MessageSid": {"SM00000000000000000000000000000001"}, "From": {"+13125550101"}, "To": {sender}, "Body": {"ALERTA"}}
		change(f)
		return f
	}
	for name, c := range map[string]struct {
		form url.Values
		want int
	}{
		"no MessageSid": {form(func(f url.Values) { f.Del("MessageSid") }), 400},
		"no From":       {form(func(f url.Values) { f.Del("From") }), 400},
		"over 64 KiB":   {form(func(f url.Values) { f.Set("Body", strings.Repeat("ALERTA ", 10_000)) }), 413},
	} {
		answer, _ := r.carrier.Webhook(t.Context(), publicURL+"/twilio/sms", c.form)
		if answer.Status != c.want {
			t.Errorf("%s: %d, want %d", name, answer.Status, c.want)
		}
	}
	response, err := http.PostForm(r.base+"/twilio/sms", form(func(url.Values) {}))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != 403 {
		t.Errorf("without a signature: %d, want 403", response.StatusCode)
	}
	if answer, _ := r.carrier.Webhook(t.Context(), publicURL+"/twilio/status/0123456789abcdef0123456789abcdef",
		url.Values{"MessageSid": {"SM1"}, "MessageStatus": {"delivered"}}); answer.Status != 404 {
		t.Errorf("an unknown attempt: %d, want 404", answer.Status)
	}
	r.expectNothing(r.maria, r.desk)
	r.text(r.juan, "ESTADO", "No hay alerta abierta")
	// The refused MessageSid is not burnt.
	if answer, err := r.carrier.Webhook(t.Context(), publicURL+"/twilio/sms", form(func(url.Values) {})); err != nil || !strings.Contains(answer.Body, "Recibimos") {
		t.Errorf("the same message, signed: %v, %q", err, answer.Body)
	}
	r.expect(r.maria, "Juan P.")
}

// A database that cannot commit is a 503, so that the carrier's fallback
// speaks; what was not committed was not promised, and it heals by itself.
func TestDatabaseThatCannotCommit(t *testing.T) {
	r := newRig(t)
	r.serve()
	release := lockDatabase(t, filepath.Join(r.dir, "aviso.db"))
	answer, err := r.juan.Text(t.Context(), sender, "ALERTA")
	if answer.Status != 503 || strings.Contains(answer.Body, "Recibimos") {
		t.Errorf("%v: answered %d %q, want 503", err, answer.Status, answer.Body)
	}
	r.eventually("/readyz says so", func() bool {
		status, body := r.get("/readyz")
		return status == 503 && strings.Contains(body, "database cannot write")
	})
	if status, _ := r.get("/healthz"); status != 200 {
		t.Errorf("/healthz %d: a 503 of /readyz must not stop a node from taking webhooks", status)
	}
	r.expectNothing(r.maria, r.desk)
	release()
	// Whether the first text was committed after its answer is the database's to
	// say; either way there is one alert now, and everybody hears of it.
	r.text(r.juan, "ALERTA", "ALERTA #")
	r.expect(r.maria, "Juan P.")
	r.expect(r.desk, "Juan Perez")
	r.eventually("/readyz recovers", func() bool {
		status, _ := r.get("/readyz")
		return status == 200
	})
}

func TestReadyWithinFiveSeconds(t *testing.T) {
	r := newRig(t)
	began := time.Now()
	r.serve()
	if status, _ := r.get("/healthz"); status != 200 {
		t.Errorf("/healthz %d once the addresses are printed, want 200", status)
	}
	r.eventually("/readyz", func() bool {
		status, _ := r.get("/readyz")
		return status == 200
	})
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("ready after %v, want 5 s at most", took)
	}
}

// A second gateway on one SQLite file would send again what the first is
// sending. Once the first is gone, killed or not, the next one may serve.
func TestSQLiteServesOnce(t *testing.T) {
	r := newRig(t)
	r.serveApart()
	if _, stderr := r.command(1, "serve"); !strings.Contains(stderr, "another `aviso serve`") {
		t.Errorf("said %q", stderr)
	}
	r.text(r.juan, "ALERTA", "Recibimos")
	r.expect(r.maria, "Juan P.")
	r.kill()
	r.serve()
	r.text(r.juan, "ESTADO", "Avisados")
	r.expectNothing(r.maria)
}

func TestAddressTaken(t *testing.T) {
	r := newRig(t)
	r.serve()
	_, stderr := r.command(1, "serve", "--addr", strings.TrimPrefix(r.base, "http://"))
	if !strings.Contains(stderr, "--addr") {
		t.Errorf("said %q", stderr)
	}
}
