package main

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"aviso/gateway/carrier/sim"
)

// Who is paged, and when: the rules of scripts/monitoring, as Prometheus itself
// evaluates them, over the series of a node that runs. What is expected is told
// by the alerts that fire.

// rules are those that operators load.
const rules = "../../scripts/monitoring/alerts.yaml"

// scrape is every series of the nodes, and its value.
func (r *rig) scrape() map[string]string {
	r.t.Helper()
	_, metrics := r.get("/metrics")
	series := map[string]string{}
	for line := range strings.Lines(metrics) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), " "); ok && !strings.HasPrefix(line, "#") {
			series[name] = value
		}
	}
	return series
}

// promtool evaluates the rules every minute, as Prometheus does by default: a
// node is scraped once a minute and is as `before` for ten minutes, and as
// `after` from then on. fire are the alerts that are to fire by the second
// minute, and no others that page.
func promtool(t *testing.T, before, after map[string]string, fire ...string) {
	t.Helper()
	tool, err := exec.LookPath("promtool")
	if err != nil {
		t.Fatal("promtool is not here: run scripts/setup prometheus")
	}
	path, err := filepath.Abs(rules)
	if err != nil {
		t.Fatal(err)
	}
	const steady, from = 10, 11 // minutes
	var b strings.Builder
	fmt.Fprintf(&b, "rule_files: [%q]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n", path)
	fmt.Fprintf(&b, "      - series: 'up{job=\"aviso\",instance=\"a\"}'\n        values: '1x20'\n")
	for _, name := range slices.Sorted(maps.Keys(after)) {
		metric, labels, _ := strings.Cut(strings.TrimSuffix(name, "}"), "{")
		if labels != "" {
			labels += ","
		}
		was := before[name]
		if was == "" {
			was = "_" // a series that was not there
		}
		fmt.Fprintf(&b, "      - series: '%s{%sjob=\"aviso\",instance=\"a\"}'\n        values: '%sx%d %sx%d'\n", metric, labels, was, steady, after[name], 10)
	}
	names := func(minute int, alerts ...string) {
		fmt.Fprintf(&b, "      - expr: count by (alertname) (ALERTS{alertstate=\"firing\",severity=\"page\"})\n        eval_time: %dm\n        exp_samples:\n", minute)
		for _, a := range alerts {
			fmt.Fprintf(&b, "          - {labels: '{alertname=\"%s\"}', value: 1}\n", a)
		}
	}
	b.WriteString("    promql_expr_test:\n")
	names(steady)
	names(from+2, fire...)
	test := filepath.Join(t.TempDir(), "test.yaml")
	if err := os.WriteFile(test, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), tool, "test", "rules", test).CombinedOutput(); err != nil {
		t.Errorf("%s", out)
	}
}

// A node on which nothing has happened, and one whose carrier is well, page
// nobody. A carrier that takes no text pages within two minutes of the first
// refusals, whatever it answers, and the node is not ready.
func TestAlarms(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		fault  *sim.Fault
		counts string // what shows that it has happened, three times at least
		ready  int
		fires  []string
	}{
		{"well", nil, `aviso_receipts_total{rank="delivered"}`, 200, nil},
		{"credentials", &sim.Fault{Status: http.StatusUnauthorized, Code: 20003}, `aviso_texts_total{outcome="refused"}`, 503,
			[]string{"AvisoCarrierAlarm", "AvisoCarrierRefuses", "AvisoNoTextTaken", "AvisoNotReady"}},
		{"no longer registered", &sim.Fault{Status: http.StatusBadRequest, Code: 30034}, `aviso_texts_total{outcome="refused"}`, 503,
			[]string{"AvisoCarrierAlarm", "AvisoCarrierRefuses", "AvisoNoTextTaken", "AvisoNotReady"}},
		{"a code that nobody knows", &sim.Fault{Status: http.StatusBadRequest, Code: 39999}, `aviso_texts_total{outcome="refused"}`, 503,
			[]string{"AvisoCarrierRefuses", "AvisoNoTextTaken", "AvisoNotReady"}},
		{"everybody is said to have stopped", &sim.Fault{Status: http.StatusBadRequest, Code: 21610}, `aviso_texts_total{outcome="refused"}`, 503,
			[]string{"AvisoCarrierRefuses", "AvisoNoTextTaken", "AvisoNotReady"}},
		{"out", &sim.Fault{Status: http.StatusServiceUnavailable}, `aviso_texts_total{outcome="unknown"}`, 503,
			[]string{"AvisoCarrierRefuses", "AvisoNoTextTaken", "AvisoNotReady"}},
		{"nothing arrives", &sim.Fault{Final: "undelivered", FinalCode: 30007}, `aviso_receipts_total{rank="failed"}`, 200,
			[]string{"AvisoCarrierAlarm", "AvisoNoTextArrives"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.serve()
			r.eventually("the node is ready", func() bool { return r.metric("aviso_ready") == 1 })
			before := r.scrape()
			if test.fault != nil {
				test.fault.Op = sim.OpCreateMessage
				r.carrier.Fault(*test.fault)
			}
			r.text(r.juan, "ALERTA")
			r.eventually("it happens", func() bool { return r.metric(test.counts) >= 3 })
			if status, why := r.get("/readyz"); status != test.ready {
				t.Errorf("/readyz is %d: %s", status, why)
			}
			r.eventually("the metric says the same", func() bool { return (r.metric("aviso_ready") == 1) == (test.ready == 200) })
			after := r.scrape()
			for name := range after {
				if _, ok := before[name]; !ok && strings.Contains(name, "_total") {
					t.Errorf("%s did not begin at 0", name)
				}
			}
			promtool(t, before, after, test.fires...)
			// One text that is taken, and the node is fit again.
			if test.ready != 200 && test.fault.Code != 21610 {
				r.carrier.Heal()
				r.text(r.maria, "1")
				r.eventually("it is fit again", func() bool { status, _ := r.get("/readyz"); return status == 200 })
			}
		})
	}
}
