package consulate

// Attribution is the credit that the licence of the postal data asks for, in
// one line: wherever the product shows its sources it shows this.
const Attribution = "ZIP codes, cities and counties: GeoNames (https://www.geonames.org), " +
	"CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/), compiled into a table; " +
	"centroids: U.S. Census Bureau, 2021 Gazetteer (public domain)"

// A Consulate is one office. Empty fields were not found: nothing is guessed.
type Consulate struct {
	ID      string // stable, like "el-paso"; desks are configured by it
	Name    string // in Spanish, as the foreign ministry writes it, with accents
	City    string
	State   string // USPS code of two letters
	Address string // street address without city, state and ZIP
	ZIP     string // five digits

	// Phone and ProtectionPhone (the protection department's emergency line)
	// are E.164. They come from public pages: nothing is texted or dialled
	// that the operator has not confirmed.
	Phone           string
	ProtectionPhone string
	PhoneConfidence string // high, medium, low, or empty where there is no phone
	Email           string

	TimeZone   string  // IANA name
	Latitude   float64 // degrees north
	Longitude  float64 // degrees east, so negative
	Confidence string  // in the address: high, medium, low, none
	AsOf       string  // age of the row: a year, month or day (ISO 8601), or words like "unknown"
}

// A Finding is what the table says of one ZIP. Its JSON is what
// `aviso consulates find --json` prints.
type Finding struct {
	ZIP       string  `json:"zip"`       // as it was asked for
	Consulate *string `json:"consulate"` // ID, nil where there is none
	Name      string  `json:"name"`      // the consulate's, empty where there is none
	Rule      string  `json:"rule"`      // one of the Rule constants

	// Certain is true where a sourced or derived row decides, or where the state
	// has one consulate only and no row gives a part of it to another. Where it
	// is false the national desk is told as well.
	Certain bool `json:"certain"`

	TimeZone string `json:"-"` // IANA name, empty where unknown (military)
	State    string `json:"-"` // USPS code, empty where unknown (military)
	Basis    string `json:"-"` // of the row that decided: one of the Basis constants, empty without a row
	Known    bool   `json:"-"` // the ZIP itself is in the data, not its prefix alone
}

// ConsulateID is the ID of the consulate, empty where there is none.
func (f Finding) ConsulateID() string {
	if f.Consulate == nil {
		return ""
	}
	return *f.Consulate
}

// The rules, in the order in which they are tried. Where a row of
// jurisdictions.csv decides, the finding has its basis. What is decided by
// distance is never certain: distance agrees with sourced rows in 48 % (TX) to
// 95 % (AZ) of ZIPs.
const (
	RuleZIP            = "zip"              // a row names this ZIP
	RuleNoneMilitary   = "none-military"    // APO, FPO, DPO: the ZIP does not say where the person is
	RuleCounty         = "county"           // a row names the ZIP's county
	RuleState          = "state"            // a row names the ZIP's state
	RuleNoneTerritory  = "none-territory"   // GU, MP, AS, MH, FM, PW: no consulate of Mexico answers for them
	RuleNearestOfTwo   = "nearest-of-two"   // MT, WY: shared by two, the nearer one
	RuleOnlyInState    = "only-in-state"    // the state has one consulate, and no row gives a part of it to another
	RuleNearestInState = "nearest-in-state" // the nearest of the state's, without those whose county list is complete
	RuleNearest        = "nearest"          // no consulate in the state: the nearest of all
	RulePrefix         = "prefix"           // unknown ZIP: the majority of its first three digits
	RuleNoneUnknown    = "none-unknown"     // unknown ZIP with an unknown prefix
)

// What a row of jurisdictions.csv rests on.
const (
	BasisSourced = "sourced" // a public page says so
	BasisDerived = "derived" // by elimination or a boundary line, counts checked
	BasisWeak    = "weak"    // a hint, or general knowledge: never certain
)

// certain is the contract's sentence on certainty.
func certain(rule, basis string) bool {
	switch rule {
	case RuleZIP, RuleCounty, RuleState:
		return basis == BasisSourced || basis == BasisDerived
	case RuleOnlyInState:
		return true
	}
	return false
}
