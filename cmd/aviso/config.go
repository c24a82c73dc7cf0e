package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"
	"github.com/rs/zerolog"

	"aviso/gateway"
	"aviso/gateway/carrier/twilio"
	"aviso/gateway/web"
	"aviso/templates"
)

// Config is what the operator says, as written: flags, or the environment. All
// of it is text, so that one check of ours names every problem at once.
type Config struct {
	Addr         string `default:"127.0.0.1:8080" environment:"AVISO_ADDR" placeholder:"HOST:PORT" help:"Where webhooks are taken; port 0 is any free one. Default 127.0.0.1:8080."`
	InternalAddr string `default:"127.0.0.1:9090" environment:"AVISO_INTERNAL_ADDR" placeholder:"HOST:PORT" help:"Where /healthz, /readyz and /metrics are. Default 127.0.0.1:9090."`

	DB   string `name:"db" default:"aviso.db" environment:"AVISO_DB" placeholder:"PATH" help:"The database: a path (SQLite) or a postgres:// address. Default aviso.db."`
	Keys string `default:"aviso.keys" environment:"AVISO_KEYS" placeholder:"KEYS" help:"The keyset that seals the database: a path, where it is made with an empty database; env:NAME, the value of an environment variable; or exec:COMMAND, what a shell's command prints, which is started with PATH, HOME and the like alone of the environment. Keep a copy elsewhere: without it the database tells nothing. Default aviso.keys."`

	InsecurePermissions bool `name:"insecure-permissions" environment:"AVISO_INSECURE_PERMISSIONS" help:"Go on although the keyset, the key of --tls-cert, a SQLite database or a backup can be read by others than its owner. For file systems that know no owners; chmod 600 is better."`

	PublicURL string `name:"public-url" environment:"AVISO_PUBLIC_URL" placeholder:"URL" help:"The address that carriers call, against which signatures are checked: without user and password, its host in letters a-z, digits and dashes (xn--… for others). Required by serve."`
	TwilioAPI string `name:"twilio-api" default:"https://api.twilio.com" environment:"AVISO_TWILIO_API" placeholder:"URL" help:"Twilio's REST API, or one that speaks it. Default https://api.twilio.com."`

	SMSFrom   string `name:"sms-from" environment:"AVISO_SMS_FROM" placeholder:"SENDERS" help:"Senders in order of preference, comma-separated: +15550001111, 78910, MG…. Required by serve."`
	SMSRate   string `name:"sms-rate" environment:"AVISO_SMS_RATE" placeholder:"RATE" help:"Segments a second: 100 for each sender, or +15550001111=1,78910=100. Default by kind: long code 1, toll-free 3, short code 100."`
	VoiceFrom string `name:"voice-from" environment:"AVISO_VOICE_FROM" placeholder:"NUMBERS" help:"Caller IDs of calls that we make, in order of preference, comma-separated. Default the first long code of --sms-from."`
	VoiceRate string `name:"voice-rate" default:"1" environment:"AVISO_VOICE_RATE" placeholder:"RATE" help:"Calls a second that we begin: 1 for each number, or +15550001111=1,+15550002222=5; the carrier queues what is beyond its own rate. Default 1."`

	CallCenter  string `name:"call-center" environment:"AVISO_CALL_CENTER" placeholder:"NUMBERS" help:"Where a caller who asks for a person, or says nothing, is put through to; several, comma-separated, are tried in order."`
	CustodyLine string `name:"custody-line" environment:"AVISO_CUSTODY_LINE" placeholder:"NUMBER[:KEYS]" help:"Numbers of ours that ring a person of --call-center at once, without menu; KEYS (0-9 * # and w for half a second) are played on answer, as jail phones ask for. Comma-separated."`

	SIPDomain string `name:"sip-domain" environment:"AVISO_SIP_DOMAIN" placeholder:"HOSTS" help:"Hosts of your own, comma-separated, from which the number in a caller's SIP address is taken for theirs, beside the SIP domain of the account that was called and the public URL's host; client: the names of your apps too. Others are callers without a number."`

	NationalDesk string `name:"national-desk" environment:"AVISO_NATIONAL_DESK" placeholder:"DESK" help:"sms:+15205550100 or voice:+15205550100: told of people who consent to consular notice where the consulate is uncertain, missing, or has no confirmed desk."`
	Programme    string `environment:"AVISO_PROGRAMME" placeholder:"NAME" help:"The name at the head of every text; never a government's without its leave. Required by serve; RED DEMO in the demo."`
	PublicPhone  string `name:"public-phone" environment:"AVISO_PUBLIC_PHONE" placeholder:"NUMBERS" help:"The numbers to call that texts give, comma-separated; one of them should be reachable from Mexico."`

	Policy string `environment:"AVISO_POLICY" placeholder:"PATH" help:"A file of ladders and follow-up times, as JSON; what it leaves out keeps its default. scripts/docs/operating.md shows one."`
	Words  string `environment:"AVISO_WORDS" placeholder:"FOLDER" help:"A folder of the operator's own information texts (rights.es.txt, legal.es.txt, shelter.en.txt …) and recorded prompts (audio/es/hello.mp3 …)."`

	OnlyTo    string `name:"only-to" environment:"AVISO_ONLY_TO" placeholder:"NUMBERS" help:"Pilot: only these phones are texted or called, comma-separated."`
	Countries string `default:"US,MX" environment:"AVISO_COUNTRIES" placeholder:"CODES" help:"Contacts elsewhere are refused. ISO 3166 codes, comma-separated. Default US,MX."`

	Zone string `default:"America/Chicago" environment:"AVISO_ZONE" placeholder:"ZONE" help:"The contact centre's own time zone, as an IANA name: of its roster's hours (consulate agents of the desks) and of its pages. Default America/Chicago."`

	LogLevel  string `name:"log-level" default:"info" environment:"AVISO_LOG_LEVEL" placeholder:"LEVEL" help:"debug, info, warn or error. Default info."`
	LogFormat string `name:"log-format" environment:"AVISO_LOG_FORMAT" placeholder:"FORMAT" help:"json or console. Default json, console on a terminal."`

	Edge edgeConfig `embed:""`

	USSD ussdConfig `embed:""`

	Further carriersConfig `embed:""`

	AccountSID        string   `kong:"-"`
	AuthToken         string   `kong:"-"`
	AuthTokenPrevious string   `kong:"-"`
	APIKey            string   `kong:"-"`
	APISecret         string   `kong:"-"`
	SigningKeys       []string `kong:"-"`

	variables variables // of the environment, for the secrets that --carriers names
}

// fromEnvironment fills in what has no flag.
func (c *Config) fromEnvironment(env variables) {
	c.variables = env
	c.AccountSID = env["TWILIO_ACCOUNT_SID"]
	c.AuthToken = env["TWILIO_AUTH_TOKEN"]
	c.AuthTokenPrevious = env["TWILIO_AUTH_TOKEN_PREVIOUS"]
	c.APIKey, c.APISecret = env["TWILIO_API_KEY"], env["TWILIO_API_SECRET"]
	for _, name := range []string{"AVISO_SIGNING_KEY", "AVISO_SIGNING_KEY_PREVIOUS"} {
		if key := env[name]; key != "" {
			c.SigningKeys = append(c.SigningKeys, key)
		}
	}
}

// settings are a Config that was read and found good for serving.
type settings struct {
	config   *Config
	rules    gateway.Rules
	words    *templates.Catalog
	callers  []gateway.Sender // caller IDs; none: no calls are made
	ussd     *web.USSD        // nil: USSD is off
	level    zerolog.Level
	carriers carriers // besides the main account
	codes    twilio.Codes
	limit    int // segments a day; 0: none
	edge     edge
	domains  []string // from which numbers in SIP addresses are believed
}

// serving checks everything that the gateway needs.
func (c *Config) serving() (settings, error) {
	k := &check{}
	s := settings{config: c}
	k.address("--addr (AVISO_ADDR)", c.Addr)
	k.address("--internal-addr (AVISO_INTERNAL_ADDR)", c.InternalAddr)
	if c.Addr == c.InternalAddr && !strings.HasSuffix(c.Addr, ":0") {
		k.problem("--internal-addr (AVISO_INTERNAL_ADDR)", "the same as --addr: what is internal must not be reachable from outside")
	}
	k.required("--db (AVISO_DB)", c.DB)
	k.required("--keys (AVISO_KEYS)", c.Keys)
	k.ownFiles(c)
	k.publicURL(c)
	k.twilioAPI(c)
	s.rules = gateway.Rules{
		Programme:    k.programme(c.Programme),
		PublicPhones: k.phones("--public-phone (AVISO_PUBLIC_PHONE)", c.PublicPhone),
		Senders:      k.senders(c),
		National:     k.nationalDesk(c.NationalDesk),
		Countries:    k.countries(c.Countries),
		Policy:       k.policy(c.Policy),
		Zone:         k.zone(c.Zone),
	}
	s.codes = k.codes(s.rules.Policy.Errors)
	s.words = k.words(c.Words)
	if c.OnlyTo != "" {
		s.rules.OnlyTo = map[gateway.Phone]bool{}
		for _, phone := range k.phones("--only-to (AVISO_ONLY_TO)", c.OnlyTo) {
			s.rules.OnlyTo[phone] = true
		}
	}
	s.callers = k.callers(c, s.rules.Senders)
	s.carriers = k.carriers(c, s.rules.Senders)
	s.carriers.owned(s.callers)
	s.rules.Senders = append(s.rules.Senders, s.carriers.senders()...)
	s.limit = k.dailyLimit(c.Further.DailyLimit)
	s.rules.VoiceFrom = phonesOf(s.callers)
	s.rules.CallCenter = k.phones("--call-center (AVISO_CALL_CENTER)", c.CallCenter)
	s.rules.Custody = k.custody(c.CustodyLine, c.CallCenter)
	if desk := s.rules.National; desk != nil && desk.Address.Dialable() && s.rules.NobodysContact(desk.Address) {
		k.problem("--national-desk (AVISO_NATIONAL_DESK)", "costs whoever calls it, or is one of our own numbers")
	}
	s.domains = k.sipDomains(c)
	s.ussd = k.ussd(c.USSD)
	s.level = k.logging(c)
	s.edge = k.edge(c)
	return s, k.err()
}

// check collects what is wrong with a configuration. A value is repeated only
// where it can be no person's number.
type check struct{ problems usageError }

func (k *check) problem(flag, format string, args ...any) {
	k.problems = append(k.problems, flag+": "+fmt.Sprintf(format, args...))
}

func (k *check) err() error {
	if len(k.problems) == 0 {
		return nil
	}
	return k.problems
}

func (k *check) required(flag, value string) bool {
	if strings.TrimSpace(value) == "" {
		k.problem(flag, "is required")
		return false
	}
	return true
}

func (k *check) address(flag, value string) {
	_, port, err := net.SplitHostPort(value)
	if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || n > 65535 {
		k.problem(flag, "want host:port, as in 127.0.0.1:8080")
	}
}

// publicURL and the token are what signatures are checked with.
func (k *check) publicURL(c *Config) {
	given := k.required("--public-url (AVISO_PUBLIC_URL)", c.PublicURL)
	token := c.AuthToken
	if !k.required("TWILIO_AUTH_TOKEN", token) {
		token = "0" // stands in, so that the address is looked at
	}
	if !given {
		return
	}
	webhooks := mainWebhooks(c)
	webhooks.Tokens[0] = token
	validator, err := webhooks.Validator()
	if err == nil {
		err = validator.SelfTest()
	}
	if err != nil {
		k.problem("--public-url (AVISO_PUBLIC_URL)", "%v", err)
	}
}

// twilioAPI and the account are what texts are sent with. The rest of the
// client's configuration has been checked, and is stood in for.
func (k *check) twilioAPI(c *Config) {
	account := mainAccount(c)
	account.PublicURL = "https://localhost"
	if !k.required("TWILIO_ACCOUNT_SID", c.AccountSID) {
		account.AccountSID, account.Provider = "0", "compatible" // stands in
	}
	if c.AuthToken == "" { // said already
		account.AuthToken = "0"
	}
	if _, err := twilio.New(account); err != nil {
		for problem := range strings.Lines(err.Error()) {
			k.problem("TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_API_KEY, TWILIO_API_SECRET, --twilio-api (AVISO_TWILIO_API)", "%s", strings.TrimSpace(problem))
		}
	}
}

// mainAccount is the account of a configuration.
func mainAccount(c *Config) twilio.Config {
	return twilio.Config{
		AccountSID: c.AccountSID, AuthToken: c.AuthToken, APIKey: c.APIKey, APISecret: c.APISecret,
		BaseURL: c.TwilioAPI, PublicURL: c.PublicURL,
	}
}

// mainWebhooks is how the webhooks of the main account are known.
func mainWebhooks(c *Config) twilio.Webhooks {
	return twilio.Webhooks{
		PublicURL: c.PublicURL, Tokens: []string{c.AuthToken, c.AuthTokenPrevious}, SigningKeys: c.SigningKeys,
		Provider: twilio.ProviderAt(c.TwilioAPI, c.AccountSID),
	}
}

func (k *check) programme(name string) string {
	const flag = "--programme (AVISO_PROGRAMME)"
	if k.required(flag, name) && strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
		k.problem(flag, "holds a control character")
	}
	return strings.TrimSpace(name)
}

// ours reports of a number whether it can be nobody's contact and no desk, as far
// as the configuration of a command that sends nothing says which lines are ours.
func (c *Config) ours() func(written string) bool {
	k := &check{} // whoever serves is told what is wrong
	rules := gateway.Rules{Senders: k.senders(c)}
	rules.VoiceFrom = phonesOf(k.callers(c, rules.Senders))
	further := k.carriers(c, rules.Senders)
	rules.Senders = append(rules.Senders, further.senders()...)
	rules.Custody = k.custody(c.CustodyLine, "")
	return rules.NobodysNumber
}

// mostRate is more segments a second than a sender can be handed: 100,000 are
// one every 10 us, and slots are counted in whole ones.
const mostRate = 100_000

// senders reads --sms-from and --sms-rate.
func (k *check) senders(c *Config) []gateway.Sender {
	const from, rates = "--sms-from (AVISO_SMS_FROM)", "--sms-rate (AVISO_SMS_RATE)"
	k.required(from, c.SMSFrom)
	var senders []gateway.Sender
	for _, entry := range list(c.SMSFrom) {
		sender, err := gateway.ParseSender(entry)
		switch {
		case err != nil:
			k.problem(from, "%v", err)
		case slices.ContainsFunc(senders, func(s gateway.Sender) bool { return s.Address == sender.Address }):
			k.problem(from, "%s stands twice", sender.Address)
		default:
			senders = append(senders, sender)
		}
	}
	k.rates(rates, "segments a second above 0, up to %d, as in 100 or +15550001111=1,78910=100", "--sms-from", mostRate, c.SMSRate, senders, c.meantSender)
	return senders
}

// meantSender reports whether an address may be one of --sms-from although none
// was read: from what is wrong with that nothing else follows.
func (c *Config) meantSender(address string) bool {
	if strings.TrimSpace(c.SMSFrom) == "" {
		_, err := gateway.ParseSender(address)
		return err == nil
	}
	return slices.Contains(list(c.SMSFrom), address)
}

// custody reads --custody-line. A line that rings a person needs one.
func (k *check) custody(value, people string) map[gateway.Phone]string {
	const flag = "--custody-line (AVISO_CUSTODY_LINE)"
	lines := map[gateway.Phone]string{}
	for i, entry := range list(value) {
		number, keys, _ := strings.Cut(entry, ":")
		phone := gateway.CarrierPhone(number)
		other := func(r rune) bool { return !strings.ContainsRune("0123456789*#w", r) }
		if !phone.Dialable() || strings.ContainsFunc(keys, other) || len(keys) > custodyKeysMost {
			k.problem(flag, "line %d: want it like +15550001111 or +15550001111:5, keys of 0-9 * # w", i+1)
			continue
		}
		lines[phone] = keys
	}
	if len(list(value)) > 0 && len(list(people)) == 0 {
		k.problem(flag, "needs --call-center: it rings a person")
	}
	return lines
}

// sipDomains are the hosts from which the number in a SIP address is believed.
func (k *check) sipDomains(c *Config) []string {
	domains := []string{}
	if public, err := url.Parse(c.PublicURL); err == nil && public.Hostname() != "" {
		domains = append(domains, strings.ToLower(public.Hostname()))
	}
	for i, entry := range list(c.SIPDomain) {
		host := strings.ToLower(entry)
		if strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
			k.problem("--sip-domain (AVISO_SIP_DOMAIN)", "entry %d: want a host alone, as in pbx.example.org, or the word client", i+1)
			continue
		}
		domains = append(domains, host)
	}
	return domains
}

// custodyKeysMost is a key with a pause of ten seconds before it, and more.
const custodyKeysMost = 32

// policy is the file of ladders and times, else the defaults.
func (k *check) policy(path string) gateway.Policy {
	if path == "" {
		return gateway.DefaultPolicy()
	}
	data, err := os.ReadFile(path)
	var policy gateway.Policy
	if err == nil {
		policy, err = gateway.ParsePolicy(data)
	}
	k.each("--policy (AVISO_POLICY)", err)
	return policy
}

// codes are what the operator says of error codes that the table lacks.
func (k *check) codes(further []gateway.ErrorClass) twilio.Codes {
	codes, err := twilio.NewCodes(further)
	k.each("--policy (AVISO_POLICY)", err)
	return codes
}

// words are the texts that people read, with the operator's own in place of
// ours.
func (k *check) words(folder string) *templates.Catalog {
	words, err := templates.Builtin()
	if err == nil && folder != "" {
		if info, missing := os.Stat(folder); missing != nil || !info.IsDir() {
			err = errors.New("is no folder")
		} else {
			words, err = words.WithInformation(os.DirFS(folder))
			if _, missing := os.Stat(filepath.Join(folder, "audio")); err == nil && missing == nil {
				words, err = words.WithRecordings(os.DirFS(filepath.Join(folder, "audio")))
			}
		}
	}
	k.each("--words (AVISO_WORDS)", err)
	return words
}

// each names every line of an error as a problem of its own.
func (k *check) each(flag string, err error) {
	if err == nil {
		return
	}
	for problem := range strings.Lines(err.Error()) {
		k.problem(flag, "%s", strings.TrimSpace(problem))
	}
}

func (k *check) nationalDesk(value string) *gateway.Desk {
	if value == "" {
		return nil
	}
	kind, number, _ := strings.Cut(value, ":")
	channel := map[string]gateway.Channel{"sms": gateway.SMS, "voice": gateway.Voice}[strings.ToLower(kind)]
	phone := gateway.CarrierPhone(number)
	if channel == 0 || !phone.Dialable() {
		k.problem("--national-desk (AVISO_NATIONAL_DESK)", "want sms: or voice: and a number, as in sms:+15205550100")
	}
	return &gateway.Desk{Consulate: gateway.NationalDesk, Channel: channel, Address: phone}
}

// phones reads a list of numbers by their form.
func (k *check) phones(flag, value string) []gateway.Phone {
	var phones []gateway.Phone
	for i, entry := range list(value) {
		phone := gateway.CarrierPhone(entry)
		if !phone.Dialable() {
			k.problem(flag, "number %d: want it like +15205550100", i+1)
			continue
		}
		if templates.HoldsTipLine(string(phone)) {
			k.problem(flag, "number %d is ICE's tip line, by which people are denounced", i+1)
			continue
		}
		phones = append(phones, phone)
	}
	return phones
}

func (k *check) countries(value string) []string {
	var countries []string
	for _, entry := range list(value) {
		country := strings.ToUpper(entry)
		if !phonenumbers.GetSupportedRegions()[country] {
			k.problem("--countries (AVISO_COUNTRIES)", "%q is no country's code of two letters, as in US,MX", entry)
			continue
		}
		countries = append(countries, country)
	}
	return countries
}

// centreZone is the default of --zone.
const centreZone = "America/Chicago"

// zone reads --zone. Abbreviations are refused although some are known: EST has
// no summer time, and CST is China's as well.
func (k *check) zone(name string) *time.Location {
	if name == "" {
		name = centreZone
	}
	zone, err := time.LoadLocation(name)
	if err != nil || !strings.Contains(name, "/") && name != "UTC" {
		k.problem("--zone (AVISO_ZONE)", "%q is no time zone: want an IANA name like America/Chicago, America/Los_Angeles or America/Mexico_City, or UTC", name)
		return time.UTC
	}
	return zone
}

func (k *check) logging(c *Config) zerolog.Level {
	level, err := zerolog.ParseLevel(strings.ToLower(c.LogLevel))
	if err != nil || level < zerolog.DebugLevel || level > zerolog.ErrorLevel {
		k.problem("--log-level (AVISO_LOG_LEVEL)", "want debug, info, warn or error")
	}
	if c.LogFormat != "" && c.LogFormat != "json" && c.LogFormat != "console" {
		k.problem("--log-format (AVISO_LOG_FORMAT)", "want json or console")
	}
	return level
}

// list splits what is separated by commas; empty entries are left out.
func list(value string) []string {
	var entries []string
	for entry := range strings.SplitSeq(value, ",") {
		if entry = strings.TrimSpace(entry); entry != "" {
			entries = append(entries, entry)
		}
	}
	return entries
}
