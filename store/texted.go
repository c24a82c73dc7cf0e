package store

import (
	"bytes"
	"cmp"
	"slices"

	"aviso/gateway"
)

// What is counted of texts to contacts is found by keyed hash of the contact's
// phone, and tells the person by a mark that fits thousands of phones. No erasing
// removes it: who was written to counts on it, and it goes by age.

const (
	insertTexted = `INSERT INTO texted (id, at, kind, phone_hash, body) VALUES ($1, $2, $3, $4, $5)`
	selectTexted = `SELECT id, at, kind, body FROM texted WHERE phone_hash = $1 AND at >= $2 ORDER BY at DESC LIMIT $3`
)

// textedMost bounds what a View holds of one phone, the newest: it is far above
// all that may be sent.
const textedMost = 200

func (b *builder) texted(t *gateway.Texted) {
	b.add(insertTexted, t.ID[:], micros(t.At), int64(t.Kind), b.phone(hashTexted, t.To), b.body("texted", t.ID, t))
}

// askTexted asks for what was counted of those whom a decision may text without
// their having agreed to it.
func (r *reading) askTexted() {
	asked := map[gateway.Phone]bool{"": true}
	ask := func(phone gateway.Phone) {
		if asked[phone] {
			return
		}
		asked[phone] = true
		r.ask(selectTexted, func(row row) error {
			t := gateway.Texted{ID: row.id(0), At: row.time(1), Kind: gateway.TextedKind(row.int(2))}
			if err := r.open("texted", t.ID[:], row.bytes(3), &t); err != nil {
				return err
			}
			if r.view.Texted == nil {
				r.view.Texted = map[gateway.Phone][]gateway.Texted{}
			}
			r.view.Texted[phone] = append(r.view.Texted[phone], t)
			return nil
		}, lookupPhone(hashTexted, phone), micros(r.now.Add(-gateway.TextedKept)), int64(textedMost))
	}
	contacts := func(drills bool, people ...gateway.Profile) {
		for i := range people {
			for j := range people[i].Contacts {
				if c := &people[i].Contacts[j]; drills || c.Standing == gateway.StandingUnanswered {
					ask(c.Phone)
				}
			}
		}
	}
	v := &r.view
	for _, p := range []*gateway.Profile{v.Own, v.Subject} {
		if p != nil {
			contacts(r.scope.Drills, *p)
		}
	}
	contacts(false, v.Named...)
	contacts(false, v.Wards...)
	contacts(false, v.Raisers...)
	if q := v.Conversation.Question; q != nil && q.Draft != nil {
		contacts(false, *q.Draft)
	}
	for _, phone := range firstOf(r.scope.Invited) {
		ask(phone)
	}
}

// sortTexted restores the order of what was asked for, the oldest first.
func (r *reading) sortTexted() {
	for _, list := range r.view.Texted {
		slices.SortFunc(list, func(a, b gateway.Texted) int {
			return cmp.Or(a.At.Compare(b.At), bytes.Compare(a.ID[:], b.ID[:]))
		})
	}
}
