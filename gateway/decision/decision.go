package decision

import (
	"slices"
	"strings"
	"time"

	"aviso/gateway"
	"aviso/ivr"
	"aviso/templates"
)

// Decision is one event on its way to a Turn. It is pure: all that it knows is
// in the rules, the view and what Fresh hands it.
type Decision struct {
	Means
	View  *gateway.View
	Fresh gateway.Fresh
	Now   time.Time
	Turn  gateway.Turn

	PIN  gateway.PINCheck       // of what the event offers as a PIN, or of one that was given before in the same call
	none map[gateway.Phone]bool // phones of which this decision has learned that they want no texts

	Conv gateway.Conversation // of the phone that the event comes from, as it will be
	Lang string               // language of whoever is there
	Err  error                // the first text that could not be rendered

	Erased  *gateway.Profile // who asked to be erased, and is
	AsDecoy bool             // the duress PIN was given for what is being done: it is to look done

	RaisedID gateway.ID // the alert that was raised, or is added to as by who raises it
	Puzzled  bool       // nothing understood the text
	Secrets  []string   // digits that the text offers as a PIN, tried or not

	Last Said  // the answer that was chosen last
	Talk *Talk // the step of a call or USSD session that is decided on; nil: it is none

	Agent *gateway.Agent // who acts; nil: no agent does
	Actor string         // "agent:<name>", where an agent acts

	Settles bool // an alert ends, or somebody is confirmed for
}

// Means are what a decision may use beside the view. Nothing in them leads to a
// store, a clock or chance.
type Means struct {
	Rules *gateway.Rules
	Words *templates.Catalog
	Zones *gateway.Zones

	// Facts about this node, as they are when the decision begins.
	Sends   bool         // it sends what is claimed for it
	Full    gateway.Lane // from this one on its send queue has no room
	Spent   bool         // the day's spending has reached --daily-limit
	Crowded bool         // USSD sessions of phones that nobody knows have used up their share
}

// Zone is the time zone of an IANA name; an unknown one is UTC.
func (m *Means) Zone(name string) *time.Location { return m.Zones.Find(name) }

// DropID withdraws a timer, if it is one.
func (d *Decision) DropID(timer gateway.ID) {
	if !timer.IsZero() {
		d.Turn.Drop = append(d.Turn.Drop, timer)
	}
}

// PutAlert takes a changed alert into the Turn, once, with an entry of its chain.
func (d *Decision) PutAlert(a *gateway.Alert, kind, actor, detail string) {
	Put(&d.Turn.Alerts, *a, func(x gateway.Alert) bool { return x.ID == a.ID })
	d.Audit(gateway.SubjectAlert, a.ID, a.Version, kind, actor, detail)
}

// PutProfile takes a changed profile into the Turn, with an entry of its chain.
func (d *Decision) PutProfile(p *gateway.Profile, kind, actor, detail string) {
	Put(&d.Turn.Profiles, *p, func(x gateway.Profile) bool { return x.ID == p.ID })
	d.Audit(gateway.SubjectProfile, p.ID, p.Version, kind, actor, detail)
}

// PutRecipient takes a changed recipient into the Turn.
func (d *Decision) PutRecipient(r *gateway.Recipient) {
	Put(&d.Turn.Recipients, *r, func(x gateway.Recipient) bool { return x.ID == r.ID })
}

// PutAttempt takes a changed attempt into the Turn.
func (d *Decision) PutAttempt(a *gateway.Attempt) {
	Put(&d.Turn.Attempts, *a, func(x gateway.Attempt) bool { return x.ID == a.ID })
}

// PutDesk takes a changed desk into the Turn.
func (d *Decision) PutDesk(desk *gateway.Desk) {
	Put(&d.Turn.Desks, *desk, func(x gateway.Desk) bool { return x.ID == desk.ID })
}

// PutTask takes a task into the Turn; one without an id is new and open.
func (d *Decision) PutTask(t gateway.Task) {
	if t.ID.IsZero() {
		t.ID, t.State, t.At = d.Fresh.ID(), gateway.TaskOpen, d.Now
	}
	Put(&d.Turn.Tasks, t, func(x gateway.Task) bool { return x.ID == t.ID })
}

// Audit adds an entry to a subject's chain.
func (d *Decision) Audit(subject gateway.SubjectKind, id gateway.ID, seen gateway.Version, kind, actor, detail string) {
	if d.Raid(id) != nil {
		return // its alerts' chains say what was done
	}
	d.Turn.Audit = append(d.Turn.Audit, gateway.Entry{Subject: subject, ID: id, Version: seen, Kind: kind, Actor: actor, Detail: detail})
}

func Put[T any](list *[]T, thing T, same func(T) bool) {
	if i := slices.IndexFunc(*list, same); i >= 0 {
		(*list)[i] = thing
		return
	}
	*list = append(*list, thing)
}

// Talk is a decision on a step, beside what every decision has.
type Talk struct {
	*gateway.Dialogue
	Session  gateway.KeySession
	Input    ivr.Input
	Language string // of whoever is there, BCP 47
	Lines    []gateway.Line
	Dial     *gateway.Dial
	Acted    bool // the phone's conversation is part of what was done

	RaisedNow bool // an alert was raised, or added to
}

// Paginate cuts what is shown into screens; all but the first wait for a key.
// What an alert earns is one screen and the end, whatever has to be left out.
func (t *Talk) Paginate(s *gateway.Screen, one bool) {
	more := t.more(s.Language)
	pages := templates.Paginate(s.Text(), more)
	t.Session.Pages, t.Session.Ends = nil, false
	if one && s.End {
		pages = []string{strings.TrimSuffix(pages[0], "\n"+more)}
	}
	s.Lines = []gateway.Line{{Text: pages[0], Language: s.Language}}
	if len(pages) > 1 {
		t.Session.Pages, t.Session.Ends = pages[1:], s.End
		if s.End { // not yet: meanwhile the menu's keys hold, 1 above all
			t.Session.State.At, s.End = ivr.Menu, false
		}
	}
}

// more is the line that says how to go on.
func (t *Talk) more(language string) string {
	if language == "en" {
		return "0 more"
	}
	return "0 mas"
}

// NextPage turns to the next screen where 0 asks for it.
func (t *Talk) NextPage() bool {
	if t.Medium != ivr.USSD || len(t.Session.Pages) == 0 || t.Session.Last == nil {
		return false
	}
	session := t.Session // whether it is a new input is seen on a copy
	keys, err := t.Fresh(&session)
	if err != nil || strings.TrimSpace(keys) != "0" {
		return false
	}
	session.State.Steps++
	next := *session.Last
	next.Lines = []gateway.Line{{Text: session.Pages[0], Language: next.Language}}
	session.Pages = slices.Clone(session.Pages[1:])
	next.End = session.Ends && len(session.Pages) == 0
	session.Last = &next
	t.Session = session
	return true
}

// Said is the text that a decision chose as its answer, by name and data. A
// dialogue says it in its own words.
type Said struct {
	Name string
	Data templates.Data
}

// PutIncident takes a changed incident into the Turn.
func (d *Decision) PutIncident(i *gateway.Incident) {
	Put(&d.Turn.Incidents, *i, func(x gateway.Incident) bool { return x.ID == i.ID })
}

// Raid is the incident of an id, as far as the view holds it; nil for the id of
// an alert.
func (d *Decision) Raid(id gateway.ID) *gateway.Raid {
	for i := range d.View.Raids {
		if d.View.Raids[i].Incident.ID == id {
			return &d.View.Raids[i]
		}
	}
	return nil
}

// BumpProfile adds a line to a person's chain. It also makes two alerts raised
// for one person from two phones at once exclude each other.
func (d *Decision) BumpProfile(p *gateway.Profile, kind, actor, detail string) {
	d.Audit(gateway.SubjectProfile, p.ID, p.Version, kind, actor, detail)
}

// PutConversation writes the conversation down. It is part of every Turn that
// a phone causes: two texts of one phone exclude each other by it.
func (d *Decision) PutConversation() {
	if d.Conv.ID.IsZero() {
		d.Conv.ID = d.Fresh.ID()
	}
	d.Turn.Conversations = append(d.Turn.Conversations, d.Conv)
}
