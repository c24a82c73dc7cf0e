package main

import (
	"io/fs"
	"os"
	"syscall"

	"aviso/store"
)

// ownFiles refuses a keyset or a SQLite database that others can read: whoever
// reads both reads everything, and the keyset opens every old backup too.
func (k *check) ownFiles(c *Config) {
	k.keysOwned(c)
	if isAddress(c.DB) {
		return
	}
	for _, more := range []string{"", "-wal", "-shm", "-journal"} {
		k.owned(c, "--db (AVISO_DB)", c.DB+more)
	}
}

func (k *check) keysOwned(c *Config) {
	if store.KeysetIsFile(c.Keys) {
		k.owned(c, "--keys (AVISO_KEYS)", c.Keys)
	}
}

// owned refuses one file that is there and can be read or changed by others.
func (k *check) owned(c *Config, flag, path string) {
	if path == "" || c.InsecurePermissions {
		return
	}
	if info, err := os.Stat(path); err == nil && openToOthers(info) {
		k.problem(flag, "%s can be read by others than its owner (mode %04o): chmod 600 %s. Where that cannot be, --insecure-permissions goes on all the same", path, info.Mode().Perm(), path)
	}
}

// openToOthers reports whether a file's mode lets in others than its owner. One
// of root's that is for a group to read is not: so a secret is handed to whoever
// runs as another user, by Kubernetes (fsGroup) and by people.
func openToOthers(info fs.FileInfo) bool {
	mode := info.Mode()
	if of, ok := info.Sys().(*syscall.Stat_t); ok && of.Uid == 0 && os.Geteuid() != 0 {
		mode &^= 0o040
	}
	return !mode.IsDir() && mode.Perm()&0o077 != 0
}
