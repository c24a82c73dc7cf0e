package main

import (
	"errors"
	"fmt"

	"aviso/gateway"
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
	phone, err := gateway.ParsePhone(c.Phone, nil)
	if err != nil {
		return usageError{"PHONE: " + err.Error()}
	}
	records, err := a.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	erased, err := records.EraseProfile(a.ctx, phone)
	switch {
	case err != nil:
		return err
	case !erased:
		return errors.New("nobody is registered with this phone")
	}
	if err := records.Scrub(a.ctx); err != nil {
		return fmt.Errorf("erased, but not yet out of the database's files; the next hourly sweep of serve sees to it: %w", err)
	}
	fmt.Fprintln(a.stdout, "Erased.")
	return nil
}
