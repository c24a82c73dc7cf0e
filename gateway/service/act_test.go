package service_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/acts"
	"aviso/ivr"
	"aviso/store"
)

// auditAll is everything that agents ever did.
var auditAll = store.AuditQuery{Until: 1 << 62, Limit: 1000}

// centre is the contact centre: agents who act on a world.
type centre struct {
	*world
	acts int
}

func newCentre(t *testing.T) *centre { return &centre{world: newWorld(t)} }

// agent is somebody who works there, signed in.
func (c *centre) agent(name string, role gateway.Role) gateway.ID {
	c.Helper()
	fresh := gateway.NewFresh(c.now, c.service.Rand)
	a := gateway.Agent{ID: fresh.ID(), Name: name, Role: role}
	if err := c.store.Commit(c.Context(), gateway.Turn{At: c.now, Agents: []gateway.Agent{a}}); err != nil {
		c.Fatal(err)
	}
	c.present(a.ID)
	return a.ID
}

// present notes that an agent's page was just open.
func (c *centre) present(agent gateway.ID) {
	c.Helper()
	if err := c.store.PutSession(c.Context(), gateway.Session{
		Key: append([]byte("a session of "), agent[:]...), Agent: agent, Stage: gateway.StageIn, Seen: c.now, Expires: c.now.Add(24 * time.Hour),
	}); err != nil {
		c.Fatal(err)
	}
}

func (c *centre) try(agent gateway.ID, deed acts.Deed) (gateway.Outcome, error) {
	c.Helper()
	c.acts++
	answer, err := c.service.Handle(c.Context(), &acts.Act{Key: fmt.Sprint(c.acts), Agent: agent, Deed: deed})
	if answer.Text != "" {
		c.Errorf("%T answers %q, which was meant for a phone", deed, answer.Text)
	}
	c.deliver()
	return answer.Outcome, err
}

// act does something that has this outcome, which may come only once it can no
// more be undone.
func (c *centre) act(agent gateway.ID, deed acts.Deed, want gateway.OutcomeWord) gateway.Outcome {
	c.Helper()
	o, err := c.try(agent, deed)
	if err != nil {
		c.Fatalf("%T: %v", deed, err)
	}
	if o.Word == gateway.DoneWaits && want != gateway.DoneWaits {
		c.undoable()
		o = c.undo(agent, o)
	}
	if o.Word != want {
		c.Fatalf("%T: %q, want %q", deed, o.Word, want)
	}
	return o
}

// undoable lets the time go by in which an act can be undone.
func (c *centre) undoable() {
	c.Helper()
	c.pass(time.Duration(c.service.Rules.Policy.Undo))
}

// undo takes back what waits, if it is in time.
func (c *centre) undo(agent gateway.ID, waits gateway.Outcome) gateway.Outcome {
	c.Helper()
	timer, err := gateway.ParseID(waits.Text)
	if err != nil {
		c.Fatalf("%+v names no timer", waits)
	}
	o, err := c.try(agent, acts.Undo{Timer: timer, Alert: waits.Alert, Profile: waits.Who})
	if err != nil {
		c.Fatalf("undo: %v", err)
	}
	return o
}

// refused does something that cannot be done so, and nothing follows from it.
func (c *centre) refused(agent gateway.ID, deed acts.Deed, why string) {
	c.Helper()
	_, err := c.try(agent, deed)
	var invalid *gateway.Invalid
	if !errors.As(err, &invalid) || invalid.Why != why {
		c.Errorf("%T: %v, want it refused as %q", deed, err, why)
	}
}

func (c *centre) forbidden(agent gateway.ID, deed acts.Deed) {
	c.Helper()
	if _, err := c.try(agent, deed); !errors.Is(err, gateway.ErrForbidden) && !errors.Is(err, gateway.ErrNotFound) {
		c.Errorf("%T: %v, want it forbidden", deed, err)
	}
}

func (c *centre) profile(phone gateway.Phone) *gateway.Profile {
	c.Helper()
	p, err := c.store.ProfileByPhone(c.Context(), phone)
	if err != nil || p == nil {
		c.Fatalf("profile of %s: %v", phone, err)
	}
	return p
}

// the newest alert there is.
func (c *centre) newest() *gateway.Case {
	c.Helper()
	pulse, err := c.store.Pulse(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	return c.kase(pulse.Newest)
}

func (c *centre) kase(alert gateway.ID) *gateway.Case {
	c.Helper()
	rec, err := c.store.RecordByID(c.Context(), alert)
	if err != nil || rec == nil {
		c.Fatalf("alert: %v", err)
	}
	return &rec.Case
}

func (c *centre) recipient(k *gateway.Case, phone gateway.Phone) gateway.Recipient {
	c.Helper()
	for _, r := range k.Recipients {
		if r.Phone == phone {
			return r
		}
	}
	c.Fatalf("the alert owes nothing to %s", phone)
	return gateway.Recipient{}
}

// tasks are the open ones of a kind.
func (c *centre) tasks(kind gateway.TaskKind) []gateway.Task {
	c.Helper()
	lines, _, err := c.store.Tasks(c.Context(), 0, 100)
	if err != nil {
		c.Fatal(err)
	}
	var list []gateway.Task
	for _, line := range lines {
		if line.Kind == kind {
			list = append(list, line.Task)
		}
	}
	return list
}

func TestRaiseForACaller(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	o := c.act(ana, acts.RaiseFor{Profile: c.profile(juan).ID, Place: "77002", Words: "lo suben a una van"}, gateway.DoneRaised)
	c.hears(maria, "Juan P.", "ALERTA", "lo suben a una van")
	k := c.kase(o.Alert)
	if a := k.Alert; a.ZIP != "77002" || a.Consulate != "houston" || !a.Unverified || a.Channel != "agent" {
		t.Errorf("alert %+v", a)
	}
	c.nothing(juan) // nobody knows who holds that phone
	again := c.act(ana, acts.RaiseFor{Profile: c.profile(juan).ID, Words: "ya lo bajaron"}, gateway.DoneAdded)
	if again.Alert != o.Alert {
		t.Error("a second raise within two hours is another alert")
	}
	c.hears(maria, "Una persona de RED X agrega", "ya lo bajaron")
}

func TestRaiseForAStranger(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	c.refused(ana, acts.RaiseFor{Place: "60608"}, "missing")
	c.refused(ana, acts.RaiseFor{Name: "Lupe", Ring: "+34911234567"}, "country")
	c.refused(ana, acts.RaiseFor{Name: strings.Repeat("x", 81)}, "long")

	o := c.act(ana, acts.RaiseFor{Name: "Lupe Hernandez", Place: "mercado 60608", Ring: other, RingName: "Chela"}, gateway.DoneRaised)
	text := c.hears(other, "Lupe", "ALERTA")
	if strings.Contains(text, "mercado") {
		t.Errorf("a contact who was never asked is told the words: %q", text)
	}
	c.nothing(desk) // nobody has said that the consulate may be told
	k := c.kase(o.Alert)
	if !k.Alert.Unverified || !k.Alert.Profile.IsZero() || k.Alert.Consulate != "" {
		t.Errorf("alert %+v", k.Alert)
	}
	ring := c.tasks(gateway.TaskRing)
	if len(ring) != 1 || ring[0].Phone != other || !ring[0].Urgent {
		t.Fatalf("tasks %+v", ring)
	}

	// Words reach nobody who has not agreed, and change nothing for a desk.
	c.act(ana, acts.AddWords{Alert: o.Alert, Words: "frente a la iglesia 60623"}, gateway.Done)
	c.nothing(other, desk)

	// The consulate is told once the person has asked for it.
	c.refused(ana, acts.TellConsulate{Alert: o.Alert}, "missing")
	c.nothing(desk)
	c.act(ana, acts.TellConsulate{Alert: o.Alert, Consent: true}, gateway.Done)
	c.hears(desk, "Lupe", "frente a la iglesia")
	c.act(ana, acts.TellConsulate{Alert: o.Alert, Consent: true}, gateway.NotOpen)
	c.nothing(desk)

	c.says(other, "1", "Gracias")
	alone := c.act(ana, acts.RaiseFor{Name: "Nadie Mas"}, gateway.DoneRaised)
	if tasks := c.kase(alone.Alert).Tasks; len(tasks) != 1 || tasks[0].Kind != gateway.TaskNobodyToTell {
		t.Errorf("an alert with nobody to tell has tasks %+v", tasks)
	}
}

func TestCallOffByPIN(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	c.text(juan, "ALERTA")
	c.hears(maria, "ALERTA")
	alert := c.newest().Alert.ID
	for range 4 {
		c.act(ana, acts.EndAlert{Alert: alert, PIN: "0000"}, gateway.WrongPIN)
	}
	o := c.act(ana, acts.EndAlert{Alert: alert, PIN: "0000"}, gateway.PINLocked)
	if o.Text != "15" {
		t.Errorf("locked for %q minutes", o.Text)
	}
	c.act(ana, acts.EndAlert{Alert: alert, PIN: "4821"}, gateway.PINLocked) // the right one neither
	c.nothing(maria)
	bea := c.agent("bea", gateway.RoleAgent)
	c.act(bea, acts.EndAlert{Alert: alert, PIN: "4821"}, gateway.DoneEnded)
	c.hears(maria, "termino")
	if k := c.kase(alert); k.Alert.State != gateway.AlertCancelled {
		t.Errorf("alert %+v", k.Alert)
	}
	c.act(bea, acts.EndAlert{Alert: alert, PIN: "4821"}, gateway.NotOpen)
}

// Whoever forces somebody to have an agent call it off, and sends the same ALERTA
// again, cannot see by the answer which PIN it was: either way it is a new one.
func TestTheSameAlertAfterACallOffSaysNothing(t *testing.T) {
	for _, pin := range []string{"4821", "9917"} {
		c := newCentre(t)
		ana := c.agent("ana", gateway.RoleAgent)
		first := c.ref(c.text(juan, "ALERTA me llevan"))
		want := gateway.DoneEnded
		if pin == "9917" {
			want = gateway.UnderDuress
		}
		c.act(ana, acts.EndAlert{Alert: c.newest().Alert.ID, PIN: pin}, want)
		if again := c.ref(c.text(juan, "ALERTA me llevan")); again == first {
			t.Errorf("after %s the same text is answered by the first alert", pin)
		}
	}
}

func TestCallOffUnderDuress(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	c.text(juan, "ALERTA")
	c.hears(maria, "ALERTA")
	c.hears(desk, "ALERTA")
	alert := c.newest().Alert.ID
	c.act(ana, acts.EndAlert{Alert: alert, PIN: "9917"}, gateway.UnderDuress)
	c.nothing(maria)
	c.hears(desk, "amenaza")
	if k := c.kase(alert); !k.Alert.Open() || k.Alert.Duress.IsZero() {
		t.Errorf("alert %+v", k.Alert)
	}
	if len(c.tasks(gateway.TaskDuress)) != 1 {
		t.Error("no task about the duress")
	}
	c.says(juan, "ESTADO", "No hay alerta") // it looks called off to that phone
}

func TestCallOffByTwoAgents(t *testing.T) {
	c := newCentre(t)
	ana, bea := c.agent("ana", gateway.RoleAgent), c.agent("bea", gateway.RoleAgent)
	c.text(juan, "ALERTA")
	c.hears(maria, "ALERTA")
	alert := c.newest().Alert.ID
	c.refused(ana, acts.EndAlert{Alert: alert}, "missing")
	c.refused(ana, acts.EndAlert{Alert: alert, Reason: "because"}, "missing")
	c.act(ana, acts.EndAlert{Alert: alert, Reason: "released", Words: "hablo con su esposa"}, gateway.DoneProposed)
	c.act(ana, acts.EndAlert{Alert: alert, Reason: "released"}, gateway.NeedSecond)
	c.nothing(maria)
	c.agree(bea, alert)
	c.hears(maria, "se cerro", "Salio libre", "hablo con su esposa")
	if k := c.kase(alert); k.Alert.State != gateway.AlertClosed || k.Alert.Reason != "released" {
		t.Errorf("alert %+v", k.Alert)
	}
	if len(c.tasks(gateway.TaskReview)) != 0 {
		t.Error("two agents leave a review")
	}
}

func TestCallOffAlone(t *testing.T) {
	c := newCentre(t)
	ana, bea := c.agent("ana", gateway.RoleAgent), c.agent("bea", gateway.RoleAgent)
	c.text(juan, "ALERTA")
	alert := c.newest().Alert.ID
	c.pass(6 * time.Minute) // bea has closed her pages
	c.present(ana)
	c.act(ana, acts.EndAlert{Alert: alert, Reason: "false-alarm"}, gateway.TooSoon)
	c.pass(25 * time.Minute)
	c.present(ana)
	c.act(ana, acts.EndAlert{Alert: alert, Reason: "false-alarm"}, gateway.DoneEnded)
	review := c.tasks(gateway.TaskReview)
	if len(review) != 1 || !strings.Contains(review[0].Note, "ana") {
		t.Errorf("an agent who was alone leaves %+v for review", review)
	}
	_ = bea
}

// A proposal is worth nothing after an hour: the second agent is asked anew.
func TestProposalGrowsOld(t *testing.T) {
	c := newCentre(t)
	ana, bea := c.agent("ana", gateway.RoleAgent), c.agent("bea", gateway.RoleAgent)
	c.text(juan, "ALERTA")
	alert := c.newest().Alert.ID
	c.act(ana, acts.EndAlert{Alert: alert, Reason: "found"}, gateway.DoneProposed)
	c.pass(61 * time.Minute)
	c.present(ana)
	c.present(bea)
	c.act(bea, acts.EndAlert{Alert: alert, Reason: "found"}, gateway.DoneProposed)
	c.agree(ana, alert)
}

// Who is second agrees to what they have read, or proposes something else in its
// place; either of the two takes a proposal back.
func TestAgreeingToAnEnd(t *testing.T) {
	c := newCentre(t)
	ana, bea := c.agent("ana", gateway.RoleAgent), c.agent("bea", gateway.RoleAgent)
	c.text(juan, "ALERTA")
	alert := c.newest().Alert.ID
	mark := func() string { return c.kase(alert).Alert.Proposal.Mark() }
	c.act(ana, acts.EndAlert{Alert: alert, Reason: "released", Words: "va en camion a su casa"}, gateway.DoneProposed)
	first := mark()
	c.act(ana, acts.EndAlert{Alert: alert, Agrees: first}, gateway.NeedSecond)

	// Another reason is another proposal, and what was read before is no more.
	c.pass(time.Minute)
	c.act(bea, acts.EndAlert{Alert: alert, Reason: "deported", Words: "llego a Tijuana"}, gateway.DoneProposed)
	c.act(ana, acts.EndAlert{Alert: alert, Agrees: first}, gateway.Otherwise)
	c.act(bea, acts.EndAlert{Alert: alert, Agrees: mark()}, gateway.NeedSecond)
	if slices.ContainsFunc(c.inbox[maria], func(text string) bool { return strings.Contains(text, "se cerro") }) {
		t.Error("one agent's word ended it")
	}

	// Whoever proposed it takes it back, and so does the other.
	second := mark()
	c.act(bea, acts.WithdrawEnd{Alert: alert, Mark: first}, gateway.Otherwise)
	c.act(bea, acts.WithdrawEnd{Alert: alert, Mark: second}, gateway.Done)
	c.act(ana, acts.EndAlert{Alert: alert, Agrees: second}, gateway.Otherwise)
	c.act(bea, acts.WithdrawEnd{Alert: alert, Mark: second}, gateway.Otherwise)
	c.act(ana, acts.EndAlert{Alert: alert, Reason: "unknown"}, gateway.DoneProposed)
	c.act(bea, acts.WithdrawEnd{Alert: alert, Mark: mark()}, gateway.Done)
	if k := c.kase(alert); !k.Alert.Open() || k.Alert.Proposal != nil {
		t.Errorf("the alert is %+v", k.Alert)
	}

	// What is carried out is what was proposed, to the letter.
	c.act(bea, acts.EndAlert{Alert: alert, Reason: "released", Words: "sale a las 5"}, gateway.DoneProposed)
	c.pass(time.Second)
	c.act(bea, acts.EndAlert{Alert: alert, Reason: "released", Words: "sale a las 6"}, gateway.NeedSecond)
	c.act(bea, acts.WithdrawEnd{Alert: alert, Mark: mark()}, gateway.Done)
	c.act(bea, acts.EndAlert{Alert: alert, Reason: "released", Words: "sale a las 6"}, gateway.DoneProposed)
	c.act(ana, acts.EndAlert{Alert: alert, Agrees: mark(), Reason: "found", Words: "otra cosa"}, gateway.DoneEnded)
	c.hears(maria, "Salio libre", "sale a las 6")
	c.act(ana, acts.WithdrawEnd{Alert: alert, Mark: second}, gateway.NotOpen)
}

// A call that is put through: one agent sees to it, another puts its card away, and
// it is gone once the caller is.
func TestCardsOfCalls(t *testing.T) {
	c := newCentre(t)
	c.center()
	ana, bea := c.agent("ana", gateway.RoleAgent), c.agent("bea", gateway.RoleAgent)
	cards := func() []gateway.Ringing {
		list, err := c.store.Ringing(t.Context(), c.now.Add(-gateway.RingingFor))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	talk := c.dials(juan)
	talk.press("0", "Le comunicamos")
	if len(cards()) != 1 {
		t.Fatalf("cards of a call that rings: %+v", cards())
	}
	card := cards()[0].ID
	c.act(ana, acts.TakeCall{Call: card}, gateway.Done)
	if o := c.act(bea, acts.TakeCall{Call: card}, gateway.TakenBy); o.Text != "ana" {
		t.Errorf("who has the call: %q", o.Text)
	}
	c.act(bea, acts.PutAwayCall{Call: card}, gateway.Done)
	if x := cards()[0]; x.By != "ana" || !slices.Equal(x.Away, []gateway.ID{bea}) {
		t.Errorf("the card: %+v", x)
	}
	c.act(ana, acts.PutAwayCall{Call: card}, gateway.Done) // and nobody sees to it any more
	if x := cards()[0]; x.By != "" || !x.Agent.IsZero() || len(x.Away) != 2 {
		t.Errorf("the card that both put away: %+v", x)
	}
	talk.nobody() // the second number rings
	if len(cards()) != 1 {
		t.Error("the card is gone while somebody is still rung")
	}
	talk.next(&gateway.Dialogue{Rung: ivr.RungRefused, Gone: true})
	if list := cards(); len(list) != 0 {
		t.Errorf("cards of a caller who hung up: %+v", list)
	}
	c.act(ana, acts.TakeCall{Call: card}, gateway.CallOver)
	c.act(ana, acts.PutAwayCall{Call: card}, gateway.CallOver)

	// One who was put through is on the line until the talk is over.
	talk = c.dials(other)
	talk.press("0", "Le comunicamos")
	c.handle(&gateway.Whisper{Caller: talk.sid, Call: "CAchild", Step: 1, Keys: "1"})
	if len(cards()) != 1 {
		t.Error("the card is gone while the two talk")
	}
	talk.next(&gateway.Dialogue{Rung: ivr.RungAccepted})
	if len(cards()) != 0 {
		t.Error("a talk that is over still has a card")
	}
	// Nobody took it: a task is left, no card.
	talk = c.dials(other)
	talk.press("0", "Le comunicamos")
	talk.nobody()
	talk.nobody()
	if n := len(cards()); n != 0 {
		t.Errorf("%d cards of a call that nobody took", n)
	}
	// Where no word of the end comes, ten minutes are enough.
	talk = c.dials(juan)
	talk.press("0", "Le comunicamos")
	card = cards()[0].ID
	c.pass(11 * time.Minute)
	c.act(ana, acts.TakeCall{Call: card}, gateway.CallOver)
}

func TestDoubleClick(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	act := &acts.Act{Key: "form", Agent: ana, Deed: acts.RaiseFor{Name: "Lupe", Ring: other}}
	first := c.handle(act)
	c.deliver()
	second := c.handle(act)
	c.deliver()
	if first != second || first.Outcome.Alert.IsZero() {
		t.Errorf("a double click is answered %+v, then %+v", first, second)
	}
	c.hears(other, "ALERTA")
	c.nothing(other)
	// The same key in another agent's hand is another act.
	bea := c.agent("bea", gateway.RoleAgent)
	if third := c.handle(&acts.Act{Key: "form", Agent: bea, Deed: act.Deed}); third == first {
		t.Error("one agent's form is answered with another's outcome")
	}
}

func TestTasks(t *testing.T) {
	c := newCentre(t)
	ana, bea := c.agent("ana", gateway.RoleAgent), c.agent("bea", gateway.RoleAgent)
	c.act(ana, acts.RaiseFor{Name: "Lupe", Ring: other, RingName: "Chela"}, gateway.DoneRaised)
	task := c.tasks(gateway.TaskRing)[0].ID
	c.act(ana, acts.TakeTask{Task: task}, gateway.Done)
	if o := c.act(bea, acts.TakeTask{Task: task}, gateway.TakenBy); o.Text != "ana" {
		t.Errorf("taken by %q", o.Text)
	}
	c.act(bea, acts.FinishTask{Task: task, Outcome: "done"}, gateway.TakenBy)
	c.refused(ana, acts.FinishTask{Task: task, Outcome: "maybe"}, "missing")
	c.act(ana, acts.FinishTask{Task: task, Outcome: "no-answer", Note: "buzon"}, gateway.Done)
	if left := c.tasks(gateway.TaskRing); len(left) != 1 || left[0].State != gateway.TaskOpen || len(left[0].Calls) != 1 {
		t.Fatalf("after no answer: %+v", left)
	}
	rung := c.onCall("")
	c.pass(3 * time.Minute)
	if got := rung(); len(got) != 1 {
		t.Errorf("%v were rung for a task that nobody takes again", got)
	}
	c.act(bea, acts.TakeTask{Task: task}, gateway.Done)
	o := c.act(bea, acts.FinishTask{Task: task, Outcome: "told"}, gateway.Done)
	if len(c.tasks(gateway.TaskRing)) != 0 {
		t.Error("the task is still open")
	}
	if r := c.recipient(c.kase(o.Alert), other); r.State != gateway.RecipientConfirmed {
		t.Errorf("who was told on the phone is %+v", r)
	}
	c.act(bea, acts.TakeTask{Task: task}, gateway.NotOpen)
	c.forbidden(ana, acts.TakeTask{Task: o.Alert}) // of another kind of thing
}

func TestAcknowledgeForSomebody(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	c.text(juan, "ALERTA")
	k := c.newest()
	c.act(ana, acts.Acknowledge{Alert: k.Alert.ID, Recipient: c.recipient(k, maria).ID}, gateway.Done)
	c.hears(juan, "Maria", "CONFIRMO")
	c.act(ana, acts.Acknowledge{Alert: k.Alert.ID, Recipient: c.recipient(k, maria).ID}, gateway.NotOpen)
	c.nothing(juan)
}

func TestVerify(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	p := c.profile(juan)
	change := acts.ChangeProfile{Profile: p.ID, Edits: typed("zip", "60623", "consent", "no"), Add: &acts.NamedContact{Phone: other, Name: "Chela"}}
	c.refused(ana, change, "verify")
	c.act(ana, acts.VerifyAnswers{Profile: p.ID, ZIP: "60608", Digits: "0000"}, gateway.NotVerified)
	c.act(ana, acts.VerifyAnswers{Profile: p.ID, ZIP: "60608", Contact: "maria"}, gateway.DoneVerified)
	c.refused(ana, change, "verify") // answers are enough to raise and to add
	c.act(ana, acts.Verify{Profile: p.ID, PIN: "0000"}, gateway.WrongPIN)
	c.refused(ana, acts.Verify{Profile: p.ID, PIN: "12"}, "pin")
	c.act(ana, acts.Verify{Profile: p.ID, PIN: "4821"}, gateway.DoneVerified)
	c.act(ana, change, gateway.Done)
	c.nothing(other)
	c.undoable()
	c.hears(other, "contacto de emergencia")
	if p = c.profile(juan); p.ZIP != "60623" || p.ConsularNotice.Given || p.ConsularNotice.Channel != "agent" || p.Contact(other) == nil {
		t.Errorf("profile %+v", p)
	}
	bea := c.agent("bea", gateway.RoleAgent)
	c.refused(bea, change, "verify") // it was Ana whom they told
	c.act(ana, acts.RaiseFor{Profile: p.ID}, gateway.DoneRaised)
	if c.newest().Alert.Unverified {
		t.Error("raised by somebody who gave the PIN, and unverified")
	}
	c.refused(ana, change, "open")
	c.pass(31 * time.Minute)
	c.refused(ana, change, "verify")
}

func TestChangeUnderDuress(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	p := c.profile(juan)
	c.act(ana, acts.Verify{Profile: p.ID, PIN: "9917"}, gateway.UnderDuress)
	c.act(ana, acts.ChangeProfile{Profile: p.ID, Edits: typed("name", "Otro Nombre"), PIN: "1234"}, gateway.UnderDuress)
	if now := c.profile(juan); now.Name != p.Name || len(now.Contacts) != len(p.Contacts) {
		t.Errorf("data was changed under duress: %+v", now)
	}
	if len(c.tasks(gateway.TaskDuress)) == 0 {
		t.Error("nobody looks at it")
	}
}

func TestRegisterOnTheLine(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	contacts := []acts.NamedContact{{Phone: other, Name: "Chela", Message: "recoge a los ninos"}}
	data := acts.PersonData{Name: "Rosa Diaz", ZIP: "60608", Language: "es"}
	for _, bad := range []struct {
		deed acts.Register
		why  string
	}{
		{acts.Register{Data: data, PIN: "2580", Contacts: contacts}, "missing"},
		{acts.Register{Phone: juan, Data: data, PIN: "2580", Contacts: contacts}, "twice"},
		{acts.Register{Phone: "+13125550160", Data: data, PIN: "12", Contacts: contacts}, "pin"},
		{acts.Register{Phone: "+13125550160", Data: data, PIN: "4321", Contacts: contacts}, "easy"},
		{acts.Register{Phone: "+13125550160", Data: data, PIN: "2580", Duress: "60608", Contacts: contacts}, "easy"},
		{acts.Register{Phone: "+13125550160", Data: data, PIN: "2580", Duress: "2580", Contacts: contacts}, "same"},
		{acts.Register{Phone: "+13125550160", Data: data, PIN: "2580"}, "missing"},
		{acts.Register{Phone: "+13125550160", Data: acts.PersonData{Name: "Rosa", ZIP: "9"}, PIN: "2580", Contacts: contacts}, "zip"},
		{acts.Register{Phone: other, Data: data, PIN: "2580", Contacts: contacts}, "self"},
	} {
		c.refused(ana, bad.deed, bad.why)
	}
	c.act(ana, acts.Register{Phone: "+13125550160", Data: data, PIN: "2580", Duress: "7135", Contacts: contacts}, gateway.DoneRegister)
	c.nothing(other)
	c.undoable()
	c.hears(other, "Rosa D.", "contacto de emergencia")
	c.says(other, "SI", "Rosa D.")
	c.says("+13125550160", "ALERTA", "Recibimos")
	c.hears(other, "Rosa D.", "ALERTA")
	c.says("+13125550160", "BIEN 2580", "termino")
}

func TestSilencedPhone(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	c.text(juan, "ALERTA")
	alert := c.newest().Alert.ID
	c.forbidden(ana, acts.SilencePhone{Alert: alert, Phone: other}) // not of this alert
	c.act(ana, acts.SilencePhone{Alert: alert, Phone: juan}, gateway.Done)
	c.says(maria, "1", "Gracias")
	c.nothing(juan)
	c.act(ana, acts.SilencePhone{Alert: alert, Phone: juan, Back: true}, gateway.Done)
	c.says(rosa, "1", "Gracias")
	c.hears(juan, "Rosa", "CONFIRMO")
}

func TestReroute(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	c.text(juan, "ALERTA")
	k := c.newest()
	c.refused(ana, acts.Reroute{Alert: k.Alert.ID, Edits: typed("zip", "6060")}, "zip")
	c.act(ana, acts.Reroute{Alert: k.Alert.ID, Edits: typed("zip", "77002")}, gateway.Done)
	if a := c.kase(k.Alert.ID).Alert; a.Consulate != "houston" || a.Zone != "America/Chicago" {
		t.Errorf("alert %+v", a)
	}
	if len(c.tasks(gateway.TaskNoDesk)) != 1 { // Houston has no desk here
		t.Error("nobody rings the consulate that has no desk")
	}
}

// A ZIP that does not exist is taken on no way in: people whose place is unknown
// have no consulate, and nobody would see why.
func TestZIPsThatDoNotExist(t *testing.T) {
	c := newCentre(t)
	w := c.world
	w.text(other, "REGISTRO")
	w.text(other, "Ana Lopez")
	w.says(other, "00000", "No existe el ZIP 00000", "60608")
	w.says(other, "34512-1234", "No existe el ZIP 34512")
	w.says(other, "6060", "cinco digitos")
	w.says(other, "60698", "A quien avisamos") // in no list, but its neighbours are
	w.says(juan, "ZIP 88812 4821", "No existe el ZIP 88812")
	w.says(juan, "CONSULADO 00000", "No existe el ZIP 00000", "CONSULADO 60608")
	w.says(juan, "CONSULADO 96299", "no sabemos cual consulado") // military, and real
	w.says(juan, "DATOS 4821", "60608")
	w.says(juan, "ALERTA 00000 me llevan", "#")
	w.hears(desk, "60608", "me llevan")
	s := w.ussd(rosaOwn)
	s.reply("7", "ZIP")
	s.reply("00000", "Ese ZIP no es valido", "ZIP de donde vive")
	s.reply("60608", "familiar")
	s = w.ussd(guard)
	s.reply("4", "ZIP")
	s.reply("00399", "Ese ZIP no es valido")
	lead := c.agent("lupe", gateway.RoleAgent)
	c.refused(lead, acts.Register{
		Phone: guard, Data: acts.PersonData{Name: "Luis Gil", ZIP: "00000", Consent: gateway.AnswerYes}, PIN: "7351",
	}, "no-zip")
	view, err := c.store.View(t.Context(), gateway.Scope{Phone: juan})
	if err != nil || len(view.Cases) == 0 {
		t.Fatalf("%d alerts, %v", len(view.Cases), err)
	}
	c.refused(lead, acts.Reroute{Alert: view.Cases[0].Alert.ID, Edits: typed("zip", "98765")}, "no-zip")
	c.refused(lead, acts.Reroute{Alert: view.Cases[0].Alert.ID, Edits: typed("zip", "9876")}, "zip")
}

func TestRevealIsAudited(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	c.text(juan, "ALERTA")
	k := c.newest()
	o := c.act(ana, acts.Reveal{Alert: k.Alert.ID, Of: c.recipient(k, maria).ID}, gateway.DoneRevealed)
	if o.Text != string(maria) {
		t.Errorf("revealed %q", o.Text)
	}
	rec, err := c.store.RecordByID(t.Context(), k.Alert.ID)
	if err != nil {
		t.Fatal(err)
	}
	newest := rec.History[0].Entries[0]
	if newest.Kind != "revealed" || newest.Actor != "agent:ana" || newest.Detail != "Maria" {
		t.Errorf("on the alert's chain stands %+v", newest)
	}
	audit, err := c.store.Audit(t.Context(), auditAll)
	if err != nil || len(audit) == 0 {
		t.Fatalf("audit: %d, %v", len(audit), err)
	}
	if e := audit[0].Entries[0]; e.Kind != "reveal" || !strings.Contains(e.Detail, k.Alert.ID.String()) || strings.Contains(e.Detail, "Maria") {
		t.Errorf("on the agent's chain stands %+v", e)
	}
	c.forbidden(ana, acts.Reveal{Alert: k.Alert.ID, Of: ana})
	c.forbidden(ana, acts.Reveal{})
}

func TestRoles(t *testing.T) {
	c := newCentre(t)
	ana, root := c.agent("ana", gateway.RoleAgent), c.agent("root", gateway.RoleAdmin)
	desks, err := c.store.Desks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	id := desks[0].ID
	for _, deed := range []acts.Deed{
		acts.ConfirmDesk{Desk: id}, acts.TestDesk{Desk: id}, acts.SetHours{Desk: id, Edits: typed("hours", "mon 08:00-09:00")},
		acts.InviteInTurn{Profile: c.profile(juan).ID}, acts.TakeAudit{},
	} {
		c.forbidden(ana, deed)
	}
	c.nothing(desk)
	c.act(root, acts.TestDesk{Desk: id}, gateway.Done)
	c.hears(desk, "PRUEBA")
	c.refused(root, acts.SetHours{Desk: id, Edits: typed("hours", "whenever")}, "hours")
	c.act(root, acts.SetHours{Desk: id, Edits: typed("hours", "mon-fri 08:00-18:00")}, gateway.Done)
	c.act(root, acts.ConfirmDesk{Desk: id}, gateway.NotOpen)
	c.forbidden(root, acts.ConfirmDesk{Desk: root})
	c.forbidden(gateway.ID{1}, acts.RaiseFor{Name: "Lupe"}) // nobody
	a, err := c.store.Agent(t.Context(), ana)
	if err != nil {
		t.Fatal(err)
	}
	a.Disabled = c.now
	if err := c.store.Commit(t.Context(), gateway.Turn{At: c.now, Agents: []gateway.Agent{*a}}); err != nil {
		t.Fatal(err)
	}
	c.forbidden(ana, acts.RaiseFor{Name: "Lupe", Ring: other})
	c.nothing(other)
}

func TestConsulatesLink(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	c.text(juan, "ALERTA")
	k := c.newest()
	c.hears(maria, "ALERTA")
	c.forbidden(ana, acts.LinkDesk{Alert: k.Alert.ID, Recipient: c.recipient(k, maria).ID}) // a contact
	o := c.act(ana, acts.LinkDesk{Alert: k.Alert.ID, Recipient: c.recipient(k, desk).ID}, gateway.Done)
	token, code, _ := strings.Cut(o.Text, " ")
	key, holder := gateway.PassKey(token), []byte("a browser")
	says := func(word, words string) (gateway.OutcomeWord, error) {
		c.acts++
		answer, err := c.service.Handle(t.Context(), gateway.DeskSays{
			Key: fmt.Sprint(c.acts), Pass: key, Holder: holder, Alert: k.Alert.ID, Ref: k.Alert.Ref, Phone: desk, Word: word, Words: words,
		})
		if answer.Outcome.Word == gateway.DoneWaits {
			c.undoable()
			timer, _ := gateway.ParseID(answer.Outcome.Text)
			answer = c.handle(acts.DeskUndoes{Pass: key, Holder: holder, Alert: k.Alert.ID, Timer: timer})
		}
		c.deliver()
		return answer.Outcome.Word, err
	}
	if _, err := says("RECIBIDO", ""); !errors.Is(err, gateway.ErrForbidden) {
		t.Errorf("a link that was not opened confirms: %v", err)
	}
	open := func(code string) gateway.OutcomeWord {
		return c.handle(gateway.OpenPass{Pass: key, Alert: k.Alert.ID, Code: code, Holder: holder}).Outcome.Word
	}
	if got := open("000000x"); got != gateway.WrongPIN {
		t.Errorf("a wrong code: %q", got)
	}
	if got := open(code); got != gateway.Done {
		t.Fatalf("the code: %q", got)
	}
	if got := open(code); got != gateway.NotOpen {
		t.Errorf("the link is good twice: %q", got)
	}
	if got, err := says("RECIBIDO", ""); got != gateway.Done || err != nil {
		t.Fatalf("RECIBIDO: %q, %v", got, err)
	}
	c.hears(juan, "Consulado en Chicago", "CONFIRMO")
	if got, err := says("LOCALIZADO", "esta en Broadview"); got != gateway.Done || err != nil {
		t.Fatalf("LOCALIZADO: %q, %v", got, err)
	}
	c.hears(maria, "Consulado en Chicago", "esta en Broadview")
	holder = []byte("another browser")
	if _, err := says("CERRAR", "salio"); !errors.Is(err, gateway.ErrForbidden) {
		t.Errorf("another browser closes: %v", err)
	}
	holder = []byte("a browser")
	var invalid *gateway.Invalid
	for _, word := range []string{"LOCALIZADO", "CERRAR"} {
		if _, err := says(word, " ... "); !errors.As(err, &invalid) || invalid.Why != "missing" {
			t.Errorf("%s without words: %v", word, err)
		}
	}
	c.nothing(maria)
	if got, err := says("CERRAR", "salio libre"); got != gateway.Done || err != nil {
		t.Fatalf("CERRAR: %q, %v", got, err)
	}
	c.hears(maria, "cerro su parte", "salio libre")
	c.says(juan, "ESTADO", "abierta")
}

// Five wrong codes end a link, and a consent that is taken back.
func TestConsulatesLinkEnds(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	c.text(juan, "ALERTA")
	k := c.newest()
	link := acts.LinkDesk{Alert: k.Alert.ID, Recipient: c.recipient(k, desk).ID}
	open := func(text, code string) (gateway.OutcomeWord, error) {
		token, right, _ := strings.Cut(text, " ")
		if code == "" {
			code = right
		}
		answer, err := c.service.Handle(t.Context(), gateway.OpenPass{Pass: gateway.PassKey(token), Alert: k.Alert.ID, Code: code})
		return answer.Outcome.Word, err
	}
	first := c.act(ana, link, gateway.Done).Text
	for range 5 {
		if got, err := open(first, "x"); got != gateway.WrongPIN || err != nil {
			t.Fatalf("%q, %v", got, err)
		}
	}
	if got, _ := open(first, ""); got != gateway.PINLocked {
		t.Errorf("after five wrong codes: %q", got)
	}
	second := c.act(ana, link, gateway.Done).Text
	p := c.profile(juan)
	p.ConsularNotice = gateway.Consent{}
	if err := c.store.Commit(t.Context(), gateway.Turn{At: c.now, Profiles: []gateway.Profile{*p}}); err != nil {
		t.Fatal(err)
	}
	if _, err := open(second, ""); !errors.Is(err, gateway.ErrNotFound) {
		t.Errorf("the link of somebody who consents no more opens: %v", err)
	}
	c.forbidden(ana, link)
	c.pass(37 * time.Hour)
	if _, err := open(second, ""); !errors.Is(err, gateway.ErrNotFound) {
		t.Errorf("an old link opens: %v", err)
	}
}

// A ZIP that is changed and changed back: whoever knows of the alert already is
// told nothing anew; whoever was told by mistake, or closed their part, is.
func TestAPlaceChangedBack(t *testing.T) {
	c := newCentre(t)
	ana := c.agent("ana", gateway.RoleAgent)
	national := gateway.Desk{Consulate: gateway.NationalDesk, Channel: gateway.SMS, Address: guard, Language: "es", Confirmed: c.now}
	c.service.Rules.National = &national
	if err := c.store.ReplaceDesks(t.Context(), []gateway.Desk{
		{Consulate: "chicago", Channel: gateway.SMS, Address: desk, Language: "es", Confirmed: c.now},
		{Consulate: "houston", Channel: gateway.SMS, Address: other, Language: "es", Confirmed: c.now},
	}); err != nil {
		t.Fatal(err)
	}
	c.text(juan, "ALERTA")
	c.hears(desk, "ALERTA")
	alert := c.newest().Alert.ID
	move := func(zip string) { c.act(ana, acts.Reroute{Alert: alert, Edits: typed("zip", zip)}, gateway.Done) }
	c.forget()
	move("77002")
	c.hears(other, "ALERTA", "77002")
	c.forget()
	move("60629")
	c.nothing(desk, other)
	if a := c.kase(alert).Alert; a.Consulate != "chicago" || a.ZIP != "60629" {
		t.Errorf("the place: %s, %s", a.ZIP, a.Consulate)
	}
	// By the person's own words as well, which are read back.
	c.says(juan, "no, ya estoy en 77002", "ZIP 77002 (TX), Consulado en Houston")
	c.hears(other, "ya estoy en 77002") // the words, and no second notice
	c.forget()
	c.pass(2 * time.Minute)
	c.says(juan, "ahora me traen en 60608", "ZIP 60608 (IL), Consulado en Chicago")
	for _, text := range c.inbox[desk] {
		if strings.Contains(text, "RECIBIDO") {
			t.Errorf("told twice: %s", text)
		}
	}
	if n := len(c.kase(alert).Recipients); n != 5 { // three of the family who may be told, and two desks
		t.Errorf("%d are told", n)
	}
	// A consulate that closed its part has to hear of it again.
	k := c.kase(alert)
	c.text(desk, "CERRAR "+k.Alert.Ref.Digits()+" no es mexicano")
	c.pass(time.Minute)
	move("77002")
	c.forget()
	move("60608")
	c.hears(desk, "ALERTA", "60608")

	// A place without any desk leaves one task, however often it is changed.
	c.service.Rules.National = nil
	for range 2 {
		move("94102")
		move("60608")
	}
	if n := len(c.tasks(gateway.TaskNoDesk)); n != 1 {
		t.Errorf("%d tasks to ring the consulate that has no desk", n)
	}
}
