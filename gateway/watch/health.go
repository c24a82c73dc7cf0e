package watch

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"aviso/gateway"
)

const (
	// probeEvery is how often the database is asked. With probeBudget it keeps
	// /readyz within 5 s of a healthy start and of a failure.
	probeEvery  = 2 * time.Second
	probeBudget = 2 * time.Second

	// tooOld is how long an attempt may be due before something is wrong: twice
	// the 15 s within which what a killed node had claimed goes out.
	tooOld = 30 * time.Second
)

// Records are what the health of a node depends on. *store.Store is one.
type Records interface {
	// Ping proves that the database can write.
	Ping(ctx context.Context) error
	// Oldest is since when the oldest waiting attempt has been due, zero
	// without one, and how many wait.
	Oldest(ctx context.Context) (due time.Time, waiting int, err error)
	// OldestCall is the same of calls, those included that a node holds.
	OldestCall(ctx context.Context) (due time.Time, waiting int, err error)
	// Unclaimed are the urgent tasks that no agent has claimed.
	Unclaimed(ctx context.Context) (gateway.Unclaimed, error)
}

// Health knows whether a node is fit. It is for alarms: nothing is refused
// because of it.
type Health struct {
	records Records
	metrics *Metrics
	clock   func() time.Time

	mu      sync.Mutex
	serving bool
	relay   bool
	probed  time.Time // when the last probe ended
	reasons []string  // of the last probe
	others  []func() []string
}

// NewHealth makes a Health that is neither serving nor ready yet.
func NewHealth(records Records, metrics *Metrics, clock func() time.Time) *Health {
	return &Health{records: records, metrics: metrics, clock: clock}
}

// Run probes the database until ctx ends.
func (h *Health) Run(ctx context.Context) {
	tick := time.NewTicker(probeEvery)
	defer tick.Stop()
	for {
		h.probe(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Serving says whether both addresses are served.
func (h *Health) Serving(on bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.serving = on
}

// Relaying says whether the relay runs.
func (h *Health) Relaying(on bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.relay = on
}

// Also adds reasons that somebody else knows. It is called before Run.
func (h *Health) Also(reasons func() []string) { h.others = append(h.others, reasons) }

// Reasons are why the node is not fit, as sentences; none where it is.
func (h *Health) Reasons() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	reasons := slices.Clone(h.reasons)
	if !h.serving {
		reasons = append(reasons, "not serving: starting or stopping")
	}
	if !h.relay {
		reasons = append(reasons, "relay is not running")
	}
	switch {
	case h.probed.IsZero():
		reasons = append(reasons, "database has not been asked yet")
	case h.clock().Sub(h.probed) > 2*(probeEvery+probeBudget):
		reasons = append(reasons, "database does not answer")
	}
	for _, other := range h.others {
		reasons = append(reasons, other()...)
	}
	return reasons
}

// probe asks the database once.
func (h *Health) probe(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, probeBudget)
	defer cancel()
	var reasons []string
	if err := h.records.Ping(ctx); err != nil {
		reasons = append(reasons, "database cannot write")
	}
	due, waiting, err := h.records.Oldest(ctx)
	var call time.Time
	var calls int
	if err == nil {
		call, calls, err = h.records.OldestCall(ctx)
	}
	var unclaimed gateway.Unclaimed
	if err == nil {
		unclaimed, err = h.records.Unclaimed(ctx)
	}
	switch {
	case err != nil:
		reasons = append(reasons, "database cannot be read")
	default:
		age, callAge := h.age(due), h.age(call)
		if age > tooOld {
			reasons = append(reasons, "oldest due attempt waits for more than 30 seconds")
		}
		if callAge > tooOld {
			reasons = append(reasons, fmt.Sprintf("oldest due call waits for more than 30 seconds, of %d: --voice-from and --voice-rate say how fast calls begin", calls))
		}
		h.metrics.oldest.Set(age.Seconds())
		h.metrics.due.Set(float64(waiting))
		h.metrics.calls.oldest.Set(callAge.Seconds())
		h.metrics.calls.due.Set(float64(calls))
		reasons = append(reasons, h.metrics.tasks(unclaimed, h.clock())...)
	}
	h.mu.Lock()
	h.reasons, h.probed = reasons, h.clock()
	h.mu.Unlock()
	if len(h.Reasons()) == 0 {
		h.metrics.ready.Set(1)
	} else {
		h.metrics.ready.Set(0)
	}
}

// age is how long something has been due, 0 where nothing is.
func (h *Health) age(due time.Time) time.Duration {
	if due.IsZero() {
		return 0
	}
	return max(0, h.clock().Sub(due))
}

// Live answers /healthz: 200 once both addresses are served. What routes traffic
// asks it.
func (h *Health) Live() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h.mu.Lock()
		serving := h.serving
		h.mu.Unlock()
		if serving {
			answer(w, http.StatusOK, plain, []byte("ok\n"))
		} else {
			answer(w, http.StatusServiceUnavailable, plain, []byte("not serving\n"))
		}
	})
}

// Ready answers /readyz: 200 where the node is fit, else 503, with the reasons.
func (h *Health) Ready() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reasons := h.Reasons()
		code := http.StatusOK
		if len(reasons) > 0 {
			code = http.StatusServiceUnavailable
		}
		// Strings and a bool: it cannot fail.
		body, _ := json.Marshal(struct {
			Ready   bool     `json:"ready"`
			Reasons []string `json:"reasons"`
		}{len(reasons) == 0, append([]string{}, reasons...)})
		answer(w, code, "application/json", append(body, '\n'))
	})
}

const plain = "text/plain; charset=UTF-8"

// answer writes a whole answer. Who has left before it is there reads none.
func answer(w http.ResponseWriter, code int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(code)
	_, _ = w.Write(body)
}
