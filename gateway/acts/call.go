package acts

import (
	"slices"

	"aviso/gateway"
)

// TakeCall says that an agent sees to a caller who is being put through, so that
// two do not. It is about the card: the call goes to whoever picks up.
type TakeCall struct{ Call gateway.ID }

func (TakeCall) name() string { return "call-taken" }

func (t TakeCall) scope(s *gateway.Scope) { s.Ringing = t.Call }

func (t TakeCall) do(d *Acting) error {
	card := d.card(t.Call)
	switch {
	case card == nil:
	case !card.Agent.IsZero() && card.Agent != d.Agent.ID:
		d.outcome(gateway.TakenBy)
		d.Turn.Answer.Outcome.Text = card.By
	default:
		card.Agent, card.By = d.Agent.ID, d.Agent.Name
		d.Turn.Ringing = append(d.Turn.Ringing, *card)
	}
	return nil
}

// PutAwayCall takes the card of a call off the agent's own pages. Others go on
// seeing it, and whoever had said that they see to it does so no more.
type PutAwayCall struct{ Call gateway.ID }

func (PutAwayCall) name() string { return "call-put-away" }

func (p PutAwayCall) scope(s *gateway.Scope) { s.Ringing = p.Call }

func (p PutAwayCall) do(d *Acting) error {
	card := d.card(p.Call)
	if card == nil || slices.Contains(card.Away, d.Agent.ID) {
		return nil
	}
	if card.Agent == d.Agent.ID {
		card.Agent, card.By = gateway.ID{}, ""
	}
	card.Away = append(slices.Clone(card.Away), d.Agent.ID)
	d.Turn.Ringing = append(d.Turn.Ringing, *card)
	return nil
}

// card is the card of a call; where that is over, the outcome says so.
func (d *Acting) card(id gateway.ID) *gateway.Ringing {
	card := d.View.Ringing
	if card == nil || card.ID != id || gateway.Age(d.Now, card.At) >= gateway.RingingFor {
		d.outcome(gateway.CallOver)
		return nil
	}
	o := &d.Turn.Answer.Outcome
	o.Alert, o.Who = card.Alert, card.Profile
	return card
}
