package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What the page tells beside what stands on the phones: how far each text has
// come, what happens and when, and how far a story is.

// news is one thing that the page learns while it is open.
type news struct {
	N    int64  // rises
	Kind string // state, line, story or clear

	Phone int
	Sid   string // of the text that a state or a line is about; of other lines their own
	State string // way, arrived, failed, sent or taken; of a story: playing, paused, done or failed
	Words Words

	At    time.Duration // of a line, from the alert on
	Quote string        // of a line: how the text begins
	Loud  bool          // of a line: somebody has confirmed

	Story       string // of a story: its name
	Step, Steps int
}

// in is news in the page's language, as its script reads it.
func (n news) in(language string) map[string]any {
	return map[string]any{
		"kind": n.Kind, "phone": n.Phone, "sid": n.Sid, "state": n.State, "words": n.Words.In(language), "at": offset(n.At), "after": n.At.Milliseconds(),
		"quote": n.Quote, "loud": n.Loud, "story": n.Story, "step": n.Step, "steps": n.Steps,
	}
}

// newsMost bounds what is kept for pages that come late: what is older they are
// shown as it is by now.
const (
	newsMost  = 2000
	linesMost = 400
)

// line is a row of the timeline.
type row struct {
	Sid   string
	At    time.Duration
	Words Words
	Quote string
	Loud  bool
}

// Offset is a row's time, in seconds from the alert on.
func (r row) Offset() string { return offset(r.At) }

func offset(d time.Duration) string {
	if d < 100*time.Second {
		return fmt.Sprintf("%.1f s", max(d, 0).Seconds())
	}
	return fmt.Sprintf("%d min", int(d.Minutes()))
}

// tell puts news before the pages. The carrier's lock is held.
func (p *Phones) tell(n news) {
	p.told++
	n.N = p.told
	p.news = append(p.news, n)
	if len(p.news) > 2*newsMost {
		p.news = slices.Clone(p.news[newsMost:])
	}
	p.c.stir()
}

// write puts a row into the timeline, or changes the one that is about the same.
// The carrier's lock is held.
func (p *Phones) write(l row) {
	if i := slices.IndexFunc(p.rows, func(o row) bool { return o.Sid == l.Sid }); i >= 0 {
		l.At, l.Quote = p.rows[i].At, p.rows[i].Quote
		p.rows[i] = l
	} else {
		at, _ := slices.BinarySearchFunc(p.rows, l.At+1, func(r row, at time.Duration) int { return cmp.Compare(r.At, at) })
		p.rows = slices.Insert(p.rows, at, l)
		if len(p.rows) > linesMost {
			p.rows = slices.Clone(p.rows[linesMost/2:])
		}
	}
	p.tell(news{Kind: "line", Sid: l.Sid, At: l.At, Words: l.Words, Quote: l.Quote, Loud: l.Loud})
}

// since is how long after the alert a time is. The carrier's lock is held.
func (p *Phones) since(at time.Time) time.Duration {
	if p.start.IsZero() {
		p.start = at
	}
	return at.Sub(p.start)
}

// together is how near two people's texts stand who begin at once, as in a raid.
const together = 3 * time.Second

// acted hears of a text, a call or a key of a phone's. While no alert is open each
// may be the one that raises it: seconds count from there. The carrier's lock is
// held.
func (p *Phones) acted(phone *Phone, e entry) {
	index, ok := p.index[phone]
	if !ok {
		return
	}
	if p.open == 0 && (p.starter == phone || e.Time.Sub(p.start) > together) {
		p.start, p.starter = e.Time, phone
	}
	name := p.name(index)
	switch key := fmt.Sprint("act ", e.Seq); {
	case e.Said && strings.HasPrefix(e.Body, "*"):
		p.write(row{Sid: key, At: p.since(e.Time), Words: Wordsf("%s marca %s|%s dials %s", name, e.Body)})
	case e.Said: // keys: they may be a PIN
	case e.Call:
		p.write(row{Sid: key, At: p.since(e.Time), Words: Wordsf("%s llama|%s calls", name)})
	default:
		p.write(row{Sid: key, At: p.since(e.Time), Words: Wordsf("%s escribe|%s texts", name), Quote: short(e.Body)})
	}
}

// watched hears how far a text has come. The carrier's lock is held.
func (p *Phones) watched(m *message) {
	number := m.To
	if m.Direction == Inbound {
		number = m.From
	}
	phone := p.c.phones[number]
	index, ok := p.index[phone]
	if !ok {
		return
	}
	state, words := stateOf(m)
	p.tell(news{Kind: "state", Phone: index, Sid: m.Sid, State: state, Words: words})
	if m.Direction == Inbound {
		return
	}
	l := row{Sid: m.Sid, At: p.since(m.Created), Quote: short(m.Body)}
	name, took := p.name(index), offset(p.since(m.updated))
	switch state {
	case "arrived":
		l.Words = Wordsf("A %s · entregado %s|%s's phone · delivered %s", name, took)
	case "failed":
		l.Words = Wordsf("A %s · NO entregado %s (%d)|%s's phone · NOT delivered %s (%d)", name, took, m.ErrorCode)
	default:
		l.Words = Wordsf("A %s|%s's phone", name)
	}
	p.write(l)
}

// stateOf is how far a text has come: a word for the page's style, and words. The
// carrier's lock is held.
func stateOf(m *message) (string, Words) {
	switch {
	case m.Direction == Inbound && m.taken:
		return "taken", "✓✓ Aviso lo tiene|✓✓ Aviso has it"
	case m.Direction == Inbound:
		return "sent", "✓ enviado|✓ sent"
	case m.ErrorCode != 0 || m.Status == statusFailed || m.Status == statusUndelivered:
		return "failed", Wordsf("✗ no entregado (%d)|✗ not delivered (%d)", m.ErrorCode)
	case m.Status == statusDelivered:
		return "arrived", Wordsf("✓✓ llegó en %s|✓✓ delivered %s", offset(m.updated.Sub(m.Created)))
	case m.Status == statusSent && m.final:
		return "arrived", "✓ sin acuse|✓ no receipt"
	case m.Status == statusSent:
		return "way", "en la red …|with the network …"
	}
	return "way", "en camino …|on its way …"
}

// shortMost is how much of a text stands in the timeline, in characters.
const shortMost = 46

// short is how a text begins, without the programme's name, which heads all.
func short(body string) string {
	if head, rest, ok := strings.Cut(body, ": "); ok && len(head) < 20 && strings.ToUpper(head) == head {
		body = rest
	}
	if runes := []rune(body); len(runes) > shortMost {
		return string(runes[:shortMost-1]) + "…"
	}
	return body
}

func (p *Phones) name(index int) string {
	phone := p.cfg.Phones[index].Phone
	return cmp.Or(phone.name, phone.Number)
}

// Alerts tells how many alerts are open, by the gateway's own record.
func (p *Phones) Alerts(open int) {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	p.open = open
}

// Tell writes a row into the timeline: what the gateway's own record says. about
// sets the row apart from others; loud says that it is what everybody waits for.
func (p *Phones) Tell(about string, at time.Time, loud bool, words Words) {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	p.write(row{Sid: about, At: p.since(at), Words: words, Loud: loud})
}
