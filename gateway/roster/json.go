package roster

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"aviso/gateway"
	"aviso/gateway/sheet"
)

// person and contact are a line of JSON Lines.
type person[T any] struct {
	Phone        T            `json:"phone"`
	Code         T            `json:"code"`
	Name         T            `json:"name"`
	Language     T            `json:"language"`
	LanguageNote T            `json:"language_note"`
	ZIP          T            `json:"zip"`
	PIN          T            `json:"pin"`
	DuressPIN    T            `json:"duress_pin"`
	Consent      T            `json:"consulate_consent"`
	Legal        T            `json:"legal_consent"`
	Callback     T            `json:"callback"`
	Country      T            `json:"country,omitempty"` // read, never written
	Contacts     []contact[T] `json:"contacts"`
}

type contact[T any] struct {
	Phone    T `json:"phone"`
	Name     T `json:"name"`
	Relation T `json:"relation"`
	Language T `json:"language"`
	Message  T `json:"message"`
	Wording  T `json:"wording"`
	Place    T `json:"place"`
	Accepted T `json:"accepted"`
}

// scalar reads a string, a number or a boolean as its text, null as nothing.
// Whoever wrote the file by another program means 4821 and "4821" alike.
type scalar struct {
	text  string
	wrong bool // an object or an array
	there bool // the line has such a member
}

func (s *scalar) UnmarshalJSON(data []byte) error {
	s.there = true
	switch {
	case data[0] == '"' && bytes.IndexByte(data, '\\') < 0: // as nearly all are
		s.text = string(data[1 : len(data)-1])
	case data[0] == '"':
		return json.Unmarshal(data, &s.text)
	case data[0] == '{' || data[0] == '[':
		s.wrong = true
	case string(data) != "null":
		s.text = string(data)
	}
	return nil
}

// jsonProfiles reads people from lines.
type jsonProfiles struct{ lines *sheet.Lines }

func (p *jsonProfiles) next() (record, error) {
	for {
		l, err := p.lines.Next()
		switch {
		case err != nil:
			return nil, err
		case l.Long:
			return nil, &RowError{Line: l.Number, Reason: sheet.TooLong}
		case sheet.Text(l.Text) == "":
			continue
		}
		return func() (raw, error) {
			// A byte order mark may stand before any line of files that were joined.
			row, err := parseJSON(strings.Trim(l.Text, "\ufeff"))
			if err != nil {
				// As a word processor leaves it.
				if mended, again := parseJSON(straight.Replace(sheet.Visible(l.Text))); again == nil {
					row, err = mended, nil
				}
			}
			if err != nil {
				return raw{}, &RowError{Line: l.Number, Reason: err.Error()}
			}
			row.line = l.Number
			return row, nil
		}, nil
	}
}

var straight = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`)

// parseJSON reads one line. Its errors hold nothing of the line.
func parseJSON(text string) (raw, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	var p *person[scalar]
	if err := decoder.Decode(&p); err != nil {
		return raw{}, explain(err)
	}
	if p == nil {
		return raw{}, errNoObject
	}
	if _, err := decoder.Token(); err != io.EOF {
		return raw{}, errors.New("something follows the object: want one object a line")
	}
	row := raw{}
	put := func(to *string, has *columns, i int, from scalar, contact int, column string) {
		*to = sheet.Text(from.text)
		if from.there {
			has.add(i)
		}
		if from.wrong {
			row.wrong = append(row.wrong, columnName(contact, column))
		}
	}
	for i, value := range [personColumns]scalar{p.Phone, p.Code, p.Name, p.Language, p.LanguageNote, p.ZIP,
		p.PIN, p.DuressPIN, p.Consent, p.Legal, p.Callback, p.Country} {
		put(&row.person[i], &row.has, i, value, ofPerson, personColumn(i))
	}
	if p.Contacts == nil { // absent or null
		return row, nil
	}
	row.contacts = make([][contactColumns]string, len(p.Contacts))
	row.contactsHas = make([]columns, len(p.Contacts))
	for n, c := range p.Contacts {
		for i, value := range [contactColumns]scalar{c.Phone, c.Name, c.Relation, c.Language, c.Message,
			c.Wording, c.Place, c.Accepted} {
			put(&row.contacts[n][i], &row.contactsHas[n], i, value, n, contactColumn(i))
		}
	}
	return row, nil
}

var errNoObject = errors.New("want one JSON object a line")

// explain says what is wrong with a line without repeating any of it.
func explain(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("not JSON, from byte %d on", syntax.Offset)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("not JSON: it ends too soon")
	case errors.As(err, &kind) && kind.Field == "":
		return errNoObject
	case errors.As(err, &kind):
		return errors.New("contacts: want a list of objects")
	case strings.Contains(err.Error(), "unknown field"):
		return errors.New("a member of an unknown name; known are phone, code, name, language, language_note, zip, pin, duress_pin, consulate_consent, legal_consent, callback, country, contacts, and of contacts phone, name, relation, language, message, wording, place, accepted")
	}
	return errNoObject
}

// JSONWriter writes profiles as JSON Lines, the PINs empty.
type JSONWriter struct{ e *json.Encoder }

// NewJSONWriter writes nothing yet.
func NewJSONWriter(w io.Writer) *JSONWriter {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return &JSONWriter{e}
}

// Write writes one person.
func (j *JSONWriter) Write(p gateway.Profile) error {
	row := rawOf(p)
	out := person[any]{
		Phone: row.person[colPhone], Code: row.person[colCode], Name: row.person[colName],
		Language: row.person[colLanguage], LanguageNote: row.person[colLanguageNote], ZIP: row.person[colZIP],
		PIN: "", DuressPIN: "",
		Consent: p.ConsularNotice.Given, Legal: p.LegalNotice.Given, Callback: p.Callback,
		Contacts: make([]contact[any], len(row.contacts)),
	}
	for n, c := range row.contacts {
		out.Contacts[n] = contact[any]{
			Phone: c[contactPhone], Name: c[contactName], Relation: c[contactRelation], Language: c[contactLanguage],
			Message: c[contactMessage], Wording: c[contactWording],
			Place:    p.Contacts[n].Place,
			Accepted: p.Contacts[n].Standing == gateway.StandingAccepted,
		}
	}
	if err := j.e.Encode(out); err != nil {
		return fmt.Errorf("write profiles: %w", err)
	}
	return nil
}

// Flush is there for symmetry: nothing is buffered.
func (j *JSONWriter) Flush() error { return nil }
