package templates

import (
	"slices"
	"strings"
	"testing"
)

// longest are the longest realistic values of a text's fields.
var longest = Data{
	Programme: "RED DEMO", Call: "312-555-0100", Ref: "#482137", Digits: "482137",
	Name: "Guadalupe H.", Who: "Consulado en Salt Lake City", When: "14:30", Zone: "Los Angeles", ZIP: "60608", State: "UT",
	Words: "", Consulate: "Salt Lake City", Contacts: 6, Told: 8, Confirmed: 8, Minutes: 15, PIN: true, Day: 3, Code: "123456782",
	List:   []string{"a 6 contactos", "al Consulado en Salt Lake City"},
	Places: []string{"San Vicente y las Granadinas", "Mexico (Aguascalientes/Zacatecas)"},
}

// abroad are the values that are longer for a reader in Mexico: the time with its
// zone (which a desk elsewhere reads, too), and the number with its country.
var abroad = Data{When: "14:30 hora Los Angeles", Call: "+1 312-555-0100"}

// several names the texts that may take more than one segment, with the reason.
var several = map[string]string{
	"status-who": "lists names, to a person who gave their PIN",
	"accepted":   "lists names where one answer accepts several people",
	"registered": "a summary, sent once",
	"data":       "lists everything that is kept, to a person who gave their PIN",
	"whom":       "lists names",
}

func TestTextsFitOneSegment(t *testing.T) {
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for language := range c.languages {
		for _, name := range c.Names(language) {
			data := longest
			if strings.HasPrefix(name, "notice") { // who reports is a contact's name
				data.Who = ""
			}
			if name == "taken-back" || name == "words-theirs" { // a contact's name as well
				data.Who = "Maria Fernanda"
			}
			if strings.HasPrefix(name, "notice-desk") || strings.HasSuffix(name, "-desk") {
				data.Name = "Guadalupe Hernandez Rodriguez"
				data.Word, data.Who = "", ""
			}
			for _, advise := range []bool{false, true} {
				data.Advise, data.Family, data.Owed, data.Again = advise, advise, advise, advise
				if advise {
					data.List = data.List[:1]
					if name != "notice-desk" {
						data.Call = abroad.Call
					}
					if strings.HasPrefix(name, "notice") {
						data.When = abroad.When
					}
				}
				switch name {
				case "accepted", "refused", "contact-stays", "whom", "registered", "thanks", "thanks-news", "invited-how", "invited-why", "invited-cost", "invited-trust", "invited-do", "invited-well", "invited-later", "invited-cry", "contact-how": // a list of names
					data.List = []string{data.Name}
					if strings.HasPrefix(name, "thanks") && advise { // of one alert, which is the usual one
						data.List = nil
					}
				}
				text, err := c.Text(language, name, data)
				if err != nil {
					t.Errorf("%s %s: %v", language, name, err)
					continue
				}
				if strings.Contains(strings.ReplaceAll(text, "...", ""), "..") {
					t.Errorf("%s %s has two full stops: %s", language, name, text)
				}
				if text != Plain(text) {
					t.Errorf("%s %s is not plain: %q", language, name, text)
				}
				most := 1
				if name == "rights" {
					most = 2
				}
				listed := (name == "thanks" || name == "thanks-news") && data.List != nil // one answer confirms several alerts
				if n := Segments(text); n > most && several[name] == "" && !listed {
					t.Errorf("%s %s takes %d segments (%d characters): %s", language, name, n, len(text), text)
				}
			}
		}
	}
}

// Every language says everything: a text that is missing in one would be an
// alert that is not answered.
func TestLanguagesHoldTheSameTexts(t *testing.T) {
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	want := c.Names(Fallback)
	slices.Sort(want)
	for language := range c.languages {
		got := c.Names(language)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s holds %v, Spanish %v", language, got, want)
		}
	}
}

func TestSegments(t *testing.T) {
	for _, c := range []struct {
		text string
		want int
	}{
		{"", 1},
		{strings.Repeat("a", 160), 1},
		{strings.Repeat("a", 161), 2},
		{strings.Repeat("ñ", 160), 1},
		{strings.Repeat("a", 159) + "ó", 3}, // UCS-2: 160 units in parts of 67
		{strings.Repeat("ó", 70), 1},
		{strings.Repeat("ó", 71), 2},
		{strings.Repeat("€", 80), 1}, // two septets each
		{strings.Repeat("€", 81), 2},
		{strings.Repeat("😀", 35), 1}, // two units each
		{strings.Repeat("😀", 36), 2},
	} {
		if got := Segments(c.text); got != c.want {
			t.Errorf("%.20q… of %d bytes: %d segments, want %d", c.text, len(c.text), got, c.want)
		}
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"Ya salió José, está aquí":   "Ya salio José, esta aqui",
		"ÁÍÓÚ áíóú ñ Ñ ü Ü é É ¿ ¡":  "AIOU aiou ñ Ñ ü Ü é É ¿ ¡",
		"“hola” – adiós…":            "\"hola\" - adios...",
		"me llevan 🚔\u200d\ufe0f ya": "me llevan  ya",
		"日本":                         "日本",
		"a\x00b\u202ec":              "abc",
	} {
		if got := Plain(in); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
}

// Where a name is none, what stands there leaves room for the rest: it is what a
// stranger reads who was named as a contact.
func TestSomebodyFitsOneSegment(t *testing.T) {
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for language := range c.languages {
		for _, name := range []string{"invite", "invite-again", "invited-how", "invited-why", "invited-cost", "invited-trust", "invited-do", "invited-well", "invited-later", "invited-cry", "refused", "notice-unanswered", "notice-vague", "ended", "status-told", "closed"} {
			data := longest
			data.When, data.Call, data.Vague, data.Words, data.Word, data.Who = abroad.When, abroad.Call, name == "closed", "", "", ""
			var err error
			if data.Name, err = c.Text(language, "somebody", Data{Digits: "0101"}); err != nil {
				t.Fatal(err)
			}
			data.List = []string{data.Name}
			text, err := c.Text(language, name, data)
			if err != nil {
				t.Errorf("%s %s: %v", language, name, err)
			}
			if n := Segments(text); n != 1 || !strings.Contains(text, data.Name) {
				t.Errorf("%s %s takes %d segments (%d characters): %s", language, name, n, len(text), text)
			}
		}
	}
}
