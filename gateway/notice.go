package gateway

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"aviso/ivr"
	"aviso/templates"
)

// A call that we make says in two parts what it has to say. The head names who
// calls and for whom, and asks for a key: it is all that a voicemail can
// record, and never holds the word detention. The body is the notice; it
// follows on a key, or where the carrier knows that a person answered. Both
// are rendered when the call is enqueued and kept as one text.
const noticeParts = "\n\n"

// callWords are what a call to a recipient says, rendered when it is enqueued.
// ok is false where it would say what the recipient does not understand.
func (d *cases) callWords(c *Case, p *Profile, r *Recipient) (words string, ok bool) {
	if raid := d.raid(c.Alert.ID); raid != nil {
		return d.raidCallWords(raid, r)
	}
	if p == nil || !d.Words.Speaks(r.Language) {
		return "", false
	}
	data := templates.Data{
		Ref: c.Alert.Ref.String(), Name: shown(p), Word: p.FamilyWord, Call: d.Rules.callNumber(r.Phone.Country()),
		When: d.clock(c.Alert.At, c.Alert.Zone, "", r.Phone, r.Language), Who: c.Alert.Reporter, ZIP: c.Alert.ZIP,
	}
	language := d.Words.Language(r.Language)
	data.Words = d.quoted(c.Alert.Words, func(name string, data templates.Data) string { return d.phrase(language, "call-"+name, data) })
	head, body := "call-contact", "call-contact-body"
	switch {
	case r.Kind != KindContact:
		head, body = "call-desk", "call-desk-body"
		data.Name, data.Word = whole(p), ""
	case r.Vague:
		body = "call-vague-body"
	}
	return d.phrase(language, head, data) + noticeParts + d.phrase(language, body, data), true
}

// deskDrillWords are what a PRUEBA says to a desk that is called.
func (d *cases) deskDrillWords(desk *Desk, ref Ref, name string) string {
	return d.phrase(d.Words.Language(desk.Language), "call-drill", templates.Data{Ref: ref.String(), Who: name})
}

// NoticeCall is one step of a call that we made: it was answered, or a key was
// pressed.
type NoticeCall struct {
	Attempt ID
	Call    string // the carrier's id of it
	Step    int    // the number in the address, from 0
	Keys    string // "": none, or silence
	To      Phone  // whom we called
	Machine Machine
}

// Machine is what the carrier thinks of who answered.
type Machine string

const (
	MachineUnknown Machine = ""
	MachineNo      Machine = "human"
	MachineYes     Machine = "machine"
)

// Scope is the attempt with its case, and the phone.
func (n *NoticeCall) Scope() Scope {
	return Scope{
		Key:     fmt.Sprintf("notice:%s:%s:%d:%s:%s", n.Attempt, n.Call, n.Step, n.Keys, n.Machine),
		Attempt: n.Attempt, Whole: true, Phone: n.To,
	}
}

const (
	noticeWait = 8 // seconds of silence after which it is said again
	// noticeMost bounds the steps of a call: silence ends it after two rounds,
	// keys after this many.
	noticeMost = 12
)

// noticeCall decides on a step of a call that we made. 1 confirms, 2 says all
// of it again, 9 stops us from ever calling again.
func (d *cases) noticeCall(n *NoticeCall) error {
	a := d.view.Attempt
	if a == nil || a.Channel != Voice || a.To != n.To { // the conversation in the view is of whom the carrier says it called
		return ErrNotFound
	}
	d.conv = d.view.Conversation
	d.conv.Phone = a.To
	w := noticeWords{cases: d, attempt: a, recipient: d.recipientOf(a)}
	w.head, w.body, _ = strings.Cut(a.Text, noticeParts)
	w.language = w.tongue()
	if w.recipient != nil && w.recipient.Vague && !w.Words.Written(w.language) {
		w.body = "" // a recording would say too much
	}
	w.screen = &Screen{Language: w.language, Step: n.Step + 1, Gather: ivr.Gather{Keys: 1, Wait: noticeWait}}
	d.lang = d.Words.Language(w.language)
	w.say(n)
	if n.Step >= noticeMost {
		w.end()
	}
	d.turn.Answer.Text, d.turn.Answer.Screen = "", w.screen
	return nil
}

// noticeWords is one step of a call on its way to a screen.
type noticeWords struct {
	*cases
	attempt    *Attempt
	recipient  *Recipient // nil: the call is nobody's notice
	head, body string
	language   string
	screen     *Screen
}

func (w *noticeWords) say(n *NoticeCall) {
	ended := w.over()
	switch {
	case n.Step == 0 && n.Machine == MachineYes:
		w.phrase("call-neutral-key") // a carrier takes people for machines, too: they have five seconds' patience
		w.phrase("call-neutral")
		w.screen.Step++ // what nobody answers is not said again
	case n.Keys == "1" && !ended:
		w.phrase(w.confirm())
		if c := w.view.Case(w.attempt.Alert); w.recipient != nil && w.recipient.family() && c != nil && !c.Alert.Drill {
			w.phrase("call-children")
		}
		w.full()
		w.phrase("call-again")
	case n.Keys == "2":
		w.full()
		w.keys(ended)
	case n.Keys == "9" && w.attempt.Purpose != PurposeRoster: // who is on call is called
		w.stop(&Text{From: w.attempt.To, Body: "9"})
		w.putConversation()
		w.phrase("call-stopped")
		w.end()
	case n.Keys != "":
		w.keys(ended)
	case n.Step == 0 && n.Machine == MachineNo:
		for range 2 {
			w.heading()
			if w.body != "" {
				w.full()
			}
			w.keys(ended)
		}
	case n.Step == 0:
		for range 2 {
			w.heading()
			w.keys(ended)
		}
	case n.Step == 1:
		w.heading()
		w.keys(ended)
	default:
		w.end()
	}
}

// over reports whether what the call is about has ended meanwhile. Some tasks
// outlast their alert, and whoever is on call can take those, too.
func (w *noticeWords) over() bool {
	c := w.view.Case(w.attempt.Alert)
	if c == nil || c.Alert.Open() {
		return false
	}
	return w.attempt.Purpose != PurposeRoster || !slices.ContainsFunc(c.Tasks, Task.waits)
}

// heading and full are the two parts as they were promised.
func (w *noticeWords) heading() { w.line("notice", w.head) }

func (w *noticeWords) full() {
	if w.body == "" { // one part only: it was all said
		w.heading()
		return
	}
	w.line("notice-body", w.body)
}

func (w *noticeWords) keys(ended bool) {
	switch {
	case ended:
		w.phrase("call-ended")
		w.end()
	case w.attempt.Purpose == PurposeRoster:
		w.phrase("call-keys-agent")
	default:
		w.phrase("call-keys")
	}
}

func (w *noticeWords) end() { w.screen.Gather, w.screen.End = ivr.Gather{}, true }

// line says words that were kept. Where a recording stands in for them the
// reference is read out behind it.
func (w *noticeWords) line(name, text string) {
	digits := ""
	if c := w.view.Case(w.attempt.Alert); c != nil && name == "notice" {
		digits = c.Alert.Ref.Digits()
	}
	if w.attempt.Purpose == PurposeRoster {
		name = ""
	}
	w.screen.Lines = append(w.screen.Lines, Line{Name: name, Text: text, Digits: digits, Language: w.lang})
}

func (w *noticeWords) phrase(name string) {
	data := templates.Data{Call: w.Rules.callNumber(w.attempt.To.Country())}
	w.screen.Lines = append(w.screen.Lines, w.decision.line(w.lang, name, data))
}

// tongue is the language of whoever is called.
func (w *noticeWords) tongue() string {
	if w.recipient != nil {
		return cmp.Or(w.recipient.Language, templates.Fallback)
	}
	if desks := w.view.Directory.DesksAt(w.attempt.To); len(desks) > 0 {
		return cmp.Or(desks[0].Language, templates.Fallback)
	}
	return templates.Fallback
}

// confirm takes the key 1, and names what is said to it: a contact and a desk
// confirm as by text, an agent on call takes what waits.
func (w *noticeWords) confirm() string {
	if w.attempt.Purpose == PurposeRoster {
		w.takeTasks()
		return "call-taken"
	}
	if w.recipient == nil {
		return "call-thanks"
	}
	c := w.view.Case(w.attempt.Alert)
	if r := w.recipient; r.State == RecipientOwed || r.State == RecipientGivenUp {
		told := c.toldTo(r)
		w.confirmOne(&told)
		*r = told.Recipient
	}
	if c.Alert.Drill && w.isDesk() {
		w.activateDesks()
		return "call-thanks-drill"
	}
	return "call-thanks"
}

// takeTasks claims the alert's urgent tasks for the agent on call: they have
// no name here, and take them over on the console.
func (w *noticeWords) takeTasks() {
	c := w.view.Case(w.attempt.Alert)
	if c == nil {
		return
	}
	for _, task := range c.Tasks {
		if task.waits() {
			task.State, task.By, task.Claimed = TaskClaimed, onCall, w.now
			w.putTask(task)
		}
	}
	w.audit(SubjectAlert, c.Alert.ID, c.Alert.Version, "tasks-taken", onCall, w.attempt.To.Masked())
}

// onCall is how an agent is named who took a task by key.
const onCall = "on-call"

// recipientOf finds whom an attempt is for.
func (d *cases) recipientOf(a *Attempt) *Recipient {
	c := d.view.Case(a.Alert)
	if c == nil || a.Recipient.IsZero() {
		return nil
	}
	return c.recipient(a.Recipient)
}
