package gateway

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Demand is somebody's demand for data, as an admin enters it: a line of the book
// of demands (scripts/docs/demands.md). It stands on the admin's audit chain, sealed
// as every entry is; what is entered later for the same page counts instead.
type Demand struct {
	Page     int    // of the book, from 1
	Kind     string // one of DemandKinds
	Received string // the day, as 2006-01-02
	Outcome  string // one of DemandOutcomes
	Words    string // who brought it, number, what counsel said; may be empty
}

// DemandKinds are what a demand can be, and DemandOutcomes what can have become of it.
var (
	DemandKinds    = []string{"subpoena", "administrative", "warrant", "request", "keep", "other"}
	DemandOutcomes = []string{"open", "refused", "withdrawn", "nothing", "part", "given"}
)

// demandPages bounds the numbers of pages.
const demandPages = 100_000

// Check reports which field is wrong.
func (d *Demand) Check() error {
	switch {
	case d.Page < 1 || d.Page > demandPages:
		return &Invalid{Field: "page", Why: "missing"}
	case !slices.Contains(DemandKinds, d.Kind):
		return &Invalid{Field: "kind", Why: "missing"}
	case !slices.Contains(DemandOutcomes, d.Outcome):
		return &Invalid{Field: "outcome", Why: "missing"}
	}
	if _, err := time.Parse(time.DateOnly, d.Received); err != nil {
		return &Invalid{Field: "received", Why: "missing"}
	}
	return nil
}

// String is a demand as its audit entry holds it.
func (d *Demand) String() string {
	return strings.TrimSpace(fmt.Sprintf("page:%d kind:%s received:%s outcome:%s %s", d.Page, d.Kind, d.Received, d.Outcome, d.Words))
}

// ParseDemand reads what String has written; false: it is none.
func ParseDemand(s string) (Demand, bool) {
	fields := append(strings.SplitN(s, " ", 5), "")
	if len(fields) < 5 {
		return Demand{}, false
	}
	value := func(i int, name string) string {
		value, _ := strings.CutPrefix(fields[i], name+":")
		return value
	}
	page, err := strconv.Atoi(value(0, "page"))
	d := Demand{Page: page, Kind: value(1, "kind"), Received: value(2, "received"), Outcome: value(3, "outcome"), Words: fields[4]}
	return d, err == nil && d.Check() == nil
}
