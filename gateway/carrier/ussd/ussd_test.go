package ussd

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"aviso/gateway"
	"aviso/ivr"
)

// domain writes down the events that it is told of, and answers with a menu.
// The first request of a session that brings several inputs it refuses, as the
// real one does.
type domain struct {
	events []gateway.Dialogue
	known  map[string]bool
	end    string // keys that end the session
}

func (d *domain) Handle(_ context.Context, event gateway.Event) (gateway.Answer, error) {
	e := *event.(*gateway.Dialogue)
	if d.known == nil {
		d.known = map[string]bool{}
	}
	if e.Whole && !d.known[e.Session] && strings.Contains(e.Keys, "*") {
		return gateway.Answer{}, gateway.ErrSeveral
	}
	d.known[e.Session] = true
	d.events = append(d.events, e)
	return gateway.Answer{Screen: &gateway.Screen{
		Lines: []gateway.Line{{Text: "RED X\n1 ALERTA \"ñ\""}}, End: d.end != "" && e.Keys == d.end,
	}}, nil
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// Requests as the aggregators send them, and what is understood by them.
func TestRecordedRequests(t *testing.T) {
	const shows = "RED X\n1 ALERTA \"n\""
	for _, c := range []struct {
		name    string
		request Request
		format  string
		keys    []string // of the events, each; none: a notice of the end
		phone   gateway.Phone
		answer  string
	}{
		{"Africa's Talking, first", Request{Form: form("sessionId", "ATUid_1", "phoneNumber", "+254711000111", "networkCode", "63902", "serviceCode", "*384*12#", "text", "")},
			"africastalking", []string{""}, "+254711000111", "CON " + shows},
		{"Africa's Talking, later", Request{Form: form("sessionId", "ATUid_1", "phoneNumber", "+254711000111", "networkCode", "63902", "serviceCode", "*384*12#", "text", "1")},
			"africastalking", []string{"1"}, "+254711000111", "CON " + shows},
		{"Africa's Talking, dialled through", Request{Form: form("sessionId", "ATUid_1", "phoneNumber", "+254711000111", "serviceCode", "*384*12#", "text", "2*4821")},
			"africastalking", []string{"2", "2*4821"}, "+254711000111", "CON " + shows},
		{"Africa's Talking, a star at once", Request{Form: form("sessionId", "ATUid_1", "phoneNumber", "+254711000111", "serviceCode", "*384*12#", "text", "*1")},
			"africastalking", []string{"", "*1"}, "+254711000111", "CON " + shows},
		{"Africa's Talking, end", Request{Form: form("sessionId", "ATUid_1", "phoneNumber", "+254711000111", "serviceCode", "*384*12#", "networkCode", "63902",
			"status", "Success", "durationInMillis", "4200", "hopsCount", "3", "input", "2*4821", "lastAppResponse", "END Listo", "errorMessage", "", "cost", "0")},
			"africastalking", nil, "", ""},
		{"Infobip, start", Request{Path: "session/ab-12/start", JSON: []byte(`{"msisdn":"385912345678","imsi":"219","shortCode":"*100#","text":"*100#","optional":null,"ussdGwId":"gw"}`)},
			"infobip", []string{""}, "+385912345678", `{"shouldClose":false,"ussdMenu":"RED X\n1 ALERTA \"n\"","responseExitCode":200,"responseMessage":""}`},
		{"Infobip, start dialled through", Request{Path: "session/ab-12/start", JSON: []byte(`{"msisdn":"385912345678","shortCode":"100","text":"*100*2*4821#"}`)},
			"infobip", []string{"2", "4821"}, "+385912345678", ""},
		{"Infobip, response", Request{Path: "session/ab-12/response", JSON: []byte(`{"msisdn":"385912345678","shortCode":"*100#","text":"1"}`)},
			"infobip", []string{"1"}, "+385912345678", ""},
		{"Infobip, end", Request{Path: "/session/ab-12/end", JSON: []byte(`{"reason":"completed","exitCode":200}`)}, "infobip", nil, "", ""},
		{"Hubtel, initiation", Request{JSON: []byte(`{"SessionId":"3c796dac","Mobile":"233200585542","ServiceCode":"713","Type":"Initiation","Message":"*713#","Operator":"vodafone","Sequence":1,"ClientState":"","Platform":"USSD"}`)},
			"hubtel", []string{""}, "+233200585542", `{"SessionId":"3c796dac","Type":"response","Message":"RED X\n1 ALERTA \"n\"","Label":"RED X","DataType":"input","FieldType":"text"}`},
		{"Hubtel, initiation dialled through", Request{JSON: []byte(`{"SessionId":"3c796dac","Mobile":"233200585542","ServiceCode":"713","Type":"Initiation","Message":"*713*1#","Sequence":1}`)},
			"hubtel", []string{"1"}, "+233200585542", ""},
		{"Hubtel, response", Request{JSON: []byte(`{"SessionId":"3c796dac","Mobile":"233200585542","ServiceCode":"713","Type":"Response","Message":"4821","Sequence":3,"ClientState":null}`)},
			"hubtel", []string{"4821"}, "+233200585542", ""},
		{"Hubtel, release", Request{JSON: []byte(`{"SessionId":"3c796dac","Mobile":"233200585542","Type":"Release","Message":"","Sequence":4}`)}, "hubtel", nil, "", ""},
		{"plain by GET", Request{Query: form("SESSIONID", "9", "USSDCODE", "*415#", "MSISDN", "525512345678", "INPUT", "*415#")},
			"plain", []string{""}, "+525512345678", "CON " + shows},
		{"plain, later", Request{Query: form("SESSIONID", "9", "USSDCODE", "*415#", "MSISDN", "5215512345678", "INPUT", "*415*1#")},
			"plain", []string{"1"}, "+525512345678", "CON " + shows},
		{"plain by POST", Request{Form: form("SESSIONID", "9", "USSDCODE", "*415*33#", "MSISDN", "+525512345678", "INPUT", "*415*33*2*4821#")},
			"plain", []string{"2", "2*4821"}, "+525512345678", ""},
		{"no number", Request{Form: form("sessionId", "1", "phoneNumber", "", "text", "1")}, "africastalking", []string{"1"}, gateway.Anonymous, ""},
	} {
		step, err := NewAdapter(nil).Parse(c.request)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if step.Format.Name != c.format || step.Over != (c.keys == nil) {
			t.Errorf("%s: format %s, over %v", c.name, step.Format.Name, step.Over)
		}
		if step.Over {
			continue
		}
		d := &domain{}
		screen, err := step.Handle(t.Context(), d)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var keys []string
		for _, e := range d.events {
			keys = append(keys, e.Keys)
			if e.From != c.phone || e.Medium != ivr.USSD || e.Session == "" {
				t.Errorf("%s: event %+v", c.name, e)
			}
		}
		if !slices.Equal(keys, c.keys) {
			t.Errorf("%s: keys %q, want %q", c.name, keys, c.keys)
		}
		contentType, body := step.Format.Screen(screen, step.Session)
		if c.answer != "" && string(body) != c.answer {
			t.Errorf("%s: answer\n%s\nwant\n%s", c.name, body, c.answer)
		}
		if json.Valid(body) != (contentType == "application/json") {
			t.Errorf("%s: %s is %s", c.name, body, contentType)
		}
	}
}

// What ends the session is not asked on, and repeats have the same keys.
func TestEndStopsTheInputs(t *testing.T) {
	step, err := NewAdapter(nil).Parse(Request{Form: form("sessionId", "1", "phoneNumber", "+13125550101", "text", "1*2*3")})
	if err != nil {
		t.Fatal(err)
	}
	d := &domain{end: "1"}
	screen, err := step.Handle(t.Context(), d)
	if err != nil || !screen.End || len(d.events) != 1 {
		t.Errorf("%+v, %v, %d events", screen, err, len(d.events))
	}
	first, again := d.events[0].Scope().Key, (&gateway.Dialogue{Medium: ivr.USSD, Session: "1", Keys: "1", Whole: true, From: "+13125550101"}).Scope().Key
	if first == "" || first != again {
		t.Errorf("a repeat has the key %q, the first had %q", again, first)
	}
}

func TestGarbage(t *testing.T) {
	for name, r := range map[string]Request{
		"nothing":          {},
		"another form":     {Form: form("From", "+1", "Body", "ALERTA")},
		"JSON of none":     {JSON: []byte(`{"hello":1}`)},
		"no JSON":          {JSON: []byte(`{"SessionId":`)},
		"a list":           {JSON: []byte(`[1,2]`)},
		"an object inside": {JSON: []byte(`{"SessionId":{"a":1},"Mobile":"1","Message":"1"}`)},
	} {
		if _, err := NewAdapter(nil).Parse(r); !errors.Is(err, ErrNoFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, r := range map[string]Request{
		"a huge text":    {Form: form("sessionId", "1", "phoneNumber", "+13125550101", "text", strings.Repeat("1*", 600))},
		"a huge session": {Form: form("sessionId", strings.Repeat("x", 200), "phoneNumber", "+13125550101", "text", "")},
		"a NUL":          {Form: form("sessionId", "a\x00b", "phoneNumber", "+13125550101", "text", "")},
	} {
		if _, err := NewAdapter(nil).Parse(r); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The same names in another case are the same names; where both are there, those
// as they are documented.
func TestFieldNamesInAnyCase(t *testing.T) {
	for name, c := range map[string]struct {
		request       Request
		format, phone string
		keys          string
	}{
		"small letters":       {Request{Form: form("sessionid", "7", "phonenumber", "+13125550101", "servicecode", "*384#", "text", "2")}, "africastalking", "+13125550101", "2"},
		"large letters":       {Request{Query: form("SESSIONID", "7", "PHONENUMBER", "13125550101", "TEXT", "2")}, "africastalking", "+13125550101", "2"},
		"the plain one":       {Request{Query: form("msisdn", "523312345678", "sessionid", "7", "ussdcode", "*384#", "input", "*384*2")}, "plain", "+523312345678", "2"},
		"in JSON":             {Request{JSON: []byte(`{"sessionid":"7","mobile":"233200585542","servicecode":"384","type":"Response","message":"2","sequence":2}`)}, "hubtel", "+233200585542", "2"},
		"as documented first": {Request{Form: form("sessionId", "7", "SESSIONID", "8", "phoneNumber", "+13125550101", "text", "2")}, "africastalking", "+13125550101", "2"},
	} {
		step, err := NewAdapter(nil).Parse(c.request)
		if err != nil || step.Format.Name != c.format || string(step.Phone) != c.phone || step.Session != "7" || step.Last != c.keys {
			t.Errorf("%s: %+v, %v", name, step, err)
		}
	}
	if step, err := NewAdapter(nil).Parse(Request{Form: form("sessionid", "7", "phonenumber", "+13125550101", "durationinmillis", "900")}); err != nil || !step.Over {
		t.Errorf("the notice of an end: %+v, %v", step, err)
	}
}

func TestOwnFormat(t *testing.T) {
	own, err := ParseFormat([]byte(`{"name":"mine","session":"sid","phone":"num","text":"in","request":"n","state":"op","begin":["new"],"json":true,
		"answer":"json","goes_on":"{\"menu\":{text},\"id\":{session}}","ends":"{\"bye\":{text}}"}`))
	if err != nil {
		t.Fatal(err)
	}
	step, err := NewAdapter(&own).Parse(Request{JSON: []byte(`{"sid":"7","num":"13125550101","in":"1","n":2}`)})
	if err != nil {
		t.Fatal(err)
	}
	_, body := step.Format.Screen(&gateway.Screen{Lines: []gateway.Line{{Text: "a"}, {Text: "b"}}}, step.Session)
	if string(body) != `{"menu":"a\nb","id":"7"}` {
		t.Errorf("answer %s", body)
	}
	// The presets stay: a second aggregator need not be described because the
	// first one was.
	for _, r := range []Request{
		{Form: form("sessionId", "1", "phoneNumber", "+13125550101", "text", "1")},
		{JSON: []byte(`{"SessionId":"1","Mobile":"233200585542","Message":"1","Type":"Response"}`)},
	} {
		if step, err := NewAdapter(&own).Parse(r); err != nil || step.Format.Name == "mine" {
			t.Errorf("a preset's request: %+v, %v", step, err)
		}
	}
	for _, broken := range []string{`{`, `{}`, `{"session":"a","phone":"b","text":"c","answer":"json","goes_on":"{text","ends":"{}"}`,
		`{"session":"a","phone":"b","text":"c","sesion":"x"}`, `{"session":"a","phone":"b","text":"c","dialled":true}`} {
		if _, err := ParseFormat([]byte(broken)); err == nil {
			t.Errorf("%s is accepted", broken)
		}
	}
	for _, preset := range Presets() {
		if err := preset.check(func(string) bool { return false }); err != nil {
			t.Errorf("%s: %v", preset.Name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("session/1/start", `{"msisdn":"1","text":"*1*2#"}`, "sessionId=1&phoneNumber=%2B13125550101&text=1**2")
	f.Add("", `{"SessionId":"1","Mobile":"","Message":"*#*#"}`, "MSISDN=1&SESSIONID=2&INPUT=%00%ff")
	f.Fuzz(func(t *testing.T, path, body, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		for _, r := range []Request{{Path: path, JSON: []byte(body)}, {Path: path, Form: values}, {Query: values}} {
			step, err := NewAdapter(nil).Parse(r)
			if err != nil {
				continue
			}
			d := &domain{}
			screen, err := step.Handle(t.Context(), d)
			if err != nil {
				t.Fatal(err)
			}
			if _, body := step.Format.Screen(screen, step.Session); len(body) == 0 {
				t.Fatal("an empty answer")
			}
		}
	})
}
