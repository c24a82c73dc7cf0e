package gateway_test

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"aviso/gateway"
	"aviso/gateway/consulate"
	"aviso/gateway/numbering"
	"aviso/gateway/prose"
)

// TestSteps reads the labelled texts of a registration, apart from those that are
// kept out of tuning, and holds each step to a share that is read rightly. The
// floors are what tuning has reached, less a little; consents are read by
// keyword.ReadReply, which takes only what is clear.
func TestSteps(t *testing.T) {
	floors := map[prose.Context]int{ // of a hundred
		prose.RegName: 93, prose.RegZIP: 93, prose.RegContact: 93, prose.RegNext: 93, prose.RegPIN: 93, prose.RegConsent: 65,
	}
	zips, err := consulate.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	numbers, err := numbering.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	known := gateway.NewDirectory(zips, numbers, nil)
	right, total := map[prose.Context]int{}, map[prose.Context]int{}
	for _, name := range []string{"a", "voices_tune", "voices_more"} {
		f, err := os.Open("../scripts/understand/testdata/" + name + ".jsonl")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for sc := bufio.NewScanner(f); sc.Scan(); {
			var l struct {
				Context     prose.Context
				Text, Label string
			}
			if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
				t.Fatal(err)
			}
			if floors[l.Context] == 0 {
				continue
			}
			total[l.Context]++
			intent := gateway.Understand(l.Context, l.Text, known).Intent
			labels := strings.Split(l.Label, "|")
			asked := slices.Contains([]string{"unclear", "question"}, intent) && (slices.Contains(labels, "question") || slices.Contains(labels, "unclear"))
			if slices.Contains(labels, intent) || asked {
				right[l.Context]++
			} else {
				t.Logf("%s %-9s got %-9s %s", l.Context, l.Label, intent, l.Text)
			}
		}
	}
	for c, floor := range floors {
		share := 100 * right[c] / max(1, total[c])
		t.Logf("%-16s %4d of %4d  %3d %%", c, right[c], total[c], share)
		if share < floor {
			t.Errorf("%s: %d %% are read rightly, want %d", c, share, floor)
		}
	}
}
