package twilio

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"aviso/gateway"
)

// What Twilio's own Node library (twilio 6.3.1, getExpectedTwilioSignature and
// getSignatureAlgorithm) makes of a webhook that a SharedKey signs, with the header
// that its documents show:
// https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys
func TestSharedKeys(t *testing.T) {
	form := url.Values{
		"AccountSid": {"AC00000000000000000000000000000001"}, "Body": {"ALERTA año 😀 &=+"}, "From": {"+13125550101"},
		"MessageSid": {"SM1"}, "NumMedia": {"0"}, "To": {"+15550001111"},
	}
	const sha256, sha1 = "0YOtioqjNMLblYuqQfS43YXYGQ5Y9pYtsnHhYWpBW/0=", "MI0p2QkTnPXbXHOy0txzVrkouYw="
	v, err := Webhooks{PublicURL: "https://aviso.example.org", Tokens: []string{"token"}, SigningKeys: []string{"", "of-before", "shared-secret_1"}}.Validator()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, signature, settings string
		known, valid              bool
	}{
		{"SHA-256", sha256, "key=webhooks_sharedkey_01,algorithm=HMAC_SHA256", true, true},
		{"with blanks, in small letters", sha256, " algorithm = hmac_sha256 , key=webhooks_sharedkey_01", true, true},
		{"SHA-1", sha1, "key=webhooks_sharedkey_01,algorithm=HMAC_SHA1", true, true},
		{"without an algorithm, which is SHA-1", sha1, "key=webhooks_sharedkey_01", true, true},
		{"one for the other", sha1, "key=webhooks_sharedkey_01,algorithm=HMAC_SHA256", true, false},
		{"the key where the token signs", sha1, "", true, false},
		{"an algorithm that nobody knows", sha256, "key=webhooks_sharedkey_01,algorithm=HMAC_SHA512", false, false},
		{"nothing signed", "", "key=webhooks_sharedkey_01,algorithm=HMAC_SHA256", true, false},
		{"the auth token in a SharedKey's place", sign("token", "https://aviso.example.org/twilio/sms?step=1", form), "key=x,algorithm=HMAC_SHA1", true, false},
		{"the auth token", sign("token", "https://aviso.example.org/twilio/sms?step=1", form), "", true, true},
	} {
		h := http.Header{}
		h.Set("X-Twilio-Signature", c.signature)
		h.Set("X-Twilio-Webhooks-Signature-Settings", c.settings)
		if got := v.ValidRequest(h, "/twilio/sms", "step=1", form); got != c.valid {
			t.Errorf("%s: valid %t", c.name, got)
		}
		if got := SignatureOf(h); got.Value != c.signature || got.Known() != c.known {
			t.Errorf("%s: %+v, known %t", c.name, got, got.Known())
		}
		if h.Set("X-Twilio-Signature", c.signature); newValidator(t, "https://aviso.example.org", "shared-secret_1").ValidRequest(h, "/twilio/sms", "step=1", form) && c.settings != "" {
			t.Errorf("%s: taken without a SharedKey", c.name)
		}
		forged := url.Values{"Body": {"CANCELAR"}}
		if v.ValidRequest(h, "/twilio/sms", "step=1", forged) {
			t.Errorf("%s: a forged form is taken", c.name)
		}
	}
}

// SignalWire signs with the project's signing key in a header of its own, or in
// Twilio's: https://developer.signalwire.com/guides/webhook-security. The signature
// is what its own library (@signalwire/compatibility-api 3.2.0) makes; the ids are
// those of its documents.
func TestSignalWireWebhooks(t *testing.T) {
	signalwire, _ := ProviderNamed("signalwire")
	form := url.Values{
		"AccountSid": {"ea108133-d6b3-407c-9536-9fad8a929a6a"}, "Body": {"ALERTA año 😀 &=+"}, "From": {"+15557654321"},
		"MessageSid": {"0a059168-ead0-41af-9d1f-343dae832527"}, "NumMedia": {"0"}, "To": {"+15551234567"},
	}
	const signature = "7VjM8AYt8A2CYYlSd8VkWEtvYig="
	v, err := Webhooks{PublicURL: "https://aviso.example.org", Tokens: []string{"PTtoken"}, SigningKeys: []string{"PSK_abcDEF-123", ""}, Provider: signalwire}.Validator()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.SelfTest(); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		header, value string
		valid         bool
	}{
		{"X-SignalWire-Signature", signature, true},
		{"X-Twilio-Signature", signature, true},
		{"X-SignalWire-Signature", sign("PTtoken", "https://aviso.example.org/twilio/sms", form), false}, // the token of requests signs nothing
		{"X-Signature", signature, false},
		{"X-SignalWire-Signature", "", false},
	} {
		h := http.Header{}
		h.Set(c.header, c.value)
		if got := v.ValidRequest(h, "/twilio/sms", "", form); got != c.valid {
			t.Errorf("%s: %t", c.header, got)
		}
	}
	h := http.Header{}
	h.Set("X-SignalWire-Signature", signature)
	if newValidator(t, "https://aviso.example.org", "PSK_abcDEF-123").ValidRequest(h, "/twilio/sms", "", form) {
		t.Error("SignalWire's header is taken for Twilio's")
	}
	text, err := ParseText(form)
	if err != nil || text.Key != "0a059168-ead0-41af-9d1f-343dae832527" {
		t.Errorf("%+v, %v", text, err)
	}
	// https://developer.signalwire.com/guides/signalwire-status-callbacks: SmsStatus alone.
	receipt, known, err := v.ParseReceipt(gateway.ID{1}, url.Values{"SmsSid": {"0a059168-ead0-41af-9d1f-343dae832527"}, "SmsStatus": {"undelivered"}, "ErrorCode": {"30006"}, "From": {"+15551234567"}})
	if err != nil || !known || receipt.Failure == nil || receipt.Failure.Remedy != gateway.Call {
		t.Errorf("%+v, %t, %v", receipt, known, err)
	}
}

// The address of an API may end in its version, as SignalWire's documents write it
// (https://developer.signalwire.com/rest/compatibility-api/overview), and the account
// is what each provider calls it.
func TestProviders(t *testing.T) {
	for _, c := range []struct{ base, account, provider string }{
		{"", testAccount, "twilio"},
		{"https://api.dublin.ie1.twilio.com", testAccount, "twilio"},
		{"https://example.signalwire.com/api/laml/2010-04-01", "ea108133-d6b3-407c-9536-9fad8a929a6a", "signalwire"},
		{"http://127.0.0.1:8888/2010-04-01/", "ea108133-d6b3-407c-9536-9fad8a929a6a", "signalwire"},
		{"http://127.0.0.1:8888", testAccount, "twilio"},
		{"https://notsignalwire.com", "acme_7", "compatible"},
		{"https://voice.example.net/", "acme_7", "compatible"},
	} {
		if p := ProviderAt(c.base, c.account); p.Name != c.provider {
			t.Errorf("%s: %s, want %s", c.base, p.Name, c.provider)
		}
		if _, err := New(Config{AccountSID: c.account, AuthToken: "PT_ab-12", BaseURL: c.base, PublicURL: testPublic}); err != nil {
			t.Errorf("%s: %v", c.base, err)
		}
	}
	for _, c := range []struct {
		cfg   Config
		names string
	}{
		{Config{AccountSID: "SK0123456789abcdef0123456789abcdef"}, "TWILIO_API_KEY"},
		{Config{AccountSID: "MG0123456789abcdef0123456789abcdef"}, "want AC"},
		{Config{AccountSID: "ea108133-d6b3-407c-9536-9fad8a929a6a", BaseURL: "https://api.twilio.com"}, "want AC"},
		{Config{AccountSID: testAccount, BaseURL: "https://example.signalwire.com"}, "project ID"},
		{Config{AccountSID: testAccount, Provider: "signalwire"}, "project ID"},
		{Config{AccountSID: testAccount, APIKey: "SK1"}, "API secret: is not set"},
		{Config{AccountSID: testAccount, APISecret: "s"}, "API key: is not set"},
		{Config{AccountSID: testAccount, APIKey: testAccount, APISecret: "s"}, "begins with SK"},
		{Config{AccountSID: testAccount, APIKey: "SK1", APISecret: "s s"}, "API secret"},
	} {
		c.cfg.AuthToken, c.cfg.PublicURL = "token", testPublic
		if _, err := New(c.cfg); err == nil || !strings.Contains(err.Error(), c.names) {
			t.Errorf("%+v: %v, want %q named", c.cfg, err, c.names)
		}
	}
}

// Requests are made with an API key where there is one, below the address's version
// once, for the account that is asked for.
func TestAPIKeyAndVersion(t *testing.T) {
	carrier := newCarrier(t, answers(201, `{"sid":"0a059168-ead0-41af-9d1f-343dae832527"}`))
	c, err := New(Config{
		AccountSID: "ea108133-d6b3-407c-9536-9fad8a929a6a", AuthToken: testAuthToken, APIKey: "key_1", APISecret: "secret-1",
		BaseURL: carrier.URL + "/api/laml/2010-04-01", PublicURL: testPublic, Transport: loopback{NewTransport()},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Send(t.Context(), gateway.Attempt{ID: testID, To: testTo, Text: testWords, Channel: gateway.SMS}, testFrom); err != nil {
		t.Fatal(err)
	}
	got := carrier.asked(t)
	if got.path != "/api/laml/2010-04-01/Accounts/ea108133-d6b3-407c-9536-9fad8a929a6a/Messages.json" || got.user != "key_1" || got.password != "secret-1" {
		t.Errorf("%+v", got)
	}
}
