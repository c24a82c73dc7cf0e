package main

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/twilio/twilio-go/client"

	domain "aviso/gateway"
	"aviso/gateway/numbering"
)

func TestPhonesAreValidAndTellTheirPerson(t *testing.T) {
	numbers, err := numbering.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	reader := domain.PhoneReader{Plan: numbers, Served: []string{"US", "MX"}}
	seen := map[string]bool{}
	for _, p := range []person{0, 1, 79_999, 299_999, 3_999_999, 4_000_000, fullPeople - 1} {
		for _, phone := range []string{p.phone(), p.contact(0), p.contact(1), p.contact(2), p.contact(3)} {
			if seen[phone] {
				t.Errorf("%s is given twice", phone)
			}
			seen[phone] = true
			if got, err := reader.Read(phone); err != nil || string(got) != phone {
				t.Errorf("person %d: %s: %v", p, phone, err)
			}
		}
		for i := range contacts {
			if got, ok := personOf(p.contact(i)); !ok || got != p {
				t.Errorf("personOf(%s) = %d, %v; want %d", p.contact(i), got, ok, p)
			}
		}
	}
	for _, phone := range []string{"", "+", "+12", "78910", "+13125550101", "+523", "x"} {
		if p, ok := personOf(phone); ok {
			t.Errorf("personOf(%q) = %d", phone, p)
		}
	}
}

func TestWebhookIsSignedAsTwilioSigns(t *testing.T) {
	line, body, err := readMessage(bufio.NewReader(strings.NewReader(string(alerta(7, 1)))), nil)
	if err != nil || !strings.HasPrefix(string(line), "POST /twilio/sms ") {
		t.Fatalf("%q, %v", line, err)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		t.Fatal(err)
	}
	single := map[string]string{}
	for name := range form {
		single[name] = form.Get(name)
	}
	validator := client.NewRequestValidator(authToken)
	if !validator.Validate(publicURL+smsPath, single, sign(publicURL+smsPath, form)) {
		t.Error("twilio-go refuses the signature")
	}
	if form.Get("From") != person(7).phone() || form.Get("Body") != "ALERTA" {
		t.Errorf("form %v", form)
	}
}

func TestVerdicts(t *testing.T) {
	up, down := figure{reach: 0.5, excellent: 0.8}, figure{reach: 12, excellent: 6}
	for _, c := range []struct {
		f    figure
		v    float64
		want string
	}{
		{up, 0.49, "missed"}, {up, 0.5, "reached"}, {up, 0.8, "excellent"}, {up, 2, "excellent"},
		{down, 12.1, "missed"}, {down, 12, "reached"}, {down, 6, "excellent"}, {down, 1, "excellent"},
	} {
		if got := c.f.verdict(c.v); got != c.want {
			t.Errorf("%v of %v: %s, want %s", c.v, c.f, got, c.want)
		}
	}
	if up.share(0.5) != atReach || math.Abs(down.share(6)-atExcellent) > 1e-9 || up.share(0.6) <= up.share(0.55) || down.share(7) <= down.share(8) {
		t.Error("a bar's length is wrong")
	}
}

func TestQuantiles(t *testing.T) {
	if median([]float64{5, 1, 3}) != 3 || median([]float64{4, 1, 2, 3}) != 2.5 || quantile([]float64{1, 2, 3, 4, 5}, 1) != 5 || !math.IsNaN(median(nil)) {
		t.Error("the middle is elsewhere")
	}
}

func TestReportHoldsItsNames(t *testing.T) {
	r := report{Machine: "2 cores (x), go1.26, linux/amd64", Version: "v", When: "now", Seconds: 3, Figures: figures{}}
	for i, row := range table {
		r.Figures.set(row.name, float64(i)+0.123456)
	}
	r.Figures.set("accept_per_s", 5123.4)
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var flat map[string]any
	if err := json.Unmarshal(data, &flat); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"accept_cpu_us", "accept_ratio", "accept_ratio_postgres", "first_send_fsyncs", "first_send_ms_overload", "relay_ratio",
		"lookup_us_p50", "rss_mb", "import_per_s", "burst_ratio", "growth_ratio", "ussd_ms_p99", "accept_per_s"} {
		if _, ok := flat[name].(float64); !ok {
			t.Errorf("%s is not a number in %s", name, data)
		}
	}
	var again report
	if err := json.Unmarshal(data, &again); err != nil || fmt.Sprint(again) != fmt.Sprint(r) {
		t.Errorf("read back as %v, %v", again, err)
	}
}

func TestChartIsXML(t *testing.T) {
	drawn := chart(report{Machine: `2 cores (<&"), go1`, Figures: figures{"accept_ratio": 0.6, "rss_mb": 0}})
	for decoder := xml.NewDecoder(strings.NewReader(drawn)); ; {
		if _, err := decoder.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(drawn, "prefers-color-scheme:dark") || !strings.Contains(drawn, table[0].label) {
		t.Error("something is missing")
	}
}

// TestCarrierAnswersTwilio has the bare client hand messages to the look-alike,
// which notes whom they were about.
func TestCarrierAnswersTwilio(t *testing.T) {
	c, err := startCarrier()
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	seen := c.watch(100)
	if err := runBareClient([]string{c.url(), "50", "4"}, io.Discard); err != nil {
		t.Fatal(err)
	}
	if got := c.taken.Load(); got != 50 {
		t.Errorf("%d messages taken, want 50", got)
	}
	if _, ok := seen.firstAt(50); !ok {
		t.Error("nothing about person 50")
	}
	if begin, end := seen.span(1, 50); begin == 0 || end < begin {
		t.Errorf("from %s to %s", begin, end)
	}
	c.limit(1)
	if err := runBareClient([]string{c.url(), "50", "1"}, io.Discard); err == nil {
		t.Error("nothing was refused beyond the limit")
	}
	if got := c.taken.Load(); got != 50+1+limitSlack {
		t.Errorf("%d messages taken in all", got)
	}
}

func TestLimitsSlide(t *testing.T) {
	l := limits{most: 2, recent: map[string][]time.Time{}}
	at := time.Now()
	for i, want := range []bool{true, true, false, true} {
		if got := l.allow("a", at.Add(time.Duration(i)*350*time.Millisecond)); got != want {
			t.Errorf("message %d: %v", i, got)
		}
	}
	if !l.allow("b", at) {
		t.Error("another sender's limit is its own")
	}
}

// TestLoads send every request once, in order of need, and fail on an answer
// that is not what was asked for.
func TestLoads(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var asked counter
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				in := bufio.NewReader(conn)
				for {
					if _, _, err := readMessage(in, nil); err != nil {
						return
					}
					asked.next()
					conn.Write(respond(nil, "200 OK", "ALERTA #482137"))
				}
			}()
		}
	}()
	db := &database{people: 100}
	requests := newBatch(db, 1000)
	if len(requests.list) != 100 {
		t.Fatalf("%d requests of 100 people", len(requests.list))
	}
	o, err := flood(t.Context(), l.Addr().String(), 8, 0, answerBudget, requests, received)
	if err != nil || o.used != 100 || o.counted != 100 || asked.n.Load() != 100 || o.rate() <= 0 {
		t.Errorf("%+v, %v, asked %d", o, err, asked.n.Load())
	}
	n, ask := alerts(newBatch(db, 20))
	if err := pace(t.Context(), l.Addr().String(), 3, time.Millisecond, n, ask); err != nil || asked.n.Load() != 120 {
		t.Errorf("%v, asked %d", err, asked.n.Load())
	}
	if _, err := flood(t.Context(), l.Addr().String(), 2, 0, answerBudget, newBatch(db, 2), "something else"); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("a wrong answer was taken: %v", err)
	}
}

// TestUSSDSessionsEnd has every session end once, one in ten of them in an
// alert, and these at every step.
func TestUSSDSessionsEnd(t *testing.T) {
	raised := make([]int, len(ussdKeys))
	for p := range person(ussdSessions) {
		ends := 0
		for step := range ussdKeys {
			switch _, want := ussdStep(p, step); want {
			case "END ALERT":
				raised[step]++
				ends++
			case "END ":
				ends++
			}
		}
		if ends != 1 {
			t.Fatalf("the session of person %d ends %d times", p, ends)
		}
	}
	for step, n := range raised {
		if n != ussdSessions/ussdRaising/len(ussdKeys) {
			t.Errorf("%d sessions end in an alert at step %d", n, step)
		}
	}
}
