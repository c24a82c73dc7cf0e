package console

import (
	"bytes"
	"html"
	"slices"
	"strings"

	xhtml "golang.org/x/net/html"
)

// What was wrong stands beside the control that it is about, is read out with it,
// and the first such control has the focus. That is done to the page that has been
// rendered, for all forms alike: no form can forget it.

// mark is what is wrong with one field.
type mark struct{ field, words string }

// besides puts what is wrong beside its controls, and the focus on the first of
// them. form is the address of the form that was sent, typed what it held; of
// several with that address it is the one whose hidden fields say the same.
func besides(page []byte, form string, typed map[string][]string, marks []mark) []byte {
	if len(marks) == 0 {
		return page
	}
	s := readControls(page)
	at := s.form(form, typed, marks)
	spots := map[int]spot{} // by token
	for _, m := range marks {
		if c := s.control(m.field, at); c != nil {
			c.mark(s, m, spots)
		}
	}
	if len(spots) == 0 {
		return page
	}
	var out bytes.Buffer
	focused := false
	for i, t := range s.tokens {
		p, marked := spots[i]
		raw := t.raw
		if len(t.attr) > 0 && attrOf(t.attr, "autofocus") != nil {
			raw = bytes.Replace(raw, []byte(" autofocus"), nil, 1)
		}
		if marked {
			add := p.attributes
			if p.focus && !focused {
				focused = true
				add += " autofocus"
			}
			if described := attrOf(t.attr, "aria-describedby"); described != nil && p.describes != "" {
				raw = bytes.Replace(raw, []byte(`aria-describedby="`+*described), []byte(`aria-describedby="`+p.describes+" "+*described), 1)
			} else if p.describes != "" {
				add += ` aria-describedby="` + p.describes + `"`
			}
			if end := bytes.LastIndexByte(raw, '>'); end > 0 && add != "" {
				raw = slices.Concat(raw[:end], []byte(add), raw[end:])
			}
		}
		out.WriteString(p.before)
		out.Write(raw)
		out.WriteString(p.after)
	}
	return out.Bytes()
}

// spot is what is changed at one token of the page.
type spot struct {
	attributes    string
	describes     string // id of what is wrong
	focus         bool
	before, after string
}

type token struct {
	raw  []byte
	attr []xhtml.Attribute
}

// control is what somebody types into or chooses from; a form's button counts as
// one without a name.
type control struct {
	form    int // -1: of none
	name    string
	kind    string // text, checkbox, radio, textarea, select, button
	id      string
	start   int   // its token
	end     int   // the last of its tokens
	group   int   // the token of the fieldset around it, legend that of its legend's end; -1: none
	legend  int   // -1: none
	details []int // the tokens of what it is folded into
}

type formAt struct {
	action string
	hidden map[string]string
}

type controls struct {
	tokens []token
	forms  []formAt
	list   []control
}

// readControls finds the forms and controls of a page.
func readControls(page []byte) *controls {
	s := &controls{}
	z := xhtml.NewTokenizer(bytes.NewReader(page))
	form, group, legend := -1, -1, -1
	var details []int
	open := -1 // a textarea, select or button whose end is to come
	for {
		kind := z.Next()
		if kind == xhtml.ErrorToken {
			return s
		}
		i := len(s.tokens)
		raw := bytes.Clone(z.Raw())
		t := z.Token()
		s.tokens = append(s.tokens, token{raw, t.Attr})
		value := func(name string) string {
			if v := attrOf(t.Attr, name); v != nil {
				return *v
			}
			return ""
		}
		switch {
		case kind == xhtml.StartTagToken || kind == xhtml.SelfClosingTagToken:
			c := control{form: form, name: value("name"), kind: t.Data, id: value("id"), start: i, end: i, group: group, legend: legend, details: slices.Clone(details)}
			switch t.Data {
			case "form":
				s.forms = append(s.forms, formAt{value("action"), map[string]string{}})
				form = len(s.forms) - 1
			case "fieldset":
				group, legend = i, -1
			case "details":
				details = append(details, i)
			case "input":
				c.kind = value("type")
				if c.kind == "hidden" {
					if form >= 0 {
						s.forms[form].hidden[c.name] = value("value")
					}
					continue
				}
				s.list = append(s.list, c)
			case "textarea", "select", "button":
				s.list = append(s.list, c)
				open = len(s.list) - 1
			}
		case kind == xhtml.EndTagToken:
			switch t.Data {
			case "form":
				form = -1
			case "fieldset":
				group, legend = -1, -1
			case "legend":
				legend = i
			case "details":
				details = details[:max(0, len(details)-1)]
			case "textarea", "select", "button":
				if open >= 0 {
					s.list[open].end, open = i, -1
				}
			}
		}
	}
}

// form is the one that was sent; -1 where none can be told.
func (s *controls) form(action string, typed map[string][]string, marks []mark) int {
	best, most := -1, -1
	for i, f := range s.forms {
		if f.action != action {
			continue
		}
		same := 0
		for name, value := range f.hidden {
			if list := typed[name]; len(list) > 0 && list[0] == value {
				same++
			}
		}
		for _, m := range marks {
			if slices.ContainsFunc(s.list, func(c control) bool { return c.form == i && c.name == m.field }) {
				same++
			}
		}
		if same >= most { // what stands in the page, before what stands in its head
			best, most = i, same
		}
	}
	return best
}

// control is where something wrong stands: the field in its form, else the field
// on the page, else the form's button.
func (s *controls) control(field string, form int) *control {
	find := func(is func(c *control) bool) *control {
		for i := range s.list {
			if is(&s.list[i]) {
				return &s.list[i]
			}
		}
		return nil
	}
	if c := find(func(c *control) bool { return c.name == field && c.form == form && c.kind != "button" }); c != nil {
		return c
	}
	if c := find(func(c *control) bool { return c.name == field && c.kind != "button" }); c != nil {
		return c
	}
	return find(func(c *control) bool { return form >= 0 && c.form == form && c.kind == "button" })
}

// mark says at which tokens of the page a control is marked.
func (c *control) mark(s *controls, m mark, spots map[int]spot) {
	id := "wrong-" + m.field
	if c.kind == "button" && c.id != "" {
		id = "wrong-" + c.id
	}
	words := `<span class="wrong" id="` + html.EscapeString(id) + `">` + html.EscapeString(m.words) + `</span>`
	put := func(token int, change func(*spot)) {
		p := spots[token]
		change(&p)
		spots[token] = p
	}
	at := c.start
	switch c.kind {
	case "button":
		put(at, func(p *spot) { p.describes, p.focus = id, true })
		put(c.end, func(p *spot) { p.after += words })
	case "radio": // the question is wrong, not one of its answers
		put(at, func(p *spot) { p.focus = true })
		if c.group >= 0 && c.legend >= 0 {
			put(c.group, func(p *spot) { p.attributes, p.describes = ` role="radiogroup" aria-invalid="true"`, id })
			put(c.legend, func(p *spot) { p.after += words })
		}
	default:
		put(at, func(p *spot) { p.attributes, p.describes, p.focus = ` aria-invalid="true"`, id, true })
		put(c.end, func(p *spot) { p.after += words })
	}
	for _, d := range c.details {
		if attrOf(s.tokens[d].attr, "open") == nil {
			put(d, func(p *spot) { p.attributes = " open" })
		}
	}
}

func attrOf(list []xhtml.Attribute, name string) *string {
	for i := range list {
		if strings.EqualFold(list[i].Key, name) {
			return &list[i].Val
		}
	}
	return nil
}
