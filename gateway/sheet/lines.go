package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// MaxRecord bounds what one record takes in a file, in bytes of UTF-8: about ten
// times a full one. It keeps a file without line ends out of memory.
const MaxRecord = 64 << 10

// TooLong is the reason why a longer one is refused.
var TooLong = fmt.Sprintf("longer than %d KiB", MaxRecord>>10)

// Lines reads a file line by line and counts them as an editor does. A line ends
// with LF, CR LF, or CR alone, as spreadsheets on old Macs write it.
type Lines struct {
	file    io.Reader
	note    func(string)
	r       *bufio.Reader // of UTF-8, or of bytes that are none
	number  int
	back    []Line // taken back, to be read again, the next one last
	afterCR bool   // an LF that comes next belongs to the line before
	noted   bool
}

// Line is one line without its end.
type Line struct {
	Number int    // from 1
	Text   string // UTF-8
	Long   bool   // longer than MaxRecord: Text is empty
}

// NewLines reads from r. Lines that are no UTF-8 are read as Windows-1252, and a
// file with a byte order mark of UTF-16 as that. What whoever saved the file
// should know of it is handed to note, each thing once; nil: nobody is told.
func NewLines(r io.Reader, note func(string)) *Lines { return &Lines{file: r, note: note} }

// Next is the next line, or io.EOF. A line at which reading failed is not given:
// half a line may look like a whole one.
func (l *Lines) Next() (Line, error) {
	if n := len(l.back); n > 0 {
		taken := l.back[n-1]
		l.back = l.back[:n-1]
		return taken, nil
	}
	if l.r == nil {
		if err := l.open(); err != nil {
			return Line{}, err
		}
	}
	text, long, err := l.read()
	if err != nil {
		return Line{}, err
	}
	l.number++
	return Line{l.number, l.decode(text), long}, nil
}

// read is the bytes of the next line, which stand until it is called again.
func (l *Lines) read() (text []byte, long bool, err error) {
	if l.afterCR {
		l.afterCR = false
		if head, _ := l.r.Peek(1); len(head) == 1 && head[0] == '\n' {
			l.r.Discard(1)
		}
	}
	seen := 0 // bytes without a line end
	for {
		head, err := l.r.Peek(max(l.r.Buffered(), seen+1))
		if i := bytes.IndexAny(head[seen:], "\r\n"); i >= 0 {
			end := seen + i
			l.afterCR = head[end] == '\r'
			text = head[:end]
			if long {
				text = nil
			}
			// What was peeked stays in the buffer until the next read.
			l.r.Discard(end + 1)
			return text, long, nil
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			long, seen = true, 0
			l.r.Discard(len(head))
			continue
		case err == io.EOF && (len(head) > 0 || long):
			l.r.Discard(len(head))
			if long {
				head = nil
			}
			return head, long, nil
		case err != nil:
			return nil, false, err
		}
		seen = len(head)
	}
}

// decode makes UTF-8 of a line that is none. Windows-1252 is what spreadsheets
// on Windows save as CSV.
func (l *Lines) decode(text []byte) string {
	if utf8.Valid(text) {
		return string(text)
	}
	if !l.noted && l.note != nil {
		l.note(fmt.Sprintf("line %d: not UTF-8: it is read as Windows-1252, and so is every other line that is not; see that its accents are right", l.number))
	}
	l.noted = true
	decoded, err := charmap.Windows1252.NewDecoder().Bytes(text)
	if err != nil {
		return string(bytes.ToValidUTF8(text, []byte("\ufffd")))
	}
	return string(decoded)
}

// unread takes lines back, so that they are read again in the same order.
func (l *Lines) unread(taken []Line) {
	for i := len(taken) - 1; i >= 0; i-- {
		l.back = append(l.back, taken[i])
	}
}

// open finds out in which encoding the file is, by the byte order mark that
// spreadsheets put in front of it, or by the zeros of UTF-16 without one: every
// file that is read here begins with a sign of ASCII.
func (l *Lines) open() error {
	raw := bufio.NewReaderSize(l.file, MaxRecord)
	head, err := raw.Peek(3)
	if err != nil && err != io.EOF {
		return err
	}
	wide := func(order unicode.Endianness) {
		decoder := unicode.UTF16(order, unicode.UseBOM).NewDecoder()
		l.r = bufio.NewReaderSize(decoder.Reader(raw), MaxRecord)
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, err = raw.Discard(3)
		l.r = raw
		return err
	case bytes.HasPrefix(head, []byte("\xff\xfe")), len(head) > 1 && head[0] != 0 && head[1] == 0:
		wide(unicode.LittleEndian)
	case bytes.HasPrefix(head, []byte("\xfe\xff")), len(head) > 1 && head[0] == 0 && head[1] != 0:
		wide(unicode.BigEndian)
	default:
		l.r = raw
	}
	return nil
}
