package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"aviso/gateway"
)

// What gives rights: an agent's row (role, password, second factor, browsers that
// are known, whether it is disabled), a session, a link of a consulate's desk, and
// the list of the keys in force. Whoever can write to the database, and has no key,
// is not to gain any by it. Four things hold that:
//
//	bound   every field that gives a right is sealed, bound to its table and row; the
//	        columns beside it are there to be searched by, and a row in which they
//	        say something else is refused
//	listed  the sums of all agents' and links' rows stand in one sealed row, the
//	        roll, which every change to one of them writes too: an older state of a
//	        row does not fit it, and one that is missing is missed
//	late    the roll's number only rises. A node refuses one that is lower than it
//	        has seen; a session that an agent has ended is noted in the agent's row
//	keys    such a row is taken only where a key in force has sealed it: one that was
//	        replaced, perhaps because somebody has it, makes none
//
// What is refused is gateway.ErrForged: nothing is done, and OnForged is told.
//
// A database that an older version wrote has no roll: the migration makes it, of the
// rows as they are. What that cannot tell, and what nothing in a database can tell,
// is that all of it was put back to an earlier time while no node ran.

var rollID = []byte("agents and links")

const (
	selectRoll = `SELECT seq, body FROM roll WHERE id = $1`
	guardRoll  = `INSERT INTO guard (ok) SELECT CAST(NULL AS BIGINT) WHERE NOT EXISTS (SELECT 1 FROM roll WHERE id = $1 AND seq = $2)`
	updateRoll = `UPDATE roll SET seq = CASE WHEN seq = $1 THEN CAST($2 AS BIGINT) ELSE NULL END, body = $3 WHERE id = $4`
	foundRoll  = `INSERT INTO roll (id, seq, body) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET seq = $2, body = $3`
)

// rollTries is how often a change is written anew because the roll moved on.
const rollTries = 50

// rollWait is for how long the nodes of an older version, which know of no roll, may
// go on beside the one that migrates; what they write is signed afterwards.
const rollWait = time.Hour

// roll lists the rows that give rights.
type roll struct {
	Seq    int64      `json:"seq"`
	Agents []rollLine `json:"agents,omitempty"`
	Links  []rollLine `json:"links,omitempty"`

	// Unsigned is until when older nodes may change rows without it, in microseconds
	// since 1970; 0: nobody may.
	Unsigned int64 `json:"unsigned,omitempty"`
}

// rollLine is one row: its key, a hash over what is sealed in it, and until when a
// link is good, in microseconds since 1970.
type rollLine struct {
	Key   []byte `json:"key"`
	Sum   []byte `json:"sum"`
	Until int64  `json:"until,omitempty"`
}

func rollSum(plain []byte) []byte {
	sum := sha256.Sum256(plain)
	return sum[:16]
}

func put(lines []rollLine, line rollLine) []rollLine {
	i, found := slices.BinarySearchFunc(lines, line.Key, func(l rollLine, key []byte) int { return bytes.Compare(l.Key, key) })
	if found {
		lines[i] = line
		return lines
	}
	return slices.Insert(lines, i, line)
}

// holds reports whether a row is as the roll has it.
func holds(lines []rollLine, key, plain []byte) bool {
	i, found := slices.BinarySearchFunc(lines, key, func(l rollLine, key []byte) int { return bytes.Compare(l.Key, key) })
	return found && bytes.Equal(lines[i].Sum, rollSum(plain))
}

// forged is a row that gives a right and was changed behind our back.
type forged struct {
	what, why string
	id        []byte
}

func (f *forged) Error() string {
	return fmt.Sprintf("%s: %v", f.says(), gateway.ErrForged)
}

// says names the row. It tells nothing of what is in it.
func (f *forged) says() string {
	if f.what == "roll" || f.what == "keys" { // there is one
		return f.what + " " + f.why
	}
	return fmt.Sprintf("%s %x %s", f.what, f.id[:min(len(f.id), 16)], f.why)
}

func (f *forged) Unwrap() error { return gateway.ErrForged }

// ForgedKinds are what can be found forged.
var ForgedKinds = []string{"session", "agent", "link", "roll", "keys"}

// OnForged has f told of each row that is refused because it was changed behind our
// back: one of ForgedKinds, and the error, which names the row. f may not block.
func (a *forgeries) OnForged(f func(what string, err error)) { a.on.Store(&f) }

// forgeries is who is told of them.
type forgeries struct {
	on atomic.Pointer[func(what string, err error)]
}

// Forged tells of a row that was put back, and is the error by which it is refused.
func (a *forgeries) Forged(what string, id []byte) error {
	return a.tell(&forged{what, "was put back", id})
}

func (a *forgeries) tell(err error) error {
	var found *forged
	if tell := a.on.Load(); tell != nil && errors.As(err, &found) {
		(*tell)(found.what, err)
	}
	return err
}

// rights is one reading of rows that give rights, of one snapshot. It begins before
// the snapshot does.
type rights struct {
	*Store
	force *force // that the snapshot is read with
	seen  int64  // the roll is not older than that
	roll  *roll
}

func newRights(s *Store) *rights { return &rights{Store: s, seen: s.rollSeen.Load()} }

// ask reads the roll; it stands before what is held against it.
func (c *rights) ask(snap *snapshot) statement {
	c.roll, c.force = nil, snap.force
	return statement{sql: selectRoll, args: []any{rollID}, each: c.take}
}

func (c *rights) take(row row) error {
	body := row.bytes(1)
	if last := c.rolled.Load(); last != nil && bytes.Equal(last.body, body) && last.epoch == c.force.epoch {
		c.roll = last.roll
	} else {
		r := &roll{}
		if _, err := c.force.openRight(c.sealer, "roll", rollID, body, r); err != nil {
			return err
		}
		c.roll = r
		c.rolled.Store(&rolled{bytes.Clone(body), c.force.epoch, r})
	}
	if c.roll.Seq != row.int(0) {
		return &forged{"roll", "was changed", nil}
	}
	if c.roll.Seq < c.seen {
		return &forged{"roll", "is older than this node has seen; was the database put back to an earlier time? Who did so on purpose starts the nodes anew", nil}
	}
	c.rollSeen.saw(c.roll.Seq)
	return nil
}

// highest is the highest number that was seen.
type highest struct{ atomic.Int64 }

func (h *highest) saw(number int64) {
	for seen := h.Load(); seen < number && !h.CompareAndSwap(seen, number); {
		seen = h.Load()
	}
}

// rolled is a roll that was opened, with the body that it was opened from.
type rolled struct {
	body  []byte
	epoch int64
	roll  *roll
}

// there refuses where there is no roll.
func (c *rights) there() error {
	if c.roll == nil {
		return &forged{"roll", "is missing", nil}
	}
	return nil
}

func (c *rights) signed() bool { return c.roll.Unsigned == 0 }

// openRight opens a body that gives a right: a key in force has sealed it.
func (f *force) openRight(s *sealer, table string, id, body []byte, v any) (plain []byte, err error) {
	what := table
	if table == "pass" {
		what = "link"
	}
	if !f.seals(body) {
		return nil, &forged{what, "is sealed with no key that is in force", id}
	}
	plain, err = s.openBytes(table, id, body)
	if err == nil && s.dec.Unmarshal(plain, v) != nil {
		err = errSealBroken
	}
	if err != nil {
		return nil, &forged{what, "does not open", id}
	}
	return plain, nil
}

// agent reads an agent, and holds the row against the roll. Where it does not fit,
// what opened comes with the error.
func (c *rights) agent(row row) (gateway.Agent, error) {
	a := gateway.Agent{ID: row.id(0), Version: gateway.Version{Seq: row.int(1), Head: row.bytes(2)}}
	plain, err := c.force.openRight(c.sealer, "agent", a.ID[:], row.bytes(3), &a)
	if there := c.there(); there != nil {
		err = there
	}
	if err == nil && c.signed() && !holds(c.roll.Agents, a.ID[:], plain) {
		err = &forged{"agent", "is not as it was last written", a.ID[:]}
	}
	a.Forged = err != nil
	return a, err
}

// boundSession is what a session's columns have to say.
type boundSession struct {
	Agent   gateway.ID `json:"agent"`
	Stage   int64      `json:"stage"`
	Seen    int64      `json:"seen"`
	Expires int64      `json:"expires"`
}

type sealedSession struct {
	*gateway.Session
	Bound *boundSession `json:"bound,omitempty"`
}

func bindSession(x *gateway.Session) sealedSession {
	return sealedSession{x, &boundSession{x.Agent, int64(x.Stage), micros(x.Seen), micros(x.Expires)}}
}

// session reads a session; nil for one of an older version's, that nothing binds.
func (c *rights) session(row row) (*gateway.Session, error) {
	if err := c.there(); err != nil {
		return nil, err
	}
	x := gateway.Session{
		Key: row.bytes(0), Agent: row.id(1), Stage: gateway.Stage(row.int(2)), Seen: row.time(3), Expires: row.time(4),
	}
	said := sealedSession{Session: &x}
	if _, err := c.force.openRight(c.sealer, "session", x.Key, row.bytes(5), &said); err != nil {
		return nil, err
	}
	switch {
	case said.Bound == nil && c.signed():
		return nil, nil
	case said.Bound != nil && *said.Bound != *bindSession(&x).Bound:
		return nil, &forged{"session", "was changed", x.Key}
	}
	return &x, nil
}

// boundPass is what a link's columns have to say.
type boundPass struct {
	Seq     int64      `json:"seq"`
	Alert   gateway.ID `json:"alert"`
	Expires int64      `json:"expires"`
}

type sealedPass struct {
	*gateway.Pass
	Bound *boundPass `json:"bound,omitempty"`
}

func (c *rights) pass(row row) (*gateway.Pass, error) {
	if err := c.there(); err != nil {
		return nil, err
	}
	p := gateway.Pass{Key: row.bytes(0), Seq: row.int(1), Alert: row.id(2), Expires: row.time(3)}
	said := sealedPass{Pass: &p}
	plain, err := c.force.openRight(c.sealer, "pass", p.Key, row.bytes(4), &said)
	switch {
	case err != nil:
		return nil, err
	case said.Bound != nil && *said.Bound != boundPass{p.Seq, p.Alert, micros(p.Expires)}:
		return nil, &forged{"link", "was changed", p.Key}
	case c.signed() && !holds(c.roll.Links, p.Key, plain):
		return nil, &forged{"link", "is not as it was last written", p.Key}
	}
	return &p, nil
}

// list reads rows that give rights, and hands them over row by row.
func (c *rights) list(ctx context.Context, reset func(), sql string, each func(*rights, row) error, args ...any) error {
	err := c.Store.read(ctx, func(snap *snapshot) error {
		reset()
		return snap.read(c.ask(snap), statement{sql: sql, args: args, each: func(row row) error { return each(c, row) }})
	})
	if err != nil {
		return c.tell(fmt.Errorf("read: %w", err))
	}
	return nil
}

// rollFor is the roll that a Turn changes; nil: it changes none.
func (c *rights) rollFor(ctx context.Context, t *gateway.Turn) (*roll, error) {
	if len(t.Agents)+len(t.Passes) == 0 {
		return nil, nil
	}
	for i := range t.Agents {
		if t.Agents[i].Forged && !t.Vouched {
			return nil, gateway.ErrForged
		}
	}
	err := c.Store.read(ctx, func(snap *snapshot) error {
		if err := snap.read(c.ask(snap)); err != nil {
			return err
		}
		return c.there()
	})
	switch {
	case err == nil:
		return c.roll, nil
	case t.Vouched && errors.Is(err, gateway.ErrForged):
		return &roll{Seq: -1}, nil
	}
	return nil, c.tell(err)
}

// roll writes the roll with what the unit changes.
func (b *builder) roll(was *roll) {
	if was == nil {
		return
	}
	next := roll{Seq: max(was.Seq+1, b.at), Agents: slices.Clone(was.Agents), Unsigned: was.Unsigned}
	for _, line := range was.Links {
		if line.Until > b.at {
			next.Links = append(next.Links, line)
		}
	}
	for _, line := range b.agents {
		next.Agents = put(next.Agents, line)
	}
	for _, line := range b.links {
		next.Links = put(next.Links, line)
	}
	b.rollSeq = next.Seq
	body, err := b.seal("roll", rollID, next)
	if err != nil && b.err == nil {
		b.err = err
	}
	if was.Seq < 0 { // there was none that holds, and somebody vouches
		b.add(foundRoll, rollID, next.Seq, body)
		return
	}
	b.statements = append(b.statements,
		statement{sql: guardRoll, args: []any{rollID, was.Seq}, means: errRollMoved},
		statement{sql: updateRoll, args: []any{was.Seq, next.Seq, body, rollID}, means: errRollMoved})
}

// errRollMoved: somebody else has written the roll.
var errRollMoved = errors.New("the roll has moved on")

// sealedAgent is what is sealed of an agent. Listed stands in every row that was
// written with the roll.
type sealedAgent struct {
	*gateway.Agent
	Listed bool `json:"listed,omitempty"`
}

// sealRight seals what gives a right, and gives the sum that the roll lists.
func (s *sealer) sealRight(table string, id []byte, v any) (body, sum []byte, err error) {
	plain, err := s.enc.Marshal(v)
	if err != nil {
		return nil, nil, fmt.Errorf("encode %s: %w", table, err)
	}
	body, err = s.sealBytes(table, id, plain)
	return body, rollSum(plain), err
}

func (s *sealer) sealPass(p *gateway.Pass, seq int64) (body, sum []byte, err error) {
	return s.sealRight("pass", p.Key, sealedPass{p, &boundPass{seq, p.Alert, micros(p.Expires)}})
}
