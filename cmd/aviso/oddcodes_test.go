package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"aviso/gateway/carrier/sim"
	"aviso/store"
)

// Of a code that no table has the operator is told once a day, whichever node
// met it, and check lists it with its count, until somebody says what is to be
// done about it.
func TestCodesThatNobodyKnows(t *testing.T) {
	c := accountAt(t, sim.Config{}, nowhere)
	environ := checkEnviron(t, c)
	dir := filepath.Dir(strings.TrimPrefix(environ[1], "AVISO_KEYS="))
	if err := os.MkdirAll(filepath.Join(dir, "db"), 0o700); err != nil {
		t.Fatal(err)
	}
	records, err := store.Open(t.Context(), store.Options{DSN: strings.TrimPrefix(environ[0], "AVISO_DB="), KeysFile: filepath.Join(dir, "aviso.keys")})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	alarms, log := 0, bytes.Buffer{}
	node := func() *oddCodes {
		return &oddCodes{clock: func() time.Time { return now }, records: records, log: zerolog.New(&log), alarmed: func() { alarms++ }}
	}
	one, other := node(), node()
	for range 3 {
		one.met("30099")
	}
	one.flush(t.Context())
	other.met("30099")
	other.flush(t.Context())
	one.flush(t.Context())
	if alarms != 1 || strings.Count(log.String(), `"code":"30099"`) != 1 {
		t.Errorf("%d alarms in a day\n%s", alarms, log.String())
	}
	now = now.Add(24 * time.Hour)
	other.met("30099")
	other.flush(t.Context())
	if alarms != 2 {
		t.Errorf("%d alarms in two days", alarms)
	}
	now = time.Now()
	records.Close()

	found := checkJSON(t, 1, environ).finding("advice", "error 30099")
	if !strings.Contains(found, "5 times in 30 days") || !strings.Contains(found, "docs/api/errors/30099") {
		t.Errorf("check says %q", found)
	}
	known := write(t, t.TempDir(), "policy.json", `{"errors":[{"code":"30099","do":"call"}]}`)
	if found := checkJSON(t, 1, append(environ, "AVISO_POLICY="+known)).finding("advice", "error 30099"); found != "" {
		t.Errorf("check says %q of a code that the operator has settled", found)
	}
}

// What cannot be written down is counted on.
func TestCodesAreCountedThroughAnOutage(t *testing.T) {
	down := &oddRecordsDown{fails: true}
	alarms := 0
	o := &oddCodes{clock: time.Now, records: down, log: zerolog.Nop(), alarmed: func() { alarms++ }}
	o.met("30099")
	o.flush(t.Context())
	o.met("30099")
	down.fails = false
	o.flush(t.Context())
	if down.total != 2 || alarms != 1 {
		t.Errorf("%d counted, %d alarms", down.total, alarms)
	}
}

type oddRecordsDown struct {
	fails bool
	total int
}

func (d *oddRecordsDown) CountOddCode(_ context.Context, _ time.Time, _ string, times int) (int, error) {
	if d.fails {
		return 0, errors.New("down")
	}
	d.total += times
	return d.total, nil
}
