package twilio

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"aviso/gateway"
	"aviso/gateway/digit"
	"aviso/ivr"
)

// ParseCall reads the form of one step of a call that came in
// (https://www.twilio.com/docs/voice/twiml#request-parameters). CallSid, From
// and To are required. The step stands in the query; without one the call
// begins. A number in a SIP address is the caller's where its host is that of the
// SIP domain that was called, or one of own. An error is always a *FieldError.
func ParseCall(query, form url.Values, own ...string) (*gateway.Dialogue, error) {
	sid, err := name(form, "CallSid")
	if err != nil {
		return nil, err
	}
	if !form.Has("From") {
		return nil, &FieldError{Field: "From"}
	}
	to, err := name(form, "To")
	if err != nil {
		return nil, err
	}
	step, err := parseStep(query)
	if err != nil {
		return nil, err
	}
	e := &gateway.Dialogue{
		Medium: ivr.Call, Session: sid, Step: step, Keys: enteredKeys(form),
		From: caller(form, own), To: string(gateway.ParseAddress(to).To()),
		Gone: slices.Contains(callsOver, form.Get("CallStatus")),
	}
	if form.Has("DialCallStatus") {
		// What counts is whether a person took the call, which they say by key.
		e.Rung = ivr.RungRefused
		if form.Get("DialBridged") == "true" {
			e.Rung = ivr.RungAccepted
		}
	}
	return e, nil
}

// callsOver are the statuses of calls that are over. A caller who hangs up while
// somebody is rung for them is told of with one at the Dial's action.
var callsOver = []string{"completed", "canceled", "busy", "no-answer", "failed"}

// ParseWhisper reads one step of what is said to a person who is to take a
// call; which one stands in the query.
func ParseWhisper(query, form url.Values) (*gateway.Whisper, error) {
	sid, err := name(form, "CallSid")
	if err != nil {
		return nil, err
	}
	waiting, err := name(query, "call")
	if err != nil {
		return nil, err
	}
	step, err := parseStep(query)
	if err != nil {
		return nil, err
	}
	return &gateway.Whisper{Caller: waiting, Call: sid, Step: step, Keys: parseKeys(form)}, nil
}

// ParseNotice reads one step of a call that we made, for the attempt that its
// path names.
func ParseNotice(attempt gateway.ID, query, form url.Values) (*gateway.NoticeCall, error) {
	sid, err := name(form, "CallSid")
	if err != nil {
		return nil, err
	}
	to, err := name(form, "To")
	if err != nil {
		return nil, err
	}
	step, err := parseStep(query)
	if err != nil {
		return nil, err
	}
	n := &gateway.NoticeCall{Attempt: attempt, Call: sid, Step: step, Keys: parseKeys(form), To: gateway.ParseAddress(to).To()}
	switch by := form.Get("AnsweredBy"); {
	case by == "human":
		n.Machine = gateway.MachineNo
	case strings.HasPrefix(by, "machine"), by == "fax":
		n.Machine = gateway.MachineYes
	}
	return n, nil
}

// stepMost is far beyond the longest call.
const stepMost = 9999

func parseStep(query url.Values) (int, error) {
	value := query.Get("step")
	if value == "" {
		return 0, nil
	}
	step, err := strconv.ParseUint(value, 10, 16)
	if err != nil || step > stepMost {
		return 0, &FieldError{Field: "step", Malformed: true}
	}
	return int(step), nil
}

// keysMost is more than anything that is asked for. Whoever leans on the keys is
// told that it was too much, as with one digit too many.
const keysMost = 64

// enteredKeys are the keys of an entry, with the # that ended it, which Twilio
// leaves out of the digits. Silence ends one as well.
func enteredKeys(form url.Values) string {
	keys := parseKeys(form)
	if keys != "" && form.Get("FinishedOnKey") == "#" && !strings.HasSuffix(keys, "#") {
		keys += "#"
	}
	return keys
}

// parseKeys reads what was pressed; a key that no telephone has is dropped.
func parseKeys(form url.Values) string {
	keys := strings.Map(func(r rune) rune {
		if digit.Is(r) || r == '*' || r == '#' {
			return r
		}
		return -1
	}, form.Get("Digits"))
	return keys[:min(len(keys), keysMost)]
}

// withheld are the numbers that stand for callers who show none: the letters of
// ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE on a keypad; 7378742883, by
// which Twilio means RESTRICTED as well; and 464.
// https://help.twilio.com/articles/223179988
var withheld = []string{"266696687", "7378742833", "7378742883", "2562533", "8656696", "86282452253", "464"}

// caller is the phone of whoever calls. What is no number in E.164, as a stranger's
// SIP address or nothing, is nobody's. SipDomain names the domain of this account
// that was called, whose callers Twilio has authenticated:
// https://www.twilio.com/docs/voice/sip/sip-twiml. A number that stands for none comes
// with and without the country's 1 in front.
func caller(form url.Values, own []string) gateway.Phone {
	if domain := strings.ToLower(strings.TrimSpace(form.Get("SipDomain"))); domain != "" {
		own = append(slices.Clone(own), domain)
	}
	phone := gateway.ParseAddress(form.Get("From")).From(own)
	digits := strings.TrimPrefix(string(phone), "+")
	if !phone.Dialable() || slices.Contains(withheld, digits) || slices.Contains(withheld, strings.TrimPrefix(digits, "1")) {
		return gateway.Anonymous
	}
	return phone
}
