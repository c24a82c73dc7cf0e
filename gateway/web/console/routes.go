package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"aviso/gateway"
	"aviso/gateway/acts"
	"aviso/store"
)

// routes are the pages for agents who are in.
func (c *Console) routes(get, post func(string, handler)) {
	get("alerts", c.showBoard)
	get("alerts/:ref", c.showAlert)
	post("alerts/:ref/:deed", c.alertDeed)
	get("raise", c.showRaise)
	post("raise", c.raise)
	get("ringing/:id", c.showRinging)
	post("ringing/:id/:deed", c.ringingDeed)

	post("undo", c.undo)

	get("tasks", c.showTasks)
	post("tasks/next", c.takeNext)
	post("tasks/:id/:deed", c.taskDeed)
	get("raids/:id", c.showRaid)
	get("card", c.showCard)

	get("profiles", c.showSearch)
	post("profiles", c.search)
	get("profiles/new", c.showRegister)
	post("profiles/new", c.register2)
	get("profiles/:id", c.showPerson)
	post("profiles/:id/:deed", c.personDeed)
	get("profiles/:id/wallet", c.showWallet)

	get("map", c.showMap)
	c.registerOutreach(get, post)
	get("desks", c.admin(c.showDesks))
	post("desks", c.admin(c.addDesk))
	post("desks/:id/:deed", c.admin(c.deskDeed))
	get("agents", c.admin(c.showAgents))
	post("agents", c.admin(c.addAgent))
	post("agents/:name/:deed", c.admin(c.agentDeed))
	get("demands", c.admin(c.showDemands))
	post("demands", c.admin(c.enterDemand))
	get("archive", c.admin(c.showArchive))
	get("archive.csv", c.admin(c.exportArchive))
	get("audit", c.admin(c.showAudit))
	get("audit.csv", c.admin(c.exportAudit))
}

// admin is for pages that show what admins alone may see. What they may do the
// domain decides once more.
func (c *Console) admin(do handler) handler {
	return func(v *visit) error {
		if v.agent.Role != gateway.RoleAdmin {
			return gateway.ErrForbidden
		}
		return do(v)
	}
}

// act hands a deed to the domain. The key of the form makes it happen once,
// however often the form comes.
func (c *Console) act(v *visit, deed acts.Deed) (gateway.Outcome, error) {
	return c.actAs(v, "", deed)
}

// actAs is act for one of several acts that a form asks for, each by a part of its
// key.
func (c *Console) actAs(v *visit, part string, deed acts.Deed) (gateway.Outcome, error) {
	key := v.once()
	if part != "" && key != "" {
		key += "/" + part
	}
	answer, err := c.domain.Handle(v.ctx, &acts.Act{Key: key, Agent: v.agent.ID, Deed: deed})
	return answer.Outcome, err
}

// done goes on after an act: back to a page, which says what became of it; or,
// where something was typed wrongly, the same page with what was typed.
func (c *Console) done(v *visit, o gateway.Outcome, err error, target string, again handler) error {
	var invalid *gateway.Invalid
	var conflict *acts.Conflict
	switch {
	case errors.As(err, &invalid):
		return c.again(v, invalid, again)
	case errors.As(err, &conflict):
		v.clashes = conflict.Clashes
		return c.again(v, nil, again)
	case err != nil:
		return err
	}
	switch o.Word {
	case gateway.NotOpen, gateway.TakenBy, gateway.TooSoon, gateway.NeedSecond, gateway.NotVerified:
		// Nothing was done: what was typed is not lost with it.
		if v.typed = typedInto(v.Request().PostForm); len(typedWords(v.typed)) > 0 {
			v.did, v.why = string(o.Word), o.Text
			return c.again(v, nil, again)
		}
	}
	query := url.Values{"did": {string(o.Word)}}
	if o.Word == gateway.NotOpen || o.Word == gateway.TakenBy {
		query.Set("why", o.Text)
	}
	if o.Word == gateway.PINLocked {
		query.Set("n", o.Text)
	}
	return v.Redirect(http.StatusSeeOther, target+"?"+query.Encode())
}

// whyWord is why nothing was done, as an address says it: a word of ours, or an
// agent's name. Whatever else somebody put there is not shown.
func whyWord(s string) string {
	if gateway.CheckAgentName(s) != nil {
		return ""
	}
	return s
}

// phoneField reads a number as an agent types it. Ten digits that may be of
// either country are asked about: the form comes back with a choice beside them,
// which stays there however often it comes back.
func (c *Console) phoneField(v *visit, name string) (gateway.Phone, error) {
	typed := v.field(name)
	if typed == "" {
		return "", nil
	}
	directory, err := c.Records.Directory(v.ctx)
	if err != nil {
		return "", err
	}
	reader := gateway.PhoneReader{Plan: directory.Numbers, Served: c.Rules.Countries}
	phone, err := reader.Read(typed)
	var ambiguous *gateway.ErrAmbiguousPhone
	if errors.As(err, &ambiguous) {
		chosen := v.field(name + "_country")
		v.choose(name, ambiguous, chosen)
		switch chosen {
		case "US":
			phone, err = reader.Read(string(ambiguous.US))
		case "MX":
			phone, err = reader.Read(string(ambiguous.MX))
		}
	}
	switch {
	case errors.As(err, &ambiguous):
		return "", &gateway.Invalid{Field: name, Why: "ambiguous"}
	case errors.Is(err, gateway.ErrPremiumPhone), err != nil && c.Rules.NobodysNumber(typed):
		return "", &gateway.Invalid{Field: name, Why: "nobodys"}
	case errors.Is(err, gateway.ErrCountryRefused):
		return "", &gateway.Invalid{Field: name, Why: "country"}
	case err != nil:
		return "", &gateway.Invalid{Field: name, Why: "phone"}
	}
	return phone, nil
}

// choice is between the two places that a number may be of.
type choice struct {
	Field, Number string
	US, Mexico    string // the places
	Chosen        string // "US", "MX" or ""
}

// choose has the page ask of which country the number in a field is.
func (v *visit) choose(field string, of *gateway.ErrAmbiguousPhone, chosen string) {
	if v.choices == nil {
		v.choices = map[string]*choice{}
	}
	v.choices[field] = &choice{field, of.US.Local(""), of.AtUS.Name(v.lang), of.AtMexico.Name(v.lang), chosen}
}

// Choice is the one that is beside a field; nil: its number has a country.
func (p page) Choice(field string) *choice { return p.Choices[field] }

// idField reads an id; one that is forged is of nothing.
func idField(s string) (gateway.ID, error) {
	id, err := gateway.ParseID(s)
	if err != nil {
		return id, gateway.ErrNotFound
	}
	return id, nil
}

// optionalID reads an id that may be missing.
func optionalID(s string) (gateway.ID, error) {
	if s == "" {
		return gateway.ID{}, nil
	}
	return idField(s)
}

// caller is a call that is being put through, as its card shows it.
type caller struct {
	gateway.Ringing
	Name string
	Ref  gateway.Ref
	Mine bool // the agent sees to it
}

// callersMost is how many cards a page shows.
const callersMost = 5

// callers are the cards that are up, but for those that the agent has put away.
func (c *Console) callers(ctx context.Context, ringing []gateway.Ringing, agent gateway.ID) ([]caller, error) {
	ringing = slices.DeleteFunc(ringing, func(r gateway.Ringing) bool { return slices.Contains(r.Away, agent) })
	ringing = ringing[:min(len(ringing), callersMost)]
	if len(ringing) == 0 {
		return nil, nil
	}
	var people, alerts []gateway.ID
	for _, r := range ringing {
		if !r.Profile.IsZero() {
			people = append(people, r.Profile)
		}
		if !r.Alert.IsZero() {
			alerts = append(alerts, r.Alert)
		}
	}
	profiles, err := c.Records.ProfilesByID(ctx, people)
	if err != nil {
		return nil, err
	}
	refs, err := c.Records.RefsByID(ctx, alerts)
	if err != nil {
		return nil, err
	}
	list := make([]caller, len(ringing))
	for i, r := range ringing {
		list[i] = caller{r, profiles[r.Profile].Name, refs[r.Alert], r.Agent == agent}
	}
	return list, nil
}

// showRinging is a caller's card: the person's page where they are known, else
// the form that raises for somebody unknown.
func (c *Console) showRinging(v *visit) error {
	id, err := idField(v.Param("id"))
	if err != nil {
		return err
	}
	ringing, err := c.Records.Ringing(v.ctx, c.Clock().Add(-gateway.RingingFor))
	if err != nil {
		return err
	}
	for _, r := range ringing {
		switch {
		case r.ID != id:
		case !r.Profile.IsZero():
			return v.Redirect(http.StatusSeeOther, "/console/profiles/"+r.Profile.String())
		case !r.Alert.IsZero():
			rec, err := c.Records.RecordByID(v.ctx, r.Alert)
			if err != nil || rec == nil {
				return errors.Join(err, gateway.ErrNotFound)
			}
			return v.Redirect(http.StatusSeeOther, "/console/alerts/"+rec.Alert.Ref.Digits())
		default:
			return v.Redirect(http.StatusSeeOther, "/console/raise")
		}
	}
	return gateway.ErrNotFound
}

// ringingDeed says who sees to a caller, or puts the card away.
func (c *Console) ringingDeed(v *visit) error {
	id, err := idField(v.Param("id"))
	if err != nil {
		return err
	}
	var deed acts.Deed
	switch v.Param("deed") {
	case "take":
		deed = acts.TakeCall{Call: id}
	case "away":
		deed = acts.PutAwayCall{Call: id}
	default:
		return gateway.ErrNotFound
	}
	o, err := c.act(v, deed)
	if err != nil {
		return err
	}
	target := next(v.field("back"))
	if target == "" {
		target = "/console/alerts"
	}
	switch {
	case o.Word == gateway.TakenBy:
		target += "?did=call-taken"
	case o.Word != gateway.Done:
		target += "?did=" + string(o.Word)
	case v.Param("deed") == "take":
		target = "/console/ringing/" + id.String()
	}
	return v.Redirect(http.StatusSeeOther, target)
}

// historyLine is one thing that happened, as the pages tell it.
type historyLine struct {
	store.Happened
	Kind, Actor, Detail string
	Key                 string // of its own on a page
}

// entryLost stands for what a row said, where its words are gone.
const entryLost = "lost"

// historyLines spread the rows of a chain, each with what it says.
func historyLines(list []store.Happened) []historyLine {
	var lines []historyLine
	for _, h := range list {
		if h.Lost { // of what is erased nothing is shown: here somebody else was at work
			lines = append(lines, historyLine{h, entryLost, entryLost, "", fmt.Sprintf("h%s-%d-lost", h.Subject, h.Seq)})
		}
		for i, e := range h.Entries {
			lines = append(lines, historyLine{h, e.Kind, e.Actor, e.Detail, fmt.Sprintf("h%s-%d-%d", h.Subject, h.Seq, i)})
		}
	}
	return lines
}

// AgentName is the agent who did it, where one did.
func (h historyLine) AgentName() string { name, _ := strings.CutPrefix(h.Actor, "agent:"); return name }

// ByAgent reports whether an agent did it.
func (h historyLine) ByAgent() bool { return strings.HasPrefix(h.Actor, "agent:") }
