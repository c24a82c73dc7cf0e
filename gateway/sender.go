package gateway

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"aviso/gateway/digit"
)

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

// Unreached is a sender of ours that was found unable to text a country: it is
// not registered or verified there, the country is not enabled, the account is
// on trial. It is not tried until the time given; then one text finds out.
type Unreached struct {
	Sender  string
	Country string // ISO 3166, as Phone.Country gives it
	Code    string // the carrier's: "30034"
	Until   time.Time
}

// Routes are the senders that texts to a country go from first, in order of
// preference, by ISO 3166 code. All others that reach it stand behind them, in
// their own order: a route says what is better, not what is forbidden.
type Routes map[string][]string

// Place is where a sender stands for a country: the lower, the earlier it is
// tried. Senders that the route does not name share the last place.
func (r Routes) Place(country, sender string) int {
	route := r[country]
	if i := slices.Index(route, sender); i >= 0 {
		return i
	}
	return len(route)
}
