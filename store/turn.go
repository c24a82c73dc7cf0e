package store

import (
	"fmt"
	"strings"
	"time"

	"aviso/gateway"
)

// A change to a row that exists says which sequence number it saw. Where that
// has moved on the new one is null, which the column refuses: a lost race is a
// constraint violation, in the same round trip.
const seqSeen = `seq = CASE WHEN seq = $1 THEN seq + 1 ELSE NULL END`

const (
	insertInbound = `INSERT INTO inbound (key, at, body, sid, redact, secret) VALUES ($1, $2, $3, $4, $5, $6)`

	insertConversation = `INSERT INTO conversation (id, seq, at, phone_hash, stopped, body) VALUES ($1, 1, $2, $3, $4, $5)`
	updateConversation = `UPDATE conversation SET ` + seqSeen + `, at = $2, stopped = $3, body = $4 WHERE id = $5`

	// The conversation of an erased person is gone, and an update of it would
	// be nothing, quietly. It may hold a stop: so it has to be there. Other
	// rows that were erased meanwhile take the change to them along, as is
	// right; alerts and profiles have their chains' keys to guard them.
	guardConversation = `INSERT INTO guard (ok) SELECT CAST(NULL AS BIGINT) WHERE NOT EXISTS (SELECT 1 FROM conversation WHERE id = $1)`

	insertProfile = `INSERT INTO profile (id, seq, head, at, phone_hash, code_hash, fingers, body, look) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)`
	updateProfile = `UPDATE profile SET ` + seqSeen + `, head = $2, at = $3, phone_hash = $4, code_hash = $5, fingers = $6, body = $7 WHERE id = $8`
	touchProfile  = `UPDATE profile SET ` + seqSeen + `, head = $2 WHERE id = $3`
	dropFingers   = `DELETE FROM finger WHERE profile = $1 AND NOT EXISTS (SELECT 1 FROM profile WHERE id = $1 AND fingers = $2)`
	insertFinger  = `INSERT INTO finger (hash, kind, profile) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`

	insertAlert = `INSERT INTO alert (id, seq, head, ref, profile, state, consulate, drill, at, ended, body, district) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	updateAlert = `UPDATE alert SET ` + seqSeen + `, head = $2, ref = $3, profile = $4, state = $5, consulate = $6, drill = $7, at = $8, ended = $9, body = $10, district = $11 WHERE id = $12`
	touchAlert  = `UPDATE alert SET ` + seqSeen + `, head = $2 WHERE id = $3`

	insertRecipient = `INSERT INTO recipient (alert, id, seq, kind, state, rung, next, phone_hash, body) VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8)`
	updateRecipient = `UPDATE recipient SET ` + seqSeen + `, kind = $2, state = $3, rung = $4, next = $5, phone_hash = $6, body = $7 WHERE alert = $8 AND id = $9`

	insertAttempt = `INSERT INTO attempt (id, seq, alert, recipient, channel, lane, state, ready, due, expires, validity,
		tries, lookups, fence, doubt, sender, avoid, sid, rank, code, sent, redact, body)
		VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`
	updateAttempt = `UPDATE attempt SET ` + seqSeen + `, channel = $2, lane = $3, state = $4, ready = $5, due = $6, expires = $7, validity = $8,
		tries = $9, lookups = $10, fence = $11, doubt = $12, sender = $13, avoid = $14, sid = $15, rank = $16, code = $17, sent = $18, redact = $19 WHERE id = $20`

	insertTimer = `INSERT INTO timer (id, kind, alert, profile, due, ready, fence, doubt, body) VALUES ($1, $2, $3, $4, $5, $5, 0, 0, $6)`
	dropTimer   = `DELETE FROM timer WHERE id = $1`

	insertTask = `INSERT INTO task (id, seq, kind, state, urgent, alert, profile, at, body) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)`
	updateTask = `UPDATE task SET ` + seqSeen + `, kind = $2, state = $3, urgent = $4, alert = $5, profile = $6, at = $7, body = $8 WHERE id = $9`

	insertDesk    = `INSERT INTO desk (id, seq, consulate, position, body) VALUES ($1, 1, $2, $3, $4)`
	updateDesk    = `UPDATE desk SET ` + seqSeen + `, consulate = $2, position = $3, body = $4 WHERE id = $5`
	bumpDirectory = `UPDATE meta SET number = number + 1 WHERE name = 'directory'`
)

// dueSoon: what is due within this time of a Turn gives a hint at once; polling
// finds the rest.
const dueSoon = time.Second

// turn makes the unit that commits a Turn; alerts are those of whom it erases, was
// the roll that it changes.
func (s *Store) turn(t *gateway.Turn, alerts map[gateway.ID][]gateway.ID, was *roll) (*unit, error) {
	b := &builder{sealer: s.sealer, at: micros(t.At)}
	b.statements = make([]statement, 0, 8+len(t.Recipients)+len(t.Attempts)+len(t.Timers)+len(t.Audit))
	if t.Key != "" {
		b.inbound(t.Key, t.Answer, t.Secret)
	}
	chains := b.chains(t)
	for i := range t.Erase {
		b.erase(&t.Erase[i], alerts[t.Erase[i].ID], t.Conversations, chains)
	}
	for i := range t.Conversations {
		b.conversation(&t.Conversations[i])
	}
	for i := range t.Profiles {
		b.profile(&t.Profiles[i], chains)
	}
	for i := range t.Alerts {
		b.alert(&t.Alerts[i], chains)
	}
	for i := range t.Recipients {
		b.recipient(&t.Recipients[i])
	}
	for i := range t.Attempts {
		b.attempt(&t.Attempts[i])
	}
	for i := range t.Timers {
		b.timer(&t.Timers[i])
	}
	for _, id := range t.Drop {
		b.add(dropTimer, id[:])
	}
	for i := range t.Tasks {
		b.task(&t.Tasks[i])
	}
	for i := range t.Desks {
		b.desk(&t.Desks[i])
	}
	if len(t.Desks) > 0 {
		b.add(bumpDirectory)
	}
	b.incidents(t)
	b.guards(t)
	for i := range t.Agents {
		b.agent(&t.Agents[i], chains)
	}
	for i := range t.Ringing {
		b.ringing(&t.Ringing[i])
	}
	for _, id := range t.Over {
		b.add(endRinging, b.at, id[:])
	}
	for i := range t.Texted {
		b.texted(&t.Texted[i])
	}
	for i := range t.Passes {
		b.pass(&t.Passes[i])
	}
	for i := range t.KeySessions {
		b.keySession(&t.KeySessions[i])
	}
	b.touch(chains)
	b.roll(was)
	if b.err != nil {
		return nil, b.err
	}
	return &unit{statements: b.statements, wakes: b.wakes, roll: b.rollSeq, done: make(chan error, 1)}, nil
}

// builder collects the statements of one unit. The first error stays.
type builder struct {
	*sealer
	at         int64
	statements []statement
	wakes      bool
	err        error

	agents, links []rollLine // that the unit writes
	rollSeq       int64      // and under which number of the roll
}

func (b *builder) add(sql string, args ...any) {
	b.statements = append(b.statements, statement{sql: sql, args: args})
}

func (b *builder) body(table string, id gateway.ID, v any) []byte {
	body, err := b.seal(table, id[:], v)
	if err != nil && b.err == nil {
		b.err = err
	}
	return body
}

// of is what a row's key is a hash of, sealed, where nothing else in the row
// tells a new lookup key what to hash.
func (b *builder) of(table, value string) []byte {
	body, err := b.seal(table, nil, value)
	if err != nil && b.err == nil {
		b.err = err
	}
	return body
}

func (b *builder) inbound(key string, answer gateway.Answer, secret bool) {
	body, err := b.seal("inbound", nil, firstAnswer{key, answer})
	if err != nil {
		b.err = err
	}
	sid, from := b.received(key)
	b.move("inbound", "key", hashKey, key)
	b.add(insertInbound, b.hash(hashKey, key), b.at, body, sid, from, flag(secret))
	b.statements[len(b.statements)-1].means = gateway.ErrRepeat
}

// firstAnswer is what is sealed of an event that was handled. The key is there
// for a new lookup key to hash.
type firstAnswer struct {
	Key    string         `json:"key"`
	Answer gateway.Answer `json:"answer,omitzero"`
}

func (b *builder) conversation(c *gateway.Conversation) {
	if c.Phone == "" {
		b.err = fmt.Errorf("conversation %s has no phone", c.ID)
		return
	}
	body := b.body("conversation", c.ID, c)
	if c.Seq == 0 {
		b.move("conversation", "phone_hash", hashConversation, string(c.Phone))
		b.add(insertConversation, c.ID[:], b.at, b.phone(hashConversation, c.Phone), micros(c.Stopped), body)
		return
	}
	b.add(guardConversation, c.ID[:])
	b.add(updateConversation, c.Seq, b.at, micros(c.Stopped), body, c.ID[:])
}

func (b *builder) profile(p *gateway.Profile, chains chains) {
	fingers, sum := b.fingers(p)
	head := chains.head(gateway.SubjectProfile, p.ID)
	body := b.body("profile", p.ID, p)
	phone := bytesOrNull(b.phone(hashProfile, p.Phone))
	code := bytesOrNull(b.hash(hashCode, string(p.Code)))
	b.move("profile", "phone_hash", hashProfile, string(p.Phone))
	b.move("profile", "code_hash", hashCode, string(p.Code))
	if p.Seq == 0 {
		b.add(insertProfile, p.ID[:], head, b.at, phone, code, sum, body, b.at+lookFirst.Microseconds())
	} else {
		b.add(dropFingers, p.ID[:], sum)
		b.add(updateProfile, p.Seq, head, b.at, phone, code, sum, body, p.ID[:])
	}
	for _, f := range fingers {
		b.add(insertFinger, f.hash, f.kind, p.ID[:])
	}
}

func (b *builder) alert(a *gateway.Alert, chains chains) {
	head := chains.head(gateway.SubjectAlert, a.ID)
	body := b.body("alert", a.ID, a)
	var ref any
	if a.Ref != 0 {
		ref = int64(a.Ref)
	}
	if a.Seq == 0 {
		b.add(insertAlert, a.ID[:], head, ref, idOrNull(a.Profile), int64(a.State), a.Consulate, flag(a.Drill),
			micros(a.At), micros(a.Ended), body, a.District)
		return
	}
	b.add(updateAlert, a.Seq, head, ref, idOrNull(a.Profile), int64(a.State), a.Consulate, flag(a.Drill),
		micros(a.At), micros(a.Ended), body, a.District, a.ID[:])
}

func (b *builder) recipient(r *gateway.Recipient) {
	body := b.body("recipient", r.ID, r)
	phone := bytesOrNull(b.phone(hashRecipient, r.Phone))
	if r.Seq == 0 {
		b.add(insertRecipient, r.Alert[:], r.ID[:], int64(r.Kind), int64(r.State), int64(r.Rung), micros(r.Next), phone, body)
		return
	}
	b.add(updateRecipient, r.Seq, int64(r.Kind), int64(r.State), int64(r.Rung), micros(r.Next), phone, body, r.Alert[:], r.ID[:])
}

// attempt writes a new one whole, and of an old one the clear columns: what it
// says never changes.
func (b *builder) attempt(a *gateway.Attempt) {
	var ready any
	switch a.State {
	case gateway.AttemptWaiting:
		ready = micros(a.Due)
		b.wakes = b.wakes || micros(a.Due) <= b.at+dueSoon.Microseconds()
	case gateway.AttemptClaimed:
		ready = micros(a.Claim.Until)
	}
	clear := []any{int64(a.Channel), int64(a.Lane), int64(a.State), ready, micros(a.Due), micros(a.Expires),
		int64(a.Validity / time.Second), int64(a.Tries), int64(a.Lookups), a.Claim.Fence, flag(a.Claim.Doubt),
		a.Sender, strings.Join(a.Avoid, ","), a.SID, int64(a.Rank), a.Code, micros(a.Sent), b.redactFrom(a)}
	if a.Seq == 0 {
		args := make([]any, 0, 4+len(clear))
		args = append(append(args, a.ID[:], idOrNull(a.Alert), idOrNull(a.Recipient)), clear...)
		b.add(insertAttempt, append(args, b.body("attempt", a.ID, a))...)
		return
	}
	args := make([]any, 0, 2+len(clear))
	args = append(append(args, a.Seq), clear...)
	b.add(updateAttempt, append(args, a.ID[:])...)
}

func (b *builder) timer(t *gateway.Timer) {
	var body any
	if t.Phone != "" || t.Act != nil {
		body = b.body("timer", t.ID, t)
	}
	b.add(insertTimer, t.ID[:], string(t.Kind), idOrNull(t.Alert), idOrNull(t.Profile), micros(t.Due), body)
	b.wakes = b.wakes || micros(t.Due) <= b.at+dueSoon.Microseconds()
}

func (b *builder) task(t *gateway.Task) {
	body := b.body("task", t.ID, t)
	if t.Seq == 0 {
		b.add(insertTask, t.ID[:], string(t.Kind), int64(t.State), flag(t.Urgent), idOrNull(t.Alert), idOrNull(t.Profile), micros(t.At), body)
		return
	}
	b.add(updateTask, t.Seq, string(t.Kind), int64(t.State), flag(t.Urgent), idOrNull(t.Alert), idOrNull(t.Profile), micros(t.At), body, t.ID[:])
}

func (b *builder) desk(d *gateway.Desk) {
	body := b.body("desk", d.ID, d)
	if d.Seq == 0 {
		b.add(insertDesk, d.ID[:], d.Consulate, int64(d.Position), body)
		return
	}
	b.add(updateDesk, d.Seq, d.Consulate, int64(d.Position), body, d.ID[:])
}
