package consulate

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// The format, version 1. Numbers are unsigned varints, strings a length and
// UTF-8, floats eight bytes, little endian.
//
//	magic     8 bytes, the last one the version
//	asOf      string
//	count     of consulates; each: its strings, latitude, longitude
//	count     of decisions; each: consulate, known (0 or 1), rule, basis, state, zone
//	runs      decision and length, for the codes 00000 to 99999 in order
//	checksum  SHA-256 of all before
//
// It is not compressed further: the bytes must not depend on a compressor's
// version, since a test builds them anew and compares.
const magic = "avisozc\x01"

const (
	maxBinary    = 4 << 20 // bytes; seventy times today's
	maxString    = 500     // bytes
	maxDecisions = 1 << 16
)

// MarshalBinary is the table in a compact form (about 60 KB), the same bytes
// for the same data.
func (t *Table) MarshalBinary() ([]byte, error) {
	b := t.payload()
	sum := sha256.Sum256(b)
	return append(b, sum[:]...), nil
}

// UnmarshalBinary fills an empty table. Damaged or foreign bytes give an error
// and leave the table as it was.
func (t *Table) UnmarshalBinary(data []byte) error {
	if len(data) < len(magic)+sha256.Size || len(data) > maxBinary {
		return errors.New("not a consulate table: wrong size")
	}
	b, sum := data[:len(data)-sha256.Size], data[len(data)-sha256.Size:]
	if string(b[:len(magic)]) != magic {
		return errors.New("not a consulate table of a version known here")
	}
	if sha256.Sum256(b) != [sha256.Size]byte(sum) {
		return errors.New("damaged consulate table: the checksum does not match")
	}
	d := decoder{rest: b[len(magic):]}
	read := d.table()
	if d.err != nil {
		return fmt.Errorf("damaged consulate table: %w", d.err)
	}
	if !bytes.Equal(read.payload(), b) { // one way to write a table: equal tables, equal version
		return errors.New("damaged consulate table: not as it would be written")
	}
	read.version = versionOf(read.asOf, b)
	*t = *read
	return nil
}

func versionOf(asOf string, payload []byte) string {
	sum := sha256.Sum256(payload)
	return strings.TrimPrefix(asOf+"-"+hex.EncodeToString(sum[:4]), "-")
}

// texts are the strings of a consulate, in the order of the format.
func (c *Consulate) texts() []*string {
	return []*string{&c.ID, &c.Name, &c.City, &c.State, &c.Address, &c.ZIP, &c.Phone, &c.ProtectionPhone,
		&c.PhoneConfidence, &c.Email, &c.TimeZone, &c.Confidence, &c.AsOf}
}

// payload is the format without its checksum.
func (t *Table) payload() []byte {
	b := appendString([]byte(magic), t.asOf)
	b = binary.AppendUvarint(b, uint64(len(t.consulates)))
	for _, c := range t.consulates {
		for _, s := range c.texts() {
			b = appendString(b, *s)
		}
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(c.Latitude))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(c.Longitude))
	}
	b = binary.AppendUvarint(b, uint64(len(t.decisions)))
	for _, d := range t.decisions {
		b = append(b, d.consulate, known(d))
		for _, s := range []string{d.rule, d.basis, d.state, d.zone} {
			b = appendString(b, s)
		}
	}
	for n := 0; n < len(t.zips); {
		end := n + 1
		for end < len(t.zips) && t.zips[end] == t.zips[n] {
			end++
		}
		b = binary.AppendUvarint(b, uint64(t.zips[n]))
		b = binary.AppendUvarint(b, uint64(end-n))
		n = end
	}
	return b
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// A decoder reads the format. After the first error it reads nothing more and
// gives zeros.
type decoder struct {
	rest []byte
	err  error
}

var errShort = errors.New("it ends too early")

func (d *decoder) table() *Table {
	t := &Table{asOf: d.text()}
	for range d.number(maxConsulates) {
		var c Consulate
		for _, s := range c.texts() {
			*s = d.text()
		}
		c.Latitude, c.Longitude = d.float(), d.float()
		if d.err != nil {
			return nil
		}
		if i := len(t.consulates); i > 0 && t.consulates[i-1].ID >= c.ID {
			d.fail("consulates are out of order")
		}
		if !(point{c.Latitude, c.Longitude}).onGlobe() {
			d.fail("a consulate is nowhere")
		}
		t.consulates = append(t.consulates, c)
	}
	for range d.number(maxDecisions) {
		x := decision{consulate: d.byte(), known: d.byte() == 1, rule: d.text(), basis: d.text(), state: d.text(), zone: d.text()}
		if d.err != nil {
			return nil
		}
		if int(x.consulate) > len(t.consulates) || !slices.Contains(rules, x.rule) {
			d.fail("a decision is none")
		}
		t.decisions = append(t.decisions, x)
	}
	t.zips = make([]uint16, 0, zipCount)
	for d.err == nil && len(t.zips) < zipCount {
		i, n := d.number(maxDecisions), d.number(zipCount)
		if i >= len(t.decisions) || n == 0 || n > zipCount-len(t.zips) {
			d.fail("a run of ZIPs is none")
			break
		}
		for range n {
			t.zips = append(t.zips, uint16(i))
		}
	}
	if len(d.rest) > 0 {
		d.fail("it goes on after its end")
	}
	return t
}

var rules = []string{RuleZIP, RuleNoneMilitary, RuleCounty, RuleState, RuleNoneTerritory, RuleNearestOfTwo,
	RuleOnlyInState, RuleNearestInState, RuleNearest, RulePrefix, RuleNoneUnknown}

func (d *decoder) fail(reason string) {
	if d.err == nil {
		d.err = errors.New(reason)
	}
	d.rest = nil
}

func (d *decoder) take(n int) []byte {
	if n > len(d.rest) {
		if d.err == nil {
			d.err = errShort
		}
		d.rest = nil
		return nil
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) byte() byte {
	if b := d.take(1); b != nil {
		return b[0]
	}
	return 0
}

// number is a varint of at most limit.
func (d *decoder) number(limit uint64) int {
	v, n := binary.Uvarint(d.rest)
	if n <= 0 {
		d.take(len(d.rest) + 1)
		return 0
	}
	d.take(n)
	if v > limit {
		d.fail("a number is too large")
		return 0
	}
	return int(v)
}

func (d *decoder) text() string {
	s := string(d.take(d.number(maxString)))
	if !utf8.ValidString(s) {
		d.fail("a text is not UTF-8")
	}
	return s
}

func (d *decoder) float() float64 {
	if b := d.take(8); b != nil {
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	return 0
}
