package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aviso/gateway/plan"
)

func TestPlan(t *testing.T) {
	var out, errs bytes.Buffer
	args := []string{"plan", "--people=300000", "--sms-from=+15550001111,+15550002222,78910", "--sms-rate=100"}
	if status := run(t.Context(), args, nil, strings.NewReader(""), &out, &errs); status != exitDone {
		t.Fatalf("exit %d: %s", status, errs.String())
	}
	for _, want := range []string{"1500 alerts at once: 6000 notices of 1 segment", "25 long codes", "9 toll-frees", "1 short code (100 a second, US only)",
		"arithmetic, at best", "simulated", "check the current prices", "contacts asked, to Mexico", "signs of life, to Mexico", "follow-ups, to the US",
		"30 % of the relatives (1800) confirm no text and are called, 4m0s after their alert", "30 numbers at 1 call a second", "minutes of calls, to Mexico", "/readyz"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestPlanNamesEveryProblem(t *testing.T) {
	var out, errs bytes.Buffer
	args := []string{"plan", "--contacts=0", "--segments=11", "--mexico=101", "--goal=0s", "--sms-from=x", "--price-us=-1"}
	if status := run(t.Context(), args, nil, strings.NewReader(""), &out, &errs); status != exitUsage {
		t.Errorf("exit %d", status)
	}
	for _, want := range []string{"--contacts", "--segments", "--mexico", "--goal", "--sms-from", "--price-us"} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("%s is not named in\n%s", want, errs.String())
		}
	}
}

// TestPlanWithPrices: the file's prices count, the flags' before them, and what is
// printed is a file again.
func TestPlanWithPrices(t *testing.T) {
	file := filepath.Join(t.TempDir(), "prices.json")
	if err := os.WriteFile(file, []byte(`{"as_of": "our contract", "call_mx": 0.5, "segment_us": 0.25}`), 0o600); err != nil {
		t.Fatal(err)
	}
	status, out, errs := quick(t, nil, "plan", "--prices", file, "--voice-from=+15550001111,+15550002222", "--voice-rate=2", "--price-us=0.75")
	if status != exitDone {
		t.Fatalf("exit %d: %s", status, errs)
	}
	for _, want := range []string{"our contract", "x 0.5", "x 0.75", "+15550002222, calls, 2 a second"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	_, printed, _ := quick(t, nil, "plan", "--print-prices", "--prices", file)
	if again, err := plan.ParsePrices([]byte(printed)); err != nil || again.CallMX != 0.5 || again.SegmentUS != 0.25 || again.AsOf != "our contract" {
		t.Errorf("%s\n%+v, %v", printed, again, err)
	}
	if err := os.WriteFile(file, []byte(`{"call_mx": -0.5, "calls": 1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	status, _, errs = quick(t, nil, "plan", "--prices", file, "--called=101", "--voice-rate=0")
	for _, want := range []string{"--prices: call_mx: want dollars", "--prices: calls: is not known", "--called: want 0 to 100", "--voice-rate"} {
		if status != exitUsage || !strings.Contains(errs, want) {
			t.Errorf("exit %d, %q is not named in\n%s", status, want, errs)
		}
	}
}
