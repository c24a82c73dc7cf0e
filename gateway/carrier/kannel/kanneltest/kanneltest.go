// Package kanneltest is a real Kannel with phones, for tests: it is started on
// the loopback address, and its made-up operator is connected by the lines
// that Kannel's own fakesmsc speaks.
package kanneltest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"
)

// Kannel is one that runs until its test ends.
type Kannel struct {
	SendSMS  string `json:"sendsms"`
	User     string `json:"user"`
	Password string `json:"password"`
	SMSC     string `json:"smsc"`
	Operator string `json:"fakesmsc"` // host:port

	t       testing.TB
	mu      sync.Mutex
	conn    net.Conn
	texts   []Text              // that no Expect has taken
	parts   map[string][]string // of long texts, by to, reference and number of parts
	arrived chan struct{}       // closed and renewed with each text
}

// Text is one that reached a phone, its parts put together.
type Text struct {
	From, To string
	Body     string
	Coding   string // "text" (GSM-7) or "ucs-2", as the line has it
	Parts    int
}

// startBudget is for two busy cores; an idle machine needs a second.
const startBudget = time.Minute

// Start starts one that hands texts and receipts to a callback address, as in
// http://127.0.0.1:8080/kannel/SECRET, and connects its operator. A machine
// without Kannel fails the test.
func Start(t testing.TB, callback string) *Kannel {
	t.Helper()
	script := os.Getenv("AVISO_TEST_KANNEL")
	if script == "" {
		_, here, _, _ := runtime.Caller(0)
		script = filepath.Join(filepath.Dir(here), "../../../../scripts/kannel")
	}
	// The folder has to be reachable by an ordinary user.
	dir, err := os.MkdirTemp("", "aviso-kannel-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	dir = filepath.Join(dir, "kannel")
	ctx, cancel := context.WithTimeout(context.Background(), startBudget)
	defer cancel()
	var problem bytes.Buffer
	start := exec.CommandContext(ctx, script, "start", dir, callback)
	start.Stderr = &problem
	out, err := start.Output()
	if err != nil {
		t.Fatalf("start Kannel: %v\n%s", err, problem.String())
	}
	t.Cleanup(func() {
		if out, err := exec.Command(script, "stop", dir).CombinedOutput(); err != nil {
			t.Errorf("stop Kannel: %v\n%s", err, out)
		}
	})
	k := &Kannel{t: t, parts: map[string][]string{}, arrived: make(chan struct{})}
	if err := json.Unmarshal(out, k); err != nil {
		t.Fatalf("start Kannel: %q: %v", out, err)
	}
	k.Connect()
	t.Cleanup(k.Disconnect)
	return k
}

// Connect connects the operator, as after a break of its line.
func (k *Kannel) Connect() {
	k.t.Helper()
	conn, err := net.Dial("tcp", k.Operator)
	if err != nil {
		k.t.Fatalf("connect the operator: %v", err)
	}
	k.mu.Lock()
	k.conn = conn
	k.mu.Unlock()
	go k.read(conn)
}

// Disconnect breaks the operator's line.
func (k *Kannel) Disconnect() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.conn.Close()
}

// Text has a phone send one. A text with a line break cannot be sent.
func (k *Kannel) Text(from, to, body string) {
	k.t.Helper()
	k.say(from + " " + to + " text " + body)
}

// TextWide has a phone send one in UCS-2, as phones do whose text holds an
// accent or an emoji that GSM-7 lacks.
func (k *Kannel) TextWide(from, to, body string) {
	k.t.Helper()
	var wide strings.Builder
	for _, unit := range utf16.Encode([]rune(body)) {
		fmt.Fprintf(&wide, "%%%02X%%%02X", unit>>8, unit&0xFF)
	}
	k.say(from + " " + to + " ucs2 " + wide.String())
}

func (k *Kannel) say(line string) {
	k.t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, err := fmt.Fprintln(k.conn, line); err != nil {
		k.t.Fatalf("text by the operator: %v", err)
	}
}

// Expect waits for a text to a phone that holds all the words, and takes it.
func (k *Kannel) Expect(ctx context.Context, to string, words ...string) Text {
	k.t.Helper()
	for {
		k.mu.Lock()
		arrived := k.arrived
		i := slices.IndexFunc(k.texts, func(t Text) bool {
			return t.To == to && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(t.Body, w) })
		})
		if i >= 0 {
			found := k.texts[i]
			k.texts = slices.Delete(k.texts, i, i+1)
			k.mu.Unlock()
			return found
		}
		others := slices.Clone(k.texts)
		k.mu.Unlock()
		select {
		case <-arrived:
		case <-ctx.Done():
			k.t.Fatalf("no text to %s with %q; there are %+v", to, words, others)
		}
	}
}

// Count is how many texts to a phone no Expect has taken.
func (k *Kannel) Count(to string) (n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, t := range k.texts {
		if t.To == to {
			n++
		}
	}
	return n
}

// read takes what Kannel hands to the operator: a line a part.
func (k *Kannel) read(conn net.Conn) {
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		k.take(lines.Text())
	}
}

// take reads "FROM TO text WORDS", "FROM TO udh HEADER data WORDS" and the
// same with ucs-2; all but the words of a plain text are encoded as in a URL.
func (k *Kannel) take(line string) {
	from, rest, _ := strings.Cut(line, " ")
	to, rest, _ := strings.Cut(rest, " ")
	kind, body, _ := strings.Cut(rest, " ")
	t := Text{From: from, To: to, Coding: kind, Parts: 1}
	header := ""
	if kind == "udh" {
		var encoded string
		encoded, rest, _ = strings.Cut(body, " ")
		header, _ = url.QueryUnescape(encoded)
		t.Coding, body, _ = strings.Cut(rest, " ")
	}
	if t.Coding != "text" {
		body, _ = url.QueryUnescape(body)
	}
	switch t.Coding {
	case "ucs-2":
		body = fromUTF16(body)
	case "data":
		t.Coding = "text"
	}
	t.Body = body
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(header) == 6 && header[1] == 0 { // concatenated: 5, 0, 3, reference, parts, number
		k.join(t, header)
		return
	}
	k.add(t)
}

// join keeps a part, and adds the text when all are there.
func (k *Kannel) join(t Text, header string) {
	total, number := int(header[4]), int(header[5])
	key := t.To + header[3:5]
	parts := k.parts[key]
	if parts == nil {
		parts = make([]string, total)
	}
	parts[number-1] = t.Body
	k.parts[key] = parts
	if !slices.Contains(parts, "") {
		delete(k.parts, key)
		t.Body, t.Parts = strings.Join(parts, ""), total
		k.add(t)
	}
}

func (k *Kannel) add(t Text) {
	k.texts = append(k.texts, t)
	close(k.arrived)
	k.arrived = make(chan struct{})
}

func fromUTF16(s string) string {
	var units []uint16
	for i := 0; i+1 < len(s); i += 2 {
		units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return string(utf16.Decode(units))
}
