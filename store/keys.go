package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Keyset seals the records and finds them again. It is two Tink keysets in one
// file, because they are rotated apart: sealing keys pile up and the newest
// one seals, while a new lookup key means that every hash is computed anew.
//
// Bodies are sealed with XChaCha20-Poly1305. Its 192-bit nonces may be drawn at
// random for ever, by any number of nodes that know nothing of each other;
// AES-256-GCM with its 96 bits saves 0.4 us a body, and after some 2^32 bodies
// under one key begins to risk all of them.
//
// Phones, codes and words of names are found by HMAC-SHA256.
type Keyset struct {
	seal   tink.AEAD
	lookup *prf.Set
	names  []keyName // of every key, sorted
	file   []byte
}

// keyName is a key's one-way name: it tells keys apart and gives none away.
type keyName [16]byte

// keysFile is the keyset's file: two keysets in Tink's own JSON.
type keysFile struct {
	Version int             `json:"version"` // 1
	Seal    json.RawMessage `json:"seal"`
	Lookup  json.RawMessage `json:"lookup"`
}

// NewKeyset makes new keys.
func NewKeyset() (*Keyset, error) {
	seal, err := newKeys(aead.XChaCha20Poly1305KeyTemplate())
	if err != nil {
		return nil, err
	}
	lookup, err := newKeys(prf.HMACSHA256PRFKeyTemplate())
	if err != nil {
		return nil, err
	}
	file, err := json.MarshalIndent(keysFile{1, seal, lookup}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write keyset: %w", err)
	}
	return ParseKeyset(append(file, '\n'))
}

// LoadKeyset reads a keyset's file. A missing one is fs.ErrNotExist.
func LoadKeyset(path string) (*Keyset, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read keyset: %w", err)
	}
	return ParseKeyset(file)
}

// ParseKeyset reads what a keyset's file holds. Its errors show nothing of it.
func ParseKeyset(file []byte) (*Keyset, error) {
	var parts keysFile
	if err := json.Unmarshal(file, &parts); err != nil || parts.Version != 1 {
		return nil, errors.New("read keyset: this is no keyset file of this program")
	}
	sealKeys, sealNames, err := readKeys(parts.Seal)
	if err != nil {
		return nil, fmt.Errorf("read keyset: sealing keys: %w", err)
	}
	lookupKeys, lookupNames, err := readKeys(parts.Lookup)
	if err != nil {
		return nil, fmt.Errorf("read keyset: lookup keys: %w", err)
	}
	k := &Keyset{file: file, names: append(sealNames, lookupNames...)}
	if k.seal, err = aead.New(sealKeys); err != nil {
		return nil, errors.New("read keyset: the sealing keys are of another kind")
	}
	if k.lookup, err = prf.NewPRFSet(lookupKeys); err != nil {
		return nil, errors.New("read keyset: the lookup keys are of another kind")
	}
	slices.SortFunc(k.names, func(a, b keyName) int { return bytes.Compare(a[:], b[:]) })
	return k, nil
}

// Save writes the keyset to a new file with mode 0600. A file that is there
// already is never touched: fs.ErrExist. The file appears whole or not at all,
// because a lost half of a keyset is a lost database.
func (k *Keyset) Save(path string) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write keyset: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(k.file)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Link(tmp.Name(), path) // unlike a rename it refuses to replace
	}
	if err == nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("write keyset: %w", err)
	}
	return nil
}

// Fingerprint is 32 hexadecimal digits that name the keys of the set and give
// none away. It changes with every key that is added or dropped.
func (k *Keyset) Fingerprint() string {
	h := sha256.New()
	for _, name := range k.names {
		h.Write(name[:])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// needs are the names of all keys, as the database keeps them.
func (k *Keyset) needs() []byte {
	var b []byte
	for _, name := range k.names {
		b = append(b, name[:]...)
	}
	return b
}

// opens reports whether the set has every key that a database needs. It may
// have more: a key is added to every node's keyset before any row is sealed
// with it, so that a rotation refuses no node.
func (k *Keyset) opens(needs []byte) bool {
	if len(needs) == 0 || len(needs)%len(keyName{}) != 0 {
		return false
	}
	for name := range slices.Chunk(needs, len(keyName{})) {
		if !slices.Contains(k.names, keyName(name)) {
			return false
		}
	}
	return true
}

// keysetFor is the keyset that a database is to be opened with: the one given,
// else the file's; made only where there is neither a file nor a record.
func keysetFor(given *Keyset, path string, empty bool) (*Keyset, error) {
	if given != nil {
		return given, nil
	}
	if path == "" {
		return nil, errors.New("no keyset file is named")
	}
	k, err := LoadKeyset(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	if !empty {
		return nil, fmt.Errorf("%w (looked for %s)", ErrNoKeyset, path)
	}
	if k, err = NewKeyset(); err != nil {
		return nil, err
	}
	if err = k.Save(path); errors.Is(err, fs.ErrExist) {
		return LoadKeyset(path) // another process was first: its keyset it is
	}
	return k, err
}

func newKeys(template *tinkpb.KeyTemplate) ([]byte, error) {
	handle, err := keyset.NewHandle(template)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&b)); err != nil {
		return nil, fmt.Errorf("write key: %w", err)
	}
	return b.Bytes(), nil
}

func readKeys(file []byte) (*keyset.Handle, []keyName, error) {
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(file)))
	if err != nil {
		return nil, nil, errors.New("damaged")
	}
	var names []keyName
	for _, key := range insecurecleartextkeyset.KeysetMaterial(handle).GetKey() {
		h := sha256.New()
		fmt.Fprintf(h, "aviso key name\x00%s\x00", key.GetKeyData().GetTypeUrl())
		h.Write(key.GetKeyData().GetValue())
		names = append(names, keyName(h.Sum(nil)[:16]))
	}
	return handle, names, nil
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
