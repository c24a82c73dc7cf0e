package plan

import (
	"math"
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

func TestCost(t *testing.T) {
	q := Question{Alerts: 1, Contacts: 4, Mexico: 0.5, Segments: 1, Senders: append(senders(1, 1), gateway.Sender{Kind: gateway.ShortCode})}
	b := Cost(q, Month{People: 1000, Alerts: 10, Drills: 0}, Prices{SegmentUS: 0.01, SegmentMX: 0.1, SegmentIn: 0.005, LongCode: 1, ShortCode: 1000, Campaign: 10})
	if got := Sum(b.Numbers); got != 2*1+1000+10 {
		t.Errorf("numbers %v: %g", b.Numbers, got)
	}
	// 10 alerts x 4 contacts x (notice + end) = 80, half of them to Mexico; 3 to each person; 2 and 4 come in.
	if got, want := Sum(b.Messages), (40+30)*0.01+40*0.1+60*0.005; math.Abs(got-want) > 1e-9 {
		t.Errorf("messages %v: %g, want %g", b.Messages, got, want)
	}
	if got, want := Sum(b.Once), 2000*0.01+2000*0.1+4000*0.005; math.Abs(got-want) > 1e-9 {
		t.Errorf("once %v: %g, want %g", b.Once, got, want)
	}
}
