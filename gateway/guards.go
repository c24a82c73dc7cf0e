package gateway

import (
	"slices"

	"aviso/gateway/keyword"
)

// serves reports whether numbers of a phone's country may be contacts
// (--countries). The numbering plan decides, not the country code: +1 is also
// that of Canada and of islands whose numbers cost a dollar a text.
func (d *decision) serves(phone Phone) bool {
	country, _ := countryOf(d.view.Directory.Numbers, phone)
	return slices.Contains(d.Rules.served(), country)
}

// NobodysContact reports whether a phone can be nobody's contact and no desk:
// one that costs whoever calls it, or one of ours, which would text itself.
func (r *Rules) NobodysContact(phone Phone) bool {
	_, custody := r.Custody[phone]
	return premium(phone) || custody || phone == r.VoiceFrom ||
		slices.ContainsFunc(r.Senders, func(s Sender) bool { return s.Address == string(phone) })
}

// NobodysNumber is the same of a number as it is written, whatever its form: our
// own lines may be of kinds that no person has.
func (r *Rules) NobodysNumber(written string) bool {
	phones := SearchPhones(written)
	return len(phones) == 1 && r.NobodysContact(phones[0])
}

// leftOut reports whether a pilot's --only-to leaves a phone out: what would
// go to it is kept as held, and nobody is told that it went.
func (d *decision) leftOut(phone Phone) bool { return d.Rules.OnlyTo != nil && !d.Rules.OnlyTo[phone] }

// leftOut reports whether all that was meant for a recipient is held.
func (c *Case) leftOut(r *Recipient) bool {
	held := false
	for i := range c.Attempts {
		if a := &c.Attempts[i]; a.Recipient == r.ID {
			if a.State != AttemptHeld {
				return false
			}
			held = true
		}
	}
	return held
}

// Limited reports whether an attempt has to wait when the day's spending has
// reached --daily-limit: an invitation, a drill, or information that is not
// about an alert. Alerts never wait.
func (a *Attempt) Limited() bool {
	return a.Lane == LaneInvite || a.Lane == LaneDrill || a.Lane == LaneInfo && a.Alert.IsZero() && a.Purpose != PurposeProbe
}

// overLimit reports whether the day's spending has reached --daily-limit.
func (d *decision) overLimit() bool { return d.spent }

// informs are the intents whose answer is information.
var informs = []keyword.Intent{keyword.Rights, keyword.Consulate, keyword.Legal, keyword.Shelter}

// saveAnswer leaves a request for information unanswered over the limit: who
// floods us with them is not to be paid for. Somebody with an open alert gets
// the answer all the same, and HELP is one that carriers require.
func (d *arranging) saveAnswer(t *Text) {
	if !d.overLimit() || !slices.Contains(informs, t.parsed.Intent) || d.view.Own != nil && d.openCase(d.view.Own.ID) != nil {
		return
	}
	d.turn.Answer.Text = ""
}

// TaskPumping is a block of numbers that many new contacts are in: texts to
// numbers that pay their owner a share are a known fraud.
const TaskPumping TaskKind = "pumping"

// pumpingFrom is how many new contacts in a block of ten thousand numbers, in
// one day, leave a task. Families who register together rarely have two.
const pumpingFrom = 20

// countNewcomer counts a new contact, and puts its block before an agent when
// there are many.
func (d *asking) countNewcomer(phone Phone) {
	d.turn.Newcomers = append(d.turn.Newcomers, phone)
	if d.view.Newcomers[phone]+1 == pumpingFrom {
		d.putTask(Task{Kind: TaskPumping, Phone: d.conv.Phone, Note: string(phone[:len(phone)-4]) + "…"})
	}
}
