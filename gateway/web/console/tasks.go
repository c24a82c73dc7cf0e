package console

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"aviso/gateway"
	"aviso/gateway/acts"
	"aviso/store"
)

const (
	// tasksSize is a page of tasks that nobody has taken, tasksRead how many are
	// read at once: those that were rung for go behind those that were not.
	tasksSize = 50
	tasksRead = 600

	// handful is how many tasks an agent takes at once.
	handful = 10
)

// tasksPage is what machines gave up on: what the agent has, and what is next.
type tasksPage struct {
	Hand   *taskGroup  // the one that the agent is at; nil: they have none
	Mine   []taskGroup // the others that they have
	Next   []taskGroup // that nobody has, in the order in which they are to be taken
	Others []taskGroup // that other agents have
	Open   int         // tasks that nobody has
	Page   int
	Pages  []int
	Number revealed
	Back   string // this page's address
	Raid   string // id of the incident whose tasks these are; "": all
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

// taskGroup is tasks that one call does: those about one phone, so that a relative
// of several is rung once, and told of all of them. The first stands for them.
type taskGroup struct {
	taskRow
	All []taskRow
}

// Also are the other tasks of the group, as a form names them.
func (g taskGroup) Also() string {
	var ids []string
	for _, t := range g.All[1:] {
		ids = append(ids, t.ID.String())
	}
	return strings.Join(ids, " ")
}

// People are those whom the call is about, each once.
func (g taskGroup) People() []string {
	var names []string
	for _, t := range g.All {
		if t.Name != "" && !slices.Contains(names, t.Name) {
			names = append(names, t.Name)
		}
	}
	return names
}

// before orders what is to be done: duress, then what nobody has confirmed, then
// what was not tried yet, then the oldest. So every family is rung once before one
// that did not answer is rung again.
func (t *taskRow) before(u *taskRow) int {
	class := func(t *taskRow) int {
		switch {
		case t.Kind == gateway.TaskDuress:
			return 0
		case t.Urgent && !t.Known:
			return 1
		}
		return 2
	}
	return cmp.Or(cmp.Compare(class(t), class(u)), cmp.Compare(len(t.TaskLine.Task.Calls), len(u.TaskLine.Task.Calls)), t.At.Compare(u.At))
}

// groups brings together what one call does, each group where its first stands.
func groups(rows []taskRow) []taskGroup {
	type call struct {
		phone gateway.Phone
		state gateway.TaskState
		agent gateway.ID
	}
	at := map[call]int{}
	var list []taskGroup
	for _, t := range rows {
		key := call{t.Phone, t.State, t.Agent}
		i, known := at[key]
		if together := t.Calls && !t.Waits && t.Script() == "family"; !together {
			list = append(list, taskGroup{t, []taskRow{t}})
		} else if known {
			list[i].All = append(list[i].All, t)
		} else {
			at[key] = len(list)
			list = append(list, taskGroup{t, []taskRow{t}})
		}
	}
	return list
}

func (c *Console) showTasks(v *visit) error { return c.tasksWith(v, tasksPage{}) }

func (c *Console) tasksWith(v *visit, p tasksPage) error {
	if v.posted {
		v.page = "/console/tasks"
	}
	if err := c.work(v, &p, nil); err != nil {
		return err
	}
	return c.in(v, "tasks", "tasks", p)
}

// work reads the tasks that a page is about: all, or those of an incident.
func (c *Console) work(v *visit, p *tasksPage, raid *gateway.Incident) error {
	p.Back = "/console/tasks"
	if raid != nil {
		p.Back, p.Raid = "/console/raids/"+raid.ID.String(), raid.ID.String()
	}
	lines, _, err := c.Records.Tasks(v.ctx, 0, tasksRead)
	if err != nil {
		return err
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
	var mine, next, others []taskRow
	for _, line := range lines {
		if raid != nil && line.Alert != raid.ID && (line.Of == nil || !raid.Holds(line.Of)) {
			continue
		}
		row := c.taskRow(v, line, desks)
		row.Waits = slices.ContainsFunc(pulse.Waiting, func(t gateway.Timer) bool { return t.Kind == gateway.TimerAct && t.Act.Task == row.ID })
		switch {
		case row.Mine:
			mine = append(mine, row)
		case row.State == gateway.TaskClaimed:
			others = append(others, row)
		default:
			next = append(next, row)
		}
	}
	for _, list := range [][]taskRow{mine, next, others} {
		slices.SortStableFunc(list, func(t, u taskRow) int { return cmp.Or(waitsLast(t, u), t.before(&u)) })
	}
	p.Open, p.Mine, p.Next, p.Others = len(next), groups(mine), groups(next), groups(others)
	if hand := slices.IndexFunc(p.Mine, func(g taskGroup) bool {
		return g.ID.String() == v.QueryParam("hand") || !p.Number.Of.IsZero() && g.ID == p.Number.Of
	}); len(p.Mine) > 0 {
		hand = max(hand, 0)
		p.Hand, p.Mine = &p.Mine[hand], slices.Concat(p.Mine[:hand], p.Mine[hand+1:])
		if p.Number.Of == p.Hand.ID {
			p.Number.Whose, p.Number.What, p.Number.Back = p.Hand.Task.Name, strings.Join(p.Hand.People(), ", "), p.Back
		}
	}
	p.Page, _ = strconv.Atoi(v.QueryParam("page"))
	pages := (len(p.Next) + tasksSize - 1) / tasksSize
	p.Page = min(max(p.Page, 0), max(pages-1, 0))
	for n := range pages {
		p.Pages = append(p.Pages, n)
	}
	p.Next = p.Next[min(p.Page*tasksSize, len(p.Next)):min((p.Page+1)*tasksSize, len(p.Next))]
	return nil
}

// waitsLast puts what is noted in a moment behind what is still to be done.
func waitsLast(t, u taskRow) int {
	switch {
	case t.Waits == u.Waits:
		return 0
	case t.Waits:
		return 1
	}
	return -1
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

// taskDeed takes a task, gives it back, or says what came of it; and the same of
// those that one call does with it.
func (c *Console) taskDeed(v *visit) error {
	id, err := idField(v.Param("id"))
	if err != nil {
		return err
	}
	var deed func(gateway.ID) acts.Deed
	switch v.Param("deed") {
	case "take":
		deed = func(id gateway.ID) acts.Deed { return acts.TakeTask{Task: id} }
	case "back":
		deed = func(id gateway.ID) acts.Deed { return acts.GiveTaskBack{Task: id} }
	case "done":
		deed = func(id gateway.ID) acts.Deed {
			return acts.FinishTask{Task: id, Outcome: v.field("outcome"), Note: v.field("note")}
		}
	case "reveal":
		return c.reveal(v, acts.Reveal{Task: id}, func(shown revealed) error {
			shown.Of = id
			return c.workAgain(v, tasksPage{Number: shown})
		})
	default:
		return gateway.ErrNotFound
	}
	o, err := c.act(v, deed(id))
	if err == nil && o.Word != gateway.NotOpen && o.Word != gateway.TakenBy {
		for n, other := range strings.Fields(v.field("also")) {
			id, err := idField(other)
			if err != nil {
				return err
			}
			// What another agent was quicker with is theirs: the page shows it.
			if _, err := c.actAs(v, strconv.Itoa(n+1), deed(id)); err != nil && !errors.Is(err, gateway.ErrNotFound) {
				return err
			}
		}
	}
	return c.done(v, o, err, c.workPath(v), func(v *visit) error { return c.workAgain(v, tasksPage{}) })
}

// takeNext takes the next tasks for an agent: about ten, and all that one call does.
// Those that somebody else is quicker with are passed over. The form that is sent
// twice takes nothing twice.
func (c *Console) takeNext(v *visit) error {
	raid, err := c.raidField(v, v.field("raid"))
	if err != nil {
		return err
	}
	var p tasksPage
	if err := c.work(v, &p, raid); err != nil {
		return err
	}
	word, n, taken := gateway.Unchanged, 0, 0
	for _, g := range p.Next {
		if taken >= handful {
			break
		}
		for _, t := range g.All {
			o, err := c.actAs(v, strconv.Itoa(n), acts.TakeTask{Task: t.ID})
			if err != nil {
				return err
			}
			n++
			if o.Word == gateway.Done {
				taken++
				word = gateway.Done
			}
		}
	}
	return c.done(v, gateway.Outcome{Word: word}, nil, c.workPath(v), nil)
}

// workPath is the page of tasks that a form stands on.
func (c *Console) workPath(v *visit) string {
	if path := next(v.field("work")); strings.HasPrefix(path, "/console/raids/") {
		return path
	}
	return "/console/tasks"
}

// workAgain shows that page in answer to a form.
func (c *Console) workAgain(v *visit, p tasksPage) error {
	id, isRaid := strings.CutPrefix(c.workPath(v), "/console/raids/")
	if !isRaid {
		return c.tasksWith(v, p)
	}
	raid, err := c.raidField(v, id)
	if err != nil {
		return err
	}
	return c.raidWith(v, raid, p)
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
