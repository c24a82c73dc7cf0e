package prose

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"
)

func TestCorpus(t *testing.T) {
	files := strings.Fields(os.Getenv("CORPUS"))
	total, right := map[string]int{}, map[string]int{}
	for _, f := range files {
		in, err := os.Open(f)
		if err != nil {
			t.Fatal(err)
		}
		sc := bufio.NewScanner(in)
		for sc.Scan() {
			var r struct{ Context, Text, Label string }
			if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
				t.Fatal(err)
			}
			if c := os.Getenv("CTX"); c != "" && c != r.Context {
				continue
			}
			x := Read(r.Text)
			g, rule := judge(r.Context, &x)
			if g == "" {
				continue
			}
			labels := strings.Split(r.Label, "|")
			if slices.Contains(labels, "robot") && slices.Contains(labels, "talk") {
				labels = append(labels, "info")
			}
			key := r.Context + " " + r.Label
			total[key]++
			if slices.Contains(labels, g) || slices.Contains(labels, "info") && strings.HasPrefix(g, "info") || g == "asked" && slices.Contains(labels, "cry") {
				right[key]++
			} else if os.Getenv("SHOW") == "" || strings.HasPrefix(r.Label, os.Getenv("SHOW")) {
				fmt.Printf("%-16s %-10s got %-8s %-12s %s\n", r.Context, r.Label, g, rule, r.Text)
			}
		}
	}
	var keys []string
	for k := range total {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		fmt.Printf("%4d of %4d  %s\n", right[k], total[k], k)
	}
}

func judge(context string, t *Text) (string, string) {
	m := Understand(Context(context), t.raw)
	if m.Intent == "talk" && m.Grade == Unclear || m.Intent == "cry" && m.Grade == Possible || m.Intent == "robot" && m.Grade == Possible {
		return "asked", m.Rule
	}
	return m.Intent, m.Rule
}
