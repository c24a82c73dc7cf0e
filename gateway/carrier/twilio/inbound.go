package twilio

import (
	"fmt"
	"net/url"
	"strings"

	"aviso/gateway"
)

// FieldError is a webhook's field that is missing or cannot be read: the
// request is to be answered 400. It never holds the value.
type FieldError struct {
	Field     string // Twilio's name of it: "MessageSid"
	Malformed bool   // it is there, but is not what it should be
}

func (e *FieldError) Error() string {
	if e.Malformed {
		return fmt.Sprintf("webhook: field %s is malformed", e.Field)
	}
	return fmt.Sprintf("webhook: field %s is missing", e.Field)
}

// ParseText reads the form of an incoming message
// (https://www.twilio.com/docs/messaging/guides/webhook-request): MessageSid,
// From, To and Body are required, and Body alone may be empty, as it is with a
// picture. Any other error than a *FieldError does not happen.
func ParseText(form url.Values) (gateway.Text, error) {
	sid, err := name(form, "MessageSid")
	if err != nil {
		return gateway.Text{}, err
	}
	from, err := name(form, "From")
	if err != nil {
		return gateway.Text{}, err
	}
	to, err := name(form, "To")
	if err != nil {
		return gateway.Text{}, err
	}
	if _, ok := form["Body"]; !ok {
		return gateway.Text{}, &FieldError{Field: "Body"}
	}
	body := strings.ToValidUTF8(form.Get("Body"), "\uFFFD")
	return *gateway.NewText(sid, gateway.CarrierPhone(from), to, body, optOut(form.Get("OptOutType"))), nil
}

// optOut is what Twilio did by itself, from a field that only accounts with
// Advanced Opt-Out send.
func optOut(s string) string {
	switch s = strings.ToUpper(strings.TrimSpace(s)); s {
	case "STOP", "START", "HELP":
		return s
	}
	return ""
}

// name reads a required field that is an id or an address: short and of
// printable ASCII, so that it can be a key in any database.
func name(form url.Values, field string) (string, error) {
	const most = 64 // Twilio's SIDs have 34 characters, "whatsapp:" and a number 25
	value := strings.TrimSpace(form.Get(field))
	if value == "" {
		return "", &FieldError{Field: field}
	}
	unprintable := func(r rune) bool { return r < ' ' || r > '~' }
	if len(value) > most || strings.ContainsFunc(value, unprintable) {
		return "", &FieldError{Field: field, Malformed: true}
	}
	return value, nil
}
