package watch

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// callMetrics are of the calls that we make. They are few and slow: a carrier
// begins one a second, so that they wait where texts do not.
type callMetrics struct {
	backlog *prometheus.GaugeVec
	oldest  prometheus.Gauge
	due     prometheus.Gauge
}

func newCallMetrics(registry *prometheus.Registry) callMetrics {
	m := callMetrics{
		backlog: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "aviso_call_backlog_seconds", Help: "How long a caller ID needs for the calls that wait for it on this node, in seconds; caller IDs by their place in --voice-from.",
		}, []string{"caller"}),
		oldest: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "aviso_oldest_due_call_seconds", Help: "How long the oldest call that is due has been due, in seconds, over all nodes; 0 without one.",
		}),
		due: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "aviso_due_calls", Help: "Calls that are due and not made, over all nodes.",
		}),
	}
	registry.MustRegister(m.backlog, m.oldest, m.due)
	return m
}

// CallBacklog sets how long the caller ID at a place of the list needs for the
// calls that wait for it.
func (m *Metrics) CallBacklog(place int, wait time.Duration) {
	m.calls.backlog.WithLabelValues(strconv.Itoa(place)).Set(wait.Seconds())
}
