package kannel_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/carrier/kannel"
)

const secret = "0123456789abcdef"

var attempt = gateway.Attempt{
	ID: gateway.ID{1, 2, 3}, Channel: gateway.SMS, To: "+523312345678", Text: "RED X: Juan P. envio ALERTA #482137",
	Validity: gateway.NoticeValidity,
}

func config(sendsms string) kannel.Config {
	return kannel.Config{SendSMS: sendsms, User: "aviso", Password: "s3cret", SMSC: "telco", Callback: "http://127.0.0.1:8080/", Secret: secret}
}

func client(t *testing.T, sendsms string) *kannel.Client {
	t.Helper()
	c, err := kannel.New(config(sendsms))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestSendRequest holds what is asked of Kannel to its User's Guide: nothing
// of a person stands in the address.
func TestSendRequest(t *testing.T) {
	var got *http.Request
	var body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got, body = r, string(b)
		w.WriteHeader(http.StatusAccepted)
		io.WriteString(w, "0: Accepted for delivery")
	}))
	defer server.Close()
	c := client(t, server.URL+"/cgi-bin/sendsms")
	sid, err := c.Send(t.Context(), attempt, "78910")
	if err != nil || sid == "" {
		t.Fatalf("Send = %q, %v", sid, err)
	}
	if got.Method != http.MethodPost || got.RequestURI != "/cgi-bin/sendsms" {
		t.Errorf("%s %s, want a POST without a query", got.Method, got.RequestURI)
	}
	for name, want := range map[string]string{
		"X-Kannel-Username": "aviso", "X-Kannel-Password": "s3cret", "X-Kannel-SMSC": "telco",
		"X-Kannel-From": "78910", "X-Kannel-To": "+523312345678", "X-Kannel-Coding": "0", "X-Kannel-Validity": "5",
		"X-Kannel-DLR-Mask": "31",
		"X-Kannel-DLR-URL":  "http://127.0.0.1:8080/kannel/" + secret + "/dlr?status=%d&id=" + attempt.ID.String(),
		"Content-Type":      "text/plain; charset=UTF-8",
	} {
		if value := got.Header.Get(name); value != want {
			t.Errorf("%s: %q, want %q", name, value, want)
		}
	}
	if body != attempt.Text {
		t.Errorf("body %q", body)
	}

	wide := attempt
	wide.Text, wide.Validity = "Мария", 0
	if _, err := c.Send(t.Context(), wide, "78910"); err != nil {
		t.Fatal(err)
	}
	if got.Header.Get("X-Kannel-Coding") != "2" || got.Header.Get("X-Kannel-Validity") != "" {
		t.Errorf("coding %q, validity %q", got.Header.Get("X-Kannel-Coding"), got.Header.Get("X-Kannel-Validity"))
	}
}

// TestAnswers is what each of Kannel's answers means.
func TestAnswers(t *testing.T) {
	for _, test := range []struct {
		status  int
		line    string
		code    string // "": taken
		remedy  gateway.Remedy
		unknown bool
		alarm   bool
	}{
		{202, "0: Accepted for delivery", "", 0, false, false},
		{202, "Sent.", "", 0, false, false},
		{200, "0: Accepted for delivery", "", 0, false, false},
		{202, "3: Queued for later delivery", "kannel-waits", gateway.Elsewhere, false, true},
		{503, "Temporal failure, try again later.", "kannel-busy", gateway.Retry, false, false},
		{503, "", "http-503", gateway.Retry, true, false},
		{500, "oops", "http-500", gateway.Retry, true, false},
		{403, "Authorization failed for sendsms", "kannel-login", gateway.Elsewhere, false, true},
		{403, "Not routable. Do not try again.", "kannel-route", gateway.Elsewhere, false, true},
		{400, "Number(s) has/have been denied by white- and/or black-lists.", "kannel-refused", gateway.Elsewhere, false, false},
		{400, "Missing receiver(s) number(s), rejected", "http-400", gateway.Elsewhere, false, true},
		{404, "Unknown request.", "http-404", gateway.Elsewhere, false, true},
		{302, "", "http-302", gateway.Elsewhere, false, true},
		{429, "", "kannel-busy", gateway.Retry, false, false},
		{204, "", "http-204", gateway.Retry, true, false},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if test.status == http.StatusFound {
				w.Header().Set("Location", "http://example.org/")
			}
			w.WriteHeader(test.status)
			io.WriteString(w, test.line)
		}))
		sid, err := client(t, server.URL).Send(t.Context(), attempt, "78910")
		server.Close()
		if test.code == "" {
			if err != nil || sid == "" {
				t.Errorf("%d %q: %q, %v", test.status, test.line, sid, err)
			}
			continue
		}
		f := failure(t, err)
		if f.Code != test.code || f.Remedy != test.remedy || f.Unknown != test.unknown || f.Alarm != test.alarm {
			t.Errorf("%d %q: %+v", test.status, test.line, f)
		}
	}
}

// TestNotThere tells what was never sent from what may have been.
func TestNotThere(t *testing.T) {
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	_, err = client(t, "http://"+gone.Addr().String()).Send(t.Context(), attempt, "78910")
	if f := failure(t, err); f.Code != "kannel-connect" || f.Unknown || f.Remedy != gateway.Retry {
		t.Errorf("nobody there: %+v", f)
	}

	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer silent.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = client(t, silent.URL).Send(ctx, attempt, "78910")
	if f := failure(t, err); f.Code != "kannel-timeout" || !f.Unknown {
		t.Errorf("no answer: %+v", f)
	}

	broken := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer broken.Close()
	_, err = client(t, broken.URL).Send(t.Context(), attempt, "78910")
	if f := failure(t, err); f.Code != "kannel-lost" || !f.Unknown {
		t.Errorf("broken off: %+v", f)
	}

	// A name may lead anywhere; the number that it stands for decides.
	far := kannel.NewTransport()
	if _, err := far.DialContext(t.Context(), "tcp", "192.0.2.1:80"); err == nil || !strings.Contains(err.Error(), "private") {
		t.Errorf("dial out of the private network: %v", err)
	}
}

func TestCallsAreRefused(t *testing.T) {
	call := attempt
	call.Channel = gateway.Voice
	_, err := client(t, "http://127.0.0.1:1").Send(t.Context(), call, "78910")
	if f := failure(t, err); f.Remedy != gateway.Never || f.Unknown {
		t.Errorf("%+v", f)
	}
}

// TestErrorsHoldNoPerson looks through what an error says.
func TestErrorsHoldNoPerson(t *testing.T) {
	_, err := client(t, "http://127.0.0.1:1/3312345678").Send(t.Context(), attempt, "78910")
	for _, private := range []string{"33123", "Juan", "s3cret", secret, "78910"} {
		if strings.Contains(err.Error(), private) {
			t.Errorf("%q holds %q", err, private)
		}
	}
}

func TestConfigNamesEverything(t *testing.T) {
	_, err := kannel.New(kannel.Config{SendSMS: "http://203.0.113.9:13013/", User: "a b", SMSC: "x y", Callback: "ftp://x", Secret: "short"})
	if err == nil {
		t.Fatal("taken")
	}
	for _, want := range []string{"sendsms address: Kannel has to be on", "callback address: want", "user: holds", "password: is not set", "smsc: holds", "secret: want"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in:\n%v", want, err)
		}
	}
	for _, host := range []string{"localhost:13013", "127.0.0.1:13013", "10.1.2.3:80", "192.168.1.1", "[::1]:1", "[fd00::1]:1", "kannel.internal:13013"} {
		if _, err := kannel.New(config("http://" + host + "/cgi-bin/sendsms")); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
}

// TestLogin: the password is tried without a text to anybody.
func TestLogin(t *testing.T) {
	smsbox := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("X-Kannel-To") != "" || r.Header.Get("X-Kannel-From") != "":
			t.Error("somebody is texted")
		case r.Method != http.MethodPost || r.Header.Get("X-Kannel-Username") != "aviso":
			t.Errorf("%s %v", r.Method, r.Header)
		case r.Header.Get("X-Kannel-Password") != "s3cret":
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, "Authorization failed for sendsms")
		default:
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, "Insufficient headers, rejected")
		}
	}))
	defer smsbox.Close()
	if err := client(t, smsbox.URL).Login(t.Context()); err != nil {
		t.Errorf("the right password: %v", err)
	}
	wrong := config(smsbox.URL)
	wrong.Password = "other"
	c, err := kannel.New(wrong)
	if err != nil {
		t.Fatal(err)
	}
	if f := failure(t, c.Login(t.Context())); f.Code != "kannel-login" {
		t.Errorf("a wrong password: %+v", f)
	}
}

func TestFindCannotTell(t *testing.T) {
	_, found, err := client(t, "http://127.0.0.1:1").Find(t.Context(), attempt, "78910")
	if found != gateway.FoundCannotTell || err != nil {
		t.Errorf("%v, %v", found, err)
	}
}

func failure(t *testing.T, err error) *gateway.Failure {
	t.Helper()
	var f *gateway.Failure
	if !errors.As(err, &f) {
		t.Fatalf("%v is no failure with a policy", err)
	}
	if !strings.HasPrefix(f.Code, "kannel-") && !strings.HasPrefix(f.Code, "http-") {
		t.Errorf("code %q is not known", f.Code)
	}
	return f
}
