package store

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"aviso/gateway"
)

// What an older version wrote is signed as it stands, and all of it is verified.

// signing is the record while what gives rights is signed as it stands.
type signing struct{ *Store }

// all signs what gives rights, as it stands. Nodes of an older version may go
// on beside this one where several share the database.
func (s signing) all(tx setUp, f *force, shared bool) error {
	others := false
	at := s.clock()
	if shared {
		if err := tx.query(selectHolders, func(row) error {
			others = true
			return nil
		}, micros(at.Add(-holdGone))); err != nil {
			return err
		}
	}
	if err := s.migrate(tx, at, others); err != nil {
		return err
	}
	proof, err := f.proof(s.sealer)
	if err != nil {
		return err
	}
	return tx.exec(putProof, proof)
}

// migrate makes the roll of a database that an older version wrote, of the
// rows as they are, and binds its sessions and links. others says that nodes of that
// version go on beside this one. A database that had a roll gets none: somebody took
// it away.
func (s signing) migrate(tx setUp, at time.Time, others bool) error {
	next := roll{Seq: micros(at)}
	if others {
		next.Unsigned = micros(at.Add(rollWait))
	}
	had := false
	if err := tx.query(`SELECT id, body FROM agent`, func(row row) error {
		plain, err := s.openBytes("agent", row.bytes(0), row.bytes(1))
		var a sealedAgent
		if err != nil || s.dec.Unmarshal(plain, &a) != nil {
			return nil // it is refused
		}
		had = had || a.Listed
		next.Agents = put(next.Agents, rollLine{Key: row.bytes(0), Sum: rollSum(plain)})
		return nil
	}); err != nil {
		return err
	}
	if had {
		return errHadRoll
	}
	var again []statement
	if err := tx.query(`SELECT key, agent, stage, seen, expires, body FROM session`, func(row row) error {
		x := gateway.Session{Key: row.bytes(0), Agent: row.id(1), Stage: gateway.Stage(row.int(2)), Seen: row.time(3), Expires: row.time(4)}
		if s.open("session", x.Key, row.bytes(5), &x) != nil {
			return nil
		}
		body, err := s.seal("session", x.Key, bindSession(&x))
		again = append(again, statement{sql: `UPDATE session SET body = $1 WHERE key = $2`, args: []any{body, x.Key}})
		return err
	}); err != nil {
		return err
	}
	if err := tx.query(`SELECT key, seq, alert, expires, body FROM pass`, func(row row) error {
		p := gateway.Pass{Key: row.bytes(0), Seq: row.int(1), Alert: row.id(2), Expires: row.time(3)}
		if s.open("pass", p.Key, row.bytes(4), &p) != nil {
			return nil
		}
		body, sum, err := s.sealPass(&p, p.Seq)
		next.Links = put(next.Links, rollLine{p.Key, sum, micros(p.Expires)})
		again = append(again, statement{sql: `UPDATE pass SET body = $1 WHERE key = $2`, args: []any{body, p.Key}})
		return err
	}); err != nil {
		return err
	}
	body, err := s.seal("roll", rollID, next)
	if err != nil {
		return err
	}
	again = append(again, statement{sql: foundRoll, args: []any{rollID, next.Seq, body}})
	for _, st := range again {
		if err := tx.exec(st.sql, st.args...); err != nil {
			return err
		}
	}
	return nil
}

// errHadRoll is a sentence for the operator.
var errHadRoll = errors.New("the list of what gives rights was taken out of the database, and its schema set back; put a backup in its place")

// late signs the rows as they are, once no older node may be left.
func (s signing) late(ctx context.Context) error {
	last := s.rolled.Load()
	if last == nil || last.roll.Unsigned == 0 || micros(s.clock()) < last.roll.Unsigned {
		return nil
	}
	for range rollTries {
		var was *roll
		next := roll{}
		c := newRights(s.Store)
		if err := s.read(ctx, func(snap *snapshot) error {
			next = roll{}
			return snap.read(c.ask(snap),
				statement{sql: `SELECT id, body FROM agent`, each: func(row row) error {
					if plain, err := s.openBytes("agent", row.bytes(0), row.bytes(1)); err == nil {
						next.Agents = put(next.Agents, rollLine{Key: row.bytes(0), Sum: rollSum(plain)})
					}
					return nil
				}},
				statement{sql: `SELECT key, expires, body FROM pass`, each: func(row row) error {
					if plain, err := s.openBytes("pass", row.bytes(0), row.bytes(2)); err == nil {
						next.Links = put(next.Links, rollLine{row.bytes(0), rollSum(plain), row.int(1)})
					}
					return nil
				}})
		}); err != nil {
			return err
		}
		if was = c.roll; was == nil || was.Unsigned == 0 {
			return nil
		}
		next.Seq = max(was.Seq+1, micros(s.clock()))
		err := s.commit(ctx, func() (*unit, error) {
			body, err := s.seal("roll", rollID, next)
			return s.unit(statement{sql: updateRoll, args: []any{was.Seq, next.Seq, body, rollID}, means: errRollMoved}), err
		})
		if !errors.Is(err, errRollMoved) {
			return err
		}
	}
	return errRollMoved
}

// verify holds every row that the roll lists, and every agent, against it.
func (c *rights) verify(ctx context.Context, all *Verified) error {
	broken := func(err error) error {
		var f *forged
		if !errors.As(err, &f) {
			return err
		}
		var subject gateway.ID
		copy(subject[:], f.id)
		if f.what != "agent" {
			all.Broken = append(all.Broken, Break{Reason: f.says()})
			return nil
		}
		all.Broken = append(all.Broken, Break{subject, 0, "what gives the agent rights " + f.why})
		return nil
	}
	there := map[string]bool{}
	err := c.Store.read(ctx, func(snap *snapshot) error {
		if err := snap.read(c.ask(snap)); err != nil {
			return err
		}
		if err := c.there(); err != nil {
			return err
		}
		return snap.read(
			statement{sql: `SELECT ` + agentColumns + `, g.name_hash FROM agent g`, each: func(row row) error {
				there[string(row.bytes(0))] = true
				a, err := c.agent(row)
				if err == nil && !slices.ContainsFunc(c.force.finders, func(f *finder) bool { return bytes.Equal(hashBy(f, hashAgent, a.Name), row.bytes(4)) }) {
					err = &forged{"agent", "is found by a name that is another's", a.ID[:]}
				}
				return broken(err)
			}},
			statement{sql: `SELECT ` + passColumns + ` FROM pass w`, each: func(row row) error {
				_, err := c.pass(row)
				return broken(err)
			}},
			statement{sql: `SELECT ` + sessionColumns + ` FROM session s`, each: func(row row) error {
				_, err := c.session(row)
				return broken(err)
			}},
		)
	})
	if err != nil {
		return broken(err)
	}
	for _, line := range c.roll.Agents {
		if !there[string(line.Key)] {
			var subject gateway.ID
			copy(subject[:], line.Key)
			all.Broken = append(all.Broken, Break{subject, 0, "an agent is missing"})
		}
	}
	return nil
}
