// Package deploy_test tries the files for service with the programs that read
// them.
package deploy_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"aviso/scripts/deploy/caddytest"
)

const patience = 20 * time.Second

// node is what stands behind the proxy: it remembers what came.
type node struct {
	*httptest.Server
	mu     sync.Mutex
	came   []string // "GET /path?query from 127.0.0.1"
	answer func(http.ResponseWriter, *http.Request)
}

func newNode(t *testing.T) *node {
	t.Helper()
	n := &node{}
	n.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" {
			return
		}
		io.Copy(io.Discard, r.Body)
		n.mu.Lock()
		n.came = append(n.came, r.Method+" "+r.RequestURI+" from "+r.Header.Get("X-Forwarded-For")+" to "+r.Host)
		answer := n.answer
		n.mu.Unlock()
		if answer != nil {
			answer(w, r)
		}
	}))
	t.Cleanup(n.Close)
	return n
}

func (n *node) took() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	came := n.came
	n.came = nil
	return came
}

// proxy is Caddy before a node.
type proxy struct {
	*caddytest.Caddy
	t *testing.T
}

func start(t *testing.T, n *node) *proxy {
	t.Helper()
	address := n.Listener.Addr().(*net.TCPAddr)
	return &proxy{caddytest.Start(t, "Caddyfile", address.String(), strconv.Itoa(address.Port)), t}
}

// raw sends a request as it is written, and returns the status of the answer;
// 0: there was none.
func (p *proxy) raw(method, uri string, body string, header ...string) int {
	p.t.Helper()
	address := strings.TrimPrefix(p.Base, "http://")
	conn, err := net.Dial("tcp", address)
	if err != nil {
		p.t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %d\r\n", method, uri, address, len(body))
	for _, h := range header {
		fmt.Fprintf(conn, "%s\r\n", h)
	}
	fmt.Fprintf(conn, "\r\n%s", body)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

// secrets are what must be in no log: of the address, the head, and the body.
var secrets = []string{
	"ussd-secret-2026", "kannel-secret-2026", "4821-typed", "3125550101", "me-llevan", "consulate-token-2026", "attempt-id-2026",
	"session-cookie-2026", "the-agent's-browser", "203.0.113.77", "signature-2026", "PINinBODY",
}

// requests are such as come, with every secret somewhere in them.
func (p *proxy) requests(each func(method, uri, body string, header ...string)) {
	header := []string{
		"Cookie: aviso_session=session-cookie-2026", "User-Agent: the-agent's-browser", "X-Forwarded-For: 203.0.113.77",
		"X-Twilio-Signature: signature-2026", "Referer: https://aviso.example.org/consulate/consulate-token-2026",
	}
	for _, q := range [][2]string{
		{"GET", "/ussd/ussd-secret-2026?MSISDN=3125550101&INPUT=1*4821-typed"},
		{"POST", "/ussd/ussd-secret-2026/session/3125550101/response"},
		{"GET", "/kannel/kannel-secret-2026/sms?from=3125550101&text=me-llevan"},
		{"GET", "/consulate/consulate-token-2026"},
		{"POST", "/twilio/status/attempt-id-2026"},
		{"POST", "/twilio/voice?step=1&who=3125550101"},
		{"POST", "/console/profiles?q=3125550101"},
		{"GET", "/nowhere/ussd-secret-2026?me-llevan"},
	} {
		body := ""
		if q[0] == "POST" {
			body = "Digits=PINinBODY"
		}
		each(q[0], q[1], body, header...)
	}
}

func (p *proxy) silent(when string) {
	p.t.Helper()
	log := p.Logged()
	for _, secret := range slices.Concat(secrets, []string{url.QueryEscape("1*4821-typed"), "/ussd/", "/consulate/", "/twilio/"}) {
		if strings.Contains(log, secret) {
			p.t.Errorf("%s the log holds %q:\n%s", when, secret, log)
			return
		}
	}
}

// Whatever happens behind the proxy, its log holds nothing of a request: while
// no node answers, above all.
func TestProxyLogsNoRequest(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	p := start(t, n)
	p.requests(func(method, uri, body string, header ...string) { p.raw(method, uri, body, header...) })
	if len(n.took()) == 0 {
		t.Fatalf("nothing came through:\n%s", p.Logged())
	}
	p.silent("while all is well")

	for name, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"an answer that breaks": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			io.WriteString(w, "half")
			panic(http.ErrAbortHandler)
		},
		"none": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"503":  func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"what is no HTTP": func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				io.WriteString(conn, r.RequestURI+"\r\n\r\n")
				conn.Close()
			}
		},
	} {
		n.mu.Lock()
		n.answer = answer
		n.mu.Unlock()
		p.requests(func(method, uri, body string, header ...string) { p.raw(method, uri, body, header...) })
		p.silent("after " + name)
	}

	// A caller who leaves while a node thinks.
	n.mu.Lock()
	thought := make(chan struct{})
	n.answer = func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-thought:
		}
	}
	n.mu.Unlock()
	p.requests(func(method, uri, body string, header ...string) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, method, p.Base+uri, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if response, err := http.DefaultTransport.RoundTrip(request); err == nil {
			response.Body.Close()
		}
	})
	close(thought)
	p.silent("after callers who left")

	n.CloseClientConnections()
	n.Close()
	var all sync.WaitGroup
	p.requests(func(method, uri, body string, header ...string) {
		all.Go(func() {
			if status := p.raw(method, uri, body, header...); status < 400 {
				t.Errorf("%s %s is answered %d where no node is", method, uri, status)
			}
		})
	})
	all.Wait()
	p.silent("while no node answers")
	for end := time.Now().Add(patience); !strings.Contains(p.Logged(), "health_checker"); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("that no node answers is said nowhere:\n%s", p.Logged())
		}
	}
}

// What is not meant for the world stays outside, however it is written; what is
// comes as it was sent, with the caller's address and no other.
func TestProxyPaths(t *testing.T) {
	t.Parallel()
	n := newNode(t)
	p := start(t, n)
	for _, uri := range []string{
		"/kannel/secret/sms?from=1&text=ALERTA", "/kannel/secret/dlr", "/kannel", "/KANNEL/secret/sms", "//kannel/secret/sms", "/./kannel/secret/sms",
		"/twilio/../kannel/secret/sms", "/twilio/%2e%2e/kannel/secret/sms", "/%6bannel/secret/sms", "/ussd/..%2fkannel/secret/sms", "/console/../../kannel/x/sms",
		"/healthz", "/readyz", "/metrics", "/sim/", "/debug/pprof/", "/internal/metrics", "/", "/favicon.ico", "/twilio", "/consoles",
	} {
		status := p.raw("GET", uri, "")
		came := n.took()
		if status == http.StatusNotFound && len(came) == 0 {
			continue
		}
		// What the proxy takes for a path below another is no address of the node's
		// either: it goes by the path as it was written.
		if len(came) == 1 && !strings.HasPrefix(came[0], "GET /kannel") && strings.Contains(came[0], "%2f") {
			continue
		}
		t.Errorf("%s is answered %d, and came as %q", uri, status, came)
	}
	host := strings.TrimPrefix(p.Base, "http://")
	for _, uri := range []string{
		"/twilio/sms", "/twilio/voice?step=3&a=%2F+b", "/twilio/voice/notice/01ab", "/twilio/status/01ab", "/ussd/secret/session/a-b/start", "/ussd/secret?x=*384%23&y=1%2A2",
		"/console", "/console/", "/console/alerts/482137", "/console/profiles/new?x=%20", "/console/events", "/consulate/0f/acknowledge", "/audio/es/hello.0123.mp3",
	} {
		if status := p.raw("POST", uri, "x=1", "X-Forwarded-For: 203.0.113.77, 10.0.0.1", "Forwarded: for=203.0.113.77"); status != http.StatusOK {
			t.Errorf("%s: %d", uri, status)
		}
		if came, want := n.took(), "POST "+uri+" from 127.0.0.1 to "+host; len(came) != 1 || came[0] != want {
			t.Errorf("came %q, want %q", came, want)
		}
	}
}
