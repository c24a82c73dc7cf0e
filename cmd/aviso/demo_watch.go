package main

import (
	"context"
	"time"

	"aviso/gateway"
	"aviso/gateway/carrier/sim"
	"aviso/store"
)

// What the timeline says of alerts is read from the gateway's own records, as the
// console reads it: a receipt of the carrier's is no confirmation.

const (
	watchEvery = time.Second // where no hint comes
	watchMost  = 60          // alerts
)

// watch tells the page what the records say of alerts, until ctx ends.
func (d *demo) watch(ctx context.Context, page *sim.Phones) {
	hints := d.records.Changes(ctx)
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	said, open := map[string]bool{}, map[gateway.ID]gateway.Case{}
	tell := func(about string, at time.Time, loud bool, words sim.Words) {
		if !said[about] {
			said[about] = true
			page.Tell(about, at, loud, words)
		}
	}
	for {
		board, err := d.records.Board(ctx, store.BoardQuery{Size: watchMost})
		if err == nil {
			page.Alerts(len(board.Cases))
			now := map[gateway.ID]gateway.Case{}
			for i := len(board.Cases) - 1; i >= 0; i-- { // the oldest first
				c := board.Cases[i]
				now[c.Alert.ID] = c
				tellCase(tell, &c)
			}
			for id, c := range open {
				if _, still := now[id]; !still {
					d.tellEnd(ctx, tell, c)
				}
			}
			open = now
		}
		select {
		case <-hints:
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

type telling func(about string, at time.Time, loud bool, words sim.Words)

// tellCase tells what is known of an open alert.
func tellCase(tell telling, c *gateway.Case) {
	ref, id := c.Alert.Ref.String(), c.Alert.ID.String()
	tell("alert "+id, c.Alert.At, false, sim.Wordsf("ALERTA %s guardada · por avisar: %d|ALERT %s is on disk · to be told: %d", ref, len(c.Recipients)))
	for _, r := range c.Recipients {
		if r.State == gateway.RecipientConfirmed {
			tell("confirmed "+r.ID.String(), r.Confirmed, true, sim.Wordsf("%s CONFIRMÓ|%s CONFIRMED", r.Name))
		}
	}
}

// tellEnd tells that an alert is over, unless the person was erased, as when
// everything begins anew.
func (d *demo) tellEnd(ctx context.Context, tell telling, c gateway.Case) {
	record, err := d.records.RecordByID(ctx, c.Alert.ID)
	if err != nil || record == nil || record.Alert.Open() || record.Alert.Ended.IsZero() {
		return
	}
	tellCase(tell, &record.Case)
	tell("over "+c.Alert.ID.String(), record.Alert.Ended, true, sim.Wordsf("ALERTA %s terminada|ALERT %s is over", record.Alert.Ref.String()))
}
