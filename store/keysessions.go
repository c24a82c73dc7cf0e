package store

import (
	"time"

	"aviso/gateway"
)

// Calls and USSD sessions, by the keyed hash of the carrier's id of them.

const (
	selectKeySession = `SELECT y.id, y.seq, y.body FROM keysession y WHERE y.key_hash = $1`
	insertKeySession = `INSERT INTO keysession (id, seq, at, key_hash, body) VALUES ($1, 1, $2, $3, $4)`
	updateKeySession = `UPDATE keysession SET ` + seqSeen + `, at = $2, body = $3 WHERE id = $4`
	forgetKeySession = `DELETE FROM keysession WHERE at < $1`
)

// keySessionKept is how long a session is kept after its last step. The longest
// calls last four hours; a session may hold what somebody typed, and is of no
// use afterwards.
const keySessionKept = 24 * time.Hour

// keySession writes a step of a session. The first step of one also forgets
// those that are over.
func (b *builder) keySession(k *gateway.KeySession) {
	body := b.body("keysession", k.ID, k)
	if k.Seq == 0 {
		b.add(forgetKeySession, b.at-keySessionKept.Microseconds())
		b.move("keysession", "key_hash", hashKeySession, k.Key)
		b.add(insertKeySession, k.ID[:], b.at, b.hash(hashKeySession, k.Key), body)
		return
	}
	b.add(updateKeySession, k.Seq, b.at, body, k.ID[:])
}

func (r *reading) askKeySession(key string) {
	if key == "" {
		return
	}
	r.ask(selectKeySession, func(row row) error {
		k := gateway.KeySession{ID: row.id(0), Seq: row.int(1)}
		err := r.open("keysession", k.ID[:], row.bytes(2), &k)
		r.view.KeySession = k
		return err
	}, lookup{hashKeySession, key})
}

// askKeyed asks for the people whom a session names, with their cases, and for
// the alert that it raised.
func (r *reading) askKeyed(since int64) {
	k := &r.view.KeySession
	for _, id := range append(firstOf(k.Named), k.Profile) {
		if !id.IsZero() {
			r.ask(selectProfile, r.profiles(&r.view.Named), id[:])
			r.ask(selectAlertsOf, r.addCase, id[:], since, int64(maxAlerts))
		}
	}
	if !k.Alert.IsZero() {
		r.ask(selectAlert, r.addCase, k.Alert[:])
	}
}
