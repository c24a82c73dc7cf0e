package sheet

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// Lines are counted as an editor does, whatever ends them and however the bytes come in.
func TestLines(t *testing.T) {
	long := strings.Repeat("x", MaxRecord+1)
	for _, c := range []struct{ file, want string }{
		{"", ""},
		{"a\nb", `1"a" 2"b" `},
		{"a\nb\n", `1"a" 2"b" `},
		{"a\r\nb\r\n\r\nc", `1"a" 2"b" 3"" 4"c" `},
		{"a\rb\r\rc\r", `1"a" 2"b" 3"" 4"c" `},
		{"a\rb\nc\r\nd", `1"a" 2"b" 3"c" 4"d" `},
		{"a\n\rb", `1"a" 2"" 3"b" `},
		{"\ufeffa\nb", `1"a" 2"b" `},
		{long + "\nb", `1 long 2"b" `},
		{long + long + "\r\nb\n" + long, `1 long 2"b" 3 long `},
		{long[2:] + "\nb", fmt.Sprintf(`1%q 2"b" `, long[2:])},
		{"caf\xe9\ncafé", `1"café" 2"café" `},
		{"\xff\xfea\x00\r\x00\n\x00\xe9\x00", `1"a" 2"é" `},
		{"\xfe\xff\x00a\x00\n\x00b", `1"a" 2"b" `},
		{"a\x00\n\x00b\x00", `1"a" 2"b" `},
	} {
		for name, r := range map[string]io.Reader{"whole": strings.NewReader(c.file), "byte by byte": iotest.OneByteReader(strings.NewReader(c.file))} {
			l, got := NewLines(r, nil), ""
			for {
				line, err := l.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				if line.Long {
					got += fmt.Sprint(line.Number, " long ")
				} else {
					got += fmt.Sprintf("%d%q ", line.Number, line.Text)
				}
			}
			if got != c.want {
				t.Errorf("%.60q, %s: %.80s, want %.80s", c.file, name, got, c.want)
			}
		}
	}
}

// What was read of a line before the reading failed is not taken for the line.
func TestHalfALine(t *testing.T) {
	broken := errors.New("disk on fire")
	l := NewLines(io.MultiReader(strings.NewReader("a,b\nc,"), iotest.ErrReader(broken)), nil)
	if line, err := l.Next(); err != nil || line.Text != "a,b" {
		t.Errorf("%+v, %v", line, err)
	}
	if line, err := l.Next(); !errors.Is(err, broken) {
		t.Errorf("%+v, %v; want what reading failed with", line, err)
	}
}

func TestValues(t *testing.T) {
	for _, c := range []struct{ in, text, plain string }{
		{" Juan ", "Juan", "Juan"},
		{"\ufeffJu\u00adan\u00a0P\u200b", "Juan P", "Juan P"},
		{"O’Brien", "O’Brien", "O’Brien"},
		{"'02108", "'02108", "02108"},
		{`="02108"`, `="02108"`, "02108"},
		{"=+13125550101", "=+13125550101", "+13125550101"},
		{"“sí”", "“sí”", "sí"},
		{"６０６０８", "６０６０８", "60608"},
		{"٦٠٦٠٨", "٦٠٦٠٨", "60608"},
		{"60608.0", "60608.0", "60608"},
		{"60608,00", "60608,00", "60608"},
		{"6.0", "6.0", "6"},
		{"60.608", "60.608", "60.608"},
		{"312–555−0101", "312–555−0101", "312-555-0101"},
		{"\u3000\u2003", "", ""},
	} {
		if got := Text(c.in); got != c.text {
			t.Errorf("Text(%q) = %q, want %q", c.in, got, c.text)
		}
		if got := Plain(c.in); got != c.plain {
			t.Errorf("Plain(%q) = %q, want %q", c.in, got, c.plain)
		}
	}
	for s, want := range map[string]bool{"3.31235E+11": true, "3,31235e+11": true, "1E9": true, "+1.3e10": true, "13125550101": false, "E11": false, "1.3": false, "": false} {
		if Shortened(s) != want {
			t.Errorf("Shortened(%q) = %v", s, !want)
		}
	}
}

func FuzzTable(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "sep=;\ra;b\r\"1\r2\";3", "a\tb\n=\"1\"\t“2”\n", "a,b\n\"1\n2,3\n4,\"5\"", "\xff\xfea\x00,\x00b\x00\n\x00", "a,b\n1,2,,,\n1\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		table := NewTable(strings.NewReader(string(file)), nil)
		if table.ReadHeader() != nil {
			return
		}
		last := 0
		for {
			fields, line, err := table.Next()
			var refused *RowError
			if errors.As(err, &refused) {
				line = refused.Line
			} else if err == io.EOF {
				return
			} else if err != nil {
				t.Fatal(err)
			} else if len(fields) != len(table.Header) {
				t.Fatalf("%d fields of %d", len(fields), len(table.Header))
			}
			if line <= last {
				t.Fatalf("line %d after %d", line, last)
			}
			last = line
		}
	})
}
