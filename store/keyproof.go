package store

import (
	"bytes"
	"errors"
	"fmt"

	"aviso/gateway"
)

// The list of the keys in force (force.go) gives a right too: who could put back one
// that was replaced, because somebody else has it, would read all that is written
// from then on. So the key that seals seals the list as well, and no node goes back to
// an older list, or an older key, than it knows. A node that starts knows none: it
// looks whether the keyset's newest sealing key, where it is not in force, has sealed
// anything. If so, it was.

const (
	selectProof = `SELECT value FROM meta WHERE name = 'keys proof'`
	putProof    = `INSERT INTO meta (name, number, value) VALUES ('keys proof', 0, $1) ON CONFLICT (name) DO UPDATE SET value = $1`
)

var proofID = []byte("keys proof")

// ErrForgedKeys is a sentence for the operator.
var ErrForgedKeys = fmt.Errorf("the database's list of the keys in force was changed, or put back, by somebody else than this program; put back a backup (%w)", gateway.ErrForged)

type keysProof struct {
	Epoch int64  `json:"epoch"`
	Names []byte `json:"names"`
}

// proof is what proves the list of keys in force.
func (f *force) proof(s *sealer) ([]byte, error) {
	plain, err := s.enc.Marshal(keysProof{f.epoch, joinNames(f.names)})
	if err != nil {
		return nil, fmt.Errorf("encode keys: %w", err)
	}
	body, err := f.seal.Encrypt(plain, associated("meta", proofID))
	if err != nil {
		return nil, fmt.Errorf("seal keys: %w", err)
	}
	return body, nil
}

// proved refuses a list that its own first key has not sealed.
func (f *force) proved(s *sealer, body []byte) error {
	var said keysProof
	if !bytes.HasPrefix(body, f.prefix) {
		return ErrForgedKeys
	}
	plain, err := f.seal.Decrypt(body, associated("meta", proofID))
	if err != nil || s.dec.Unmarshal(plain, &said) != nil || said.Epoch != f.epoch || !bytes.Equal(said.Names, joinNames(f.names)) {
		return ErrForgedKeys
	}
	return nil
}

// follows refuses keys that go back behind those at hand.
func (f *force) follows(now *force) error {
	for i := range 2 { // the key that seals, and the one that finds
		ring := f.set.ring(i == 1)
		was, known := ring.age[now.names[i]]
		if f.epoch < now.epoch || known && ring.age[f.names[i]] < was {
			return ErrForgedKeys
		}
	}
	return nil
}

// neverLeft refuses a list without the keyset's newest sealing key, which has sealed
// what stands in one of the small tables: it was in force.
func (f *force) neverLeft(tx setUp) error {
	newest := f.set.seal.newest
	for _, name := range f.names {
		if name == newest {
			return nil
		}
	}
	found := false
	for _, table := range []string{"roll", "agent", "session", "seal", "pass", "desk"} {
		if err := tx.query(`SELECT 1 FROM `+table+` WHERE substr(body, 1, 5) = $1 LIMIT 1`, func(row) error {
			found = true
			return nil
		}, sealPrefix(f.set.seal.ids[newest])); err != nil {
			return err
		}
	}
	if found {
		return ErrForgedKeys
	}
	return nil
}

// provedIn refuses a list of keys in force that is not ours, or not the newest.
func (f *force) provedIn(tx setUp, s *sealer) error {
	var proof []byte
	if err := tx.query(selectProof, func(row row) error {
		proof = row.bytes(0)
		return nil
	}); err != nil {
		return err
	}
	return errors.Join(f.proved(s, proof), f.neverLeft(tx))
}
