package prose

import (
	"bufio"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
)

var (
	show  = flag.String("show", "", "print the lines of this context that are read wrongly; all: of every context")
	label = flag.String("label", "", "with -show: only lines of this label")
	texts = flag.String("texts", "a,w,voices_tune,voices_more", "with -show: the files in scripts/understand/testdata to read")
)

// TestVoices reads the labelled texts, apart from those that are kept out of
// tuning, and holds each context but the steps of a registration, which gateway
// reads, to a share that is read rightly. What the gateway then does is measured by `make understand`.
// The floors are what tuning has reached, less a little.
func TestVoices(t *testing.T) {
	floors := map[Context]int{ // of a hundred
		OwnIdle: 85, OwnOpen: 88, OwnAsked: 88, ContactTold: 80, ContactInvited: 78, DeskTold: 85,
	}
	right, total := map[Context]int{}, map[Context]int{}
	for name := range strings.SplitSeq(*texts, ",") {
		f, err := os.Open("../../scripts/understand/testdata/" + name + ".jsonl")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for sc := bufio.NewScanner(f); sc.Scan(); {
			var r struct {
				Context     Context
				Text, Label string
			}
			if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
				t.Fatal(err)
			}
			m := Understand(r.Context, r.Text)
			total[r.Context]++
			if agrees(m, strings.Split(r.Label, "|")) {
				right[r.Context]++
			} else if (*show == "all" || *show == string(r.Context)) && (*label == "" || r.Label == *label) {
				t.Logf("%s %-9s got %-9s %-8s %-12s %s", r.Context, r.Label, m.Intent, m.Grade, m.Rule, r.Text)
			}
		}
	}
	for _, c := range Contexts() {
		if floors[c] == 0 || total[c] == 0 {
			continue
		}
		share := 100 * right[c] / total[c]
		t.Logf("%-16s %4d of %4d  %3d %%", c, right[c], total[c], share)
		if *show == "" && share < floors[c] {
			t.Errorf("%s: %d %% are read rightly, want %d", c, share, floors[c])
		}
	}
}

// agrees reports whether a meaning is one of the labels. A cry that is asked
// about is one, whatever its grade; a contact's news and confirmation count
// alike, and of what an invited contact says that is no answer no more is
// asked than that it is taken for none.
func agrees(m Meaning, labels []string) bool {
	intent := m.Intent
	if m.Grade > None && slices.Contains(labels, string(Cries)) && intent != "robot" {
		return true
	}
	for _, l := range labels {
		switch {
		case l == intent,
			l == "confirm" && intent == "news", l == "news" && intent == "confirm",
			l == "question" && (intent == "other" || intent == "unclear"), l == "unclear" && intent == "question", l == "other" && intent == "question",
			l == "borrowed", // the reading of number and PIN is the domain's
			l == "robot" && m.Grade == None && intent == "talk",
			l == "talk" && m.Grade == None && (strings.HasPrefix(intent, "info:") || intent == "robot"):
			return true
		}
	}
	return false
}
