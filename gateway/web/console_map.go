package web

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"aviso/store"
)

// Pictures are counts of which none singles out a person: fewer than
// picturesLeast are said as "fewer than".
const (
	picturesLeast = 5
	picturesKept  = 5 * time.Second
)

// mapPage are pictures of where and how fast.
type mapPage struct {
	Tiles      []tile
	Consulates []placeCount
	Bars       []bar
	Weeks      []weekBar
	Month      string
	Least      int
}

// tile is a state on a map of squares, one square a state.
type tile struct {
	State     string
	X, Y      int // of its corner, in pixels
	Open, Day count
}

// count is a number that may be too small to be said.
type count int

// String is "" for none, "<5" for a few.
func (c count) String() string {
	switch {
	case c == 0:
		return ""
	case c < picturesLeast:
		return fmt.Sprintf("<%d", picturesLeast)
	}
	return fmt.Sprint(int(c))
}

// Shade is how dark a tile is, from 0 to 4.
func (c count) Shade() int {
	switch {
	case c == 0:
		return 0
	case c < picturesLeast:
		return 1
	case c < 20:
		return 2
	case c < 100:
		return 3
	}
	return 4
}

type placeCount struct {
	Consulate string
	Open, Day count
}

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

const (
	tileSize = 56
	tileStep = 60
)

// tiles says where each state stands: column and row, roughly as on a map.
var tiles = map[string][2]int{
	"AK": {0, 0}, "ME": {11, 0},
	"VT": {10, 1}, "NH": {11, 1},
	"WA": {1, 2}, "ID": {2, 2}, "MT": {3, 2}, "ND": {4, 2}, "MN": {5, 2}, "IL": {6, 2}, "WI": {7, 2}, "MI": {8, 2}, "NY": {9, 2}, "RI": {10, 2}, "MA": {11, 2},
	"OR": {1, 3}, "NV": {2, 3}, "WY": {3, 3}, "SD": {4, 3}, "IA": {5, 3}, "IN": {6, 3}, "OH": {7, 3}, "PA": {8, 3}, "NJ": {9, 3}, "CT": {10, 3},
	"CA": {1, 4}, "UT": {2, 4}, "CO": {3, 4}, "NE": {4, 4}, "MO": {5, 4}, "KY": {6, 4}, "WV": {7, 4}, "VA": {8, 4}, "MD": {9, 4}, "DE": {10, 4},
	"AZ": {2, 5}, "NM": {3, 5}, "KS": {4, 5}, "AR": {5, 5}, "TN": {6, 5}, "NC": {7, 5}, "SC": {8, 5}, "DC": {9, 5},
	"OK": {4, 6}, "LA": {5, 6}, "MS": {6, 6}, "AL": {7, 6}, "GA": {8, 6},
	"HI": {0, 7}, "TX": {4, 7}, "FL": {9, 7}, "PR": {11, 7},
}

func (c *Console) showMap(v *visit) error {
	pictures, err := c.pictures.get(c.Clock(), picturesKept, func() (store.Pictures, error) { return c.Records.Pictures(v.ctx) })
	if err != nil {
		return err
	}
	directory, err := c.Records.Directory(v.ctx)
	if err != nil {
		return err
	}
	states := map[string]*tile{}
	for state, at := range tiles {
		states[state] = &tile{State: state, X: at[0] * tileStep, Y: at[1] * tileStep}
	}
	places := map[string]*placeCount{}
	add := func(list []store.Where, to func(*tile, *placeCount)) {
		for _, w := range list {
			t := &tile{}
			if found := states[directory.Consulates.Find(w.ZIP).State]; found != nil {
				t = found
			}
			id := w.Consulate
			if places[id] == nil {
				places[id] = &placeCount{Consulate: id}
			}
			to(t, places[id])
		}
	}
	add(pictures.Open, func(t *tile, p *placeCount) { t.Open++; p.Open++ })
	add(pictures.Day, func(t *tile, p *placeCount) { t.Day++; p.Day++ })
	page := mapPage{Bars: bars(pictures), Weeks: weeks(pictures.Drills, c.Clock()), Month: count(pictures.Month).String(), Least: picturesLeast}
	for _, t := range states {
		page.Tiles = append(page.Tiles, *t)
	}
	slices.SortFunc(page.Tiles, func(a, b tile) int { return cmp.Or(cmp.Compare(a.Y, b.Y), cmp.Compare(a.X, b.X)) })
	for _, p := range places {
		page.Consulates = append(page.Consulates, *p)
	}
	slices.SortFunc(page.Consulates, func(a, b placeCount) int {
		return cmp.Or(cmp.Compare(b.Open, a.Open), cmp.Compare(b.Day, a.Day), cmp.Compare(a.Consulate, b.Consulate))
	})
	return c.in(v, "map", "map", page)
}

const barStep = 72

// bars are the times to the first confirmation of the last 30 days.
func bars(p store.Pictures) []bar {
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
		list[i] = bar{Label: labels[i], N: count(n[i]), X: i * barStep, Height: coarse(n[i], most)}
	}
	return list
}

// coarse is a column's height of 100; one too small to be counted has the
// height of the largest that is.
func coarse(n, most int) int {
	if n > 0 && n < picturesLeast {
		n = picturesLeast - 1
		most = max(most, n)
	}
	return n * 100 / most
}

// weeks are how many contacts were sent a PRUEBA, and answered it.
func weeks(drills []store.Drill, now time.Time) []weekBar {
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
			Label: now.AddDate(0, 0, -7*(count8-1-i)).UTC().Format("01-02"), Told: count(told[i]), Confirmed: count(confirmed[i]),
			X: i * barStep, HeightTold: coarse(told[i], most), HeightC: coarse(confirmed[i], most),
		}
		if told[i] >= picturesLeast {
			w.Percent = fmt.Sprintf("%d %%", confirmed[i]*100/told[i])
		}
		list[i] = w
	}
	return list
}
