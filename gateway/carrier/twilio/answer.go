package twilio

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/url"
	"strings"

	"aviso/gateway"
)

// What is answered in band to a text is no attempt of ours and has no row: what
// becomes of it is told to an address that its <Message> names. That address is made
// from the phone with the auth token as key, so that it is known again without
// being kept, leads nobody to the phone, and can be guessed by nobody; the same
// answer has the same one, whichever node gives it.

// AnswerPath is where answers in band are reported, below the public URL.
const AnswerPath = "/twilio/answer/"

// AnswerReport is the address that is told what becomes of an answer to a phone.
func (v *Validator) AnswerReport(to gateway.Phone) string {
	return v.heads[0] + AnswerPath + v.tokens[0].answer(to)
}

// answer names a phone: 32 hexadecimal digits.
func (k *keyed) answer(to gateway.Phone) string {
	mac := hmac.New(sha256.New, []byte(k.token))
	mac.Write([]byte("aviso answer\x00"))
	mac.Write([]byte(to))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// Answered is what became of an answer in band.
type Answered struct {
	SID     string // Twilio's name for it
	To      gateway.Phone
	Final   bool             // nothing more becomes of it
	Failure *gateway.Failure // nil: it went well as far as is known
}

// ParseAnswer reads the form that is posted to an answer's address, whose id
// stands in the path: MessageSid and MessageStatus, and the phone, in From or
// To. An id that is not that phone's is ErrNotFound.
// https://www.twilio.com/docs/messaging/twiml/message#action
func (v *Validator) ParseAnswer(id string, form url.Values) (Answered, error) {
	sid, err := name(form, "MessageSid")
	if err != nil {
		return Answered{}, err
	}
	field := "MessageStatus"
	if !form.Has(field) {
		field = "SmsStatus"
	}
	status, err := name(form, field)
	if err != nil {
		return Answered{}, err
	}
	phone := v.answered(id, form)
	if phone == "" {
		return Answered{}, gateway.ErrNotFound
	}
	status = strings.ToLower(status)
	rank := messageRanks[status]
	answered := Answered{SID: sid, To: phone, Final: rank >= gateway.RankFailed}
	if rank == gateway.RankFailed {
		answered.Failure = v.codes.receipt(form.Get("ErrorCode"), status)
	}
	return answered, nil
}

// answered is the phone of the form that an id was made for; "": neither.
func (v *Validator) answered(id string, form url.Values) gateway.Phone {
	for _, field := range []string{"To", "From"} {
		phone := gateway.ParseAddress(form.Get(field)).Phone
		for _, token := range v.tokens {
			if phone != "" && subtle.ConstantTimeCompare([]byte(token.answer(phone)), []byte(id)) == 1 {
				return phone
			}
		}
	}
	return ""
}
