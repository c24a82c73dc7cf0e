package main

import (
	"database/sql"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"aviso/gateway/carrier/sim"
)

// kept is what the disk holds: the rows of each table, and the bytes of the
// tables that have a sealed body.
func (r *rig) kept() map[string]int {
	r.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(r.dir, "aviso.db")+"?mode=ro&_busy_timeout=5000")
	if err != nil {
		r.t.Fatal(err)
	}
	defer db.Close()
	tables, err := db.QueryContext(r.t.Context(), "SELECT name, sql LIKE '%body %' FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
	if err != nil {
		r.t.Fatal(err)
	}
	defer tables.Close()
	all := map[string]int{}
	for tables.Next() {
		var name string
		var sealed bool
		if err := tables.Scan(&name, &sealed); err != nil {
			r.t.Fatal(err)
		}
		size := "0"
		if sealed {
			size = "coalesce(sum(length(body)), 0)"
		}
		var rows, bytes int
		if err := db.QueryRowContext(r.t.Context(), "SELECT count(*), "+size+" FROM "+name).Scan(&rows, &bytes); err != nil {
			r.t.Fatal(err)
		}
		all[name], all[name+" bytes"] = rows, bytes
	}
	return all
}

// request is one that proves nothing.
type request struct{ method, path, body, signature string }

// Who proves nothing leaves nothing: no row, no line of the log, no series of a
// metric, however often they come, however much they send, and whether they are
// refused already or not. Only a log-in leaves what its throttling needs.
func TestAnonymousLeavesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.serve("--ussd-secret", ussdSecret, "--trust-proxy", "127.0.0.1")
	long := strings.Repeat("x", 60_000)
	sid, token := r.carrier.Account()
	ours := "AccountSid=" + sid + "&"

	kinds := func(n int) []request {
		id := fmt.Sprintf("%032x", n)
		text := url.Values{"MessageSid": {"SM" + id}, "From": {phoneNumber(414, n)}, "To": {sender}, "Body": {"ALERTA " + long}}.Encode()
		return []request{
			{"POST", "/twilio/sms", text, ""},
			{"POST", "/twilio/sms", text, "forged"},
			{"POST", "/twilio/sms", text + long, "forged"}, // more than is read
			{"POST", "/twilio/voice?step=" + id, "CallSid=CA" + id + "&From=%2B14145550000&To=" + url.QueryEscape(sender), "forged"},
			{"POST", "/twilio/status/" + id, "MessageStatus=failed&ErrorCode=" + id, "forged"},
			{"POST", "/twilio/answer/" + id, "MessageSid=SM" + id + "&MessageStatus=failed", "forged"},
			{"POST", "/twilio/voice/notice/" + id, "CallSid=CA" + id, "forged"},
			// What the carrier signs of attempts that are none.
			{"POST", "/twilio/status/" + id, ours + "MessageSid=SM" + id + "&MessageStatus=failed&ErrorCode=30003&To=%2B14145550000", token},
			{"POST", "/twilio/answer/" + id, ours + "MessageSid=SM" + id + "&MessageStatus=failed&ErrorCode=30003&To=%2B14145550000", token},
			{"POST", "/twilio/voice/notice/" + id, ours + "CallSid=CA" + id + "&From=" + url.QueryEscape(sender) + "&To=%2B14145550000", token},
			{"POST", "/ussd/" + id, "sessionId=" + id + "&phoneNumber=%2B14145550000&serviceCode=*384%23&text=1", ""},
			{"POST", "/ussd/" + ussdSecret, "sessionId=" + long + "&phoneNumber=%2B14145550000&text=1", ""},
			{"GET", "/ussd/" + ussdSecret + "x?sessionId=1&phoneNumber=%2B14145550000&text=1", "", ""},
			{"GET", "/kannel/" + id + "/sms?from=%2B14145550000&to=1&id=" + id + "&text=ALERTA", "", ""},
			{"GET", "/kannel/" + id + "/dlr?id=" + id + "&status=1", "", ""},
			{"GET", "/consulate/" + id, "", ""},
			{"POST", "/consulate/" + id, "code=123456", ""},
			{"POST", "/consulate/" + id + "/acknowledge", "once=" + long, ""},
			{"GET", "/console/alerts/" + id, "", ""},
			{"GET", "/console/events", "", ""},
			{"POST", "/console/password", "password=" + long, ""},
			{"POST", "/console/factor", "code=" + id, ""},
			{"POST", "/console/raise", "once=" + id + "&phone=%2B14145550000&words=" + long, ""},
			{"POST", "/console/profiles/new", "name=" + long, ""},
			{"POST", "/console/language", "lang=en", ""},
			{"GET", "/audio/es/" + id + ".mp3", "", ""},
			{"GET", "/" + id, "", ""},
			{"GET", "/console/login?next=" + long[:15_000], "", ""},
			{"PROPFIND", "/console/login", long, ""},
		}
	}
	send := func(q request, from int) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), q.method, r.base+q.path, strings.NewReader(q.body))
		if err != nil {
			t.Fatal(err)
		}
		if q.body == "" {
			req.Body, req.ContentLength = http.NoBody, 0
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("User-Agent", long[:4000])
		req.Header.Set("Cookie", fmt.Sprintf("aviso_session=%032x; aviso_desk=%032x", from, from))
		req.Header.Set("X-Forwarded-For", fmt.Sprintf("198.51.%d.%d", from>>8, from&255))
		switch form, _ := url.ParseQuery(q.body); q.signature {
		case "":
		case token:
			req.Header.Set("X-Twilio-Signature", sim.Sign(token, publicURL+q.path, form))
		default:
			req.Header.Set("X-Twilio-Signature", sim.Sign("not the token of the account", publicURL+q.path, form))
		}
		response, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			return 0 // a body that nobody waits for may end so
		}
		defer response.Body.Close()
		io.Copy(io.Discard, response.Body)
		return response.StatusCode
	}
	series := func() (n int) {
		_, metrics := r.get("/metrics")
		for line := range strings.Lines(metrics) {
			if !strings.HasPrefix(line, "#") {
				n++
			}
		}
		return n
	}
	for _, q := range kinds(0) {
		if status := send(q, 0); status < 300 && !strings.HasPrefix(q.path, "/console/login") || status >= 500 {
			t.Errorf("%s %.60s: %d", q.method, q.path, status)
		}
	}
	before, seriesBefore, logBefore := r.kept(), series(), len(r.log.String())
	for n := 1; n <= 30; n++ {
		for _, q := range kinds(n) {
			send(q, n)
		}
	}
	after := r.kept()
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if after[name] != before[name] {
			t.Errorf("%s: %d, and %d before", name, after[name], before[name])
		}
	}
	if n := series(); n != seriesBefore {
		t.Errorf("%d series of metrics, and %d before", n, seriesBefore)
	}
	if grown := r.log.String()[logBefore:]; grown != "" {
		t.Errorf("the log grows: %s", grown)
	}

	// Log-ins: names that there are not, of all lengths, from one address until it
	// is refused and long after, and from many.
	for n := range 60 {
		from := 1000
		if n > 40 {
			from = n
		}
		name := fmt.Sprintf("nobody%d", n)
		if n%2 == 0 {
			name += long
		}
		status := send(request{"POST", "/console/login", url.Values{"name": {name}, "password": {long[:2000]}, "kept.words": {long[:1000]}, "kept-path": {"/console/raise"}}.Encode(), ""}, from)
		if want := map[bool]int{true: 429, false: 401}[from == 1000 && n >= 20]; status != want && status != 413 {
			t.Errorf("log-in %d: %d, want %d", n, status, want)
		}
	}
	after = r.kept()
	if rows, bytes := after["login_try"], after["login_try bytes"]; rows > 41 || bytes > 41*200 {
		t.Errorf("log-ins leave %d rows of %d bytes", rows, bytes)
	}
	delete(after, "login_try")
	delete(after, "login_try bytes")
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if after[name] != before[name] {
			t.Errorf("log-ins: %s: %d, and %d before", name, after[name], before[name])
		}
	}

	// Whoever has the secret of USSD, and makes up what they send: one phone's
	// alerts are few, and what it repeats without end is refused.
	for _, phone := range []string{"+14145550123", "nobody"} {
		for n := range 150 {
			r.ussd("/ussd/"+ussdSecret, "sessionId", fmt.Sprint("s", n), "phoneNumber", phone, "text", "1")
		}
	}
	after = r.kept()
	if sessions, tasks := after["keysession"]-before["keysession"], after["task"]-before["task"]; sessions > 2*90 || tasks > 90+3 {
		t.Errorf("USSD of two phones leaves %d sessions and %d tasks", sessions, tasks)
	}
}
