package twilio

import (
	"errors"
	"maps"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"aviso/gateway"
)

func TestParseText(t *testing.T) {
	const sid = "SM0123456789abcdef0123456789abcdef"
	tests := []struct {
		name   string
		change url.Values
		want   gateway.Text
	}{
		{"as Twilio sends it", nil, *gateway.NewText(sid, "+13125550101", "+15550001111", "ALERTA me llevan de la fabrica", "")},
		{"empty body", url.Values{"Body": {""}}, *gateway.NewText(sid, "+13125550101", "+15550001111", "", "")},
		{"old Mexican form", url.Values{"From": {"+5213312345678"}}, *gateway.NewText(sid, "+523312345678", "+15550001111", "ALERTA me llevan de la fabrica", "")},
		{"by RCS", url.Values{"From": {"RCS: 13125550101"}, "To": {"rcs:our_agent"}}, by("rcs", gateway.NewText(sid, "+13125550101", "rcs:our_agent", "ALERTA me llevan de la fabrica", ""))},
		{"by WhatsApp", url.Values{"From": {"whatsapp:+5213312345678"}, "To": {"whatsapp: 15550001111"}}, by("whatsapp", gateway.NewText(sid, "+523312345678", "whatsapp:+15550001111", "ALERTA me llevan de la fabrica", ""))},
		{"by Messenger", url.Values{"From": {"messenger:1080"}}, by("messenger", gateway.NewText(sid, "messenger:1080", "+15550001111", "ALERTA me llevan de la fabrica", ""))},
		{"short code, opted out", url.Values{"To": {"78910"}, "Body": {"STOP"}, "OptOutType": {"STOP"}}, *gateway.NewText(sid, "+13125550101", "78910", "STOP", "STOP")},
		{"opted in again", url.Values{"OptOutType": {"start"}}, *gateway.NewText(sid, "+13125550101", "+15550001111", "ALERTA me llevan de la fabrica", "START")},
		{"unknown opt-out", url.Values{"OptOutType": {"OTHER"}}, *gateway.NewText(sid, "+13125550101", "+15550001111", "ALERTA me llevan de la fabrica", "")},
		{"bytes that are no text", url.Values{"Body": {"a\x00\xffb😀"}}, *gateway.NewText(sid, "+13125550101", "+15550001111", "a\x00\ufffdb😀", "")},
	}
	for _, test := range tests {
		form := maps.Clone(incoming)
		maps.Copy(form, test.change)
		got, err := ParseText(form)
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %+v, %v, want %+v", test.name, got, err, test.want)
		}
	}
}

// by is a text that came by a way.
func by(via gateway.Via, t *gateway.Text) gateway.Text {
	t.Via = via
	return *t
}

// TestParseTextWithEnclosures counts what came by its kind, and believes no count.
func TestParseTextWithEnclosures(t *testing.T) {
	for name, c := range map[string]struct {
		form url.Values
		want gateway.Enclosed
	}{
		"none":        {url.Values{"NumMedia": {"0"}}, gateway.Enclosed{}},
		"not said":    {url.Values{"MediaContentType0": {"image/png"}}, gateway.Enclosed{}},
		"nonsense":    {url.Values{"NumMedia": {"many"}}, gateway.Enclosed{}},
		"below none":  {url.Values{"NumMedia": {"-3"}}, gateway.Enclosed{}},
		"kinds":       {url.Values{"NumMedia": {"4"}, "MediaContentType0": {"image/jpeg"}, "MediaContentType1": {"AUDIO/ogg; codecs=opus"}, "MediaContentType2": {"video/3gpp"}, "MediaContentType3": {"text/x-vcard"}}, gateway.Enclosed{Pictures: 1, Voices: 1, Videos: 1, Files: 1}},
		"undescribed": {url.Values{"NumMedia": {"2"}, "MediaContentType0": {"image/jpeg"}}, gateway.Enclosed{Pictures: 1, Files: 1}},
		"too many":    {url.Values{"NumMedia": {"4000000000"}}, gateway.Enclosed{Files: 10}},
	} {
		c.form.Set("MessageSid", "MM1")
		c.form.Set("From", "+13125550101")
		c.form.Set("To", "+15550001111")
		c.form.Set("Body", "")
		text, err := ParseText(c.form)
		if err != nil || text.Enclosed != c.want {
			t.Errorf("%s: %+v, %v; want %+v", name, text.Enclosed, err, c.want)
		}
	}
}

func TestParseTextRefuses(t *testing.T) {
	tests := []struct {
		field  string
		values []string // nil: left out
		want   FieldError
	}{
		{"MessageSid", nil, FieldError{Field: "MessageSid"}},
		{"MessageSid", []string{" "}, FieldError{Field: "MessageSid"}},
		{"MessageSid", []string{"SM\x00"}, FieldError{Field: "MessageSid", Malformed: true}},
		{"MessageSid", []string{strings.Repeat("S", 65)}, FieldError{Field: "MessageSid", Malformed: true}},
		{"From", nil, FieldError{Field: "From"}},
		{"From", []string{""}, FieldError{Field: "From"}},
		{"From", []string{"+1312\xff"}, FieldError{Field: "From", Malformed: true}},
		{"To", nil, FieldError{Field: "To"}},
		{"Body", nil, FieldError{Field: "Body"}},
	}
	for _, test := range tests {
		form := maps.Clone(incoming)
		form[test.field] = test.values
		if test.values == nil {
			delete(form, test.field)
		}
		_, err := ParseText(form)
		if got := (*FieldError)(nil); !errors.As(err, &got) || *got != test.want {
			t.Errorf("%s %q: got %v, want %v", test.field, test.values, err, &test.want)
		}
	}
}

func FuzzParseText(f *testing.F) {
	f.Add(incoming.Encode())
	f.Add("MessageSid=SM1&From=%2B13125550101&To=78910&Body=%00%ff")
	f.Add("Body&Body&From=;&%zz")
	f.Fuzz(func(t *testing.T, body string) {
		form, _ := url.ParseQuery(body)
		text, err := ParseText(form)
		if fault := (*FieldError)(nil); err != nil {
			if !errors.As(err, &fault) {
				t.Fatalf("not a FieldError: %v", err)
			}
			return
		}
		if text.Key == "" || text.From == "" || text.Sender == "" {
			t.Fatalf("a required field is empty: %+v", text)
		}
	})
}

func TestParseReceipt(t *testing.T) {
	id := gateway.ID{1, 2, 3}
	message := func(status string, more ...string) url.Values {
		form := url.Values{"MessageSid": {"SM1"}, "SmsSid": {"SM1"}, "MessageStatus": {status}, "SmsStatus": {status}, "To": {"+523312345678"}}
		for i := 0; i < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		return form
	}
	call := func(status string) url.Values { return url.Values{"CallSid": {"CA1"}, "CallStatus": {status}} }
	tests := []struct {
		form url.Values
		rank gateway.Rank
		code string // of the failure; "": none
	}{
		{message("accepted"), gateway.RankNone, ""},
		{message("scheduled"), gateway.RankNone, ""},
		{message("queued"), gateway.RankQueued, ""},
		{message("sending"), gateway.RankSending, ""},
		{message("sent"), gateway.RankSent, ""},
		{message("sent", "ErrorCode", "30008"), gateway.RankSent, ""},
		{message("delivered"), gateway.RankDelivered, ""},
		{message("Delivered"), gateway.RankDelivered, ""},
		{message("read"), gateway.RankRead, ""},
		{message("undelivered", "ErrorCode", "30005"), gateway.RankFailed, "30005"},
		{message("failed", "ErrorCode", "21610"), gateway.RankFailed, "21610"},
		{message("failed"), gateway.RankFailed, "failed"},
		{message("undelivered", "ErrorCode", ""), gateway.RankFailed, "undelivered"},
		{message("undelivered", "ErrorCode", "0"), gateway.RankFailed, "undelivered"},
		{message("undelivered", "ErrorCode", "+523312345678 x"), gateway.RankFailed, "undelivered"},
		{message("canceled"), gateway.RankFailed, "canceled"},
		{call("queued"), gateway.RankQueued, ""},
		{call("initiated"), gateway.RankQueued, ""},
		{call("ringing"), gateway.RankSending, ""},
		{call("in-progress"), gateway.RankSent, ""},
		{call("completed"), gateway.RankSent, ""},
		{call("busy"), gateway.RankFailed, "call-busy"},
		{call("no-answer"), gateway.RankFailed, "call-no-answer"},
		{call("failed"), gateway.RankFailed, "call-failed"},
		{call("canceled"), gateway.RankFailed, "call-canceled"},
	}
	for _, test := range tests {
		got, known, err := new(Validator).ParseReceipt(id, test.form)
		if err != nil || !known || got.Attempt != id || got.Rank != test.rank {
			t.Errorf("%v: got %+v, %t, %v, want rank %d", test.form, got, known, err, test.rank)
			continue
		}
		if code := codeOf(got.Failure); code != test.code {
			t.Errorf("%v: got code %q, want %q", test.form, code, test.code)
		}
	}
}

func codeOf(f *gateway.Failure) string {
	if f == nil {
		return ""
	}
	return f.Code
}

func TestParseReceiptLeavesUnknownStatusesAlone(t *testing.T) {
	for _, form := range []url.Values{
		{"MessageSid": {"SM1"}, "MessageStatus": {"receiving"}},
		{"MessageSid": {"SM1"}, "MessageStatus": {"completed"}}, // a call's
		{"CallSid": {"CA1"}, "CallStatus": {"delivered"}},       // a message's
	} {
		if got, known, err := new(Validator).ParseReceipt(gateway.ID{}, form); known || err != nil {
			t.Errorf("%v: got %+v, %t, %v", form, got, known, err)
		}
	}
}

func TestParseReceiptRefuses(t *testing.T) {
	for field, form := range map[string]url.Values{
		"MessageSid":    {"MessageStatus": {"sent"}},
		"MessageStatus": {"MessageSid": {"SM1"}},
		"CallSid":       {"CallStatus": {"busy"}},
		"CallStatus":    {"CallSid": {"CA1"}},
	} {
		_, _, err := new(Validator).ParseReceipt(gateway.ID{}, form)
		if got := (*FieldError)(nil); !errors.As(err, &got) || got.Field != field {
			t.Errorf("without %s: got %v", field, err)
		}
	}
}
