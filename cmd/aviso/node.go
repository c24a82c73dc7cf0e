package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"aviso/gateway"
	"aviso/gateway/carrier/twilio"
	"aviso/gateway/relay"
	"aviso/gateway/service"
	"aviso/gateway/watch"
	"aviso/gateway/web"
	"aviso/gateway/web/console"
	"aviso/store"
	"aviso/templates"
)

// The budgets of the servers. A webhook is one small form, which a carrier
// sends at once, and a page's form has 64 KiB at most; whoever is slower holds a
// connection and nothing else, and not for long. A TLS handshake has
// readHeaderTimeout of its own before it (net/http).
const (
	readHeaderTimeout = 4 * time.Second
	readTimeout       = 6 * time.Second // head and body
	// writeTimeout begins with a request's head: reading, 9 s for the commit
	// and the answer. Twilio has given up by then.
	writeTimeout   = 20 * time.Second
	idleTimeout    = 75 * time.Second // longer than Twilio keeps a connection it may use again
	maxHeaderBytes = 16 << 10         // Twilio's take about 1 KiB
)

// The budgets of stopping, which ends within 15 s of SIGTERM: requests under
// way, then the relay (8 s at most, its own drain), then a second for the
// rest. A webhook that takes longer than drainRequests is answered by a closed
// connection; what it commits meanwhile stays committed, and its attempts are
// claimed by whoever runs next.
const (
	drainRequests = 5 * time.Second
	drainInternal = time.Second
	// drainSlow is what a caller has to prove who they are: every webhook of a
	// carrier's is read and checked long before.
	drainSlow = 2 * time.Second
)

// backlogEvery is how often the senders' backlogs are measured, in step with
// what a metrics server asks for.
const backlogEvery = 5 * time.Second

// listeners are the two addresses of a node. They are bound before anything
// else is done, so that what calls during a start waits instead of failing.
type listeners struct{ public, internal net.Listener }

func listen(ctx context.Context, addr, internalAddr string) (listeners, error) {
	public, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return listeners{}, fmt.Errorf("listen on --addr: %w", err)
	}
	internal, err := new(net.ListenConfig).Listen(ctx, "tcp", internalAddr)
	if err != nil {
		public.Close()
		return listeners{}, fmt.Errorf("listen on --internal-addr: %w", err)
	}
	return listeners{public, internal}, nil
}

func (l listeners) Close() error { return errors.Join(l.public.Close(), l.internal.Close()) }

// node is a running gateway.
type node struct {
	settings settings
	log      zerolog.Logger

	validator *twilio.Validator

	domain   web.Domain
	store    *store.Store
	relay    *relay.Relay
	health   *watch.Health
	metrics  *watch.Metrics
	public   *http.Server
	internal *http.Server

	console *console.Console
	sides   *watch.Sides
	meter   *meter
	odd     *oddCodes
	house   *housekeeping

	// before is done first of all when the node stops, drop once callers have
	// had their time.
	before, drop func()
}

// newNode wires a gateway. sim is nil but in the demo.
func newNode(s settings, records *store.Store, log zerolog.Logger, sim http.Handler) (*node, error) {
	validator, err := mainWebhooks(s.config).Validator()
	if err != nil {
		return nil, err
	}
	carrier, err := newRouter(s)
	if err != nil {
		return nil, err
	}
	validator.WithCodes(s.codes)
	metrics := watch.NewMetrics()
	metrics.AlarmsOn(s.rules.Policy.Errors)
	odd := &oddCodes{clock: time.Now, records: records, log: log, alarmed: metrics.OddToday}
	metrics.Odd(odd.met)
	service := &service.Service{
		Store: metrics.Store(records), Clock: time.Now, Rand: rand.Reader,
		Rules: s.rules, Words: s.words, Hasher: gateway.NewHasher(),
	}
	meter := &meter{limit: s.limit, clock: time.Now, records: records, seen: metrics.Spent}
	service.Spent = meter.spent
	domain := metrics.Domain(service)
	relay := relay.New(relay.Config{
		Queue: records, Domain: domain, Carrier: carrier,
		Senders: s.rules.Senders, Routes: s.carriers.routes, Callers: s.callers,
		Clock: time.Now, Segments: templates.Segments, PutOff: meter.putOff,
		Observe: func(r relay.Request) {
			metrics.Request(r)
			meter.add(r.Parts)
		},
		Retried: metrics.Retried,
		Log: func(event string, id gateway.ID, code string) {
			line := log.Warn().Str("code", code)
			if !id.IsZero() {
				line = line.Str("attempt", id.String())
			}
			line.Msg("relay: " + event)
		},
	})
	service.Dispatch, service.Full = relay.Dispatch, relay.Full
	house := newHousekeeping(log, metrics.Retried, service.Sweep)
	forgetter := forgetting(records, carrier, relay.Busy, metrics.Redacted)
	house.sweeps = append(house.sweeps, retention(records, s.rules.Policy.Retention), sealing(records), sweep{"forget", forgetEvery, forgetBudget, forgetter.Once})
	if s.rules.Policy.SignOfLife > 0 {
		house.sweeps = append(house.sweeps, looking(records, service, relay))
	}
	for _, s := range house.sweeps {
		metrics.Retries("sweep-" + s.name)
	}
	metrics.Unforgotten(records.Unforgotten)
	records.OnRetry(metrics.Retried)
	records.OnForged(forgeries(log, metrics.Forged))
	service.Raised = house.hint
	health := watch.NewHealth(records, metrics, time.Now)
	sides := watch.NewSides(s.sides(records, metrics, domain))
	accounts, kannels, err := s.webhooks()
	if err != nil {
		return nil, err
	}
	health.Also(sides.Reasons)
	health.Also(meter.reasons)
	health.Also(outages(relay.Out))
	health.Also(metrics.Refusals)
	health.Also(remembering(forgetter.Stuck))
	voice, err := twilio.NewVoice(s.config.PublicURL, s.words)
	if err != nil {
		return nil, err
	}
	pages, err := console.New(console.Config{
		Records: records, Accounts: newAccounts(records, s.rules.Programme), Clock: time.Now,
		PublicURL: s.config.PublicURL, Rules: s.rules, Words: s.words,
	})
	if err != nil {
		return nil, err
	}
	limits := web.NewLimits(time.Now, metrics)
	service.Crowded = limits.Strangers
	if s.ussd != nil {
		s.ussd.Beyond = beyond(s.words, &s.rules)
	}
	server := web.New(web.Config{
		Limits:  limits,
		Console: pages,
		Voice:   voice, Words: s.words, USSD: s.ussd,
		AccountSIDs: s.accountSIDs(), OwnDomains: s.domains, Accounts: accounts, Kannels: kannels, Sides: sides, Spend: meter.add, Said: records.Said, Refused: relay.Refused,
		Domain: domain, Twilio: validator, Metrics: metrics, Health: health, Log: log, Sim: sim,
		Proxies: s.edge.proxies, HTTPS: https(s.config.PublicURL),
	})
	return &node{
		settings: s, log: log, validator: validator, domain: domain, store: records, relay: relay, health: health, metrics: metrics,
		public: httpServer(server.Public(), log), internal: httpServer(server.Internal(), log),
		before: func() {}, console: pages, sides: sides, meter: meter, house: house, odd: odd,
	}, nil
}

func httpServer(handler http.Handler, log zerolog.Logger) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout,
		WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes, ErrorLog: quietLog(log),
	}
}

// serve runs the node until ctx ends or a part of it breaks, and stops it in
// the reverse order of its start: no new webhooks, then no new requests to the
// carrier. started is called once both addresses are served.
func (n *node) serve(ctx context.Context, l listeners, started func()) error {
	broken, breakDown := context.WithCancelCause(context.WithoutCancel(ctx))
	defer breakDown(nil)

	probing, stopProbing := context.WithCancel(context.Background())
	var probes sync.WaitGroup
	probes.Go(func() { n.health.Run(probing) })
	probes.Go(func() { n.sides.Run(probing) })
	probes.Go(func() { n.meter.run(probing) })
	probes.Go(func() { n.odd.run(probing) })
	probes.Go(func() { n.house.run(probing) })
	probes.Go(func() { n.store.HoldKeys(probing) })
	probes.Go(func() { n.measure(probing) })
	probes.Go(func() { n.probe(probing, n.validator) })

	relaying, stopRelaying := context.WithCancel(context.Background())
	relayed := make(chan error, 1)
	n.health.Relaying(true)
	go func() {
		err := n.relay.Run(relaying)
		n.health.Relaying(false)
		if relaying.Err() == nil {
			breakDown(fmt.Errorf("relay ended: %w", errOr(err, errors.New("without an error"))))
		}
		relayed <- err
	}()

	var serving sync.WaitGroup
	for _, s := range []struct {
		server   *http.Server
		listener net.Listener
	}{{n.public, n.front(l.public)}, {n.internal, n.inside(l.internal)}} {
		serving.Go(func() {
			if err := s.server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
				breakDown(fmt.Errorf("serve: %w", err))
			}
		})
	}
	n.health.Serving(true)
	started()

	select {
	case <-ctx.Done():
	case <-broken.Done():
	}
	n.health.Serving(false)
	n.console.Close() // the pages' streams would keep the server waiting
	n.before()
	slow := time.AfterFunc(drainSlow, n.drop)
	defer slow.Stop()
	err := errors.Join(context.Cause(broken), n.drain(n.public, drainRequests, "webhooks"))
	stopRelaying()
	err = errors.Join(err, <-relayed)
	stopProbing()
	probes.Wait()
	err = errors.Join(err, n.drain(n.internal, drainInternal, "internal requests"))
	serving.Wait()
	return err
}

// drain lets requests under way end, for as long as the budget allows.
func (n *node) drain(server *http.Server, budget time.Duration, what string) error {
	ctx, cancel := context.WithTimeout(context.Background(), budget)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("drain %s: %w", what, err), server.Close())
	}
	return nil
}

// measure keeps the backlogs' metrics until ctx ends.
func (n *node) measure(ctx context.Context) {
	tick := time.NewTicker(backlogEvery)
	defer tick.Stop()
	for {
		n.metrics.Out(n.settings.carriers.names(), n.relay.Out())
		backlog := n.relay.Backlog()
		for place, sender := range n.settings.rules.Senders {
			n.metrics.Backlog(place, time.Duration(backlog[sender.Address]*float64(time.Second)))
		}
		for place, caller := range n.settings.callers {
			n.metrics.CallBacklog(place, time.Duration(backlog["voice:"+caller.Address]*float64(time.Second)))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func errOr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}
