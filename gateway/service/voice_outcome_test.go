package service_test

import (
	"testing"
	"time"

	"aviso/gateway"
)

// TestCallsEnd: calls have one number to come from. One that is refused, or
// that nobody answers, leads to an agent and not to calls without an end.
func TestCallsEnd(t *testing.T) {
	for _, test := range []struct {
		name    string
		failure gateway.Failure
		calls   int
	}{
		{"nobody answers", gateway.Failure{
			Code: "call-no-answer", Remedy: gateway.Retry,
			Waits: [3]time.Duration{30 * time.Second, time.Minute, 2 * time.Minute}, Then: gateway.Elsewhere,
		}, 4},
		{"not enabled", gateway.Failure{Code: "21215", Remedy: gateway.Elsewhere, Alarm: true}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.service.Rules.Senders = w.service.Rules.Senders[1:] // none of them is the caller ID
			w.fails[maria] = &gateway.Failure{Code: "21614", Remedy: gateway.Call}
			w.text(juan, "ALERTA")
			calls := 0
			for range 30 {
				for range 20 {
					n := len(w.calls[maria])
					if n == 0 {
						break
					}
					calls += n
					w.calls[maria] = nil
					w.receipt(maria, gateway.RankFailed, &test.failure)
				}
				w.pass(time.Minute)
			}
			if calls != test.calls {
				t.Errorf("%d calls in half an hour, want %d", calls, test.calls)
			}
			if tasks := w.tasks(gateway.TaskUnreachable); len(tasks) == 0 {
				t.Error("no agent rings")
			}
		})
	}
}
