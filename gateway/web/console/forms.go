package console

import (
	"html/template"
	"slices"
	"strconv"
	"strings"

	"aviso/gateway"
	"aviso/gateway/acts"
)

// Forms: what was typed is there again when a form is shown again, and a form says
// what it showed, so that an old page puts nothing back.

// again shows a page once more, with what was typed and what was wrong.
func (c *Console) again(v *visit, wrong *gateway.Invalid, show handler) error {
	v.wrong, v.typed, v.form = wrong, typedInto(v.Request().PostForm), v.Request().URL.Path
	v.forgetUntouched()
	return show(v)
}

// typedWord is a field with what was typed into it.
type typedWord struct{ Field, Words string }

// typedWords are those fields of a form that somebody typed into, and would have
// to type again: not what a page puts into its forms.
func typedWords(typed map[string][]string) []typedWord {
	var list []typedWord
	for name, values := range typed {
		switch name {
		case "csrf", "once", "version", "lost", "retype", "without", "recipient", "of", "phone", "back", "profile", "act", "timer", "alert", "lang", "also", "work", "raid", "open", "role", "agrees":
			continue
		}
		was, shown := typed[wasPrefix+name]
		words := strings.TrimSpace(values[0])
		if words == "" || strings.HasPrefix(name, wasPrefix) || shown && was[0] == values[0] {
			continue
		}
		list = append(list, typedWord{name, words})
	}
	slices.SortFunc(list, func(a, b typedWord) int { return strings.Compare(a.Field, b.Field) })
	return list
}

// wasPrefix stands before the hidden fields that say what a form showed.
const wasPrefix = "was_"

// edits are the fields of a form with what it showed.
func (v *visit) edits(names ...string) acts.Edits {
	e := acts.Edits{Seen: -1, Fields: map[string]acts.Edit{}}
	if seen, err := strconv.ParseInt(v.field("version"), 10, 64); err == nil && seen > 0 {
		e.Seen = seen
	}
	for _, name := range names {
		form := v.Request().PostForm
		if is, sent := form[name]; sent {
			was, known := form[wasPrefix+name]
			edit := acts.Edit{Is: strings.TrimSpace(is[0]), Known: known}
			if known {
				edit.Was = strings.TrimSpace(was[0])
			}
			e.Fields[name] = edit
		}
	}
	return e
}

// forgetUntouched leaves of a form that is shown again only what was touched: the
// rest is shown as it is now. What clashes is shown beside what it is now, and
// sent again it is meant.
func (v *visit) forgetUntouched() {
	if len(v.clashes) > 0 {
		delete(v.typed, "version")
	}
	for name, was := range v.typed {
		field, ok := strings.CutPrefix(name, wasPrefix)
		if !ok {
			continue
		}
		typed, sent := v.typed[field]
		clash := slices.ContainsFunc(v.clashes, func(c acts.Clash) bool { return c.Field == field })
		untouched := !sent || typed[0] == was[0]
		if field == "consent" { // which begins with no choice
			untouched = !sent || typed[0] == ""
		}
		if untouched {
			delete(v.typed, field)
			delete(v.typed, name)
		} else if clash {
			delete(v.typed, name)
		}
	}
}

// retyped reports what was typed before, was not shown again because it is
// secret, and is missing now.
func (v *visit) retyped() *gateway.Invalid {
	form := v.Request().PostForm
	for _, name := range form["retype"] {
		if secret[name] && form.Get(name) == "" && !slices.Contains(form["without"], name) {
			return &gateway.Invalid{Field: name, Why: "retype"}
		}
	}
	return nil
}

// Lost reports whether something was typed into a secret field that is not shown
// again, and has to be typed once more; Lost "" whether any was.
func (p page) Lost(name string) bool {
	lost := p.Typed["lost"]
	return name == "" && len(lost) > 0 || slices.Contains(lost, name)
}

// TypedWords are what was typed into a form of which nothing was done.
func (p page) TypedWords() []typedWord { return typedWords(p.Typed) }

// Was is what a field of a form shows, as the form says when it is sent.
func (p page) Was(name, now string) template.HTML {
	return hidden(wasPrefix+name, p.OldOr(wasPrefix+name, now))
}

// WasIn is the same for a page on which several forms have fields of one name.
func (p page) WasIn(id, name, now string) template.HTML {
	return hidden(wasPrefix+name, p.OldIn(id, wasPrefix+name, now))
}

// Version is that of what a form shows.
func (p page) Version(seq int64) template.HTML {
	return hidden("version", p.OldOr("version", strconv.FormatInt(seq, 10)))
}

func hidden(name, value string) template.HTML {
	return template.HTML(`<input type="hidden" name="` + name + `" value="` + template.HTMLEscapeString(value) + `">`)
}
