package main

import (
	"os"
	"runtime/debug"
)

// collectAt is by how many percent the heap grows before it is collected. At
// rest it holds some 10 MB; in a storm of alerts, each of which takes some 100 KB
// in passing, Go's own 100 spends a sixth of the processors on collecting, and
// in an import a fifth.
const collectAt = 400

// collectLess trades memory in a storm or an import for time, unless the operator has said
// by GOGC what to do.
func collectLess() {
	if os.Getenv("GOGC") == "" { // where Go itself reads it
		debug.SetGCPercent(collectAt)
	}
}
