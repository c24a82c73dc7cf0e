package store

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"aviso/gateway"
)

// sealedTable is a table whose rows have a sealed body, and perhaps keyed
// hashes. Every hash is one of something in the body.
type sealedTable struct {
	name  string
	key   []string         // the columns of its primary key; the first is a BYTEA
	least any              // the least value of the second one; nil: there is none
	bound func(row) []byte // what a body is bound to, of the key; nil: only to the table

	hashes []string // columns
	rehash func(*sealer, []byte) (values []any, more func(row, []byte) []statement, err error)
}

var (
	idKey   = []string{"id"}
	byFirst = func(r row) []byte { return r.bytes(0) }
)

// sealedTables are all of them; a test holds the list to the schema. A body that
// names what its row's key is a hash of is bound to the table alone: the key
// changes with the lookup key.
var sealedTables = []sealedTable{
	{name: "profile", key: idKey, bound: byFirst, hashes: []string{"phone_hash", "code_hash", "fingers"}, rehash: (*sealer).rehashProfile},
	{name: "conversation", key: idKey, bound: byFirst, hashes: []string{"phone_hash"}, rehash: rehash(func(s *sealer, c *gateway.Conversation) []byte {
		return s.phone(hashConversation, c.Phone)
	})},
	{name: "alert", key: idKey, bound: byFirst},
	{name: "recipient", key: []string{"alert", "id"}, least: []byte{}, bound: func(r row) []byte { return r.bytes(1) },
		hashes: []string{"phone_hash"}, rehash: rehash(func(s *sealer, r *gateway.Recipient) []byte {
			return s.phone(hashRecipient, r.Phone)
		})},
	{name: "attempt", key: idKey, bound: byFirst},
	{name: "timer", key: idKey, bound: byFirst},
	{name: "task", key: idKey, bound: byFirst},
	{name: "desk", key: idKey, bound: byFirst},
	{name: "incident", key: idKey, bound: byFirst},
	{name: "ringing", key: idKey, bound: byFirst},
	{name: "session", key: []string{"key"}, bound: byFirst},
	{name: "pass", key: []string{"key"}, bound: byFirst},
	{name: "agent", key: idKey, bound: byFirst, hashes: []string{"name_hash"}, rehash: rehash(func(s *sealer, a *gateway.Agent) []byte {
		return s.hash(hashAgent, a.Name)
	})},
	{name: "keysession", key: idKey, bound: byFirst, hashes: []string{"key_hash"}, rehash: rehash(func(s *sealer, k *gateway.KeySession) []byte {
		return s.hash(hashKeySession, k.Key)
	})},
	{name: "inbound", key: []string{"key"}, hashes: []string{"key"}, rehash: rehash(func(s *sealer, a *firstAnswer) []byte {
		return s.hash(hashKey, a.Key)
	})},
	{name: "login_try", key: []string{"key"}, hashes: []string{"key"}, rehash: rehash(func(s *sealer, key *string) []byte {
		return s.hash(hashTry, *key)
	})},
	{name: "newcomer", key: []string{"block", "day"}, least: int64(0), hashes: []string{"block"}, rehash: rehash(func(s *sealer, block *string) []byte {
		return s.hash(hashBlock, *block)
	})},
	{name: "texted", key: idKey, bound: byFirst, hashes: []string{"phone_hash"}, rehash: rehash(func(s *sealer, t *gateway.Texted) []byte {
		return s.phone(hashTexted, t.To)
	})},
	{name: "seal", key: idKey, bound: byFirst},
	{name: "roll", key: idKey, bound: byFirst},
	{name: "ledger", key: []string{"subject", "seq"}, least: int64(0), bound: func(r row) []byte { return ledgerID(r.bytes(0), r.int(1)) }},
}

// rehash is for a table with one hash.
func rehash[T any](hash func(*sealer, *T) []byte) func(*sealer, []byte) ([]any, func(row, []byte) []statement, error) {
	return func(s *sealer, plain []byte) ([]any, func(row, []byte) []statement, error) {
		var v T
		if err := s.dec.Unmarshal(plain, &v); err != nil {
			return nil, nil, errSealBroken
		}
		return []any{bytesOrNull(hash(s, &v))}, nil, nil
	}
}

// rehashProfile also makes what the profile is found by besides. All of that
// hangs on the body that the profile's own statement has put there: where a Turn
// was first, and has written all of it itself, none of it does anything.
func (s *sealer) rehashProfile(plain []byte) ([]any, func(row, []byte) []statement, error) {
	var p gateway.Profile
	if err := s.dec.Unmarshal(plain, &p); err != nil {
		return nil, nil, errSealBroken
	}
	fingers, sum := s.fingers(&p)
	more := func(r row, body []byte) []statement {
		if bytes.Equal(r.bytes(len(r)-1), sum) {
			return nil
		}
		id := r.bytes(0)
		list := []statement{{sql: `DELETE FROM finger WHERE profile = $1 AND EXISTS (SELECT 1 FROM profile WHERE id = $1 AND body = $2)`, args: []any{id, body}}}
		for _, f := range fingers {
			list = append(list, statement{
				sql: `INSERT INTO finger (hash, kind, profile) SELECT $1, $2, id FROM profile
					WHERE id = $3 AND body = $4 ON CONFLICT DO NOTHING`,
				args: []any{f.hash, f.kind, id, body},
			})
		}
		return list
	}
	return []any{bytesOrNull(s.phone(hashProfile, p.Phone)), bytesOrNull(s.hash(hashCode, string(p.Code))), sum}, more, nil
}

// page reads rows behind a key: its columns, the body, the hashes.
func (t *sealedTable) page() string {
	keys := strings.Join(t.key, ", ")
	columns := strings.Join(append([]string{keys, "body"}, t.hashes...), ", ")
	return fmt.Sprintf(`SELECT %s FROM %s WHERE (%s) > (%s) ORDER BY %s LIMIT $%d`,
		columns, t.name, keys, places(len(t.key)), keys, len(t.key)+1)
}

// renew makes the statements that bring a row over to the keys in force; none
// where it is there. They change it only while its body is the one that was
// read: a Turn that has been there meanwhile has written it with those keys.
func (t *sealedTable) renew(s *sealer, r row) ([]statement, error) {
	n := len(t.key)
	body := r.bytes(n)
	if len(body) == 0 {
		return nil, nil // erased
	}
	var bound []byte
	if t.bound != nil {
		bound = t.bound(r)
	}
	plain, err := s.openBytes(t.name, bound, body)
	if err != nil {
		return nil, err
	}
	next := body
	if !bytes.HasPrefix(body, s.keys.Load().prefix) {
		if next, err = s.sealBytes(t.name, bound, plain); err != nil {
			return nil, err
		}
	}
	var values []any
	var more func(row, []byte) []statement
	if t.rehash != nil {
		if values, more, err = t.rehash(s, plain); err != nil {
			return nil, err
		}
	}
	same := func(i int) bool { was, _ := values[i].([]byte); return bytes.Equal(was, t.hash(r, i)) }
	stays := bytes.Equal(next, body)
	for i := range values {
		stays = stays && same(i)
	}
	if stays {
		return nil, nil
	}
	set, args := []string{"body = $1"}, []any{next}
	for i, column := range t.hashes {
		args = append(args, values[i])
		set = append(set, fmt.Sprintf("%s = $%d", column, len(args)))
	}
	var where []string
	for i, column := range append(slices.Clone(t.key), "body") {
		args = append(args, any(r[i]))
		where = append(where, fmt.Sprintf("%s = $%d", column, len(args)))
	}
	list := []statement{{sql: `UPDATE ` + t.name + ` SET ` + strings.Join(set, ", ") + ` WHERE ` + strings.Join(where, " AND "), args: args}}
	if more != nil {
		list = append(list, more(r, next)...)
	}
	return list, nil
}

// hash is a row's hash in one of the columns.
func (t *sealedTable) hash(r row, i int) []byte { return r.bytes(len(t.key) + 1 + i) }
