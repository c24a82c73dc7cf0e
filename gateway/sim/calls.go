package sim

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Call is a call as the carrier knows it. What is said in it is TwiML that
// nobody here interprets: a phone that picks up listens, and hangs up.
type Call struct {
	Sid        string
	Direction  string // inbound or outbound-api
	From, To   string
	Status     string // queued, ringing, in-progress, then completed, busy, no-answer, failed or canceled
	ErrorCode  int
	AnsweredBy string // human or machine_start, where MachineDetection was asked for

	URL, Twiml           string // what the client wants said
	StatusCallback       string
	StatusCallbackEvents []string      // initiated, ringing, answered, completed
	Timeout              time.Duration // of ringing
	Document             string        // the TwiML that was fetched, or handed in, when the phone picked up

	Created, Started, Ended time.Time // Started is when the phone picked up
}

// Calls are all calls, oldest first.
func (c *Carrier) Calls() (calls []Call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.calls {
		calls = append(calls, l.Call)
	}
	return calls
}

// Pickup is what a phone does when it rings.
type Pickup string

const (
	NoAnswer  Pickup = ""            // rings until the caller gives up
	Busy      Pickup = "busy"        // is engaged
	Off       Pickup = "unreachable" // cannot be reached: the call fails
	Listens   Pickup = "listens"     // is picked up, and hung up without a key
	Voicemail Pickup = "voicemail"   // a machine takes the call
)

// OnCall sets what the phone does when it rings, from the next call on.
func (p *Phone) OnCall(pickup Pickup) {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	p.pickup = pickup
}

type call struct {
	Call
	machineDetection bool
	updated          time.Time
	ended            chan struct{} // closed when a client of the REST side ends it
	sequence         int           // of the next status callback
}

// Statuses of a call, as Twilio names them.
const (
	callInitiated  = "initiated"
	callRinging    = "ringing"
	callInProgress = "in-progress"
	callCompleted  = "completed"
	callBusy       = "busy"
	callNoAnswer   = "no-answer"
	callFailed     = "failed"
	callCanceled   = "canceled"
)

// The events that a client can ask to be told of. An end without an answer is
// told as completed, too.
const (
	eventAnswered  = "answered"
	eventCompleted = "completed"
)

// Ringing time of a call that names none, and the longest that Twilio allows.
const (
	defaultRingTimeout = 60 * time.Second
	maxRingTimeout     = 600 * time.Second
)

func (c *Carrier) createCall(req *request) (int, any, error) {
	f := c.faultFor(OpCreateCall, req.form.Get("To"), req.form.Get("From"))
	var view callView
	create := func() error {
		l, err := c.newCall(req.form)
		if err != nil {
			return err
		}
		view = c.acceptCall(l, f)
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

// newCall checks what a client wants to call:
// https://www.twilio.com/docs/voice/api/call-resource
func (c *Carrier) newCall(form url.Values) (*call, error) {
	to, from := form.Get("To"), form.Get("From")
	switch {
	case to == "":
		return nil, invalid(21201, "No 'To' number is specified")
	case !e164.MatchString(to):
		return nil, invalid(21211, "The 'To' number %s is not a valid phone number.", to)
	case from == "":
		return nil, invalid(21213, "No 'From' number is specified")
	}
	n := c.number(from)
	if n == nil || n.isService() || n.isShortCode() {
		return nil, invalid(21210, "The source phone number provided, %s, is not yet verified for your account.", from)
	}
	address, twiml := form.Get("Url"), form.Get("Twiml")
	if u, err := url.Parse(address); twiml == "" && (err != nil || u.Host == "") {
		return nil, invalid(21205, "Url parameter is required, and has to be absolute.")
	}
	callback, err := callbackAddress(form)
	if err != nil {
		return nil, err
	}
	events := form["StatusCallbackEvent"]
	if len(events) == 0 {
		events = []string{eventCompleted}
	}
	timeout := defaultRingTimeout
	if n, err := strconv.Atoi(form.Get("Timeout")); err == nil && n > 0 {
		timeout = min(time.Duration(n)*time.Second, maxRingTimeout)
	}
	return &call{
		Call: Call{
			Sid: newSID("CA"), Direction: OutboundAPI, From: from, To: to, Status: statusQueued,
			URL: address, Twiml: twiml, StatusCallback: callback, StatusCallbackEvents: events, Timeout: timeout,
		},
		machineDetection: form.Get("MachineDetection") != "", ended: make(chan struct{}),
	}, nil
}

func (c *Carrier) acceptCall(l *call, f Fault) callView {
	c.mu.Lock()
	c.storeCall(l)
	c.counts.Calls++
	view := c.viewCall(l)
	pickup := c.phoneLocked(l.To).pickup
	c.mu.Unlock()
	c.ring(l, f, pickup)
	return view
}

// storeCall records a call. The carrier's lock is held.
func (c *Carrier) storeCall(l *call) {
	l.Created = c.now()
	l.updated = l.Created
	c.calls = append(c.calls, l)
	c.callBy[l.Sid] = l
}

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
// picks up, and keeps it.
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
	return form
}

func (c *Carrier) listCalls(req *request) (int, any, error) {
	to, from, status := req.form.Get("To"), req.form.Get("From"), req.form.Get("Status")
	if err := c.befall(req, OpListCalls, to, from); err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var found []*call
	for _, l := range slices.Backward(c.calls) {
		if (to == "" || l.To == to) && (from == "" || l.From == from) && (status == "" || l.Status == status) &&
			during(req.form, "StartTime", l.Created) {
			found = append(found, l)
		}
	}
	cut, envelope := paginate(req, found, func(l *call) string { return l.Sid })
	list := struct {
		page
		Calls []callView `json:"calls"`
	}{envelope, make([]callView, len(cut))}
	for i, l := range cut {
		list.Calls[i] = c.viewCall(l)
	}
	return http.StatusOK, list, nil
}

func (c *Carrier) fetchCall(req *request) (int, any, error) {
	l, err := c.findCall(req, OpFetchCall)
	if err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return http.StatusOK, c.viewCall(l), nil
}

// updateCall ends a call, which is the one update that needs no conversation.
func (c *Carrier) updateCall(req *request) (int, any, error) {
	l, err := c.findCall(req, OpUpdateCall)
	if err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	status := req.form.Get("Status")
	switch {
	case status != callCompleted && status != callCanceled:
		return 0, nil, invalid(20001, "A call can only be ended: Status completed or canceled.")
	case l.finished():
		return 0, nil, invalid(21220, "Call is not in-progress. Cannot redirect.")
	case l.Started.IsZero():
		status = callCanceled // nobody has picked up yet
	case status == callCanceled: // only a call that nobody has picked up can be
		return http.StatusOK, c.viewCall(l), nil
	}
	l.Status, l.Ended = status, c.now()
	l.updated = l.Ended
	close(l.ended)
	phone, peer := l.To, l.From
	if l.Direction == Inbound {
		phone, peer = l.From, l.To
	}
	c.phoneLocked(phone).append(entry{Sid: l.Sid, Call: true, Peer: peer, Note: callNotes[callCanceled]})
	return http.StatusOK, c.viewCall(l), nil
}

func (c *Carrier) findCall(req *request, op Op) (*call, error) {
	c.mu.Lock()
	l := c.callBy[req.sid]
	c.mu.Unlock()
	if l == nil {
		l = &call{}
	}
	if err := c.befall(req, op, l.To, l.From); err != nil {
		return nil, err
	}
	if l.Sid == "" {
		return nil, notFound(req.r.URL.Path)
	}
	return l, nil
}

// callView is a call as Twilio answers it.
type callView struct {
	Sid         string  `json:"sid"`
	AccountSid  string  `json:"account_sid"`
	APIVersion  string  `json:"api_version"`
	AnsweredBy  *string `json:"answered_by"`
	DateCreated *string `json:"date_created"`
	DateUpdated *string `json:"date_updated"`
	Direction   string  `json:"direction"`
	Duration    *string `json:"duration"`
	StartTime   *string `json:"start_time"`
	EndTime     *string `json:"end_time"`
	From        string  `json:"from"`
	To          string  `json:"to"`
	Price       *string `json:"price"`
	PriceUnit   string  `json:"price_unit"`
	Status      string  `json:"status"`
	URI         string  `json:"uri"`
}

// viewCall is the call's view. The carrier's lock is held.
func (c *Carrier) viewCall(l *call) callView {
	v := callView{
		Sid: l.Sid, AccountSid: c.cfg.AccountSID, APIVersion: apiVersion, AnsweredBy: optional(l.AnsweredBy),
		DateCreated: rfc2822(l.Created), DateUpdated: rfc2822(l.updated), Direction: l.Direction,
		StartTime: rfc2822(l.Started), EndTime: rfc2822(l.Ended), From: l.From, To: l.To, PriceUnit: "USD",
		Status: l.Status, URI: c.resource("Calls/"+l.Sid) + ".json",
	}
	if !l.Started.IsZero() && l.finished() {
		v.Duration = optional(seconds(l.Ended.Sub(l.Started)))
	}
	return v
}
