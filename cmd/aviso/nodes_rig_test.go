package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"aviso/gateway/carrier/sim"
)

// plant is what a gateway runs on: a kind of database, and how many nodes.
type plant struct {
	name     string
	postgres bool
	nodes    int
	server   string // of PostgreSQL; "": the one that all tests share
}

// plants are what every test of what people see is held to. SQLite is the
// first.
var plants = []plant{
	{name: "SQLite", nodes: 1},
	{name: "PostgreSQL", postgres: true, nodes: 1},
	{name: "PostgreSQL,two nodes", postgres: true, nodes: 2},
}

// everywhere runs a test on every plant.
func everywhere(t *testing.T, test func(*testing.T, *rig)) {
	for _, p := range plants {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel() // they wait more than they work
			test(t, newRigOn(t, p))
		})
	}
}

// database makes an empty one that no other test has, and says its --db.
func (p plant) database(t *testing.T, dir string) string {
	t.Helper()
	if !p.postgres {
		return filepath.Join(dir, "aviso.db")
	}
	server := cmp.Or(p.server, os.Getenv(postgresVariable))
	if server == "" {
		t.Fatalf("%s is not set: run `scripts/postgres run go test ./cmd/aviso`", postgresVariable)
	}
	return newDatabase(t, server)
}

// postgresVariable names a PostgreSQL for tests, as `scripts/postgres run` sets
// it.
const postgresVariable = "AVISO_TEST_POSTGRES"

// newDatabase makes one on a server.
func newDatabase(t *testing.T, server string) string {
	t.Helper()
	var b [8]byte
	rand.Read(b[:])
	name := "test_" + hex.EncodeToString(b[:])
	execPostgres(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { execPostgres(t, server, "DROP DATABASE "+name+" WITH (FORCE)") })
	address, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	address.Path = "/" + name
	return address.String()
}

func execPostgres(t *testing.T, dsn, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatal(err)
	}
}

// postgresBytes is every row of every table, as the server gives it.
func postgresBytes(t *testing.T, dsn string) string {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	rows, err := conn.Query(ctx, "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()")
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, table := range tables {
		if _, err := conn.PgConn().CopyTo(ctx, &all, "COPY "+table+" TO STDOUT (FORMAT binary)"); err != nil {
			t.Fatal(err)
		}
	}
	if all.Len() == 0 {
		t.Fatal("the database is empty")
	}
	return all.String()
}

// member is one node that serves.
type member struct {
	base, internal string
	stop           func() int // as SIGTERM does; the exit status
	process        *os.Process
}

// start starts a node within this process.
func (r *rig) start(args ...string) *member {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, append([]string{"serve"}, args...), r.environ(), strings.NewReader(""), in, r.log)
		in.Close()
	}()
	m := &member{stop: sync.OnceValue(func() int {
		cancel()
		return <-ended
	})}
	r.t.Cleanup(func() { m.stop() })
	m.find(r, out)
	return m
}

// startApart starts a node in a process of its own, which can be killed.
func (r *rig) startApart(environ ...string) *member {
	r.t.Helper()
	c := exec.Command(os.Args[0], "serve")
	c.Env = append(append(r.environ(), environ...), runAsProgram+"=1")
	c.Stderr = r.log
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		r.t.Fatal(err)
	}
	m := &member{process: c.Process, stop: sync.OnceValue(func() int {
		c.Process.Signal(syscall.SIGTERM)
		c.Wait()
		return c.ProcessState.ExitCode()
	})}
	r.t.Cleanup(func() { m.stop() })
	m.find(r, out)
	return m
}

// find reads where a node is.
func (m *member) find(r *rig, stdout io.Reader) {
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
	m.base, m.internal = "http://"+bound.Addr, "http://"+bound.InternalAddr
	go io.Copy(io.Discard, lines)
}

// kill ends a node as a power cut would.
func (m *member) kill(t *testing.T) {
	t.Helper()
	m.signal(t, syscall.SIGKILL)
	m.stop()
}

func (m *member) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := m.process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// ready asks a node, which may be slow to answer.
func (m *member) ready() (status int, reasons string) {
	client := http.Client{Timeout: time.Second}
	response, err := client.Get(m.internal + "/readyz")
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err.Error()
	}
	return response.StatusCode, string(body)
}

// connect points the carrier at the members: at the only one, or at a balancer
// in front of them.
func (r *rig) connect(members ...*member) {
	r.t.Helper()
	r.members = members
	r.base = members[0].base
	if len(members) > 1 {
		if r.balancer == nil {
			r.balancer = newBalancer(r.t)
		}
		r.balancer.set(members)
		r.base = r.balancer.server.URL
	}
	r.carrier.Connect(sim.Webhooks{SMS: r.base + "/twilio/sms", Voice: r.base + "/twilio/voice", Public: publicURL})
	r.stop = func() (status int) {
		for _, m := range members {
			status = max(status, m.stop())
		}
		return status
	}
}

// balancer hands each request to the next member, and to the one after where
// that cannot be reached: round robin, so that no two requests of a
// conversation are one node's.
type balancer struct {
	server *httptest.Server
	next   atomic.Int64

	mu      sync.Mutex
	members []string
}

// balancerPatience is how long the balancer waits for a node's answer; Twilio
// has 15 s for everything.
const balancerPatience = 4 * time.Second

func newBalancer(t *testing.T) *balancer {
	b := &balancer{}
	transport := &http.Transport{
		DialContext:           (&net.Dialer{Timeout: time.Second}).DialContext,
		ResponseHeaderTimeout: balancerPatience, MaxIdleConnsPerHost: 64,
	}
	b.server = httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:       func(*httputil.ProxyRequest) {}, // the member is chosen below
		Transport:     roundTripper(func(req *http.Request) (*http.Response, error) { return b.hand(transport, req) }),
		FlushInterval: -1,
		ErrorHandler:  func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	})
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		b.server.CloseClientConnections()
		b.server.Close()
	})
	return b
}

func (b *balancer) set(members []*member) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.members = nil
	for _, m := range members {
		b.members = append(b.members, strings.TrimPrefix(m.base, "http://"))
	}
}

func (b *balancer) hand(transport *http.Transport, req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
	}
	b.mu.Lock()
	members := b.members
	b.mu.Unlock()
	first := int(b.next.Add(1))
	for i := range members {
		out := req.Clone(req.Context())
		out.URL.Scheme, out.URL.Host = "http", members[(first+i)%len(members)]
		out.Body = io.NopCloser(bytes.NewReader(body))
		response, err := transport.RoundTrip(out)
		var dial *net.OpError
		if err == nil || !errors.As(err, &dial) || dial.Op != "dial" {
			return response, err
		}
	}
	return nil, errors.New("no node can be reached")
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
