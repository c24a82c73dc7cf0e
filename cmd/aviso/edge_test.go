package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aviso/gateway/carrier/sim"
)

// certificate makes one for a name, and where its PEM files are.
func certificate(t *testing.T, dir, name string) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(100 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER})
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(certPEM)
	for file, content := range map[string][]byte{cert: certPEM, key: keyPEM,
		filepath.Join(dir, name): bytes.Join([][]byte{keyPEM, certPEM}, nil)} { // as autocert keeps it
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key, pool
}

const domain = "aviso.example.org" // the host of publicURL

// overTLS asks the public address, by a name.
func (r *rig) overTLS(name string, pool *x509.CertPool, change func(*tls.Config)) (*http.Response, error) {
	config := &tls.Config{ServerName: name, RootCAs: pool}
	if change != nil {
		change(config)
	}
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: patience}
	response, err := client.Get("https://" + strings.TrimPrefix(r.base, "http://") + "/")
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	io.Copy(io.Discard, response.Body)
	return response, nil
}

func TestTLSByOwnCertificate(t *testing.T) {
	r := newRig(t)
	cert, key, pool := certificate(t, t.TempDir(), domain)
	r.serve("--tls-cert", cert, "--tls-key", key)
	response, err := r.overTLS(domain, pool, nil)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusNotFound || response.ProtoMajor != 1 || response.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%s %s, %q", response.Proto, response.Status, response.Header)
	}
	if _, err := r.overTLS(domain, pool, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	// Who speaks plain HTTP is told nothing, and leaves no trace of the address.
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /console/ HTTP/1.1\r\nHost: x\r\n\r\n")
	if answer, err := io.ReadAll(conn); err == nil && strings.Contains(string(answer), "200 OK") {
		t.Errorf("plain HTTP: %q", answer)
	}
	if strings.Contains(r.log.String(), conn.LocalAddr().String()) {
		t.Error("the log holds a caller's address")
	}
}

// A certificate that was renewed is served without a restart; a broken one is
// not taken.
func TestCertificateIsReadAgain(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	cert, key, _ := certificate(t, dir, domain)
	pair := &keyPair{cert: cert, key: key, clock: func() time.Time { return now }}
	first, err := pair.get(nil)
	if err != nil {
		t.Fatal(err)
	}
	renewed := func(when time.Duration) *tls.Certificate {
		t.Helper()
		if err := os.Chtimes(cert, now.Add(when), now.Add(when)); err != nil {
			t.Fatal(err)
		}
		now = now.Add(keyPairEvery)
		got, err := pair.get(nil)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	certificate(t, dir, domain)
	if again, err := pair.get(nil); err != nil || again != first {
		t.Errorf("looked at too soon: %v", err)
	}
	second := renewed(time.Hour)
	if second == first {
		t.Error("the renewed certificate is not served")
	}
	if err := os.WriteFile(cert, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if renewed(2*time.Hour) != second {
		t.Error("a broken certificate took the place of a good one")
	}
}

// A certificate that Let's Encrypt has given is served to its own domain alone.
func TestTLSByDomain(t *testing.T) {
	r := newRig(t)
	cache := t.TempDir()
	_, _, pool := certificate(t, cache, domain)
	r.serve("--tls-domain", domain, "--tls-cache", cache)
	if response, err := r.overTLS(domain, pool, nil); err != nil || response.StatusCode != http.StatusNotFound {
		t.Errorf("%v, %v", response, err)
	}
	if _, err := r.overTLS("other.example.org", pool, nil); err == nil {
		t.Error("another name is served")
	}
}

func TestEdgeProblems(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--max-conns=3"}, "--max-conns"},
		{[]string{"--max-conns=many"}, "--max-conns"},
		{[]string{"--trust-proxy=10.0.0.0/8,proxy"}, `"proxy"`},
		{[]string{"--probe-every=1ms"}, "--probe-every"},
		{[]string{"--tls-cert=x.pem"}, "--tls-key"},
		{[]string{"--tls-cert=/nonexistent", "--tls-key=/nonexistent"}, "--tls-cert"},
		{[]string{"--tls-domain=other.example.org", "--public-url=https://aviso.example.org"}, "--tls-domain"},
		{[]string{"--tls-domain=aviso.example.org", "--tls-cert=x", "--tls-key=y"}, "--tls-domain"},
		{[]string{"--tls-domain=aviso.example.org", "--tls-cache="}, "--tls-cache"},
	} {
		status, _, stderr := quick(t, nil, append([]string{"serve"}, test.args...)...)
		if status != 2 || !strings.Contains(stderr, test.want) {
			t.Errorf("%v: exit %d, %s", test.args, status, stderr)
		}
	}
	c := good()
	c.Edge = edgeConfig{TrustProxy: "10.1.2.3, 2001:db8::/32", MaxConns: "100", ProbeEvery: "0"}
	s, err := c.serving()
	if err != nil || len(s.edge.proxies) != 2 || s.edge.proxies[0].String() != "10.1.2.3/32" || s.edge.connections != 100 || s.edge.probeEvery != 0 {
		t.Errorf("%+v, %v", s.edge, err)
	}
}

// The public URL is called as the carrier calls it: right, and as it is where a
// proxy changes the path or serve has another token.
func TestPublicURLIsProbed(t *testing.T) {
	r := newRig(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	r.serve("--addr", address, "--public-url", "http://"+address, "--probe-every", "1s")
	r.eventually("the public URL is found good", func() bool {
		_, metrics := r.get("/metrics")
		return strings.Contains(metrics, `aviso_public_url{result="ok"} 1`)
	})
	if _, metrics := r.get("/metrics"); !strings.Contains(metrics, "aviso_signature_failures_total 0") {
		t.Error("the probe counts as a forged webhook")
	}
	r.carrier.Connect(sim.Webhooks{SMS: "http://" + address + "/twilio/sms", Voice: "http://" + address + "/twilio/voice"})
	verdict := func(args ...string) checked {
		out, _ := r.command(1, append([]string{"check", "--json"}, args...)...)
		var got checked
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	if text := verdict("--public-url", "http://"+address).finding("ok", "public URL"); text == "" {
		t.Error("check does not find the running gateway")
	}
	if text := verdict("--public-url", "http://localhost:"+strings.Split(address, ":")[1]).finding("missing", "public URL"); !strings.Contains(text, "refuses our own signature") {
		t.Errorf("a wrong public URL: %q", text)
	}
}

// rudeness is what one connection says and does not end, in plain text; over
// TLS the first is half a handshake.
var rudeness = []string{
	"",
	"POST /twilio/sms HTTP/1.1\r\nHost: x\r\nX-Tw",
	"POST /twilio/sms HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nX-Twilio-Signature: x\r\nContent-Length: 60000\r\n\r\nBody=",
	"POST /console/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nname=",
	"GET /console/login HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n",
	"GET /console/login HTTP/1.1\r\nHost: x\r\n\r\n", // and then idle
	"GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 1<<20),
}

// Clients that are slow, send huge headers or nothing, or come in hundreds keep
// nobody out, not even behind the same address, as all are behind a proxy; by
// our own TLS as without. They are gone within seconds; a stop does not wait for
// them.
func TestRudeClients(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"http", "https"} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			cert, key, pool := certificate(t, t.TempDir(), domain)
			args := []string{"--max-conns", "100"}
			if scheme == "https" {
				args = append(args, "--tls-cert", cert, "--tls-key", key)
			}
			r.serve(args...)
			address := strings.TrimPrefix(r.base, "http://")
			config := &tls.Config{ServerName: domain, RootCAs: pool}

			// A crowd that comes again whenever it is turned away.
			var crowd sync.WaitGroup
			ctx, goHome := context.WithCancel(t.Context())
			var lasted atomic.Int64 // the longest of a connection
			for n := range 250 {
				words := rudeness[2] // lasts for seconds: by it alone the house would be full
				if n%2 == 0 {
					words = rudeness[n/2%len(rudeness)]
				}
				crowd.Go(func() {
					time.Sleep(time.Duration(n) * 4 * time.Millisecond) // they do not come all at once
					for ctx.Err() == nil {
						began := time.Now()
						beRude(ctx, address, words, scheme == "https", config)
						for took := int64(time.Since(began)); took > lasted.Load(); {
							lasted.Store(took)
						}
						time.Sleep(time.Second)
					}
				})
			}
			r.eventually("the house is full", func() bool {
				return r.metric(`aviso_limited_total{what="connection"}`) > 0
			})
			_, token := r.carrier.Account()
			client := &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: config}}
			for n := range 15 {
				form := url.Values{"MessageSid": {fmt.Sprintf("SM%032d", n)}, "From": {phoneNumber(414, n)}, "To": {sender}, "Body": {"ALERTA"}}
				began := time.Now()
				err := post(client, scheme+"://"+address, token, form)
				for try := 1; err != nil && try < 3; try++ { // as carriers do
					err = post(client, scheme+"://"+address, token, form)
				}
				if took := time.Since(began); err != nil || took > 5*time.Second {
					t.Errorf("alert %d: %v after %s", n, err, took)
				}
			}
			// Of a few, nobody loses a place to another: here the budgets alone end
			// them.
			goHome()
			crowd.Wait()
			lasted.Store(0)
			for _, words := range rudeness {
				crowd.Go(func() {
					began := time.Now()
					beRude(t.Context(), address, words, scheme == "https", config)
					for took := int64(time.Since(began)); took > lasted.Load(); {
						lasted.Store(took)
					}
				})
			}
			crowd.Wait()
			if longest := time.Duration(lasted.Load()); longest > readTimeout+3*time.Second {
				t.Errorf("a connection that proves nothing lasts %s", longest)
			}
			if strings.Contains(r.log.String(), "127.0.0.1:") && strings.Contains(r.log.String(), "TLS handshake") {
				t.Error("the log holds a caller's address")
			}
			// A stop waits for nobody who is slow.
			for range 100 {
				crowd.Go(func() { beRude(t.Context(), address, rudeness[2], scheme == "https", config) })
			}
			began := time.Now()
			if status := r.stop(); status != 0 || time.Since(began) > contract {
				t.Errorf("exit %d after %s", status, time.Since(began))
			}
			crowd.Wait()
		})
	}
}

// post posts a signed text on a connection of its own.
func post(client *http.Client, base, token string, form url.Values) error {
	form.Set("AccountSid", sim.DefaultAccountSID)
	request, err := http.NewRequest(http.MethodPost, base+"/twilio/sms", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("X-Twilio-Signature", sim.Sign(token, publicURL+"/twilio/sms", form))
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New(response.Status)
	}
	return nil
}

// beRude opens a connection, says its words and no more, and waits until it is
// thrown out or called home.
func beRude(ctx context.Context, address, words string, overTLS bool, config *tls.Config) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return
	}
	raw := conn // what is called home, whatever is spoken over it
	defer raw.Close()
	defer context.AfterFunc(ctx, func() { raw.Close() })()
	if overTLS && words == "" {
		conn.Write([]byte{0x16, 3, 1}) // a handshake's first three bytes
	} else if overTLS {
		conn = tls.Client(conn, config)
	}
	io.WriteString(conn, words)
	io.Copy(io.Discard, conn)
}

// Whoever reaches the internal address takes no more than a few connections by that,
// and what watches it is answered all the same.
func TestInternalAddressIsBounded(t *testing.T) {
	r := newRig(t)
	r.serve()
	address := strings.TrimPrefix(r.members[0].internal, "http://")
	for range 4 * internalMost {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
	}
	r.eventually("the flood pays for its own connections", func() bool { return r.metric(`aviso_limited_total{what="connection"}`) >= 2*internalMost })
	if status, _ := r.get("/healthz"); status != http.StatusOK {
		t.Errorf("/healthz: %d", status)
	}
}
