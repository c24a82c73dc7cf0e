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
	dir := t.TempDir()
	out, plan := filepath.Join(dir, "table.bin"), filepath.Join(dir, "plan.json")
	var stdout bytes.Buffer
	if err := run([]string{"-data", "data", "-out", out, "-plan", plan}, &stdout, io.Discard); err != nil {
		t.Fatal(err)
	}
	for made, embedded := range map[string]string{out: "../../gateway/consulate/table.bin", plan: "../../gateway/numbering/plan.json"} {
		got, err := os.ReadFile(made)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(embedded)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from what is made of the data: go run ./scripts/consulates", embedded)
		}
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
	err = run([]string{"-data", data, "-out", out, "-plan", filepath.Join(data, "plan.json")}, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "zip_base.csv: line 41639: ") {
		t.Errorf("error %v, want it to name the line", err)
	}
	if got, err := os.ReadFile(out); err != nil || string(got) != "before" {
		t.Errorf("the table became %.20q, %v", got, err)
	}
}
