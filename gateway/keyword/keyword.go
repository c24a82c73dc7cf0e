// Package keyword turns the words of a text message into an intent, without
// context and without a sender: what an intent means for whoever sent it, with
// a question open or an alert in being, is the domain's to decide.
//
// The vocabulary is what printed cards and people's memory hold on to, so it
// is small. Case, accents, punctuation and blanks never matter (CANCELAR4821,
// S.O.S., AL ERTA), and one letter wrong, missing, doubled or swapped with its
// neighbour is forgiven in words of five letters or more; in those of alert and
// help a letter held down (ALERTAAAA) counts as doubled. What must never
// happen by accident is matched letter by letter: an opt-out, an erasure, a
// removal, the end of a check-in.
//
// # How a text is read
//
// The first rule that fits decides:
//
//  1. A word of the stop class (STOP, ALTO, CANCEL …) or of the start class
//     counts as the whole message only, as it does at the carriers. The
//     words OPT OUT and STOP ALL count written apart too, and so do letters
//     (S.T.O.P.).
//  2. A text that begins with an alert word raises, whatever follows. "ALERTA
//     falsa" raises: a false alarm can be called off, a missed one cannot. So
//     does 1, unless it begins a telephone number. A greeting, a counter as in
//     "(1/2) ALERTA", the mark of a forwarded text, a PIN or a number may
//     stand in front of the word; a PIN also in front of the words of cancel,
//     status, arrived, data and erase.
//  3. A command with well-formed arguments and nothing else is that command
//     ([Parsed].Whole), even where its words hold an alert word, as in
//     "CERRAR 482137 falsa alerta".
//  4. An alert word or a cry for help anywhere else is panic, unless NO,
//     FALSA, ERROR or CANCELADA stands in the text, or unless the text begins
//     with a command about the alert that it names ("CANCELAR la alerta"). A NO
//     behind the cry that says how helpless somebody is ("AYUDA no se a donde
//     me llevan") denies nothing.
//  5. A text that begins with a command and goes on as prose is that command
//     with Whole false, where acting on it can do no harm without a PIN or a
//     further question: "datos de mi hijo" is data, "bien gracias" cancel (it
//     asks for the PIN), "cita con el doctor manana" checkin (it explains
//     itself). It is unknown where the word has a life of its own in
//     sentences or its act is heavy: "mas tarde te llamo", "alta presion",
//     "no se donde esta", "si llega te aviso", "prueba de sangre",
//     "equivocado estas". SI, NO, EQUIVOCADO and PRUEBA go together with
//     nothing but words of politeness or assent ("no gracias"; "si, recibido"
//     is yes).
//  6. Anything else is unknown.
package keyword

// Intent is what a text asks for. Its values are the names in brackets of the
// vocabulary that the project publishes; scripts read them.
type Intent string

// The intents. Who may have them, and when, the domain decides.
const (
	Raise       Intent = "raise"       // raises the alert, or adds words to it
	Panic       Intent = "panic"       // a cry within a longer text: ask, and show it to agents
	Cancel      Intent = "cancel"      // calls the alert off, with the PIN
	Status      Intent = "status"      // how many have been told and have confirmed
	CheckIn     Intent = "checkin"     // arms a check-in, read with CheckInTime
	Arrived     Intent = "arrived"     // ends a check-in, with the PIN
	More        Intent = "more"        // more time for a check-in, read with CheckInTime
	Help        Intent = "help"        // what this is and whom to call
	Rights      Intent = "rights"      // one's rights
	Consulate   Intent = "consulate"   // the consulate, of a ZIP where one is given
	Legal       Intent = "legal"       // legal aid
	Shelter     Intent = "shelter"     // reception on the Mexican side
	Register    Intent = "register"    // registration by questions and answers
	Data        Intent = "data"        // what is kept, with the PIN
	Name        Intent = "name"        // changes the name, with the PIN
	ZIP         Intent = "zip"         // changes the ZIP, with the PIN
	Add         Intent = "add"         // adds a contact, with the PIN
	Remove      Intent = "remove"      // removes a contact, with the PIN
	Drill       Intent = "drill"       // a drill to the contacts that accepted
	Erase       Intent = "erase"       // erases the person, after PIN and confirmation
	Language    Intent = "language"    // the language of our texts, which Tongue names
	Move        Intent = "move"        // moves the person to this phone, with number or code and PIN
	Stop        Intent = "stop"        // no more texts
	Start       Intent = "start"       // undoes stop
	Yes         Intent = "yes"         // a contact accepts
	No          Intent = "no"          // a contact refuses
	Acknowledge Intent = "acknowledge" // an alert has been received and read
	Wrong       Intent = "wrong"       // not this person: never text again
	Located     Intent = "located"     // a desk has found the person
	Close       Intent = "close"       // a desk closes the alert
	Unknown     Intent = "unknown"     // none of these
)

// Match says how the text's word became the table's word.
type Match string

const (
	Exact   Match = "exact"   // one of the words that people are taught
	Synonym Match = "synonym" // another word for it, English ones included
	Near    Match = "near"    // one letter off
)

// Parsed is the meaning of a text without context and without a sender.
type Parsed struct {
	Intent Intent `json:"intent"`
	Match  Match  `json:"match"` // empty for unknown
	Word   string `json:"word"`  // the table's word, upper case; empty for unknown

	// Rest is what the person wrote after the word, as they wrote it, without
	// the punctuation and blanks that set it apart, without control
	// characters and without what reverses the direction of writing. For
	// panic and unknown it is the whole text, since no part of it is
	// the command.
	Rest string `json:"rest"`

	// Lead is the number, PIN or both that stood in front of the word.
	Lead string `json:"-"`

	// Whole says that the text is this command with well-formed arguments and
	// nothing else. A PIN may be left out, as it is asked for. It is always
	// true of raise and never of panic and unknown.
	Whole bool `json:"-"`
}

// Command reports whether the text begins with a command's word, and not one of
// 1, SI, NO and RECIBIDO (nor YES and RECEIVED), which are answers before they
// are commands.
func (p Parsed) Command() bool {
	switch p.Intent {
	case Yes, No, Acknowledge, Panic, Unknown:
		return false
	}
	return p.Word != "1"
}

// Overrides reports whether the text is a command that no open question of ours
// swallows: its word stands at the head and is spelt exactly (a synonym may be),
// whatever follows.
func (p Parsed) Overrides() bool { return p.Command() && p.Match != Near }

// Parse reads a text message. It takes any input, in time linear in its
// length: invalid UTF-8 and NULs, emoji, right-to-left marks and zero-width
// characters, look-alike letters of other alphabets.
func Parse(text string) Parsed {
	tokens := scan(text)
	if len(tokens) == 0 {
		return Parsed{Intent: Unknown, Rest: clean(text)}
	}
	if p, ok := parseConsent(tokens); ok {
		return p
	}
	if p, ok := parseTongue(tokens); ok {
		return p
	}
	if p, ok := behindLead(text, tokens); ok {
		return p
	}
	h, ok := leadingWord(text, tokens)
	if !ok {
		return parseProse(text, tokens)
	}
	p := Parsed{
		Intent: h.entry.intent,
		Match:  h.match,
		Word:   h.entry.word,
		Rest:   restAfter(text, tokens[0].start, h.end),
	}
	switch {
	case p.Intent == Raise, wellFormed(p.Intent, h.args, p.Rest):
		p.Whole = true
		return p
	case !concernsAlert(p.Intent, h.args) && hasCry(tokens), !goesOn(h):
		return parseProse(text, tokens)
	}
	return p
}

// parseConsent reads a text that is a stop or a start word and nothing else.
func parseConsent(tokens []token) (Parsed, bool) {
	word := tokens[0].word
	switch {
	case len(tokens) == 1:
	case len(tokens) == 2 && (word == "OPT" && tokens[1].word == "OUT" || word == "STOP" && tokens[1].word == "ALL"):
		word += tokens[1].word
	default:
		word = lettersApart(tokens)
	}
	e, match, ok := lookUp(word)
	if !ok || !e.intent.isConsent() {
		return Parsed{}, false
	}
	return Parsed{Intent: e.intent, Match: match, Word: e.word, Whole: true}, true
}

// lettersApart is the word of a text whose letters all stand apart: S.T.O.P.; "" for
// any other.
func lettersApart(tokens []token) string {
	word := ""
	for _, t := range tokens {
		if len(t.word) > 1 || len(word) == len("UNSUBSCRIBE") {
			return ""
		}
		word += t.word
	}
	return word
}

// parseProse reads a text that begins with no command: a cry, or unknown.
func parseProse(text string, tokens []token) Parsed {
	p := Parsed{Intent: Unknown, Rest: clean(text)}
	if c, ok := findCry(tokens); ok {
		p.Intent, p.Match, p.Word = Panic, c.match, c.word
	}
	return p
}

func (i Intent) isConsent() bool { return i == Stop || i == Start }
