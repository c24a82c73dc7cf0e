package consulate

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestBinaryRoundTrip(t *testing.T) {
	want, err := Compile(filesOf(small()))
	if err != nil {
		t.Fatal(err)
	}
	b, err := want.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var got Table
	if err := got.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(&got, want) {
		t.Error("the table changed on its way")
	}
	for n := range zipCount {
		zip := zipString(n)
		if !reflect.DeepEqual(got.Find(zip), want.Find(zip)) {
			t.Fatalf("%s changed on its way", zip)
		}
	}
}

// sealed gives a payload the checksum that lets it reach the decoder.
func sealed(payload []byte) []byte {
	sum := sha256.Sum256(payload)
	return append(slices.Clone(payload), sum[:]...)
}

func TestUnmarshalRefuses(t *testing.T) {
	good, err := Compile(filesOf(small()))
	if err != nil {
		t.Fatal(err)
	}
	payload := good.payload()
	change := func(change func(*Table)) []byte {
		var broken Table
		if err := broken.UnmarshalBinary(sealed(payload)); err != nil {
			t.Fatal(err)
		}
		change(&broken)
		return sealed(broken.payload())
	}
	flipped := sealed(payload)
	flipped[len(flipped)/2] ^= 1
	later := slices.Clone(payload)
	later[len(magic)-1]++
	huge := binary.AppendUvarint(appendString([]byte(magic), ""), math.MaxUint64)
	for name, b := range map[string][]byte{
		"nothing":        nil,
		"text":           []byte(strings.Repeat("x", 100)),
		"too large":      make([]byte, maxBinary+1),
		"flipped bit":    flipped,
		"later version":  sealed(later),
		"head alone":     sealed([]byte(magic)),
		"cut off":        sealed(payload[:len(payload)-1]),
		"goes on":        sealed(append(slices.Clone(payload), 0)),
		"huge count":     sealed(huge),
		"huge text":      sealed(binary.AppendUvarint([]byte(magic), 1<<40)),
		"twice":          change(func(t *Table) { t.consulates = append(t.consulates, t.consulates[0]) }),
		"nowhere":        change(func(t *Table) { t.consulates[0].Latitude = math.NaN() }),
		"not UTF-8":      change(func(t *Table) { t.consulates[0].Name = "\xff" }),
		"no consulate":   change(func(t *Table) { t.decisions[0].consulate = 3 }),
		"no rule":        change(func(t *Table) { t.decisions[0].rule = "chance" }),
		"no decision":    change(func(t *Table) { t.zips[7] = 999 }),
		"too few ZIPs":   change(func(t *Table) { t.zips = t.zips[1:] }),
		"too many ZIPs":  change(func(t *Table) { t.zips = append(t.zips, 0) }),
		"not as written": sealed(slices.Concat(payload[:len(magic)], []byte{0x80 | payload[len(magic)], 0}, payload[len(magic)+1:])),
	} {
		var got Table
		if err := got.UnmarshalBinary(b); err == nil {
			t.Errorf("%s: no error", name)
		}
		if got.version != "" || got.zips != nil {
			t.Errorf("%s: the table changed", name)
		}
	}
}

func FuzzUnmarshalBinary(f *testing.F) {
	table, err := Compile(filesOf(small()))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(table.payload())
	f.Add([]byte(magic))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, payload []byte) {
		var raw Table
		if err := raw.UnmarshalBinary(payload); err == nil && len(payload) < sha256.Size {
			t.Fatal("a table without a checksum")
		}
		var table Table
		if err := table.UnmarshalBinary(sealed(payload)); err != nil {
			return
		}
		b, err := table.MarshalBinary()
		if err != nil || string(b) != string(sealed(payload)) {
			t.Fatalf("written differently: %v", err)
		}
		for n := range zipCount { // nothing in a table that was read can panic
			table.Find(zipString(n))
		}
	})
}
