package keyword

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden file anew")

// The golden file holds, for each kind of sender, what the lint says of the
// built-in words and of words that an operator might unwisely add.
func TestLint(t *testing.T) {
	unwise := map[Intent][]string{
		Cancel:  {"CANCELAR", "Cancel", "end", "CANCELA", "CANCEL ALERT", "finish"},
		Raise:   {"ALERTA", "stop!", "Start"},
		Help:    {"AYUDA", "INFO"},
		Drill:   {"info", "STARE"},
		Arrived: {"QUIT", "QUITE"},
		Yes:     {"YES", "SI", "UNSTOP"},
		Stop:    {"STOP", "CANCEL", "BASTA", "YES"},
	}
	var b strings.Builder
	for _, kind := range SenderKinds() {
		fmt.Fprintf(&b, "%s, built-in words\n", kind)
		report(&b, Lint(Builtin(), kind))
		fmt.Fprintf(&b, "%s, unwise words\n", kind)
		report(&b, Lint(unwise, kind))
	}
	golden := filepath.Join("testdata", "lint.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the lint says\n%s\nwant\n%s", b.String(), want)
	}
}

func report(b *strings.Builder, found []Collision) {
	for _, c := range found {
		fmt.Fprintf(b, "  %-14s %-12s %-8s carrier: %s, %s; fails: %v\n", c.Problem, c.Word, c.Intent, c.Carrier, c.Effect, c.Fails())
	}
}

// The words that we ship must pass for every kind of sender.
func TestBuiltinPasses(t *testing.T) {
	for _, kind := range SenderKinds() {
		for _, c := range Lint(Builtin(), kind) {
			if c.Fails() {
				t.Errorf("%+v", c)
			}
		}
	}
}

// What a carrier takes for an opt-out or a call for help, we take for the same.
func TestCarriersAndWeAgree(t *testing.T) {
	for _, kind := range SenderKinds() {
		for _, c := range carrierWords(kind) {
			if got := Parse(c.word).Intent; c.effect != Start && got != c.effect {
				t.Errorf("%s is %s to a carrier and %s to us", c.word, c.effect, got)
			}
		}
	}
}
