package gateway

import "slices"

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
