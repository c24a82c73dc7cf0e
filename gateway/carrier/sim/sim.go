package sim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Defaults of [Config], of the form that Twilio's have.
const (
	DefaultAccountSID = "AC00000000000000000000000000000001"
	DefaultAuthToken  = "0123456789abcdef0123456789abcdef"
)

// Config describes the carrier. The zero value is a carrier with the default
// account, without senders, that does everything at once.
type Config struct {
	AccountSID string // AC and 32 hex digits; empty: DefaultAccountSID
	AuthToken  string // password of the REST side and key of every signature; empty: DefaultAuthToken

	// Senders are the account's numbers: long codes and toll-free numbers in
	// E.164, short codes of 5 or 6 digits, Messaging Services (MG…), which
	// send from the first of the numbers.
	Senders []string

	// Webhooks say where the gateway is. Usually not known yet: see
	// [Carrier.Connect].
	Webhooks Webhooks

	// Pace is how long the steps of a message's and a call's life take.
	Pace Pace

	// AdvancedOptOut posts OptOutType with STOP, START and HELP words, as a
	// Messaging Service with Advanced Opt-Out does.
	AdvancedOptOut bool

	Balance string // what is left of the account, in USD; empty: 20.00
	Trial   bool   // a trial account, which reaches Verified numbers only

	Verified         []string            // numbers that a trial account may text and call
	NoTexts, NoCalls []string            // countries (ISO 3166) that are not enabled for texts and for calls
	Standing         map[string]Standing // of senders; one that is missing is registered
	ChannelSenders   map[string][]string // of WhatsApp and RCS, by the SID of the Messaging Service: "whatsapp:+15550001111"

	// Now stamps everything recorded; nil: time.Now. Paces are real time all
	// the same.
	Now func() time.Time
}

// Pace is how long things take, in real time. The zero value is at once,
// which is what tests want.
type Pace struct {
	Queue   time.Duration // a message: from queued to sending
	Send    time.Duration // from sending to sent
	Deliver time.Duration // from sent to delivered, when the phone rings

	Dial time.Duration // a call: from queued to ringing
	Ring time.Duration // from ringing to whatever the phone does; at most the call's Timeout
	Talk time.Duration // from answered to hung up

	// Speak is how long a spoken character takes, and makes a Gather's silence
	// end by itself. 0: it ends when a test says so.
	Speak time.Duration
}

// Lifelike is the pace of the demo: fast enough to watch, slow enough to see
// that receipts come one after the other.
func Lifelike() Pace {
	return Pace{
		Queue: 150 * time.Millisecond, Send: 250 * time.Millisecond, Deliver: 400 * time.Millisecond,
		Dial: 500 * time.Millisecond, Ring: 6 * time.Second, Talk: 8 * time.Second, Speak: 55 * time.Millisecond,
	}
}

// Carrier is the simulated carrier. Its methods may be called at any time and
// from any goroutine.
type Carrier struct {
	cfg    Config
	ctx    context.Context // the carrier's life; ends with Close
	cancel context.CancelFunc
	client *http.Client // towards the gateway

	mu       sync.Mutex
	closed   bool
	work     sync.WaitGroup
	server   *server // nil while down
	address  string  // host:port, once started
	webhooks Webhooks
	numbers  []*number
	phones   map[string]*Phone

	messaging []*service

	messages   []*message // oldest first
	messageBy  map[string]*message
	messagesTo map[string][]*message
	calls      []*call
	callBy     map[string]*call
	faults     []*fault // newest last
	optedOut   map[pair]bool
	posts      []Post
	counts     Counts

	seq     int64         // of the last entry in any phone's thread
	changed chan struct{} // closed and renewed when a thread grows

	// watch is told of every message whose state has changed, and acted of every
	// text and key of a phone's, with the lock held; nil: nobody looks.
	watch func(*message)
	acted func(*Phone, entry)
	held  bool // silence on calls does not end by itself: whoever watches has stopped the clock
}

// pair is one sender and one phone: what a STOP applies to.
type pair struct{ sender, phone string }

// New makes a carrier that is not yet reachable. Close it when done.
func New(cfg Config) *Carrier {
	if cfg.AccountSID == "" {
		cfg.AccountSID = DefaultAccountSID
	}
	if cfg.AuthToken == "" {
		cfg.AuthToken = DefaultAuthToken
	}
	if cfg.Balance == "" {
		cfg.Balance = "20.00"
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	ctx, cancel := context.WithCancel(context.Background())
	c := &Carrier{
		cfg: cfg, ctx: ctx, cancel: cancel, client: newWebhookClient(),
		phones:    map[string]*Phone{},
		messageBy: map[string]*message{}, messagesTo: map[string][]*message{},
		callBy: map[string]*call{}, optedOut: map[pair]bool{},
		changed: make(chan struct{}),
	}
	for _, sender := range cfg.Senders {
		c.numbers = append(c.numbers, newNumber(sender, cfg.Now()))
	}
	c.messaging = newServices(cfg, c.numbers)
	c.Connect(cfg.Webhooks)
	return c
}

// Start opens the REST side on a loopback address such as 127.0.0.1:0 and
// returns once it is reachable. When ctx ends, the carrier closes.
func (c *Carrier) Start(ctx context.Context, addr string) error {
	if err := c.listen(ctx, addr); err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { c.Close() })
	return nil
}

// URL is the base address of the REST side, as for --twilio-api.
func (c *Carrier) URL() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return "http://" + c.address
}

// Account is the SID and the token that the REST side accepts and that
// webhooks are signed with.
func (c *Carrier) Account() (sid, token string) { return c.cfg.AccountSID, c.cfg.AuthToken }

// Down takes the REST side off the network: the listener and every connection
// are closed. Phones, and messages already accepted, go on.
func (c *Carrier) Down() error {
	c.mu.Lock()
	server := c.server
	c.server = nil
	c.mu.Unlock()
	if server == nil {
		return errors.New("take the carrier down: it is not up")
	}
	return server.close()
}

// Up brings the REST side back on the address that it had.
func (c *Carrier) Up(ctx context.Context) error {
	c.mu.Lock()
	address, up := c.address, c.server != nil
	c.mu.Unlock()
	if address == "" || up {
		return errors.New("bring the carrier up: it was not taken down")
	}
	return c.listen(ctx, address)
}

// Close ends everything: the REST side, messages and calls under way, streams
// of the page. It returns when nothing runs any more. Where the page is
// mounted on a server, close the carrier before shutting that server down,
// which otherwise waits for the page's streams.
func (c *Carrier) Close() error {
	c.mu.Lock()
	c.closed = true
	server := c.server
	c.server = nil
	c.mu.Unlock()
	c.cancel()
	var err error
	if server != nil {
		err = server.close()
	}
	c.work.Wait()
	c.client.CloseIdleConnections()
	return err
}

// readHeaderTimeout bounds a client that connects and says nothing; it only
// has to be longer than a busy test machine takes.
const readHeaderTimeout = 10 * time.Second

func (c *Carrier) listen(ctx context.Context, addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("start the carrier: %w", err)
	}
	if !isLoopback(host) {
		return fmt.Errorf("start the carrier: %s is not a loopback address", host)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("start the carrier: %w", err)
	}
	up := &server{listener, &http.Server{Handler: c.rest(), ReadHeaderTimeout: readHeaderTimeout}}
	c.mu.Lock()
	if c.closed || c.server != nil {
		c.mu.Unlock()
		listener.Close()
		return errors.New("start the carrier: it is closed, or runs already")
	}
	c.server, c.address = up, listener.Addr().String()
	c.mu.Unlock()
	c.spawn(func() { up.http.Serve(listener) })
	return nil
}

// server is the REST side on the network.
type server struct {
	listener net.Listener
	http     *http.Server
}

// close ends it. The listener is closed by name, because the server knows it
// only once it serves, which may be a moment after listen has returned.
func (s *server) close() error {
	err := s.http.Close()
	if e := s.listener.Close(); e != nil && !errors.Is(e, net.ErrClosed) {
		err = errors.Join(err, e)
	}
	return err
}

// spawn runs f as part of the carrier's life: Close waits for it.
func (c *Carrier) spawn(f func()) {
	if !c.enter() {
		return
	}
	go func() {
		defer c.work.Done()
		f()
	}()
}

// enter counts a piece of work that Close has to wait for; false once closed.
func (c *Carrier) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.work.Add(1)
	return true
}

// pause waits, and reports false when the carrier closed meanwhile.
func (c *Carrier) pause(d time.Duration) bool {
	if d <= 0 {
		return c.ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.ctx.Done():
		return false
	}
}

// watched tells whoever looks that a message's state has changed. The carrier's
// lock is held.
func (c *Carrier) watched(m *message) {
	if c.watch != nil {
		c.watch(m)
	}
}

// isHeld reports whether the silence of calls has been stopped.
func (c *Carrier) isHeld() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held
}

func (c *Carrier) now() time.Time { return c.cfg.Now() }

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
