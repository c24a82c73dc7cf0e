package main

import (
	"crypto/rand"
	"path/filepath"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/relay"
	"aviso/gateway/service"
	"aviso/store"
	"aviso/templates"
)

// The sweep finds whoever is due, and comes to an end.
func TestLooking(t *testing.T) {
	now := time.Date(2026, 11, 22, 20, 30, 0, 0, time.UTC) // 14:30 in Chicago
	clock := func() time.Time { return now }
	dir := t.TempDir()
	records, err := store.Open(t.Context(), store.Options{DSN: filepath.Join(dir, "aviso.db"), KeysFile: filepath.Join(dir, "aviso.keys"), Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	defer records.Close()
	words, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	sender, err := gateway.ParseSender("+15550001111")
	if err != nil {
		t.Fatal(err)
	}
	rules := gateway.Rules{Programme: "RED X", Senders: []gateway.Sender{sender}, Policy: gateway.DefaultPolicy()}
	service := &service.Service{Store: records, Clock: clock, Rand: rand.Reader, Rules: rules, Words: words, Hasher: gateway.NewHasher()}
	fresh := gateway.NewFresh(now, rand.Reader)
	turn := gateway.Turn{At: now}
	for i := range lookMost + 10 {
		turn.Profiles = append(turn.Profiles, gateway.Profile{
			ID: fresh.ID(), Phone: gateway.Phone(phoneNumber(312, i)), Name: "Ana", ZIP: "60608", Registered: now,
		})
	}
	if err := records.Commit(t.Context(), turn); err != nil {
		t.Fatal(err)
	}
	sweep := looking(records, service, relay.New(relay.Config{Queue: records, Domain: service, Senders: rules.Senders, Clock: clock}))
	for _, step := range []struct{ days, asked int }{{1, 0}, {89, lookMost}, {0, 10}, {0, 0}} {
		now = now.AddDate(0, 0, step.days)
		if err := sweep.run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if texts, err := records.Claim(t.Context(), now, now.Add(gateway.Lease), 2*lookMost); err != nil || len(texts) != step.asked {
			t.Errorf("%s: %d are asked, want %d (%v)", now, len(texts), step.asked, err)
		}
	}
}
