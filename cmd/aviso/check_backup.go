package main

import (
	"context"
	"fmt"
	"time"

	"aviso/store"
)

// backupOld is how old a last backup may be: one a day, and a night that was
// missed.
const backupOld = 48 * time.Hour

// backup says how old the last backup is.
func (r *readiness) backup(ctx context.Context, records *store.Store, now time.Time) {
	const next = "aviso backup FILE, once a day, to another machine; it needs no stop."
	switch at, err := records.LastBackup(ctx); {
	case err != nil:
		r.missing("backup", sentence(err), "")
	case at.IsZero():
		r.advise("backup", "There is none.", next)
	default:
		said := fmt.Sprintf("The last one was made %s, %s ago.", at.Format("2006-01-02 15:04 UTC"), now.Sub(at).Round(time.Minute))
		if now.Sub(at) > backupOld {
			r.advise("backup", said, next)
		} else {
			r.ok("backup", said)
		}
	}
}
