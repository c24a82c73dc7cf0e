package store

import (
	"context"
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
	touchAgent  = `UPDATE agent SET ` + seqSeen + `, head = $2 WHERE id = $3`

	insertRinging = `INSERT INTO ringing (id, at, profile, alert, body) VALUES ($1, $2, $3, $4, $5)`
	updateRinging = `UPDATE ringing SET ` + seqSeen + `, body = $2 WHERE id = $3`
	endRinging    = `UPDATE ringing SET ended = $1 WHERE id = $2`
	selectCard    = `SELECT ` + ringingColumns + ` FROM ringing x WHERE x.id = $1 AND x.ended = 0`
	selectRinging = `SELECT ` + ringingColumns + ` FROM ringing x WHERE x.at >= $1 AND x.ended = 0 ORDER BY x.at DESC LIMIT $2`

	selectSession  = `SELECT ` + sessionColumns + ` FROM session s WHERE s.key = $1 AND s.expires > $2`
	selectSessions = `SELECT ` + sessionColumns + ` FROM session s WHERE s.agent = $1 AND s.expires > $2 ORDER BY s.seen DESC LIMIT $3`
	replaceSession = `INSERT INTO session (key, agent, stage, seen, expires, body) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (key) DO UPDATE SET stage = $3, seen = $4, expires = $5, body = $6`
	seeSession     = `UPDATE session SET seen = $1 WHERE key = $2`
	deleteSession  = `DELETE FROM session WHERE key = $1`
	deleteSessions = `DELETE FROM session WHERE agent = $1`
	expireSessions = `DELETE FROM session WHERE expires <= $1`
	selectPresent  = `SELECT count(DISTINCT agent) FROM session WHERE stage = 4 AND seen >= $1 AND expires > $2 AND agent <> $3`

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

func (s *sealer) agent(row row) (gateway.Agent, error) {
	a := gateway.Agent{ID: row.id(0), Version: gateway.Version{Seq: row.int(1), Head: row.bytes(2)}}
	return a, s.open("agent", a.ID[:], row.bytes(3), &a)
}

func (s *sealer) session(row row) (gateway.Session, error) {
	x := gateway.Session{
		Key: row.bytes(0), Agent: row.id(1), Stage: gateway.Stage(row.int(2)), Seen: row.time(3), Expires: row.time(4),
	}
	return x, s.open("session", x.Key, row.bytes(5), &x)
}

func (s *sealer) ringing(row row) (gateway.Ringing, error) {
	x := gateway.Ringing{ID: row.id(0), At: row.time(1), Profile: row.id(2), Alert: row.id(3), Seq: row.int(5)}
	return x, s.open("ringing", x.ID[:], row.bytes(4), &x)
}

func (b *builder) agent(a *gateway.Agent, chains chains) {
	head := chains.head(gateway.SubjectAgent, a.ID)
	body := b.body("agent", a.ID, a)
	name := b.hash(hashAgent, a.Name)
	b.move("agent", "name_hash", hashAgent, a.Name)
	if a.Seq == 0 {
		b.add(insertAgent, a.ID[:], head, b.at, name, body)
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
func (s *Store) Agent(ctx context.Context, id gateway.ID) (*gateway.Agent, error) {
	return one(ctx, s, s.agent, selectAgent, id[:])
}

// AgentByName finds an agent by name; nil where there is none.
func (s *Store) AgentByName(ctx context.Context, name string) (*gateway.Agent, error) {
	return one(ctx, s, s.agent, selectAgentByName, lookup{hashAgent, name})
}

// Agents are all agents, the oldest first.
func (s *Store) Agents(ctx context.Context) ([]gateway.Agent, error) {
	return many(ctx, s, s.agent, selectAgents, int64(maxAgents))
}

// Ringing are the calls that were put through since a time and are not over, newest
// first.
func (s *Store) Ringing(ctx context.Context, since time.Time) ([]gateway.Ringing, error) {
	return many(ctx, s, s.ringing, selectRinging, micros(since), int64(maxCalls))
}

// Session finds a session that has not expired by its key; nil where there is
// none.
func (s *Store) Session(ctx context.Context, key []byte) (*gateway.Session, error) {
	return one(ctx, s, s.session, selectSession, key, micros(s.clock()))
}

// Sessions are an agent's that have not expired, the last seen first.
func (s *Store) Sessions(ctx context.Context, agent gateway.ID) ([]gateway.Session, error) {
	return many(ctx, s, s.session, selectSessions, agent[:], micros(s.clock()), int64(maxAgents))
}

// PutSession writes a session down, durable on return, and forgets those that
// have expired.
func (s *Store) PutSession(ctx context.Context, x gateway.Session) error {
	return s.run(ctx, "put session", func(b *builder) {
		body, err := b.seal("session", x.Key, x)
		b.err = err
		b.add(expireSessions, b.at)
		b.add(replaceSession, x.Key, x.Agent[:], int64(x.Stage), micros(x.Seen), micros(x.Expires), body)
	})
}

// SeeSession notes that a session was used.
func (s *Store) SeeSession(ctx context.Context, key []byte, at time.Time) error {
	return s.run(ctx, "see session", func(b *builder) { b.add(seeSession, micros(at), key) })
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
