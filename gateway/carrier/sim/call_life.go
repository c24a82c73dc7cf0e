package sim

import (
	"net/url"
	"slices"
	"strconv"
	"time"
)

// ring lets a call take its course. Like a message's, its receipts wait for
// the step they tell of, and hold nothing up.
func (c *Carrier) ring(l *call, f Fault, pickup Pickup) {
	plan := callPlan(f, pickup)
	receipts := make([]Receipt, 0, len(plan))
	for i, status := range plan {
		if slices.Contains(l.StatusCallbackEvents, eventOf(status)) {
			receipts = append(receipts, Receipt{Status: status, step: i})
		}
	}
	if f.FinalCode != 0 && len(receipts) > 0 {
		receipts[len(receipts)-1].ErrorCode = f.FinalCode
	}
	if f.Receipts != nil {
		receipts = f.Receipts(receipts)
	}
	reached := make([]chan string, len(plan)) // hands on the status; closed empty where the step was skipped
	for i := range reached {
		reached[i] = make(chan string, 1)
	}
	if l.StatusCallback != "" && len(receipts) > 0 {
		c.spawn(func() { c.postCallReceipts(l, plan, receipts, reached) })
	}
	c.spawn(func() { c.takeCourse(l, f, pickup, plan, reached) })
}

// callPlan are the statuses that a call goes through, unless it is ended.
func callPlan(f Fault, pickup Pickup) []string {
	end := f.Final
	if end == "" {
		end = map[Pickup]string{
			NoAnswer: callNoAnswer, Busy: callBusy, Off: callFailed, Listens: callCompleted, Voicemail: callCompleted,
		}[pickup]
	}
	switch end {
	case callCompleted:
		return []string{callInitiated, callRinging, callInProgress, end}
	case callFailed:
		return []string{callInitiated, end}
	}
	return []string{callInitiated, callRinging, end}
}

// eventOf is the event by which a client is told of a status.
func eventOf(status string) string {
	switch status {
	case callInitiated, callRinging:
		return status
	case callInProgress:
		return eventAnswered
	}
	return eventCompleted
}

func (c *Carrier) takeCourse(l *call, f Fault, pickup Pickup, plan []string, reached []chan string) {
	ring := min(c.cfg.Pace.Ring, l.Timeout)
	for i, status := range plan {
		var wait time.Duration
		switch {
		case i == 0:
			wait = c.cfg.Pace.Dial + f.Queued
		case status == callRinging:
		case status == callCompleted:
			wait = c.cfg.Pace.Talk
		default:
			wait = ring
		}
		cut := c.callPause(l, wait)
		if c.ctx.Err() != nil {
			return
		}
		if cut || !c.reachCall(l, status, pickup, f, i == len(plan)-1) {
			// A client ended the call: what remains to tell is its last step.
			for _, skipped := range reached[i : len(reached)-1] {
				close(skipped)
			}
			c.mu.Lock()
			status := l.Status
			c.mu.Unlock()
			reached[len(reached)-1] <- status
			return
		}
		reached[i] <- status
		if status == callInProgress {
			c.fetchDocument(l)
		}
	}
}

// callPause waits, and reports whether a client ended the call.
func (c *Carrier) callPause(l *call, d time.Duration) (ended bool) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-l.ended:
		return true
	case <-c.ctx.Done():
		return false
	case <-timer.C:
	}
	select { // both may have been ready
	case <-l.ended:
		return true
	default:
		return false
	}
}

// reachCall takes a call to its next status; false if it has ended meanwhile.
func (c *Carrier) reachCall(l *call, status string, pickup Pickup, f Fault, last bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l.finished() {
		return false
	}
	l.updated = c.now()
	if status != callInitiated { // an event, not a status of the resource
		l.Status = status
	}
	switch {
	case status == callRinging:
		c.phoneLocked(l.To).append(entry{Sid: l.Sid, Call: true, Peer: l.From, Note: "Ringing"})
	case status == callInProgress:
		l.Started = l.updated
		if l.machineDetection {
			l.AnsweredBy = "human"
			if pickup == Voicemail {
				l.AnsweredBy = "machine_start"
			}
		}
	}
	if last {
		l.Ended, l.ErrorCode = l.updated, f.FinalCode
		c.phoneLocked(l.To).append(entry{Sid: l.Sid, Call: true, Peer: l.From, Note: callNotes[status]})
	}
	return true
}

// callNotes are what a phone's screen says of calls that ended.
var callNotes = map[string]string{
	callCompleted: "Answered, and hung up without a key", callBusy: "Engaged", callNoAnswer: "Missed call",
	callFailed: "Could not be reached", callCanceled: "The caller hung up",
}

// finished reports whether the call has ended. The carrier's lock is held.
func (l *call) finished() bool { return !l.Ended.IsZero() }

// fetchDocument asks the client what to say, as Twilio does when somebody
// picks up, and keeps it. The phone shows what was said to whoever pressed no
// key.
func (c *Carrier) fetchDocument(l *call) {
	document := l.Twiml
	if document == "" {
		c.mu.Lock()
		form := c.callForm(l)
		c.mu.Unlock()
		got, err := c.post(c.ctx, webhook{address: l.URL, form: form})
		if err == nil {
			document = string(got.Body)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	l.Document = document
	if root, err := readXML([]byte(document)); err == nil {
		if said := root.said(); len(said) > 0 {
			c.phoneLocked(l.To).append(entry{Sid: l.Sid, Call: true, Said: true, Peer: l.From, Body: joined(said), Spoken: said})
		}
	}
}

func (c *Carrier) postCallReceipts(l *call, plan []string, receipts []Receipt, reached []chan string) {
	told := make(map[int]string, len(plan)) // statuses by step; a skipped one is empty
	for _, receipt := range receipts {
		if _, known := told[receipt.step]; !known {
			select {
			case told[receipt.step] = <-reached[receipt.step]:
			case <-c.ctx.Done():
				return
			}
		}
		actual := told[receipt.step]
		if actual == "" {
			continue
		}
		if receipt.Status == plan[receipt.step] { // not one that a fault made up
			receipt.Status = actual
		}
		c.postCallReceipt(l, receipt)
	}
}

// postCallReceipt posts one status callback of a call:
// https://www.twilio.com/docs/voice/api/call-resource
func (c *Carrier) postCallReceipt(l *call, receipt Receipt) {
	c.mu.Lock()
	form := c.callForm(l)
	form.Set("CallStatus", receipt.Status)
	form.Set("CallbackSource", "call-progress-events")
	form.Set("SequenceNumber", strconv.Itoa(l.sequence))
	form.Set("Timestamp", c.now().UTC().Format(time.RFC1123Z))
	l.sequence++
	if receipt.Status == callCompleted && !l.Started.IsZero() {
		form.Set("CallDuration", seconds(l.Ended.Sub(l.Started)))
	}
	if receipt.ErrorCode != 0 {
		form.Set("ErrorCode", strconv.Itoa(receipt.ErrorCode))
	}
	c.mu.Unlock()
	c.deliverReceipt(l.StatusCallback, l.Sid, receipt, form)
}

// callForm are the fields of every request about a call. The carrier's lock
// is held. https://www.twilio.com/docs/voice/twiml
func (c *Carrier) callForm(l *call) url.Values {
	form := url.Values{
		"CallSid": {l.Sid}, "AccountSid": {c.cfg.AccountSID}, "ApiVersion": {apiVersion},
		"CallStatus": {l.Status}, "Direction": {l.Direction},
		"From": {l.From}, "Caller": {l.From}, "FromCountry": {country(l.From)}, "CallerCountry": {country(l.From)},
		"To": {l.To}, "Called": {l.To}, "ToCountry": {country(l.To)}, "CalledCountry": {country(l.To)},
	}
	if l.AnsweredBy != "" {
		form.Set("AnsweredBy", l.AnsweredBy)
	}
	if l.parent != "" {
		form.Set("ParentCallSid", l.parent)
	}
	return form
}
