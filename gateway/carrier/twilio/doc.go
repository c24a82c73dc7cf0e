// Package twilio is the carrier Twilio: signed forms come in and become the
// domain's texts and receipts, answers go out as TwiML, and messages and calls
// go out through twilio-go. What Twilio's error codes mean is one table in
// errors.go; each becomes a [gateway.Failure] that carries its own policy.
//
// Nothing in here knows a store, a router or a queue. No phone, text or token
// is ever part of an error of this package.
package twilio
