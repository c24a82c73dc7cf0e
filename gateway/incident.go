package gateway

import (
	"bytes"
	"slices"
	"time"

	"aviso/templates"
)

// Incident is many alerts for the place of one consulate within minutes, as in
// a raid. While it is open agents see its alerts as one, its desks are told by
// one growing summary a minute instead of alert by alert, and what can wait
// waits. Families are told singly, always.
//
// It is a subject of its own. No alert writes to it, so that none conflicts
// with another for its sake: which alerts belong to it follows from their place
// and time alone. A decision learns of the open ones from the Directory.
type Incident struct {
	ID  ID    `json:"-"`
	Seq int64 `json:"-"` // the sequence number that was seen; 0: new

	Consulate string    `json:"-"` // id of the consulate for the place; one incident at most is open for each
	Since     time.Time `json:"-"` // alerts belong to it from this time on
	Ended     time.Time `json:"-"` // zero: it is open

	Noticed time.Time      `json:"noticed"`
	Summed  time.Time      `json:"summed,omitzero"` // since when desks are told by summaries; zero: too few have consented
	Desks   []IncidentDesk `json:"desks,omitempty"`
}

// Open reports whether alerts still join the incident.
func (i *Incident) Open() bool { return i.Ended.IsZero() }

// Holds reports whether an alert is one of the incident's.
func (i *Incident) Holds(a *Alert) bool {
	return !a.Drill && a.District == i.Consulate && !a.At.Before(i.Since) && (i.Open() || !a.At.After(i.Ended))
}

// Case is the incident as far as ladders, attempts and tasks hang on it as they
// do on an alert. It is nobody's, and open to the last: what a desk has not
// confirmed is climbed for after the last alert, too.
func (i *Incident) Case() Case {
	return Case{Alert: Alert{ID: i.ID, State: AlertOpen, Consulate: i.Consulate, At: i.Since, Silent: true, Language: templates.Fallback}}
}

// Raid is an incident with what a decision on it may know.
type Raid struct {
	Incident Incident

	// Members are its alerts of people who consented, oldest first, each with
	// one desk's recipient: once for every desk that is owed it.
	Members []Told

	Newest time.Time // when the newest alert of the place was raised, whatever the person consented to
	Tasks  []Task    // of all its alerts, those that are not done
}

// Rush is how many alerts a place had since a time. Those of one person, who
// called one off and raised another, count once.
type Rush struct {
	Consulate string // id, by place
	Alerts    int
	Consented int // of these, the ones that a desk may hear of
	First     time.Time
}

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

const (
	// summaryMost is how many references a summary lists: seven segments. What
	// is new goes before what was listed already; more waits a minute.
	summaryMost = 120
)

// Desk is how far a desk has been told; nil: not yet, and no other stands in
// its place.
func (r *Raid) Desk(phone Phone) *IncidentDesk {
	for i := range r.Incident.Desks {
		if desk := &r.Incident.Desks[i]; desk.Phone == phone {
			return desk
		}
	}
	return nil
}

// Of are the alerts that a desk hears of, each once, oldest first.
func (r *Raid) Of(desk *IncidentDesk) []*Told {
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

// Summary is what one desk is told next.
type Summary struct {
	Fresh, Earlier, Over []string // references
	Total                int
	Through              ID
	Rest                 bool // there is more than one text holds
}

// Summary is what a desk is to be told of an incident now.
func (r *Raid) Summary(desk *IncidentDesk) Summary {
	var s Summary
	s.Through = desk.Through
	for _, m := range r.Of(desk) {
		known := bytes.Compare(m.Alert.ID[:], desk.Through[:]) <= 0
		switch ref := m.Alert.Ref.String(); {
		case !m.Recipient.Closed.IsZero():
			// The desk has closed its part.
		case !m.Alert.Open() && !known:
			// It ended before the desk could hear of it.
		case !m.Alert.Open():
			s.Over = append(s.Over, ref)
			s.Total++
		case known:
			s.Earlier = append(s.Earlier, ref)
			s.Total++
		default:
			s.Total++
			if len(s.Fresh) == summaryMost {
				s.Rest = true
				continue
			}
			s.Fresh = append(s.Fresh, ref)
		}
		if !s.Rest {
			s.Through = later16(s.Through, m.Alert.ID)
		}
	}
	room := summaryMost - len(s.Fresh)
	s.Earlier = s.Earlier[max(0, len(s.Earlier)-room):]
	s.Over = s.Over[max(0, len(s.Over)-(room-len(s.Earlier))):]
	return s
}

func later16(a, b ID) ID {
	if bytes.Compare(a[:], b[:]) < 0 {
		return b
	}
	return a
}

// StoodIn reports whether another desk stands in the place of one.
func (r *Raid) StoodIn(desk *IncidentDesk) bool {
	return slices.ContainsFunc(r.Incident.Desks, func(o IncidentDesk) bool { return slices.Contains(o.For, desk.Phone) })
}
