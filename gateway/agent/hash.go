package agent

import (
	"context"
	"crypto/subtle"

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

// hash is a password's under a salt. ctx bounds the waiting for one's turn.
func (h hasher) hash(ctx context.Context, salt []byte, password string) ([]byte, error) {
	select {
	case h.slot <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.slot }()
	return argon2.IDKey([]byte(password), salt, hashPasses, hashMemory, 1, hashLength), nil
}

// right compares a password with what is kept. Nothing kept costs the same and
// is never right.
func (h hasher) right(ctx context.Context, salt, kept []byte, password string) (bool, error) {
	if len(salt) == 0 {
		salt = make([]byte, saltLength)
	}
	sum, err := h.hash(ctx, salt, password)
	return err == nil && len(kept) == hashLength && subtle.ConstantTimeCompare(sum, kept) == 1, err
}
