package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestPlan(t *testing.T) {
	var out, errs bytes.Buffer
	args := []string{"plan", "--people=300000", "--sms-from=+15550001111,+15550002222,78910", "--sms-rate=100"}
	if status := run(t.Context(), args, nil, strings.NewReader(""), &out, &errs); status != exitDone {
		t.Fatalf("exit %d: %s", status, errs.String())
	}
	for _, want := range []string{"1500 alerts at once: 6000 notices of 1 segment", "25 long codes", "9 toll-frees", "1 short code (100 a second, US only)",
		"arithmetic, at best", "simulated", "check the current prices", "contacts asked, to Mexico"} {
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
