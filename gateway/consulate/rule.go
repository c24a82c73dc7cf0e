package consulate

import (
	"math"
	"strings"
)

// A ruleset decides which consulate answers for a place.
type ruleset struct {
	consulates             []Consulate // in order of ID
	zips, counties, states map[string]row

	// divided are the states of which a ZIP or county row gives a part to a
	// consulate elsewhere.
	divided map[string]bool
}

// A row is one of jurisdictions.csv without its key.
type row struct {
	consulate uint8 // 1 + index into consulates
	basis     string
}

// decide is the rule for a ZIP of the data, in its order. It fills in
// consulate, rule and basis.
func (s *ruleset) decide(p place) decision {
	if r, ok := s.zips[p.zip]; ok {
		return decision{consulate: r.consulate, rule: RuleZIP, basis: r.basis}
	}
	if military(p.zip[:3]) { // before the state: the data gives some the state of their post office
		return decision{rule: RuleNoneMilitary}
	}
	if r, ok := s.counties[p.county]; ok {
		return decision{consulate: r.consulate, rule: RuleCounty, basis: r.basis}
	}
	if r, ok := s.states[p.state]; ok {
		return decision{consulate: r.consulate, rule: RuleState, basis: r.basis}
	}
	if territory(p.state) {
		return decision{rule: RuleNoneTerritory}
	}
	if c := s.nearest(p.point, func(c *Consulate) bool { return shares(p.state, c.ID) }); c > 0 {
		return decision{consulate: c, rule: RuleNearestOfTwo}
	}
	if c, only := s.inState(p.state); only && !s.divided[p.state] {
		return decision{consulate: c, rule: RuleOnlyInState}
	}
	if c := s.nearest(p.point, func(c *Consulate) bool { return c.State == p.state && !listComplete(c.ID) }); c > 0 {
		return decision{consulate: c, rule: RuleNearestInState}
	}
	return decision{consulate: s.nearest(p.point, func(*Consulate) bool { return true }), rule: RuleNearest}
}

// divide notes which states' rows give a part to a consulate elsewhere: the
// only consulate of such a state may not be that of the rest either.
func (s *ruleset) divide(places []place) {
	s.divided = map[string]bool{}
	for _, p := range places {
		r, ok := s.zips[p.zip]
		if !ok {
			r, ok = s.counties[p.county]
		}
		if ok && s.consulates[r.consulate-1].State != p.state {
			s.divided[p.state] = true
		}
	}
}

// decideUnknown is the rule for the ZIPs that the data lacks, of one prefix of
// three digits: majority is the prefix's consulate or 0, known what was
// decided for its known ZIPs, whose majority gives state and time zone.
func (s *ruleset) decideUnknown(prefix string, majority uint8, known []decision) decision {
	switch {
	case military(prefix):
		return decision{rule: RuleNoneMilitary}
	case majority > 0:
		d := decision{consulate: majority, rule: RulePrefix}
		d.state = mostFrequent(known, func(d decision) string { return d.state })
		d.zone = mostFrequent(known, func(d decision) string { return d.zone })
		if d.zone == "" {
			d.zone = s.zoneOf(majority)
		}
		return d
	}
	for _, d := range known {
		if d.rule != RuleNoneTerritory {
			return decision{rule: RuleNoneUnknown}
		}
	}
	if len(known) > 0 {
		return decision{rule: RuleNoneTerritory}
	}
	return decision{rule: RuleNoneUnknown}
}

// military says whether a prefix is one of APO, FPO and DPO: 090 to 098, 340,
// 962 to 966. Such a ZIP follows its unit and does not say where a person is.
func military(prefix string) bool {
	return "090" <= prefix && prefix <= "098" || prefix == "340" || "962" <= prefix && prefix <= "966"
}

// territory says whether a state is one of the Pacific that no consulate of
// Mexico answers for, unless a row says otherwise.
func territory(state string) bool {
	switch state {
	case "GU", "MP", "AS", "MH", "FM", "PW":
		return true
	}
	return false
}

// shares says whether the state is one of those that two consulates share
// county by county, in lists not public, and this is one of the two.
func shares(state, consulate string) bool {
	switch state {
	case "MT":
		return consulate == "boise" || consulate == "denver"
	case "WY":
		return consulate == "denver" || consulate == "salt-lake-city"
	}
	return false
}

// listComplete says whether jurisdictions.csv names every county of the
// consulate in its own state, so that no other place there can be its.
func listComplete(consulate string) bool {
	switch consulate {
	case "el-paso", "yuma", "nogales":
		return true
	}
	return false
}

// inState is the only consulate in the state, where there is only one.
func (s *ruleset) inState(state string) (consulate uint8, only bool) {
	for i := range s.consulates {
		if s.consulates[i].State != state {
			continue
		}
		if consulate > 0 {
			return 0, false
		}
		consulate = uint8(i + 1)
	}
	return consulate, consulate > 0
}

// nearest is the nearest of the consulates that may be, 0 where none may. Of
// two equally near it is the first by ID.
func (s *ruleset) nearest(p point, may func(*Consulate) bool) uint8 {
	best, found := math.Inf(1), uint8(0)
	for i := range s.consulates {
		c := &s.consulates[i]
		if !may(c) {
			continue
		}
		if d := p.distance(point{c.Latitude, c.Longitude}); d < best {
			best, found = d, uint8(i+1)
		}
	}
	return found
}

// number is that of a consulate by its ID, 0 for none.
func (s *ruleset) number(id string) uint8 {
	if i, ok := indexOf(s.consulates, id); ok {
		return uint8(i + 1)
	}
	return 0
}

func (s *ruleset) zoneOf(consulate uint8) string {
	if consulate == 0 {
		return ""
	}
	return s.consulates[consulate-1].TimeZone
}

// A point is a place on the globe, in degrees north and east.
type point struct{ latitude, longitude float64 }

// distance is that of the great circle (haversine), in radians: only which one
// is smaller matters.
func (p point) distance(q point) float64 {
	const radian = math.Pi / 180
	sinLat := math.Sin((q.latitude - p.latitude) * radian / 2)
	sinLon := math.Sin((q.longitude - p.longitude) * radian / 2)
	h := sinLat*sinLat + math.Cos(p.latitude*radian)*math.Cos(q.latitude*radian)*sinLon*sinLon
	return 2 * math.Asin(min(1, math.Sqrt(h)))
}

// mostFrequent is the value that most decisions have, the first in the
// alphabet of several, empty values aside.
func mostFrequent(ds []decision, value func(decision) string) string {
	count := map[string]int{}
	best := ""
	for _, d := range ds {
		v := value(d)
		if v == "" {
			continue
		}
		count[v]++
	}
	for v, n := range count {
		if best == "" || n > count[best] || n == count[best] && strings.Compare(v, best) < 0 {
			best = v
		}
	}
	return best
}
