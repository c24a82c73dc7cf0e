package main

import (
	"errors"
	"fmt"
	"time"

	"aviso/gateway"
	"aviso/store"
)

// contactsInviteCmd is `aviso contacts invite`.
type contactsInviteCmd struct {
	PerHour int  `default:"120" placeholder:"N" help:"How many contacts are asked an hour, in the lowest lane. Default 120."`
	DryRun  bool `help:"Show how many would be asked and what it costs, and ask nobody."`
}

// Prices of one segment, for the estimate: what Twilio lists for long codes
// with carriers' fees, in US dollars. Check the current ones.
var segmentPrice = map[string]float64{"US": 0.012, "MX": 0.06}

// Run asks the contacts who have not been asked, after showing how many and
// what it costs. A running serve sends the texts.
func (c *contactsInviteCmd) Run(a *app) (err error) {
	s, err := a.config.serving()
	if err != nil {
		return err
	}
	if c.PerHour < 1 {
		return usageError{"contacts invite: --per-hour is at least 1"}
	}
	records, err := a.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	people, err := unasked(a, records)
	if err != nil {
		return err
	}
	contacts, cost := 0, 0.0
	for _, p := range people {
		for country, n := range p.unasked {
			contacts += n
			cost += float64(n) * segmentPrice[country]
		}
	}
	fmt.Fprintf(a.stdout, "%d contacts of %d people have not been asked: %d texts of one segment, about $%.2f (check the current prices), over %s.\n",
		contacts, len(people), contacts, cost, (time.Duration(contacts) * time.Hour / time.Duration(c.PerHour)).Round(time.Minute))
	if c.DryRun || contacts == 0 {
		return nil
	}
	domain, at, asked := s.domain(records), time.Now(), 0
	for _, p := range people {
		if err := a.ctx.Err(); err != nil {
			fmt.Fprintf(a.stdout, "%d contacts were put in line, the rest was not.\n", asked)
			return err
		}
		answer, err := domain.Handle(a.ctx, gateway.Invite{Profile: p.id, At: at})
		if err != nil {
			fmt.Fprintf(a.stdout, "%d contacts were put in line, the rest was not.\n", asked)
			return err
		}
		n := answer.Outcome.Asked
		asked += n
		at = at.Add(time.Duration(n) * time.Hour / time.Duration(c.PerHour))
	}
	fmt.Fprintf(a.stdout, "%d contacts are in line to be asked.\n", asked)
	if left := contacts - asked; left > 0 {
		fmt.Fprintf(a.stdout, "%d are not asked now: they want no texts, have said no, or were asked often enough lately, by whomever (3 times a day, 5 times in 30 days). serve asks those last ones later.\n", left)
	}
	return nil
}

// toAsk is a person with contacts who have not been asked, by country.
type toAsk struct {
	id      gateway.ID
	unasked map[string]int
}

func unasked(a *app, records *store.Store) ([]toAsk, error) {
	var people []toAsk
	err := records.Profiles(a.ctx, func(p *gateway.Profile) error {
		counts := map[string]int{}
		for i := range p.Contacts {
			if c := &p.Contacts[i]; c.Standing == gateway.StandingUnanswered && c.Asked == 0 {
				counts[c.Phone.Country()]++
			}
		}
		if len(counts) > 0 {
			people = append(people, toAsk{p.ID, counts})
		}
		return nil
	})
	return people, err
}
