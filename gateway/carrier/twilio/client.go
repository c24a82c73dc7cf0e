package twilio

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"aviso/gateway"
)

// Config is one Twilio account, or one of a provider that speaks its API.
type Config struct {
	AccountSID string // "AC…"
	AuthToken  string
	Provider   string // the name of one of Providers; "": told by BaseURL and AccountSID

	// APIKey ("SK…") and APISecret are what requests are made with, where both
	// are set, in place of the token: a key can be withdrawn by itself.
	// https://www.twilio.com/docs/iam/api-keys
	APIKey, APISecret string

	BaseURL   string // of the REST API; "" is https://api.twilio.com
	PublicURL string // ours: receipts and call documents are fetched below it
	Codes     Codes  // what is to be done about its errors

	// Transport carries the requests; nil is NewTransport's.
	Transport http.RoundTripper
	// Clock is for validity periods; nil is time.Now.
	Clock func() time.Time
}

// DefaultBaseURL is Twilio's own REST API.
const DefaultBaseURL = "https://api.twilio.com"

// Client is the carrier. Every error that its methods return is a
// *gateway.Failure: what went wrong and what to do about it, and nothing else.
// It is safe for concurrent use.
type Client struct {
	base      *url.URL
	public    string
	sid       string
	login     string // SID and token, as a request carries them
	codes     Codes
	transport http.RoundTripper
	clock     func() time.Time
}

// New checks a configuration by its form; no request is made. All that is
// wrong is said at once.
func New(cfg Config) (*Client, error) {
	if cfg.BaseURL == "" {
		cfg.BaseURL = DefaultBaseURL
	}
	if cfg.Transport == nil {
		cfg.Transport = NewTransport()
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	base, baseErr := parseBase(cfg.BaseURL)
	if baseErr == nil && base.Scheme == "http" && !onThisMachine(base.Hostname()) {
		baseErr = errors.New("has to begin with https://: by http the token and every text are read by who is on the way. http:// is for this machine alone (127.0.0.1, localhost)")
	}
	if baseErr != nil {
		baseErr = fmt.Errorf("REST API address: %w", baseErr)
	}
	public, publicErr := parsePublic(cfg.PublicURL)
	if publicErr != nil {
		publicErr = fmt.Errorf("public URL: %w", publicErr)
	}
	provider, named := ProviderNamed(cfg.Provider)
	if !named {
		provider = ProviderAt(cfg.BaseURL, cfg.AccountSID)
	}
	err := errors.Join(provider.checkAccount(cfg.AccountSID), checkWord("auth token", cfg.AuthToken), checkKey(cfg, provider), baseErr, publicErr)
	if err != nil {
		return nil, err
	}
	user, password := cfg.AccountSID, cfg.AuthToken
	if cfg.APIKey != "" {
		user, password = cfg.APIKey, cfg.APISecret
	}
	return &Client{
		base:      withoutVersion(base),
		public:    strings.TrimRight(public.String(), "/"),
		sid:       cfg.AccountSID,
		login:     "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password)),
		codes:     cfg.Codes,
		transport: cfg.Transport,
		clock:     cfg.Clock,
	}, nil
}

// onThisMachine reports whether a host is the loopback interface, by its name or
// an address of it.
func onThisMachine(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// checkKey refuses half an API key, and what is none.
func checkKey(cfg Config, provider Provider) error {
	switch {
	case cfg.APIKey == "" && cfg.APISecret == "":
		return nil
	case cfg.APIKey == "":
		return errors.New("API key: is not set, and its secret is")
	case cfg.APISecret == "":
		return errors.New("API secret: is not set, and the API key is")
	case provider.Name == "twilio" && !strings.HasPrefix(cfg.APIKey, "SK"):
		return errors.New("API key: want its SID, which begins with SK")
	}
	return errors.Join(checkWord("API key", cfg.APIKey), checkWord("API secret", cfg.APISecret))
}

// checkWord refuses what no SID or token holds, Twilio's or another provider's.
func checkWord(what, s string) error {
	if s == "" {
		return fmt.Errorf("%s: is not set", what)
	}
	other := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
	}
	if strings.ContainsFunc(s, other) {
		return fmt.Errorf("%s: may hold letters, digits, - and _ only", what)
	}
	return nil
}

// Send hands over one text or call from a number of ours, or for a text from
// a messaging service (MG…), and returns Twilio's SID for it. It takes
// gateway.SendBudget at most. A failure that is not Unknown means that
// nothing was sent.
func (c *Client) Send(ctx context.Context, m gateway.Attempt, from string) (sid string, err error) {
	ctx, cancel := context.WithTimeout(ctx, gateway.SendBudget)
	defer cancel()
	if m.Channel == gateway.Voice {
		return c.call(ctx, m, from)
	}
	return c.text(ctx, m, from)
}

// text is https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
func (c *Client) text(ctx context.Context, m gateway.Attempt, from string) (string, error) {
	p := new(openapi.CreateMessageParams).
		SetTo(string(m.To)).
		SetBody(m.Text).
		SetStatusCallback(c.public + "/twilio/status/" + m.ID.String()).
		SetSmartEncoded(false) // we transliterate; what was promised is what is sent
	if strings.HasPrefix(from, "MG") {
		p.SetMessagingServiceSid(from)
	} else {
		p.SetFrom(from)
	}
	if seconds, bounded := c.validity(m); bounded {
		p.SetValidityPeriod(seconds)
	}
	x := c.exchange(ctx)
	made, err := x.api.CreateMessage(p)
	if err != nil {
		return "", x.failure(err)
	}
	if status := deref(made.Status); messageRanks[status] == gateway.RankFailed && made.ErrorCode != nil {
		return "", c.codes.receipt(fmt.Sprint(*made.ErrorCode), status)
	}
	return x.sid(made.Sid)
}

// Bounds of ValidityPeriod, in seconds.
const (
	validityLeast = 1
	validityMost  = 36000
)

// validity is how long Twilio may keep a text in its queue, in whole seconds:
// as long as the attempt allows, and not beyond its end.
func (c *Client) validity(m gateway.Attempt) (seconds int, bounded bool) {
	left := m.Validity
	if !m.Expires.IsZero() {
		end := m.Expires.Sub(c.clock())
		if left == 0 || end < left {
			left = end
		}
	}
	if left == 0 && m.Expires.IsZero() {
		return 0, false
	}
	return min(max(int(left/time.Second), validityLeast), validityMost), true
}

// ringSeconds is how long a phone rings: five rings and a little. Most
// voicemails take over at about that time, and they confirm nothing.
const ringSeconds = 30

// detectSeconds bounds how long Twilio listens for who has answered before
// anything is said: a person who hears nothing hangs up.
const detectSeconds = 7

// call is https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource
func (c *Client) call(ctx context.Context, m gateway.Attempt, from string) (string, error) {
	id := m.ID.String()
	p := new(openapi.CreateCallParams).
		SetTo(string(m.To)).
		SetFrom(from).
		SetUrl(c.public + "/twilio/voice/notice/" + id).
		SetStatusCallback(c.public + "/twilio/status/" + id).
		SetStatusCallbackEvent([]string{"initiated", "ringing", "answered", "completed"}).
		SetTimeout(ringSeconds).
		SetMachineDetection("Enable"). // as soon as it can tell: a voicemail is to hear one neutral sentence
		SetMachineDetectionTimeout(detectSeconds)
	x := c.exchange(ctx)
	made, err := x.api.CreateCall(p)
	if err != nil {
		return "", x.failure(err)
	}
	return x.sid(made.Sid)
}

// Redact removes a text's words at Twilio, which keeps them for long by
// default, and the pictures and voice messages that came with it. While the
// message is not final Twilio refuses with 20009, which is a failure to be
// retried; one that is gone already is done. Calls have no words there.
func (c *Client) Redact(ctx context.Context, sid string) error {
	if strings.HasPrefix(sid, "CA") {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, gateway.SendBudget)
	defer cancel()
	x := c.exchange(ctx)
	made, err := x.api.UpdateMessage(url.PathEscape(sid), new(openapi.UpdateMessageParams).SetBody(""))
	switch {
	case x.status == http.StatusNotFound:
		return nil
	case err != nil:
		return x.failure(err)
	case mediaOf(made) == 0:
		return nil
	}
	return c.deleteMedia(ctx, sid)
}

// mediaOf is how many pictures and the like a message has; a count that cannot be
// read is looked up.
func mediaOf(m *openapi.ApiV2010Message) int {
	if written := deref(m.NumMedia); written != "" {
		if n, err := strconv.Atoi(written); err == nil {
			return n
		}
		return 1
	}
	return 0
}

// deleteMedia deletes what came with a message:
// https://www.twilio.com/docs/messaging/api/media-resource. Each by itself: others
// that speak this API keep media whose message is deleted.
func (c *Client) deleteMedia(ctx context.Context, sid string) error {
	x := c.exchange(ctx)
	page, err := x.api.PageMedia(url.PathEscape(sid), new(openapi.ListMediaParams).SetPageSize(pageSize), "", "")
	switch {
	case x.status == http.StatusNotFound:
		return nil
	case err != nil:
		return x.failure(err)
	}
	for _, media := range page.MediaList {
		x := c.exchange(ctx)
		if err := x.api.DeleteMedia(url.PathEscape(sid), url.PathEscape(deref(media.Sid)), nil); err != nil && x.status != http.StatusNotFound {
			return x.failure(err)
		}
	}
	return nil
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
