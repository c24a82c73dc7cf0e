package consulate

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"aviso/gateway/digit"
)

// zipCount is the number of codes of five digits, 00000 to 99999.
const zipCount = 100_000

//go:embed table.bin
var builtin []byte

// A Table holds an answer for every code of five digits. It never changes
// after it was made and may be used by any number of goroutines. It takes
// about a quarter of a megabyte.
type Table struct {
	version    string
	asOf       string
	consulates []Consulate // in order of ID
	decisions  []decision  // those that differ: a few hundred
	zips       []uint16    // for each code, as a number, its index into decisions
}

// A decision is what many ZIPs have in common.
type decision struct {
	consulate uint8 // 1 + index into Table.consulates, 0 for none
	known     bool  // the ZIP is in the data
	rule      string
	basis     string
	state     string
	zone      string
}

// Builtin is the table that the product ships with. It is parsed anew at each
// call (a few milliseconds): the caller keeps it.
func Builtin() (*Table, error) {
	t := new(Table)
	if err := t.UnmarshalBinary(builtin); err != nil {
		return nil, fmt.Errorf("read embedded consulate table: %w", err)
	}
	return t, nil
}

// Version names the data: the newest date of its rows and the beginning of a
// hash over all of it, like "2026-05-21-1f2e3d4c". Equal data, equal version.
func (t *Table) Version() string { return t.version }

// Find answers for a ZIP of five digits, as ParseZIP gives it. What is no such
// ZIP is found like an unknown one: RuleNoneUnknown.
func (t *Table) Find(zip string) Finding {
	n, ok := zipNumber(zip)
	if !ok {
		return Finding{ZIP: zip, Rule: RuleNoneUnknown}
	}
	return t.finding(zip, t.decisions[t.zips[n]])
}

// Consulate is the office with this ID.
func (t *Table) Consulate(id string) (Consulate, bool) {
	i, ok := indexOf(t.consulates, id)
	if !ok {
		return Consulate{}, false
	}
	return t.consulates[i], true
}

// All is every consulate, in order of ID. The slice is the caller's.
func (t *Table) All() []Consulate { return slices.Clone(t.consulates) }

// ZIPs yields every ZIP of the data in ascending order, and leaves out those
// known by their prefix alone. Use it with range.
func (t *Table) ZIPs(yield func(Finding) bool) {
	for n, i := range t.zips {
		if d := t.decisions[i]; d.known && !yield(t.finding(zipString(n), d)) {
			return
		}
	}
}

func (t *Table) finding(zip string, d decision) Finding {
	f := Finding{
		ZIP: zip, Rule: d.rule, Certain: certain(d.rule, d.basis),
		TimeZone: d.zone, State: d.state, Basis: d.basis, Known: d.known,
	}
	if d.consulate > 0 {
		c := &t.consulates[d.consulate-1]
		id := c.ID // a copy: the caller may write through the pointer
		f.Consulate, f.Name = &id, c.Name
	}
	return f
}

// indexOf finds a consulate by its ID among those in order of ID.
func indexOf(consulates []Consulate, id string) (int, bool) {
	return slices.BinarySearchFunc(consulates, id, func(c Consulate, id string) int { return strings.Compare(c.ID, id) })
}

// zipNumber reads exactly five ASCII digits.
func zipNumber(zip string) (int, bool) {
	if len(zip) != 5 || !digit.All(zip) {
		return 0, false
	}
	n, _ := strconv.Atoi(zip) // five digits cannot fail
	return n, true
}

func zipString(n int) string { return fmt.Sprintf("%05d", n) }
