package main

import (
	"errors"
	"fmt"
	"os"

	"aviso/gateway"
	"aviso/gateway/roster"
	"aviso/store"
)

// consulatesDesksCmd is `aviso consulates desks [FILE | --test]`.
type consulatesDesksCmd struct {
	File string `arg:"" optional:"" help:"CSV with the columns consulate, channel, address, hours, language, confirmed. It replaces the list; a desk that stays keeps the day on which it was confirmed where the file leaves that empty."`
	Test bool   `help:"Send each desk that is not confirmed a PRUEBA. A running serve sends them; a desk that answers is told of real alerts from then on."`
}

// Run lists, replaces or tests the desks.
func (c *consulatesDesksCmd) Run(a *app) (err error) {
	if c.Test && c.File != "" {
		return usageError{"consulates desks: either FILE or --test"}
	}
	var s settings
	if c.Test {
		// The PRUEBA is a text like any other: it needs all that serve needs.
		if s, err = a.config.serving(); err != nil {
			return err
		}
	}
	if c.File != "" {
		return c.replace(a)
	}
	records, err := a.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	if c.Test {
		return c.test(a, s, records)
	}
	desks, err := records.Desks(a.ctx)
	if err != nil {
		return err
	}
	return roster.WriteDesks(a.stdout, desks)
}

// replace makes the file's desks the only ones. With a bad row in it nothing
// changes: a list with holes would leave people unheard.
func (c *consulatesDesksCmd) replace(a *app) (err error) {
	file, err := os.Open(c.File) // first: a file that is not there makes no database
	if err != nil {
		return err
	}
	defer file.Close()
	records, err := a.openOrMake()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	directory, err := records.Directory(a.ctx)
	if err != nil {
		return err
	}
	desks, err := roster.Desks(file, roster.Options{Directory: directory, Nobodys: a.config.ours(),
		Note: func(text string) { fmt.Fprintln(a.stderr, text) }})
	if err != nil {
		return fmt.Errorf("%w\nnothing was changed", err)
	}
	old, err := records.Desks(a.ctx)
	if err != nil {
		return err
	}
	roster.KeepConfirmed(desks, old)
	if err := records.ReplaceDesks(a.ctx, desks); err != nil {
		return err
	}
	unconfirmed := 0
	for _, d := range desks {
		if d.Confirmed.IsZero() {
			unconfirmed++
		}
	}
	fmt.Fprintf(a.stdout, "%d desks, %d of them not confirmed.\n", len(desks), unconfirmed)
	return nil
}

// test raises a PRUEBA to the desks that are not confirmed. This process sends
// nothing: a running serve does.
func (c *consulatesDesksCmd) test(a *app, s settings, records *store.Store) error {
	answer, err := s.domain(records).Handle(a.ctx, gateway.DeskDrill{})
	if err != nil {
		return err
	}
	if answer.Text == "" {
		fmt.Fprintln(a.stdout, "No desk is to be tested.")
		return nil
	}
	view, err := records.View(a.ctx, gateway.Scope{})
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "PRUEBA %s is on its way to %d desks, as soon as serve runs. See who has answered: aviso consulates desks\n",
		answer.Text, len(view.Directory.Untested()))
	return nil
}
