package agent

import (
	"crypto/subtle"
	"io"

	"golang.org/x/crypto/argon2"
)

// argon2id with 64 MiB and three passes, the setting that RFC 9106 recommends
// where memory is limited: some 100 ms of one core. Agents log in once a
// shift, and a password opens everybody's data.
const (
	hashMemory = 64 * 1024 // KiB
	hashPasses = 3
	hashLength = 32
	saltLength = 16
)

// hasher computes one hash at a time: log-ins by the hundred must not take
// memory and processors from the alerts beside them.
type hasher struct{ slot chan struct{} }

func newHasher() hasher { return hasher{make(chan struct{}, 1)} }

func (h hasher) hash(random io.Reader, password string) (salt, sum []byte) {
	salt = make([]byte, saltLength)
	if _, err := io.ReadFull(random, salt); err != nil {
		panic("agent: no randomness: " + err.Error())
	}
	return salt, h.sum(salt, password)
}

// right compares a password with what is kept. Nothing kept costs the same and
// is never right.
func (h hasher) right(salt, kept []byte, password string) bool {
	if len(salt) == 0 {
		salt = make([]byte, saltLength)
	}
	sum := h.sum(salt, password)
	return len(kept) == hashLength && subtle.ConstantTimeCompare(sum, kept) == 1
}

func (h hasher) sum(salt []byte, password string) []byte {
	h.slot <- struct{}{}
	defer func() { <-h.slot }()
	return argon2.IDKey([]byte(password), salt, hashPasses, hashMemory, 1, hashLength)
}
