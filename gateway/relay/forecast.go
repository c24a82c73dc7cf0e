package relay

import (
	"time"

	"aviso/gateway"
)

// Forecast tells when each of attempts would be handed over by a node that has
// the senders for itself: by the same choice of sender, order of lanes and
// slots as a Relay's, over time that passes by itself. Requests and commits take
// no time in it, so that it is what the senders' rates allow and no more. What
// no sender reaches has the zero time.
//
// Segments is how many segments a text is sent in. Attempts are by their due
// time; calls go from callers.
func Forecast(senders, callers []gateway.Sender, segments func(text string) int, attempts []gateway.Attempt) []time.Time {
	var now time.Time
	r := New(Config{Senders: senders, Callers: callers, Segments: segments, Clock: func() time.Time { return now }})
	at := make([]time.Time, len(attempts))
	index := make(map[*held]int, len(attempts))
	for next := 0; ; {
		// Whatever happens first: something becomes due, or a line is free.
		var ready *line
		for _, l := range r.lines {
			if len(l.waiting.items) > 0 && (ready == nil || l.taken.Before(ready.taken)) {
				ready = l
			}
		}
		switch {
		case next < len(attempts) && (ready == nil || !attempts[next].Due.After(latest(now, ready.taken))):
			now = latest(now, attempts[next].Due)
			h := &held{Attempt: attempts[next], segments: max(1, segments(attempts[next].Text))}
			index[h] = next
			r.place(h, now)
			next++
		case ready == nil:
			return at
		default:
			now = latest(now, ready.taken)
			h := ready.waiting.first()
			ready.waiting.remove(h)
			at[index[h]] = now
			ready.taken = now.Add(ready.need(h))
		}
	}
}
