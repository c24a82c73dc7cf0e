package twilio

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"aviso/gateway"
)

// Codes says what is to be done about each error code of an account's: the
// table's word, else what the operator says of codes that the table lacks
// (gateway.Policy.Errors), else that of the code's family or of its status. The
// zero value is the table alone.
type Codes struct{ further map[string]gateway.Failure }

// NewCodes adds what an operator says of further codes. One that the table has
// is an error: what is known of it decides how people are told.
func NewCodes(further []gateway.ErrorClass) (Codes, error) {
	c := Codes{further: map[string]gateway.Failure{}}
	var problems []error
	for i, e := range further {
		if _, known := policies[e.Code]; known {
			problems = append(problems, fmt.Errorf("errors[%d].code: %s is known already: scripts/docs/errors.md", i, e.Code))
		}
		c.further[e.Code] = e.Do.Failure()
	}
	return c, errors.Join(problems...)
}

// Known reports whether the policy of a failure's code is in the table, or the
// code is one of this package's own ("timeout", "http-503").
func Known(code string) bool {
	if _, ok := policies[code]; ok {
		return true
	}
	_, err := strconv.Atoi(code)
	return err != nil
}

// of is the policy of a code that is known, by us or by the operator.
func (c Codes) of(code string) (gateway.Failure, bool) {
	f, ok := policies[code]
	if !ok {
		f, ok = c.further[code]
	}
	return f, ok
}

// Words for the patterns of the table.
var (
	again      = gateway.ClassRetry.Failure()
	onceMore   = gateway.ClassOnce.Failure()
	elsewhere  = gateway.ClassElsewhere.Failure()
	operator   = gateway.ClassOperator.Failure() // theirs to mend; meanwhile another way
	account    = gateway.ClassAccount.Failure()
	unreached  = gateway.ClassUnreached.Failure()
	noTexts    = gateway.ClassCall.Failure()
	otherWords = gateway.ClassWords.Failure()
	noNumber   = gateway.Failure{Remedy: gateway.Never, Invalid: true}
	unassigned = gateway.Failure{Remedy: gateway.Call, Unassigned: true}
	noWhatsApp = gateway.Failure{Remedy: gateway.Elsewhere, Then: gateway.Call}

	// tooLong is a mistake of ours, and a call still gets through.
	tooLong = gateway.Failure{Remedy: gateway.Call, Filtered: true, Alarm: true}

	// capped is for an account that may send no more until tomorrow: whoever can
	// be called is called now, and another account's texts go meanwhile.
	capped = gateway.Failure{Remedy: gateway.Elsewhere, Alarm: true, Outage: true, AlsoCall: true}

	// ringAgain is for a call that reached nobody: up to three more, far
	// enough apart that a phone in use or in a pocket has a chance.
	ringAgain = gateway.Failure{
		Remedy: gateway.Retry,
		Waits:  [3]time.Duration{30 * time.Second, time.Minute, 2 * time.Minute},
		Then:   gateway.Elsewhere,
	}

	// handsetOff is for a phone that is off or out of range, which may pass
	// within minutes; a call goes out meanwhile. The plans of prepaid phones
	// often bar short codes and answer the same way.
	handsetOff = gateway.Failure{
		Remedy:   gateway.Retry,
		Waits:    [3]time.Duration{time.Minute, 5 * time.Minute},
		Then:     gateway.Call,
		Short:    gateway.Elsewhere,
		AlsoCall: true,
	}

	// outcomeUnknown is for a request that may or may not have been acted on.
	outcomeUnknown = gateway.Failure{
		Remedy:  gateway.Retry,
		Unknown: true,
		Waits:   [3]time.Duration{1 * time.Second, 2 * time.Second, 5 * time.Second},
		Then:    gateway.Elsewhere,
	}
)

// answer is what an answer to a request comes to that is no success.
// A 5xx may come from in front of or behind the place where the message was
// taken in, so its outcome is unknown whatever code it carries.
func (c Codes) answer(status, code int, after time.Duration) *gateway.Failure {
	name := "http-" + strconv.Itoa(status)
	f, ok := c.of(strconv.Itoa(code))
	switch {
	case status >= 500 || status == http.StatusRequestTimeout || status < 300:
		f = outcomeUnknown // below 300: said to be done, but not what was made
	case ok:
		name = strconv.Itoa(code)
	case code != 0:
		name = strconv.Itoa(code)
		f = ofFamily(code, status)
		f.Unlisted = true
	default:
		f = ofStatus(status)
		f.Outage = f.Alarm // it is not about this message
	}
	f.Code = name
	if !f.Unknown { // that is looked up first, and a search needs no leave
		f.After = after
	}
	return &f
}

// ofFamily is the policy of a refusal whose code the table lacks: its family's,
// where the status says no more than that this request will not do.
func ofFamily(code, status int) gateway.Failure {
	f := ofStatus(status)
	if fits := familyOf(code); fits != nil && f == elsewhere {
		return *fits
	}
	return f
}

// ofStatus is the policy of a refusal whose code is not in the table.
func ofStatus(status int) gateway.Failure {
	switch status {
	case http.StatusTooManyRequests, http.StatusConflict, http.StatusLocked, http.StatusTooEarly:
		return again
	case http.StatusBadRequest, http.StatusGone, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return elsewhere // this request will not do; another sender's may
	}
	if status < 400 { // something that is not Twilio redirects: a proxy or a wrong base address
		return gateway.Failure{Remedy: gateway.Retry, Alarm: true}
	}
	return operator // 401, 403, 404 and the like: credentials, account, address
}

// receipt is what a receipt says that reports a failure: by its error code, or
// where it has none that can be read, by its status.
func (c Codes) receipt(code, status string) *gateway.Failure {
	n, err := strconv.ParseUint(code, 10, 32)
	if err != nil || n == 0 {
		code = status
	} else {
		code = strconv.FormatUint(n, 10)
	}
	f, ok := c.of(code)
	if !ok {
		f = onceMore // as Twilio's own "unknown error"
		if fits := familyOf(int(n)); fits != nil {
			f = *fits
		}
		if g, isCall := policies[status]; isCall {
			f = g
		}
		f.Unlisted = n != 0
	}
	f.Code = code
	return &f
}
