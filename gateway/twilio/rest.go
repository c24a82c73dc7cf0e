package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
)

// Twilio's REST API as far as we ask it: forms in, JSON out. Each of its APIs has
// a product, which is the beginning of its host, and paths of its own
// (https://www.twilio.com/docs/openapi). Members that Twilio may leave out, or give
// as null, are pointers.
const (
	productAPI       = "api"
	productMessaging = "messaging"
	productAccounts  = "accounts"
	productVoice     = "voice"
)

// resource is one of the account's own, as in Messages.json.
func (x *exchange) resource(name string) string {
	return "/2010-04-01/Accounts/" + url.PathEscape(x.c.sid) + "/" + name
}

// get reads what is at a path.
func (x *exchange) get(product, path string, query url.Values, into any) error {
	return x.ask(http.MethodGet, product, path, query, into)
}

// post makes or changes what is at a path; into may be nil.
func (x *exchange) post(product, path string, form url.Values, into any) error {
	return x.ask(http.MethodPost, product, path, form, into)
}

func (x *exchange) ask(method, product, path string, form url.Values, into any) error {
	body, err := x.send(method, product, path, form)
	if err != nil || into == nil {
		return err
	}
	return json.Unmarshal(body, into)
}

// next is where a list goes on: by the older API's word for it, or the newer ones'.
type next struct {
	URI  *string `json:"next_page_uri"`
	Meta struct {
		URL *string `json:"next_page_url"`
	} `json:"meta"`
}

func (n next) more() bool { return deref(n.URI) != "" || deref(n.Meta.URL) != "" }

// list reads a list page by page, most entries at the very most. member is what
// the list is called in an answer.
func list[T any](x *exchange, product, path, member string, query url.Values, most int) (all []T, err error) {
	for {
		body, err := x.send(http.MethodGet, product, path, query)
		if err != nil {
			return nil, err
		}
		var members map[string]json.RawMessage
		var onward next
		var page []T
		err = errors.Join(json.Unmarshal(body, &members), json.Unmarshal(body, &onward))
		if entries, ok := members[member]; err == nil && ok {
			err = json.Unmarshal(entries, &page)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(all) >= most || len(page) == 0 || !onward.more() {
			return all[:min(len(all), most)], nil
		}
		to := deref(onward.Meta.URL)
		if to == "" {
			to = deref(onward.URI)
		}
		address, err := url.Parse(to)
		if err != nil {
			return nil, err
		}
		// On the same host, whatever it says: our login goes nowhere else.
		path, query = address.EscapedPath(), address.Query()
	}
}

// listSize is the query for pages of that size.
func listSize(n int) url.Values { return url.Values{"PageSize": {strconv.Itoa(n)}} }

// The resources, as far as they are read.
type (
	// messageResource is https://www.twilio.com/docs/messaging/api/message-resource
	messageResource struct {
		SID         *string `json:"sid"`
		To          *string `json:"to"`
		From        *string `json:"from"`
		Body        *string `json:"body"`
		Status      *string `json:"status"`
		ErrorCode   *int    `json:"error_code"`
		DateCreated *string `json:"date_created"`
		DateSent    *string `json:"date_sent"`
	}

	// callResource is https://www.twilio.com/docs/voice/api/call-resource
	callResource struct {
		SID         *string `json:"sid"`
		To          *string `json:"to"`
		From        *string `json:"from"`
		Status      *string `json:"status"`
		DateCreated *string `json:"date_created"`
		StartTime   *string `json:"start_time"`
	}

	accountResource struct {
		Status *string `json:"status"`
		Type   *string `json:"type"`
	}

	balanceResource struct {
		Balance  *string `json:"balance"`
		Currency *string `json:"currency"`
	}

	// numberResource is https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
	numberResource struct {
		SID          *string `json:"sid"`
		PhoneNumber  *string `json:"phone_number"`
		Capabilities *struct {
			SMS   bool `json:"sms"`
			Voice bool `json:"voice"`
		} `json:"capabilities"`
		SMSURL              *string `json:"sms_url"`
		SMSMethod           *string `json:"sms_method"`
		SMSApplicationSID   *string `json:"sms_application_sid"`
		VoiceURL            *string `json:"voice_url"`
		VoiceMethod         *string `json:"voice_method"`
		VoiceApplicationSID *string `json:"voice_application_sid"`
		VoiceReceiveMode    *string `json:"voice_receive_mode"`
		TrunkSID            *string `json:"trunk_sid"`
	}

	shortCodeResource struct {
		SID       *string `json:"sid"`
		ShortCode *string `json:"short_code"`
		SMSURL    *string `json:"sms_url"`
		SMSMethod *string `json:"sms_method"`
	}

	// serviceResource is https://www.twilio.com/docs/messaging/api/service-resource
	serviceResource struct {
		SID                       *string `json:"sid"`
		InboundRequestURL         *string `json:"inbound_request_url"`
		InboundMethod             *string `json:"inbound_method"`
		UseInboundWebhookOnNumber *bool   `json:"use_inbound_webhook_on_number"`
	}

	// phoneResource is a number of a Messaging Service's, or a caller ID.
	phoneResource struct {
		PhoneNumber *string `json:"phone_number"`
	}

	campaignResource struct {
		Status *string `json:"campaign_status"`
	}

	verificationResource struct {
		NumberSID *string `json:"tollfree_phone_number_sid"`
		Status    *string `json:"status"`
	}

	textsPermission struct {
		Permissions []struct {
			Country string `json:"country_code"`
			Enabled *bool  `json:"enabled"`
		} `json:"permissions"`
	}

	callsPermission struct {
		Enabled *bool `json:"low_risk_numbers_enabled"`
	}
)

// messagePage and callPage are the newest of a list. A list may be empty, and is
// never left out: then it is nil.
type (
	messagePage struct {
		Messages []messageResource `json:"messages"`
		next
	}
	callPage struct {
		Calls []callResource `json:"calls"`
		next
	}
)

// exchange is for one request, or for the pages of one list.
func (c *Client) exchange(ctx context.Context) *exchange { return &exchange{ctx: ctx, c: c} }
