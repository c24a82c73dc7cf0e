package main

import (
	"syscall"
	"testing"
)

func TestNoDump(t *testing.T) {
	dumpable := func() uintptr {
		was, _, _ := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_GET_DUMPABLE, 0, 0)
		return was
	}
	before := dumpable()
	defer syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_DUMPABLE, before, 0)
	if noDump(); dumpable() != 0 {
		t.Errorf("dumpable is %d", dumpable())
	}
}
