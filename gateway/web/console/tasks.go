package console

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"aviso/gateway"
	"aviso/gateway/acts"
	"aviso/store"
)

// tasksSize is a page of tasks.
const tasksSize = 50

// tasksPage is what machines gave up on, the oldest first.
type tasksPage struct {
	Tasks  []taskRow
	Raids  []raidList
	Total  int
	Page   int
	Pages  []int
	Number revealed
}

type taskRow struct {
	store.TaskLine
	Mine     bool
	Calls    bool   // somebody is to be rung
	Desk     bool   // a consulate is to be rung
	Language string // of whoever is to be rung
	Spoken   string // the one of ours that the script is read in
	Name     string // of the person that it is about
	Call     string // a number that whoever is rung may ring back
	Waits    bool   // what came of it is noted in a moment, if nobody undoes it
}

func (c *Console) showTasks(v *visit) error { return c.tasksWith(v, tasksPage{}) }

func (c *Console) tasksWith(v *visit, p tasksPage) error {
	p.Page, _ = strconv.Atoi(v.QueryParam("page"))
	p.Page = min(max(p.Page, 0), 10_000)
	lines, total, err := c.Records.Tasks(v.ctx, p.Page, tasksSize)
	if err != nil {
		return err
	}
	if v.posted {
		v.page = "/console/tasks"
	}
	p.Total = total
	for n := range (total + tasksSize - 1) / tasksSize {
		p.Pages = append(p.Pages, n)
	}
	directory, err := c.Records.Directory(v.ctx)
	if err != nil {
		return err
	}
	desks := directory.All()
	if national := c.Rules.National; national != nil {
		desks = append(desks, *national)
	}
	pulse, err := c.Records.Pulse(v.ctx)
	if err != nil {
		return err
	}
	for _, line := range lines {
		row := c.taskRow(v, line, desks)
		row.Waits = slices.ContainsFunc(pulse.Waiting, func(t gateway.Timer) bool { return t.Kind == gateway.TimerAct && t.Act.Task == row.ID })
		p.Tasks = append(p.Tasks, row)
	}
	p.Tasks, p.Raids = raidTasks(p.Tasks, directory.Incidents())
	return c.in(v, "tasks", "tasks", p)
}

// raidList is the tasks of one incident, those about the same phone side by
// side: whoever rings a family asks about all of theirs at once.
type raidList struct {
	Consulate string
	Since     time.Time
	Tasks     []taskRow
}

// raidTasks takes the tasks of incidents out of a list.
func raidTasks(tasks []taskRow, incidents []gateway.Incident) (rest []taskRow, raids []raidList) {
	lists := make([]raidList, len(incidents))
	for _, t := range tasks {
		i := slices.IndexFunc(incidents, func(x gateway.Incident) bool {
			return t.Alert == x.ID || t.Of != nil && x.Holds(t.Of)
		})
		if i < 0 {
			rest = append(rest, t)
			continue
		}
		lists[i].Consulate, lists[i].Since = incidents[i].Consulate, incidents[i].Since
		lists[i].Tasks = append(lists[i].Tasks, t)
	}
	for _, l := range lists {
		if len(l.Tasks) > 0 {
			slices.SortStableFunc(l.Tasks, func(a, b taskRow) int { return cmp.Compare(a.Phone, b.Phone) })
			raids = append(raids, l)
		}
	}
	return rest, raids
}

func (c *Console) taskRow(v *visit, line store.TaskLine, desks []gateway.Desk) taskRow {
	t := taskRow{
		TaskLine: line, Mine: line.State == gateway.TaskClaimed && line.Agent == v.agent.ID,
		Calls: line.Phone != "", Call: c.callNumber(), Spoken: c.Words.Language(""),
	}
	t.Desk = t.Calls && slices.ContainsFunc(desks, func(d gateway.Desk) bool { return d.Address == line.Phone })
	if line.Of != nil {
		t.Name = line.Of.Name
	}
	if line.Profile != nil {
		t.Name = line.Profile.Name
		t.Language = line.Profile.Language
		note := line.Profile.LanguageNote
		if contact := line.Profile.Contact(line.Phone); contact != nil && contact.Language != "" {
			t.Language, note = contact.Language, ""
		}
		t.Spoken, t.Language = c.Words.Language(t.Language), shortLanguage(t.Language, note)
	}
	return t
}

// taskDeed takes a task, gives it back, or says what came of it.
func (c *Console) taskDeed(v *visit) error {
	id, err := idField(v.Param("id"))
	if err != nil {
		return err
	}
	var deed acts.Deed
	switch v.Param("deed") {
	case "take":
		deed = acts.TakeTask{Task: id}
	case "back":
		deed = acts.GiveTaskBack{Task: id}
	case "done":
		deed = acts.FinishTask{Task: id, Outcome: v.field("outcome"), Note: v.field("note")}
	case "reveal":
		return c.reveal(v, acts.Reveal{Task: id}, func(shown revealed) error {
			shown.Of = id
			return c.tasksWith(v, tasksPage{Number: shown})
		})
	default:
		return gateway.ErrNotFound
	}
	o, err := c.act(v, deed)
	return c.done(v, o, err, "/console/tasks", c.showTasks)
}

// cardPage is the one page for the night shift.
type cardPage struct {
	Numbers  numbers
	National *gateway.Desk
	Roster   []gateway.Desk
	Desks    []cardDesks
}

// cardDesks are one consulate's, in one entry: those of all of them fit the
// page.
type cardDesks struct {
	Consulate string // id
	Desks     []gateway.Desk
}

func (c *Console) showCard(v *visit) error {
	directory, err := c.Records.Directory(v.ctx)
	if err != nil {
		return err
	}
	p := cardPage{Numbers: c.numbers, National: c.Rules.National, Roster: directory.Desks(gateway.AgentsDesk)}
	for _, desk := range directory.All() {
		if desk.Consulate == gateway.AgentsDesk || !desk.Expects() {
			continue
		}
		if n := len(p.Desks); n == 0 || p.Desks[n-1].Consulate != desk.Consulate {
			p.Desks = append(p.Desks, cardDesks{Consulate: desk.Consulate})
		}
		last := &p.Desks[len(p.Desks)-1]
		last.Desks = append(last.Desks, desk)
	}
	return c.inAs(v, 200, "sheet", "tasks", "card", p)
}

// Outcomes are what may come of a task.
func (taskRow) Outcomes() []string { return gateway.TaskOutcomes }

// Script is which words to read to whoever is rung.
func (t taskRow) Script() string {
	if t.Desk {
		return "consulate"
	}
	switch t.Kind {
	case gateway.TaskNoDesk:
		return "consulate"
	case gateway.TaskUnknownPhone, gateway.TaskSignal, gateway.TaskStopWhileOpen:
		return "person"
	case gateway.TaskDuress:
		return "duress"
	case gateway.TaskCorrect:
		return "correct"
	case gateway.TaskReview, gateway.TaskGuessing:
		return "look"
	case gateway.TaskRefused, gateway.TaskWrongNumber:
		return "owner"
	}
	return "family"
}
