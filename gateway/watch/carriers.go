package watch

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"aviso/gateway/carrier"
)

// carrierMetrics are what is known of carriers and of what they cost. Carriers
// are labelled by the names that the operator gave them.
type carrierMetrics struct {
	out   *prometheus.GaugeVec
	spent prometheus.Gauge
	limit prometheus.Gauge
}

func newCarrierMetrics(registry *prometheus.Registry) carrierMetrics {
	m := carrierMetrics{
		out: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "aviso_carrier_out", Help: "1 where a carrier takes no messages and others go first, else 0.",
		}, []string{"carrier"}),
		spent: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "aviso_segments_today", Help: "Segments sent today (UTC), over all nodes.",
		}),
		limit: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "aviso_daily_limit_segments", Help: "Segments a day at which invitations, drills and information stop; 0: no limit.",
		}),
	}
	registry.MustRegister(m.out, m.spent, m.limit)
	return m
}

// Out sets which of the carriers are out; the main one may be called "".
func (m *Metrics) Out(carriers, out []string) {
	for _, name := range carriers {
		is := slices.Contains(out, name) || name == carrier.Main && slices.Contains(out, "")
		m.carriers.out.WithLabelValues(name).Set(oneIf(is))
	}
}

// Spent sets how many segments were sent today, and the limit.
func (m *Metrics) Spent(total, limit int) {
	m.carriers.spent.Set(float64(total))
	m.carriers.limit.Set(float64(limit))
}
