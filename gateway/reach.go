package gateway

import (
	"slices"
	"time"

	"aviso/templates"
)

// Unreached is a sender of ours that was found unable to text a country: it is
// not registered or verified there, the country is not enabled, the account is
// on trial. It is not tried until the time given; then one text finds out.
type Unreached struct {
	Sender  string
	Country string // ISO 3166, as Phone.Country gives it
	Code    string // the carrier's: "30034"
	Until   time.Time
}

const (
	// unreachedFor is how long such a finding is believed. What an operator
	// mends works within the hour.
	unreachedFor = time.Hour
	// unreachedFresh is how much of that has to be left for a finding not to
	// be written down again: a thousand texts that fail for one reason are one
	// change of the directory.
	unreachedFresh = unreachedFor / 2
)

// WithUnreached is the directory with other findings.
func (d *Directory) WithUnreached(list []Unreached) *Directory {
	next := *d
	next.unreached = list
	return &next
}

// Unreached are the senders that cannot text a country now, and why. Findings
// that are too old are among them until the next change.
func (d *Directory) Unreached() []Unreached { return d.unreached }

// inForce is the finding about a sender and a country that is in force.
func (d *Directory) inForce(sender, country string, now time.Time) *Unreached {
	if d == nil {
		return nil
	}
	for i := range d.unreached {
		if u := &d.unreached[i]; u.Sender == sender && u.Country == country && u.Until.After(now) {
			return u
		}
	}
	return nil
}

// learnReach keeps in mind that a sender does not reach a country.
func (d *cases) learnReach(a *Attempt, f *Failure) {
	country := a.To.Country()
	if !f.Unreached || a.Channel != SMS || a.Sender == "" || country == "" {
		return
	}
	if u := d.view.Directory.inForce(a.Sender, country, d.now.Add(unreachedFresh)); u != nil {
		return
	}
	d.turn.Unreached = append(d.turn.Unreached, Unreached{Sender: a.Sender, Country: country, Code: f.Code, Until: d.now.Add(unreachedFor)})
}

// reaches reports whether a sender can text a phone as far as is known,
// including what this very decision has found out.
func (d *decision) reaches(s Sender, to Phone) bool {
	country := to.Country()
	return s.Reaches(country) && d.view.Directory.inForce(s.Address, country, d.now) == nil &&
		!slices.ContainsFunc(d.turn.Unreached, func(u Unreached) bool { return u.Sender == s.Address && u.Country == country })
}

// avoidUnreached adds the senders that are known not to reach a phone to those
// that a text avoids.
func (d *decision) avoidUnreached(a *Attempt) {
	if a.Channel != SMS || len(d.view.Directory.known()) == 0 {
		return
	}
	for _, s := range d.Rules.Senders {
		if s.Reaches(a.To.Country()) && !d.reaches(s, a.To) && !slices.Contains(a.Avoid, s.Address) {
			a.Avoid = append(slices.Clone(a.Avoid), s.Address)
		}
	}
}

func (d *Directory) known() []Unreached {
	if d == nil {
		return nil
	}
	return d.unreached
}

// textless reports whether no sender of ours is known to reach a phone.
func (d *decision) textless(to Phone) bool {
	return !slices.ContainsFunc(d.Rules.Senders, func(s Sender) bool { return d.reaches(s, to) })
}

// callFirst begins a recipient's ladder with the call where no text would get
// through, and reports whether it could. Who may not be called is texted all
// the same: what was refused an hour ago may have been mended.
func (d *cases) callFirst(c *Case, r *Recipient) bool {
	call := slices.IndexFunc(d.ladder(r), func(g Rung) bool { return g.Try == TryCall })
	if call < 0 || !d.textless(r.Phone) || !d.call(c, r) {
		return false
	}
	r.Rung = call
	if r.Accepted {
		r.Next = d.now.Add(time.Duration(d.ladder(r)[call].Quiet))
		d.climbAt(r.Alert, r.Next)
	}
	return true
}

// calling is the sentence of the receipt on contacts who are called because
// they cannot be texted; "" where none is.
func (d *cases) calling(contacts int) string {
	if contacts == 0 {
		return ""
	}
	return d.say(d.lang, "calling-contacts", templates.Data{Contacts: contacts})
}
