package escalation

import (
	"bytes"
	"slices"
	"time"

	"aviso/gateway"
	"aviso/templates"
)

// summedUp reports whether a desk hears of a new alert by the next summary of
// an open incident instead of a text about it alone.
func (d *Cases) summedUp(c *gateway.Case, kind gateway.RecipientKind) bool {
	if c.Alert.Seq != 0 || kind == gateway.KindContact || c.Alert.Consulate == "" {
		return false
	}
	incident := d.View.Directory.Incident(c.Alert.Consulate)
	return incident != nil && !incident.Summed.IsZero()
}

// Summing reports whether a summary will still tell a recipient what becomes
// of an alert.
func (d *Cases) Summing(a *gateway.Alert, r *gateway.Recipient) bool {
	incident := d.View.Directory.Incident(a.Consulate)
	return r.Summed && incident != nil && !incident.Summed.IsZero()
}

// sumUp tells each desk of an incident what is new to it. It reports whether
// something is left to be told.
func (d *Cases) sumUp(raid *gateway.Raid, c *gateway.Case) (rest bool) {
	for i := range raid.Members {
		if r := &raid.Members[i].Recipient; r.Summed && raid.Desk(r.Phone) == nil {
			d.addDesk(raid, c, gateway.IncidentDesk{Phone: r.Phone}, *r)
		}
	}
	for i := range raid.Incident.Desks {
		rest = d.tellDesk(raid, c, &raid.Incident.Desks[i]) || rest
	}
	return rest
}

// addDesk makes a desk one that the incident tells. like is a recipient of it.
func (d *Cases) addDesk(raid *gateway.Raid, c *gateway.Case, desk gateway.IncidentDesk, like gateway.Recipient) {
	raid.Incident.Desks = append(slices.Clone(raid.Incident.Desks), desk)
	c.Recipients = append(c.Recipients, gateway.Recipient{
		ID: d.Fresh.ID(), Alert: raid.Incident.ID, Kind: like.Kind, State: gateway.RecipientOwed,
		Phone: like.Phone, Desk: like.Desk, Name: like.Name, Language: like.Language, Accepted: true,
	})
	d.PutRecipient(&c.Recipients[len(c.Recipients)-1])
	d.PutIncident(&raid.Incident)
}

// tellDesk sends a desk the next summary, where there is anything new. A desk
// that had confirmed is on the first rung of its ladder again; the ladder of one
// that has not goes on as it was.
func (d *Cases) tellDesk(raid *gateway.Raid, c *gateway.Case, desk *gateway.IncidentDesk) (rest bool) {
	i := slices.IndexFunc(c.Recipients, func(r gateway.Recipient) bool { return r.Phone == desk.Phone })
	if i < 0 {
		return false
	}
	r := &c.Recipients[i]
	if r.State == gateway.RecipientGivenUp && raid.StoodIn(desk) {
		return false
	}
	s := raid.Summary(desk)
	if len(s.Fresh) == 0 && len(s.Over) == desk.Over {
		if s.Through != desk.Through {
			desk.Through = s.Through
			d.PutIncident(&raid.Incident)
		}
		return false
	}
	calls := d.isVoiceDesk(r)
	if calls && (r.State == gateway.RecipientOwed && !r.Next.IsZero() || d.calledLately(c, r)) {
		return true // what is new is said by the next call
	}
	desk.Over, desk.Through = len(s.Over), s.Through
	d.PutIncident(&raid.Incident)
	if len(desk.For) > 0 {
		d.settle(raid, desk)
	}
	starts := len(s.Fresh) > 0 && r.State == gateway.RecipientConfirmed || r.Seq == 0 && r.Next.IsZero() && r.State == gateway.RecipientOwed
	if starts {
		r.State, r.Confirmed, r.Rung = gateway.RecipientOwed, time.Time{}, 0
		if calls {
			r.Rung = max(0, callRung(d.Ladder(r)))
		}
		d.await(r)
	}
	d.PutRecipient(r)
	if calls {
		d.Call(c, r)
		return s.Rest
	}
	d.withdrawOlder(c, r)
	d.Send(gateway.Attempt{
		Alert: c.Alert.ID, Recipient: r.ID, Lane: gateway.LaneNotice, Purpose: gateway.PurposeNotice, To: r.Phone, Validity: gateway.NoticeValidity,
		Text: d.Say(r.Language, "summary", d.summaryData(raid, r, s)),
	})
	return s.Rest
}

func (d *Cases) isVoiceDesk(r *gateway.Recipient) bool {
	return slices.ContainsFunc(d.View.Directory.DesksAt(r.Phone), func(desk gateway.Desk) bool {
		return desk.ID == r.Desk && desk.Channel == gateway.Voice
	}) || r.Kind == gateway.KindNational && d.Rules.National != nil && d.Rules.National.Channel == gateway.Voice
}

// calledLately reports whether a desk that is called was called within the time
// that its ladder gives a call: it is not rung every minute.
func (d *Cases) calledLately(c *gateway.Case, r *gateway.Recipient) bool {
	last := c.LastNotice(r, gateway.Voice)
	ladder := d.Ladder(r)
	call := callRung(ladder)
	return last != nil && call >= 0 && gateway.Age(d.Now, last.Due) < time.Duration(ladder[call].Quiet)
}

// withdrawOlder takes back summaries that still wait: the next one says more.
func (d *Cases) withdrawOlder(c *gateway.Case, r *gateway.Recipient) {
	d.Withdraw(c.Attempts, func(a *gateway.Attempt) bool { return a.Recipient == r.ID && a.Channel == gateway.SMS })
}

// nextRaidDesk has another desk stand in the place of one that did not answer:
// the consulate's next row, else the national desk.
func (d *Cases) nextRaidDesk(raid *gateway.Raid, c *gateway.Case, i int) bool {
	r, last := c.Recipients[i], raid.Desk(c.Recipients[i].Phone)
	tried := func(desk *gateway.Desk) bool {
		return slices.ContainsFunc(c.Recipients, func(o gateway.Recipient) bool { return o.Phone == desk.Address })
	}
	var next *gateway.Desk
	kind := gateway.KindDesk
	if r.Kind == gateway.KindDesk {
		next = d.firstDesk(raid.Incident.Consulate, tried)
	}
	if national := d.Rules.National; next == nil && national != nil && !tried(national) && d.mayReach(national) {
		next, kind = national, gateway.KindNational
	}
	if next == nil || last == nil {
		return false
	}
	desk := gateway.IncidentDesk{Phone: next.Address, For: append(slices.Clone(last.For), last.Phone)}
	d.addDesk(raid, c, desk, d.deskRecipient(kind, next, templates.Fallback))
	d.tellDesk(raid, c, raid.Desk(next.Address))
	return true
}

// ConfirmRaids takes RECIBIDO, without a reference, from a desk: it confirms
// all that summaries told it of. It returns how many alerts these are.
func (d *Cases) ConfirmRaids(desk gateway.Phone) (alerts int) {
	for i := range d.View.Raids {
		raid := &d.View.Raids[i]
		c := d.View.Case(raid.Incident.ID)
		for j := range c.Recipients {
			if r := &c.Recipients[j]; r.Phone == desk && (r.State == gateway.RecipientOwed || r.State == gateway.RecipientGivenUp) {
				alerts += d.confirmRaid(raid, r)
			}
		}
	}
	return alerts
}

// RaidConfirms reports whether a desk has confirmed an alert with a summary.
func (d *Cases) RaidConfirms(a *gateway.Alert, desk gateway.Phone) bool {
	for i := range d.View.Raids {
		raid := &d.View.Raids[i]
		told := raid.Desk(desk)
		if told != nil && raid.Incident.Consulate == a.Consulate && !a.At.Before(raid.Incident.Since) && bytes.Compare(a.ID[:], told.Confirmed[:]) <= 0 {
			return true
		}
	}
	return false
}

// confirmRaid records that a desk has confirmed what summaries told it of, and
// has that passed on to each alert. It returns how many these are.
func (d *Cases) confirmRaid(raid *gateway.Raid, r *gateway.Recipient) (alerts int) {
	desk, c := raid.Desk(r.Phone), d.View.Case(raid.Incident.ID)
	if desk == nil || c == nil {
		return 0
	}
	r.State, r.Confirmed, r.Next = gateway.RecipientConfirmed, d.Now, time.Time{}
	d.PutRecipient(r)
	desk.Confirmed = desk.Through
	d.PutIncident(&raid.Incident)
	d.withdrawOlder(c, r)
	d.stopOthers(c, r)
	return d.settle(raid, desk)
}

// settle has what a desk is told of, and has confirmed, passed on to each
// alert that does not show it yet.
func (d *Cases) settle(raid *gateway.Raid, desk *gateway.IncidentDesk) (alerts int) {
	for _, m := range raid.Of(desk) {
		told := bytes.Compare(m.Alert.ID[:], desk.Through[:]) <= 0
		confirmed := bytes.Compare(m.Alert.ID[:], desk.Confirmed[:]) <= 0
		shown := m.Recipient.Phone == desk.Phone && (m.Recipient.State == gateway.RecipientConfirmed || !confirmed)
		if !m.Alert.Open() || !told || shown {
			continue
		}
		if confirmed {
			alerts++
		}
		d.Turn.Timers = append(d.Turn.Timers, gateway.Timer{ID: d.Fresh.ID(), Kind: gateway.TimerSettle, Alert: m.Alert.ID, Due: d.Now, Phone: desk.Phone})
	}
	return alerts
}

// SettleDue passes on to an alert what a desk has said to a summary that told
// of it.
func (d *Cases) SettleDue(t gateway.Timer) {
	c := d.View.Case(t.Alert)
	if c == nil || !c.Alert.Open() {
		return
	}
	for i := range d.View.Raids {
		raid := &d.View.Raids[i]
		desk := raid.Desk(t.Phone)
		all := d.View.Case(raid.Incident.ID)
		if desk == nil || all == nil || raid.Incident.Consulate != c.Alert.Consulate {
			continue
		}
		j := slices.IndexFunc(all.Recipients, func(r gateway.Recipient) bool { return r.Phone == desk.Phone })
		if j < 0 {
			continue
		}
		d.settleOne(c, desk, all.Recipients[j])
	}
}

func (d *Cases) settleOne(c *gateway.Case, desk *gateway.IncidentDesk, like gateway.Recipient) {
	i := slices.IndexFunc(c.Recipients, func(r gateway.Recipient) bool { return r.Phone == desk.Phone })
	if i < 0 {
		like.ID, like.Seq, like.Alert, like.Summed = d.Fresh.ID(), 0, c.Alert.ID, true
		like.State, like.Rung, like.Next, like.Confirmed = gateway.RecipientOwed, 0, time.Time{}, time.Time{}
		i = len(c.Recipients)
		c.Recipients = append(c.Recipients, like)
	}
	r := &c.Recipients[i]
	d.PutRecipient(r)
	if bytes.Compare(c.Alert.ID[:], desk.Confirmed[:]) > 0 || r.State != gateway.RecipientOwed && r.State != gateway.RecipientGivenUp {
		return
	}
	told := c.ToldTo(r)
	d.ConfirmOne(&told)
	*r = told.Recipient
}
