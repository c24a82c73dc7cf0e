package twilio

import (
	"encoding/xml"
	"strings"
)

// TwiMLType is the Content-Type of what is answered to a webhook. Without the
// charset text/xml would be read as ASCII.
const TwiMLType = "text/xml; charset=utf-8"

// MessageResponse is the TwiML that answers an incoming text with one message,
// or with nothing where the text is blank: Twilio takes a <Message> without
// words for an error. Characters that XML cannot hold (NUL, broken UTF-8) are
// replaced by U+FFFD, so that every text gives a well-formed document. report
// is the address that is told what becomes of it; "": none.
func MessageResponse(text, report string) []byte {
	if strings.TrimSpace(text) == "" {
		return render()
	}
	return render(message{Action: report, StatusCallback: report, Body: text})
}

// message is https://www.twilio.com/docs/messaging/twiml/message. Its action is
// told when Twilio has taken it, and its statusCallback what became of it then.
type message struct {
	XMLName        xml.Name `xml:"Message"`
	Action         string   `xml:"action,attr,omitempty"`
	StatusCallback string   `xml:"statusCallback,attr,omitempty"`
	Body           string   `xml:",chardata"`
}

// render writes a <Response> with its verbs in order. Each verb is a struct
// that names its element by XMLName.
func render(verbs ...any) []byte {
	if len(verbs) == 0 {
		return []byte(xmlHead + "<Response/>")
	}
	body, err := xml.Marshal(struct {
		XMLName xml.Name `xml:"Response"`
		Verbs   []any
	}{Verbs: verbs})
	if err != nil {
		// Marshal fails on types that it cannot write, and the verbs are
		// this package's own.
		panic("twilio: verb cannot be written as XML: " + err.Error())
	}
	return append([]byte(xmlHead), body...)
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8"?>`
