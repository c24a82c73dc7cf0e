package console

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"aviso/gateway"
	"aviso/gateway/consulate"
	"aviso/store"
)

// boardSize is a page of the board: more than an agent can look after, few
// enough that a page is made in milliseconds.
const boardSize = 50

// boardPage is what the board shows.
type boardPage struct {
	Rows       []boardRow
	Tabs       []boardTab
	Only       store.BoardOnly
	Consulate  string
	Consulates []consulate.Consulate
	Page       int
	Pages      []int
}

// boardTab is what the board can be narrowed to, and how many there are.
type boardTab struct {
	Only  store.BoardOnly
	Count int
}

// boardRow is one alert.
type boardRow struct {
	gateway.Case
	Flags     []string
	To        []recipientLine
	Confirmed int
	Told      int
	Failed    int
	Urgent    int // tasks that nobody has taken
	Raid      *raid
}

// raid heads the alerts of an incident: many of one place within minutes.
type raid struct {
	ID        gateway.ID
	Consulate string // id of the consulate for the place
	Since     time.Time
	Count     int // on this page
}

// recipientLine is how far one recipient is.
type recipientLine struct {
	gateway.Recipient
	How     string // word of their state
	Channel gateway.Channel
	Last    time.Time
	Code    string // the carrier's, where it failed
	Fell    *fall  // what failed before the last try
	Steps   []step // on an alert's own page
}

// fall is a try that failed, while another one is under way.
type fall struct {
	Channel gateway.Channel
	Code    string
}

func (c *Console) showBoard(v *visit) error {
	q := store.BoardQuery{Only: store.BoardOnly(v.QueryParam("only")), Consulate: v.QueryParam("consulate"), Size: boardSize}
	tabs := []store.BoardOnly{store.BoardAll, store.BoardWaiting, store.BoardFailed, store.BoardEnded}
	if !slices.Contains(tabs, q.Only) {
		return gateway.ErrNotFound
	}
	q.Page, _ = strconv.Atoi(v.QueryParam("page"))
	q.Page = min(max(q.Page, 0), 10_000)
	board, err := c.Records.Board(v.ctx, q)
	if err != nil {
		return err
	}
	directory, err := c.Records.Directory(v.ctx)
	if err != nil {
		return err
	}
	p := boardPage{
		Only: q.Only, Consulate: q.Consulate, Page: q.Page, Consulates: directory.Consulates.All(),
	}
	for _, only := range tabs {
		p.Tabs = append(p.Tabs, boardTab{only, board.Counts[only]})
	}
	for n := range (board.Total + boardSize - 1) / boardSize {
		p.Pages = append(p.Pages, n)
	}
	for i := range board.Cases {
		p.Rows = append(p.Rows, row(&board.Cases[i], c.Clock()))
	}
	p.Rows = group(p.Rows, directory.Incidents())
	return c.in(v, "alerts", "alerts", p)
}

// row sums up a case for one line.
func row(c *gateway.Case, now time.Time) boardRow {
	r := boardRow{Case: *c, Flags: flags(&c.Alert)}
	for i := range c.Recipients {
		line := recipient(c, &c.Recipients[i], now)
		switch line.How {
		case "withdrawn":
			continue
		case "confirmed":
			r.Confirmed++
		case "failed":
			r.Failed++
		default:
			if line.Fell != nil {
				r.Failed++
			}
		}
		r.Told++
		r.To = append(r.To, line)
	}
	slices.SortStableFunc(r.To, func(a, b recipientLine) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	for i := range c.Tasks {
		if c.Tasks[i].Urgent && c.Tasks[i].State == gateway.TaskOpen {
			r.Urgent++
		}
	}
	return r
}

func flags(a *gateway.Alert) []string {
	var list []string
	add := func(is bool, flag string) {
		if is {
			list = append(list, flag)
		}
	}
	add(!a.Duress.IsZero(), "duress")
	add(a.Profile.IsZero(), "stranger")
	add(a.Unverified, "unverified")
	add(a.Family, "family")
	add(a.Borrowed, "borrowed")
	add(a.Reporter != "", "relative")
	add(a.Silent && !a.Borrowed, "silent")
	add(a.Proposal != nil && a.Open(), "proposed")
	return list
}

// recipient says how far somebody is: a human's word first, then the last
// thing that was tried.
func recipient(c *gateway.Case, r *gateway.Recipient, now time.Time) recipientLine {
	line := recipientLine{Recipient: *r, How: "waiting"}
	var last *gateway.Attempt
	for i := range c.Attempts {
		a := &c.Attempts[i]
		if a.Recipient != r.ID || a.Purpose != "" && a.Purpose != gateway.PurposeNotice {
			continue
		}
		if last == nil || string(a.ID[:]) > string(last.ID[:]) {
			last = a
		}
		if attemptWord(a, now) == "failed" {
			line.Fell = &fall{a.Channel, a.Code}
		}
	}
	if last != nil {
		line.Channel, line.Last = last.Channel, cmp.Or(last.Sent, last.Due)
		line.How, line.Code = attemptWord(last, now), last.Code
	}
	switch r.State {
	case gateway.RecipientConfirmed:
		line.How, line.Last, line.Code = "confirmed", r.Confirmed, ""
	case gateway.RecipientGivenUp:
		line.How = "failed"
		if line.Fell != nil {
			line.Channel, line.Code = line.Fell.Channel, line.Fell.Code
		}
	case gateway.RecipientWithdrawn:
		line.How = "withdrawn"
	case gateway.RecipientEnded:
		line.How = "ended"
	}
	if r.State != gateway.RecipientOwed || line.How == "failed" {
		line.Fell = nil
	}
	return line
}

// attemptWord is how far one message or call has come. What waits for its time is
// still to come: it must not read like something that was done then.
func attemptWord(a *gateway.Attempt, now time.Time) string {
	switch {
	case a.State == gateway.AttemptWaiting && a.Due.After(now):
		if a.Tries > 0 {
			return "retry"
		}
		return "planned"
	case a.State == gateway.AttemptFailed || a.Rank == gateway.RankFailed:
		return "failed"
	case a.Rank >= gateway.RankDelivered:
		return "delivered"
	case a.State == gateway.AttemptSent:
		return "sent"
	case a.State == gateway.AttemptHeld:
		return "held"
	case a.State == gateway.AttemptWithdrawn:
		return "withdrawn"
	}
	return "sending"
}

// group brings the alerts of each incident together, under a head, where its
// newest stands.
func group(rows []boardRow, incidents []gateway.Incident) []boardRow {
	heads := map[gateway.ID]*raid{}
	within := func(a *gateway.Alert) *gateway.Incident {
		for i := range incidents {
			if incidents[i].Holds(a) {
				return &incidents[i]
			}
		}
		return nil
	}
	together := map[gateway.ID][]boardRow{}
	var order []func() []boardRow
	for _, r := range rows {
		incident := within(&r.Alert)
		if incident == nil {
			order = append(order, func() []boardRow { return []boardRow{r} })
			continue
		}
		id := incident.ID
		if heads[id] == nil {
			heads[id] = &raid{ID: id, Consulate: incident.Consulate, Since: incident.Since}
			order = append(order, func() []boardRow { return together[id] })
		}
		heads[id].Count++
		r.Raid = heads[id]
		together[id] = append(together[id], r)
	}
	grouped := make([]boardRow, 0, len(rows))
	for _, next := range order {
		grouped = append(grouped, next()...)
	}
	return grouped
}
