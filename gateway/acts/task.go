package acts

import (
	"slices"
	"time"

	"aviso/gateway"
)

// TakeTask claims a task, so that two agents do not ring the same relative.
type TakeTask struct{ Task gateway.ID }

func (TakeTask) name() string { return "task-taken" }

func (t TakeTask) scope(s *gateway.Scope) { s.Task = t.Task }

func (t TakeTask) do(d *Acting) error {
	task, err := d.openTask(t.Task)
	if task == nil {
		return err
	}
	if task.State == gateway.TaskClaimed && !task.Agent.IsZero() && task.Agent != d.Agent.ID { // by key it is nobody's by name
		d.outcome(gateway.TakenBy)
		d.Turn.Answer.Outcome.Text = task.By
		return nil
	}
	task.State, task.Agent, task.By, task.Claimed = gateway.TaskClaimed, d.Agent.ID, d.Agent.Name, d.Now
	d.PutTask(*task)
	d.auditTask(task, "task-taken", string(task.Kind))
	return nil
}

// GiveTaskBack lets go of a task that the agent has taken. An admin may take it
// from whoever left it behind.
type GiveTaskBack struct{ Task gateway.ID }

func (GiveTaskBack) name() string { return "task-back" }

func (t GiveTaskBack) scope(s *gateway.Scope) { s.Task = t.Task }

func (t GiveTaskBack) do(d *Acting) error {
	task, err := d.ownTask(t.Task)
	if task == nil {
		return err
	}
	d.letGo(task)
	d.auditTask(task, "task-back", string(task.Kind))
	return nil
}

// FinishTask says what came of a task. "told" confirms for the recipient whose
// number it is about.
type FinishTask struct {
	Task    gateway.ID
	Outcome string // one of TaskOutcomes
	Note    string
}

func (FinishTask) name() string { return "task-done" }

func (t FinishTask) scope(s *gateway.Scope) { s.Task = t.Task }

func (t FinishTask) says() string { return t.Note }

func (t FinishTask) do(d *Acting) error {
	note, err := clean("note", t.Note, actNote)
	if err != nil {
		return err
	}
	if !slices.Contains(gateway.TaskOutcomes, t.Outcome) {
		return &gateway.Invalid{Field: "outcome", Why: "missing"}
	}
	task, err := d.ownTask(t.Task)
	if task == nil {
		return err
	}
	task.Calls = append(slices.Clone(task.Calls), gateway.Called{At: d.Now, By: d.Agent.Name, Outcome: t.Outcome, Note: note})
	if t.Outcome == "no-answer" {
		d.letGo(task)
		d.auditTask(task, "task-no-answer", note)
		return nil
	}
	if task.State != gateway.TaskClaimed {
		task.Agent, task.By, task.Claimed = d.Agent.ID, d.Agent.Name, d.Now
	}
	task.State = gateway.TaskDone
	d.PutTask(*task)
	d.auditTask(task, "task-done", t.Outcome+" "+note)
	if c := d.View.Case(task.Alert); c != nil && t.Outcome == "told" && c.Alert.Open() && task.Phone != "" {
		d.acknowledgeFor(c, func(r *gateway.Recipient) bool { return r.Phone == task.Phone })
	}
	return nil
}

func (d *Acting) letGo(task *gateway.Task) {
	task.State, task.Agent, task.By, task.Claimed = gateway.TaskOpen, gateway.ID{}, "", time.Time{}
	d.PutTask(*task)
}

// openTask is the task of the view, unless it has been done.
func (d *Acting) openTask(id gateway.ID) (*gateway.Task, error) {
	task := d.View.Task
	if task == nil || task.ID != id {
		return nil, gateway.ErrNotFound
	}
	o := &d.Turn.Answer.Outcome
	o.Alert, o.Who = task.Alert, task.Profile
	if task.State == gateway.TaskDone {
		d.notOpen(overTask)
		return nil, nil
	}
	return task, nil
}

// ownTask is a task that nobody else has taken.
func (d *Acting) ownTask(id gateway.ID) (*gateway.Task, error) {
	task, err := d.openTask(id)
	if task == nil {
		return nil, err
	}
	if task.State == gateway.TaskClaimed && !task.Agent.IsZero() && task.Agent != d.Agent.ID && d.Agent.Role != gateway.RoleAdmin {
		d.outcome(gateway.TakenBy)
		d.Turn.Answer.Outcome.Text = task.By
		return nil, nil
	}
	return task, nil
}

// auditTask writes what was done on the chain of the task's alert, or person.
func (d *Acting) auditTask(task *gateway.Task, kind, detail string) {
	if c := d.View.Case(task.Alert); c != nil {
		d.Audit(gateway.SubjectAlert, c.Alert.ID, c.Alert.Version, kind, d.Actor, detail)
		return
	}
	if p := d.View.Subject; p != nil && p.ID == task.Profile {
		d.Audit(gateway.SubjectProfile, p.ID, p.Version, kind, d.Actor, detail)
	}
}
