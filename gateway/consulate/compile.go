package consulate

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// The files of a data set. Columns are found by name, in any order; others are
// ignored. timezones.csv may be absent: each ZIP then keeps the time zone that
// the embedded table gives it.
const (
	fileConsulates    = "consulates.csv"    // one row a consulate
	fileJurisdictions = "jurisdictions.csv" // ZIP, county (FIPS) or state to consulate
	fileZIPs          = "zip_base.csv"      // ZIP, state, centroid, county
	filePrefixes      = "zip3_fallback.csv" // first three digits to consulate
	fileZones         = "timezones.csv"     // ZIP, county (FIPS) or state to time zone
)

// Files are the names of a data set's files.
var Files = []string{fileConsulates, fileJurisdictions, fileZIPs, filePrefixes, fileZones}

const (
	maxFile       = 16 << 20 // bytes; five times today's largest
	maxConsulates = 255      // what a byte numbers, 0 being none
)

// Compile decides every ZIP from the CSVs at the root of files.
//
// Every broken row is named at once, in a *DataError. Where only rows of
// zip_base.csv are broken, the table without them comes along with the error:
// a ZIP left out is found by its prefix, so it is uncertain and the national
// desk is told as well. To leave out a row of another file would send people
// to another consulate or give them a wrong hour: there is no table then.
func Compile(files fs.FS) (*Table, error) {
	return compile(func(name string) (io.ReadCloser, error) { return files.Open(name) }, func(string) {})
}

func compile(open func(name string) (io.ReadCloser, error), note func(string)) (*Table, error) {
	in := &input{open: open, note: note}
	rules, zone, prefixes := in.ruleset(), in.zones(), in.prefixes()
	unsafe := len(in.problems) > 0
	places := in.places()
	if unsafe || in.fatal {
		return nil, in.err()
	}
	if zone == nil {
		b, err := Builtin()
		if err != nil {
			return nil, err
		}
		zone = func(p place) string { return b.Find(p.zip).TimeZone }
	}
	t, err := build(rules, places, prefixes, zone, in.asOf)
	if err != nil {
		return nil, err
	}
	return t, in.err()
}

// A place is where a ZIP is, as zip_base.csv has it.
type place struct {
	zip, state, county string // county is its FIPS code; both may be empty
	point
}

// build decides every code of five digits: the ZIPs of the data one by one,
// the others by their prefix.
func build(s *ruleset, places []place, prefixes map[string]string, zone func(place) string, asOf string) (*Table, error) {
	all := make([]decision, zipCount)
	byPrefix := map[string][]decision{}
	s.divide(places)
	for _, p := range places {
		d := s.decide(p)
		d.known = true
		if d.rule != RuleNoneMilitary {
			d.state, d.zone = p.state, cmp.Or(zone(p), s.zoneOf(d.consulate))
		}
		n, _ := zipNumber(p.zip)
		all[n] = d
		byPrefix[p.zip[:3]] = append(byPrefix[p.zip[:3]], d)
	}
	for prefix := range 1000 {
		key := fmt.Sprintf("%03d", prefix)
		d := s.decideUnknown(key, s.number(prefixes[key]), byPrefix[key])
		for n := prefix * 100; n < (prefix+1)*100; n++ {
			if !all[n].known {
				all[n] = d
			}
		}
	}
	for zip, r := range s.zips { // a row may name a ZIP that the base lacks
		if n, _ := zipNumber(zip); !all[n].known {
			d := decision{consulate: r.consulate, known: true, rule: RuleZIP, basis: r.basis, state: all[n].state}
			d.zone = cmp.Or(zone(place{zip: zip}), all[n].zone, s.zoneOf(r.consulate))
			all[n] = d
		}
	}
	return number(s.consulates, all, asOf)
}

// number keeps each decision once, the most frequent first.
func number(consulates []Consulate, all []decision, asOf string) (*Table, error) {
	count := map[decision]int{}
	for _, d := range all {
		count[d]++
	}
	if len(count) > maxDecisions {
		return nil, fmt.Errorf("compile consulate table: %d different decisions, at most %d fit", len(count), maxDecisions)
	}
	decisions := slices.SortedFunc(maps.Keys(count), func(a, b decision) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a.consulate, b.consulate), strings.Compare(a.rule, b.rule),
			strings.Compare(a.basis, b.basis), strings.Compare(a.state, b.state), strings.Compare(a.zone, b.zone),
			cmp.Compare(known(a), known(b)))
	})
	index := map[decision]uint16{}
	for i, d := range decisions {
		index[d] = uint16(i)
	}
	t := &Table{asOf: asOf, consulates: consulates, decisions: decisions, zips: make([]uint16, zipCount)}
	for n, d := range all {
		t.zips[n] = index[d]
	}
	t.version = versionOf(t.asOf, t.payload())
	return t, nil
}

// known as a number, to compare.
func known(d decision) byte {
	if d.known {
		return 1
	}
	return 0
}
