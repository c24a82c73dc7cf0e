package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"aviso/gateway"
	"aviso/gateway/carrier"
	"aviso/gateway/carrier/kannel"
	"aviso/gateway/carrier/twilio"
	"aviso/gateway/strict"
)

// carriersConfig is what is said of further carriers and of spending.
type carriersConfig struct {
	Carriers   string `environment:"AVISO_CARRIERS" placeholder:"PATH" help:"A file of further carriers (Twilio-like accounts, Kannel), routes by country and a probe of texts in, as JSON. scripts/docs/carriers.md shows one."`
	DailyLimit string `name:"daily-limit" environment:"AVISO_DAILY_LIMIT" placeholder:"SEGMENTS" help:"Spending alarm, in segments a day (UTC) over all nodes: stops invitations, drills and information, never alerts."`
}

// carriersFile is the file of --carriers. Secrets never stand in it: it names
// the variables of the environment that hold them.
type carriersFile struct {
	Carriers []carrierEntry `json:"carriers"`
	Routes   []routeEntry   `json:"routes"`
	Probe    *probeEntry    `json:"probe"`
}

// carrierEntry is one account; which members belong to it is its kind's to
// say.
type carrierEntry struct {
	Name    string        `json:"name"` // lower-case letters, digits and dashes
	Kind    string        `json:"kind"` // "twilio" or "kannel"
	Senders []senderEntry `json:"senders"`

	// Of kind twilio.
	API              string `json:"api"` // base address; empty: Twilio's own
	Account          string `json:"account"`
	TokenEnv         string `json:"token_env"`
	PreviousTokenEnv string `json:"previous_token_env"` // still accepted in signatures
	Provider         string `json:"provider"`           // of twilio.Providers; empty: told by api and account
	APIKeyEnv        string `json:"api_key_env"`
	APISecretEnv     string `json:"api_secret_env"`
	SigningKeyEnv    string `json:"signing_key_env"`          // Twilio's SharedKey, SignalWire's signing key
	PreviousKeyEnv   string `json:"previous_signing_key_env"` // still accepted

	// Of kind kannel.
	SendSMS     string `json:"sendsms"`
	User        string `json:"user"`
	PasswordEnv string `json:"password_env"`
	SMSC        string `json:"smsc"`
	SecretEnv   string `json:"secret_env"` // of /kannel/{secret}/…
	Callback    string `json:"callback"`   // how Kannel reaches us; empty: --addr, on this machine
	Country     string `json:"country"`    // of ten digits that it hands over without one; empty: none
}

type senderEntry struct {
	Address   string   `json:"address"`
	Rate      float64  `json:"rate"`      // segments a second; 0: by kind
	Countries []string `json:"countries"` // that it reaches; none: by kind
}

// routeEntry is the order of senders for a country; all others stand behind.
type routeEntry struct {
	Country string   `json:"country"`
	Senders []string `json:"senders"`
}

// probeEntry has a text sent from one of our numbers to another, which has to
// come in again.
type probeEntry struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Every string `json:"every"` // a duration; empty: an hour
}

// furtherAccount is a further carrier, checked.
type furtherAccount struct {
	name     string
	kind     string
	senders  []gateway.Sender
	twilio   twilio.Config
	webhooks twilio.Webhooks
	kannel   kannel.Config
	country  string
}

// probe is a checked probeEntry.
type probe struct {
	from, to gateway.Phone
	carrier  string // that takes the text in
	every    time.Duration
}

// carriers is a checked file.
type carriers struct {
	accounts []furtherAccount
	routes   gateway.Routes
	probe    *probe // nil: none
}

// senders are those of all accounts.
func (c *carriers) senders() (all []gateway.Sender) {
	for _, a := range c.accounts {
		all = append(all, a.senders...)
	}
	return all
}

const carriersFlag = "--carriers (AVISO_CARRIERS)"

// carriers reads the file of further carriers. Their senders stand behind
// those of --sms-from, which are handed in.
func (k *check) carriers(c *Config, main []gateway.Sender) (found carriers) {
	if c.Further.Carriers == "" {
		return carriers{}
	}
	data, err := os.ReadFile(c.Further.Carriers)
	if err != nil {
		k.problem(carriersFlag, "%v", errors.Unwrap(err))
		return carriers{}
	}
	file := carriersFile{}
	problems := strict.JSON(data, &file)
	for _, problem := range problems {
		k.problem(carriersFlag, "%s", problem)
	}
	if len(problems) > 0 && file.Carriers == nil {
		return carriers{}
	}
	r := &carriersReader{check: k, config: c, senders: slices.Clone(main), meant: map[string]bool{}}
	for i := range file.Carriers {
		found.accounts = append(found.accounts, r.account(&file.Carriers[i], fmt.Sprintf("carriers[%d]", i)))
	}
	for _, a := range found.accounts {
		for _, number := range list(c.VoiceFrom) {
			if a.kind == "kannel" && amongSenders(a.senders, string(gateway.CarrierPhone(number))) {
				k.problem("--voice-from (AVISO_VOICE_FROM)", "%s belongs to %s, and Kannel makes no calls", number, a.name)
			}
		}
	}
	found.routes = r.routes(file.Routes)
	found.probe = r.probe(file.Probe)
	return found
}

// carriersReader checks one file.
type carriersReader struct {
	*check
	config  *Config
	names   []string
	secrets []string
	senders []gateway.Sender // all so far
	meant   map[string]bool  // addresses of senders that the file names, well or not
}

func (r *carriersReader) at(where, format string, args ...any) {
	r.problem(carriersFlag, "%s: %s", where, fmt.Sprintf(format, args...))
}

var carrierName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,19}$`)

func (r *carriersReader) account(e *carrierEntry, where string) furtherAccount {
	a := furtherAccount{name: e.Name, kind: e.Kind}
	switch {
	case !carrierName.MatchString(e.Name):
		r.at(where+".name", "want up to 20 lower-case letters, digits and dashes")
	case e.Name == carrier.Main || slices.Contains(r.names, e.Name):
		r.at(where+".name", "%q is taken", e.Name)
	}
	r.names = append(r.names, e.Name)
	switch e.Kind {
	case "twilio":
		r.twilioAccount(&a, e, where)
	case "kannel":
		r.kannelAccount(&a, e, where)
	default:
		r.at(where+".kind", "want twilio or kannel")
	}
	if len(e.Senders) == 0 {
		r.at(where+".senders", "name at least one")
	}
	for i, s := range e.Senders {
		r.meant[s.Address] = true
		if sender, ok := r.sender(&s, e.Name, fmt.Sprintf("%s.senders[%d]", where, i)); ok {
			a.senders = append(a.senders, sender)
			r.senders = append(r.senders, sender)
		}
	}
	return a
}

func (r *carriersReader) twilioAccount(a *furtherAccount, e *carrierEntry, where string) {
	r.foreign(where, map[string]string{
		"country": e.Country, "sendsms": e.SendSMS, "user": e.User, "password_env": e.PasswordEnv, "smsc": e.SMSC, "secret_env": e.SecretEnv, "callback": e.Callback,
	}, e.Kind)
	token := r.secret(where+".token_env", e.TokenEnv)
	optional := func(member, variable string) string {
		if variable == "" {
			return ""
		}
		return r.secret(where+"."+member, variable)
	}
	a.twilio = twilio.Config{
		AccountSID: e.Account, AuthToken: token, BaseURL: e.API, PublicURL: r.config.PublicURL, Provider: e.Provider,
		APIKey: optional("api_key_env", e.APIKeyEnv), APISecret: optional("api_secret_env", e.APISecretEnv),
	}
	provider, known := twilio.ProviderNamed(e.Provider)
	if !known {
		provider = twilio.ProviderAt(e.API, e.Account)
	}
	if e.Provider != "" && !known {
		var names []string
		for _, p := range twilio.Providers() {
			names = append(names, p.Name)
		}
		r.at(where+".provider", "want one of %s", strings.Join(names, ", "))
	}
	a.webhooks = twilio.Webhooks{
		Tokens:      []string{token, optional("previous_token_env", e.PreviousTokenEnv)},
		SigningKeys: []string{optional("signing_key_env", e.SigningKeyEnv), optional("previous_signing_key_env", e.PreviousKeyEnv)},
		Provider:    provider,
	}
	probed := a.twilio
	probed.PublicURL = "https://localhost" // checked with --public-url
	if token == "" {
		probed.AuthToken = "0" // said already
	}
	if _, err := twilio.New(probed); err != nil {
		r.each(carriersFlag+": "+where, err)
	}
}

func (r *carriersReader) kannelAccount(a *furtherAccount, e *carrierEntry, where string) {
	r.foreign(where, map[string]string{
		"api": e.API, "account": e.Account, "token_env": e.TokenEnv, "previous_token_env": e.PreviousTokenEnv, "provider": e.Provider,
		"api_key_env": e.APIKeyEnv, "api_secret_env": e.APISecretEnv, "signing_key_env": e.SigningKeyEnv, "previous_signing_key_env": e.PreviousKeyEnv,
	}, e.Kind)
	a.kannel = kannel.Config{
		SendSMS: e.SendSMS, User: e.User, SMSC: e.SMSC, Callback: e.Callback,
		Password: r.secret(where+".password_env", e.PasswordEnv), Secret: r.secret(where+".secret_env", e.SecretEnv),
	}
	if e.Country != "" {
		a.country = r.country(where+".country", e.Country)
	}
	if a.kannel.Callback == "" {
		callback, ok := callbackOf(r.config.Addr)
		if !ok {
			r.at(where+".callback", "is required where --addr names no port")
			callback = "http://127.0.0.1"
		}
		a.kannel.Callback = callback
	}
	if slices.Contains(r.secrets, a.kannel.Secret) {
		r.at(where+".secret_env", "each Kannel needs a secret of its own")
	}
	probed := a.kannel
	if a.kannel.Secret == "" {
		probed.Secret = strings.Repeat("0", 32) // said already
	} else {
		r.secrets = append(r.secrets, a.kannel.Secret)
	}
	if a.kannel.Password == "" {
		probed.Password = "0"
	}
	if _, err := kannel.New(probed); err != nil {
		r.each(carriersFlag+": "+where, err)
	}
}

// callbackOf is --addr as a program on this machine reaches it.
func callbackOf(addr string) (string, bool) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || port == "" || port == "0" {
		return "", false
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port), true
}

// foreign names members that belong to another kind of carrier.
func (r *carriersReader) foreign(where string, members map[string]string, kind string) {
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name, value := range members {
			if value != "" && !yield(name) {
				return
			}
		}
	}) {
		r.at(where+"."+name, "does not belong to a carrier of kind %s", kind)
	}
}

// secret is the value of a variable that the file names.
func (r *carriersReader) secret(where, variable string) string {
	switch value := r.config.variables[variable]; {
	case variable == "":
		r.at(where, "is required: the name of a variable of the environment")
	case value == "":
		r.at(where, "the environment has no %s", variable)
	default:
		return value
	}
	return ""
}

func (r *carriersReader) sender(e *senderEntry, carrier, where string) (gateway.Sender, bool) {
	s, err := gateway.ParseSender(e.Address)
	switch {
	case err != nil:
		r.at(where+".address", "%v", err)
		return s, false
	case slices.ContainsFunc(r.senders, func(o gateway.Sender) bool { return o.Address == s.Address }):
		r.at(where+".address", "%s stands twice", s.Address)
		return s, false
	}
	s.Carrier = carrier
	if e.Rate < 0 || e.Rate > mostRate {
		r.at(where+".rate", "want segments a second above 0, up to %d", mostRate)
	} else if e.Rate > 0 {
		s.Rate = e.Rate
	}
	for _, country := range e.Countries {
		if code := r.country(where+".countries", country); code != "" {
			s.Countries = append(s.Countries, code)
		}
	}
	return s, true
}

func (r *carriersReader) country(where, code string) string {
	inner := &check{}
	if codes := inner.countries(code); len(inner.problems) == 0 && len(codes) == 1 {
		return codes[0]
	}
	r.at(where, "%q is no country's code of two letters", code)
	return ""
}

func (r *carriersReader) routes(entries []routeEntry) gateway.Routes {
	routes := gateway.Routes{}
	for i, e := range entries {
		where := fmt.Sprintf("routes[%d]", i)
		country := r.country(where+".country", e.Country)
		if len(e.Senders) == 0 {
			r.at(where+".senders", "name at least one")
		}
		if routes[country] != nil {
			r.at(where+".country", "%s has a route already", country)
		}
		for _, address := range e.Senders {
			at := slices.IndexFunc(r.senders, func(s gateway.Sender) bool { return s.Address == address })
			switch {
			case at < 0 && (r.meant[address] || r.config.meantSender(address)):
				// What is wrong with it was said where it is named.
			case at < 0:
				r.at(where+".senders", "%s is no sender of ours", address)
			case !r.senders[at].Reaches(country):
				r.at(where+".senders", "%s does not reach %s: its countries say so, or its kind", address, country)
			default:
				routes[country] = append(routes[country], address)
			}
		}
	}
	return routes
}

const (
	lineProbeUsual = time.Hour
	lineProbeLeast = 10 * time.Minute
)

func (r *carriersReader) probe(e *probeEntry) *probe {
	if e == nil {
		return nil
	}
	p := &probe{every: lineProbeUsual}
	find := func(where, address string) *gateway.Sender {
		at := slices.IndexFunc(r.senders, func(s gateway.Sender) bool { return s.Address == address })
		if at < 0 && (r.meant[address] || r.config.meantSender(address)) {
			return nil // said where it is named
		}
		if at < 0 || !gateway.Phone(address).Dialable() {
			r.at(where, "want a number of ours like +15550001111")
			return nil
		}
		return &r.senders[at]
	}
	from, to := find("probe.from", e.From), find("probe.to", e.To)
	if from != nil && to != nil {
		p.from, p.to, p.carrier = gateway.Phone(from.Address), gateway.Phone(to.Address), carrierOf(*to)
		if from.Address == to.Address {
			r.at("probe.to", "is the number that it comes from")
		}
	}
	if e.Every != "" {
		every, err := time.ParseDuration(e.Every)
		if err != nil || every < lineProbeLeast {
			r.at("probe.every", "want a duration of at least %s, as in 1h", lineProbeLeast)
		}
		p.every = every
	}
	if only := r.config.OnlyTo; only != "" && to != nil && !slices.Contains(list(only), to.Address) {
		r.at("probe.to", "--only-to leaves it out")
	}
	return p
}

// carrierOf is the name of the carrier that a sender belongs to.
func carrierOf(s gateway.Sender) string {
	if s.Carrier == "" {
		return carrier.Main
	}
	return s.Carrier
}

// dailyLimit is --daily-limit; 0: none.
func (k *check) dailyLimit(value string) int {
	if value == "" {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimSpace(value))
	if err != nil || n < 1 {
		k.problem("--daily-limit (AVISO_DAILY_LIMIT)", "want a number of segments above 0")
		return 0
	}
	return n
}
