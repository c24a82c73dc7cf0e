package twilio

import "aviso/gateway"

// Row is a line of the table of errors: codes that mean the same to us.
type Row struct {
	Codes  []string
	Means  string
	Policy gateway.Failure
}

// Table says what is to be done about each code of Twilio's that has a policy of
// its own, and about the statuses of calls, whether it comes as the answer to a
// request or later in a receipt. https://www.twilio.com/docs/api/errors explains
// each; scripts/docs/errors.md tells operators the same.
func Table() []Row {
	return []Row{
		// Nothing was processed.
		{[]string{"20429"}, "too many requests", again},

		// Credentials and account.
		{[]string{"20003", "20403", "20404"}, "credentials are refused, or the account is gone", account},
		{[]string{"10001", "20005", "30002", "90010"}, "the account is suspended, or has no money", account},
		{[]string{"63038"}, "the account's messages of a day are used up, as a new account's are soon", capped},

		// The recipient.
		{[]string{"21211", "21217"}, "no such number", noNumber},
		{[]string{"21610"}, "the person stopped our texts", gateway.Failure{Remedy: gateway.Never, OptedOut: true}},
		{[]string{"21614", "21635", "30006"}, "a landline, or no mobile", noTexts},
		{[]string{"30003"}, "the phone is off or out of range; on a short code, its plan may bar it", handsetOff},
		{[]string{"30005"}, "the network knows nobody who has this number", unassigned},
		{[]string{"30450", "30453"}, "the carrier takes it for pumping, and blocks texts to these numbers", noTexts},

		// The sender, and what it may reach.
		{[]string{"21408"}, "the country is not enabled for texts", unreached},
		{[]string{"21215"}, "the country is not enabled for calls", operator},
		{[]string{"21608"}, "a trial account texts verified numbers only", unreached},
		{[]string{"21219"}, "a trial account calls verified numbers only", operator},
		{[]string{"21210"}, "the caller ID is not verified", operator},
		{[]string{"21601", "21606", "21612", "21659", "21660", "21661"}, "this number cannot text, cannot text there, or is not of this account", operator},
		{[]string{"21703"}, "the messaging service has no senders", operator},
		{[]string{"21609"}, "the address of receipts is refused: --public-url", operator},
		{[]string{"30018", "30024", "30032", "30034"}, "the sender is not registered, or not verified", unreached},
		{[]string{"30033", "30035", "30037", "30040"}, "the sender's campaign or the sender itself is suspended, or its registration is out of order", unreached},
		{[]string{"30022", "30023", "30027"}, "the campaign has sent all that a network lets it send today, or now", operator},

		// The text.
		{[]string{"21617"}, "too long, which is a mistake of ours", tooLong},
		{[]string{"21618", "30004", "30007"}, "the carrier or a network refuses this text", otherWords},

		// The way.
		{[]string{"14107"}, "too many texts between two numbers within 30 s", elsewhere},
		{[]string{"21611", "30001", "30036"}, "the sender's queue is full, or it stood there for too long", elsewhere},
		{[]string{"30043"}, "the network does not take it from this sender", elsewhere},
		{[]string{"30008", "30017", "30410", "30500"}, "unknown error, congestion, a provider's fault", onceMore},

		// WhatsApp.
		{[]string{"63016"}, "outside the 24 hours, in which only approved templates go", operator},
		{[]string{"63018"}, "the channel's rate is exceeded", again},
		{[]string{"63024", "63033"}, "this person is not on WhatsApp, or blocks us there", noWhatsApp},

		// A message whose body is to be removed is still on its way.
		{[]string{"20009"}, "the carrier has not finished with the message that it is asked to forget", gateway.Failure{Remedy: gateway.Retry, Pending: true}},

		// Calls that reached nobody.
		{[]string{"call-busy", "call-no-answer", "call-failed", "call-canceled"}, "the call reached nobody", ringAgain},
	}
}

// policies is the table by code.
var policies = func() map[string]gateway.Failure {
	by := map[string]gateway.Failure{}
	for _, row := range Table() {
		for _, code := range row.Codes {
			by[code] = row.Policy
		}
	}
	return by
}()

// family is a range of codes that are about the same thing.
type family struct {
	from, to int
	means    string
	policy   gateway.Failure
}

// families class the codes that the table lacks. Twilio's list grows by the month;
// the first digits have meant the same for years.
func families() []family {
	return []family{
		{10000, 10999, "the account", operator},
		{20000, 20999, "credentials and requests", operator},
		{30400, 30449, "a provider's fault", onceMore},
		{30450, 30499, "protection against pumping", noTexts},
		{30700, 30999, "registration of brands and campaigns", unreached},
		{63000, 63999, "other channels than texts", noWhatsApp},
	}
}

// familyOf is the policy of a code's family; nil: it is of none.
func familyOf(code int) *gateway.Failure {
	for _, f := range families() {
		if f.from <= code && code <= f.to {
			return &f.policy
		}
	}
	return nil
}

// AlarmCodes are those that the operator has to do something about: the ones of
// the table, and the statuses of credentials and addresses.
func AlarmCodes() []string {
	codes := []string{"http-401", "http-403", "http-404"}
	for code, f := range policies {
		if f.Alarm {
			codes = append(codes, code)
		}
	}
	return codes
}
