package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"math"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"aviso/gateway/carrier/twilio"
	"aviso/gateway/web"
)

// edgeConfig is what the operator says of how --addr is reached, as written.
type edgeConfig struct {
	TLSDomain string `name:"tls-domain" environment:"AVISO_TLS_DOMAIN" placeholder:"DOMAINS" help:"Serve --addr by TLS with certificates from Let's Encrypt for these domains, comma-separated; --addr has to be reachable there on port 443. By this its terms are agreed to. Without it a proxy in front has to do TLS."`
	TLSCache  string `name:"tls-cache" default:"aviso.tls" environment:"AVISO_TLS_CACHE" placeholder:"FOLDER" help:"Where --tls-domain keeps its certificates. Default aviso.tls."`
	TLSEmail  string `name:"tls-email" environment:"AVISO_TLS_EMAIL" placeholder:"ADDRESS" help:"Whom Let's Encrypt tells of trouble with --tls-domain."`
	TLSCert   string `name:"tls-cert" environment:"AVISO_TLS_CERT" placeholder:"PATH" help:"Serve --addr by TLS with this certificate and its chain (PEM), read again when it is renewed. Goes with --tls-key."`
	TLSKey    string `name:"tls-key" environment:"AVISO_TLS_KEY" placeholder:"PATH" help:"The key of --tls-cert (PEM)."`

	TrustProxy string `name:"trust-proxy" environment:"AVISO_TRUST_PROXY" placeholder:"ADDRESSES" help:"Addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-For is believed, comma-separated. Without it limits go by the address of the connection. Signatures never depend on such headers."`
	MaxConns   string `name:"max-conns" default:"4096" environment:"AVISO_MAX_CONNS" placeholder:"N" help:"Connections that --addr takes at once; beyond it the address that holds the most loses its oldest. Default 4096."`
	ProbeEvery string `name:"probe-every" default:"5m" environment:"AVISO_PROBE_EVERY" placeholder:"TIME" help:"How often serve calls its own public URL as a carrier does, for the metric aviso_public_url; 0: never. Default 5m."`
}

// edge is an edgeConfig that was found good.
type edge struct {
	certificates *tls.Config // nil: no TLS
	proxies      []netip.Prefix
	connections  int
	probeEvery   time.Duration // 0: never
}

// Bounds of --max-conns and --probe-every. A process may have 1,024 files open
// on a system that was not told otherwise; scripts/deploy says more.
const (
	connectionsUsual = 4096
	connectionsLeast = 16
	connectionsMost  = 1 << 20
	publicProbeLeast = time.Second
)

// edge reads how --addr is reached.
func (k *check) edge(c *Config) edge {
	e := edge{connections: connectionsUsual}
	if c.Edge.MaxConns != "" {
		n, err := strconv.Atoi(c.Edge.MaxConns)
		if err != nil || n < connectionsLeast || n > connectionsMost {
			k.problem("--max-conns (AVISO_MAX_CONNS)", "want a number from %d to %d", connectionsLeast, connectionsMost)
		}
		e.connections = n
	}
	for _, entry := range list(c.Edge.TrustProxy) {
		prefix, err := netip.ParsePrefix(entry)
		if addr, single := netip.ParseAddr(entry); single == nil {
			prefix, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			k.problem("--trust-proxy (AVISO_TRUST_PROXY)", "%q is neither an address nor a network like 10.0.0.0/8", entry)
			continue
		}
		e.proxies = append(e.proxies, prefix.Masked())
	}
	if value := c.Edge.ProbeEvery; value != "" && value != "0" {
		every, err := time.ParseDuration(value)
		if err != nil || every < publicProbeLeast {
			k.problem("--probe-every (AVISO_PROBE_EVERY)", "want a time of at least %s like 5m, or 0", publicProbeLeast)
		}
		e.probeEvery = every
	}
	e.certificates = k.certificates(c)
	return e
}

// certificates are those of --tls-domain or --tls-cert; nil: none.
func (k *check) certificates(c *Config) *tls.Config {
	const own, domain = "--tls-cert (AVISO_TLS_CERT)", "--tls-domain (AVISO_TLS_DOMAIN)"
	e := c.Edge
	switch {
	case e.TLSDomain != "" && e.TLSCert+e.TLSKey != "":
		k.problem(domain, "goes with neither --tls-cert nor --tls-key")
	case (e.TLSCert == "") != (e.TLSKey == ""):
		k.problem(own, "goes with --tls-key, and neither without the other")
	case e.TLSCert != "":
		k.owned(c, "--tls-key (AVISO_TLS_KEY)", e.TLSKey)
		pair := &keyPair{cert: e.TLSCert, key: e.TLSKey, clock: time.Now}
		if _, err := pair.get(nil); err != nil {
			k.problem(own, "%v", err)
			return nil
		}
		return tlsConfig(pair.get, "http/1.1")
	case e.TLSDomain != "":
		domains := list(e.TLSDomain)
		if u, err := url.Parse(c.PublicURL); err == nil && c.PublicURL != "" && !slices.Contains(domains, u.Hostname()) {
			k.problem(domain, "does not hold the host of --public-url, which carriers call")
		}
		if e.TLSCache == "" {
			k.problem("--tls-cache (AVISO_TLS_CACHE)", "is required by --tls-domain: without it every start asks for new certificates, which Let's Encrypt limits")
		}
		manager := &autocert.Manager{
			Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(e.TLSCache), HostPolicy: autocert.HostWhitelist(domains...), Email: e.TLSEmail,
		}
		return tlsConfig(manager.GetCertificate, "http/1.1", acme.ALPNProto)
	}
	return nil
}

// tlsConfig is Go's own choice of ciphers from TLS 1.2 on, which Twilio speaks.
// HTTP/2 is left out: webhooks do not need it, and its many requests on one
// connection are what floods are made with.
func tlsConfig(get func(*tls.ClientHelloInfo) (*tls.Certificate, error), protocols ...string) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: get, NextProtos: protocols}
}

// keyPair is a certificate in files, read again when they have changed.
type keyPair struct {
	cert, key string
	clock     func() time.Time

	mu     sync.Mutex
	loaded *tls.Certificate
	as     time.Time // of the certificate's file when it was loaded
	looked time.Time
}

// keyPairEvery is how often the files are looked at: renewals are days ahead.
const keyPairEvery = time.Minute

func (p *keyPair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock()
	if p.loaded != nil && now.Sub(p.looked) < keyPairEvery {
		return p.loaded, nil
	}
	p.looked = now
	info, err := os.Stat(p.cert)
	if err == nil && p.loaded != nil && info.ModTime().Equal(p.as) {
		return p.loaded, nil
	}
	var pair tls.Certificate
	if err == nil {
		pair, err = tls.LoadX509KeyPair(p.cert, p.key)
	}
	switch {
	case err == nil:
		p.loaded, p.as = &pair, info.ModTime()
	case p.loaded == nil:
		return nil, err
	}
	return p.loaded, nil // half written, perhaps: the old one is good for another minute
}

// filesBesides is how many files a node has open besides the connections that
// it takes: the database and its readers, requests to carriers, what the runtime
// needs; and as many again.
const filesBesides = 256

// tooFewFiles says that a process may open fewer files than its connections
// need; "" where it may not. Beyond the limit no connection is taken from
// anybody, carriers included.
func (e edge) tooFewFiles(limit uint64) string {
	if need := uint64(e.connections + filesBesides); limit < need {
		return fmt.Sprintf("--max-conns is %d, and this process may have %d files open: it needs %d. Raise the limit (LimitNOFILE in systemd, ulimit -n), or lower --max-conns", e.connections, limit, need)
	}
	return ""
}

// filesMost is how many files this process may have open.
func filesMost() uint64 {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return math.MaxUint64
	}
	return uint64(limit.Cur)
}

// front is what the public server listens on: connections counted, and by TLS
// where that is done here.
func (n *node) front(l net.Listener) net.Listener {
	counted := web.NewConnections(n.settings.edge.connections, n.metrics)
	n.drop = counted.Drop
	n.public.ConnContext, n.public.ConnState = counted.Context, counted.State
	l = counted.Listen(l)
	if n.settings.edge.certificates != nil {
		l = tls.NewListener(l, n.settings.edge.certificates)
	}
	return l
}

// internalMost bounds the connections of the internal address: watches ask one at a
// time, and what floods it takes no file that the public one needs.
const internalMost = 64

// inside is what the internal server listens on.
func (n *node) inside(l net.Listener) net.Listener {
	counted := web.NewConnections(internalMost, n.metrics)
	n.internal.ConnContext, n.internal.ConnState = counted.Context, counted.State
	return counted.Listen(l)
}

// probeFirst lets a proxy find out that the node is there.
const probeFirst = time.Minute

// probe calls the public URL now and then, until ctx ends, and says when what
// comes of it changes.
func (n *node) probe(ctx context.Context, validator *twilio.Validator) {
	every := n.settings.edge.probeEvery
	if every == 0 {
		return
	}
	transport, last := twilio.NewTransport(), ""
	defer transport.CloseIdleConnections()
	for wait := min(probeFirst, every); ; wait = every {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		err := validator.Probe(ctx, transport)
		result := probeResult(err)
		if ctx.Err() != nil {
			return
		}
		n.metrics.Probed(result)
		switch {
		case result == last:
		case result == "ok":
			n.log.Info().Msg("public URL answers, and takes our signature")
		case result == "unreachable":
			n.log.Warn().Msg(err.Error())
		default:
			n.log.Error().Msg(err.Error())
		}
		last = result
	}
}

func probeResult(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, twilio.ErrProbeRefused):
		return "refused"
	case errors.Is(err, twilio.ErrProbeForeign):
		return "foreign"
	}
	return "unreachable"
}

// quietLog takes what net/http says of single connections: a broken handshake
// or a header that is too large, with the caller's address. Anybody can cause
// as many as they like.
func quietLog(l zerolog.Logger) *log.Logger { return log.New(connectionLog{l}, "", 0) }

type connectionLog struct{ zerolog.Logger }

func (l connectionLog) Write(line []byte) (int, error) {
	kind, _, _ := strings.Cut(string(line), " from ")
	kind, _, _ = strings.Cut(kind, " serving ") // a panic's
	l.Debug().Str("kind", strings.TrimSpace(kind)).Msg("connection failed")
	return len(line), nil
}

// https reports whether an address is one that browsers can be held to.
func https(address string) bool { return strings.HasPrefix(address, "https://") }
