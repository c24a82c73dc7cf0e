package ussd

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"aviso/gateway"
)

// Adapter takes requests in one of several formats.
type Adapter struct{ formats []Format }

// NewAdapter takes the presets, and before them the format that is given.
func NewAdapter(own *Format) *Adapter {
	if own != nil {
		return &Adapter{append([]Format{*own}, Presets()...)}
	}
	return &Adapter{Presets()}
}

// Request is an aggregator's request as it came over HTTP.
type Request struct {
	Path  string     // behind the secret: "", "session/ab12/start"
	Query url.Values // of the address
	Form  url.Values // of the body, where it is a form
	JSON  []byte     // the body, where it is JSON
}

// Step is a request that was understood.
type Step struct {
	Format  Format
	Session string
	Phone   gateway.Phone
	Last    string // the newest input
	Over    bool   // a notice that the session has ended: nothing is to be done

	events []*gateway.Dialogue
}

// Errors of requests that cannot be understood. They hold nothing of them.
var (
	ErrNoFormat  = errors.New("the request is of no format that is known")
	ErrMalformed = errors.New("a field of the request is malformed")
)

// Parse understands a request: of the first format whose session and phone are
// in it, by the names as they are written, else whatever their case: the same
// aggregator writes sessionId in one country and sessionid in another.
func (a *Adapter) Parse(r Request) (*Step, error) {
	step, err := a.parse(r, false)
	if errors.Is(err, ErrNoFormat) {
		return a.parse(r, true)
	}
	return step, err
}

func (a *Adapter) parse(r Request, anyCase bool) (*Step, error) {
	for _, f := range a.formats {
		values, err := f.read(r, anyCase)
		if err != nil {
			continue
		}
		parsed, ok := f.parse(values)
		if !ok {
			continue
		}
		if !parsed.sound() {
			return nil, ErrMalformed
		}
		step := &Step{Format: f, Session: parsed.session, Phone: phone(parsed.phone), Over: parsed.over}
		step.Last = parsed.text[strings.LastIndexByte(parsed.text, '*')+1:]
		if !step.Over {
			step.events = f.steps(parsed)
		}
		return step, nil
	}
	return nil, ErrNoFormat
}

// Domain is told of every step. *service.Service is one.
type Domain interface {
	Handle(ctx context.Context, event gateway.Event) (gateway.Answer, error)
}

// Handle takes the step, and answers the screen that it earned. A first
// request that brings several inputs is taken input by input, each as if it had
// been typed by itself, so that a repeat of any of them does nothing twice.
func (s *Step) Handle(ctx context.Context, domain Domain) (*gateway.Screen, error) {
	var screen *gateway.Screen
	for _, e := range s.events {
		answer, err := domain.Handle(ctx, e)
		if errors.Is(err, gateway.ErrSeveral) {
			answer, err = prefixes(ctx, domain, e)
		}
		if err != nil {
			return nil, err
		}
		if screen = answer.Screen; screen == nil || screen.End {
			break
		}
	}
	if screen == nil {
		screen = &gateway.Screen{End: true}
	}
	return screen, nil
}

// prefixes takes everything that was typed, input by input.
func prefixes(ctx context.Context, domain Domain, e *gateway.Dialogue) (answer gateway.Answer, err error) {
	for i := 0; i <= len(e.Keys); i++ {
		last := i == len(e.Keys)
		if !last && e.Keys[i] != '*' || i > 0 && !last && e.Keys[i-1] == '*' {
			continue // within an input, or somebody typed a star
		}
		step := *e
		step.Keys = e.Keys[:i]
		answer, err = domain.Handle(ctx, &step)
		if err != nil || answer.Screen != nil && answer.Screen.End {
			return answer, err
		}
	}
	return answer, err
}

// request is what a format found.
type request struct {
	session, phone, code, text, number string
	begins, over                       bool
}

// Bounds of what a field may hold. Nobody types more than USSD carries in one
// session of three minutes.
const (
	sessionMost = 128
	textMost    = 1000
)

// sound reports whether the fields can be what they are said to be.
func (r *request) sound() bool {
	printable := func(s string) bool {
		return !strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c > '~' })
	}
	return len(r.session) <= sessionMost && printable(r.session) && len(r.text) <= textMost && len(r.phone) <= 32 && len(r.number) <= 32
}

// read collects the fields of a request in this format.
func (f Format) read(r Request, anyCase bool) (func(string) (string, bool), error) {
	var object map[string]any
	if len(r.JSON) > 0 {
		if !f.JSON {
			return nil, ErrNoFormat
		}
		decoder := json.NewDecoder(strings.NewReader(string(r.JSON)))
		decoder.UseNumber()
		if err := decoder.Decode(&object); err != nil {
			return nil, ErrNoFormat
		}
	}
	parts := strings.Split(strings.Trim(r.Path, "/"), "/")
	return func(name string) (string, bool) {
		if place, ok := strings.CutPrefix(name, "/"); ok {
			n, err := strconv.Atoi(place)
			if err != nil || n >= len(parts) || parts[n] == "" {
				return "", false
			}
			return parts[n], true
		}
		if anyCase {
			name = written(name, object, r.Form, r.Query)
		}
		if v, ok := object[name]; ok {
			switch v := v.(type) {
			case string:
				return v, true
			case json.Number:
				return v.String(), true
			}
			return "", v == nil
		}
		for _, values := range []url.Values{r.Form, r.Query} {
			if values.Has(name) {
				return values.Get(name), true
			}
		}
		return "", false
	}, nil
}

// written is how a request writes the name of a field, whatever its case; the name
// itself where it is not there. Of two that differ in case alone the first in order
// counts, so that the same request always says the same.
func written(name string, object map[string]any, forms ...url.Values) string {
	fits := func(names iter.Seq[string]) string {
		for _, n := range slices.Sorted(names) {
			if strings.EqualFold(n, name) {
				return n
			}
		}
		return ""
	}
	if n := fits(maps.Keys(object)); n != "" {
		return n
	}
	for _, form := range forms {
		if n := fits(maps.Keys(form)); n != "" {
			return n
		}
	}
	return name
}

// parse makes a request of the fields; false where the format's are not there.
func (f Format) parse(field func(string) (string, bool)) (request, bool) {
	var r request
	var found bool
	if r.session, found = field(f.Session); !found || r.session == "" {
		return request{}, false
	}
	state, _ := field(f.State)
	is := func(values []string) bool {
		return slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, state) })
	}
	r.begins, r.over = is(f.Begin), is(f.End)
	if f.Name == "africastalking" { // the notice of an end goes to an address of its own, which may be this one
		_, r.over = field("durationInMillis")
	}
	if r.phone, found = field(f.Phone); !found && !r.over {
		return request{}, false
	}
	if r.text, found = field(f.Text); !found && !r.over && !r.begins {
		return request{}, false
	}
	r.code, _ = field(f.Code)
	r.number, _ = field(f.Request)
	r.text = strings.TrimSuffix(strings.TrimSpace(r.text), "#")
	if f.Dialled || r.begins {
		r.text = afterCode(r.text, r.code)
	}
	return r, true
}

// afterCode is what was dialled behind the service's code: "*384*12*1" is "1".
func afterCode(text, code string) string {
	code = strings.Trim(code, "*#")
	rest, ok := strings.CutPrefix(strings.TrimPrefix(text, "*"), code)
	if code == "" || !ok || rest != "" && rest[0] != '*' {
		return text
	}
	return strings.TrimPrefix(rest, "*")
}
