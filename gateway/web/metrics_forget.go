package web

import (
	"context"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// unforgottenBudget bounds the question that a scrape of the metrics asks.
const unforgottenBudget = 2 * time.Second

// Unforgotten adds how many messages there are whose words their carriers
// should have forgotten by now, as count tells; NaN where it cannot. It is
// called once, before the metrics are served.
func (m *Metrics) Unforgotten(count func(context.Context) (int, error)) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "aviso_redactions_due", Help: "Messages that are final and whose words their carrier has not forgotten yet.",
	}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), unforgottenBudget)
		defer cancel()
		n, err := count(ctx)
		if err != nil {
			return math.NaN()
		}
		return float64(n)
	}))
}
