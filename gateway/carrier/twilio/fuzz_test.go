package twilio

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"aviso/gateway"
)

// A receipt is taken with a rank that exists and a failure where it says so, or
// it is not taken.
func FuzzParseReceipt(f *testing.F) {
	for _, seed := range []string{
		"MessageSid=SM1&MessageStatus=delivered", "MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30003",
		"CallSid=CA1&CallStatus=busy", "CallSid=CA1&CallStatus=completed&MessageStatus=failed", "MessageSid=&MessageStatus=%00", "ErrorCode=99999999999999999999",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		form, _ := url.ParseQuery(raw)
		r, known, err := new(Validator).ParseReceipt(gateway.ID{1}, form)
		if err != nil || !known {
			if r != (gateway.Receipt{}) {
				t.Errorf("%q: %+v beside %v", raw, r, err)
			}
			return
		}
		if r.Rank < gateway.RankNone || r.Rank > gateway.RankRead || (r.Failure != nil) != (r.Rank == gateway.RankFailed) || r.Attempt != (gateway.ID{1}) {
			t.Errorf("%q: %+v", raw, r)
		}
		if r.Failure != nil && r.Failure.Remedy == 0 {
			t.Errorf("%q: a failure without a remedy", raw)
		}
	})
}

// What became of an answer in band is taken for the phone that its address was
// made for, or it is not taken.
func FuzzParseAnswer(f *testing.F) {
	v, err := NewValidator("https://aviso.example.org", "0123456789abcdef0123456789abcdef", "")
	if err != nil {
		f.Fatal(err)
	}
	const juan gateway.Phone = "+13125550101"
	id := v.tokens[0].answer(juan)
	for _, seed := range []string{
		"MessageSid=SM1&MessageStatus=delivered&To=%2B13125550101", "MessageSid=SM1&SmsStatus=FAILED&ErrorCode=21610&From=%2B13125550101",
		"MessageSid=SM1&MessageStatus=sent&To=%2B13125550102", "MessageSid=&MessageStatus=%00&To=", "To=%2B13125550101",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		form, _ := url.ParseQuery(raw)
		a, err := v.ParseAnswer(id, form)
		switch {
		case err != nil:
			if a != (Answered{}) {
				t.Errorf("%q: %+v beside %v", raw, a, err)
			}
		case a.To != juan, a.SID == "", a.Failure != nil && (!a.Final || a.Failure.Remedy == 0):
			t.Errorf("%q: %+v", raw, a)
		}
		if _, err := v.ParseAnswer("", form); err == nil {
			t.Errorf("%q: taken for an address that is nobody's", raw)
		}
	})
}

// The steps of calls, whoever made them up.
func FuzzParseCall(f *testing.F) {
	for _, seed := range []struct{ query, form string }{
		{"", "CallSid=CA1&From=%2B13125550101&To=%2B15550001111&Digits=1"},
		{"step=3", "CallSid=CA1&From=anonymous&To=%2B15550001111&Digits=4821%23"},
		{"step=-1&rung=x", "CallSid=CA1"}, {"step=99999999999999999999", "Digits=**"},
	} {
		f.Add(seed.query, seed.form)
	}
	f.Fuzz(func(t *testing.T, rawQuery, rawForm string) {
		query, _ := url.ParseQuery(rawQuery)
		form, _ := url.ParseQuery(rawForm)
		if e, err := ParseCall(query, form); err == nil && (e.Session == "" || e.Step < 0 || e.Scope().Key == "") {
			t.Errorf("%q %q: %+v", rawQuery, rawForm, e)
		}
		if e, err := ParseWhisper(query, form); err == nil && e == nil {
			t.Errorf("%q %q: a whisper of nothing", rawQuery, rawForm)
		}
		if e, err := ParseNotice(gateway.ID{1}, query, form); err == nil && e == nil {
			t.Errorf("%q %q: a notice of nothing", rawQuery, rawForm)
		}
	})
}

// What a carrier says of when to come back never keeps an alert waiting long.
func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "5", "-1", "99999999999", "Sun, 22 Nov 2026 10:00:00 GMT", "1.5"} {
		f.Add(seed, "Sun, 22 Nov 2026 09:59:58 GMT")
	}
	f.Fuzz(func(t *testing.T, value, date string) {
		if wait := retryAfter(http.Header{"Retry-After": {value}, "Date": {date}}); wait < 0 || wait > 30*time.Second {
			t.Errorf("%q at %q: %s", value, date, wait)
		}
	})
}
