package sim

import (
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// PageConfig is what the page of phones shows.
type PageConfig struct {
	Sender  string // that phones text until a text from another has come
	Phones  []PagePhone
	Scenes  []Scene // of phones, of which one is shown at a time; none: all are
	Stories []Story

	// Reset puts the people behind the phones back to how they were at the
	// beginning, with this language for their texts (es or en); nil: they stay.
	Reset func(ctx context.Context, language string) error

	// Failed is told why a story broke off; nil: nobody wants to know.
	Failed func(error)

	// Console sends a browser to the agents' console, logged in, in the page's
	// language; nil: the page has none beside it.
	Console http.Handler
}

// Scene is a group of phones that something happens on.
type Scene struct {
	Name  string
	Title Words
}

// PagePhone is one telephone on the page.
type PagePhone struct {
	Phone *Phone
	Role  Words    // whose it is: the person, a sister in Mexico, the consulate
	Hint  Words    // what whoever tries the demo should know, such as a PIN
	Keys  []string // texts that one press sends, Words each in the language of the phones' texts
	Zone  string   // IANA, in which its clock is; "": this machine's
	Scene string   // in which it is; "": the first
	Small bool     // one of many: its last text is shown, and nothing but Keys can be done
}

//go:embed page
var pageFiles embed.FS

// Page makes the page of phones. It is a handler, to be mounted at /sim/ on any
// server:
//
//	GET  /sim/          the page; lang is its language, es or en
//	GET  /sim/events    what happens on the phones, as server-sent events
//	GET  /sim/news      how far texts and a story have come, and the timeline, the same way
//	GET  /sim/console   the agents' console
//	POST /sim/text      phone (its place on the page, from 0), body: sends a text
//	POST /sim/pickup    phone, pickup: what the phone does when it is called
//	POST /sim/call      phone, to: calls a number of ours, dials a USSD code, or answers its screen
//	POST /sim/key       phone, key: presses keys on the call that it is on; they are a screen's whole answer
//	POST /sim/hook      phone, hook: answer, decline or hangup
//	POST /sim/story     story: plays one; do: pause, go, stop, anew
//	POST /sim/language  people: the language of the phones' texts; everything begins anew
//
// Everything works by forms alone, without script. Posts from pages of other
// sites are refused; there is no log-in: it is for a demo whose people are
// made up.
func (c *Carrier) Page(cfg PageConfig) (*Phones, error) {
	html, err := template.ParseFS(pageFiles, "page/page.html")
	if err != nil {
		return nil, fmt.Errorf("read the page of phones: %w", err)
	}
	p := &Phones{c: c, cfg: cfg, html: html, pace: rate.NewLimiter(postsPerSecond, postsBurst), language: inSpanish, index: map[*Phone]int{}}
	p.left.Store(postsMost)
	for i, shown := range cfg.Phones {
		p.index[shown.Phone] = i
		zone := time.Local
		if shown.Zone != "" {
			if zone, err = time.LoadLocation(shown.Zone); err != nil {
				return nil, fmt.Errorf("read the page of phones: %w", err)
			}
		}
		p.zones = append(p.zones, zone)
	}
	c.mu.Lock()
	c.watch, c.acted = p.watched, p.acted
	c.mu.Unlock()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sim/{$}", p.show)
	mux.HandleFunc("GET /sim/page.css", p.asset)
	mux.HandleFunc("GET /sim/page.js", p.asset)
	mux.HandleFunc("GET /sim/events", p.events)
	mux.HandleFunc("GET /sim/news", p.newsStream)
	mux.HandleFunc("POST /sim/text", p.text)
	mux.HandleFunc("POST /sim/pickup", p.pickup)
	mux.HandleFunc("POST /sim/call", p.call)
	mux.HandleFunc("POST /sim/key", p.key)
	mux.HandleFunc("POST /sim/hook", p.hook)
	mux.HandleFunc("POST /sim/story", p.storyForm)
	mux.HandleFunc("POST /sim/language", p.peopleForm)
	if cfg.Console != nil {
		mux.Handle("GET /sim/console", cfg.Console)
	}
	p.handler = guard(http.NewCrossOriginProtection().Handler(mux))
	return p, nil
}

// Phones is the page of phones.
type Phones struct {
	c       *Carrier
	cfg     PageConfig
	html    *template.Template
	handler http.Handler
	zones   []*time.Location
	index   map[*Phone]int

	pace *rate.Limiter // of what is done on all phones
	left atomic.Int64  // of postsMost

	resetting sync.Mutex

	// Guarded by the carrier's lock.
	language string // of the phones' texts
	hidden   int64  // of the threads' entries, the last that is not shown any more
	news     []news
	told     int64 // of the last of news
	rows     []row // of the timeline
	open     int   // alerts
	start    time.Time
	starter  *Phone
	play     *play
}

// ServeHTTP answers what is asked below /sim/.
func (p *Phones) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.handler.ServeHTTP(w, r) }

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
			"form-action 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// phoneView is a telephone as the template has it.
type phoneView struct {
	PagePhone
	Index   int
	Name    string
	To      string
	Place   string // whose time its clock shows
	Pickup  Pickup
	State   string
	Entries []screenLine
	Quick   []string
}

// pageView is the page as the template has it.
type pageView struct {
	Language string
	People   string
	Seq, New int64
	Phones   []phoneView
	Scenes   []Scene
	Scene    string
	Stories  []Story
	Rows     []row
	Story    string // that is played, or was last
	Doing    string
	Caption  Words
	Step     int
	Steps    int
	Pickups  []pickupChoice
	Keypad   []string
	Sender   string
	Code     string
	Console  bool
}

// T is a label of the page.
func (v pageView) T(name string, args ...any) string {
	w, ok := pageWords[name]
	if !ok {
		return name
	}
	if len(args) == 0 {
		return w.In(v.Language)
	}
	return fmt.Sprintf(w.In(v.Language), args...)
}

// Other is the page's other language.
func (v pageView) Other() string {
	if v.Language == inSpanish {
		return inEnglish
	}
	return inSpanish
}

func (p *Phones) show(w http.ResponseWriter, r *http.Request) {
	view := pageView{
		Language: languageOf(r), Pickups: pickups[:], Keypad: keypad, Sender: p.cfg.Sender,
		Scenes: p.cfg.Scenes, Stories: p.cfg.Stories, Console: p.cfg.Console != nil,
	}
	p.c.mu.Lock()
	view.Seq, view.New, view.Code, view.People = p.c.seq, p.told, p.c.webhooks.Code, p.language
	view.Rows = slices.Clone(p.rows)
	if s := p.play; s != nil {
		view.Story, view.Doing, view.Caption, view.Step, view.Steps, view.Scene = s.story.Name, s.state, s.words, s.step, len(s.story.Steps), s.story.Scene
	}
	for i, shown := range p.cfg.Phones {
		v := phoneView{
			PagePhone: shown, Index: i, Name: p.name(i), Place: placeOf(shown.Zone),
			To: p.sender(shown.Phone), Pickup: shown.Phone.pickup, State: shown.Phone.state(), Entries: p.lines(i, p.hidden, view.Language),
		}
		for _, key := range shown.Keys {
			v.Quick = append(v.Quick, Words(key).In(p.language))
		}
		if v.Scene == "" && len(p.cfg.Scenes) > 0 {
			v.Scene = p.cfg.Scenes[0].Name
		}
		view.Phones = append(view.Phones, v)
	}
	p.c.mu.Unlock()
	if view.Scene == "" && len(view.Scenes) > 0 {
		view.Scene = view.Scenes[0].Name
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	p.html.Execute(w, view)
}

// placeOf is the town that a time zone is named by.
func placeOf(zone string) string {
	return strings.ReplaceAll(zone[strings.LastIndex(zone, "/")+1:], "_", " ")
}

type pickupChoice struct {
	Value Pickup
	Label Words
}

// pickups are what a phone can be told to do when it is called.
var pickups = [...]pickupChoice{
	{ByHand, "suena|rings"}, {NoAnswer, "no contesta|no answer"}, {Busy, "ocupado|engaged"}, {Off, "apagado|switched off"},
	{Listens, "oye y cuelga|listens, hangs up"}, {Voicemail, "buzón|voicemail"},
}

func (p *Phones) asset(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, pageFiles, "page/"+strings.TrimPrefix(r.URL.Path, "/sim/"))
}

// screenLine is an entry of a phone's thread as the page shows it.
type screenLine struct {
	Seq   int64     `json:"seq"`
	Phone int       `json:"phone"`
	Time  time.Time `json:"time"`
	Clock string    `json:"clock"` // the time where the phone is
	Kind  string    `json:"kind"`  // in, out, said, keys or note
	Peer  string    `json:"peer"`
	Body  string    `json:"body"`
	Size  string    `json:"size"` // of a text
	Ring  bool      `json:"ring"` // something has come to this phone
	State string    `json:"state"`
	Sid   string    `json:"sid"`
	Call  bool      `json:"call"`
	Say   []phrase  `json:"say,omitempty"` // what a machine says on a call

	Way     string `json:"way"`     // how far a text has come, as news.State
	Arrived string `json:"arrived"` // the same in words
}

// lines are the entries of a phone after one. The carrier's lock is held.
func (p *Phones) lines(index int, after int64, language string) (lines []screenLine) {
	phone := p.cfg.Phones[index].Phone
	from, _ := slices.BinarySearchFunc(phone.thread, after+1, func(e entry, seq int64) int { return cmp.Compare(e.Seq, seq) })
	for _, e := range phone.thread[from:] {
		l := screenLine{
			Seq: e.Seq, Phone: index, Time: e.Time, Clock: clock(e.Time, p.zones[index]), Kind: "in", Peer: e.Peer, Body: e.Body, Size: size(e, language),
			Ring: !e.Sent && !e.Said, State: phone.state(), Sid: e.Sid, Call: e.Call, Say: e.Spoken,
		}
		switch {
		case e.Said && e.Sent:
			l.Kind, l.Body = "keys", Words("marca |pressed ").In(language)+e.Body
		case e.Said:
			l.Kind, l.Body = "said", tones.ReplaceAllString(e.Body, "♪ $1")
		case e.Note != "" && e.Call:
			l.Kind, l.Body = "note", noteIn(e.Note, language)+": "+e.Peer
		case e.Note != "":
			l.Kind, l.Body = "note", noteIn(e.Note, language)
		case e.Sent:
			l.Kind = "out"
		}
		if m := p.c.messageBy[e.Sid]; m != nil && (l.Kind == "in" || l.Kind == "out") {
			way, words := stateOf(m)
			l.Way, l.Arrived = way, words.In(language)
		}
		lines = append(lines, l)
	}
	return lines
}

// tones are key tones that a machine plays, as [spoken] writes them; w is a pause.
var tones = regexp.MustCompile(`\[tones [wW]*([0-9*#]+)\]`)

func size(e entry, language string) string {
	switch {
	case e.Segments == 0:
		return ""
	case e.Segments == 1 && e.Encoding == GSM7:
		return Words("1 segmento|1 segment").In(language)
	case e.Segments == 1:
		return Words("1 segmento, |1 segment, ").In(language) + e.Encoding
	case e.Encoding == GSM7:
		return strconv.Itoa(e.Segments) + Words(" segmentos| segments").In(language)
	}
	return strconv.Itoa(e.Segments) + Words(" segmentos, | segments, ").In(language) + e.Encoding
}

// sender is the number that a phone's texts go to: people answer whoever
// wrote last. The carrier's lock is held.
func (p *Phones) sender(phone *Phone) string {
	if n := len(phone.inbox); n > 0 {
		return phone.inbox[n-1].From
	}
	return p.cfg.Sender
}

// heartbeat keeps proxies and browsers from thinking that a quiet stream is
// dead; common idle time-outs begin at 30 s.
const heartbeat = 15 * time.Second

// event is one of a stream.
type event struct {
	id   int64
	data any
}

// events sends what happens on the phones, from the event that the client has
// seen last.
func (p *Phones) events(w http.ResponseWriter, r *http.Request) {
	language := languageOf(r)
	p.stream(w, r, func(after int64) (fresh []event) {
		var lines []screenLine
		for i := range p.cfg.Phones {
			lines = append(lines, p.lines(i, after, language)...)
		}
		slices.SortFunc(lines, func(a, b screenLine) int { return cmp.Compare(a.Seq, b.Seq) })
		for _, l := range lines {
			fresh = append(fresh, event{l.Seq, l})
		}
		return fresh
	})
}

// newsStream sends how far texts and a story have come, and the timeline.
func (p *Phones) newsStream(w http.ResponseWriter, r *http.Request) {
	language := languageOf(r)
	p.stream(w, r, func(after int64) (fresh []event) {
		from, _ := slices.BinarySearchFunc(p.news, after+1, func(n news, seq int64) int { return cmp.Compare(n.N, seq) })
		for _, n := range p.news[from:] {
			fresh = append(fresh, event{n.N, n.in(language)})
		}
		return fresh
	})
}

// stream sends what comes after the event that the client has seen last. next is
// asked with the carrier's lock held.
func (p *Phones) stream(w http.ResponseWriter, r *http.Request, next func(after int64) []event) {
	after, _ := strconv.ParseInt(cmp.Or(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("after")), 10, 64)
	control := http.NewResponseController(w)
	control.SetWriteDeadline(time.Time{}) // the server's is for answers that end
	w.Header().Set("Content-Type", "text/event-stream")
	ticker := time.NewTicker(heartbeat)
	defer ticker.Stop()
	for {
		p.c.mu.Lock()
		changed, fresh := p.c.changed, next(after)
		p.c.mu.Unlock()
		for _, e := range fresh {
			data, err := json.Marshal(e.data)
			if err != nil {
				return
			}
			if _, err := fmt.Fprintf(w, "id: %d\ndata: %s\n\n", e.id, data); err != nil {
				return
			}
			after = e.id
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

func (p *Phones) text(w http.ResponseWriter, r *http.Request) {
	index, ok := p.form(w, r)
	if !ok {
		return
	}
	body := strings.TrimSpace(r.PostFormValue("body"))
	if body == "" || len([]rune(body)) > maxBody {
		http.Error(w, Words("un texto tiene de 1 a 1600 caracteres|a text has 1 to 1600 characters").In(languageOf(r)), http.StatusBadRequest)
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

func (p *Phones) pickup(w http.ResponseWriter, r *http.Request) {
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

// allowed reads a form, where the phones are not asked for more than hands can do.
func (p *Phones) allowed(w http.ResponseWriter, r *http.Request) bool {
	if !p.pace.Allow() || p.left.Add(-1) < 0 {
		http.Error(w, Words("los teléfonos necesitan un descanso; tras muchos miles de textos, arranque la demostración otra vez|the phones need a rest; after many thousand texts start the demo anew").In(languageOf(r)), http.StatusTooManyRequests)
		return false
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form cannot be read", http.StatusBadRequest)
		return false
	}
	return true
}

// form reads a form and the phone that it is about.
func (p *Phones) form(w http.ResponseWriter, r *http.Request) (index int, ok bool) {
	if !p.allowed(w, r) {
		return 0, false
	}
	index, err := strconv.Atoi(r.PostFormValue("phone"))
	if err != nil || index < 0 || index >= len(p.cfg.Phones) {
		http.Error(w, "no such phone", http.StatusBadRequest)
		return 0, false
	}
	return index, true
}

// back answers a form: the script wants nothing, a browser without it wants the
// page again, at the phone that it was about; -1: at none.
func (p *Phones) back(w http.ResponseWriter, r *http.Request, index int) {
	if r.Header.Get("Accept") == "application/json" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	target := "/sim/"
	if lang := r.URL.Query().Get("lang"); lang == inSpanish || lang == inEnglish {
		target += "?lang=" + lang
	}
	if index >= 0 {
		target += "#phone-" + strconv.Itoa(index)
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}
