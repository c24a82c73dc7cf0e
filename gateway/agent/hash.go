package agent

import (
	"crypto/subtle"
	"io"

	"golang.org/x/crypto/argon2"
)

// argon2id with 46 MiB and one pass, the first of OWASP's recommended settings
// (Password Storage Cheat Sheet): some 50 ms of one core, so that a shift that
// logs in together does not take the processors from the alerts beside it.
const (
	hashMemory = 46 * 1024 // KiB
	hashPasses = 1
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
