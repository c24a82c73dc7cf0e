package sim

import (
	"context"
	"encoding/xml"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// messagingTwiML is the answer to a text's webhook:
// https://www.twilio.com/docs/messaging/twiml
type messagingTwiML struct {
	XMLName  xml.Name
	Messages []replyTwiML `xml:"Message"`
	Other    []struct {
		XMLName xml.Name
	} `xml:",any"`
}

// replyTwiML is one <Message>: its text stands in it, or in a <Body> of its own.
type replyTwiML struct {
	To             string `xml:"to,attr"`
	From           string `xml:"from,attr"`
	Action         string `xml:"action,attr"`
	StatusCallback string `xml:"statusCallback,attr"`
	Text           string `xml:",chardata"`
	Body           string `xml:"Body"`
}

func (m replyTwiML) text() string {
	if m.Body != "" {
		return m.Body
	}
	return strings.TrimSpace(m.Text)
}

// parseMessaging reads what a webhook wants to be sent.
func parseMessaging(answer Answer) ([]replyTwiML, error) {
	if answer.Status == http.StatusNoContent {
		return nil, nil
	}
	fail := func(code int, format string, args ...any) ([]replyTwiML, error) {
		return nil, &WebhookError{Code: code, Status: answer.Status, Err: fmt.Errorf(format, args...)}
	}
	mediaType, _, err := mime.ParseMediaType(answer.ContentType)
	if err != nil {
		return fail(CodeBadMediaType, "the answer has no usable Content-Type")
	}
	switch mediaType {
	case "text/plain": // sent as it is
		return []replyTwiML{{Text: answer.Body}}, nil
	case "text/xml", "application/xml", "text/html":
	default:
		return fail(CodeBadMediaType, "the answer is %s", mediaType)
	}
	var document messagingTwiML
	if err := xml.Unmarshal([]byte(answer.Body), &document); err != nil {
		return fail(CodeBadTwiML, "read the answer: %w", err)
	}
	if document.XMLName.Local != "Response" {
		return fail(CodeBadTwiML, "the document is a <%s>, not a <Response>", document.XMLName.Local)
	}
	if len(document.Other) > 0 {
		return fail(CodeBadVerb, "<%s> is not a verb that can be used here", document.Other[0].XMLName.Local)
	}
	return document.Messages, nil
}

// announce posts an inbound text's webhook and acts on the answer.
func (c *Carrier) announce(ctx context.Context, n *number, phone string, w webhook) (Answer, error) {
	answer, err := c.raw(ctx, w)
	if err != nil {
		return answer, err
	}
	replies, err := parseMessaging(answer)
	if err != nil {
		return answer, err
	}
	for _, r := range replies {
		if r.text() == "" {
			continue
		}
		m, err := c.reply(ctx, n, phone, w.address, r)
		if err != nil {
			return answer, err
		}
		answer.Messages = append(answer.Messages, m)
	}
	return answer, nil
}

// reply sends one <Message>. To someone who opted out it fails, as it does at
// Twilio, where nobody but the debugger and the receipt says so.
func (c *Carrier) reply(ctx context.Context, n *number, phone, base string, r replyTwiML) (Message, error) {
	from, to := n.value, phone
	if r.From != "" {
		from = r.From
	}
	if r.To != "" {
		to = r.To
	}
	segments, encoding := Segments(r.text())
	m := &message{Message: Message{
		Sid: newSID("SM"), Direction: OutboundReply, From: from, To: to,
		Body: r.text(), Segments: segments, Encoding: encoding, StatusCallback: resolve(base, r.StatusCallback),
	}}
	f := c.faultFor(opReply, to, from)
	if c.isOptedOut(pair{from, to}) {
		f.Final, f.FinalCode = statusFailed, codeUnsubscribed
	}
	c.accept(m, f)
	if r.Action == "" {
		return c.snapshot(m), nil
	}
	c.mu.Lock()
	form := url.Values{
		"AccountSid": {c.cfg.AccountSID}, "ApiVersion": {apiVersion}, "MessageSid": {m.Sid}, "SmsSid": {m.Sid},
		"MessageStatus": {m.Status}, "SmsStatus": {m.Status}, "From": {from}, "To": {to}, "Body": {m.Body},
	}
	if f.FinalCode == codeUnsubscribed { // known at once, unlike what a network finds out
		form.Set("MessageStatus", statusFailed)
		form.Set("SmsStatus", statusFailed)
		form.Set("ErrorCode", strconv.Itoa(f.FinalCode))
	}
	c.mu.Unlock()
	if _, err := c.announce(ctx, n, phone, webhook{address: resolve(base, r.Action), form: form}); err != nil {
		return c.snapshot(m), fmt.Errorf("follow a Message's action: %w", err)
	}
	return c.snapshot(m), nil
}

func (c *Carrier) snapshot(m *message) Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return m.Message
}

// resolve reads an address in TwiML, which may be relative to the webhook's.
func resolve(base, address string) string {
	b, err := url.Parse(base)
	if err != nil || address == "" {
		return address
	}
	b.Fragment = ""
	u, err := b.Parse(address)
	if err != nil {
		return address
	}
	return u.String()
}
