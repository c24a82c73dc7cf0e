//go:build long

package main

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// An hour at a fifth of capacity with all attacks in turns, by hand:
//
//	AVISO_SIEGE=1h AVISO_SIEGE_ALERTS=20 go test -tags=long -run=TestSiegeLong -timeout=2h -v ./cmd/aviso
//
// Without AVISO_SIEGE it lasts a minute. No alert may be later than siegeLate, and
// memory and disk are held to siegeMemory and siegeDisk.
func TestSiegeLong(t *testing.T) {
	lasts, alerts := time.Minute, 5
	var err error
	if v := os.Getenv("AVISO_SIEGE"); v != "" {
		if lasts, err = time.ParseDuration(v); err != nil {
			t.Fatal(err)
		}
	}
	if v := os.Getenv("AVISO_SIEGE_ALERTS"); v != "" {
		if alerts, err = strconv.Atoi(v); err != nil {
			t.Fatal(err)
		}
	}
	newRig(t).besiege(lasts, alerts, 16)
}
