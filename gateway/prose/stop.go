package prose

import "sync"

var stopRules = sync.OnceValue(func() []rule { return ruleset("stop") })

// Stopping is whether a text asks for no more texts of ours.
type Stopping int

// The kinds of a wish for no more texts.
const (
	GoesOn    Stopping = iota // it asks for nothing like that
	AsksHow                   // it asks how that is done
	LeaveMe                   // "dejenme en paz", which may be said to somebody else
	WantsStop                 // no more texts
)

// Stop is whether a text asks in its own words for no more texts, and the rule
// that says so. A word of stop counts with nothing but courtesy beside it ("stop
// gracias"), never within other words ("no paren", "mi bus no hace stop").
func (t *Text) Stop() (Stopping, string) {
	r := first(stopRules(), t)
	switch {
	case r == nil || r.label == "none":
		return GoesOn, ""
	case r.label == "ask" || t.asks():
		return AsksHow, r.name
	case r.name == "leave":
		return LeaveMe, r.name
	}
	return WantsStop, r.name
}
