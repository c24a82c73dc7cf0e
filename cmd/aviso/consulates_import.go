package main

import (
	"errors"
	"fmt"
	"os"

	"aviso/gateway"
	"aviso/gateway/consulate"
)

// consulatesImportCmd is `aviso consulates import FILE`.
type consulatesImportCmd struct {
	File string `arg:"" help:"A .zip of consulates.csv, jurisdictions.csv, zip_base.csv and zip3_fallback.csv, as in scripts/consulates/data."`
}

// Run replaces the data on consulates. Every broken row is named, and then
// nothing is changed.
func (c *consulatesImportCmd) Run(a *app) (err error) {
	table, err := c.read()
	if err != nil {
		return err
	}
	data, err := table.MarshalBinary()
	if err != nil {
		return err
	}
	records, err := a.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	desks, err := records.Desks(a.ctx)
	if err != nil {
		return err
	}
	if err := records.SetConsulates(a.ctx, data); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "Data %s: %d consulates. A running serve uses it from the next text on.\n", table.Version(), len(table.All()))
	for _, desk := range desks {
		if _, ok := table.Consulate(desk.Consulate); !ok && desk.Consulate != gateway.AgentsDesk {
			fmt.Fprintf(a.stderr, "aviso: desks of %s: the new data has no such consulate\n", desk.Consulate)
		}
	}
	return nil
}

func (c *consulatesImportCmd) read() (*consulate.Table, error) {
	file, err := os.Open(c.File)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return consulate.FromZip(file, info.Size())
}
