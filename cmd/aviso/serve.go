package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"aviso/store"
)

// serveCmd is `aviso serve`: the gateway.
type serveCmd struct{}

// Help is kong's long help.
func (serveCmd) Help() string {
	return `Prints one line of JSON with the addresses that it is bound to, and logs to standard error. SIGTERM or Ctrl-C lets what is under way end, within 15 seconds.`
}

// Run serves until it is told to end.
func (serveCmd) Run(a *app) (err error) {
	s, err := a.config.serving()
	if err != nil {
		return err
	}
	collectAt(collectServing)
	log := newLog(a.stderr, a.config.LogFormat, s.level)
	l, err := listen(a.ctx, a.config.Addr, a.config.InternalAddr)
	if err != nil {
		return err
	}
	defer l.Close()
	records, err := store.Open(a.ctx, store.Options{
		DSN: a.config.DB, KeysFile: a.config.Keys, VoidLeases: true, Clock: time.Now, Program: describe(),
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	n, err := newNode(s, records, log, nil)
	if err != nil {
		return err
	}
	log.Info().Str("version", describe()).Msg("starting")
	if o := records.Opened; o.Made {
		log.Info().Int("schema", o.To).Msg("made a new database")
	} else if o.From != o.To {
		log.Info().Int("from", o.From).Int("to", o.To).Msg("brought the database to this version's schema")
	}
	if few := s.edge.tooFewFiles(filesMost()); few != "" {
		log.Warn().Msg(few)
	}
	if a.config.InsecurePermissions {
		log.Warn().Msg("--insecure-permissions: who else can read the keyset and the database was not looked at")
	}
	err = n.serve(a.ctx, l, func() {
		printAddresses(a, l)
		log.Info().Stringer("addr", l.public.Addr()).Stringer("internal_addr", l.internal.Addr()).Msg("serving")
	})
	log.Info().Msg("stopped")
	return err
}

// printAddresses tells a script where the gateway is, ":0" resolved.
func printAddresses(a *app, l listeners) {
	line, err := json.Marshal(struct {
		Addr         string `json:"addr"`
		InternalAddr string `json:"internal_addr"`
	}{l.public.Addr().String(), l.internal.Addr().String()})
	if err == nil {
		fmt.Fprintf(a.stdout, "%s\n", line)
	}
}
