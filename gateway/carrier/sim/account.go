package sim

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
)

// Standing is how far a sender's registration with the networks of the United
// States has come: a long code's campaign, a toll-free number's verification.
type Standing string

const (
	Registered   Standing = ""             // texts to the US go
	Unregistered Standing = "unregistered" // nothing was handed in
	InReview     Standing = "in-review"
	Rejected     Standing = "rejected"
)

// Error codes of what an account may not do:
// https://www.twilio.com/docs/api/errors
const (
	codeCountryNoTexts     = 21408
	codeCountryNoCalls     = 21215
	codeTrialTexts         = 21608
	codeTrialCalls         = 21219
	codeUnverifiedTollFree = 30032
	codeUnregistered       = 30034
)

// refusesText is why the account may not text a phone at all; nil: it may.
func (c *Carrier) refusesText(to string) error {
	switch {
	case slices.Contains(c.cfg.NoTexts, country(to)):
		return invalid(codeCountryNoTexts, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: %s", to)
	case c.cfg.Trial && !slices.Contains(c.cfg.Verified, to):
		return invalid(codeTrialTexts, "The number %s is unverified. Trial accounts cannot send messages to unverified numbers.", to)
	}
	return nil
}

// refusesCall is the same for calls.
func (c *Carrier) refusesCall(to string) error {
	switch {
	case slices.Contains(c.cfg.NoCalls, country(to)):
		return invalid(codeCountryNoCalls, "Account not authorized to call %s.", to)
	case c.cfg.Trial && !slices.Contains(c.cfg.Verified, to):
		return invalid(codeTrialCalls, "The number %s is unverified. Trial accounts may only make calls to verified numbers.", to)
	}
	return nil
}

// blocked is the error with which the networks block a text that Twilio took;
// 0: they do not. Only texts to the US are registered.
func (c *Carrier) blocked(sender *number, to string) int {
	if country(to) != "US" || c.cfg.Standing[sender.value] == Registered {
		return 0
	}
	switch {
	case sender.isTollFree():
		return codeUnverifiedTollFree
	case sender.isShortCode():
		return 0
	}
	return codeUnregistered
}

// accountRoutes are the resources that say what the account may do. Twilio
// has them on hosts of their own, below /v1; here they are all on one.
func (c *Carrier) accountRoutes(mux *http.ServeMux) {
	for path, answer := range map[string]func(*request) (int, any, error){
		"GET /v1/Services":                              c.listServices,
		"GET /v1/Services/{sid}":                        c.fetchService,
		"POST /v1/Services/{sid}":                       c.updateService,
		"GET /v1/Services/{sid}/PhoneNumbers":           c.listServiceNumbers,
		"GET /v1/Services/{sid}/ShortCodes":             c.listServiceCodes,
		"GET /v1/Services/{sid}/ChannelSenders":         c.listChannelSenders,
		"GET /v1/Services/{sid}/Compliance/Usa2p":       c.listCampaigns,
		"GET /v1/Tollfree/Verifications":                c.listVerifications,
		"GET /v1/DialingPermissions/Countries/{sid}":    c.fetchDialing,
		"GET /v1/Messaging/GeoPermissions":              c.fetchGeoPermissions,
		"GET " + accountPath + "/SMS/ShortCodes.json":   c.listShortCodes,
		"POST " + accountPath + "/SMS/ShortCodes/{sid}": c.updateNumber,
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { c.serve(w, r, answer) })
	}
}

// service is a Messaging Service: those of the configuration, and one for each
// Standing of a long code that none of them has.
type service struct {
	sid        string
	standing   Standing
	numbers    []*number
	inbound    string
	ownWebhook bool // texts are announced to the service's own address
}

func (c *Carrier) services() []*service {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.messaging
}

// newServices groups the account's long codes and short codes.
func newServices(cfg Config, numbers []*number) []*service {
	var services []*service
	find := func(standing Standing) *service {
		for _, s := range services {
			if s.standing == standing {
				return s
			}
		}
		return nil
	}
	for _, n := range numbers {
		if n.isService() {
			services = append(services, &service{sid: n.value, standing: cfg.Standing[n.value]})
		}
	}
	for _, n := range numbers {
		if n.isService() || n.isTollFree() {
			continue
		}
		standing := cfg.Standing[n.value]
		s := find(standing)
		if s == nil && standing == Unregistered {
			continue
		}
		if s == nil {
			id := sha256.Sum256([]byte("service " + string(standing)))
			s = &service{sid: "MG" + hex.EncodeToString(id[:16]), standing: standing}
			services = append(services, s)
		}
		s.numbers = append(s.numbers, n)
	}
	return services
}

func (c *Carrier) service(req *request) (*service, error) {
	if err := c.befall(req, opAccount, "", ""); err != nil {
		return nil, err
	}
	for _, s := range c.services() {
		if s.sid == req.sid {
			return s, nil
		}
	}
	return nil, notFound(req.r.URL.Path)
}

// listed is the envelope of a list below /v1:
// https://www.twilio.com/docs/usage/twilios-response
func listed(name string, items []any) map[string]any {
	if items == nil {
		items = []any{}
	}
	return map[string]any{name: items, "meta": map[string]any{"key": name, "page": 0, "page_size": len(items), "next_page_url": nil}}
}

func (c *Carrier) listServices(req *request) (int, any, error) {
	if err := c.befall(req, opAccount, "", ""); err != nil {
		return 0, nil, err
	}
	var items []any
	for _, s := range c.services() {
		items = append(items, c.viewService(s))
	}
	return http.StatusOK, listed("services", items), nil
}

func (c *Carrier) fetchService(req *request) (int, any, error) {
	s, err := c.service(req)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, c.viewService(s), nil
}

func (c *Carrier) updateService(req *request) (int, any, error) {
	s, err := c.service(req)
	if err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	if req.form.Has("InboundRequestUrl") {
		s.inbound = req.form.Get("InboundRequestUrl")
	}
	if req.form.Has("UseInboundWebhookOnNumber") {
		s.ownWebhook = req.form.Get("UseInboundWebhookOnNumber") != "true"
	}
	c.mu.Unlock()
	return http.StatusOK, c.viewService(s), nil
}

func (c *Carrier) viewService(s *service) map[string]any {
	c.mu.Lock()
	defer c.mu.Unlock()
	return map[string]any{
		"sid": s.sid, "account_sid": c.cfg.AccountSID, "friendly_name": "Aviso",
		"inbound_request_url": optional(s.inbound), "inbound_method": http.MethodPost,
		"use_inbound_webhook_on_number": !s.ownWebhook, "us_app_to_person_registered": s.standing == Registered,
	}
}

// ServiceWebhook makes the Messaging Service of a number announce its texts to
// an address of its own, whatever stands at the number, as an operator can set
// it; empty: to the number's again.
func (c *Carrier) ServiceWebhook(sender, address string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.messaging {
		if slices.ContainsFunc(s.numbers, func(n *number) bool { return n.value == sender }) {
			s.inbound, s.ownWebhook = address, address != ""
		}
	}
}

func (c *Carrier) listServiceNumbers(req *request) (int, any, error) {
	s, err := c.service(req)
	if err != nil {
		return 0, nil, err
	}
	var items []any
	for _, n := range s.numbers {
		if !n.isShortCode() {
			items = append(items, map[string]any{"sid": n.sid, "service_sid": s.sid, "phone_number": n.value, "country_code": country(n.value)})
		}
	}
	return http.StatusOK, listed("phone_numbers", items), nil
}

func (c *Carrier) listServiceCodes(req *request) (int, any, error) {
	s, err := c.service(req)
	if err != nil {
		return 0, nil, err
	}
	var items []any
	for _, n := range s.numbers {
		if n.isShortCode() {
			items = append(items, map[string]any{"sid": n.sid, "service_sid": s.sid, "short_code": n.value, "country_code": "US", "capabilities": []string{"SMS"}})
		}
	}
	return http.StatusOK, listed("short_codes", items), nil
}

// listChannelSenders lists the senders of WhatsApp and RCS that a service has.
func (c *Carrier) listChannelSenders(req *request) (int, any, error) {
	s, err := c.service(req)
	if err != nil {
		return 0, nil, err
	}
	var items []any
	for _, sender := range c.cfg.ChannelSenders[s.sid] {
		kind, _, _ := strings.Cut(sender, ":")
		items = append(items, map[string]any{"sid": "XE2c6890da8086d771620e9b13fadeba0b", "account_sid": c.cfg.AccountSID,
			"messaging_service_sid": s.sid, "sender": sender, "sender_type": strings.ToUpper(kind)})
	}
	return http.StatusOK, listed("senders", items), nil
}

func (c *Carrier) listCampaigns(req *request) (int, any, error) {
	s, err := c.service(req)
	if err != nil {
		return 0, nil, err
	}
	status := map[Standing]string{Registered: "VERIFIED", InReview: "IN_PROGRESS", Rejected: "FAILED"}[s.standing]
	if status == "" {
		return http.StatusOK, listed("compliance", nil), nil
	}
	return http.StatusOK, listed("compliance", []any{map[string]any{
		"sid": "QE2c6890da8086d771620e9b13fadeba0b", "messaging_service_sid": s.sid, "campaign_status": status,
	}}), nil
}

func (c *Carrier) listVerifications(req *request) (int, any, error) {
	if err := c.befall(req, opAccount, "", ""); err != nil {
		return 0, nil, err
	}
	var items []any
	for _, n := range c.numbers {
		status := map[Standing]string{Registered: "TWILIO_APPROVED", InReview: "IN_REVIEW", Rejected: "TWILIO_REJECTED"}[c.cfg.Standing[n.value]]
		if n.isTollFree() && status != "" && n.sid == cmp.Or(req.form.Get("TollfreePhoneNumberSid"), n.sid) {
			items = append(items, map[string]any{"sid": "HH" + n.sid[2:], "tollfree_phone_number_sid": n.sid, "status": status})
		}
	}
	return http.StatusOK, listed("verifications", items), nil
}

func (c *Carrier) fetchDialing(req *request) (int, any, error) {
	if err := c.befall(req, opAccount, "", ""); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]any{
		"iso_code": req.sid, "low_risk_numbers_enabled": !slices.Contains(c.cfg.NoCalls, req.sid),
		"high_risk_special_numbers_enabled": false, "high_risk_tollfraud_numbers_enabled": false,
	}, nil
}

func (c *Carrier) fetchGeoPermissions(req *request) (int, any, error) {
	if err := c.befall(req, opAccount, "", ""); err != nil {
		return 0, nil, err
	}
	code := req.form.Get("CountryCode")
	return http.StatusOK, map[string]any{"permissions": []any{map[string]any{
		"country_code": code, "type": "country", "enabled": !slices.Contains(c.cfg.NoTexts, code), "error_code": 0, "error_messages": []string{},
	}}}, nil
}

func (c *Carrier) listShortCodes(req *request) (int, any, error) {
	if err := c.befall(req, opAccount, "", ""); err != nil {
		return 0, nil, err
	}
	var found []*number
	for _, n := range c.numbers {
		if n.isShortCode() {
			found = append(found, n)
		}
	}
	cut, envelope := paginate(req, found, func(n *number) string { return n.sid })
	list := struct {
		page
		Codes []map[string]any `json:"short_codes"`
	}{envelope, []map[string]any{}}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range cut {
		list.Codes = append(list.Codes, map[string]any{
			"sid": n.sid, "short_code": n.value, "sms_url": n.smsURL, "sms_method": http.MethodPost,
		})
	}
	return http.StatusOK, list, nil
}

// Configured is where the account announces the texts and calls of a number,
// as Twilio's console shows it.
func (c *Carrier) Configured(sender string) (sms, voice string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := c.number(sender); n != nil {
		return n.smsURL, n.voiceURL
	}
	return "", ""
}

// ByGet has a number say that it announces by GET, as an operator can set it.
func (c *Carrier) ByGet(sender string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := c.number(sender); n != nil {
		n.byGet = true
	}
}

// Configure sets these by hand, for one number.
func (c *Carrier) Configure(sender, sms, voice string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := c.number(sender); n != nil {
		n.smsURL, n.voiceURL = sms, voice
	}
}

// HideAccount takes the resources below /v1 away, as a provider has it that
// speaks no more than the API of messages and calls.
func (c *Carrier) HideAccount() { c.Fault(Fault{Op: opAccount, Status: http.StatusNotFound}) }

const opAccount Op = "account" // the resources below /v1
