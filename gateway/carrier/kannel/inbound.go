package kannel

import (
	"encoding/binary"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"

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
// character set that it names (inCharset). Only the text may be empty. key is put
// before the id, as each Kannel numbers its own. country is that of numbers which
// the operator hands over without one: "MX", "US"; "": none. Any other error than
// a *FieldError does not happen.
func ParseText(key string, query url.Values, country string) (gateway.Text, error) {
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
	body := strings.ToValidUTF8(inCharset(query.Get("text"), query.Get("charset")), "\uFFFD")
	return *gateway.NewText(key+values[0], international(values[1], country), values[2], body, ""), nil
}

// inCharset makes UTF-8 of a text in the character set that Kannel names by %C:
// UTF-8, UTF-16BE where the phone sent UCS-2, WINDOWS-1252 or ISO-8859-1 where
// Kannel recoded it so, "GSM" for the default alphabet, which Kannel has made UTF-8
// of, or Latin in older versions. What is no UTF-8 under a name that nobody knows
// is read as Windows-1252, which has every letter of Spanish; without a name it is
// UTF-8, as GetURL asks for one.
func inCharset(text, charset string) string {
	charset = strings.ToLower(strings.TrimSpace(charset))
	switch {
	case charset == "", charset == "utf-8", charset == "utf8":
		return text
	case charset == "ucs-2", charset == "ucs2", strings.HasPrefix(charset, "utf-16"), charset == "utf16":
		return fromUTF16(text, strings.HasSuffix(charset, "le"))
	case utf8.ValidString(text) && strings.Trim(charset, "abcdefghijklmnopqrstuvwxyz") == "": // "gsm", "binary"
		return text
	}
	named, err := htmlindex.Get(charset)
	if err != nil || named == encoding.Replacement {
		if utf8.ValidString(text) {
			return text
		}
		named = charmap.Windows1252
	}
	decoded, err := named.NewDecoder().String(text)
	if err != nil {
		return text
	}
	return decoded
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
// plus, with an international prefix, bare with the country code, or with ten
// digits and no country, which is then the operator's own; what is too short for
// that is a short code or a service's name, and stays.
func international(s, country string) gateway.Phone {
	phone := gateway.ParseAddress(s).Phone
	if phone.Dialable() || country == "" {
		return phone
	}
	digits := digit.Only(s)
	if bare := strings.Trim(s, "0123456789-.() "); bare != "" || len(digits) != nationalDigits {
		return phone
	}
	if code := phonenumbers.GetCountryCodeForRegion(country); code > 0 {
		return gateway.CarrierPhone("+" + strconv.Itoa(code) + digits)
	}
	return phone
}

// nationalDigits is how long numbers are within Mexico and within the US.
const nationalDigits = 10

// fromUTF16 reads UTF-16, big-endian as a short message carries it unless it is
// told otherwise or begins with the mark of the other order. An odd byte at the
// end is dropped.
func fromUTF16(s string, little bool) string {
	order := binary.ByteOrder(binary.BigEndian)
	switch {
	case strings.HasPrefix(s, "\xff\xfe"):
		little, s = true, s[2:]
	case strings.HasPrefix(s, "\xfe\xff"):
		little, s = false, s[2:]
	}
	if little {
		order = binary.LittleEndian
	}
	units := make([]uint16, len(s)/2)
	for i := range units {
		units[i] = order.Uint16([]byte(s[2*i : 2*i+2]))
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
