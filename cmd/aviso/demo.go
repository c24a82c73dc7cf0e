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
	"strings"
	"time"

	"aviso/gateway"
	"aviso/gateway/carrier/sim"
	"aviso/gateway/roster"
	"aviso/store"
)

// demoCmd is `aviso demo`: what serve does, with a simulated carrier for
// Twilio and people who are made up. Only the carrier's address differs.
type demoCmd struct{}

// Help is kong's long help.
func (demoCmd) Help() string {
	return `Serves on 127.0.0.1:8080, or the next port that is free. Of the configuration only the addresses, the programme's name and the log are heeded: the database is a temporary one, and nothing leaves this machine. Ctrl-C ends it.`
}

// Run serves until it is told to end, and removes everything.
func (demoCmd) Run(a *app) (err error) {
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

	carrier := sim.New(sim.Config{Senders: []string{demoSender}, AuthToken: randomHex(), Pace: sim.Lifelike()})
	if err := carrier.Start(context.WithoutCancel(a.ctx), "127.0.0.1:0"); err != nil {
		return err
	}
	defer carrier.Close()
	base := "http://" + l.public.Addr().String()
	ussd := ussdConfig{Secret: randomHex()}
	carrier.Connect(sim.Webhooks{SMS: base + "/twilio/sms", Voice: base + "/twilio/voice", USSD: base + "/ussd/" + ussd.Secret, Code: demoCode})
	page, err := carrier.Page(demoPage(carrier))
	if err != nil {
		return err
	}

	config := demoConfig(*a.config, folder, base, carrier)
	config.USSD = ussd
	s, err := config.serving()
	if err != nil {
		return err
	}
	records, err := store.Open(a.ctx, store.Options{DSN: config.DB, KeysFile: config.Keys, VoidLeases: true, Clock: time.Now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	if err := seed(a.ctx, records); err != nil {
		return err
	}
	password, err := newAccounts(records, config.Programme).Add(a.ctx, nil, demoAgent, gateway.RoleAdmin)
	if err != nil {
		return fmt.Errorf("seed the demo: %w", err)
	}
	n, err := newNode(s, records, newLog(a.stderr, config.LogFormat, s.level), page)
	if err != nil {
		return err
	}
	// The page's streams end with the carrier; the server would wait for them.
	n.before = func() { carrier.Close() }
	return n.serve(a.ctx, l, func() {
		fmt.Fprintf(a.stdout, demoGreeting, base, base, demoAgent, password, "http://"+l.internal.Addr().String())
	})
}

const demoGreeting = `
Aviso, with everybody in it made up. Nothing leaves this machine.

  phones   %s/sim/
  console  %s/console/
           log in as %s with the one-time password %s
  health   %s/readyz

Type ALERTA on Juan's phone and see his family's ring; answer 1 on one of them.
Or open "Calls and keys" on a phone, call, and press 1; or dial *384# instead.
Ctrl-C ends it and removes what it kept.

`

// demoAgent is an admin of the contact centre.
const demoAgent = "demo"

// demoSender is our number, and demoCenter the contact centre's.
const (
	demoSender = "+15550001111"
	demoCenter = "+13125550190"
	demoCode   = "*384#" // that the phones dial
)

// demoConfig is the operator's configuration as far as the demo heeds it.
func demoConfig(c Config, folder, base string, carrier *sim.Carrier) *Config {
	c.DB, c.Keys = filepath.Join(folder, "aviso.db"), filepath.Join(folder, "aviso.keys")
	c.PublicURL, c.TwilioAPI = base, carrier.URL()
	c.AccountSID, c.AuthToken = carrier.Account()
	c.AuthTokenPrevious, c.Edge, c.Further = "", edgeConfig{}, carriersConfig{}
	// A real long code sends one segment a second; nobody likes to watch that.
	c.SMSFrom, c.SMSRate, c.VoiceFrom = demoSender, "5", ""
	c.NationalDesk, c.PublicPhone, c.OnlyTo, c.Countries = "", demoCenter, "", "US,MX"
	c.CallCenter, c.CustodyLine = demoCenter, ""
	if c.Programme == "" {
		c.Programme = "RED DEMO"
	}
	return &c
}

// demoPeople and demoDesks are kept by the same code as an operator's files.
const demoPeople = `{"phone":"+13125550101","name":"Juan Perez","language":"es","zip":"60608","pin":"4821","duress_pin":"9917","consulate_consent":true,"contacts":[{"phone":"+523312345678","name":"Maria","relation":"hermana","language":"es","accepted":true},{"phone":"+13125550102","name":"Pedro","relation":"hermano","language":"es","accepted":true},{"phone":"+13125550103","name":"Rosa","relation":"esposa","language":"es","accepted":true}]}
`

const demoDesks = `consulate,channel,address,hours,language,confirmed
chicago,sms,+13125550199,,es,2026-01-15
`

func seed(ctx context.Context, records *store.Store) error {
	directory, err := records.Directory(ctx)
	if err != nil {
		return fmt.Errorf("seed the demo: %w", err)
	}
	options := roster.Options{Now: time.Now(), Directory: directory}
	hasher := gateway.NewHasher()
	for row, err := range roster.Profiles(strings.NewReader(demoPeople), roster.JSONLines, options) {
		if err != nil {
			return fmt.Errorf("seed the demo: %w", err)
		}
		person, _ := incoming(row, false, hasher)
		if _, err := records.ImportProfiles(ctx, []store.Incoming{person}); err != nil {
			return fmt.Errorf("seed the demo: %w", err)
		}
	}
	desks, err := roster.Desks(strings.NewReader(demoDesks), options)
	if err == nil {
		err = records.ReplaceDesks(ctx, desks)
	}
	if err != nil {
		return fmt.Errorf("seed the demo: %w", err)
	}
	return nil
}

// demoPage shows the phones of demoPeople, and one that nobody knows.
func demoPage(carrier *sim.Carrier) sim.PageConfig {
	page := sim.PageConfig{Sender: demoSender, Phones: []sim.PagePhone{
		{Phone: carrier.Phone("+13125550101", "Juan"), Role: "may be detained, Chicago",
			Hint: "PIN 4821. Under duress: 9917.", Keys: []string{"ALERTA", "ESTADO", "CANCELAR 4821", "DERECHOS"}},
		{Phone: carrier.Phone("+523312345678", "Maria"), Role: "his sister, Guadalajara", Keys: []string{"1", "AYUDA"}},
		{Phone: carrier.Phone("+13125550102", "Pedro"), Role: "his brother, Chicago", Keys: []string{"1", "AYUDA"}},
		{Phone: carrier.Phone("+13125550103", "Rosa"), Role: "his wife, Chicago", Keys: []string{"1", "AYUDA"}},
		{Phone: carrier.Phone("+13125550199", "Consulado"), Role: "desk of the consulate in Chicago", Keys: []string{"RECIBIDO", "LOCALIZADO", "CERRAR"}},
		{Phone: carrier.Phone("+13125550177", "Prestado"), Role: "a borrowed phone that nobody knows",
			Hint: "From any phone: number and PIN.", Keys: []string{"ALERTA 3125550101 4821", "ALERTA"}},
		{Phone: carrier.Phone(demoCenter, "Centro"), Role: "the contact centre", Hint: "Rings when a caller presses 0."},
	}}
	for _, p := range page.Phones {
		p.Phone.OnCall(sim.ByHand)
	}
	return page
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
