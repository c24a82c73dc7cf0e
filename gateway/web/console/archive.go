package console

import (
	"encoding/csv"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"aviso/gateway"
	"aviso/gateway/acts"
	"aviso/gateway/consulate"
	"aviso/store"
)

const (
	archiveSize   = 50
	archiveWindow = 30 * 24 * time.Hour
)

// archivePage are alerts that have ended, for admins. Each page of it is written
// down as a search is.
type archivePage struct {
	Rows       []boardRow
	Consulates []consulate.Consulate
	Consulate  string
	How        string // "cancelled", "closed"; "": either way
	Since      string // dates, of the contact centre
	Until      string
	Total      int
	Page       int
	Pages      []int
}

// archiveHows are the ways in which an alert ends.
var archiveHows = map[string]gateway.AlertState{"cancelled": gateway.AlertCancelled, "closed": gateway.AlertClosed}

// archiveQuery reads which ended alerts are meant.
func (c *Console) archiveQuery(v *visit) (archivePage, store.ArchiveQuery) {
	p := archivePage{Consulate: v.QueryParam("consulate"), How: v.QueryParam("how")}
	since, until := c.days(v.QueryParam("since"), v.QueryParam("until"), archiveWindow)
	p.Since, p.Until = since.Format(time.DateOnly), until.Format(time.DateOnly)
	p.Page, _ = strconv.Atoi(v.QueryParam("page"))
	p.Page = min(max(p.Page, 0), 10_000)
	return p, store.ArchiveQuery{
		Since: since, Until: until.AddDate(0, 0, 1), Consulate: p.Consulate, State: archiveHows[p.How], Page: p.Page, Size: archiveSize,
	}
}

func (c *Console) showArchive(v *visit) error {
	p, q := c.archiveQuery(v)
	directory, err := c.Records.Directory(v.ctx)
	if err != nil {
		return err
	}
	p.Consulates = directory.Consulates.All()
	cases, total, err := c.Records.Archive(v.ctx, q)
	if err != nil {
		return err
	}
	p.Total = total
	if _, err := c.domain.Handle(v.ctx, &acts.Act{Agent: v.agent.ID, Deed: acts.ReadArchive{Shown: len(cases), Found: total}}); err != nil {
		return err
	}
	for i := range cases {
		p.Rows = append(p.Rows, row(&cases[i], c.Clock()))
	}
	for n := range (total + archiveSize - 1) / archiveSize {
		p.Pages = append(p.Pages, n)
	}
	v.still = true
	return c.in(v, "alerts", "archive", p)
}

// exportArchive is the same as a file: without names, numbers and words, which have
// no use outside of the house that is worth their being there. A reference leads back
// to the alert.
func (c *Console) exportArchive(v *visit) error {
	_, q := c.archiveQuery(v)
	rows := [][]string{{"reference", "raised", "ended", "how", "reason", "consulate", "channel", "told", "confirmed", "first_confirmed_seconds"}}
	q.Page, q.Size = 0, 500
	for {
		cases, _, err := c.Records.Archive(v.ctx, q)
		if err != nil {
			return err
		}
		for i := range cases {
			a := &cases[i].Alert
			told, confirmed := cases[i].Count()
			first := ""
			if at := firstConfirmed(&cases[i]); !at.IsZero() {
				first = strconv.Itoa(int(at.Sub(a.At) / time.Second))
			}
			how := "closed"
			if a.State == gateway.AlertCancelled {
				how = "cancelled"
			}
			rows = append(rows, []string{
				a.Ref.Digits(), a.At.UTC().Format(time.RFC3339), a.Ended.UTC().Format(time.RFC3339), how, a.Reason, a.Consulate, a.Channel,
				strconv.Itoa(told), strconv.Itoa(confirmed), first,
			})
		}
		if len(cases) < q.Size || len(rows) > exportMost {
			break
		}
		q.Page++
	}
	taken := acts.ReadArchive{Shown: len(rows) - 1, Found: len(rows) - 1, File: true}
	if _, err := c.domain.Handle(v.ctx, &acts.Act{Agent: v.agent.ID, Deed: taken}); err != nil {
		return err
	}
	h := v.Response().Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="aviso-archive.csv"`)
	v.Response().WriteHeader(http.StatusOK)
	return csv.NewWriter(v.Response()).WriteAll(rows)
}

// firstConfirmed is when the first recipient of an alert confirmed; zero: nobody did.
func firstConfirmed(c *gateway.Case) (first time.Time) {
	for _, r := range c.Recipients {
		if !r.Confirmed.IsZero() && (first.IsZero() || r.Confirmed.Before(first)) {
			first = r.Confirmed
		}
	}
	return first
}

// Hows are what the archive can be narrowed to.
func (archivePage) Hows() []string { return slices.Sorted(maps.Keys(archiveHows)) }
