package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
)

// Keyset is a bag of keys that seal the records and find them again. It is two
// Tink keysets in one file, because they are rotated apart. Which of the keys
// are used stands in the database (force.go); the file only says which of each
// kind is the newest, by what Tink calls the primary key.
//
// Bodies are sealed with XChaCha20-Poly1305. Its 192-bit nonces may be drawn at
// random for ever, by any number of nodes that know nothing of each other;
// AES-256-GCM with its 96 bits saves 0.4 us a body, and after some 2^32 bodies
// under one key begins to risk all of them.
//
// Phones, codes and words of names are found by HMAC-SHA256.
type Keyset struct {
	seal, lookup keyring
	file         []byte
}

// keyring are the keys of one kind.
type keyring struct {
	handle *keyset.Handle
	ids    map[keyName]uint32 // as Tink tells keys apart
	age    map[keyName]int    // their order in the file: a new key comes last
	newest keyName
}

// keyName is a key's one-way name: it tells keys apart and gives none away.
type keyName [16]byte

// String is the name's beginning, by which the operator speaks of a key.
func (n keyName) String() string { return hex.EncodeToString(n[:4]) }

// shown are keys as the operator speaks of them.
func shown(names []keyName) string {
	var list []string
	for _, name := range names {
		list = append(list, name.String())
	}
	return strings.Join(list, " and ")
}

// keysFile is the keyset's file: two keysets in Tink's own JSON.
type keysFile struct {
	Version int             `json:"version"` // 1
	Seal    json.RawMessage `json:"seal"`
	Lookup  json.RawMessage `json:"lookup"`
}

// NewKeyset makes new keys.
func NewKeyset() (*Keyset, error) {
	seal, err := grow(keyset.NewManager(), sealTemplate())
	if err != nil {
		return nil, err
	}
	lookup, err := grow(keyset.NewManager(), lookupTemplate())
	if err != nil {
		return nil, err
	}
	return assemble(seal, lookup)
}

// sealTemplate is of the keys that seal what is kept.
func sealTemplate() *tinkpb.KeyTemplate { return aead.XChaCha20Poly1305KeyTemplate() }

// lookupTemplate is of the keys by whose hashes it is found again.
func lookupTemplate() *tinkpb.KeyTemplate { return prf.HMACSHA256PRFKeyTemplate() }

// grown is the keyset with one more key, its newest sealing key or its newest
// lookup key.
func (k *Keyset) grown(lookup bool) (*Keyset, error) {
	seal, find := k.seal.handle, k.lookup.handle
	var err error
	if lookup {
		find, err = grow(keyset.NewManagerFromHandle(find), lookupTemplate())
	} else {
		seal, err = grow(keyset.NewManagerFromHandle(seal), sealTemplate())
	}
	if err != nil {
		return nil, err
	}
	return assemble(seal, find)
}

func grow(m *keyset.Manager, template *tinkpb.KeyTemplate) (*keyset.Handle, error) {
	id, err := m.Add(template)
	if err == nil {
		err = m.SetPrimary(id)
	}
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	return m.Handle()
}

// without is the keyset without a key. One of those in use becomes the newest
// where that was the newest.
func (k *Keyset) without(name keyName, use []keyName) (*Keyset, error) {
	seal, err := k.seal.without(name, use)
	if err != nil {
		return nil, err
	}
	lookup, err := k.lookup.without(name, use)
	if err != nil {
		return nil, err
	}
	return assemble(seal, lookup)
}

func (r keyring) without(name keyName, use []keyName) (*keyset.Handle, error) {
	id, here := r.ids[name]
	if !here {
		return r.handle, nil
	}
	m := keyset.NewManagerFromHandle(r.handle)
	for _, other := range use {
		if primary, here := r.ids[other]; here && name == r.newest {
			if err := m.SetPrimary(primary); err != nil {
				return nil, fmt.Errorf("drop key: %w", err)
			}
			break
		}
	}
	if err := m.Delete(id); err != nil {
		return nil, fmt.Errorf("drop key: %w", err)
	}
	return m.Handle()
}

// assemble makes a keyset of its two parts, and reads it back.
func assemble(seal, lookup *keyset.Handle) (*Keyset, error) {
	var parts keysFile
	parts.Version = 1
	for handle, part := range map[*keyset.Handle]*json.RawMessage{seal: &parts.Seal, lookup: &parts.Lookup} {
		var b bytes.Buffer
		if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&b)); err != nil {
			return nil, fmt.Errorf("write key: %w", err)
		}
		*part = b.Bytes()
	}
	file, err := json.MarshalIndent(parts, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write keyset: %w", err)
	}
	return ParseKeyset(append(file, '\n'))
}

// ParseKeyset reads what a keyset's file holds. Its errors show nothing of it.
func ParseKeyset(file []byte) (*Keyset, error) {
	var parts keysFile
	if err := json.Unmarshal(file, &parts); err != nil || parts.Version != 1 {
		return nil, errors.New("read keyset: this is no keyset of this program")
	}
	k := &Keyset{file: file}
	var err error
	if k.seal, err = readKeys(parts.Seal); err != nil {
		return nil, fmt.Errorf("read keyset: sealing keys: %w", err)
	}
	if k.lookup, err = readKeys(parts.Lookup); err != nil {
		return nil, fmt.Errorf("read keyset: lookup keys: %w", err)
	}
	if _, err := aead.New(k.seal.handle); err != nil {
		return nil, errors.New("read keyset: the sealing keys are of another kind")
	}
	if _, err := prf.NewPRFSet(k.lookup.handle); err != nil {
		return nil, errors.New("read keyset: the lookup keys are of another kind")
	}
	return k, nil
}

// Save writes the keyset to a new file with mode 0600. A file that is there
// already is never touched: fs.ErrExist. The file appears whole or not at all,
// because a lost half of a keyset is a lost database.
func (k *Keyset) Save(path string) error {
	return k.put(path, func(tmp *os.File) error {
		return os.Link(tmp.Name(), path) // unlike a rename it refuses to replace
	})
}

// replace writes the keyset over the one in a file, whole or not at all. Whoever
// could read the old one can read the new one: serve may be another user than
// the one who rotates.
func (k *Keyset) replace(path string) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return fmt.Errorf("write keyset: %w", err)
	}
	return k.put(path, func(tmp *os.File) error {
		old, err := os.Stat(path)
		if err != nil {
			return err
		}
		if of, ok := old.Sys().(*syscall.Stat_t); ok {
			if err := os.Chown(tmp.Name(), int(of.Uid), int(of.Gid)); err != nil {
				return err
			}
		}
		if err := os.Chmod(tmp.Name(), old.Mode().Perm()); err != nil {
			return err
		}
		return os.Rename(tmp.Name(), path)
	})
}

func (k *Keyset) put(path string, place func(tmp *os.File) error) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write keyset: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(k.file)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = place(tmp)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("write keyset: %w", err)
	}
	return nil
}

// WriteTo writes the keyset as a file holds it.
func (k *Keyset) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(k.file)
	return int64(n), err
}

// Fingerprint is 32 hexadecimal digits that name the keys of the set and give
// none away. It changes with every key that is added or dropped.
func (k *Keyset) Fingerprint() string {
	names := slices.SortedFunc(slices.Values(k.names()), func(a, b keyName) int { return bytes.Compare(a[:], b[:]) })
	h := sha256.New()
	for _, name := range names {
		h.Write(name[:])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// names are those of all keys, in no order.
func (k *Keyset) names() []keyName {
	return slices.AppendSeq(slices.Collect(maps.Keys(k.seal.ids)), maps.Keys(k.lookup.ids))
}

func (k *Keyset) has(name keyName) bool {
	_, seals := k.seal.ids[name]
	_, finds := k.lookup.ids[name]
	return seals || finds
}

// first are the keys that an empty database begins with.
func (k *Keyset) first() []keyName { return []keyName{k.seal.newest, k.lookup.newest} }

// inOrder are the names of a sealing key and a lookup key, in this order.
func (k *Keyset) inOrder(names []keyName) []keyName {
	return slices.SortedStableFunc(slices.Values(names), func(a, b keyName) int {
		_, sealsA := k.seal.ids[a]
		_, sealsB := k.seal.ids[b]
		return int(flag(sealsB) - flag(sealsA))
	})
}

// mayOpen refuses a database that needs keys which the set has not got.
func (k *Keyset) mayOpen(needs []keyName) error {
	switch {
	case k.opens(needs):
		return nil
	case slices.ContainsFunc(needs, k.has):
		return ErrOldKeyset
	}
	return ErrOtherKeyset
}

// opens reports whether the set has every key that a database needs. It may
// have more: those that are yet to be used, and retired ones.
func (k *Keyset) opens(needs []keyName) bool {
	return len(needs) > 0 && !slices.ContainsFunc(needs, func(name keyName) bool { return !k.has(name) })
}

func readKeys(file []byte) (keyring, error) {
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(file)))
	if err != nil {
		return keyring{}, errors.New("damaged")
	}
	material := insecurecleartextkeyset.KeysetMaterial(handle)
	r := keyring{handle: handle, ids: map[keyName]uint32{}, age: map[keyName]int{}}
	for _, key := range material.GetKey() {
		h := sha256.New()
		fmt.Fprintf(h, "aviso key name\x00%s\x00", key.GetKeyData().GetTypeUrl())
		h.Write(key.GetKeyData().GetValue())
		name := keyName(h.Sum(nil)[:16])
		r.ids[name], r.age[name] = key.GetKeyId(), len(r.age)
		if key.GetKeyId() == material.GetPrimaryKeyId() {
			r.newest = name
		}
	}
	return r, nil
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
