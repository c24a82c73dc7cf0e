package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

// What was changed in the database is counted each time and logged by its row, not
// for as long as somebody asks.
func TestForgeriesAreToldOf(t *testing.T) {
	var out bytes.Buffer
	counted := 0
	tell := forgeries(newLog(&out, "json", zerolog.InfoLevel), func(what string) {
		if what == "session" {
			counted++
		}
	})
	for range 1000 {
		tell("session", errors.New("session 4a4b was changed"))
	}
	lines := strings.Count(out.String(), "\n")
	if counted != 1000 || lines < 1 || lines > 40 || !strings.Contains(out.String(), "session 4a4b was changed") {
		t.Errorf("counted %d, logged %d lines: %.200s", counted, lines, out.String())
	}
}
