package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"math"
	"os"
	"strings"
)

// The chart has one line a figure. All share one scale: a line's length is how
// far the figure is, logarithmically, on its way from what is good to what is
// excellent, whichever direction is the better one.
const (
	chartWidth  = 860
	lineHeight  = 34
	chartTop    = 74
	barFrom     = 330
	barTo       = 740
	atReach     = 0.45 // of the bar's length
	atExcellent = 0.8
)

// chart draws the figures as SVG that can be read on light and on dark.
func chart(r report) string {
	var s strings.Builder
	height := chartTop + lineHeight*len(table) + 44
	fmt.Fprintf(&s, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="Measured figures beside what is good and what is excellent">`+"\n", chartWidth, height)
	s.WriteString(chartStyle)
	fmt.Fprintf(&s, `<text class="title" x="16" y="28">Measured on %s</text>`+"\n", html.EscapeString(place(r.Machine)))
	x := func(share float64) float64 { return barFrom + share*(barTo-barFrom) }
	for _, mark := range []struct {
		at   float64
		name string
	}{{atReach, "good"}, {atExcellent, "excellent"}} {
		fmt.Fprintf(&s, `<text class="mark" x="%.1f" y="56" text-anchor="middle">%s</text><line class="mark" x1="%.1f" y1="64" x2="%.1f" y2="%d"/>`+"\n",
			x(mark.at), mark.name, x(mark.at), x(mark.at), height-44)
	}
	for i, row := range table {
		y := chartTop + lineHeight*i
		fmt.Fprintf(&s, `<text x="16" y="%d">%s</text><rect class="track" x="%d" y="%d" width="%d" height="10" rx="5"/>`,
			y+20, html.EscapeString(row.label), barFrom, y+11, barTo-barFrom)
		if v, ok := r.Figures[row.name]; ok {
			fmt.Fprintf(&s, `<rect class="%s" x="%d" y="%d" width="%.1f" height="10" rx="5"/><text class="value" x="%d" y="%d">%s</text>`,
				row.verdict(v), barFrom, y+11, row.share(v)*(barTo-barFrom), barTo+16, y+20, html.EscapeString(strings.TrimSpace(show(v)+" "+row.unit)))
		}
		s.WriteString("\n")
	}
	fmt.Fprintf(&s, `<text class="mark" x="16" y="%d">A longer bar is better, on every line. make bench measures anew.</text>`+"\n</svg>\n", height-16)
	return s.String()
}

// place is a machine's description without the version of the compiler.
func place(machine string) string {
	if i := strings.Index(machine, ", go"); i > 0 {
		return machine[:i]
	}
	return machine
}

// share is the length of a figure's bar, from nearly nothing to 1.
func (f figure) share(v float64) float64 {
	if v <= 0 {
		return 1
	}
	way := (math.Log(v) - math.Log(f.reach)) / (math.Log(f.excellent) - math.Log(f.reach))
	return min(max(atReach+way*(atExcellent-atReach), 0.02), 1)
}

// chartStyle follows the reader's choice of light or dark; the colours of bars
// and text keep their contrast on either.
const chartStyle = `<style>
text{font:14px system-ui,sans-serif;fill:#1f2328}
.title{font-weight:600}.mark{fill:#59636e;font-size:12px}
line.mark{stroke:#59636e;stroke-dasharray:3 3}
.track{fill:#d1d9e0}.excellent{fill:#1a7f37}.reached{fill:#0969da}.missed{fill:#bc4c00}
@media (prefers-color-scheme:dark){
text{fill:#f0f6fc}.mark{fill:#9198a1}line.mark{stroke:#9198a1}
.track{fill:#3d444d}.excellent{fill:#3fb950}.reached{fill:#4493f8}.missed{fill:#f0883e}}
</style>
`

// drawOnly makes the chart of a run that was written before.
func drawOnly(from, to string) error {
	if to == "" {
		return errors.New("-draw needs -chart")
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	var r report
	if err := json.Unmarshal(data, &r); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	return os.WriteFile(to, []byte(chart(r)), 0o644)
}
