package main

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"os"
	"testing"
	"time"
)

// What is animated is what was seen: frames are drawn over each other, one that
// changes nothing lasts longer, and colours are kept.
func TestAnimate(t *testing.T) {
	paint := func(square image.Rectangle) image.Image {
		m := image.NewRGBA(image.Rect(0, 0, 40, 30))
		draw.Draw(m, m.Bounds(), image.NewUniform(color.RGBA{0xf8, 0xf0, 0xe0, 0xff}), image.Point{}, draw.Src)
		draw.Draw(m, square, image.NewUniform(color.RGBA{0x88, 0x28, 0x18, 0xff}), image.Point{}, draw.Src)
		return m
	}
	first, second := paint(image.Rect(2, 3, 9, 9)), paint(image.Rect(20, 20, 24, 29))
	data, err := animate([]frame{{first, time.Second}, {first, 500 * time.Millisecond}, {second, 2 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	g, err := gif.DecodeAll(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Image) != 2 || g.Delay[0] != 150 || g.Delay[1] != 200 {
		t.Fatalf("%d frames, of %v", len(g.Image), g.Delay)
	}
	if want := image.Rect(2, 3, 24, 29); g.Image[1].Bounds() != want {
		t.Errorf("the second frame holds %v, want %v", g.Image[1].Bounds(), want)
	}
	shown := image.NewRGBA(first.Bounds())
	for i, want := range []image.Image{first, second} {
		draw.Draw(shown, g.Image[i].Bounds(), g.Image[i], g.Image[i].Bounds().Min, draw.Over)
		for y := range 30 {
			for x := range 40 {
				r1, g1, b1, _ := want.At(x, y).RGBA()
				r2, g2, b2, _ := shown.At(x, y).RGBA()
				if r1>>11 != r2>>11 || g1>>11 != g2>>11 || b1>>11 != b2>>11 {
					t.Fatalf("frame %d at %d, %d: %v, want %v", i, x, y, shown.At(x, y), want.At(x, y))
				}
			}
		}
	}
}

// The README's pictures are there, move, and are small enough to be loaded at once.
func TestPicturesOfTheREADME(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"demo.gif", "console.png"} {
		data, err := os.ReadFile("../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(readme, []byte("scripts/docs/"+name)) {
			t.Errorf("the README does not show %s", name)
		}
		if len(data) > gifMost {
			t.Errorf("%s has %d bytes", name, len(data))
		}
		shown, _, err := image.DecodeConfig(bytes.NewReader(data))
		if err != nil || shown.Width < 800 {
			t.Errorf("%s is %d pixels wide, %v", name, shown.Width, err)
		}
	}
	data, err := os.ReadFile("../docs/demo.gif")
	if err != nil {
		t.Fatal(err)
	}
	g, err := gif.DecodeAll(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	lasts := 0
	for _, d := range g.Delay {
		lasts += d
	}
	if len(g.Image) < 10 || lasts > 6000 || g.LoopCount != 0 {
		t.Errorf("%d frames in %d hundredths of a second, loop %d", len(g.Image), lasts, g.LoopCount)
	}
}
