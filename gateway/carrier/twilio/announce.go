package twilio

import (
	"context"
	"net/http"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"
	messaging "github.com/twilio/twilio-go/rest/messaging/v1"

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
		p := new(messaging.UpdateServiceParams).SetUseInboundWebhookOnNumber(true)
		service := n.Service
		if service == "" {
			service = n.SID
		}
		if _, err := messaging.NewApiService(x.requests).UpdateService(service, p); err != nil {
			return x.failure(err)
		}
	}
	x := c.exchange(ctx)
	var err error
	switch n.Sender.Kind {
	case gateway.Messaging:
		return nil
	case gateway.ShortCode:
		_, err = x.api.UpdateShortCode(n.SID, new(openapi.UpdateShortCodeParams).SetSmsUrl(texts).SetSmsMethod(http.MethodPost))
	default:
		p := new(openapi.UpdateIncomingPhoneNumberParams).
			SetSmsUrl(texts).SetSmsMethod(http.MethodPost).SetSmsApplicationSid("")
		if n.CanCall {
			p.SetVoiceUrl(calls).SetVoiceMethod(http.MethodPost).SetVoiceApplicationSid("").SetTrunkSid("").SetVoiceReceiveMode("voice")
		}
		_, err = x.api.UpdateIncomingPhoneNumber(n.SID, p)
	}
	if err != nil {
		return x.failure(err)
	}
	return nil
}
