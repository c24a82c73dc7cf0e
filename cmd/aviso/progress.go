package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"aviso/store"
)

// progress shows on a terminal how far something is; elsewhere it only passes on
// what is said.
type progress struct {
	mu       sync.Mutex
	out      io.Writer
	terminal bool
	stage    store.MoveStage          // of several, that which bar is of
	bar      *progressbar.ProgressBar // nil: there is none
}

// begin puts up a bar; of: bytes or rows, -1 where nobody knows.
func (p *progress) begin(of int64, more ...progressbar.Option) {
	p.end()
	if !p.terminal {
		return
	}
	p.bar = progressbar.NewOptions64(of, append(more, progressbar.OptionSetWriter(p.out),
		progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionUseANSICodes(true))...)
}

// newProgress has no bar yet.
func newProgress(out io.Writer) *progress { return &progress{out: out, terminal: isTerminal(out)} }

// file begins with a file of so many bytes; 0: unknown.
func (p *progress) file(size int64) {
	if size == 0 {
		size = -1
	}
	p.begin(size, progressbar.OptionShowBytes(true))
}

// tell shows how many rows of a stage are done.
func (p *progress) tell(stage store.MoveStage, rows, of int64) {
	if p.bar == nil || stage != p.stage {
		if stage == store.MoveIndexing {
			of = -1 // nobody knows how far an index is
		}
		p.stage = stage
		p.begin(of, progressbar.OptionSetDescription(string(stage)),
			progressbar.OptionShowCount(), progressbar.OptionSetItsString("rows"), progressbar.OptionShowIts())
	}
	if p.bar != nil {
		p.bar.Set64(rows)
	}
}

// reader counts what is read from r.
func (p *progress) reader(r io.Reader) io.Reader {
	if p.bar == nil {
		return r
	}
	return io.TeeReader(r, p.bar)
}

// say prints a line, above the bar.
func (p *progress) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		p.bar.Clear()
	}
	fmt.Fprintf(p.out, format+"\n", args...)
}

// end takes the bar away.
func (p *progress) end() {
	if p.bar != nil {
		p.bar.Finish()
	}
}
