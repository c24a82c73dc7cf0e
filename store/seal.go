package store

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/fxamacker/cbor/v2"

	"aviso/gateway"
)

// What is hashed for finding; the kind keeps a phone's hash as the phone of a
// profile apart from the same phone's hash as a contact's, so that nobody
// without the key sees who is whose contact.
type hashKind string

const (
	hashKey          hashKind = "key"
	hashConversation hashKind = "conversation"
	hashProfile      hashKind = "profile"
	hashCode         hashKind = "code"
	hashContact      hashKind = "contact"
	hashFormer       hashKind = "former"
	hashName         hashKind = "name"
	hashRecipient    hashKind = "recipient"
	hashAgent        hashKind = "agent"
	hashTry          hashKind = "try"
	hashKeySession   hashKind = "keysession"
	hashBlock        hashKind = "block"
	hashTexted       hashKind = "texted"
	hashSearch       hashKind = "search" // of an agent; no row is found by it
)

// sealer turns what is kept of people into bodies that tell nothing, and back.
// The keys in force change while it is used.
type sealer struct {
	keys atomic.Pointer[force]
	enc  cbor.EncMode
	dec  cbor.DecMode
}

// newSealer begins with the newest keys of a keyset.
func newSealer(keys *Keyset) (*sealer, error) {
	// Times keep their nanoseconds, as text: CBOR's shorter times are floating
	// point, which gives back another time than was put in.
	enc, err := cbor.EncOptions{Time: cbor.TimeRFC3339Nano}.EncMode()
	if err != nil {
		return nil, fmt.Errorf("make encoder: %w", err)
	}
	dec, err := cbor.DecOptions{}.DecMode()
	if err != nil {
		return nil, fmt.Errorf("make decoder: %w", err)
	}
	first, err := keys.force(0, keys.first())
	if err != nil {
		return nil, err
	}
	s := &sealer{enc: enc, dec: dec}
	s.keys.Store(first)
	return s, nil
}

// seal makes the body of one row. Table and row are bound to it, so that a
// body moved to another row does not open. What is kept of v is what has a
// json tag; the clear columns are tagged "-".
func (s *sealer) seal(table string, id []byte, v any) ([]byte, error) {
	plain, err := s.enc.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", table, err)
	}
	return s.sealBytes(table, id, plain)
}

func (s *sealer) sealBytes(table string, id, plain []byte) ([]byte, error) {
	body, err := s.keys.Load().seal.Encrypt(plain, associated(table, id))
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", table, err)
	}
	return body, nil
}

// open reads a body into v. A body that was erased leaves v as it is.
func (s *sealer) open(table string, id, body []byte, v any) error {
	if body == nil {
		return nil
	}
	plain, err := s.openBytes(table, id, body)
	if err != nil {
		return err
	}
	if err := s.dec.Unmarshal(plain, v); err != nil {
		// The decoder's own words may quote what it read.
		return fmt.Errorf("decode %s %x: damaged", table, id)
	}
	return nil
}

func (s *sealer) openBytes(table string, id, body []byte) ([]byte, error) {
	plain, err := s.keys.Load().seal.Decrypt(body, associated(table, id))
	if err != nil {
		return nil, fmt.Errorf("open %s %x: %w", table, id, errSealBroken)
	}
	return plain, nil
}

var errSealBroken = errors.New("the seal is broken, or of another keyset")

func associated(table string, id []byte) []byte {
	ad := make([]byte, 0, len(table)+1+len(id))
	ad = append(ad, table...)
	ad = append(ad, 0)
	return append(ad, id...)
}

// hash is the hash of a value as it is written. What is looked up is a lookup
// (force.go): during a rotation a row may have another hash.
func (s *sealer) hash(kind hashKind, value string) []byte {
	return hashBy(s.keys.Load().finders[0], kind, value)
}

func (s *sealer) phone(kind hashKind, phone gateway.Phone) []byte {
	return s.hash(kind, string(phone))
}
