// Package scripts_test holds the scripts to what they promise.
package scripts_test

import (
	"bufio"
	"errors"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is for a server that starts, or goes, on two cores that build and test everything else meanwhile. An idle
// machine needs a second.
const patience = time.Minute

// TestPostgresRunLeavesNothing ends `scripts/postgres run` in every way that it can end: the status is the command's,
// the server is gone and so is its folder.
func TestPostgresRunLeavesNothing(t *testing.T) {
	const ready = `echo "$AVISO_TEST_POSTGRES"; `
	tests := []struct {
		name    string
		command string
		end     func(script *os.Process) error // nil: the command ends by itself
		status  int
	}{
		{"done", ready + "exit 0", nil, 0},
		{"failing command", ready + "exit 7", nil, 7},
		{"command killed", ready + "kill -KILL $$", nil, 128 + 9},
		{"Ctrl-C", ready + "exec sleep 60", func(p *os.Process) error { return syscall.Kill(-p.Pid, syscall.SIGINT) }, 128 + 2},
		{"interrupted alone", ready + "exec sleep 60", func(p *os.Process) error { return p.Signal(syscall.SIGINT) }, 128 + 2},
		{"terminated", ready + "exec sleep 60", func(p *os.Process) error { return p.Signal(syscall.SIGTERM) }, 128 + 15},
		{"a command that tidies up first", "trap 'exit 5' TERM; " + ready + "while :; do sleep 0.1; done", func(p *os.Process) error { return p.Signal(syscall.SIGTERM) }, 5},
		{"script killed with its group", ready + "exec sleep 60", func(p *os.Process) error { return syscall.Kill(-p.Pid, syscall.SIGKILL) }, -1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			temporary := openFolder(t)
			script := exec.CommandContext(t.Context(), "./postgres", "run", "bash", "-c", test.command)
			script.Env = append(os.Environ(), "TMPDIR="+temporary)
			script.Stderr = t.Output()
			script.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			stdout, err := script.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := script.Start(); err != nil {
				t.Fatal(err)
			}
			line, err := bufio.NewReader(stdout).ReadString('\n')
			if err != nil {
				t.Fatalf("the command printed no address: %v", err)
			}
			host := hostOf(t, strings.TrimSpace(line))
			if test.end != nil {
				if !serves(host) {
					t.Error("no server listens at AVISO_TEST_POSTGRES")
				}
				if err := test.end(script.Process); err != nil {
					t.Fatal(err)
				}
			}

			err = script.Wait()
			if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			if got := script.ProcessState.ExitCode(); got != test.status {
				t.Errorf("exit status %d, want %d", got, test.status)
			}
			gone := func() bool { return !serves(host) && len(entries(t, temporary)) == 0 }
			if test.status == -1 {
				// Nobody is left to wait for: the keeper clears up a moment later.
				waitFor(t, gone)
			}
			if !gone() {
				t.Errorf("left behind: server %t, folders %q", serves(host), entries(t, temporary))
			}
		})
	}
}

// TestPostgresStopAndStart stops a server and starts it again: same address, same data.
func TestPostgresStopAndStart(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(openFolder(t), "server")
	first := script(t, "start", folder)
	t.Cleanup(func() { _ = exec.Command("./postgres", "stop", folder).Run() })
	if !serves(hostOf(t, first)) {
		t.Error("not started")
	}
	script(t, "stop", folder)
	if serves(hostOf(t, first)) {
		t.Error("not stopped")
	}
	if again := script(t, "start", folder); again != first {
		t.Errorf("started again at %s, was at %s", hostOf(t, again), hostOf(t, first))
	}
	if !serves(hostOf(t, first)) {
		t.Error("not started again")
	}
	script(t, "stop", folder)
}

// TestPostgresRefusesForeignFolder: a folder with something in it is left as it is.
func TestPostgresRefusesForeignFolder(t *testing.T) {
	folder := openFolder(t)
	if err := os.WriteFile(filepath.Join(folder, "thesis.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := exec.CommandContext(t.Context(), "./postgres", "start", folder).CombinedOutput()
	if err == nil || !strings.Contains(string(said), "something else") {
		t.Errorf("start: %v, %q; want a refusal", err, said)
	}
	if got := entries(t, folder); len(got) != 1 {
		t.Errorf("the folder now holds %q", got)
	}
}

// script runs scripts/postgres and returns what it printed.
func script(t *testing.T, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "./postgres", args...)
	command.Stderr = t.Output()
	out, err := command.Output()
	if err != nil {
		t.Fatalf("postgres %s: %v", args[0], err)
	}
	return strings.TrimSpace(string(out))
}

// openFolder is a temporary folder that every user may enter, as the server's user has to. t.TempDir is not.
func openFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "scripts")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

func hostOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "postgres" {
		t.Fatalf("%q is no address of a PostgreSQL (%v)", address, err)
	}
	return u.Host
}

func serves(host string) bool {
	connection, err := net.DialTimeout("tcp", host, patience)
	if err != nil {
		return false
	}
	_ = connection.Close()
	return true
}

func entries(t *testing.T, folder string) []string {
	t.Helper()
	found, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range found {
		names = append(names, entry.Name())
	}
	return names
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !done() && time.Now().Before(deadline); {
		time.Sleep(50 * time.Millisecond)
	}
}
