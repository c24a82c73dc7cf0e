package web_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/acts"
	"aviso/gateway/carrier/ussd"
	"aviso/gateway/watch"
	"aviso/gateway/web"
)

const flooder, other = "+13125550177", "+13125550101"

func textFrom(phone string, n int, body string) url.Values {
	form := alerta()
	form.Set("From", phone)
	form.Set("Body", body)
	form.Set("MessageSid", fmt.Sprintf("SM%032d", n))
	return form
}

// A flood of one phone is handled one text at a time: another's alert passes
// all of it. What passes is counted, not timed.
func TestFloodOfOnePhoneDelaysNobody(t *testing.T) {
	f := newFixture(t)
	release, inside := make(chan struct{}), make(chan string, 1000)
	f.handle = func(_ context.Context, e gateway.Event) (gateway.Answer, error) {
		text := e.(*gateway.Text)
		inside <- string(text.From)
		if text.From == flooder {
			<-release
		}
		return gateway.Answer{}, nil
	}
	const flood = 100
	var posting sync.WaitGroup
	statuses := make([]int, flood)
	for n := range flood {
		posting.Go(func() { statuses[n], _, _ = f.post(t, "/twilio/sms", token, textFrom(flooder, n, "ALERTA")) })
	}
	if from := <-inside; from != flooder {
		t.Fatalf("%s is first", from)
	}
	// One of the flood is being handled, and holds everything of its phone up.
	if status, _, _ := f.post(t, "/twilio/sms", token, textFrom(other, flood, "ALERTA")); status != http.StatusOK {
		t.Errorf("another's alert: %d", status)
	}
	if from := <-inside; from != other {
		t.Errorf("%s went before the other's alert", from)
	}
	if n := len(inside); n != 0 {
		t.Errorf("%d more of the flood were handled meanwhile", n)
	}
	close(release)
	posting.Wait()
	// An alert is never refused, however many there are.
	if n := f.count(); n != flood+1 || slices.ContainsFunc(statuses, func(s int) bool { return s != http.StatusOK }) {
		t.Errorf("%d handled, want %d; %v", n, flood+1, statuses)
	}
}

// Beyond its share what only costs something is taken and dropped, and what
// somebody's life may hang on is heard.
func TestShareOfAPhone(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	f := newFixture(t, func(c *web.Config) { c.Limits = web.NewLimits(func() time.Time { return now }, c.Metrics) })
	n := 0
	heard := func(from, body string) bool {
		t.Helper()
		n++
		before := f.count()
		status, _, answer := f.post(t, "/twilio/sms", token, textFrom(from, n, body))
		if status != http.StatusOK {
			t.Errorf("%q: %d", body, status)
		}
		if f.count() > before {
			return true
		}
		if strings.Contains(answer, "<Message") || !strings.Contains(answer, "<Response") {
			t.Errorf("%q is dropped, and answered %q", body, answer)
		}
		return false
	}
	dropped := 0
	for range 200 {
		if !heard(flooder, "DERECHOS") {
			dropped++
		}
	}
	if dropped < 100 || dropped > 170 {
		t.Errorf("%d dropped", dropped)
	}
	if got := f.metric(t, `aviso_limited_total{what="phone_refused"}`); got != fmt.Sprint(dropped) {
		t.Errorf("%s counted of %d", got, dropped)
	}
	for _, body := range []string{
		"ALERTA", "alreta 3125550101 4821 me llevan", "1", "AYUDENME ya llego la migra", "STOP", "SI", "RECIBIDO 482137", "LOCALIZADO 482137 en Broadview",
		"me subieron a una camioneta blanca, vengan", "estan golpeando la puerta, son de ice", "they took my brother", "\U0001F198",
		"BIEN 7395", "7395", "mi clave es 7395 ya estoy afuera", "LLEGUE 7395", "BIEN", "ya me soltaron", "312 555 0101", "#482137",
		"ok ya lo lei, voy para alla", "se equivoco de numero", "no me manden mas mensajes", "no quiero que me avisen", "acepto", "MAS 1H", "START",
	} {
		if !heard(flooder, body) {
			t.Errorf("%q is dropped", body)
		}
	}
	for _, body := range []string{"DERECHOS", "ABOGADO", "ESTADO", "REGISTRO", "PRUEBA", "ENGLISH", "hola", "fghj dfgh", "Compre ya en www.example.com", "A Maria le gusto \u201cALERTA\u201d"} {
		if heard(flooder, body) {
			t.Errorf("%q is heard", body)
		}
	}
	if !heard(other, "DERECHOS") {
		t.Error("somebody else is dropped")
	}
	now = now.Add(time.Minute)
	if !heard(flooder, "DERECHOS") {
		t.Error("a minute later: dropped")
	}
}

// A flood from somebody's own number, which may be forged, does not keep their
// PIN from being tried; a flood of PINs is not tried for ever.
func TestShareOfPINs(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	d := &domain{}
	tried := 0
	d.handle = func(_ context.Context, e gateway.Event) (gateway.Answer, error) {
		if text := e.(*gateway.Text); text.HoldsPIN() && !text.Limited() {
			tried++
		}
		return gateway.Answer{}, nil
	}
	limited := web.NewLimits(func() time.Time { return now }, watch.NewMetrics()).Domain(d)
	send := func(times int, body string) {
		for range times {
			if _, err := limited.Handle(t.Context(), gateway.NewText("SM", flooder, "", body, "")); err != nil && body != "hola" {
				t.Fatal(err)
			}
		}
	}
	send(1000, "hola")
	send(1000, "ALERTA")
	if send(1, "BIEN 7395"); tried != 1 {
		t.Error("the right PIN is not tried behind a flood of words")
	}
	if send(1000, "BIEN 1111"); tried != 10 {
		t.Errorf("%d of a flood of PINs are tried, want 10", tried)
	}
	now = now.Add(20 * time.Second) // in which the flood goes on
	send(1000, "hola")
	if send(1000, "BIEN 1111"); tried != 12 {
		t.Errorf("%d after 20 seconds, want two more", tried)
	}
}

// An agent may do a lot, and not have the whole roster shown.
func TestShareOfAnAgent(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	d := &domain{}
	limited := web.NewLimits(func() time.Time { return now }, watch.NewMetrics()).Domain(d)
	acted := func(agent byte, deed acts.Deed) (done int) {
		for range 300 {
			if _, err := limited.Handle(t.Context(), &acts.Act{Agent: gateway.ID{agent}, Deed: deed}); err == nil {
				done++
			}
		}
		return done
	}
	if done := acted(1, acts.Reveal{}); done != 60 {
		t.Errorf("%d numbers were shown", done)
	}
	if done := acted(2, acts.Note{}); done != 120 {
		t.Errorf("%d notes were taken", done)
	}
	now = now.Add(time.Minute)
	if done := acted(1, acts.Reveal{}); done != 2 {
		t.Errorf("%d numbers were shown a minute later", done)
	}
	if done := acted(3, acts.Reveal{}); done != 60 {
		t.Errorf("%d numbers were shown to another agent", done)
	}
}

// Whoever holds a desk's link says what a desk says, and not for ever; and USSD
// sessions that phones begin which nobody knows are one a second in the long
// run.
func TestShareOfALinkAndOfStrangers(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	limits := web.NewLimits(func() time.Time { return now }, watch.NewMetrics())
	limited := limits.Domain(&domain{})
	says := func(pass string) (done int) {
		for n := range 100 {
			var event gateway.Event = gateway.DeskSays{Pass: []byte(pass), Key: fmt.Sprint(n)}
			if n%2 == 0 {
				event = gateway.OpenPass{Pass: []byte(pass)}
			}
			if _, err := limited.Handle(t.Context(), event); err == nil {
				done++
			}
		}
		return done
	}
	begun := func() (n int) {
		for range 3000 {
			if !limits.Strangers() {
				n++
			}
		}
		return n
	}
	if one, other := says("one"), says("other"); one != 30 || other != 30 {
		t.Errorf("%d and %d things are done by a link", one, other)
	}
	if n := begun(); n != 1000 {
		t.Errorf("%d sessions of strangers begin at once", n)
	}
	now = now.Add(time.Minute)
	if one, n := says("one"), begun(); one != 6 || n != 60 {
		t.Errorf("a minute later %d things and %d sessions", one, n)
	}
}

// While the database is out anybody can have requests fail. The log says that
// they do, and how many it left out, and does not fill the disk besides.
func TestLogOfFailuresIsBounded(t *testing.T) {
	f := newFixture(t)
	f.handle = func(context.Context, gateway.Event) (gateway.Answer, error) {
		return gateway.Answer{}, errors.New("database is out")
	}
	for n := range 300 {
		if status, _, _ := f.post(t, "/twilio/sms", token, textFrom(fmt.Sprintf("+1312555%04d", n), n, "ALERTA")); status != http.StatusServiceUnavailable {
			t.Fatalf("%d", status)
		}
	}
	if lines := strings.Count(f.log.String(), "database is out"); lines < 10 || lines > 60 {
		t.Errorf("300 failures leave %d lines", lines)
	}
}

// An address that is refused again and again counts as a flood, and the carrier
// behind the same proxy is refused nothing.
func TestShareOfAnAddress(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	f := newFixture(t, func(c *web.Config) { c.Limits = web.NewLimits(func() time.Time { return now }, c.Metrics) })
	for n := range 200 {
		forge(t, f, textFrom(flooder, n, "ALERTA"), "")
	}
	if n := f.metric(t, `aviso_limited_total{what="address"}`); n != "140" {
		t.Errorf("%s of 200 refusals count as a flood", n)
	}
	if status, _, _ := f.post(t, "/twilio/sms", token, alerta()); status != http.StatusOK {
		t.Errorf("the carrier from the same address: %d", status)
	}
	if f.count() != 1 {
		t.Errorf("%d handled", f.count())
	}
}

// Only what a trusted proxy says of where a request comes from is believed.
func TestAddressBehindAProxy(t *testing.T) {
	for _, test := range []struct {
		name    string
		proxies []netip.Prefix
		limited bool // the real caller is, after others were refused through the same connection
	}{
		{"no proxy is trusted", nil, true},
		{"another one is", []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, true},
		{"this one is", []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, false},
	} {
		now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
		f := newFixture(t, func(c *web.Config) {
			c.Proxies, c.Limits = test.proxies, web.NewLimits(func() time.Time { return now }, c.Metrics)
		})
		forwarded := func(hops string) (limited bool) {
			before := f.metric(t, `aviso_limited_total{what="address"}`)
			forge(t, f, alerta(), hops)
			return f.metric(t, `aviso_limited_total{what="address"}`) != before
		}
		for range 100 {
			forwarded("9.9.9.9, 203.0.113.7") // what stands first is the caller's own word
		}
		if limited := forwarded("9.9.9.9, 203.0.113.8"); limited != test.limited {
			t.Errorf("%s: the next address is limited: %t", test.name, limited)
		}
		if !test.limited && !forwarded("8.8.8.8, 203.0.113.7") {
			t.Errorf("%s: an address gets away by inventing one before it", test.name)
		}
	}
}

// Kannel is near and asks itself: what a proxy hands on is refused, however near
// the proxy is, unless it is trusted and says that the caller is near.
func TestKannelIsNotHandedOn(t *testing.T) {
	for _, test := range []struct {
		proxies string // that are trusted
		header  string
		value   string
		want    int
	}{
		{"", "", "", http.StatusBadRequest}, // it is taken, and lacks its fields
		{"", "X-Forwarded-For", "203.0.113.7", http.StatusNotFound},
		{"", "X-Forwarded-For", "127.0.0.1", http.StatusNotFound},
		{"", "Forwarded", "for=10.0.0.5", http.StatusNotFound},
		{"", "Via", "1.1 proxy", http.StatusNotFound},
		{"10.0.0.0/8", "X-Real-Ip", "10.0.0.5", http.StatusNotFound},
		{"127.0.0.0/8", "X-Forwarded-For", "203.0.113.7", http.StatusNotFound},
		{"127.0.0.0/8", "X-Forwarded-For", "10.0.0.5", http.StatusBadRequest},
	} {
		f := newFixture(t, func(c *web.Config) {
			c.Kannels = []web.Kannel{{Name: "k", Secret: "right"}}
			if test.proxies != "" {
				c.Proxies = []netip.Prefix{netip.MustParsePrefix(test.proxies)}
			}
		})
		request, err := http.NewRequest(http.MethodGet, f.public.URL+"/kannel/right/sms?text=ALERTA", nil)
		if err != nil {
			t.Fatal(err)
		}
		if test.header != "" {
			request.Header.Set(test.header, test.value)
		}
		if status, _, _ := do(t, request); status != test.want {
			t.Errorf("trusted %q, %s: %s: %d, want %d", test.proxies, test.header, test.value, status, test.want)
		}
	}
}

// A Kannel's secret may stand in the path, in a header or in a login; each Kannel
// is known by its own, and whatever else is given counts for nothing.
func TestSecretOfAKannel(t *testing.T) {
	f := newFixture(t, func(c *web.Config) {
		c.Kannels = []web.Kannel{{Name: "k", Secret: "right", Country: "MX"}, {Name: "l", Secret: "other"}}
	})
	for i, c := range []struct {
		path  string
		set   func(*http.Request)
		texts int
	}{
		{"/kannel/right/sms", func(*http.Request) {}, 200},
		{"/kannel/sms", func(r *http.Request) { r.Header.Set("X-Aviso-Secret", "right") }, 200},
		{"/kannel/sms", func(r *http.Request) { r.SetBasicAuth("aviso", "right") }, 200},
		{"/kannel/sms", func(r *http.Request) { r.SetBasicAuth("aviso", "other") }, 200},
		{"/kannel/sms", func(r *http.Request) { r.Header.Set("Authorization", "bearer right") }, 200},
		{"/kannel/sms", func(*http.Request) {}, 404},
		{"/kannel/sms", func(r *http.Request) { r.SetBasicAuth("right", "") }, 404},
		{"/kannel/sms", func(r *http.Request) { r.SetBasicAuth("aviso", "wrong") }, 404},
		{"/kannel/sms", func(r *http.Request) { r.Header.Set("X-Aviso-Secret", "") }, 404},
		{"/kannel/wrong/sms", func(r *http.Request) { r.SetBasicAuth("aviso", "right") }, 404}, // the path counts
	} {
		query := url.Values{"id": {fmt.Sprint("s", i)}, "from": {"3312345678"}, "to": {"78910"}, "text": {"hola"}}
		request, err := http.NewRequest(http.MethodGet, f.public.URL+c.path+"?"+query.Encode(), nil)
		if err != nil {
			t.Fatal(err)
		}
		c.set(request)
		if status, _, _ := do(t, request); status != c.texts {
			t.Errorf("%d %s: %d, want %d", i, c.path, status, c.texts)
		}
	}
	request, err := http.NewRequest(http.MethodGet, f.public.URL+"/kannel/dlr?status=1&id=x", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth("aviso", "right")
	if status, _, _ := do(t, request); status != 404 { // no such attempt, and the secret was right
		t.Errorf("a receipt: %d", status)
	}
}

// A Kannel is answered the same: taken, with nothing to say.
func TestShareOfAPhoneAtKannel(t *testing.T) {
	f := newFixture(t, func(c *web.Config) { c.Kannels = []web.Kannel{{Name: "k", Secret: "right"}} })
	n := 0
	send := func(text string) (heard bool) {
		t.Helper()
		n++
		before := f.count()
		query := url.Values{"id": {fmt.Sprint(n)}, "from": {flooder}, "to": {"78910"}, "text": {text}}
		request, err := http.NewRequest(http.MethodGet, f.public.URL+"/kannel/right/sms?"+query.Encode(), nil)
		if err != nil {
			t.Fatal(err)
		}
		status, _, body := do(t, request)
		heard = f.count() > before
		if status != http.StatusOK || !heard && body != "" {
			t.Errorf("%q: %d, %q", text, status, body)
		}
		return heard
	}
	dropped := 0
	for range 200 {
		if !send("DERECHOS") {
			dropped++
		}
	}
	if dropped < 50 {
		t.Errorf("%d dropped", dropped)
	}
	for _, text := range []string{"ALERTA", "ya me llevan los de la migra", "BIEN 7395"} {
		if !send(text) {
			t.Errorf("%q is dropped", text)
		}
	}
}

// forge posts a form with a wrong signature.
func forge(t *testing.T, f *fixture, form url.Values, forwarded string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, f.public.URL+"/twilio/sms", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Twilio-Signature", sign("00000000000000000000000000000000", publicURL+"/twilio/sms", form))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if forwarded != "" {
		request.Header.Set("X-Forwarded-For", forwarded)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	io.Copy(io.Discard, response.Body)
	if response.StatusCode != http.StatusForbidden {
		t.Fatalf("a forged text: %d", response.StatusCode)
	}
}

// What has proved nothing has its answer and holds nothing: not by a body that
// never comes, nor by keeping its connection. The server of this test has no
// time-outs, so that nothing else ends these.
func TestUnprovedConnectionEnds(t *testing.T) {
	_, server := newCounted(t, 50, func(c *web.Config) {
		c.USSD = &web.USSD{Secret: "right", Adapter: ussd.NewAdapter(nil)}
		c.Kannels = []web.Kannel{{Name: "k", Secret: "right"}}
	})
	t.Cleanup(server.Close)
	forged := "X-Twilio-Signature: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	for _, test := range []struct {
		head   string // and nothing after it
		status int
	}{
		{"GET /twilio/sms HTTP/1.1\r\n", 405},
		{"GET /twilio/sms HTTP/1.1\r\nContent-Length: 60000\r\n", 400},
		{"GET /nowhere HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", 400},
		{"HEAD /audio/x.mp3 HTTP/1.1\r\nContent-Length: 1\r\n", 400},
		{"GET /ussd/guess?text=1 HTTP/1.1\r\nContent-Length: 9\r\nExpect: 100-continue\r\n", 400},
		{"GET /ussd/guess?text=1 HTTP/1.1\r\n", 404},
		{"GET /kannel/guess/sms?from=1 HTTP/1.1\r\n", 404},
		{"POST /ussd/guess HTTP/1.1\r\nContent-Length: 60000\r\n", 404},
		{"POST /twilio/sms HTTP/1.1\r\nContent-Length: 60000\r\n", 403},
		{"POST /twilio/sms HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", 403},
		{"POST /twilio/sms HTTP/1.1\r\nContent-Length: 70000\r\n" + forged, 413},
		{"POST /twilio/sms HTTP/1.1\r\nContent-Length: 0\r\n" + forged, 403},
		{"DELETE /nowhere HTTP/1.1\r\nContent-Length: 60000\r\n", 404},
	} {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(conn, strings.Replace(test.head, "\r\n", "\r\nHost: x\r\n", 1)+"\r\n")
		conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		answer, err := io.ReadAll(conn)
		conn.Close()
		if want := fmt.Sprintf("HTTP/1.1 %d ", test.status); err != nil || !strings.HasPrefix(string(answer), want) {
			t.Errorf("%q: %q, %v; want %d and the end", test.head, answer, err, test.status)
		}
	}
}

// Whoever is proved keeps the connection, for this request and the next.
func TestProvedConnectionIsUsedAgain(t *testing.T) {
	f, server := newCounted(t, 50)
	t.Cleanup(server.Close)
	opened := 0
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		opened++
		return new(net.Dialer).DialContext(ctx, network, address)
	}}}
	defer client.CloseIdleConnections()
	for n := range 20 {
		form := textFrom(other, n, "ESTADO")
		request, err := http.NewRequest(http.MethodPost, server.URL+"/twilio/sms", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("X-Twilio-Signature", sign(token, publicURL+"/twilio/sms", form))
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
	if opened != 1 || f.count() != 20 {
		t.Errorf("%d connections for %d texts", opened, f.count())
	}
}

// Hundreds of connections of one address do not keep another's alert out.
func TestManyConnections(t *testing.T) {
	const most, flood = 50, 300
	f, server := newCounted(t, most)
	t.Cleanup(server.Close)
	var held []net.Conn
	dial := func(from string) net.Conn {
		t.Helper()
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 5 * time.Second}
		conn, err := d.DialContext(t.Context(), "tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	// One that has begun a request of another address, and does not go on: it
	// is no reason to close it while somebody holds more.
	patient := dial("127.0.0.3")
	fmt.Fprintf(patient, "POST /twilio/sms HTTP/1.1\r\nHost: x\r\n")
	for n := range flood {
		conn := dial("127.0.0.2")
		if n%2 == 0 {
			fmt.Fprintf(conn, "POST /twilio/sms HTTP/1.1\r\nHost: x\r\nContent-Le") // a slow one
		}
		held = append(held, conn)
	}
	if status := postFrom(t, server, "127.0.0.1", textFrom(other, 1, "ALERTA")); status != http.StatusOK {
		t.Fatalf("another's alert: %d", status)
	}
	if f.count() != 1 {
		t.Errorf("%d handled", f.count())
	}
	closed := 0
	for _, conn := range held {
		if ended(conn) {
			closed++
		}
	}
	if closed < flood-most || closed == flood {
		t.Errorf("%d of %d are closed, with room for %d", closed, flood, most)
	}
	if ended(patient) {
		t.Error("the connection of somebody with only one was closed for the flood")
	}
}

// What was authenticated stays, whoever comes after it.
func TestAuthenticatedConnectionStays(t *testing.T) {
	const most = 5
	f, server := newCounted(t, most)
	inside, release := make(chan struct{}), make(chan struct{})
	f.handle = func(context.Context, gateway.Event) (gateway.Answer, error) {
		inside <- struct{}{}
		<-release
		return gateway.Answer{Text: "Recibimos"}, nil
	}
	answered := make(chan int, most)
	for n := range most {
		go func() {
			answered <- postFrom(t, server, "127.0.0.1", textFrom(fmt.Sprintf("+1312555%04d", n), n, "ALERTA"))
		}()
	}
	for range most {
		<-inside
	}
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := conn.Read(make([]byte, 1)); err != io.EOF && !isReset(err) {
		t.Errorf("one more than there is room for: %v, want it closed", err)
	}
	close(release)
	for range most {
		if status := <-answered; status != http.StatusOK {
			t.Errorf("an alert under way: %d", status)
		}
	}
	server.Close()
}

func newCounted(t *testing.T, most int, change ...func(*web.Config)) (*fixture, *httptest.Server) {
	t.Helper()
	var metrics *watch.Metrics
	f := newFixture(t, append(change, func(c *web.Config) { metrics = c.Metrics })...)
	connections := web.NewConnections(most, metrics)
	server := httptest.NewUnstartedServer(f.server.Public())
	server.Listener = connections.Listen(server.Listener)
	server.Config.ConnContext, server.Config.ConnState = connections.Context, connections.State
	server.Start()
	return f, server
}

func postFrom(t *testing.T, server *httptest.Server, from string, form url.Values) int {
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext:       (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}).DialContext,
	}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/twilio/sms", strings.NewReader(form.Encode()))
	if err != nil {
		t.Error(err)
		return 0
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("X-Twilio-Signature", sign(token, publicURL+"/twilio/sms", form))
	response, err := client.Do(request)
	if err != nil {
		t.Error(err)
		return 0
	}
	response.Body.Close()
	return response.StatusCode
}

// ended reports whether the other side has closed a connection that owes
// nothing yet.
func ended(conn net.Conn) bool {
	conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	_, err := conn.Read(make([]byte, 1))
	timeout, ok := err.(net.Error)
	return err != nil && !(ok && timeout.Timeout())
}

func isReset(err error) bool { return err != nil && strings.Contains(err.Error(), "reset") }

// That an agent's share is used up is told once in ten minutes, and written down by
// a key that is the same on every node; what is refused does nothing else.
func TestUsedShareIsWrittenDown(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	keys := map[string]int{}
	d := &domain{handle: func(_ context.Context, e gateway.Event) (gateway.Answer, error) {
		if act := e.(*acts.Act); act.Deed == (acts.UsedShare{}) {
			keys[act.Agent.String()+act.Key]++
		}
		return gateway.Answer{}, nil
	}}
	for range 2 { // nodes
		limited := web.NewLimits(func() time.Time { return now }, watch.NewMetrics()).Domain(d)
		for _, who := range []byte{1, 2} {
			for range 400 {
				_, err := limited.Handle(t.Context(), &acts.Act{Agent: gateway.ID{who}, Deed: acts.Search{}})
				if code, _ := web.Status(err); err != nil && code != http.StatusTooManyRequests {
					t.Fatal(err)
				}
			}
		}
	}
	if len(keys) != 2 {
		t.Errorf("two agents on two nodes leave %d entries: %v", len(keys), keys)
	}
	for key, times := range keys {
		if times != 2 {
			t.Errorf("%s is handed on %d times by two nodes", key, times)
		}
	}
}
