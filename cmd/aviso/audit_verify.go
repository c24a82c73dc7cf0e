package main

import (
	"errors"
	"fmt"
	"time"
)

// auditVerifyCmd is `aviso audit verify`.
type auditVerifyCmd struct{}

// Help is kong's long help.
func (auditVerifyCmd) Help() string {
	return `Walks every audit chain: of each alert, person and agent a row for everything that was done, with the hash of the row before it. A row that is missing, changed or added breaks its chain. Rows whose words were erased, with the person or the aged alert, stay in the chain; words that are gone from any other row are a fault. Once an hour serve seals what was added to all of them, and each seal the one before it: a chain's last rows that are missing, or all of it, or a seal, are found by that. Rows of the last hour are not sealed yet.

Whoever can write the database may put back all of an earlier hour. Note elsewhere how many seals it prints, and when: later there are never fewer.

Exit status 1 where a chain or a seal is broken.`
}

// Run verifies. It may run beside a running serve.
func (auditVerifyCmd) Run(a *app) (err error) {
	records, err := a.openToRead()
	if err != nil {
		return err
	}
	if records == nil {
		return fmt.Errorf("%w: nothing was verified", a.noDatabase())
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	found, err := records.Verify(a.ctx)
	if err != nil {
		return err
	}
	for _, broken := range found.Broken {
		fmt.Fprintf(a.stdout, "broken: %s\n", broken)
	}
	fmt.Fprintf(a.stdout, "%d chains with %d rows, %d of them without their words, as erasing leaves them.\n", found.Chains, found.Rows, found.Erased)
	if found.Seals == 0 && len(found.Broken) == 0 {
		fmt.Fprintln(a.stdout, "No seals yet: serve makes one an hour.")
	} else {
		fmt.Fprintf(a.stdout, "%d seals, the last of %s; %d rows since then.\n", found.Seals, found.Sealed.Format(time.RFC3339), found.Fresh)
	}
	if len(found.Broken) > 0 {
		fmt.Fprintf(a.stdout, "%d faults.\n", len(found.Broken))
		return errReported
	}
	fmt.Fprintln(a.stdout, "All of them hold.")
	return nil
}
