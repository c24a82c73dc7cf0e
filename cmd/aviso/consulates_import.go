package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"aviso/gateway"
	"aviso/gateway/consulate"
	"aviso/gateway/numbering"
)

// consulatesImportCmd is `aviso consulates import FILE`.
type consulatesImportCmd struct {
	File string `arg:"" help:"A .zip of consulates.csv, jurisdictions.csv, zip_base.csv and zip3_fallback.csv, as in scripts/consulates/data; and nanp.csv with nir.csv, where the lists of area codes are newer too."`
}

// Run replaces the data on consulates. Every broken row is named, and then
// nothing is changed.
func (c *consulatesImportCmd) Run(a *app) (err error) {
	table, plan, err := c.read(a)
	if err != nil {
		return err
	}
	data, err := table.MarshalBinary()
	if err != nil {
		return err
	}
	var numbers []byte // nil: as they are
	if plan != nil {
		if numbers, err = plan.MarshalBinary(); err != nil {
			return err
		}
	}
	records, err := a.openOrMake()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	desks, err := records.Desks(a.ctx)
	if err != nil {
		return err
	}
	if err := records.SetConsulates(a.ctx, data, numbers); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "Data %s: %d consulates. A running serve uses it from the next text on.\n", table.Version(), len(table.All()))
	if plan != nil {
		fmt.Fprintf(a.stdout, "Area codes %s.\n", plan.Version())
	}
	for _, desk := range desks {
		if _, ok := table.Consulate(desk.Consulate); !ok && desk.Consulate != gateway.AgentsDesk {
			fmt.Fprintf(a.stderr, "aviso: desks of %s: the new data has no such consulate\n", desk.Consulate)
		}
	}
	return nil
}

// read compiles what the archive holds; without a list of area codes in it the
// plan is nil.
func (c *consulatesImportCmd) read(a *app) (*consulate.Table, *numbering.Plan, error) {
	file, err := os.Open(c.File)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, nil, err
	}
	archive, err := consulate.OpenZip(file, info.Size(), slices.Concat(consulate.Files, numbering.Files)...)
	if err != nil {
		return nil, nil, err
	}
	note := func(text string) { fmt.Fprintln(a.stderr, text) }
	table, err := consulate.FromArchive(archive, note)
	var plan *numbering.Plan
	if slices.ContainsFunc(numbering.Files, func(name string) bool { return archive[name] != nil }) {
		var planErr error
		plan, planErr = numbering.Compile(archive.Open, note)
		err = errors.Join(err, planErr)
	}
	return table, plan, err
}
