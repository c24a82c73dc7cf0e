package console

import (
	"errors"
	"net/http"
	"net/url"

	"aviso/gateway"
	"aviso/gateway/acts"
	"aviso/store"
)

// What tells people something waits behind "Deshacer" (gateway/acts/wait.go): it
// stands at the foot of the pages of whoever did it, and on those of whom it is
// about.

// waitingLine is an act that waits, or one that could not be carried out.
type waitingLine struct {
	gateway.Timer
	Mine bool
	Ref  gateway.Ref // of its alert; 0: it is about none
	Name string      // of its person
}

// waitingFor are the acts that an agent's page shows.
func (c *Console) waitingFor(v *visit, pulse *store.Pulse) ([]waitingLine, error) {
	var list []waitingLine
	var alerts, people []gateway.ID
	for _, t := range pulse.Waiting {
		mine := t.Act.Agent == v.agent.ID
		if !mine && (v.about.IsZero() || t.Alert != v.about && t.Profile != v.about) {
			continue
		}
		list = append(list, waitingLine{Timer: t, Mine: mine})
		if !t.Alert.IsZero() {
			alerts = append(alerts, t.Alert)
		}
		if !t.Profile.IsZero() {
			people = append(people, t.Profile)
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	refs, err := c.Records.RefsByID(v.ctx, alerts)
	if err != nil {
		return nil, err
	}
	profiles, err := c.Records.ProfilesByID(v.ctx, people)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Ref, list[i].Name = refs[list[i].Alert], profiles[list[i].Profile].Name
	}
	return list, nil
}

// undo takes an act back that waits. Whichever came first, the page says so.
func (c *Console) undo(v *visit) error {
	timer, err := idField(v.field("timer"))
	if err != nil {
		return err
	}
	alert, err := optionalID(v.field("alert"))
	if err != nil {
		return err
	}
	profile, err := optionalID(v.field("profile"))
	if err != nil {
		return err
	}
	o, err := c.act(v, acts.Undo{Timer: timer, Alert: alert, Profile: profile})
	if err != nil {
		return err
	}
	did := "late"
	switch o.Word {
	case gateway.Undone, gateway.Void:
		did = string(o.Word)
	}
	target, err := c.backFrom(v, o)
	if err != nil {
		return err
	}
	return v.Redirect(http.StatusSeeOther, target+"?"+url.Values{"did": {did}}.Encode())
}

// backFrom is the page on which an act can be looked at, and corrected: where it
// was undone from, else that of whom it is about.
func (c *Console) backFrom(v *visit, o gateway.Outcome) (string, error) {
	switch {
	case o.Word == gateway.Undone && next(v.field("back")) != "":
		return next(v.field("back")), nil
	case !o.Alert.IsZero():
		rec, err := c.Records.RecordByID(v.ctx, o.Alert)
		if err != nil || rec == nil {
			return "", errors.Join(err, gateway.ErrNotFound)
		}
		return "/console/alerts/" + rec.Alert.Ref.Digits(), nil
	case !o.Who.IsZero():
		return "/console/profiles/" + o.Who.String(), nil
	}
	return "/console/alerts", nil
}
