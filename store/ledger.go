package store

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"aviso/gateway"
)

const insertLedger = `INSERT INTO ledger (subject, seq, kind, what, at, body_hash, hash, body, seal)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, (SELECT number FROM meta WHERE name = 'seal'))`

// Every Turn that changes a subject adds one row to the subject's chain, with
// the sequence number that the subject then has. The row's hash covers the
// hash before it, its clear columns and the hash of its body; the newest one
// is the subject's head.

// link is the hash of a chain's row.
func link(prev []byte, kind gateway.SubjectKind, id []byte, seq int64, what string, at int64, bodyHash []byte) []byte {
	h := sha256.New()
	var frame [8]byte
	// Each field has its length in front, so that no two rows read the same.
	field := func(b []byte) {
		binary.BigEndian.PutUint64(frame[:], uint64(len(b)))
		h.Write(frame[:])
		h.Write(b)
	}
	number := func(n int64) {
		binary.BigEndian.PutUint64(frame[:], uint64(n))
		h.Write(frame[:])
	}
	field([]byte("aviso ledger 1"))
	field(prev)
	field([]byte(kind))
	field(id)
	number(seq)
	field([]byte(what))
	number(at)
	field(bodyHash)
	return h.Sum(nil)
}

// ledgerBody is what is sealed of a row. The salt keeps a short body from
// being guessed from its hash, which stays when the body is erased.
type ledgerBody struct {
	Salt    []byte      `json:"salt"`
	Entries []entryBody `json:"entries,omitempty"`
}

type entryBody struct {
	Kind   string `json:"kind"`
	Actor  string `json:"actor,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// entryErased is the kind of the entry that says that a person was erased. Only
// what is sealed of it counts: it excuses the rows before it, which have no bodies.
const entryErased = "erased"

func (e entryBody) erases() bool { return e.Kind == entryErased }

// chains are the subjects that a Turn changes, in order, with their entries.
type chains []*chain

type chain struct {
	kind    gateway.SubjectKind
	id      gateway.ID
	seen    gateway.Version
	written bool // the Turn writes the subject's row itself
	entries []entryBody
	head    []byte
}

func (c chains) find(kind gateway.SubjectKind, id gateway.ID) *chain {
	for _, chain := range c {
		if chain.kind == kind && chain.id == id {
			return chain
		}
	}
	return nil
}

func (c chains) head(kind gateway.SubjectKind, id gateway.ID) []byte { return c.find(kind, id).head }

// chains adds the rows of every chain that the Turn lengthens. Whoever else
// has lengthened one since it was seen has taken the row's key.
func (b *builder) chains(t *gateway.Turn) chains {
	var list chains
	written := func(kind gateway.SubjectKind, id gateway.ID, seen gateway.Version) {
		list = append(list, &chain{kind: kind, id: id, seen: seen, written: true})
	}
	for i := range t.Alerts {
		written(gateway.SubjectAlert, t.Alerts[i].ID, t.Alerts[i].Version)
	}
	for i := range t.Profiles {
		written(gateway.SubjectProfile, t.Profiles[i].ID, t.Profiles[i].Version)
	}
	for i := range t.Agents {
		written(gateway.SubjectAgent, t.Agents[i].ID, t.Agents[i].Version)
	}
	for i := range t.Erase {
		written(gateway.SubjectProfile, t.Erase[i].ID, t.Erase[i].Version)
	}
	for _, e := range t.Audit {
		c := list.find(e.Subject, e.ID)
		if c == nil {
			c = &chain{kind: e.Subject, id: e.ID, seen: e.Version}
			list = append(list, c)
		}
		c.entries = append(c.entries, entryBody{e.Kind, e.Actor, e.Detail})
	}
	for i := range t.Erase {
		c := list.find(gateway.SubjectProfile, t.Erase[i].ID)
		if !slices.ContainsFunc(c.entries, entryBody.erases) {
			c.entries = append(c.entries, entryBody{Kind: entryErased})
		}
		// The bodies go first: the row that says so comes after them, with
		// its own.
		b.add(`UPDATE ledger SET body = NULL WHERE subject = $1 AND body IS NOT NULL`, t.Erase[i].ID[:])
	}
	for _, c := range list {
		b.lengthen(c)
	}
	return list
}

// lengthen adds a chain's next row. A change without an entry has one too:
// every sequence number of a subject is accounted for.
func (b *builder) lengthen(c *chain) {
	salt := make([]byte, 16)
	rand.Read(salt) // never fails
	plain, err := b.enc.Marshal(ledgerBody{salt, c.entries})
	if err != nil {
		b.err = fmt.Errorf("encode ledger: %w", err)
		return
	}
	seq := c.seen.Seq + 1
	body, err := b.sealBytes("ledger", ledgerID(c.id[:], seq), plain)
	if err != nil {
		b.err = err
		return
	}
	kinds := make([]string, 0, 2)
	for _, e := range c.entries {
		kinds = append(kinds, e.Kind)
	}
	what := strings.Join(kinds, " ")
	bodyHash := sha256.Sum256(plain)
	c.head = link(c.seen.Head, c.kind, c.id[:], seq, what, b.at, bodyHash[:])
	b.add(insertLedger, c.id[:], seq, string(c.kind), what, b.at, bodyHash[:], c.head, body)
}

// touch moves on the subjects that have entries and are not written otherwise.
func (b *builder) touch(list chains) {
	for _, c := range list {
		switch {
		case c.written:
		case c.kind == gateway.SubjectAlert:
			b.add(touchAlert, c.seen.Seq, c.head, c.id[:])
		case c.kind == gateway.SubjectProfile:
			b.add(touchProfile, c.seen.Seq, c.head, c.id[:])
		case c.kind == gateway.SubjectAgent:
			b.add(touchAgent, c.seen.Seq, c.head, c.id[:])
		}
	}
}

// ledgerID is what a ledger row's body is bound to.
func ledgerID(subject []byte, seq int64) []byte {
	return binary.BigEndian.AppendUint64(append(make([]byte, 0, 24), subject...), uint64(seq))
}
