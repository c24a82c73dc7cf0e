package numbering

import "strings"

// Name is what an area is called in a language, in GSM-7 without accents:
// "California", "Chihuahua/Durango", "Canada"; "" where nothing is known of it.
func (a Area) Name(language string) string {
	pick := func(n name) string {
		if language == "en" {
			return n.en
		}
		return n.es
	}
	if a.Country != "US" && a.Country != "MX" {
		return pick(countries[a.Country])
	}
	table := states
	if a.Country == "MX" {
		table = estados
	}
	var list []string
	for _, s := range a.States {
		n, ok := table[s]
		if !ok {
			n = name{s, s}
		}
		list = append(list, pick(n))
	}
	if len(list) == 0 && a.Place != "" {
		return a.Place
	}
	return strings.Join(list, "/")
}

// name is what a place is called in Spanish and in English.
type name struct{ es, en string }

// same is what is called the same in both.
func same(s string) name { return name{s, s} }

// states of the US and its territories, by their USPS code.
var states = map[string]name{
	"AK": same("Alaska"), "AL": same("Alabama"), "AR": same("Arkansas"), "AZ": same("Arizona"), "CA": same("California"),
	"CO": same("Colorado"), "CT": same("Connecticut"), "DC": same("Washington DC"), "DE": same("Delaware"), "FL": same("Florida"),
	"GA": same("Georgia"), "HI": {"Hawai", "Hawaii"}, "IA": same("Iowa"), "ID": same("Idaho"), "IL": same("Illinois"),
	"IN": same("Indiana"), "KS": same("Kansas"), "KY": same("Kentucky"), "LA": {"Luisiana", "Louisiana"}, "MA": same("Massachusetts"),
	"MD": same("Maryland"), "ME": same("Maine"), "MI": same("Michigan"), "MN": same("Minnesota"), "MO": {"Misuri", "Missouri"},
	"MS": {"Misisipi", "Mississippi"}, "MT": same("Montana"), "NC": {"Carolina del Norte", "North Carolina"},
	"ND": {"Dakota del Norte", "North Dakota"}, "NE": same("Nebraska"), "NH": {"Nuevo Hampshire", "New Hampshire"},
	"NJ": {"Nueva Jersey", "New Jersey"}, "NM": {"Nuevo Mexico, EEUU", "New Mexico, US"}, "NV": same("Nevada"),
	"NY": {"Nueva York", "New York"}, "OH": same("Ohio"), "OK": same("Oklahoma"), "OR": {"Oregon", "Oregon"},
	"PA": {"Pensilvania", "Pennsylvania"}, "RI": same("Rhode Island"), "SC": {"Carolina del Sur", "South Carolina"},
	"SD": {"Dakota del Sur", "South Dakota"}, "TN": same("Tennessee"), "TX": {"Texas", "Texas"}, "UT": same("Utah"),
	"VA": same("Virginia"), "VT": same("Vermont"), "WA": {"Estado de Washington", "Washington State"},
	"WI": same("Wisconsin"), "WV": {"Virginia Occidental", "West Virginia"}, "WY": same("Wyoming"),
	"AS": {"Samoa Americana", "American Samoa"}, "GU": same("Guam"), "MP": {"Islas Marianas", "Mariana Islands"},
	"PR": same("Puerto Rico"), "VI": {"Islas Virgenes", "Virgin Islands"},
}

// estados of Mexico, by the codes that its lists use.
var estados = map[string]name{
	"AGS": same("Aguascalientes"), "BC": same("Baja California"), "BCS": same("Baja California Sur"), "CAMP": same("Campeche"),
	"CDMX": {"Ciudad de Mexico", "Mexico City"}, "CHIH": same("Chihuahua"), "CHIS": same("Chiapas"), "COAH": same("Coahuila"),
	"COL": same("Colima"), "DGO": same("Durango"), "GRO": same("Guerrero"), "GTO": same("Guanajuato"), "HGO": same("Hidalgo"),
	"JAL": same("Jalisco"), "MEX": {"Estado de Mexico", "State of Mexico"}, "MICH": same("Michoacan"), "MOR": same("Morelos"),
	"NAY": same("Nayarit"), "NL": same("Nuevo Leon"), "OAX": same("Oaxaca"), "PUE": same("Puebla"), "QRO": same("Queretaro"),
	"QROO": same("Quintana Roo"), "SIN": same("Sinaloa"), "SLP": same("San Luis Potosi"), "SON": same("Sonora"),
	"TAB": same("Tabasco"), "TAMPS": same("Tamaulipas"), "TLAX": same("Tlaxcala"), "VER": same("Veracruz"),
	"YUC": same("Yucatan"), "ZAC": same("Zacatecas"),
}

// countries under +1 besides the US, by their ISO 3166 code.
var countries = map[string]name{
	"AG": {"Antigua y Barbuda", "Antigua and Barbuda"}, "AI": {"Anguila", "Anguilla"}, "BB": same("Barbados"),
	"BM": {"Bermudas", "Bermuda"}, "BS": {"Bahamas", "The Bahamas"}, "CA": {"Canada", "Canada"}, "DM": same("Dominica"),
	"DO": {"Republica Dominicana", "Dominican Republic"}, "GD": {"Granada", "Grenada"}, "JM": same("Jamaica"),
	"KN": {"San Cristobal y Nieves", "Saint Kitts and Nevis"}, "KY": {"Islas Caiman", "Cayman Islands"},
	"LC": {"Santa Lucia", "Saint Lucia"}, "MS": same("Montserrat"), "SX": {"San Martin", "Sint Maarten"},
	"TC": {"Islas Turcas y Caicos", "Turks and Caicos Islands"}, "TT": {"Trinidad y Tobago", "Trinidad and Tobago"},
	"VC": {"San Vicente", "Saint Vincent and the Grenadines"}, "VG": {"Islas Virgenes Britanicas", "British Virgin Islands"},
}

// territories of the United States, whose numbers are of the US to everybody
// but the numbering plan.
var territories = map[string]bool{"PR": true, "VI": true, "GU": true, "AS": true, "MP": true}
