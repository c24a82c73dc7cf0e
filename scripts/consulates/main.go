// Command consulates builds the table of consulates and the numbering plan that
// the product embeds from the CSVs beside it. Run it at the root of the project after a change of
// the data:
//
//	go run ./scripts/consulates
//
// The same data gives the same bytes on every machine. Nothing is written
// unless every row is sound.
package main

import (
	"encoding"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	_ "time/tzdata" // names of time zones are checked, also where the system has none

	"aviso/gateway/consulate"
	"aviso/gateway/numbering"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("consulates", flag.ContinueOnError)
	flags.SetOutput(stderr)
	data := flags.String("data", "scripts/consulates/data", "folder of the CSVs")
	out := flags.String("out", "gateway/consulate/table.bin", "file to write the table to")
	plan := flags.String("plan", "gateway/numbering/plan.json", "file to write the numbering plan to")
	if err := flags.Parse(args); err != nil {
		return err
	}
	table, err := consulate.Compile(os.DirFS(*data))
	if err != nil {
		return err
	}
	numbers, err := numbering.Compile(func(name string) (io.ReadCloser, error) { return os.Open(filepath.Join(*data, name)) }, func(string) {})
	if err != nil {
		return err
	}
	for _, made := range []struct {
		encoding.BinaryMarshaler
		file, version string
	}{{table, *out, table.Version()}, {numbers, *plan, numbers.Version()}} {
		b, err := made.MarshalBinary()
		if err != nil {
			return err
		}
		if err := os.WriteFile(made.file, b, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(stdout, "%s: version %s, %d bytes\n", made.file, made.version, len(b))
	}
	return nil
}
