package sim

import (
	"net/http"
	"net/url"
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
	ByHand    Pickup = "by hand"     // rings until somebody answers it: [Phone.Answer]
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
	parent           string // CallSid of the call whose <Dial> made it
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
	return c.create(req, f, func() (any, error) {
		l, err := c.newCall(req.form)
		if err != nil {
			return nil, err
		}
		return c.acceptCall(l, f), nil
	})
}

// create makes a call or a message, before or after the fault that a test has set
// for it.
func (c *Carrier) create(req *request, f Fault, make func() (view any, err error)) (status int, view any, err error) {
	if f.Stored {
		if view, err = make(); err != nil {
			return 0, nil, err
		}
	}
	c.pause(f.Delay)
	if err := c.intercept(req, f); err != nil {
		return 0, nil, err
	}
	if !f.Stored {
		if view, err = make(); err != nil {
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
	if err := c.refusesCall(to); err != nil {
		return nil, err
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
	if pickup == ByHand && f.Final == "" {
		c.spawn(func() { c.ringByHand(l) })
		return view
	}
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
