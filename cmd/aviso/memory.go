package main

import (
	"os"
	"runtime/debug"
)

// By how many percent the heap grows before it is collected. At rest a gateway
// holds some 10 MB; in a storm of alerts, each of which takes some 100 KB in
// passing, Go's own 100 spends a sixth of the processors on collecting. An
// import has some 200 MB in hand.
const (
	collectServing   = 400
	collectImporting = 200
)

// collectAt trades memory for time, unless the operator has said by GOGC what
// to do.
func collectAt(percent int) {
	if os.Getenv("GOGC") == "" { // where Go itself reads it
		debug.SetGCPercent(percent)
	}
}
