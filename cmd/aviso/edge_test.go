package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aviso/gateway/sim"
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

// Clients that are slow, send huge headers, or come in hundreds keep nobody out
// and are gone within the budgets of a request; a stop does not wait for them.
func TestRudeClients(t *testing.T) {
	r := newRig(t)
	r.serve("--max-conns", "64")
	address := strings.TrimPrefix(r.base, "http://")
	// Whoever floods is at another address than the carrier.
	flooder := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	var slow []net.Conn
	for range 200 {
		conn, err := flooder.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		fmt.Fprintf(conn, "POST /twilio/sms HTTP/1.1\r\nHost: x\r\nX-Twilio-Signature: x\r\nContent-Length: 60000\r\n\r\nBody=")
		slow = append(slow, conn)
	}
	r.text(r.juan, "ALERTA")
	r.expect(r.maria, "Juan")
	huge, err := flooder.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { huge.Close() })
	go fmt.Fprintf(huge, "GET / HTTP/1.1\r\nHost: x\r\nX: %s\r\n\r\n", strings.Repeat("x", 1<<20))
	huge.SetReadDeadline(time.Now().Add(patience))
	answer := make([]byte, 64)
	if n, err := huge.Read(answer); err == nil && !strings.Contains(string(answer[:n]), "431") {
		t.Errorf("a header of a megabyte: %q", answer[:n])
	}
	began := time.Now()
	if status := r.stop(); status != 0 || time.Since(began) > contract {
		t.Errorf("exit %d after %s, with %d slow ones", status, time.Since(began), len(slow))
	}
}
