package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The demo's page is enough to play the whole round, and leaves nothing.
func TestDemo(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, in := io.Pipe()
	ended := make(chan int, 1)
	log := &safeBuffer{}
	go func() {
		// An operator's own configuration must not be touched.
		ended <- run(ctx, []string{"demo", "--addr", "127.0.0.1:0", "--internal-addr", "127.0.0.1:0"},
			[]string{"AVISO_DB=/nonexistent/aviso.db", "AVISO_ONLY_TO=+13125550199", "TWILIO_AUTH_TOKEN=real"}, strings.NewReader(""), in, log)
		in.Close()
	}()
	page := regexp.MustCompile(`http://127\.0\.0\.1:\d+/sim/`)
	var address string
	lines := bufio.NewScanner(out)
	for address == "" && lines.Scan() {
		address = page.FindString(lines.Text())
	}
	if address == "" {
		t.Fatalf("the demo did not print its page\n%s", log.String())
	}
	go io.Copy(io.Discard, out)
	type press struct{ phone, body, want string }
	for _, p := range []press{
		{"0", "ALERTA me llevan", "Recibimos su ALERTA"},
		{"", "", "Juan P. envio ALERTA"},
		{"", "", "Juan Perez, ZIP 60608"},
		{"1", "1", "Maria CONFIRMO"},
		{"0", "CANCELAR 4821", "aviso con su PIN que la ALERTA"},
	} {
		if p.phone != "" {
			response, err := http.PostForm(address+"text", url.Values{"phone": {p.phone}, "body": {p.body}})
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
		}
		waitForPage(t, address, p.want, log)
	}
	// A stream of the page is open while the demo ends.
	stream, err := http.Get(address + "events")
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	began := time.Now()
	cancel()
	if status := <-ended; status != 0 {
		t.Errorf("exit %d, want 0\n%s", status, log.String())
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("ended after %v: an open page must not hold it up", took)
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func waitForPage(t *testing.T, address, want string, log *safeBuffer) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		response, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(body), want) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the page never showed %q\n%s", want, log.String())
		}
	}
}

// Somebody else's server on the usual port does not stop the demo.
func TestDemoFindsAFreePort(t *testing.T) {
	first, err := bindNear(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, err := bindNear(t.Context(), first.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if second.Addr().String() == first.Addr().String() {
		t.Error("both on one port")
	}
}
