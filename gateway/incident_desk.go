package gateway

import (
	"bytes"
	"slices"
	"time"

	"aviso/templates"
)

// How an incident's desks are told. Every alert keeps a recipient of its own
// for the desk, without a text (Recipient.Summed); the incident has one for each
// desk, on whose ladder the summaries climb. What the desk then confirms is
// passed on to each alert by a timer of its own, so that the answer of a desk
// to a thousand alerts is one small commit and a thousand smaller ones.

// IncidentDesk is how far one desk has been told of an incident, and has
// confirmed.
type IncidentDesk struct {
	Phone Phone   `json:"phone"`
	For   []Phone `json:"for,omitempty"` // desks that did not answer, in whose place it stands

	Through   ID  `json:"through,omitzero"`   // the newest alert that a summary told it of
	Over      int `json:"over,omitempty"`     // how many that ended the summary named
	Confirmed ID  `json:"confirmed,omitzero"` // the newest alert that it confirmed
}

// TimerSettle passes on to one alert what a desk has said to a summary.
const TimerSettle TimerKind = "settle"

const (
	// summaryMost is how many references a summary lists: seven segments. What
	// is new goes before what was listed already; more waits a minute.
	summaryMost = 120
	// calledMost is how many references a call reads out.
	calledMost = 8
)

// summedUp reports whether a desk hears of a new alert by the next summary of
// an open incident instead of a text about it alone.
func (d *cases) summedUp(c *Case, kind RecipientKind) bool {
	if c.Alert.Seq != 0 || kind == KindContact || c.Alert.Consulate == "" {
		return false
	}
	incident := d.view.Directory.Incident(c.Alert.Consulate)
	return incident != nil && !incident.Summed.IsZero()
}

// summing reports whether a summary will still tell a recipient what becomes
// of an alert.
func (d *cases) summing(a *Alert, r *Recipient) bool {
	incident := d.view.Directory.Incident(a.Consulate)
	return r.Summed && incident != nil && !incident.Summed.IsZero()
}

// sumUp tells each desk of an incident what is new to it. It reports whether
// something is left to be told.
func (d *cases) sumUp(raid *Raid, c *Case) (rest bool) {
	for i := range raid.Members {
		if r := &raid.Members[i].Recipient; r.Summed && raid.desk(r.Phone) == nil {
			d.addDesk(raid, c, IncidentDesk{Phone: r.Phone}, *r)
		}
	}
	for i := range raid.Incident.Desks {
		rest = d.tellDesk(raid, c, &raid.Incident.Desks[i]) || rest
	}
	return rest
}

// addDesk makes a desk one that the incident tells. like is a recipient of it.
func (d *cases) addDesk(raid *Raid, c *Case, desk IncidentDesk, like Recipient) {
	raid.Incident.Desks = append(slices.Clone(raid.Incident.Desks), desk)
	c.Recipients = append(c.Recipients, Recipient{
		ID: d.fresh.ID(), Alert: raid.Incident.ID, Kind: like.Kind, State: RecipientOwed,
		Phone: like.Phone, Desk: like.Desk, Name: like.Name, Language: like.Language, Accepted: true,
	})
	d.putRecipient(&c.Recipients[len(c.Recipients)-1])
	d.putIncident(&raid.Incident)
}

// desk is how far a desk has been told; nil: not yet, and no other stands in
// its place.
func (r *Raid) desk(phone Phone) *IncidentDesk {
	for i := range r.Incident.Desks {
		if desk := &r.Incident.Desks[i]; desk.Phone == phone {
			return desk
		}
	}
	return nil
}

// of are the alerts that a desk hears of, each once, oldest first.
func (r *Raid) of(desk *IncidentDesk) []*Told {
	var list []*Told
	for i := range r.Members {
		m := &r.Members[i]
		switch {
		case m.Recipient.Phone != desk.Phone && !slices.Contains(desk.For, m.Recipient.Phone):
		case len(list) == 0 || list[len(list)-1].Alert.ID != m.Alert.ID:
			list = append(list, m)
		case m.Recipient.Phone == desk.Phone:
			list[len(list)-1] = m // its own recipient says what it confirmed
		}
	}
	return list
}

// summary is what one desk is told next.
type summary struct {
	fresh, earlier, over []string // references
	total                int
	through              ID
	rest                 bool // there is more than one text holds
}

func (r *Raid) summary(desk *IncidentDesk) summary {
	var s summary
	s.through = desk.Through
	for _, m := range r.of(desk) {
		known := bytes.Compare(m.Alert.ID[:], desk.Through[:]) <= 0
		switch ref := m.Alert.Ref.String(); {
		case !m.Recipient.Closed.IsZero():
			// The desk has closed its part.
		case !m.Alert.Open() && !known:
			// It ended before the desk could hear of it.
		case !m.Alert.Open():
			s.over = append(s.over, ref)
			s.total++
		case known:
			s.earlier = append(s.earlier, ref)
			s.total++
		default:
			s.total++
			if len(s.fresh) == summaryMost {
				s.rest = true
				continue
			}
			s.fresh = append(s.fresh, ref)
		}
		if !s.rest {
			s.through = later16(s.through, m.Alert.ID)
		}
	}
	room := summaryMost - len(s.fresh)
	s.earlier = s.earlier[max(0, len(s.earlier)-room):]
	s.over = s.over[max(0, len(s.over)-(room-len(s.earlier))):]
	return s
}

func later16(a, b ID) ID {
	if bytes.Compare(a[:], b[:]) < 0 {
		return b
	}
	return a
}

// tellDesk sends a desk the next summary, where there is anything new. A desk
// that had confirmed is on the first rung of its ladder again; the ladder of one
// that has not goes on as it was.
func (d *cases) tellDesk(raid *Raid, c *Case, desk *IncidentDesk) (rest bool) {
	i := slices.IndexFunc(c.Recipients, func(r Recipient) bool { return r.Phone == desk.Phone })
	if i < 0 {
		return false
	}
	r := &c.Recipients[i]
	if r.State == RecipientGivenUp && raid.stoodIn(desk) {
		return false
	}
	s := raid.summary(desk)
	if len(s.fresh) == 0 && len(s.over) == desk.Over {
		if s.through != desk.Through {
			desk.Through = s.through
			d.putIncident(&raid.Incident)
		}
		return false
	}
	calls := d.isVoiceDesk(r)
	if calls && (r.State == RecipientOwed && !r.Next.IsZero() || d.calledLately(c, r)) {
		return true // what is new is said by the next call
	}
	desk.Over, desk.Through = len(s.over), s.through
	d.putIncident(&raid.Incident)
	if len(desk.For) > 0 {
		d.settle(raid, desk)
	}
	starts := len(s.fresh) > 0 && r.State == RecipientConfirmed || r.Seq == 0 && r.Next.IsZero() && r.State == RecipientOwed
	if starts {
		r.State, r.Confirmed, r.Rung = RecipientOwed, time.Time{}, 0
		if calls {
			r.Rung = max(0, slices.IndexFunc(d.ladder(r), func(g Rung) bool { return g.Try == TryCall }))
		}
		r.Next = d.now.Add(time.Duration(d.ladder(r)[r.Rung].Quiet))
		d.climbAt(c.Alert.ID, r.Next)
	}
	d.putRecipient(r)
	if calls {
		d.call(c, r)
		return s.rest
	}
	d.withdrawOlder(c, r)
	d.send(Attempt{
		Alert: c.Alert.ID, Recipient: r.ID, Lane: LaneNotice, Purpose: PurposeNotice, To: r.Phone, Validity: NoticeValidity,
		Text: d.say(r.Language, "summary", d.summaryData(raid, r, s)),
	})
	return s.rest
}

// stoodIn reports whether another desk stands in the place of one.
func (r *Raid) stoodIn(desk *IncidentDesk) bool {
	return slices.ContainsFunc(r.Incident.Desks, func(o IncidentDesk) bool { return slices.Contains(o.For, desk.Phone) })
}

func (d *cases) isVoiceDesk(r *Recipient) bool {
	return slices.ContainsFunc(d.view.Directory.DesksAt(r.Phone), func(desk Desk) bool {
		return desk.ID == r.Desk && desk.Channel == Voice
	}) || r.Kind == KindNational && d.Rules.National != nil && d.Rules.National.Channel == Voice
}

// calledLately reports whether a desk that is called was called within the time
// that its ladder gives a call: it is not rung every minute.
func (d *cases) calledLately(c *Case, r *Recipient) bool {
	last := c.lastNotice(r, Voice)
	ladder := d.ladder(r)
	call := slices.IndexFunc(ladder, func(g Rung) bool { return g.Try == TryCall })
	return last != nil && call >= 0 && age(d.now, last.Due) < time.Duration(ladder[call].Quiet)
}

// withdrawOlder takes back summaries that still wait: the next one says more.
func (d *cases) withdrawOlder(c *Case, r *Recipient) {
	for i := range c.Attempts {
		if a := &c.Attempts[i]; a.Recipient == r.ID && a.Channel == SMS && a.State == AttemptWaiting && !a.Claim.Doubt {
			a.State = AttemptWithdrawn
			d.putAttempt(a)
		}
	}
}

func (d *cases) summaryData(raid *Raid, r *Recipient, s summary) templates.Data {
	consulate, _ := d.view.Directory.Consulates.Consulate(raid.Incident.Consulate)
	zone := ""
	if r.Kind == KindDesk {
		zone = consulate.TimeZone
	}
	return templates.Data{
		Told: s.total, Consulate: templates.Plain(consulate.City), List: s.fresh, Earlier: s.earlier, Over: s.over,
		When: d.clock(raid.Incident.Since, consulate.TimeZone, zone, r.Phone, r.Language),
		Call: d.Rules.callNumber(r.Phone.Country()),
	}
}

// raidCallWords are what a call to a desk about an incident says.
func (d *cases) raidCallWords(raid *Raid, r *Recipient) (words string, ok bool) {
	desk := raid.desk(r.Phone)
	if desk == nil || !d.Words.Speaks(r.Language) {
		return "", false
	}
	all := *desk
	all.Through = desk.Confirmed // what it has not confirmed
	data := d.summaryData(raid, r, raid.summary(&all))
	data.List = data.List[max(0, len(data.List)-calledMost):]
	language := d.Words.Language(r.Language)
	return d.phrase(language, "call-raid", data) + noticeParts + d.phrase(language, "call-raid-body", data), true
}

// nextRaidDesk has another desk stand in the place of one that did not answer:
// the consulate's next row, else the national desk.
func (d *cases) nextRaidDesk(raid *Raid, c *Case, i int) bool {
	r, last := c.Recipients[i], raid.desk(c.Recipients[i].Phone)
	tried := func(desk *Desk) bool {
		return slices.ContainsFunc(c.Recipients, func(o Recipient) bool { return o.Phone == desk.Address })
	}
	var next *Desk
	kind := KindDesk
	if r.Kind == KindDesk {
		next = d.firstDesk(raid.Incident.Consulate, tried)
	}
	if national := d.Rules.National; next == nil && national != nil && !tried(national) && d.mayReach(national) {
		next, kind = national, KindNational
	}
	if next == nil || last == nil {
		return false
	}
	desk := IncidentDesk{Phone: next.Address, For: append(slices.Clone(last.For), last.Phone)}
	d.addDesk(raid, c, desk, d.deskRecipient(kind, next, templates.Fallback))
	d.tellDesk(raid, c, raid.desk(next.Address))
	return true
}

// confirmRaids takes RECIBIDO, without a reference, from a desk: it confirms
// all that summaries told it of. It returns how many alerts these are.
func (d *cases) confirmRaids(t *Text) (alerts int) {
	if len(t.mention.refs) > 0 {
		return 0
	}
	for i := range d.view.Raids {
		raid := &d.view.Raids[i]
		c := d.view.Case(raid.Incident.ID)
		for j := range c.Recipients {
			if r := &c.Recipients[j]; r.Phone == t.From && (r.State == RecipientOwed || r.State == RecipientGivenUp) {
				alerts += d.confirmRaid(raid, r)
			}
		}
	}
	return alerts
}

// raidConfirms reports whether a desk has confirmed an alert with a summary.
func (d *cases) raidConfirms(a *Alert, desk Phone) bool {
	for i := range d.view.Raids {
		raid := &d.view.Raids[i]
		told := raid.desk(desk)
		if told != nil && raid.Incident.Consulate == a.Consulate && !a.At.Before(raid.Incident.Since) && bytes.Compare(a.ID[:], told.Confirmed[:]) <= 0 {
			return true
		}
	}
	return false
}

// confirmRaid records that a desk has confirmed what summaries told it of, and
// has that passed on to each alert. It returns how many these are.
func (d *cases) confirmRaid(raid *Raid, r *Recipient) (alerts int) {
	desk, c := raid.desk(r.Phone), d.view.Case(raid.Incident.ID)
	if desk == nil || c == nil {
		return 0
	}
	r.State, r.Confirmed, r.Next = RecipientConfirmed, d.now, time.Time{}
	d.putRecipient(r)
	desk.Confirmed = desk.Through
	d.putIncident(&raid.Incident)
	d.withdrawOlder(c, r)
	d.stopOthers(c, r)
	return d.settle(raid, desk)
}

// settle has what a desk is told of, and has confirmed, passed on to each
// alert that does not show it yet.
func (d *cases) settle(raid *Raid, desk *IncidentDesk) (alerts int) {
	for _, m := range raid.of(desk) {
		told := bytes.Compare(m.Alert.ID[:], desk.Through[:]) <= 0
		confirmed := bytes.Compare(m.Alert.ID[:], desk.Confirmed[:]) <= 0
		shown := m.Recipient.Phone == desk.Phone && (m.Recipient.State == RecipientConfirmed || !confirmed)
		if !m.Alert.Open() || !told || shown {
			continue
		}
		if confirmed {
			alerts++
		}
		d.turn.Timers = append(d.turn.Timers, Timer{ID: d.fresh.ID(), Kind: TimerSettle, Alert: m.Alert.ID, Due: d.now, Phone: desk.Phone})
	}
	return alerts
}

// settleDue passes on to an alert what a desk has said to a summary that told
// of it.
func (d *cases) settleDue(t Timer) {
	c := d.view.Case(t.Alert)
	if c == nil || !c.Alert.Open() {
		return
	}
	for i := range d.view.Raids {
		raid := &d.view.Raids[i]
		desk := raid.desk(t.Phone)
		all := d.view.Case(raid.Incident.ID)
		if desk == nil || all == nil || raid.Incident.Consulate != c.Alert.Consulate {
			continue
		}
		j := slices.IndexFunc(all.Recipients, func(r Recipient) bool { return r.Phone == desk.Phone })
		if j < 0 {
			continue
		}
		d.settleOne(c, desk, all.Recipients[j])
	}
}

func (d *cases) settleOne(c *Case, desk *IncidentDesk, like Recipient) {
	i := slices.IndexFunc(c.Recipients, func(r Recipient) bool { return r.Phone == desk.Phone })
	if i < 0 {
		like.ID, like.Seq, like.Alert, like.Summed = d.fresh.ID(), 0, c.Alert.ID, true
		like.State, like.Rung, like.Next, like.Confirmed = RecipientOwed, 0, time.Time{}, time.Time{}
		i = len(c.Recipients)
		c.Recipients = append(c.Recipients, like)
	}
	r := &c.Recipients[i]
	d.putRecipient(r)
	if bytes.Compare(c.Alert.ID[:], desk.Confirmed[:]) > 0 || r.State != RecipientOwed && r.State != RecipientGivenUp {
		return
	}
	told := c.toldTo(r)
	d.confirmOne(&told)
	*r = told.Recipient
}
