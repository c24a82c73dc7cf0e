package sim

import (
	"cmp"
	"net/url"
	"strconv"
	"time"
)

// Directions of a message, as Twilio names them.
const (
	Inbound       = "inbound"        // a phone's text to a sender
	OutboundAPI   = "outbound-api"   // created through the REST side
	OutboundReply = "outbound-reply" // a <Message> in the answer to a webhook
)

// Message is a text as the carrier knows it.
type Message struct {
	Sid       string
	Direction string
	From, To  string
	Service   string // SID of the Messaging Service, where one was asked to send
	Body      string // as sent, even if redacted since
	Segments  int
	Encoding  string // GSM7 or UCS2

	Status         string // queued, sending, sent, delivered, undelivered, failed; received for an inbound one
	ErrorCode      int    // Twilio's, of a message undelivered or failed
	StatusCallback string
	ValidityPeriod time.Duration // 0: the carrier's own
	Redacted       bool          // the REST side no longer knows the body
	Deleted        bool          // nor the message

	Created time.Time // when the carrier accepted it
	Sent    time.Time // zero until then
}

// Statuses of a message, as Twilio names them.
const (
	statusAccepted    = "accepted"
	statusQueued      = "queued"
	statusSending     = "sending"
	statusSent        = "sent"
	statusDelivered   = "delivered"
	statusUndelivered = "undelivered"
	statusFailed      = "failed"
	statusReceived    = "received"
)

// Messages are all texts that the carrier accepted in a direction, oldest
// first; of any direction if it is empty.
func (c *Carrier) Messages(direction string) (messages []Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.messages {
		if direction == "" || m.Direction == direction {
			messages = append(messages, m.Message)
		}
	}
	return messages
}

// MessagesTo are the texts accepted for a number, by REST or as an answer to
// a webhook, oldest first.
func (c *Carrier) MessagesTo(number string) (messages []Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.messagesTo[number] {
		messages = append(messages, m.Message)
	}
	return messages
}

// PeakSegments is the largest number of segments that the REST side accepted
// from a sender within any window of this length, by the carrier's clock.
// Answers to webhooks do not count: no sender's limit holds them.
func (c *Carrier) PeakSegments(sender string, window time.Duration) (peak int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var inWindow []*message
	sum := 0
	for _, m := range c.messages {
		if m.Direction != OutboundAPI || m.From != sender && m.Service != sender {
			continue
		}
		inWindow, sum = append(inWindow, m), sum+m.Segments
		for m.Created.Sub(inWindow[0].Created) >= window {
			sum -= inWindow[0].Segments
			inWindow = inWindow[1:]
		}
		peak = max(peak, sum)
	}
	return peak
}

type message struct {
	Message
	updated time.Time
	final   bool    // may be redacted or deleted
	taken   bool    // an inbound one: the gateway has answered that it has it
	inbound webhook // that announced an inbound one
	media   []media // that came with it, and are not deleted
	enclose int     // how many came, which the record tells for ever
}

// media is a picture or the like: https://www.twilio.com/docs/messaging/api/media-resource
type media struct{ sid, kind string }

// Limits and error codes of a message: https://www.twilio.com/docs/messaging/api/message-resource
const (
	maxBody           = 1600 // characters
	maxValidityPeriod = 36000 * time.Second

	codeNotFinished     = 20009
	codeUnsubscribed    = 21610
	codeValidityExpired = 30036
)

func (c *Carrier) createMessage(req *request) (int, any, error) {
	form := req.form
	f := c.faultFor(OpCreateMessage, form.Get("To"), cmp.Or(form.Get("From"), form.Get("MessagingServiceSid")))
	return c.create(req, f, func() (any, error) {
		m, err := c.newOutbound(form)
		if err != nil {
			return nil, err
		}
		return c.accept(m, f), nil
	})
}

// newOutbound checks what a client wants sent. The messages of the errors
// quote the numbers, as Twilio's do: a client must not log them.
func (c *Carrier) newOutbound(form url.Values) (*message, error) {
	to, from, service, body := form.Get("To"), form.Get("From"), form.Get("MessagingServiceSid"), form.Get("Body")
	switch {
	case to == "":
		return nil, invalid(21604, "A 'To' phone number is required.")
	case !e164.MatchString(to):
		return nil, invalid(21211, "The 'To' number %s is not a valid phone number.", to)
	case from == "" && service == "":
		return nil, invalid(21603, "A 'From' phone number is required.")
	case body == "":
		return nil, invalid(21602, "Message body is required.")
	case len([]rune(body)) > maxBody:
		return nil, invalid(21617, "The concatenated message body exceeds the %d character limit.", maxBody)
	case from == to:
		return nil, invalid(21266, "'To' and 'From' number cannot be the same: %s", to)
	}
	sender, err := c.sender(from, service)
	if err != nil {
		return nil, err
	}
	if !sender.reaches(to) {
		return nil, invalid(21612, "The 'To' phone number %s is not currently reachable using the 'From' phone number %s via SMS.", to, sender.value)
	}
	if err := c.refusesText(to); err != nil {
		return nil, err
	}
	callback, err := callbackAddress(form)
	if err != nil {
		return nil, err
	}
	var validity time.Duration
	if v := form.Get("ValidityPeriod"); v != "" {
		n, err := strconv.Atoi(v)
		validity = time.Duration(n) * time.Second
		if err != nil || n < 1 || validity > maxValidityPeriod {
			return nil, invalid(20001, "The ValidityPeriod %s is not a number of seconds from 1 to 36000.", v)
		}
	}
	if c.isOptedOut(pair{sender.value, to}) {
		return nil, invalid(codeUnsubscribed, "Attempt to send to unsubscribed recipient")
	}
	segments, encoding := Segments(body)
	return &message{Message: Message{
		Sid: newSID("SM"), Direction: OutboundAPI, From: sender.value, To: to, Service: service,
		Body: body, Segments: segments, Encoding: encoding,
		StatusCallback: callback, ValidityPeriod: validity,
	}}, nil
}

func callbackAddress(form url.Values) (string, error) {
	callback := form.Get("StatusCallback")
	if callback == "" {
		return "", nil
	}
	if u, err := url.Parse(callback); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", invalid(21609, "The StatusCallback URL %s is not a valid URL.", callback)
	}
	return callback, nil
}

// accept takes an outbound message, and returns what the client is told of
// it, which is its state before anything happens. Its life begins at once, so
// that a receipt can overtake the answer, as it can at Twilio.
func (c *Carrier) accept(m *message, f Fault) messageView {
	c.store(m, statusQueued)
	c.mu.Lock()
	if m.Direction == OutboundAPI {
		c.counts.Messages++
	}
	c.mu.Unlock()
	if code := c.blocked(c.number(m.From), m.To); code != 0 && f.Final == "" && m.Direction == OutboundAPI {
		f.Final, f.FinalCode = statusUndelivered, code
	}
	view := c.view(m)
	if m.Service != "" { // no sender has been chosen yet, as far as the client is told
		view.Status, view.From, view.NumSegments = statusAccepted, nil, "0"
	}
	c.live(m, f)
	return view
}

func (c *Carrier) store(m *message, status string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m.Created = c.now()
	m.updated, m.Status = m.Created, status
	c.messages = append(c.messages, m)
	c.messageBy[m.Sid] = m
	c.messagesTo[m.To] = append(c.messagesTo[m.To], m)
	c.watched(m)
}
