package main

import (
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// nodes is a plant of several.
func nodes(n int) plant { return plant{name: "PostgreSQL", postgres: true, nodes: n} }

// stormRate is the rate that the rigs' sender has, in segments a second.
const stormRate = 200

// A node dies in a burst, is replaced, and dies again: the others go on.
func TestNodeKilledInABurst(t *testing.T) {
	t.Parallel()
	r := newRigOn(t, nodes(3))
	r.serveApart()
	s := r.storm(150, 20*time.Millisecond)
	for k := range 3 {
		s.eventually("more are told", func() bool { return s.told() >= (k+1)*s.people/4 })
		victim := rand.IntN(len(r.members))
		r.members[victim].kill(t)
		time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
		r.members[victim] = r.startApart()
		r.connect(r.members...)
	}
	s.settled(stormRate)
	r.everyoneReady()
}

// A node is stopped in a burst, for longer than its lease, as a machine that
// hangs or moves to another host. When it goes on, others have done its work.
func TestNodePausedBeyondItsLease(t *testing.T) {
	t.Parallel()
	r := newRigOn(t, nodes(2))
	r.rate = 20 // so that much of the burst waits in the node that is stopped
	r.serveApart()
	s := r.storm(50, 20*time.Millisecond)
	s.under()
	paused := r.members[0]
	paused.signal(t, syscall.SIGSTOP)
	time.Sleep(12 * time.Second) // the lease is 10
	paused.signal(t, syscall.SIGCONT)
	s.settled(20)
	r.everyoneReady()
}

// The database is stopped and started in a burst.
func TestDatabaseRestarted(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	r := newRigOn(t, plant{name: "PostgreSQL", postgres: true, nodes: 2, server: server.address})
	r.serve()
	s := r.storm(120, 20*time.Millisecond)
	s.under()
	server.run(t, "stop")
	for _, m := range r.members {
		m.unready(r, "database cannot write")
	}
	server.run(t, "start")
	s.settled(stormRate)
	r.everyoneReady()
}

// cutVariable sets for how long the connections are cut, for a longer run than
// CI's: 30s.
const cutVariable = "AVISO_TEST_CUT"

// One node of two loses its database for a while: what it sends is not answered
// and not refused either, which is the worst that a network does.
func TestConnectionsCut(t *testing.T) {
	t.Parallel()
	length := 6 * time.Second
	if d, err := time.ParseDuration(os.Getenv(cutVariable)); err == nil {
		length = d
	}
	r := newRigOn(t, nodes(2))
	line := newCable(t, r.db)
	direct := r.db
	r.db = line.dsn
	far := r.startApart()
	r.db = direct
	near := r.startApart()
	r.connect(far, near)
	s := r.storm(120, 20*time.Millisecond)
	s.under()
	line.cut()
	far.unready(r, "database")
	if status, reasons := near.ready(); status != 200 {
		t.Errorf("the node that has its database is not ready: %s", reasons)
	}
	time.Sleep(length)
	line.mend()
	s.settled(stormRate)
	r.everyoneReady()
}

// The disk is full: nothing is promised, it is said on /readyz, and once there
// is room all goes on by itself. PostgreSQL is made to say so by a trigger, with
// the very code that it has for a full disk.
func TestDiskFull(t *testing.T) {
	for _, p := range plants {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			r := newRigOn(t, p)
			var fill, free func()
			var environ []string
			if p.postgres {
				does := func(what string) func() {
					return func() {
						execPostgres(t, r.db, `CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN `+what+` END $$`)
					}
				}
				fill = does(`RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'could not extend file: No space left on device';`)
				free = does(`RETURN NULL;`)
				free()
				for _, table := range []string{"alert", "attempt", "ledger", "inbound", "conversation", "slot", "meta"} {
					execPostgres(t, r.db, `CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON `+table+` FOR EACH STATEMENT EXECUTE FUNCTION full_disk()`)
				}
			} else {
				fill, free, environ = fullDisk(t, r.dir)
			}
			var members []*member
			for range p.nodes {
				members = append(members, r.startApart(environ...))
			}
			r.connect(members...)
			s := r.storm(40, 50*time.Millisecond)
			s.under()
			fill()
			for _, m := range members {
				m.unready(r, "database cannot write")
			}
			if answer, err := r.juan.Text(t.Context(), sender, "ALERTA"); answer.Status != 503 || strings.Contains(answer.Body, "Recibimos") {
				t.Errorf("%v: answered %d %q, want 503", err, answer.Status, answer.Body)
			}
			if n := len(r.carrier.MessagesTo(r.maria.Number)); n > 0 {
				t.Error("what could not be kept was sent")
			}
			free()
			s.settled(stormRate)
			r.everyoneReady()
			r.text(r.juan, "ALERTA", "ALERTA #")
			r.expect(r.maria, "Juan P.")
		})
	}
}

// server is a PostgreSQL that one test may stop.
type server struct{ dir, address string }

func newServer(t *testing.T) *server {
	t.Helper()
	// Its user has to reach the folder, which a test's own is closed to.
	dir, err := os.MkdirTemp("", "aviso-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s := &server{dir: filepath.Join(dir, "server")}
	t.Cleanup(func() {
		s.run(t, "stop")
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	s.address = s.run(t, "start")
	return s
}

// run runs scripts/postgres on it.
func (s *server) run(t *testing.T, verb string) string {
	t.Helper()
	c := exec.Command("../../scripts/postgres", verb, s.dir)
	var stderr strings.Builder
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("scripts/postgres %s: %v\n%s", verb, err, stderr.String())
	}
	return strings.TrimSpace(string(out))
}

// cable is what a node reaches its database by.
type cable struct {
	net.Listener
	dsn    string
	server string

	mu    sync.Mutex
	whole *sync.Cond
	isCut bool
	conns []net.Conn
}

func newCable(t *testing.T, dsn string) *cable {
	t.Helper()
	address, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{Listener: listener, server: address.Host}
	c.whole = sync.NewCond(&c.mu)
	address.Host = listener.Addr().String()
	c.dsn = address.String()
	go c.serve()
	t.Cleanup(func() {
		c.mend()
		c.Close()
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, conn := range c.conns {
			conn.Close()
		}
	})
	return c
}

func (c *cable) serve() {
	for {
		in, err := c.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", c.server)
		if err != nil {
			in.Close()
			continue
		}
		c.mu.Lock()
		c.conns = append(c.conns, in, out)
		c.mu.Unlock()
		go c.carry(out, in)
		go c.carry(in, out)
	}
}

// carry passes bytes on, and holds them while the cable is cut, as a network
// does that comes back before either side has given up.
func (c *cable) carry(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		c.mu.Lock()
		for c.isCut {
			c.whole.Wait()
		}
		c.mu.Unlock()
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (c *cable) cut()  { c.set(true) }
func (c *cable) mend() { c.set(false) }

func (c *cable) set(cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.isCut = cut
	c.whole.Broadcast()
}

// fullDisk makes the disk of a program full at will: a library between it and
// the system's refuses to write to the database's folder while a flag is up.
// SQLite is C, and so is reached by it; a file system of a few megabytes could
// be made by root only.
func fullDisk(t *testing.T, dir string) (fill, free func(), environ []string) {
	t.Helper()
	tools := t.TempDir()
	source, library, flag := filepath.Join(tools, "full.c"), filepath.Join(tools, "full.so"), filepath.Join(tools, "full")
	if err := os.WriteFile(source, []byte(fullDiskSource), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl").CombinedOutput(); err != nil {
		t.Fatalf("cc: %v\n%s", err, out)
	}
	fill = func() {
		if err := os.WriteFile(flag, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	free = func() {
		if err := os.Remove(flag); err != nil {
			t.Fatal(err)
		}
	}
	return fill, free, []string{"LD_PRELOAD=" + library, "FULL_FLAG=" + flag, "FULL_FOLDER=" + dir}
}

const fullDiskSource = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int full(int fd) {
	char link[64], path[PATH_MAX];
	const char *flag = getenv("FULL_FLAG"), *folder = getenv("FULL_FOLDER");
	if (!flag || !folder || access(flag, F_OK) != 0) return 0;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof path - 1);
	if (n < 0) return 0;
	path[n] = 0;
	return strncmp(path, folder, strlen(folder)) == 0;
}

#define BEFORE(result, name, parameters, arguments) \
	result name parameters { \
		static result (*real) parameters; \
		if (!real) real = (result (*) parameters)dlsym(RTLD_NEXT, #name); \
		if (full(fd)) { errno = ENOSPC; return -1; } \
		return real arguments; \
	}

BEFORE(ssize_t, pwrite, (int fd, const void *b, size_t n, off_t at), (fd, b, n, at))
BEFORE(ssize_t, pwrite64, (int fd, const void *b, size_t n, off64_t at), (fd, b, n, at))
BEFORE(ssize_t, write, (int fd, const void *b, size_t n), (fd, b, n))
BEFORE(int, ftruncate, (int fd, off_t n), (fd, n))
BEFORE(int, ftruncate64, (int fd, off64_t n), (fd, n))
`
