package main

import (
	"context"
	"errors"
	"time"

	"aviso/gateway"
	"aviso/gateway/carrier"
	"aviso/gateway/relay"
	"aviso/gateway/service"
	"aviso/store"
)

const (
	// retainEvery is how much longer than the policy says something may be kept.
	// What a person has erased by text is in the files of SQLite until then.
	retainEvery = time.Hour
	// retainBudget is for all that a month of a busy gateway leaves behind.
	retainBudget = 30 * time.Minute

	// sealEvery is how often it is looked whether an hour has begun; sealBudget
	// is for the one in which millions were imported.
	sealEvery  = time.Minute
	sealBudget = 10 * time.Minute

	// forgetEvery is how often carriers are asked to forget, a few messages at
	// a time; forgetBudget is for carriers that answer slowly.
	forgetEvery  = time.Second
	forgetBudget = time.Minute
)

const (
	// lookEvery is how often somebody is looked at for a sign of life: 50 at
	// most, and nobody while senders are behind. lookBudget is for a slow
	// database; a look that a killed node had claimed is made lookLease later.
	lookEvery  = time.Minute
	lookMost   = 50
	lookBudget = 30 * time.Second
	lookLease  = time.Hour
	lookBehind = 10 // seconds that a sender needs for what waits for it
)

// looking is the sweep that asks people and contacts for a sign of life.
func looking(records *store.Store, service *service.Service, r *relay.Relay) sweep {
	return sweep{"look", lookEvery, lookBudget, func(ctx context.Context) error {
		for range lookMost {
			for _, seconds := range r.Backlog() {
				if seconds > lookBehind {
					return nil
				}
			}
			now := service.Clock()
			look, due, err := records.ClaimLook(ctx, now, now.Add(lookLease))
			if err != nil || !due {
				return err
			}
			next, err := service.LookAfter(ctx, look)
			if err := errors.Join(err, records.Looked(ctx, look, next)); err != nil {
				return err
			}
		}
		return nil
	}}
}

// retention is the sweep that removes what is too old.
func retention(records *store.Store, policy gateway.Retention) sweep {
	return sweep{"retention", retainEvery, retainBudget, func(ctx context.Context) error {
		_, err := records.Retain(ctx, policy)
		return err
	}}
}

// sealing is the sweep that seals the audit chains, at the first look of each
// hour.
func sealing(records *store.Store) sweep {
	return sweep{"seal", sealEvery, sealBudget, records.SealChains}
}

// forgetting has carriers forget the words of messages, as a sweep.
func forgetting(records *store.Store, router *carrier.Router, busy func() int, asked func(outcome string)) *relay.Forgetter {
	return &relay.Forgetter{
		Words: records, Carrier: router, Account: router.Account, Accounts: router.Accounts(),
		Busy: func() bool { return busy() > 0 }, Clock: time.Now, Asked: asked,
	}
}
