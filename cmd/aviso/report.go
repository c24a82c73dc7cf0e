package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"aviso/gateway"
	"aviso/store"
)

// reportCmd is `aviso report`.
type reportCmd struct {
	Since string `placeholder:"DATE" help:"The first day, as 2026-11-01. Default: the first of the month before this one."`
	Until string `placeholder:"DATE" help:"The last day, which counts too. Default: the last of the month before this one."`
	Exact bool   `help:"Say numbers below 5 too. Not for what leaves the house: a small number may point to somebody."`
	JSON  bool   `name:"json" help:"One object of JSON."`
}

// Help is kong's long help.
func (reportCmd) Help() string {
	return `Counts of a period, and nobody in them: alerts that were raised (drills apart) by how they stand now and by consulate, people who are registered now, and demands for data that were received, by kind and by what became of them. Days are those of --zone.

An admin enters demands at /console/demands; what they wrote to one is not printed here. Numbers from 1 to 4 are printed as "<5", and one that would tell such a number as the rest of a sum as "not said", so that what is printed may leave the house. With --exact all are said.

It may run beside a running serve.`
}

// few is below what a number is not said that leaves the house.
const few = 5

// Run prints the report.
func (c *reportCmd) Run(a *app) (err error) {
	zone, err := time.LoadLocation(a.config.Zone)
	if err != nil {
		return usageError{"--zone: " + err.Error()}
	}
	since, until, err := c.days(time.Now().In(zone), zone)
	if err != nil {
		return err
	}
	records, err := a.openToRead()
	if err != nil {
		return err
	}
	if records == nil {
		return a.noDatabase()
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	r, err := records.Report(a.ctx, since, until)
	if err != nil {
		return err
	}
	return c.print(a, since, until.AddDate(0, 0, -1), &r)
}

// days are the period: from the first day until the day after the last.
func (c *reportCmd) days(now time.Time, zone *time.Location) (since, until time.Time, err error) {
	year, month, _ := now.Date()
	since = time.Date(year, month-1, 1, 0, 0, 0, 0, zone)
	until = time.Date(year, month, 1, 0, 0, 0, 0, zone)
	var wrong usageError
	if c.Since != "" {
		if since, err = time.ParseInLocation(time.DateOnly, c.Since, zone); err != nil {
			wrong = append(wrong, "--since: a day is written 2026-11-01")
		}
		if c.Until == "" && !since.Before(until) {
			until = since.AddDate(0, 1, 0)
		}
	}
	if c.Until != "" {
		if until, err = time.ParseInLocation(time.DateOnly, c.Until, zone); err != nil {
			wrong = append(wrong, "--until: a day is written 2026-11-30")
		}
		until = until.AddDate(0, 0, 1)
	}
	if len(wrong) == 0 && !since.Before(until) {
		wrong = append(wrong, "--until is before --since")
	}
	if len(wrong) > 0 {
		return since, until, wrong
	}
	return since, until, nil
}

// said is a number as it may be said.
func (c *reportCmd) said(n int) string {
	if n > 0 && n < few && !c.Exact {
		return fmt.Sprintf("<%d", few)
	}
	return fmt.Sprint(n)
}

// line is one number of the report, by what it counts.
type line struct{ what, number string }

// hidden stands for a number that would say another one, which is too small, as what
// is left of their sum.
const hidden = "not said"

// parts are the parts of a sum, as they may be said.
func (c *reportCmd) parts(names []string, n map[string]int) []line {
	least, small := 0, 0 // the least that is said; the sum of those that are not
	for _, k := range n {
		switch {
		case k >= few && (least == 0 || k < least):
			least = k
		case k < few:
			small += k
		}
	}
	lines := make([]line, 0, len(names))
	hide := !c.Exact && small > 0 && small < few
	for _, name := range names {
		l := line{cmp.Or(name, "none"), c.said(n[name])}
		if hide && n[name] == least && least > 0 {
			l.number, hide = hidden, false
		}
		lines = append(lines, l)
	}
	return lines
}

// demands are the demands by kind, and by what became of them.
func (c *reportCmd) demands(list []gateway.Demand) (kinds, outcomes []line) {
	kind, outcome := map[string]int{}, map[string]int{}
	for _, d := range list {
		kind[d.Kind]++
		outcome[d.Outcome]++
	}
	return c.parts(gateway.DemandKinds, kind), c.parts(gateway.DemandOutcomes, outcome)
}

func (c *reportCmd) print(a *app, first, last time.Time, r *store.Report) error {
	kinds, outcomes := c.demands(r.Demands)
	consulates := c.parts(slices.Sorted(maps.Keys(r.Consulates)), r.Consulates)
	states := c.parts([]string{"open", "called_off", "closed"}, map[string]int{"open": r.Open, "called_off": r.CalledOff, "closed": r.Closed})
	if c.JSON {
		object := func(lines []line) map[string]string {
			m := map[string]string{}
			for _, l := range lines {
				m[l.what] = l.number
			}
			return m
		}
		return printJSON(a, map[string]any{
			"since": first.Format(time.DateOnly), "until": last.Format(time.DateOnly),
			"alerts": c.said(r.Alerts), "alerts_by_state": object(states),
			"drills": c.said(r.Drills), "people": c.said(r.People), "consulates": object(consulates),
			"demands": c.said(len(r.Demands)), "demands_by_kind": object(kinds), "demands_by_outcome": object(outcomes),
		})
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "From %s to %s\n\n", first.Format(time.DateOnly), last.Format(time.DateOnly))
	section := func(title string, n int, lines ...line) {
		fmt.Fprintf(w, "%s\t%s\n", title, c.said(n))
		for _, l := range lines {
			fmt.Fprintf(w, "  %s\t%s\n", l.what, l.number)
		}
	}
	section("alerts", r.Alerts, states...)
	fmt.Fprintln(w, "by consulate\t")
	for _, l := range consulates {
		fmt.Fprintf(w, "  %s\t%s\n", l.what, l.number)
	}
	section("drills", r.Drills)
	section("people registered now", r.People)
	section("demands for data", len(r.Demands), kinds...)
	fmt.Fprintln(w, "what became of them\t")
	for _, l := range outcomes {
		fmt.Fprintf(w, "  %s\t%s\n", l.what, l.number)
	}
	return w.Flush()
}
