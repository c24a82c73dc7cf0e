package watch

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"aviso/gateway"
	"aviso/store"
)

// Sides watches the inbound sides of carriers: whether texts and calls still
// come in. Nothing refuses to work when an account's webhooks are pointed
// elsewhere, a number is taken away or a bill is unpaid: it is just quiet. What
// every node hears is kept in the store, so that one node's silence alarms
// nobody.
type Sides struct {
	SidesConfig
	mu      sync.Mutex
	heard   map[string]time.Time // since it was last written down
	reasons []string

	silence, alarm, lost *prometheus.GaugeVec
}

// SidesConfig is what Sides works with; Probe alone may be nil.
type SidesConfig struct {
	Records  SideRecords
	Metrics  *Metrics
	Clock    func() time.Time
	Carriers []string // names
	Senders  []gateway.Sender
	Probe    *Probe
}

// Probe is a text from one number of ours to another, which has to come in.
type Probe struct {
	From, To gateway.Phone
	Carrier  string // that takes it in
	Every    time.Duration
	Send     func(ctx context.Context, probe gateway.Probe) error
}

// SideRecords are what all nodes have heard. *store.Store is one.
type SideRecords interface {
	Sides(ctx context.Context) ([]store.Side, error)
	Hear(ctx context.Context, carrier string, at time.Time, gap time.Duration) error
	ClaimProbe(ctx context.Context, carrier string, now, before time.Time) (bool, error)
	ProbeBack(ctx context.Context, carrier string, at time.Time) error
}

const (
	// sidesEvery is how often what was heard is written down and looked at.
	sidesEvery = 10 * time.Second
	// sidesBudget bounds that.
	sidesBudget = 5 * time.Second

	// A silence alarms when it is twice as long as the longest one lately, and
	// never before quietLeast. At first half a day is taken for usual: there
	// are nights. What was the longest counts for half after gapHalf, and an
	// outage never makes more than gapMost usual.
	quietLeast = 30 * time.Minute
	gapFirst   = 12 * time.Hour
	gapHalf    = 3 * 24 * time.Hour
	gapMost    = 24 * time.Hour

	// probeLasts is how long a probe may be under way: carriers deliver in
	// seconds, and in minutes on a bad day.
	probeLasts = 5 * time.Minute
)

// NewSides makes one that has heard nothing.
func NewSides(c SidesConfig) *Sides {
	gauge := func(name, help string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, []string{"carrier"})
	}
	s := &Sides{
		SidesConfig: c, heard: map[string]time.Time{},
		silence: gauge("aviso_inbound_silence_seconds", "How long no text and no call has come in from a carrier, over all nodes."),
		alarm:   gauge("aviso_inbound_silent", "1 where that is much longer than is usual for the carrier, else 0."),
		lost:    gauge("aviso_inbound_probe_lost", "1 where our own text to ourselves did not come back, else 0."),
	}
	c.Metrics.registry.MustRegister(s.silence, s.alarm, s.lost)
	return s
}

// Hear notes that a carrier has handed over a text or a call.
func (s *Sides) Hear(carrier string) {
	now := s.Clock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard[carrier] = now
}

// Own reports whether a text comes from a number of ours, and takes it as the
// probe's return where it is one.
func (s *Sides) Own(ctx context.Context, text *gateway.Text) bool {
	if !slices.ContainsFunc(s.Senders, func(o gateway.Sender) bool { return o.Address == string(text.From) }) {
		return false
	}
	if p := s.Probe; p != nil && text.Sender == string(p.To) && strings.Contains(text.Body, gateway.ProbeWords) {
		// One that cannot be noted counts as lost, and alarms: the database is
		// out.
		_ = s.Records.ProbeBack(ctx, p.Carrier, s.Clock())
	}
	return true
}

// Reasons are what is wrong with the inbound sides, as sentences.
func (s *Sides) Reasons() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.reasons)
}

// Run watches until ctx ends.
func (s *Sides) Run(ctx context.Context) {
	tick := time.NewTicker(sidesEvery)
	defer tick.Stop()
	for {
		s.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look writes down what this node has heard, judges what all have heard, and
// sends the probe when it is due. A database that does not answer is others'
// alarm.
func (s *Sides) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, sidesBudget)
	defer cancel()
	list, err := s.Records.Sides(ctx)
	if err != nil {
		return
	}
	known := map[string]store.Side{}
	for _, side := range list {
		known[side.Carrier] = side
	}
	now := s.Clock()
	var reasons []string
	for _, carrier := range s.Carriers {
		side := s.note(ctx, carrier, known[carrier])
		known[carrier] = side
		quiet, silent := silence(side, now)
		s.silence.WithLabelValues(carrier).Set(quiet.Seconds())
		s.alarm.WithLabelValues(carrier).Set(oneIf(silent))
		if silent {
			reasons = append(reasons, fmt.Sprintf("no text and no call has come in through %s for %s", carrier, quiet.Round(time.Minute)))
		}
	}
	if p := s.Probe; p != nil {
		lost := probeLost(known[p.Carrier], now)
		s.lost.WithLabelValues(p.Carrier).Set(oneIf(lost))
		if lost {
			reasons = append(reasons, fmt.Sprintf("a text of ours to ourselves through %s did not come in", p.Carrier))
		}
		s.probe(ctx, p, now)
	}
	s.mu.Lock()
	s.reasons = reasons
	s.mu.Unlock()
}

// note writes down when this node has last heard a carrier, if it has since
// the last time.
func (s *Sides) note(ctx context.Context, carrier string, side store.Side) store.Side {
	s.mu.Lock()
	at, ok := s.heard[carrier]
	s.mu.Unlock()
	if !ok || !at.After(side.Heard) {
		return side
	}
	gap := usual(side, at)
	if err := s.Records.Hear(ctx, carrier, at, gap); err != nil {
		return side // again the next time
	}
	s.mu.Lock()
	if s.heard[carrier].Equal(at) {
		delete(s.heard, carrier)
	}
	s.mu.Unlock()
	side.Heard, side.Gap = at, gap
	return side
}

// usual is the longest silence of a carrier lately, now that it was heard.
func usual(side store.Side, at time.Time) time.Duration {
	if side.Heard.IsZero() {
		return gapFirst
	}
	silent := at.Sub(side.Heard)
	faded := time.Duration(float64(side.Gap) * math.Exp2(-float64(silent)/float64(gapHalf)))
	return min(max(silent, faded), gapMost)
}

// silence is how long a carrier has not been heard, and whether that is too
// long. One that was never heard may not be in use.
func silence(side store.Side, now time.Time) (quiet time.Duration, alarm bool) {
	if side.Heard.IsZero() {
		return 0, false
	}
	quiet = max(0, now.Sub(side.Heard))
	return quiet, quiet > max(quietLeast, 2*side.Gap)
}

func probeLost(side store.Side, now time.Time) bool {
	return !side.Probed.IsZero() && side.Back.Before(side.Probed) && now.Sub(side.Probed) > probeLasts
}

// probe sends the probe where it is due, from one node alone.
func (s *Sides) probe(ctx context.Context, p *Probe, now time.Time) {
	claimed, err := s.Records.ClaimProbe(ctx, p.Carrier, now, now.Add(-p.Every))
	if err != nil || !claimed {
		return
	}
	// What is not sent does not come back, which alarms.
	_ = p.Send(ctx, gateway.Probe{From: p.From, To: p.To})
}

func oneIf(so bool) float64 {
	if so {
		return 1
	}
	return 0
}
