package gateway

import (
	"regexp"
	"strings"
)

// DeskWords are a desk as somebody wrote it down, in a file or in a form.
type DeskWords struct {
	Consulate string // id, or AgentsDesk
	Channel   string // sms or voice
	Hours     string // as ReadHours has them
	Language  string // BCP 47; may be empty
}

// ReadDesk reads what somebody wrote of a desk, all but its number, and says
// everything that is wrong with it: of the fields consulate, channel, hours and
// language.
func (d *Directory) ReadDesk(w DeskWords) (desk Desk, wrong []Invalid) {
	refuse := func(field, why string) { wrong = append(wrong, Invalid{Field: field, Why: why}) }
	desk.Consulate = strings.ToLower(w.Consulate)
	if _, known := d.Consulates.Consulate(desk.Consulate); desk.Consulate != AgentsDesk && !known {
		refuse("consulate", "unknown")
	}
	switch strings.ToLower(w.Channel) {
	case "sms":
		desk.Channel = SMS
	case "voice":
		desk.Channel = Voice
	default:
		refuse("channel", "missing")
	}
	hours, err := ReadHours(w.Hours)
	if err != nil {
		refuse("hours", "hours")
	}
	desk.Hours, desk.Language = hours, w.Language
	if w.Language != "" && (len(w.Language) > LanguageLongest || !languageTag.MatchString(w.Language)) {
		refuse("language", "language")
	}
	return desk, wrong
}

// LanguageLongest bounds a language's tag, in characters.
const LanguageLongest = 35

// languageTag is the form of a BCP 47 tag. Whether the registry knows it is not
// asked: any tag is kept, the languages of our people are not all in it.
var languageTag = regexp.MustCompile(`^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$`)

// Same reports whether two desks are one: of a consulate, by a channel, at a number.
func (d *Desk) Same(as *Desk) bool {
	return d.Consulate == as.Consulate && d.Channel == as.Channel && d.Address == as.Address
}
