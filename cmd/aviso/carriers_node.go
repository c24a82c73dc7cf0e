package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"aviso/gateway"
	"aviso/gateway/carrier"
	"aviso/gateway/watch"
	"aviso/gateway/web"
	"aviso/store"
)

// names are those of all carriers, the main one first.
func (c *carriers) names() []string {
	names := []string{carrier.Main}
	for _, a := range c.accounts {
		names = append(names, a.name)
	}
	return names
}

// webhooks are what the further accounts' requests are known by.
func (s *settings) webhooks() (accounts []web.Account, kannels []web.Kannel, err error) {
	for _, a := range s.carriers.accounts {
		if a.kind == "kannel" {
			kannels = append(kannels, web.Kannel{Name: a.name, Secret: a.kannel.Secret, Country: a.country})
			continue
		}
		webhooks := a.webhooks
		webhooks.PublicURL = s.config.PublicURL
		validator, err := webhooks.Validator()
		if err != nil {
			return nil, nil, fmt.Errorf("carrier %s: %w", a.name, err)
		}
		accounts = append(accounts, web.Account{Name: a.name, Twilio: validator.WithCodes(s.codes)})
	}
	return accounts, kannels, nil
}

// accountSIDs are those of all accounts whose webhooks are taken.
func (s *settings) accountSIDs() []string {
	sids := []string{s.config.AccountSID}
	for _, a := range s.carriers.accounts {
		if a.kind == "twilio" {
			sids = append(sids, a.twilio.AccountSID)
		}
	}
	return sids
}

// sides is what watches the inbound sides.
func (s *settings) sides(records *store.Store, metrics *watch.Metrics, domain web.Domain) watch.SidesConfig {
	config := watch.SidesConfig{
		Records: records, Metrics: metrics, Clock: time.Now, Carriers: s.carriers.names(), Senders: s.rules.Senders,
	}
	if p := s.carriers.probe; p != nil {
		config.Probe = &watch.Probe{From: p.from, To: p.to, Carrier: p.carrier, Every: p.every,
			Send: func(ctx context.Context, probe gateway.Probe) error {
				_, err := domain.Handle(ctx, probe)
				return err
			}}
	}
	return config
}

// outages names the carriers that take no messages, for /readyz.
func outages(out func() []string) func() []string {
	return func() []string {
		var reasons []string
		for _, name := range out() {
			if name == "" {
				name = carrier.Main
			}
			reasons = append(reasons, fmt.Sprintf("carrier %s takes no messages; others go first", name))
		}
		return reasons
	}
}

// remembering are the reasons of carriers that forget nothing for minutes: what
// people wrote, PINs included, stays with them.
func remembering(stuck func() []string) func() []string {
	return func() []string {
		var reasons []string
		for _, name := range stuck() {
			reasons = append(reasons, fmt.Sprintf("carrier %s refuses to forget the words of messages; aviso_redactions_due says how many", cmp.Or(name, carrier.Main)))
		}
		return reasons
	}
}
