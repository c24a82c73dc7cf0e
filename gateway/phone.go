package gateway

import (
	"fmt"
	"slices"
	"strings"

	"aviso/gateway/digit"
	"aviso/gateway/numbering"
)

// Phone is a telephone number in E.164: "+13125550101". What a carrier gives
// as the origin of a text may also be a short code or a name, which Dialable
// tells apart.
type Phone string

// Dialable reports whether the phone is a number in E.164 that can be texted
// or called.
func (p Phone) Dialable() bool {
	if len(p) < 8 || len(p) > 16 || p[0] != '+' || p[1] == '0' {
		return false
	}
	for _, r := range p[1:] {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

// Country is the ISO 3166 code of the phone's country as far as sending is
// concerned: every number under +1 counts as US. "" where the phone is no
// number.
func (p Phone) Country() string {
	switch {
	case strings.HasPrefix(string(p), "+1"):
		return "US"
	case strings.HasPrefix(string(p), "+52"):
		return "MX"
	}
	return abroad(p)
}

// Local is how the phone is written for somebody in a country: "312-555-0100"
// within the US or where the country is not known, "33 1234 5678" and "951 501
// 5000" within Mexico, "+1 312-555-0100" from the other.
func (p Phone) Local(country string) string {
	switch {
	case p.Country() == "US" && len(p) == 12:
		s := string(p[2:5] + "-" + p[5:8] + "-" + p[8:])
		if country == "MX" {
			return "+1 " + s
		}
		return s
	case p.Country() == "MX" && len(p) == 13:
		s := string(p[3:6] + " " + p[6:9] + " " + p[9:])
		if numbering.TwoDigits(string(p[3:])) {
			s = string(p[3:5] + " " + p[5:9] + " " + p[9:])
		}
		if country != "MX" {
			return "+52 " + s
		}
		return s
	}
	return string(p)
}

// Masked is how a phone is shown to people who need not know it: its country
// code and its last four digits.
func (p Phone) Masked() string {
	if len(p) < 8 {
		return "…"
	}
	return string(p[:2]) + "…" + string(p[len(p)-4:])
}

// CarrierPhone reads the number that a carrier gives for who is texting or
// calling. It comes in E.164; the old Mexican +521 form is folded to +52.
func CarrierPhone(s string) Phone {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "+521") && len(s) == len("+521")+10 {
		s = "+52" + s[len("+521"):]
	}
	return Phone(s)
}

// SenderKind is what a number of ours is, which decides whom it reaches and
// how fast.
type SenderKind string

const (
	LongCode  SenderKind = "long code"
	TollFree  SenderKind = "toll-free"
	ShortCode SenderKind = "short code"
	Messaging SenderKind = "messaging service"
)

// Sender is a number of ours that texts go from. Rate is in segments a second.
type Sender struct {
	Address string
	Kind    SenderKind
	Rate    float64

	Carrier   string   // the name of the account that it belongs to; "": the main one
	Countries []string // that it reaches, ISO 3166; nil: as its kind does
}

// ParseSender reads a sender by its form only: whether it exists is the
// carrier's to say. Its rate is the default of its kind (FACTS: long code 1,
// toll-free 3, short code 100).
func ParseSender(s string) (Sender, error) {
	s = strings.TrimSpace(s)
	switch {
	case strings.HasPrefix(s, "MG") && len(s) > 2:
		return Sender{Address: s, Kind: Messaging, Rate: 1}, nil
	case !strings.HasPrefix(s, "+") && len(s) >= 3 && len(s) <= 8 && digit.All(s):
		return Sender{Address: s, Kind: ShortCode, Rate: 100}, nil
	case Phone(s).Dialable() && tollFree(s):
		return Sender{Address: s, Kind: TollFree, Rate: 3}, nil
	case Phone(s).Dialable():
		return Sender{Address: s, Kind: LongCode, Rate: 1}, nil
	}
	return Sender{}, fmt.Errorf("sender %q: want +15550001111, a short code or MG…", s)
}

// Reaches reports whether the sender can text a country: short codes and
// toll-free numbers reach the US only, unless its operator is known to reach
// others.
func (s Sender) Reaches(country string) bool {
	if s.Countries != nil {
		return slices.Contains(s.Countries, country)
	}
	return country == "US" || s.Kind == LongCode || s.Kind == Messaging
}

func tollFree(s string) bool {
	for _, area := range []string{"800", "833", "844", "855", "866", "877", "888"} {
		if strings.HasPrefix(s, "+1"+area) && len(s) == 12 {
			return true
		}
	}
	return false
}
