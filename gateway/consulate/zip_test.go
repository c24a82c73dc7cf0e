package consulate

import (
	"errors"
	"strings"
	"testing"
)

func TestParseZIP(t *testing.T) {
	for in, want := range map[string]string{
		"60608":        "60608",
		"60608-1234":   "60608",
		"606081234":    "60608",
		"60608 1234":   "60608",
		"60608–1234":   "60608",
		"  02108\r\n":  "02108",
		"６０６０８":        "60608",
		"\u00a060608 ": "60608",
		"00000":        "00000",
	} {
		if got, err := ParseZIP(in); err != nil || got != want {
			t.Errorf("%q: %q, %v, want %q", in, got, err, want)
		}
	}
	for in, want := range map[string]Reason{
		"":             ReasonEmpty,
		" \t":          ReasonEmpty,
		"2108":         ReasonFourDigits,
		" 8901 ":       ReasonFourDigits,
		"606":          ReasonLength,
		"606081":       ReasonLength,
		"60608-":       ReasonLength,
		"60608-12":     ReasonLength,
		"60608--1234":  ReasonLength,
		"6060-81234":   ReasonLength,
		"3125550101":   ReasonLength,
		"-60608":       ReasonLength,
		"6O608":        ReasonCharacters,
		"Chicago":      ReasonCharacters,
		"60608, IL":    ReasonCharacters,
		"٦٠٦٠٨":        ReasonCharacters,
		"60608\x001":   ReasonCharacters,
		"\xff\xfe6060": ReasonCharacters,
	} {
		got, err := ParseZIP(in)
		var zipErr *ZIPError
		if got != "" || !errors.As(err, &zipErr) || zipErr.Reason != want {
			t.Errorf("%q: %q, %v, want reason %s", in, got, err, want)
		}
	}
}

// A ZIP exists that is in the data or within a known prefix.
func TestParseZIPThatExists(t *testing.T) {
	table := mustBuiltin(t)
	for in, want := range map[string]string{
		"60608": "60608", "60608-1234": "60608", "60698": "60698", "99999": "99999", // the last two by their prefix
		"09012": "09012", "96299": "96299", "96940": "96940", "34040": "34040",
	} {
		if got, err := table.ParseZIP(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for in, want := range map[string]Reason{
		"00000": ReasonUnknown, "00000-0000": ReasonUnknown, "00412": ReasonUnknown, "34500": ReasonUnknown, "88812": ReasonUnknown,
		"2108": ReasonFourDigits, "": ReasonEmpty,
	} {
		var zipErr *ZIPError
		if got, err := table.ParseZIP(in); got != "" || !errors.As(err, &zipErr) || zipErr.Reason != want {
			t.Errorf("%q: %q, %v, want reason %s", in, got, err, want)
		}
	}
	if lacking, err := Compile(filesOf(small())); err != nil || !lacking.Exists("61199") || lacking.Exists("61299") {
		t.Errorf("%v: a prefix that the base alone has counts as known", err)
	}
}

// Errors reach phones and logs: they fit one text of GSM-7 without accents and
// repeat nothing of what was given.
func TestZIPErrorWords(t *testing.T) {
	seen := map[string]bool{}
	for _, in := range []string{"", "7193", "719", "7193x"} {
		_, err := ParseZIP(in)
		var zipErr *ZIPError
		if !errors.As(err, &zipErr) {
			t.Fatalf("%q: %v", in, err)
		}
		for _, words := range []string{zipErr.Error(), zipErr.Spanish()} {
			if in != "" && strings.Contains(words, in) {
				t.Errorf("%q repeats what was given", words)
			}
			if len(words) == 0 || len(words) > 160 || strings.ContainsFunc(words, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Errorf("%q is not one plain text", words)
			}
			seen[words] = true
		}
	}
	if len(seen) != 6 { // length and characters ask for the same
		t.Errorf("%d texts, want 6", len(seen))
	}
}

func TestFirstZIP(t *testing.T) {
	table := mustBuiltin(t)
	for words, want := range map[string]string{
		"ALERTA 60608 me llevan":            "60608",
		"60608":                             "60608",
		"alerta,60608,me llevan":            "60608",
		"ALERTA ZIP:60608.":                 "60608",
		"me llevan en (60608)":              "60608",
		"¿60608?":                           "60608",
		"60608-1234 redada":                 "60608",
		"60608–1234":                        "60608",
		"60608 1234":                        "60608",
		"Chicago IL 60608🚨ayuda":            "60608",
		"６０６０８ me llevan":                   "60608",
		"somos 2 en 60608":                  "60608",
		"60608 2 personas 3 carros":         "60608",
		"60698 solo por prefijo":            "60698",
		"02108":                             "02108",
		"3125550101 60608":                  "60608",
		"ALERTA 3125550101 4821 60608":      "60608",
		"312-555-0101 60608":                "60608",
		"00000 y luego 60608":               "60608",
		"#482137 60608":                     "60608",
		"60608 llame al 312 555 0101":       "60608",
		"60608. 3 personas":                 "60608",
		"":                                  "",
		"ALERTA me llevan":                  "",
		"3125560608":                        "",
		"312 556 0608":                      "",
		"+1 312 55 60608":                   "",
		"60608 60609":                       "", // ten digits in two groups are a phone
		"312 55 60608":                      "",
		"52 33 123 60608":                   "",
		"521 33 123 60608":                  "",
		"+52 33 60608":                      "",
		"55-60608":                          "",
		"60608-123":                         "",
		"60608-1234-5":                      "",
		"60608-12345":                       "",
		"606081234":                         "", // nine digits may be a personal code
		"$60608":                            "",
		"#60608":                            "",
		"60608%":                            "",
		"41.60608,-87.60608":                "",
		"60608.5":                           "",
		"12:60608":                          "",
		"12/11/60608":                       "",
		"A60608":                            "",
		"60608A":                            "",
		"60608ñ":                            "",
		"calle_60608":                       "",
		"00000":                             "", // neither a ZIP nor a known prefix
		"2108":                              "",
		"\xff60608\xff":                     "60608",
		"60608 1 2 3 4 5 6 7 8 9 10 11":     "60608", // too many digits for a phone
		strings.Repeat("9", 1600):           "",
		strings.Repeat("60608-", 266):       "",
		strings.Repeat("x ", 800) + "60608": "60608",
	} {
		got, ok := table.FirstZIP(words)
		if got != want || ok != (want != "") {
			t.Errorf("%.60q: %q, %v, want %q", words, got, ok, want)
		}
	}
}

func FuzzFirstZIP(f *testing.F) {
	table := mustBuiltin(f)
	for _, s := range []string{"ALERTA 60608 me llevan", "60608-1234", "+52 33 60608", "\xff60608–1234", "６０６０８", "312 55 60608 1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, words string) {
		zip, ok := table.FirstZIP(words)
		if !ok {
			if zip != "" {
				t.Fatalf("%q, false", zip)
			}
			return
		}
		if got, err := ParseZIP(zip); err != nil || got != zip {
			t.Fatalf("%q is no ZIP: %v", zip, err)
		}
		if !strings.Contains(plain(words), zip) {
			t.Fatalf("%q is not in the text", zip)
		}
		if f := table.Find(zip); !f.Known && f.Rule != RulePrefix {
			t.Fatalf("%q is unknown", zip)
		}
		if _, again := table.FirstZIP(zip); !again {
			t.Fatalf("%q alone is not found", zip)
		}
	})
}
