package gateway

import (
	"fmt"
	"slices"
	"time"

	"aviso/templates"
)

// means are what a decision may use beside the view. Nothing in them leads to a
// store, a clock or chance.
type means struct {
	Rules *Rules
	Words *templates.Catalog
	zones *Zones

	// Facts about this node, as they are when the decision begins.
	sends   bool // it sends what is claimed for it
	full    Lane // from this one on its send queue has no room
	spent   bool // the day's spending has reached --daily-limit
	crowded bool // USSD sessions of phones that nobody knows have used up their share
}

// zone is the time zone of an IANA name; an unknown one is UTC.
func (m *means) zone(name string) *time.Location { return m.zones.Find(name) }

// decision is one event on its way to a Turn. It is pure: all that it knows is
// in the rules, the view and what Fresh hands it.
type decision struct {
	means
	view  *View
	fresh Fresh
	now   time.Time
	turn  Turn

	conv Conversation // of the phone that the event comes from, as it will be
	lang string       // language of whoever is there
	err  error        // the first text that could not be rendered

	erased *Profile // who asked to be erased, and is
	forced bool     // the duress PIN was given for what is being done

	raisedID ID       // the alert that was raised, or is added to as by who raises it
	puzzled  bool     // nothing understood the text
	secrets  []string // digits that the text offers as a PIN, tried or not

	last said  // the answer that was chosen last
	talk *talk // the step of a call or USSD session that is decided on; nil: it is none

	agent *Agent // who acts; nil: no agent does
	actor string // "agent:<name>", where an agent acts

	settles bool // an alert ends, or somebody is confirmed for

}

// layers are a decision with all that may become of it, by who may cause it.
type layers struct {
	*texting
	keying *keying
	acting *acting
}

// decide decides on an event.
func decide(m means, event Event, view *View, fresh Fresh) (Turn, error) {
	core := &decision{means: m, view: view, fresh: fresh, now: fresh.Now}
	core.turn.At = core.now
	core.turn.Key = event.Scope().Key
	person := &personal{asking: &asking{cases: &cases{decision: core}}}
	texts := &texting{arranging: &arranging{personal: person}}
	d := layers{texting: texts, keying: &keying{personal: person}, acting: &acting{texting: texts}}
	var err error
	switch e := event.(type) {
	case *Text:
		d.text(e)
	case Result:
		err = d.result(e)
	case Receipt:
		err = d.receipt(e)
	case DeskDrill:
		d.deskDrill()
	case TimerDue:
		d.timer(e.Timer)
	case Invite:
		d.invite(e)
	case Probe:
		d.probe(e)
	case Drill:
		err = d.drillByOperator()
	case AskForSign:
		err = d.askForSign(e.Look)
	case *Dialogue:
		err = d.keying.dialogue(e)
	case Sweep:
		d.sweep()
	case AnswerFailed:
		d.answerFailed(e)
	case *Whisper:
		d.keying.whisper(e)
	case *NoticeCall:
		err = d.noticeCall(e)
	case *Act:
		err = d.acting.act(e)
	case OpenPass:
		err = d.acting.openPass(e)
	case DeskSays:
		err = d.acting.sayForDesk(e)
	case DeskUndoes:
		err = d.acting.undoForDesk(e)
	default:
		err = fmt.Errorf("no decision for %T", event)
	}
	if err == nil {
		err = core.err
	}
	d.watchTasks()
	return core.turn, err
}

// say renders a text for a reader. Programme and a number to call are filled
// in.
func (d *decision) say(language, name string, data templates.Data) string {
	data.Programme = d.Rules.Programme
	if data.Call == "" {
		data.Call = d.Rules.callNumber("")
	}
	data.Old = d.dayOf(language, data.Ref, false)
	text, err := d.Words.Text(language, name, data)
	if err != nil && d.err == nil {
		d.err = err
	}
	return text
}

// oldAfter is when an alert is so old that a text about it says of which day it
// is: whoever reads it may think of a new one.
const oldAfter = 12 * time.Hour

// dayOf is the day of the alert that a text is about, by its reference; "" where
// it is of these hours.
func (d *decision) dayOf(language, ref string, spoken bool) string {
	a := d.alertOf(ref)
	if a == nil || a.Drill || age(d.now, a.At) < oldAfter {
		return ""
	}
	zone := d.zone(a.Zone)
	return templates.DayOf(d.Words.Language(language), a.At.In(zone), d.now.In(zone), spoken)
}

// alertOf finds an alert of the view by its reference, as texts write it.
func (d *decision) alertOf(ref string) *Alert {
	if ref == "" || d.view == nil {
		return nil
	}
	for i := range d.view.Cases {
		if a := &d.view.Cases[i].Alert; a.Ref.String() == ref {
			return a
		}
	}
	for i := range d.view.Told {
		if a := &d.view.Told[i].Alert; a.Ref.String() == ref {
			return a
		}
	}
	return nil
}

// answer sets what is said at once to whoever is there.
func (d *decision) answer(name string, data templates.Data) {
	d.last = said{name: name, data: data}
	d.turn.Answer.Text = d.say(d.lang, name, data)
}

// send enqueues a message, and returns the attempt's id, zero where there is
// none. One that is due now is born claimed by this node, if it is one that sends
// and has room for it.
func (d *decision) send(a Attempt) ID {
	if a.Channel != Voice && d.stopped(a.To) {
		return ID{}
	}
	a.ID = d.fresh.ID()
	if a.Channel == 0 {
		a.Channel = SMS
	}
	if a.Due.IsZero() {
		a.Due = d.now
	}
	d.avoidUnreached(&a)
	switch {
	case d.leftOut(a.To):
		a.State = AttemptHeld
	case a.Due.After(d.now), !d.sends, a.Channel != Voice && !d.room(a.Lane), a.Lane >= LaneInfo && d.view.Directory.Raided():
		a.State = AttemptWaiting
	default:
		a.State = AttemptClaimed
		a.Claim = Claim{Fence: 1, Until: d.now.Add(Lease)}
	}
	d.turn.Attempts = append(d.turn.Attempts, a)
	return a.ID
}

// room reports whether this node's send queue has room for a lane.
func (d *decision) room(lane Lane) bool { return lane < d.full }

// stopped reports whether a phone wants no texts, as of this decision.
func (d *decision) stopped(phone Phone) bool {
	return d.view.Stopped[phone] || phone == d.conv.Phone && !d.conv.Stopped.IsZero()
}

// The put functions take a changed thing into the Turn, once.

func (d *decision) putAlert(a *Alert, kind, actor, detail string) {
	put(&d.turn.Alerts, *a, func(x Alert) bool { return x.ID == a.ID })
	d.audit(SubjectAlert, a.ID, a.Version, kind, actor, detail)
}

func (d *decision) putProfile(p *Profile, kind, actor, detail string) {
	put(&d.turn.Profiles, *p, func(x Profile) bool { return x.ID == p.ID })
	d.audit(SubjectProfile, p.ID, p.Version, kind, actor, detail)
}

func (d *decision) putRecipient(r *Recipient) {
	put(&d.turn.Recipients, *r, func(x Recipient) bool { return x.ID == r.ID })
}

func (d *decision) putAttempt(a *Attempt) {
	put(&d.turn.Attempts, *a, func(x Attempt) bool { return x.ID == a.ID })
}

func (d *decision) putDesk(desk *Desk) {
	put(&d.turn.Desks, *desk, func(x Desk) bool { return x.ID == desk.ID })
}

func (d *decision) putTask(t Task) {
	if t.ID.IsZero() {
		t.ID, t.State, t.At = d.fresh.ID(), TaskOpen, d.now
	}
	put(&d.turn.Tasks, t, func(x Task) bool { return x.ID == t.ID })
}

// audit adds an entry to a subject's chain.
func (d *decision) audit(subject SubjectKind, id ID, seen Version, kind, actor, detail string) {
	if d.raid(id) != nil {
		return // its alerts' chains say what was done
	}
	d.turn.Audit = append(d.turn.Audit, Entry{Subject: subject, ID: id, Version: seen, Kind: kind, Actor: actor, Detail: detail})
}

func put[T any](list *[]T, thing T, same func(T) bool) {
	if i := slices.IndexFunc(*list, same); i >= 0 {
		(*list)[i] = thing
		return
	}
	*list = append(*list, thing)
}

func (d *decision) profile(id ID) *Profile { return d.view.profile(id) }

// profile finds one of the view's profiles; nil where it holds none of that id.
func (v *View) profile(id ID) *Profile {
	for _, p := range []*Profile{v.Own, v.Unseen, v.Subject} {
		if p != nil && p.ID == id {
			return p
		}
	}
	for _, list := range [][]Profile{v.Named, v.Wards, v.Raisers} {
		for i := range list {
			if list[i].ID == id {
				return &list[i]
			}
		}
	}
	return nil
}

// clock says a time in an alert's zone, and names the zone to readers who are
// elsewhere: "14:30", "14:30 hora Chicago".
func (d *decision) clock(at time.Time, zone, readerZone string, reader Phone, language string) string {
	said := at.In(d.zone(zone)).Format("15:04")
	elsewhere := readerZone != zone
	if readerZone == "" { // all that is known of a reader is the country
		elsewhere = reader.Country() == "MX"
	}
	if !elsewhere {
		return said
	}
	return d.say(language, "zoned", templates.Data{When: said, Zone: templates.City(zone)})
}
