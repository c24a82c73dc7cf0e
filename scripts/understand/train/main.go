// Command train makes the weights of gateway/prose from labelled texts:
//
//	go run ./scripts/understand/train cry FILE.jsonl ... >gateway/prose/letters.bin
//	go run ./scripts/understand/train machine FILE.jsonl ... >gateway/prose/machine.bin
//
// It is a logistic regression over groups of letters. "cry": a text that cries
// for help against every other text of a phone with nothing open and nothing
// asked. "machine": what a machine sent against what people write, in every
// context. Lines that are both are left out. The same files give the same
// bytes on every machine: there is no randomness in it, and no sum whose order
// is left open.
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
	rounds  = 60
	buckets = 1 << 14
)

type line struct {
	letters []int
	is      bool // of the kind that is looked for
}

func main() {
	if len(os.Args) < 3 || os.Args[1] != "cry" && os.Args[1] != "machine" {
		fmt.Fprintln(os.Stderr, "usage: train cry|machine FILE.jsonl ...")
		os.Exit(2)
	}
	lines, err := read(os.Args[1], os.Args[2:])
	if err == nil {
		_, err = os.Stdout.Write(weights(lines))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func read(kind string, files []string) ([]line, error) {
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
			t := prose.Read(r.Text)
			switch {
			case kind == "machine":
				if is := r.Label == "robot"; is || !strings.Contains(r.Label, "robot") {
					lines = append(lines, line{t.Marks(), is})
				}
			case r.Context == "own_idle" || r.Context == "unknown_idle":
				if is := r.Label == "cry"; is || !strings.Contains(r.Label, "cry") {
					lines = append(lines, line{t.Letters(), is})
				}
			}
		}
	}
	return lines, nil
}

// weights are a signed byte a bucket, and one for the bias, which counts
// eightfold.
func weights(lines []line) []byte {
	w := make([]float64, buckets)
	bias := 0.0
	kind := 0
	for _, l := range lines {
		if l.is {
			kind++
		}
	}
	weigh := float64(len(lines)-kind) / float64(max(1, kind)) // both kinds weigh the same
	for round := range rounds {
		rate := 1 / (1 + float64(round)/5)
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
			if l.is {
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
