package plan

import (
	"math"
	"slices"
	"time"

	"aviso/gateway"
	"aviso/gateway/relay"
)

// Question is the day that is planned for.
type Question struct {
	Alerts   int              // that are raised
	Within   time.Duration    // over which they are spread evenly; 0: all at once
	Contacts int              // of each person
	Mexico   float64          // share of the contacts who are in Mexico, 0 to 1
	Segments int              // of one notice
	Senders  []gateway.Sender // in order of preference

	Called  float64          // share of the relatives who confirm no text, and are called, 0 to 1
	Quiet   time.Duration    // silence from the notice to the call
	Callers []gateway.Sender // caller IDs, with their rate in calls a second
}

// Told is when people are told, after the first alert: the first, the median
// and the last of them. Unreached is how many no sender reaches; they count in
// none of the times.
type Told struct {
	First, Median, Last time.Duration
	Unreached           int
}

// Answer is what comes of a Question: for the first relative of each alert, who
// goes ahead of everybody, and for all relatives.
type Answer struct {
	Families  Told
	Relatives Told
}

// Messages is how many notices go out on the day.
func (q Question) Messages() int { return q.Alerts * q.Contacts }

// Rate is how many segments a second reach a country.
func (q Question) Rate(country string) (segments float64) {
	for _, s := range q.Senders {
		if s.Reaches(country) {
			segments += s.Rate
		}
	}
	return segments
}

// mexican reports whether a contact is in Mexico: the share is spread evenly
// over everybody's contacts, counted through.
func (q Question) mexican(n int) bool {
	return math.Floor(float64(n+1)*q.Mexico) > math.Floor(float64(n)*q.Mexico)
}

// Paper is the arithmetic: what the senders' rates allow at best, were every
// sender busy to the end. Nobody is told sooner, whatever a program does.
func Paper(q Question) Answer {
	familiesMX, relativesMX := 0, 0
	for n := range q.Messages() {
		if q.mexican(n) {
			relativesMX++
			if n%q.Contacts == 0 {
				familiesMX++
			}
		}
	}
	return Answer{
		Families:  q.paper(q.Alerts, familiesMX, 1),
		Relatives: q.paper(q.Messages(), relativesMX, q.Contacts),
	}
}

// paper is when n notices are out, each of each alerts, some of which go to
// Mexico: these need the senders that reach it, and all of them need all.
func (q Question) paper(n, mexico, each int) Told {
	all, there := q.Rate("US"), q.Rate("MX")
	t := Told{}
	if there == 0 {
		t.Unreached, n, mexico = mexico, n-mexico, 0
	}
	if all == 0 {
		t.Unreached, n = t.Unreached+n, 0
	}
	if n == 0 {
		return t
	}
	t.Median = max(q.out((n+1)/2, "US"), q.due((n-1)/2/each))
	t.Last = max(q.out(n, "US"), q.out(mexico, "MX"), q.due((n-1)/each))
	return t
}

// out is when the last of n notices begins on the senders that reach a country:
// each sender's first goes at once.
func (q Question) out(n int, country string) time.Duration {
	for _, s := range q.Senders {
		if s.Reaches(country) {
			n--
		}
	}
	if n <= 0 {
		return 0
	}
	return time.Duration(float64(n*q.Segments) / q.Rate(country) * float64(time.Second))
}

// due is when an alert is raised, counted from 0.
func (q Question) due(alert int) time.Duration {
	return time.Duration(float64(q.Within) * float64(alert) / float64(q.Alerts))
}

// Simulate plays the day.
func Simulate(q Question) Answer {
	begin := time.Unix(0, 0)
	attempts := make([]gateway.Attempt, 0, q.Messages())
	for alert := range q.Alerts {
		due := begin.Add(q.due(alert))
		for contact := range q.Contacts {
			n := alert*q.Contacts + contact
			a := gateway.Attempt{ID: id(n), Channel: gateway.SMS, Lane: gateway.LaneNotice, Due: due, To: "+13125550100"}
			if contact == 0 {
				a.Lane = gateway.LaneFirst
			}
			if q.mexican(n) {
				a.To = "+523312345678"
			}
			attempts = append(attempts, a)
		}
	}
	handed := relay.Forecast(q.Senders, nil, func(string) int { return q.Segments }, attempts)
	var families, relatives []time.Duration
	var answer Answer
	for i, at := range handed {
		first := i%q.Contacts == 0
		switch {
		case at.IsZero() && first:
			answer.Families.Unreached++
			fallthrough
		case at.IsZero():
			answer.Relatives.Unreached++
		case first:
			families = append(families, at.Sub(begin))
			fallthrough
		default:
			relatives = append(relatives, at.Sub(begin))
		}
	}
	answer.Families.of(families)
	answer.Relatives.of(relatives)
	return answer
}

// Calls is when the relatives whom texts do not rouse are called, after the first
// such call is due, and how long the one that waits longest has been due by then.
type Calls struct {
	Told
	Number int           // of them
	Oldest time.Duration // the longest wait
}

// rateOf is how many calls a second begin.
func rateOf(callers []gateway.Sender) (calls float64) {
	for _, s := range callers {
		calls += s.Rate
	}
	return calls
}

// PaperCalls is the arithmetic of the calls: every caller ID busy to the end.
func PaperCalls(q Question) Calls {
	c := Calls{Number: int(math.Round(float64(q.Messages()) * q.Called))}
	rate := rateOf(q.Callers)
	if rate == 0 {
		c.Unreached = c.Number
		return c
	}
	at := func(n int) time.Duration {
		return time.Duration(float64(max(0, n-len(q.Callers))) / rate * float64(time.Second))
	}
	c.Median, c.Last = at((c.Number+1)/2), at(c.Number)
	c.Oldest = max(0, c.Last-q.Within)
	return c
}

// SimulateCalls plays the calls of the day, each of which is due at the same time
// after its alert: the ladder's silence.
func SimulateCalls(q Question) Calls {
	begin := time.Unix(0, 0)
	c := Calls{Number: int(math.Round(float64(q.Messages()) * q.Called))}
	if c.Number == 0 || len(q.Callers) == 0 {
		c.Unreached = c.Number
		return c
	}
	attempts := make([]gateway.Attempt, 0, c.Number)
	for n := range c.Number {
		// Which of the relatives are called is spread evenly over the alerts.
		alert := n * q.Alerts / c.Number
		attempts = append(attempts, gateway.Attempt{ID: id(n), Channel: gateway.Voice, Lane: gateway.LaneNotice, Due: begin.Add(q.due(alert)), To: "+13125550100"})
	}
	var at []time.Duration
	for i, begun := range relay.Forecast(nil, q.Callers, func(string) int { return 1 }, attempts) {
		at = append(at, begun.Sub(begin))
		c.Oldest = max(c.Oldest, begun.Sub(attempts[i].Due))
	}
	c.of(at)
	return c
}

// of sets the times from those at which each was handed over.
func (t *Told) of(at []time.Duration) {
	if len(at) == 0 {
		return
	}
	slices.Sort(at)
	t.First, t.Median, t.Last = at[0], at[(len(at)-1)/2], at[len(at)-1]
}

// id grows with n, as ids that are made one after the other do.
func id(n int) (id gateway.ID) {
	for i := range 8 {
		id[i] = byte(n >> (56 - 8*i))
	}
	return id
}

// Needed is how many senders of a rate tell every family's first relative
// within a time, were all alerts raised at once.
func (q Question) Needed(rate float64, within time.Duration) int {
	if q.Alerts == 0 {
		return 0
	}
	// A sender's first notice goes at once, the others one after the other.
	each := math.Floor(within.Seconds()*rate/float64(q.Segments)) + 1
	return int(math.Ceil(float64(q.Alerts) / each))
}

// CallersNeeded is how many caller IDs of one call a second begin every call within
// a time of its being due, were all alerts raised at once.
func (q Question) CallersNeeded(within time.Duration) int {
	n := math.Round(float64(q.Messages()) * q.Called)
	return int(math.Ceil(n / (math.Floor(within.Seconds()) + 1)))
}
