package carrier

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"aviso/gateway"
)

// Main is the name of the account that flags and the environment set up. Further
// ones are named by the operator, and never so.
const Main = "twilio"

// Account is a further account beside the main one.
type Account struct {
	Name    string // short, without a colon
	Carrier gateway.Carrier
	Senders []gateway.Sender
	Lists   bool // it keeps a list of messages that can be searched
}

// Router is the one carrier that the relay sees: each sender's account sends
// what goes from it. What a further account calls its messages is kept with
// the account's name in front ("telco:…"), by which they are found again.
type Router struct {
	main    gateway.Carrier
	further map[string]gateway.Carrier // by name
	owner   map[string]string          // name of the further account, by its senders' address
	asked   []string                   // further accounts that can be searched, in order
}

// NewRouter chooses between a main account and further ones.
func NewRouter(main gateway.Carrier, accounts []Account) *Router {
	r := &Router{main: main, further: map[string]gateway.Carrier{}, owner: map[string]string{}}
	for _, a := range accounts {
		r.further[a.Name] = a.Carrier
		if a.Lists {
			r.asked = append(r.asked, a.Name)
		}
		for _, sender := range a.Senders {
			r.owner[sender.Address] = a.Name
		}
	}
	return r
}

// of is the account that a sender belongs to. Numbers that are in no list, as
// a caller ID may be, are the main account's.
func (r *Router) of(from string) (gateway.Carrier, string) {
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

// Send implements gateway.Carrier.
func (r *Router) Send(ctx context.Context, m gateway.Attempt, from string) (string, error) {
	client, name := r.of(from)
	sid, err := client.Send(ctx, m, from)
	return prefixed(name, sid), err
}

// Find implements gateway.Carrier. Where it is not known which sender a node
// took before it died, the other accounts that keep lists are asked as well;
// for one that keeps none the likeliest sender speaks.
func (r *Router) Find(ctx context.Context, m gateway.Attempt, from string) (string, gateway.Found, error) {
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

// Redact implements gateway.Carrier.
func (r *Router) Redact(ctx context.Context, sid string) error {
	name := r.Account(sid)
	if name == "" {
		if strings.Contains(sid, ":") {
			return nil // an account that is no longer configured
		}
		return r.main.Redact(ctx, sid)
	}
	return r.further[name].Redact(ctx, strings.TrimPrefix(sid, name+":"))
}

// Account is the further account that a message is at, by its name; "" where it
// is none.
func (r *Router) Account(sid string) string {
	name, _, ok := strings.Cut(sid, ":")
	if ok && r.further[name] != nil {
		return name
	}
	return ""
}

// Accounts are the names of all; "": the main one.
func (r *Router) Accounts() []string {
	return append([]string{""}, slices.Sorted(maps.Keys(r.further))...)
}
