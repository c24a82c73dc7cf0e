package sim

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestWhatIsWorthRetrying(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + listener.Addr().String()
	listener.Close()
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer slow.Close()
	busy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	defer busy.Close()

	c := New(Config{})
	defer c.Close()
	for _, asked := range []struct {
		name, address, fragment string
		again                   bool
		retries                 int
	}{
		{"connect failure", closed, "", true, 1},
		{"connect failure, never again", closed, "rc=0", true, 0},
		{"connect failure, but only time-outs wanted", closed, "rp=rt", false, 1},
		{"time-out", slow.URL, "", false, 1},
		{"time-out, wanted", slow.URL, "rc=3&rp=rt", true, 3},
		{"503", busy.URL, "rp=ct,4xx", false, 1},
		{"503, wanted", busy.URL, "rc=2&rp=5xx", true, 2},
		{"503, all wanted", busy.URL, "rc=9&rp=all", true, 1},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		answer, err := c.postOnce(ctx, asked.address, http.Header{}, "")
		cancel()
		if err == nil {
			t.Fatalf("%s: it went well", asked.name)
		}
		retries, policy := overrides(asked.fragment)
		if again := worthRetrying(policy, answer, err); again != asked.again || retries != asked.retries {
			t.Errorf("%s: again %v, at most %d times; want %v, %d (%v)", asked.name, again, retries, asked.again, asked.retries, err)
		}
	}
}
