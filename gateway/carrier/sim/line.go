package sim

import (
	"context"
	"maps"
	"net/url"
)

// Line is a call that a phone has placed, from the first ring until somebody
// hangs up. It is the raw exchange of requests and TwiML: whoever holds the
// line decides which address comes next, and with which keys. [Phone.Call]
// does what the TwiML says.
type Line struct {
	c        *Carrier
	call     *call
	callback string // the number's own status callback
	at       string // the address asked last, public
}

// Open calls one of the senders, which asks the gateway what to say, and
// returns with the answer.
func (p *Phone) Open(ctx context.Context, to string) (*Line, Answer, error) {
	line, err := p.open(to)
	if err != nil {
		return nil, Answer{}, err
	}
	answer, err := line.Ask(ctx, "", nil)
	return line, answer, err
}

// open begins a call, and asks nothing yet.
func (p *Phone) open(to string) (*Line, error) {
	c := p.c
	n := c.number(to)
	if n == nil || n.isService() || n.isShortCode() {
		return nil, ErrNoSuchNumber
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	address := n.voiceURL
	if address == "" {
		return nil, ErrNoWebhook
	}
	l := &call{ended: make(chan struct{}), Call: Call{
		Sid: newSID("CA"), Direction: Inbound, From: p.Number, To: to, Status: callRinging,
	}}
	c.storeCall(l)
	p.append(entry{Sid: l.Sid, Sent: true, Call: true, Peer: to, Note: noteCalling})
	return &Line{c: c, call: l, callback: n.statusCallback, at: address}, nil
}

// Sid is the CallSid.
func (l *Line) Sid() string { return l.call.Sid }

// Ask posts the next request of the call, with further fields such as Digits,
// to an address that may be relative to the one before; empty: the same.
func (l *Line) Ask(ctx context.Context, address string, fields url.Values) (Answer, error) {
	if address != "" {
		l.at = resolve(l.at, address)
	}
	l.c.mu.Lock()
	form := l.c.callForm(l.call)
	l.c.mu.Unlock()
	maps.Copy(form, fields)
	answer, err := l.c.Webhook(ctx, l.at, form)
	if err == nil {
		l.c.mu.Lock()
		if l.call.Started.IsZero() {
			l.call.Started, l.call.Status = l.c.now(), callInProgress
		}
		l.c.mu.Unlock()
	}
	return answer, err
}

// HangUp ends the call, and tells the number's status callback, if it has one.
func (l *Line) HangUp() {
	c := l.c
	c.mu.Lock()
	if l.call.finished() {
		c.mu.Unlock()
		return
	}
	l.call.Status, l.call.Ended = callCompleted, c.now()
	l.call.updated = l.call.Ended
	if l.callback != "" {
		l.call.StatusCallback = l.callback
	}
	c.mu.Unlock()
	if l.callback != "" {
		c.postCallReceipt(l.call, Receipt{Status: callCompleted})
	}
}
