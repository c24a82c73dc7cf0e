package plan

import (
	"fmt"
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
	handed := relay.Forecast(q.Senders, func(string) int { return q.Segments }, attempts)
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

// Bill is what a month of an ordinary kind costs.
type Bill struct {
	Numbers  []Line // rent
	Messages []Line
	Once     []Line // when people are registered
}

// Line is one line of a bill.
type Line struct {
	What  string
	Count float64
	Each  float64 // dollars
}

// Sum is what a line comes to, in dollars.
func (l Line) Sum() float64 { return l.Count * l.Each }

// Sum is what lines come to.
func Sum(lines []Line) (dollars float64) {
	for _, l := range lines {
		dollars += l.Sum()
	}
	return dollars
}

// Prices are in dollars. They change: an operator looks them up.
type Prices struct {
	SegmentUS float64 // a segment to the United States, the carriers' fee included
	SegmentMX float64
	SegmentIn float64 // a segment that comes in
	LongCode  float64 // a month
	TollFree  float64
	ShortCode float64
	Campaign  float64 // a month, where there is a long code (A2P 10DLC)
}

// Month is how much an ordinary month has of everything.
type Month struct {
	People int
	Alerts int
	Drills int // rehearsals by people, each to all their contacts
}

// Texts around an alert besides its notices, in segments: what the person and
// the family read and write on the way to its end.
const (
	wordsToPerson   = 3 // received, a confirmation, the end
	wordsFromPerson = 2 // ALERTA, BIEN
	wordsToContact  = 1 // the end
)

// Cost is the bill of a month with these alerts, and of asking everybody's
// contacts once.
func Cost(q Question, m Month, p Prices) Bill {
	var b Bill
	kinds := map[gateway.SenderKind]int{}
	for _, s := range q.Senders {
		kinds[s.Kind]++
	}
	rent := func(kind gateway.SenderKind, each float64) {
		if n := kinds[kind]; n > 0 {
			b.Numbers = append(b.Numbers, Line{fmt.Sprintf("%s, a month", kind), float64(n), each})
		}
	}
	rent(gateway.LongCode, p.LongCode)
	rent(gateway.TollFree, p.TollFree)
	rent(gateway.ShortCode, p.ShortCode)
	if kinds[gateway.LongCode] > 0 {
		b.Numbers = append(b.Numbers, Line{"campaign (A2P 10DLC), a month", 1, p.Campaign})
	}
	perContact := float64(q.Segments + wordsToContact)
	toContacts := float64(m.Alerts+m.Drills) * float64(q.Contacts) * perContact
	out := Line{"segments to the US", toContacts*(1-q.Mexico) + float64(m.Alerts+m.Drills)*wordsToPerson, p.SegmentUS}
	abroad := Line{"segments to Mexico", toContacts * q.Mexico, p.SegmentMX}
	in := Line{"segments in", float64(m.Alerts+m.Drills) * (wordsFromPerson + float64(q.Contacts)), p.SegmentIn}
	b.Messages = []Line{out, abroad, in}
	asked := float64(m.People) * float64(q.Contacts)
	b.Once = []Line{
		{"contacts asked, to the US", asked * (1 - q.Mexico), p.SegmentUS},
		{"contacts asked, to Mexico", asked * q.Mexico, p.SegmentMX},
		{"their answers", asked, p.SegmentIn},
	}
	return b
}
