package main

import "fmt"

// consulatesFindCmd is `aviso consulates find ZIP`.
type consulatesFindCmd struct {
	ZIP  string `arg:"" name:"zip" help:"60608, 60608-1234 or 606081234."`
	JSON bool   `name:"json" help:"As one line of JSON."`
}

// Run looks the ZIP up: in the database's data, or in what the product ships
// with where there is no database.
func (c *consulatesFindCmd) Run(a *app) error {
	directory, _, err := a.directory()
	if err != nil {
		return err
	}
	zip, err := directory.Consulates.ParseZIP(c.ZIP)
	if err != nil {
		return err
	}
	found := directory.Consulates.Find(zip)
	if c.JSON {
		return printJSON(a, found)
	}
	name := "no consulate"
	if found.Consulate != nil {
		name = fmt.Sprintf("%s (%s)", found.Name, *found.Consulate)
	}
	sure := "uncertain: the national desk is told as well"
	if found.Certain {
		sure = "certain"
	}
	fmt.Fprintf(a.stdout, "%s\nrule       %s", name, found.Rule)
	if found.Basis != "" {
		fmt.Fprintf(a.stdout, " (%s)", found.Basis)
	}
	fmt.Fprintf(a.stdout, "\ncertainty  %s\n", sure)
	if found.TimeZone != "" {
		fmt.Fprintf(a.stdout, "time zone  %s\n", found.TimeZone)
	}
	return nil
}
