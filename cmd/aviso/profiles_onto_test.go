package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
)

// edit changes a person who is kept.
func edit(t *testing.T, dir string, phone gateway.Phone, change func(*gateway.Profile)) {
	t.Helper()
	records, err := store.Open(t.Context(), store.Options{DSN: filepath.Join(dir, "aviso.db"), KeysFile: filepath.Join(dir, "aviso.keys"), Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer records.Close()
	p, err := records.ProfileByPhone(t.Context(), phone)
	if err != nil || p == nil {
		t.Fatal(p, err)
	}
	change(p)
	if err := records.Commit(t.Context(), gateway.Turn{At: time.Now(), Profiles: []gateway.Profile{*p}}); err != nil {
		t.Fatal(err)
	}
}

// exported are the lines of an export by phone.
func exported(t *testing.T, environ []string) map[string]string {
	t.Helper()
	_, all, _ := quick(t, environ, "profiles", "export", "-")
	people := map[string]string{}
	for line := range strings.Lines(all) {
		people[line[len(`{"phone":"`):len(`{"phone":"+13125550101`)]] = line
	}
	return people
}

// A later file changes what it has columns for, takes consents back, and makes a
// yes of nobody's own no. A dry run says beforehand exactly what an import does.
func TestImportOntoWhatIsKnown(t *testing.T) {
	first := write(t, t.TempDir(), "first.csv", `phone,name,language,zip,pin,consulate_consent,legal_consent,callback,contact1_phone,contact1_name,contact1_message,contact1_place,contact1_accepted,contact2_phone,contact2_name,contact2_accepted
+13125550101,Juan Perez,es,60608,4821,si,si,si,+523312345601,Maria,Ven,si,si,+523312345602,Rosa,si
+13125550102,Ana Lopez,es,60608,,no,,,+523312345603,Eva,,,,,,
+13125550103,Luis,es,60608,,si,,,,,,,,,,
+13125550104,Sara,es,60608,,si,,,+523312345604,Pepe,,,,,,
`)
	at := time.Now().Add(-time.Hour)
	for _, c := range []struct {
		name, file string
		flags      []string
		status     int
		said       []string // on standard error
		counted    []string // on standard output
		want       map[string][]string
		not        map[string][]string
	}{
		{
			name: "only names", file: "phone,name\n+13125550101,Juan P Gomez\n+13125550103,Luis M\n+13125550104,Sara B\n",
			counted: []string{"0 new, 3 known before"},
			want: map[string][]string{
				"+13125550101": {`"name":"Juan P Gomez"`, `"zip":"60608"`, `"consulate_consent":true`, `"legal_consent":true`, `"callback":true`,
					`"name":"Maria","relation":"","language":"","message":"Ven","wording":"plain","place":true,"accepted":true`, `"Rosa"`},
				"+13125550103": {`"name":"Luis M"`, `"consulate_consent":true`},
			},
		},
		{
			name: "consents", file: "phone,consulate_consent,legal_consent,contact1_phone,contact1_accepted,contact1_place\n" +
				"+13125550101,,no,+523312345601,no,\n+13125550102,si,,+523312345603,si,\n+13125550104,pendiente,,,,\n+13125550103,no\n",
			said: []string{"line 2: consulate_consent: yes becomes no", "line 2: legal_consent: yes becomes no", "line 2: contact1_place: yes becomes no", "line 2: contact1_accepted: yes becomes no",
				"line 3: consulate_consent: they said no themselves", "line 3: contact1_accepted: they said no themselves",
				"line 4: consulate_consent: neither yes nor no", "line 4: consulate_consent: yes becomes no",
				"line 5: consulate_consent: yes becomes no", "line 5: consulate_consent: nobody is told",
				"line 2: contacts: one that the row lacks stays", "line 4: contacts: one that the row lacks stays"},
			counted: []string{"0 new, 4 known before", "6 consents taken back", "2 own NO kept", "2 contacts kept that the file lacks"},
			want: map[string][]string{
				"+13125550101": {`"consulate_consent":false`, `"legal_consent":false`, `"name":"Maria"`, `"place":false,"accepted":false`, `"name":"Rosa","relation":"","language":"","message":"","wording":"plain","place":false,"accepted":true`},
				"+13125550102": {`"consulate_consent":false`, `"accepted":false`}, "+13125550103": {`"consulate_consent":false`}, "+13125550104": {`"consulate_consent":false`, "+523312345604"},
			},
		},
		{
			name: "replace", file: "phone,contact1_phone,contact1_name,contact1_accepted\n+13125550101,+523312345602,Rosita,no\n+13125550102,+523312345699,Nueva,si\n+13125550104,,,\n", flags: []string{"--replace"},
			said:    []string{"line 2: contacts: one that the row lacks goes", "line 3: contacts: one that the row lacks said no themselves"},
			counted: []string{"0 new, 3 known before", "1 own NO kept", "2 contacts removed"},
			want: map[string][]string{
				"+13125550101": {`"name":"Rosita","relation":"","language":"","message":"","wording":"plain","place":false,"accepted":true`, `"consulate_consent":true`},
				"+13125550102": {"+523312345699", "+523312345603"},
				"+13125550104": {`"contacts":[]`, `"consulate_consent":true`},
			},
			not: map[string][]string{"+13125550101": {"Maria", "523312345601"}},
		},
		{
			name: "nobody left, a weak PIN, a code of another, a new one", file: "phone,code,pin,consulate_consent,contact1_phone\n+13125550102,,,no,\n+13125550101,,60608,si,\n+13125550104,CODE,,si,\n+13125550109,,,si,\n",
			flags: []string{"--replace"}, status: 1,
			said:    []string{"line 3: pin: everybody tries it first", "line 4: code: "},
			counted: []string{"1 new, 1 known before"},
			want:    map[string][]string{"+13125550109": {`"consulate_consent":true`}, "+13125550102": {"+523312345603"}},
		},
		{
			name: "too many with those who stay", file: "phone,contact1_phone,contact2_phone,contact3_phone,contact4_phone,contact5_phone\n+13125550101,+523312345611,+523312345612,+523312345613,+523312345614,+523312345615\n",
			status: 1, said: []string{"line 2: contacts: more than 6, with those who are known and stay"}, counted: []string{"0 new, 0 known before"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, environ := folder(t)
			quick(t, environ, "profiles", "import", first)
			edit(t, dir, "+13125550102", func(p *gateway.Profile) {
				p.ConsularNotice = gateway.Consent{At: at, Channel: "sms", Answered: "NO"}
				p.Contacts[0].Standing, p.Contacts[0].Consent = gateway.StandingRefused, gateway.Consent{At: at, Channel: "sms", Answered: "NO"}
			})
			edit(t, dir, "+13125550101", func(p *gateway.Profile) { p.Contacts[1].Consent.Channel = "sms" })
			code := regexp.MustCompile(`"code":"(\d+)"`).FindStringSubmatch(exported(t, environ)["+13125550102"])[1]
			file := write(t, dir, "later.csv", strings.ReplaceAll(c.file, "CODE", code))
			before := exported(t, environ)
			args := append([]string{"profiles", "import", file}, c.flags...)
			dryStatus, dry, drySaid := quick(t, environ, append(args, "--dry-run")...)
			if after := exported(t, environ); fmt.Sprint(after) != fmt.Sprint(before) {
				t.Errorf("a dry run changed\n%v\nto\n%v", before, after)
			}
			status, real, said := quick(t, environ, args...)
			if dryStatus != c.status || status != c.status {
				t.Errorf("exit %d in advance, %d then; want %d", dryStatus, status, c.status)
			}
			// The same is said and counted, in advance and then.
			if got, want := counts(real), counts(dry); got != want {
				t.Errorf("counted in advance %s, then %s\n%s%s", want, got, dry, real)
			}
			if lines(said) != lines(drySaid) {
				t.Errorf("said in advance\n%s\nthen\n%s", lines(drySaid), lines(said))
			}
			for _, want := range c.said {
				if !strings.Contains(said, want) {
					t.Errorf("%q is not in\n%s", want, said)
				}
			}
			for _, want := range c.counted {
				if !strings.Contains(real, want) || !strings.Contains(dry, strings.ReplaceAll(want, " new,", " are new,")) {
					t.Errorf("%q is not in\n%s\nor\n%s", want, real, dry)
				}
			}
			after := exported(t, environ)
			for phone, all := range c.want {
				for _, want := range all {
					if !strings.Contains(after[phone], want) {
						t.Errorf("%s lacks %s:\n%s", phone, want, after[phone])
					}
				}
			}
			for phone, all := range c.not {
				for _, not := range all {
					if strings.Contains(after[phone], not) {
						t.Errorf("%s has %s:\n%s", phone, not, after[phone])
					}
				}
			}
			// Once more, nothing changes.
			quick(t, environ, args...)
			if again := exported(t, environ); fmt.Sprint(again) != fmt.Sprint(after) {
				t.Errorf("again:\n%v\nbefore\n%v", again, after)
			}
		})
	}
}

// counts are the numbers that an import prints, the dry run's in the same order:
// new, known before, refused, and then the effects as they stand.
func counts(stdout string) string {
	first, rest, _ := strings.Cut(stdout, "\n")
	n := regexp.MustCompile(`\d+`).FindAllString(first, -1)
	if strings.Contains(first, "nothing was changed") {
		return fmt.Sprint(n[2], n[3], n[1], rest)
	}
	return fmt.Sprint(n[1], n[2], n[3], rest)
}

// lines are those that name a line, in order.
func lines(stderr string) string {
	named := regexp.MustCompile(`(?m)^line .*$`).FindAllString(stderr, -1)
	slices.Sort(named)
	return strings.Join(named, "\n")
}

// An own NO stays through a file that says no, and through --replace.
func TestOwnNoIsNeverMadeAYes(t *testing.T) {
	dir, environ := folder(t)
	file := func(consent, contact string) string {
		return write(t, dir, "people.csv", "phone,consulate_consent,contact1_phone,contact1_accepted,contact2_phone\n+13125550101,"+consent+","+contact+",+523312345609\n")
	}
	quick(t, environ, "profiles", "import", file("no", "+523312345601,no"))
	edit(t, dir, "+13125550101", func(p *gateway.Profile) {
		p.ConsularNotice = gateway.Consent{At: time.Now(), Channel: "ussd"}
		p.Contacts[0].Standing = gateway.StandingWrong
	})
	for _, step := range []struct {
		consent, contact string
		flags            []string
	}{
		{"no", "+523312345601,no", nil}, {"", ",", []string{"--replace"}}, {"si", "+523312345601,si", []string{"--replace"}}, {"si", "+523312345601,si", nil},
	} {
		quick(t, environ, append([]string{"profiles", "import", file(step.consent, step.contact)}, step.flags...)...)
		if p := exported(t, environ)["+13125550101"]; !strings.Contains(p, `"consulate_consent":false`) || strings.Contains(p, `"accepted":true`) {
			t.Errorf("after %+v: %s", step, p)
		}
	}
}

// One PIN is never both of a person's, in whatever order files bring them.
func TestBothPINsDiffer(t *testing.T) {
	dir, environ := folder(t)
	const header = "phone,consulate_consent,pin,duress_pin\n"
	for _, step := range []struct {
		rows   string
		status int
		said   string
	}{
		{"+13125550101,si,4821,\n+13125550102,si,,9917\n", 0, ""},
		{"+13125550101,si,,4821\n+13125550102,si,9917,\n", 1, "line 2: duress_pin: the same as the pin that is kept|line 3: pin: the same as the duress_pin that is kept"},
		{"+13125550101,si,,9917\n+13125550102,si,4821,\n", 0, ""},
		{"+13125550101,si,9917,4821\n", 0, ""}, // both change places
	} {
		file := write(t, dir, "people.csv", header+step.rows)
		for _, flag := range []string{"--dry-run", "--all-or-nothing"} {
			status, _, stderr := quick(t, environ, "profiles", "import", file, flag)
			if status != step.status {
				t.Errorf("%q, %s: exit %d, %s", step.rows, flag, status, stderr)
			}
			for want := range strings.SplitSeq(step.said, "|") {
				if !strings.Contains(stderr, want) {
					t.Errorf("%q, %s: %q is not in %s", step.rows, flag, want, stderr)
				}
			}
		}
	}
}

// A file that is no UTF-8 is said to be read as what it is, once.
func TestImportSaysTheEncoding(t *testing.T) {
	dir, environ := folder(t)
	file := write(t, dir, "people.csv", "sep=;\r\nphone;name;consulate_consent\r\n+13125550101;Jos\xe9;si\r\n+13125550102;Mar\xeda;si\r\n1.3125E+10;x;si\r\n")
	for _, flag := range []string{"--dry-run", "--all-or-nothing", ""} {
		args := []string{"profiles", "import", file}
		if flag != "" {
			args = append(args, flag)
		}
		status, stdout, stderr := quick(t, environ, args...)
		if status != 1 || strings.Count(stderr, "Windows-1252") != 1 || !strings.Contains(stderr, "line 5: phone: a spreadsheet shortened") {
			t.Errorf("%s: exit %d, %s%s", flag, status, stdout, stderr)
		}
	}
	// A spreadsheet's "Unicode text" has another name, tabs, and two bytes a character.
	wide := "\xff\xfe"
	for _, r := range "phone\tname\tconsulate_consent\r\n+13125550103\tNúñez\tsi\r\n" {
		wide += string([]byte{byte(r), byte(r >> 8)})
	}
	if status, stdout, stderr := quick(t, environ, "profiles", "import", write(t, dir, "people.txt", wide)); status != 0 || !strings.Contains(stdout, "1 people imported") {
		t.Errorf("exit %d, %s%s", status, stdout, stderr)
	}
	if p := exported(t, environ); !strings.Contains(p["+13125550103"], `"Núñez"`) {
		t.Errorf("kept %v", p)
	}
	if p := exported(t, environ); !strings.Contains(p["+13125550101"], `"José"`) || !strings.Contains(p["+13125550102"], `"María"`) {
		t.Errorf("kept %v", p)
	}
}
