// Command fresh compares the Go release and the direct dependencies that are
// pinned with what the module proxy offers, and fails where a newer one has been
// out for more than 60 days: so long ago that holes in ours may be known. Major
// versions of other import paths are not looked at.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	// most is how long a newer version may be out.
	most = 60 * 24 * time.Hour
	// patience is for all requests, some dozens of a tenth of a second.
	patience = 2 * time.Minute
	// answerMost bounds a list of versions, in bytes.
	answerMost = 4 << 20
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := run(ctx, os.Stdout, []string{"go.mod", "scripts/tools/go.mod"}); err != nil {
		fmt.Fprintf(os.Stderr, "fresh: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, w io.Writer, files []string) error {
	out, err := exec.CommandContext(ctx, "go", "env", "GOPROXY").Output()
	if err != nil {
		return fmt.Errorf("ask for the module proxy: %w", err)
	}
	base, err := firstProxy(strings.TrimSpace(string(out)))
	if err != nil {
		return err
	}
	var all []pinned
	for _, file := range files {
		out, err := exec.CommandContext(ctx, "go", "mod", "edit", "-json", file).Output()
		if err != nil {
			return fmt.Errorf("read %s: %w", file, err)
		}
		found, err := direct(out)
		if err != nil {
			return fmt.Errorf("read %s: %w", file, err)
		}
		for _, p := range found {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return compare(ctx, w, proxy{base, http.DefaultClient}, all, time.Now())
}

// firstProxy is the first of GOPROXY that can be asked.
func firstProxy(list string) (string, error) {
	for _, entry := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == '|' }) {
		if strings.HasPrefix(entry, "https://") || strings.HasPrefix(entry, "http://") {
			return strings.TrimRight(entry, "/"), nil
		}
	}
	return "", errors.New("GOPROXY names no proxy that could be asked")
}

// pinned is a version that a go.mod says. Of Go's own releases the module is
// toolchain, and the version is as in v1.27.4.
type pinned struct{ module, version string }

const (
	toolchain = "golang.org/toolchain"
	platform  = "linux-amd64" // every release is there for it
)

// direct are the toolchain, the direct dependencies and the modules of the tools
// in a go.mod, as `go mod edit -json` writes it.
func direct(file []byte) ([]pinned, error) {
	var mod struct {
		Toolchain string
		Require   []struct {
			Path, Version string
			Indirect      bool
		}
		Tool []struct{ Path string }
	}
	if err := json.Unmarshal(file, &mod); err != nil {
		return nil, err
	}
	release, ok := strings.CutPrefix(mod.Toolchain, "go")
	if !ok {
		return nil, errors.New("it has no line toolchain")
	}
	found := []pinned{{toolchain, "v" + release}}
	for _, r := range mod.Require {
		tool := false
		for _, t := range mod.Tool {
			tool = tool || strings.HasPrefix(t.Path+"/", r.Path+"/")
		}
		if !r.Indirect || tool {
			found = append(found, pinned{r.Path, r.Version})
		}
	}
	return found, nil
}

// compare says of each what is newer, and fails where that has been out for too
// long.
func compare(ctx context.Context, w io.Writer, from proxy, all []pinned, now time.Time) error {
	var stale []string
	for _, p := range all {
		newer, err := from.newer(ctx, p)
		if err != nil {
			return fmt.Errorf("%s: %w", p.module, err)
		}
		if len(newer) == 0 {
			fmt.Fprintf(w, "%-45s %-12s is the newest\n", p.module, p.version)
			continue
		}
		since := slices.MinFunc(newer, func(a, b version) int { return a.at.Compare(b.at) }).at
		days := int(now.Sub(since) / (24 * time.Hour))
		fmt.Fprintf(w, "%-45s %-12s %s is offered; there has been a newer one for %d days\n", p.module, p.version, newer[len(newer)-1].name, days)
		if now.Sub(since) > most {
			stale = append(stale, p.module)
		}
	}
	if len(stale) > 0 {
		return fmt.Errorf("newer ones have been out for more than %d days: %s", int(most/(24*time.Hour)), strings.Join(stale, ", "))
	}
	return nil
}

// version is one that is offered.
type version struct {
	name    string
	numbers [3]int
	at      time.Time
}

// proxy is a module proxy (https://go.dev/ref/mod#goproxy-protocol).
type proxy struct {
	base   string
	client *http.Client
}

// newer are the releases after a pinned one, the oldest first.
func (p proxy) newer(ctx context.Context, than pinned) ([]version, error) {
	ours, ok := parse(than.version)
	if !ok {
		return nil, fmt.Errorf("%s is no release: nothing can be said of it", than.version)
	}
	list, err := p.get(ctx, than.module, "list")
	if err != nil {
		return nil, err
	}
	var newer []version
	for name := range strings.FieldsSeq(string(list)) {
		shown := name
		if than.module == toolchain {
			release, ok := strings.CutSuffix(name, "."+platform)
			if !ok {
				continue
			}
			shown = strings.Replace(release, "v0.0.1-go", "v", 1)
		}
		numbers, ok := parse(shown)
		// A major version of before modules is another one, or a mistake that was
		// taken back, as v2.0.3 of go-sqlite3.
		if strings.HasSuffix(shown, incompatible) && !strings.HasSuffix(than.version, incompatible) {
			continue
		}
		if !ok || slices.Compare(numbers[:], ours[:]) <= 0 {
			continue
		}
		about, err := p.get(ctx, than.module, name+".info")
		if err != nil {
			return nil, err
		}
		var info struct{ Time time.Time }
		if err := json.Unmarshal(about, &info); err != nil || info.Time.IsZero() {
			return nil, fmt.Errorf("the proxy does not say when %s came out", name)
		}
		newer = append(newer, version{shown, numbers, info.Time})
	}
	slices.SortFunc(newer, func(a, b version) int { return slices.Compare(a.numbers[:], b.numbers[:]) })
	return newer, nil
}

func (p proxy) get(ctx context.Context, module, what string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+"/"+escape(module)+"/@v/"+escape(what), nil)
	if err != nil {
		return nil, err
	}
	res, err := p.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ask the proxy for %s: %s", what, res.Status)
	}
	return io.ReadAll(io.LimitReader(res.Body, answerMost))
}

// escape writes capitals as a proxy wants them, which may keep its files where
// capitals are the same as small letters.
func escape(path string) string {
	var b strings.Builder
	for _, r := range path {
		if unicode.IsUpper(r) {
			b.WriteByte('!')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// release is a version that is neither a pre-release nor a commit. Go's first of a
// line had two numbers once.
var release = regexp.MustCompile(`^v(\d+)\.(\d+)(?:\.(\d+))?(?:\+incompatible)?$`)

const incompatible = "+incompatible"

func parse(name string) (numbers [3]int, ok bool) {
	parts := release.FindStringSubmatch(name)
	if parts == nil {
		return numbers, false
	}
	for i, part := range parts[1:] {
		numbers[i], _ = strconv.Atoi(part) // digits, or nothing
	}
	return numbers, true
}
