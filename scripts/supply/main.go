// Command supply says what the binary is made of: the licences of everything
// that is linked into it, or a bill of materials.
//
//	go run ./scripts/supply licences bin/aviso [VERSION] >bin/LICENCES.txt
//	go run ./scripts/supply sbom bin/aviso [VERSION] >bin/aviso.cdx.json
//
// What is linked is read from the binary itself. licences fails where a module
// has no licence that is known here, or one that the product may not be handed
// out with; the texts go along with the binary, as most of them ask for.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "supply: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 && len(args) != 3 {
		return fmt.Errorf("want licences or sbom, a binary, and its version where it is known")
	}
	parts, err := read(args[1])
	if err != nil {
		return err
	}
	if len(args) == 3 && args[2] != "" {
		parts[0].Version = args[2]
	}
	switch args[0] {
	case "licences":
		return writeLicences(os.Stdout, os.Stderr, parts)
	case "sbom":
		return writeSBOM(os.Stdout, args[1], parts)
	}
	return fmt.Errorf("%q is neither licences nor sbom", args[0])
}
