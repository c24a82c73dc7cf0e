package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aviso/gateway/carrier/sim"
)

// loadVariable sets how many alerts each measurement takes, for figures; with
// `scripts/postgres run --durable`, and on an idle machine.
const loadVariable = "AVISO_TEST_LOAD"

// loadConns is how many webhooks are asked at a time.
const loadConns = 64

// One, two and three nodes take the same load from a client that asks them in
// turn: nobody is refused, everybody is told, once. How fast stands in the log.
func TestLoadOverNodes(t *testing.T) {
	alerts := 300
	if n, err := strconv.Atoi(os.Getenv(loadVariable)); err == nil {
		alerts = n
	}
	for n := 1; n <= 3; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			r := newRigOn(t, nodes(n))
			r.rate = 10_000 // no sender holds anything up
			r.command(0, "profiles", "import", r.file("crowd.csv", crowd(alerts)))
			r.serveApart()
			r.everyoneReady()
			began := time.Now()
			if err := r.load(alerts); err != nil {
				t.Fatal(err)
			}
			accepted := time.Since(began)
			s := &storm{rig: r, people: alerts}
			for s.told() < 2*alerts && time.Since(began) < stormEnd {
				time.Sleep(20 * time.Millisecond)
			}
			told := time.Since(began)
			missed, twice := s.count()
			t.Logf("%d nodes: %d alerts taken at %.0f a second; %d contacts told at %.0f a second", n, alerts,
				float64(alerts)/accepted.Seconds(), 2*alerts, float64(2*alerts)/told.Seconds())
			if missed > 0 || twice > 0 {
				t.Errorf("%d contacts missed, %d told twice\n%s", missed, twice, tail(r.log.String()))
			}
		})
	}
}

// load texts an ALERTA from each person of a crowd.
func (r *rig) load(alerts int) error {
	_, token := r.carrier.Account()
	client := &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: loadConns}}
	defer client.CloseIdleConnections()
	var next atomic.Int64
	var asking sync.WaitGroup
	failed := make([]error, loadConns)
	for worker := range loadConns {
		asking.Go(func() {
			for failed[worker] == nil {
				i := int(next.Add(1) - 1)
				if i >= alerts {
					return
				}
				form := url.Values{"MessageSid": {fmt.Sprintf("SM%032x", i)}, "From": {phoneNumber(713, i)}, "To": {sender}, "Body": {"ALERTA me llevan"}}
				failed[worker] = postAlerta(client, r.members[i%len(r.members)].base, token, form)
			}
		})
	}
	asking.Wait()
	return errors.Join(failed...)
}

// postAlerta is one webhook, which has to be answered with the promise.
func postAlerta(client *http.Client, base, token string, form url.Values) error {
	form.Set("AccountSid", sim.DefaultAccountSID)
	req, err := http.NewRequest(http.MethodPost, base+"/twilio/sms", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Twilio-Signature", sim.Sign(token, publicURL+"/twilio/sms", form))
	response, err := client.Do(req)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && (response.StatusCode != 200 || !strings.Contains(string(body), "Recibimos")) {
		err = fmt.Errorf("answered %d", response.StatusCode)
	}
	return err
}
