package watch

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// taking knows whether carriers take texts. Where they refuse all of them nothing
// else need be wrong: alerts come in, are kept and answered, and nobody is told.
type taking struct {
	mu      sync.Mutex
	refused int       // texts since one was taken
	last    time.Time // when the last of them was
}

const (
	// refusalsMost refusals with no text taken between them make a node unfit:
	// one number may be wrong, and another switched off.
	refusalsMost = 3

	// refusalsLast is how long they count where nothing more is tried. What is
	// owed is tried every five minutes at the latest.
	refusalsLast = 15 * time.Minute
)

func newTaking(registry *prometheus.Registry) *taking {
	t := &taking{}
	registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "aviso_texts_refused_in_a_row", Help: "Texts that carriers refused, or of which it is not known, since they took one; 0 when the last is a quarter of an hour old.",
	}, func() float64 { return float64(t.inARow(time.Now())) }))
	return t
}

// took notes that a text was taken.
func (t *taking) took() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refused = 0
}

// refuse notes that one was not, or that it is not known.
func (t *taking) refuse(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Sub(t.last) >= refusalsLast {
		t.refused = 0
	}
	t.refused++
	t.last = now
}

func (t *taking) inARow(now time.Time) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Sub(t.last) >= refusalsLast {
		return 0
	}
	return t.refused
}

// Refusals are for /readyz: what is wrong where carriers take no texts, as a
// sentence. They are those of this node.
func (m *Metrics) Refusals() []string {
	if m.taking.inARow(time.Now()) >= refusalsMost {
		return []string{"carriers refuse every text"}
	}
	return nil
}
