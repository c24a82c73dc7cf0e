package store

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"github.com/tink-crypto/tink-go/v2/prf"
)

// TestFinderIsTinks: what was written by Tink's own hash is found.
func TestFinderIsTinks(t *testing.T) {
	keys, err := NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	if keys, err = keys.grown(true); err != nil {
		t.Fatal(err)
	}
	set, err := prf.NewPRFSet(keys.lookup.handle)
	if err != nil || len(set.PRFs) != 2 {
		t.Fatal(len(set.PRFs), err)
	}
	seen := map[string]bool{}
	for id, theirs := range set.PRFs {
		ours, err := newFinder(keys.lookup.handle, id)
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for _, value := range []string{"+13125550101", "x", strings.Repeat("long", 100)} {
			all.Go(func() {
				for _, kind := range []hashKind{hashProfile, hashContact} {
					want, err := theirs.ComputePRF([]byte(string(kind)+"\x00"+value), hashSize)
					if got := hashBy(ours, kind, value); err != nil || !bytes.Equal(got, want) || len(got) != 16 {
						t.Errorf("%s %s is %x, Tink says %x, %v", kind, value, got, want, err)
					}
				}
			})
		}
		all.Wait()
		seen[string(hashBy(ours, hashProfile, "+13125550101"))] = true
		if hashBy(ours, hashProfile, "") != nil {
			t.Error("nothing has a hash")
		}
	}
	if len(seen) != 2 {
		t.Error("two keys find the same")
	}
	if _, err := newFinder(keys.seal.handle, 1); err == nil {
		t.Error("a key that is none finds")
	}
}
