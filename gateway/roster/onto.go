package roster

import (
	"fmt"
	"slices"

	"aviso/gateway"
)

// Note is something about a row that its owner should know: what was read with
// a doubt, or what it does to a person who is known.
type Note struct {
	Effect Effect
	Text   string // names the column, never what stands there
}

// Effect is what a row does to a person who is known, beyond what it plainly says.
type Effect int

const (
	Plainly   Effect = iota // nothing else
	TakenBack               // a consent's yes becomes no
	OwnNo                   // somebody's own no stays, against the file's yes
	Stays                   // a contact stays that the row lacks
	Goes                    // a contact goes, with --replace
	effects
)

func (e Effect) String() string {
	return [effects]string{"", "consents taken back", "own NO kept against the file's yes",
		"contacts kept that the file lacks (--replace removes them)", "contacts removed"}[e]
}

// Effects are all that are counted, in the order in which they are said.
func Effects() []Effect { return []Effect{TakenBack, OwnNo, Stays, Goes} }

// Onto is what is to be kept of a row's person, of whom kept is what is known;
// nil: nothing. A column that the file lacks leaves what is known. A consent's yes
// becomes no by any file, a no that somebody said themselves stays no. Contacts
// that the row lacks stay, unless replace says that they go; whoever said no
// stays even then, since a later file would make a yes of it. PINs are left
// alone, and new contacts have no id. It fails with *RowError.
func (r Row) Onto(kept *gateway.Profile, replace bool) (gateway.Profile, []Note, error) {
	m := merger{row: r, replace: replace, p: r.Profile}
	if kept == nil {
		m.p.Contacts = slices.Clone(r.Profile.Contacts)
	} else {
		m.known(kept)
	}
	had := kept != nil && (kept.ConsularNotice.Given || len(kept.Contacts) > 0)
	switch {
	case len(m.p.Contacts) > MaxContacts:
		m.refuse(fmt.Sprintf("contacts: more than %d, with those who are known and stay", MaxContacts))
	case len(m.p.Contacts) == 0 && !m.p.ConsularNotice.Given && (kept == nil || had && !kept.ConsularNotice.Given):
		m.refuse("nobody to tell: at least one contact or consulate_consent is needed")
	case len(m.p.Contacts) == 0 && !m.p.ConsularNotice.Given && had:
		m.note(Plainly, "consulate_consent", "nobody is told of this person's alerts from now on")
	}
	if m.err != nil {
		return gateway.Profile{}, nil, m.err
	}
	return m.p, m.notes, nil
}

// merger puts a row onto what is known of its person.
type merger struct {
	row     Row
	replace bool
	p       gateway.Profile
	notes   []Note
	err     error
}

func (m *merger) note(e Effect, column, text string) {
	m.notes = append(m.notes, Note{e, column + ": " + text})
}

func (m *merger) refuse(reason string) {
	if m.err == nil {
		m.err = &RowError{Line: m.row.Line, Reason: reason}
	}
}

func (m *merger) known(kept *gateway.Profile) {
	in := m.row.Profile
	m.p = *kept
	if in.Code != "" {
		m.p.Code = in.Code
	}
	for _, c := range []struct {
		column   int
		to, from *string
	}{
		{colName, &m.p.Name, &in.Name}, {colLanguage, &m.p.Language, &in.Language},
		{colLanguageNote, &m.p.LanguageNote, &in.LanguageNote}, {colZIP, &m.p.ZIP, &in.ZIP},
	} {
		if m.row.has.has(c.column) {
			*c.to = *c.from
		}
	}
	for column, pin := range [personColumns]string{colPIN: m.row.PIN, colDuressPIN: m.row.DuressPIN} {
		if pin != "" && gateway.EasyPIN(pin, m.p.ZIP) {
			m.refuse(personColumn(column) + ": " + easyPIN)
		}
	}
	m.consent(colConsent, &m.p.ConsularNotice, in.ConsularNotice)
	m.consent(colLegal, &m.p.LegalNotice, in.LegalNotice)
	if m.row.has.has(colCallback) {
		if m.p.Callback && !in.Callback {
			m.note(TakenBack, personColumn(colCallback), "yes becomes no")
		}
		m.p.Callback = in.Callback
	}
	m.contacts(kept.Contacts)
}

// consent is a person's own: the newer one where it differs, or the older one
// with when and how it was given.
func (m *merger) consent(column int, c *gateway.Consent, in gateway.Consent) {
	switch {
	case !m.row.has.has(column), in.Given == c.Given:
	case in.Given && ownNo(*c):
		m.note(OwnNo, personColumn(column), "they said no themselves, and the file's yes does not count")
	case in.Given:
		*c = in
	default:
		m.note(TakenBack, personColumn(column), "yes becomes no")
		*c = gateway.Consent{At: m.row.Profile.Registered, Channel: onPaper}
	}
}

// onPaper is the channel of what a file says.
const onPaper = "paper"

// ownNo reports whether a consent that is not given was refused, to us or to an
// agent. Nobody whom only files know has refused anything.
func ownNo(c gateway.Consent) bool { return !c.Given && !c.At.IsZero() && c.Channel != onPaper }

// contacts puts the row's contacts onto those that are known, by phone.
func (m *merger) contacts(kept []gateway.Contact) {
	if !m.row.saysContacts {
		return
	}
	m.p.Contacts = nil
	for i, in := range m.row.Profile.Contacts {
		at := slices.IndexFunc(kept, func(c gateway.Contact) bool { return c.Phone == in.Phone })
		if at < 0 {
			m.p.Contacts = append(m.p.Contacts, in)
			continue
		}
		m.p.Contacts = append(m.p.Contacts, m.contact(kept[at], in, m.row.contacts[i]))
	}
	for _, c := range kept {
		refused := c.Standing == gateway.StandingRefused || c.Standing == gateway.StandingWrong
		switch {
		case m.p.Contact(c.Phone) != nil:
			continue
		case !m.replace:
			m.note(Stays, "contacts", "one that the row lacks stays; --replace removes it")
		case refused:
			m.note(OwnNo, "contacts", "one that the row lacks said no themselves, and stays so that no later file makes it a yes")
		default:
			m.note(Goes, "contacts", "one that the row lacks goes")
			continue
		}
		m.p.Contacts = append(m.p.Contacts, c)
	}
}

// contact is a known contact with what the row says of them. Their own answer stays.
func (m *merger) contact(c, in gateway.Contact, row contactRow) gateway.Contact {
	for _, v := range []struct {
		column   int
		to, from *string
	}{
		{contactName, &c.Name, &in.Name}, {contactRelation, &c.Relation, &in.Relation},
		{contactLanguage, &c.Language, &in.Language}, {contactMessage, &c.Message, &in.Message},
	} {
		if row.has.has(v.column) {
			*v.to = *v.from
		}
	}
	name := func(column int) string { return columnName(row.n, contactColumn(column)) }
	if row.has.has(contactWording) {
		c.Vague = in.Vague
	}
	if row.has.has(contactPlace) {
		if c.Place && !in.Place {
			m.note(TakenBack, name(contactPlace), "yes becomes no")
		}
		c.Place = in.Place
	}
	if !row.has.has(contactAccepted) {
		return c
	}
	switch yes := in.Standing == gateway.StandingAccepted; {
	case yes && c.Standing == gateway.StandingUnanswered:
		c.Standing, c.Consent = in.Standing, in.Consent
	case yes && c.Standing != gateway.StandingAccepted:
		m.note(OwnNo, name(contactAccepted), "they said no themselves, and the file's yes does not count")
	case !yes && c.Standing == gateway.StandingAccepted && c.Consent.Channel == onPaper:
		m.note(TakenBack, name(contactAccepted), "yes becomes no")
		c.Standing, c.Consent = gateway.StandingUnanswered, gateway.Consent{}
	}
	return c
}
