package consulate

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"aviso/gateway/digit"
)

var (
	idForm     = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	stateForm  = regexp.MustCompile(`^[A-Z]{2}$`)
	countyFIPS = regexp.MustCompile(`^\d{5}$`)
	prefixForm = regexp.MustCompile(`^\d{3}$`)
	phoneForm  = regexp.MustCompile(`^\+[1-9]\d{7,14}$`) // E.164
	dateForm   = regexp.MustCompile(`^\d{4}(-\d{2}(-\d{2})?)?$`)
)

// ruleset reads consulates.csv and jurisdictions.csv.
func (in *input) ruleset() *ruleset {
	s := &ruleset{consulates: in.consulates(), zips: map[string]row{}, counties: map[string]row{}, states: map[string]row{}}
	scopes := map[string]map[string]row{"zip": s.zips, "county": s.counties, "state": s.states}
	in.rows(fileJurisdictions, true, []string{"scope", "key", "consulate_id", "basis", "as_of"}, func(f fields) error {
		rows, err := scoped(scopes, f)
		if err != nil {
			return err
		}
		if err := in.checkID(f["consulate_id"]); err != nil {
			return err
		}
		r := row{s.number(f["consulate_id"]), f["basis"]}
		switch r.basis {
		case BasisSourced, BasisDerived, BasisWeak:
		default:
			return fmt.Errorf("basis %q is none of sourced, derived, weak", r.basis)
		}
		rows[f["key"]] = r
		in.dated(f)
		return nil
	})
	return s
}

func (in *input) consulates() []Consulate {
	var all []Consulate
	in.ids = map[string]bool{}
	columns := []string{"id", "name", "city", "state", "street_address", "zip", "latitude", "longitude", "phone",
		"protection_phone", "email", "timezone", "as_of", "confidence", "phone_confidence"}
	in.rows(fileConsulates, true, columns, func(f fields) error {
		twice := in.ids[f["id"]]
		in.ids[f["id"]] = true // also if the row turns out broken: others may then name it
		c := Consulate{
			ID: f["id"], Name: f["name"], City: f["city"], State: f["state"], Address: f["street_address"], ZIP: f["zip"],
			PhoneConfidence: f["phone_confidence"], Email: f["email"], TimeZone: f["timezone"],
			Confidence: f["confidence"], AsOf: f["as_of"],
		}
		at, err := readPoint(f["latitude"], f["longitude"])
		c.Latitude, c.Longitude = at.latitude, at.longitude
		var phoneErr, protectionErr error
		c.Phone, phoneErr = readPhone(f["phone"])
		c.ProtectionPhone, protectionErr = readPhone(f["protection_phone"])
		switch {
		case !idForm.MatchString(c.ID):
			return fmt.Errorf("id %q is not small letters, digits and single hyphens", c.ID)
		case c.ID == "agents": // the on-call roster, in files of desks
			return fmt.Errorf("id %q means the contact centre in the desks", c.ID)
		case twice:
			return fmt.Errorf("id %q stands twice", c.ID)
		case len(all) == maxConsulates:
			return fmt.Errorf("more than %d consulates", maxConsulates)
		case c.Name == "":
			return errors.New("name is empty")
		case !stateForm.MatchString(c.State):
			return fmt.Errorf("state %q is not two capital letters", c.State)
		case c.ZIP != "" && (len(c.ZIP) != 5 || !digit.All(c.ZIP)):
			return fmt.Errorf("zip %q is not five digits", c.ZIP)
		case err != nil:
			return err
		case phoneErr != nil:
			return fmt.Errorf("phone: %w", phoneErr)
		case protectionErr != nil:
			return fmt.Errorf("protection_phone: %w", protectionErr)
		case !slices.Contains([]string{"", "high", "medium", "low"}, c.PhoneConfidence):
			return fmt.Errorf("phone_confidence %q is none of high, medium, low and empty", c.PhoneConfidence)
		case !slices.Contains([]string{"", "none", "high", "medium", "low"}, c.Confidence):
			return fmt.Errorf("confidence %q is none of high, medium, low, none and empty", c.Confidence)
		}
		if err := checkZone(c.TimeZone); err != nil {
			return err
		}
		all = append(all, c)
		in.dated(f)
		return nil
	})
	if len(all) == 0 {
		in.broken(fileConsulates, "holds no consulate")
	}
	slices.SortFunc(all, func(a, b Consulate) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// places reads zip_base.csv.
func (in *input) places() []place {
	var all []place
	seen := map[string]bool{}
	in.rows(fileZIPs, true, []string{"zip", "state", "lat", "lon", "county_fips"}, func(f fields) error {
		p := place{zip: f["zip"], state: f["state"], county: f["county_fips"]}
		var err error
		p.point, err = readPoint(f["lat"], f["lon"])
		switch {
		case len(p.zip) != 5 || !digit.All(p.zip):
			return fmt.Errorf("zip %q is not five digits (spreadsheets drop a leading 0)", p.zip)
		case seen[p.zip]:
			return fmt.Errorf("zip %q stands twice", p.zip)
		case p.state == "" && !military(p.zip[:3]):
			return errors.New("state is empty, and the ZIP is not a military one")
		case p.state != "" && !stateForm.MatchString(p.state):
			return fmt.Errorf("state %q is not two capital letters", p.state)
		case p.county != "" && !countyFIPS.MatchString(p.county):
			return fmt.Errorf("county_fips %q is not five digits", p.county)
		case err != nil:
			return err
		}
		seen[p.zip] = true
		all = append(all, p)
		return nil
	})
	if len(all) == 0 {
		in.broken(fileZIPs, "holds no ZIP")
	}
	return all
}

// prefixes reads zip3_fallback.csv: three digits to the ID of a consulate.
func (in *input) prefixes() map[string]string {
	all := map[string]string{}
	in.rows(filePrefixes, true, []string{"zip3", "consulate_id"}, func(f fields) error {
		switch {
		case !prefixForm.MatchString(f["zip3"]):
			return fmt.Errorf("zip3 %q is not three digits (spreadsheets drop a leading 0)", f["zip3"])
		case all[f["zip3"]] != "":
			return fmt.Errorf("zip3 %q stands twice", f["zip3"])
		}
		if err := in.checkID(f["consulate_id"]); err != nil {
			return err
		}
		all[f["zip3"]] = f["consulate_id"]
		return nil
	})
	return all
}

// zones reads timezones.csv: the zone of a place, empty where no row has it.
// It is nil where there is no such file.
func (in *input) zones() func(place) string {
	zips, counties, states := map[string]string{}, map[string]string{}, map[string]string{}
	scopes := map[string]map[string]string{"zip": zips, "county": counties, "state": states}
	there := in.rows(fileZones, false, []string{"scope", "key", "timezone"}, func(f fields) error {
		rows, err := scoped(scopes, f)
		if err != nil {
			return err
		}
		if err := checkZone(f["timezone"]); err != nil {
			return err
		}
		rows[f["key"]] = f["timezone"]
		return nil
	})
	if !there {
		return nil
	}
	return func(p place) string { return cmp.Or(zips[p.zip], counties[p.county], states[p.state]) }
}

// scoped checks scope and key of a row and gives the rows of its scope.
func scoped[V any](scopes map[string]map[string]V, f fields) (map[string]V, error) {
	scope, key := f["scope"], f["key"]
	form := map[string]*regexp.Regexp{"zip": countyFIPS, "county": countyFIPS, "state": stateForm}[scope]
	if form == nil {
		return nil, fmt.Errorf("scope %q is none of zip, county, state", scope)
	}
	if !form.MatchString(key) {
		return nil, fmt.Errorf("key %q is not the code of a %s", key, scope)
	}
	if _, twice := scopes[scope][key]; twice {
		return nil, fmt.Errorf("%s %s stands twice", scope, key)
	}
	return scopes[scope], nil
}

// checkID refuses the ID of a consulate that no row of consulates.csv has,
// provided that there are rows.
func (in *input) checkID(id string) error {
	if !in.ids[id] && len(in.ids) > 0 {
		return fmt.Errorf("consulate_id %q is not in %s", id, fileConsulates)
	}
	return nil
}

// dated remembers the newest date of all rows; vague ones ("c.2021") do not count.
func (in *input) dated(f fields) {
	if d := f["as_of"]; dateForm.MatchString(d) && d > in.asOf {
		in.asOf = d
	}
}

func readPoint(latitude, longitude string) (point, error) {
	lat, err1 := strconv.ParseFloat(latitude, 64)
	lon, err2 := strconv.ParseFloat(longitude, 64)
	p := point{lat, lon}
	if err1 != nil || err2 != nil || !p.onGlobe() {
		return point{}, fmt.Errorf("latitude %q and longitude %q are no place in degrees", latitude, longitude)
	}
	return p, nil
}

// onGlobe is false for what is no number, too.
func (p point) onGlobe() bool { return math.Abs(p.latitude) <= 90 && math.Abs(p.longitude) <= 180 }

// readPhone takes the hyphens out of a number with its country code.
func readPhone(s string) (string, error) {
	e164 := strings.ReplaceAll(s, "-", "")
	if s != "" && !phoneForm.MatchString(e164) {
		return "", fmt.Errorf("%q is not a number with +, country code and up to 15 digits", s)
	}
	return e164, nil
}

func checkZone(name string) error {
	if !strings.Contains(name, "/") { // "", Local and UTC load, and are no place
		return fmt.Errorf("time zone %q is not an IANA name", name)
	}
	if _, err := time.LoadLocation(name); err != nil {
		return fmt.Errorf("time zone %q is not an IANA name: %w", name, err)
	}
	return nil
}
