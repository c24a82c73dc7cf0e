package templates

import "strings"

// LanguageName is what agents and the people themselves call a language that
// there are no words in, of a BCP 47 tag: "nahuatl" of nah and nah-MX. Of one that is
// not listed it is the tag.
func LanguageName(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if name, ok := languageNames[base]; ok {
		return name
	}
	return tag
}

// LanguageNamed is how a language is called that a word (in capitals, without
// accents) names; "" where it names none of those that LanguageName knows.
func LanguageNamed(word string) string {
	name := strings.ToLower(word)
	if other, ok := otherNames[name]; ok {
		return other
	}
	for _, known := range languageNames {
		if first, _, _ := strings.Cut(known, " "); first == name {
			return known
		}
	}
	return ""
}

// otherNames are other spellings of the names below, and of some without a code.
var otherNames = map[string]string{
	"quiche": "kiche", "kekchi": "qeqchi", "qekchi": "qeqchi", "kanjobal": "qanjobal", "canjobal": "qanjobal", "cakchiquel": "kaqchikel", "maya": "maya",
	"mixteca": "mixteco", "zapoteca": "zapoteco", "mexicano": "nahuatl", "nahua": "nahuatl", "mixtec": "mixteco", "zapotec": "zapoteco", "chinanteco": "chinanteco",
	"tlapaneco": "tlapaneco", "amuzgo": "amuzgo", "chatino": "chatino", "tojolabal": "tojolabal", "criollo": "criollo haitiano", "creole": "criollo haitiano",
	"portuguese": "portugues", "french": "frances", "chinese": "chino", "russian": "ruso", "ukrainian": "ucraniano", "arabic": "arabe", "quechua": "quechua",
}

// languageNames are the languages of Mexico and Central America that most people
// in the US speak, by ISO 639 code, groups and their larger members; and a few of
// those who live among them. Written as a text may be.
var languageNames = map[string]string{
	"acr": "achi", "agu": "awakateko", "aym": "aimara", "cab": "garifuna", "cac": "chuj", "cak": "kaqchikel", "chf": "chontal",
	"crn": "cora", "ctu": "chol", "huv": "huave", "hch": "huichol", "ixl": "ixil", "jac": "popti", "kek": "qeqchi", "kjb": "qanjobal",
	"knj": "akateko", "mam": "mam", "maz": "mazahua", "mix": "mixteco", "miq": "miskito", "myn": "maya", "mxb": "mixteco", "mih": "mixteco",
	"nah": "nahuatl", "nhn": "nahuatl", "nhe": "nahuatl", "ote": "otomi", "oto": "otomi", "pck": "purepecha", "tsz": "purepecha", "poc": "poqomam",
	"poh": "poqomchi", "pt": "portugues", "fr": "frances", "ht": "criollo haitiano", "que": "quechua", "qu": "quechua", "quc": "kiche",
	"quv": "sakapulteko", "tar": "tarahumara", "tlp": "totonaco", "top": "totonaco", "tpt": "tepehua", "trc": "triqui", "trq": "triqui",
	"trs": "triqui", "tzh": "tzeltal", "tzj": "tzutujil", "tzo": "tzotzil", "yaq": "yaqui", "yua": "maya yucateco", "zab": "zapoteco",
	"zai": "zapoteco", "zap": "zapoteco", "maa": "mazateco", "mau": "mazateco", "vmz": "mazateco", "mir": "mixe", "mto": "mixe", "zoq": "zoque",
	"zh": "chino", "ru": "ruso", "uk": "ucraniano", "ar": "arabe",
}
