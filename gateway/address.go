package gateway

import (
	"slices"
	"strings"

	"aviso/gateway/digit"
)

// Via is the way by which somebody wrote or called, as carriers name it in front
// of an address. The phone is the person; the way is only how they came this time.
type Via string

const (
	ViaPhone    Via = "" // a text or a call of the telephone network
	ViaRCS      Via = "rcs"
	ViaWhatsApp Via = "whatsapp"
	ViaSIP      Via = "sip"    // a call over the internet, "sip:USER@HOST"
	ViaClient   Via = "client" // one from an app of the operator's, "client:NAME"
)

// Address is who writes or calls, or what was written to, as a carrier names it.
type Address struct {
	// Phone is the number in E.164, whatever the way: rcs:+13125550101 and
	// whatsapp:+5213312345678 are people's phones. What has none is kept as it is
	// named, in small letters up to the colon: a short code, a service's name,
	// "messenger:1234". Of sip: and client: it is what stands there too, since
	// anybody can write any number in front of their own host; see From.
	Phone Phone
	Via   Via
	Host  string // of sip:, in small letters
	user  string // of sip: and client:
}

// ParseAddress reads an address as carriers write it: upper or lower case, with
// blanks, with or without the plus, which a form that was encoded badly turns
// into a blank. The old Mexican form +521 is folded to +52.
func ParseAddress(s string) Address {
	s = strings.TrimSpace(s)
	scheme, rest, named := strings.Cut(s, ":")
	if scheme = strings.ToLower(strings.TrimSpace(scheme)); !named || strings.Trim(scheme, schemeLetters) != "" || scheme == "" {
		return Address{Phone: phoneOr(s, s)}
	}
	rest = strings.TrimSpace(rest)
	whole := scheme + ":" + rest
	switch scheme {
	case "sms", "mms", "tel":
		return Address{Phone: phoneOr(rest, whole)}
	case "rcs", "whatsapp":
		return Address{Via: Via(scheme), Phone: phoneOr(rest, whole)}
	case "sip", "sips":
		user, host, _ := strings.Cut(rest, "@")
		host, _, _ = strings.Cut(host, ";")
		if colon := strings.LastIndexByte(host, ':'); colon > strings.LastIndexByte(host, ']') {
			host = host[:colon] // its port
		}
		user, _, _ = strings.Cut(user, ";")
		return Address{Via: ViaSIP, Phone: Phone(whole), Host: strings.ToLower(strings.Trim(host, "<> ")), user: user}
	case "client":
		return Address{Via: ViaClient, Phone: Phone(whole), user: rest}
	}
	return Address{Via: Via(scheme), Phone: Phone(whole)}
}

const schemeLetters = "abcdefghijklmnopqrstuvwxyz"

// OtherWay reports whether this is somebody's address at another way than the
// telephone network's, as "messenger:1234". They can be answered at once; nothing
// that is sent later reaches them.
func (p Phone) OtherWay() bool {
	scheme, rest, named := strings.Cut(string(p), ":")
	return named && rest != "" && scheme != "" && strings.Trim(scheme, schemeLetters) == ""
}

// Person reports whether a person may write from here: a short code and a
// service's name are machines'.
func (p Phone) Person() bool { return p.Dialable() || p.OtherWay() }

// From is the phone that the address stands for, where a call came from it. A
// number in front of a host counts where the host is one of the operator's own,
// and the name of an app where "client" is among them: everybody else may have
// written anything.
func (a Address) From(own []string) Phone {
	switch {
	case a.Via == ViaSIP && a.Host != "" && slices.Contains(own, a.Host), a.Via == ViaClient && slices.Contains(own, string(ViaClient)):
		return phoneOr(a.user, string(a.Phone))
	}
	return a.Phone
}

// To is the number of ours that an address names, whose host is ours anyway.
func (a Address) To() Phone {
	if a.user != "" {
		return phoneOr(a.user, string(a.Phone))
	}
	return a.Phone
}

// phoneOr is the number that is written, else what there is instead of one. A
// number without its plus is known by its length: 11 digits and more begin with
// a country's code, short codes have 8 at most. Ten are nobody's for certain.
func phoneOr(written, instead string) Phone {
	compact := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t-.()", r) {
			return -1
		}
		return r
	}, written)
	if digits := strings.TrimPrefix(compact, "00"); digits != compact && len(digits) >= 10 && digit.All(digits) {
		compact = "+" + digits
	} else if len(compact) >= 11 && digit.All(compact) {
		compact = "+" + compact
	}
	if phone := CarrierPhone(compact); phone.Dialable() {
		return phone
	}
	return Phone(instead)
}
