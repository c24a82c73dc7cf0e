package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
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

// How often the disk is asked at a time, back to back and at the pace of the
// alerts, and what it is given: a page of SQLite's log.
const (
	fsyncs      = 300
	fsyncsPaced = 2 * pacedRate
	fsyncSize   = 4096
)

// fdatasync is the median time of one after an overwrite of 4 KiB, n of them,
// each begun so long after the one before. A disk that is asked now and then
// answers later than one that is kept busy: it, and the processors on the way
// to it, have gone to rest meanwhile. What is paced is compared with a pace.
func fdatasync(dir string, n int, every time.Duration) (p50 time.Duration, err error) {
	path := filepath.Join(dir, "fdatasync")
	file, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer os.Remove(path)
	defer file.Close()
	page := make([]byte, fsyncSize)
	var took []float64
	start := time.Now()
	for i := range n {
		time.Sleep(time.Until(start.Add(time.Duration(i) * every)))
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

// processor is the time that a process has had of the processors, in user and
// system mode: the 14th and 15th field of all.
func processor(pid int) time.Duration { return ticks(stat(pid), 11) }

// stat are the fields of /proc/PID/stat behind the name, nil where there is none.
func stat(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	return strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
}

func parent(pid int) int {
	fields := stat(pid)
	if len(fields) < 2 {
		return 0
	}
	ppid, _ := strconv.Atoi(fields[1])
	return ppid
}

// ended is what a process's children had that have ended: the 16th and 17th
// field of all.
func ended(pid int) time.Duration { return ticks(stat(pid), 13) }

// ticks adds two fields, in hundredths of a second.
func ticks(fields []string, from int) time.Duration {
	if len(fields) < from+2 {
		return 0
	}
	user, _ := strconv.Atoi(fields[from])
	system, _ := strconv.Atoi(fields[from+1])
	return time.Duration(user+system) * 10 * time.Millisecond
}
