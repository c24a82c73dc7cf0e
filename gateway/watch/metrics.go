package watch

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"aviso/gateway"
	"aviso/gateway/agent"
	"aviso/gateway/carrier/kannel"
	"aviso/gateway/carrier/twilio"
	"aviso/gateway/relay"
	"aviso/store"
)

// Metrics counts what happens. No label holds anything of a person or of
// unbounded variety: senders are labelled by their place in --sms-from.
type Metrics struct {
	registry *prometheus.Registry

	webhooks   *prometheus.CounterVec
	seconds    *prometheus.HistogramVec
	signatures prometheus.Counter
	panics     prometheus.Counter
	logIns     *prometheus.CounterVec
	forged     *prometheus.CounterVec
	commits    *prometheus.CounterVec
	sends      *prometheus.CounterVec
	texts      *prometheus.CounterVec
	taking     *taking
	strange    prometheus.Counter
	odd        func(code string) // told of each code that the carrier's table lacks; nil: nobody
	alarms     *prometheus.CounterVec
	alarmCodes map[string]bool // that have a label of their own
	receipts   *prometheus.CounterVec
	waited     *prometheus.HistogramVec
	took       prometheus.Histogram
	backlog    *prometheus.GaugeVec
	oldest     prometheus.Gauge
	due        prometheus.Gauge
	ready      prometheus.Gauge
	calls      callMetrics
	carriers   carrierMetrics
	retry      retryMetrics

	alertMetrics
}

// waits are the buckets of waiting times, in seconds: from what a disk takes to
// what a raid on one long code takes.
var waits = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 900}

// NewMetrics makes metrics in a registry of their own.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry:   prometheus.NewRegistry(),
		alarmCodes: map[string]bool{},
		webhooks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aviso_webhooks_total", Help: "Webhooks by kind and what came of them.",
		}, []string{"kind", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "aviso_webhook_seconds", Help: "Time from a webhook's head to its answer, in seconds.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"kind"}),
		signatures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "aviso_signature_failures_total", Help: "Webhooks whose signature was wrong or missing.",
		}),
		logIns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aviso_logins_total", Help: "Tries to log in at the console: in, wrong_password, wrong_code (behind the right password), throttled, full (too many at once).",
		}, []string{"outcome"}),
		forged: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aviso_forged_total", Help: "Refusals of what gives a right and was changed in the database behind this program's back, by what it was: session, agent, link, roll (the list of them), keys.",
		}, []string{"what"}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "aviso_panics_total", Help: "Requests whose handler panicked.",
		}),
		commits: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aviso_commits_total", Help: "Turns by what came of their commit: committed, repeat, conflict (decided anew), failed.",
		}, []string{"outcome"}),
		sends: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aviso_sends_total", Help: "Results of attempts: sent, absent (looked up and not there), unknown or refused, and what is done about it; put_off (by the day's limit) and expired ask no carrier.",
		}, []string{"outcome", "remedy"}),
		texts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aviso_texts_total", Help: "Requests to carriers for texts by what came of them: taken, refused, unknown (looked up, and sent again where it is not there).",
		}, []string{"outcome"}),
		strange: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "aviso_carrier_codes_unknown_total", Help: "Errors of the carrier whose code this version does not know, and treats as its class.",
		}),
		alarms: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aviso_carrier_alarms_total", Help: "Errors of the carrier that the operator has to mend (credentials, registration, geography, filtered texts), by code; those that this version does not know are \"other\".",
		}, []string{"code"}),
		receipts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "aviso_receipts_total", Help: "Receipts by rank.",
		}, []string{"rank"}),
		waited: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "aviso_send_wait_seconds", Help: "Time from an attempt's due time to its request to the carrier, in seconds, by lane (0: first notice of an alert).",
			Buckets: waits,
		}, []string{"lane"}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "aviso_send_seconds", Help: "Time that a request to the carrier took, in seconds.", Buckets: waits[:12],
		}),
		backlog: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "aviso_backlog_seconds", Help: "How long a sender needs for what waits for it, in seconds; senders by their place.",
		}, []string{"sender"}),
		oldest: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "aviso_oldest_due_seconds", Help: "How long the oldest attempt that is due has been due, in seconds; 0 without one.",
		}),
		due: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "aviso_due_attempts", Help: "Attempts that wait or are claimed.",
		}),
		ready: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "aviso_ready", Help: "1 where /readyz is 200, else 0.",
		}),
	}
	m.registry.MustRegister(m.webhooks, m.seconds, m.signatures, m.panics, m.logIns, m.forged, m.commits, m.sends, m.texts, m.strange, m.alarms, m.receipts,
		m.waited, m.took, m.backlog, m.oldest, m.due, m.ready,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.alertMetrics = newAlertMetrics(m.registry)
	m.carriers = newCarrierMetrics(m.registry)
	m.calls = newCallMetrics(m.registry)
	m.retry = newRetryMetrics(m.registry)
	m.taking = newTaking(m.registry)
	for _, code := range slices.Concat(twilio.AlarmCodes(), kannel.AlarmCodes(), []string{relay.CodeNoSender, CodeUnlisted}) {
		m.alarmCodes[code] = true
	}
	m.begin()
	return m
}

// begin has every counter stand at 0 under all labels that it can have: a rule
// that looks for a rise sees the first one, and a sum that nothing has been
// counted for is 0, which can be compared with.
func (m *Metrics) begin() {
	for _, s := range [][2]string{
		{"sent", "none"}, {"absent", "retry"}, {"unknown", "lookup"}, {"put_off", "none"}, {"expired", "none"},
		{"refused", "retry"}, {"refused", "elsewhere"}, {"refused", "call"}, {"refused", "never"},
	} {
		m.sends.WithLabelValues(s[0], s[1])
	}
	zero := func(counter *prometheus.CounterVec, values ...string) {
		for _, v := range values {
			counter.WithLabelValues(v)
		}
	}
	zero(m.texts, "taken", "refused", "unknown")
	zero(m.commits, "committed", "repeat", "conflict", "failed")
	zero(m.alarms, "other")
	for code := range m.alarmCodes {
		zero(m.alarms, code)
	}
	for rank := gateway.RankNone; rank <= gateway.RankRead; rank++ {
		zero(m.receipts, rankName(rank))
	}
	for lane := gateway.LaneFirst; lane <= gateway.LaneInvite; lane++ {
		m.waited.WithLabelValues(strconv.Itoa(int(lane)))
	}
	zero(m.limited, "phone_kept", "phone_refused", "address", "connection", "stranger", "agent", "desk")
	zero(m.agents, AgentAlarms...)
	zero(m.sent, "text", "other", "call")
	zero(m.logIns, agent.Outcomes...)
	zero(m.forged, store.ForgedKinds...)
	for _, kind := range []gateway.RecipientKind{gateway.KindDesk, gateway.KindNational, gateway.KindContact} {
		for _, outcome := range []string{"owed", "confirmed", "given_up", "withdrawn"} {
			m.outcomes.WithLabelValues(recipientName(kind), outcome)
		}
	}
	zero(m.retry.retries, "claim", "timers", "timer", "slots", "record", "release", "listen", "keys")
	zero(m.retry.redactions, "done", "pending", "other")
}

// Handler answers /metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Answered is the usual outcome of a webhook.
const Answered = "answered"

// Webhook counts what comes of one kind of webhook, and how long each took.
// The usual outcome is looked up beforehand: it is on the way of every alert.
func (m *Metrics) Webhook(kind string, outcomes []string) func(outcome string, took time.Duration) {
	for _, outcome := range outcomes {
		m.webhooks.WithLabelValues(kind, outcome)
	}
	answered, seconds := m.webhooks.WithLabelValues(kind, Answered), m.seconds.WithLabelValues(kind)
	return func(outcome string, took time.Duration) {
		seconds.Observe(took.Seconds())
		if outcome == Answered {
			answered.Inc()
			return
		}
		m.webhooks.WithLabelValues(kind, outcome).Inc()
	}
}

// Unsigned counts a webhook whose signature was wrong or missing.
func (m *Metrics) Unsigned() { m.signatures.Inc() }

// Panicked counts a request whose handler panicked.
func (m *Metrics) Panicked() { m.panics.Inc() }

// Forged counts a refusal of what was changed in the database; what is one of
// store.ForgedKinds.
func (m *Metrics) Forged(what string) { m.forged.WithLabelValues(what).Inc() }

// LoggedIn counts a try to log in; its outcome is one of agent.Outcomes.
func (m *Metrics) LoggedIn(outcome string) { m.logIns.WithLabelValues(outcome).Inc() }

// What an agent can raise an alarm with.
const (
	WideSearch = "wide_search" // it found more than 50 people
	ShareUsed  = "share"       // they asked for more than their share
)

// AgentAlarms are all of these.
var AgentAlarms = []string{WideSearch, ShareUsed}

// AgentAlarmed counts that an agent looked at more than one caller needs.
func (m *Metrics) AgentAlarmed(what string) { m.agents.WithLabelValues(what).Inc() }

// Limited counts something that went beyond its share; what is one of the words
// that the metric's help lists.
func (m *Metrics) Limited(what string) { m.limited.WithLabelValues(what).Inc() }

// Request counts one request to the carrier; it is a relay's Observe.
func (m *Metrics) Request(r relay.Request) {
	m.waited.WithLabelValues(strconv.Itoa(int(r.Lane))).Observe(max(0, r.Waited.Seconds()))
	m.took.Observe(r.Took.Seconds())
}

// Backlog sets how long the sender at a place of the list needs for what waits
// for it.
func (m *Metrics) Backlog(place int, wait time.Duration) {
	m.backlog.WithLabelValues(strconv.Itoa(place)).Set(wait.Seconds())
}

// Store counts the commits of a store.
func (m *Metrics) Store(next gateway.Store) gateway.Store {
	return &countedStore{next, &m.alertMetrics,
		m.commits.WithLabelValues("committed"), m.commits.WithLabelValues("repeat"),
		m.commits.WithLabelValues("conflict"), m.commits.WithLabelValues("failed")}
}

type countedStore struct {
	gateway.Store
	alerts *alertMetrics

	committed, repeat, conflict, failed prometheus.Counter
}

func (s *countedStore) Commit(ctx context.Context, turn gateway.Turn) error {
	err := s.Store.Commit(ctx, turn)
	switch {
	case err == nil:
		s.committed.Inc()
		s.alerts.turn(&turn, time.Now())
	case errors.Is(err, gateway.ErrRepeat):
		s.repeat.Inc()
	case errors.Is(err, gateway.ErrConflict):
		s.conflict.Inc()
	default:
		s.failed.Inc()
	}
	return err
}

// Domain is what events are handed to. *service.Service is one.
type Domain interface {
	// Handle decides on an event and commits.
	Handle(ctx context.Context, event gateway.Event) (gateway.Answer, error)
}

// Domain counts results and receipts that a domain has taken.
func (m *Metrics) Domain(next Domain) Domain { return &countedDomain{next, m} }

type countedDomain struct {
	next Domain
	m    *Metrics
}

func (d *countedDomain) Handle(ctx context.Context, event gateway.Event) (gateway.Answer, error) {
	answer, err := d.next.Handle(ctx, event)
	if err != nil {
		return answer, err
	}
	switch e := event.(type) {
	case gateway.Result:
		d.m.result(e)
	case gateway.Receipt:
		d.m.receipts.WithLabelValues(rankName(e.Rank)).Inc()
		d.m.code(e.Failure)
	}
	return answer, nil
}

func (m *Metrics) result(r gateway.Result) {
	outcome, remedy := "sent", "none"
	switch {
	case r.Failure != nil && r.Failure.Code == relay.CodeLimit:
		outcome = "put_off"
	case r.Failure != nil && r.Failure.Code == relay.CodeExpired:
		outcome = "expired"
	case r.Failure != nil && r.Failure.Unknown:
		outcome, remedy = "unknown", "lookup"
	case r.Failure != nil:
		outcome, remedy = "refused", remedyName(r.Failure.Remedy)
	case r.Absent:
		outcome, remedy = "absent", "retry"
	}
	m.sends.WithLabelValues(outcome, remedy).Inc()
	m.code(r.Failure)
	if r.Channel == gateway.SMS {
		m.text(outcome)
	}
}

// CodeUnlisted labels the alarm of an error code that the carrier's table lacks.
const CodeUnlisted = "unlisted"

// Odd has somebody told of each error code that the carrier's table lacks, as it
// is met. It is called before anything is counted.
func (m *Metrics) Odd(tell func(code string)) { m.odd = tell }

// OddToday counts the alarm that such a code raises, once a day.
func (m *Metrics) OddToday() { m.alarms.WithLabelValues(CodeUnlisted).Inc() }

// AlarmsOn has codes that the operator added to the table counted by themselves.
func (m *Metrics) AlarmsOn(further []gateway.ErrorClass) {
	for _, e := range further {
		if e.Do.Failure().Alarm {
			m.alarmCodes[e.Code] = true
			m.alarms.WithLabelValues(e.Code)
		}
	}
}

func (m *Metrics) code(f *gateway.Failure) {
	if f != nil && f.Unlisted {
		m.strange.Inc()
		if m.odd != nil {
			m.odd(f.Code)
		}
	}
	if f != nil && f.Alarm {
		code := f.Code
		if !m.alarmCodes[code] {
			code = "other"
		}
		m.alarms.WithLabelValues(code).Inc()
	}
}

// text counts what came of a text.
func (m *Metrics) text(outcome string) {
	switch outcome {
	case "sent":
		m.texts.WithLabelValues("taken").Inc()
		m.taking.took()
	case "refused", "unknown":
		m.texts.WithLabelValues(outcome).Inc()
		m.taking.refuse(time.Now())
	}
}

func remedyName(r gateway.Remedy) string {
	switch r {
	case gateway.Retry:
		return "retry"
	case gateway.Elsewhere:
		return "elsewhere"
	case gateway.Call:
		return "call"
	case gateway.Never:
		return "never"
	}
	return "none"
}

func rankName(r gateway.Rank) string {
	switch r {
	case gateway.RankQueued:
		return "queued"
	case gateway.RankSending:
		return "sending"
	case gateway.RankSent:
		return "sent"
	case gateway.RankFailed:
		return "failed"
	case gateway.RankDelivered:
		return "delivered"
	case gateway.RankRead:
		return "read"
	}
	return "accepted"
}
