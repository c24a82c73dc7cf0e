package service

import (
	"fmt"

	"aviso/gateway"
	"aviso/gateway/acts"
	"aviso/gateway/calls"
	"aviso/gateway/decision"
	"aviso/gateway/escalation"
	"aviso/gateway/person"
	"aviso/gateway/texts"
)

// layers are a decision with all that may become of it, by who may cause it.
type layers struct {
	*texts.Texting
	keying *calls.Keying
	acting *acts.Acting
}

// decide decides on an event.
func decide(m decision.Means, event gateway.Event, view *gateway.View, fresh gateway.Fresh) (gateway.Turn, error) {
	core := &decision.Decision{Means: m, View: view.Copy(), PIN: view.PIN, Fresh: fresh, Now: fresh.Now}
	core.Turn.At = core.Now
	core.Turn.Key = event.Scope().Key
	person := &person.Personal{Asking: &escalation.Asking{Cases: &escalation.Cases{Decision: core}}}
	texts := &texts.Texting{Arranging: &texts.Arranging{Personal: person}}
	d := layers{Texting: texts, keying: &calls.Keying{Personal: person}, acting: &acts.Acting{Personal: person}}
	var err error
	switch e := event.(type) {
	case *gateway.Text:
		d.Text(e)
	case gateway.Result:
		err = d.Result(e)
	case gateway.Receipt:
		err = d.Receipt(e)
	case gateway.DeskDrill:
		d.DeskDrill()
	case gateway.TimerDue:
		d.timer(e.Timer)
	case gateway.Invite:
		d.Invite(e)
	case gateway.Probe:
		d.Probe(e)
	case gateway.Drill:
		err = d.DrillByOperator()
	case gateway.AskForSign:
		err = d.AskForSign(e.Look)
	case *gateway.Dialogue:
		err = d.keying.Dialogue(e)
	case gateway.Sweep:
		d.Sweep()
	case gateway.AnswerFailed:
		d.AnswerFailed(e)
	case *gateway.Whisper:
		d.keying.Whisper(e)
	case *gateway.NoticeCall:
		err = d.NoticeCall(e)
	case *acts.Act:
		err = d.acting.Act(e)
	case gateway.OpenPass:
		err = d.acting.OpenPass(e)
	case gateway.DeskSays:
		err = d.acting.SayForDesk(e)
	case acts.DeskUndoes:
		err = d.acting.UndoForDesk(e)
	default:
		err = fmt.Errorf("no decision for %T", event)
	}
	if err == nil {
		err = core.Err
	}
	d.WatchTasks()
	return core.Turn, err
}

// checkPIN verifies the digits that an event offers as a PIN, if it offers
// any. It is done outside the decision because it is slow on purpose. Whoever
// offers a PIN costs one computation, whether the person exists, has a PIN, is
// locked, or typed the right one: neither time nor words betray which.
func checkPIN(c person.Checker, event gateway.Event, view *gateway.View) gateway.PINCheck {
	switch e := event.(type) {
	case *acts.Act:
		return acts.CheckActPIN(c, e, view)
	case *gateway.Dialogue:
		return calls.CheckKeys(c, e, view)
	case *gateway.Text:
		return texts.CheckText(c, e, view)
	}
	return gateway.PINCheck{}
}
