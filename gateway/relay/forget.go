package relay

import (
	"context"
	"sync"
	"time"

	"aviso/gateway"
)

// Words are the messages whose words their carriers are to forget.
type Words interface {
	// ClaimWords takes what is due, at most limit of each kind, texts that held a
	// PIN first, and keeps it from other nodes until then.
	ClaimWords(ctx context.Context, now, until time.Time, limit int) ([]gateway.Message, error)
	// Forgotten notes what became of it.
	Forgotten(ctx context.Context, list []gateway.Message) error
}

// Forgetter has carriers forget the words of messages that are final. Nothing
// else waits for it: while the relay is at work it does little, and it takes no
// place of the relay's. A carrier that refuses is left alone for a second, then
// for twice as long each time, and one request finds out whether it still does.
type Forgetter struct {
	Words   Words
	Carrier interface {
		Redact(ctx context.Context, sid string) error
	}
	// Account names the carrier that a message is at, by the message's name;
	// Accounts are all of those names. nil: there is one, "".
	Account  func(sid string) string
	Accounts []string

	Busy  func() bool // whether there is anything better to do
	Clock func() time.Time

	// Asked is told of every request: "" where the words are forgotten, "pending"
	// where the carrier has not finished with the message, else the failure's
	// code. It may not block; nil is allowed.
	Asked func(outcome string)

	mu    sync.Mutex
	gates map[string]*backoff // by account; missing: it does as it is asked
}

const (
	// forgetMost of a kind are asked for at a time, and forgetBusy while the
	// relay is at work: next to nothing against the hundreds of requests that it
	// makes in a second. There are forgetKinds: with a PIN, sent, received.
	forgetMost  = 32
	forgetBusy  = 2
	forgetKinds = 3

	// forgetAtOnce requests are made at the same time, each within
	// gateway.SendBudget; forgetLease is more than all of them take.
	forgetAtOnce = 4
	forgetLease  = 2 * forgetKinds * forgetMost / forgetAtOnce * gateway.SendBudget

	// A carrier that has not finished with a message is asked again after a
	// quarter of the message's age, so that what is never final costs little.
	forgetAgainLeast = time.Minute
	forgetAgainMost  = 12 * time.Hour

	// A carrier that refuses whatever it is asked is left alone for so long.
	forgetPauseLeast = time.Second
	forgetPauseMost  = 5 * time.Minute

	// forgetStuck is how long a carrier may refuse before it is no accident.
	forgetStuck = 5 * time.Minute

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
	if f.shut(now) {
		return nil
	}
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

// forget asks a carrier, unless it has to be left alone, and says when to ask
// again.
func (f *Forgetter) forget(ctx context.Context, m *gateway.Message) {
	account := f.account(m.SID)
	begun := f.Clock()
	if wait := f.enter(account, begun); wait > 0 {
		m.Next = begun.Add(wait)
		return
	}
	asking, cancel := context.WithTimeout(ctx, gateway.SendBudget)
	defer cancel()
	err := f.Carrier.Redact(asking, m.SID)
	now := f.Clock()
	if err == nil {
		f.leave(account, begun, now, 0, true)
		f.asked("")
		return
	}
	failure := failure(err)
	age := max(0, now.Sub(m.Since))
	switch {
	case failure.Pending:
		f.leave(account, begun, now, 0, true)
		f.asked("pending")
	case ofCarrier(failure):
		wait := f.leave(account, begun, now, failure.After, false)
		m.Next = now.Add(max(wait, min(age, forgetPauseMost)))
		f.asked(failure.Code)
		return
	default: // it is about this message
		f.leave(account, begun, now, 0, true)
		f.asked(failure.Code)
	}
	m.Next = now.Add(max(forgetAgainLeast, failure.After, min(forgetAgainMost, age/4)))
}

// ofCarrier reports whether a failure would have met any other message as well.
func ofCarrier(f *gateway.Failure) bool {
	return f.Outage || f.Unknown || f.Alarm || f.Remedy == gateway.Retry
}

func (f *Forgetter) account(sid string) string {
	if f.Account == nil {
		return ""
	}
	return f.Account(sid)
}

func (f *Forgetter) asked(outcome string) {
	if f.Asked != nil {
		f.Asked(outcome)
	}
}

// shut reports whether every carrier has to be left alone.
func (f *Forgetter) shut(now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	accounts := f.Accounts
	if len(accounts) == 0 {
		accounts = []string{""}
	}
	for _, name := range accounts {
		if g := f.gates[name]; g == nil || !now.Before(g.until) {
			return false
		}
	}
	return true
}

// enter is how long a carrier has to be left alone; 0: it may be asked, by this
// caller, who has to leave. Where it has refused lately one asks at a time.
func (f *Forgetter) enter(account string, now time.Time) (wait time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	g := f.gates[account]
	switch {
	case g == nil:
		return 0
	case now.Before(g.until):
		return max(forgetPauseLeast, g.until.Sub(now))
	case g.probing:
		return forgetPauseLeast
	}
	g.probing = true
	return 0
}

// leave notes what came of a request that was begun at a time, and gives for how
// long the carrier is left alone.
func (f *Forgetter) leave(account string, begun, now time.Time, after time.Duration, did bool) (wait time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	g := f.gates[account]
	if did {
		delete(f.gates, account)
		return 0
	}
	if g == nil {
		g = &backoff{least: forgetPauseLeast, most: forgetPauseMost}
		if f.gates == nil {
			f.gates = map[string]*backoff{}
		}
		f.gates[account] = g
	}
	g.probing = false
	return g.failed(begun, now, after)
}

// Stuck are the accounts of carriers that have refused to forget anything for
// minutes.
func (f *Forgetter) Stuck() (accounts []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, name := range sortedKeys(f.gates) {
		if f.Clock().Sub(f.gates[name].since) >= forgetStuck {
			accounts = append(accounts, name)
		}
	}
	return accounts
}
