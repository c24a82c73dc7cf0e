package roster

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"aviso/gateway"
	"aviso/gateway/sheet"
)

// deskColumns of a file of desks:
//
//	chicago,sms,+13125550199,mon-fri 08:00-18:00,es,2026-11-20
//
// Several rows of a consulate are tried in the file's order. Hours are read by
// gateway.ParseHours. Confirmed is the day on which the operator made sure
// that the desk expects alerts.
var deskColumns = []string{"consulate", "channel", "address", "hours", "language", "confirmed", "kind"}

const (
	deskConsulate = iota
	deskChannel
	deskAddress
	deskHours
	deskLanguage
	deskConfirmed
	deskKind // consulate, or nothing; never written
	deskFields
)

// Desks reads a file of desks. A list with holes would leave people unheard,
// so that one bad row refuses all of it: the error then joins a *RowError for
// each. The consulate gateway.AgentsDesk always exists.
func Desks(r io.Reader, o Options) ([]gateway.Desk, error) {
	t := sheet.NewTable(r, o.Note)
	var at [deskFields]int
	t.Whole = func(fields []string) bool { // where the commas at the end are left out
		return at[deskChannel] < len(fields) && channel(sheet.Plain(fields[at[deskChannel]])) != 0
	}
	if err := t.ReadHeader(); err != nil {
		return nil, err
	}
	var err error
	at, err = deskHeader(t.Header)
	if err != nil {
		return nil, err
	}
	var (
		desks     []gateway.Desk
		refused   []error
		positions = map[string]int{}
	)
	for {
		fields, line, err := t.Next()
		if err == io.EOF {
			return desks, errors.Join(refused...)
		}
		var bad *RowError
		if errors.As(err, &bad) {
			refused = append(refused, err)
			continue
		}
		if err != nil {
			return nil, err
		}
		desk, reasons := checkDesk(fields, at, o)
		if slices.ContainsFunc(desks, func(d gateway.Desk) bool { return d.Same(&desk) }) {
			reasons = append(reasons, "address: the same desk stands above")
		}
		if len(reasons) > 0 {
			refused = append(refused, &RowError{Line: line, Reason: strings.Join(reasons, "; ")})
			continue
		}
		desk.Position = positions[desk.Consulate]
		positions[desk.Consulate]++
		desks = append(desks, desk)
	}
}

// deskHeader finds where each column stands; -1 where it does not.
func deskHeader(header []string) (at [deskFields]int, err error) {
	for i := range at {
		at[i] = -1
	}
	for i, name := range header {
		column := slices.Index(deskColumns, name)
		switch {
		case name == "":
		case column < 0:
			return at, &FileError{Reason: fmt.Sprintf("column %d: unknown name in the first line, which has to name the columns: %s", i+1, strings.Join(deskColumns, ", "))}
		case at[column] >= 0:
			return at, &FileError{Reason: fmt.Sprintf("column %d: %s stands twice in the header", i+1, name)}
		default:
			at[column] = i
		}
	}
	for _, column := range []int{deskConsulate, deskChannel, deskAddress} {
		if at[column] < 0 {
			return at, &FileError{Reason: "the header has no column " + deskColumns[column]}
		}
	}
	return at, nil
}

func checkDesk(fields []string, at [deskFields]int, o Options) (desk gateway.Desk, reasons []string) {
	c := checker{options: o}
	value := func(column int) string {
		if at[column] < 0 {
			return ""
		}
		return sheet.Plain(fields[at[column]])
	}
	desk, wrong := o.Directory.ReadDesk(gateway.DeskWords{
		Consulate: value(deskConsulate), Channel: value(deskChannel), Hours: value(deskHours), Language: value(deskLanguage),
	})
	for _, w := range wrong {
		c.refuse(w.Field, map[string]string{
			"consulate": "no such consulate; `aviso consulates check` lists them, agents is the contact centre",
			"channel":   "want sms or voice", "hours": "want days and times like mon-fri 08:00-18:00 or lun-vie 9-17; 9-5 needs am or pm",
			"language": languageWanted,
		}[w.Field])
	}
	switch strings.ToLower(value(deskKind)) {
	case "", "consulate":
	case "legal":
		c.refuse("kind", "legal desks are not told by this version: leave the row out")
	default:
		c.refuse("kind", "want consulate or legal")
	}
	desk.Address = c.phone("address", value(deskAddress), nil)
	if day := value(deskConfirmed); day != "" {
		confirmed, err := time.Parse(time.DateOnly, day)
		if err != nil {
			c.refuse("confirmed", "want a date like 2026-11-20, or nothing")
		}
		desk.Confirmed = confirmed
	}
	return desk, c.reasons
}

// channel reads sms or voice; 0: neither.
func channel(s string) gateway.Channel {
	switch strings.ToLower(s) {
	case "sms":
		return gateway.SMS
	case "voice":
		return gateway.Voice
	}
	return 0
}

// KeepConfirmed gives the desks of a new list the day on which they were confirmed,
// where the list leaves it empty and the old one has the same desk (consulate,
// channel and address). A number that wants to hear nothing of us keeps that,
// whatever the list says.
func KeepConfirmed(list, old []gateway.Desk) {
	for i := range list {
		d := &list[i]
		if o := slices.IndexFunc(old, func(o gateway.Desk) bool { return o.Same(d) }); o >= 0 && d.Confirmed.IsZero() {
			d.Confirmed = old[o].Confirmed
		}
		if o := slices.IndexFunc(old, func(o gateway.Desk) bool { return o.Address == d.Address && !o.Stopped.IsZero() }); o >= 0 {
			d.Stopped = old[o].Stopped
		}
	}
}

// WriteDesks writes desks as Desks reads them.
func WriteDesks(w io.Writer, desks []gateway.Desk) error {
	out := csv.NewWriter(w)
	out.Write(deskColumns[:deskKind])
	for _, d := range desks {
		channel, confirmed := "sms", ""
		if d.Channel == gateway.Voice {
			channel = "voice"
		}
		if !d.Confirmed.IsZero() {
			confirmed = d.Confirmed.UTC().Format(time.DateOnly)
		}
		out.Write([]string{d.Consulate, channel, string(d.Address), d.Hours, d.Language, confirmed})
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write desks: %w", err)
	}
	return nil
}
