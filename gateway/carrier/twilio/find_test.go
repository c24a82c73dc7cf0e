package twilio

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"testing"
	"time"

	"aviso/gateway"
)

// listed is a message or call in a list of Twilio's.
type listed map[string]any

// sentAfter is one that matches testText, made so long after the attempt.
func sentAfter(d time.Duration, change listed) listed {
	it := listed{
		"sid": "SM1", "to": string(testTo), "from": testFrom, "body": testWords, "status": "queued",
		"date_created": testID.Made().Add(d).UTC().Format(time.RFC1123Z), "date_sent": nil,
	}
	for k, v := range change {
		it[k] = v
	}
	return it
}

func page(name, next string, items ...listed) string {
	if items == nil {
		items = []listed{}
	}
	body, _ := json.Marshal(map[string]any{name: items, "next_page_uri": next, "page": 0, "page_size": pageSize})
	return string(body)
}

func TestFindText(t *testing.T) {
	const s = time.Second
	tests := []struct {
		name  string
		items []listed
		next  string
		sid   string
		found gateway.Found
	}{
		{"nothing", nil, "", "", gateway.FoundNo},
		{"ours", []listed{sentAfter(s, nil)}, "", "SM1", gateway.FoundYes},
		{"ours, delivered", []listed{sentAfter(s, listed{"status": "delivered"})}, "", "SM1", gateway.FoundYes},
		{"from another sender, as a node that died may have chosen", []listed{sentAfter(s, listed{"from": "78910"})}, "", "SM1", gateway.FoundYes},
		{"to the old form of the number", []listed{sentAfter(s, listed{"to": "+5213312345678"})}, "", "SM1", gateway.FoundYes},
		{"Twilio's clock is behind", []listed{sentAfter(-10*s, nil)}, "", "SM1", gateway.FoundYes},
		{"hours later, after a restart", []listed{sentAfter(5*time.Hour, nil)}, "", "SM1", gateway.FoundYes},
		{"another time format", []listed{sentAfter(s, listed{"date_created": testID.Made().Add(s).UTC().Format(time.RFC3339)})}, "", "SM1", gateway.FoundYes},
		{"no time of creation but one of sending", []listed{sentAfter(s, listed{"date_created": nil, "date_sent": testID.Made().Add(s).UTC().Format(time.RFC1123Z)})}, "", "SM1", gateway.FoundYes},
		{"the oldest of two", []listed{sentAfter(9*s, listed{"sid": "SM2"}), sentAfter(s, nil)}, "", "SM1", gateway.FoundYes},
		{"other words", []listed{sentAfter(s, listed{"body": "RED X: Juan P. envio ALERTA #111111"})}, "", "", gateway.FoundNo},
		{"words taken away", []listed{sentAfter(s, listed{"body": ""})}, "", "", gateway.FoundNo},
		{"to somebody else", []listed{sentAfter(s, listed{"to": "+13125550199"})}, "", "", gateway.FoundNo},
		{"before the attempt", []listed{sentAfter(-2*time.Minute, nil)}, "", "", gateway.FoundNo},
		{"failed, so nobody has it", []listed{sentAfter(s, listed{"status": "undelivered"})}, "", "", gateway.FoundNo},
		{"failed, and sent again", []listed{sentAfter(9*s, listed{"sid": "SM2"}), sentAfter(s, listed{"status": "failed"})}, "", "SM2", gateway.FoundYes},
		{"more pages, of before the attempt", []listed{sentAfter(-2*time.Minute, nil)}, "/next", "", gateway.FoundNo},
		{"more pages, of since the attempt", []listed{sentAfter(s, listed{"body": "other"})}, "/next", "", gateway.FoundCannotTell},
		{"no time at all", []listed{sentAfter(s, listed{"date_created": "yesterday"})}, "", "", gateway.FoundCannotTell},
		{"no time, but other words", []listed{sentAfter(s, listed{"date_created": "yesterday", "body": "other"})}, "", "", gateway.FoundNo},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			twilio := newCarrier(t, answers(200, page("messages", test.next, test.items...)))
			sid, found, err := newClient(t, twilio.URL, nil).Find(t.Context(), testText(), testFrom)
			if err != nil || sid != test.sid || found != test.found {
				t.Errorf("got %q, %d, %v, want %q, %d", sid, found, err, test.sid, test.found)
			}
			got := twilio.asked(t)
			want := request{"GET", "/2010-04-01/Accounts/" + testAccount + "/Messages.json", testAccount, testAuthToken, url.Values{"To": {string(testTo)}, "PageSize": {"100"}}}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("\n got %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestFindCall(t *testing.T) {
	m := testText()
	m.Channel = gateway.Voice
	call := func(d time.Duration, change listed) listed {
		it := sentAfter(d, listed{"sid": "CA1", "status": "ringing", "start_time": nil})
		delete(it, "body")
		for k, v := range change {
			it[k] = v
		}
		return it
	}
	tests := []struct {
		name  string
		items []listed
		sid   string
		found gateway.Found
	}{
		{"nothing", nil, "", gateway.FoundNo},
		{"ours", []listed{call(time.Second, nil)}, "CA1", gateway.FoundYes},
		{"ours, and over", []listed{call(time.Second, listed{"status": "completed"})}, "CA1", gateway.FoundYes},
		{"no time of creation but a start", []listed{call(time.Second, listed{"date_created": nil, "start_time": testID.Made().Add(time.Second).UTC().Format(time.RFC1123Z)})}, "CA1", gateway.FoundYes},
		{"nobody answered", []listed{call(time.Second, listed{"status": "no-answer"})}, "", gateway.FoundNo},
		{"from another number", []listed{call(time.Second, listed{"from": "+15550002222"})}, "", gateway.FoundNo},
		{"before the attempt", []listed{call(-time.Minute, nil)}, "", gateway.FoundNo},
		{"two, and no telling which", []listed{call(2*time.Second, listed{"sid": "CA2"}), call(time.Second, nil)}, "", gateway.FoundCannotTell},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			twilio := newCarrier(t, answers(200, page("calls", "", test.items...)))
			sid, found, err := newClient(t, twilio.URL, nil).Find(t.Context(), m, testFrom)
			if err != nil || sid != test.sid || found != test.found {
				t.Errorf("got %q, %d, %v, want %q, %d", sid, found, err, test.sid, test.found)
			}
			if got := twilio.asked(t).path; got != "/2010-04-01/Accounts/"+testAccount+"/Calls.json" {
				t.Errorf("asked for %s", got)
			}
		})
	}
}

// A node that died has not said which number it called from.
func TestFindCallFromUnknownNumber(t *testing.T) {
	m := testText()
	m.Channel = gateway.Voice
	twilio := newCarrier(t, answers(200, page("calls", "", sentAfter(time.Second, listed{"sid": "CA1", "status": "ringing"}))))
	if sid, found, err := newClient(t, twilio.URL, nil).Find(t.Context(), m, ""); sid != "CA1" || found != gateway.FoundYes || err != nil {
		t.Errorf("got %q, %d, %v", sid, found, err)
	}
}

// A search that goes wrong never says that the message is not there.
func TestFindTrouble(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"refused":         refuses(401, 20003),
		"server error":    refuses(503, 20503),
		"lost":            breaks,
		"redirected":      redirects,
		"something else":  answers(200, `{}`),
		"not JSON":        answers(200, "<html>"),
		"redirected JSON": answers(302, `{}`),
	} {
		sid, found, err := newClient(t, newCarrier(t, answer).URL, nil).Find(t.Context(), testText(), testFrom)
		if sid != "" || found != gateway.FoundCannotTell {
			t.Errorf("%s: got %q, %d", name, sid, found)
		}
		asFailure(t, err)
	}
}
