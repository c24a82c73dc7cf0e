package twilio

import (
	"net/url"
	"strings"

	"aviso/gateway"
)

// ParseReceipt reads the form of a status callback for the attempt that its
// path names: of a message (MessageSid and MessageStatus) or of a call
// (CallSid and CallStatus). Receipts come unordered, repeated or not at all;
// known is false for a status that this version does not know, which is to be
// accepted and left alone. An error is always a *FieldError.
//
// https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
// https://www.twilio.com/docs/voice/api/call-resource#statuscallback
func (v *Validator) ParseReceipt(attempt gateway.ID, form url.Values) (r gateway.Receipt, known bool, err error) {
	sid, status, ranks := "MessageSid", "MessageStatus", messageRanks
	if form.Has("CallSid") || form.Has("CallStatus") {
		sid, status, ranks = "CallSid", "CallStatus", callRanks
	}
	if sid == "MessageSid" && !form.Has(status) && form.Has("SmsStatus") {
		status = "SmsStatus" // Twilio's older name, and the only one that SignalWire sends
	}
	if sid == "MessageSid" && !form.Has(sid) && form.Has("SmsSid") {
		sid = "SmsSid"
	}
	if _, err := name(form, sid); err != nil {
		return gateway.Receipt{}, false, err
	}
	word, err := name(form, status)
	if err != nil {
		return gateway.Receipt{}, false, err
	}
	word = strings.ToLower(word)
	rank, known := ranks[word]
	if !known {
		return gateway.Receipt{}, false, nil
	}
	r = gateway.Receipt{Attempt: attempt, Rank: rank, Sender: senderOf(form)}
	if rank == gateway.RankFailed {
		if status == "CallStatus" {
			word = "call-" + word
		}
		r.Failure = v.codes.receipt(form.Get("ErrorCode"), word)
	}
	return r, true, nil
}

// senderOf is the number of ours that a receipt is of: the service where one
// chose it, since that is what we asked to send. "" where it cannot be read.
func senderOf(form url.Values) string {
	for _, field := range []string{"MessagingServiceSid", "From"} {
		if written, err := name(form, field); err == nil {
			return sender(written)
		}
	}
	return ""
}

// messageRanks are the statuses of messages.
var messageRanks = map[string]gateway.Rank{
	"accepted":    gateway.RankNone, // taken, and no sender chosen yet
	"scheduled":   gateway.RankNone,
	"queued":      gateway.RankQueued,
	"sending":     gateway.RankSending,
	"sent":        gateway.RankSent,
	"delivered":   gateway.RankDelivered,
	"undelivered": gateway.RankFailed,
	"failed":      gateway.RankFailed,
	"canceled":    gateway.RankFailed,
	"read":        gateway.RankRead,
}

// callRanks are the statuses of calls. One that was answered has not been
// delivered by that: a voicemail answers too, and only a key proves that
// somebody knows. So "completed" ranks no higher than an answer, and one that
// comes late cannot undo a failure.
var callRanks = map[string]gateway.Rank{
	"queued":      gateway.RankQueued,
	"initiated":   gateway.RankQueued,
	"ringing":     gateway.RankSending,
	"in-progress": gateway.RankSent,
	"completed":   gateway.RankSent,
	"busy":        gateway.RankFailed,
	"no-answer":   gateway.RankFailed,
	"failed":      gateway.RankFailed,
	"canceled":    gateway.RankFailed,
}
