package twilio

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// Each code with the row of the field's table that it stands in. R retry, F
// another sender, V voice, P permanent, C alarm to the operator.
func TestPolicies(t *testing.T) {
	const (
		retry, elsewhere, call, never = gateway.Retry, gateway.Elsewhere, gateway.Call, gateway.Never
		s, m                          = time.Second, time.Minute
	)
	tests := []struct {
		row   string
		codes []string
		want  gateway.Failure
	}{
		{"too many requests, nothing was processed: R with backoff", []string{"20429"}, gateway.Failure{Remedy: retry}},
		{"30 s block of a pair of numbers: F at once", []string{"14107"}, gateway.Failure{Remedy: elsewhere}},
		{"daily cap of a new account: C, the account out, V at once", []string{"63038"}, gateway.Failure{Remedy: elsewhere, Alarm: true, Outage: true, AlsoCall: true}},
		{"pumping block: V", []string{"30450", "30453"}, gateway.Failure{Remedy: call}},
		{"campaign or sender out: C, F", []string{"30033", "30035", "30037", "30040"}, gateway.Failure{Remedy: elsewhere, Alarm: true, Unreached: true}},
		{"the network does not take it from this sender: F", []string{"30043"}, gateway.Failure{Remedy: elsewhere}},
		{"the service is empty, the address of receipts is refused: C, F", []string{"21703", "21609"}, gateway.Failure{Remedy: elsewhere, Alarm: true}},
		{"credentials or account: C, F", []string{"20003", "20404", "20403", "20005", "10001", "90010"}, gateway.Failure{Remedy: elsewhere, Alarm: true, Outage: true}},
		{"not a valid number: P, flag the contact, tell the owner", []string{"21211", "21217"}, gateway.Failure{Remedy: never, Invalid: true}},
		{"country not enabled for texts: C, F", []string{"21408"}, gateway.Failure{Remedy: elsewhere, Alarm: true, Unreached: true}},
		{"country not enabled for calls: C, F", []string{"21215"}, gateway.Failure{Remedy: elsewhere, Alarm: true}},
		{"sender cannot reach it: C, F", []string{"21601", "21606", "21612", "21659", "21660", "21661", "21210"}, gateway.Failure{Remedy: elsewhere, Alarm: true}},
		{"trial account, texts: C, F", []string{"21608"}, gateway.Failure{Remedy: elsewhere, Alarm: true, Unreached: true}},
		{"trial account, calls: C, F", []string{"21219"}, gateway.Failure{Remedy: elsewhere, Alarm: true}},
		{"the person opted out: P for texts and robocalls", []string{"21610"}, gateway.Failure{Remedy: never, OptedOut: true}},
		{"queue full or overflow: F, R later", []string{"21611", "30001", "30036"}, gateway.Failure{Remedy: elsewhere}},
		{"not a mobile: P for texts: V", []string{"21614", "21635"}, gateway.Failure{Remedy: call}},
		{"body over 1,600: our bug; the same words fit nowhere, a call gets through", []string{"21617"}, gateway.Failure{Remedy: call, Filtered: true, Alarm: true}},
		{"account suspended: C, F at once", []string{"30002"}, gateway.Failure{Remedy: elsewhere, Alarm: true, Outage: true}},
		{"handset unreachable: R twice (1, 5 min) with V in parallel; on a short code F to a long code", []string{"30003"},
			gateway.Failure{Remedy: retry, Waits: [3]time.Duration{1 * m, 5 * m}, Then: call, Short: elsewhere, AlsoCall: true}},
		{"blocked, filtered: never the same text on the same sender again: F, then V, C", []string{"30004", "30007", "21618"},
			gateway.Failure{Remedy: elsewhere, Filtered: true, Then: call, Alarm: true}},
		{"unknown handset: P for texts: V", []string{"30005"}, gateway.Failure{Remedy: call, Unassigned: true}},
		{"landline: P for texts: V", []string{"30006"}, gateway.Failure{Remedy: call}},
		{"unknown, congestion, provider fault: R, then F", []string{"30008", "30017", "30410", "30500"},
			gateway.Failure{Remedy: retry, Waits: [3]time.Duration{5 * s}, Then: elsewhere}},
		{"sender not registered: C, F", []string{"30018", "30024", "30032", "30034"}, gateway.Failure{Remedy: elsewhere, Alarm: true, Unreached: true}},
		{"sender capped: C, F", []string{"30022", "30023", "30027"}, gateway.Failure{Remedy: elsewhere, Alarm: true}},
		{"WhatsApp outside its 24 h window: approved template, which is the operator's to have", []string{"63016"}, gateway.Failure{Remedy: elsewhere, Alarm: true}},
		{"channel rate limit: R", []string{"63018"}, gateway.Failure{Remedy: retry}},
		{"bad or blocked WhatsApp recipient: P: SMS, V", []string{"63024", "63033"}, gateway.Failure{Remedy: elsewhere, Then: call}},
		{"redaction while the message is not final: R", []string{"20009"}, gateway.Failure{Remedy: retry, Pending: true}},
		{"voice: busy, no-answer, failed: R up to 3 times", []string{"call-busy", "call-no-answer", "call-failed", "call-canceled"},
			gateway.Failure{Remedy: retry, Waits: [3]time.Duration{30 * s, 1 * m, 2 * m}, Then: elsewhere}},
	}
	seen := map[string]bool{}
	for _, test := range tests {
		for _, code := range test.codes {
			seen[code] = true
			test.want.Code = code
			if got := (Codes{}).receipt(code, "failed"); isNumber(code) && *got != test.want {
				t.Errorf("%s: receipt %s\n got %+v\nwant %+v", test.row, code, *got, test.want)
			}
			if got := (Codes{}).receipt("", code); !isNumber(code) && *got != test.want {
				t.Errorf("%s: status %s\n got %+v\nwant %+v", test.row, code, *got, test.want)
			}
			if n, err := strconv.Atoi(code); err == nil {
				if got := (Codes{}).answer(400, n, 0); *got != test.want {
					t.Errorf("%s: answer %s\n got %+v\nwant %+v", test.row, code, *got, test.want)
				}
			}
			if !Known(code) {
				t.Errorf("%s is counted as unknown", code)
			}
		}
	}
	for code := range policies {
		if !seen[code] {
			t.Errorf("%s has a policy and no row", code)
		}
	}
}

func isNumber(s string) bool { _, err := strconv.Atoi(s); return err == nil }

// What Twilio does not tell by a code of the table goes by its class.
func TestCreateFailureByStatus(t *testing.T) {
	unknown := func(code string) gateway.Failure {
		return gateway.Failure{Code: code, Remedy: gateway.Retry, Unknown: true, Waits: [3]time.Duration{time.Second, 2 * time.Second, 5 * time.Second}, Then: gateway.Elsewhere}
	}
	tests := []struct {
		status, code int
		after        time.Duration
		want         gateway.Failure
	}{
		{429, 0, 2 * time.Second, gateway.Failure{Code: "http-429", Remedy: gateway.Retry, After: 2 * time.Second}},
		{429, 20429, 3 * time.Second, gateway.Failure{Code: "20429", Remedy: gateway.Retry, After: 3 * time.Second}},
		{429, 99999, 0, gateway.Failure{Code: "99999", Remedy: gateway.Retry, Unlisted: true}},
		{500, 20500, time.Minute, unknown("http-500")},
		{502, 0, 0, unknown("http-502")},
		{503, 21610, 0, unknown("http-503")}, // not to be believed: it may have been sent
		{408, 0, 0, unknown("http-408")},
		{201, 0, 0, unknown("http-201")}, // done, and no word of what
		{400, 99999, 0, gateway.Failure{Code: "99999", Remedy: gateway.Elsewhere, Unlisted: true}},
		{400, 30459, 0, gateway.Failure{Code: "30459", Remedy: gateway.Call, Unlisted: true}},
		{422, 63099, 0, gateway.Failure{Code: "63099", Remedy: gateway.Elsewhere, Then: gateway.Call, Unlisted: true}},
		{400, 10007, 0, gateway.Failure{Code: "10007", Remedy: gateway.Elsewhere, Alarm: true, Unlisted: true}},
		{400, 30888, 0, gateway.Failure{Code: "30888", Remedy: gateway.Elsewhere, Alarm: true, Unreached: true, Unlisted: true}},
		{429, 63099, 0, gateway.Failure{Code: "63099", Remedy: gateway.Retry, Unlisted: true}}, // the status says more than the family
		{400, 0, 0, gateway.Failure{Code: "http-400", Remedy: gateway.Elsewhere}},
		{401, 0, 0, gateway.Failure{Code: "http-401", Remedy: gateway.Elsewhere, Alarm: true, Outage: true}},
		{403, 99999, 0, gateway.Failure{Code: "99999", Remedy: gateway.Elsewhere, Alarm: true, Unlisted: true}},
		{404, 0, 0, gateway.Failure{Code: "http-404", Remedy: gateway.Elsewhere, Alarm: true, Outage: true}},
		{302, 0, 0, gateway.Failure{Code: "http-302", Remedy: gateway.Retry, Alarm: true, Outage: true}},
	}
	for _, test := range tests {
		if got := (Codes{}).answer(test.status, test.code, test.after); *got != test.want {
			t.Errorf("%d %d\n got %+v\nwant %+v", test.status, test.code, *got, test.want)
		}
	}
}

func TestReceiptFailureOfUnknownCodes(t *testing.T) {
	want := gateway.Failure{Code: "39999", Remedy: gateway.Retry, Waits: [3]time.Duration{5 * time.Second}, Then: gateway.Elsewhere, Unlisted: true}
	if got := (Codes{}).receipt("39999", "undelivered"); *got != want {
		t.Errorf("got %+v, want %+v", *got, want)
	}
	if got := (Codes{}).receipt("32999", "call-failed"); got.Waits != policies["call-failed"].Waits || got.Code != "32999" {
		t.Errorf("an unknown code of a call: got %+v", *got)
	}
	for code, want := range map[string]gateway.Failure{
		"30459": {Remedy: gateway.Call},
		"30411": {Remedy: gateway.Retry, Waits: [3]time.Duration{5 * time.Second}, Then: gateway.Elsewhere},
		"63099": {Remedy: gateway.Elsewhere, Then: gateway.Call},
		"20999": {Remedy: gateway.Elsewhere, Alarm: true},
		"30888": {Remedy: gateway.Elsewhere, Alarm: true, Unreached: true},
	} {
		want.Code, want.Unlisted = code, true
		if got := (Codes{}).receipt(code, "undelivered"); *got != want {
			t.Errorf("%s, by its family: got %+v, want %+v", code, *got, want)
		}
	}
	if got := (Codes{}).receipt("", "undelivered"); got.Unlisted {
		t.Error("a receipt without a code is told of as a code that nobody knows")
	}
	if Known("39999") {
		t.Error("39999 is not counted as unknown")
	}
	for _, own := range []string{"http-503", "timeout", "lost", "connect", "undelivered"} {
		if !Known(own) {
			t.Errorf("%s is this package's own word and counted as unknown", own)
		}
	}
}

// What the operator says of a code holds for answers and receipts; what the table
// says is not theirs to change.
func TestCodesOfTheOperator(t *testing.T) {
	codes, err := NewCodes([]gateway.ErrorClass{{Code: "30099", Do: gateway.ClassCall}, {Code: "21999", Do: gateway.ClassAccount}})
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]gateway.Failure{
		"30099": {Code: "30099", Remedy: gateway.Call},
		"21999": {Code: "21999", Remedy: gateway.Elsewhere, Alarm: true, Outage: true},
	} {
		n, _ := strconv.Atoi(code)
		if got := codes.answer(400, n, 0); *got != want {
			t.Errorf("%s as an answer: %+v", code, *got)
		}
		if got := codes.receipt(code, "undelivered"); *got != want {
			t.Errorf("%s in a receipt: %+v", code, *got)
		}
	}
	if got := codes.receipt("21610", "failed"); !got.OptedOut {
		t.Errorf("21610 is %+v", *got)
	}
	if _, err := NewCodes([]gateway.ErrorClass{{Code: "30099", Do: gateway.ClassCall}, {Code: "21610", Do: gateway.ClassRetry}}); err == nil || !strings.Contains(err.Error(), "errors[1].code: 21610") {
		t.Errorf("21610 is the operator's to change: %v", err)
	}
}

// What a policy says about retries, as whoever climbs the ladder asks for it.
func TestWaits(t *testing.T) {
	off := (Codes{}).receipt("30003", "undelivered")
	for n, want := range map[int]time.Duration{1: time.Minute, 2: 5 * time.Minute} {
		if wait, ok := off.Wait(n); !ok || wait != want {
			t.Errorf("30003, retry %d: %v, %t", n, wait, ok)
		}
	}
	if _, ok := off.Wait(3); ok {
		t.Error("30003 is retried a third time")
	}
	busy := (Codes{}).receipt("", "call-busy")
	if _, ok := busy.Wait(3); !ok {
		t.Error("a busy phone is not called three times more")
	}
	if _, ok := busy.Wait(4); ok {
		t.Error("a busy phone is called a fourth time")
	}
	limited := (Codes{}).answer(429, 0, 4*time.Second)
	if wait, ok := limited.Wait(1); !ok || wait != 4*time.Second {
		t.Errorf("429 with Retry-After 4: %v, %t", wait, ok)
	}
	if wait, ok := limited.Wait(100); !ok || wait != gateway.RetryAfter(100) {
		t.Errorf("429, hundredth retry: %v, %t", wait, ok)
	}
}
