package store

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"aviso/gateway"
)

// Every schema that there was is brought to today's, with what was in it; a
// command that may not do that leaves it as it was.
func TestMigrateFromEverySchema(t *testing.T) {
	ctx, all, keys := context.Background(), migrations, newKeysForTest(t)
	defer func() { migrations = all }()
	for n := inOrderSince + 1; n < len(all); n++ { // before it, names of keys stood otherwise than this version writes them
		o := Options{DSN: filepath.Join(t.TempDir(), "aviso.db"), Keys: keys, Program: "v1"}
		migrations = all[:n]
		s, err := Open(ctx, o)
		if err != nil {
			t.Fatalf("schema %d: %v", n, err)
		}
		// What only a later schema can hold cannot be written by today's statements.
		if err := errors.Join(s.Ping(ctx), s.Close()); err != nil {
			t.Fatalf("schema %d: %v", n, err)
		}
		migrations = all
		for _, make := range []Make{MakeDatabase, MakeNothing} {
			o.Make = make
			if _, err := Open(ctx, o); !errors.Is(err, ErrOldSchema) {
				t.Errorf("schema %d, make %d: %v, want ErrOldSchema", n, make, err)
			}
		}
		o.Make, o.Alone = MakeSchema, true
		if s, err = Open(ctx, o); err != nil {
			t.Fatalf("schema %d is not brought to %d: %v", n, len(all), err)
		}
		if want := (Opened{From: n, To: len(all)}); s.Opened != want {
			t.Errorf("opened %+v, want %+v", s.Opened, want)
		}
		p := gateway.Profile{ID: gateway.NewFresh(time.Now(), s.rand).ID(), Phone: "+13125550101", Name: "Juan"}
		if err := errors.Join(s.Commit(ctx, gateway.Turn{At: time.Now(), Profiles: []gateway.Profile{p}}), s.Close()); err != nil {
			t.Errorf("schema %d: %v", n, err)
		}
	}
}
