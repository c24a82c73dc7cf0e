package plan

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

func senders(rates ...float64) []gateway.Sender {
	var list []gateway.Sender
	for i, rate := range rates {
		list = append(list, gateway.Sender{Address: "+1555000111" + string(rune('0'+i)), Kind: gateway.LongCode, Rate: rate})
	}
	return list
}

func seconds(d time.Duration) float64 { return d.Seconds() }

// near allows for slots that the relay makes a little wider than the rate's.
func near(t *testing.T, what string, got, want, share float64) {
	t.Helper()
	if math.Abs(got-want) > share*want+0.011 {
		t.Errorf("%s: %.2f s, want %.2f", what, got, want)
	}
}

// TestBurst is the day of the issue: 1,500 alerts at once, 4 contacts, 5 senders
// of 100 segments a second.
func TestBurst(t *testing.T) {
	q := Question{Alerts: 1500, Contacts: 4, Mexico: 0.5, Segments: 1, Senders: senders(100, 100, 100, 100, 100)}
	paper, simulated := Paper(q), Simulate(q)
	near(t, "last first notice, on paper", seconds(paper.Families.Last), 1495.0/500, 0)
	near(t, "last notice, on paper", seconds(paper.Relatives.Last), 5995.0/500, 0)
	near(t, "last first notice, simulated", seconds(simulated.Families.Last), seconds(paper.Families.Last), 0.01)
	near(t, "median first notice, simulated", seconds(simulated.Families.Median), seconds(paper.Families.Median), 0.01)
	near(t, "last notice, simulated", seconds(simulated.Relatives.Last), seconds(paper.Relatives.Last), 0.01)
	if simulated.Families.First != 0 || simulated.Relatives.First != 0 || simulated.Families.Unreached != 0 {
		t.Errorf("simulated %+v", simulated)
	}
}

// TestPaperIsTheBound: no simulated day is quicker than its arithmetic.
func TestPaperIsTheBound(t *testing.T) {
	mixed := append(senders(1), gateway.Sender{Address: "+18005550100", Kind: gateway.TollFree, Rate: 3}, gateway.Sender{Address: "78910", Kind: gateway.ShortCode, Rate: 100})
	for _, q := range []Question{
		{Alerts: 1, Contacts: 1, Segments: 1, Senders: senders(1)},
		{Alerts: 300, Contacts: 3, Mexico: 0.3, Segments: 1, Senders: mixed},
		{Alerts: 300, Contacts: 3, Mexico: 1, Segments: 2, Senders: mixed},
		{Alerts: 200, Contacts: 4, Mexico: 0.5, Segments: 1, Within: time.Hour, Senders: senders(1, 1)},
		{Alerts: 50, Contacts: 6, Mexico: 0, Segments: 3, Within: time.Minute, Senders: mixed},
	} {
		paper, simulated := Paper(q), Simulate(q)
		for name, pair := range map[string][2]Told{"families": {paper.Families, simulated.Families}, "relatives": {paper.Relatives, simulated.Relatives}} {
			p, s := pair[0], pair[1]
			if s.Median < p.Median-time.Millisecond || s.Last < p.Last-time.Millisecond {
				t.Errorf("%+v: %s: simulated %+v is before the arithmetic %+v", q, name, s, p)
			}
			if s.First > s.Median || s.Median > s.Last || s.Unreached != p.Unreached {
				t.Errorf("%+v: %s: %+v, on paper %+v", q, name, s, p)
			}
		}
		if simulated.Families.Last > simulated.Relatives.Last {
			t.Errorf("%+v: a family's first relative is told after all relatives", q)
		}
	}
}

// TestFirstRelativesGoAhead of all others.
func TestFirstRelativesGoAhead(t *testing.T) {
	q := Question{Alerts: 100, Contacts: 4, Segments: 1, Senders: senders(10)}
	a := Simulate(q)
	near(t, "families", seconds(a.Families.Last), 9.9, 0.01)
	near(t, "relatives", seconds(a.Relatives.Last), 39.9, 0.01)
}

func TestMexicoWithoutALongCode(t *testing.T) {
	q := Question{Alerts: 10, Contacts: 2, Mexico: 0.5, Segments: 1, Senders: []gateway.Sender{{Address: "78910", Kind: gateway.ShortCode, Rate: 100}}}
	for name, a := range map[string]Answer{"paper": Paper(q), "simulated": Simulate(q)} {
		if a.Relatives.Unreached != 10 {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

func TestNeeded(t *testing.T) {
	q := Question{Alerts: 1500, Contacts: 4, Segments: 1}
	for _, c := range []struct {
		rate   float64
		within time.Duration
		want   int
	}{{1, time.Minute, 25}, {100, 3 * time.Second, 5}, {100, time.Hour, 1}, {1, 0, 1500}} {
		got := q.Needed(c.rate, c.within)
		if got != c.want {
			t.Errorf("%g a second within %s: %d, want %d", c.rate, c.within, got, c.want)
			continue
		}
		// So many do, and one less does not.
		for n, enough := range map[int]bool{got: true, got - 1: false} {
			if n == 0 || n > 100 {
				continue
			}
			q := q
			for range n {
				q.Senders = append(q.Senders, senders(c.rate)...)
			}
			if last := Paper(q).Families.Last; (last <= c.within) != enough {
				t.Errorf("%d senders of %g a second: the last after %s, want within %s: %v", n, c.rate, last, c.within, enough)
			}
		}
	}
}

// TestCalls: so many calls, one a second, and several numbers share them.
func TestCalls(t *testing.T) {
	one := []gateway.Sender{{Address: "+15550001111", Kind: gateway.LongCode, Rate: 1}}
	two := append(slices.Clone(one), gateway.Sender{Address: "+15550002222", Kind: gateway.LongCode, Rate: 2})
	for _, c := range []struct {
		name    string
		q       Question
		last    float64 // seconds
		number  int
		oldest  float64
		callers int // within a minute
	}{
		{"one number", Question{Alerts: 100, Contacts: 4, Called: 0.3, Callers: one}, 119, 120, 119, 2},
		{"two share them", Question{Alerts: 100, Contacts: 4, Called: 0.3, Callers: two}, 118.0 / 3, 120, 118.0 / 3, 2},
		{"an hour's alerts wait for nobody", Question{Alerts: 100, Contacts: 4, Called: 0.25, Within: time.Hour, Callers: one}, 3564, 100, 0, 2},
		{"nobody is called", Question{Alerts: 100, Contacts: 4, Callers: one}, 0, 0, 0, 0},
	} {
		s, p := SimulateCalls(c.q), PaperCalls(c.q)
		if s.Number != c.number || p.Number != c.number {
			t.Errorf("%s: %d calls, on paper %d, want %d", c.name, s.Number, p.Number, c.number)
		}
		near(t, c.name+": last", seconds(s.Last), c.last, 0.02)
		near(t, c.name+": oldest", seconds(s.Oldest), c.oldest, 0.02)
		if c.q.Within == 0 {
			near(t, c.name+": last on paper", seconds(p.Last), c.last, 0.02)
		}
		if n := c.q.CallersNeeded(time.Minute); n != c.callers {
			t.Errorf("%s: %d numbers needed, want %d", c.name, n, c.callers)
		}
	}
	if c := SimulateCalls(Question{Alerts: 10, Contacts: 2, Called: 0.5}); c.Unreached != 10 {
		t.Errorf("without a number that calls: %+v", c)
	}
}

// TestCost counts all that a month holds, by hand.
func TestCost(t *testing.T) {
	q := Question{Alerts: 1, Contacts: 4, Mexico: 0.5, Segments: 1, Called: 0.25,
		Senders: append(senders(1, 1), gateway.Sender{Kind: gateway.ShortCode}), Callers: senders(1)}
	prices := Prices{SegmentUS: 0.01, SegmentMX: 0.1, SegmentIn: 0.005, LongCode: 1, ShortCode: 1000, Campaign: 10, CallUS: 0.02, CallMX: 0.2, CallIn: 0.03}
	month := Month{People: 1000, New: 20, Alerts: 10, Drills: 5, Calls: 7, FollowUps: 3, SignOfLife: 60 * 24 * time.Hour}
	b := Cost(q, month, prices)
	if got := Sum(b.Numbers); got != 2*1+1000+10 {
		t.Errorf("numbers %v: %g", b.Numbers, got)
	}
	by := map[string]float64{}
	for _, l := range b.Month {
		by[l.What] += l.Count
	}
	for what, want := range map[string]float64{
		// Four contacts get the notice and the end, half of them in Mexico; the person three, the desk three.
		"alerts, to the US": 40 + 60, "alerts, to Mexico": 40, "alerts, in": 10 * (2 + 1 + 4),
		"follow-ups, to the US": 60, "follow-ups, to Mexico": 60,
		"rehearsals, to the US": 20 + 10, "rehearsals, to Mexico": 20, "rehearsals, in": 5 * 5,
		// Half of 1000 people are asked in a month.
		"signs of life, to the US": 1000 + 500, "signs of life, to Mexico": 1000, "signs of life, in": 500 * 5,
		"newly registered, to the US": 140, "newly registered, in": 140,
		"contacts asked, to the US": 60, "contacts asked, to Mexico": 60, "contacts asked, in": 80,
		"minutes of calls, to the US": 5, "minutes of calls, to Mexico": 5, "minutes of calls, in": 21, "minutes of those put through": 21,
	} {
		if math.Abs(by[what]-want) > 1e-9 {
			t.Errorf("%s: %g, want %g", what, by[what], want)
		}
		delete(by, what)
	}
	for what, count := range by {
		t.Errorf("%s: %g, and was not expected", what, count)
	}
	if got, want := Sum(b.Once), 7000*0.015+3000*0.01+3000*0.1+4000*0.005; math.Abs(got-want) > 1e-9 {
		t.Errorf("once %v: %g, want %g", b.Once, got, want)
	}
	month.SignOfLife = 0
	for _, l := range Cost(q, month, prices).Month {
		if strings.HasPrefix(l.What, "signs of life") {
			t.Errorf("nobody is asked for a sign of life: %v", l)
		}
	}
}

func TestPrices(t *testing.T) {
	if p := DefaultPrices(); p.AsOf == "" || p.SegmentUS == 0 || p.CallMX == 0 || p.CallIn == 0 {
		t.Errorf("%+v", p)
	}
	p, err := ParsePrices([]byte(`{"call_mx": 0.2, "as_of": "today"}`))
	if want := DefaultPrices(); err != nil || p.CallMX != 0.2 || p.SegmentUS != want.SegmentUS || p.AsOf != "today" {
		t.Errorf("%+v, %v", p, err)
	}
	_, err = ParsePrices([]byte(`{"call_mx": -1, "segment": 2, "segment_us": "x", "campaign": -3}`))
	for _, want := range []string{"call_mx: want dollars", "segment: is not known", "segment_us: want a number", "campaign: want dollars"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in %v", want, err)
		}
	}
}
