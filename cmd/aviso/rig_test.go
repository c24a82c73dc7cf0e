package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"aviso/gateway/carrier/sim"
)

// runAsProgram makes the test binary the program itself, for tests that kill
// it.
const runAsProgram = "AVISO_TEST_RUN"

func TestMain(m *testing.M) {
	if os.Getenv(runAsProgram) != "" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		context.AfterFunc(ctx, stop)
		os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

const (
	publicURL = "https://aviso.example.org"
	sender    = "+15550001111"
	juansPIN  = "4821"

	// patience is how long a test waits for what comes at once on an idle
	// machine; contract is the longest that the contract allows after a kill.
	patience = 20 * time.Second
	contract = 15 * time.Second
)

// people are Juan, who consents to consular notice, and Ana, who does not.
const people = `phone,name,language,zip,pin,duress_pin,consulate_consent,contact1_phone,contact1_name,contact1_accepted,contact2_phone,contact2_name,contact2_accepted,contact3_phone,contact3_name,contact3_accepted
+13125550101,Juan Perez,es,60608,4821,9917,si,+523312345678,Maria,si,+13125550102,Pedro,si,+13125550103,Rosa,si
+13125550111,Ana Lopez,es,60608,5739,,no,+13125550112,Luz,si,,,,,,
`

const desks = `consulate,channel,address,hours,language,confirmed
chicago,sms,+13125550199,,es,2026-01-15
`

// rig is a folder with a database and people in it, a simulated carrier, and
// the gateway that serves both: one node, or several behind a balancer
// (nodes_rig_test.go).
type rig struct {
	t       *testing.T
	plant   plant
	dir     string
	db      string   // --db
	rate    int      // segments a second of each sender
	more    []string // of the operator's environment
	carrier *sim.Carrier
	log     *safeBuffer // standard error of every run

	juan, maria, pedro, rosa, desk *sim.Phone

	members  []*member  // the nodes that serve
	balancer *balancer  // in front of them; nil: of one there is no need
	base     string     // where webhooks go
	n        int        // texts that were handed in
	stop     func() int // ends serving as SIGTERM does; the highest exit status
}

// newRig makes one on SQLite that is not serving yet.
func newRig(t *testing.T) *rig {
	t.Helper()
	return newRigOn(t, plants[0])
}

// newRigOn makes one with people in it.
func newRigOn(t *testing.T, p plant) *rig {
	t.Helper()
	r := newEmptyRig(t, p)
	r.populate()
	return r
}

// newEmptyRig makes one without a database yet. Numbers are our senders at the
// carrier, besides the usual ones.
func newEmptyRig(t *testing.T, p plant, numbers ...string) *rig {
	t.Helper()
	r := &rig{t: t, plant: p, dir: t.TempDir(), rate: 200, log: &safeBuffer{}}
	r.db = p.database(t, r.dir)
	r.carrier = sim.New(sim.Config{Senders: append([]string{sender, jailLine}, numbers...)})
	if err := r.carrier.Start(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.carrier.Close() })
	r.juan, r.maria = r.carrier.Phone("+13125550101", "Juan"), r.carrier.Phone("+523312345678", "Maria")
	r.pedro, r.rosa = r.carrier.Phone("+13125550102", "Pedro"), r.carrier.Phone("+13125550103", "Rosa")
	r.desk = r.carrier.Phone("+13125550199", "Consulado")
	return r
}

func (r *rig) populate() {
	r.t.Helper()
	r.command(0, "profiles", "import", r.file("people.csv", people))
	r.command(0, "consulates", "desks", r.file("desks.csv", desks))
}

// file writes a file of the operator's.
func (r *rig) file(name, content string) string {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		r.t.Fatal(err)
	}
	return path
}

// environ is the operator's configuration.
func (r *rig) environ() []string {
	sid, token := r.carrier.Account()
	return append([]string{
		"AVISO_DB=" + r.db, "AVISO_KEYS=" + filepath.Join(r.dir, "aviso.keys"),
		"AVISO_ADDR=127.0.0.1:0", "AVISO_INTERNAL_ADDR=127.0.0.1:0", "AVISO_PUBLIC_URL=" + publicURL,
		"AVISO_TWILIO_API=" + r.carrier.URL(), "TWILIO_ACCOUNT_SID=" + sid, "TWILIO_AUTH_TOKEN=" + token,
		"AVISO_SMS_FROM=" + sender, "AVISO_SMS_RATE=" + strconv.Itoa(r.rate), "AVISO_PROGRAMME=RED X", "AVISO_PUBLIC_PHONE=+15205550100",
	}, r.more...)
}

// command runs one to its end and returns what it printed.
func (r *rig) command(status int, args ...string) (stdout, stderr string) {
	r.t.Helper()
	var out, err safeBuffer
	got := run(r.t.Context(), args, r.environ(), strings.NewReader(""), &out, io.MultiWriter(&err, r.log))
	if got != status {
		r.t.Fatalf("aviso %s: exit %d, want %d\n%s%s", args[0], got, status, out.String(), err.String())
	}
	return out.String(), err.String()
}

// serve starts the gateway within this process.
func (r *rig) serve(args ...string) {
	r.t.Helper()
	var members []*member
	for range r.plant.nodes {
		members = append(members, r.start(args...))
	}
	r.connect(members...)
}

// serveApart starts the gateway in a process of its own for each node, which
// can be killed.
func (r *rig) serveApart() {
	r.t.Helper()
	var members []*member
	for range r.plant.nodes {
		members = append(members, r.startApart())
	}
	r.connect(members...)
}

// kill ends the gateway as a power cut would.
func (r *rig) kill() {
	r.t.Helper()
	for _, m := range r.members {
		m.kill(r.t)
	}
}

// text sends one and wants these words in the answer; its TwiML is returned.
func (r *rig) text(from *sim.Phone, body string, words ...string) sim.Answer {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	answer, err := from.Text(ctx, sender, body)
	if err != nil {
		r.t.Fatalf("%s texts %q: %v\n%s", from, body, err, r.log.String())
	}
	if len(words) > 0 {
		r.expect(from, words...)
	}
	return answer
}

// expect waits for a text with these words.
func (r *rig) expect(phone *sim.Phone, words ...string) sim.Message {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	m, err := phone.Expect(ctx, words...)
	if err != nil {
		r.t.Fatalf("%v\n%s", err, r.log.String())
	}
	return m
}

// expectNothing waits a moment for texts that must not come.
func (r *rig) expectNothing(phones ...*sim.Phone) {
	r.t.Helper()
	for _, phone := range phones {
		if err := phone.ExpectNothing(r.t.Context(), 300*time.Millisecond); err != nil {
			r.t.Fatal(err)
		}
	}
}

// get asks every node's internal address: the highest status, and what they all
// said.
func (r *rig) get(path string) (status int, body string) {
	r.t.Helper()
	for _, m := range r.members {
		response, err := http.Get(m.internal + path)
		if err != nil {
			r.t.Fatal(err)
		}
		said, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			r.t.Fatal(err)
		}
		status, body = max(status, response.StatusCode), body+string(said)
	}
	return status, body
}

// metric is the sum of a series over all nodes, named with its labels; 0 where
// there is none.
func (r *rig) metric(name string) (sum float64) {
	r.t.Helper()
	_, metrics := r.get("/metrics")
	for line := range strings.Lines(metrics) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				r.t.Fatal(err)
			}
			sum += n
		}
	}
	return sum
}

// eventually waits until something is so.
func (r *rig) eventually(what string, so func() bool) {
	r.t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("waited in vain: %s\n%s", what, r.log.String())
		}
	}
}

// safeBuffer may be written by one goroutine and read by another.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// phoneNumber is a person of a made-up crowd.
func phoneNumber(area, n int) string { return fmt.Sprintf("+1%d555%04d", area, n) }
