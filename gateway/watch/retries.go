package watch

import (
	"context"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"aviso/gateway/carrier/twilio"
)

// retryMetrics are what fails and is tried again, besides sending.
type retryMetrics struct {
	retries    *prometheus.CounterVec
	redactions *prometheus.CounterVec
}

func newRetryMetrics(registry *prometheus.Registry) retryMetrics {
	m := retryMetrics{
		retries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aviso_retries_total", Help: "What failed on our side and is tried again, each after a second at least and then ever more slowly: claim, timers, timer, slots, record, release, listen, keys, sweep-*.",
		}, []string{"what"}),
		redactions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aviso_redactions_total", Help: "Requests that a carrier forget a message, by what came of them: done, pending (it has not finished with the message), else the carrier's error; those that this version does not know are \"other\".",
		}, []string{"outcome"}),
	}
	registry.MustRegister(m.retries, m.redactions)
	return m
}

// Retries has the count of something that may be tried again begin at 0.
func (m *Metrics) Retries(what string) { m.retry.retries.WithLabelValues(what) }

// Retried counts something that failed and is tried again.
func (m *Metrics) Retried(what string) { m.retry.retries.WithLabelValues(what).Inc() }

// Redacted counts a request that a carrier forget a message; it is a
// relay.Forgetter's Asked.
func (m *Metrics) Redacted(outcome string) {
	switch {
	case outcome == "":
		outcome = "done"
	case outcome != "pending" && !twilio.Known(outcome):
		outcome = "other"
	}
	m.retry.redactions.WithLabelValues(outcome).Inc()
}

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
