package store

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

func newKeysForTest(t *testing.T) *Keyset {
	t.Helper()
	k, err := NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKeysetFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "aviso.keys")
	k := newKeysForTest(t)
	if err := k.Save(path); err != nil {
		t.Fatal(err)
	}
	again, err := LoadKeyset(path)
	if err != nil || again.Fingerprint() != k.Fingerprint() {
		t.Fatalf("loaded %v (%v)", again, err)
	}
	if err := newKeysForTest(t).Save(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("saved over a keyset: %v", err)
	}
	if kept, err := LoadKeyset(path); err != nil || kept.Fingerprint() != k.Fingerprint() {
		t.Error("a keyset's file was touched")
	}
	if left, _ := filepath.Glob(path + "?*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if other := newKeysForTest(t); other.Fingerprint() == k.Fingerprint() {
		t.Error("two keysets have one fingerprint")
	}
}

// TestKeysetBroken damages a keyset's file in many places. It is refused, and
// the error shows nothing of it.
func TestKeysetBroken(t *testing.T) {
	file := newKeysForTest(t).file
	secret := string(file[bytes.Index(file, []byte(`"value"`))+11:][:40])
	for _, broken := range [][]byte{
		nil, []byte("{}"), []byte(`{"version":2}`), file[:len(file)/2],
		bytes.Replace(file, []byte(`"seal"`), []byte(`"lookup"`), 1),
		bytes.Replace(file, []byte("ChaCha20Poly1305Key"), []byte("AesGcmKey"), 1),
		bytes.Replace(file, []byte(secret), []byte("!"+secret[1:]), 1),
	} {
		k, err := ParseKeyset(broken)
		if err == nil {
			t.Errorf("taken: %q as %v", broken, k.Fingerprint())
		} else if strings.Contains(err.Error(), secret[1:20]) {
			t.Errorf("the error shows the key: %v", err)
		}
	}
}

// TestKeysetGrows adds a sealing key, as a rotation does: what was sealed opens,
// and the database that needs the old keys takes the new set; not the other way.
func TestKeysetGrows(t *testing.T) {
	old := newKeysForTest(t)
	grown := grownForTest(t, old)
	if grown.Fingerprint() == old.Fingerprint() {
		t.Error("the fingerprint does not change with a key")
	}
	if !grown.opens(old.first()) || old.opens(grown.first()) || newKeysForTest(t).opens(old.first()) || old.opens(nil) {
		t.Error("which keysets open which database")
	}
	before, after := sealerForTest(t, old), sealerForTest(t, grown)
	body, err := before.seal("task", []byte("id"), "words")
	if err != nil {
		t.Fatal(err)
	}
	var words string
	if err := after.open("task", []byte("id"), body, &words); err != nil || words != "words" {
		t.Errorf("what the old keys sealed: %q (%v)", words, err)
	}
	if body, err = after.seal("task", []byte("id"), "words"); err != nil {
		t.Fatal(err)
	}
	if err := before.open("task", []byte("id"), body, &words); !errors.Is(err, errSealBroken) {
		t.Errorf("what the new key sealed opens with the old ones: %v", err)
	}
	if !bytes.Equal(before.phone(hashProfile, "+13125550101"), after.phone(hashProfile, "+13125550101")) {
		t.Error("a sealing key changed the hashes")
	}
}

// grownForTest is a keyset with one more sealing key, which seals from now on.
func grownForTest(t *testing.T, old *Keyset) *Keyset {
	t.Helper()
	grown, err := old.grown(false)
	if err != nil {
		t.Fatal(err)
	}
	return grown
}

func sealerForTest(t *testing.T, k *Keyset) *sealer {
	t.Helper()
	s, err := newSealer(k)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSealBound moves bodies about: they open in their own row only.
func TestSealBound(t *testing.T) {
	s := sealerForTest(t, newKeysForTest(t))
	body, err := s.seal("alert", []byte("one"), map[string]string{"name": "Juan"})
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(body)
	flipped[len(flipped)-1] ^= 1
	for what, c := range map[string]struct {
		table, id string
		body      []byte
	}{
		"another row":   {"alert", "two", body},
		"another table": {"profile", "one", body},
		"shifted bound": {"aler", "tone", body},
		"a flipped bit": {"alert", "one", flipped},
		"nothing":       {"alert", "one", []byte{}},
	} {
		var v map[string]string
		if err := s.open(c.table, []byte(c.id), c.body, &v); !errors.Is(err, errSealBroken) || v != nil {
			t.Errorf("%s: %v (%v)", what, v, err)
		}
	}
	var v map[string]string
	if err := s.open("alert", []byte("one"), body, &v); err != nil || v["name"] != "Juan" {
		t.Errorf("its own row: %v (%v)", v, err)
	}
	if again, _ := s.seal("alert", []byte("one"), map[string]string{"name": "Juan"}); bytes.Equal(again, body) {
		t.Error("the same body is sealed the same")
	}
}

func TestHashesApart(t *testing.T) {
	s := sealerForTest(t, newKeysForTest(t))
	seen := map[string]bool{}
	for _, kind := range []hashKind{hashKey, hashConversation, hashProfile, hashCode, hashContact, hashName, hashRecipient} {
		for _, value := range []string{"+13125550101", "+13125550102"} {
			h := string(s.hash(kind, value))
			if len(h) != 16 || seen[h] {
				t.Errorf("hash of a %s: %x", kind, h)
			}
			seen[h] = true
		}
	}
	if s.hash(hashCode, "") != nil {
		t.Error("nothing has a hash")
	}
	if other := sealerForTest(t, newKeysForTest(t)); seen[string(other.phone(hashProfile, "+13125550101"))] {
		t.Error("another key gives the same hash")
	}
}

func TestKeysetMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "aviso.keys")
	made := make([]*Keyset, 16)
	var all sync.WaitGroup
	for i := range made {
		all.Go(func() {
			k, err := keysetFor(nil, path, true)
			if err != nil {
				t.Errorf("keyset %d: %v", i, err)
			}
			made[i] = k
		})
	}
	all.Wait()
	for _, k := range made {
		if k == nil || k.Fingerprint() != made[0].Fingerprint() {
			t.Error("two keysets were made")
		}
	}
	if _, err := keysetFor(nil, path+".none", false); !errors.Is(err, ErrNoKeyset) {
		t.Errorf("a sealed database without a keyset: %v", err)
	}
	if _, err := os.Stat(path + ".none"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a keyset was made for a sealed database")
	}
}

// TestSealedTables holds the list of what a rotation brings over to the schema:
// every sealed body, and every column with a keyed hash.
func TestSealedTables(t *testing.T) {
	s, err := Open(t.Context(), Options{DSN: filepath.Join(t.TempDir(), "aviso.db"), Keys: newKeysForTest(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	// Hashes that no key of ours is in, and those of a profile's fingers, which
	// are brought over with it.
	others := []string{"ledger.body_hash", "ledger.hash", "finger.hash"}
	if err := s.steady(t.Context(), func(tx setUp) error {
		columns, err := sqliteColumns(tx)
		for table, list := range columns {
			i := slices.IndexFunc(sealedTables, func(t sealedTable) bool { return t.name == table })
			for _, column := range list {
				switch {
				case column == "body" && i < 0:
					t.Errorf("table %s has a sealed body that no rotation reaches", table)
				case strings.HasSuffix(column, "hash") && !slices.Contains(others, table+"."+column) && (i < 0 || !slices.Contains(sealedTables[i].hashes, column)):
					t.Errorf("column %s.%s has a hash that no rotation reaches", table, column)
				}
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestNameWords(t *testing.T) {
	for name, want := range map[string]string{
		"Juan Pérez López":         "JUAN PEREZ LOPEZ",
		"  MARÍA  de la O'Higgins": "MARIA DE LA HIGGINS",
		"Ñandú Ürgen-Groth":        "NANDU URGEN GROTH",
		"":                         "",
		"x y":                      "",
	} {
		if got := strings.Join(nameWords(name), " "); got != want {
			t.Errorf("words of %q: %q, want %q", name, got, want)
		}
	}
}
