package twilio

import (
	"context"
	"net/http"
	"net/url"

	"aviso/gateway"
)

// Announce sets where a number's texts, and calls where it takes any, are
// announced: at our public URL. What stood there before is lost, so it is done
// only where the operator has asked for it. Applications and trunks that are
// set for a number go before its addresses, and are taken off.
func (c *Client) Announce(ctx context.Context, n *Number) error {
	ctx, cancel := context.WithTimeout(ctx, 2*gateway.SendBudget) // of two requests at most
	defer cancel()
	texts, calls := TextsAt(c.public), CallsAt(c.public)
	if n.Service != "" || n.Sender.Kind == gateway.Messaging {
		// Back to what stands at each number, of which all are looked at.
		x := c.exchange(ctx)
		service := n.Service
		if service == "" {
			service = n.SID
		}
		if err := x.post(productMessaging, "/v1/Services/"+url.PathEscape(service), url.Values{"UseInboundWebhookOnNumber": {"true"}}, nil); err != nil {
			return x.failure(err)
		}
	}
	x := c.exchange(ctx)
	form := url.Values{"SmsUrl": {texts}, "SmsMethod": {http.MethodPost}}
	kind := "IncomingPhoneNumbers/"
	switch n.Sender.Kind {
	case gateway.Messaging:
		return nil
	case gateway.ShortCode:
		kind = "SMS/ShortCodes/"
	default:
		form.Set("SmsApplicationSid", "")
		if n.CanCall {
			form.Set("VoiceUrl", calls)
			form.Set("VoiceMethod", http.MethodPost)
			form.Set("VoiceApplicationSid", "")
			form.Set("TrunkSid", "")
			form.Set("VoiceReceiveMode", "voice")
		}
	}
	if err := x.post(productAPI, x.resource(kind+url.PathEscape(n.SID)+".json"), form, nil); err != nil {
		return x.failure(err)
	}
	return nil
}
