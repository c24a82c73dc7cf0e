package store

import (
	"bytes"
	"context"
	"fmt"

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
}

// The alerts themselves, each with the proof that it was erased, and the person.
const (
	selectErased = `SELECT id FROM alert WHERE profile = $1 ORDER BY id`
	eraseAlert   = `UPDATE alert SET seq = -seq, ref = NULL, profile = NULL, body = $1, district = '' WHERE id = $2 AND profile = $3`
	eraseFingers = `DELETE FROM finger WHERE profile = $1`
	eraseProfile = `DELETE FROM profile WHERE id = $1`

	// guardErased refuses where the person has got another alert meanwhile.
	guardErased = `INSERT INTO guard (ok) SELECT CAST(NULL AS BIGINT) WHERE (SELECT count(*) FROM alert WHERE profile = $1) <> $2`
)

// erasedAlert is what is sealed in place of an erased alert's body: the proof
// that we erased it, by a person's wish or by age. Without it, whoever can write
// to the database could take the words out of a chain and make it look erased.
type erasedAlert struct {
	Erased bool `json:"erased"`
}

// erasedBody is the proof in one alert's row.
func (s *sealer) erasedBody(id []byte) ([]byte, error) { return s.seal("alert", id, erasedAlert{true}) }

// provesErased reports whether the body of an alert is that proof.
func (s *sealer) provesErased(id, body []byte) bool {
	var proof erasedAlert
	return body != nil && s.open("alert", id, body, &proof) == nil && proof.Erased
}

// alertsOf are the alerts of each person who is to be erased.
func (s *Store) alertsOf(ctx context.Context, people []gateway.Profile) (map[gateway.ID][]gateway.ID, error) {
	if len(people) == 0 {
		return nil, nil
	}
	alerts := map[gateway.ID][]gateway.ID{}
	err := s.read(ctx, func(snap *snapshot) error {
		clear(alerts)
		for i := range people {
			id := people[i].ID
			if err := snap.read(statement{sql: selectErased, args: []any{id[:]}, each: func(row row) error {
				alerts[id] = append(alerts[id], row.id(0))
				return nil
			}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read who is erased: %w", err)
	}
	return alerts, nil
}

// guardErase refuses while an alert of the person is open.
const guardErase = `INSERT INTO guard (ok) SELECT CAST(NULL AS BIGINT) WHERE EXISTS (SELECT 1 FROM alert WHERE profile = $1 AND state = 1)`

// erase deletes a profile with all that hangs on it; the package comment says
// what remains. A conversation that the same Turn writes stays as written: that
// is how a stop outlives the person's erasing.
func (b *builder) erase(p *gateway.Profile, alerts []gateway.ID, kept []gateway.Conversation, chains chains) {
	// The row is touched before it is deleted, so that a profile which has
	// moved on since it was seen is a conflict.
	b.add(guardErase, p.ID[:])
	b.add(touchProfile, p.Seq, chains.head(gateway.SubjectProfile, p.ID), p.ID[:])
	b.add(guardErased, p.ID[:], int64(len(alerts)))
	for _, sql := range eraseAlerts {
		b.add(sql, p.ID[:])
	}
	for _, id := range alerts {
		proof, err := b.erasedBody(id[:])
		if err != nil {
			b.err = err
			return
		}
		b.add(eraseAlert, proof, id[:], p.ID[:])
	}
	b.add(eraseFingers, p.ID[:])
	b.add(eraseProfile, p.ID[:])
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
