package main

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

const (
	accountSID = "AC0123456789abcdef0123456789abcdef"
	authToken  = "0123456789abcdef0123456789abcdef"
	publicURL  = "https://aviso.example.org"
	smsPath    = "/twilio/sms"

	firstSender = "+15550001111"
)

// alerta is the whole HTTP request with which the carrier hands over a person's
// ALERTA: every parameter that Twilio sends, signed as Twilio signs. serial is
// unique over a run.
func alerta(p person, serial int) []byte { return text(p.phone(), "ALERTA", serial) }

// text is the same for any text.
func text(from, body string, serial int) []byte {
	sid := fmt.Sprintf("SM%032x", serial)
	form := url.Values{
		"AccountSid": {accountSID}, "ApiVersion": {"2010-04-01"}, "Body": {body},
		"From": {from}, "FromCity": {"CHICAGO"}, "FromCountry": {"US"}, "FromState": {"IL"}, "FromZip": {"60608"},
		"MessageSid": {sid}, "NumMedia": {"0"}, "NumSegments": {"1"}, "SmsMessageSid": {sid}, "SmsSid": {sid},
		"SmsStatus": {"received"}, "To": {firstSender}, "ToCity": {""}, "ToCountry": {"US"}, "ToState": {""}, "ToZip": {""},
	}
	return signed(smsPath, form)
}

// receipt is how the carrier reports what became of a message that we handed
// over, to the address that we gave it.
func receipt(address, to, status string, serial int) []byte {
	sid := fmt.Sprintf("SM%032x", serial)
	return signed(strings.TrimPrefix(address, publicURL), url.Values{
		"AccountSid": {accountSID}, "ApiVersion": {"2010-04-01"}, "From": {firstSender}, "To": {to},
		"MessageSid": {sid}, "MessageStatus": {status}, "SmsSid": {sid}, "SmsStatus": {status},
	})
}

// signed is a webhook of the carrier's.
func signed(path string, form url.Values) []byte {
	return post(path, form, "User-Agent: TwilioProxy/1.1\r\nX-Twilio-Signature: "+sign(publicURL+path, form)+"\r\n")
}

// post is a whole HTTP request with a form. Further headers end their lines.
func post(path string, form url.Values, headers string) []byte {
	body := form.Encode()
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: aviso.example.org\r\nAccept: */*\r\n"+
		"Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n%sContent-Length: %d\r\n\r\n%s", path, headers, len(body), body)
}

// sign is Twilio's signature of a form that has each name once.
func sign(address string, form url.Values) string {
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	var s strings.Builder
	s.WriteString(address)
	for _, name := range names {
		s.WriteString(name)
		s.WriteString(form.Get(name))
	}
	mac := hmac.New(sha1.New, []byte(authToken))
	mac.Write([]byte(s.String()))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
