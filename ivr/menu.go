package ivr

// act is what a key does.
type act func(State, Input) (State, Reply)

// only is an act that one medium alone has.
func (s State) only(m Medium, a act) act {
	if s.Medium != m {
		return nil
	}
	return a
}

// everywhere are the keys that do the same at every place, also as the only
// key of an entry. 1 is not among them because nothing stands before it.
func (s State) everywhere(key string) act {
	return map[string]act{
		"0": s.only(Call, func(s State, _ Input) (State, Reply) { return s.person() }),
		"9": (State).language,
		"*": func(s State, _ Input) (State, Reply) { return s, Reply{Prompt: s.prompt()} },
	}[key]
}

// menu is what a key does at a place that waits for one.
func (s State) menu(key string) act {
	return map[Place]map[string]act{
		Menu: {
			"2": (State).cancel,
			"3": func(s State, _ Input) (State, Reply) { return s.ask(Ask{Kind: AskRights}) },
			"4": func(s State, _ Input) (State, Reply) { return s.goTo(ZIP) },
			"5": s.only(Call, (State).changePINs),
			"6": s.only(USSD, func(s State, _ Input) (State, Reply) { return s.ask(Ask{Kind: AskStatus}) }),
			"7": s.only(USSD, func(s State, _ Input) (State, Reply) { return s.ask(Ask{Kind: AskRegister}) }),
			"8": func(s State, _ Input) (State, Reply) { s.For = ForMenu; return s.goTo(Who) }, // on somebody else's phone
		},
		PINs: {
			"2": func(s State, _ Input) (State, Reply) { s.Second = false; return s.goTo(NewPIN) },
			"3": func(s State, _ Input) (State, Reply) { s.Second = true; return s.goTo(NewPIN) },
		},
		Whom:       choices(AskWhom, "2", "3", "4", "5", "6", "7", "8"),
		RegCountry: choices(AskRegister, "2", "3"),
		RegMore:    choices(AskRegister, "2", "3"),
		RegConsent: choices(AskRegister, "2", "3"),
	}[s.At][key]
}

// choices hand one of several keys to the domain.
func choices(kind Kind, keys ...string) map[string]act {
	table := map[string]act{}
	for _, key := range keys {
		table[key] = func(s State, _ Input) (State, Reply) { return s.ask(Ask{Kind: kind, Keys: key}) }
	}
	return table
}

// cancel asks for what calling off needs: the PIN, and from a phone that
// stands for nobody first the number or code.
func (s State) cancel(in Input) (State, Reply) { return s.identify(in, ForCancel) }

func (s State) changePINs(in Input) (State, Reply) { return s.identify(in, ForPINs) }

func (s State) identify(in Input, purpose Purpose) (State, Reply) {
	s.For = purpose
	switch {
	case in.NoPIN:
		return s.ask(Ask{Kind: AskNoPIN})
	case in.Caller:
		return s.goTo(PIN)
	}
	return s.goTo(Who)
}

// language changes to the other one, for this dialogue.
func (s State) language(in Input) (State, Reply) {
	s.Language = Other(in.Language)
	return s, Reply{Prompt: s.prompt()}
}

// Other is the language that the key 9 changes to.
func Other(language string) string {
	if language == "en" {
		return "es"
	}
	return "en"
}
