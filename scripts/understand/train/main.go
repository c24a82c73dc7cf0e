// Train makes the weights of gateway/prose/letters.bin from labelled texts:
//
//	go run ./scripts/understand/train FILE.jsonl ... >gateway/prose/letters.bin
//
// It is a logistic regression over groups of letters: a text that cries for
// help against every other text of a phone with nothing open and nothing
// asked. Lines that are both are left out. The same files give the same bytes
// on every machine: there is no randomness in it, and no sum whose order is
// left open.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"

	"aviso/gateway/prose"
)

const (
	rounds  = 30
	buckets = 1 << 13
)

type line struct {
	letters []int
	cry     bool
}

func main() {
	lines, err := read(os.Args[1:])
	if err == nil {
		_, err = os.Stdout.Write(weights(lines))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func read(files []string) ([]line, error) {
	var lines []line
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		for sc := bufio.NewScanner(f); sc.Scan(); {
			var r struct{ Context, Text, Label string }
			if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			cry := r.Label == "cry"
			if r.Context != "own_idle" && r.Context != "unknown_idle" || !cry && strings.Contains(r.Label, "cry") {
				continue
			}
			t := prose.Read(r.Text)
			lines = append(lines, line{t.Letters(), cry})
		}
	}
	return lines, nil
}

// weights are a signed byte a bucket, and one for the bias, which counts
// eightfold.
func weights(lines []line) []byte {
	w := make([]float64, buckets)
	bias := 0.0
	cries := 0
	for _, l := range lines {
		if l.cry {
			cries++
		}
	}
	weigh := float64(len(lines)-cries) / float64(max(1, cries)) // both kinds weigh the same
	for round := range rounds {
		rate := 0.3 / (1 + float64(round)/5)
		for i := range lines {
			l := &lines[(i*7919+round*31)%len(lines)]
			if len(l.letters) == 0 {
				continue
			}
			sum := bias
			scale := 1 / math.Sqrt(float64(len(l.letters)))
			for _, b := range l.letters {
				sum += w[b] * scale
			}
			miss := -1 / (1 + math.Exp(-sum))
			if l.cry {
				miss = (1 + miss) * weigh
			}
			for _, b := range l.letters {
				w[b] += rate * (miss*scale - 0.002*w[b])
			}
			bias += rate * miss * 0.1
		}
	}
	most := 0.0
	for _, x := range w {
		most = max(most, math.Abs(x))
	}
	out := make([]byte, buckets+1)
	for i, x := range w {
		out[i] = byte(int8(math.Round(x / most * 127)))
	}
	out[buckets] = byte(int8(max(-127, min(127, math.Round(bias/most*127/8)))))
	return out
}
