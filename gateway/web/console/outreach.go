package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"aviso/gateway"
	"aviso/gateway/acts"
	"aviso/templates"
)

const (
	// outreachBudget bounds the walk through all people that a count takes;
	// what it does not come to is left to `aviso contacts invite`.
	outreachBudget = 6 * time.Second

	// outreachMost is how many people one press invites for, and perHour how
	// fast unless an admin says otherwise.
	outreachMost = 200
	perHour      = 120
)

// prices of one segment in US dollars, for an estimate: what is listed for long
// codes with carriers' fees. Check the current ones.
var prices = map[string]float64{"US": 0.012, "MX": 0.06}

// outreachPage is what can be sent besides alerts, and the words that are.
type outreachPage struct {
	Counted  bool
	Partly   bool // there were too many people to count all
	People   int
	Contacts int
	Cost     string
	Hours    string
	PerHour  int
	Words    []informationLine
}

// informationLine is one information text that is in force.
type informationLine struct {
	Topic, Language, Text, Source string
	Checked                       time.Time // zero: built in
}

// waiting is a person with contacts who have not been asked.
type waiting struct {
	id       gateway.ID
	contacts int
}

func (c *Console) showOutreach(v *visit) error {
	return c.outreachWith(v, outreachPage{PerHour: perHour})
}

func (c *Console) outreachWith(v *visit, p outreachPage) error {
	v.page = "/console/outreach"
	for _, topic := range []string{"rights", "legal", "shelter"} {
		for _, language := range templates.Languages {
			line := informationLine{Topic: topic, Language: language}
			if info, ok := c.Words.Information(topic, language); ok {
				line.Text, line.Source, line.Checked = info.Text, info.Source, info.Checked
			} else if text, err := c.Words.Text(language, topic, templates.Data{Programme: c.Rules.Programme, Call: c.callNumber()}); err == nil {
				line.Text = text
			}
			p.Words = append(p.Words, line)
		}
	}
	return c.in(v, "outreach", "outreach", p)
}

// countOutreach shows how many would be asked and what it costs, and asks
// nobody.
func (c *Console) countOutreach(v *visit) error {
	_, p, err := c.countWaiting(v)
	if err != nil {
		return err
	}
	return c.outreachWith(v, p)
}

// invite asks, at most outreachMost people's contacts at a press.
func (c *Console) invite(v *visit) error {
	people, p, err := c.countWaiting(v)
	if err != nil {
		return err
	}
	deed := acts.InviteMany{PerHour: p.PerHour}
	for _, person := range people[:min(len(people), outreachMost)] {
		deed.People = append(deed.People, acts.Invited{Profile: person.id, Contacts: person.contacts})
	}
	o, err := c.act(v, deed)
	return c.done(v, o, err, "/console/outreach", c.showOutreach)
}

var errEnough = errors.New("enough were counted")

// countWaiting walks through all people, for as long as it may.
func (c *Console) countWaiting(v *visit) ([]waiting, outreachPage, error) {
	p := outreachPage{Counted: true, PerHour: perHour}
	if n, err := strconv.Atoi(v.field("per_hour")); err == nil && n > 0 && n <= 100_000 {
		p.PerHour = n
	}
	ctx, cancel := context.WithTimeout(v.ctx, outreachBudget)
	defer cancel()
	var people []waiting
	cost := 0.0
	err := c.Records.Profiles(ctx, func(profile *gateway.Profile) error {
		if ctx.Err() != nil {
			return errEnough
		}
		n := 0
		for i := range profile.Contacts {
			if x := &profile.Contacts[i]; x.Standing == gateway.StandingUnanswered && x.Asked == 0 {
				n++
				cost += prices[x.Phone.Country()]
			}
		}
		if n > 0 {
			people = append(people, waiting{profile.ID, n})
			p.Contacts += n
		}
		return nil
	})
	if errors.Is(err, errEnough) || errors.Is(err, context.DeadlineExceeded) {
		p.Partly, err = true, nil
	}
	p.People = len(people)
	p.Cost = fmt.Sprintf("%.2f", cost)
	p.Hours = fmt.Sprintf("%.1f", float64(p.Contacts)/float64(p.PerHour))
	return people, p, err
}

// outreachDeed is a drill or an invitation for one person.
func (c *Console) outreachDeed(v *visit, id gateway.ID) (acts.Deed, bool) {
	switch v.Param("deed") {
	case "drill":
		return acts.DrillPerson{Profile: id}, true
	case "invite":
		return acts.InviteContacts{Profile: id}, true
	}
	return nil, false
}

// registerOutreach adds the routes of what is sent besides alerts.
func (c *Console) registerOutreach(get, post func(string, handler)) {
	get("outreach", c.admin(c.showOutreach))
	post("outreach/count", c.admin(c.countOutreach))
	post("outreach/invite", c.admin(c.invite))
	get("outreach/count", c.backToOutreach)
	get("outreach/invite", c.backToOutreach)
}

func (c *Console) backToOutreach(v *visit) error {
	return v.Redirect(http.StatusSeeOther, "/console/outreach")
}
