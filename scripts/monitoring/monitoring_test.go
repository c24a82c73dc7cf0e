// Package monitoring_test holds the dashboard and the alert rules to the
// metrics that there are.
package monitoring_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	mentioned = regexp.MustCompile(`\baviso_[a-z_]+`)
	declared  = regexp.MustCompile(`"(aviso_[a-z_]+)"`)
	suffix    = regexp.MustCompile(`_(bucket|count|sum)$`)
)

// metrics are the names that the product's source declares.
func metrics(t *testing.T) []string {
	t.Helper()
	list, err := exec.CommandContext(t.Context(), "git", "ls-files", "--cached", "--others", "--exclude-standard", "../../gateway/*.go", "../../cmd/*.go").Output()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for file := range strings.FieldsSeq(string(list)) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			continue // deleted, and not yet committed
		}
		for _, match := range declared.FindAllSubmatch(source, -1) {
			names = append(names, string(match[1]))
		}
	}
	if len(names) < 20 {
		t.Fatalf("only %d metrics were found", len(names))
	}
	return names
}

func TestMetricsExist(t *testing.T) {
	known := metrics(t)
	for _, file := range []string{"grafana.json", "alerts.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, name := range mentioned.FindAllString(string(text), -1) {
			found++
			if !slices.Contains(known, name) && !slices.Contains(known, suffix.ReplaceAllString(name, "")) {
				t.Errorf("%s: there is no metric %s", file, name)
			}
		}
		if found == 0 {
			t.Errorf("%s mentions no metric", file)
		}
	}
}

// Prometheus itself can read the rules. What they do is tried by TestAlarms in
// cmd/aviso, over the series of a node that runs.
func TestRulesCanBeRead(t *testing.T) {
	if out, err := exec.CommandContext(t.Context(), "promtool", "check", "rules", "alerts.yaml").CombinedOutput(); err != nil {
		t.Errorf("promtool (scripts/setup prometheus): %v\n%s", err, out)
	}
}

// The dashboard can be read, its panels have an expression each, and none lies
// over another.
func TestDashboard(t *testing.T) {
	text, err := os.ReadFile("grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Title  string
		Panels []struct {
			ID      int
			Title   string
			Type    string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	taken := map[[2]int]string{}
	for _, p := range dashboard.Panels {
		if p.Type != "row" && (len(p.Targets) == 0 || p.Targets[0].Expr == "") {
			t.Errorf("%s shows nothing", p.Title)
		}
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if before := taken[[2]int{x, y}]; before != "" {
					t.Fatalf("%s lies over %s", p.Title, before)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
	}
	if len(dashboard.Panels) < 15 {
		t.Errorf("%d panels", len(dashboard.Panels))
	}
}
