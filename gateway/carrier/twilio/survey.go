package twilio

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	accounts "github.com/twilio/twilio-go/rest/accounts/v1"
	openapi "github.com/twilio/twilio-go/rest/api/v2010"
	messaging "github.com/twilio/twilio-go/rest/messaging/v1"
	voice "github.com/twilio/twilio-go/rest/voice/v1"

	"aviso/gateway"
)

// Survey is what Twilio says of an account, of numbers that are ours, and of
// countries. Nothing is sent to find out. What cannot be read is left open and
// named in Unread: a provider that speaks Twilio's API need not have all of it.
type Survey struct {
	Status  string // active, suspended, closed
	Trial   bool
	Balance Balance
	Numbers []Number          // as asked about, and then the members of Messaging Services
	Texts   map[string]Answer // by country (ISO 3166): whether texts may go there
	Calls   map[string]Answer
	Unread  []string // what could not be read, each with Twilio's code
}

// Answer is yes, no, or left open.
type Answer int

const (
	Open Answer = 0
	Yes  Answer = 1
	No   Answer = 2
)

// Balance is what is left of the account's money.
type Balance struct {
	Amount   float64
	Currency string
	Known    bool
}

// Number is a number of ours, a short code or a Messaging Service, as the
// account has it.
type Number struct {
	Sender gateway.Sender
	SID    string // PN…, SC…, MG…; "": not of this account
	Member string // SID of the Messaging Service through which alone it is ours

	CanText, CanCall bool
	CallerID         bool   // verified as a caller ID, without being a number of Twilio's
	SMSURL, VoiceURL string // where texts and calls are announced in fact; "": nowhere

	// Service is the Messaging Service that announces the number's texts, in
	// its place; "": none does.
	Service string

	// Pool is what a Messaging Service sends from: numbers, short codes, senders of
	// WhatsApp and RCS. Empty: nothing, so that it cannot send; nil: not read.
	Pool   []string
	placed bool // a Messaging Service has it

	Registration Registration
	Seen         map[string]Seen // by country: how its newest text there ended
	LastText     time.Time       // when a text last came in; zero: not lately
}

// Registration is how far the registration of a sender for texts to the US is:
// a long code's campaign, a toll-free number's verification.
type Registration int

const (
	RegistrationUnread  Registration = 0
	RegistrationNone    Registration = 1
	RegistrationPending Registration = 2
	RegistrationRefused Registration = 3
	RegistrationDone    Registration = 4
)

// Seen is how a text ended.
type Seen struct {
	Delivered bool
	Code      string // Twilio's error
	At        time.Time
}

const (
	// surveyPage is how many numbers, services or messages are asked for at
	// once: with all their properties they stay under answerMost.
	surveyPage = 200
	// surveyNumbers bounds what is read of a large account, of each kind.
	surveyNumbers = 5000
	// seenMost is how many of a sender's newest messages are looked at.
	seenMost = 50
)

// Survey asks about our senders and further numbers of ours, and about texts
// and calls to countries. It fails where the account itself cannot be read:
// wrong credentials, wrong address, no network.
func (c *Client) Survey(ctx context.Context, senders []gateway.Sender, countries []string) (*Survey, error) {
	s := &surveyor{c: c, ctx: ctx, Survey: Survey{Texts: map[string]Answer{}, Calls: map[string]Answer{}}}
	if err := s.account(); err != nil {
		return nil, err
	}
	s.balance()
	for _, sender := range senders {
		s.Numbers = append(s.Numbers, Number{Sender: sender})
	}
	s.services()
	s.numbers()
	s.shortCodes()
	s.callerIDs()
	s.verifications()
	for i := range s.Numbers {
		s.seen(&s.Numbers[i])
	}
	for _, country := range countries {
		s.Texts[country] = s.textsTo(country)
		s.Calls[country] = s.callsTo(country)
	}
	return &s.Survey, nil
}

// surveyor is a Survey in the making.
type surveyor struct {
	Survey
	c   *Client
	ctx context.Context
}

// ask makes one request, within its own budget.
func (s *surveyor) ask(request func(*exchange) error) error {
	ctx, cancel := context.WithTimeout(s.ctx, gateway.SendBudget)
	defer cancel()
	x := s.c.exchange(ctx)
	if err := request(x); err != nil {
		return x.failure(err)
	}
	return nil
}

// read is ask for what may stay open.
func (s *surveyor) read(what string, request func(*exchange) error) bool {
	err := s.ask(request)
	if err != nil {
		s.Unread = append(s.Unread, what+": "+err.Error())
	}
	return err == nil
}

func (s *surveyor) account() error {
	return s.ask(func(x *exchange) error {
		a, err := x.api.FetchAccount(s.c.sid)
		if err == nil {
			s.Status, s.Trial = deref(a.Status), strings.EqualFold(deref(a.Type), "Trial")
		}
		return err
	})
}

func (s *surveyor) balance() {
	s.read("the balance", func(x *exchange) error {
		b, err := x.api.FetchBalance(nil)
		if err != nil {
			return err
		}
		amount, bad := strconv.ParseFloat(strings.TrimSpace(deref(b.Balance)), 64)
		s.Balance = Balance{amount, deref(b.Currency), bad == nil}
		return nil
	})
}

func (s *surveyor) numbers() {
	var list []openapi.ApiV2010IncomingPhoneNumber
	known := s.read("the account's numbers", func(x *exchange) (err error) {
		list, err = x.api.ListIncomingPhoneNumber(new(openapi.ListIncomingPhoneNumberParams).SetPageSize(surveyPage).SetLimit(surveyNumbers))
		return err
	})
	if !known {
		return
	}
	for i := range s.Numbers {
		n := &s.Numbers[i]
		for _, it := range list {
			if deref(it.PhoneNumber) != n.Sender.Address {
				continue
			}
			n.SID = deref(it.Sid)
			// A provider that does not say what a number can do is believed.
			n.CanText = it.Capabilities == nil || it.Capabilities.Sms
			n.CanCall = it.Capabilities == nil || it.Capabilities.Voice
			if n.Service == "" {
				n.SMSURL = announced(it.SmsUrl, it.SmsMethod, it.SmsApplicationSid)
			}
			n.VoiceURL = announced(it.VoiceUrl, it.VoiceMethod, it.VoiceApplicationSid, it.TrunkSid)
			if strings.EqualFold(deref(it.VoiceReceiveMode), "fax") {
				n.VoiceURL = "fax"
			}
		}
	}
}

// announced is where a number's texts or calls go: an application or a trunk
// that is set for it goes before its address, and we take POST alone.
func announced(url, method *string, instead ...*string) string {
	for _, sid := range instead {
		if deref(sid) != "" {
			return deref(sid)
		}
	}
	if m := deref(method); m != "" && !strings.EqualFold(m, "POST") {
		return m + " " + deref(url)
	}
	return deref(url)
}

func (s *surveyor) shortCodes() {
	if !s.any(gateway.ShortCode) {
		return
	}
	var list []openapi.ApiV2010ShortCode
	known := s.read("the account's short codes", func(x *exchange) (err error) {
		list, err = x.api.ListShortCode(new(openapi.ListShortCodeParams).SetPageSize(surveyPage).SetLimit(surveyNumbers))
		return err
	})
	if !known {
		return
	}
	for i := range s.Numbers {
		n := &s.Numbers[i]
		for _, it := range list {
			if n.Sender.Kind == gateway.ShortCode && deref(it.ShortCode) == n.Sender.Address {
				n.SID, n.CanText, n.Registration = deref(it.Sid), true, RegistrationDone
				if n.Service == "" {
					n.SMSURL = announced(it.SmsUrl, it.SmsMethod)
				}
			}
		}
	}
}

// services reads the Messaging Services: who belongs to them, whether they
// announce texts themselves, and how far their campaigns are.
func (s *surveyor) services() {
	if !s.any(gateway.Messaging) && !s.any(gateway.LongCode) && !s.any(gateway.ShortCode) {
		return
	}
	var list []messaging.MessagingV1Service
	known := s.read("the Messaging Services", func(x *exchange) (err error) {
		list, err = messaging.NewApiService(x.requests).ListService(new(messaging.ListServiceParams).SetPageSize(surveyPage).SetLimit(surveyNumbers))
		return err
	})
	if !known {
		return
	}
	for i := range s.Numbers { // nothing is registered, until a service says so
		if n := &s.Numbers[i]; n.Sender.Kind == gateway.LongCode {
			n.Registration = RegistrationNone
		}
	}
	// Those that are senders of ours first: of an account with hundreds of services
	// the rest is read only until every number of ours has been found in one.
	slices.SortStableFunc(list, func(a, b messaging.MessagingV1Service) int { return s.asked(deref(b.Sid)) - s.asked(deref(a.Sid)) })
	for _, it := range list {
		if s.asked(deref(it.Sid)) > 0 || s.unplaced() {
			s.service(it)
		}
	}
}

// asked is 1 of a Messaging Service that is a sender of ours, else 0.
func (s *surveyor) asked(sid string) int {
	if slices.ContainsFunc(s.Numbers, func(n Number) bool { return n.Sender.Address == sid }) {
		return 1
	}
	return 0
}

// unplaced reports whether a number of ours has been found in no service yet: it
// may be in none.
func (s *surveyor) unplaced() bool {
	return slices.ContainsFunc(s.Numbers, func(n Number) bool {
		return !n.placed && (n.Sender.Kind == gateway.LongCode || n.Sender.Kind == gateway.ShortCode)
	})
}

func (s *surveyor) service(it messaging.MessagingV1Service) {
	sid := deref(it.Sid)
	members := s.members(sid)
	asked := slices.IndexFunc(s.Numbers, func(n Number) bool { return n.Sender.Address == sid })
	ours := func(m gateway.Sender) bool {
		return slices.ContainsFunc(s.Numbers, func(n Number) bool { return n.Sender.Address == m.Address })
	}
	if asked < 0 && !slices.ContainsFunc(members, ours) {
		return // somebody else's
	}
	registration := s.campaign(sid)
	own := it.UseInboundWebhookOnNumber != nil && !*it.UseInboundWebhookOnNumber
	inbound := announced(it.InboundRequestUrl, it.InboundMethod)
	if asked >= 0 {
		n := &s.Numbers[asked]
		n.SID, n.CanText, n.Registration = sid, true, registration
		n.Pool = s.pool(sid, members)
		if own {
			n.Service, n.SMSURL = sid, inbound
		}
	}
	for _, sender := range members {
		i := slices.IndexFunc(s.Numbers, func(n Number) bool { return n.Sender.Address == sender.Address })
		if i < 0 {
			if asked < 0 {
				continue // somebody else's
			}
			s.Numbers = append(s.Numbers, Number{Sender: sender, Member: sid})
			i = len(s.Numbers) - 1
		}
		n := &s.Numbers[i]
		n.placed = true
		if sender.Kind == gateway.LongCode {
			n.Registration = registration
		}
		if own {
			n.Service, n.SMSURL = sid, inbound
		}
	}
}

// members are the numbers and short codes of a Messaging Service.
func (s *surveyor) members(sid string) (members []gateway.Sender) {
	add := func(address *string) {
		if sender, err := gateway.ParseSender(deref(address)); err == nil {
			members = append(members, sender)
		}
	}
	s.read("the numbers of Messaging Service "+sid, func(x *exchange) error {
		list, err := messaging.NewApiService(x.requests).ListPhoneNumber(sid, new(messaging.ListPhoneNumberParams).SetPageSize(surveyPage).SetLimit(surveyNumbers))
		for _, it := range list {
			add(it.PhoneNumber)
		}
		return err
	})
	if s.asked(sid) == 0 && !s.any(gateway.ShortCode) {
		return members
	}
	s.read("the short codes of Messaging Service "+sid, func(x *exchange) error {
		list, err := messaging.NewApiService(x.requests).ListShortCode(sid, new(messaging.ListShortCodeParams).SetPageSize(surveyPage).SetLimit(surveyNumbers))
		for _, it := range list {
			add(it.ShortCode)
		}
		return err
	})
	return members
}

// pool is all that a Messaging Service sends from, in words; empty where it has
// nothing, and nil where that could not be read.
func (s *surveyor) pool(sid string, members []gateway.Sender) []string {
	pool := []string{}
	for _, m := range members {
		pool = append(pool, m.Address)
	}
	known := s.read("the WhatsApp and RCS senders of Messaging Service "+sid, func(x *exchange) error {
		list, err := messaging.NewApiService(x.requests).ListChannelSender(sid, new(messaging.ListChannelSenderParams).SetPageSize(surveyPage).SetLimit(surveyNumbers))
		for _, it := range list {
			pool = append(pool, deref(it.Sender))
		}
		return err
	})
	if !known && len(pool) == 0 {
		return nil
	}
	return pool
}

// campaign is how far the newest campaign of a Messaging Service is.
func (s *surveyor) campaign(sid string) Registration {
	var list []messaging.MessagingV1UsAppToPersonResponse
	known := s.read("the campaigns of Messaging Service "+sid, func(x *exchange) (err error) {
		list, err = messaging.NewApiService(x.requests).ListUsAppToPerson(sid, new(messaging.ListUsAppToPersonParams).SetPageSize(surveyPage).SetLimit(surveyPage))
		return err
	})
	if !known {
		return RegistrationUnread
	}
	best := RegistrationNone
	for _, it := range list {
		best = max(best, campaignStates[deref(it.CampaignStatus)])
	}
	return best
}

// https://www.twilio.com/docs/messaging/api/usapptoperson-resource
var campaignStates = map[string]Registration{
	"PENDING": RegistrationPending, "IN_PROGRESS": RegistrationPending, "VERIFIED": RegistrationDone,
	"FAILED": RegistrationRefused, "SUSPENDED": RegistrationRefused,
}

// verifications reads how far each toll-free number is.
func (s *surveyor) verifications() {
	for i := range s.Numbers {
		n := &s.Numbers[i]
		if n.Sender.Kind != gateway.TollFree || n.SID == "" {
			continue
		}
		var list []messaging.MessagingV1TollfreeVerification
		known := s.read("the verification of "+n.Sender.Address, func(x *exchange) (err error) {
			list, err = messaging.NewApiService(x.requests).ListTollfreeVerification(
				new(messaging.ListTollfreeVerificationParams).SetTollfreePhoneNumberSid(n.SID).SetPageSize(surveyPage).SetLimit(surveyPage))
			return err
		})
		if !known {
			continue
		}
		n.Registration = RegistrationNone
		for _, it := range list {
			if deref(it.TollfreePhoneNumberSid) == n.SID {
				n.Registration = max(n.Registration, verificationStates[deref(it.Status)])
			}
		}
	}
}

// https://www.twilio.com/docs/messaging/api/tollfree-verification-resource
var verificationStates = map[string]Registration{
	"PENDING_REVIEW": RegistrationPending, "IN_REVIEW": RegistrationPending,
	"TWILIO_APPROVED": RegistrationDone, "TWILIO_REJECTED": RegistrationRefused,
}

// callerIDs looks for those that are not numbers of the account's among the
// caller IDs that it may show.
func (s *surveyor) callerIDs() {
	for i := range s.Numbers {
		n := &s.Numbers[i]
		if n.SID != "" || n.Sender.Kind != gateway.LongCode && n.Sender.Kind != gateway.TollFree {
			continue
		}
		s.read("the caller ID "+n.Sender.Address, func(x *exchange) error {
			list, err := x.api.ListOutgoingCallerId(new(openapi.ListOutgoingCallerIdParams).SetPhoneNumber(n.Sender.Address).SetPageSize(surveyPage).SetLimit(surveyPage))
			for _, it := range list {
				n.CallerID = n.CallerID || deref(it.PhoneNumber) == n.Sender.Address
			}
			return err
		})
	}
}

// seen looks at how a sender's newest texts ended, country by country, and
// when one last came in. The numbers of people are used for their country.
func (s *surveyor) seen(n *Number) {
	if n.Sender.Kind == gateway.Messaging || n.SID == "" {
		return
	}
	n.Seen = map[string]Seen{}
	s.read("the texts from "+n.Sender.Address, func(x *exchange) error {
		page, err := x.api.PageMessage(new(openapi.ListMessageParams).SetFrom(n.Sender.Address).SetPageSize(seenMost), "", "")
		if err != nil {
			return err
		}
		for _, it := range page.Messages {
			country := gateway.ParseAddress(deref(it.To)).Phone.Country()
			rank := messageRanks[deref(it.Status)]
			if _, newer := n.Seen[country]; newer || country == "" || rank != gateway.RankFailed && rank != gateway.RankDelivered && rank != gateway.RankRead {
				continue
			}
			code := ""
			if it.ErrorCode != nil {
				code = strconv.Itoa(*it.ErrorCode)
			}
			n.Seen[country] = Seen{Delivered: rank != gateway.RankFailed, Code: code, At: newItem(nil, nil, nil, nil, nil, it.DateCreated, it.DateSent).made}
		}
		return nil
	})
	s.read("the texts to "+n.Sender.Address, func(x *exchange) error {
		page, err := x.api.PageMessage(new(openapi.ListMessageParams).SetTo(n.Sender.Address).SetPageSize(1), "", "")
		if err != nil {
			return err
		}
		for _, it := range page.Messages {
			n.LastText = newItem(nil, nil, nil, nil, nil, it.DateCreated, it.DateSent).made
		}
		return nil
	})
}

func (s *surveyor) textsTo(country string) (answer Answer) {
	s.read("the permission to text "+country, func(x *exchange) error {
		p, err := accounts.NewApiService(x.requests).FetchMessagingGeopermissions(new(accounts.FetchMessagingGeopermissionsParams).SetCountryCode(country))
		if err != nil || p.Permissions == nil {
			return err
		}
		list, _ := (*p.Permissions).([]any)
		for _, it := range list {
			entry, _ := it.(map[string]any)
			if enabled, ok := entry["enabled"].(bool); ok && entry["country_code"] == country {
				answer = answerOf(enabled)
			}
		}
		return nil
	})
	return answer
}

func (s *surveyor) callsTo(country string) (answer Answer) {
	s.read("the permission to call "+country, func(x *exchange) error {
		p, err := voice.NewApiService(x.requests).FetchDialingPermissionsCountry(country)
		if err == nil && p.LowRiskNumbersEnabled != nil {
			answer = answerOf(*p.LowRiskNumbersEnabled)
		}
		return err
	})
	return answer
}

func answerOf(yes bool) Answer {
	if yes {
		return Yes
	}
	return No
}

func (s *surveyor) any(kind gateway.SenderKind) bool {
	return slices.ContainsFunc(s.Numbers, func(n Number) bool { return n.Sender.Kind == kind })
}
