package main

import (
	"slices"
	"strconv"
	"strings"

	"aviso/gateway"
)

// callers reads --voice-from and --voice-rate: the caller IDs of calls, in order
// of preference, with the calls a second that each begins. As given, else the
// first long code of senders.
func (k *check) callers(c *Config, senders []gateway.Sender) []gateway.Sender {
	const from, rates = "--voice-from (AVISO_VOICE_FROM)", "--voice-rate (AVISO_VOICE_RATE)"
	var callers []gateway.Sender
	add := func(address string) {
		callers = append(callers, gateway.Sender{Address: address, Kind: gateway.LongCode, Rate: callRate})
	}
	for _, entry := range list(c.VoiceFrom) {
		phone := gateway.CarrierPhone(entry)
		switch {
		case !phone.Dialable():
			k.problem(from, "want numbers like +15550001111, comma-separated")
		case amongSenders(callers, string(phone)):
			k.problem(from, "%s stands twice", phone)
		default:
			add(string(phone))
		}
	}
	if strings.TrimSpace(c.VoiceFrom) == "" {
		if i := slices.IndexFunc(senders, func(s gateway.Sender) bool { return s.Kind == gateway.LongCode }); i >= 0 {
			add(senders[i].Address)
		}
	}
	k.rates(rates, "calls a second above 0, up to %d, as in 1 or +15550001111=1,+15550002222=5", "--voice-from", mostCallRate, c.VoiceRate, callers,
		func(address string) bool {
			return slices.Contains(list(c.VoiceFrom), address) || len(callers) == 0 && c.meantSender(address)
		})
	return callers
}

const (
	// callRate is how many calls a second Twilio begins for an account until it
	// is asked for more; what is asked for beyond that it queues.
	callRate = 1

	// mostCallRate is more than carriers begin for anybody.
	mostCallRate = 1000
)

// rates reads what a list of rates says of senders: one for all, or one each.
// want says how a rate is written, and meant whether an address that is no
// sender may be one that is written wrong in the flag named of, from which
// nothing follows.
func (k *check) rates(flag, want, of string, most int, value string, senders []gateway.Sender, meant func(address string) bool) {
	for _, entry := range list(value) {
		address, written, single := strings.Cut(entry, "=")
		if !single {
			address, written = "", entry
		}
		address = strings.TrimSpace(address)
		rate, err := strconv.ParseFloat(strings.TrimSpace(written), 64)
		if err != nil || !(rate > 0 && rate <= float64(most)) {
			k.problem(flag, "want "+want, most)
			continue
		}
		known := !single || meant(address)
		for i := range senders {
			if !single || senders[i].Address == address {
				senders[i].Rate, known = rate, true
			}
		}
		if !known {
			k.problem(flag, "%s is no sender of %s", address, of)
		}
	}
}

// owned puts the further account that each caller belongs to beside it.
func (c *carriers) owned(callers []gateway.Sender) {
	for i := range callers {
		for _, s := range c.senders() {
			if s.Address == callers[i].Address {
				callers[i].Carrier = s.Carrier
			}
		}
	}
}

// phonesOf are the numbers of callers.
func phonesOf(callers []gateway.Sender) (phones []gateway.Phone) {
	for _, s := range callers {
		phones = append(phones, gateway.Phone(s.Address))
	}
	return phones
}

func addresses(senders []gateway.Sender) (list []string) {
	for _, s := range senders {
		list = append(list, s.Address)
	}
	return list
}
