package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"aviso/gateway"
)

// Agents, their sessions, and the calls that are put through to them.

const (
	agentColumns   = `g.id, g.seq, g.head, g.body`
	sessionColumns = `s.key, s.agent, s.stage, s.seen, s.expires, s.body`
	ringingColumns = `x.id, x.at, x.profile, x.alert, x.body, x.seq`

	selectAgent       = `SELECT ` + agentColumns + ` FROM agent g WHERE g.id = $1`
	selectAgentByName = `SELECT ` + agentColumns + ` FROM agent g WHERE g.name_hash = $1`
	selectAgents      = `SELECT ` + agentColumns + ` FROM agent g ORDER BY g.id LIMIT $1`

	insertAgent = `INSERT INTO agent (id, seq, head, at, name_hash, body) VALUES ($1, 1, $2, $3, $4, $5)`
	updateAgent = `UPDATE agent SET ` + seqSeen + `, head = $2, at = $3, name_hash = $4, body = $5 WHERE id = $6`
	vouchAgent  = `UPDATE agent SET seq = $1, head = $2, at = $3, name_hash = $4, body = $5 WHERE id = $6`
	touchAgent  = `UPDATE agent SET ` + seqSeen + `, head = $2 WHERE id = $3`

	selectChainEnd = `SELECT seq, hash FROM ledger WHERE subject = $1 ORDER BY seq DESC LIMIT 1`

	insertRinging = `INSERT INTO ringing (id, at, profile, alert, body) VALUES ($1, $2, $3, $4, $5)`
	updateRinging = `UPDATE ringing SET ` + seqSeen + `, body = $2 WHERE id = $3`
	endRinging    = `UPDATE ringing SET ended = $1 WHERE id = $2`
	selectCard    = `SELECT ` + ringingColumns + ` FROM ringing x WHERE x.id = $1 AND x.ended = 0`
	selectRinging = `SELECT ` + ringingColumns + ` FROM ringing x WHERE x.at >= $1 AND x.ended = 0 ORDER BY x.at DESC LIMIT $2`

	selectSession  = `SELECT ` + sessionColumns + ` FROM session s WHERE s.key = $1 AND s.expires > $2`
	selectSessions = `SELECT ` + sessionColumns + ` FROM session s WHERE s.agent = $1 AND s.expires > $2 ORDER BY s.seen DESC LIMIT $3`
	replaceSession = `INSERT INTO session (key, agent, stage, seen, expires, body) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (key) DO UPDATE SET agent = $2, stage = $3, seen = $4, expires = $5, body = $6`
	seeSession     = `UPDATE session SET seen = $1, body = $2 WHERE key = $3 AND seen = $4`
	deleteSession  = `DELETE FROM session WHERE key = $1`
	deleteSessions = `DELETE FROM session WHERE agent = $1`
	expireSessions = `DELETE FROM session WHERE expires <= $1`
	selectPresent  = `SELECT ` + sessionColumns + ` FROM session s WHERE s.stage = 4 AND s.seen >= $1 AND s.expires > $2 AND s.agent <> $3`

	selectTask          = `SELECT ` + taskColumns + ` FROM task k WHERE k.id = $1`
	selectAlertOfTask   = `SELECT ` + alertColumns + ` FROM task k JOIN alert a ON a.id = k.alert WHERE k.id = $1 AND a.seq > 0`
	selectProfileOfTask = `SELECT ` + profileColumns + ` FROM task k JOIN profile p ON p.id = k.profile WHERE k.id = $1`

	// A try is counted before it is known whether it is right, so that many at
	// once are not all free. One that is refused counts nothing: its row keeps
	// its time. $3: a row that is older begins anew; $4: the tries that are
	// free; $5: the first wait, which doubles five times.
	countTry = `INSERT INTO login_try (key, tries, until, at, refused, body) VALUES ($1, 1, 0, $2, 0, $6)
		ON CONFLICT (key) DO UPDATE SET
			tries = CASE WHEN login_try.until > $2 THEN login_try.tries WHEN login_try.at < $3 THEN 1 ELSE login_try.tries + 1 END,
			until = CASE WHEN login_try.until > $2 THEN login_try.until
				WHEN login_try.at < $3 OR login_try.tries + 1 < $4 THEN 0
				ELSE $2 + CAST($5 AS BIGINT) * CASE login_try.tries + 1 - CAST($4 AS BIGINT)
					WHEN 0 THEN 1 WHEN 1 THEN 2 WHEN 2 THEN 4 WHEN 3 THEN 8 WHEN 4 THEN 16 ELSE 30 END END,
			at = CASE WHEN login_try.until > $2 THEN login_try.at ELSE $2 END,
			refused = CASE WHEN login_try.until > $2 THEN 1 ELSE 0 END
		RETURNING until, refused`
	noteTry = `INSERT INTO login_try (key, tries, until, at, refused, body) VALUES ($1, 1, 0, $2, 0, $3)
		ON CONFLICT (key) DO UPDATE SET tries = login_try.tries + 1, at = $2`
	selectTries = `SELECT y.tries, y.at FROM login_try y WHERE y.key = $1`
	clearTries  = `DELETE FROM login_try WHERE key = $1`
)

// maxAgents bounds lists of agents and of one agent's sessions.
const maxAgents = 500

func (s *sealer) ringing(row row) (gateway.Ringing, error) {
	x := gateway.Ringing{ID: row.id(0), At: row.time(1), Profile: row.id(2), Alert: row.id(3), Seq: row.int(5)}
	return x, s.open("ringing", x.ID[:], row.bytes(4), &x)
}

func (b *builder) agent(a *gateway.Agent, chains chains) {
	head := chains.head(gateway.SubjectAgent, a.ID)
	body, sum, err := b.sealRight("agent", a.ID[:], sealedAgent{a, true})
	if err != nil && b.err == nil {
		b.err = err
	}
	b.agents = append(b.agents, rollLine{Key: a.ID[:], Sum: sum})
	name := b.hash(hashAgent, a.Name)
	b.move("agent", "name_hash", hashAgent, a.Name)
	if a.Seq == 0 {
		b.add(insertAgent, a.ID[:], head, b.at, name, body)
		return
	}
	if a.Forged { // and somebody vouches
		b.add(vouchAgent, a.Seq+1, head, b.at, name, body, a.ID[:])
		return
	}
	b.add(updateAgent, a.Seq, head, b.at, name, body, a.ID[:])
}

func (b *builder) ringing(x *gateway.Ringing) {
	body := b.body("ringing", x.ID, x)
	if x.Seq > 0 {
		b.add(updateRinging, x.Seq, body, x.ID[:])
		return
	}
	b.add(insertRinging, x.ID[:], micros(x.At), idOrNull(x.Profile), idOrNull(x.Alert), body)
}

// Agent finds an agent by id, AgentByName by name; nil where there is none.
// gateway.ErrForged refuses one that was changed behind our back; what could be read
// of it comes along (gateway.Agent.Forged).
func (s *Store) Agent(ctx context.Context, id gateway.ID) (*gateway.Agent, error) {
	return newRights(s).one(ctx, "", selectAgent, id[:])
}

// AgentByName finds an agent by name; nil where there is none. Errors: as Agent.
func (s *Store) AgentByName(ctx context.Context, name string) (*gateway.Agent, error) {
	return newRights(s).one(ctx, name, selectAgentByName, lookup{hashAgent, name})
}

func (c *rights) one(ctx context.Context, name, sql string, args ...any) (found *gateway.Agent, err error) {
	err = c.list(ctx, func() { found = nil }, sql, func(c *rights, row row) error {
		a, err := c.agent(row)
		found = &a
		if err != nil {
			found.Forged = true
		}
		if err == nil && name != "" && a.Name != name {
			a.Forged = true
			err = &forged{"agent", "is found by a name that is another's", a.ID[:]}
		}
		return err
	}, args...)
	if found != nil && found.Forged {
		err = errors.Join(err, chained(ctx, c.Store, found))
	}
	return found, err
}

// chained gives an agent whose row was changed the version that the chain ends with.
func chained(ctx context.Context, s *Store, a *gateway.Agent) error {
	return s.read(ctx, func(snap *snapshot) error {
		return snap.read(statement{sql: selectChainEnd, args: []any{a.ID[:]}, each: func(row row) error {
			a.Seq, a.Head = row.int(0), row.bytes(1)
			return nil
		}})
	})
}

// Agents are all agents, the oldest first; those that were changed behind our back
// are marked (gateway.Agent.Forged), and may not even have a name.
func (s *Store) Agents(ctx context.Context) (list []gateway.Agent, err error) {
	var wrong []error
	err = newRights(s).list(ctx, func() { list, wrong = nil, nil }, selectAgents, func(c *rights, row row) error {
		a, err := c.agent(row)
		if errors.Is(err, gateway.ErrForged) && c.roll != nil {
			wrong, err = append(wrong, err), nil
		}
		list = append(list, a)
		return err
	}, int64(maxAgents))
	for _, err := range wrong {
		_ = s.tell(err) // it is in the list
	}
	return list, err
}

// Ringing are the calls that were put through since a time and are not over, newest
// first.
func (s *Store) Ringing(ctx context.Context, since time.Time) ([]gateway.Ringing, error) {
	return many(ctx, s, s.ringing, selectRinging, micros(since), int64(maxCalls))
}

// Session finds a session that has not expired by its key; nil where there is
// none. gateway.ErrForged refuses one that was changed behind our back.
func (s *Store) Session(ctx context.Context, key []byte) (found *gateway.Session, err error) {
	err = newRights(s).list(ctx, func() { found = nil }, selectSession, func(c *rights, row row) (err error) {
		found, err = c.session(row)
		return err
	}, key, micros(s.clock()))
	return found, err
}

// Sessions are an agent's that have not expired, the last seen first; none that was
// changed behind our back.
func (s *Store) Sessions(ctx context.Context, agent gateway.ID) (list []gateway.Session, err error) {
	err = newRights(s).list(ctx, func() { list = nil }, selectSessions, func(c *rights, row row) error {
		x, err := c.session(row)
		if x != nil {
			list = append(list, *x)
		}
		if errors.Is(err, gateway.ErrForged) && c.roll != nil {
			_ = s.tell(err) // it lets nobody in, and is no reason to show none
			err = nil
		}
		return err
	}, agent[:], micros(s.clock()), int64(maxAgents))
	return list, err
}

// PutSession writes a session down, durable on return, and forgets those that
// have expired.
func (s *Store) PutSession(ctx context.Context, x gateway.Session) error {
	return s.run(ctx, "put session", func(b *builder) {
		body, err := b.seal("session", x.Key, bindSession(&x))
		b.err = err
		b.add(expireSessions, b.at)
		b.add(replaceSession, x.Key, x.Agent[:], int64(x.Stage), micros(x.Seen), micros(x.Expires), body)
	})
}

// SeeSession notes that a session, as it was read, was used. It does nothing where
// somebody else has written it meanwhile.
func (s *Store) SeeSession(ctx context.Context, x gateway.Session, at time.Time) error {
	return s.run(ctx, "see session", func(b *builder) {
		was := x.Seen
		x.Seen = at
		body, err := b.seal("session", x.Key, bindSession(&x))
		b.err = err
		b.add(seeSession, micros(at), body, x.Key, micros(was))
	})
}

// EndSession ends one session, EndSessions all of an agent.
func (s *Store) EndSession(ctx context.Context, key []byte) error {
	return s.run(ctx, "end session", func(b *builder) { b.add(deleteSession, key) })
}

// EndSessions ends all sessions of an agent.
func (s *Store) EndSessions(ctx context.Context, agent gateway.ID) error {
	return s.run(ctx, "end sessions", func(b *builder) { b.add(deleteSessions, agent[:]) })
}

// CountTry counts a try at something that is throttled, on all nodes, and
// tells until when no further one is taken; refused says that this one is not.
// free tries cost nothing; then the wait is first, doubled with each try five
// times. A key that was left alone for an hour begins anew.
func (s *Store) CountTry(ctx context.Context, key string, free int, first time.Duration) (until time.Time, refused bool, err error) {
	now := s.clock()
	err = s.run(ctx, "count try", func(b *builder) {
		b.move("login_try", "key", hashTry, key)
		b.add(countTry, b.hash(hashTry, key), micros(now), micros(now.Add(-time.Hour)), int64(free), first.Microseconds(),
			b.of("login_try", key))
		b.statements[len(b.statements)-1].each = func(row row) error {
			until, refused = row.time(0), row.flag(1)
			return nil
		}
	})
	return until, refused, err
}

// NoteTry counts a try that failed, for whoever is to be told of it. Nothing is
// refused by it.
func (s *Store) NoteTry(ctx context.Context, key string) error {
	return s.run(ctx, "note try", func(b *builder) {
		b.move("login_try", "key", hashTry, key)
		b.add(noteTry, b.hash(hashTry, key), b.at, b.of("login_try", key))
	})
}

// Tries are how many were counted for a key, and when the last one was.
func (s *Store) Tries(ctx context.Context, key string) (n int, last time.Time, err error) {
	type counted struct {
		n    int
		last time.Time
	}
	found, err := one(ctx, s, func(row row) (counted, error) { return counted{int(row.int(0)), row.time(1)}, nil }, selectTries, lookup{hashTry, key})
	if err != nil || found == nil {
		return 0, time.Time{}, err
	}
	return found.n, found.last, nil
}

// ClearTries forgets what was counted for a key.
func (s *Store) ClearTries(ctx context.Context, key string) error {
	return s.run(ctx, "clear tries", func(b *builder) {
		b.move("login_try", "key", hashTry, key)
		b.add(clearTries, b.hash(hashTry, key))
	})
}

// run commits what build builds.
func (s *Store) run(ctx context.Context, what string, build func(*builder)) error {
	err := s.commit(ctx, func() (*unit, error) {
		b := &builder{sealer: s.sealer, at: micros(s.clock())}
		build(b)
		return s.unit(b.statements...), b.err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// one reads at most one row, many a list of them.
func one[T any](ctx context.Context, s *Store, scan func(row) (T, error), sql string, args ...any) (*T, error) {
	list, err := many(ctx, s, scan, sql, args...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

func many[T any](ctx context.Context, s *Store, scan func(row) (T, error), sql string, args ...any) ([]T, error) {
	var list []T
	err := s.read(ctx, func(snap *snapshot) error {
		list = nil
		return snap.read(statement{sql: sql, args: args, each: func(row row) error {
			x, err := scan(row)
			list = append(list, x)
			return err
		}})
	})
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return list, nil
}
