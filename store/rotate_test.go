package store

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"aviso/gateway"
)

// A Turn that comes between the reading of a row and its bringing over is not
// undone by that, nor is what the profile is found by.
func TestRenewalGivesWay(t *testing.T) {
	ctx := context.Background()
	file := filepath.Join(t.TempDir(), "aviso.keys")
	s, err := Open(ctx, Options{DSN: filepath.Join(t.TempDir(), "aviso.db"), KeysFile: file})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p := gateway.Profile{ID: gateway.NewFresh(time.Now(), s.rand).ID(), Phone: "+13125550101", Name: "Juan",
		Contacts: []gateway.Contact{{Phone: "+13125550102"}}}
	commit := func(p gateway.Profile) {
		t.Helper()
		if err := s.Commit(ctx, gateway.Turn{At: time.Now(), Profiles: []gateway.Profile{p}}); err != nil {
			t.Fatal(err)
		}
	}
	commit(p)
	f := s.keys.Load()
	name, _, err := (rotation{s}).newKey(ctx, f, RotateOptions{Lookup: true})
	if err == nil {
		err = (rotation{s}).begin(ctx, f, true, name)
	}
	if err != nil {
		t.Fatal(err)
	}
	profiles := &sealedTables[0]
	var read row
	if err := s.read(ctx, func(snap *snapshot) error {
		return snap.read(statement{sql: profiles.page(), args: []any{[]byte{}, int64(1)}, each: func(r row) error {
			read = append(read, r...)
			return nil
		}})
	}); err != nil {
		t.Fatal(err)
	}
	v, err := s.View(ctx, gateway.Scope{Phone: p.Phone})
	if err != nil || v.Own == nil {
		t.Fatalf("%+v (%v)", v.Own, err)
	}
	v.Own.Name, v.Own.Phone, v.Own.Contacts[0].Phone = "Ana", "+13125550111", "+13125550112"
	commit(*v.Own)
	list, err := profiles.renew(s.sealer, read)
	if err != nil || len(list) < 3 {
		t.Fatalf("%d statements (%v)", len(list), err)
	}
	if err := s.write(ctx, s.unit(list...)); err != nil {
		t.Fatal(err)
	}
	if v, err = s.View(ctx, gateway.Scope{Phone: "+13125550111"}); err != nil || v.Own == nil || v.Own.Name != "Ana" {
		t.Errorf("the Turn was undone: %+v (%v)", v.Own, err)
	}
	for contact, wards := range map[gateway.Phone]int{"+13125550112": 1, "+13125550102": 0} {
		if v, err = s.View(ctx, gateway.Scope{Phone: contact}); err != nil || len(v.Wards) != wards {
			t.Errorf("%d wards of %s (%v), want %d", len(v.Wards), contact, err, wards)
		}
	}
}
