package store

import (
	"bytes"

	"aviso/gateway"
)

// What hangs on a profile is found by the profile's id and by its alerts'.
// An erased alert's seq turns negative, so that no Turn which saw the alert
// before can write to it again.
var eraseAlerts = []string{
	`UPDATE ledger SET body = NULL WHERE subject IN (SELECT id FROM alert WHERE profile = $1) AND body IS NOT NULL`,
	`DELETE FROM recipient WHERE alert IN (SELECT id FROM alert WHERE profile = $1)`,
	// Of a message that the carrier has not forgotten yet, the carrier's name for
	// it is left. Without a body it is no attempt to any view.
	`UPDATE attempt SET seq = seq + 1, alert = NULL, recipient = NULL, ready = NULL, body = substr(body, 1, 0)
		WHERE alert IN (SELECT id FROM alert WHERE profile = $1) AND redact IS NOT NULL`,
	`DELETE FROM attempt WHERE alert IN (SELECT id FROM alert WHERE profile = $1)`,
	`DELETE FROM timer WHERE alert IN (SELECT id FROM alert WHERE profile = $1)`,
	`DELETE FROM timer WHERE profile = $1`,
	`DELETE FROM task WHERE alert IN (SELECT id FROM alert WHERE profile = $1)`,
	`DELETE FROM task WHERE profile = $1`,
	`DELETE FROM ringing WHERE profile = $1`,
	`DELETE FROM pass WHERE alert IN (SELECT id FROM alert WHERE profile = $1)`,
	`UPDATE alert SET seq = -seq, ref = NULL, profile = NULL, body = NULL, district = '' WHERE profile = $1`,
	`DELETE FROM finger WHERE profile = $1`,
	`DELETE FROM profile WHERE id = $1`,
}

// guardErase refuses while an alert of the person is open.
const guardErase = `INSERT INTO guard (ok) SELECT CAST(NULL AS BIGINT) WHERE EXISTS (SELECT 1 FROM alert WHERE profile = $1 AND state = 1)`

// erase deletes a profile with all that hangs on it; the package comment says
// what remains. A conversation that the same Turn writes stays as written: that
// is how a stop outlives the person's erasing.
func (b *builder) erase(p *gateway.Profile, kept []gateway.Conversation, chains chains) {
	// The row is touched before it is deleted, so that a profile which has
	// moved on since it was seen is a conflict.
	b.add(guardErase, p.ID[:])
	b.add(touchProfile, p.Seq, chains.head(gateway.SubjectProfile, p.ID), p.ID[:])
	for _, sql := range eraseAlerts {
		b.add(sql, p.ID[:])
	}
	b.forget(p.Phone, kept)
	if p.Moved != nil {
		b.forget(p.Moved.From, kept)
	}
}

// forget deletes a phone's conversation, unless it is among those that are kept.
func (b *builder) forget(number gateway.Phone, kept []gateway.Conversation) {
	phone := b.phone(hashConversation, number)
	if phone == nil {
		return
	}
	for i := range kept {
		if bytes.Equal(b.phone(hashConversation, kept[i].Phone), phone) {
			return
		}
	}
	b.move("conversation", "phone_hash", hashConversation, string(number))
	b.add(`DELETE FROM conversation WHERE phone_hash = $1`, phone)
}
