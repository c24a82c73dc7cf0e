package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var today = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

// offering is a module proxy with versions that are so many days old.
func offering(t *testing.T, modules map[string]map[string]int) proxy {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		module, what, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/@v/")
		versions, known := modules[module]
		if what == "list" && known {
			for name := range versions {
				fmt.Fprintln(w, name)
			}
			return
		}
		days, known := versions[strings.TrimSuffix(what, ".info")]
		if !known {
			http.NotFound(w, r)
			return
		}
		fmt.Fprintf(w, `{"Version":"x","Time":%q}`, today.AddDate(0, 0, -days).Format(time.RFC3339))
	}))
	t.Cleanup(server.Close)
	return proxy{server.URL, server.Client()}
}

func TestCompare(t *testing.T) {
	from := offering(t, map[string]map[string]int{
		toolchain: {
			"v0.0.1-go1.27.4.linux-amd64": 90, "v0.0.1-go1.27.10.linux-amd64": 30, "v0.0.1-go1.28rc1.linux-amd64": 200,
			"v0.0.1-go1.28.3.darwin-arm64": 100, "v0.0.1-go1.27.9.linux-amd64": 61,
		},
		"example.org/a":  {"v1.9.0": 300, "v1.10.0": 200, "v1.11.0": 59, "v1.12.0-beta.1": 100, "v2.0.3+incompatible": 2500, "v2.0.0-20200101000000-0123456789ab": 100},
		"example.org/!b": {"v2.0.0+incompatible": 400},
		"example.org/c":  {"v0.3.0": 1, "v0.2.0": 61},
	})
	for _, c := range []struct {
		pinned pinned
		stale  bool
		says   string
	}{
		{pinned{toolchain, "v1.27.10"}, false, "is the newest"},
		{pinned{toolchain, "v1.27.9"}, false, "v1.27.10 is offered; there has been a newer one for 30 days"},
		{pinned{toolchain, "v1.27.4"}, true, "v1.27.10 is offered; there has been a newer one for 61 days"},
		{pinned{"example.org/a", "v1.11.0"}, false, "is the newest"},
		{pinned{"example.org/a", "v1.10.0"}, false, "for 59 days"},
		{pinned{"example.org/a", "v1.9.0"}, true, "for 200 days"},
		{pinned{"example.org/B", "v2.0.0+incompatible"}, false, "is the newest"},
		{pinned{"example.org/c", "v0.1.0"}, true, "v0.3.0 is offered; there has been a newer one for 61 days"},
	} {
		var said strings.Builder
		err := compare(t.Context(), &said, from, []pinned{c.pinned}, today)
		if (err != nil) != c.stale || !strings.Contains(said.String(), c.says) || err != nil && !strings.Contains(err.Error(), c.pinned.module) {
			t.Errorf("%v: %v, %s", c.pinned, err, said.String())
		}
	}
	for _, unknown := range []pinned{{"example.org/nowhere", "v1.0.0"}, {"example.org/a", "v0.0.0-20200101000000-0123456789ab"}} {
		if err := compare(t.Context(), &strings.Builder{}, from, []pinned{unknown}, today); err == nil {
			t.Errorf("%v passes", unknown)
		}
	}
}

// The go.mod files name a toolchain and what is compared; make sets GOTOOLCHAIN, and
// a calendar turns no check red.
func TestOurs(t *testing.T) {
	root := filepath.Join("..", "..")
	for file, want := range map[string][]string{"go.mod": {toolchain, "github.com/labstack/echo/v4"}, "scripts/tools/go.mod": {toolchain, "golang.org/x/vuln", "honnef.co/go/tools"}} {
		out, err := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json", filepath.Join(root, file)).Output()
		if err != nil {
			t.Fatal(err)
		}
		found, err := direct(out)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, module := range want {
			named := false
			for _, p := range found {
				named = named || p.module == module
			}
			if !named {
				t.Errorf("%s: %s is not compared, of %v", file, module, found)
			}
		}
	}
	b, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`(?m)^GOTOOLCHAIN := .*GOTOOLCHAIN=auto go version.* && echo auto `).Match(b) || !bytes.Contains(b, []byte("\nexport GOTOOLCHAIN\n")) {
		t.Error("the Makefile does not set GOTOOLCHAIN")
	}
	if steps := regexp.MustCompile(`(?m)^check:.*`).FindString(string(b)); steps == "" || strings.Contains(strings.Split(steps, "##")[0], "fresh") {
		t.Errorf("a calendar turns make check red: %s", steps)
	}
	if _, err := direct([]byte(`{"Toolchain":""}`)); err == nil {
		t.Error("a go.mod without a toolchain passes")
	}
	for list, want := range map[string]string{"https://a.example,direct": "https://a.example", "off": "", "direct": "", "file:///x|http://b.example/": "http://b.example"} {
		if got, err := firstProxy(list); got != want || (err == nil) != (want != "") {
			t.Errorf("GOPROXY=%s: %q, %v", list, got, err)
		}
	}
}
