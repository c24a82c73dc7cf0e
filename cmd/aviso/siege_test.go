package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aviso/gateway/carrier/sim"
)

// siege is a gateway under all attacks in turns, while alerts are raised all the
// time: none of them may be late, and neither memory nor disk may follow the
// attacks.
type siege struct {
	*rig
	turn      time.Duration // that one attack lasts
	rounds    int           // of all attacks
	alerts    int           // a second
	attackers int           // at once
	client    *http.Client
	token     string

	mu     sync.Mutex
	asked  map[string]int           // by attack
	status map[string]map[int]int   // by attack; 0: no answer
	late   map[string]time.Duration // the latest answer to an alert, by attack
	told   map[string]time.Duration // the latest first notice to a contact
	posted map[int]time.Time        // when each person's alert was handed in
	during map[int]string           // which attack was on
	failed []error

	left map[string]int64 // bytes in the database, by attack
	had  map[string]int   // alerts meanwhile
	size []float64        // of the process after each round, in bytes
}

const (
	// siegeLate is how late an alert may be, answered or told.
	siegeLate = 2 * time.Second

	// siegeMemory is by how much the process may grow behind the first turn of all
	// attacks, and siegeDisk what an alert with its two contacts may leave on the
	// disk, in bytes: what attacks leave would come on top.
	siegeMemory = 96 << 20
	siegeDisk   = 64 << 10

	// siegeRest is what an attack may leave besides, in bytes: log-ins leave a few
	// hundred short rows in all.
	siegeRest = 1 << 20
)

// attack is one of them; n is the number of the request.
type attack struct {
	name   string
	do     func(s *siege, n int) (status int)
	leaves bool // what the carrier or the aggregator is paid for, or an agent did: it is kept for a time
}

var attacks = []attack{
	{"nothing", func(*siege, int) int { time.Sleep(100 * time.Millisecond); return 200 }, false},
	{"log-ins from many addresses", func(s *siege, n int) int {
		return s.ask("POST", "/console/login", url.Values{"name": {[]string{"ana", "nadie"}[n%2]}, "password": {fmt.Sprint("wrong ", n)}}, address(n), "")
	}, false},
	{"forged signatures", func(s *siege, n int) int {
		return s.ask("POST", "/twilio/sms", text(n, "ALERTA "+strings.Repeat("x", 2000)), address(n), "forged")
	}, false},
	{"wrong PINs", func(s *siege, n int) int {
		form := text(n, fmt.Sprintf("CANCELAR %04d", n%10_000))
		form.Set("From", phoneNumber(713, n%7)) // of people who are registered
		return s.ask("POST", "/twilio/sms", form, "", s.token)
	}, false},
	{"phones that nobody knows", func(s *siege, n int) int {
		return s.ask("POST", "/twilio/sms", text(n, "hola, quien es"), "", s.token)
	}, true},
	{"one phone floods", func(s *siege, n int) int {
		form := text(n, fmt.Sprint("compre ahora ", n))
		form.Set("From", phoneNumber(915, 1))
		return s.ask("POST", "/twilio/sms", form, "", s.token)
	}, false},
	{"USSD sessions", func(s *siege, n int) int {
		return s.ask("POST", "/ussd/"+ussdSecret, url.Values{"sessionId": {fmt.Sprint("siege", n)}, "phoneNumber": {phoneNumber(916, n)}, "serviceCode": {"*384#"}, "text": {""}}, "", "")
	}, true},
	{"receipts of nothing", func(s *siege, n int) int {
		return s.ask("POST", fmt.Sprintf("/twilio/status/%032x", n), url.Values{"MessageSid": {fmt.Sprintf("SM%032x", n)}, "MessageStatus": {"failed"}, "ErrorCode": {"30003"}}, "", s.token)
	}, false},
	{"links and secret paths", func(s *siege, n int) int {
		path := []string{"/consulate/%s", "/kannel/%s/sms?from=%%2B14145550000&text=ALERTA", "/ussd/%s", "/audio/es/%s.mp3"}[n%4]
		return s.ask("GET", fmt.Sprintf(path, rand.Text()), nil, address(n), "")
	}, false},
	{"slow connections", func(s *siege, n int) int {
		ctx, enough := context.WithTimeout(s.t.Context(), time.Second)
		defer enough()
		beRude(ctx, strings.TrimPrefix(s.base, "http://"), rudeness[n%len(rudeness)], false, nil)
		return 0
	}, false},
}

// address is that of a stranger, behind a proxy.
func address(n int) string { return fmt.Sprintf("198.%d.%d.%d", 18+n>>16&1, n>>8&255, n&255) }

func text(n int, body string) url.Values {
	return url.Values{"MessageSid": {"SM" + rand.Text()}, "From": {phoneNumber(914, n)}, "To": {sender}, "Body": {body}}
}

// ask makes a request, signed where there is a token, and gives its status.
func (s *siege) ask(method, path string, form url.Values, from, token string) int {
	if token != "" {
		form.Set("AccountSid", sim.DefaultAccountSID)
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if form == nil {
		req.Body, req.ContentLength = http.NoBody, 0
	}
	if from != "" {
		req.Header.Set("X-Forwarded-For", from)
	}
	if token != "" {
		req.Header.Set("X-Twilio-Signature", sim.Sign(token, publicURL+path, form))
	}
	res, err := s.client.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body) // its end is all that matters
	return res.StatusCode
}

// besiege does all of it, and reports.
func (r *rig) besiege(lasts time.Duration, alerts, attackers int) {
	r.t.Helper()
	_, token := r.carrier.Account()
	all := append(slices.Clone(attacks), attack{name: "searches of an agent", leaves: true})
	rounds := max(1, int(lasts/(2*time.Minute)))
	s := &siege{
		rig: r, turn: lasts / time.Duration(len(all)*rounds), rounds: rounds, alerts: alerts, attackers: attackers, token: token,
		client: &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
		asked:  map[string]int{}, status: map[string]map[int]int{}, late: map[string]time.Duration{}, told: map[string]time.Duration{},
		posted: map[int]time.Time{}, during: map[int]string{},
		left: map[string]int64{}, had: map[string]int{},
	}
	people := int(2*lasts.Seconds()+20) * alerts // turns end a little late
	r.command(0, "profiles", "import", r.file("crowd.csv", crowd(people)))
	r.more = append(r.more, "AVISO_USSD_SECRET="+ussdSecret, "AVISO_TRUST_PROXY=127.0.0.1")
	r.serveApart()
	ana := r.agent("ana", "admin")
	all[len(all)-1].do = func(s *siege, n int) int {
		page := ana.get("/console/profiles")
		return page.submit("/console/profiles", url.Values{"search": {fmt.Sprint("persona ", n%people)}}).status
	}
	s.run(all, people)
	s.report(all)
}

// run attacks in turns, and raises alerts beside.
func (s *siege) run(all []attack, people int) {
	ctx, end := context.WithCancel(s.t.Context())
	defer end()
	var name string // of the attack that is on
	var working sync.WaitGroup
	working.Go(func() {
		tick := time.NewTicker(time.Second / time.Duration(s.alerts))
		defer tick.Stop()
		for n := 10; n < people; n++ { // the first ones are attacked
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			s.mu.Lock()
			on := name
			s.posted[n], s.during[n] = time.Now(), on
			s.mu.Unlock()
			working.Go(func() { s.raise(n, on) })
		}
	})
	for round := range s.rounds {
		for _, a := range all {
			s.mu.Lock()
			name = a.name
			alerts := len(s.posted)
			s.mu.Unlock()
			before := s.disk()
			s.attack(ctx, a)
			s.left[a.name] += s.disk() - before
			s.mu.Lock()
			s.had[a.name] += len(s.posted) - alerts
			s.mu.Unlock()
		}
		s.size = append(s.size, s.metric("process_resident_memory_bytes"))
		// Beside the heap stand pages of the database, garbage and slow hashes (19 MiB each).
		s.t.Logf("round %d of %d: memory %.0f MB, of it heap %.0f MB, database %.1f MB, %d alerts", round+1, s.rounds, s.size[round]/(1<<20),
			s.metric("go_memstats_heap_alloc_bytes")/(1<<20), float64(s.disk())/(1<<20), s.count())
	}
	end()
	working.Wait()
}

// attack is one turn.
func (s *siege) attack(ctx context.Context, a attack) {
	turn, over := context.WithTimeout(ctx, s.turn)
	defer over()
	workers := s.attackers
	if a.name == "searches of an agent" {
		workers = 1 // one browser
	}
	var attacking sync.WaitGroup
	for w := range workers {
		attacking.Go(func() {
			for n := w; turn.Err() == nil; n += workers {
				s.mu.Lock()
				s.asked[a.name]++
				s.mu.Unlock()
				status := a.do(s, n)
				s.mu.Lock()
				if s.status[a.name] == nil {
					s.status[a.name] = map[int]int{}
				}
				s.status[a.name][status]++
				s.mu.Unlock()
			}
		})
	}
	attacking.Wait()
}

// raise hands in one alert.
func (s *siege) raise(n int, on string) {
	form := url.Values{"MessageSid": {fmt.Sprintf("SM%032x", n)}, "From": {phoneNumber(713, n)}, "To": {sender}, "Body": {"ALERTA me llevan"}}
	began := time.Now()
	err := postAlerta(s.client, s.base, s.token, form)
	took := time.Since(began)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.failed = append(s.failed, fmt.Errorf("alert %d during %s: %w", n, on, err))
	}
	s.late[on] = max(s.late[on], took)
}

// count is how many alerts were raised so far.
func (s *siege) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.posted)
}

// disk is what the database holds, in bytes, its log folded in.
func (s *siege) disk() (size int64) {
	db, err := sql.Open("sqlite3", "file:"+s.db+"?mode=ro&_busy_timeout=5000")
	if err == nil {
		defer db.Close()
		err = db.QueryRowContext(s.t.Context(), `SELECT (page_count - freelist_count) * page_size FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()`).Scan(&size)
	}
	if err != nil {
		s.t.Error(err)
	}
	return size
}

// report says what came of it, and what was too much.
func (s *siege) report(all []attack) {
	time.Sleep(siegeLate)
	missed := 0
	for n, at := range s.posted {
		on := s.during[n]
		list := s.carrier.MessagesTo(phoneNumber(832, n))
		if len(list) == 0 {
			missed++
			continue
		}
		s.told[on] = max(s.told[on], list[0].Created.Sub(at))
	}
	latest := time.Duration(0)
	for _, a := range all {
		latest = max(latest, s.late[a.name], s.told[a.name])
		s.t.Logf("%-28s %8d requests %v; latest of %d alerts answered after %s, told after %s; %d KB left", a.name, s.asked[a.name], s.status[a.name],
			s.had[a.name], s.late[a.name].Round(time.Millisecond), s.told[a.name].Round(time.Millisecond), s.left[a.name]>>10)
		if most := int64(siegeRest) + int64(s.had[a.name]+2*s.alerts*s.rounds)*siegeDisk; !a.leaves && s.left[a.name] > most {
			s.t.Errorf("%s: %d KB were left, beside %d alerts", a.name, s.left[a.name]>>10, s.had[a.name])
		}
	}
	s.t.Logf("%d alerts, %d missed, the latest %s", len(s.posted), missed, latest.Round(time.Millisecond))
	if grown := s.size[len(s.size)-1] - s.size[0]; grown > siegeMemory {
		s.t.Errorf("the process has grown by %.0f MB since the first round", grown/(1<<20))
	}
	if err := errors.Join(s.failed...); err != nil || missed > 0 {
		s.t.Errorf("%d alerts missed; %v\n%s", missed, err, tail(s.log.String()))
	}
	if latest > siegeLate {
		s.t.Errorf("an alert was %s late", latest)
	}
	for _, name := range slices.Sorted(maps.Keys(s.status)) {
		for status, n := range s.status[name] {
			if status >= 500 && status != 503 || status == 429 && name != "log-ins from many addresses" && name != "searches of an agent" {
				s.t.Errorf("%s: %d answers of %d", name, n, status)
			}
		}
	}
}

// All attacks in turns for a few seconds each. TestSiegeLong is the same for as long
// as one likes.
func TestSiege(t *testing.T) {
	r := newRig(t)
	r.besiege(11*time.Second, 5, 8)
}
