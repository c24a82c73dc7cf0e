package main

import (
	"errors"
	"fmt"
	"time"

	"aviso/gateway"
	"aviso/store"
)

// drillCmd is `aviso drill PHONE`.
type drillCmd struct {
	Phone string        `arg:"" help:"The person's registered number."`
	Wait  time.Duration `default:"2m" placeholder:"TIME" help:"How long to wait for answers before reporting. Default 2m; Ctrl-C reports at once."`
}

// drillLook is how often the answers are counted.
const drillLook = 500 * time.Millisecond

// Run sends a PRUEBA to the contacts who accepted, and reports who answered. A
// running serve sends it.
func (c *drillCmd) Run(a *app) (err error) {
	s, err := a.config.serving()
	if err != nil {
		return err
	}
	phones := gateway.SearchPhones(c.Phone)
	if len(phones) == 0 {
		return usageError{"drill: " + gateway.ErrNotAPhone.Error()}
	}
	records, err := a.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	p, err := registered(a, records, phones)
	if err != nil {
		return err
	}
	begun := time.Now()
	answer, err := s.domain(records).Handle(a.ctx, gateway.Drill{Profile: p.ID})
	if err != nil {
		return err
	}
	fmt.Fprintln(a.stderr, answer.Text)
	return c.report(a, records, p.ID, begun)
}

// report counts who has answered a drill that is no older than begun, until
// everybody has, or the time is over.
func (c *drillCmd) report(a *app, records *store.Store, id gateway.ID, begun time.Time) error {
	over := time.After(c.Wait)
	tick := time.NewTicker(drillLook)
	defer tick.Stop()
	for {
		view, err := records.View(a.ctx, gateway.Scope{Profile: id})
		if err != nil && a.ctx.Err() == nil {
			return err
		}
		var drill *gateway.Case
		for i := range view.Cases {
			if a := &view.Cases[i].Alert; a.Drill && !a.At.Before(begun.Truncate(time.Microsecond)) {
				drill = &view.Cases[i]
				break
			}
		}
		if drill == nil {
			if a.ctx.Err() != nil {
				return nil
			}
			return errors.New("no PRUEBA was sent: no contact has accepted, an alert is open, they got three today, or the day's limit is reached")
		}
		ready, all := drill.Ready(view.Subject)
		done := ready == len(drill.Recipients) || !drill.Alert.Open()
		select {
		case <-over:
			done = true
		case <-a.ctx.Done():
			done = true
		case <-tick.C:
		}
		if done {
			fmt.Fprintf(a.stdout, "%d of %d contacts ready, consulate not tested\n", ready, all)
			return nil
		}
	}
}
