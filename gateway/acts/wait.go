package acts

import (
	"cmp"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	"aviso/gateway"
)

// An act that tells people something cannot be taken back: a family that reads
// "se cerro" does not forget it. So it waits for a moment first (Policy.Undo,
// ten seconds), in which whoever pressed the wrong button undoes it. What waits
// is a timer row: it survives a restart, and its key decides between being
// carried out and being undone, exactly once, on whichever node.
//
// Which acts those are nobody lists: every act is decided at once, and where its
// Turn would send anything, or would end an alert or confirm for somebody, the
// Turn is dropped and the act waits. So whatever is wrong with what was typed is
// said at once. Raising never waits, and neither does what is known of duress.

// voidShown is how long agents are shown that an act was not carried out.
const voidShown = 10 * time.Minute

// A deed that waits is written down whole.
var waitingDeeds = kindsOf(
	AddWords{}, ended{}, Reroute{}, TellConsulate{}, Acknowledge{}, FinishTask{}, Correct{},
	DrillPerson{}, InviteContacts{}, InviteMany{}, InviteInTurn{}, TestDesk{}, deskDeed{},
)

func kindsOf(deeds ...Deed) map[string]reflect.Type {
	kinds := make(map[string]reflect.Type, len(deeds))
	for _, deed := range deeds {
		t := reflect.TypeOf(deed)
		kinds[t.Name()] = t
	}
	return kinds
}

// deedOf reads the deed that waits.
func deedOf(w *gateway.Waiting) (Deed, error) {
	kind, ok := waitingDeeds[w.Kind]
	if !ok {
		return nil, errors.New("no deed of this kind waits")
	}
	deed := reflect.New(kind)
	if err := json.Unmarshal(w.Deed, deed.Interface()); err != nil {
		return nil, err
	}
	return deed.Elem().Interface().(Deed), nil
}

// WaitingScope is what an act that has waited may touch.
func WaitingScope(t gateway.TimerDue) gateway.Scope {
	w := t.Timer.Act
	s := gateway.Scope{Alert: t.Timer.Alert, Profile: t.Timer.Profile, Agent: w.Agent}
	if deed, err := deedOf(w); err == nil {
		deed.scope(&s)
	}
	s.Key = gateway.TimerKey(t.Timer.ID)
	return s
}

// neverWaits is a deed that raises: every second counts.
type neverWaits interface{ raises() }

// tells reports whether what was decided so far is something that people learn
// of.
func (d *Acting) tells(deed Deed) bool {
	if _, raises := deed.(neverWaits); raises || d.carried != nil || d.Turn.Answer.Outcome.Word == gateway.UnderDuress {
		return false
	}
	return d.Settles || slices.ContainsFunc(d.Turn.Attempts, isNew)
}

func isNew(a gateway.Attempt) bool { return a.Seq == 0 }

// postpone lets a deed wait, in place of all that was decided. agents is what
// stays: a PIN that was tried has been tried.
func (d *Acting) postpone(deed Deed, agents []gateway.Agent) error {
	if d.instead != nil {
		deed = d.instead
	}
	o := d.Turn.Answer.Outcome
	timer, err := d.waiting(deed, d.Now.Add(time.Duration(d.Rules.Policy.Undo)))
	if err != nil {
		return err
	}
	var phones []gateway.Phone
	for _, a := range d.Turn.Attempts {
		if isNew(a) && !slices.Contains(phones, a.To) {
			phones = append(phones, a.To)
		}
	}
	timer.Act.Tells = len(phones)
	if many, ok := deed.(interface{ reaches() int }); ok {
		timer.Act.Tells = many.reaches()
	}
	for _, r := range d.Turn.Recipients {
		if r.State == gateway.RecipientConfirmed && timer.Act.Whom == "" {
			timer.Act.Whom = r.Name
		}
	}
	if timer.Alert.IsZero() {
		timer.Alert = o.Alert
	}
	if timer.Profile.IsZero() {
		timer.Profile = o.Who
	}
	d.Turn = gateway.Turn{Key: d.Turn.Key, At: d.Now, Agents: agents, Timers: []gateway.Timer{timer}}
	d.Turn.Answer.Outcome = gateway.Outcome{Word: gateway.DoneWaits, Alert: o.Alert, Who: o.Who, Text: timer.ID.String()}
	if d.Agent != nil {
		d.Audit(gateway.SubjectAgent, d.Agent.ID, d.Agent.Version, "act-waits", d.Actor, timer.About())
	}
	return nil
}

// waiting is a timer that carries out a deed.
func (d *Acting) waiting(deed Deed, due time.Time) (gateway.Timer, error) {
	w := &gateway.Waiting{Kind: reflect.TypeOf(deed).Name(), Does: deed.name()}
	if _, ok := waitingDeeds[w.Kind]; !ok {
		return gateway.Timer{}, errors.New(w.Kind + " cannot wait")
	}
	if d.Agent != nil {
		w.Agent, w.By = d.Agent.ID, d.Agent.Name
	}
	if says, ok := deed.(interface{ says() string }); ok {
		w.Words = says.says()
	}
	var err error
	if w.Deed, err = json.Marshal(deed); err != nil {
		return gateway.Timer{}, err
	}
	var s gateway.Scope
	deed.scope(&s)
	w.Task = s.Task
	return gateway.Timer{ID: d.Fresh.ID(), Kind: gateway.TimerAct, Alert: s.Alert, Profile: s.Profile, Due: due, Act: w}, nil
}

// afterwards lets a deed wait that follows from one that is done at once: who is
// registered is asked for nothing more, and the contacts are asked in a moment.
func (d *Acting) afterwards(deed Deed) error {
	timer, err := d.waiting(deed, d.Now.Add(time.Duration(d.Rules.Policy.Undo)))
	if err == nil {
		d.Turn.Timers = append(d.Turn.Timers, timer)
		d.Turn.Answer.Outcome.Text = timer.ID.String()
	}
	return err
}

// CarryOut does what has waited. Where it cannot be done any more nothing is, and
// whoever meant it is shown why.
func (d *Acting) CarryOut(t gateway.Timer) {
	d.carried = &t
	why := d.carry(t.Act)
	if d.Err != nil || why == "" {
		return
	}
	d.Turn = gateway.Turn{Key: d.Turn.Key, At: d.Now, Drop: []gateway.ID{t.ID}}
	d.Turn.Answer.Outcome = gateway.Outcome{Word: gateway.Void, Alert: t.Alert, Who: t.Profile, Text: why}
	if t.Kind == gateway.TimerPart {
		return
	}
	void := *t.Act
	void.Void = why
	d.Turn.Timers = append(d.Turn.Timers, gateway.Timer{
		ID: d.Fresh.ID(), Kind: gateway.TimerVoid, Alert: t.Alert, Profile: t.Profile, Due: d.Now.Add(voidShown), Act: &void,
	})
	d.auditWaiting(&t, "act-void", why)
	if a := d.View.Agent; a != nil {
		d.Audit(gateway.SubjectAgent, a.ID, a.Version, "act-void", "agent:"+a.Name, t.About())
	}
}

// carry does what has waited, and says in a word why it could not be done.
func (d *Acting) carry(w *gateway.Waiting) (why string) {
	deed, err := deedOf(w)
	if err != nil {
		return "failed"
	}
	var before *gateway.Place
	if c := d.View.Case(d.carried.Alert); c != nil {
		place := c.Alert.Place()
		before = &place
	}
	if w.Agent.IsZero() {
		d.Actor = "desk"
		err = deed.do(d)
	} else {
		err = d.doFor(d.View.Agent, &Act{Agent: w.Agent, Deed: deed})
	}
	var invalid *gateway.Invalid
	var conflict *Conflict
	switch {
	case errors.As(err, &conflict):
		return "conflict"
	case errors.As(err, &invalid):
		return invalid.Why
	case errors.Is(err, gateway.ErrForbidden):
		return "forbidden"
	case err != nil:
		return "unknown"
	}
	switch o := d.Turn.Answer.Outcome; o.Word {
	case gateway.NotOpen:
		return cmp.Or(o.Text, string(o.Word))
	case gateway.TakenBy:
		return string(o.Word)
	}
	d.keepCarried(w, before)
	return ""
}

// auditWaiting writes down, on the chain of whom an act was about, that nothing
// came of it.
func (d *Acting) auditWaiting(t *gateway.Timer, kind, detail string) {
	detail, actor := strings.TrimSpace(t.Act.Does+" "+detail), cmp.Or(d.Actor, "system")
	if c := d.View.Case(t.Alert); c != nil {
		d.Audit(gateway.SubjectAlert, c.Alert.ID, c.Alert.Version, kind, actor, detail)
	} else if p := d.View.Subject; p != nil && p.ID == t.Profile {
		d.Audit(gateway.SubjectProfile, p.ID, p.Version, kind, actor, detail)
	}
}

// Undo takes back an act that still waits; any agent may, who sees that it is a
// mistake. Its key is the timer's: whichever of the two comes first, the other
// is answered with what became of it.
type Undo struct {
	Timer   gateway.ID
	Alert   gateway.ID // that the act is about, and the person; zero: it is about none
	Profile gateway.ID
}

func (Undo) name() string { return "act-undone" }

func (u Undo) scope(s *gateway.Scope) {
	s.Key = gateway.TimerKey(u.Timer)
	s.Timer, s.Alert, s.Profile = u.Timer, u.Alert, u.Profile
}

func (u Undo) do(d *Acting) error {
	t := d.View.Timer
	if t == nil || t.Kind != gateway.TimerAct || t.Act == nil || t.Alert != u.Alert || t.Profile != u.Profile {
		return gateway.ErrNotFound
	}
	d.Turn.Drop = append(d.Turn.Drop, t.ID)
	d.Turn.Answer.Outcome = gateway.Outcome{Word: gateway.Undone, Alert: t.Alert, Who: t.Profile, Text: t.Act.Words}
	d.auditWaiting(t, "act-undone", t.Act.Words)
	return nil
}
