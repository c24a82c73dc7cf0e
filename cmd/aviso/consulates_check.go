package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"aviso/gateway"
	"aviso/gateway/consulate"
	"aviso/gateway/numbering"
)

// consulatesCheckCmd is `aviso consulates check`.
type consulatesCheckCmd struct {
	ZIPs bool `name:"zips" help:"Every ZIP without a consulate and every uncertain one, a line each: ZIP, consulate, rule."`
}

// Run reports. What it finds is no failure: much of it is as the data is.
func (c *consulatesCheckCmd) Run(a *app) error {
	directory, database, err := a.directory()
	if err != nil {
		return err
	}
	if c.ZIPs {
		for f := range directory.Consulates.ZIPs {
			if !f.Certain {
				fmt.Fprintf(a.stdout, "%s %s %s\n", f.ZIP, cmp.Or(f.ConsulateID(), "-"), f.Rule)
			}
		}
		return nil
	}
	total, missing, uncertain := tally(directory.Consulates)
	fmt.Fprintf(a.stdout, "Data %s: %d ZIPs.\n%s\nArea codes %s.\n%s\n", directory.Consulates.Version(), total, consulate.Attribution,
		directory.Numbers.Version(), numbering.Attribution)
	fmt.Fprintf(a.stdout, "\nWithout a consulate, on purpose or for want of data: %d\n", missing.total())
	missing.print(a)
	fmt.Fprintf(a.stdout, "\nUncertain, so that the national desk is told as well: %d\n", uncertain.total())
	uncertain.print(a)
	c.desks(a, directory, database)
	return nil
}

// group is what uncertain ZIPs are counted by.
type group struct{ rule, state string }

type groups map[group]int

// tally counts ZIPs, those without a consulate, and those of an uncertain one.
func tally(table *consulate.Table) (total int, missing, uncertain groups) {
	missing, uncertain = groups{}, groups{}
	for f := range table.ZIPs {
		total++
		rule := f.Rule
		if f.Basis != "" {
			rule += " (" + f.Basis + ")"
		}
		switch {
		case f.Consulate == nil:
			missing[group{rule, f.State}]++
		case !f.Certain:
			uncertain[group{rule, f.State}]++
		}
	}
	return total, missing, uncertain
}

func (g groups) total() (n int) {
	for _, count := range g {
		n += count
	}
	return n
}

// print writes a line a rule, with its states.
func (g groups) print(a *app) {
	states := map[string][]string{}
	counts := map[string]int{}
	for _, key := range slices.SortedFunc(maps.Keys(g), func(x, y group) int {
		return cmp.Or(strings.Compare(x.rule, y.rule), strings.Compare(x.state, y.state))
	}) {
		states[key.rule] = append(states[key.rule], fmt.Sprintf("%s %d", cmp.Or(key.state, "(no state)"), g[key]))
		counts[key.rule] += g[key]
	}
	for _, rule := range slices.Sorted(maps.Keys(states)) {
		fmt.Fprintf(a.stdout, "  %-18s %6d  %s\n", rule, counts[rule], strings.Join(states[rule], ", "))
	}
}

// desks lists the consulates that no alert would reach.
func (c *consulatesCheckCmd) desks(a *app, directory *gateway.Directory, database bool) {
	fmt.Fprintln(a.stdout, "\nConsulates that no alert would reach:")
	if !database {
		fmt.Fprintln(a.stdout, "  all: there is no database yet, and desks are kept there")
		return
	}
	reached := 0
	for _, consulate := range directory.Consulates.All() {
		desks := directory.Desks(consulate.ID)
		stopped := slices.DeleteFunc(slices.Clone(desks), func(d gateway.Desk) bool { return d.Stopped.IsZero() })
		switch {
		case slices.ContainsFunc(desks, func(d gateway.Desk) bool { return d.Expects() }):
			reached++
		case len(stopped) == len(desks) && len(desks) > 0:
			fmt.Fprintf(a.stdout, "  %-20s %d desks, all want no texts\n", consulate.ID, len(desks))
		case len(desks) > 0:
			fmt.Fprintf(a.stdout, "  %-20s %d desks, none confirmed: aviso consulates desks --test\n", consulate.ID, len(desks))
		default:
			fmt.Fprintf(a.stdout, "  %-20s no desk\n", consulate.ID)
		}
	}
	fmt.Fprintf(a.stdout, "%d of %d consulates have a confirmed desk.\n", reached, len(directory.Consulates.All()))
	first := true
	for _, desk := range directory.All() {
		if desk.Stopped.IsZero() {
			continue
		}
		if first {
			fmt.Fprintln(a.stdout, "\nDesks that said STOP or EQUIVOCADO, and are told of nothing:")
			first = false
		}
		fmt.Fprintf(a.stdout, "  %-20s %s since %s\n", desk.Consulate, desk.Address, desk.Stopped.UTC().Format(time.DateOnly))
	}
}
