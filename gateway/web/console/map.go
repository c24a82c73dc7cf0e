package console

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"aviso/gateway"
	"aviso/gateway/web/console/atlas"
	"aviso/store"
)

// Pictures are counts of which none singles out a person: fewer than
// picturesLeast are said as "fewer than". The programme's own admins see the
// numbers of their house as they are.
const (
	picturesLeast = 5
	picturesKept  = 5 * time.Second
)

// mapPage are pictures of where and how fast.
type mapPage struct {
	Width, Height int
	States        []stateCount
	Consulates    []placeCount // the busiest first
	Busy          bool         // an alert is open, or was raised within a day
	Bars          []bar
	Weeks         []weekBar
	Drilled       bool // there was a drill in these weeks
	Least         int
	Own           bool // the numbers are those of the house, as they are
}

// stateCount is a state on the map.
type stateCount struct {
	atlas.State
	Open, Day count
}

// placeCount is a consulate on the map, by the place of alerts: whom it is told
// of is another question.
type placeCount struct {
	Consulate string // id; "": places that are of none
	X, Y      int    // of its dot
	Open, Day count
}

// count is a number that may be too small to be said.
type count struct {
	n   int
	own bool // it is said to whoever answers for it
}

// String is "" for none, "<5" for a few.
func (c count) String() string {
	switch {
	case c.n == 0:
		return ""
	case c.n < picturesLeast && !c.own:
		return fmt.Sprintf("<%d", picturesLeast)
	}
	return fmt.Sprint(c.n)
}

// Some reports whether there is any.
func (c count) Some() bool { return c.n > 0 }

// Shade is how dark a tile is, from 0 to 4.
func (c count) Shade() int {
	switch {
	case c.n == 0:
		return 0
	case c.n < picturesLeast:
		return 1
	case c.n < 20:
		return 2
	case c.n < 100:
		return 3
	}
	return 4
}

// Or reports whether there is one of either.
func (c count) Or(d count) bool { return c.n > 0 || d.n > 0 }

// Radius is how large a dot is, in pixels: what is too small to be said looks
// the same.
func (c count) Radius() int { return 9 + 2*c.Shade() }

// bar is a column of a chart; its height is of 100.
type bar struct {
	Label  string
	N      count
	X      int
	Height int
}

type weekBar struct {
	Label                  string
	Told, Confirmed        count
	X, HeightTold, HeightC int
	Percent                string
}

func (c *Console) showMap(v *visit) error {
	own := v.agent.Role == gateway.RoleAdmin
	pictures, err := c.pictures.get(c.Clock(), picturesKept, func() (store.Pictures, error) { return c.Records.Pictures(v.ctx) })
	if err != nil {
		return err
	}
	directory, err := c.Records.Directory(v.ctx)
	if err != nil {
		return err
	}
	p := mapPage{
		Width: atlas.Width, Height: atlas.Height, Least: picturesLeast, Busy: len(pictures.Open)+len(pictures.Day) > 0,
		Bars: bars(pictures, own), Weeks: weeks(pictures.Drills, c.Clock().In(c.Rules.Centre()), own), Own: own, Drilled: len(pictures.Drills) > 0,
	}
	none := count{own: own}
	states := map[string]*stateCount{}
	for _, s := range c.states {
		states[s.Code] = &stateCount{State: s, Open: none, Day: none}
	}
	places := map[string]*placeCount{}
	for _, x := range directory.Consulates.All() {
		place := &placeCount{Consulate: x.ID, Open: none, Day: none}
		place.X, place.Y = atlas.Place(x.State, x.Latitude, x.Longitude)
		places[x.ID] = place
	}
	elsewhere, nowhere := &stateCount{}, &placeCount{Open: none, Day: none}
	add := func(zips []string, one func(*stateCount, *placeCount)) {
		for _, zip := range zips {
			found := directory.Consulates.Find(zip)
			one(cmp.Or(states[found.State], elsewhere), cmp.Or(places[found.ConsulateID()], nowhere))
		}
	}
	add(pictures.Open, func(s *stateCount, p *placeCount) { s.Open.n++; p.Open.n++ })
	add(pictures.Day, func(s *stateCount, p *placeCount) { s.Day.n++; p.Day.n++ })
	for _, s := range c.states {
		p.States = append(p.States, *states[s.Code])
	}
	for _, place := range places {
		p.Consulates = append(p.Consulates, *place)
	}
	p.Consulates = append(p.Consulates, *nowhere)
	slices.SortFunc(p.Consulates, func(a, b placeCount) int {
		return cmp.Or(cmp.Compare(b.Open.n, a.Open.n), cmp.Compare(b.Day.n, a.Day.n), cmp.Compare(a.Consulate, b.Consulate))
	})
	return c.in(v, "map", "map", p)
}

const barStep = 72

// bars are the times to the first confirmation of the last 30 days.
func bars(p store.Pictures, own bool) []bar {
	limits := []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}
	labels := []string{"< 1 min", "1-2 min", "2-5 min", "5-15 min", "15-60 min", "> 1 h", "-"}
	n := make([]int, len(labels))
	for _, took := range p.Confirmed {
		i, _ := slices.BinarySearch(limits, took+1)
		n[i]++
	}
	n[len(n)-1] = max(0, p.Month-len(p.Confirmed))
	most := max(1, slices.Max(n))
	list := make([]bar, len(n))
	for i := range n {
		list[i] = bar{Label: labels[i], N: count{n[i], own}, X: i * barStep, Height: coarse(n[i], most, own)}
	}
	return list
}

// coarse is a column's height of 100; one too small to be counted has the
// height of the largest that is.
func coarse(n, most int, own bool) int {
	if n > 0 && n < picturesLeast && !own {
		n = picturesLeast - 1
		most = max(most, n)
	}
	return n * 100 / most
}

// weeks are how many contacts were sent a PRUEBA, and answered it.
func weeks(drills []store.Drill, now time.Time, own bool) []weekBar {
	const count8 = 8
	told, confirmed := [count8]int{}, [count8]int{}
	for _, d := range drills {
		i := count8 - 1 - int(now.Sub(d.At)/(7*24*time.Hour))
		if i >= 0 && i < count8 {
			told[i] += d.Told
			confirmed[i] += d.Confirmed
		}
	}
	most := max(1, slices.Max(told[:]))
	list := make([]weekBar, count8)
	for i := range list {
		w := weekBar{
			Label: now.AddDate(0, 0, -7*(count8-1-i)).Format("01-02"), Told: count{told[i], own}, Confirmed: count{confirmed[i], own},
			X: i * barStep, HeightTold: coarse(told[i], most, own), HeightC: coarse(confirmed[i], most, own),
		}
		if told[i] >= picturesLeast || own && told[i] > 0 {
			w.Percent = fmt.Sprintf("%d %%", confirmed[i]*100/told[i])
		}
		list[i] = w
	}
	return list
}
