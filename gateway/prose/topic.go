package prose

import "sync"

var topics = sync.OnceValue(func() []rule { return ruleset("topic") })

// Topic is what a text asks for in plain words, of what the product gives or
// does: one of stop, erase, register, number, rights, consulate, shelter,
// legal, checkin, drill, status, language, data, help, human; "" where it asks
// for none of them.
func (t *Text) Topic() (topic, rule string) {
	if stop, rule := t.Stop(); stop >= AsksHow && rule != "exit" {
		return "stop", rule
	}
	if r := first(topics(), t); r != nil {
		return r.label, r.name
	}
	return "", ""
}
