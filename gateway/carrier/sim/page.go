package sim

import (
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// PageConfig is what the page of phones shows.
type PageConfig struct {
	Sender string // that phones text until a text from another has come
	Phones []PagePhone
}

// PagePhone is one telephone on the page.
type PagePhone struct {
	Phone *Phone
	Role  string   // whose it is: the person, a sister in Mexico, the consulate
	Hint  string   // what whoever tries the demo should know, such as a PIN
	Keys  []string // texts that one press sends
}

//go:embed page
var pageFiles embed.FS

// Page serves the phones, to be mounted at /sim/ on any server:
//
//	GET  /sim/        the page
//	GET  /sim/events  what happens on the phones, as server-sent events
//	POST /sim/text    phone (its place on the page, from 0), body: sends a text
//	POST /sim/pickup  phone, pickup: what the phone does when it is called
//	POST /sim/call    phone, to: calls a number of ours, dials a USSD code, or answers its screen
//	POST /sim/key     phone, key: presses a key on the call that it is on
//	POST /sim/hook    phone, hook: answer, decline or hangup
//
// Everything works by forms alone, without script. Posts from pages of other
// sites are refused; there is no log-in: it is for a demo whose people are
// made up.
func (c *Carrier) Page(cfg PageConfig) (http.Handler, error) {
	html, err := template.ParseFS(pageFiles, "page/page.html")
	if err != nil {
		return nil, fmt.Errorf("read the page of phones: %w", err)
	}
	p := &phonePage{c: c, cfg: cfg, html: html, pace: rate.NewLimiter(postsPerSecond, postsBurst)}
	p.left.Store(postsMost)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sim/{$}", p.show)
	mux.HandleFunc("GET /sim/page.css", p.asset)
	mux.HandleFunc("GET /sim/page.js", p.asset)
	mux.HandleFunc("GET /sim/events", p.stream)
	mux.HandleFunc("POST /sim/text", p.text)
	mux.HandleFunc("POST /sim/pickup", p.pickup)
	mux.HandleFunc("POST /sim/call", p.call)
	mux.HandleFunc("POST /sim/key", p.key)
	mux.HandleFunc("POST /sim/hook", p.hook)
	return guard(http.NewCrossOriginProtection().Handler(mux)), nil
}

type phonePage struct {
	c    *Carrier
	cfg  PageConfig
	html *template.Template

	pace *rate.Limiter // of what is done on all phones
	left atomic.Int64  // of postsMost
}

// Nothing on the page asks who it is, and everything that is done on it stays
// in memory until the demo ends.
const (
	postsBurst     = 60
	postsPerSecond = 10     // faster than all hands that fit before a screen
	postsMost      = 20_000 // some 100 MB
	toMost         = 182    // characters: what USSD carries; numbers are shorter
)

// guard keeps the page to itself: nothing from elsewhere, in no frame. The
// referrer policy leaves a form its Origin, which the cross-site check reads.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "+
			"form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func (p *phonePage) show(w http.ResponseWriter, _ *http.Request) {
	type phone struct {
		PagePhone
		Index   int
		Name    string
		To      string
		Pickup  Pickup
		State   string
		Entries []screenLine
	}
	var view struct {
		Seq     int64
		Phones  []phone
		Pickups []pickupChoice
		Keypad  []string
		Sender  string
		Code    string
	}
	view.Pickups, view.Keypad, view.Sender = pickups[:], keypad, p.cfg.Sender
	p.c.mu.Lock()
	view.Seq, view.Code = p.c.seq, p.c.webhooks.Code
	for i, shown := range p.cfg.Phones {
		view.Phones = append(view.Phones, phone{
			PagePhone: shown, Index: i, Name: cmp.Or(shown.Phone.name, shown.Phone.Number),
			To: p.sender(shown.Phone), Pickup: shown.Phone.pickup, State: shown.Phone.state(), Entries: p.lines(i, 0),
		})
	}
	p.c.mu.Unlock()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	p.html.Execute(w, view)
}

type pickupChoice struct {
	Value Pickup
	Label string
}

// pickups are what a phone can be told to do when it is called.
var pickups = [...]pickupChoice{{ByHand, "rings"}, {NoAnswer, "no answer"}, {Busy, "engaged"}, {Off, "switched off"}, {Listens, "listens, hangs up"}, {Voicemail, "voicemail"}}

func (p *phonePage) asset(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, pageFiles, "page/"+strings.TrimPrefix(r.URL.Path, "/sim/"))
}

// screenLine is an entry of a phone's thread as the page shows it.
type screenLine struct {
	Seq   int64     `json:"seq"`
	Phone int       `json:"phone"`
	Time  time.Time `json:"time"`
	Kind  string    `json:"kind"` // in, out or note
	Peer  string    `json:"peer"`
	Body  string    `json:"body"`
	Size  string    `json:"size"` // of a text
	Ring  bool      `json:"ring"` // something has come to this phone
	State string    `json:"state"`
}

// lines are the entries of a phone after one. The carrier's lock is held.
func (p *phonePage) lines(index int, after int64) (lines []screenLine) {
	thread := p.cfg.Phones[index].Phone.thread
	from, _ := slices.BinarySearchFunc(thread, after+1, func(e entry, seq int64) int { return cmp.Compare(e.Seq, seq) })
	for _, e := range thread[from:] {
		l := screenLine{Seq: e.Seq, Phone: index, Time: e.Time, Kind: "in", Peer: e.Peer, Body: e.Body, Size: size(e), Ring: !e.Sent && !e.Said, State: p.cfg.Phones[index].Phone.state()}
		switch {
		case e.Said && e.Sent:
			l.Kind, l.Body = "keys", "pressed "+e.Body
		case e.Said:
			l.Kind = "said"
		case e.Note != "" && e.Call:
			l.Kind, l.Body = "note", e.Note+": "+e.Peer
		case e.Note != "":
			l.Kind, l.Body = "note", e.Note
		case e.Sent:
			l.Kind = "out"
		}
		lines = append(lines, l)
	}
	return lines
}

func size(e entry) string {
	switch {
	case e.Segments == 0:
		return ""
	case e.Segments == 1 && e.Encoding == GSM7:
		return "1 segment"
	case e.Segments == 1:
		return "1 segment, " + e.Encoding
	case e.Encoding == GSM7:
		return strconv.Itoa(e.Segments) + " segments"
	}
	return strconv.Itoa(e.Segments) + " segments, " + e.Encoding
}

// sender is the number that a phone's texts go to: people answer whoever
// wrote last. The carrier's lock is held.
func (p *phonePage) sender(phone *Phone) string {
	if n := len(phone.inbox); n > 0 {
		return phone.inbox[n-1].From
	}
	return p.cfg.Sender
}

// heartbeat keeps proxies and browsers from thinking that a quiet stream is
// dead; common idle time-outs begin at 30 s.
const heartbeat = 15 * time.Second

// stream sends what happens on the phones, from the event that the client has
// seen last.
func (p *phonePage) stream(w http.ResponseWriter, r *http.Request) {
	after, _ := strconv.ParseInt(cmp.Or(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("after")), 10, 64)
	control := http.NewResponseController(w)
	control.SetWriteDeadline(time.Time{}) // the server's is for answers that end
	w.Header().Set("Content-Type", "text/event-stream")
	ticker := time.NewTicker(heartbeat)
	defer ticker.Stop()
	for {
		p.c.mu.Lock()
		changed := p.c.changed
		var fresh []screenLine
		for i := range p.cfg.Phones {
			fresh = append(fresh, p.lines(i, after)...)
		}
		p.c.mu.Unlock()
		slices.SortFunc(fresh, func(a, b screenLine) int { return cmp.Compare(a.Seq, b.Seq) })
		for _, l := range fresh {
			data, err := json.Marshal(l)
			if err != nil {
				return
			}
			if _, err := fmt.Fprintf(w, "id: %d\ndata: %s\n\n", l.Seq, data); err != nil {
				return
			}
			after = l.Seq
		}
		if control.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-ticker.C:
			if _, err := fmt.Fprint(w, ": still here\n\n"); err != nil {
				return
			}
		case <-r.Context().Done():
			return
		case <-p.c.ctx.Done():
			return
		}
	}
}

func (p *phonePage) text(w http.ResponseWriter, r *http.Request) {
	index, ok := p.form(w, r)
	if !ok {
		return
	}
	body := strings.TrimSpace(r.PostFormValue("body"))
	if body == "" || len([]rune(body)) > maxBody {
		http.Error(w, "a text has 1 to 1600 characters", http.StatusBadRequest)
		return
	}
	phone := p.cfg.Phones[index].Phone
	p.c.mu.Lock()
	to := p.sender(phone)
	p.c.mu.Unlock()
	// A text that has been sent is under way, whether the page stays or not.
	if _, err := phone.Text(context.WithoutCancel(r.Context()), to, body); err == ErrNoSuchNumber || err == ErrNoWebhook {
		phone.note("", "Not sent: "+err.Error())
	}
	p.back(w, r, index)
}

func (p *phonePage) pickup(w http.ResponseWriter, r *http.Request) {
	index, ok := p.form(w, r)
	if !ok {
		return
	}
	for _, choice := range pickups {
		if string(choice.Value) == r.PostFormValue("pickup") {
			p.cfg.Phones[index].Phone.OnCall(choice.Value)
			p.back(w, r, index)
			return
		}
	}
	http.Error(w, "a phone cannot do this", http.StatusBadRequest)
}

// form reads a form and the phone that it is about.
func (p *phonePage) form(w http.ResponseWriter, r *http.Request) (index int, ok bool) {
	if !p.pace.Allow() || p.left.Add(-1) < 0 {
		http.Error(w, "the phones need a rest; after many thousand texts start the demo anew", http.StatusTooManyRequests)
		return 0, false
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form cannot be read", http.StatusBadRequest)
		return 0, false
	}
	index, err := strconv.Atoi(r.PostFormValue("phone"))
	if err != nil || index < 0 || index >= len(p.cfg.Phones) {
		http.Error(w, "no such phone", http.StatusBadRequest)
		return 0, false
	}
	return index, true
}

// back answers a form: the script wants nothing, a browser without it wants
// the page again.
func (p *phonePage) back(w http.ResponseWriter, r *http.Request, index int) {
	if r.Header.Get("Accept") == "application/json" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, r, "/sim/#phone-"+strconv.Itoa(index), http.StatusSeeOther)
}
