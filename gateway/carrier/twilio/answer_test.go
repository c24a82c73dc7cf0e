package twilio

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"aviso/gateway"
)

func TestAnswerReport(t *testing.T) {
	const juan, maria gateway.Phone = "+13125550101", "+523312345678"
	v, err := NewValidator("https://aviso.example.org/base", "new", "old")
	if err != nil {
		t.Fatal(err)
	}
	before, err := NewValidator("https://aviso.example.org/base", "old")
	if err != nil {
		t.Fatal(err)
	}
	action := v.AnswerReport(juan)
	id, ok := strings.CutPrefix(action, "https://aviso.example.org/base/twilio/answer/")
	if !ok || len(id) != 32 || strings.Contains(action, "3125550101") || action != v.AnswerReport(juan) || action == v.AnswerReport(maria) {
		t.Fatalf("action %s", action)
	}
	form := func(changes ...string) url.Values {
		f := url.Values{"MessageSid": {"SM1"}, "MessageStatus": {"failed"}, "ErrorCode": {"21610"}, "From": {"+15550001111"}, "To": {string(juan)}}
		for i := 0; i < len(changes); i += 2 {
			f.Set(changes[i], changes[i+1])
			if changes[i+1] == "" {
				f.Del(changes[i])
			}
		}
		return f
	}
	for name, c := range map[string]struct {
		id    string
		form  url.Values
		final bool
		code  string // of the failure; "": it did not fail
		err   error
	}{
		"opted out":                    {id, form(), true, "21610", nil},
		"as an inbound request":        {id, form("From", string(juan), "To", "+15550001111"), true, "21610", nil},
		"of the token before":          {before.tokens[0].answer(juan), form(), true, "21610", nil},
		"undelivered":                  {id, form("MessageStatus", "undelivered", "ErrorCode", "30005"), true, "30005", nil},
		"the older name":               {id, form("MessageStatus", "", "SmsStatus", "failed"), true, "21610", nil},
		"by RCS":                       {id, form("To", "rcs:"+string(juan), "From", "rcs:our_agent"), true, "21610", nil},
		"by WhatsApp, without a plus":  {id, form("To", "whatsapp: 13125550101", "From", "whatsapp:+15550001111"), true, "21610", nil},
		"sent":                         {id, form("MessageStatus", "sent", "ErrorCode", ""), false, "", nil},
		"delivered":                    {id, form("MessageStatus", "delivered", "ErrorCode", ""), true, "", nil},
		"a status nobody knows":        {id, form("MessageStatus", "pending"), false, "", nil},
		"somebody else's":              {id, form("To", string(maria)), false, "", gateway.ErrNotFound},
		"no id":                        {"", form(), false, "", gateway.ErrNotFound},
		"without a phone":              {id, form("To", "", "From", ""), false, "", gateway.ErrNotFound},
		"without a sid":                {id, form("MessageSid", ""), false, "", &FieldError{Field: "MessageSid"}},
		"without a status of any kind": {id, form("MessageStatus", ""), false, "", &FieldError{Field: "SmsStatus"}},
	} {
		e, err := v.ParseAnswer(c.id, c.form)
		var field, want *FieldError
		switch {
		case errors.As(c.err, &want):
			if !errors.As(err, &field) || *field != *want {
				t.Errorf("%s: %v, want %v", name, err, c.err)
			}
		case !errors.Is(err, c.err), err == nil && (e.SID != "SM1" || e.To != juan), e.Final != c.final, (e.Failure != nil) != (c.code != ""):
			t.Errorf("%s: %+v, %v", name, e, err)
		case e.Failure != nil && (e.Failure.Code != c.code || e.Failure.OptedOut != (c.code == "21610")):
			t.Errorf("%s: %+v", name, e.Failure)
		}
	}
}
