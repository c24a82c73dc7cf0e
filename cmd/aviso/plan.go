package main

import (
	"fmt"
	"math"
	"os"
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

	Called float64 `default:"30" placeholder:"PERCENT" help:"Of the relatives, how many confirm no text and are called. Default 30."`

	Alerts  int           `help:"Alerts in an ordinary month. Default one of 1000 people."`
	Drills  int           `help:"Rehearsals in an ordinary month. Default one of 50 people."`
	New     int           `help:"People who are newly registered in an ordinary month. Default one of 50 people."`
	CallsIn int           `name:"calls-in" help:"Calls that come in, in an ordinary month. Default one of 50 people."`
	Open    time.Duration `default:"48h" placeholder:"TIME" help:"How long an alert is open, which decides how many follow-ups of --policy its relatives get. Default 48h."`

	Prices         string   `placeholder:"FILE" help:"Prices in dollars, as JSON: as_of (words), segment_us, segment_mx, segment_in, long_code, toll_free, short_code, campaign (a month), call_us, call_mx, call_in (a minute); what it leaves out keeps its default. --print-prices prints one."`
	PrintPrices    bool     `name:"print-prices" help:"Print the prices that are planned with, as a file for --prices, and nothing else."`
	PriceUS        *float64 `name:"price-us" placeholder:"DOLLARS" help:"A segment to the US, carriers' fee included; before --prices, as those below."`
	PriceMX        *float64 `name:"price-mx" placeholder:"DOLLARS" help:"A segment to Mexico."`
	PriceIn        *float64 `name:"price-in" placeholder:"DOLLARS" help:"A segment that comes in."`
	PriceLongCode  *float64 `name:"price-long-code" placeholder:"DOLLARS" help:"A long code, a month."`
	PriceTollFree  *float64 `name:"price-toll-free" placeholder:"DOLLARS" help:"A toll-free number, a month."`
	PriceShortCode *float64 `name:"price-short-code" placeholder:"DOLLARS" help:"A short code, a month."`
	PriceCampaign  *float64 `name:"price-campaign" placeholder:"DOLLARS" help:"The campaign of long codes (A2P 10DLC), a month."`
}

// Help is kong's long help.
func (planCmd) Help() string {
	return `Plans for the senders of --sms-from at the rates of --sms-rate, and the callers of --voice-from at --voice-rate; without them, for one long code. Follow-ups, the call's rung and the asking for a sign of life are those of --policy. Nothing is sent, and no account or database is needed. Prices are what Twilio lists, rounded: check the current ones, and hand them over by --prices.`
}

// examplePlan is the sender that is planned for where none is named.
const examplePlan = "+15550001111"

// planMost bounds the notices of a simulated day.
const planMost = 5_000_000

// Run prints the plan.
func (c *planCmd) Run(a *app) error {
	q, month, prices, err := c.question(a.config)
	if err != nil {
		return err
	}
	if c.PrintPrices {
		return printJSON(a, prices)
	}
	if a.config.SMSFrom == "" {
		fmt.Fprintln(a.stdout, "No --sms-from: planned for one long code.")
	}
	fmt.Fprintf(a.stdout, "%d people with %d contacts each, %.0f %% of them in Mexico. On the worst day %d alerts%s: %d notices of %s.\n",
		month.People, q.Contacts, 100*q.Mexico, q.Alerts, during(q.Within), q.Messages(), counted(q.Segments, "segment"))
	for _, s := range q.Senders {
		fmt.Fprintf(a.stdout, "  %s, %s, %g segments a second\n", s.Address, s.Kind, s.Rate)
	}
	for _, s := range q.Callers {
		fmt.Fprintf(a.stdout, "  %s, calls, %g a second\n", s.Address, s.Rate)
	}
	told(a, "\nOne relative of each person is told (seconds after the first alert)", plan.Paper(q).Families, plan.Simulate(q).Families)
	told(a, "\nEvery relative is told", plan.Paper(q).Relatives, plan.Simulate(q).Relatives)
	c.calls(a, q)
	c.needed(a, q)
	c.bill(a, plan.Cost(q, month, prices), prices)
	return nil
}

// question is the day and the month that the flags ask about.
func (c *planCmd) question(config *Config) (plan.Question, plan.Month, plan.Prices, error) {
	k := &check{}
	read := *config
	if read.SMSFrom == "" {
		read.SMSFrom, read.SMSRate = examplePlan, ""
	}
	q := plan.Question{
		Alerts: c.Burst, Within: c.Within, Contacts: c.Contacts, Mexico: c.Mexico / 100, Segments: c.Segments,
		Senders: k.senders(&read), Called: c.Called / 100,
	}
	q.Callers = k.callers(&read, q.Senders)
	policy := k.policy(config.Policy)
	q.Quiet = beforeCall(policy.Contact)
	month := plan.Month{People: c.People, New: c.New, Alerts: c.Alerts, Drills: c.Drills, Calls: c.CallsIn, SignOfLife: time.Duration(policy.SignOfLife)}
	for _, after := range policy.FollowUp {
		if time.Duration(after) <= c.Open {
			month.FollowUps++
		}
	}
	for flag, n := range map[string]int{"--people": c.People, "--contacts": c.Contacts, "--burst": c.Burst, "--alerts": c.Alerts, "--drills": c.Drills, "--new": c.New, "--calls-in": c.CallsIn} {
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
	for flag, percent := range map[string]float64{"--mexico": c.Mexico, "--called": c.Called} {
		if !(percent >= 0 && percent <= 100) {
			k.problem(flag, "want 0 to 100")
		}
	}
	if c.Within < 0 || c.Goal <= 0 || c.Open < 0 {
		k.problem("--within, --goal, --open", "want times like 10m, the goal above 0")
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
	if month.New == 0 {
		month.New = c.People / 50
	}
	if month.Calls == 0 {
		month.Calls = c.People / 50
	}
	if q.Alerts > planMost/max(1, c.Contacts) {
		k.problem("--burst", "more than %d notices", planMost)
	}
	prices := c.prices(k)
	return q, month, prices, k.err()
}

// beforeCall is for how long a relative is silent before the call, with one sender
// that reaches them.
func beforeCall(ladder []gateway.Rung) (quiet time.Duration) {
	for _, rung := range ladder {
		if rung.Try == gateway.TryCall {
			return quiet
		}
		quiet += time.Duration(rung.Quiet)
	}
	return quiet
}

// prices are those of the file, and of the flags before it.
func (c *planCmd) prices(k *check) plan.Prices {
	prices := plan.DefaultPrices()
	if c.Prices != "" {
		data, err := os.ReadFile(c.Prices)
		if err == nil {
			prices, err = plan.ParsePrices(data)
		}
		k.each("--prices", err)
	}
	for _, of := range []struct {
		flag  string
		given *float64
		price *float64
	}{
		{"--price-us", c.PriceUS, &prices.SegmentUS}, {"--price-mx", c.PriceMX, &prices.SegmentMX}, {"--price-in", c.PriceIn, &prices.SegmentIn},
		{"--price-long-code", c.PriceLongCode, &prices.LongCode}, {"--price-toll-free", c.PriceTollFree, &prices.TollFree},
		{"--price-short-code", c.PriceShortCode, &prices.ShortCode}, {"--price-campaign", c.PriceCampaign, &prices.Campaign},
	} {
		switch {
		case of.given == nil:
		case !(*of.given >= 0) || math.IsInf(*of.given, 0):
			k.problem(of.flag, "want dollars, as in 0.012")
		default:
			*of.price = *of.given
		}
	}
	return prices
}

// calls prints when those are called whom texts do not rouse.
func (c *planCmd) calls(a *app, q plan.Question) {
	simulated := plan.SimulateCalls(q)
	if simulated.Number == 0 {
		return
	}
	if len(q.Callers) == 0 {
		fmt.Fprintf(a.stdout, "\n%s confirm no text and would be called: no number of yours makes calls (--voice-from).\n", counted(simulated.Number, "relative"))
		return
	}
	told(a, fmt.Sprintf("\n%.0f %% of the relatives (%d) confirm no text and are called, %s after their alert (seconds from the first such call's being due)", 100*q.Called, simulated.Number, q.Quiet),
		plan.PaperCalls(q).Told, simulated.Told)
	fmt.Fprintf(a.stdout, "  The call that waits longest is due for %.0f seconds by then: /readyz and aviso_oldest_due_call_seconds alarm from 30 on.\n", simulated.Oldest.Seconds())
	if n := q.CallersNeeded(c.Goal); n > len(q.Callers) {
		fmt.Fprintf(a.stdout, "  Were all alerts raised at once, all would be called within %s of being due by %s at 1 call a second.\n", c.Goal, counted(n, "number"))
	}
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
func (c *planCmd) bill(a *app, b plan.Bill, prices plan.Prices) {
	fmt.Fprintf(a.stdout, "\nAn ordinary month, in dollars (prices as of %s; check the current prices)\n", prices.AsOf)
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	rows := func(lines []plan.Line) {
		for _, l := range lines {
			fmt.Fprintf(w, "%s\t%.0f\tx %g\t%.2f\t\n", l.What, l.Count, l.Each, l.Sum())
		}
	}
	rows(b.Numbers)
	rows(b.Month)
	fmt.Fprintf(w, "together\t\t\t%.2f\t\n", plan.Sum(b.Numbers)+plan.Sum(b.Month))
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
