package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	out := filepath.Join(t.TempDir(), "table.bin")
	var stdout bytes.Buffer
	if err := run([]string{"-data", "data", "-out", out}, &stdout, io.Discard); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../../gateway/consulate/table.bin")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("the table differs from the embedded one: go run ./scripts/consulates")
	}
	if !strings.Contains(stdout.String(), "version 20") {
		t.Errorf("said %q", stdout.String())
	}
}

// A broken row leaves the table as it was.
func TestRunRefusesBrokenData(t *testing.T) {
	data := t.TempDir()
	if err := os.CopyFS(data, os.DirFS("data")); err != nil {
		t.Fatal(err)
	}
	zips, err := os.OpenFile(filepath.Join(data, "zip_base.csv"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := zips.WriteString("8901,NJ,40.0,-74.0,34023,,,,,\n"); err != nil {
		t.Fatal(err)
	}
	if err := zips.Close(); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(data, "table.bin")
	if err := os.WriteFile(out, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	err = run([]string{"-data", data, "-out", out}, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "zip_base.csv: line 41639: ") {
		t.Errorf("error %v, want it to name the line", err)
	}
	if got, err := os.ReadFile(out); err != nil || string(got) != "before" {
		t.Errorf("the table became %.20q, %v", got, err)
	}
}
