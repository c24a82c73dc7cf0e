package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a killed process left is removed by the next one that does the same; what
// a living one is writing, and what an operator has called alike, is not.
func TestScratchOfTheKilled(t *testing.T) {
	dir := t.TempDir()
	living, err := Scratch(dir, backupScratch)
	if err != nil {
		t.Fatal(err)
	}
	defer living.Close()
	if info, err := living.Stat(); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v (%v), want mode 0600", info, err)
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	dead, others := []string{in(backupScratch + "123")}, []string{living.Name(), in(backupScratch + "mine"), in(backupScratch), in("monday.backup"), in(restoreScratch + "77")}
	for _, path := range append(append([]string{}, dead...), others[1:]...) {
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(in("monday.backup"), in(backupScratch+"9")); err != nil {
		t.Fatal(err)
	}
	others = append(others, in(backupScratch+"9"))
	again, err := Scratch(dir, backupScratch)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	for _, path := range dead {
		if _, err := os.Lstat(path); err == nil {
			t.Errorf("%s is still there", filepath.Base(path))
		}
	}
	for _, path := range others {
		if _, err := os.Lstat(path); err != nil {
			t.Errorf("%s is gone", filepath.Base(path))
		}
	}

	folder, err := scratchFolder(dir, restoreScratch+"-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder.Name(), "aviso.db"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	next := func() {
		t.Helper()
		another, err := scratchFolder(dir, restoreScratch+"-")
		if err != nil {
			t.Fatal(err)
		}
		another.Close()
	}
	if next(); !isNamed(folder) {
		t.Error("a living restore lost its folder")
	}
	folder.Close() // as by a kill
	if next(); isThere(folder.Name()) {
		t.Error("a killed restore's folder is still there")
	}
}

func isThere(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// A command that prints the keyset is told nothing of ours.
func TestKeysCommandIsToldNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "aviso.keys")
	if err := newKeysForTest(t).Save(path); err != nil {
		t.Fatal(err)
	}
	seen := path + ".seen"
	for _, name := range []string{"TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN_PREVIOUS", "TWILIO_API_SECRET", "AVISO_USSD_SECRET", "KANNEL_PASSWORD", "PGPASSWORD", "LD_PRELOAD_OF_OURS", "ENV", "BASH_ENV"} {
		t.Setenv(name, "secretword")
	}
	if _, err := LoadKeyset(`exec:env >'` + seen + `'; cat '` + path + `'`); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(seen)
	if err != nil || !strings.Contains(string(b), "PATH=") {
		t.Fatalf("%s (%v)", b, err)
	}
	if strings.Contains(string(b), "secretword") {
		t.Errorf("it was told\n%s", b)
	}
	for _, entry := range keysCommandEnvironment([]string{"PATH=/opt/bin", "HOME=/root", "A=PATH=x", "PATHS=/x", "TZ=UTC"}) {
		if strings.HasPrefix(entry, "A=") || strings.HasPrefix(entry, "PATHS=") {
			t.Errorf("%s is handed on", entry)
		}
	}
}
