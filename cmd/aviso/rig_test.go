package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"aviso/gateway/sim"
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
+13125550111,Ana Lopez,es,60608,5555,,no,+13125550112,Luz,si,,,,,,
`

const desks = `consulate,channel,address,hours,language,confirmed
chicago,sms,+13125550199,,es,2026-01-15
`

// rig is a folder with a database and people in it, a simulated carrier, and
// the gateway that serves both.
type rig struct {
	t       *testing.T
	dir     string
	carrier *sim.Carrier
	log     *safeBuffer // standard error of every run

	juan, maria, pedro, rosa, desk *sim.Phone

	base, internal string
	stop           func() int // ends serving as SIGTERM does; the exit status
	serving        *exec.Cmd  // set where it serves in a process of its own
}

// newRig makes one that is not serving yet.
func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), log: &safeBuffer{}}
	r.carrier = sim.New(sim.Config{Senders: []string{sender, jailLine}})
	if err := r.carrier.Start(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.carrier.Close() })
	r.juan, r.maria = r.carrier.Phone("+13125550101", "Juan"), r.carrier.Phone("+523312345678", "Maria")
	r.pedro, r.rosa = r.carrier.Phone("+13125550102", "Pedro"), r.carrier.Phone("+13125550103", "Rosa")
	r.desk = r.carrier.Phone("+13125550199", "Consulado")
	r.command(0, "profiles", "import", r.file("people.csv", people))
	r.command(0, "consulates", "desks", r.file("desks.csv", desks))
	return r
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
	return []string{
		"AVISO_DB=" + filepath.Join(r.dir, "aviso.db"), "AVISO_KEYS=" + filepath.Join(r.dir, "aviso.keys"),
		"AVISO_ADDR=127.0.0.1:0", "AVISO_INTERNAL_ADDR=127.0.0.1:0", "AVISO_PUBLIC_URL=" + publicURL,
		"AVISO_TWILIO_API=" + r.carrier.URL(), "TWILIO_ACCOUNT_SID=" + sid, "TWILIO_AUTH_TOKEN=" + token,
		"AVISO_SMS_FROM=" + sender, "AVISO_SMS_RATE=200", "AVISO_PROGRAMME=RED X", "AVISO_PUBLIC_PHONE=+15205550100",
	}
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
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, append([]string{"serve"}, args...), r.environ(), strings.NewReader(""), in, r.log)
		in.Close()
	}()
	r.stop = sync.OnceValue(func() int {
		cancel()
		return <-ended
	})
	r.t.Cleanup(func() { r.stop() })
	r.connect(out)
}

// serveApart starts the gateway in a process of its own, which can be killed.
func (r *rig) serveApart() {
	r.t.Helper()
	c := exec.Command(os.Args[0], "serve")
	c.Env = append(r.environ(), runAsProgram+"=1")
	c.Stderr = r.log
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		r.t.Fatal(err)
	}
	r.serving = c
	r.stop = sync.OnceValue(func() int {
		c.Process.Signal(syscall.SIGTERM)
		c.Wait()
		return c.ProcessState.ExitCode()
	})
	r.t.Cleanup(func() { r.stop() })
	r.connect(out)
}

// kill ends the gateway as a power cut would.
func (r *rig) kill() {
	r.t.Helper()
	if err := r.serving.Process.Kill(); err != nil {
		r.t.Fatal(err)
	}
	r.stop()
}

// connect reads where the gateway is, and points the carrier there.
func (r *rig) connect(stdout io.Reader) {
	r.t.Helper()
	lines := bufio.NewReader(stdout)
	line, err := lines.ReadBytes('\n')
	if err != nil {
		r.t.Fatalf("the gateway did not start: %v\n%s", err, r.log.String())
	}
	var bound struct {
		Addr         string `json:"addr"`
		InternalAddr string `json:"internal_addr"`
	}
	if err := json.Unmarshal(line, &bound); err != nil {
		r.t.Fatalf("%q is not a line of JSON with the addresses: %v", line, err)
	}
	r.base, r.internal = "http://"+bound.Addr, "http://"+bound.InternalAddr
	r.carrier.Connect(sim.Webhooks{SMS: r.base + "/twilio/sms", Voice: r.base + "/twilio/voice", Public: publicURL})
	go io.Copy(io.Discard, lines)
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

// get asks the internal address.
func (r *rig) get(path string) (int, string) {
	r.t.Helper()
	response, err := http.Get(r.internal + path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return response.StatusCode, string(body)
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
