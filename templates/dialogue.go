package templates

import (
	"embed"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"aviso/gateway/digit"
)

//go:embed voice/*.tmpl ussd/*.tmpl
var dialogueFiles embed.FS

// The media of a dialogue, which are the folders of its phrases. What USSD has
// no words for is said in those of a call.
const (
	mediumVoice = "voice"
	mediumUSSD  = "ussd"
)

// parseDialogues reads the phrases of calls and USSD sessions, by medium and
// language.
func parseDialogues() (map[string]map[string]*wording, error) {
	all := map[string]map[string]*wording{}
	for _, medium := range []string{mediumVoice, mediumUSSD} {
		all[medium] = map[string]*wording{}
		entries, err := dialogueFiles.ReadDir(medium)
		if err != nil {
			return nil, fmt.Errorf("read phrases: %w", err)
		}
		for _, e := range entries {
			language := strings.TrimSuffix(e.Name(), ".tmpl")
			all[medium][language], err = readWording(dialogueFiles, medium+"/"+e.Name(), map[string]function{
				"join":     ofList(func(list []string) string { return strings.Join(list, ", ") }),
				"both":     both,
				"lines":    ofList(func(list []string) string { return strings.Join(list, "\n") }),
				"spell":    ofText(spell),
				"sentence": ofText(func(s string) string { return strings.TrimSuffix(s, ".") + "." }),
			})
			if err != nil {
				return nil, fmt.Errorf("parse phrases: %w", err)
			}
		}
	}
	return all, nil
}

// both joins a list by a word.
func both(args []reflect.Value) (any, error) {
	if len(args) == 2 && args[0].Kind() == reflect.String {
		if list, ok := args[1].Interface().([]string); ok {
			return strings.Join(list, " "+args[0].String()+" "), nil
		}
	}
	return nil, errors.New("wants a word and a list")
}

// Phrase renders one phrase of a dialogue. medium is "voice" or "ussd".
// On USSD a phrase may have several lines.
func (c *Catalog) Phrase(medium, language, name string, data Data) (string, error) {
	language = c.Language(language)
	t := c.dialogues[medium][language]
	if medium == mediumUSSD && (t == nil || t.texts[name] == nil) {
		t = c.dialogues[mediumVoice][language]
	}
	if t == nil || t.texts[name] == nil {
		return "", fmt.Errorf("render phrase %s %s: there is none", medium, name)
	}
	s, err := t.render(name, &data)
	if err != nil {
		return "", fmt.Errorf("render phrase %s %s: %w", medium, name, err)
	}
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	if medium == mediumVoice { // a machine that speaks needs its accents
		return strings.Join(lines, " "), nil
	}
	return Screen(strings.Join(lines, "\n")), nil
}

// Phrases lists the phrases of a medium in a language.
func (c *Catalog) Phrases(medium, language string) []string {
	t := c.dialogues[medium][language]
	if t == nil {
		return nil
	}
	return t.names()
}

// Speaks reports whether somebody who speaks a language (BCP 47; "" is
// nobody's in particular) understands a call of ours: there are words in it, or
// recordings of the notice.
func (c *Catalog) Speaks(tag string) bool {
	if tag == "" || c.Written(tag) {
		return true
	}
	for _, name := range NoticePhrases {
		if _, ok := c.recordings.in(tag, name); !ok {
			return false
		}
	}
	return true
}

// Written reports whether there are words in a language.
func (c *Catalog) Written(tag string) bool {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	_, ok := c.languages[base]
	return ok
}

// NoticePhrases are the recordings without which nobody is called in a
// language that there are no words in.
var NoticePhrases = []string{"notice", "notice-body", "call-keys"}

// spell writes digits so that they are read out one by one: "4, 8, 2". The
// groups of a number stay apart.
func spell(s string) string {
	var groups []string
	for _, group := range strings.FieldsFunc(s, func(r rune) bool { return !digit.Is(r) }) {
		groups = append(groups, strings.Join(strings.Split(group, ""), " "))
	}
	return strings.Join(groups, ", ")
}

// pageMost is what one USSD screen holds: networks take 182 characters of the
// GSM alphabet, some phones show 160, of which aggregators use four ("CON ").
const pageMost = 156

// Paginate cuts a text into USSD screens of at most 156 characters, at line ends
// and blanks. All but the last end with a line that says how to go on.
func Paginate(text, more string) []string {
	if len(text) <= pageMost {
		return []string{text}
	}
	room := pageMost - len(more) - 1
	var pages []string
	for len(text) > pageMost {
		cut := strings.LastIndexByte(text[:room+1], '\n')
		if cut < room/2 {
			cut = strings.LastIndexAny(text[:room+1], "\n ")
		}
		if cut <= 0 {
			cut = room
		}
		pages = append(pages, strings.TrimSpace(text[:cut])+"\n"+more)
		text = strings.TrimSpace(text[cut:])
	}
	return append(pages, text)
}

// Screen writes a text for USSD: of the GSM alphabet only what every network
// carries, which is ASCII.
func Screen(text string) string {
	return strings.Map(func(r rune) rune {
		if plain, ok := ascii[r]; ok {
			return plain
		}
		if r == '\n' || r >= ' ' && r <= '~' {
			return r
		}
		return '?'
	}, Plain(text))
}

var ascii = map[rune]rune{
	'é': 'e', 'è': 'e', 'É': 'E', 'ñ': 'n', 'Ñ': 'N', 'ü': 'u', 'Ü': 'U', 'à': 'a', 'ù': 'u', 'ì': 'i', 'ò': 'o',
	'ä': 'a', 'Ä': 'A', 'ö': 'o', 'Ö': 'O', 'Ç': 'C', 'å': 'a', 'Å': 'A', '¿': ' ', '¡': ' ', '{': '(', '}': ')',
	'[': '(', ']': ')', '\\': '/', '^': ' ', '~': '-', '|': '/', '`': '\'',
}
