package ivr

import "slices"

// Place is where in the dialogue somebody is.
type Place string

const (
	Menu     Place = ""
	Who      Place = "who"       // the registered number or the personal code
	PIN      Place = "pin"       // the PIN
	ZIP      Place = "zip"       // of the consulate
	PINs     Place = "pins"      // which PIN to change
	NewPIN   Place = "new-pin"   // the new one
	AgainPIN Place = "again-pin" // the new one again
	Whom     Place = "whom"      // for whom to raise, on USSD
	Ringing  Place = "ringing"   // a person is being rung
	Over     Place = "over"

	// Registration, on USSD. A name is not asked by key.
	RegZIP     Place = "register-zip"
	RegContact Place = "register-contact"
	RegCountry Place = "register-country" // of ten digits that are valid in both
	RegMore    Place = "register-more"    // another contact?
	RegPIN     Place = "register-pin"
	RegConsent Place = "register-consent"
)

// Seconds of silence that end a Gather. A menu's is short, so that nobody who
// cannot press a key waits long for a person; an entry's is long enough for
// slow fingers on a jail's phone.
const (
	menuWait  = 6
	entryWait = 10
)

// place is what is said and gathered at a place.
type place struct {
	lines  []Line
	gather Gather

	// least and most digits of an entry; most 0: a menu of one key. Fewer
	// digits than least are the beginning of an entry, and the rest may follow.
	least, most int
	ask         Kind // what an entry is for
}

var places = map[Place]place{
	Menu:     {lines: lines("hello", "menu"), gather: Gather{1, menuWait}},
	Who:      {lines: lines("ask-who"), gather: Gather{0, entryWait}, least: 9, most: 15, ask: AskWho}, // six digits and no more are an alert's number
	PIN:      {lines: lines("ask-pin"), gather: Gather{0, entryWait}, least: 4, most: 8, ask: AskPIN},
	ZIP:      {lines: lines("ask-zip"), gather: Gather{5, entryWait}, least: 5, most: 5, ask: AskConsulate},
	PINs:     {lines: lines("ask-pins"), gather: Gather{1, menuWait}},
	NewPIN:   {lines: lines("ask-new-pin"), gather: Gather{0, entryWait}, least: 4, most: 8, ask: AskNewPIN},
	AgainPIN: {lines: lines("ask-new-pin-again"), gather: Gather{0, entryWait}, least: 4, most: 8, ask: AskSamePIN},
	Whom:     {lines: lines("whom"), gather: Gather{1, menuWait}},

	RegZIP:     {lines: lines("register-zip"), gather: Gather{0, entryWait}, least: 5, most: 9, ask: AskRegister},
	RegContact: {lines: lines("register-contact"), gather: Gather{0, entryWait}, least: 10, most: 15, ask: AskRegister},
	RegCountry: {lines: lines("register-country"), gather: Gather{1, menuWait}},
	RegMore:    {lines: lines("register-more"), gather: Gather{1, menuWait}},
	RegPIN:     {lines: lines("register-pin"), gather: Gather{0, entryWait}, least: 4, most: 8, ask: AskRegister},
	RegConsent: {lines: lines("register-consent"), gather: Gather{1, menuWait}},
}

// raisedMenu is what the menu says once an alert is out, and languageLine what
// it says to whoever does not understand it.
var (
	raisedMenu   = lines("menu-raised")
	languageLine = Line{Name: "menu-language", Other: true}
)

// prompt is what a place says, behind what is said before.
func (s State) prompt(before ...Line) Prompt {
	p := places[s.At]
	said := slices.Clone(p.lines)
	switch {
	case s.At != Menu:
	case s.Raised:
		said = append(slices.Clone(raisedMenu), languageLine)
	case s.Medium == Call: // whoever does not understand is not to hear all of it first
		said = slices.Insert(said, 1, languageLine)
	default:
		said = append(said, languageLine)
	}
	return Prompt{Lines: append(before, said...), Gather: p.gather}
}

func lines(names ...string) []Line {
	list := make([]Line, len(names))
	for i, name := range names {
		list[i] = Line{Name: name}
	}
	return list
}
