package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"aviso/gateway"
	"aviso/gateway/roster"
	"aviso/store"
)

// profilesExportCmd is `aviso profiles export FILE`.
type profilesExportCmd struct {
	File string `arg:"" help:"Where to: .csv or .jsonl; - is standard output, as JSON Lines. A file is readable by its owner alone."`
}

// Run writes everybody, without PINs. The file appears whole or not at all.
func (c *profilesExportCmd) Run(a *app) (err error) {
	format, err := formatOf(c.File)
	if err != nil {
		return err
	}
	records, err := a.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	if c.File == standard {
		_, err = export(a, records, format, a.stdout)
		return err
	}
	file, err := store.Scratch(filepath.Dir(c.File), ".aviso-export-")
	if err != nil {
		return err
	}
	defer file.Close() // written below
	defer os.Remove(file.Name())
	n, err := export(a, records, format, file)
	if err = errors.Join(err, file.Sync()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), c.File); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%d people exported. The file is not sealed: keep it as you keep the keyset.\n", n)
	return nil
}

func export(a *app, records *store.Store, format roster.Format, to io.Writer) (n int, err error) {
	buffered := bufio.NewWriterSize(to, 64<<10)
	var out interface {
		Write(gateway.Profile) error
		Flush() error
	} = roster.NewJSONWriter(buffered)
	if format == roster.CSV {
		if out, err = roster.NewCSVWriter(buffered); err != nil {
			return 0, err
		}
	}
	if err := records.Profiles(a.ctx, func(p *gateway.Profile) error {
		n++
		return out.Write(*p)
	}); err != nil {
		return n, err
	}
	return n, errors.Join(out.Flush(), buffered.Flush())
}

// standard is standard input or output as a file's name.
const standard = "-"

// formatOf is what a file's extension says that it holds.
func formatOf(file string) (roster.Format, error) {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".csv":
		return roster.CSV, nil
	case ".jsonl":
		return roster.JSONLines, nil
	}
	if file == standard {
		return roster.JSONLines, nil
	}
	return "", usageError{"FILE: want a name that ends in .csv or .jsonl, or -"}
}
