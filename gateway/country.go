package gateway

import "github.com/nyaruka/phonenumbers"

// abroad is the ISO 3166 code of the main country of a country code; "" where
// there is none.
func abroad(p Phone) string {
	if !p.Dialable() {
		return ""
	}
	n, err := phonenumbers.Parse(string(p), "")
	if err != nil {
		return ""
	}
	if region := phonenumbers.GetRegionCodeForCountryCode(int(n.GetCountryCode())); region != "ZZ" && region != "001" {
		return region
	}
	return ""
}
