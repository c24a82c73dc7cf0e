package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// ErrServed refuses a second gateway on one SQLite file. It would take what the
// first one is just sending for a dead process's, and send it again.
var ErrServed = errors.New("another `aviso serve` has the database open; SQLite bears one, PostgreSQL any number")

// serveAlone makes this process the only one that serves a SQLite file, until
// release or its death, whichever way that comes. Commands beside it are not
// kept out. The lock is on a file of its own, which stays: closing the database
// itself would drop SQLite's locks on it.
func serveAlone(path string) (release func() error, err error) {
	file, err := os.OpenFile(servingFile(path), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for range serveTries {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			break
		}
		time.Sleep(serveAgain)
	}
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

// The lock is tried for again, since a command that asks who serves (othersWait)
// holds it for some microseconds.
const (
	serveTries = 5
	serveAgain = 10 * time.Millisecond
)

func servingFile(path string) string { return path + "-serve" }

// othersWait reports whether somebody may wait for what this process writes: a
// gateway on the same SQLite file. On PostgreSQL there is no telling.
func (s *Store) othersWait() bool {
	lite, ok := s.engine.(*sqlite)
	if !ok || s.release != nil {
		return true
	}
	file, err := os.Open(servingFile(lite.path))
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist)
	}
	defer file.Close() // and lets go of the lock
	return syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) != nil
}
