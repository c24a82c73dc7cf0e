package main

import (
	"fmt"
	"math"
	"strings"
	"text/tabwriter"
	"time"

	"aviso/gateway"
	"aviso/gateway/plan"
)

// planCmd is `aviso plan`.
type planCmd struct {
	People   int           `default:"10000" help:"Registered people. Default 10000."`
	Contacts int           `default:"4" help:"Contacts of each. Default 4."`
	Burst    int           `help:"Alerts on the worst day. Default one of 200 people."`
	Within   time.Duration `default:"0s" placeholder:"TIME" help:"Over which they come in evenly. Default 0s: all at once."`
	Mexico   float64       `default:"50" placeholder:"PERCENT" help:"Of the contacts, how many are in Mexico, which short codes and toll-free numbers do not reach. Default 50."`
	Segments int           `default:"1" help:"Segments of one notice; a person's words take more. Default 1."`
	Goal     time.Duration `default:"1m" placeholder:"TIME" help:"Within which every family should know. Default 1m."`

	Alerts int `help:"Alerts in an ordinary month. Default one of 1000 people."`
	Drills int `help:"Rehearsals in an ordinary month. Default one of 50 people."`

	PriceUS        float64 `name:"price-us" default:"0.012" placeholder:"DOLLARS" help:"A segment to the US, carriers' fee included. Default 0.012."`
	PriceMX        float64 `name:"price-mx" default:"0.06" placeholder:"DOLLARS" help:"A segment to Mexico. Default 0.06."`
	PriceIn        float64 `name:"price-in" default:"0.0083" placeholder:"DOLLARS" help:"A segment that comes in. Default 0.0083."`
	PriceLongCode  float64 `name:"price-long-code" default:"1.15" placeholder:"DOLLARS" help:"A long code, a month. Default 1.15."`
	PriceTollFree  float64 `name:"price-toll-free" default:"2.15" placeholder:"DOLLARS" help:"A toll-free number, a month. Default 2.15."`
	PriceShortCode float64 `name:"price-short-code" default:"1000" placeholder:"DOLLARS" help:"A short code, a month. Default 1000."`
	PriceCampaign  float64 `name:"price-campaign" default:"10" placeholder:"DOLLARS" help:"The campaign of long codes (A2P 10DLC), a month. Default 10."`
}

// Help is kong's long help.
func (planCmd) Help() string {
	return `Plans for the senders of --sms-from at the rates of --sms-rate; without them, for one long code. Nothing is sent, and no account or database is needed. Prices are what Twilio lists, rounded: check the current ones.`
}

// examplePlan is the sender that is planned for where none is named.
const examplePlan = "+15550001111"

// planMost bounds the notices of a simulated day.
const planMost = 5_000_000

// Run prints the plan.
func (c *planCmd) Run(a *app) error {
	q, month, err := c.question(a.config)
	if err != nil {
		return err
	}
	if a.config.SMSFrom == "" {
		fmt.Fprintln(a.stdout, "No --sms-from: planned for one long code.")
	}
	fmt.Fprintf(a.stdout, "%d people with %d contacts each, %.0f %% of them in Mexico. On the worst day %d alerts%s: %d notices of %s.\n",
		month.People, q.Contacts, 100*q.Mexico, q.Alerts, during(q.Within), q.Messages(), counted(q.Segments, "segment"))
	for _, s := range q.Senders {
		fmt.Fprintf(a.stdout, "  %s, %s, %g segments a second\n", s.Address, s.Kind, s.Rate)
	}
	told(a, "\nOne relative of each person is told (seconds after the first alert)", plan.Paper(q).Families, plan.Simulate(q).Families)
	told(a, "\nEvery relative is told", plan.Paper(q).Relatives, plan.Simulate(q).Relatives)
	c.needed(a, q)
	c.bill(a, plan.Cost(q, month, c.prices()))
	return nil
}

// question is the day and the month that the flags ask about.
func (c *planCmd) question(config *Config) (plan.Question, plan.Month, error) {
	k := &check{}
	read := *config
	if read.SMSFrom == "" {
		read.SMSFrom, read.SMSRate = examplePlan, ""
	}
	q := plan.Question{
		Alerts: c.Burst, Within: c.Within, Contacts: c.Contacts, Mexico: c.Mexico / 100, Segments: c.Segments,
		Senders: k.senders(&read),
	}
	month := plan.Month{People: c.People, Alerts: c.Alerts, Drills: c.Drills}
	for flag, n := range map[string]int{"--people": c.People, "--contacts": c.Contacts, "--burst": c.Burst, "--alerts": c.Alerts, "--drills": c.Drills} {
		if n < 0 {
			k.problem(flag, "below 0")
		}
	}
	if c.Contacts == 0 {
		k.problem("--contacts", "want at least 1: without a contact nobody is told")
	}
	if c.Segments < 1 || c.Segments > 10 {
		k.problem("--segments", "want 1 to 10")
	}
	if !(c.Mexico >= 0 && c.Mexico <= 100) {
		k.problem("--mexico", "want 0 to 100")
	}
	if c.Within < 0 || c.Goal <= 0 {
		k.problem("--within, --goal", "want times like 10m, the goal above 0")
	}
	if q.Alerts == 0 {
		q.Alerts = max(1, c.People/200)
	}
	if month.Alerts == 0 {
		month.Alerts = c.People / 1000
	}
	if month.Drills == 0 {
		month.Drills = c.People / 50
	}
	if q.Alerts > planMost/max(1, c.Contacts) {
		k.problem("--burst", "more than %d notices", planMost)
	}
	for flag, price := range map[string]float64{"--price-us": c.PriceUS, "--price-mx": c.PriceMX, "--price-in": c.PriceIn,
		"--price-long-code": c.PriceLongCode, "--price-toll-free": c.PriceTollFree, "--price-short-code": c.PriceShortCode, "--price-campaign": c.PriceCampaign} {
		if !(price >= 0) || math.IsInf(price, 0) {
			k.problem(flag, "want dollars, as in 0.012")
		}
	}
	return q, month, k.err()
}

func (c *planCmd) prices() plan.Prices {
	return plan.Prices{SegmentUS: c.PriceUS, SegmentMX: c.PriceMX, SegmentIn: c.PriceIn,
		LongCode: c.PriceLongCode, TollFree: c.PriceTollFree, ShortCode: c.PriceShortCode, Campaign: c.PriceCampaign}
}

// told prints when people are told, on paper and as simulated.
func told(a *app, what string, paper, simulated plan.Told) {
	fmt.Fprintln(a.stdout, what)
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\tfirst\tmedian\tlast\t")
	for _, row := range []struct {
		name string
		told plan.Told
	}{{"arithmetic, at best", paper}, {"simulated", simulated}} {
		fmt.Fprintf(w, "%s\t%.1f\t%.1f\t%.1f\t\n", row.name, row.told.First.Seconds(), row.told.Median.Seconds(), row.told.Last.Seconds())
	}
	w.Flush()
	if n := simulated.Unreached; n > 0 {
		fmt.Fprintf(a.stdout, "  %d are reached by none of these senders: Mexico needs a long code.\n", n)
	}
}

// needed says how many senders of each kind would do.
func (c *planCmd) needed(a *app, q plan.Question) {
	var ways []string
	for _, s := range []gateway.Sender{{Kind: gateway.LongCode, Rate: 1}, {Kind: gateway.TollFree, Rate: 3}, {Kind: gateway.ShortCode, Rate: 100}} {
		reach := ""
		if !s.Reaches("MX") {
			reach = ", US only"
		}
		ways = append(ways, fmt.Sprintf("%s (%g a second%s)", counted(q.Needed(s.Rate, c.Goal), string(s.Kind)), s.Rate, reach))
	}
	fmt.Fprintf(a.stdout, "\nWere all alerts raised at once, one relative of each person would be told within %s by %s.\n", c.Goal, strings.Join(ways, ", or "))
}

// bill prints what a month costs.
func (c *planCmd) bill(a *app, b plan.Bill) {
	fmt.Fprintln(a.stdout, "\nAn ordinary month, in dollars (check the current prices)")
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	rows := func(lines []plan.Line) {
		for _, l := range lines {
			fmt.Fprintf(w, "%s\t%.0f\tx %g\t%.2f\t\n", l.What, l.Count, l.Each, l.Sum())
		}
	}
	rows(b.Numbers)
	rows(b.Messages)
	fmt.Fprintf(w, "together\t\t\t%.2f\t\n", plan.Sum(b.Numbers)+plan.Sum(b.Messages))
	w.Flush()
	fmt.Fprintln(a.stdout, "\nOnce, when people are registered and their contacts asked")
	rows(b.Once)
	fmt.Fprintf(w, "together\t\t\t%.2f\t\n", plan.Sum(b.Once))
	w.Flush()
}

func during(d time.Duration) string {
	if d == 0 {
		return " at once"
	}
	return " within " + d.String()
}

// counted is a number of things, in English.
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, strings.TrimSuffix(what, "s"))
}
