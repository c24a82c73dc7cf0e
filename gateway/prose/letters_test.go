package prose

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

func TestLetters(t *testing.T) {
	in, err := os.Open(os.Getenv("HELD"))
	if err != nil {
		t.Fatal(err)
	}
	var cry, other []int
	sc := bufio.NewScanner(in)
	for sc.Scan() {
		var r struct{ Context, Text, Label string }
		json.Unmarshal(sc.Bytes(), &r)
		if r.Context != "own_idle" {
			continue
		}
		x := Read(r.Text)
		g, _ := x.Cry()
		if m, _ := x.Machine(); m != "" {
			continue
		}
		s := x.looksLikeCry()
		if r.Label == "cry" {
			cry = append(cry, s)
			if g <= Unclear {
				fmt.Println("cry", g, s, r.Text)
			}
		} else {
			other = append(other, s)
			if g <= Unclear && s > 0 {
				fmt.Println(r.Label, g, s, r.Text)
			}
		}
	}
	for _, th := range []int{-200, -100, -50, 0, 50, 100, 200} {
		a, b := 0, 0
		for _, s := range cry {
			if s > th {
				a++
			}
		}
		for _, s := range other {
			if s > th {
				b++
			}
		}
		fmt.Println(th, a, len(cry), b, len(other))
	}
}
