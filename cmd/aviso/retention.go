package main

import (
	"context"
	"time"

	"aviso/gateway"
	"aviso/gateway/relay"
	"aviso/store"
)

const (
	// retainEvery is how much longer than the policy says something may be kept.
	// What a person has erased by text is in the files of SQLite until then.
	retainEvery = time.Hour
	// retainBudget is for all that a month of a busy gateway leaves behind.
	retainBudget = 30 * time.Minute

	// forgetEvery is how often carriers are asked to forget, a few messages at
	// a time; forgetBudget is for carriers that answer slowly.
	forgetEvery  = time.Second
	forgetBudget = time.Minute
)

// retention is the sweep that removes what is too old.
func retention(records *store.Store, policy gateway.Retention) sweep {
	return sweep{"retention", retainEvery, retainBudget, func(ctx context.Context) error {
		_, err := records.Retain(ctx, policy)
		return err
	}}
}

// forgetting is the sweep that has carriers forget the words of messages.
func forgetting(records *store.Store, carrier relay.Carrier, r *relay.Relay) sweep {
	f := &relay.Forgetter{Words: records, Carrier: carrier, Busy: func() bool { return r.Busy() > 0 }, Clock: time.Now}
	return sweep{"forget", forgetEvery, forgetBudget, f.Once}
}
