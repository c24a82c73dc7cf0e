package sim

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Op is a request of the REST side that a fault can befall.
type Op string

const (
	OpCreate        Op = "" // creating a message or a call
	OpCreateMessage Op = "messages.create"
	OpListMessages  Op = "messages.list"
	OpFetchMessage  Op = "messages.fetch"
	OpUpdateMessage Op = "messages.update" // redaction
	OpDeleteMessage Op = "messages.delete"
	OpListMedia     Op = "messages.media.list"
	OpDeleteMedia   Op = "messages.media.delete"
	OpCreateCall    Op = "calls.create"
	OpListCalls     Op = "calls.list"
	OpFetchCall     Op = "calls.fetch"
	OpUpdateCall    Op = "calls.update"
	OpAny           Op = "*" // every request

	opReply Op = "messages.reply" // a <Message> in an answer, which no request fails
)

// Fault is something that goes wrong. Of several that match a request, the
// one that was set last applies, alone.
type Fault struct {
	// What it befalls. To and From are a number, a beginning followed by a
	// star (+52*), or empty for any; a request without such a field matches
	// only an empty one. Times is for how many requests; 0: until withdrawn.
	Op       Op
	To, From string
	Times    int

	// How the request is answered. Delay passes first, whether the client
	// waits or not. Then at most one of: Status, the HTTP status of an error,
	// with Twilio's Code (0: the one that belongs to the status) and
	// Retry-After; Hang, no answer until the client gives up; Drop, the
	// connection closed without an answer. Stored says that the carrier takes
	// a message or a call at once, before the delay, and acts on it, whatever
	// it answers then.
	Delay      time.Duration
	Status     int
	Code       int
	RetryAfter time.Duration // whole seconds
	Hang, Drop bool
	Stored     bool

	// What becomes of an accepted message or call. Queued is the time that it
	// spends in the carrier's queue; where that is longer than the message's
	// ValidityPeriod, the message fails at once with 30036. Final is the last
	// status: undelivered, failed or sent for a message, busy, no-answer,
	// failed or completed for a call; empty: as usual. FinalCode is the error
	// that comes with it. Lost is a text that never reaches the phone, whatever
	// its status says.
	Queued    time.Duration
	Final     string
	FinalCode int
	Lost      bool

	// Receipts, if set, is handed what would be posted to StatusCallback and
	// returns what is posted instead, in that order.
	Receipts func([]Receipt) []Receipt
}

// Receipt is one status callback that will be posted.
type Receipt struct {
	Status    string
	ErrorCode int
	Unsigned  bool       // with a signature that is wrong
	Replace   url.Values // fields that are posted with other values; a nil value leaves the field out

	step int // of the message's life, before which it cannot be posted
}

// Fault sets a fault. What it returns withdraws it again.
func (c *Carrier) Fault(f Fault) (withdraw func()) {
	set := &fault{Fault: f, left: f.Times}
	c.mu.Lock()
	c.faults = append(c.faults, set)
	c.mu.Unlock()
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.faults = slices.DeleteFunc(c.faults, func(other *fault) bool { return other == set })
	}
}

// Heal withdraws every fault.
func (c *Carrier) Heal() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = nil
}

type fault struct {
	Fault
	left int // requests that it still befalls, where Times is set
}

// faultFor is the fault that befalls a request; the zero Fault if none does.
func (c *Carrier) faultFor(op Op, to, from string) Fault {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, f := range slices.Backward(c.faults) {
		if !f.befalls(op) || !matches(f.To, to) || !matches(f.From, from) {
			continue
		}
		if f.Times > 0 {
			if f.left--; f.left == 0 {
				c.faults = slices.Delete(c.faults, i, i+1)
			}
		}
		return f.Fault
	}
	return Fault{}
}

func (f *fault) befalls(op Op) bool {
	switch f.Op {
	case OpAny:
		return true
	case OpCreate:
		return op == OpCreateMessage || op == OpCreateCall
	}
	return f.Op == op
}

func matches(pattern, number string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(number, prefix)
	}
	return pattern == "" || pattern == number
}

// intercept answers a request as the fault has it: an error that is the
// answer, or no answer at all; nil where the fault leaves the answer alone.
func (c *Carrier) intercept(req *request, f Fault) error {
	switch {
	case f.Hang:
		select {
		case <-req.r.Context().Done():
		case <-c.ctx.Done():
		}
		panic(http.ErrAbortHandler)
	case f.Drop:
		panic(http.ErrAbortHandler)
	case f.Status != 0:
		if f.RetryAfter > 0 {
			req.w.Header().Set("Retry-After", seconds(f.RetryAfter))
		}
		return &restError{Status: f.Status, Code: f.Code, Message: "The request to '" + req.form.Get("To") + "' failed."} // Twilio quotes numbers, too
	}
	return nil
}
