package kannel

import (
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf16"

	"aviso/gateway"
	"aviso/gateway/digit"
)

// FieldError is a field of Kannel's request that is missing or cannot be read:
// the request is to be answered 400. It never holds the value.
type FieldError struct {
	Field     string
	Malformed bool // it is there, but is not what it should be
}

func (e *FieldError) Error() string {
	if e.Malformed {
		return fmt.Sprintf("kannel: field %s is malformed", e.Field)
	}
	return fmt.Sprintf("kannel: field %s is missing", e.Field)
}

// GetURL is the query of the sms-service's get-url, as ParseText reads it.
const GetURL = "from=%p&to=%P&id=%I&charset=%C&text=%b"

// ParseText reads an incoming text from the query that GetURL asks for: who
// wrote, to which number of ours, Kannel's own id of it, and the text in the
// character set that it names (UTF-8, or UTF-16BE where the phone sent UCS-2).
// Only the text may be empty. key is put before the id, as each Kannel numbers
// its own. Any other error than a *FieldError does not happen.
func ParseText(key string, query url.Values) (gateway.Text, error) {
	var values [3]string
	for i, field := range []string{"id", "from", "to"} {
		value, err := name(query, field)
		if err != nil {
			return gateway.Text{}, err
		}
		values[i] = value
	}
	if !query.Has("text") {
		return gateway.Text{}, &FieldError{Field: "text"}
	}
	body := query.Get("text")
	if charset := strings.ToUpper(query.Get("charset")); strings.HasPrefix(charset, "UTF-16") || charset == "UCS-2" {
		body = fromUTF16(body)
	}
	body = strings.ToValidUTF8(body, "\uFFFD")
	return *gateway.NewText(key+values[0], international(values[1]), values[2], body, ""), nil
}

// ParseReceipt reads a receipt from the query that Send asks for: the attempt
// and Kannel's number for what became of it (a bit of its dlr-mask). Receipts
// may come in any order, repeated, or before Send has its answer; known is
// false for a number that this version does not know, which is to be accepted
// and left alone. An error is a *FieldError, or gateway.ErrNotFound where the
// attempt is none.
func ParseReceipt(query url.Values) (r gateway.Receipt, known bool, err error) {
	id, err := name(query, "id")
	if err != nil {
		return gateway.Receipt{}, false, err
	}
	status, err := name(query, "status")
	if err != nil {
		return gateway.Receipt{}, false, err
	}
	if r.Attempt, err = gateway.ParseID(id); err != nil {
		return gateway.Receipt{}, false, gateway.ErrNotFound
	}
	outcome, known := receipts[status]
	if !known {
		return gateway.Receipt{}, false, nil
	}
	r.Rank = outcome.rank
	if outcome.failure != nil {
		failure := *outcome.failure
		r.Failure = &failure
	}
	return r, true, nil
}

// receiptMask asks for every kind of receipt.
const receiptMask = 1 | 2 | 4 | 8 | 16

// receipts are Kannel's numbers. A failure says nothing of why: an operator's
// text may hold words of the message, so it is not asked for.
var receipts = map[string]struct {
	rank    gateway.Rank
	failure *gateway.Failure
}{
	"1": {rank: gateway.RankDelivered},
	"2": {gateway.RankFailed, &gateway.Failure{
		Code: codeFailed, Remedy: gateway.Elsewhere, Then: gateway.Call,
	}},
	"4": {rank: gateway.RankQueued}, // at the SMSC
	"8": {rank: gateway.RankSent},   // the SMSC took it
	"16": {gateway.RankFailed, &gateway.Failure{
		Code: codeRejected, Remedy: gateway.Elsewhere, Then: gateway.Call,
	}},
}

// international gives a number in E.164. Operators hand numbers over with a
// plus, with an international prefix, or bare with the country code; what is
// too short for that is a short code or a service's name, and stays.
func international(s string) gateway.Phone {
	digits := strings.TrimPrefix(s, "00")
	if len(digits) >= 11 && digit.All(digits) {
		return gateway.CarrierPhone("+" + digits)
	}
	return gateway.CarrierPhone(s)
}

// fromUTF16 reads big-endian UTF-16, as a short message carries it. An odd
// byte at the end is dropped.
func fromUTF16(s string) string {
	units := make([]uint16, len(s)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16([]byte(s[2*i : 2*i+2]))
	}
	return string(utf16.Decode(units))
}

// name reads a required field that is an id or an address: short and of
// printable ASCII, so that it can be a key in any database.
func name(query url.Values, field string) (string, error) {
	const most = 64 // a UUID has 36 characters
	value := strings.TrimSpace(query.Get(field))
	if value == "" {
		return "", &FieldError{Field: field}
	}
	if len(value) > most || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", &FieldError{Field: field, Malformed: true}
	}
	return value, nil
}
