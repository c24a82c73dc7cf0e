package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"aviso/gateway"
	"aviso/gateway/twilio"
)

// mainSenders are those of the main account: all that no further one has.
func (s *settings) mainSenders() (senders []gateway.Sender) {
	for _, sender := range s.rules.Senders {
		if sender.Carrier == "" {
			senders = append(senders, sender)
		}
	}
	return senders
}

// further looks at the carriers of --carriers.
func (r *readiness) further(ctx context.Context, s settings) {
	if len(s.carriers.accounts) == 0 {
		r.advise("carriers", "There is one account at one carrier: while it is down, or suspended, nothing goes out.", "README says how a second one is added with --carriers.")
		return
	}
	for _, a := range s.carriers.accounts {
		if a.kind == "kannel" {
			r.kannel(ctx, a)
		} else {
			r.secondAccount(ctx, s, a)
		}
	}
}

// nearBudget is for a connection to what stands on this machine or beside it.
const nearBudget = 3 * time.Second

// kannel looks whether somebody is there. What its operator reaches cannot be
// asked; a PRUEBA tells.
func (r *readiness) kannel(ctx context.Context, a furtherAccount) {
	about := "carrier " + a.name
	at, err := url.Parse(a.kannel.SendSMS)
	if err != nil {
		r.missing(about, "Its sendsms address cannot be read.", "")
		return
	}
	port := at.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[at.Scheme]
	}
	ctx, cancel := context.WithTimeout(ctx, nearBudget)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(at.Hostname(), port))
	if err != nil {
		r.missing(about, "Nobody answers at its sendsms address.", "Start bearerbox and smsbox, or look at sendsms in --carriers.")
		return
	}
	conn.Close()
	r.ok(about, "Kannel is there. Whom its operator reaches cannot be asked: text PRUEBA to its number.")
}

// secondAccount looks at what a Twilio-like account says of its own numbers.
func (r *readiness) secondAccount(ctx context.Context, s settings, a furtherAccount) {
	about := "carrier " + a.name
	client, err := twilio.New(a.twilio)
	if err != nil {
		r.missing(about, "It cannot be used: "+err.Error()+".", "")
		return
	}
	survey, err := client.Survey(ctx, a.senders, s.rules.Countries)
	if failure := (*gateway.Failure)(nil); errors.As(err, &failure) {
		r.missing(about, fmt.Sprintf("It cannot be asked: %s.", failure.Code), "Look at its account, token and api in --carriers.")
		return
	} else if err != nil {
		r.missing(about, "It cannot be asked.", "")
		return
	}
	r.money(survey)
	for i := range survey.Numbers {
		n := &survey.Numbers[i]
		for _, country := range append([]string{""}, s.rules.Countries...) {
			w := twilio.Way{Channel: gateway.SMS, Country: country}
			r.judged(s, n, w, survey.Works(n, w, s.config.PublicURL))
		}
	}
}
