package gateway

import (
	"crypto/subtle"
	"errors"
	"runtime"

	"golang.org/x/crypto/argon2"

	"aviso/gateway/digit"
)

// argon2id with 19 MiB and two passes, RFC 9106's and OWASP's smallest
// recommended setting: about 40 ms of one core, well under the 100 ms that the
// contract allows, and enough that a stolen database with its key still costs
// minutes a profile.
const (
	pinMemory  = 19 * 1024 // KiB
	pinPasses  = 2
	pinHashLen = 16

	pinShortest = 4 // digits
)

// PIN is what is kept of a person's PINs: slow hashes under one salt, so that
// one computation answers for both, always the same work whichever was typed.
// A duress PIN calls off in looks only.
type PIN struct {
	Salt   []byte `json:"salt,omitempty"`
	Hash   []byte `json:"hash,omitempty"`
	Duress []byte `json:"duress,omitempty"`
}

// Set reports whether the person has a PIN.
func (p PIN) Set() bool { return len(p.Hash) > 0 }

// IsZero is for encoders that leave out what is empty.
func (p PIN) IsZero() bool { return len(p.Salt) == 0 }

// PINResult is what a typed PIN turned out to be.
type PINResult int

const (
	PINUntried PINResult = iota
	PINWrong
	PINReal
	PINDuress
)

// CheckPIN reports why digits cannot be a PIN: it has 4 to 8 of them.
func CheckPIN(digits string) error {
	if len(digits) < pinShortest || len(digits) > 8 || !digit.All(digits) {
		return errors.New("a PIN has 4 to 8 digits")
	}
	return nil
}

// EasyPIN reports whether digits are a PIN that everybody tries first: all equal,
// counted up or down from anywhere (1234, 9876), or the person's own ZIP. There
// are few of those, and whoever guesses has five tries.
func EasyPIN(digits, zip string) bool {
	if len(digits) < 2 || digits == zip {
		return true
	}
	step := int(digits[1]) - int(digits[0])
	if step < -1 || step > 1 {
		return false
	}
	for i := 2; i < len(digits); i++ {
		if int(digits[i])-int(digits[i-1]) != step {
			return false
		}
	}
	return true
}

// Hasher computes PIN hashes, at most one a core at a time: a flood of PINs
// must not take the processors and 19 MiB each from the alerts beside it.
type Hasher struct {
	// Memory (KiB) and Passes are argon2id's. They are what NewHasher sets, in
	// every program that keeps PINs: hashes of other settings never match.
	Memory, Passes uint32

	slots     chan struct{}
	remembers bool
	sums      map[string][]byte // by salt and digits, where they are remembered
}

// NewHasher is a Hasher with as many places as there are cores.
func NewHasher() *Hasher {
	return &Hasher{Memory: pinMemory, Passes: pinPasses, slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

// Once is a Hasher for one event: decided anew after a conflict, it costs no
// second computation. Else a flood of guesses at somebody's PIN, each of which
// is written down, would keep the right one from ever being in time.
func (h *Hasher) Once() *Hasher {
	return &Hasher{Memory: h.Memory, Passes: h.Passes, slots: h.slots, remembers: true}
}

// Hash makes the PIN record of a profile from digits that passed CheckPIN.
// Either may be empty; an empty one keeps what old holds of it.
func (h *Hasher) Hash(fresh Fresh, old PIN, digits, duress string) PIN {
	next := old
	if len(next.Salt) == 0 {
		next.Salt = fresh.Salt()
	}
	if digits != "" {
		next.Hash = h.sum(next.Salt, digits)
	}
	if duress != "" {
		next.Duress = h.sum(next.Salt, duress)
	}
	return next
}

// Check compares digits with a record. A record without PINs, that is also one
// of a person who does not exist, costs the same and is never right.
func (h *Hasher) Check(p PIN, digits string) PINResult {
	salt := p.Salt
	if len(salt) == 0 {
		salt = make([]byte, 16)
	}
	sum := h.sum(salt, digits)
	real := equal(sum, p.Hash)
	duress := equal(sum, p.Duress)
	// Both are always compared; the real one wins where they are the same.
	return PINResult(subtle.ConstantTimeSelect(real, int(PINReal),
		subtle.ConstantTimeSelect(duress, int(PINDuress), int(PINWrong))))
}

func (h *Hasher) sum(salt []byte, digits string) []byte {
	key := string(salt) + digits
	if sum := h.sums[key]; sum != nil {
		return sum
	}
	h.slots <- struct{}{}
	defer func() { <-h.slots }()
	sum := argon2.IDKey([]byte(digits), salt, h.Passes, h.Memory, 1, pinHashLen)
	if h.remembers {
		if h.sums == nil {
			h.sums = map[string][]byte{}
		}
		h.sums[key] = sum
	}
	return sum
}

// equal is 1 where a hash is kept and matches. A missing one is compared with
// a dummy, in the same time.
func equal(sum, kept []byte) int {
	var dummy [pinHashLen]byte
	present := subtle.ConstantTimeEq(int32(len(kept)), pinHashLen)
	other := dummy[:]
	if present == 1 {
		other = kept
	}
	return present & subtle.ConstantTimeCompare(sum, other)
}
