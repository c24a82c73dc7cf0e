package twilio

import (
	"fmt"
	"strings"

	"aviso/gateway"
)

// Way is one thing that a number of ours is for: to take texts or calls, or to
// bring them to a country.
type Way struct {
	Channel gateway.Channel
	Country string // ISO 3166, of those who are reached; "": inwards
}

// Reason is why a way does not work, in one word.
type Reason string

const (
	Unregistered Reason = "unregistered" // a long code without a campaign (30034)
	Unverified   Reason = "unverified"   // a toll-free number without its verification (30032), a caller ID
	OnTrial      Reason = "trial"
	Geography    Reason = "geography" // the country is not enabled (21408, 21215)
	NoMoney      Reason = "balance"
	Suspended    Reason = "suspended"
	NotOurs      Reason = "account" // the number is not of this account
	Incapable    Reason = "capability"
	Webhook      Reason = "webhook" // texts or calls are announced elsewhere
	EmptyPool    Reason = "pool"    // a Messaging Service without senders
	Kind         Reason = "kind"    // this kind of number does not go there
	Refused      Reason = "refused" // what Twilio or a network said the last time
	Unreadable   Reason = "unknown" // Twilio did not say
)

// Verdict is whether a way works today, and where not, why and what to do next.
type Verdict struct {
	Works  Answer
	Reason Reason // "" where it works
	Next   string // a sentence; "": nothing can be done
}

// Works judges a way of a number. publicURL is ours.
func (s *Survey) Works(n *Number, way Way, publicURL string) Verdict {
	switch {
	case s.Status != "" && s.Status != "active":
		return Verdict{No, Suspended, "The account is " + s.Status + ": write to Twilio's support."}
	case way.Country == "":
		return s.inwards(n, way.Channel, publicURL)
	case way.Channel == gateway.Voice:
		return s.callsOut(n, way.Country)
	}
	return s.textsOut(n, way.Country)
}

// TextsAt and CallsAt are where the texts and calls of our numbers have to be
// announced.
func TextsAt(publicURL string) string { return strings.TrimRight(publicURL, "/") + "/twilio/sms" }
func CallsAt(publicURL string) string { return strings.TrimRight(publicURL, "/") + "/twilio/voice" }

func (s *Survey) inwards(n *Number, channel gateway.Channel, publicURL string) Verdict {
	kind := n.Sender.Kind
	switch {
	case channel == gateway.Voice && (kind == gateway.ShortCode || kind == gateway.Messaging):
		return Verdict{No, Kind, ""}
	case n.SID == "":
		return notOurs(n)
	case channel == gateway.Voice && !n.CanCall, channel == gateway.SMS && !n.CanText:
		return incapable(n, channel)
	case s.Balance.Known && s.Balance.Amount <= 0:
		return Verdict{No, NoMoney, "An account without money is handed no texts and no calls either. Pay in, and turn on automatic recharge: Twilio's console, Billing."}
	case n.emptyPool():
		return emptyPool(n)
	case channel == gateway.Voice:
		return announcedTo(n.VoiceURL, CallsAt(publicURL), "calls")
	case kind == gateway.Messaging && n.Service == "":
		return Verdict{Works: Yes} // its members announce their own, and are judged by themselves
	}
	return announcedTo(n.SMSURL, TextsAt(publicURL), "texts")
}

// announcedTo compares addresses. A fragment holds Twilio's connection
// overrides, and is no part of where a request goes:
// https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
func announcedTo(is, want, what string) Verdict {
	address, _, _ := strings.Cut(is, "#")
	switch {
	case address == want:
		return Verdict{Works: Yes}
	case address == "GET "+want:
		return Verdict{No, Webhook, fmt.Sprintf("Its %s come by GET, and have to come by POST: aviso check --set-webhooks", what)}
	case address == "":
		return Verdict{No, Webhook, fmt.Sprintf("Its %s go nowhere, and belong to %s: aviso check --set-webhooks", what, want)}
	}
	return Verdict{No, Webhook, fmt.Sprintf("Its %s go elsewhere, and belong to %s: aviso check --set-webhooks", what, want)}
}

// moneyGone is the balance from which on texts fail, in the account's currency.
const moneyGone = 0.05

// outwards is what holds for texts and calls alike.
func (s *Survey) outwards(enabled Answer, country, what string) (Verdict, bool) {
	switch {
	case s.Balance.Known && s.Balance.Amount < moneyGone:
		return Verdict{No, NoMoney, "Pay in, and turn on automatic recharge: Twilio's console, Billing."}, true
	case s.Trial:
		return Verdict{No, OnTrial, "A trial account reaches numbers only that were verified one by one: upgrade it in the organisation's name."}, true
	case enabled == No:
		return Verdict{No, Geography, fmt.Sprintf("Enable %s for %s: Twilio's console, %s, Settings, Geo permissions.", country, what,
			map[string]string{"texts": "Messaging", "calls": "Voice"}[what])}, true
	}
	return Verdict{}, false
}

func (s *Survey) callsOut(n *Number, country string) Verdict {
	kind := n.Sender.Kind
	switch {
	case kind == gateway.ShortCode || kind == gateway.Messaging:
		return Verdict{No, Kind, ""}
	case n.SID == "" && !n.CallerID:
		return Verdict{No, Unverified, "It is neither a number of this account nor a verified caller ID: choose another with --voice-from, or verify it in Twilio's console."}
	case n.SID != "" && !n.CanCall:
		return incapable(n, gateway.Voice)
	}
	if v, decided := s.outwards(s.Calls[country], country, "calls"); decided {
		return v
	}
	if s.Calls[country] == Open {
		return Verdict{Open, Unreadable, fmt.Sprintf("Twilio did not say whether %s is enabled for calls: look at Voice, Settings, Geo permissions.", country)}
	}
	return Verdict{Works: Yes}
}

func (s *Survey) textsOut(n *Number, country string) Verdict {
	switch {
	case !n.Sender.Reaches(country):
		return Verdict{No, Kind, ""}
	case n.SID == "":
		return notOurs(n)
	case !n.CanText:
		return incapable(n, gateway.SMS)
	case n.emptyPool():
		return emptyPool(n)
	}
	if v, decided := s.outwards(s.Texts[country], country, "texts"); decided {
		return v
	}
	seen, told := n.Seen[country]
	if country == "US" {
		if v, decided := unregistered(n, seen); decided {
			return v
		}
	}
	switch {
	case told && seen.Delivered:
		return Verdict{Works: Yes}
	case told && blocking[seen.Code] != "" && (country != "US" || blocking[seen.Code] != Unregistered && blocking[seen.Code] != Unverified):
		return Verdict{No, blocking[seen.Code], fmt.Sprintf("The last text there failed with %s: https://www.twilio.com/docs/api/errors/%s", seen.Code, seen.Code)}
	case s.Texts[country] == Open:
		return Verdict{Open, Unreadable, fmt.Sprintf("Twilio did not say whether %s is enabled for texts: look at Messaging, Settings, Geo permissions.", country)}
	}
	return Verdict{Works: Yes}
}

// blocking are the errors of a text that say something of every text that way.
var blocking = map[string]Reason{
	"21408": Geography, "21608": OnTrial, "30002": Suspended, "21606": Refused, "21612": Refused,
	"30018": Unregistered, "30022": Unregistered, "30023": Unregistered, "30024": Unregistered,
	"30032": Unverified, "30034": Unregistered,
	"30033": Unregistered, "30035": Unregistered, "30037": Unregistered, "30040": Unregistered,
	"30027": Unregistered, "21601": Refused, "21661": Refused, "63038": Suspended, "20005": NoMoney,
}

// unregistered judges texts to the US, which the networks block from long codes
// and toll-free numbers that are not registered with them.
func unregistered(n *Number, seen Seen) (Verdict, bool) {
	reason, name, where := Unregistered, "A2P 10DLC campaign", "Messaging, Regulatory compliance, A2P 10DLC"
	meanwhile := "Calls, and texts to Mexico, go meanwhile."
	switch n.Sender.Kind {
	case gateway.ShortCode:
		return Verdict{}, false
	case gateway.TollFree:
		reason, name, where = Unverified, "toll-free verification", "Phone numbers, Regulatory compliance, Toll-free verification"
		meanwhile = "Calls within the US go meanwhile."
	case gateway.LongCode:
		if !strings.HasPrefix(n.Sender.Address, "+1") {
			return Verdict{}, false // registration is for numbers of North America
		}
	}
	switch n.Registration {
	case RegistrationDone:
		return Verdict{}, false
	case RegistrationPending:
		return Verdict{No, reason, "Its " + name + " is being looked at, which takes days to weeks. " + meanwhile}, true
	case RegistrationRefused:
		return Verdict{No, reason, "Its " + name + " was refused: read why, mend it and hand it in again (" + where + ")."}, true
	case RegistrationNone:
		return Verdict{No, reason, "Texts to US phones are blocked until its " + name + " is approved: hand it in in the organisation's name (" + where + "; README has the words). " + meanwhile}, true
	}
	switch {
	case seen.Delivered:
		return Verdict{}, false
	case blocking[seen.Code] == Unregistered || blocking[seen.Code] == Unverified:
		return Verdict{No, reason, "The last text to a US phone was blocked with " + seen.Code + ": hand in its " + name + " (" + where + ")."}, true
	}
	return Verdict{Open, reason, "Twilio did not say how far its " + name + " is: look at " + where + "."}, true
}

func notOurs(n *Number) Verdict {
	return Verdict{No, NotOurs, "It is not of the account in TWILIO_ACCOUNT_SID: buy it there, or take it out of --sms-from."}
}

func (n *Number) emptyPool() bool {
	return n.Sender.Kind == gateway.Messaging && n.Pool != nil && len(n.Pool) == 0
}

func emptyPool(n *Number) Verdict {
	return Verdict{No, EmptyPool, "It holds no sender, and every text from it fails: add numbers to its sender pool (Twilio's console, Messaging, Services), or take it out of --sms-from."}
}

func incapable(n *Number, channel gateway.Channel) Verdict {
	what := "texts"
	if channel == gateway.Voice {
		what = "calls"
	}
	return Verdict{No, Incapable, "Twilio sold it without " + what + ": take a number that has voice and SMS."}
}
