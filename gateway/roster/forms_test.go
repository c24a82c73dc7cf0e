package roster

import (
	"bytes"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// The same three people, as every program saves them: two whole, one refused, so
// that her line says how lines were counted.
func TestFormsOfAFile(t *testing.T) {
	const plain = `phone,code,name,zip,pin,consulate_consent,contact1_phone,contact1_name,contact1_message,contact1_wording,contact1_accepted,contact2_phone
+13125550101,,José Núñez,02108,4821,si,+523312345678,María,"Recoge a los niños, por favor
en la escuela",plain,si,
+13125550102,,Ana,123456,,si,,,,,,
+16175550103,,"Peña, Luis",02108,,no,+16175550104,Rosa,,,,
`
	// Excel's own: everything that is empty at the end left out.
	short := regexpReplace(plain, `,+\n`, "\n")
	encode := func(with interface{ Bytes([]byte) ([]byte, error) }, s string) string {
		b, err := with.Bytes([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	semicolons := strings.NewReplacer("niños, por", "\x01", "Peña, L", "\x02").Replace(plain)
	semicolons = strings.NewReplacer("\x01", "niños, por", "\x02", "Peña, L").Replace(strings.ReplaceAll(semicolons, ",", ";"))
	for _, c := range []struct {
		name, file string
		first      int // the line of the first person
		notes      int
	}{
		{"plain", plain, 2, 0},
		{"trailing commas left out", short, 2, 0},
		{"trailing commas too many", regexpReplace(plain, `(phone|,)\n`, "$1,,,\n"), 2, 0},
		{"CRLF", strings.ReplaceAll(plain, "\n", "\r\n"), 2, 0},
		{"CR alone", strings.ReplaceAll(plain, "\n", "\r"), 2, 0},
		{"CR alone, LF within a cell", strings.ReplaceAll(strings.ReplaceAll(plain, "\n", "\r"), "favor\ren", "favor\nen"), 2, 0},
		{"semicolons", semicolons, 2, 0},
		{"sep=;", "sep=;\r\n" + strings.ReplaceAll(semicolons, "\n", "\r\n"), 3, 0},
		{"a mark and SEP in quotes", "\ufeff\"SEP=;\"\n" + semicolons, 3, 0},
		{"sep=, and a blank line", "sep=,\n\n" + plain, 4, 0},
		{"tabs", strings.ReplaceAll(semicolons, ";", "\t"), 2, 0},
		{"bars", strings.ReplaceAll(semicolons, ";", "|"), 2, 0},
		{"Windows-1252", encode(charmap.Windows1252.NewEncoder(), plain), 2, 1},
		{"Windows-1252 with semicolons, CR alone", encode(charmap.Windows1252.NewEncoder(), strings.ReplaceAll(semicolons, "\n", "\r")), 2, 1},
		{"UTF-16, Excel's Unicode text", encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder(), strings.ReplaceAll(strings.ReplaceAll(semicolons, ";", "\t"), "\n", "\r\n")), 2, 0},
		{"UTF-16, the other end first", encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder(), plain), 2, 0},
		{"UTF-16 without a mark", encode(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder(), plain), 2, 0},
		{`="02108"`, regexpReplace(plain, `,(02108|123456|4821),`, `,="$1",`), 2, 0},
		{`="02108" within quotes`, regexpReplace(plain, `,(02108|123456|4821),`, `,"=""$1""",`), 2, 0},
		{"an = in front of phones", regexpReplace(plain, `(^|\n|,)\+1`, "$1=+1"), 2, 0},
		{"apostrophes", regexpReplace(plain, `([+]?\d{4,}),`, "'$1,"), 2, 0},
		{"curly quotes", strings.NewReplacer(`"Peña, Luis"`, "“Peña, Luis”", ",si,", ",“si”,", "+13125550101", "“+13125550101”").Replace(plain), 2, 0},
		{"marks anywhere", strings.NewReplacer("\n+1", "\n\ufeff+1", ",zip", ",\ufeffzip", "02108", "\ufeff02108\ufeff", "José", "\ufeffJosé").Replace(plain), 2, 0},
		{"no width, soft hyphens, directions", strings.NewReplacer("5550", "55\u200b50", "02108", "02\u00ad108", "Núñez", "Núñez\u200e", "contact1_ph", "contact1\u2060_ph", ",si", ",\u202asi\u202c").Replace(plain), 2, 0},
		{"blanks of other kinds", strings.NewReplacer(",si", ",\u00a0si\u2003", "José Núñez", "\u00a0José\u00a0Núñez ", "+1312", "\u202f+1\u00a0312\u2009", "phone,", "phone\u00a0,").Replace(plain), 2, 0},
		{"digits of full width", regexpReplaceFunc(plain, `\d{4,}`, wide), 2, 0},
		{"other dashes", strings.ReplaceAll(plain, "+13125550101", "+1–312—555‑0101"), 2, 0},
		{"fractions", strings.NewReplacer("+13125550101", "13125550101.0", "4821", "4821.0", "123456", "123456.0", "+523312345678", "523312345678,0").Replace(strings.NewReplacer(",+523312345678", `,"+523312345678"`).Replace(plain)), 2, 0},
		{"header in other words' clothes", strings.NewReplacer("phone,code", "Phone,CODE", "consulate_consent", " Consulate Consent ", "contact1_accepted", "contact1-accepted").Replace(plain), 2, 0},
	} {
		o := options()
		var notes []string
		o.Note = func(s string) { notes = append(notes, s) }
		var got []string
		for row, err := range Profiles(strings.NewReader(c.file), CSV, o) {
			p := row.Profile
			if err != nil {
				got = append(got, err.Error())
				continue
			}
			contact := p.Contacts[0]
			got = append(got, fmt.Sprintf("%d %s %s %s %s %v %s %s %q %v", row.Line-c.first+2, p.Phone, p.Name, p.ZIP, row.PIN, p.ConsularNotice.Given,
				contact.Phone, contact.Name, contact.Message, contact.Standing))
		}
		want := []string{
			`2 +13125550101 José Núñez 02108 4821 true +523312345678 María "Recoge a los niños, por favor\nen la escuela" accepted`,
			fmt.Sprintf(`line %d: zip: a ZIP has five digits, this has six`, c.first+2),
			`5 +16175550103 Peña, Luis 02108  false +16175550104 Rosa "" `,
		}
		ok := len(got) == len(want) && got[0] == want[0] && got[2] == want[2] && strings.HasPrefix(got[1], fmt.Sprintf("line %d: zip: ", c.first+2))
		if !ok || len(notes) != c.notes {
			t.Errorf("%s:\n%s\nwant\n%s\nnotes %q, want %d", c.name, strings.Join(got, "\n"), strings.Join(want, "\n"), notes, c.notes)
		}
	}
}

// JSON Lines of programs on Windows.
func TestFormsOfJSONLines(t *testing.T) {
	utf8 := strings.Replace(exampleJSON, "Juan Perez", "José Núñez", 1)
	latin, _ := charmap.Windows1252.NewEncoder().String(utf8)
	wide, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(utf8)
	want, _, _ := read(t, JSONLines, utf8)
	for name, file := range map[string]string{
		"Windows-1252": latin, "UTF-16": wide, "CR alone": strings.ReplaceAll(utf8, "\n", "\r"), "CRLF": strings.ReplaceAll(utf8, "\n", "\r\n"),
		"invisible": strings.NewReplacer("+1312", "+1\u200b312", "60608", "６０６０８", `"name"`, "\u00a0\"name\"").Replace(utf8),
	} {
		rows, refused, err := read(t, JSONLines, file)
		if len(refused) > 0 || err != nil || len(rows) != 1 || !reflect.DeepEqual(rows[0].Profile, want[0].Profile) {
			t.Errorf("%s: %+v, refused %v, %v", name, rows, refused, err)
		}
	}
}

// An open quote ends before the next person, however short the rows are.
func TestOpenQuoteInShortRows(t *testing.T) {
	rows, refused, err := read(t, CSV, "phone,name,consulate_consent,contact1_phone,contact1_name\n"+
		"+13125550101,\"Juan,si\n+13125550102,Ana,si\n+13125550103,\"Luis\nPérez\",si\n")
	if err != nil || len(rows) != 2 || rows[0].Line != 3 || rows[1].Line != 4 || rows[1].Profile.Name != "Luis Pérez" {
		t.Errorf("rows %+v, %v", rows, err)
	}
	if len(refused) != 1 || refused[0].Line != 2 || !strings.Contains(refused[0].Reason, "a quote is opened") {
		t.Errorf("refused %v, want line 2", refused)
	}
}

// Desks come out of the same programs.
func TestFormsOfDesks(t *testing.T) {
	want, err := Desks(strings.NewReader(exampleDesks), options())
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		"semicolons":          "sep=;\n" + strings.ReplaceAll(exampleDesks, ",", ";"),
		"CR alone, no commas": strings.ReplaceAll(regexpReplace(exampleDesks, `,+\n`, "\n"), "\n", "\r"),
		"typographic":         strings.NewReplacer("mon-fri 08:00-18:00", "Mon–Fri\u00a008:00 – 18:00", "+1312", "\ufeff+1\u200b312", "2026-11-20", "２０２６‑11‑20").Replace(exampleDesks),
		"Spanish days":        strings.ReplaceAll(exampleDesks, "mon-fri 08:00-18:00", "lun-vie 08:00-18:00"),
		"kinds":               strings.NewReplacer("confirmed\n", "confirmed,kind\n", "-20\n", "-20,consulate\n").Replace(exampleDesks),
		"a formula":           strings.ReplaceAll(exampleDesks, "+15205550100", `="+15205550100"`),
	} {
		desks, err := Desks(strings.NewReader(file), options())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i := range desks {
			desks[i].Hours = strings.ReplaceAll(desks[i].Hours, "lun-vie", "mon-fri")
		}
		if name == "typographic" {
			desks[1].Hours = want[1].Hours
		}
		if !reflect.DeepEqual(desks, want) {
			t.Errorf("%s: %+v", name, desks)
		}
	}
	_, err = Desks(strings.NewReader("consulate,channel,address,kind\r\rlegal-IL,sms,+13125550199,legal\rchicago,sms,1.3125E+10\r"), options())
	if err == nil || !strings.Contains(err.Error(), "line 3: consulate: ") || !strings.Contains(err.Error(), "kind: legal desks are not told") ||
		!strings.Contains(err.Error(), "line 4: address: a spreadsheet shortened") {
		t.Errorf("%v", err)
	}
	var out bytes.Buffer
	if err := WriteDesks(&out, want); err != nil || out.String() != exampleDesks {
		t.Errorf("written %s, %v", out.String(), err)
	}
}

func regexpReplace(s, form, with string) string {
	return regexp.MustCompile(form).ReplaceAllString(s, with)
}

func regexpReplaceFunc(s, form string, with func(string) string) string {
	return regexp.MustCompile(form).ReplaceAllStringFunc(s, with)
}

// wide writes digits as a keyboard of East Asia does.
func wide(s string) string {
	return strings.Map(func(r rune) rune { return r + 0xFEE0 }, s)
}
