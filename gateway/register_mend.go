package gateway

import (
	"slices"
	"strings"

	"aviso/gateway/consulate"
	"aviso/gateway/digit"
	"aviso/gateway/keyword"
	"aviso/gateway/prose"
)

// Mend is what a text in the middle of a registration puts right of what it holds
// already: "perdon, es Maria", "el zip esta mal, es 60623", "borra el ultimo".
type Mend struct {
	Of   string // the step whose answer it is: StepName, StepZIP, StepContact, StepPIN
	Drop bool   // a contact is to be taken off
	At   int    // which contact; -1: it is not said, or nobody's there

	// The right value; all empty where only that something is wrong was said.
	Name     string // the person's, or the contact's
	ZIP      string
	Contacts []NamedContact
}

// ReadMend reads a text that puts right what a registration holds. Only what was
// asked before the step can be meant, and nothing is taken for a value that could
// as well be an answer to the step.
func (r *Rules) ReadMend(t *Text, q *Question, known *Directory) (Mend, bool) {
	step, draft := q.Args["step"], q.Draft
	order := []string{StepName, StepZIP, StepContact, StepCountry, StepPIN, StepConsent}
	past := slices.Index(order, step)
	m := Mend{At: -1}
	what := t.Own().Mends()
	switch t.Parsed.Intent {
	case keyword.Name:
		what = "name"
	case keyword.ZIP:
		what = "zip"
	case keyword.Remove:
		what = "drop"
	}
	words := prose.Righted(t.Body)
	switch what {
	case "name":
		if past < 1 || len(t.Contacts) > 0 {
			return m, false
		}
		m.Of, m.Name = StepName, r.nameIn(words)
		return m, true
	case "zip":
		if past < 2 {
			return m, false
		}
		m.Of = StepZIP
		if zips := t.zipsThere(known); len(zips) == 1 {
			m.ZIP = zips[0]
		}
		return m, true
	case "pin":
		m.Of = StepPIN
		return m, step == StepConsent
	case "drop":
		m.Of, m.Drop = StepContact, true
		m.At, m.Contacts = contactIn(draft, t), t.Contacts
		if len(m.Contacts) > 0 && t.Own().Mends() != "drop" { // QUITAR and a number
			m.Contacts = nil
		}
		return m, len(draft.Contacts) > 0 || step == StepCountry
	case "contact", "said":
		if slices.ContainsFunc(keyword.Tokens(t.Body), func(w string) bool { return another[w] }) {
			return m, false
		}
		return r.readSaid(t, q, known, what, words, past)
	}
	return m, false
}

// another are words by which somebody goes on, and puts nothing right.
var another = Set("OTRO", "OTRA", "OTROS", "TAMBIEN", "ADEMAS", "FALTO", "FALTA", "ANOTHER", "ALSO", "TOO", "OTHER")

// readSaid reads what puts right whatever was said last, or a contact.
func (r *Rules) readSaid(t *Text, q *Question, known *Directory, what, words string, past int) (Mend, bool) {
	step, draft := q.Args["step"], q.Draft
	m := Mend{Of: StepContact, At: contactIn(draft, t)}
	if m.At < 0 { // by the right name, which nobody there has
		m.At = len(draft.Contacts) - 1
	}
	have := len(draft.Contacts) > 0 || step == StepCountry
	name := r.nameIn(words)
	switch zips := t.zipsThere(known); {
	case len(t.Contacts) == 1 && have:
		m.Contacts = t.Contacts
		m.Drop = slices.ContainsFunc(draft.Contacts, func(c Contact) bool { return slices.Contains(Searched(t.Contacts), c.Phone) }) // "ese numero no, el 312 …"
		return m, true
	case len(t.Contacts) > 0:
		return m, false
	case len(zips) == 1 && (step == StepContact || step == StepCountry) && onlyZIP(words):
		m.Of, m.ZIP = StepZIP, zips[0]
		return m, true
	case what == "contact":
		m.Drop = true // "ese numero no": without a better one
		return m, have && !strings.ContainsAny(t.Body, "0123456789")
	case name == "" || strings.ContainsAny(words, "0123456789"):
		return m, false
	case past == 1 && (prose.Given(name) || SharesName(draft.Name, name)),
		step == StepContact && !have && (prose.Given(name) || SharesName(draft.Name, name)):
		m.Of, m.Name = StepName, name
		return m, true
	case have && past >= 2 && past <= 4:
		called, sure := prose.Naming(words)
		m.Name = called
		return m, called != "" && (sure || past == 2)
	}
	return m, false
}

// nameIn is the name in words that put one right.
func (r *Rules) nameIn(words string) string {
	name := prose.Name(words)
	for _, cut := range []string{", lo ", " lo escribi", " esta mal", ", que ", " no "} { // "…, lo escribi mal"
		if i := strings.Index(strings.ToLower(words), cut); i > 0 {
			name = prose.Name(words[:i])
		}
	}
	if name == "" || !r.Names(name) {
		return ""
	}
	return name
}

// zipsThere are the ZIPs in a text that exist.
func (t *Text) zipsThere(known *Directory) (zips []string) {
	for _, zip := range t.Numbers.Zips() {
		if known.Consulates.Exists(zip) && known.Consulates.Find(zip).Rule != consulate.RulePrefix {
			zips = append(zips, zip)
		}
	}
	return zips
}

// onlyZIP reports whether words are five digits and nothing else.
func onlyZIP(words string) bool {
	words = strings.Trim(words, " .,;!")
	return len(words) == len("60608") && digit.All(words)
}

// contactIn is which contact of a draft a text names, by number, by name, by what
// they are to whoever writes, or by the order; the last one where it names nobody;
// -1 where it names somebody else.
func contactIn(draft *Profile, t *Text) int {
	last := len(draft.Contacts) - 1
	if phones := Searched(t.Contacts); len(phones) > 0 {
		return slices.IndexFunc(draft.Contacts, func(c Contact) bool { return slices.Contains(phones, c.Phone) })
	}
	if i := IndexCalled(draft, t.Body); i >= 0 {
		return i
	}
	for _, w := range keyword.Tokens(t.Body) {
		switch {
		case w == "PRIMERO", w == "PRIMER", w == "PRIMERA", w == "FIRST":
			return min(0, last)
		case !takesOff[w]:
			return -1
		}
	}
	return last
}

// takesOff are words by which the last contact is taken off, and nobody named.
var takesOff = Set(strings.Fields("QUITE QUITEN QUITA QUITAR QUITELE QUITENLE QUITENLO QUITENLA QUITELO QUITELA QUITALO QUITALA BORRE BORREN BORRA BORRAR BORRELO BORRELA BORRENLO BORRENLA " +
	"BORRALO BORRALA ELIMINE ELIMINEN ELIMINA ELIMINAR SAQUE SAQUEN SACA REMOVE DELETE ERASE EL LA LO LOS A AL MI DE DEL ESE ESA ESO ESTE ESTA ESTO ULTIMO ULTIMA LAST ONE IT THAT THIS THE " +
	"NUMERO NUM TELEFONO TEL CEL CELULAR CONTACTO NUMBER PHONE CONTACT NO NOT YA MEJOR POR FAVOR PORFAVOR PORFA PLEASE QUE PUSE DI MANDE AGREGUE ELLA PONGAN PONGA PONGAS ANOTEN ANOTE AVISEN AVISE " +
	"METAN LE PERDON GRACIAS ES VA SIRVE EXISTE OIGA OYE SI QUIERO")...)

// IndexCalled is which contact a text calls by a name, or by what they are to
// whoever writes; -1 where it calls none, or several alike.
func IndexCalled(p *Profile, text string) int {
	found := -1
	for i := range p.Contacts {
		if c := &p.Contacts[i]; c.Name != "" && SharesName(c.Name, text) {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// MendsPIN reports whether a text chooses another PIN where the one before was
// given, and consent is asked for.
func (t *Text) MendsPIN(q *Question) bool {
	return q != nil && q.Kind == QuestionRegister && q.Args["step"] == StepConsent && t.Own().Mends() == "pin" && t.Numbers.chosenPIN() != ""
}
