package store

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Scratch makes a new file in a folder for what is yet to get its name, mode
// 0600. It is locked until it is closed: what a killed process has left there
// under the same beginning is known by having no lock any more, and is removed.
// A beginning belongs to this program alone, as .aviso-backup- does.
func Scratch(folder, beginning string) (*os.File, error) {
	sweepScratch(folder, beginning)
	return lockedScratch(func() (*os.File, error) { return os.CreateTemp(folder, beginning+"*") })
}

// scratchFolder is Scratch for a folder, mode 0700.
func scratchFolder(folder, beginning string) (*os.File, error) {
	sweepScratch(folder, beginning)
	return lockedScratch(func() (*os.File, error) {
		path, err := os.MkdirTemp(folder, beginning+"*")
		if err != nil {
			return nil, err
		}
		return os.Open(path)
	})
}

// lockedScratch makes one and locks it. Between the two somebody who sweeps may
// have taken it for a dead process's, which is rare: then another one is made.
func lockedScratch(create func() (*os.File, error)) (*os.File, error) {
	for {
		file, err := create()
		if err != nil {
			return nil, err
		}
		if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
			// A file system without locks: nothing of it is ever swept, either.
			return file, nil
		}
		if isNamed(file) {
			return file, nil
		}
		file.Close()
	}
}

// isNamed reports whether a file is still what its name leads to.
func isNamed(file *os.File) bool {
	named, err := os.Lstat(file.Name())
	if err != nil {
		return false
	}
	open, err := file.Stat()
	return err == nil && os.SameFile(named, open)
}

// sweepScratch removes what nobody has locked. What cannot be looked at or
// removed stays: it is no reason not to do what was asked for.
func sweepScratch(folder, beginning string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return
	}
	for _, entry := range entries {
		number, ours := strings.CutPrefix(entry.Name(), beginning)
		if !ours || number == "" || strings.Trim(number, "0123456789") != "" || !entry.Type().IsRegular() && !entry.IsDir() {
			continue
		}
		file, err := os.OpenFile(filepath.Join(folder, entry.Name()), os.O_RDONLY|syscall.O_NOFOLLOW, 0)
		if err != nil {
			continue
		}
		if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil && isNamed(file) {
			os.RemoveAll(file.Name())
		}
		file.Close()
	}
}
