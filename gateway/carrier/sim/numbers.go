package sim

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// number is one of the account's senders.
type number struct {
	value, sid     string
	smsURL         string // as configured at the carrier: public
	voiceURL       string
	statusCallback string // of calls that come in
	byGet          bool   // texts and calls are said to be announced by GET; they come by POST all the same
	created        time.Time
}

func newNumber(value string, created time.Time) *number {
	id := sha256.Sum256([]byte(value)) // the same number keeps its SID
	return &number{value: value, sid: "PN" + hex.EncodeToString(id[:16]), created: created}
}

func (n *number) isService() bool   { return strings.HasPrefix(n.value, "MG") }
func (n *number) isShortCode() bool { return !n.isService() && !strings.HasPrefix(n.value, "+") }

// isTollFree goes by the toll-free codes of the North American plan.
func (n *number) isTollFree() bool {
	return strings.HasPrefix(n.value, "+1") && len(n.value) == len("+18005550100") &&
		slices.Contains([]string{"800", "833", "844", "855", "866", "877", "888"}, n.value[2:5])
}

// reaches reports whether texts pass between the sender and a phone: short
// codes and toll-free numbers know only their own country.
func (n *number) reaches(phone string) bool {
	return !n.isShortCode() && !n.isTollFree() || strings.HasPrefix(phone, "+1")
}

// sender finds the number that a message goes out from.
func (c *Carrier) sender(from, service string) (*number, error) {
	if service != "" && c.number(service) == nil {
		return nil, invalid(21701, "The Messaging Service does not exist.")
	}
	if from != "" {
		if n := c.number(from); n != nil && !n.isService() {
			return n, nil
		}
		return nil, invalid(21606, "The 'From' phone number %s is not a valid, SMS-capable inbound phone number or short code for your account.", from)
	}
	for _, n := range c.numbers {
		if !n.isService() {
			return n, nil
		}
	}
	return nil, invalid(21704, "The Messaging Service contains no phone numbers.")
}

// number finds a sender by its value; nil if it is not the account's.
func (c *Carrier) number(value string) *number {
	for _, n := range c.numbers { // the list itself never changes
		if n.value == value {
			return n
		}
	}
	return nil
}

func (c *Carrier) listNumbers(req *request) (int, any, error) {
	if err := c.befall(req, OpAny, "", ""); err != nil {
		return 0, nil, err
	}
	wanted := req.form.Get("PhoneNumber")
	var found []*number
	for _, n := range c.numbers {
		if strings.HasPrefix(n.value, "+") && strings.Contains(n.value, strings.Trim(wanted, "*")) {
			found = append(found, n)
		}
	}
	cut, envelope := paginate(req, found, func(n *number) string { return n.sid })
	list := struct {
		page
		Numbers []numberView `json:"incoming_phone_numbers"`
	}{envelope, make([]numberView, len(cut))}
	for i, n := range cut {
		list.Numbers[i] = c.viewNumber(n)
	}
	return http.StatusOK, list, nil
}

func (c *Carrier) fetchNumber(req *request) (int, any, error) {
	n, err := c.findNumber(req)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, c.viewNumber(n), nil
}

// updateNumber changes where the texts and calls of a number are announced.
func (c *Carrier) updateNumber(req *request) (int, any, error) {
	n, err := c.findNumber(req)
	if err != nil {
		return 0, nil, err
	}
	for name, field := range map[string]*string{"SmsUrl": &n.smsURL, "VoiceUrl": &n.voiceURL, "StatusCallback": &n.statusCallback} {
		if !req.form.Has(name) {
			continue
		}
		address := req.form.Get(name)
		if u, err := url.Parse(address); address != "" && (err != nil || u.Host == "") {
			return 0, nil, invalid(21402, "The %s %s is not a valid URL.", name, address)
		}
		c.mu.Lock()
		*field = address
		c.mu.Unlock()
	}
	if req.form.Get("SmsMethod") == http.MethodPost || req.form.Get("VoiceMethod") == http.MethodPost {
		c.mu.Lock()
		n.byGet = false
		c.mu.Unlock()
	}
	return http.StatusOK, c.viewNumber(n), nil
}

func (c *Carrier) findNumber(req *request) (*number, error) {
	if err := c.befall(req, OpAny, "", ""); err != nil {
		return nil, err
	}
	for _, n := range c.numbers {
		if n.sid == req.sid {
			return n, nil
		}
	}
	return nil, notFound(req.r.URL.Path)
}

func (c *Carrier) fetchBalance(req *request) (int, any, error) {
	if err := c.befall(req, OpAny, "", ""); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]string{
		"account_sid": c.cfg.AccountSID, "balance": c.cfg.Balance, "currency": "USD",
	}, nil
}

func (c *Carrier) fetchAccount(req *request) (int, any, error) {
	if err := c.befall(req, OpAny, "", ""); err != nil {
		return 0, nil, err
	}
	kind := "Full"
	if c.cfg.Trial {
		kind = "Trial"
	}
	return http.StatusOK, map[string]any{
		"sid": c.cfg.AccountSID, "owner_account_sid": c.cfg.AccountSID, "friendly_name": "Simulated carrier",
		"status": "active", "type": kind, "uri": strings.TrimSuffix(c.resource(""), "/") + ".json",
		"subresource_uris": map[string]string{"messages": c.resource("Messages.json"), "calls": c.resource("Calls.json")},
	}, nil
}

// numberView is a number as Twilio answers it:
// https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
type numberView struct {
	Sid                  string          `json:"sid"`
	AccountSid           string          `json:"account_sid"`
	APIVersion           string          `json:"api_version"`
	FriendlyName         string          `json:"friendly_name"`
	PhoneNumber          string          `json:"phone_number"`
	Capabilities         map[string]bool `json:"capabilities"`
	DateCreated          *string         `json:"date_created"`
	DateUpdated          *string         `json:"date_updated"`
	SmsURL               string          `json:"sms_url"`
	SmsMethod            string          `json:"sms_method"`
	VoiceURL             string          `json:"voice_url"`
	VoiceMethod          string          `json:"voice_method"`
	StatusCallback       string          `json:"status_callback"`
	StatusCallbackMethod string          `json:"status_callback_method"`
	Origin               string          `json:"origin"`
	Status               string          `json:"status"`
	URI                  string          `json:"uri"`
}

func (c *Carrier) viewNumber(n *number) numberView {
	c.mu.Lock()
	defer c.mu.Unlock()
	method := http.MethodPost
	if n.byGet {
		method = http.MethodGet
	}
	return numberView{
		Sid: n.sid, AccountSid: c.cfg.AccountSID, APIVersion: apiVersion, FriendlyName: n.value, PhoneNumber: n.value,
		Capabilities: map[string]bool{"sms": true, "voice": true, "mms": true, "fax": false},
		DateCreated:  rfc2822(n.created), DateUpdated: rfc2822(n.created),
		SmsURL: n.smsURL, SmsMethod: method, VoiceURL: n.voiceURL, VoiceMethod: method,
		StatusCallback: n.statusCallback, StatusCallbackMethod: http.MethodPost,
		Origin: "twilio", Status: "in-use", URI: c.resource("IncomingPhoneNumbers/"+n.sid) + ".json",
	}
}
