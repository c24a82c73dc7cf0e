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
