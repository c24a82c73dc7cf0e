package sim

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// apiVersion is the one version of Twilio's REST API that there is for
// messages and calls.
const apiVersion = "2010-04-01"

// accountPath is where the account's resources are, as a pattern.
const accountPath = "/" + apiVersion + "/Accounts/{account}"

// Counts are the requests that reached the REST side with the right password.
type Counts struct {
	Requests int // all of them
	Messages int // messages accepted from the REST side, stored ones whose answer was lost included
	Calls    int // calls, likewise
	Refused  int // requests answered with an error
}

// Counts says how many requests there were.
func (c *Carrier) Counts() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts
}

// rest is the REST side: https://www.twilio.com/docs/usage/api
func (c *Carrier) rest() http.Handler {
	mux := http.NewServeMux()
	handle := func(method, path string, answer func(*request) (int, any, error)) {
		mux.HandleFunc(method+" "+accountPath+path, func(w http.ResponseWriter, r *http.Request) { c.serve(w, r, answer) })
	}
	handle("POST", "/Messages.json", c.createMessage)
	handle("GET", "/Messages.json", c.listMessages)
	handle("GET", "/Messages/{sid}", c.fetchMessage)
	handle("POST", "/Messages/{sid}", c.updateMessage)
	handle("DELETE", "/Messages/{sid}", c.deleteMessage)
	handle("GET", "/Messages/{sid}/Media.json", c.listMedia)
	handle("DELETE", "/Messages/{sid}/Media/{media}", c.deleteMedia)
	handle("POST", "/Calls.json", c.createCall)
	handle("GET", "/Calls.json", c.listCalls)
	handle("GET", "/Calls/{sid}", c.fetchCall)
	handle("POST", "/Calls/{sid}", c.updateCall)
	handle("GET", "/IncomingPhoneNumbers.json", c.listNumbers)
	handle("GET", "/IncomingPhoneNumbers/{sid}", c.fetchNumber)
	handle("POST", "/IncomingPhoneNumbers/{sid}", c.updateNumber)
	handle("GET", "/Balance.json", c.fetchBalance)
	c.accountRoutes(mux)
	mux.HandleFunc("GET "+accountPath, func(w http.ResponseWriter, r *http.Request) { c.serve(w, r, c.fetchAccount) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { writeError(w, notFound(r.URL.Path)) })
	return mux
}

// request is one authenticated request: its form, query or body alike.
type request struct {
	w    http.ResponseWriter
	r    *http.Request
	form url.Values
	sid  string // of the resource, where the path names one
}

// maxForm bounds the body of a request; Twilio's own limit is not published,
// and a message's form is a few kilobytes.
const maxForm = 64 << 10

func (c *Carrier) serve(w http.ResponseWriter, r *http.Request, answer func(*request) (int, any, error)) {
	if !c.enter() {
		panic(http.ErrAbortHandler)
	}
	defer c.work.Done()
	if err := c.authenticate(r); err != nil {
		writeError(w, err)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		writeError(w, invalid(20001, "The form cannot be read."))
		return
	}
	c.count(func(counts *Counts) { counts.Requests++ })
	req := &request{w: w, r: r, form: r.Form, sid: strings.TrimSuffix(r.PathValue("sid"), ".json")}
	status, body, err := answer(req)
	switch err := err.(type) {
	case nil:
		writeJSON(w, status, body)
	case *restError:
		c.count(func(counts *Counts) { counts.Refused++ })
		writeError(w, err)
	default:
		writeError(w, &restError{Status: http.StatusInternalServerError, Message: err.Error()})
	}
}

func (c *Carrier) count(add func(*Counts)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	add(&c.counts)
}

func (c *Carrier) authenticate(r *http.Request) *restError {
	user, password, _ := r.BasicAuth()
	same := func(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
	if !same(user, c.cfg.AccountSID) || !same(password, c.cfg.AuthToken) {
		return &restError{Status: http.StatusUnauthorized, Message: "Authenticate"}
	}
	if !strings.HasPrefix(r.URL.Path, "/v1/") && strings.TrimSuffix(r.PathValue("account"), ".json") != c.cfg.AccountSID {
		return notFound(r.URL.Path)
	}
	return nil
}

// befall lets the fault that applies to a request happen. For requests that
// create nothing; the creating ones have a say in the order of things.
func (c *Carrier) befall(req *request, op Op, to, from string) error {
	f := c.faultFor(op, to, from)
	c.pause(f.Delay)
	return c.intercept(req, f)
}

// restError is an error as Twilio answers it:
// https://www.twilio.com/docs/usage/twilios-response
type restError struct {
	Code     int    `json:"code"`
	Message  string `json:"message"`
	MoreInfo string `json:"more_info"`
	Status   int    `json:"status"`
}

func (e *restError) Error() string { return fmt.Sprintf("Twilio error %d", e.Code) }

func invalid(code int, format string, args ...any) *restError {
	return &restError{Status: http.StatusBadRequest, Code: code, Message: fmt.Sprintf(format, args...)}
}

func notFound(path string) *restError {
	return &restError{Status: http.StatusNotFound, Message: "The requested resource " + path + " was not found"}
}

func writeError(w http.ResponseWriter, err *restError) {
	if err.Code == 0 {
		err.Code = 20000 + err.Status // 20404, 20429, 20500, 20503: so Twilio numbers them
		if err.Status == http.StatusUnauthorized {
			err.Code = 20003
		}
	}
	err.MoreInfo = "https://www.twilio.com/docs/errors/" + strconv.Itoa(err.Code)
	writeJSON(w, err.Status, err)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	if body == nil {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

// page is the envelope of a list:
// https://www.twilio.com/docs/usage/twilios-response
type page struct {
	FirstPageURI    string  `json:"first_page_uri"`
	NextPageURI     *string `json:"next_page_uri"`
	PreviousPageURI *string `json:"previous_page_uri"`
	URI             string  `json:"uri"`
	Page            int     `json:"page"`
	PageSize        int     `json:"page_size"`
	Start           int     `json:"start"`
	End             int     `json:"end"`
}

const (
	defaultPageSize = 50
	maxPageSize     = 1000
)

// paginate cuts the requested page out of a list. The next page is found by
// the last SID of this one, so that what arrives meanwhile shifts nothing.
func paginate[T any](req *request, all []T, sid func(T) string) ([]T, page) {
	query := req.r.URL.Query()
	size, err := strconv.Atoi(query.Get("PageSize"))
	if err != nil || size < 1 {
		size = defaultPageSize
	}
	size = min(size, maxPageSize)
	number, _ := strconv.Atoi(query.Get("Page"))
	number = max(number, 0)
	start := min(number*size, len(all))
	if after, ok := strings.CutPrefix(query.Get("PageToken"), "PA"); ok {
		for i := range all {
			if sid(all[i]) == after {
				start = i + 1
			}
		}
	}
	cut := all[start:min(start+size, len(all))]
	uri := func(number int, token string) string {
		query.Set("PageSize", strconv.Itoa(size))
		query.Set("Page", strconv.Itoa(number))
		query.Del("PageToken")
		if token != "" {
			query.Set("PageToken", token)
		}
		return req.r.URL.Path + "?" + query.Encode()
	}
	p := page{FirstPageURI: uri(0, ""), URI: req.r.URL.RequestURI(), Page: number, PageSize: size, Start: start}
	p.End = max(start+len(cut)-1, start)
	if start+len(cut) < len(all) && len(cut) > 0 {
		next := uri(number+1, "PA"+sid(cut[len(cut)-1]))
		p.NextPageURI = &next
	}
	if number > 0 {
		previous := uri(number-1, "")
		p.PreviousPageURI = &previous
	}
	return cut, p
}

// during reports whether t lies in the day or span that a list is asked for
// by name, name< (before) and name> (after), the bounds included. Twilio's
// times have no fractions.
func during(form url.Values, name string, t time.Time) bool {
	t = t.UTC().Truncate(time.Second)
	if on, _, ok := bound(form.Get(name)); ok && !t.UTC().Truncate(24*time.Hour).Equal(on.Truncate(24*time.Hour)) {
		return false
	}
	if before, length, ok := bound(form.Get(name + "<")); ok && t.After(before.Add(length)) {
		return false
	}
	if after, _, ok := bound(form.Get(name + ">")); ok && t.Before(after) {
		return false
	}
	return true
}

// bound reads a day or a moment in RFC 3339; length is a day's.
func bound(value string) (t time.Time, length time.Duration, ok bool) {
	if t, err := time.Parse(time.RFC3339, value); err == nil {
		return t.UTC(), 0, true
	}
	if t, err := time.Parse(time.DateOnly, value); err == nil {
		return t, 24*time.Hour - time.Second, true
	}
	return time.Time{}, 0, false
}

// e164 is the form of a number with its country; whether the country has such
// a number is not asked.
var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// newSID makes an identifier: two letters for the kind, 32 hex digits.
func newSID(kind string) string {
	var id [16]byte
	rand.Read(id[:]) // never fails
	return kind + hex.EncodeToString(id[:])
}

// rfc2822 is the form of every time that Twilio answers; nil where there is none.
func rfc2822(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(time.RFC1123Z)
	return &s
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d.Round(time.Second) / time.Second)) }

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
