package main

import (
	"context"
	"time"

	"aviso/gateway"
	"aviso/store"
)

const (
	// retainEvery is how much longer than the policy says something may be kept.
	// What a person has erased by text is in the files of SQLite until then.
	retainEvery = time.Hour
	// retainBudget is for all that a month of a busy gateway leaves behind.
	retainBudget = 30 * time.Minute
)

// retention is the sweep that removes what is too old.
func retention(records *store.Store, policy gateway.Retention) sweep {
	return sweep{"retention", retainEvery, retainBudget, func(ctx context.Context) error {
		_, err := records.Retain(ctx, policy)
		return err
	}}
}
