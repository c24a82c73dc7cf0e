package web

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"aviso/gateway"
	"aviso/gateway/agent"
	"aviso/gateway/watch"
)

// Log-ins that fail are all counted, and logged as far as there is room: by the
// agent's id, and not by what was typed.
func TestFailedLogInsAreLogged(t *testing.T) {
	var log bytes.Buffer
	s := New(Config{Metrics: watch.NewMetrics(), Log: zerolog.New(&log)})
	who := gateway.ID{7}
	s.loggedIn(agent.TryIn, who)
	if log.Len() > 0 {
		t.Errorf("one that did not fail is logged: %s", &log)
	}
	for range 1000 {
		s.loggedIn(agent.TryCode, who)
		s.loggedIn(agent.TryPassword, gateway.ID{})
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) < 10 || len(lines) > 40 {
		t.Errorf("%d lines of 2000 failures", len(lines))
	}
	if first := lines[0]; !strings.Contains(first, `"outcome":"wrong_code"`) || !strings.Contains(first, fmt.Sprintf(`"agent":%q`, who)) {
		t.Errorf("logged as %s", first)
	}
	if strings.Contains(lines[1], `"agent"`) {
		t.Errorf("a name that is nobody's is logged as %s", lines[1])
	}
	counted := map[string]string{}
	metrics := httptest.NewRecorder()
	s.Internal().ServeHTTP(metrics, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for line := range strings.Lines(metrics.Body.String()) {
		if rest, ok := strings.CutPrefix(line, `aviso_logins_total{outcome="`); ok {
			outcome, value, _ := strings.Cut(strings.TrimSpace(rest), `"} `)
			counted[outcome] = value
		}
	}
	if want := map[string]string{agent.TryIn: "1", agent.TryCode: "1000", agent.TryPassword: "1000", agent.TryThrottled: "0", agent.TryFull: "0"}; !maps.Equal(counted, want) {
		t.Errorf("counted %v, want %v", counted, want)
	}
}
