package roster

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// planted stands for what must not reach an error. It is no word of ours.
const planted = "zqxjkv"

func FuzzProfilesCSV(f *testing.F) {
	f.Add([]byte(exampleCSV))
	f.Add([]byte("\ufeffphone,name\r\n+13125550101,\"a\r\n\"\"b\"\r\n\"x"))
	f.Add([]byte("sep=;\rphone;name;consulate_consent\r+13125550101;=\"Ana\";si\r"))
	f.Add([]byte("\xff\xfep\x00h\x00o\x00n\x00e\x00\n\x00"))
	f.Add([]byte(planted + "," + planted + "\n" + planted))
	f.Add([]byte("phone,contact1_message,consulate_consent\n+13125550101,\"" + planted + ",1\n+13125550102,,1\n\"\"\"\n"))
	f.Fuzz(func(t *testing.T, file []byte) { fuzzProfiles(t, CSV, file) })
}

func FuzzProfilesJSON(f *testing.F) {
	f.Add([]byte(exampleJSON))
	f.Add([]byte(`{"phone":"+13125550101","contacts":[{"phone":"` + planted + `"}]}` + "\n{\n[]\nnull\n1"))
	f.Add([]byte(`{"` + planted + `":1}` + "\n" + `{"phone":{"a":[]},"pin":48.21e3,"callback":"` + planted + `"}`))
	f.Fuzz(func(t *testing.T, file []byte) { fuzzProfiles(t, JSONLines, file) })
}

// fuzzProfiles holds any bytes to this: no panic; lines within the file and
// rising; no error with the file's words; every good row is fit to be kept.
func fuzzProfiles(t *testing.T, format Format, file []byte) {
	lines, last := bytes.Count(file, []byte("\n"))+bytes.Count(file, []byte("\r"))+1, 0
	for row, err := range Profiles(bytes.NewReader(file), format, options()) {
		line := row.Line
		var refused *RowError
		var whole *FileError
		switch {
		case errors.As(err, &refused):
			line = refused.Line
		case errors.As(err, &whole):
			line = last + 1
		case err != nil:
			t.Fatalf("reading bytes in memory failed: %v", err)
		default:
			p, _, err := row.Onto(nil, false)
			if err != nil {
				break // nobody to tell
			}
			if !p.Phone.Dialable() || len(p.Contacts) > MaxContacts || len(p.Contacts) == 0 && !p.ConsularNotice.Given {
				t.Fatalf("line %d is no person: %+v", line, p)
			}
			for _, c := range p.Contacts {
				if !c.Phone.Dialable() {
					t.Fatalf("line %d: a contact who cannot be told", line)
				}
			}
		}
		if line <= last || whole == nil && line > lines {
			t.Fatalf("line %d after %d, of %d", line, last, lines)
		}
		last = line
		if err != nil && strings.Contains(strings.ToLower(err.Error()), planted) {
			t.Fatalf("the error repeats the file: %v", err)
		}
	}
}

func FuzzDesks(f *testing.F) {
	f.Add([]byte(exampleDesks))
	f.Add([]byte("consulate,channel,address\nchicago," + planted + ",\"" + planted + "\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		desks, err := Desks(bytes.NewReader(file), options())
		if err != nil && strings.Contains(strings.ToLower(err.Error()), planted) {
			t.Fatalf("the error repeats the file: %v", err)
		}
		for _, d := range desks {
			if !d.Address.Dialable() || d.Channel == 0 || d.Consulate == "" {
				t.Fatalf("no desk: %+v", d)
			}
		}
	})
}
