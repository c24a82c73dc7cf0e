package twilio

import (
	"net/http"
	"strconv"
	"time"

	"aviso/gateway"
)

// Known reports whether the policy of a failure's code is in the table, or the
// code is one of this package's own ("timeout", "http-503"). One that is not
// behaves as its class does, and is worth counting: Twilio's list grows.
func Known(code string) bool {
	if _, ok := policies[code]; ok {
		return true
	}
	_, err := strconv.Atoi(code)
	return err != nil
}

// Words for the patterns of the table.
var (
	again      = gateway.Failure{Remedy: gateway.Retry}
	elsewhere  = gateway.Failure{Remedy: gateway.Elsewhere}
	operator   = gateway.Failure{Remedy: gateway.Elsewhere, Alarm: true} // theirs to mend; meanwhile another way
	account    = gateway.Failure{Remedy: gateway.Elsewhere, Alarm: true, Outage: true}
	unreached  = gateway.Failure{Remedy: gateway.Elsewhere, Alarm: true, Unreached: true}
	noTexts    = gateway.Failure{Remedy: gateway.Call}
	unassigned = gateway.Failure{Remedy: gateway.Call, Unassigned: true}
	onceMore   = gateway.Failure{Remedy: gateway.Retry, Waits: [3]time.Duration{5 * time.Second}, Then: gateway.Elsewhere}
	otherWords = gateway.Failure{Remedy: gateway.Elsewhere, Filtered: true, Then: gateway.Call, Alarm: true}
	noWhatsApp = gateway.Failure{Remedy: gateway.Elsewhere, Then: gateway.Call}

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

// policies says what to do about each code of Twilio's that has a policy of
// its own, and about the statuses of calls, whether it comes as the answer to
// a request or later in a receipt. https://www.twilio.com/docs/api/errors
var policies = map[string]gateway.Failure{
	// Too many requests: nothing was processed.
	"20429": again,
	"14107": again,

	// Credentials and account.
	"20003": account, // authentication failed
	"20404": account, // no such account
	"30002": account, // account suspended

	// The recipient.
	"21211": {Remedy: gateway.Never, Invalid: true}, // not a valid number
	"21610": {Remedy: gateway.Never, OptedOut: true},
	"21614": noTexts, // not a mobile
	"21635": noTexts, // a landline, where no text to it is tried
	"30003": handsetOff,
	"30005": unassigned, // unknown handset
	"30006": noTexts,    // landline

	// The sender, and what it may reach.
	"21408": unreached, // country not enabled for texts
	"21606": operator,  // sender cannot reach it
	"21612": operator,
	"21659": operator,  // not a number of Twilio's, or a short code of another country
	"21660": operator,  // not a number of this account
	"21608": unreached, // trial account: unverified number, for texts
	"21219": operator,  // the same for calls
	"21210": operator,  // caller ID not verified
	"21215": operator,  // country not enabled for calls
	"30018": unreached, // not registered, or capped
	"30022": operator,
	"30023": operator,
	"30024": unreached,
	"30032": unreached,
	"30034": unreached,

	// The text. One that is too long is a mistake of ours, and a call still
	// gets through.
	"21617": {Remedy: gateway.Call, Filtered: true, Alarm: true},
	"30004": otherWords, // blocked
	"30007": otherWords, // filtered

	// The way.
	"21611": elsewhere, // the sender's queue is full
	"30001": elsewhere, // queue overflow, or queued for too long
	"30036": elsewhere, // queued beyond its validity period
	"30008": onceMore,  // unknown
	"30017": onceMore,  // congestion
	"30410": onceMore,  // provider fault
	"30500": onceMore,

	// WhatsApp.
	"63016": operator, // outside the 24 hours, in which only approved templates go
	"63018": again,
	"63024": noWhatsApp,
	"63033": noWhatsApp,

	// A message whose body is to be removed is still on its way.
	"20009": {Remedy: gateway.Retry, Pending: true},

	// Calls that reached nobody.
	"call-busy":      ringAgain,
	"call-no-answer": ringAgain,
	"call-failed":    ringAgain,
	"call-canceled":  ringAgain,
}

// AlarmCodes are those that the operator has to do something about: the ones of
// the table, and the statuses of credentials and addresses.
func AlarmCodes() []string {
	codes := []string{"http-401", "http-403", "http-404"}
	for code, f := range policies {
		if f.Alarm {
			codes = append(codes, code)
		}
	}
	return codes
}

// createFailure is what an answer to a request comes to that is no success.
// A 5xx may come from in front of or behind the place where the message was
// taken in, so its outcome is unknown whatever code it carries.
func createFailure(status, code int, after time.Duration) *gateway.Failure {
	name := "http-" + strconv.Itoa(status)
	f, ok := policies[strconv.Itoa(code)]
	switch {
	case status >= 500 || status == http.StatusRequestTimeout || status < 300:
		f = outcomeUnknown // below 300: said to be done, but not what was made
	case ok:
		name = strconv.Itoa(code)
	case code != 0:
		name = strconv.Itoa(code)
		f = ofStatus(status)
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

// receiptFailure is what a receipt says that reports a failure: by its error
// code, or where it has none that can be read, by its status.
func receiptFailure(code, status string) *gateway.Failure {
	n, err := strconv.ParseUint(code, 10, 32)
	if err != nil || n == 0 {
		code = status
	} else {
		code = strconv.FormatUint(n, 10)
	}
	f, ok := policies[code]
	if !ok {
		f = policies["30008"] // unknown: as Twilio's own "unknown error"
		if g, isCall := policies[status]; isCall {
			f = g
		}
	}
	f.Code = code
	return &f
}
