package gateway

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"aviso/gateway/keyword"
)

// Somebody who has not agreed to be a contact knows neither us nor, perhaps, who
// named them. What a person calls themself stands in our texts to them, and so
// could lead them somewhere, or speak in the name of an office. A name that does
// is refused where it is given, and where it is kept already such a reader is
// told of somebody by the last digits of their phone.
//
// The rule for a name, however it is written (full width, in other alphabets'
// look-alikes, in circles, with invisible characters within, spelled out letter
// by letter, cut into words):
//
//   - It is letters, with what stands in names: accents, apostrophes, hyphens, full
//     stops and commas behind words (Ma., Jr.), brackets and quotes around them.
//     Emoji, and the punctuation around all of it, do not count. Anything else,
//     digits of all kinds included, may be a link, a handle or a number.
//   - None of its words, and no words of it joined, is in notNames, or is the
//     programme's own name. Longer ones are recognised with one letter wrong, and
//     within a word.
//   - No three words for digits follow each other.
//   - It has at least two letters, at most 60 characters and ten words, none of
//     them longer than 20 letters: the rest are sentences.
//
// Whoever has not agreed reads Latin letters only.

// notNames are the words that no name holds, as keyword.Tokens folds them. Those
// that are common first names or surnames (Guardia, Marina, Consuelo, Marshall)
// are left out, and stand in phrases at most.
var notNames = setOf(`
	ICE CBP USCIS DHS EOIR HSI FBI CIA DEA IRS DOJ TSA NYPD LAPD INM SRE CIAM
	MIGRA LAMIGRA MIGRACION INMIGRACION IMIGRACION IMMIGRATION MIGRATORIO DEPORTACION DEPORTATION DETENCION DETENTION
	POLICIA POLICIAS POLICE POLIZIA SHERIFF DEPUTY TROOPER USMARSHAL USMARSHALS OFFICER OFICIAL AGENTE AGENT PATRULLA BORDERPATROL
	GUARDIANACIONAL NATIONALGUARD GUARDIACIVIL ADUANA ADUANAS CUSTOMS GOBIERNO GOVERNMENT FEDERALES FEDERALAGENT AGENTEFEDERAL
	CONSULADO CONSULATE CONSUL CONSULAR EMBAJADA EMBASSY EMBAJADOR AMBASSADOR SECRETARIA MINISTERIO MINISTERIOPUBLICO
	FISCALIA PROCURADURIA PROSECUTOR JUZGADO TRIBUNAL JUEZ JUDGE JUDICIAL CARCEL PRISION JAIL PRISON
	AYUNTAMIENTO PRESIDENCIA CITYHALL HOMELANDSECURITY SEGURIDADPUBLICA SOCIALSECURITY SEGUROSOCIAL
	CRUZROJA REDCROSS HOSPITAL EMERGENCIA EMERGENCIAS EMERGENCY ALERTA AVISO
	WESTERNUNION MONEYGRAM ZELLE PAYPAL VENMO CASHAPP XOOM REMITLY BITCOIN BANCOAZTECA BANKOFAMERICA WELLSFARGO BANORTE BANAMEX BBVA BANCOPPEL OXXO COPPEL
	WALMART AMAZON NETFLIX GOOGLE MICROSOFT TWILIO USPS FEDEX DHL ATANDT TELCEL VERIZON TMOBILE
	WHATSAPP WHATSAP WASAP WATSAP WATSAPP GUASAP TELEGRAM FACEBOOK FACE FB MESSENGER INSTAGRAM INSTA IG TIKTOK SNAPCHAT TWITTER YOUTUBE
	HTTP HTTPS HXXP HXXPS FTP WWW URL COM NET ORG GOV EDU INFO BIZ XYZ MX RU ONLINE SITE SHOP STORE CLICK LINK ENLACE WEBSITE SITIOWEB
	DOT PUNTO SLASH DIAGONAL ARROBA GUIONBAJO BITLY TINYURL GOOGL ISGD TCO OWLY CUTTLY REBRANDLY TME WAME FBME MME
`)

// nameNear is from how many letters on one of notNames is recognised with one
// letter wrong, or within a longer word.
const nameNear = 7

// digitWords finds three words for digits in a row.
var digitWords = regexp.MustCompile(`(?:(?:CERO|UNO|DOS|TRES|CUATRO|CINCO|SEIS|SIETE|OCHO|NUEVE|DIEZ|ONCE|DOCE|VEINTE|TREINTA|CUARENTA|CINCUENTA|SESENTA|SETENTA|OCHENTA|NOVENTA|CIEN|` +
	`ZERO|ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE|TEN|ELEVEN|TWELVE|TWENTY|THIRTY|FORTY|FIFTY|SIXTY|SEVENTY|EIGHTY|NINETY)Y?){3}`)

const (
	nameWordsMost   = 10 // Maria de los Angeles de la Cruz Perez Lopez is nine
	nameWordLongest = 20 // letters
	nameLongest     = 60 // characters
)

// Names reports whether something that a person wrote can be a name and nothing
// else.
func (r *Rules) Names(name string) bool {
	if !spelledAsName(name) || letters(name) < 2 || len([]rune(name)) > nameLongest {
		return false
	}
	tokens := keyword.Tokens(name)
	if len(tokens) > nameWordsMost || slices.ContainsFunc(tokens, func(t string) bool { return len([]rune(t)) > nameWordLongest }) {
		return false
	}
	if digitWords.MatchString(strings.Join(tokens, "")) {
		return false
	}
	own := strings.Join(keyword.Tokens(r.Programme), "")
	for i := range tokens {
		if foreignWord(tokens[i]) {
			return false
		}
		joined := ""
		for _, token := range tokens[i:] {
			joined += token
			if notNames[joined] || notNames[single(joined)] || joined == own && own != "" {
				return false
			}
			if i == 0 && len(own) >= nameNear && strings.Contains(joined, own) {
				return false
			}
		}
	}
	return true
}

// foreignWord reports whether a word holds one of the longer of notNames, or is
// one of them with a letter wrong.
func foreignWord(word string) bool {
	if len(word) < nameNear-1 {
		return false
	}
	for not := range notNames {
		if len(not) >= nameNear && (strings.Contains(word, not) || oneOff(word, not)) {
			return true
		}
	}
	return false
}

// spelledAsName reports whether a name has only letters in it and what stands
// between the letters of names.
func spelledAsName(name string) bool {
	runes := []rune(strings.Trim(name, " \n\t.,;:!?¡¿"))
	run := 0 // letters just before
	for i, r := range runes {
		next := ' '
		if i+1 < len(runes) {
			next = runes[i+1]
		}
		switch {
		case unicode.IsLetter(r):
			run++
			continue
		case unicode.IsMark(r), unicode.Is(unicode.Cf, r):
			continue // an accent, or nothing to see
		case unicode.IsSpace(r), strings.ContainsRune(`'’‘´`+"`"+`-‐‑–()"“”«»`, r), unicode.Is(unicode.So, r), unicode.Is(unicode.Sk, r):
		case r == '.':
			if run == 0 || !ends(next) {
				return false
			}
		case r == ',':
			if !ends(next) {
				return false
			}
		default:
			return false
		}
		run = 0
	}
	return true
}

// letters counts those of a name.
func letters(name string) (n int) {
	for _, r := range name {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// ends reports whether a word ends before r.
func ends(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`)"”»,`, r) }

// Latin reports whether a name is written in Latin letters.
func Latin(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) })
}

// single is a word with each letter that is repeated once.
func single(word string) string { return string(slices.Compact([]byte(word))) }

// oneOff reports whether two words of ASCII letters differ by one letter that is
// wrong, missing, too many or swapped with its neighbour.
func oneOff(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) || a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

func setOf(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		set[word] = true
	}
	return set
}
