package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// No number that leaves the house is from 1 to 4, nor does the rest of a sum say one.
func TestReportSaysNoSmallNumber(t *testing.T) {
	names := []string{"a", "b", "c"}
	for _, c := range []struct {
		n    [3]int
		want string
	}{
		{[3]int{0, 0, 0}, "0 0 0"},
		{[3]int{3, 0, 0}, "<5 0 0"},
		{[3]int{3, 9, 12}, "<5 not said 12"},
		{[3]int{3, 9, 9}, "<5 not said 9"},
		{[3]int{3, 4, 12}, "<5 <5 12"},
		{[3]int{1, 2, 12}, "<5 <5 not said"},
		{[3]int{5, 6, 7}, "5 6 7"},
	} {
		n := map[string]int{"a": c.n[0], "b": c.n[1], "c": c.n[2]}
		var got, exact []string
		for _, l := range (&reportCmd{}).parts(names, n) {
			got = append(got, l.number)
		}
		for _, l := range (&reportCmd{Exact: true}).parts(names, n) {
			exact = append(exact, l.number)
		}
		if strings.Join(got, " ") != c.want || strings.Join(exact, " ") != strings.Trim(fmt.Sprint(c.n), "[]") {
			t.Errorf("%v: %q, exact %q, want %q", c.n, got, exact, c.want)
		}
	}
}

func TestReportDays(t *testing.T) {
	now := time.Date(2026, 12, 1, 3, 0, 0, 0, time.UTC)
	for _, c := range []struct{ since, until, want string }{
		{"", "", "2026-11-01 2026-12-01"},
		{"2026-10-05", "2026-10-05", "2026-10-05 2026-10-06"},
		{"2026-10-05", "", "2026-10-05 2026-12-01"},
		{"2026-12-01", "", "2026-12-01 2027-01-01"},
		{"2026-10-05", "2026-10-04", "wrong"},
		{"octubre", "", "wrong"},
	} {
		since, until, err := (&reportCmd{Since: c.since, Until: c.until}).days(now, time.UTC)
		got := since.Format(time.DateOnly) + " " + until.Format(time.DateOnly)
		if err != nil {
			got = "wrong"
		}
		if got != c.want {
			t.Errorf("%q to %q: %s, want %s (%v)", c.since, c.until, got, c.want, err)
		}
	}
}
