package main

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aviso/store"
)

func TestFind(t *testing.T) {
	dir, environ := folder(t)
	for _, c := range []struct{ zip, want string }{
		{"60608", `{"zip":"60608","consulate":"chicago","name":"Consulado General de México en Chicago","rule":"state","certain":true}`},
		{"60608-1234", `{"zip":"60608","consulate":"chicago","name":"Consulado General de México en Chicago","rule":"state","certain":true}`},
		{"09012", `{"zip":"09012","consulate":null,"name":"","rule":"none-military","certain":false}`},
	} {
		status, stdout, stderr := quick(t, environ, "consulates", "find", c.zip, "--json")
		if status != 0 || strings.TrimSpace(stdout) != c.want {
			t.Errorf("%s: exit %d, %s%s\nwant %s", c.zip, status, stdout, stderr, c.want)
		}
	}
	for _, zip := range []string{"2108", "abcde", "123456", "00000", "00000-1234", ""} {
		if status, stdout, stderr := quick(t, environ, "consulates", "find", zip, "--json"); status != 1 || stdout != "" || stderr == "" {
			t.Errorf("%q: exit %d, %q; want 1 and a reason", zip, status, stdout)
		}
	}
	if status, stdout, _ := quick(t, environ, "consulates", "find", "75201"); status != 0 || !strings.Contains(stdout, "rule") {
		t.Errorf("in words: exit %d, %q", status, stdout)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("a look-up left %v, %v", entries, err)
	}
}

func TestCheck(t *testing.T) {
	dir, environ := folder(t)
	_, before, _ := quick(t, environ, "consulates", "check")
	if !strings.Contains(before, "none-military") || !strings.Contains(before, "nearest-in-state") || !strings.Contains(before, "there is no database yet") {
		t.Errorf("printed\n%s", before)
	}
	status, _, stderr := quick(t, environ, "consulates", "desks", write(t, dir, "desks.csv", desks+"fresno,voice,+15595550199,mon-fri 08:00-18:00,es,\n"))
	if status != 0 {
		t.Fatal(stderr)
	}
	_, after, _ := quick(t, environ, "consulates", "check")
	if !strings.Contains(after, "fresno               1 desks, none confirmed") || !strings.Contains(after, "denver               no desk") ||
		strings.Contains(after, "\n  chicago") || !strings.Contains(after, "1 of 53 consulates") {
		t.Errorf("printed\n%s", after)
	}
	_, zips, _ := quick(t, environ, "consulates", "check", "--zips")
	if !strings.Contains(zips, "09012 - none-military\n") || strings.Contains(zips, "60608") || strings.Count(zips, "\n") < 5000 {
		t.Errorf("--zips printed %d lines", strings.Count(zips, "\n"))
	}
}

// The check names the desks that want no texts, and does not count them; a new
// list does not bring them back.
func TestCheckNamesDesksThatWantNoTexts(t *testing.T) {
	dir, environ := folder(t)
	file := write(t, dir, "desks.csv", desks)
	quick(t, environ, "consulates", "desks", file)
	records, err := store.Open(t.Context(), store.Options{DSN: filepath.Join(dir, "aviso.db"), KeysFile: filepath.Join(dir, "aviso.keys"), Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	list, err := records.Desks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		list[i].Stopped = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	}
	if err := records.ReplaceDesks(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	records.Close()
	if status, _, stderr := quick(t, environ, "consulates", "desks", file); status != 0 {
		t.Fatal(stderr)
	}
	_, out, _ := quick(t, environ, "consulates", "check")
	for _, want := range []string{"Desks that said STOP or EQUIVOCADO", string(list[0].Address) + " since 2026-11-20", "all want no texts", "0 of 53 consulates"} {
		if !strings.Contains(out, want) {
			t.Errorf("without %q:\n%s", want, out)
		}
	}
}

// A list of desks with a bad row changes nothing.
func TestDesksWithBadRows(t *testing.T) {
	dir, environ := folder(t)
	quick(t, environ, "consulates", "desks", write(t, dir, "desks.csv", desks))
	status, _, stderr := quick(t, environ, "consulates", "desks", write(t, dir, "bad.csv", desks+"gotham,sms,+13125550198,,es,\nfresno,sms,+15595550199,always open,es,\n"))
	if status != 1 || !strings.Contains(stderr, "line 3: consulate") || !strings.Contains(stderr, "line 4: hours") || !strings.Contains(stderr, "nothing was changed") {
		t.Errorf("exit %d, %s", status, stderr)
	}
	if _, listed, _ := quick(t, environ, "consulates", "desks"); listed != desks {
		t.Errorf("listed as\n%s", listed)
	}
}

// Newer data goes into the database, and every look-up uses it from then on.
func TestImportConsulates(t *testing.T) {
	dir, environ := folder(t)
	const data = "../../scripts/consulates/data"
	archive := func(name string, change func(file, content string) string) string {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		files, err := filepath.Glob(filepath.Join(data, "*.csv"))
		if err != nil || len(files) < 4 {
			t.Fatalf("files %v, %v", files, err)
		}
		for _, path := range files {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			f, err := w.Create(filepath.Base(path))
			if err != nil {
				t.Fatal(err)
			}
			f.Write([]byte(change(filepath.Base(path), string(content))))
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return write(t, dir, name, b.String())
	}
	newer := archive("newer.zip", func(file, content string) string {
		if file == "consulates.csv" {
			return strings.ReplaceAll(content, "Consulado General de México en Chicago", "Consulado de Prueba")
		}
		return content
	})
	broken := archive("broken.zip", func(file, content string) string {
		if file == "jurisdictions.csv" {
			return content + "nonsense\n"
		}
		return content
	})
	if status, _, stderr := quick(t, environ, "consulates", "import", broken); status != 1 || !strings.Contains(stderr, "jurisdictions.csv") {
		t.Errorf("a broken row: exit %d, %s", status, stderr)
	}
	if status, stdout, stderr := quick(t, environ, "consulates", "import", newer); status != 0 || !strings.Contains(stdout, "53 consulates") {
		t.Fatalf("exit %d, %s%s", status, stdout, stderr)
	}
	if _, stdout, _ := quick(t, environ, "consulates", "find", "60608"); !strings.Contains(stdout, "Consulado de Prueba") {
		t.Errorf("found %s", stdout)
	}
	// The lists of area codes come along: 654 is nobody's today.
	person := write(t, dir, "person.csv", "phone,consulate_consent\n654-555-0101,si\n")
	if status, _, stderr := quick(t, environ, "profiles", "import", "--dry-run", person); status != 1 || !strings.Contains(stderr, "no such number") {
		t.Errorf("an area code that is not in the lists: exit %d, %s", status, stderr)
	}
	grown := archive("grown.zip", func(file, content string) string {
		if file == "nanp.csv" {
			return content + "654,US,TX,Houston,2027-01-01,in service\n"
		}
		return content
	})
	if status, stdout, stderr := quick(t, environ, "consulates", "import", grown); status != 0 || !strings.Contains(stdout, "Area codes") {
		t.Fatalf("exit %d, %s%s", status, stdout, stderr)
	}
	if status, _, stderr := quick(t, environ, "profiles", "import", "--dry-run", person); status != 0 {
		t.Errorf("an area code of the newer list: exit %d, %s", status, stderr)
	}
}
