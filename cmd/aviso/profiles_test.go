package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// folder is a database's configuration without a gateway.
func folder(t *testing.T) (dir string, environ []string) {
	dir = t.TempDir()
	return dir, []string{"AVISO_DB=" + filepath.Join(dir, "aviso.db"), "AVISO_KEYS=" + filepath.Join(dir, "aviso.keys")}
}

func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const mixed = `phone,name,zip,pin,consulate_consent,contact1_phone,contact1_name
+13125550101,Juan Perez,60608,4821,si,+523312345678,Maria
+13125550102,Ana,6060,,si,,
+13125550103,"Luis,60608,,si,,
+13125550104,Rosa,60608,,no,,
+13125550105,Eva,60608,,si,,
+13125550101,Juan otra vez,60608,,si,,
`

// Ten digits that both countries may have are refused until somebody says of which
// they are; people with area codes that libraries lack are found and erased.
func TestNumbersOfBothCountries(t *testing.T) {
	dir, environ := folder(t)
	environ = append(environ, "AVISO_SMS_FROM=+16215550177")
	file := write(t, dir, "people.csv", "phone,name,consulate_consent,contact1_phone\n621-555-2345,Eva,si,\n+18375552345,Ana,,+16215550177\n+18375552345,Ana,,+1 900 555 0101\n")
	status, stdout, stderr := quick(t, environ, "profiles", "import", file)
	if status != 1 || !strings.Contains(stdout, "0 people imported") || !strings.Contains(stderr, "line 2: phone: ten digits that are of Texas with +1 and of Chihuahua with +52") ||
		!strings.Contains(stderr, "line 3: contact1_phone: one of our own") || !strings.Contains(stderr, "line 4: contact1_phone: a number that costs") {
		t.Errorf("exit %d, %s%s", status, stdout, stderr)
	}
	status, stdout, stderr = quick(t, environ, "profiles", "import", "--country", "us", write(t, dir, "more.csv", "phone,country,name,consulate_consent\n621-555-2345,,Eva,si\n9515015000,MX,Eva,si\n9515015000,US,Eva,si\n+18375552345,,Ana,si\n"))
	if status != 0 || !strings.Contains(stdout, "4 people imported") {
		t.Errorf("exit %d, %s%s", status, stdout, stderr)
	}
	if status, _, stderr := quick(t, environ, "profiles", "import", "--country", "CA", file); status != 2 {
		t.Errorf("a country that is neither: exit %d, %s", status, stderr)
	}
	_, exported, _ := quick(t, environ, "profiles", "export", "-")
	if status, stdout, stderr := quick(t, environ, "profiles", "import", write(t, dir, "again.jsonl", exported)); status != 0 || !strings.Contains(stdout, "4 known before") {
		t.Errorf("an export read again: exit %d, %s%s", status, stdout, stderr)
	}
	for _, c := range []struct {
		phone, want string
		status      int
	}{
		{"951-501-5000", "two people", 1}, {"+52 951 501 5000", "Erased", 0}, {"951 501 5000", "Erased", 0}, {"951 501 5000", "nobody", 1},
		{"621.555.2345", "Erased", 0}, {"8375552345", "Erased", 0}, {"555 0101", "not a phone number", 2},
	} {
		if status, stdout, stderr := quick(t, environ, "profiles", "delete", c.phone); status != c.status || !strings.Contains(stdout+stderr, c.want) {
			t.Errorf("delete %s: exit %d, %s%s; want %d, %s", c.phone, status, stdout, stderr, c.status, c.want)
		}
	}
	for _, address := range []string{"+19005550101", "+16215550177", "312-555-0199"} {
		if status, _, stderr := quick(t, environ, "consulates", "desks", write(t, dir, "desks.csv", "consulate,channel,address\nchicago,sms,"+address+"\n")); status != 1 || !strings.Contains(stderr, "line 2: address: ") {
			t.Errorf("a desk at %s: exit %d, %s", address, status, stderr)
		}
	}
}

func TestImportWithBadRows(t *testing.T) {
	dir, environ := folder(t)
	file := write(t, dir, "people.csv", mixed)
	status, stdout, stderr := quick(t, environ, "profiles", "import", file)
	if status != 1 {
		t.Errorf("exit %d, want 1", status)
	}
	for _, want := range []string{"line 3: zip: ", "line 4: a quote is opened", "line 5: nobody to tell", "line 7: phone: the same as on line 2"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("%q is not named in\n%s", want, stderr)
		}
	}
	if !strings.Contains(stdout, "2 people imported: 2 new, 0 known before; 4 rows refused") || !strings.Contains(stderr, "PINs are hashed") {
		t.Errorf("said %s%s", stdout, stderr)
	}
	for _, secret := range []string{"Juan", "Luis", "3125550102", "60608", "4821"} {
		if strings.Contains(stdout+stderr, secret) {
			t.Errorf("%s is repeated", secret)
		}
	}
	_, exported, _ := quick(t, environ, "profiles", "export", "-")
	if strings.Count(exported, "\n") != 2 || !strings.Contains(exported, `"name":"Juan Perez"`) || !strings.Contains(exported, `"name":"Eva"`) {
		t.Errorf("kept\n%s", exported)
	}
	if strings.Contains(exported, "4821") || strings.Contains(exported, `"code":""`) {
		t.Errorf("want no PIN, and a code each:\n%s", exported)
	}
	status, stdout, _ = quick(t, environ, "profiles", "import", file)
	if status != 1 || !strings.Contains(stdout, "0 new, 2 known before") {
		t.Errorf("again: exit %d, %s", status, stdout)
	}
	if _, again, _ := quick(t, environ, "profiles", "export", "-"); again != exported {
		t.Errorf("after the same file again\n%s\nbefore\n%s", again, exported)
	}
}

func TestImportOnlyWhole(t *testing.T) {
	dir, environ := folder(t)
	bad := write(t, dir, "bad.csv", mixed)
	for _, flag := range []string{"--dry-run", "--all-or-nothing"} {
		status, stdout, stderr := quick(t, environ, "profiles", "import", flag, bad)
		if status != 1 || !strings.Contains(stdout, "2 good rows, 4 bad ones; nothing was") || !strings.Contains(stderr, "line 3: ") {
			t.Errorf("%s: exit %d, %s%s", flag, status, stdout, stderr)
		}
		if _, err := os.Stat(filepath.Join(dir, "aviso.db")); err == nil {
			t.Errorf("%s made a database", flag)
		}
	}
	fine := write(t, dir, "good.jsonl", `{"phone":"+13125550101","name":"Juan","code":"123456782","consulate_consent":true}`+"\n")
	if status, stdout, stderr := quick(t, environ, "profiles", "import", "--dry-run", fine); status != 0 || !strings.Contains(stdout, "1 good rows, 0 bad ones") {
		t.Errorf("exit %d, %s%s", status, stdout, stderr)
	}
	if status, _, stderr := quick(t, environ, "profiles", "import", "--all-or-nothing", fine); status != 0 {
		t.Errorf("exit %d, %s", status, stderr)
	}
	// A code that is somebody else's is known from the database alone.
	taken := write(t, dir, "taken.jsonl", `{"phone":"+13125550102","consulate_consent":true}
{"phone":"+13125550103","code":"123456782","consulate_consent":true}
`)
	for _, flag := range []string{"--dry-run", "--all-or-nothing"} {
		status, _, stderr := quick(t, environ, "profiles", "import", flag, taken)
		if status != 1 || !strings.Contains(stderr, "line 2: code: ") {
			t.Errorf("%s: exit %d, %s", flag, status, stderr)
		}
	}
	if _, exported, _ := quick(t, environ, "profiles", "export", "-"); strings.Count(exported, "\n") != 1 {
		t.Errorf("kept\n%s", exported)
	}
	status, stdout, stderr := quick(t, environ, "profiles", "import", taken)
	if status != 1 || !strings.Contains(stdout, "1 people imported") || !strings.Contains(stderr, "line 2: code: ") {
		t.Errorf("without a flag: exit %d, %s%s", status, stdout, stderr)
	}
}

func TestImportFromStandardInput(t *testing.T) {
	_, environ := folder(t)
	const line = `{"phone":"+13125550101","name":"Juan","consulate_consent":true}` + "\n"
	for _, args := range [][]string{{"profiles", "import", "-"}, {"profiles", "import", "--all-or-nothing", "-"}} {
		var out, err bytes.Buffer
		if status := run(t.Context(), args, environ, strings.NewReader(line), &out, &err); status != 0 || !strings.Contains(out.String(), "1 people imported") {
			t.Errorf("%v: exit %d, %s%s", args, status, out.String(), err.String())
		}
	}
}

func TestFileThatCannotBeRead(t *testing.T) {
	dir, environ := folder(t)
	if status, stdout, stderr := quick(t, environ, "profiles", "import", filepath.Join(dir, "missing.csv")); status != 1 || stdout != "" || !strings.Contains(stderr, "no such file") {
		t.Errorf("no file: exit %d, %s%s", status, stdout, stderr)
	}
	if _, err := os.Stat(filepath.Join(dir, "aviso.db")); err == nil {
		t.Error("a missing file made a database")
	}
	for file, want := range map[string]string{
		write(t, dir, "empty.csv", ""):                              "the file is empty",
		write(t, dir, "headless.csv", "+13125550101,Juan\n"):        "column 1: unknown name",
		write(t, dir, "wide.csv", "phone,name\n\xff\xfe"):           "line 2",
		write(t, dir, "utf16.csv", "\xff\xfep\x00h\x00o\x00n\x00e"): "column 1: unknown name",
	} {
		status, _, stderr := quick(t, environ, "profiles", "import", file)
		if status != 1 || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit %d, %s; want %s", filepath.Base(file), status, stderr, want)
		}
	}
}

// An export read into an empty database and exported again is the same.
func TestExportAndBack(t *testing.T) {
	dir, environ := folder(t)
	var people strings.Builder
	people.WriteString("phone,name,language_note,consulate_consent,contact1_phone,contact1_name,contact1_message,contact1_wording,contact1_accepted\n")
	for n := range 1200 { // more than a page of the database
		fmt.Fprintf(&people, "%s,\"=Persona, %d\",mixteco,%d,+52331234%04d,\"Mar\"\"ia\",\"Recoge a los ninos\nen la escuela\",vague,%d\n", phoneNumber(312, n), n, n%2, n, n%3/2)
	}
	if status, _, stderr := quick(t, environ, "profiles", "import", write(t, dir, "people.csv", people.String())); status != 0 {
		t.Fatal(stderr)
	}
	for _, name := range []string{"out.csv", "out.jsonl"} {
		first := filepath.Join(dir, name)
		status, stdout, stderr := quick(t, environ, "profiles", "export", first)
		if status != 0 || !strings.Contains(stdout, "1200 people exported") {
			t.Fatalf("exit %d, %s%s", status, stdout, stderr)
		}
		if info, err := os.Stat(first); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; want it to be its owner's alone", name, info.Mode(), err)
		}
		other, elsewhere := folder(t)
		if status, _, stderr := quick(t, elsewhere, "profiles", "import", first); status != 0 {
			t.Fatal(stderr)
		}
		second := filepath.Join(other, name)
		quick(t, elsewhere, "profiles", "export", second)
		if a, b := sorted(t, first), sorted(t, second); a != b {
			t.Errorf("%s changed on the way", name)
		}
	}
}

// sorted is a file with its records in order, whatever order they were made in.
func sorted(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	records := strings.Split(string(content), "\n+1312")
	if strings.HasSuffix(path, ".jsonl") {
		records = strings.Split(string(content), "\n")
	}
	last := len(records) - 1
	records[last] = strings.TrimSuffix(records[last], "\n")
	slices.Sort(records)
	return strings.Join(records, "\n")
}

func TestDelete(t *testing.T) {
	dir, environ := folder(t)
	quick(t, environ, "profiles", "import", write(t, dir, "people.csv", mixed))
	if status, _, stderr := quick(t, environ, "profiles", "delete", "312-555-0101"); status != 0 {
		t.Fatalf("exit %d, %s", status, stderr)
	}
	if _, exported, _ := quick(t, environ, "profiles", "export", "-"); strings.Contains(exported, "Juan") || !strings.Contains(exported, "Eva") {
		t.Errorf("left\n%s", exported)
	}
	status, _, stderr := quick(t, environ, "profiles", "delete", "312-555-0101")
	if status != 1 || strings.Contains(stderr, "312") {
		t.Errorf("again: exit %d, %s; want 1 and no number", status, stderr)
	}
}

func TestDeleteWhileAnAlertIsOpen(t *testing.T) { everywhere(t, testDeleteWhileAnAlertIsOpen) }

func testDeleteWhileAnAlertIsOpen(t *testing.T, r *rig) {
	r.serve()
	r.text(r.juan, "ALERTA", "Recibimos")
	if _, stderr := r.command(1, "profiles", "delete", "+13125550101"); !strings.Contains(stderr, "open") {
		t.Errorf("said %q", stderr)
	}
	r.text(r.juan, "BIEN "+juansPIN, "termino")
	r.command(0, "profiles", "delete", "+13125550101")
	r.text(r.juan, "ALERTA", "no conocemos este telefono")
}

func TestDatabaseRefused(t *testing.T) {
	dir, environ := folder(t)
	people := write(t, dir, "people.csv", mixed)
	quick(t, environ, "profiles", "import", people)
	keys := filepath.Join(dir, "aviso.keys")
	if info, err := os.Stat(keys); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("keyset %v, %v; want mode 0600", info.Mode(), err)
	}
	mine, err := os.ReadFile(keys)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(why, want string) {
		t.Helper()
		for _, args := range [][]string{{"profiles", "import", people}, {"profiles", "export", "-"}, {"consulates", "find", "60608"}} {
			status, stdout, stderr := quick(t, environ, args...)
			if status != 1 || stdout != "" || !strings.Contains(stderr, want) {
				t.Errorf("%s: %v: exit %d, %q; want 1: %s", why, args, status, stderr, want)
			}
		}
	}
	if err := os.Remove(keys); err != nil {
		t.Fatal(err)
	}
	refused("no keyset", "keyset is missing")
	if _, err := os.Stat(keys); err == nil {
		t.Error("another keyset was made beside a sealed database")
	}
	otherDir, otherEnviron := folder(t)
	quick(t, otherEnviron, "profiles", "import", people)
	other, err := os.ReadFile(filepath.Join(otherDir, "aviso.keys"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "aviso.keys", string(other))
	refused("another keyset", "another keyset")
	write(t, dir, "aviso.keys", string(mine))
	if status, _, stderr := quick(t, environ, "profiles", "export", "-"); status != 0 {
		t.Fatalf("its own keyset back: %s", stderr)
	}
	editDatabase(t, filepath.Join(dir, "aviso.db"), `UPDATE meta SET number = number + 1 WHERE name = 'schema'`)
	refused("a newer schema", "newer version")
}
