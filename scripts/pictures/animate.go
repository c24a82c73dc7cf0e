package main

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"maps"
	"slices"
	"time"
)

// animate makes a GIF of frames: one palette for all, and of each frame only what
// has changed since the one before.
func animate(frames []frame) ([]byte, error) {
	pictures := make([]*image.RGBA, len(frames))
	for i, f := range frames {
		pictures[i] = image.NewRGBA(f.image.Bounds())
		draw.Draw(pictures[i], pictures[i].Bounds(), f.image, f.image.Bounds().Min, draw.Src)
	}
	colours := palette(pictures)
	var g gif.GIF
	known := map[color.RGBA]uint8{}
	var before []uint8
	for i, picture := range pictures {
		now := indexed(picture, colours, known)
		delay := int(frames[i].lasts / (10 * time.Millisecond))
		changed := changes(before, now, picture.Bounds())
		if changed.Empty() && i > 0 { // the one before is shown for longer
			g.Delay[len(g.Delay)-1] += delay
			continue
		}
		part := image.NewPaletted(changed, colours)
		for y := changed.Min.Y; y < changed.Max.Y; y++ {
			for x := changed.Min.X; x < changed.Max.X; x++ {
				at := y*picture.Bounds().Dx() + x
				if before == nil || before[at] != now[at] {
					part.SetColorIndex(x, y, now[at])
				} // else it stays 0, which lets the frame before shine through
			}
		}
		g.Image, g.Delay, g.Disposal = append(g.Image, part), append(g.Delay, delay), append(g.Disposal, gif.DisposalNone)
		before = now
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &g); err != nil {
		return nil, fmt.Errorf("write the animation: %w", err)
	}
	return b.Bytes(), nil
}

// near is how much of a colour counts for the palette: the upper five bits of each
// part, so that shades of a gradient are one.
const near = 0xf8

// palette are the 255 commonest colours of all frames, behind the transparent one.
func palette(frames []*image.RGBA) color.Palette {
	count := map[color.RGBA]int{}
	for _, f := range frames {
		for i := 0; i < len(f.Pix); i += 4 {
			count[color.RGBA{f.Pix[i] & near, f.Pix[i+1] & near, f.Pix[i+2] & near, 0xff}]++
		}
	}
	all := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(shade(a), shade(b)))
	})
	p := color.Palette{color.RGBA{}}
	for _, c := range all[:min(len(all), 255)] {
		p = append(p, color.RGBA{c.R | c.R>>5, c.G | c.G>>5, c.B | c.B>>5, 0xff})
	}
	return p
}

func shade(c color.RGBA) uint32 { return uint32(c.R)<<16 | uint32(c.G)<<8 | uint32(c.B) }

// indexed is a picture in the palette's colours. known remembers the nearest.
func indexed(picture *image.RGBA, colours color.Palette, known map[color.RGBA]uint8) []uint8 {
	out := make([]uint8, len(picture.Pix)/4)
	for i := range out {
		c := color.RGBA{picture.Pix[4*i], picture.Pix[4*i+1], picture.Pix[4*i+2], 0xff}
		index, ok := known[c]
		if !ok {
			index = 1 + uint8(colours[1:].Index(c))
			known[c] = index
		}
		out[i] = index
	}
	return out
}

// changes is the smallest rectangle that holds what two pictures differ in.
func changes(before, now []uint8, bounds image.Rectangle) image.Rectangle {
	if before == nil {
		return bounds
	}
	var changed image.Rectangle
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			if at := y*bounds.Dx() + x; before[at] != now[at] {
				changed = changed.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return changed
}
