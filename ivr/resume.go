package ivr

// outcome is what follows on an outcome: words, and where the dialogue goes.
type outcome struct {
	lines []Line
	to    Place
	then  func(State) (State, Reply) // instead, where that is not all
	ends  bool                       // USSD has said what there was to say
}

// outcomes are all that can come of an Ask.
func outcomes() map[string]outcome {
	return map[string]outcome{
		// Of raising. "Sent" comes before anything else.
		"received":            {lines: lines("received", "reference", "telling"), then: raised, ends: true},
		"again":               {lines: lines("again", "reference", "confirmed-count"), then: raised, ends: true},
		"added":               {lines: lines("again", "reference", "confirmed-count"), then: raised, ends: true},
		"unknown-phone":       {lines: lines("kept", "unknown-phone"), then: unknown},
		"unknown-phone-again": {lines: lines("kept", "unknown-phone"), then: unknown},
		"whom":                {then: whom},

		// Of a number or code, and of a PIN. Nothing betrays which it was.
		"noted":      {then: func(s State) (State, Reply) { s.Named = true; return s.goTo(PIN) }},
		"wrong-pin":  {then: wrong},
		"locked":     {lines: lines("locked"), then: toPerson, ends: true},
		"no-pin":     {lines: lines("no-pin"), then: toPerson, ends: true},
		"identified": {then: func(s State) (State, Reply) { s.Failed = 0; return s.goTo(Menu) }},
		"cancelled":  {lines: lines("cancelled"), then: func(s State) (State, Reply) { s.Raised = false; return s.goTo(Menu) }, ends: true},
		"none-open":  {lines: lines("none-open"), to: Menu, ends: true},

		// Of changing a PIN.
		"pins":        {to: PINs},
		"wait-open":   {lines: lines("wait-open"), to: Menu, ends: true},
		"new-pin":     {to: AgainPIN},
		"pin-differs": {lines: lines("pin-differs"), to: NewPIN},
		"pin-taken":   {lines: lines("pin-taken"), to: NewPIN},
		"pin-easy":    {lines: lines("pin-easy"), to: NewPIN},
		"pin-changed": {lines: lines("pin-changed"), to: Menu},

		// Of information.
		"rights":         {lines: lines("rights"), to: Menu, ends: true},
		"again-zip":      {lines: lines("again-zip"), to: ZIP},
		"consulate":      {lines: lines("consulate"), to: Menu, ends: true},
		"consulate-none": {lines: lines("consulate-none"), to: Menu, ends: true},
		"status":         {lines: lines("status"), to: Menu, ends: true},
		"status-none":    {lines: lines("status-none"), to: Menu, ends: true},
		"confirmed":      {lines: lines("thanks"), to: Menu, ends: true},

		// Of ringing a person.
		"ring":   {then: func(s State) (State, Reply) { return s.ring() }},
		"nobody": {lines: lines("nobody"), then: func(s State) (State, Reply) { return s.end() }},
		"missed": {then: func(s State) (State, Reply) { return s.end() }},

		// Of a registration.
		"register-zip":        {to: RegZIP},
		"register-zip-again":  {lines: lines("again-zip"), to: RegZIP},
		"register-contact":    {to: RegContact},
		"register-refused":    {lines: lines("register-refused"), to: RegContact},
		"register-country":    {to: RegCountry},
		"register-more":       {to: RegMore},
		"register-full":       {lines: lines("register-full"), to: RegPIN},
		"register-pin":        {to: RegPIN},
		"register-pin-again":  {lines: lines("again-pin"), to: RegPIN},
		"register-pin-easy":   {lines: lines("pin-easy"), to: RegPIN},
		"register-consent":    {to: RegConsent},
		"registered":          {lines: lines("registered"), to: Menu, ends: true},
		"register-withheld":   {lines: lines("register-withheld"), to: Menu, ends: true},
		"registered-already":  {lines: lines("registered-already"), to: Menu, ends: true},
		"register-contact-no": {lines: lines("register-nobody"), to: RegContact},
	}
}

// Resume takes what came of an Ask.
func Resume(s State, o Outcome) (State, Reply) {
	next, ok := outcomes()[o.Name]
	if !ok { // a name that this version does not know: somebody will
		return s.person()
	}
	var r Reply
	switch {
	case next.ends && s.Medium == USSD:
		if o.Name != "locked" && o.Name != "no-pin" {
			s.Failed = 0
		}
		return s.end(next.lines...)
	case next.then != nil:
		s, r = next.then(s)
	default:
		s, r = s.goTo(next.to)
	}
	r.Lines = append(append([]Line(nil), next.lines...), r.Lines...)
	return s, r
}

func raised(s State) (State, Reply) {
	s.Raised, s.Failed, s.For = true, 0, ForMenu
	return s.goTo(Menu)
}

// unknown asks who it is that raises an alert from a phone that stands for
// nobody. What was begun is kept already.
func unknown(s State) (State, Reply) {
	s.For = ForRaise
	s, r := s.goTo(Who)
	r.Lines = append(r.Lines, Line{Name: "reference"}) // last: it can wait, and a key cuts it short
	return s, r
}

// whom is somebody who is a contact of several people. On a call a person asks
// which: a forged number must not hear names.
func whom(s State) (State, Reply) {
	if s.Medium == Call {
		s, r := s.person()
		r.Lines = append(lines("kept"), r.Lines...)
		return s, r
	}
	return s.goTo(Whom)
}

// wrong is a PIN that did not fit, or a number or code of nobody: the third
// time a person helps, and what was begun is kept.
func wrong(s State) (State, Reply) {
	said := Line{Name: "wrong-pin"}
	if s.Named {
		said.Name = "wrong-who"
	}
	if s.Failed++; s.Failed >= failedMost {
		s, r := toPerson(s)
		r.Lines = append([]Line{said}, r.Lines...)
		return s, r
	}
	if s.Named {
		return s.goTo(Who, said)
	}
	return s.goTo(PIN, said)
}

// toPerson keeps what was begun by somebody who could not say who they are.
// Calling off and changing a PIN begin nothing.
func toPerson(s State) (State, Reply) {
	return s.personFor(s.For == ForRaise || s.For == ForMenu)
}

// ring has a person rung, without a word on a custody line.
func (s State) ring() (State, Reply) {
	s.At = Ringing
	p := Prompt{Ring: true}
	if !s.Custody && s.Tried == 0 {
		p.Lines = lines("transfer")
	}
	return s, Reply{Prompt: p}
}
