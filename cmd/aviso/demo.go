package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/rs/zerolog"

	"aviso/gateway"
	"aviso/gateway/agent"
	"aviso/gateway/carrier/sim"
	"aviso/gateway/web"
	"aviso/store"
)

// demoCmd is `aviso demo`: what serve does, with a simulated carrier for
// Twilio and people who are made up. Only the carrier's address differs.
type demoCmd struct {
	brisk bool // nothing takes time, and stories leave none to read: for tests
}

// Help is kong's long help.
func (demoCmd) Help() string {
	return `Serves on 127.0.0.1:8080, or the next port that is free. Of the configuration only the addresses, the programme's name and the log are heeded: the database is a temporary one, and nothing leaves this machine. Ctrl-C ends it.`
}

// Run serves until it is told to end, and removes everything.
func (c demoCmd) Run(a *app) (err error) {
	folder, err := os.MkdirTemp("", "aviso-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	l, err := listenNear(a.ctx, a.config.Addr, a.config.InternalAddr)
	if err != nil {
		return err
	}
	defer l.Close()

	pace := sim.Lifelike()
	if c.brisk {
		pace = sim.Pace{}
	}
	carrier := sim.New(sim.Config{Senders: []string{demoSender, demoCustody}, AuthToken: randomHex(), Pace: pace})
	if err := carrier.Start(context.WithoutCancel(a.ctx), "127.0.0.1:0"); err != nil {
		return err
	}
	defer carrier.Close()
	base := "http://" + l.public.Addr().String()
	ussd := ussdConfig{Secret: randomHex()}
	carrier.Connect(sim.Webhooks{SMS: base + "/twilio/sms", Voice: base + "/twilio/voice", USSD: base + "/ussd/" + ussd.Secret, Code: demoCode})
	config := demoConfig(*a.config, folder, base, carrier)
	config.USSD = ussd
	s, err := config.serving()
	if err != nil {
		return err
	}
	// A raid is summed up every ten seconds here, and over soon: nobody likes to
	// watch a minute pass.
	s.rules.Policy.Raid = demoRaidPolicy
	records, err := store.Open(a.ctx, store.Options{DSN: config.DB, KeysFile: config.Keys, VoidLeases: true, Clock: time.Now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	log := newLog(a.stderr, config.LogFormat, s.level)
	d := &demo{log: log, brisk: c.brisk, records: records, carrier: carrier, accounts: newAccounts(records, config.Programme), hasher: gateway.NewHasher()}
	if err := d.seed(a.ctx, "es"); err != nil {
		return err
	}
	password, err := d.accounts.Add(a.ctx, nil, demoAgent, gateway.RoleAdmin)
	if err != nil {
		return fmt.Errorf("seed the demo: %w", err)
	}
	if err := d.hire(a.ctx); err != nil {
		return err
	}
	page, err := carrier.Page(d.page())
	if err != nil {
		return err
	}
	n, err := newNode(s, records, log, page)
	if err != nil {
		return err
	}
	d.domain = n.domain
	n.public.Handler = besidePhones(n.public.Handler)
	// The page's streams end with the carrier; the server would wait for them.
	n.before = func() { carrier.Close() }
	watching, stop := context.WithCancel(a.ctx)
	defer stop()
	watched := make(chan struct{})
	go func() { defer close(watched); d.watch(watching, page) }()
	defer func() { stop(); <-watched }()
	return n.serve(a.ctx, l, func() {
		fmt.Fprintf(a.stdout, demoGreeting, base, base, demoAgent, password, "http://"+l.internal.Addr().String())
	})
}

// demo is what the demo has beside a gateway: people who are made up, stories,
// and an agent whom the page of phones logs in.
type demo struct {
	records  *store.Store
	carrier  *sim.Carrier
	accounts *agent.Accounts
	hasher   *gateway.Hasher
	pin      gateway.PIN // Juan's, hashed
	domain   web.Domain
	log      zerolog.Logger
	brisk    bool
	desk     desk
}

const demoGreeting = `
Aviso, with everybody in it made up. Nothing leaves this machine.

  phones   %s/sim/
  console  %s/console/
           log in as %s with the one-time password %s
  health   %s/readyz

Open the phones: one press plays a story, in Spanish or English, with the console
beside it. Or type ALERTA on Juan's phone and see his family's ring; answer 1 on
one of them. Or call from "Calls and more" and press 1; or dial *384# instead.
Ctrl-C ends it and removes what it kept.

`

// demoAgent is an admin of the contact centre.
const demoAgent = "demo"

// demoSender is our number, demoCustody the one that jails let people call, and
// demoCenter the contact centre's.
const (
	demoSender  = "+15550001111"
	demoCustody = "+15550003333"
	demoCenter  = "+13125550190"
	demoCode    = "*384#" // that the phones dial
)

// demoConfig is the operator's configuration as far as the demo heeds it.
func demoConfig(c Config, folder, base string, carrier *sim.Carrier) *Config {
	c.DB, c.Keys = filepath.Join(folder, "aviso.db"), filepath.Join(folder, "aviso.keys")
	c.PublicURL, c.TwilioAPI = base, carrier.URL()
	c.AccountSID, c.AuthToken = carrier.Account()
	c.AuthTokenPrevious, c.Edge, c.Further = "", edgeConfig{}, carriersConfig{}
	// A real long code sends one segment a second; nobody likes to watch that.
	c.SMSFrom, c.SMSRate, c.VoiceFrom, c.VoiceRate = demoSender, "10", "", "5"
	c.NationalDesk, c.PublicPhone, c.OnlyTo, c.Countries = "", demoCenter, "", "US,MX"
	c.CallCenter, c.CustodyLine = demoCenter, demoCustody+":w1"
	if c.Programme == "" {
		c.Programme = "RED DEMO"
	}
	return &c
}

// nearby is how many ports are tried after one that is taken.
const nearby = 20

// listenNear binds the two addresses, or the next free ports after them where
// they are the defaults: a demo is not to fail because of what else runs.
func listenNear(ctx context.Context, addr, internalAddr string) (listeners, error) {
	public, err := bindNear(ctx, addr)
	if err != nil {
		return listeners{}, fmt.Errorf("listen on --addr: %w", err)
	}
	internal, err := bindNear(ctx, internalAddr)
	if err != nil {
		public.Close()
		return listeners{}, fmt.Errorf("listen on --internal-addr: %w", err)
	}
	return listeners{public, internal}, nil
}

func bindNear(ctx context.Context, addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	first, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("port: %w", err)
	}
	for n := first; ; n++ {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(n)))
		if err == nil || first == 0 || n == first+nearby {
			return l, err
		}
	}
}

// randomHex is a secret of 128 bits.
func randomHex() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
