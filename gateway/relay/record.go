package relay

import (
	"context"
	"errors"
	"time"

	"aviso/gateway"
)

const (
	// recorders bounds the results in the domain's hands at a time. Many that
	// wait together share one commit: twice as many as there are requests under
	// way, so that one group gathers while another is made durable. More than
	// these only crowd out the commits of new alerts.
	recorders = 128

	// recordBudget bounds one try to have a result recorded: a commit that has
	// to be decided anew a few times takes tens of milliseconds.
	recordBudget = 4 * time.Second

	// The wait between tries doubles from the first to the second of these:
	// when the database is back it is back for results within two seconds.
	recordPauseLeast = time.Second
	recordPauseMost  = 2 * time.Second
)

// record has a result taken by the domain, and ends the hold on its attempt.
// Proof that something was sent is offered for as long as ctx lasts. Any other
// result is void once the lease has ended, and not offered longer: whoever
// claims the attempt next looks it up.
func (r *Relay) record(ctx context.Context, h *held, result gateway.Result) {
	defer r.leave(h)
	result.Channel = h.Channel
	if f := result.Failure; f != nil {
		r.conf.Log("failed", h.ID, f.Code)
	}
	sent := result.Failure == nil && !result.Absent
	if !sent {
		defer r.watch()
	}
	for pause := recordPauseLeast; ; pause = min(2*pause, recordPauseMost) {
		err := r.handle(ctx, result)
		switch {
		case err == nil, errors.Is(err, gateway.ErrNotFound), ctx.Err() != nil:
			return
		case !sent && r.conf.Clock().After(h.Claim.Until):
			r.conf.Log("unrecorded", h.ID, codeDatabase)
			return
		}
		r.conf.Retried("record")
		sleep(ctx, pause)
	}
}

// handle gives an event to the domain, in its turn.
func (r *Relay) handle(ctx context.Context, e gateway.Event) error {
	select {
	case r.recorders <- struct{}{}:
		defer func() { <-r.recorders }()
	case <-ctx.Done():
		return ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, recordBudget)
	defer cancel()
	_, err := r.conf.Domain.Handle(ctx, e)
	return err
}
