package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// describeMachine says what was measured on.
func describeMachine(dir string) (string, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return "", err
	}
	if disk.Type == tmpfs {
		return "", fmt.Errorf("%s is in memory: name a folder on a disk with -dir", dir)
	}
	return fmt.Sprintf("%d cores (%s), %s, %s/%s", runtime.NumCPU(), model(), runtime.Version(), runtime.GOOS, runtime.GOARCH), nil
}

const tmpfs = 0x01021994

func model() string {
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// fsyncs is how often the disk is asked at a time, and fsyncSize what it is
// given: a page of SQLite's log.
const (
	fsyncs    = 300
	fsyncSize = 4096
)

// fdatasync is the median time of one after an overwrite of 4 KiB.
func fdatasync(dir string) (p50 time.Duration, err error) {
	path := filepath.Join(dir, "fdatasync")
	file, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer os.Remove(path)
	defer file.Close()
	page := make([]byte, fsyncSize)
	var took []float64
	for i := range fsyncs {
		for j := range page {
			page[j] = byte(i + j)
		}
		begin := time.Now()
		if _, err := file.WriteAt(page, 0); err != nil {
			return 0, err
		}
		if err := syscall.Fdatasync(int(file.Fd())); err != nil {
			return 0, err
		}
		if i > 10 { // the first ones make the file longer
			took = append(took, float64(time.Since(begin)))
		}
	}
	return time.Duration(median(took)), nil
}
