package watch

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"aviso/gateway"
)

// alertMetrics tell how alerts fare: how soon each step of one is reached, and
// what becomes of those who are told. Drills do not count.
type alertMetrics struct {
	limited   *prometheus.CounterVec
	agents    *prometheus.CounterVec
	probe     *prometheus.GaugeVec
	accepted  prometheus.Histogram
	firstSend prometheus.Histogram
	confirmed *prometheus.HistogramVec
	sent      *prometheus.CounterVec
	outcomes  *prometheus.CounterVec
	unclaimed prometheus.Gauge
	longest   prometheus.Gauge
	nobody    prometheus.Gauge
}

// answers are the buckets of the time to a human's answer, in seconds: from a
// relative with the phone in the hand to the follow-up of the next days.
var answers = []float64{5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 6 * 3600, 24 * 3600, 48 * 3600}

func newAlertMetrics(registry *prometheus.Registry) alertMetrics {
	m := alertMetrics{
		limited: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aviso_limited_total", Help: "What went beyond its share: phone_kept (a text that could matter, mostly without trying its PIN), phone_refused (a text that was dropped, or a USSD step), address (refusals), connection, stranger (USSD sessions of phones that nobody knows), agent, desk (by its link).",
		}, []string{"what"}),
		agents: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aviso_agent_alarms_total", Help: "Agents who looked at more than one caller needs: wide_search (a search that found more than 50 people), share (their share was used up).",
		}, []string{"what"}),
		probe: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "aviso_public_url", Help: "What came of calling our own public URL as the carrier does: 1 for the last result of ok, refused, foreign, unreachable.",
		}, []string{"result"}),
		accepted: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "aviso_alert_accepted_seconds", Help: "Time from an alert's being understood to its being on disk, in seconds.", Buckets: waits[:13],
		}),
		firstSend: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "aviso_alert_first_send_seconds", Help: "Time from an alert to the carrier's having its first notice, in seconds.", Buckets: waits,
		}),
		confirmed: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "aviso_alert_confirmed_seconds", Help: "Time from an alert to the confirmation of somebody who was told, in seconds, by who they are and the rung of the ladder that they were on (from 0).",
			Buckets: answers,
		}, []string{"recipient", "rung"}),
		sent: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aviso_notices_total", Help: "Texts and calls to those who are told of alerts that the carrier took, by rung: text, other (from another sender, or again), call.",
		}, []string{"rung"}),
		outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aviso_recipients_total", Help: "Those who are told of alerts, by who they are and what became of it: owed (a notice is promised), confirmed, given_up (left to an agent or the next desk), withdrawn.",
		}, []string{"recipient", "outcome"}),
		unclaimed: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "aviso_unclaimed_urgent_tasks", Help: "Urgent tasks that no agent has claimed.",
		}),
		longest: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "aviso_unclaimed_urgent_seconds", Help: "How long the oldest urgent task has been unclaimed, in seconds; 0 without one.",
		}),
		nobody: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "aviso_alerts_unconfirmed", Help: "Open alerts of which nobody had confirmed when they were followed up, and that no agent has claimed.",
		}),
	}
	registry.MustRegister(m.limited, m.agents, m.probe, m.accepted, m.firstSend, m.confirmed, m.sent, m.outcomes, m.unclaimed, m.longest, m.nobody)
	for _, result := range probeResults {
		m.probe.WithLabelValues(result)
	}
	return m
}

// turn counts what a committed Turn did to alerts.
func (m *alertMetrics) turn(turn *gateway.Turn, committed time.Time) {
	for i := range turn.Alerts {
		if a := &turn.Alerts[i]; a.Seq == 0 && !a.Drill {
			m.accepted.Observe(max(0, committed.Sub(a.At).Seconds()))
		}
	}
	for i := range turn.Attempts {
		// Only the result of a send: receipts may come before it, and change the
		// attempt again later. Its purpose is sealed, and not read for a result;
		// the lane tells enough.
		a := &turn.Attempts[i]
		if a.State != gateway.AttemptSent || a.SID == "" || !a.Sent.Equal(turn.At) || a.Lane > gateway.LaneNotice {
			continue
		}
		m.sent.WithLabelValues(rungOf(a)).Inc()
		if a.Lane == gateway.LaneFirst && a.Tries == 0 {
			m.firstSend.Observe(max(0, turn.At.Sub(a.Alert.Made()).Seconds()))
		}
	}
	for i := range turn.Recipients {
		r := &turn.Recipients[i]
		if r.Drill {
			continue
		}
		kind := recipientName(r.Kind)
		switch {
		case r.State == gateway.RecipientConfirmed && r.Confirmed.Equal(turn.At):
			m.confirmed.WithLabelValues(kind, strconv.Itoa(r.Rung)).Observe(max(0, turn.At.Sub(r.Alert.Made()).Seconds()))
			m.outcomes.WithLabelValues(kind, "confirmed").Inc()
		case r.Seq == 0:
			m.outcomes.WithLabelValues(kind, "owed").Inc()
		case r.State == gateway.RecipientGivenUp:
			m.outcomes.WithLabelValues(kind, "given_up").Inc()
		case r.State == gateway.RecipientWithdrawn:
			m.outcomes.WithLabelValues(kind, "withdrawn").Inc()
		}
	}
}

func rungOf(a *gateway.Attempt) string {
	switch {
	case a.Channel == gateway.Voice:
		return "call"
	case a.Tries > 0 || len(a.Avoid) > 0:
		return "other"
	}
	return "text"
}

func recipientName(k gateway.RecipientKind) string {
	switch k {
	case gateway.KindDesk:
		return "desk"
	case gateway.KindNational:
		return "national"
	case gateway.KindContact:
		return "contact"
	}
	return "other"
}

// probeResults are what can come of calling our own public URL.
var probeResults = []string{"ok", "refused", "foreign", "unreachable"}

// Probed sets what came of the last probe; it is one of ok, refused, foreign
// and unreachable.
func (m *Metrics) Probed(result string) {
	for _, other := range probeResults {
		m.probe.WithLabelValues(other).Set(0)
	}
	m.probe.WithLabelValues(result).Set(1)
}

// tasks sets how long agents are waited for, and says where nobody comes.
func (m *alertMetrics) tasks(u gateway.Unclaimed, now time.Time) (reasons []string) {
	m.unclaimed.Set(float64(u.Urgent))
	m.nobody.Set(float64(u.Nobody))
	if u.Oldest.IsZero() {
		m.longest.Set(0)
	} else {
		m.longest.Set(max(0, now.Sub(u.Oldest).Seconds()))
	}
	if u.Nobody > 0 {
		reasons = append(reasons, "nobody has confirmed an alert, and no agent has claimed it")
	}
	return reasons
}
