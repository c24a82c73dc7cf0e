package gateway

import (
	"crypto/sha256"
	"time"
)

// Pass lets a consulate's desk look at one alert: a link that is good once,
// with a code that is said on the phone. Whoever opens it keeps it, in one
// browser, until it expires. It is never made for somebody who did not consent
// to consular notice, and shows nothing once that consent is gone.
type Pass struct {
	Key     []byte    `json:"-"` // hash of what stands in the link
	Seq     int64     `json:"-"` // the sequence number that was seen; 0: new
	Alert   ID        `json:"-"`
	Expires time.Time `json:"-"`

	Recipient ID        `json:"recipient"` // the desk, as the alert knows it
	Phone     Phone     `json:"phone"`
	Language  string    `json:"language,omitempty"`
	Code      []byte    `json:"code"` // hash
	Wrong     int       `json:"wrong,omitempty"`
	Opened    time.Time `json:"opened,omitzero"`
	Holder    []byte    `json:"holder,omitempty"` // hash of what the browser keeps that opened it
}

// PassKey is what a link is found by: who reads the records cannot open it.
func PassKey(token string) []byte {
	sum := sha256.Sum256([]byte("pass " + token))
	return sum[:]
}
