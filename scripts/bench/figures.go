package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
)

// figure is one line of the table: what is good and what is excellent.
type figure struct {
	name             string
	label            string // in the chart
	what             string
	reach, excellent float64
	unit             string
}

// more reports whether more is better.
func (f figure) more() bool { return f.excellent > f.reach }

func (f figure) verdict(v float64) string {
	switch {
	case f.more() && v >= f.excellent, !f.more() && v <= f.excellent:
		return "excellent"
	case f.more() && v >= f.reach, !f.more() && v <= f.reach:
		return "reached"
	}
	return "missed"
}

// table is what the gateway is held to.
var table = []figure{
	{"accept_cpu_us", "processor time of an ALERTA", "processor time that the gateway takes for an ALERTA, SQLite", 350, 300, "us"},
	{"accept_ratio", "ALERTA accepted, SQLite", "ALERTA accepted, SQLite, of a bare handler's requests/s", 0.18, 0.22, ""},
	{"accept_ratio_postgres", "ALERTA accepted, PostgreSQL", "the same on PostgreSQL", 0.13, 0.18, ""},
	{"first_send_fsyncs", "key pressed to first message, alone", "webhook to first carrier request at 45 alerts/s, p50, in p50s of an fdatasync at that pace", 5, 4, ""},
	{"first_send_ms_overload", "key pressed to first message, overload", "the same p50 while 64 connections send all they can", 100, 20, "ms"},
	{"relay_ratio", "messages handed over", "messages handed over, of a bare twilio-go client's", 0.65, 0.75, ""},
	{"lookup_us_p50", "a person found among 300,000", "a profile found by phone and unsealed, p50", 60, 30, "us"},
	{"rss_mb", "memory at rest", "resident memory at rest, RssAnon", 150, 60, "MB"},
	{"import_per_s", "people imported", "profiles without PINs imported", 5_000, 20_000, "/s"},
	{"burst_ratio", "1,500 alerts at once", "1,500 alerts at once: last first notice over the arithmetic limit", 1.1, 1.02, ""},
	{"ussd_ms_p99", "USSD screens", "a USSD screen, 1,000 sessions at once at 500 requests/s, no PIN checks, p99", 100, 20, "ms"},
	{"growth_ratio", "an alert, with 100,000 open", "an alert's cost with 100,000 open over that with 10", 1.3, 1.05, ""},
}

// figures are values by name: those of the table, and the absolute ones beside
// them.
type figures map[string]float64

// set keeps a value to four digits that count: nobody measures more.
func (f figures) set(name string, v float64) {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		f[name] = 0
		return
	}
	scale := math.Pow(10, 3-math.Floor(math.Log10(math.Abs(v))))
	f[name] = math.Round(v*scale) / scale
}

func (f figures) table() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%-24s %10s %10s %10s  %-9s  %s\n", "figure", "measured", "reach", "excellent", "", "what")
	for _, row := range table {
		v, measured := f[row.name]
		value, verdict := "-", "not run"
		if measured {
			value, verdict = show(v), row.verdict(v)
		}
		fmt.Fprintf(&s, "%-24s %10s %10s %10s  %-9s  %s\n", row.name, value, show(row.reach), show(row.excellent), verdict, unit(row))
	}
	s.WriteString("\nbeside them\n")
	for _, name := range f.others() {
		fmt.Fprintf(&s, "  %-32s %12s\n", name, show(f[name]))
	}
	return s.String()
}

func unit(f figure) string {
	if f.unit == "" {
		return f.what
	}
	return f.what + " (" + f.unit + ")"
}

// others are the absolute figures, sorted.
func (f figures) others() []string {
	var names []string
	for name := range f {
		if !slices.ContainsFunc(table, func(row figure) bool { return row.name == name }) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func show(v float64) string {
	switch a := math.Abs(v); {
	case a >= 1000:
		return thousands(int64(math.Round(v)))
	case a >= 100:
		return fmt.Sprintf("%.0f", v)
	case a >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", v), "0"), ".")
}

func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// report is bench.json: the figures stand in it by their names, all of them
// numbers, and beside them what they were measured on.
type report struct {
	Machine string
	Version string
	When    string
	Seconds float64
	Figures figures
}

func (r report) MarshalJSON() ([]byte, error) {
	flat := map[string]any{"machine": r.Machine, "version": r.Version, "when": r.When, "seconds": r.Seconds}
	for name, v := range r.Figures {
		flat[name] = v
	}
	return json.Marshal(flat)
}

func (r *report) UnmarshalJSON(data []byte) error {
	var flat map[string]any
	if err := json.Unmarshal(data, &flat); err != nil {
		return err
	}
	r.Figures = figures{}
	for name, v := range flat {
		switch v := v.(type) {
		case string:
			switch name {
			case "machine":
				r.Machine = v
			case "version":
				r.Version = v
			case "when":
				r.When = v
			}
		case float64:
			if name == "seconds" {
				r.Seconds = v
			} else {
				r.Figures[name] = v
			}
		}
	}
	return nil
}

func (r report) write(path string) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}

// median is the middle of an odd number of values, else the mean of the two in
// the middle.
func median(values []float64) float64 { return quantile(values, 0.5) }

// quantile interpolates between the two values beside it.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	low := int(at)
	if low+1 >= len(sorted) {
		return sorted[low]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}
