package escalation

import (
	"cmp"
	"slices"
	"strings"

	"aviso/gateway"
	"aviso/ivr"
	"aviso/templates"
)

const (
	noticeWait = 8 // seconds of silence after which it is said again
	// noticeMost bounds the steps of a call: silence ends it after two rounds,
	// keys after this many.
	noticeMost = 12
)

// NoticeCall decides on a step of a call that we made. 1 confirms, 2 says all
// of it again, 9 stops us from ever calling again.
func (d *Cases) NoticeCall(n *gateway.NoticeCall) error {
	a := d.View.Attempt
	if a == nil || a.Channel != gateway.Voice || a.To != n.To { // the conversation in the view is of whom the carrier says it called
		return gateway.ErrNotFound
	}
	d.Conv = d.View.Conversation
	d.Conv.Phone = a.To
	w := noticeWords{Cases: d, attempt: a, recipient: d.recipientOf(a)}
	w.head, w.body, _ = strings.Cut(a.Text, noticeParts)
	w.language = w.tongue()
	if w.recipient != nil && w.recipient.Vague && !w.Words.Written(w.language) {
		w.body = "" // a recording would say too much
	}
	w.screen = &gateway.Screen{Language: w.language, Step: n.Step + 1, Gather: ivr.Gather{Keys: 1, Wait: noticeWait}}
	d.Lang = d.Words.Language(w.language)
	w.say(n)
	if n.Step >= noticeMost {
		w.end()
	}
	d.Turn.Answer.Text, d.Turn.Answer.Screen = "", w.screen
	return nil
}

// noticeWords is one step of a call on its way to a screen.
type noticeWords struct {
	*Cases
	attempt    *gateway.Attempt
	recipient  *gateway.Recipient // nil: the call is nobody's notice
	head, body string
	language   string
	screen     *gateway.Screen
}

func (w *noticeWords) say(n *gateway.NoticeCall) {
	ended := w.over()
	switch {
	case n.Step == 0 && n.Machine == gateway.MachineYes:
		w.phrase("call-neutral-key") // a carrier takes people for machines, too: they have five seconds' patience
		w.phrase("call-neutral")
		w.screen.Step++ // what nobody answers is not said again
	case n.Keys == "1" && !ended:
		w.phrase(w.confirm())
		if c := w.View.Case(w.attempt.Alert); w.recipient != nil && w.recipient.Family() && c != nil && !c.Alert.Drill {
			w.phrase("call-children")
		}
		w.full()
		w.phrase("call-again")
	case n.Keys == "2":
		w.full()
		w.keys(ended)
	case n.Keys == "9" && w.attempt.Purpose != gateway.PurposeRoster: // who is on call is called
		w.Stop(w.attempt.To, "9", false)
		w.PutConversation()
		w.phrase("call-stopped")
		w.end()
	case n.Keys != "":
		w.keys(ended)
	case n.Step == 0 && n.Machine == gateway.MachineNo:
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
	c := w.View.Case(w.attempt.Alert)
	if c == nil || c.Alert.Open() {
		return false
	}
	return w.attempt.Purpose != gateway.PurposeRoster || !slices.ContainsFunc(c.Tasks, gateway.Task.Waits)
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
	case w.attempt.Purpose == gateway.PurposeRoster:
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
	if c := w.View.Case(w.attempt.Alert); c != nil && name == "notice" {
		digits = c.Alert.Ref.Digits()
	}
	if w.attempt.Purpose == gateway.PurposeRoster {
		name = ""
	}
	w.screen.Lines = append(w.screen.Lines, gateway.Line{Name: name, Text: text, Digits: digits, Language: w.Lang})
}

func (w *noticeWords) phrase(name string) {
	data := templates.Data{Call: w.Rules.CallNumber(w.attempt.To.Country())}
	w.screen.Lines = append(w.screen.Lines, w.Decision.Line(w.Lang, name, data))
}

// tongue is the language of whoever is called.
func (w *noticeWords) tongue() string {
	if w.recipient != nil {
		return cmp.Or(w.recipient.Language, templates.Fallback)
	}
	if desks := w.View.Directory.DesksAt(w.attempt.To); len(desks) > 0 {
		return cmp.Or(desks[0].Language, templates.Fallback)
	}
	return templates.Fallback
}

// confirm takes the key 1, and names what is said to it: a contact and a desk
// confirm as by text, an agent on call takes what waits.
func (w *noticeWords) confirm() string {
	if w.attempt.Purpose == gateway.PurposeRoster {
		w.takeTasks()
		return "call-taken"
	}
	if w.recipient == nil {
		return "call-thanks"
	}
	c := w.View.Case(w.attempt.Alert)
	if r := w.recipient; r.State == gateway.RecipientOwed || r.State == gateway.RecipientGivenUp {
		told := c.ToldTo(r)
		w.ConfirmOne(&told)
		*r = told.Recipient
	}
	if c.Alert.Drill && w.IsDesk() {
		w.ActivateDesks()
		return "call-thanks-drill"
	}
	return "call-thanks"
}

// takeTasks claims the alert's urgent tasks for the agent on call: they have
// no name here, and take them over on the console.
func (w *noticeWords) takeTasks() {
	c := w.View.Case(w.attempt.Alert)
	if c == nil {
		return
	}
	for _, task := range c.Tasks {
		if task.Waits() {
			task.State, task.By, task.Claimed = gateway.TaskClaimed, onCall, w.Now
			w.PutTask(task)
		}
	}
	w.Audit(gateway.SubjectAlert, c.Alert.ID, c.Alert.Version, "tasks-taken", onCall, w.attempt.To.Masked())
}

// onCall is how an agent is named who took a task by key.
const onCall = "on-call"

// recipientOf finds whom an attempt is for.
func (d *Cases) recipientOf(a *gateway.Attempt) *gateway.Recipient {
	c := d.View.Case(a.Alert)
	if c == nil || a.Recipient.IsZero() {
		return nil
	}
	return c.Recipient(a.Recipient)
}
