package twilio

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Validator checks that a webhook was signed by Twilio for this service: its
// X-Twilio-Signature has to be
//
//	base64(HMAC-SHA1(auth token, URL + every POST parameter sorted by name, name and value joined))
//
// (https://www.twilio.com/docs/usage/webhooks/webhooks-security). The URL is
// built from the configured public one and never from what the caller says in
// its headers. A signature has no time in it: repeats are told by their
// MessageSid or CallSid, not here.
//
// It is safe for concurrent use.
type Validator struct {
	heads  []string // the public URL with and without port, the configured form first
	header []string // that the signature stands in, the first that is there
	tokens []*keyed
	shared map[string][]*keyed // SharedKeys, by algorithm
	codes  Codes
	pool   sync.Pool // of *scratch
}

// Webhooks is how the webhooks of an account are known.
type Webhooks struct {
	// PublicURL is the address that is called, such as https://x.org or
	// https://x.org/aviso. Its path is a prefix that the proxy takes off:
	// https://x.org/aviso makes /twilio/sms the URL https://x.org/aviso/twilio/sms.
	// An address that may be signed in another form than it is written in is
	// refused.
	PublicURL string
	// Tokens are the auth tokens that are accepted, of which empty ones are left
	// out: a second one is the previous token while rotating.
	Tokens []string
	// SigningKeys sign beside or in place of them, as Provider has it: Twilio's
	// SharedKeys, SignalWire's signing key, and the ones before while rotating.
	SigningKeys []string
	// Provider is whose they are; the zero value is Twilio.
	Provider Provider
}

// NewValidator is a validator of Twilio's webhooks.
func NewValidator(publicURL string, tokens ...string) (*Validator, error) {
	return Webhooks{PublicURL: publicURL, Tokens: tokens}.Validator()
}

// Validator checks the webhooks. Errors name what is wrong, and repeat nothing.
func (w Webhooks) Validator() (*Validator, error) {
	u, err := parsePublic(w.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("public URL: %w", err)
	}
	provider := w.Provider
	if provider.Header == nil {
		provider = Providers()[0]
	}
	v := &Validator{heads: heads(u), header: provider.Header, shared: map[string][]*keyed{}}
	v.pool.New = func() any { return new(scratch) }
	tokens := w.Tokens
	if keys := slices.DeleteFunc(slices.Clone(w.SigningKeys), func(k string) bool { return k == "" }); provider.SigningKey && len(keys) > 0 {
		tokens = keys
	} else {
		for _, key := range keys {
			for algorithm, hash := range algorithms {
				v.shared[algorithm] = append(v.shared[algorithm], newKeyed(key, hash))
			}
		}
	}
	for _, token := range tokens {
		if token != "" {
			v.tokens = append(v.tokens, newKeyed(token, sha1.New))
		}
	}
	if len(v.tokens) == 0 {
		return nil, errors.New("auth token: none is set")
	}
	return v, nil
}

// algorithms are those of SharedKeys, as settingsHeader names them.
var algorithms = map[string]func() hash.Hash{"HMAC_SHA1": sha1.New, "HMAC_SHA256": sha256.New}

// settingsHeader comes with webhooks that Twilio signs with a SharedKey:
// "key=webhooks_sharedkey_…,algorithm=HMAC_SHA256". It is no part of what is signed:
// whoever changes it needs a key's secret all the same.
// https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys
const settingsHeader = "X-Twilio-Webhooks-Signature-Settings"

// Signature is what a request's headers say of how it is signed.
type Signature struct {
	Value     string
	Shared    bool   // with a SharedKey
	Algorithm string // of Shared: "HMAC_SHA256"
}

// SignatureOf reads the headers of a request; its value is "" where there is none.
func SignatureOf(h http.Header) (s Signature) {
	for _, p := range Providers() {
		for _, name := range p.Header {
			if s.Value == "" {
				s.Value = h.Get(name)
			}
		}
	}
	return s.settings(h)
}

func (s Signature) settings(h http.Header) Signature {
	settings := h.Get(settingsHeader)
	if strings.TrimSpace(settings) == "" {
		return s
	}
	s.Shared, s.Algorithm = true, "HMAC_SHA1"
	for part := range strings.SplitSeq(settings, ",") {
		if name, value, ok := strings.Cut(part, "="); ok && strings.TrimSpace(name) == "algorithm" && strings.TrimSpace(value) != "" {
			s.Algorithm = strings.ToUpper(strings.TrimSpace(value))
		}
	}
	return s
}

// Known reports whether this version can check signatures of its kind.
func (s Signature) Known() bool { return !s.Shared || algorithms[s.Algorithm] != nil }

// ValidRequest reports whether a request is the account's: as Valid does, with the
// header of its provider, and with the SharedKeys where the request says that one
// has signed it.
func (v *Validator) ValidRequest(h http.Header, path, rawQuery string, form url.Values) bool {
	for _, name := range v.header {
		value := h.Get(name)
		if value == "" {
			continue
		}
		s := Signature{Value: value}.settings(h)
		if s.Shared {
			return v.valid(v.shared[s.Algorithm], path, rawQuery, form, value)
		}
		return v.valid(v.tokens, path, rawQuery, form, value)
	}
	return false
}

// WithCodes is the validator of an account of whose errors the operator says more
// than the table.
func (v *Validator) WithCodes(codes Codes) *Validator {
	v.codes = codes
	return v
}

// Valid reports whether the signature is one of Twilio's for a POST to path
// below the public URL. Path and rawQuery are as they stood in the request
// line, still escaped; form is the body's alone, without the query's
// parameters, unknown ones included. Anything that is missing makes it false.
//
// Values of a repeated name are signed sorted and each once, as Twilio does it
// and as its Python and Node libraries check it. twilio-go takes the first
// value alone, which would leave the others unsigned.
func (v *Validator) Valid(path, rawQuery string, form url.Values, signature string) bool {
	return v.valid(v.tokens, path, rawQuery, form, signature)
}

func (v *Validator) valid(keys []*keyed, path, rawQuery string, form url.Values, signature string) bool {
	if len(signature) > signatureMost {
		return false
	}
	s := v.pool.Get().(*scratch)
	defer v.pool.Put(s)
	tail := s.tail(path, rawQuery, form)
	// Which form of the URL and which token fit is no secret, so the first
	// that does ends it: for Twilio's own requests that is one HMAC.
	for _, key := range keys {
		for _, head := range v.heads {
			s.head = append(s.head[:0], head...)
			key.sign(s, tail)
			s.given = append(s.given[:0], signature...)
			if subtle.ConstantTimeCompare(s.signature, s.given) == 1 {
				return true
			}
		}
	}
	return false
}

// SelfTest checks signatures that Twilio's own library made, and that the same
// requests, changed, are refused; then that a signature under each token holds
// for the public URL and for nothing else. An error means that no webhook would
// get through, or that a forged one would.
func (v *Validator) SelfTest() error {
	var known struct {
		Token   string
		Vectors []struct {
			Public, Path, Query, Signature string
			Form                           url.Values
		}
	}
	if err := json.Unmarshal(twiliosOwn, &known); err != nil {
		return fmt.Errorf("signature self-test: read Twilio's signatures: %w", err)
	}
	for i, vector := range known.Vectors {
		other, err := NewValidator(vector.Public, known.Token)
		if err != nil {
			return fmt.Errorf("signature self-test: signature %d of Twilio's: %w", i, err)
		}
		if err := other.selfTest(vector.Path, vector.Query, vector.Form, vector.Signature); err != nil {
			return fmt.Errorf("signature self-test: signature %d of Twilio's: %w", i, err)
		}
	}
	form := url.Values{"Body": {"ALERTA año 😀 &=+"}, "From": {"+15550001111"}, "NumMedia": {""}}
	for _, token := range v.tokens {
		s := new(scratch)
		s.head = append(s.head, v.heads[0]...)
		token.sign(s, s.tail("/twilio/sms", "step=1", form))
		if err := v.selfTest("/twilio/sms", "step=1", form, string(s.signature)); err != nil {
			return fmt.Errorf("signature self-test: the public URL: %w", err)
		}
	}
	return nil
}

// twiliosOwn are signatures that Twilio's Node library has made, with what they
// are of and where they come from.
//
//go:embed signatures.json
var twiliosOwn []byte

// selfTest reports a right signature that is refused, or taken for something
// else than it is of.
func (v *Validator) selfTest(path, query string, form url.Values, signature string) error {
	forged := url.Values{"Forged": {"CANCELAR"}}
	for name, values := range form {
		forged[name] = values
	}
	switch {
	case !v.Valid(path, query, form, signature):
		return errors.New("a right signature is refused")
	case v.Valid(path, query, forged, signature):
		return errors.New("a forged form is accepted")
	case v.Valid(path+"/", query, form, signature), v.Valid(path, query+"&forged=1", form, signature):
		return errors.New("a forged address is accepted")
	}
	return nil
}

// signatureMost is the length of a SHA-256 sum in base64; a SHA-1 sum has 28.
const signatureMost = 44

// parseBase reads an address that paths are appended to. The error never
// repeats it: it may hold a password.
func parseBase(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("cannot be read as a URL")
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("has to begin with https:// or http://")
	case u.Hostname() == "":
		return nil, errors.New("has no host")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("may hold neither a query nor a fragment")
	}
	return u, nil
}

// parsePublic reads the address that carriers call. What they sign is that
// address as they write it, so one that can be written in two ways is refused:
// they would take one and we the other, and no webhook would get through.
func parsePublic(address string) (*url.URL, error) {
	u, err := parseBase(address)
	if err != nil {
		return nil, err
	}
	switch {
	case u.User != nil:
		return nil, errors.New("may hold neither user nor password: carriers leave them out of what they sign, or do not, and every request shows them to who is on the way. Webhooks are known by their signature")
	case !plainHost(u.Hostname()):
		return nil, errors.New("want a host of letters a-z, digits, dashes and dots, or an address: others are written in two ways (año.org is xn--ao-yja.org, which is the form to give), and with an underscore or an empty part carriers may not call them at all")
	case strings.HasSuffix(u.Host, ":"):
		return nil, errors.New("has a colon and no port after it")
	case u.String() != address || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '%' }):
		return nil, errors.New("is not in the form in which it is called: want https:// in small letters, and in the path letters a-z, digits, dashes and dots")
	case strings.Contains(u.Path, "//"), slices.ContainsFunc(strings.Split(u.Path, "/"), func(part string) bool { return part == "." || part == ".." }):
		return nil, errors.New("has a path with . or .. or // in it, which is called in a shorter form")
	}
	return u, nil
}

// plainHost reports whether a host has one form only: a name of letters, digits
// and dashes (RFC 1123), or an IP address.
func plainHost(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return !strings.Contains(host, "%") // the zone of an address of this machine's own
	}
	for label := range strings.SplitSeq(host, ".") {
		other := func(r rune) bool {
			return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-'
		}
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || strings.ContainsFunc(label, other) {
			return false
		}
	}
	return true
}

// heads are the public URL in the forms that Twilio may have signed: as
// configured, with the port and without one. Twilio is not consistent about
// ports, so its own libraries try both.
func heads(u *url.URL) []string {
	configured := strings.TrimRight(u.String(), "/")
	bare, with := *u, *u
	bare.Host = u.Hostname()
	if strings.Contains(bare.Host, ":") { // IPv6
		bare.Host = "[" + bare.Host + "]"
	}
	if u.Port() == "" {
		with.Host = bare.Host + ":" + map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	forms := []string{configured}
	for _, form := range []url.URL{bare, with} {
		if s := strings.TrimRight(form.String(), "/"); !slices.Contains(forms, s) {
			forms = append(forms, s)
		}
	}
	return forms
}

// keyed is one secret with hashes that have already taken it in: setting
// up an HMAC costs as much as hashing a short text message.
type keyed struct {
	token string
	macs  sync.Pool // of hash.Hash
}

func newKeyed(token string, algorithm func() hash.Hash) *keyed {
	k := &keyed{token: token}
	k.macs.New = func() any { return hmac.New(algorithm, []byte(token)) }
	return k
}

// sign leaves the signature of s.head and tail in s.signature.
func (k *keyed) sign(s *scratch, tail []byte) {
	mac := k.macs.Get().(hash.Hash)
	defer k.macs.Put(mac)
	mac.Reset()
	mac.Write(s.head)
	mac.Write(tail)
	s.signature = base64.StdEncoding.AppendEncode(s.signature[:0], mac.Sum(s.sum[:0]))
}

// scratch is what one check needs and the next one may use again.
type scratch struct {
	names     []string
	values    []string
	head      []byte
	rest      []byte
	given     []byte
	sum       [sha256.Size]byte
	signature []byte
}

// tail is what follows the public URL in a signed message.
func (s *scratch) tail(path, rawQuery string, form url.Values) []byte {
	b := append(s.rest[:0], path...)
	if rawQuery != "" {
		b = append(b, '?')
		b = append(b, rawQuery...)
	}
	names := s.names[:0]
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		values := form[name]
		if len(values) > 1 {
			s.values = append(s.values[:0], values...)
			slices.Sort(s.values)
			values = slices.Compact(s.values)
		}
		for _, value := range values {
			b = append(b, name...)
			b = append(b, value...)
		}
	}
	clear(names) // keeps no request's strings alive in the pool
	clear(s.values)
	s.names, s.rest = names, b
	return b
}
