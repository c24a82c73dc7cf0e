package gateway

import (
	"slices"
	"time"
)

// A decoy is what a phone is shown instead of the truth.
//
// Somebody who is forced to do something with a phone gives the duress PIN for it.
// It is answered word for word as the real PIN is. What was asked for is not done,
// and that phone is shown from then on as if it were. Nothing else begins a decoy.
//
//	forced is             the phone is shown                     kept as                        until
//	a change of data      the person as if it were changed       Conversation.Decoy             DATOS or a change with the real PIN
//	an ALERTA after that  those told whom that person names      Alert.Decoy                    the same; in news, the alert's end
//	BORRAR                nobody, as a phone that nobody knows   Conversation.Decoy, no phone   a text that gives the real PIN; REGISTRO
//	NUEVO NUMERO          the person as if they had moved to it  Conversation.DecoyGuest        NUEVO NUMERO with the real PIN
//	an alert's end        the alert as called off                Alert.DecoyOn                  the alert's end
//	a cry's taking back   no alert; one is raised                Alert.DecoyOn                  the alert's end
//	two alerts' ends      the desk as not told of the next       Alert.Decoy                    the alert's end
//	LLEGUE                the check-in as over; it goes on       CheckIn.Behind                 LLEGUE with the real PIN
//
// The real PIN ends an alert that looks over, too, and is answered as it was then. A
// check-in that goes on raises in time; an ALERTA from a phone that looks like
// nobody's raises for the person. Neither alert is shown there. Some commands need
// one answer more, as BORRAR does: Question.AsDecoy remembers that they were forced.
// Alerts are ended, and asked after, by keys as by text. An agent who is given the
// duress PIN to end an alert lets it look over on the person's phone and on the one
// that raised it.
//
// Agents see the truth, with an urgent task (TaskDuress). Desks are told of an alert
// as it is, and that its end was forced. Contacts are told of it as it is, and of
// the duress nothing: one of them may be who forces the person.
//
// Sight answers what one phone may see. Decoys begin and end in person/decoy.go, but
// for an alert's, which ends with it; decoy_test.go holds the rooms to both. Four
// things are near, and hide nothing from a phone:
//
//   - Alert.Silent: no text goes to the phone that raised it. It is set where an
//     alert looks over, so that no news gives it away; also for a borrowed phone,
//     and by an agent for a seized one.
//   - Alert.Quiet and Alert.Duress: what agents and desks know, and that words are
//     not passed on. An ALERTA with the duress PIN is raised in truth, and quiet.
//     Text.RaisesAnew asks for Quiet, and not for what the phone is shown.
//   - A new PIN under duress, by keys. It is answered as changed, and forgotten:
//     PINs are shown nowhere, so that nothing has to look changed afterwards.
//   - The language that somebody chooses. It takes no PIN and is changed in truth,
//     in a decoy as well.

// Sight is what one phone may see. It is asked for anew each time: a decision changes
// what it looks at.
type Sight struct {
	View    *View
	Conv    *Conversation // of the phone, as it will be
	Phone   Phone
	AsDecoy bool // what is being done becomes a decoy
	Proven  bool // the real PIN was given
}

// Sees is what a phone may see before anything is decided.
func (v *View) Sees(phone Phone) Sight {
	return Sight{View: v, Conv: &v.Conversation, Phone: phone, Proven: v.PIN.Result == PINReal}
}

// Person is the person as their own phone is shown them; nil: it shows nobody. While
// something is forced it is a copy: what is changed of it gets no further than a decoy.
func (s Sight) Person() *Profile {
	own, decoy := s.View.Own, s.Conv.Decoy
	if own == nil || decoy == nil && !s.AsDecoy {
		return own
	}
	shown := *own
	if decoy != nil {
		shown = decoy.Of(own)
	}
	return &shown
}

// Of is a person who is shown in place of another one, as that one.
func (p *Profile) Of(own *Profile) Profile {
	shown := *p
	shown.ID, shown.Version, shown.PIN = own.ID, own.Version, own.PIN
	return shown
}

// Nobody reports whether the phone is somebody's and looks like nobody's.
func (s Sight) Nobody() bool { return s.View.Behind != nil }

// Hides reports whether it looks like nobody's and is this person's.
func (s Sight) Hides(profile ID) bool { return s.Nobody() && s.View.Behind.ID == profile }

// Erased reports whether the phone is to look like nobody's from now on. Where a
// time has come, which shows nothing, View.Behind is not set, and this alone says so.
func (s Sight) Erased() bool { return s.Conv.looksErased() }

func (c *Conversation) looksErased() bool { return c.Decoy != nil && c.Decoy.Phone == "" }

// Changed reports whether the phone is shown its person as they are not.
func (s Sight) Changed() bool { return s.Conv.Decoy != nil }

// LooksMoved reports whether whoever's phone it is looks moved to it, and is not.
func (s Sight) LooksMoved() bool { return s.View.OwnStanding == looksMoved }

// Guest is who looks moved to the phone from now on; zero: nobody.
func (s Sight) Guest() ID {
	if g := s.Conv.DecoyGuest; g != nil {
		return g.Profile
	}
	return ID{}
}

// MovedLately reports whether the move of the person whose phone it is can be undone,
// or looks so.
func (s Sight) MovedLately(now time.Time) bool {
	g := s.Conv.DecoyGuest
	return s.View.Own.Moved.Pending(now) || s.LooksMoved() && g != nil && Age(now, g.At) < MoveUndo
}

// Open reports whether an alert is open as the phone is shown it.
func (s Sight) Open(a *Alert) bool { return a.Open() && !a.LooksOver(s.Phone) }

// OpenAnywhere reports whether an alert is open as whoever is there may know: to
// whom forces somebody, one that looks over on any phone is not.
func (s Sight) OpenAnywhere(a *Alert) bool { return a.Open() && !(s.AsDecoy && len(a.DecoyOn) > 0) }

// OpenCase is a person's newest alert that is open to the phone.
func (s Sight) OpenCase(profile ID) *Case {
	var newest *Case
	for i := range s.View.Cases {
		c := &s.View.Cases[i]
		if c.Alert.Profile != profile || c.Alert.Drill || !s.Open(&c.Alert) {
			continue
		}
		if newest == nil || c.Alert.At.After(newest.Alert.At) {
			newest = c
		}
	}
	return newest
}

// Case is an alert as the phone is shown it: its time zone, and who is told of it.
func (s Sight) Case(c *Case) *Case {
	decoy := c.Alert.Decoy
	if decoy == nil || s.Conv.Decoy == nil && !decoy.Alone || c.Alert.Phone != s.Phone || s.Proven {
		return c
	}
	shown := *c
	shown.Alert.Zone, shown.Recipients = decoy.Zone, nil
	for i := range decoy.Recipients {
		p := &decoy.Recipients[i]
		if told := slices.IndexFunc(c.Recipients, func(r Recipient) bool { return p.Is(&r) }); told >= 0 {
			shown.Recipients = append(shown.Recipients, c.Recipients[told])
			continue
		}
		shown.Recipients = append(shown.Recipients, Recipient{
			Kind: p.Kind, State: RecipientOwed, Phone: p.Phone, Name: p.Name, Accepted: p.Accepted, Vague: p.Vague, Decoy: true,
		})
	}
	return &shown
}

// CheckIn is the check-in as the phone is shown it; nil: there is none.
func (s Sight) CheckIn() *CheckIn {
	if s.Conv.CheckIn == nil {
		return nil
	}
	shown := *s.Conv.CheckIn
	shown.Behind, shown.BehindAt = ID{}, time.Time{}
	return &shown
}

// Owner is whom the phone stands for, also where a decoy shows nobody.
func (v *View) Owner() *Profile {
	if v.Own != nil {
		return v.Own
	}
	return v.Behind
}

// HideErased puts whoever looks erased on the phone of the view behind its decoy.
func (v *View) HideErased() {
	if v.Own == nil || !v.Conversation.looksErased() {
		return
	}
	v.Behind, v.Own = v.Own, nil
	v.Named = slices.DeleteFunc(slices.Clone(v.Named), func(p Profile) bool { return p.ID == v.Behind.ID })
}

// LooksOver reports whether an open alert looks called off on a phone, or was never
// shown there.
func (a *Alert) LooksOver(on Phone) bool { return slices.Contains(a.DecoyOn, on) }

// Hears reports whether the phone that raised an alert may hear of a recipient, and
// in which time zone. It is asked when others do something: what that phone is shown
// of the person then is not in the view, so that news keeps to the alert's decoy to
// its end, the real PIN or not.
func (a *Alert) Hears(r *Recipient) (zone string, ok bool) {
	if a.Decoy == nil {
		return a.Zone, true
	}
	return a.Decoy.Zone, slices.ContainsFunc(a.Decoy.Recipients, func(p DecoyRecipient) bool { return p.Is(r) })
}

// DecoyAlert is what the phone that raised an alert is shown of it, where a decoy
// stands for the person.
type DecoyAlert struct {
	Zone       string           `json:"zone,omitempty"` // IANA
	Recipients []DecoyRecipient `json:"recipients,omitempty"`
	Alone      bool             `json:"alone,omitempty"` // no decoy of the person stands beside it: it is shown to its end
}

// DecoyRecipient is a recipient as such a phone is shown them, told or not.
type DecoyRecipient struct {
	Kind     RecipientKind `json:"kind"`
	Phone    Phone         `json:"phone"`
	Name     string        `json:"name,omitempty"`
	Accepted bool          `json:"accepted,omitempty"`
	Vague    bool          `json:"vague,omitempty"`
}

// Is reports whether a recipient is the one who is shown.
func (p *DecoyRecipient) Is(r *Recipient) bool { return p.Kind == r.Kind && p.Phone == r.Phone }

// DecoyGuest is who looks moved to a phone: it is answered as theirs.
type DecoyGuest struct {
	Profile ID        `json:"profile"`
	At      time.Time `json:"at"`
}
