package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"aviso/gateway"
	"aviso/gateway/kannel"
	"aviso/gateway/relay"
	"aviso/gateway/twilio"
)

// router is the one carrier that the relay sees: each sender's account sends
// what goes from it. What a further account calls its messages is kept with
// the account's name in front ("telco:…"), by which they are found again.
type router struct {
	main    relay.Carrier
	further map[string]relay.Carrier // by name
	owner   map[string]string        // name of the further account, by its senders' address
	asked   []string                 // further accounts that can be searched, in order
}

// newRouter makes the clients of all accounts.
func newRouter(s settings) (*router, error) {
	main, err := twilio.New(carrier(s.config))
	if err != nil {
		return nil, err
	}
	r := &router{main: main, further: map[string]relay.Carrier{}, owner: map[string]string{}}
	for _, a := range s.carriers.accounts {
		var client relay.Carrier
		switch a.kind {
		case "kannel":
			client, err = kannel.New(a.kannel)
		default:
			client, err = twilio.New(a.twilio)
			r.asked = append(r.asked, a.name)
		}
		if err != nil {
			return nil, err
		}
		r.further[a.name] = client
		for _, sender := range a.senders {
			r.owner[sender.Address] = a.name
		}
	}
	return r, nil
}

// of is the account that a sender belongs to. Numbers that are in no list, as
// a caller ID may be, are the main account's.
func (r *router) of(from string) (relay.Carrier, string) {
	if name := r.owner[from]; name != "" {
		return r.further[name], name
	}
	return r.main, ""
}

// prefixed puts a further account's name before what it calls a message.
func prefixed(name, sid string) string {
	if name == "" || sid == "" {
		return sid
	}
	return name + ":" + sid
}

// Send implements relay.Carrier.
func (r *router) Send(ctx context.Context, m gateway.Attempt, from string) (string, error) {
	client, name := r.of(from)
	sid, err := client.Send(ctx, m, from)
	return prefixed(name, sid), err
}

// Find implements relay.Carrier. Where it is not known which sender a node
// took before it died, the other accounts that keep lists are asked as well;
// for one that keeps none the likeliest sender speaks.
func (r *router) Find(ctx context.Context, m gateway.Attempt, from string) (string, gateway.Found, error) {
	likely, name := r.of(from)
	sid, found, err := likely.Find(ctx, m, from)
	if m.Sender != "" || m.Channel == gateway.Voice || found == gateway.FoundYes {
		return prefixed(name, sid), found, err
	}
	for _, other := range append([]string{""}, r.asked...) {
		if other == name {
			continue
		}
		client := r.main
		if other != "" {
			client = r.further[other]
		}
		sid, also, alsoErr := client.Find(ctx, m, from)
		switch {
		case also == gateway.FoundYes:
			return prefixed(other, sid), also, nil
		case alsoErr != nil || also == gateway.FoundCannotTell:
			found, err = gateway.FoundCannotTell, errors.Join(err, alsoErr)
		}
	}
	return "", found, err
}

// Redact implements relay.Carrier.
func (r *router) Redact(ctx context.Context, sid string) error {
	name := r.account(sid)
	if name == "" {
		if strings.Contains(sid, ":") {
			return nil // an account that is no longer configured
		}
		return r.main.Redact(ctx, sid)
	}
	return r.further[name].Redact(ctx, strings.TrimPrefix(sid, name+":"))
}

// account is the further account that a message is at, by its name; "" where it
// is none.
func (r *router) account(sid string) string {
	name, _, ok := strings.Cut(sid, ":")
	if ok && r.further[name] != nil {
		return name
	}
	return ""
}

// accounts are the names of all.
func (r *router) accounts() []string {
	return append([]string{""}, slices.Sorted(maps.Keys(r.further))...)
}
