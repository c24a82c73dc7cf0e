// Command consulates builds the table of consulates that the product embeds
// from the CSVs beside it. Run it at the root of the project after a change of
// the data:
//
//	go run ./scripts/consulates
//
// The same data gives the same bytes on every machine. Nothing is written
// unless every row is sound.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	_ "time/tzdata" // names of time zones are checked, also where the system has none

	"aviso/gateway/consulate"
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
	out := flags.String("out", "gateway/consulate/table.bin", "file to write")
	if err := flags.Parse(args); err != nil {
		return err
	}
	table, err := consulate.Compile(os.DirFS(*data))
	if err != nil {
		return err
	}
	b, err := table.MarshalBinary()
	if err != nil {
		return err
	}
	if err := os.WriteFile(*out, b, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s: version %s, %d bytes\n", *out, table.Version(), len(b))
	return nil
}
