package ivr

import (
	"strings"

	"aviso/gateway/digit"
)

const (
	silentMost = 2 // rounds of silence that end at a person
	astrayMost = 3 // wrong keys on end that do
	failedMost = 3 // PINs that do not fit that do
	// stepsMost puts through whoever goes round in circles. The longest way
	// through all menus takes about twenty steps.
	stepsMost = 60
)

// Step takes what was pressed.
func Step(s State, in Input) (State, Reply) {
	first := s.Steps == 0
	s.Steps++
	keys := pressed(in.Keys)
	switch {
	case in.Gone:
		return s.gone(in)
	case s.At == Over:
		return s.end()
	case s.At == Ringing:
		return s.rung(in)
	case first && in.Custody && s.Medium == Call:
		s.Custody = true
		return s.person()
	case s.Steps > stepsMost:
		return s.person()
	case first && keys == "":
		return s, Reply{Prompt: s.prompt()}
	case keys == "" && s.At == Who && len(s.Typed) == referenceLength: // no more digits come: it is an alert's number
		return s.who()
	case keys == "":
		return s.silence(in)
	case keys == "1" && s.Typed == "":
		return s.raise()
	}
	s.Silent = 0
	if s.Typed == "" || keys == "*" {
		if act := s.everywhere(keys); act != nil {
			s.Typed = ""
			return act(s, in)
		}
	}
	if places[s.At].most > 0 {
		return s.entry(keys, in.ended())
	}
	if act := s.menu(keys); act != nil {
		s.Astray = 0
		return act(s, in)
	}
	// A number where a key was asked for is that of somebody who knows the way.
	if s.At == Menu && len(keys) >= places[Who].least {
		s.At = Who
		return s.entry(keys, in.ended())
	}
	return s.astray()
}

// raise is the key 1.
func (s State) raise() (State, Reply) {
	s.Silent, s.Astray, s.Typed = 0, 0, ""
	return s.ask(Ask{Kind: AskRaise})
}

// entry takes digits of a number, a code, a PIN or a ZIP. Too few are its
// beginning on a call, where slow fingers go on where they were; on USSD, where
// an input is sent as a whole, they are a mistake. ended says that # closed it.
func (s State) entry(keys string, ended bool) (State, Reply) {
	p := places[s.At]
	digits := s.Typed + strings.ReplaceAll(keys, "*", "")
	switch {
	case len(digits) > p.most:
		s.Typed = ""
		return s.astray()
	case s.At == Who && s.Typed == keys && len(keys) == referenceLength: // once more the same
		return s.who()
	case s.At == Who && len(digits) == referenceLength && (ended || s.Medium == USSD): // and no more come
		s.Typed = digits
		return s.who()
	case len(digits) < p.least && s.Medium == USSD:
		if s.Astray++; s.Astray >= astrayMost {
			return s.person()
		}
		return s, Reply{Prompt: s.prompt(lines("go-on")...)}
	case len(digits) < p.least:
		s.Typed = digits
		s.Astray++
		if s.Astray > p.least { // one key at a time is as slow as it gets
			return s.person()
		}
		return s, Reply{Prompt: Prompt{Lines: lines("go-on"), Gather: p.gather}}
	}
	s.Typed, s.Astray = "", 0
	ask := Ask{Kind: p.ask, Keys: digits}
	if p.ask == AskPIN {
		ask.For = s.For
	}
	return s.ask(ask)
}

// referenceLength is how many digits an alert's number has. Whoever was told it
// keys it in place of their phone's number.
const referenceLength = 6

// who asks whom the digits mean that were typed.
func (s State) who() (State, Reply) {
	ask := Ask{Kind: AskWho, Keys: s.Typed}
	s.Typed, s.Astray, s.Silent = "", 0, 0
	return s.ask(ask)
}

// silence repeats what was asked, once. Somebody who calls from a phone that
// stands for nobody is asked who they are.
func (s State) silence(in Input) (State, Reply) {
	s.Typed = ""
	if s.Silent++; s.Silent >= silentMost {
		return s.person()
	}
	if s.At == Menu && !in.Known && !s.Raised && s.Medium == Call {
		s.For = ForMenu
		return s.goTo(Who)
	}
	return s, Reply{Prompt: s.prompt()}
}

// astray is a key that means nothing here.
func (s State) astray() (State, Reply) {
	if s.Astray++; s.Astray >= astrayMost {
		return s.person()
	}
	return s, Reply{Prompt: s.prompt(Line{Name: "not-understood"})}
}

// person asks for somebody to be rung. On USSD nobody can be: the session
// ends.
func (s State) person() (State, Reply) { return s.personFor(false) }

func (s State) personFor(keep bool) (State, Reply) {
	if s.Medium == USSD && !keep {
		s.At = Over
		return s, Reply{Prompt: Prompt{Lines: lines("goodbye"), End: true}}
	}
	return s.ask(Ask{Kind: AskPerson, Keep: keep})
}

// rung takes what came of ringing somebody: the next one is rung, until the
// domain knows no more.
func (s State) rung(in Input) (State, Reply) {
	if in.Rung == RungAccepted {
		return s.end()
	}
	s.Tried++
	return s.person()
}

// gone is the end of whoever hangs up. Somebody who waited for a person, and
// reached none, is not forgotten.
func (s State) gone(in Input) (State, Reply) {
	if s.At == Ringing && in.Rung != RungAccepted {
		return s.ask(Ask{Kind: AskMissed})
	}
	return s.end()
}

func (s State) end(said ...Line) (State, Reply) {
	s.At = Over
	return s, Reply{Prompt: Prompt{Lines: said, End: true}}
}

func (s State) ask(a Ask) (State, Reply) { return s, Reply{Ask: &a} }

func (s State) goTo(p Place, before ...Line) (State, Reply) {
	s.At, s.Typed = p, ""
	return s, Reply{Prompt: s.prompt(before...)}
}

// ended reports whether # closed what was pressed, and not silence.
func (in Input) ended() bool { return strings.HasSuffix(in.Keys, "#") }

// pressed keeps the keys that a telephone has, without the # that ends an
// entry, and without stars beside other keys. What else comes in (a text on
// USSD) is no key.
func pressed(keys string) string {
	keys = strings.Map(func(r rune) rune {
		if digit.Is(r) || r == '*' {
			return r
		}
		return -1
	}, keys)
	if digits := strings.ReplaceAll(keys, "*", ""); digits != "" {
		return digits
	}
	return keys[:min(len(keys), 1)]
}
