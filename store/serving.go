package store

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// ErrServed refuses a second gateway on one SQLite file. It would take what the
// first one is just sending for a dead process's, and send it again.
var ErrServed = errors.New("another `aviso serve` has the database open; SQLite bears one, PostgreSQL any number")

// serveAlone makes this process the only one that serves a SQLite file, until
// release or its death, whichever way that comes. Commands beside it are not
// kept out. The lock is on a file of its own, which stays: closing the database
// itself would drop SQLite's locks on it.
func serveAlone(path string) (release func() error, err error) {
	file, err := os.OpenFile(path+"-serve", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case err == nil:
		return file.Close, nil
	case errors.Is(err, syscall.EWOULDBLOCK):
		err = ErrServed
	default:
		err = fmt.Errorf("lock %s: %w", file.Name(), err)
	}
	return nil, errors.Join(err, file.Close())
}
