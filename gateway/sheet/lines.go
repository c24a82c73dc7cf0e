package roster

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// lines reads a file line by line, whatever ends them, and counts.
type lines struct {
	r       *bufio.Reader
	number  int
	back    []line // taken back, to be read again, the next one last
	started bool
}

// line is one line without its end.
type line struct {
	number int // from 1
	text   string
	long   bool // longer than maxRecord: text is empty
}

func newLines(r io.Reader) *lines { return &lines{r: bufio.NewReaderSize(r, maxRecord)} }

// next is the next line, or io.EOF.
func (l *lines) next() (line, error) {
	if n := len(l.back); n > 0 {
		taken := l.back[n-1]
		l.back = l.back[:n-1]
		return taken, nil
	}
	if !l.started {
		l.started = true
		if err := l.skipMark(); err != nil {
			return line{}, err
		}
	}
	l.number++
	text, err := l.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = l.r.ReadSlice('\n')
		}
		if err != nil && err != io.EOF {
			return line{}, err
		}
		return line{number: l.number, long: true}, nil
	}
	if err != nil && (err != io.EOF || len(text) == 0) {
		return line{}, err
	}
	text = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
	return line{number: l.number, text: string(text)}, nil
}

// unread takes lines back, so that they are read again in the same order.
func (l *lines) unread(taken []line) {
	for i := len(taken) - 1; i >= 0; i-- {
		l.back = append(l.back, taken[i])
	}
}

// skipMark passes over the byte order mark that spreadsheets put in front of
// UTF-8, and refuses the marks of UTF-16.
func (l *lines) skipMark() error {
	head, err := l.r.Peek(3)
	if err != nil && err != io.EOF {
		return err
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, err = l.r.Discard(3)
		return err
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return &FileError{"the file is in UTF-16: save it as UTF-8"}
	}
	return nil
}
