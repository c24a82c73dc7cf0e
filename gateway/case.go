package gateway

import (
	"slices"
	"time"
)

// ToldDesk reports whether a desk is owed a notice of the alert, or had one.
func (c *Case) ToldDesk() bool {
	return slices.ContainsFunc(c.Recipients, func(r Recipient) bool { return r.Kind != KindContact && r.State != RecipientWithdrawn })
}

// Told reports whether a recipient has been told, or may have been: something
// was sent, is in flight, or has an outcome that nobody knows; or a summary told
// of it.
func (c *Case) Told(r *Recipient) bool {
	if r.State == RecipientConfirmed || r.Summed || r.Decoy {
		return true
	}
	for i := range c.Attempts {
		a := &c.Attempts[i]
		if a.Recipient == r.ID && a.handed() {
			return true
		}
	}
	return false
}

// ToldCount is how many recipients are told, or are being told.
func (c *Case) ToldCount() int {
	n := 0
	for i := range c.Recipients {
		if c.Told(&c.Recipients[i]) {
			n++
		}
	}
	return n
}

// Ready is how many of a person's contacts have answered a drill, and how many
// they have.
func (c *Case) Ready(p *Profile) (ready, all int) {
	all, ready = c.Count()
	if p != nil {
		all = len(p.Contacts)
	}
	return ready, all
}

// Case is an alert with all that hangs on it.
type Case struct {
	Alert      Alert
	Recipients []Recipient
	Attempts   []Attempt
	Tasks      []Task // open and claimed ones
}

// Told is an alert as one recipient knows it, with what was sent to them.
type Told struct {
	Alert     Alert
	Recipient Recipient
	Attempts  []Attempt
}

// Case finds a case of the view by its alert.
func (v *View) Case(id ID) *Case {
	for i := range v.Cases {
		if v.Cases[i].Alert.ID == id {
			return &v.Cases[i]
		}
	}
	return nil
}

// Unclaimed reports whether an urgent task has waited so long for somebody to
// claim it.
func (c *Case) Unclaimed(now time.Time, after time.Duration) bool {
	return slices.ContainsFunc(c.Tasks, func(t Task) bool {
		return t.Waits() && Age(now, t.At) >= after
	})
}

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

// Ahead are the rungs that a recipient would still be tried by if nobody
// answered, the first of them at Next.
func (c *Case) Ahead(r *Recipient, rules *Rules) []Rung {
	if !c.Alert.Open() || r.State != RecipientOwed || r.Next.IsZero() {
		return nil
	}
	var ahead []Rung
	for i, rung := range rules.Policy.Ladder(r) {
		switch {
		case i <= r.Rung, rung.Try == TryOther && len(rules.Senders) < 2:
		case rung.Try != TryOther && c.OthersKnow(r):
			return ahead
		default:
			ahead = append(ahead, rung)
		}
	}
	return ahead
}

// OthersKnow reports whether somebody of the recipient's kind has confirmed:
// another contact, or another desk.
func (c *Case) OthersKnow(r *Recipient) bool {
	return slices.ContainsFunc(c.Recipients, func(o Recipient) bool {
		return o.ID != r.ID && o.State == RecipientConfirmed && (o.Kind == KindContact) == (r.Kind == KindContact)
	})
}

// LastNotice is the newest notice to a recipient over a channel.
func (c *Case) LastNotice(r *Recipient, channel Channel) *Attempt {
	for i := len(c.Attempts) - 1; i >= 0; i-- {
		if a := &c.Attempts[i]; a.Recipient == r.ID && a.Purpose == PurposeNotice && a.Channel == channel {
			return a
		}
	}
	return nil
}

// SendersTried are the senders that a recipient's notices went from or failed
// from.
func (c *Case) SendersTried(r *Recipient) []string {
	var tried []string
	for i := range c.Attempts {
		a := &c.Attempts[i]
		if a.Recipient != r.ID || a.Channel != SMS {
			continue
		}
		for _, s := range append(slices.Clone(a.Avoid), a.Sender) {
			if s != "" && !slices.Contains(tried, s) {
				tried = append(tried, s)
			}
		}
	}
	return tried
}

// Count is how many recipients an alert has who are told of it, and how many
// have confirmed.
func (c *Case) Count() (told, confirmed int) {
	for i := range c.Recipients {
		switch r := &c.Recipients[i]; r.State {
		case RecipientWithdrawn:
		case RecipientConfirmed:
			confirmed++
			told++
		default:
			if !c.leftOut(r) {
				told++
			}
		}
	}
	return told, confirmed
}

// HasTask reports whether a task of a kind is open or claimed.
func (c *Case) HasTask(kind TaskKind) bool {
	for i := range c.Tasks {
		if c.Tasks[i].Kind == kind {
			return true
		}
	}
	return false
}

// Recipient finds one of the alert's recipients.
func (c *Case) Recipient(id ID) *Recipient {
	for i := range c.Recipients {
		if c.Recipients[i].ID == id {
			return &c.Recipients[i]
		}
	}
	return nil
}

// ToldTo is the alert as one of its recipients knows it.
func (c *Case) ToldTo(r *Recipient) Told {
	told := Told{Alert: c.Alert, Recipient: *r}
	for _, a := range c.Attempts {
		if a.Recipient == r.ID {
			told.Attempts = append(told.Attempts, a)
		}
	}
	return told
}
