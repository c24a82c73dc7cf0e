package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"aviso/gateway"
)

// Counts of a period, without anybody in them. Alerts that were erased, by age or by
// wish, are counted still: of them times, state and consulate are kept.
const (
	countAlerts = `SELECT a.state, a.drill, a.consulate, count(*) FROM alert a WHERE a.at >= $1 AND a.at < $2
		GROUP BY a.state, a.drill, a.consulate`
	countPeople   = `SELECT count(*) FROM profile`
	selectDemands = `SELECT subject, seq, at, body, kind FROM ledger WHERE kind = 'agent' AND what = 'demand' ORDER BY at, subject, seq`
)

// Report is what was counted of a period.
type Report struct {
	Alerts, Open, CalledOff, Closed int            // raised in it, drills left out; by how they stand now
	Drills                          int            // raised in it
	Consulates                      map[string]int // of the alerts, by the consulate's id; "": none was found
	People                          int            // who are registered now
	Demands                         []gateway.Demand
}

// Report counts what was raised from since until before until, and the demands that
// were received then, in the order of their pages.
func (s *Store) Report(ctx context.Context, since, until time.Time) (Report, error) {
	var r Report
	all, err := s.Demands(ctx)
	if err == nil {
		err = s.read(ctx, func(snap *snapshot) error {
			r = Report{Consulates: map[string]int{}}
			return snap.read(
				statement{sql: countAlerts, args: []any{micros(since), micros(until)}, each: func(row row) error {
					n := int(row.int(3))
					if row.flag(1) {
						r.Drills += n
						return nil
					}
					r.Alerts += n
					r.Consulates[row.text(2)] += n
					switch gateway.AlertState(row.int(0)) {
					case gateway.AlertOpen:
						r.Open += n
					case gateway.AlertCancelled:
						r.CalledOff += n
					default:
						r.Closed += n
					}
					return nil
				}},
				statement{sql: countPeople, each: func(row row) error {
					r.People = int(row.int(0))
					return nil
				}},
			)
		})
	}
	if err != nil {
		return Report{}, fmt.Errorf("report: %w", err)
	}
	from, to := since.Format(time.DateOnly), until.Format(time.DateOnly)
	for _, d := range all {
		if d.Received >= from && d.Received < to {
			r.Demands = append(r.Demands, d)
		}
	}
	return r, nil
}

// Demands are all that admins have entered, as they were entered last, in the order
// of their pages.
func (s *Store) Demands(ctx context.Context) ([]gateway.Demand, error) {
	var list []Happened
	err := s.read(ctx, func(snap *snapshot) error {
		list = nil
		r := reading{Store: s, now: s.clock()}
		r.ask(selectDemands, r.happened(&list))
		return r.run(snap)
	})
	if err != nil {
		return nil, fmt.Errorf("read demands: %w", err)
	}
	return demandsIn(list), nil
}

// demandsIn are the demands among what happened, the last of each page.
func demandsIn(list []Happened) []gateway.Demand {
	last := map[int]gateway.Demand{}
	for _, h := range list {
		for _, e := range h.Entries {
			if d, ok := gateway.ParseDemand(e.Detail); ok && e.Kind == "demand" {
				last[d.Page] = d
			}
		}
	}
	demands := slices.Collect(maps.Values(last))
	slices.SortFunc(demands, func(a, b gateway.Demand) int { return a.Page - b.Page })
	return demands
}
