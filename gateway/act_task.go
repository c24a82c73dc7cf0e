package gateway

import (
	"slices"
	"time"
)

// Called is what came of ringing somebody for a task.
type Called struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Outcome string    `json:"outcome"`
	Note    string    `json:"note,omitempty"`
}

// TaskOutcomes are what may come of a task. A call that nobody answered leaves
// it open, for whoever takes it next.
var TaskOutcomes = []string{"told", "no-answer", "wrong-number", "done"}

// TakeTask claims a task, so that two agents do not ring the same relative.
type TakeTask struct{ Task ID }

func (TakeTask) name() string     { return "task-taken" }
func (t TakeTask) scope(s *Scope) { s.Task = t.Task }

func (t TakeTask) do(d *acting) error {
	task, err := d.openTask(t.Task)
	if task == nil {
		return err
	}
	if task.State == TaskClaimed && !task.Agent.IsZero() && task.Agent != d.agent.ID { // by key it is nobody's by name
		d.outcome(TakenBy)
		d.turn.Answer.Outcome.Text = task.By
		return nil
	}
	task.State, task.Agent, task.By, task.Claimed = TaskClaimed, d.agent.ID, d.agent.Name, d.now
	d.putTask(*task)
	d.auditTask(task, "task-taken", string(task.Kind))
	return nil
}

// GiveTaskBack lets go of a task that the agent has taken. An admin may take it
// from whoever left it behind.
type GiveTaskBack struct{ Task ID }

func (GiveTaskBack) name() string     { return "task-back" }
func (t GiveTaskBack) scope(s *Scope) { s.Task = t.Task }

func (t GiveTaskBack) do(d *acting) error {
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
	Task    ID
	Outcome string // one of TaskOutcomes
	Note    string
}

func (FinishTask) name() string     { return "task-done" }
func (t FinishTask) scope(s *Scope) { s.Task = t.Task }
func (t FinishTask) says() string   { return t.Note }

func (t FinishTask) do(d *acting) error {
	note, err := clean("note", t.Note, actNote)
	if err != nil {
		return err
	}
	if !slices.Contains(TaskOutcomes, t.Outcome) {
		return &Invalid{Field: "outcome", Why: "missing"}
	}
	task, err := d.ownTask(t.Task)
	if task == nil {
		return err
	}
	task.Calls = append(slices.Clone(task.Calls), Called{At: d.now, By: d.agent.Name, Outcome: t.Outcome, Note: note})
	if t.Outcome == "no-answer" {
		d.letGo(task)
		d.auditTask(task, "task-no-answer", note)
		return nil
	}
	if task.State != TaskClaimed {
		task.Agent, task.By, task.Claimed = d.agent.ID, d.agent.Name, d.now
	}
	task.State = TaskDone
	d.putTask(*task)
	d.auditTask(task, "task-done", t.Outcome+" "+note)
	if c := d.view.Case(task.Alert); c != nil && t.Outcome == "told" && c.Alert.Open() && task.Phone != "" {
		d.acknowledgeFor(c, func(r *Recipient) bool { return r.Phone == task.Phone })
	}
	return nil
}

func (d *acting) letGo(task *Task) {
	task.State, task.Agent, task.By, task.Claimed = TaskOpen, ID{}, "", time.Time{}
	d.putTask(*task)
}

// openTask is the task of the view, unless it has been done.
func (d *acting) openTask(id ID) (*Task, error) {
	task := d.view.Task
	if task == nil || task.ID != id {
		return nil, ErrNotFound
	}
	o := &d.turn.Answer.Outcome
	o.Alert, o.Who = task.Alert, task.Profile
	if task.State == TaskDone {
		o.Word = NotOpen
		return nil, nil
	}
	return task, nil
}

// ownTask is a task that nobody else has taken.
func (d *acting) ownTask(id ID) (*Task, error) {
	task, err := d.openTask(id)
	if task == nil {
		return nil, err
	}
	if task.State == TaskClaimed && !task.Agent.IsZero() && task.Agent != d.agent.ID && d.agent.Role != RoleAdmin {
		d.outcome(TakenBy)
		d.turn.Answer.Outcome.Text = task.By
		return nil, nil
	}
	return task, nil
}

// auditTask writes what was done on the chain of the task's alert, or person.
func (d *acting) auditTask(task *Task, kind, detail string) {
	if c := d.view.Case(task.Alert); c != nil {
		d.audit(SubjectAlert, c.Alert.ID, c.Alert.Version, kind, d.actor, detail)
		return
	}
	if p := d.view.Subject; p != nil && p.ID == task.Profile {
		d.audit(SubjectProfile, p.ID, p.Version, kind, d.actor, detail)
	}
}
