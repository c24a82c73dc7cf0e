package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBackupAndRestore(t *testing.T) {
	dir, environ := folder(t)
	status, _, stderr := quick(t, environ, "backup", filepath.Join(dir, "early"))
	if status != 1 || !strings.Contains(stderr, "there is no database") {
		t.Errorf("without a database: exit %d, %s", status, stderr)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 0 {
		t.Errorf("it left %v", left)
	}
	quick(t, environ, "profiles", "import", write(t, dir, "people.csv", mixed))
	_, before, _ := quick(t, environ, "profiles", "export", "-")

	file := filepath.Join(dir, "monday.backup")
	status, stdout, stderr := quick(t, environ, "backup", file)
	if status != 0 || !strings.Contains(stdout, "takes keyset ") {
		t.Fatalf("exit %d, %s%s", status, stdout, stderr)
	}
	if status, _, stderr = quick(t, environ, "backup", file); status != 1 || !strings.Contains(stderr, "is there already") {
		t.Errorf("onto a backup: exit %d, %s", status, stderr)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Juan", "3125550101", "60608"} {
		if strings.Contains(string(content), secret) {
			t.Errorf("the backup shows %s", secret)
		}
	}

	restored := append([]string{}, environ...)
	restored[0] = "AVISO_DB=" + filepath.Join(dir, "restored.db")
	status, stdout, stderr = quick(t, restored, "restore", file)
	if status != 0 || !strings.Contains(stdout, "2 people, each found by their phone") {
		t.Fatalf("exit %d, %s%s", status, stdout, stderr)
	}
	if _, after, _ := quick(t, restored, "profiles", "export", "-"); after != before || before == "" {
		t.Errorf("restored\n%s\nwant\n%s", after, before)
	}
	if status, _, stderr = quick(t, restored, "restore", file); status != 1 || !strings.Contains(stderr, "there is a database already") {
		t.Errorf("onto a database: exit %d, %s", status, stderr)
	}
	lost := append([]string{}, restored...)
	lost[0], lost[1] = "AVISO_DB="+filepath.Join(dir, "lost.db"), "AVISO_KEYS="+filepath.Join(dir, "lost.keys")
	status, _, stderr = quick(t, lost, "restore", file)
	if status != 1 || !strings.Contains(stderr, "nobody can read the backup") {
		t.Errorf("without the keyset: exit %d, %s", status, stderr)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "lost*")); len(left) != 0 {
		t.Errorf("what was refused left %v", left)
	}
}
