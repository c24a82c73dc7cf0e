package twilio

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"aviso/gateway"
)

// scripts/docs/errors.md tells operators of every code and family what the code
// does.
func TestErrorsAreInTheDocs(t *testing.T) {
	page, err := os.ReadFile("../../../scripts/docs/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	want := func(line string) {
		if lines++; !strings.Contains(string(page), "\n"+line+"\n") {
			t.Errorf("scripts/docs/errors.md has no line\n%s", line)
		}
	}
	for _, row := range Table() {
		want(fmt.Sprintf("| %s | %s | %s |", strings.Join(row.Codes, ", "), row.Means, follows(row.Policy)))
	}
	for _, f := range families() {
		want(fmt.Sprintf("| %d to %d | %s | %s |", f.from, f.to, f.means, follows(f.policy)))
	}
	if rows := strings.Count(string(page), "\n| 1") + strings.Count(string(page), "\n| 2") + strings.Count(string(page), "\n| 3") + strings.Count(string(page), "\n| 6") + strings.Count(string(page), "\n| 9") + strings.Count(string(page), "\n| call-"); rows != lines {
		t.Errorf("scripts/docs/errors.md has %d lines about codes, the table %d", rows, lines)
	}
	for _, c := range []gateway.Class{
		gateway.ClassRetry, gateway.ClassOnce, gateway.ClassElsewhere, gateway.ClassOperator, gateway.ClassUnreached,
		gateway.ClassAccount, gateway.ClassCall, gateway.ClassWords, gateway.ClassNever,
	} {
		if line := fmt.Sprintf("\n| `%s` | %s |\n", c, follows(c.Failure())); !strings.Contains(string(page), line) {
			t.Errorf("scripts/docs/errors.md does not explain%s", line)
		}
	}
}

// follows says what a policy does, as the page does.
func follows(f gateway.Failure) string {
	var does []string
	add := func(is bool, what string) {
		if is {
			does = append(does, what)
		}
	}
	waits := ""
	for _, w := range f.Waits {
		if w > 0 {
			waits += ", " + w.String()
		}
	}
	add(f.Remedy == gateway.Retry && waits == "", "tried again, ever more slowly")
	add(waits != "", "tried again after "+strings.TrimPrefix(waits, ", "))
	remedies := map[gateway.Remedy]string{gateway.Elsewhere: "another sender", gateway.Call: "a call"}
	add(f.Remedy == gateway.Elsewhere, "another sender at once")
	add(f.Then != 0 && f.Then != f.Remedy, "then "+remedies[f.Then])
	add(f.Short != 0, "from a short code another sender at once")
	add(f.Remedy == gateway.Call, "a call at once")
	add(f.AlsoCall, "a call at once beside it")
	add(f.Filtered && f.Remedy == gateway.Elsewhere, "never the same text from that sender")
	add(f.Unreached, "that sender is left alone in that country for an hour")
	add(f.Outage, "the account stands behind others")
	add(f.Remedy == gateway.Never && !f.OptedOut && !f.Invalid, "no more to this number")
	add(f.Invalid, "no more to this number: its owner is told")
	add(f.OptedOut, "neither text nor call: an agent, and the owner is told")
	add(f.Unassigned, "the number is doubted")
	add(f.Alarm, "alarm")
	return strings.Join(does, "; ")
}
