package plan

import (
	"fmt"
	"time"

	"aviso/gateway"
)

// Bill is what a month of an ordinary kind costs.
type Bill struct {
	Numbers []Line // rent
	Month   []Line // texts and calls, by what they are for
	Once    []Line // when everybody who is registered now was registered
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

// Month is how much an ordinary month has of everything.
type Month struct {
	People int
	New    int // of them, registered in the month: their contacts are asked
	Alerts int
	Drills int // rehearsals by people, each to all their contacts
	Calls  int // that come in

	FollowUps  int           // texts of following up to each contact, of one alert
	SignOfLife time.Duration // of the policy; 0: nobody is asked
}

// Texts around an alert besides its notices, in segments: what the person, the
// family and the desk read and write on the way to its end.
const (
	wordsToPerson   = 3 // received, a confirmation, the end
	wordsFromPerson = 2 // ALERTA, BIEN
	wordsToContact  = 1 // the end
	wordsToDesk     = 3 // the notice with a person's whole name and words, the end
	wordsFromDesk   = 1
)

// Of other things, in segments.
const (
	wordsOfRegistering = 7   // questions and their answers
	wordsOfSign        = 1   // a PRUEBA to a contact, or the question to a person; and the answer
	askedAgain         = 0.5 // of contacts who were asked, those who are asked once more
)

// Minutes of calls; each begun one is paid.
const (
	minutesOut = 1 // a notice that is heard and confirmed by a key
	minutesIn  = 3 // a call that comes in, and as long put through to the contact centre
)

// monthLong is the month of a bill.
const monthLong = 30 * 24 * time.Hour

// Cost is the bill of a month with these alerts, and of registering everybody and
// asking their contacts once.
func Cost(q Question, m Month, p Prices) Bill {
	b := Bill{Numbers: rent(q, p)}
	texts := func(what string, us, mx, in float64) (lines []Line) {
		for _, l := range []Line{{what + ", to the US", us, p.SegmentUS}, {what + ", to Mexico", mx, p.SegmentMX}, {what + ", in", in, p.SegmentIn}} {
			if l.Count > 0 {
				lines = append(lines, l)
			}
		}
		return lines
	}
	// contacts are texts to the contacts of so many people.
	contacts := func(people, each float64) (us, mx float64) {
		all := people * float64(q.Contacts) * each
		return all * (1 - q.Mexico), all * q.Mexico
	}

	alerts, drills := float64(m.Alerts), float64(m.Drills)
	us, mx := contacts(alerts, float64(q.Segments+wordsToContact))
	b.Month = append(b.Month, texts("alerts", us+alerts*(wordsToPerson+wordsToDesk), mx,
		alerts*(wordsFromPerson+wordsFromDesk+float64(q.Contacts)))...)
	us, mx = contacts(alerts, float64(m.FollowUps))
	b.Month = append(b.Month, texts("follow-ups", us, mx, 0)...)
	us, mx = contacts(drills, 2) // the PRUEBA, and the thanks for the answer
	b.Month = append(b.Month, texts("rehearsals", us+2*drills, mx, drills*(1+float64(q.Contacts)))...)
	if m.SignOfLife > 0 {
		looks := float64(m.People) * float64(monthLong) / float64(m.SignOfLife)
		us, mx = contacts(looks, wordsOfSign)
		b.Month = append(b.Month, texts("signs of life", us+looks*wordsOfSign, mx, looks*wordsOfSign*(1+float64(q.Contacts)))...)
	}
	b.Month = append(b.Month, registering(q, float64(m.New), "newly registered", texts)...)

	out := alerts * float64(q.Contacts) * q.Called * minutesOut
	in := float64(m.Calls) * minutesIn
	for _, l := range []Line{
		{"minutes of calls, to the US", out * (1 - q.Mexico), p.CallUS}, {"minutes of calls, to Mexico", out * q.Mexico, p.CallMX},
		{"minutes of calls, in", in, p.CallIn}, {"minutes of those put through", in, p.CallUS},
	} {
		if l.Count > 0 {
			b.Month = append(b.Month, l)
		}
	}
	b.Once = registering(q, float64(m.People), "registered", texts)
	return b
}

// registering is what so many people's questions and answers cost, and those of
// their contacts.
func registering(q Question, people float64, what string, texts func(what string, us, mx, in float64) []Line) []Line {
	asked := people * float64(q.Contacts)
	again := asked * (1 + askedAgain)
	return append(texts(what, people*wordsOfRegistering, 0, people*wordsOfRegistering),
		texts("contacts asked", again*(1-q.Mexico), again*q.Mexico, asked)...)
}

func rent(q Question, p Prices) (lines []Line) {
	kinds := map[gateway.SenderKind]int{}
	for _, s := range q.Senders {
		kinds[s.Kind]++
	}
	for _, s := range q.Callers { // one that texts as well is rented once
		if !amongst(q.Senders, s.Address) {
			kinds[s.Kind]++
		}
	}
	for _, of := range []struct {
		kind gateway.SenderKind
		each float64
	}{{gateway.LongCode, p.LongCode}, {gateway.TollFree, p.TollFree}, {gateway.ShortCode, p.ShortCode}} {
		if n := kinds[of.kind]; n > 0 {
			lines = append(lines, Line{fmt.Sprintf("%s, a month", of.kind), float64(n), of.each})
		}
	}
	for _, s := range q.Senders {
		if s.Kind == gateway.LongCode {
			return append(lines, Line{"campaign (A2P 10DLC), a month", 1, p.Campaign})
		}
	}
	return lines
}

func amongst(senders []gateway.Sender, address string) bool {
	for _, s := range senders {
		if s.Address == address {
			return true
		}
	}
	return false
}
