package atlas_test

import (
	"strconv"
	"strings"
	"testing"

	"aviso/gateway/consulate"
	"aviso/gateway/web/console/atlas"
)

func TestStates(t *testing.T) {
	states, err := atlas.States()
	if err != nil {
		t.Fatal(err)
	}
	if len(states) != 52 {
		t.Errorf("%d outlines, want 50 states, DC and PR", len(states))
	}
	for _, s := range states {
		for _, ring := range rings(t, s) {
			for _, p := range ring {
				if p[0] < 0 || p[0] > atlas.Width || p[1] < 0 || p[1] > atlas.Height {
					t.Errorf("%s is drawn at %v, outside of the picture", s.Code, p)
				}
			}
		}
		if s.X < 0 || s.X > atlas.Width || s.Y < 0 || s.Y > atlas.Height {
			t.Errorf("the code of %s stands outside of the picture", s.Code)
		}
	}
}

// Outlines and places are of one projection: every consulate stands on its
// state, or within a few pixels of its coast.
func TestConsulatesStandOnTheirStates(t *testing.T) {
	table, err := consulate.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	states, err := atlas.States()
	if err != nil {
		t.Fatal(err)
	}
	outlines := map[string][][][2]float64{}
	for _, s := range states {
		outlines[s.Code] = rings(t, s)
	}
	for _, c := range table.All() {
		x, y := atlas.Place(c.State, c.Latitude, c.Longitude)
		if !near(outlines[c.State], float64(x), float64(y)) {
			t.Errorf("%s stands at %d %d, not on %s", c.ID, x, y, c.State)
		}
	}
}

// rings reads a path back.
func rings(t *testing.T, s atlas.State) [][][2]float64 {
	t.Helper()
	var list [][][2]float64
	for part := range strings.SplitSeq(strings.TrimSuffix(s.Path, "Z"), "Z") {
		var ring [][2]float64
		for point := range strings.SplitSeq(strings.TrimPrefix(part, "M"), "L") {
			first, second, _ := strings.Cut(point, " ")
			x, err := strconv.ParseFloat(first, 64)
			if err != nil {
				t.Fatalf("%s: %v", s.Code, err)
			}
			y, err := strconv.ParseFloat(second, 64)
			if err != nil {
				t.Fatalf("%s: %v", s.Code, err)
			}
			ring = append(ring, [2]float64{x, y})
		}
		if len(ring) < 3 {
			t.Errorf("%s has a ring of %d points", s.Code, len(ring))
		}
		list = append(list, ring)
	}
	return list
}

func near(outline [][][2]float64, x, y float64) bool {
	const coast = 4
	for _, d := range [][2]float64{{0, 0}, {coast, 0}, {-coast, 0}, {0, coast}, {0, -coast}} {
		for _, ring := range outline {
			if within(ring, x+d[0], y+d[1]) {
				return true
			}
		}
	}
	return false
}

// within counts how often a line to the left crosses the ring.
func within(ring [][2]float64, x, y float64) bool {
	in := false
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if (a[1] > y) != (b[1] > y) && x < (b[0]-a[0])*(y-a[1])/(b[1]-a[1])+a[0] {
			in = !in
		}
	}
	return in
}
