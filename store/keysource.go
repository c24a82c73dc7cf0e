package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// A keyset is named by the path of its file, or by how else it is come by:
// env:NAME is the value of an environment variable, exec:COMMAND what a shell's
// command prints. Those two are read-only, and are how a secret store or a KMS
// hands the keyset out. What they give never stands in an error. A command is
// started without our environment, in which the carriers' tokens stand.
const (
	keysInEnvironment = "env:"
	keysByCommand     = "exec:"
)

// keysCommandWait is how long a command may take to print a keyset.
const keysCommandWait = 30 * time.Second

// LoadKeyset reads the keyset that a path, env:NAME or exec:COMMAND leads to.
// Where there is none it is fs.ErrNotExist.
func LoadKeyset(from string) (*Keyset, error) {
	file, err := readKeyset(from)
	if err != nil {
		return nil, fmt.Errorf("read keyset: %w", err)
	}
	return ParseKeyset(file)
}

func readKeyset(from string) ([]byte, error) {
	if name, ok := strings.CutPrefix(from, keysInEnvironment); ok {
		value := os.Getenv(name)
		if value == "" {
			return nil, fmt.Errorf("the environment variable %s is empty: %w", name, fs.ErrNotExist)
		}
		return []byte(value), nil
	}
	command, ok := strings.CutPrefix(from, keysByCommand)
	if !ok {
		return os.ReadFile(from)
	}
	ctx, cancel := context.WithTimeout(context.Background(), keysCommandWait)
	defer cancel()
	run := exec.CommandContext(ctx, "/bin/sh", "-c", command)
	run.Env = keysCommandEnvironment(os.Environ())
	run.WaitDelay = time.Second // for whom it leaves behind with its output
	printed, err := run.Output()
	if err != nil {
		// Its standard error may hold anything.
		return nil, fmt.Errorf("the command of exec: ended without a keyset (%s); run it by hand to see why", run.ProcessState)
	}
	return printed, nil
}

// keysCommandEnvironment is what a command finds in its environment: where
// programs, its user's files and the time are, and which language to speak.
func keysCommandEnvironment(ours []string) []string {
	env := []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
	for _, entry := range ours {
		switch name, _, _ := strings.Cut(entry, "="); name {
		case "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "LANG", "LC_ALL":
			env = append(env, entry) // the last of a name counts
		}
	}
	return env
}

// KeysetIsFile reports whether a keyset is named by a path, and can be written.
func KeysetIsFile(from string) bool {
	return !strings.HasPrefix(from, keysInEnvironment) && !strings.HasPrefix(from, keysByCommand)
}

// keysetFor is the keyset that a database is to be opened with: the one given,
// else the one named; made only where there is neither a file nor a record.
func keysetFor(given *Keyset, from string, empty bool) (*Keyset, error) {
	if given != nil {
		return given, nil
	}
	if from == "" {
		return nil, errors.New("no keyset is named")
	}
	k, err := LoadKeyset(from)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	if !empty {
		return nil, fmt.Errorf("%w (looked for %s)", ErrNoKeyset, from)
	}
	if !KeysetIsFile(from) {
		return nil, fmt.Errorf("there is no keyset in %s; `aviso keys new --out FILE` makes one", from)
	}
	if k, err = NewKeyset(); err != nil {
		return nil, err
	}
	if err = k.Save(from); errors.Is(err, fs.ErrExist) {
		return LoadKeyset(from) // another process was first: its keyset it is
	}
	return k, err
}

// keysAgain reads a keyset anew while nodes serve. A command that does not give
// the keys which are needed is left alone for a second, then for twice as long
// each time: every event that meets other keys in the database asks for them.
type keysAgain struct {
	mu    sync.Mutex
	pause time.Duration
	until time.Time
	err   error // of the last time
}

const (
	keysPauseLeast = time.Second
	keysPauseMost  = holdWait / 2 // a rotation waits for nodes for longer
)

// load is the keyset that s was opened with, as it is now, with keys that are
// needed; ErrOldKeyset where it has not got them.
func (k *keysAgain) load(s *Store, needed []keyName) (*Keyset, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	command := strings.HasPrefix(s.keysFrom, keysByCommand)
	if command && time.Now().Before(k.until) {
		return nil, k.err
	}
	set, err := loadKeyset(s)
	if err == nil && !set.opens(needed) {
		err = ErrOldKeyset
	}
	if err == nil {
		k.pause, k.until, k.err = 0, time.Time{}, nil
		return set, nil
	}
	s.retried("keys")
	k.pause = min(max(keysPauseLeast, 2*k.pause), keysPauseMost)
	k.until, k.err = time.Now().Add(k.pause), err
	return nil, err
}
