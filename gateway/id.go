package gateway

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"aviso/gateway/digit"
)

// ID names one thing for ever: 6 bytes of milliseconds since 1970 and 10
// random bytes. The time in front keeps rows that are made together together
// in an index; the 80 random bits make an attempt's id unguessable, which the
// path of its receipts relies on.
type ID [16]byte

// IsZero reports whether the id names nothing.
func (id ID) IsZero() bool { return id == ID{} }

// String is 32 lower-case hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// Made is when the id was made, to the millisecond.
func (id ID) Made() time.Time {
	var ms [8]byte
	copy(ms[2:], id[:6])
	return time.UnixMilli(int64(binary.BigEndian.Uint64(ms[:])))
}

// ParseID reads what String writes.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 2*len(id) {
		return ID{}, errors.New("parse id: want 32 hexadecimal digits")
	}
	if _, err := hex.Decode(id[:], []byte(s)); err != nil {
		return ID{}, errors.New("parse id: want 32 hexadecimal digits")
	}
	return id, nil
}

// Ref is what people call an alert by: six digits, the first not 0. It is
// free among the alerts that are kept when it is given, which is enough: a
// reference is only ever resolved among the alerts of whoever says it.
type Ref int

// String is "#482137".
func (r Ref) String() string { return fmt.Sprintf("#%06d", int(r)) }

// Digits is "482137", as it is typed back.
func (r Ref) Digits() string { return fmt.Sprintf("%06d", int(r)) }

// ParseRef reads "482137" or "#482137".
func ParseRef(s string) (Ref, bool) {
	s = strings.TrimPrefix(s, "#")
	if len(s) != 6 || s[0] == '0' {
		return 0, false
	}
	if !digit.All(s) {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return Ref(n), err == nil
}

// Code is a personal code: nine digits, the last a check digit (Luhn), so
// that a slip of the finger on a jail's phone finds nobody instead of
// somebody else.
type Code string

// ParseCode reads nine digits and checks the last.
func ParseCode(s string) (Code, bool) {
	if len(s) != 9 || !digit.All(s) {
		return "", false
	}
	if luhn(s[:8]) != s[8] {
		return "", false
	}
	return Code(s), true
}

// luhn is the digit that completes a row of digits (ISO/IEC 7812).
func luhn(digits string) byte {
	sum := 0
	for i := 0; i < len(digits); i++ {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return byte('0' + (10-sum%10)%10)
}

// Fresh makes the ids and salts of one decision. Time and randomness are
// handed in, so that a decision is a pure function and a test can repeat it.
type Fresh struct {
	Now  time.Time
	rand io.Reader
}

// NewFresh hands a decision its time, and randomness from a source.
func NewFresh(now time.Time, rand io.Reader) Fresh { return Fresh{now, rand} }

// ID is a new id.
func (f Fresh) ID() ID {
	var id ID
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(f.Now.UnixMilli()))
	copy(id[:6], ms[2:])
	f.read(id[6:])
	return id
}

// Ref is a random reference; whoever keeps alerts checks that it is free.
func (f Fresh) Ref() Ref { return Ref(100_000 + f.Below(900_000)) }

// Code is a random personal code that does not begin with 0.
func (f Fresh) Code() Code {
	digits := fmt.Sprintf("%08d", 10_000_000+f.Below(90_000_000))
	return Code(digits + string(luhn(digits)))
}

// Salt is 16 random bytes.
func (f Fresh) Salt() []byte {
	salt := make([]byte, 16)
	f.read(salt)
	return salt
}

// Below is a random number from 0 to n-1.
func (f Fresh) Below(n uint64) uint64 {
	var b [8]byte
	f.read(b[:])
	return binary.BigEndian.Uint64(b[:]) % n
}

// read panics where there is no randomness: crypto/rand never fails on a
// platform that Go supports, and ids that can be guessed are worse than none.
func (f Fresh) read(p []byte) {
	if _, err := io.ReadFull(f.rand, p); err != nil {
		panic("gateway: no randomness: " + err.Error())
	}
}
