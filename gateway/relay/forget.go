package relay

import (
	"context"
	"sync"
	"time"

	"aviso/gateway"
)

// Words are the messages whose words their carriers are to forget.
type Words interface {
	// ClaimWords takes what is due, the longest due first, and keeps it from
	// other nodes until then.
	ClaimWords(ctx context.Context, now, until time.Time, limit int) ([]gateway.Message, error)
	// Forgotten notes what became of it.
	Forgotten(ctx context.Context, list []gateway.Message) error
}

// Forgetter has carriers forget the words of messages that are final. Nothing
// else waits for it: while the relay is at work it does little.
type Forgetter struct {
	Words   Words
	Carrier interface {
		Redact(ctx context.Context, sid string) error
	}
	Busy  func() bool // whether there is anything better to do
	Clock func() time.Time
}

const (
	// forgetMost are asked for at a time, sent and received each, and forgetBusy
	// while the relay is at work: next to nothing against the hundreds of
	// requests that it makes in a second.
	forgetMost = 32
	forgetBusy = 2

	// forgetAtOnce requests are made at the same time, each within
	// gateway.SendBudget; forgetLease is more than all of them take.
	forgetAtOnce = 4
	forgetLease  = 2 * forgetMost / forgetAtOnce * gateway.SendBudget

	// A carrier that has not finished with a message is asked again after a
	// quarter of the message's age, so that what is never final costs little.
	forgetAgainLeast = time.Minute
	forgetAgainMost  = 12 * time.Hour

	// forgetBudget bounds a claim, and noting what became of it.
	forgetBudget = 5 * time.Second
)

// Once asks for what is due now, as much as befits; it is called again and
// again. What is under way when ctx ends is asked for once more.
func (f *Forgetter) Once(ctx context.Context) error {
	limit := forgetMost
	if f.Busy() {
		limit = forgetBusy
	}
	now := f.Clock()
	list, err := f.claim(ctx, now, limit)
	if err != nil || len(list) == 0 {
		return err
	}
	places := make(chan struct{}, forgetAtOnce)
	var asked sync.WaitGroup
	for i := range list {
		places <- struct{}{}
		asked.Go(func() {
			defer func() { <-places }()
			f.forget(ctx, &list[i])
		})
	}
	asked.Wait()
	// Also what was done while the node stops is noted.
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), forgetBudget)
	defer cancel()
	return f.Words.Forgotten(noting, list) // or else it is claimed again when the lease ends
}

func (f *Forgetter) claim(ctx context.Context, now time.Time, limit int) ([]gateway.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, forgetBudget)
	defer cancel()
	return f.Words.ClaimWords(ctx, now, now.Add(forgetLease), limit)
}

// forget asks a carrier, and says when to ask again.
func (f *Forgetter) forget(ctx context.Context, m *gateway.Message) {
	ctx, cancel := context.WithTimeout(ctx, gateway.SendBudget)
	defer cancel()
	if err := f.Carrier.Redact(ctx, m.SID); err != nil {
		now := f.Clock()
		m.Next = now.Add(max(forgetAgainLeast, failure(err).After, min(forgetAgainMost, now.Sub(m.Since)/4)))
	}
}
