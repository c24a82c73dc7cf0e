//go:build long

package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aviso/scripts/deploy/caddytest"
)

// A proxy in front has one address, from which the crowd comes as well as the
// carrier, and every request of the crowd costs it a connection. For a minute and
// a half it hands all of it on, more connections than there are ports for them,
// and the carrier's webhooks get through.
func TestCrowdThroughAProxyLong(t *testing.T) {
	r := newRig(t)
	r.serve("--max-conns", "256", "--trust-proxy", "127.0.0.1")
	_, healthPort, err := net.SplitHostPort(strings.TrimPrefix(r.members[0].internal, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	node := strings.TrimPrefix(r.base, "http://")
	proxy := caddytest.Start(t, "../../scripts/deploy/Caddyfile", node, healthPort)
	address := strings.TrimPrefix(proxy.Base, "http://")

	ctx, goHome := context.WithTimeout(t.Context(), 90*time.Second)
	defer goHome()
	var crowd sync.WaitGroup
	var asked atomic.Int64
	for n := range 150 { // who hold on
		crowd.Go(func() {
			for ctx.Err() == nil {
				beRude(ctx, address, rudeness[n%len(rudeness)], false, nil)
				time.Sleep(200 * time.Millisecond)
			}
		})
	}
	client := &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	for range 16 { // who ask, and ask again
		crowd.Go(func() {
			for ctx.Err() == nil {
				if response, err := client.Get(proxy.Base + "/console/login"); err == nil {
					response.Body.Close()
					asked.Add(1)
				}
			}
		})
	}
	_, token := r.carrier.Account()
	again, sent := 0, 0
	for ; ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
		sent++
		form := url.Values{"MessageSid": {fmt.Sprintf("SM%032d", sent)}, "From": {phoneNumber(414, sent)}, "To": {sender}, "Body": {"ESTADO"}}
		began := time.Now()
		err := post(client, proxy.Base, token, form)
		for try := 1; err != nil && try < 3; try++ { // as carriers do
			again++
			err = post(client, proxy.Base, token, form)
		}
		if took := time.Since(began); err != nil || took > 10*time.Second {
			t.Errorf("webhook %d: %v after %s", sent, err, took)
		}
	}
	crowd.Wait()
	t.Logf("%d webhooks, %d tried again, beside %d requests of the crowd", sent, again, asked.Load())
	if again > sent/20 {
		t.Errorf("%d of %d webhooks had to be tried again", again, sent)
	}
}
