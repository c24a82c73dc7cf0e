package main

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	// ussdSessions are open at once. Everybody presses a key every ussdPause,
	// which is faster than people read: 500 requests a second.
	ussdSessions = 1000
	ussdPause    = 2 * time.Second

	// ussdRaising is which of the sessions end in an alert, at one step or
	// another: one in ten.
	ussdRaising = 10

	ussdSecret = "0123456789abcdef"
)

// ussdKeys are what is typed in a session, a request each: from the menu into
// English and back, and to the consulate of a ZIP. No PIN is typed: checking one
// is slow on purpose.
var ussdKeys = []string{"", "9", "9*9", "9*9*4", "9*9*4*60608"}

// ussd measures how long a screen takes to be answered, from the moment at
// which it is due to be asked for. A round is everybody's next key.
func (b *bench) ussd() error {
	db, err := b.few()
	if err != nil {
		return err
	}
	if db.people-db.next < ussdSessions {
		return errors.New("too few people are left")
	}
	first := person(db.next)
	db.next += ussdSessions
	g, err := b.serve("ussd", db, fiveOpen)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	took := make([][]float64, len(ussdKeys)) // milliseconds, by round
	every := ussdPause / ussdSessions
	err = pace(b.ctx, g.addr, connections, every, ussdSessions*len(ussdKeys), func(c *caller, i int, due time.Time) error {
		round := i / ussdSessions
		request, want := ussdStep(first+person(i%ussdSessions), round)
		if request == nil {
			return nil
		}
		if err := c.ask(request, []byte(want)); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		took[round] = append(took[round], 1e3*time.Since(due).Seconds())
		return nil
	})
	if err != nil {
		return err
	}
	var p50, p99 []float64
	for _, round := range took {
		p50, p99 = append(p50, quantile(round, 0.5)), append(p99, quantile(round, 0.99))
	}
	b.figures.set("ussd_ms_p50", median(p50))
	b.figures.set("ussd_ms_p99", median(p99))
	b.carrier.quiet(settle)
	return g.stop()
}

// ussdStep is a person's request of a session as Africa's Talking posts it, and
// what begins its answer; nil where the session is over.
func ussdStep(p person, step int) (request []byte, want string) {
	text, want := ussdKeys[step], "CON "
	if step == len(ussdKeys)-1 {
		want = "END "
	}
	if p%ussdRaising == 0 {
		switch last := int(p) / ussdRaising % len(ussdKeys); {
		case step > last:
			return nil, ""
		case step == last: // at the first in one hop
			text, want = strings.TrimPrefix(ussdKeys[max(step-1, 0)]+"*1", "*"), "END ALERT"
		}
	}
	form := url.Values{
		"sessionId": {fmt.Sprintf("ATUid_%032x", int(p))}, "phoneNumber": {p.phone()}, "networkCode": {"63902"}, "serviceCode": {"*384*12#"},
		"text": {text},
	}
	return post("/ussd/"+ussdSecret, form, ""), want
}
