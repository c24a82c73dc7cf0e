// Package caddytest runs a real Caddy with the Caddyfile that is shipped, on
// loopback, for tests.
package caddytest

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long Caddy may take to start and to stop.
const patience = 20 * time.Second

// Caddy is a proxy that runs until its test ends.
type Caddy struct {
	Base string // http://127.0.0.1:PORT

	mu  sync.Mutex
	log bytes.Buffer
}

// Write takes what Caddy logs.
func (c *Caddy) Write(line []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.Write(line)
}

// Logged is what it has logged.
func (c *Caddy) Logged() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.String()
}

// Start starts one with a Caddyfile, before a node at an address whose /healthz
// is on another port of its.
func Start(t testing.TB, caddyfile, node, healthPort string) *Caddy {
	t.Helper()
	program, err := exec.LookPath("caddy")
	if err != nil {
		t.Fatal("Caddy is not here: run scripts/setup caddy")
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	c := &Caddy{Base: "http://" + address}
	home := t.TempDir()
	run := exec.Command(program, "run", "--config", caddyfile, "--adapter", "caddyfile")
	run.Env = []string{
		"HOME=" + home, "XDG_DATA_HOME=" + home, "XDG_CONFIG_HOME=" + home, "PATH=" + os.Getenv("PATH"),
		"AVISO_SITE=" + c.Base, "AVISO_NODES=" + node, "AVISO_HEALTH_PORT=" + healthPort,
	}
	run.Stdout, run.Stderr = c, c
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		run.Wait() // how it ended is in its log
		close(ended)
	}()
	t.Cleanup(func() {
		run.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(patience):
			run.Process.Kill()
		}
	})
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(c.Base, "http://"))
		if err == nil {
			conn.Close()
			return c
		}
		select {
		case <-ended:
			t.Fatalf("Caddy ended:\n%s", c.Logged())
		default:
		}
		if time.Now().After(end) {
			t.Fatalf("Caddy does not listen:\n%s", c.Logged())
		}
	}
}
