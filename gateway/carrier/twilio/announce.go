package twilio

import (
	"context"
	"net/http"
	"slices"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"
	messaging "github.com/twilio/twilio-go/rest/messaging/v1"

	"aviso/gateway"
)

// Announcer sets where numbers' texts and calls are announced: at our public URL.
// What stood there before is lost, so it is done only where the operator has asked
// for it, and only what stands elsewhere is sent. Applications and trunks that are
// set for a number go before its addresses, and are taken off.
type Announcer struct {
	c        *Client
	services []string // that are back to what stands at each number
}

// Announcer makes one, for the numbers of one look at the account.
func (c *Client) Announcer() *Announcer { return &Announcer{c: c} }

// Announce sets what the channels name of a number.
func (a *Announcer) Announce(ctx context.Context, n *Number, channels ...gateway.Channel) error {
	ctx, cancel := context.WithTimeout(ctx, 2*gateway.SendBudget) // of two requests at most
	defer cancel()
	texts, calls := slices.Contains(channels, gateway.SMS), slices.Contains(channels, gateway.Voice)
	service := n.Service
	if n.Sender.Kind == gateway.Messaging {
		service = n.SID
	}
	if texts && service != "" && !slices.Contains(a.services, service) {
		// Back to what stands at each number, of which all are looked at.
		x := a.c.exchange(ctx)
		p := new(messaging.UpdateServiceParams).SetUseInboundWebhookOnNumber(true)
		if _, err := messaging.NewApiService(x.requests).UpdateService(service, p); err != nil {
			return x.failure(err)
		}
		a.services = append(a.services, service)
	}
	x := a.c.exchange(ctx)
	var err error
	switch {
	case n.Sender.Kind == gateway.Messaging || n.SID == "":
		return nil
	case n.Sender.Kind == gateway.ShortCode:
		_, err = x.api.UpdateShortCode(n.SID, new(openapi.UpdateShortCodeParams).SetSmsUrl(TextsAt(a.c.public)).SetSmsMethod(http.MethodPost))
	default:
		p := new(openapi.UpdateIncomingPhoneNumberParams)
		if texts {
			p.SetSmsUrl(TextsAt(a.c.public)).SetSmsMethod(http.MethodPost).SetSmsApplicationSid("")
		}
		if calls && n.CanCall {
			p.SetVoiceUrl(CallsAt(a.c.public)).SetVoiceMethod(http.MethodPost).SetVoiceApplicationSid("").SetTrunkSid("").SetVoiceReceiveMode("voice")
		}
		_, err = x.api.UpdateIncomingPhoneNumber(n.SID, p)
	}
	if err != nil {
		return x.failure(err)
	}
	return nil
}
