package console

import (
	"encoding/csv"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"aviso/gateway"
	"aviso/gateway/acts"
	"aviso/gateway/agent"
	"aviso/gateway/consulate"
	"aviso/store"
	"aviso/templates"
)

// desksPage is where alerts to each consulate go.
type desksPage struct {
	Desks   []deskRow
	Missing []string // cities of consulates without a desk that is told
	Number  revealed
	All     []consulate.Consulate // that a desk may be added to, by their cities

	Languages []string
}

type deskRow struct {
	gateway.Desk
	Zone string // of its hours
	Open bool   // at this moment, by its hours
	Up   bool   // another of its consulate is tried before
	Down bool   // and behind
}

func (c *Console) showDesks(v *visit) error {
	directory, err := c.Records.Directory(v.ctx)
	if err != nil {
		return err
	}
	p := desksPage{}
	for _, desk := range directory.All() {
		zone := c.Rules.Centre().String() // of the roster
		if consulate, ok := directory.Consulates.Consulate(desk.Consulate); ok {
			zone = consulate.TimeZone
		}
		open := false
		if hours, err := gateway.ParseHours(desk.Hours); err == nil {
			if z, err := time.LoadLocation(zone); err == nil {
				open = hours.Open(c.Clock().In(z))
			}
		}
		list := directory.Desks(desk.Consulate)
		p.Desks = append(p.Desks, deskRow{desk, zone, open, list[0].ID != desk.ID, list[len(list)-1].ID != desk.ID})
	}
	for _, consulate := range directory.Consulates.All() {
		if !slices.ContainsFunc(directory.Desks(consulate.ID), func(d gateway.Desk) bool { return d.Expects() }) {
			p.Missing = append(p.Missing, consulate.City)
		}
	}
	p.All, p.Languages = slices.Clone(directory.Consulates.All()), templates.Languages
	slices.SortFunc(p.All, func(a, b consulate.Consulate) int { return strings.Compare(a.City, b.City) })
	return c.in(v, "desks", "desks", p)
}

// addDesk adds a desk, as `aviso consulates desks` does from a file.
func (c *Console) addDesk(v *visit) error {
	address, err := c.phoneField(v, "address")
	var invalid *gateway.Invalid
	if errors.As(err, &invalid) {
		return c.again(v, invalid, c.showDesks)
	}
	if err != nil {
		return err
	}
	o, err := c.act(v, acts.AddDesk{Address: address, Words: gateway.DeskWords{
		Consulate: v.field("consulate"), Channel: v.field("channel"), Hours: v.field("hours"), Language: v.field("language"),
	}})
	return c.done(v, o, err, "/console/desks", c.showDesks)
}

func (c *Console) deskDeed(v *visit) error {
	id, err := idField(v.Param("id"))
	if err != nil {
		return err
	}
	var deed acts.Deed
	switch v.Param("deed") {
	case "confirm":
		deed = acts.ConfirmDesk{Desk: id}
	case "test":
		deed = acts.TestDesk{Desk: id}
	case "up", "down":
		deed = acts.MoveDesk{Desk: id, Down: v.Param("deed") == "down"}
	case "hours":
		deed = acts.SetHours{Desk: id, Edits: v.edits("hours")}
	default:
		return gateway.ErrNotFound
	}
	o, err := c.act(v, deed)
	return c.done(v, o, err, "/console/desks", c.showDesks)
}

// agentsPage is who works here.
type agentsPage struct {
	Agents   []agentRow
	Name     string // whose password is shown, this once
	Password string
}

type agentRow struct {
	gateway.Agent
	Sessions int
	Seen     time.Time
}

func (c *Console) showAgents(v *visit) error { return c.agentsWith(v, agentsPage{}) }

func (c *Console) agentsWith(v *visit, p agentsPage) error {
	all, err := c.Accounts.List(v.ctx)
	if err != nil {
		return err
	}
	for _, a := range all {
		line := agentRow{Agent: a}
		sessions, err := c.Accounts.Sessions(v.ctx, a.ID)
		if err != nil {
			return err
		}
		for i := range sessions {
			line.Sessions++
			if sessions[i].Seen.After(line.Seen) {
				line.Seen = sessions[i].Seen
			}
		}
		p.Agents = append(p.Agents, line)
	}
	v.page = "/console/agents"
	return c.in(v, "agents", "agents", p)
}

// addAgent makes an agent; the one-time password is shown on the page that
// answers, and nowhere else.
func (c *Console) addAgent(v *visit) error {
	role, err := gateway.ParseRole(v.field("role"))
	if err != nil {
		return c.again(v, &gateway.Invalid{Field: "role", Why: "role"}, c.showAgents)
	}
	name := v.field("name")
	if gateway.CheckAgentName(name) != nil {
		return c.again(v, &gateway.Invalid{Field: "name", Why: "agent-name"}, c.showAgents)
	}
	password, err := c.Accounts.Add(v.ctx, v.agent, name, role)
	if errors.Is(err, agent.ErrTaken) {
		return c.again(v, &gateway.Invalid{Field: "name", Why: "taken"}, c.showAgents)
	}
	if err != nil {
		return err
	}
	return c.agentsWith(v, agentsPage{Name: name, Password: password})
}

func (c *Console) agentDeed(v *visit) error {
	name := v.Param("name")
	var password string
	var err error
	switch v.Param("deed") {
	case "reset":
		password, err = c.Accounts.Reset(v.ctx, v.agent, name)
	case "disable":
		err = c.Accounts.Disable(v.ctx, v.agent, name)
	default:
		return gateway.ErrNotFound
	}
	switch {
	case errors.Is(err, agent.ErrUnknown):
		return gateway.ErrNotFound
	case errors.Is(err, agent.ErrLast):
		return c.again(v, &gateway.Invalid{Field: "agent", Why: "last"}, c.showAgents)
	case err != nil:
		return err
	case password != "":
		return c.agentsWith(v, agentsPage{Name: name, Password: password})
	}
	return v.Redirect(http.StatusSeeOther, "/console/agents?did=done")
}

const (
	auditMost   = 300
	exportMost  = 100_000
	auditWindow = 7 * 24 * time.Hour
)

// auditPage is what agents did.
type auditPage struct {
	Lines  []auditLine
	Agents []gateway.Agent
	Agent  string
	What   string
	Since  string // dates, of the contact centre
	Until  string
	Kinds  []string
	More   bool
}

// auditLine is one act: who, what, when, on whom.
type auditLine struct {
	At    time.Time
	Who   string
	What  string
	Ref   gateway.Ref // of the alert; 0: none, or erased
	Name  string      // of the person, shortened; "": none, or erased
	Whose gateway.ID
	Other string // an agent
	Rest  string
	Key   string // of its own on the page
}

// auditKinds are what the audit log can be narrowed to.
var auditKinds = []string{
	"raise", "words", "end", "place", "consulate", "details", "acknowledge", "silence", "note", "reveal",
	"searched-widely", "share-used", "searched", "looked", "alert-opened", "verify", "verify-answers", "register", "change", "task-taken", "task-back", "task-done",
	"drill", "invite", "desk-added", "desk-moved", "desk-confirmed", "desk-tested", "desk-hours", "agent-added", "agent-reset", "agent-disabled", "audit-taken", "archive-read", "archive-taken", "demand",
	"end-withdrawn", "call-taken", "call-put-away", "act-waits", "act-undone", "act-void", "corrected", "invite-many",
	"signed-in", "signed-in-by-recovery-code", "signed-out", "password-chosen", "recovery-renewed", "factor-enrolled", "link",
}

func (c *Console) showAudit(v *visit) error {
	p, q, err := c.auditQuery(v)
	if err != nil {
		return err
	}
	q.Limit = auditMost + 1
	if p.Lines, err = c.auditLines(v, q, p.Agents); err != nil {
		return err
	}
	if len(p.Lines) > auditMost {
		p.Lines, p.More = p.Lines[:auditMost], true
	}
	p.Kinds = auditKinds
	return c.in(v, "audit", "audit", p)
}

// exportAudit is the same as a file.
func (c *Console) exportAudit(v *visit) error {
	p, q, err := c.auditQuery(v)
	if err != nil {
		return err
	}
	if _, err := c.domain.Handle(v.ctx, &acts.Act{Agent: v.agent.ID, Deed: acts.TakeAudit{}}); err != nil {
		return err
	}
	q.Limit = exportMost
	lines, err := c.auditLines(v, q, p.Agents)
	if err != nil {
		return err
	}
	h := v.Response().Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="aviso-audit.csv"`)
	out := csv.NewWriter(v.Response())
	rows := [][]string{{"at", "agent", "what", "alert", "profile", "other", "outcome"}}
	for _, l := range lines {
		ref, whose := "", ""
		if l.Ref != 0 {
			ref = l.Ref.Digits()
		}
		if !l.Whose.IsZero() {
			whose = l.Whose.String()
		}
		rows = append(rows, []string{l.At.UTC().Format(time.RFC3339), l.Who, l.What, ref, whose, l.Other, l.Rest})
	}
	return out.WriteAll(rows)
}

func (c *Console) auditQuery(v *visit) (auditPage, store.AuditQuery, error) {
	p := auditPage{Agent: v.QueryParam("agent"), What: v.QueryParam("what"), Since: v.QueryParam("since"), Until: v.QueryParam("until")}
	var q store.AuditQuery
	var err error
	if p.Agents, err = c.Accounts.List(v.ctx); err != nil {
		return p, q, err
	}
	since, until := c.days(p.Since, p.Until, auditWindow)
	p.Since, p.Until = since.Format(time.DateOnly), until.Format(time.DateOnly)
	q.Since, q.Until = since.UnixMicro(), until.AddDate(0, 0, 1).UnixMicro()
	if slices.Contains(auditKinds, p.What) {
		q.What = p.What
	}
	for _, a := range p.Agents {
		if a.Name == p.Agent {
			q.Agent = a.ID
		}
	}
	return p, q, nil
}

// days are from which day to which a list goes, at the contact centre; what is no
// date is the window before today.
func (c *Console) days(from, to string, window time.Duration) (since, until time.Time) {
	centre := c.Rules.Centre()
	day := func(t time.Time) time.Time {
		year, month, day := t.In(centre).Date()
		return time.Date(year, month, day, 0, 0, 0, 0, centre)
	}
	now := c.Clock()
	since, err := time.ParseInLocation(time.DateOnly, from, centre)
	if err != nil {
		since = day(now.Add(-window))
	}
	until, err = time.ParseInLocation(time.DateOnly, to, centre)
	if err != nil {
		until = day(now)
	}
	return since, until
}

// auditLines names whom each act was done to, as far as they are still kept.
func (c *Console) auditLines(v *visit, q store.AuditQuery, agents []gateway.Agent) ([]auditLine, error) {
	rows, err := c.Records.Audit(v.ctx, q)
	if err != nil {
		return nil, err
	}
	names := map[gateway.ID]string{}
	for _, a := range agents {
		names[a.ID] = a.Name
	}
	var lines []auditLine
	var alerts, people []gateway.ID
	alertOf := map[int]gateway.ID{}
	for _, h := range historyLines(rows) {
		line := auditLine{At: h.At, Who: names[h.Subject], What: h.Kind, Key: h.Key}
		if h.ByAgent() {
			line.Who = h.AgentName()
		} else if h.Actor == "operator" && strings.HasPrefix(h.Kind, "agent-") {
			line.Who, line.Other = h.Actor, names[h.Subject]
		}
		for word := range strings.FieldsSeq(h.Detail) {
			kind, value, _ := strings.Cut(word, ":")
			id, err := gateway.ParseID(value)
			switch {
			case err != nil:
				line.Rest = strings.TrimSpace(line.Rest + " " + word)
			case kind == "alert":
				alerts = append(alerts, id)
				alertOf[len(lines)] = id
			case kind == "profile":
				people = append(people, id)
				line.Whose = id
			case kind == "agent":
				line.Other = names[id]
			}
		}
		lines = append(lines, line)
	}
	refs, err := c.Records.RefsByID(v.ctx, alerts)
	if err != nil {
		return nil, err
	}
	profiles, err := c.Records.ProfilesByID(v.ctx, people)
	if err != nil {
		return nil, err
	}
	for i := range lines {
		lines[i].Ref = refs[alertOf[i]]
		lines[i].Name = gateway.ShortName(profiles[lines[i].Whose].Name)
	}
	return lines, nil
}
