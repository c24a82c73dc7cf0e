package ivr

import (
	"slices"
	"strings"
	"testing"

	"aviso/templates"
)

// phrases are the names of everything that a dialogue can say.
func phrases() []string {
	var all []Line
	for _, p := range places {
		all = append(all, p.lines...)
	}
	for _, o := range outcomes() {
		all = append(all, o.lines...)
	}
	all = append(append(all, raisedMenu...), languageLine)
	all = append(all, lines("not-understood", "go-on", "goodbye", "kept", "wrong-pin", "wrong-who", "transfer")...)
	var names []string
	for _, l := range all {
		if !slices.Contains(names, l.Name) {
			names = append(names, l.Name)
		}
	}
	slices.Sort(names)
	return names
}

var full = templates.Data{
	Programme: "RED DEMO", Call: "312-555-0100", Ref: "#482137", Digits: "482137", Name: "Guadalupe H.", Who: "Maria",
	When: "14:30", ZIP: "60608", Word: "girasol", Consulate: "Consulado General de Mexico en Salt Lake City",
	Contacts: 6, Told: 8, Confirmed: 8, Minutes: 15, PIN: true, Code: "123456782", List: []string{"a 6 contactos", "al Consulado en Salt Lake City"},
	Places: []string{"San Vicente y las Granadinas", "Aguascalientes/Zacatecas"},
}

// outside are the phrases of calls that are no dialogue's.
var outside = []string{
	"whisper", "call-person-said", "call-agent-adds", "call-contact", "call-contact-body", "call-vague-body", "call-desk", "call-desk-body", "call-drill", "call-keys",
	"call-keys-agent", "call-thanks", "call-thanks-drill", "call-children", "call-taken", "call-again", "call-stopped", "call-ended", "call-neutral", "call-neutral-key",
}

// onlyUSSD are the phrases that are never said on a call.
var onlyUSSD = func(name string) bool { return strings.HasPrefix(name, "register") }

// Every phrase is there in both languages, and says something.
func TestPhrases(t *testing.T) {
	words, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	names := append(phrases(), outside...)
	for _, medium := range []string{"voice", "ussd"} {
		for _, language := range []string{"es", "en"} {
			for _, name := range names {
				if medium == "voice" && onlyUSSD(name) {
					continue
				}
				text, err := words.Phrase(medium, language, name, full)
				if err != nil {
					t.Errorf("%s %s: %v", medium, language, err)
				}
				if text == "" && (medium == "voice" || name != "reference") { // on USSD it stands in the line before
					t.Errorf("%s %s %s says nothing", medium, language, name)
				}
				if medium == "voice" && strings.ContainsAny(text, "\n#") {
					t.Errorf("%s %s is no sentence: %q", language, name, text)
				}
				if medium == "ussd" && text != templates.Screen(text) {
					t.Errorf("%s %s is more than ASCII: %q", language, name, text)
				}
			}
			for _, name := range words.Phrases(medium, language) {
				if !slices.Contains(names, name) && (medium == "ussd" || !strings.HasPrefix(name, "call-")) {
					t.Errorf("%s %s %s is said nowhere", medium, language, name)
				}
			}
		}
		es, en := words.Phrases(medium, "es"), words.Phrases(medium, "en")
		slices.Sort(es)
		slices.Sort(en)
		if !slices.Equal(es, en) {
			t.Errorf("%s: Spanish has %v, English %v", medium, es, en)
		}
	}
}
