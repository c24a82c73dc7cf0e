package sim

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
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
	inbound webhook // that announced an inbound one
}

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
	var view messageView
	create := func() error {
		m, err := c.newOutbound(form)
		if err != nil {
			return err
		}
		view = c.accept(m, f)
		return nil
	}
	if f.Stored {
		if err := create(); err != nil {
			return 0, nil, err
		}
	}
	c.pause(f.Delay)
	if err := c.intercept(req, f); err != nil {
		return 0, nil, err
	}
	if !f.Stored {
		if err := create(); err != nil {
			return 0, nil, err
		}
	}
	return http.StatusCreated, view, nil
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
}

// step is a status that a message reaches, some time after the one before.
type step struct {
	after   time.Duration
	status  string
	code    int  // Twilio's error code
	arrives bool // the phone has the text
	final   bool // nothing comes after it
}

// life is what becomes of a message.
func (c *Carrier) life(m *message, f Fault) []step {
	pace := c.cfg.Pace
	validity := m.ValidityPeriod
	if validity == 0 {
		validity = maxValidityPeriod
	}
	steps := []step{{status: statusQueued}}
	switch {
	case f.Queued > validity:
		return append(steps, step{after: pace.Queue, status: statusFailed, code: codeValidityExpired, final: true})
	case f.Final == statusFailed:
		return append(steps, step{after: pace.Queue + f.Queued, status: statusFailed, code: f.FinalCode, final: true})
	}
	steps = append(steps,
		step{after: pace.Queue + f.Queued, status: statusSending},
		step{after: pace.Send, status: statusSent})
	switch f.Final {
	case statusUndelivered:
		return append(steps, step{after: pace.Deliver, status: statusUndelivered, code: f.FinalCode, final: true})
	case statusSent: // the network never tells more
		steps[2].arrives, steps[2].final = !f.Lost, true
		return steps
	}
	return append(steps, step{after: pace.Deliver, status: statusDelivered, arrives: !f.Lost, final: true})
}

// live lets a message reach its steps, and posts its receipts: each once its
// step is reached, in order, and without holding the message up. Steps that
// take no time are reached before live returns.
func (c *Carrier) live(m *message, f Fault) {
	steps := c.life(m, f)
	reached := make([]chan struct{}, len(steps))
	receipts := make([]Receipt, len(steps))
	for i, s := range steps {
		reached[i] = make(chan struct{})
		receipts[i] = Receipt{Status: s.status, ErrorCode: s.code, step: i}
	}
	if f.Receipts != nil {
		receipts = f.Receipts(receipts)
	}
	if m.StatusCallback != "" && len(receipts) > 0 {
		c.spawn(func() {
			for _, receipt := range receipts {
				select {
				case <-reached[receipt.step]:
					c.postReceipt(m, receipt)
				case <-c.ctx.Done():
					return
				}
			}
		})
	}
	for i, s := range steps {
		if s.after > 0 {
			c.spawn(func() {
				for i := i; i < len(steps) && c.pause(steps[i].after); i++ {
					c.reach(m, steps[i])
					close(reached[i])
				}
			})
			return
		}
		c.reach(m, s)
		close(reached[i])
	}
}

func (c *Carrier) reach(m *message, s step) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m.Status, m.ErrorCode, m.updated, m.final = s.status, s.code, c.now(), s.final
	if s.status == statusSent {
		m.Sent = m.updated
	}
	if s.arrives {
		c.phoneLocked(m.To).receive(m)
	}
}

// postReceipt posts one status callback:
// https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
func (c *Carrier) postReceipt(m *message, receipt Receipt) {
	form := url.Values{
		"AccountSid": {c.cfg.AccountSID}, "ApiVersion": {apiVersion},
		"MessageSid": {m.Sid}, "SmsSid": {m.Sid},
		"MessageStatus": {receipt.Status}, "SmsStatus": {receipt.Status},
		"From": {m.From}, "To": {m.To},
	}
	if m.Service != "" {
		form.Set("MessagingServiceSid", m.Service)
	}
	if receipt.ErrorCode != 0 {
		form.Set("ErrorCode", strconv.Itoa(receipt.ErrorCode))
	}
	if receipt.Status == statusDelivered {
		form.Set("RawDlrDoneDate", c.now().UTC().Format("0601021504"))
	}
	c.deliverReceipt(m.StatusCallback, m.Sid, receipt, form)
}

// deliverReceipt posts what a receipt says, changed as a fault wants it.
func (c *Carrier) deliverReceipt(address, sid string, receipt Receipt, form url.Values) {
	for name, values := range receipt.Replace {
		form[name] = values
		if values == nil {
			delete(form, name)
		}
	}
	answer, err := c.post(c.ctx, webhook{address: address, form: form, unsigned: receipt.Unsigned})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.posts = append(c.posts, Post{Time: c.now(), Sid: sid, Address: address, Form: form, Status: answer.Status, Err: err})
}

// Post is one status callback that was posted, and what came of it.
type Post struct {
	Time    time.Time
	Sid     string // of the message or call
	Address string // as the client gave it
	Form    url.Values
	Status  int   // of the HTTP answer; 0: none
	Err     error // why there was none, or why Twilio would log it as an error
}

// Posts are the status callbacks posted so far for a message or a call, in
// order; for all of them if sid is empty.
func (c *Carrier) Posts(sid string) (posts []Post) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.posts {
		if sid == "" || p.Sid == sid {
			posts = append(posts, p)
		}
	}
	return posts
}

func (c *Carrier) listMessages(req *request) (int, any, error) {
	to, from := req.form.Get("To"), req.form.Get("From")
	if err := c.befall(req, OpListMessages, to, from); err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	candidates := c.messages
	if to != "" {
		candidates = c.messagesTo[to]
	}
	var found []*message
	for _, m := range slices.Backward(candidates) {
		sent := m.Sent
		if sent.IsZero() {
			sent = m.Created
		}
		if !m.Deleted && (from == "" || m.From == from) && during(req.form, "DateSent", sent) {
			found = append(found, m)
		}
	}
	cut, envelope := paginate(req, found, func(m *message) string { return m.Sid })
	list := struct {
		page
		Messages []messageView `json:"messages"`
	}{envelope, make([]messageView, len(cut))}
	for i, m := range cut {
		list.Messages[i] = c.viewLocked(m)
	}
	return http.StatusOK, list, nil
}

func (c *Carrier) fetchMessage(req *request) (int, any, error) {
	m, err := c.findMessage(req, OpFetchMessage)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, c.view(m), nil
}

// updateMessage redacts the body of a message, which is the one update that a
// message not scheduled allows.
func (c *Carrier) updateMessage(req *request) (int, any, error) {
	m, err := c.findMessage(req, OpUpdateMessage)
	if err != nil {
		return 0, nil, err
	}
	if !req.form.Has("Body") || req.form.Get("Body") != "" {
		return 0, nil, invalid(20001, "The Body of a message can only be updated to be empty.")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !m.final {
		return 0, nil, &restError{Status: http.StatusConflict, Code: codeNotFinished, Message: "Cannot redact message because delivery has not been completed."}
	}
	m.Redacted, m.updated = true, c.now()
	return http.StatusOK, c.viewLocked(m), nil
}

func (c *Carrier) deleteMessage(req *request) (int, any, error) {
	m, err := c.findMessage(req, OpDeleteMessage)
	if err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !m.final {
		return 0, nil, &restError{Status: http.StatusConflict, Code: codeNotFinished, Message: "Cannot delete message because delivery has not been completed."}
	}
	m.Deleted = true
	return http.StatusNoContent, nil, nil
}

func (c *Carrier) findMessage(req *request, op Op) (*message, error) {
	c.mu.Lock()
	m := c.messageBy[req.sid]
	found := m != nil && !m.Deleted
	var to, from string
	if found {
		to, from = m.To, m.From
	}
	c.mu.Unlock()
	if err := c.befall(req, op, to, from); err != nil {
		return nil, err
	}
	if !found {
		return nil, notFound(req.r.URL.Path)
	}
	return m, nil
}

// messageView is a message as Twilio answers it.
type messageView struct {
	Sid                 string            `json:"sid"`
	AccountSid          string            `json:"account_sid"`
	APIVersion          string            `json:"api_version"`
	Body                string            `json:"body"`
	DateCreated         *string           `json:"date_created"`
	DateSent            *string           `json:"date_sent"`
	DateUpdated         *string           `json:"date_updated"`
	Direction           string            `json:"direction"`
	ErrorCode           *int              `json:"error_code"`
	ErrorMessage        *string           `json:"error_message"`
	From                *string           `json:"from"`
	To                  string            `json:"to"`
	MessagingServiceSid *string           `json:"messaging_service_sid"`
	NumMedia            string            `json:"num_media"`
	NumSegments         string            `json:"num_segments"`
	Price               *string           `json:"price"`
	PriceUnit           string            `json:"price_unit"`
	Status              string            `json:"status"`
	URI                 string            `json:"uri"`
	SubresourceURIs     map[string]string `json:"subresource_uris"`
}

func (c *Carrier) view(m *message) messageView {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.viewLocked(m)
}

func (c *Carrier) viewLocked(m *message) messageView {
	base := c.resource("Messages/" + m.Sid)
	v := messageView{
		Sid: m.Sid, AccountSid: c.cfg.AccountSID, APIVersion: apiVersion, Body: m.Body,
		DateCreated: rfc2822(m.Created), DateSent: rfc2822(m.Sent), DateUpdated: rfc2822(m.updated),
		Direction: m.Direction, From: &m.From, To: m.To, MessagingServiceSid: optional(m.Service),
		NumMedia: "0", NumSegments: strconv.Itoa(m.Segments), PriceUnit: "USD", Status: m.Status,
		URI: base + ".json", SubresourceURIs: map[string]string{"media": base + "/Media.json"},
	}
	if m.Redacted {
		v.Body = ""
	}
	if m.ErrorCode != 0 {
		code := m.ErrorCode
		v.ErrorCode, v.ErrorMessage = &code, optional("The message could not be delivered.")
	}
	return v
}

// resource is the path of a resource of the account, without its .json.
func (c *Carrier) resource(path string) string {
	return "/" + apiVersion + "/Accounts/" + c.cfg.AccountSID + "/" + path
}
