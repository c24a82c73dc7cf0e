package atlas

import (
	_ "embed"
	"fmt"
	"math"
	"strconv"
	"strings"
)

//go:embed states.tsv
var states string

// Width and Height are the picture's, in pixels.
const (
	Width  = 900
	Height = 560
)

// State is one state's outline.
type State struct {
	Code string // USPS, two letters
	Path string // of an SVG
	X, Y int    // where its code stands: beside it where it is too small to hold one
}

// scale is in pixels a radian.
const scale = 1160

// cone is a conic equal-area projection (Albers): a state looks as large as it
// is.
type cone struct {
	longitude, latitude float64 // of what stands at X, Y, in degrees
	south, north        float64 // the parallels that are true to scale
	enlarged            float64
	x, y                float64
}

// Where the lower 48 and the three insets stand.
var (
	lower      = cone{-96.6, 38.7, 29.5, 45.5, 1, 440, 265}
	alaska     = cone{-156, 58.5, 55, 65, .34, 128, 492}
	hawaii     = cone{-160, 19.9, 8, 18, 1, 240, 512}
	puertoRico = cone{-66.3, 18.2, 8, 18, 1.6, 842, 522}
)

// on is where a point of the globe is in the picture.
func (c cone) on(longitude, latitude float64) (x, y float64) {
	sin := func(degrees float64) float64 { return math.Sin(degrees * math.Pi / 180) }
	n := (sin(c.south) + sin(c.north)) / 2
	base := 1 - sin(c.south)*sin(c.south) + 2*n*sin(c.south)
	radius := func(latitude float64) float64 { return math.Sqrt(base-2*n*sin(latitude)) / n }
	turn := n * (longitude - c.longitude) * math.Pi / 180
	r, middle := radius(latitude), radius(c.latitude)
	return c.x + c.enlarged*scale*r*math.Sin(turn), c.y + c.enlarged*scale*(r*math.Cos(turn)-middle)
}

func coneOf(state string) cone {
	switch state {
	case "AK":
		return alaska
	case "HI":
		return hawaii
	case "PR":
		return puertoRico
	}
	return lower
}

// Place is where a place of a state is in the picture.
func Place(state string, latitude, longitude float64) (x, y int) {
	px, py := coneOf(state).on(longitude, latitude)
	return int(math.Round(px)), int(math.Round(py))
}

// beside says where the codes of small states stand: in the Atlantic.
var beside = map[string][2]int{
	"VT": {756, 78}, "NH": {778, 62}, "MA": {842, 152}, "RI": {838, 178}, "CT": {822, 196}, "NJ": {800, 232},
	"DE": {798, 254}, "MD": {794, 276}, "DC": {786, 298},
}

// nudged moves codes from the middle of a state's outline to where there is
// room for them, beside the consulates' dots.
var nudged = map[string][2]int{
	"AK": {0, -6}, "AR": {0, -8}, "AZ": {0, -12}, "CA": {-8, 6}, "CO": {-16, 12}, "FL": {25, 26}, "GA": {8, 8}, "HI": {-32, -24}, "ID": {0, 22},
	"IN": {0, -10}, "KY": {6, 2}, "LA": {-10, -4}, "MI": {2, 6}, "NC": {-26, 8}, "NM": {0, 14}, "OK": {20, -4}, "PR": {0, -16}, "WA": {14, 8}, "WV": {-4, 4},
}

// States are the outlines, by code.
func States() ([]State, error) {
	var list []State
	for line := range strings.Lines(states) {
		code, rings, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || len(code) != 2 {
			return nil, fmt.Errorf("read outlines: a line is none of a state: %.20q", line)
		}
		s, err := outline(code, rings)
		if err != nil {
			return nil, fmt.Errorf("read outline of %s: %w", code, err)
		}
		list = append(list, s)
	}
	return list, nil
}

// outline draws one state. Its code stands in the middle of its largest ring.
func outline(code, rings string) (State, error) {
	s := State{Code: code}
	on := coneOf(code)
	var path strings.Builder
	largest := 0.0
	for ring := range strings.SplitSeq(rings, ";") {
		var xs, ys []float64
		for point := range strings.SplitSeq(ring, ",") {
			first, second, _ := strings.Cut(point, " ")
			longitude, err := strconv.ParseFloat(first, 64)
			if err != nil {
				return s, err
			}
			latitude, err := strconv.ParseFloat(second, 64)
			if err != nil {
				return s, err
			}
			x, y := on.on(longitude, latitude)
			xs, ys = append(xs, x), append(ys, y)
			command := "L"
			if len(xs) == 1 {
				command = "M"
			}
			fmt.Fprintf(&path, "%s%.1f %.1f", command, x, y)
		}
		path.WriteString("Z")
		if area, x, y := middle(xs, ys); area > largest {
			largest, s.X, s.Y = area, int(x), int(y)
		}
	}
	s.Path = path.String()
	s.X, s.Y = s.X+nudged[code][0], s.Y+nudged[code][1]
	if at, small := beside[code]; small {
		s.X, s.Y = at[0], at[1]
	}
	return s, nil
}

// middle is a ring's area and centre of gravity.
func middle(xs, ys []float64) (area, x, y float64) {
	for i := range xs {
		j := (i + 1) % len(xs)
		cross := xs[i]*ys[j] - xs[j]*ys[i]
		area += cross
		x += (xs[i] + xs[j]) * cross
		y += (ys[i] + ys[j]) * cross
	}
	if area == 0 {
		return 0, 0, 0
	}
	return math.Abs(area) / 2, x / (3 * area), y / (3 * area)
}
