package prose

import "sync"

// What somebody says of a check-in that is pending.
const (
	Arrived Reading = "arrived" // they are out, or home
	GoesNot Reading = "off"     // there is nothing to go to
	Later   Reading = "later"   // it takes longer
)

// CheckIn is what a text says in its own words of a check-in that is pending, and
// the rule that says so; "" where it says nothing of it.
func (t *Text) CheckIn() (Reading, string) {
	r := first(checkInRules(), t)
	if r == nil || r.label == "none" || t.asks() {
		return "", ""
	}
	return Reading(r.label), r.name
}

var checkInRules = sync.OnceValue(func() []rule { return ruleset("checkin") })
