package sim

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Phone is somebody's telephone.
type Phone struct {
	Number string // E.164

	c       *Carrier
	name    string
	inbox   []*received
	thread  []entry
	pickup  Pickup
	changed chan struct{} // closed and renewed when the inbox grows, and when a call comes in

	ringing []*ring  // calls that nobody has answered yet
	talk    *Talk    // the call that it is on, or was on last
	session *Session // the USSD session that it holds, or held last
}

type received struct {
	*message
	expected bool
}

// Answer is what the gateway answered to a text.
type Answer struct {
	Sid         string // MessageSid of the text
	Status      int    // of the HTTP answer; 0: there was none
	ContentType string
	Body        string    // TwiML
	Messages    []Message // that it sent in band
}

// Errors of a text that never leaves the phone's network.
var (
	ErrNoSuchNumber = errors.New("no sender has this number, or this phone's country cannot reach it")
	ErrNoWebhook    = errors.New("the sender has no webhook for this")
)

// Phone is the telephone with a number, bought on first use. A name that is
// not empty is kept.
func (c *Carrier) Phone(number, name string) *Phone {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.phoneLocked(number)
	if name != "" {
		p.name = name
	}
	return p
}

func (c *Carrier) phoneLocked(number string) *Phone {
	p := c.phones[number]
	if p == nil {
		p = &Phone{Number: number, c: c, changed: make(chan struct{})}
		c.phones[number] = p
	}
	return p
}

// Name is whose telephone it is.
func (p *Phone) Name() string {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	return p.name
}

// Text sends a text to one of the senders, which announces it to the gateway,
// and returns with the gateway's answer. Texts in that answer also land in
// the inbox. The error is a [*WebhookError] where Twilio would log one; the
// answer is then filled in as far as there was any.
func (p *Phone) Text(ctx context.Context, to, body string) (Answer, error) {
	return p.Enclose(ctx, to, body)
}

// Enclose sends a text, which may be empty, and things with it, by their media types:
// "image/jpeg", "audio/ogg". They come by MMS, and under a SID of that kind.
func (p *Phone) Enclose(ctx context.Context, to, body string, kinds ...string) (Answer, error) {
	n := p.c.number(to)
	if n == nil || n.isService() || !n.reaches(p.Number) {
		return Answer{}, ErrNoSuchNumber
	}
	w := p.c.takeIn(n, p.Number, body, kinds)
	if w.address == "" {
		return Answer{Sid: w.form.Get("MessageSid")}, ErrNoWebhook
	}
	answer, err := p.c.announce(ctx, n, p.Number, w)
	if err == nil {
		p.c.taken(answer.Sid)
	} else {
		p.note(answer.Sid, "The gateway did not take it: "+err.Error())
	}
	return answer, err
}

// taken marks a text as one that the gateway has.
func (c *Carrier) taken(sid string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m := c.messageBy[sid]; m != nil {
		m.taken = true
		c.watched(m)
	}
}

// Repeat announces a text once more, with the same MessageSid and everything
// else, as Twilio does when an answer got lost. Nothing is delivered for it.
func (p *Phone) Repeat(ctx context.Context, sid string) (Answer, error) {
	p.c.mu.Lock()
	m := p.c.messageBy[sid]
	p.c.mu.Unlock()
	if m == nil || m.Direction != Inbound || m.From != p.Number {
		return Answer{}, errors.New("repeat a text: this phone sent none with this SID")
	}
	return p.c.raw(ctx, m.inbound)
}

// Webhook posts a form to the gateway as the carrier does, signed, to an
// address in its public form, and returns the answer without acting on it.
func (c *Carrier) Webhook(ctx context.Context, address string, form url.Values) (Answer, error) {
	return c.raw(ctx, webhook{address: address, form: form})
}

func (c *Carrier) raw(ctx context.Context, w webhook) (Answer, error) {
	got, err := c.post(ctx, w)
	return Answer{
		Sid: w.form.Get("MessageSid"), Status: got.Status, ContentType: got.ContentType, Body: string(got.Body),
	}, err
}

// takeIn stores an inbound text and prepares its announcement:
// https://www.twilio.com/docs/messaging/guides/webhook-request
func (c *Carrier) takeIn(n *number, from, body string, kinds []string) webhook {
	segments, encoding := Segments(body)
	m := &message{final: true, Message: Message{
		Sid: newSID("SM"), Direction: Inbound, From: from, To: n.value,
		Body: body, Segments: segments, Encoding: encoding, Sent: c.now(),
	}}
	if m.enclose = len(kinds); m.enclose > 0 {
		m.Sid = newSID("MM")
	}
	form := url.Values{
		"MessageSid": {m.Sid}, "SmsSid": {m.Sid}, "SmsMessageSid": {m.Sid}, "SmsStatus": {statusReceived},
		"AccountSid": {c.cfg.AccountSID}, "ApiVersion": {apiVersion},
		"From": {from}, "To": {n.value}, "Body": {body},
		"NumMedia": {strconv.Itoa(m.enclose)}, "NumSegments": {strconv.Itoa(segments)},
		"FromCountry": {country(from)}, "FromState": {""}, "FromCity": {""}, "FromZip": {""},
		"ToCountry": {"US"}, "ToState": {""}, "ToCity": {""}, "ToZip": {""},
	}
	for i, kind := range kinds {
		m.media = append(m.media, media{newSID("ME"), kind})
		form.Set("MediaContentType"+strconv.Itoa(i), kind)
		form.Set("MediaUrl"+strconv.Itoa(i), c.URL()+c.resource("Messages/"+m.Sid+"/Media/"+m.media[i].sid))
	}
	word := n.optOutWord(body)
	if word != "" && c.cfg.AdvancedOptOut {
		form.Set("OptOutType", word)
	}
	c.mu.Lock()
	m.inbound = webhook{address: n.smsURL, form: form, token: newSID("")}
	c.mu.Unlock()
	c.store(m, statusReceived)
	c.mu.Lock()
	c.phoneLocked(from).append(entry{Sid: m.Sid, Sent: true, Peer: n.value, Body: body, Segments: segments, Encoding: encoding})
	c.mu.Unlock()
	c.heed(n, from, word)
	return m.inbound
}

// country is the country of a number as far as the plans here tell.
func country(number string) string {
	switch {
	case strings.HasPrefix(number, "+1"):
		return "US"
	case strings.HasPrefix(number, "+52"):
		return "MX"
	}
	return ""
}

// Inbox are the texts that the phone has received, oldest first.
func (p *Phone) Inbox() []Message {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	messages := make([]Message, len(p.inbox))
	for i, r := range p.inbox {
		messages[i] = r.Message
	}
	return messages
}

// Expect waits until the inbox holds a text with all these words, in any
// order and case, that was not expected before, and returns the oldest such.
// It waits as long as ctx lets it; its error lists the inbox.
func (p *Phone) Expect(ctx context.Context, words ...string) (Message, error) {
	for {
		p.c.mu.Lock()
		changed := p.changed
		for _, r := range p.inbox {
			if !r.expected && holds(r.Body, words) {
				r.expected = true
				m := r.Message
				p.c.mu.Unlock()
				return m, nil
			}
		}
		p.c.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return Message{}, fmt.Errorf("%s got no text with %q: %w; %s", p, words, ctx.Err(), p.list())
		}
	}
}

// ExpectNothing waits for a while and fails if by then the inbox holds a text
// that was not expected. See [Phone.Skip].
func (p *Phone) ExpectNothing(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		p.c.mu.Lock()
		changed, fresh := p.changed, 0
		for _, r := range p.inbox {
			if !r.expected {
				fresh++
			}
		}
		p.c.mu.Unlock()
		if fresh > 0 {
			return fmt.Errorf("%s got %d texts that nobody expected; %s", p, fresh, p.list())
		}
		select {
		case <-changed:
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Skip takes every text in the inbox as expected.
func (p *Phone) Skip() {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	for _, r := range p.inbox {
		r.expected = true
	}
}

// String names the phone for a test's log.
func (p *Phone) String() string {
	if name := p.Name(); name != "" {
		return name + "'s phone"
	}
	return p.Number
}

func holds(body string, words []string) bool {
	body = strings.ToLower(body)
	for _, word := range words {
		if !strings.Contains(body, strings.ToLower(word)) {
			return false
		}
	}
	return true
}

func (p *Phone) list() string {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	if len(p.inbox) == 0 {
		return "the inbox is empty"
	}
	var list strings.Builder
	list.WriteString("the inbox:")
	for _, r := range p.inbox {
		mark := "new"
		if r.expected {
			mark = "expected before"
		}
		fmt.Fprintf(&list, "\n  from %s (%s): %q", r.From, mark, r.Body)
	}
	return list.String()
}

// receive puts a text into the inbox. The carrier's lock is held.
func (p *Phone) receive(m *message) {
	p.inbox = append(p.inbox, &received{message: m})
	close(p.changed)
	p.changed = make(chan struct{})
	p.append(entry{Sid: m.Sid, Peer: m.From, Body: m.Body, Segments: m.Segments, Encoding: m.Encoding})
}

// entry is a line on the phone's screen.
type entry struct {
	Seq      int64 // rises over all phones
	Time     time.Time
	Sid      string
	Sent     bool // by this phone; otherwise received
	Call     bool // a call, not a text
	Peer     string
	Body     string
	Segments int
	Encoding string
	Note     string   // what went wrong
	Said     bool     // Body was spoken, or with Sent pressed
	Spoken   []phrase // the same, phrase by phrase; nil: nobody speaks it
}

// append adds a line to the screen. The carrier's lock is held.
func (p *Phone) append(e entry) {
	p.c.seq++
	e.Seq, e.Time = p.c.seq, p.c.now()
	p.thread = append(p.thread, e)
	if p.c.acted != nil && e.Sent && (e.Note == "" || e.Note == noteCalling) {
		p.c.acted(p, e)
	}
	p.c.stir()
}

// stir wakes the pages. The carrier's lock is held.
func (c *Carrier) stir() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// note adds a line about a text that went wrong.
func (p *Phone) note(sid, note string) {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	p.append(entry{Sid: sid, Sent: true, Note: note})
}
