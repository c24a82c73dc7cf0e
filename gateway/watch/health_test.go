package watch_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aviso/gateway"
	"aviso/gateway/relay"
	"aviso/gateway/watch"
)

// domain is a stand-in that takes everything.
type domain struct{}

func (domain) Handle(context.Context, gateway.Event) (gateway.Answer, error) {
	return gateway.Answer{}, nil
}

// records are a database in whatever state a test wants.
type records struct {
	mu         sync.Mutex
	ping, read error
	due, call  time.Time
	unclaimed  gateway.Unclaimed
}

func (r *records) set(ping, read error, due time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ping, r.read, r.due = ping, read, due
}

func (r *records) Ping(context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ping
}

func (r *records) Oldest(context.Context) (time.Time, int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.due, 1, r.read
}

func (r *records) OldestCall(context.Context) (time.Time, int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	calls := 0
	if !r.call.IsZero() {
		calls = 300
	}
	return r.call, calls, r.read
}

func (r *records) Unclaimed(context.Context) (gateway.Unclaimed, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.unclaimed, r.read
}

func ask(handler http.Handler) *httptest.ResponseRecorder {
	response := httptest.NewRecorder()
	handler.ServeHTTP(response, httptest.NewRequest(http.MethodGet, "/", nil))
	return response
}

// metric is the value of one line of /metrics.
func metric(m *watch.Metrics, name string) string {
	for line := range strings.Lines(ask(m.Handler()).Body.String()) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return "missing"
}

func TestHealth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		database, metrics := &records{}, watch.NewMetrics()
		health := watch.NewHealth(database, metrics, time.Now)
		want := func(when string, healthz, readyz int, reasons ...string) {
			t.Helper()
			if got := ask(health.Live()).Code; got != healthz {
				t.Errorf("%s: /healthz %d, want %d", when, got, healthz)
			}
			got := ask(health.Ready())
			quoted := make([]string, len(reasons))
			for i, r := range reasons {
				quoted[i] = fmt.Sprintf("%q", r)
			}
			body := fmt.Sprintf(`{"ready":%v,"reasons":[%s]}`, readyz == 200, strings.Join(quoted, ","))
			if got.Code != readyz || strings.TrimSpace(got.Body.String()) != body {
				t.Errorf("%s: /readyz %d %s\nwant %d %s", when, got.Code, got.Body, readyz, body)
			}
		}
		want("before anything runs", 503, 503, "not serving: starting or stopping", "relay is not running", "database has not been asked yet")

		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go health.Run(ctx)
		health.Serving(true)
		health.Relaying(true)
		synctest.Wait()
		want("running", 200, 200)

		step := func() {
			time.Sleep(2 * time.Second)
			synctest.Wait()
		}
		database.set(errors.New("disk full: /var/lib/x"), nil, time.Time{})
		step()
		want("a full disk", 200, 503, "database cannot write")
		database.set(nil, errors.New("gone"), time.Time{})
		step()
		want("a lost database", 200, 503, "database cannot be read")
		database.set(nil, nil, time.Now().Add(-29*time.Second))
		step()
		want("an attempt due for 31 s", 200, 503, "oldest due attempt waits for more than 30 seconds")
		database.set(nil, nil, time.Now())
		step()
		want("recovered", 200, 200)
		if got := metric(metrics, "aviso_oldest_due_seconds"); got != "2" {
			t.Errorf("aviso_oldest_due_seconds %s, want 2", got)
		}
		database.mu.Lock()
		database.call = time.Now().Add(-29 * time.Second)
		database.mu.Unlock()
		step()
		want("a call due for 31 s", 200, 503, "oldest due call waits for more than 30 seconds, of 300: --voice-from and --voice-rate say how fast calls begin")
		if age, due := metric(metrics, "aviso_oldest_due_call_seconds"), metric(metrics, "aviso_due_calls"); age != "31" || due != "300" {
			t.Errorf("the oldest call is %s s old, %s are due", age, due)
		}
		database.mu.Lock()
		database.call = time.Time{}
		database.mu.Unlock()
		step()
		health.Relaying(false)
		want("a relay that ended", 200, 503, "relay is not running")
		health.Relaying(true)
		stop()
		time.Sleep(time.Minute)
		want("a probe that hangs", 200, 503, "database does not answer")
		health.Serving(false)
		if got := ask(health.Live()).Code; got != 503 {
			t.Errorf("stopping: /healthz %d, want 503", got)
		}
	})
}

type failingStore struct {
	gateway.Store
	err error
}

func (s *failingStore) Commit(context.Context, gateway.Turn) error { return s.err }

func TestMetrics(t *testing.T) {
	metrics := watch.NewMetrics()
	for _, err := range []error{nil, gateway.ErrRepeat, fmt.Errorf("x: %w", gateway.ErrConflict), errors.New("full")} {
		if got := metrics.Store(&failingStore{err: err}).Commit(t.Context(), gateway.Turn{}); got != err {
			t.Errorf("Commit returned %v, want %v", got, err)
		}
	}
	d := metrics.Domain(domain{})
	for _, e := range []gateway.Event{
		gateway.Result{SID: "SM1"},
		gateway.Result{Absent: true},
		gateway.Result{Failure: &gateway.Failure{Code: "http-503", Unknown: true, Remedy: gateway.Retry}},
		gateway.Result{Failure: &gateway.Failure{Code: "21610", Remedy: gateway.Never}},
		gateway.Result{Failure: &gateway.Failure{Code: "39999", Remedy: gateway.Elsewhere, Unlisted: true}},
		gateway.Receipt{Rank: gateway.RankSent},
	} {
		if _, err := d.Handle(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	metrics.Request(relay.Request{Lane: gateway.LaneFirst, Waited: 20 * time.Millisecond, Took: time.Second})
	metrics.Backlog(0, 1500*time.Millisecond)
	metrics.CallBacklog(1, 90*time.Second)
	for name, want := range map[string]string{
		`aviso_commits_total{outcome="committed"}`:                "1",
		`aviso_commits_total{outcome="repeat"}`:                   "1",
		`aviso_commits_total{outcome="conflict"}`:                 "1",
		`aviso_commits_total{outcome="failed"}`:                   "1",
		`aviso_sends_total{outcome="sent",remedy="none"}`:         "1",
		`aviso_sends_total{outcome="absent",remedy="retry"}`:      "1",
		`aviso_sends_total{outcome="unknown",remedy="lookup"}`:    "1",
		`aviso_sends_total{outcome="refused",remedy="never"}`:     "1",
		`aviso_sends_total{outcome="refused",remedy="elsewhere"}`: "1",
		`aviso_carrier_codes_unknown_total`:                       "1",
		`aviso_receipts_total{rank="sent"}`:                       "1",
		`aviso_send_wait_seconds_count{lane="0"}`:                 "1",
		`aviso_send_seconds_sum`:                                  "1",
		`aviso_backlog_seconds{sender="0"}`:                       "1.5",
		`aviso_call_backlog_seconds{caller="1"}`:                  "90",
	} {
		if got := metric(metrics, name); got != want {
			t.Errorf("%s %s, want %s", name, got, want)
		}
	}
}

// Three texts that are refused with none taken between them are an alarm, until
// one is taken, or nothing is tried for a quarter of an hour. Calls, and what no
// carrier was asked for, are neither.
func TestRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		metrics := watch.NewMetrics()
		d := metrics.Domain(domain{})
		refused := func(code string, channel gateway.Channel) gateway.Result {
			return gateway.Result{Channel: channel, Failure: &gateway.Failure{Code: code, Remedy: gateway.Retry}}
		}
		taken := gateway.Result{Channel: gateway.SMS, SID: "SM1"}
		unknown := gateway.Result{Channel: gateway.SMS, Failure: &gateway.Failure{Code: "http-503", Unknown: true, Remedy: gateway.Retry}}
		for _, step := range []struct {
			result gateway.Result
			after  time.Duration
			unfit  bool
		}{
			{refused("20003", gateway.SMS), 0, false},
			{refused("call-busy", gateway.Voice), 0, false},
			{refused("daily-limit", gateway.SMS), 0, false},
			{refused("expired", gateway.SMS), 0, false},
			{refused("21614", gateway.SMS), time.Minute, false},
			{unknown, 0, true},
			{gateway.Result{Channel: gateway.Voice, SID: "CA1"}, 0, true},
			{gateway.Result{Channel: gateway.SMS, Absent: true}, 0, true},
			{unknown, 14 * time.Minute, true},
			{taken, 0, false},
			{unknown, 0, false}, {unknown, 0, false}, {unknown, 0, true},
			{refused("call-busy", gateway.Voice), 16 * time.Minute, false},
			{unknown, 0, false},
		} {
			if _, err := d.Handle(t.Context(), step.result); err != nil {
				t.Fatal(err)
			}
			time.Sleep(step.after)
			if got := len(metrics.Refusals()) > 0; got != step.unfit {
				t.Errorf("after %+v: unfit %t, want %t", step.result, got, step.unfit)
			}
		}
	})
}

// An alert of which nobody confirms, and that no agent takes, is an alarm; that
// agents are busy is none.
func TestHealthOfUnclaimedTasks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		database, metrics := &records{}, watch.NewMetrics()
		health := watch.NewHealth(database, metrics, time.Now)
		health.Serving(true)
		health.Relaying(true)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go health.Run(ctx)
		for _, test := range []struct {
			unclaimed gateway.Unclaimed
			want      string
		}{
			{gateway.Unclaimed{}, ""},
			{gateway.Unclaimed{Urgent: 3, Oldest: time.Now().Add(-time.Hour)}, ""},
			{gateway.Unclaimed{Urgent: 3, Oldest: time.Now().Add(-time.Hour), Nobody: 1}, "nobody has confirmed an alert, and no agent has claimed it"},
			{gateway.Unclaimed{}, ""},
		} {
			database.mu.Lock()
			database.unclaimed = test.unclaimed
			database.mu.Unlock()
			time.Sleep(5 * time.Second)
			synctest.Wait()
			if got := strings.Join(health.Reasons(), "; "); got != test.want {
				t.Errorf("%+v: %q, want %q", test.unclaimed, got, test.want)
			}
		}
	})
}
