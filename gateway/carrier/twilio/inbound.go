package twilio

import (
	"fmt"
	"net/url"
	"strconv"
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
// picture (NumMedia and MediaContentType0 …, of which nothing is fetched). The way by which it came (rcs:, whatsapp:) stands in Via, the phone is
// the person's. Any other error than a *FieldError does not happen.
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
	address := gateway.ParseAddress(from)
	text := gateway.NewText(sid, address.Phone, sender(to), body, optOut(form.Get("OptOutType")))
	text.Via, text.Enclosed = address.Via, enclosed(form)
	return *text, nil
}

// enclosedMost is what one message holds at Twilio; a form that says more is not
// counted through.
const enclosedMost = 10

// enclosed is what came with a message. One that Twilio counts and does not
// describe counts as well.
func enclosed(form url.Values) (e gateway.Enclosed) {
	n, err := strconv.Atoi(form.Get("NumMedia"))
	if err != nil {
		return e
	}
	for i := range min(max(n, 0), enclosedMost) {
		e.Enclose(form.Get("MediaContentType" + strconv.Itoa(i)))
	}
	return e
}

// sender is the number of ours that was written to, with its way in front of it
// where that is another than texts: "whatsapp:+15550001111".
func sender(to string) string {
	address := gateway.ParseAddress(to)
	if address.Via != gateway.ViaPhone && address.Phone.Dialable() {
		return string(address.Via) + ":" + string(address.Phone)
	}
	return string(address.Phone)
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
	const most = 64 // Twilio's SIDs have 34 characters, "whatsapp:" and a number 25, an RCS sender some 40
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
