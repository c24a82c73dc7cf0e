package twilio

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// Provider is who speaks this API, with what differs from one to the other. All
// of them sign the address and the form with HMAC, in base64.
type Provider struct {
	Name string
	// Header names the header of the signature, the first that is there.
	Header []string
	// SigningKey says that webhooks are signed with a key of their own, and not
	// with the token of requests.
	SigningKey bool
	// Account is the form of an account's name, and Want the words for it; nil:
	// anything.
	Account *regexp.Regexp
	Want    string
	// Host is the end of its API's hosts; "": any.
	Host string
	// Page explains it.
	Page string
}

// signatureHeader is Twilio's, which others send as well.
const signatureHeader = "X-Twilio-Signature"

// Providers are those that are known, Twilio first. A provider belongs in here
// when its documents say how it signs, and what it calls accounts. Left out are
// Telnyx, whose TeXML has calls alone and whose texts are another API in JSON,
// signed with Ed25519 (https://developers.telnyx.com/docs/development/sdk/python/webhooks),
// and Plivo, whose API has other addresses, fields and answers
// (https://www.plivo.com/docs/messaging/api/message): neither is Twilio's API with
// another name on it, and each needs a room of its own.
func Providers() []Provider {
	return []Provider{
		{
			Name: "twilio", Header: []string{signatureHeader},
			Account: regexp.MustCompile(`^AC[0-9A-Za-z]+$`), Want: "AC and 32 digits",
			Host: "twilio.com",
			Page: "https://www.twilio.com/docs/usage/webhooks/webhooks-security",
		},
		{
			// The project ID stands for the account, the API token for the auth token;
			// webhooks are signed with the project's signing key.
			Name: "signalwire", Header: []string{"X-SignalWire-Signature", signatureHeader}, SigningKey: true,
			Account: regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`), Want: "the project ID, as in ea108133-d6b3-407c-9536-9fad8a929a6a",
			Host: "signalwire.com",
			Page: "https://developer.signalwire.com/guides/webhook-security",
		},
		{
			Name: "compatible", Header: []string{signatureHeader},
			Page: "scripts/docs/carriers.md",
		},
	}
}

// ProviderNamed is one of Providers.
func ProviderNamed(name string) (Provider, bool) {
	for _, p := range Providers() {
		if p.Name == name {
			return p, true
		}
	}
	return Provider{}, false
}

// ProviderAt is the provider whose API this is, told by its host, else by the form
// of the account's name: on this machine, where others are imitated, hosts say
// nothing.
func ProviderAt(baseURL, account string) Provider {
	providers := Providers()
	if baseURL == "" {
		return providers[0]
	}
	host := ""
	if u, err := url.Parse(baseURL); err == nil {
		host = strings.ToLower(u.Hostname())
	}
	if host == "" { // whatever is wrong with it is said of Twilio's
		return providers[0]
	}
	for _, p := range providers {
		if p.Host != "" && (host == p.Host || strings.HasSuffix(host, "."+p.Host)) {
			return p
		}
	}
	for _, p := range providers[1:] {
		if p.Account != nil && p.Account.MatchString(account) {
			return p
		}
	}
	if onThisMachine(host) {
		return providers[0]
	}
	return providers[len(providers)-1]
}

// checkAccount refuses an account's name that is none of this provider's. The
// error repeats nothing of it.
func (p Provider) checkAccount(s string) error {
	switch {
	case s == "":
		return errors.New("account SID: is not set")
	case p.Account != nil && p.Name == "twilio" && strings.HasPrefix(s, "SK"):
		return errors.New("account SID: begins with SK, which an API key does: that belongs in TWILIO_API_KEY, and here the account's own SID, AC…")
	case p.Account != nil && !p.Account.MatchString(s):
		return fmt.Errorf("account SID: want %s", p.Want)
	}
	return checkWord("account SID", s)
}

// apiVersion is the first part of every path of the API. An address that ends in it,
// as SignalWire's documents write theirs, means the same one.
const apiVersion = "/2010-04-01"

// withoutVersion is the base address that paths are appended to.
func withoutVersion(u *url.URL) *url.URL {
	base := *u
	base.Path, base.RawPath = strings.TrimSuffix(strings.TrimRight(base.Path, "/"), apiVersion), ""
	return &base
}
