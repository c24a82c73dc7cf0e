// Command understand runs labelled texts through the real service, that is SQLite,
// decisions and words, without a network, and prints what was right and wrong by
// context and label, and the dangerous kinds apart:
//
//	go run ./scripts/understand [-wrong] [-only CONTEXT] FILE.jsonl ...
//
// A line is judged by what can be seen from outside: the answer, who was texted,
// what ESTADO and an export would say. What each label wants is in the table's
// head (labels.go).
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

// line is a labelled text.
type line struct {
	Context string          `json:"context"`
	Text    string          `json:"text"`
	Label   string          `json:"label"`
	Value   json.RawMessage `json:"value"`
	Ask     bool            `json:"ask"`
}

func (l *line) labels() []string { return strings.Split(l.Label, "|") }

func main() {
	wrong := flag.Bool("wrong", false, "print the lines that are not right")
	only := flag.String("only", "", "lines of this context alone")
	flag.Parse()
	if err := run(os.Stdout, flag.Args(), *only, *wrong); err != nil {
		fmt.Fprintln(os.Stderr, "understand:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, files []string, only string, wrong bool) error {
	lines, err := read(files, only)
	if err != nil {
		return err
	}
	w, err := newWorld()
	if err != nil {
		return err
	}
	defer w.close()
	var s score
	for i := range lines {
		v, err := w.judge(&lines[i])
		if errors.Is(err, errNotRun) {
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %q: %w", lines[i].Context, lines[i].Text, err)
		}
		s.count(&lines[i], v)
		if wrong && !v.ok {
			fmt.Fprintf(out, "%-15s %-10s %-24s %s\n", lines[i].Context, lines[i].Label, v.seen, lines[i].Text)
		}
	}
	s.print(out)
	return nil
}

func read(files []string, only string) ([]line, error) {
	var lines []line
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		for sc, n := bufio.NewScanner(f), 1; sc.Scan(); n++ {
			var l line
			if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, n, err)
			}
			if only == "" || l.Context == only {
				lines = append(lines, l)
			}
		}
	}
	return lines, nil
}

// verdict is what became of a line.
type verdict struct {
	ok     bool
	seen   string // in words
	danger string // what harm it does; "" for none
}

// score counts verdicts.
type score struct {
	right, total map[string]int // by context and label
	dangers      map[string]int
}

func (s *score) count(l *line, v verdict) {
	if s.total == nil {
		s.right, s.total, s.dangers = map[string]int{}, map[string]int{}, map[string]int{}
	}
	label, _, _ := strings.Cut(l.Label, ":")
	key := fmt.Sprintf("%-15s %s", l.Context, label)
	s.total[key]++
	if v.ok {
		s.right[key]++
	}
	if v.danger != "" {
		s.dangers[v.danger]++
	}
}

func (s *score) print(out io.Writer) {
	fmt.Fprintln(out, "right  of    %")
	right, total := 0, 0
	for _, key := range slices.Sorted(maps.Keys(s.total)) {
		fmt.Fprintf(out, "%5d %4d %4d  %s\n", s.right[key], s.total[key], 100*s.right[key]/s.total[key], key)
		right, total = right+s.right[key], total+s.total[key]
	}
	fmt.Fprintf(out, "%5d %4d %4d  all\n", right, total, 100*right/max(1, total))
	fmt.Fprintln(out, "\ndangerous")
	for _, danger := range slices.Sorted(maps.Keys(s.dangers)) {
		fmt.Fprintf(out, "%5d  %s\n", s.dangers[danger], danger)
	}
}
