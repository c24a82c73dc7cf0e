// Package templates holds every word that a person reads: texts per language,
// embedded, plain and unaccented, so that one fits one SMS segment. What calls
// say, and the pages of the console, stand here too.
package templates

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strings"
	"time"
)

//go:embed sms/*.tmpl
var files embed.FS

// Fallback is the language of people whose own we have no words in.
const Fallback = "es"

// Data is what a text may speak of. A text uses what it needs; every field is
// already in its reader's form (times in the right zone, names shortened).
type Data struct {
	Programme string // head of every text
	Call      string // a number to call, as written in the reader's country
	Ref       string // "#482137"
	Digits    string // "482137", as a desk types it back
	Old       string // of an alert of half a day ago and more, its day: "de ayer", "del martes 24 nov"
	Name      string // the person: short towards contacts, whole towards desks
	Who       string // somebody else: a contact, a consulate
	When      string // "14:30", with the zone where the reader's differs
	Zone      string // the city that a time zone is named after
	ZIP       string
	State     string // the ZIP's, by two letters; "" where it is in none
	Words     string // what the person wrote
	Place     bool   // they name a place
	Word      string // the family word
	Consulate string // its city, or its whole name where the text is about it
	Address   string
	Language  string   // by name
	Contacts  int      // how many contacts are being told
	Told      int      // how many recipients are owed a notice
	Confirmed int      // how many of them have confirmed
	Minutes   int      // how long something takes
	Day       int      // day of the week, 0 is Sunday
	Code      string   // personal code
	PIN       bool     // the person has one
	Again     bool     // it is not the person's first alert of the day
	Vague     bool     // the wording leaves the reason out
	Calling   string   // the sentence on contacts who are called because no text reaches them
	Advise    bool     // the consulate may be spoken of: it was consented to, and in a receipt is not being told
	Family    bool     // the reader is a contact who may know what it is about
	Owed      bool     // the reader was told of it and has not confirmed
	List      []string // of texts or names
	Earlier   []string // references that were listed before
	Over      []string // references of what has ended
	Places    []string // where a number is with +1, and where with +52
	Refused   []string // numbers as written that could not be noted
}

// days are the names of the week's days, in the order of time.Weekday.
var days = map[string][]string{
	"es": {"el domingo", "el lunes", "el martes", "el miercoles", "el jueves", "el viernes", "el sabado"},
	"en": {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
}

// DayOf says of which day something is, in a language: "de ayer", "del martes 24
// nov". at and now are in the same zone. spoken is for the ear: the month is not
// cut short.
func DayOf(language string, at, now time.Time, spoken bool) string {
	names := days[language]
	if names == nil {
		language, names = Fallback, days[Fallback]
	}
	month := months[language][at.Month()-1]
	if !spoken {
		month = month[:3]
	}
	midnight := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	switch ago := int(midnight(now).Sub(midnight(at)) / (24 * time.Hour)); {
	case ago == 0 && language == "en":
		return "from today"
	case ago == 0:
		return "de hoy"
	case ago == 1 && language == "en":
		return "from yesterday"
	case ago == 1:
		return "de ayer"
	case language == "en":
		return fmt.Sprintf("from %s %s %d", names[at.Weekday()], month, at.Day())
	}
	if spoken {
		month = "de " + month
	}
	return fmt.Sprintf("d%s %d %s", names[at.Weekday()], at.Day(), month)
}

var months = map[string][]string{
	"es": {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"},
	"en": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

// Catalog renders texts. It is immutable.
type Catalog struct {
	languages   map[string]*wording
	information map[string]Information         // by topic and language
	dialogues   map[string]map[string]*wording // by medium and language
	recordings  recordings
}

// Builtin is the embedded catalog.
func Builtin() (*Catalog, error) {
	dialogues, err := parseDialogues()
	if err != nil {
		return nil, err
	}
	c := &Catalog{languages: map[string]*wording{}, dialogues: dialogues, recordings: recordings{}}
	own, err := fs.Sub(audioFiles, "audio")
	if err == nil {
		err = c.recordings.read(own)
	}
	if err != nil {
		return nil, fmt.Errorf("read recordings: %w", err)
	}
	entries, err := files.ReadDir("sms")
	if err != nil {
		return nil, fmt.Errorf("read texts: %w", err)
	}
	for _, e := range entries {
		language := strings.TrimSuffix(e.Name(), ".tmpl")
		c.languages[language], err = readWording(files, "sms/"+e.Name(), map[string]function{
			"join":  ofList(func(list []string) string { return strings.Join(list, ", ") }),
			"words": ofList(func(list []string) string { return strings.Join(list, " ") }),
			"day":   dayIn(days[language]),
		})
		if err != nil {
			return nil, fmt.Errorf("parse texts: %w", err)
		}
	}
	return c, nil
}

// dayIn makes the function that names a day of the week.
func dayIn(names []string) function {
	return func(args []reflect.Value) (any, error) {
		if len(args) == 1 && args[0].Kind() == reflect.Int {
			if day := int(args[0].Int()); day >= 0 && day < len(names) {
				return names[day], nil
			}
		}
		return nil, errors.New("wants a day of the week")
	}
}

// Language is the catalog's language for a BCP 47 tag: its own where there
// are words in it, else Spanish.
func (c *Catalog) Language(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if _, ok := c.languages[base]; ok {
		return base
	}
	return Fallback
}

// Text renders one text on one line, plain. An error is a fault in the
// catalog; the tests render every text of every language.
func (c *Catalog) Text(language, name string, data Data) (string, error) {
	s, err := c.languages[c.Language(language)].render(name, &data)
	if err != nil {
		return "", fmt.Errorf("render text %s: %w", name, err)
	}
	return Plain(oneLine(s)), nil
}

// Names lists the texts of a language.
func (c *Catalog) Names(language string) []string { return c.languages[language].names() }

// City is the city that an IANA time zone is named after, as Spanish and
// English both read it: "America/New_York" is "New York".
func City(zone string) string {
	return strings.ReplaceAll(zone[strings.LastIndexByte(zone, '/')+1:], "_", " ")
}
