package web

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/time/rate"

	"aviso/gateway"
	"aviso/gateway/acts"
	"aviso/gateway/watch"
)

// Limits keep one phone, one address or one agent from taking what the alerts of
// others need. No limit refuses a text that could matter (gateway.Text.Matters): what
// a phone that floods says of these is kept, and what is limited is the work that it
// causes.
// They hold for this node.
type Limits struct {
	clock     func() time.Time
	metrics   *watch.Metrics
	phones    *shares[gateway.Phone]
	pins      *shares[gateway.Phone] // texts with a PIN, beyond the phone's share
	talking   turns[gateway.Phone]
	reading   turns[gateway.Phone] // what is beyond the phone's share
	addresses *shares[netip.Prefix]
	agents    *shares[gateway.ID] // all that they do
	reveals   *shares[gateway.ID] // the numbers that they have shown to them
	told      *shares[gateway.ID] // that theirs is used up, as it is written down
	desks     *shares[string]     // what is done by one link
	strangers *rate.Limiter       // sessions of phones that nobody knows

	alarm func(what string, who gateway.ID) // is told of agents whose share is used up; nil: nobody is
}

const (
	// A phone's share is what somebody types in despair and a desk answers in
	// a raid, and then a text a second for as long as it likes.
	phoneBurst     = 60
	phonePerSecond = 1

	// Beyond it so many texts with a PIN have it tried: whoever floods with
	// anything else from a forged number must not keep BIEN and the right PIN from
	// being right. Each costs a slow hash.
	pinsBurst     = 10
	pinsPerSecond = 1. / 10

	// phoneLine is how many texts of one phone wait for each other before
	// those are dropped that may be: two seconds' work.
	phoneLine = 64

	// An address's share of requests that are refused, with a wrong signature or
	// secret, before that counts as a flood.
	addressBurst     = 60
	addressPerSecond = 1

	// An agent's share is what quick hands do and open in a raid. Whoever rings one
	// number after the other needs a new one every half minute; whoever copies
	// the roster needs them all.
	agentBurst       = 120
	agentPerSecond   = 1
	revealsBurst     = 60
	revealsPerSecond = 1. / 30

	// sharesTold is how often it is written down of an agent, on whatever nodes,
	// that their share was used up: what floods is refused without a row.
	sharesTold = 10 * time.Minute

	// Whoever holds a desk's link opens it once, and says three things.
	deskBurst     = 30
	deskPerSecond = 1. / 10
)

// errLimited is for what may be refused of a phone or an address that asks for
// more than its share.
var errLimited = errors.New("more than its share")

// NewLimits makes limits that nobody has used yet.
func NewLimits(clock func() time.Time, metrics *watch.Metrics) *Limits {
	return &Limits{
		clock: clock, metrics: metrics,
		phones:    newShares[gateway.Phone](phonePerSecond, phoneBurst),
		pins:      newShares[gateway.Phone](pinsPerSecond, pinsBurst),
		addresses: newShares[netip.Prefix](addressPerSecond, addressBurst),
		agents:    newShares[gateway.ID](agentPerSecond, agentBurst),
		reveals:   newShares[gateway.ID](revealsPerSecond, revealsBurst),
		told:      newShares[gateway.ID](1/sharesTold.Seconds(), 1),
		desks:     newShares[string](deskPerSecond, deskBurst),
		strangers: rate.NewLimiter(strangersPerSecond, strangersBurst),
	}
}

// Domain puts limits in front of a domain. What one phone says is handled one
// after the other: a flood of it would only make its own decisions conflict.
func (l *Limits) Domain(next Domain) Domain { return &limitedDomain{next, l} }

type limitedDomain struct {
	next Domain
	*Limits
}

func (d *limitedDomain) Handle(ctx context.Context, event gateway.Event) (gateway.Answer, error) {
	var phone gateway.Phone
	switch e := event.(type) {
	case *gateway.Text:
		phone = e.From
		if err := d.text(ctx, e); err != nil {
			return gateway.Answer{}, err
		}
	case *gateway.Dialogue:
		phone = e.From
	case *acts.Act:
		if err := d.act(ctx, e); err != nil {
			return gateway.Answer{}, err
		}
	case gateway.OpenPass:
		if err := d.byLink(e.Pass); err != nil {
			return gateway.Answer{}, err
		}
	case gateway.DeskSays:
		if err := d.byLink(e.Pass); err != nil {
			return gateway.Answer{}, err
		}
	}
	if !phone.Dialable() { // nobody's in particular
		return d.next.Handle(ctx, event)
	}
	done, err := d.talking.wait(ctx, phone)
	if err != nil {
		return gateway.Answer{}, err
	}
	defer done()
	return d.next.Handle(ctx, event)
}

// text counts a text against its phone's share.
func (d *limitedDomain) text(ctx context.Context, t *gateway.Text) error {
	if d.phones.take(t.From, d.clock()) && d.talking.length(t.From) < phoneLine {
		return nil
	}
	// Reading one takes a millisecond: those of a phone are read one at a time.
	done, err := d.reading.wait(ctx, t.From)
	if err != nil {
		return err
	}
	matters := t.Matters()
	done()
	if matters {
		if !t.HoldsPIN() || !d.pins.take(t.From, d.clock()) {
			t.Limit()
		}
		d.metrics.Limited("phone_kept")
		return nil
	}
	d.metrics.Limited("phone_refused")
	return errLimited
}

// act counts what an agent does against their share.
func (d *limitedDomain) act(ctx context.Context, a *acts.Act) error {
	now := d.clock()
	_, reveals := a.Deed.(acts.Reveal)
	if d.agents.take(a.Agent, now) && (!reveals || d.reveals.take(a.Agent, now)) {
		return nil
	}
	d.metrics.Limited("agent")
	if !d.told.take(a.Agent, now) {
		return errLimited
	}
	if d.alarm != nil {
		d.alarm(watch.ShareUsed, a.Agent)
	}
	// Its key is of the time, so that nodes write it down once.
	_, err := d.next.Handle(ctx, &acts.Act{Key: fmt.Sprint("share-", now.Unix()/int64(sharesTold/time.Second)), Agent: a.Agent, Deed: acts.UsedShare{}})
	return errors.Join(errLimited, err)
}

// byLink counts what is done by a desk's link.
func (d *limitedDomain) byLink(pass []byte) error {
	if d.desks.take(string(pass), d.clock()) {
		return nil
	}
	d.metrics.Limited("desk")
	return errLimited
}

// Refused counts a refused request against its address's share (Network):
// beyond it the operator is told of a flood. Nothing is refused because of it: each refusal costs its
// address a connection (proved).
func (l *Limits) Refused(address string) {
	if !l.addresses.take(Network(address), l.clock()) {
		l.metrics.Limited("address")
	}
}

// Network is what an address counts as: itself, or of IPv6 its /64, as one
// customer has 2^64 of them. All that cannot be told are one.
func Network(address string) netip.Prefix {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	ip = ip.Unmap().WithZone("")
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	prefix, err := ip.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}
