package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every command that opens the records refuses a keyset, a database or a backup
// that others can read, and tells which; none changes a mode by itself.
func TestFilesThatOthersCanRead(t *testing.T) {
	dir, environ := folder(t)
	people := write(t, dir, "people.csv", mixed)
	quick(t, environ, "profiles", "import", people)
	backup := filepath.Join(dir, "monday.backup")
	if status, _, stderr := quick(t, environ, "backup", backup); status != 0 {
		t.Fatal(stderr)
	}
	db, keys := strings.TrimPrefix(environ[0], "AVISO_DB="), strings.TrimPrefix(environ[1], "AVISO_KEYS=")
	restored := append([]string{"AVISO_DB=" + filepath.Join(dir, "restored.db")}, environ[1:]...)
	for _, made := range []string{db, keys, backup} {
		if info, err := os.Stat(made); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s was made with %v, %v", made, info.Mode(), err)
		}
	}
	for _, c := range []struct {
		name, open string
		mode       os.FileMode
		flag       string
		environ    []string
		args       []string
	}{
		{"keyset, all", keys, 0o604, "--keys", environ, []string{"profiles", "export", "-"}},
		{"keyset, group", keys, 0o640, "--keys", environ, []string{"agents", "list"}},
		{"keyset, written by others", keys, 0o602, "--keys", environ, []string{"audit", "verify"}},
		{"keyset, at a start", keys, 0o644, "--keys", environ, []string{"serve"}},
		{"keyset, at a check", keys, 0o644, "--keys", environ, []string{"check"}},
		{"database", db, 0o644, "--db", environ, []string{"backup", filepath.Join(dir, "tuesday.backup")}},
		{"database, at a start", db, 0o664, "--db", environ, []string{"serve"}},
		{"keyset, at a restore", keys, 0o644, "--keys", restored, []string{"restore", backup}},
		{"backup", backup, 0o644, "FILE", restored, []string{"restore", backup}},
		{"keyset, at a move", keys, 0o644, "--keys", environ, []string{"migrate-db", db, "postgres://127.0.0.1:1/x"}},
		{"database, at a move", db, 0o644, "FROM", environ, []string{"migrate-db", db, "postgres://127.0.0.1:1/x"}},
		{"key of TLS", people, 0o644, "--tls-key", environ, []string{"serve", "--tls-cert", people, "--tls-key", people}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := os.Chmod(c.open, c.mode); err != nil {
				t.Fatal(err)
			}
			defer os.Chmod(c.open, 0o600)
			status, stdout, stderr := quick(t, c.environ, c.args...)
			if status != 2 || stdout != "" || !strings.Contains(stderr, c.flag) || !strings.Contains(stderr, "can be read by others") {
				t.Errorf("exit %d, %s%s", status, stdout, stderr)
			}
			_, _, stderr = quick(t, append([]string{"AVISO_INSECURE_PERMISSIONS=true"}, c.environ...), c.args...)
			if strings.Contains(stderr, "can be read by others") {
				t.Errorf("with --insecure-permissions: %s", stderr)
			}
			if info, err := os.Stat(c.open); err != nil || info.Mode().Perm() != c.mode {
				t.Errorf("its mode was changed: %v, %v", info.Mode(), err)
			}
			os.Remove(filepath.Join(dir, "restored.db"))
			os.Remove(filepath.Join(dir, "tuesday.backup"))
		})
	}
	if status, stdout, _ := quick(t, environ, "profiles", "export", "-"); status != 0 || !strings.Contains(stdout, "Juan") {
		t.Errorf("afterwards: exit %d, %s", status, stdout)
	}
}

// A backup and an export that were killed leave nothing for ever: the second is
// everybody in clear.
func TestLeftByTheKilled(t *testing.T) {
	dir, environ := folder(t)
	quick(t, environ, "profiles", "import", write(t, dir, "people.csv", mixed))
	for _, left := range []string{".aviso-backup-4242", ".aviso-export-4242"} {
		write(t, dir, left, "half")
	}
	for _, args := range [][]string{{"backup", filepath.Join(dir, "a.backup")}, {"profiles", "export", filepath.Join(dir, "a.csv")}} {
		if status, _, stderr := quick(t, environ, args...); status != 0 {
			t.Errorf("%v: exit %d, %s", args, status, stderr)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".aviso-*")); len(left) > 0 {
		t.Errorf("still there: %v", left)
	}
}

// A text and the account's token go by plain HTTP to nobody but this machine.
func TestPlainHTTPToACarrier(t *testing.T) {
	for address, refused := range map[string]bool{
		"http://api.twilio.com": true, "http://10.0.0.5:8080": true, "http://192.168.1.2": true, "http://localhost.example.org": true,
		"http://[fd00::1]": true, "http://169.254.1.1": true, "http://127.0.0.1.example.org": true, "http://0.0.0.0:80": true,
		"https://10.0.0.5": false, "http://127.0.0.1:9999": false, "http://localhost": false, "http://[::1]:1": false, "http://127.8.9.1": false,
	} {
		c := good()
		c.TwilioAPI = address
		_, err := c.serving()
		if (err != nil) != refused || err != nil && !strings.Contains(err.Error(), "--twilio-api") {
			t.Errorf("--twilio-api %s: %v", address, err)
		}
		c = good()
		c.variables = variables{"TOKEN": "abc"}
		c.Further.Carriers = write(t, t.TempDir(), "carriers.json",
			`{"carriers":[{"name":"second","kind":"twilio","api":"`+address+`","account":"AC2","token_env":"TOKEN","senders":[{"address":"+15550009999"}]}]}`)
		_, err = c.serving()
		if (err != nil) != refused || err != nil && !strings.Contains(err.Error(), "carriers[0]") {
			t.Errorf("a further account at %s: %v", address, err)
		}
	}
}

// More connections than the process may have files are said, before a flood
// finds them out.
func TestFilesAreFewerThanConnections(t *testing.T) {
	e := edge{connections: 4096}
	if said := e.tooFewFiles(4096); !strings.Contains(said, "--max-conns is 4096") || !strings.Contains(said, "LimitNOFILE") {
		t.Errorf("as many files as connections: %q", said)
	}
	for _, enough := range []uint64{4096 + filesBesides, 65536, math.MaxUint64} {
		if said := e.tooFewFiles(enough); said != "" {
			t.Errorf("%d files: %q", enough, said)
		}
	}
	if filesMost() < 64 {
		t.Errorf("this process may have %d files open", filesMost())
	}
	r := newRig(t)
	r.serve("--max-conns", "1048576")
	if !strings.Contains(r.log.String(), "--max-conns is 1048576") && filesMost() < 1048576 {
		t.Errorf("the start does not say it:\n%s", r.log.String())
	}
}
