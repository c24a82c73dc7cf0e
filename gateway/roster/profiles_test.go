package roster

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"aviso/gateway"
	"aviso/gateway/consulate"
	"aviso/gateway/numbering"
)

var noon = time.Date(2026, time.May, 4, 12, 0, 0, 0, time.UTC)

func options() Options {
	return Options{Now: noon, Countries: []string{"US", "MX"}, Directory: directory()}
}

// directory is what the product ships with.
var directory = sync.OnceValue(func() *gateway.Directory {
	table, err := consulate.Builtin()
	if err != nil {
		panic(err)
	}
	numbers, err := numbering.Builtin()
	if err != nil {
		panic(err)
	}
	return gateway.NewDirectory(table, numbers, nil)
})

// read sorts what a file yields into rows and refusals, for people who are not known.
func read(t testing.TB, format Format, file string) (rows []Row, refused []*RowError, fatal error) {
	t.Helper()
	for row, err := range Profiles(strings.NewReader(file), format, options()) {
		var bad *RowError
		switch {
		case err == nil:
			if row.Profile, _, err = row.Onto(nil, false); err == nil {
				rows = append(rows, row)
			} else if errors.As(err, &bad) {
				refused = append(refused, bad)
			}
		case errors.As(err, &bad):
			refused = append(refused, bad)
		default:
			fatal = err
		}
	}
	return rows, refused, fatal
}

// The contract's own example, in both formats.
const (
	exampleJSON = `{"phone":"+13125550101","code":"","name":"Juan Perez","language":"es","language_note":"","zip":"60608","pin":"4821","duress_pin":"9917","consulate_consent":true,"callback":false,"contacts":[{"phone":"+523312345678","name":"Maria","relation":"hermana","language":"es","message":"","wording":"plain","accepted":true}]}
`
	exampleCSV = `phone,code,name,language,language_note,zip,pin,duress_pin,consulate_consent,callback,contact1_phone,contact1_name,contact1_relation,contact1_language,contact1_message,contact1_wording,contact1_accepted
+13125550101,,Juan Perez,es,,60608,4821,9917,true,false,+523312345678,Maria,hermana,es,,plain,true
`
)

func TestExample(t *testing.T) {
	paper := gateway.Consent{Given: true, At: noon, Channel: "paper"}
	want := gateway.Profile{
		Phone: "+13125550101", Name: "Juan Perez", Language: "es", ZIP: "60608", ConsularNotice: paper, Registered: noon,
		Contacts: []gateway.Contact{{Phone: "+523312345678", Name: "Maria", Relation: "hermana", Language: "es",
			Standing: gateway.StandingAccepted, Consent: paper}},
	}
	for format, file := range map[Format]string{JSONLines: exampleJSON, CSV: exampleCSV} {
		rows, refused, err := read(t, format, file)
		if len(rows) != 1 || len(refused) != 0 || err != nil {
			t.Fatalf("%s: %d rows, refused %v, %v", format, len(rows), refused, err)
		}
		row := rows[0]
		if !reflect.DeepEqual(row.Profile, want) {
			t.Errorf("%s: %+v\nwant %+v", format, row.Profile, want)
		}
		if row.PIN != "4821" || row.DuressPIN != "9917" {
			t.Errorf("%s: PINs %q and %q", format, row.PIN, row.DuressPIN)
		}
	}
}

// What is odd about a file and harmless.
func TestForgiving(t *testing.T) {
	for name, file := range map[string]string{
		"byte order mark":          "\ufeff" + exampleCSV,
		"CRLF":                     strings.ReplaceAll(exampleCSV, "\n", "\r\n"),
		"no line end at the end":   strings.TrimSpace(exampleCSV),
		"blank lines at the end":   exampleCSV + "\n,,,,\n  \n",
		"any order, absent empty":  "consulate_consent,name,phone\nsi,Juan,+13125550101\n",
		"upper case, blanks":       " Phone , CONSULATE_CONSENT \n +13125550101 , SI \n",
		"columns without a name":   "phone,consulate_consent,,\n+13125550101,1,,\n",
		"more contacts, all empty": "phone,consulate_consent,contact12_phone\n+13125550101,yes,\n",
		"a gap between contacts":   "phone,contact1_phone,contact3_phone\n+13125550101,,+523312345678\n",
		"apostrophe of text cells": "phone,consulate_consent\n'+13125550101,true\n",
		"phones as people write":   "phone,contact1_phone\n(708) 555-0101,33 1234 5678\n",
		"a spreadsheet's phones":   "phone,contact1_phone\n13125550101,523312345678\n",
		"ZIP+4":                    "phone,zip,consulate_consent\n+13125550101,60608-1234,VERDADERO\n",
	} {
		rows, refused, err := read(t, CSV, file)
		if len(rows) != 1 || len(refused) > 0 || err != nil {
			t.Errorf("%s: %d rows, refused %v, %v", name, len(rows), refused, err)
			continue
		}
		if p := rows[0].Profile.Phone; p != "+13125550101" && p != "+17085550101" {
			t.Errorf("%s: phone %s", name, rows[0].Profile.Phone)
		}
	}
	for name, file := range map[string]string{
		"JSON of a word processor": `{“phone”: “+13125550101”, “consulate_consent”: true}`,
		"a mark in the middle":     "\n\ufeff" + exampleJSON,
		"absent empty":             `{"phone":"+13125550101","consulate_consent":true}`,
		"null and numbers":         `{"phone":13125550101,"code":null,"pin":4821,"zip":60608,"contacts":[{"phone":523312345678,"accepted":"si"}]}`,
		"blank lines":              "\n\n" + exampleJSON + "\r\n\n",
		"null contacts":            `{"phone":"+13125550101","consulate_consent":"si","contacts":null}`,
		"byte order mark":          "\ufeff" + exampleJSON,
		"contact left blank":       `{"phone":"+13125550101","consulate_consent":1,"contacts":[{}]}`,
		"escapes and accents":      `{"phone":"+13125550101","name":"Jos\u00e9 Nu\u00f1ez","consulate_consent":true}`,
	} {
		rows, refused, err := read(t, JSONLines, file)
		if len(rows) != 1 || len(refused) > 0 || err != nil {
			t.Errorf("%s: %d rows, refused %v, %v", name, len(rows), refused, err)
		}
	}
}

func TestConsentThatIsUnknownMeansNo(t *testing.T) {
	rows, refused, err := read(t, CSV, "phone,consulate_consent,contact1_phone\n+13125550101,pendiente,+523312345678\n+13125550102,,+523312345678\n")
	if err != nil || len(refused) != 0 || len(rows) != 2 {
		t.Fatalf("%d rows, %v, %v", len(rows), refused, err)
	}
	if rows[0].Profile.ConsularNotice.Given || len(rows[0].Notes) != 1 {
		t.Errorf("unknown: consent %v, notes %v; want no, and a note", rows[0].Profile.ConsularNotice.Given, rows[0].Notes)
	}
	if rows[1].Profile.ConsularNotice.Given || len(rows[1].Notes) != 0 {
		t.Errorf("empty: consent %v, notes %v; want no, without a note", rows[1].Profile.ConsularNotice.Given, rows[1].Notes)
	}
}

// Every bad row by its line and the column, and the good one after it.
func TestRefusedRows(t *testing.T) {
	const header = "phone,code,name,language,zip,pin,duress_pin,consulate_consent,callback,contact1_phone,contact1_message,contact1_wording,contact1_accepted,contact2_phone\n"
	const good = "+13125550109,,Ana,es,60608,,,si,,,,,,\n"
	for _, c := range []struct{ row, want string }{
		{",,Juan,es,60608,,,si,,,,,,", "phone: missing"},
		{"12345,,Juan,es,60608,,,si,,,,,,", "phone: not a phone number"},
		{"+19995550101,,Juan,es,60608,,,si,,,,,,", "phone: no such number exists"},
		{"5512345678,,Juan,es,60608,,,si,,,,,,", "phone: ten digits that are of New Jersey with +1 and of Mexico City with +52 in front: write which, or say --country or a column country"},
		{"+13125550101,123456789,Juan,es,60608,,,si,,,,,,", "code: want nine digits"},
		{"+13125550101,,Juan,español,60608,,,si,,,,,,", "language: want a BCP 47 tag"},
		{"+13125550101,,Juan,es,2108,,,si,,,,,,", "zip: a ZIP has five digits, this has four: perhaps a leading 0 was lost"},
		{"+13125550101,,Juan,es,6.0608E+04,,,si,,,,,,", "zip: a spreadsheet shortened this number"},
		{"1.3125E+10,,Juan,es,60608,,,si,,,,,,", "phone: a spreadsheet shortened this number"},
		{`"3,31235E+11",,Juan,es,60608,,,si,,,,,,`, "phone: a spreadsheet shortened this number"},
		{"+13125550101,,Juan,es,60608,,,,,3.31235E+11,,,,", "contact1_phone: a spreadsheet shortened this number"},
		{"+13125550101,1.23457E+08,Juan,es,60608,,,si,,,,,,", "code: a spreadsheet shortened this number"},
		{"+13125550101,,Juan,es,60608,0000,,si,,,,,,", "pin: everybody tries it first"},
		{"+13125550101,,Juan,es,60608,60608,,si,,,,,,", "pin: everybody tries it first"},
		{"+13125550101,,Juan,es,60608,4821,8765,si,,,,,,", "duress_pin: everybody tries it first"},
		{"+13125550101,,Juan,es,abcde,,,si,,,,,,", "zip: "},
		{"+13125550101,,Juan,es,00000,,,si,,,,,,", "zip: there is no such ZIP"},
		{"+13125550101,,Juan,es,34512-0001,,,si,,,,,,", "zip: there is no such ZIP"},
		{"+13125550101,,Juan,es,60608,123,,si,,,,,,", "pin: a PIN has 4 to 8 digits"},
		{"+13125550101,,Juan,es,60608,4821,48 21,si,,,,,,", "duress_pin: a PIN has 4 to 8 digits"},
		{"+13125550101,,Juan,es,60608,4821,4821,si,,,,,,", "duress_pin: the same as pin"},
		{"+13125550101,,Juan,es,60608,,,si,quiza,,,,,", "callback: want true or false"},
		{"+13125550101,,Juan,es,60608,,,no,,,,,,", "nobody to tell"},
		{"+13125550101,,Juan,es,60608,,,,,+13125550101,,,,", "contact1_phone: the person's own phone"},
		{"+13125550101,,Juan,es,60608,,,,,+523312345678,,,,+5213312345678", "contact2_phone: the same as another contact's"},
		{"+13125550101,,Juan,es,60608,,,,,+442071838750,,,,", "contact1_phone: numbers of this country are not served"},
		{"+13125550101,,Juan,es,60608,,,si,,,hola,,,", "contact1_phone: missing"},
		{"+13125550101,,Juan,es,60608,,,,,+523312345678," + strings.Repeat("x", 141) + ",,,", "contact1_message: longer than 140 characters"},
		{"+13125550101,,Juan,es,60608,,,,,+523312345678,,vaga,,", "contact1_wording: want plain or vague"},
		{"+13125550101,,Juan,es,60608,,,,,+523312345678,,,2,", "contact1_accepted: want true or false"},
		{"+13125550101,,Juan\x00,es,60608,,,si,,,,,,", "name: holds a control character"},
		{"+13125550101,," + strings.Repeat("J", 101) + ",es,60608,,,si,,,,,,", "name: longer than 100 characters"},
		{"+13125550101,," + strings.Repeat("J", 70_000) + ",es,60608,,,si,,,,,,", "longer than 64 KiB"},
		{"+13125550101,,Juan,es,60608", "nobody to tell"},
		{"+13125550101;;Juan;es;60608", "set apart by another character than the header's"},
		{"+13125550101,,Juan,es,60608,,,si,,,,,,,x", "15 fields where the header has 14"},
		{`+13125550101,,Juan "el Gato",es,60608,,,si,,,,,,`, "a quote stands within a field"},
		{`+13125550101,,"Juan,es,60608,,,si,,,,,,`, "a quote is opened and not closed"},
		{`,1,"Juan",es,60608,12,,si,,,,,,`, "phone: missing; code: want nine digits, the last of them the check digit; leave it empty and one is made; pin: "},
	} {
		rows, refused, err := read(t, CSV, header+good+c.row+"\n"+strings.Replace(good, "0109", "0110", 1))
		if err != nil || len(refused) != 1 {
			t.Errorf("%.40q: refused %v, %v; want one", c.row, refused, err)
			continue
		}
		if refused[0].Line != 3 || !strings.Contains(refused[0].Reason, c.want) {
			t.Errorf("%.40q: line %d: %s; want line 3: %s", c.row, refused[0].Line, refused[0].Reason, c.want)
		}
		if len(rows) != 2 || rows[1].Line != 4 {
			t.Errorf("%.40q: want the good rows before and after it", c.row)
		}
	}
	for _, c := range []struct{ row, want string }{
		{`{"phone":"+13125550101"`, "not JSON"},
		{`["+13125550101"]`, "want one JSON object a line"},
		{`null`, "want one JSON object a line"},
		{`{"phone":"+13125550101"} {}`, "something follows the object"},
		{`{"phone":"+13125550101","telefono":"x"}`, "a member of an unknown name"},
		{`{"phone":["+13125550101"],"consulate_consent":true}`, "phone: want a single value"},
		{`{"phone":"+13125550101","contacts":{"phone":"+523312345678"}}`, "contacts: want a list of objects"},
		{`{"phone":"+13125550101","contacts":[{"phone":{}}]}`, "contact1_phone: want a single value"},
		{`{"phone":"+13125550101","contacts":[` + sevenContacts + `]}`, "contacts: more than 6"},
		{`{"phone":"+13125550101","name":"` + strings.Repeat("x", 70_000) + `"}`, "longer than 64 KiB"},
	} {
		rows, refused, err := read(t, JSONLines, exampleJSON+c.row+"\n"+strings.Replace(exampleJSON, "0101", "0110", 1))
		if err != nil || len(refused) != 1 || refused[0].Line != 2 || !strings.Contains(refused[0].Reason, c.want) || len(rows) != 2 {
			t.Errorf("%.60q: %d rows, refused %v, %v; want line 2: %s", c.row, len(rows), refused, err, c.want)
		}
	}
}

const sevenContacts = `{"phone":"+523312345601"},{"phone":"+523312345602"},{"phone":"+523312345603"},{"phone":"+523312345604"},{"phone":"+523312345605"},{"phone":"+523312345606"},{"phone":"+523312345607"}`

// A quote that somebody forgot to close swallows no rows, whatever quotes come
// after it.
func TestOpenQuote(t *testing.T) {
	rows, refused, err := read(t, CSV, `phone,name,consulate_consent
+13125550101,"Juan,si
+13125550102,"Perez, Ana",si
+13125550103,Pedro,si
+13125550104,"Rosa,si
+13125550105,Luis,si
`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		got = append(got, fmt.Sprintf("%d %s", r.Line, r.Profile.Name))
	}
	if want := []string{"3 Perez, Ana", "4 Pedro", "6 Luis"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("rows %v, want %v", got, want)
	}
	if len(refused) != 2 || refused[0].Line != 2 || refused[1].Line != 5 {
		t.Errorf("refused %v, want lines 2 and 5", refused)
	}
}

func TestQuotedLineBreaks(t *testing.T) {
	rows, refused, err := read(t, CSV, "phone,contact1_phone,contact1_message\r\n+13125550101,+523312345678,\"Recoge a los ninos\r\nen la escuela\"\r\n+13125550102,123,x\r\n")
	if err != nil || len(rows) != 1 || rows[0].Profile.Contacts[0].Message != "Recoge a los ninos\nen la escuela" {
		t.Errorf("rows %v, %v", rows, err)
	}
	if len(refused) != 1 || refused[0].Line != 4 {
		t.Errorf("refused %v, want line 4: lines are counted as an editor does", refused)
	}
}

// Ten digits that both countries may have are refused by line with both readings,
// unless the options or a row's own column decide. An export has neither.
func TestCountryOfNumbers(t *testing.T) {
	for _, c := range []struct{ country, column, phone, contact, want, wantContact string }{
		{"", "", "951-501-5000", "+523312345678", "phone: ten digits that are of California with +1 and of Oaxaca with +52 in front", ""},
		{"MX", "", "951-501-5000", "614 555 2345", "+529515015000", "+526145552345"},
		{"MX", "US", "951-501-5000", "614 555 2345", "+19515015000", "+16145552345"},
		{"US", "mx", "951-501-5000", "212-555-2345", "+529515015000", "+12125552345"}, // Mexico has no 212
		{"US", "", "621 555 2345", "664 123 4567", "+16215552345", "+526641234567"},
		{"", "US", "227-555-2345", "829-555-2345", "contact1_phone: ten digits that are of Dominican Republic with +1 and of Nuevo Leon", ""},
		{"", "CA", "+12125552345", "+523312345678", "country: want US or MX", ""},
		{"", "", "+1 900 555 2345", "+523312345678", "phone: a number that costs", ""},
		{"US", "", "212-555-2345", "900-555-2345", "contact1_phone: a number that costs", ""},
		{"", "", "+12125552345", "+15550001111", "contact1_phone: one of our own numbers", ""},
		{"", "", "+16215552345", "+13575552345", "+16215552345", "+13575552345"},
	} {
		for format, file := range map[Format]string{
			CSV:       "country,phone,contact1_phone\n" + strings.Join([]string{c.column, c.phone, c.contact}, ",") + "\n",
			JSONLines: fmt.Sprintf(`{"phone":%q,"country":%q,"contacts":[{"phone":%q}]}`, c.phone, c.column, c.contact),
		} {
			o := options()
			o.Country = c.country
			o.Nobodys = func(written string) bool { return written == "+15550001111" }
			for row, err := range Profiles(strings.NewReader(file), format, o) {
				p := row.Profile
				switch {
				case err == nil && (string(p.Phone) != c.want || string(p.Contacts[0].Phone) != c.wantContact),
					err != nil && !strings.Contains(err.Error(), c.want):
					t.Errorf("%+v as %s: %+v, %v", c, format, p, err)
				case err != nil && strings.Contains(err.Error(), "501"):
					t.Errorf("the error repeats a number: %v", err)
				case err == nil:
					var out bytes.Buffer
					w := NewJSONWriter(&out)
					if err := errors.Join(w.Write(p), w.Flush()); err != nil || strings.Contains(out.String(), "country") {
						t.Errorf("%s, %v", out.String(), err)
					}
					if again, refused, err := read(t, JSONLines, out.String()); len(again) != 1 || again[0].Profile.Phone != p.Phone || again[0].Profile.Contacts[0].Phone != p.Contacts[0].Phone {
						t.Errorf("read again: %v, %v, %v", again, refused, err)
					}
				}
			}
		}
	}
}

func TestDuplicatesWithinTheFile(t *testing.T) {
	_, refused, err := read(t, CSV, "phone,code,consulate_consent\n+13125550101,123456782,si\n13125550101,,si\n+13125550102,123456782,si\n")
	if err != nil || len(refused) != 2 {
		t.Fatalf("refused %v, %v; want two", refused, err)
	}
	if refused[0].Error() != "line 3: phone: the same as on line 2" || refused[1].Error() != "line 4: code: the same as on line 2" {
		t.Errorf("refused %v", refused)
	}
}

func TestFilesRefused(t *testing.T) {
	for name, c := range map[string]struct {
		format     Format
		file, want string
	}{
		"empty":          {CSV, "", "the file is empty"},
		"only blanks":    {CSV, "\n\n", "the file is empty"},
		"no header":      {CSV, "+13125550101,Juan,si\n", "column 1: unknown name"},
		"misspelt":       {CSV, "phone,consulate_consnt\n+13125550101,si\n", "column 2: unknown name"},
		"twice":          {CSV, "phone,name,Name\n", "column 3: name stands twice"},
		"no phone":       {CSV, "name,zip\n", "no column phone"},
		"contact 0":      {CSV, "phone,contact0_phone\n", "column 2: unknown name"},
		"contact 01":     {CSV, "phone,contact01_phone\n", "column 2: unknown name"},
		"separator only": {CSV, "sep=;\n", "the file is empty"},
		"broken header":  {CSV, "phone,\"name\n", "a quote is opened"},
		"unknown format": {"xlsx", "x", "unknown format"},
	} {
		rows, refused, err := read(t, c.format, c.file)
		var file *FileError
		if !errors.As(err, &file) || !strings.Contains(err.Error(), c.want) || len(rows)+len(refused) > 0 {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		if strings.Contains(fmt.Sprint(err), "312") {
			t.Errorf("%s: the error repeats the file: %v", name, err)
		}
	}
}

func TestReadErrorEnds(t *testing.T) {
	broken := errors.New("disk on fire")
	count := 0
	var last error
	for _, err := range Profiles(io.MultiReader(strings.NewReader(exampleCSV), &failing{broken}), CSV, options()) {
		count++
		last = err
	}
	if count != 2 || !errors.Is(last, broken) {
		t.Errorf("%d results, the last %v; want the row, then the reader's error", count, last)
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

// What a spreadsheet would run is written so that it does not.
func TestFormulas(t *testing.T) {
	p := gateway.Profile{Phone: "+13125550101", Name: `=HYPERLINK("http://x","y")`, ConsularNotice: gateway.Consent{Given: true}}
	var out bytes.Buffer
	w, err := NewCSVWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(p), w.Flush()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), `"'=HYPERLINK(`) {
		t.Errorf("want an apostrophe in front of the formula:\n%s", out.String())
	}
	rows, refused, err := read(t, CSV, out.String())
	if err != nil || len(refused) > 0 || rows[0].Profile.Name != p.Name {
		t.Errorf("read back %v, %v, %v", rows, refused, err)
	}
}

func TestTooManyContactsForCSV(t *testing.T) {
	p := gateway.Profile{Phone: "+13125550101", Contacts: make([]gateway.Contact, MaxContacts+1)}
	w, err := NewCSVWriter(io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(p); err == nil || !strings.Contains(err.Error(), "jsonl") {
		t.Errorf("%v; want an error that names the other format", err)
	}
}

// An export read back and exported again is the same, and says the same of
// everybody.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := rapid.SliceOfNDistinct(profile(), 0, 5, func(p gateway.Profile) gateway.Phone { return p.Phone }).Draw(t, "people")
		for _, format := range []Format{CSV, JSONLines} {
			first := export(t, format, people)
			var again []gateway.Profile
			for row, err := range Profiles(bytes.NewReader(first), format, options()) {
				if err != nil {
					t.Fatalf("%s: %v\n%s", format, err, first)
				}
				again = append(again, row.Profile)
			}
			if second := export(t, format, again); !bytes.Equal(first, second) {
				t.Fatalf("%s: exported\n%s\nread and exported again\n%s", format, first, second)
			}
			if len(again) != len(people) {
				t.Fatalf("%s: %d people, %d read back", format, len(people), len(again))
			}
			for i := range people {
				if got, want := rawOf(again[i]), rawOf(people[i]); !reflect.DeepEqual(got, want) {
					t.Fatalf("%s: %+v\nread back %+v", format, want, got)
				}
			}
		}
	})
}

func export(t *rapid.T, format Format, people []gateway.Profile) []byte {
	var out bytes.Buffer
	var w interface {
		Write(gateway.Profile) error
		Flush() error
	} = NewJSONWriter(&out)
	if format == CSV {
		c, err := NewCSVWriter(&out)
		if err != nil {
			t.Fatal(err)
		}
		w = c
	}
	for _, p := range people {
		if err := w.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// profile is any person that a file can hold.
func profile() *rapid.Generator[gateway.Profile] {
	name := rapid.Map(rapid.StringMatching(`['=+@-]{0,3}[A-Za-zñé"<&, ';]{0,12}`), strings.TrimSpace)
	message := rapid.Map(rapid.StringMatching(`[='+]{0,2}[a-zñ",\n ]{0,40}`), strings.TrimSpace)
	language := rapid.SampledFrom([]string{"", "es", "en-US", "nah", "mixteco"})
	return rapid.Custom(func(t *rapid.T) gateway.Profile {
		p := gateway.Profile{
			Phone:          gateway.Phone(fmt.Sprintf("+1312555%04d", rapid.IntRange(0, 9999).Draw(t, "phone"))),
			Name:           name.Draw(t, "name"),
			Language:       language.Draw(t, "language"),
			LanguageNote:   name.Draw(t, "note"),
			ZIP:            rapid.SampledFrom([]string{"", "60608", "02108"}).Draw(t, "zip"),
			ConsularNotice: gateway.Consent{Given: rapid.Bool().Draw(t, "consent")},
			Callback:       rapid.Bool().Draw(t, "callback"),
		}
		n := rapid.IntRange(0, MaxContacts).Draw(t, "contacts")
		if n == 0 {
			p.ConsularNotice.Given = true
		}
		for i := range n {
			c := gateway.Contact{
				Phone: gateway.Phone(fmt.Sprintf("+52331234567%d", i)), Name: name.Draw(t, "contact"),
				Relation: name.Draw(t, "relation"), Language: language.Draw(t, "language"),
				Message: message.Draw(t, "message"), Vague: rapid.Bool().Draw(t, "vague"),
			}
			if rapid.Bool().Draw(t, "accepted") {
				c.Standing = gateway.StandingAccepted
			}
			p.Contacts = append(p.Contacts, c)
		}
		return p
	})
}
