package ussd

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"aviso/gateway"
	"aviso/gateway/digit"
	"aviso/gateway/strict"
	"aviso/ivr"
	"aviso/templates"
)

// Format is how one aggregator speaks: the names of its fields and the shape of
// its answers.
type Format struct {
	Name string `json:"name"`

	// Fields of a request. Session and Phone are required; a field in the
	// path of the request is named by a number, from 0, as "/1".
	Session string `json:"session"`
	Phone   string `json:"phone"`
	Code    string `json:"code"`    // the code that was dialled: "*384*12#"
	Text    string `json:"text"`    // what was typed
	Request string `json:"request"` // the aggregator's number of the request, where it counts; "" tells repeats not apart

	// Whole says that Text holds everything typed in the session, joined by
	// asterisks, and Dialled that it begins with the code.
	Whole   bool `json:"whole"`
	Dialled bool `json:"dialled"`

	// State names the field that says what a request is, with its values for
	// the first of a session and for its end. In the path it is "/1".
	State string   `json:"state"`
	Begin []string `json:"begin"`
	End   []string `json:"end"`

	// JSON says that requests with a body are JSON, not forms.
	JSON bool `json:"json"`

	// Answer is the shape of the answer: "text" for CON and END, or a JSON
	// object with {text}, {session} and {label} filled in, for a screen that
	// goes on and one that ends.
	Answer string `json:"answer"`
	GoesOn string `json:"goes_on,omitempty"`
	Ends   string `json:"ends,omitempty"`
}

// AnswerText is the Answer of formats that begin with CON or END.
const AnswerText = "text"

// Presets are the formats that come with the product, in the order in which
// they are tried. Each one's recorded examples are its tests.
func Presets() []Format {
	return []Format{
		{ // https://developers.africastalking.com/docs/ussd/handle_sessions
			Name: "africastalking", Session: "sessionId", Phone: "phoneNumber", Code: "serviceCode", Text: "text", Whole: true,
			Answer: AnswerText,
		},
		{ // https://www.infobip.com/docs/ussd
			Name: "infobip", Session: "/1", Phone: "msisdn", Code: "shortCode", Text: "text",
			State: "/2", Begin: []string{"start"}, End: []string{"end"}, JSON: true, Answer: "json",
			GoesOn: `{"shouldClose":false,"ussdMenu":{text},"responseExitCode":200,"responseMessage":""}`,
			Ends:   `{"shouldClose":true,"ussdMenu":{text},"responseExitCode":200,"responseMessage":""}`,
		},
		{ // https://developers.hubtel.com/documentations/programmable-services
			Name: "hubtel", Session: "SessionId", Phone: "Mobile", Code: "ServiceCode", Text: "Message", Request: "Sequence",
			State: "Type", Begin: []string{"Initiation"}, End: []string{"Release", "Timeout"}, JSON: true, Answer: "json",
			GoesOn: `{"SessionId":{session},"Type":"response","Message":{text},"Label":{label},"DataType":"input","FieldType":"text"}`,
			Ends:   `{"SessionId":{session},"Type":"release","Message":{text},"Label":{label},"DataType":"display","FieldType":"text"}`,
		},
		{ // what many smaller aggregators send, by GET or POST
			Name: "plain", Session: "SESSIONID", Phone: "MSISDN", Code: "USSDCODE", Text: "INPUT", Whole: true, Dialled: true,
			Answer: AnswerText,
		},
	}
}

// ParseFormat reads a format of an operator's own, as JSON. Every problem is
// named.
func ParseFormat(data []byte) (Format, error) {
	f := Format{Answer: AnswerText}
	read := strict.JSON(data, &f)
	var problems []error
	for _, problem := range read {
		problems = append(problems, errors.New(problem.String()))
	}
	return f, errors.Join(append(problems, f.check(read.At))...)
}

// check names what is wrong apart from members that could not be read.
func (f Format) check(unread func(member string) bool) error {
	var problems []error
	for _, field := range []struct{ name, value string }{{"session", f.Session}, {"phone", f.Phone}, {"text", f.Text}} {
		if field.value == "" && !unread(field.name) {
			problems = append(problems, fmt.Errorf("%s: the name of the field is missing", field.name))
		}
	}
	if f.Answer != AnswerText {
		for _, shape := range []struct{ name, value string }{{"goes_on", f.GoesOn}, {"ends", f.Ends}} {
			if unread(shape.name) || unread("answer") {
				continue
			}
			if !json.Valid(f.fill(shape.value, "x", "y")) || !strings.Contains(shape.value, "{text}") {
				problems = append(problems, fmt.Errorf("%s: want JSON with {text} in it, unquoted", shape.name))
			}
		}
	}
	if f.Dialled && f.Code == "" && !unread("code") {
		problems = append(problems, errors.New("code: a text that begins with the code needs its field"))
	}
	return errors.Join(problems...)
}

// Screen writes what a step earned: the type of the answer, and its body.
func (f Format) Screen(s *gateway.Screen, session string) (contentType string, body []byte) {
	text := Text(s)
	if f.Answer == AnswerText {
		word := "CON "
		if s.End {
			word = "END "
		}
		return "text/plain; charset=utf-8", []byte(word + text)
	}
	shape := f.GoesOn
	if s.End {
		shape = f.Ends
	}
	return "application/json", f.fill(shape, text, session)
}

// Text is what a screen shows, in ASCII.
func Text(s *gateway.Screen) string {
	lines := make([]string, len(s.Lines))
	for i, l := range s.Lines {
		lines[i] = l.Text
	}
	return templates.Screen(strings.Join(lines, "\n"))
}

// fill puts values into an answer's shape, quoted as JSON.
func (f Format) fill(shape, text, session string) []byte {
	quote := func(s string) string {
		quoted, err := json.Marshal(s)
		if err != nil { // a string always can be
			return `""`
		}
		return string(quoted)
	}
	label, _, _ := strings.Cut(text, "\n")
	return []byte(strings.NewReplacer("{text}", quote(text), "{session}", quote(session), "{label}", quote(label)).Replace(shape))
}

// steps are the events of a request: one, and of a first request that brings
// several inputs (*384*12*1# dials straight to the alert) one for each.
func (f Format) steps(r request) []*gateway.Dialogue {
	e := gateway.Dialogue{Medium: ivr.USSD, Session: r.session, From: phone(r.phone), To: r.code, Whole: f.Whole, Keys: r.text, Request: r.number}
	if f.Whole || !r.begins || !strings.Contains(r.text, "*") {
		return []*gateway.Dialogue{&e}
	}
	var steps []*gateway.Dialogue
	for i, input := range strings.Split(r.text, "*") {
		step := e
		step.Keys = input
		step.Request = fmt.Sprintf("%s.%d", r.number, i)
		steps = append(steps, &step)
	}
	return steps
}

// phone is a number as aggregators write it: in E.164, or without its plus,
// however short its country's numbers are.
func phone(s string) gateway.Phone {
	p := gateway.ParseAddress(s).Phone
	if digits := strings.TrimPrefix(strings.TrimSpace(s), "00"); !p.Dialable() && digit.All(digits) {
		p = gateway.CarrierPhone("+" + digits)
	}
	if p.Dialable() {
		return p
	}
	return gateway.Anonymous
}
