package main

import (
	"context"

	"aviso/store"
)

// keys says whether a rotation is through.
func (r *readiness) keys(ctx context.Context, records *store.Store) {
	keys, err := records.Keys(ctx)
	if err != nil {
		r.missing("keyset", sentence(err), "")
		return
	}
	for _, k := range keys {
		next := "aviso keys rotate"
		if k.Finds {
			next += " --lookup"
		}
		switch k.State {
		case store.KeyReplaced:
			r.advise("keyset", "The rotation that replaces key "+k.ID+" is not through.", next+", which goes on with it.")
		case store.KeyNew:
			r.advise("keyset", "Key "+k.ID+" is not used yet.", next+", which goes on with it, once every node can reach it.")
		}
	}
}
