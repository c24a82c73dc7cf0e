package gateway

import (
	"cmp"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"
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

const (
	// TimerAct carries an act out that waited; TimerPart a part of one that is
	// being carried out.
	TimerAct  TimerKind = "act"
	TimerPart TimerKind = "act-part"
	// TimerVoid forgets an act that could not be carried out, once whoever meant
	// it has had time to read so.
	TimerVoid TimerKind = "act-void"
)

// voidShown is how long agents are shown that an act was not carried out.
const voidShown = 10 * time.Minute

// Waiting is an act that waits, and what is shown of it meanwhile.
type Waiting struct {
	Agent ID              `json:"agent,omitzero"` // zero: a desk, on its page
	By    string          `json:"by,omitempty"`
	Kind  string          `json:"kind"` // of the deed
	Deed  json.RawMessage `json:"deed"`

	Task  ID     `json:"task,omitzero"`
	Does  string `json:"does"`            // the deed's name, as in the audit chains
	Words string `json:"words,omitempty"` // that are said
	Whom  string `json:"whom,omitempty"`  // who is confirmed for
	Tells int    `json:"tells,omitempty"` // how many phones it would reach
	Void  string `json:"void,omitempty"`  // with TimerVoid: why nothing came of it
}

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
func deedOf(w *Waiting) (Deed, error) {
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

// waitingScope is what an act that has waited may touch.
func waitingScope(t TimerDue) Scope {
	w := t.Timer.Act
	s := Scope{Alert: t.Timer.Alert, Profile: t.Timer.Profile, Agent: w.Agent}
	if deed, err := deedOf(w); err == nil {
		deed.scope(&s)
	}
	s.Key = timerKey(t.Timer.ID)
	return s
}

// neverWaits is a deed that raises: every second counts.
type neverWaits interface{ raises() }

// tells reports whether what was decided so far is something that people learn
// of.
func (d *acting) tells(deed Deed) bool {
	if _, raises := deed.(neverWaits); raises || d.carried != nil || d.turn.Answer.Outcome.Word == UnderDuress {
		return false
	}
	return d.settles || slices.ContainsFunc(d.turn.Attempts, isNew)
}

func isNew(a Attempt) bool { return a.Seq == 0 }

// postpone lets a deed wait, in place of all that was decided. agents is what
// stays: a PIN that was tried has been tried.
func (d *acting) postpone(deed Deed, agents []Agent) error {
	if d.instead != nil {
		deed = d.instead
	}
	o := d.turn.Answer.Outcome
	timer, err := d.waiting(deed, d.now.Add(time.Duration(d.Rules.Policy.Undo)))
	if err != nil {
		return err
	}
	var phones []Phone
	for _, a := range d.turn.Attempts {
		if isNew(a) && !slices.Contains(phones, a.To) {
			phones = append(phones, a.To)
		}
	}
	timer.Act.Tells = len(phones)
	if many, ok := deed.(interface{ reaches() int }); ok {
		timer.Act.Tells = many.reaches()
	}
	for _, r := range d.turn.Recipients {
		if r.State == RecipientConfirmed && timer.Act.Whom == "" {
			timer.Act.Whom = r.Name
		}
	}
	if timer.Alert.IsZero() {
		timer.Alert = o.Alert
	}
	if timer.Profile.IsZero() {
		timer.Profile = o.Who
	}
	d.turn = Turn{Key: d.turn.Key, At: d.now, Agents: agents, Timers: []Timer{timer}}
	d.turn.Answer.Outcome = Outcome{Word: DoneWaits, Alert: o.Alert, Who: o.Who, Text: timer.ID.String()}
	if d.agent != nil {
		d.audit(SubjectAgent, d.agent.ID, d.agent.Version, "act-waits", d.actor, timer.about())
	}
	return nil
}

// waiting is a timer that carries out a deed.
func (d *acting) waiting(deed Deed, due time.Time) (Timer, error) {
	w := &Waiting{Kind: reflect.TypeOf(deed).Name(), Does: deed.name()}
	if _, ok := waitingDeeds[w.Kind]; !ok {
		return Timer{}, errors.New(w.Kind + " cannot wait")
	}
	if d.agent != nil {
		w.Agent, w.By = d.agent.ID, d.agent.Name
	}
	if says, ok := deed.(interface{ says() string }); ok {
		w.Words = says.says()
	}
	var err error
	if w.Deed, err = json.Marshal(deed); err != nil {
		return Timer{}, err
	}
	var s Scope
	deed.scope(&s)
	w.Task = s.Task
	return Timer{ID: d.fresh.ID(), Kind: TimerAct, Alert: s.Alert, Profile: s.Profile, Due: due, Act: w}, nil
}

// afterwards lets a deed wait that follows from one that is done at once: who is
// registered is asked for nothing more, and the contacts are asked in a moment.
func (d *acting) afterwards(deed Deed) error {
	timer, err := d.waiting(deed, d.now.Add(time.Duration(d.Rules.Policy.Undo)))
	if err == nil {
		d.turn.Timers = append(d.turn.Timers, timer)
		d.turn.Answer.Outcome.Text = timer.ID.String()
	}
	return err
}

// carryOut does what has waited. Where it cannot be done any more nothing is, and
// whoever meant it is shown why.
func (d *acting) carryOut(t Timer) {
	d.carried = &t
	why := d.carry(t.Act)
	if d.err != nil || why == "" {
		return
	}
	d.turn = Turn{Key: d.turn.Key, At: d.now, Drop: []ID{t.ID}}
	d.turn.Answer.Outcome = Outcome{Word: Void, Alert: t.Alert, Who: t.Profile, Text: why}
	if t.Kind == TimerPart {
		return
	}
	void := *t.Act
	void.Void = why
	d.turn.Timers = append(d.turn.Timers, Timer{
		ID: d.fresh.ID(), Kind: TimerVoid, Alert: t.Alert, Profile: t.Profile, Due: d.now.Add(voidShown), Act: &void,
	})
	d.auditWaiting(&t, "act-void", why)
	if a := d.view.Agent; a != nil {
		d.audit(SubjectAgent, a.ID, a.Version, "act-void", "agent:"+a.Name, t.about())
	}
}

// carry does what has waited, and says in a word why it could not be done.
func (d *acting) carry(w *Waiting) (why string) {
	deed, err := deedOf(w)
	if err != nil {
		return "failed"
	}
	var before *Place
	if c := d.view.Case(d.carried.Alert); c != nil {
		place := c.Alert.place()
		before = &place
	}
	if w.Agent.IsZero() {
		d.actor = "desk"
		err = deed.do(d)
	} else {
		err = d.doFor(d.view.Agent, &Act{Agent: w.Agent, Deed: deed})
	}
	var invalid *Invalid
	var conflict *Conflict
	switch {
	case errors.As(err, &conflict):
		return "conflict"
	case errors.As(err, &invalid):
		return invalid.Why
	case errors.Is(err, ErrForbidden):
		return "forbidden"
	case err != nil:
		return "unknown"
	}
	switch word := d.turn.Answer.Outcome.Word; word {
	case NotOpen, TakenBy:
		return string(word)
	}
	d.keepCarried(w, before)
	return ""
}

// auditWaiting writes down, on the chain of whom an act was about, that nothing
// came of it.
func (d *acting) auditWaiting(t *Timer, kind, detail string) {
	detail, actor := strings.TrimSpace(t.Act.Does+" "+detail), cmp.Or(d.actor, "system")
	if c := d.view.Case(t.Alert); c != nil {
		d.audit(SubjectAlert, c.Alert.ID, c.Alert.Version, kind, actor, detail)
	} else if p := d.view.Subject; p != nil && p.ID == t.Profile {
		d.audit(SubjectProfile, p.ID, p.Version, kind, actor, detail)
	}
}

// about names a timer's subjects, by id, and the deed.
func (t *Timer) about() string {
	said := t.Act.Does
	if !t.Alert.IsZero() {
		said = "alert:" + t.Alert.String() + " " + said
	}
	if !t.Profile.IsZero() {
		said = "profile:" + t.Profile.String() + " " + said
	}
	return said
}

// Undo takes back an act that still waits; any agent may, who sees that it is a
// mistake. Its key is the timer's: whichever of the two comes first, the other
// is answered with what became of it.
type Undo struct {
	Timer   ID
	Alert   ID // that the act is about, and the person; zero: it is about none
	Profile ID
}

func (Undo) name() string { return "act-undone" }

func (u Undo) scope(s *Scope) {
	s.Key = timerKey(u.Timer)
	s.Timer, s.Alert, s.Profile = u.Timer, u.Alert, u.Profile
}

func (u Undo) do(d *acting) error {
	t := d.view.Timer
	if t == nil || t.Kind != TimerAct || t.Act == nil || t.Alert != u.Alert || t.Profile != u.Profile {
		return ErrNotFound
	}
	d.turn.Drop = append(d.turn.Drop, t.ID)
	d.turn.Answer.Outcome = Outcome{Word: Undone, Alert: t.Alert, Who: t.Profile, Text: t.Act.Words}
	d.auditWaiting(t, "act-undone", t.Act.Words)
	return nil
}

// timerKey is the dedupe key of a timer.
func timerKey(id ID) string { return "timer:" + id.String() }
