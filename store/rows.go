package store

import (
	"strings"
	"time"

	"aviso/gateway"
)

// The columns that each kind of row is read by, and what is made of them.
const (
	conversationColumns = `c.id, c.seq, c.body, c.stopped`
	profileColumns      = `p.id, p.seq, p.head, p.body`
	alertColumns        = `a.id, a.seq, a.head, a.ref, a.profile, a.state, a.consulate, a.drill, a.at, a.body`
	recipientColumns    = `r.alert, r.id, r.seq, r.kind, r.state, r.rung, r.next, r.body`
	attemptColumns      = `t.id, t.seq, t.alert, t.recipient, t.channel, t.lane, t.state, t.ready, t.due, t.expires, t.validity,
		t.tries, t.lookups, t.fence, t.doubt, t.sender, t.avoid, t.sid, t.rank, t.code, t.sent`
	taskColumns = `k.id, k.seq, k.kind, k.state, k.urgent, k.alert, k.profile, k.at, k.body`
)

func (s *sealer) conversation(row row) (gateway.Conversation, error) {
	c := gateway.Conversation{ID: row.id(0), Seq: row.int(1)}
	err := s.open("conversation", c.ID[:], row.bytes(2), &c)
	c.Stopped = row.time(3) // a Stop changes the column alone
	return c, err
}

func (s *sealer) profile(row row) (gateway.Profile, error) {
	p := gateway.Profile{ID: row.id(0), Version: gateway.Version{Seq: row.int(1), Head: row.bytes(2)}}
	return p, s.open("profile", p.ID[:], row.bytes(3), &p)
}

func (s *sealer) alert(row row) (gateway.Alert, error) {
	a := gateway.Alert{
		ID:        row.id(0),
		Version:   gateway.Version{Seq: row.int(1), Head: row.bytes(2)},
		Ref:       gateway.Ref(row.int(3)),
		Profile:   row.id(4),
		State:     gateway.AlertState(row.int(5)),
		Consulate: row.text(6),
		Drill:     row.flag(7),
		At:        row.time(8),
	}
	return a, s.open("alert", a.ID[:], row.bytes(9), &a)
}

// recipient reads recipientColumns from column first on.
func (s *sealer) recipient(row row, first int) (gateway.Recipient, error) {
	row = row[first:]
	r := gateway.Recipient{
		Alert: row.id(0),
		ID:    row.id(1),
		Seq:   row.int(2),
		Kind:  gateway.RecipientKind(row.int(3)),
		State: gateway.RecipientState(row.int(4)),
		Rung:  int(row.int(5)),
		Next:  row.time(6),
	}
	return r, s.open("recipient", r.ID[:], row.bytes(7), &r)
}

// attemptBody is the column behind attemptColumns.
const attemptBody = 21

func (s *sealer) attemptWhole(row row) (gateway.Attempt, error) {
	a := attemptClear(row)
	return a, s.open("attempt", a.ID[:], row.bytes(attemptBody), &a)
}

func attemptClear(row row) gateway.Attempt {
	a := gateway.Attempt{
		ID:        row.id(0),
		Seq:       row.int(1),
		Alert:     row.id(2),
		Recipient: row.id(3),
		Channel:   gateway.Channel(row.int(4)),
		Lane:      gateway.Lane(row.int(5)),
		State:     gateway.AttemptState(row.int(6)),
		Due:       row.time(8),
		Expires:   row.time(9),
		Validity:  time.Duration(row.int(10)) * time.Second,
		Tries:     int(row.int(11)),
		Lookups:   int(row.int(12)),
		Claim:     gateway.Claim{Fence: row.int(13), Doubt: row.flag(14)},
		Sender:    row.text(15),
		SID:       row.text(17),
		Rank:      gateway.Rank(row.int(18)),
		Code:      row.text(19),
		Sent:      row.time(20),
	}
	if avoid := row.text(16); avoid != "" {
		a.Avoid = strings.Split(avoid, ",")
	}
	if a.State == gateway.AttemptClaimed {
		a.Claim.Until = row.time(7)
	}
	return a
}

func (s *sealer) task(row row) (gateway.Task, error) {
	t := gateway.Task{
		ID:      row.id(0),
		Seq:     row.int(1),
		Kind:    gateway.TaskKind(row.text(2)),
		State:   gateway.TaskState(row.int(3)),
		Urgent:  row.flag(4),
		Alert:   row.id(5),
		Profile: row.id(6),
		At:      row.time(7),
	}
	return t, s.open("task", t.ID[:], row.bytes(8), &t)
}

func (s *sealer) timer(row row) (gateway.Timer, error) {
	t := gateway.Timer{
		ID:      row.id(0),
		Kind:    gateway.TimerKind(row.text(1)),
		Alert:   row.id(2),
		Profile: row.id(3),
		Due:     row.time(4),
		Claim:   gateway.Claim{Until: row.time(5), Fence: row.int(6), Doubt: row.flag(7)},
	}
	return t, s.open("timer", t.ID[:], row.bytes(8), &t)
}
