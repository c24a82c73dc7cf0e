package store

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"aviso/gateway"
)

// TestChainLinks rewrites a row in the middle of a chain, its own hash included,
// as somebody who knows the form could: the row behind it tells.
func TestChainLinks(t *testing.T) {
	s := sealerForTest(t, newKeysForTest(t))
	subject := gateway.ID{1}
	build := func(forged int64) []row {
		var rows []row
		var prev []byte
		for seq := int64(1); seq <= 4; seq++ {
			what, body := "note", sha256.Sum256([]byte{byte(seq)})
			kept := link(prev, gateway.SubjectAlert, subject[:], seq, what, 1000+seq, body[:])
			prev = kept
			if seq == forged {
				what = "nothing"
				kept = link(rows[seq-2].bytes(5), gateway.SubjectAlert, subject[:], seq, what, 1000+seq, body[:])
			}
			rows = append(rows, row{seq, string(gateway.SubjectAlert), what, 1000 + seq, body[:], kept, nil})
		}
		return rows
	}
	check := func(rows []row) []Break {
		w := walk{sealer: s, subject: subject}
		for _, r := range rows {
			if err := w.step(r); err != nil {
				t.Fatal(err)
			}
		}
		return w.broken
	}
	if broken := check(build(0)); broken != nil {
		t.Errorf("a chain as it was written: %v", broken)
	}
	if broken := check(build(2)); len(broken) != 1 || broken[0].Seq != 3 {
		t.Errorf("a forged second row: %v, want a break at the third", broken)
	}
}

// TestLinkFrames: no two rows read the same because a field ends where the next
// one begins.
func TestLinkFrames(t *testing.T) {
	id := bytes.Repeat([]byte{1}, 16)
	a := link([]byte("ab"), "c", id, 1, "de", 2, []byte("f"))
	b := link([]byte("a"), "bc", id, 1, "d", 2, []byte("ef"))
	if bytes.Equal(a, b) {
		t.Error("two rows have one hash")
	}
}
