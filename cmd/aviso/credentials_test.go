package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"aviso/gateway/carrier/sim"
)

// signs is the rule of the documents: the address, then each name and value.
func signs(algorithm func() hash.Hash, key, address string, form url.Values) string {
	mac := hmac.New(algorithm, []byte(key))
	mac.Write([]byte(address))
	for _, name := range slices.Sorted(maps.Keys(form)) {
		mac.Write([]byte(name + form.Get(name)))
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// hands in a text with headers of our own choice, and returns the status.
func (r *rig) handsIn(form url.Values, headers map[string]string) int {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.base+"/twilio/sms", strings.NewReader(form.Encode()))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

// A SharedKey signs in place of the token where the request says so; a key that is
// not ours, or an algorithm that nobody knows, is refused and named in the log.
func TestSharedKeySignsWebhooks(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.more = append(r.more, "AVISO_SIGNING_KEY=shared-secret_1", "AVISO_SIGNING_KEY_PREVIOUS=shared-secret_0")
	r.serve()
	sid, token := r.carrier.Account()
	form := url.Values{"AccountSid": {sid}, "MessageSid": {"SMshared"}, "From": {r.juan.Number}, "To": {sender}, "Body": {"AYUDA"}}
	const address = publicURL + "/twilio/sms"
	settings := func(algorithm string) string { return "key=webhooks_sharedkey_01,algorithm=" + algorithm }
	for name, c := range map[string]struct {
		signature, settings string
		status              int
	}{
		"a SharedKey":                {signs(sha256.New, "shared-secret_1", address, form), settings("HMAC_SHA256"), 200},
		"the one before":             {signs(sha256.New, "shared-secret_0", address, form), settings("HMAC_SHA256"), 200},
		"with SHA-1":                 {signs(sha1.New, "shared-secret_1", address, form), settings("HMAC_SHA1"), 200},
		"the token":                  {signs(sha1.New, token, address, form), "", 200},
		"somebody else's key":        {signs(sha256.New, "guess", address, form), settings("HMAC_SHA256"), 403},
		"the token in its place":     {signs(sha256.New, token, address, form), settings("HMAC_SHA256"), 403},
		"an algorithm of the future": {signs(sha256.New, "shared-secret_1", address, form), settings("ED25519"), 403},
	} {
		headers := map[string]string{"X-Twilio-Signature": c.signature}
		if c.settings != "" {
			headers["X-Twilio-Webhooks-Signature-Settings"] = c.settings
		}
		if got := r.handsIn(form, headers); got != c.status {
			t.Errorf("%s: %d, want %d", name, got, c.status)
		}
	}
	if !strings.Contains(r.log.String(), "SharedKey") {
		t.Error("the log does not say what is wrong with a SharedKey's signature")
	}
	if strings.Contains(r.log.String(), "shared-secret") {
		t.Error("the log holds a key")
	}
}

// Requests are made with the API key where there is one; a SID in the wrong
// variable is named at the start, and check says of a key that is not taken.
func TestCredentials(t *testing.T) {
	t.Parallel()
	c := accountAt(t, sim.Config{}, nowhere)
	environ := checkEnviron(t, c)
	for named, more := range map[string][]string{
		"that belongs in TWILIO_API_KEY": {"TWILIO_ACCOUNT_SID=SK0123456789abcdef0123456789abcdef"},
		"account SID: want AC":           {"TWILIO_ACCOUNT_SID=MG0123456789abcdef0123456789abcdef"},
		"API secret: is not set":         {"TWILIO_API_KEY=SK0123456789abcdef0123456789abcdef"},
		"API key: is not set":            {"TWILIO_API_SECRET=abc"},
		"API key: want its SID":          {"TWILIO_API_KEY=AC0123456789abcdef0123456789abcdef", "TWILIO_API_SECRET=abc"},
		"auth token: may hold letters":   {"TWILIO_AUTH_TOKEN=with blanks"},
	} {
		if status, _, stderr := quick(t, append(slices.Clone(environ), more...), "check"); status != 2 || !strings.Contains(stderr, named) {
			t.Errorf("%v: exit %d, %s", more, status, stderr)
		}
	}
	found := checkJSON(t, 1, append(slices.Clone(environ), "TWILIO_API_KEY=SK0123456789abcdef0123456789abcdef", "TWILIO_API_SECRET=withdrawn"))
	if said := found.finding("missing", "account"); !strings.Contains(said, "API key is not taken") || strings.Contains(said, "withdrawn") {
		t.Errorf("check says %q of a key that is not taken", said)
	}
}
