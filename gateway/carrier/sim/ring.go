package sim

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// ring is a call that rings at a phone until somebody answers it.
type ring struct {
	call     *call
	answered chan *Talk    // handed the talk of whoever picks up
	gone     chan struct{} // closed when the caller gives up
}

// Answer waits until the phone rings, and picks up. The phone has to be set to
// [ByHand].
func (p *Phone) Answer(ctx context.Context) (*Talk, error) {
	r, err := p.nextRing(ctx)
	if err != nil {
		return nil, err
	}
	l := &Line{c: p.c, call: r.call}
	t := p.newTalk(l)
	select {
	case r.answered <- t:
	case <-r.gone:
		return nil, fmt.Errorf("%s rang, and the caller gave up", p)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return t, t.settled(ctx)
}

// Decline waits until the phone rings, and rejects the call.
func (p *Phone) Decline(ctx context.Context) error {
	r, err := p.nextRing(ctx)
	if err != nil {
		return err
	}
	select {
	case r.answered <- nil:
	case <-r.gone:
	}
	return nil
}

func (p *Phone) nextRing(ctx context.Context) (*ring, error) {
	for {
		p.c.mu.Lock()
		changed := p.changed
		var r *ring
		if len(p.ringing) > 0 {
			r = p.ringing[0]
			p.ringing = p.ringing[1:]
		}
		p.c.mu.Unlock()
		if r != nil {
			return r, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, fmt.Errorf("%s does not ring: %w", p, ctx.Err())
		}
	}
}

// ringAt lets a call ring at a phone, for so long. The talk is nil where nobody
// picked up; then busy says whether it was declined.
func (c *Carrier) ringAt(ctx context.Context, l *call, timeout time.Duration) (talk *Talk, busy bool) {
	r := &ring{call: l, answered: make(chan *Talk), gone: make(chan struct{})}
	c.mu.Lock()
	p := c.phoneLocked(l.To)
	p.ringing = append(p.ringing, r)
	p.append(entry{Sid: l.Sid, Call: true, Peer: l.From, Note: "Ringing"})
	close(p.changed)
	p.changed = make(chan struct{})
	c.mu.Unlock()
	defer func() {
		close(r.gone)
		c.mu.Lock()
		p.ringing = slices.DeleteFunc(p.ringing, func(o *ring) bool { return o == r })
		c.mu.Unlock()
	}()
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case talk := <-r.answered:
		return talk, talk == nil
	case <-timer.C:
	case <-l.ended:
	case <-ctx.Done():
	}
	return nil, false
}

// ringByHand is the course of a call that a client of the REST side made, to a
// phone that is answered by hand.
func (c *Carrier) ringByHand(l *call) {
	report := func(status, event string) {
		c.mu.Lock()
		wanted := slices.Contains(l.StatusCallbackEvents, event) && l.StatusCallback != ""
		c.mu.Unlock()
		if wanted {
			c.postCallReceipt(l, Receipt{Status: status})
		}
	}
	if c.callPause(l, c.cfg.Pace.Dial) || c.ctx.Err() != nil {
		report(callCanceled, eventCompleted)
		return
	}
	report(callInitiated, callInitiated)
	c.step(l, callRinging)
	report(callRinging, callRinging)
	talk, busy := c.ringAt(c.ctx, l, l.Timeout)
	if talk == nil {
		status := callNoAnswer
		if busy {
			status = callBusy
		}
		c.finish(l, status)
		c.mu.Lock()
		status = l.Status // a client may have ended it
		c.mu.Unlock()
		report(status, eventCompleted)
		return
	}
	c.mu.Lock()
	l.Started = c.now()
	if l.machineDetection {
		l.AnsweredBy = "human"
	}
	c.mu.Unlock()
	c.step(l, callInProgress)
	report(callInProgress, eventAnswered)
	talk.line.at = l.URL
	talk.run(document{address: l.URL, twiml: l.Twiml})
	report(callCompleted, eventCompleted)
}

func (c *Carrier) step(l *call, status string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !l.finished() {
		l.Status, l.updated = status, c.now()
	}
}

func (c *Carrier) finish(l *call, status string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l.finished() {
		return
	}
	l.Status, l.Ended = status, c.now()
	l.updated = l.Ended
	c.phoneLocked(l.To).append(entry{Sid: l.Sid, Call: true, Peer: l.From, Note: callNotes[status]})
}

// OutboundDial is the direction of a call that a <Dial> made.
const OutboundDial = "outbound-dial"

// newChild records the call that a <Dial> makes.
func (c *Carrier) newChild(parent *Line, from, to string) *call {
	l := &call{parent: parent.call.Sid, ended: make(chan struct{}), Call: Call{
		Sid: newSID("CA"), Direction: OutboundDial, From: from, To: to, Status: statusQueued,
	}}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.storeCall(l)
	return l
}

// ringChild rings a number, says to whoever picks up what the noun's url says,
// and puts the two through. It returns DialCallStatus and DialBridged.
func (c *Carrier) ringChild(parent *Talk, l *call, number verb, timeout time.Duration) (status string, bridged bool) {
	c.mu.Lock()
	phone := c.phoneLocked(l.To)
	pickup := phone.pickup
	c.mu.Unlock()
	child := &Line{c: c, call: l, at: parent.line.at}
	var talk *Talk
	switch pickup {
	case ByHand:
		var busy bool
		if talk, busy = c.ringAt(parent.ctx, l, timeout); talk == nil {
			status = callNoAnswer
			if busy {
				status = callBusy
			}
			c.finish(l, status)
			return status, false
		}
		talk.line.at = parent.line.at
	case Listens, Voicemail: // a machine, or somebody who presses nothing
		talk = phone.newTalk(child)
		talk.c.spawn(func() { talk.Silence(talk.ctx) })
	default:
		status = map[Pickup]string{NoAnswer: callNoAnswer, Busy: callBusy, Off: callFailed}[pickup]
		c.pause(min(c.cfg.Pace.Ring, timeout))
		c.finish(l, status)
		return status, false
	}
	c.mu.Lock()
	l.Started = c.now()
	l.Status = callInProgress
	c.mu.Unlock()
	defer func() { talk.HangUp() }()
	if url := number.attr["url"]; url != "" && !talk.whisper(url) {
		// What Twilio calls it when whoever picked up was not put through.
		return callCompleted, false
	}
	talk.enter(talkBridged)
	parent.enter(talkBridged)
	select {
	case <-talk.ctx.Done():
	case <-parent.ctx.Done():
	}
	return callCompleted, true
}

// whisper does the documents that only whoever picked up hears; false where
// they hung up.
func (t *Talk) whisper(address string) bool {
	next := &document{address: address}
	for range documentsMost {
		t.enter(talkBusy)
		verbs, err := t.fetch(*next)
		if err != nil {
			t.end(err)
			return false
		}
		if next, err = t.do(verbs); err != nil {
			return false
		}
		if next == nil {
			return !slices.ContainsFunc(verbs, func(v verb) bool { return v.name == "Hangup" })
		}
	}
	return false
}
