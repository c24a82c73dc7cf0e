package main

import (
	"errors"
	"fmt"

	"aviso/gateway"
	"aviso/store"
)

// profilesDeleteCmd is `aviso profiles delete PHONE`.
type profilesDeleteCmd struct {
	Phone string `arg:"" help:"The phone that the person is registered with, as +13125550101."`
}

// Help is kong's long help.
func (profilesDeleteCmd) Help() string {
	return `Erases the person, their contacts, conversation and alerts; counts and times without a name remain. On SQLite it is then in none of the database's files; on PostgreSQL the server's own vacuum removes it there, and all that told of the person was sealed. Backups made before still hold it. Refused while an alert of theirs is open.`
}

// Run erases the person.
func (c *profilesDeleteCmd) Run(a *app) (err error) {
	phones := gateway.SearchPhones(c.Phone)
	if len(phones) == 0 {
		return usageError{"PHONE: " + gateway.ErrNotAPhone.Error()}
	}
	records, err := a.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	p, err := registered(a, records, phones)
	if err != nil {
		return err
	}
	erased, err := records.EraseProfile(a.ctx, p.Phone)
	switch {
	case err != nil:
		return err
	case !erased:
		return errNobody
	}
	if err := records.Scrub(a.ctx); err != nil {
		return fmt.Errorf("erased, but not yet out of the database's files; the next hourly sweep of serve sees to it: %w", err)
	}
	fmt.Fprintln(a.stdout, "Erased.")
	return nil
}

var (
	errNobody = errors.New("nobody is registered with this phone")
	errTwo    = errors.New("two people are registered with these ten digits, in the US and in Mexico: write +1 or +52 in front")
)

// registered is the person who has one of the numbers that were meant.
func registered(a *app, records *store.Store, phones []gateway.Phone) (found *gateway.Profile, err error) {
	for _, phone := range phones {
		p, err := records.ProfileByPhone(a.ctx, phone)
		switch {
		case err != nil:
			return nil, err
		case p != nil && found != nil:
			return nil, errTwo
		case p != nil:
			found = p
		}
	}
	if found == nil {
		return nil, errNobody
	}
	return found, nil
}
