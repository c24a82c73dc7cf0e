package store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"aviso/gateway"
	"aviso/store"
)

// proxy stands between a node and the server, and can lose its connections.
type proxy struct {
	net.Listener
	server string

	mu    sync.Mutex
	conns []net.Conn
	deaf  bool // what the server answers is lost, and the connection with it
	down  bool // nobody gets through
	mute  int  // how many of the next connections get no answer
}

func newProxy(t *testing.T) (p *proxy, dsn string) {
	t.Helper()
	address := newSchema(t)
	config, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p = &proxy{Listener: listener, server: net.JoinHostPort("127.0.0.1", strconv.Itoa(int(config.Port)))}
	t.Cleanup(func() { p.Close(); p.cut() })
	go p.serve()
	through, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	through.Host = listener.Addr().String()
	query := through.Query()
	query.Del("host")
	query.Del("port")
	through.RawQuery = query.Encode()
	return p, through.String()
}

func (p *proxy) serve() {
	for {
		in, err := p.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		down := p.down
		mute := p.mute > 0
		if mute {
			p.mute--
			p.conns = append(p.conns, in)
		}
		p.mu.Unlock()
		if mute {
			continue
		}
		out, err := net.Dial("tcp", p.server)
		if err != nil || down {
			in.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, in, out)
		p.mu.Unlock()
		go io.Copy(out, in)
		go func() {
			buffer := make([]byte, 64*1024)
			for {
				n, err := out.Read(buffer)
				p.mu.Lock()
				deaf := p.deaf
				p.mu.Unlock()
				if err == nil && !deaf {
					_, err = in.Write(buffer[:n])
				}
				if err != nil || deaf {
					in.Close()
					out.Close()
					return
				}
			}
		}()
	}
}

func (p *proxy) set(deaf, down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.deaf, p.down = deaf, down
}

// cut breaks every connection, as a server's machine does that was started
// anew: what is written next is refused.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
	p.conns = nil
}

// TestPostgresOpensOnABusyMachine opens a store on a server whose first answer
// takes too long, and on one that gives none.
func TestPostgresOpensOnABusyMachine(t *testing.T) {
	p, dsn := newProxy(t)
	keys, err := store.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	options := store.Options{DSN: dsn + "&connect_timeout=1&sslmode=disable", Keys: keys}
	mute := func(n int) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.mute = n
	}
	mute(1)
	s, err := store.Open(context.Background(), options)
	if err != nil {
		t.Fatalf("after one connection without an answer: %v", err)
	}
	s.Close()
	mute(100)
	if s, err := store.Open(context.Background(), options); err == nil {
		s.Close()
		t.Error("opened a store on a server that does not answer")
	}
}

// TestPostgresLostConnections commits while connections break before, in and
// after a commit. What was confirmed is there; what was not confirmed is there
// whole or not at all; and the store goes on by itself.
func TestPostgresLostConnections(t *testing.T) {
	p, dsn := newProxy(t)
	keys, err := store.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{DSN: dsn, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ids := idSource(time.Now())
	outcomes := map[int]error{}
	commit := func(i int) {
		err := s.Commit(ctx, gateway.Turn{Key: fmt.Sprint("sms:", i), At: time.Now(),
			Conversations: []gateway.Conversation{{ID: ids(), Phone: number(i)}}})
		if errors.Is(err, gateway.ErrConflict) || errors.Is(err, gateway.ErrRepeat) {
			t.Errorf("Turn %d over a lost connection: %v, which says something else", i, err)
		}
		outcomes[i] = err
	}
	commit(0)
	p.cut() // an idle connection is lost: nobody notices
	for i := 1; i < 5; i++ {
		commit(i)
	}
	unknown := 0
	for i := 5; i < 15; i++ {
		p.set(true, false) // the answer to a commit is lost
		commit(i)
		if outcomes[i] != nil {
			unknown++
		}
		p.set(false, false)
		commit(i + 100)
	}
	if unknown == 0 {
		t.Error("a commit whose answer was lost was confirmed")
	}
	p.set(false, true) // nothing gets through
	p.cut()
	brief, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	if err := s.Ping(brief); err == nil {
		t.Error("a ping without a server is fine")
	}
	cancel()
	p.set(false, false)
	deadline := time.Now().Add(20 * time.Second)
	for s.Ping(ctx) != nil {
		if time.Now().After(deadline) {
			t.Fatal("the store does not recover")
		}
		time.Sleep(50 * time.Millisecond)
	}
	commit(200)
	if outcomes[200] != nil {
		t.Errorf("commit after all is well: %v", outcomes[200])
	}
	confirmed := 0
	for i, err := range outcomes {
		v, verr := s.View(ctx, gateway.Scope{Key: fmt.Sprint("sms:", i)})
		w, werr := s.View(ctx, gateway.Scope{Phone: number(i)})
		if verr != nil || werr != nil {
			t.Fatal(verr, werr)
		}
		key, talk := v.Repeat != nil, w.Conversation.Seq == 1
		if key != talk || err == nil && !key {
			t.Errorf("Turn %d (%v): key %v, conversation %v", i, err, key, talk)
		}
		if err == nil {
			confirmed++
		}
	}
	if confirmed < 10 {
		t.Errorf("only %d of %d Turns were confirmed", confirmed, len(outcomes))
	}
}

// TestPostgresLostReads loses the connection under more Views than the pool has
// connections: each gives back the one that it was given instead, and what is
// left of the pool closes.
func TestPostgresLostReads(t *testing.T) {
	p, dsn := newProxy(t)
	keys, err := store.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(context.Background(), store.Options{DSN: dsn + "&pool_max_conns=2", Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 8 {
		p.cut()
		if _, err := s.View(context.Background(), gateway.Scope{Phone: number(i)}); err != nil {
			t.Errorf("View %d after its connection was lost: %v", i, err)
		}
	}
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Error("a connection was never given back")
	}
}

// TestPostgresHintsComeBack loses the connection that listens, and waits for a
// hint all the same.
func TestPostgresHintsComeBack(t *testing.T) {
	p, dsn := newProxy(t)
	keys, err := store.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var nodes []*store.Store
	for range 2 {
		s, err := store.Open(ctx, store.Options{DSN: dsn, Keys: keys})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		nodes = append(nodes, s)
	}
	hints := nodes[1].Changes(ctx)
	time.Sleep(200 * time.Millisecond)
	p.cut()
	time.Sleep(3 * time.Second) // the listener has come back, and said so
	select {
	case <-hints:
	default:
		t.Error("no hint after the connection was lost: what happened meanwhile goes unseen")
	}
	ids := idSource(time.Now())
	if err := nodes[0].Commit(ctx, gateway.Turn{At: time.Now(), Attempts: []gateway.Attempt{{ID: ids(), State: gateway.AttemptWaiting, Due: time.Now()}}}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-hints:
	case <-time.After(10 * time.Second):
		t.Error("no hint from the other node")
	}
}

// TestPostgresForgetful refuses a server that confirms what it may forget.
func TestPostgresForgetful(t *testing.T) {
	address, err := url.Parse(newSchema(t))
	if err != nil {
		t.Fatal(err)
	}
	query := address.Query()
	query.Set("synchronous_commit", "off")
	address.RawQuery = query.Encode()
	keys, err := store.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	if s, err := store.Open(context.Background(), store.Options{DSN: address.String(), Keys: keys}); err == nil {
		s.Close()
		t.Error("opened with synchronous_commit off")
	}
}

// TestPostgresStandby: a server alone waits for nobody, and says so.
func TestPostgresStandby(t *testing.T) {
	keys, err := store.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(context.Background(), store.Options{DSN: newSchema(t), Keys: keys, Make: store.MakeSchema})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if synchronous, err := store.Standby(context.Background(), s); err != nil || synchronous {
		t.Errorf("a server alone: %t, %v", synchronous, err)
	}
}
