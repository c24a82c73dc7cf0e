package gateway

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"aviso/gateway/digit"
	"aviso/ivr"
	"aviso/templates"
)

// Dialogue is one step of a call or a USSD session: keys that were pressed, or
// silence.
type Dialogue struct {
	Medium  ivr.Medium
	Session string // the carrier's id of the call or session
	Step    int    // on a call: the number in the address, from 0
	Keys    string // "": silence
	From    Phone  // Anonymous where it was withheld
	To      string // the number of ours that was called, the code that was dialled

	// Whole says that Keys are everything that was typed in the session, joined
	// by asterisks; Request is else the aggregator's own name of the request.
	// Without either a repeat cannot be told from the same input again.
	Whole   bool
	Request string

	Rung ivr.Rung // what came of ringing a person
	Gone bool     // the caller has hung up

	named string // digits whose owners a decision wants to see; more than were pressed in this step
}

// errScope says that a decision needs to see what its event now asks for.
var errScope = errors.New("another scope is needed")

// Anonymous is the phone of all who withhold their number. What is kept of it
// is of nobody.
const Anonymous Phone = "anonymous"

// ErrSeveral says that the first request of a session brings several inputs:
// they are to be handed in one by one, each with what came before it.
var ErrSeveral = errors.New("several inputs in the first request of a session")

// Scope is the session, the phone, and whoever a typed number may mean.
func (e *Dialogue) Scope() Scope {
	s := Scope{Phone: e.From, KeySession: string(e.Medium) + ":" + e.Session}
	if e.Medium == ivr.USSD { // an aggregator's id of it that comes again from another phone is another session
		s.KeySession += ":" + string(e.From)
	}
	switch {
	case e.Gone: // nobody hears what is answered, and once is as good as twice
	case e.Medium == ivr.Call:
		s.Key = fmt.Sprintf("%s:%d:%s:%s", s.KeySession, e.Step, e.Keys, e.Rung)
	case e.Whole:
		s.Key = s.KeySession + ":" + e.Keys
	case e.Request != "":
		s.Key = s.KeySession + ":" + e.Request + ":" + e.Keys
	}
	typed := cmp.Or(e.named, digit.Only(e.Keys[strings.LastIndexByte(e.Keys, '*')+1:]))
	s.NamedPhones, s.NamedCodes = keyedPeople(typed)
	if ref, ok := ParseRef(e.named); ok { // only where a number is asked for: six digits may be a PIN
		s.NamedRefs = []Ref{ref}
	}
	if e.Medium == ivr.USSD {
		s.Invited = s.NamedPhones
	}
	return s
}

// keyedPeople are the numbers and codes that typed digits may be, a PIN behind
// them left out.
func keyedPeople(digits string) (phones []Phone, codes []Code) {
	for _, p := range readNumbers(digits).people {
		phones, codes = append(phones, p.phones...), append(codes, p.codes...)
	}
	return phones, codes
}

// talk is a decision on a step, beside what every decision has.
type talk struct {
	*Dialogue
	session  KeySession
	input    ivr.Input
	language string // of whoever is there, BCP 47
	lines    []Line
	dial     *Dial
	acted    bool // the phone's conversation is part of what was done

	raisedNow bool // an alert was raised, or added to
}

// dialogue decides on a step.
func (d *keying) dialogue(e *Dialogue) error {
	if d.turnedAway(e) {
		return nil
	}
	t := &talk{Dialogue: e, session: d.view.KeySession}
	d.talk = t
	if t.session.ID.IsZero() {
		t.session.ID = d.fresh.ID()
		t.session.Key = e.Scope().KeySession
		t.session.State.Medium = e.Medium
		if e.Medium == ivr.Call {
			t.session.State.Steps = e.Step // the call is known to the carrier, and not to us
		}
	}
	d.conv = d.view.Conversation
	d.conv.Phone = e.From
	if e.From == Anonymous {
		d.conv.Raised, d.conv.LastEnd = nil, nil
		if !t.session.Alert.IsZero() {
			d.conv.Raised = []ID{t.session.Alert}
		}
	}
	switch {
	case !e.Gone && e.Medium == ivr.Call && e.Step < t.session.State.Steps && t.session.Last != nil,
		t.session.Last != nil && t.session.Last.End:
		// An old step with other keys, or one behind the end: a request that lost
		// its way, or that an aggregator repeats and does not count.
		d.turn.Answer.Screen = t.session.Last
		return nil
	case t.nextPage():
		d.turn.Answer.Screen = t.session.Last
		d.putKeySession()
		return nil
	}
	keys, err := e.fresh(&t.session)
	if err != nil {
		return err
	}
	t.language = d.callerLanguage()
	t.input = d.keyInput(e, keys, t.language)
	d.lang = d.Words.Language(t.language)
	if d.view.PIN.Result != PINUntried {
		d.count(d.view.PIN)
	}
	if err := d.step(); err != nil {
		return err
	}
	if t.acted {
		d.putKeyConversation()
	}
	d.putKeySession()
	return nil
}

// asksMost bounds the decisions of one step: raise, then ring a person, is the
// longest chain.
const asksMost = 4

func (d *keying) step() error {
	t := d.talk
	state, reply := ivr.Step(t.session.State, t.input)
	d.speak(state, reply.Lines)
	for n := 0; reply.Ask != nil && n < asksMost; n++ {
		d.last = said{}
		t.session.State = state
		if kind := reply.Ask.Kind; kind == ivr.AskWho || kind == ivr.AskRegister {
			if digits := reply.Ask.Keys; (len(digits) > 8 || kind == ivr.AskWho) && !t.sees(digits) {
				t.named = digits
				return errScope
			}
		}
		name := d.perform(reply.Ask)
		t.raisedNow = t.raisedNow || name == "received" || name == "again" || name == "added"
		state, reply = ivr.Resume(state, ivr.Outcome{Name: name})
		d.speak(state, reply.Lines)
	}
	t.session.State = state
	screen := &Screen{Language: d.tongue(state), Lines: t.lines, Gather: reply.Gather, Step: state.Steps, Dial: t.dial}
	screen.End = reply.End || screen.Gather == (ivr.Gather{}) && t.dial == nil
	if t.Medium == ivr.USSD {
		t.paginate(screen, t.raisedNow)
	}
	t.session.Last = screen
	if screen.End { // a PIN may have been typed
		t.session.Typed = ""
	}
	d.turn.Answer.Text, d.turn.Answer.Screen = "", screen
	return nil
}

// sees reports whether the event asks for the owners of digits. They may have
// been typed in several steps.
func (e *Dialogue) sees(digits string) bool {
	return e.named == digits || len(digits) > 8 && digit.Only(e.Keys[strings.LastIndexByte(e.Keys, '*')+1:]) == digits
}

// fresh is what was pressed since the last step.
func (e *Dialogue) fresh(s *KeySession) (string, error) {
	if !e.Whole {
		return e.Keys, nil
	}
	before := s.Typed
	s.Typed = e.Keys
	if s.Seq == 0 {
		if strings.Contains(e.Keys, "*") {
			return "", ErrSeveral
		}
		return e.Keys, nil
	}
	rest, ok := strings.CutPrefix(e.Keys, before)
	if !ok { // not what we know: the last input is the one that is new
		return e.Keys[strings.LastIndexByte(e.Keys, '*')+1:], nil
	}
	if before != "" {
		rest = strings.TrimPrefix(rest, "*")
	}
	return rest, nil
}

// keyInput is a step's input with what is known about the phone.
func (d *keying) keyInput(e *Dialogue, keys, language string) ivr.Input {
	in := keyInput(d.Rules, e, d.view, keys)
	in.Language = language
	return in
}

func keyInput(rules *Rules, e *Dialogue, view *View, keys string) ivr.Input {
	in := ivr.Input{Keys: keys, Rung: e.Rung, Gone: e.Gone}
	_, in.Custody = rules.Custody[Phone(e.To)]
	if view.KeySession.Accepted && (e.Rung != ivr.RungNot || e.Gone) {
		in.Rung = ivr.RungAccepted
	}
	people := view.keyCallers()
	for _, p := range people {
		in.Caller = in.Caller || p.PIN.Set()
	}
	in.NoPIN = len(people) > 0 && !in.Caller
	in.Known = view.Own != nil || !view.KeySession.Profile.IsZero()
	for i := range view.Wards {
		if c := view.Wards[i].Contact(e.From); c != nil && c.Standing == StandingAccepted {
			in.Known = true
		}
	}
	return in
}

// keyCallers are the people whose PIN may be asked for at once: whoever has
// given it in this session, else the phone's owner. From a phone that an alert
// was raised from for somebody else the next caller may be anybody.
func (v *View) keyCallers() []*Profile {
	if id := v.KeySession.Profile; !id.IsZero() {
		for i := range v.Named {
			if v.Named[i].ID == id {
				return []*Profile{&v.Named[i]}
			}
		}
	}
	if v.Own != nil {
		return []*Profile{v.Own}
	}
	return nil
}

// callerLanguage is the language of whoever is there: what they chose by key,
// else that of who they proved to be, else of their phone.
func (d *keying) callerLanguage() string {
	if chosen := d.talk.session.State.Language; chosen != "" {
		return chosen
	}
	if !d.talk.session.Profile.IsZero() {
		if p := d.profile(d.talk.session.Profile); p != nil && p.Language != "" {
			return p.Language
		}
	}
	return cmp.Or(d.phoneLanguage(), templates.Fallback)
}

// tongue is the language of a state: the one that was chosen, else the
// caller's.
func (d *keying) tongue(s ivr.State) string { return cmp.Or(s.Language, d.talk.language) }

// speak renders lines, with the data of what was decided last. A question that
// is asked again has only what is kept.
func (d *keying) speak(s ivr.State, lines []ivr.Line) {
	for _, l := range lines {
		language := d.Words.Language(d.tongue(s))
		if l.Other {
			language = ivr.Other(language)
		}
		d.talk.lines = append(d.talk.lines, d.line(language, l.Name, d.asked(l.Name)))
	}
}

// asked is the data of a phrase: a question's own, else of what was decided
// last.
func (d *keying) asked(name string) templates.Data {
	data := d.last.data
	q := d.conv.Question
	switch {
	case name == "whom":
		data.List = choices(d.acceptedWards())
	case d.draft() == nil:
	case name == "register-country":
		data = d.countryData(q)
	case name == "register-more" && len(q.Draft.Contacts) > 0:
		data.Who = d.readBack(&q.Draft.Contacts[len(q.Draft.Contacts)-1])
	}
	return data
}

// line renders one phrase.
func (d *decision) line(language, name string, data templates.Data) Line {
	text := d.phrase(language, name, data)
	return Line{Name: name, Text: text, Digits: readOut(name, data), Language: language}
}

// readOut are the digits that are read out behind a phrase's recording, which
// says what they are.
func readOut(name string, data templates.Data) string {
	switch name {
	case "reference", "notice":
		return strings.TrimPrefix(data.Ref, "#")
	case "telling", "cancelled":
		return fmt.Sprint(data.Told)
	case "confirmed-count":
		return fmt.Sprint(data.Confirmed)
	case "locked":
		return fmt.Sprint(data.Minutes)
	}
	return ""
}

// phrase renders a phrase of a dialogue, spoken or shown. On USSD what has no
// words of its own is said as on a call.
func (d *decision) phrase(language, name string, data templates.Data) string {
	data.Programme = d.Rules.Programme
	if data.Call == "" {
		data.Call = d.Rules.callNumber(d.conv.Phone.Country())
	}
	data.Old = d.dayOf(language, data.Ref, true)
	medium := ivr.Call
	if d.talk != nil {
		medium = d.talk.Medium
	}
	text, err := d.Words.Phrase(string(medium), language, name, data)
	if err != nil && d.err == nil {
		d.err = err
	}
	return text
}

func (d *keying) putKeySession() { d.turn.KeySessions = append(d.turn.KeySessions, d.talk.session) }

// putKeyConversation keeps what the step did on behalf of the phone. Of those
// who withhold their number only wrong PINs are counted.
func (d *keying) putKeyConversation() {
	if d.talk.From == Anonymous {
		d.conv.Raised, d.conv.LastEnd, d.conv.Question = nil, nil, nil
	}
	d.putConversation()
}

// raisedAlert remembers the alert that this step raised, kept, or found open.
func (d *keying) raisedAlert() {
	t := d.talk
	for i := range d.turn.Alerts {
		if a := &d.turn.Alerts[i]; a.Open() {
			t.session.Alert = a.ID
		}
	}
	if len(d.turn.Alerts) > 0 {
		return
	}
	for i := range d.view.Cases {
		if a := &d.view.Cases[i].Alert; a.Open() && a.Ref.String() == d.last.data.Ref {
			t.session.Alert = a.ID
		}
	}
}

// toldNow is how many are being told of what this step raised.
func (d *keying) toldNow() int {
	n := 0
	for i := range d.turn.Attempts {
		if a := &d.turn.Attempts[i]; a.Purpose == PurposeNotice && a.Seq == 0 && a.State != AttemptHeld {
			n++
		}
	}
	return n
}

// paginate cuts what is shown into screens; all but the first wait for a key.
// What an alert earns is one screen and the end, whatever has to be left out.
func (t *talk) paginate(s *Screen, one bool) {
	more := t.more(s.Language)
	pages := templates.Paginate(s.text(), more)
	t.session.Pages, t.session.Ends = nil, false
	if one && s.End {
		pages = []string{strings.TrimSuffix(pages[0], "\n"+more)}
	}
	s.Lines = []Line{{Text: pages[0], Language: s.Language}}
	if len(pages) > 1 {
		t.session.Pages, t.session.Ends = pages[1:], s.End
		if s.End { // not yet: meanwhile the menu's keys hold, 1 above all
			t.session.State.At, s.End = ivr.Menu, false
		}
	}
}

// more is the line that says how to go on.
func (t *talk) more(language string) string {
	if language == "en" {
		return "0 more"
	}
	return "0 mas"
}

// nextPage turns to the next screen where 0 asks for it.
func (t *talk) nextPage() bool {
	if t.Medium != ivr.USSD || len(t.session.Pages) == 0 || t.session.Last == nil {
		return false
	}
	session := t.session // whether it is a new input is seen on a copy
	keys, err := t.fresh(&session)
	if err != nil || strings.TrimSpace(keys) != "0" {
		return false
	}
	session.State.Steps++
	next := *session.Last
	next.Lines = []Line{{Text: session.Pages[0], Language: next.Language}}
	session.Pages = slices.Clone(session.Pages[1:])
	next.End = session.Ends && len(session.Pages) == 0
	session.Last = &next
	t.session = session
	return true
}
