package consulate

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // every zone must load, whatever the machine has
)

const dataFolder = "../../scripts/consulates/data"

func mustBuiltin(t testing.TB) *Table {
	t.Helper()
	table, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// TestBuiltinIsBuiltFromData fails when the data or the rule changed and
// `go run ./scripts/consulates` was not run.
func TestBuiltinIsBuiltFromData(t *testing.T) {
	table, err := Compile(os.DirFS(dataFolder))
	if err != nil {
		t.Fatal(err)
	}
	b, err := table.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if string(b) != string(builtin) {
		t.Error("table.bin differs from the data: go run ./scripts/consulates")
	}
	if got := mustBuiltin(t).Version(); got != table.Version() {
		t.Errorf("version %s after reading, %s after compiling", got, table.Version())
	}
	if len(b) > 200<<10 {
		t.Errorf("table.bin has %d bytes, want at most 200 KiB", len(b))
	}
}

// What public statements settle.
func TestSpotChecks(t *testing.T) {
	table := mustBuiltin(t)
	for _, c := range []struct{ zip, place, want, evidence string }{
		{"60608", "Chicago IL", "chicago", "seat; La Nación 2026-02"},
		{"61101", "Rockford IL", "chicago", "2001online 2026-01 mobile unit"},
		{"85364", "Yuma AZ", "yuma", "seat; Yuma Sun 2018"},
		{"88001", "Las Cruces NM", "el-paso", "conexionmigrante 2022: south NM counties are El Paso's"},
		{"38103", "Memphis TN", "little-rock", "commercialappeal 2008; West Tennessee"},
		{"38801", "Tupelo MS", "new-orleans", "gob.mx 2014: Mississippi is New Orleans (Tupelo tornado)"},
		{"75142", "Kaufman TX", "dallas", "La Nación 2026-02 mobile unit"},
		{"77520", "Baytown TX", "houston", "La Nación 2026-02 mobile unit"},
		{"79101", "Amarillo TX", "albuquerque", "Clovis News 2022; conexionmigrante (Potter)"},
		{"88345", "Ruidoso NM", "albuquerque", "Clovis News 2022"},
		{"76903", "San Angelo TX", "del-rio", "fortstocktonpioneer"},
		{"85541", "Payson AZ", "phoenix", "paysonroundup 2007"},
		{"29201", "Columbia SC", "raleigh", "slideserve 2017: NC and SC"},
		{"34205", "Bradenton FL", "miami", "Milenio 2022 (Manatee)"},
		{"55901", "Rochester MN", "saint-paul", "AP 2017"},
		{"93638", "Madera CA", "fresno", "maderatribune 2017"},
		{"90201", "Bell Gardens CA", "los-angeles", "La Nación 2025-09"},
		{"92250", "Holtville CA", "calexico", "tribwekchron 2017"},
		{"97141", "Tillamook OR", "portland", "tillamookheadlightherald 2023"},
		{"99615", "Kodiak AK", "seattle", "Skagit Cardinal"},
	} {
		if got := table.Find(c.zip).ConsulateID(); got != c.want {
			t.Errorf("%s %s: %q, want %q (%s)", c.zip, c.place, got, c.want, c.evidence)
		}
	}
}

// One ZIP for each rule and each edge of the data.
func TestFind(t *testing.T) {
	table := mustBuiltin(t)
	for _, c := range []struct {
		zip, consulate, rule, basis string
		certain                     bool
		state, zone                 string
		why                         string
	}{
		{"60608", "chicago", RuleState, BasisSourced, true, "IL", "America/Chicago", "a state row"},
		{"85614", "nogales", RuleZIP, BasisSourced, true, "AZ", "America/Phoenix", "Green Valley, in Pima County"},
		{"79901", "el-paso", RuleCounty, BasisSourced, true, "TX", "America/Denver", "a county row"},
		{"43604", "detroit", RuleCounty, BasisDerived, true, "OH", "America/New_York", "a derived row is certain"},
		{"97914", "boise", RuleCounty, BasisWeak, false, "OR", "America/Boise", "a weak county row"},
		{"08701", "philadelphia", RuleCounty, BasisSourced, true, "NJ", "America/New_York", "Lakewood in Ocean County, which was New Brunswick's and certain"},
		{"08608", "new-brunswick", RuleCounty, BasisDerived, true, "NJ", "America/New_York", "Trenton, by elimination"},
		{"54701", "milwaukee", RuleState, BasisWeak, false, "WI", "America/Chicago", "Eau Claire: 19 counties are Saint Paul's, their names unknown"},
		{"53202", "milwaukee", RuleState, BasisWeak, false, "WI", "America/Chicago", "the seat: the row is the state's"},
		{"38103", "little-rock", RuleCounty, BasisWeak, false, "TN", "America/Chicago", "Memphis: a newer notice gives the state whole to Atlanta"},
		{"37203", "atlanta", RuleState, BasisSourced, true, "TN", "America/Chicago", "Nashville"},
		{"34950", "miami", RuleCounty, BasisSourced, true, "FL", "America/New_York", "Fort Pierce"},
		{"78401", "san-antonio", RuleCounty, BasisWeak, false, "TX", "America/Chicago", "Corpus Christi, by a page of 2012"},
		{"98660", "portland", RuleCounty, BasisDerived, true, "WA", "America/Los_Angeles", "Vancouver WA"},
		{"24011", "washington", RuleState, BasisDerived, true, "VA", "America/New_York", "Roanoke"},
		{"21201", "washington", RuleState, BasisWeak, false, "MD", "America/New_York", "a weak state row"},
		{"84101", "salt-lake-city", RuleState, BasisDerived, true, "UT", "America/Denver", "a derived state row"},
		{"59801", "boise", RuleNearestOfTwo, "", false, "MT", "America/Denver", "Missoula"},
		{"59301", "denver", RuleNearestOfTwo, "", false, "MT", "America/Denver", "Miles City"},
		{"82001", "denver", RuleNearestOfTwo, "", false, "WY", "America/Denver", "Cheyenne"},
		{"82930", "salt-lake-city", RuleNearestOfTwo, "", false, "WY", "America/Denver", "Evanston"},
		{"10001", "new-york", RuleOnlyInState, "", true, "NY", "America/New_York", ""},
		{"02108", "boston", RuleOnlyInState, "", true, "MA", "America/New_York", "a leading zero"},
		{"79761", "presidio", RuleCounty, BasisSourced, true, "TX", "America/Chicago", "Odessa"},
		{"79855", "presidio", RuleNearestInState, "", false, "TX", "America/Chicago", "Van Horn: by distance, not el-paso, whose list is complete"},
		{"85540", "tucson", RuleNearestInState, "", false, "AZ", "America/Phoenix", "Morenci: not nogales, whose list is complete"},
		{"03301", "boston", RuleNearest, "", false, "NH", "America/New_York", "no consulate in NH"},
		{"00802", "san-juan", RuleNearest, "", false, "VI", "America/Puerto_Rico", "the Virgin Islands are not among those without"},
		{"00601", "san-juan", RuleState, BasisDerived, true, "PR", "America/Puerto_Rico", "the only one"},
		{"60699", "chicago", RuleState, BasisSourced, true, "IL", "America/Chicago", "a ZIP of one building"},
		{"60698", "chicago", RulePrefix, "", false, "IL", "America/Chicago", "not in the data"},
		{"09012", "", RuleNoneMilitary, "", false, "", "", "APO"},
		{"34040", "", RuleNoneMilitary, "", false, "", "", "the data puts it into PR"},
		{"96505", "", RuleNoneMilitary, "", false, "", "", "the data puts it into AK"},
		{"96299", "", RuleNoneMilitary, "", false, "", "", "military by its prefix alone"},
		{"96910", "", RuleNoneTerritory, "", false, "GU", "Pacific/Guam", "Guam"},
		{"96799", "", RuleNoneTerritory, "", false, "AS", "Pacific/Pago_Pago", "within Hawaii's prefix"},
		{"96950", "", RuleNoneTerritory, "", false, "MP", "Pacific/Guam", "Saipan"},
		{"96960", "", RuleNoneTerritory, "", false, "MH", "Pacific/Majuro", "without a county"},
		{"96940", "", RuleNoneTerritory, "", false, "", "", "Palau is not in the data"},
		{"00000", "", RuleNoneUnknown, "", false, "", "", ""},
		{"99999", "seattle", RulePrefix, "", false, "AK", "America/Anchorage", "by its prefix"},
		{"2108", "", RuleNoneUnknown, "", false, "", "", "no ZIP"},
		{"60608-1234", "", RuleNoneUnknown, "", false, "", "", "ParseZIP was not asked"},
	} {
		f := table.Find(c.zip)
		if f.ZIP != c.zip || f.ConsulateID() != c.consulate || f.Rule != c.rule || f.Basis != c.basis || f.Certain != c.certain ||
			f.State != c.state || f.TimeZone != c.zone {
			t.Errorf("%s (%s): got %q %+v, want %+v", c.zip, c.why, f.ConsulateID(), f, c)
		}
		if office, ok := table.Consulate(f.ConsulateID()); ok != (c.consulate != "") || office.Name != f.Name {
			t.Errorf("%s: named %q, the consulate is %q", c.zip, f.Name, office.Name)
		}
	}
}

// The promises that hold for every code of five digits.
func TestEveryCode(t *testing.T) {
	table := mustBuiltin(t)
	zones := map[string]bool{}
	for n := range zipCount {
		f := table.Find(zipString(n))
		byRow := f.Rule == RuleZIP || f.Rule == RuleCounty || f.Rule == RuleState
		want := f.Rule == RuleOnlyInState || byRow && f.Basis != BasisWeak
		if f.Certain != want {
			t.Fatalf("%s: certain %v by rule %s, basis %q", f.ZIP, f.Certain, f.Rule, f.Basis)
		}
		if byRow != (f.Basis != "") {
			t.Fatalf("%s: rule %s with basis %q", f.ZIP, f.Rule, f.Basis)
		}
		if none := strings.HasPrefix(f.Rule, "none-"); none != (f.Consulate == nil) || none != (f.Name == "") {
			t.Fatalf("%s: rule %s with consulate %q", f.ZIP, f.Rule, f.ConsulateID())
		}
		if f.Rule == RulePrefix && f.Known {
			t.Fatalf("%s is known, and found by its prefix", f.ZIP)
		}
		if f.Consulate != nil && (f.TimeZone == "" || f.State == "") {
			t.Fatalf("%s has a consulate and no time zone or state", f.ZIP)
		}
		zones[f.TimeZone] = true
	}
	for _, c := range table.All() {
		zones[c.TimeZone] = true
	}
	delete(zones, "")
	if len(zones) < 15 {
		t.Errorf("only %d time zones", len(zones))
	}
	for zone := range zones {
		if _, err := time.LoadLocation(zone); err != nil {
			t.Error(err)
		}
	}
}

func TestZIPs(t *testing.T) {
	table := mustBuiltin(t)
	count, last := map[string]int{}, ""
	for f := range table.ZIPs {
		if f.ZIP <= last || !f.Known {
			t.Fatalf("%s (known: %v) after %s", f.ZIP, f.Known, last)
		}
		last = f.ZIP
		count[f.Rule]++
	}
	total := 0
	for n := range maps.Values(count) {
		total += n
	}
	if total != 41_637 || count[RulePrefix] > 0 || count[RuleZIP] != 2 || count[RuleNoneMilitary] != 509 || count[RuleNoneTerritory] != 13 {
		t.Errorf("%d ZIPs: %v", total, count)
	}
	for range table.ZIPs {
		break // stops when asked to
	}
}

func TestConsulates(t *testing.T) {
	table := mustBuiltin(t)
	all := table.All()
	if len(all) != 53 || !slices.IsSortedFunc(all, func(a, b Consulate) int { return strings.Compare(a.ID, b.ID) }) {
		t.Fatalf("%d consulates, want 53 in order of ID", len(all))
	}
	all[0].Name = "changed"
	if table.All()[0].Name == "changed" {
		t.Error("All hands out the table's own slice")
	}
	c, ok := table.Consulate("chicago")
	want := Consulate{
		ID: "chicago", Name: "Consulado General de México en Chicago", City: "Chicago", State: "IL",
		Address: "204 S Ashland Ave", ZIP: "60607", Phone: "+13127382383", PhoneConfidence: "low",
		Email: "conchicago@sre.gob.mx", TimeZone: "America/Chicago", Latitude: 41.8748, Longitude: -87.6545,
		Confidence: "high", AsOf: "2026-02-20",
	}
	if !ok || c != want {
		t.Errorf("chicago is %+v, want %+v", c, want)
	}
	if c, ok := table.Consulate("guadalajara"); ok {
		t.Errorf("found %+v", c)
	}
	if !strings.HasPrefix(table.Version(), "2026-05-21-") || len(table.Version()) != len("2026-05-21-01234567") {
		t.Errorf("version %s", table.Version())
	}
}

// The JSON is part of the contract, to the letter.
func TestFindingJSON(t *testing.T) {
	table := mustBuiltin(t)
	for zip, want := range map[string]string{
		"60608": `{"zip":"60608","consulate":"chicago","name":"Consulado General de México en Chicago","rule":"state","certain":true}`,
		"09012": `{"zip":"09012","consulate":null,"name":"","rule":"none-military","certain":false}`,
	} {
		got, err := json.Marshal(table.Find(zip))
		if err != nil || string(got) != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
}

// A finding is the caller's: writing through its pointer changes nothing.
func TestFindingIsACopy(t *testing.T) {
	table := mustBuiltin(t)
	*table.Find("60608").Consulate = "changed"
	if got := table.Find("60608").ConsulateID(); got != "chicago" {
		t.Errorf("the table says %q", got)
	}
}

func BenchmarkFind(b *testing.B) {
	table := mustBuiltin(b)
	for b.Loop() {
		table.Find("60608")
	}
}

func BenchmarkBuiltin(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		mustBuiltin(b)
	}
}
