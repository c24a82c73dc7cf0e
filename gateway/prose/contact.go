package prose

import (
	"strings"
	"sync"
	"unicode"

	"aviso/gateway/digit"
	"aviso/gateway/keyword"
)

// Called is what somebody is called in the words beside a telephone number:
// "mi mama es la maria" calls her Maria. Where the words say only what they are
// to whoever writes, it is that ("Mi Apa"), and kin is true. It is "" where
// they call nobody anything.
func Called(beside string) (name string, kin bool) {
	return calledIn(strings.FieldsFunc(beside, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;:/+*#=()", r) }))
}

// introducesName reports words behind which a name stands.
func introducesName(norm string) bool {
	switch norm {
	case "LLAMA", "YAMA", "NOMBRE", "LLAMO", "NAMED", "CALLED":
		return true
	}
	return false
}

// nameWords is more words than a contact is called by: more of them are a
// sentence.
const nameWords = 5

func calledIn(beside []string) (name string, kin bool) {
	for i := range beside {
		if introducesName(keyword.Normalise(beside[i])) {
			if name, kin := calledIn(beside[i+1:]); name != "" {
				return name, kin
			}
		}
	}
	l := words()
	family := l.class("kin")
	var names, relation []string
	mine := false
	place := false // behind EN stands where they are
	particle := func() bool {
		return len(names) > 0 && names[len(names)-1] == "de" || len(names) > 0 && names[len(names)-1] == "del"
	}
	for i, w := range beside {
		w = strings.Trim(w, " ,.;:-!¡¿?()[]\"'“”*")
		norm := keyword.Normalise(w)
		switch {
		case norm == "EN", norm == "IN":
			place = true
			continue
		case particle() && (norm == "LA" || norm == "LAS" || norm == "LOS"):
		case len(names) > 0 && (norm == "EL" || norm == "LA") && i+1 < len(beside) && keyword.Normalise(beside[i+1]) == "DE": // "Chuy el de la tienda"
			return capitals(strings.Join(names, " ")), false
		case (norm == "DEL" || norm == "DE") && len(names) > 0 && fromPlace(beside[i+1:]): // "Eliseo de la iglesia"
			return capitals(strings.Join(names, " ")), false
		case len(names) > 0 && endsName(norm):
			return capitals(strings.Join(names, " ")), false
		case norm == "DEL" && len(names) > 0 && i+1 < len(beside):
		case norm == "" || isFiller(norm) || digit.All(norm) || isCount(norm):
			place = false
			continue
		case place:
			place = norm == "SAN" || norm == "SANTA" || norm == "NUEVA" || norm == "NUEVO" || norm == "NEW"
			continue
		case norm == "DE" || norm == "FROM":
			if len(names) > 0 && (i+2 >= len(beside) || norm == "FROM") { // where she is from
				return capitals(strings.Join(names, " ")), false
			}
		case l.sounds[sound(norm)]&family != 0 && norm != "CHUY" && !addressed(beside, i):
			relation = append(relation, w)
			mine = mine || i > 0 && (keyword.Normalise(beside[i-1]) == "MI" || keyword.Normalise(beside[i-1]) == "MY")
			continue
		default:
			if strings.HasSuffix(strings.TrimSpace(beside[i]), ".") && len([]rune(w)) <= 4 {
				w += "." // Ma., Lic., Dr.
			}
			names = append(names, w)
			continue
		}
		if len(names) > 0 {
			names = append(names, strings.ToLower(w))
		}
	}
	for particle() {
		names = names[:len(names)-1]
	}
	if len(names) == 0 || len(names) > nameWords {
		if len(relation) == 0 {
			return "", false
		}
		if mine {
			return capitals("mi " + strings.ToLower(relation[0])), true
		}
		return capitals(strings.ToLower(relation[0])), true
	}
	return capitals(strings.Join(names, " ")), false
}

// fromPlace reports whether what follows a DE is where somebody is known from, and
// no part of their name.
func fromPlace(behind []string) bool {
	for _, w := range behind[:min(2, len(behind))] {
		switch keyword.Normalise(w) {
		case "IGLESIA", "TRABAJO", "TRAILA", "TIENDA", "RANCHO", "PUEBLO", "ESCUELA", "OBRA", "FABRICA", "CANCHA", "LADO", "CLINICA", "BARRIO", "CHAMBA", "JALE", "LIGA", "CASA":
			return true
		}
	}
	return false
}

// endsName reports a word behind a name that begins something else about them.
func endsName(norm string) bool {
	switch norm {
	case "ELLA", "VIVE", "TRABAJA", "SABE", "CONTESTA", "ESTA", "ESTAN", "TIENE", "HABLA", "BUENA", "BUENO", "ABOGADA", "ABOGADO", "QUE", "PERO", "PORQUE", "SHE", "HE", "SPEAKS", "LIVES", "AT", "OR":
		return true
	}
	return false
}

// addressed reports whether what somebody is to others stands in front of their
// name as people address them: "tia Chela", and not "mi tia Chela".
func addressed(beside []string, i int) bool {
	if i > 0 {
		switch keyword.Normalise(beside[i-1]) {
		case "MI", "MY", "SU", "NUESTRA", "NUESTRO":
			return false
		}
	}
	if i+1 >= len(beside) {
		return false
	}
	l := words()
	next := keyword.Normalise(beside[i+1])
	return next != "" && !isFiller(next) && next != "DE" && next != "EN" && !digit.All(next) && l.sounds[sound(next)]&l.class("kin") == 0
}

// isCount reports a number in words: "tiene dos".
func isCount(norm string) bool {
	n, ok := number(norm)
	return ok && n > 0 && n < 10
}

// isFiller reports words beside a number that are no name.
func isFiller(norm string) bool {
	switch norm {
	case "EL", "LA", "LOS", "LAS", "LO", "ES", "SON", "MI", "MIS", "SU", "SUS", "NUMERO", "NUMEROS", "NUM", "TEL", "TELEFONO", "CEL", "CELULAR", "MOVIL",
		"SE", "LLAMA", "YAMA", "ESTE", "ESTA", "ESE", "TAMBIEN", "SI", "Y", "E", "CON", "U", "O", "PARA", "CONTACTO", "AGREGAR", "PONGAN", "PONGA", "PON", "A", "AL",
		"CASA", "DEL", "NOMAS", "YA", "TODO", "QUIERO", "AGREGUE", "ANOTE", "AVISEN", "AVISE", "HOLA", "PERDON", "TERMINA", "NO", "MY", "IS", "THE",
		"LLAMEN", "LLAME", "LLAMELE", "LLAMENLE", "HABLEN", "HABLE", "MARQUEN", "MARQUE", "AVISENLE", "AVISELE", "AVISA", "ANOTEN", "ANOTA", "AGREGA", "AGREGUEN", "OTRO", "OTRA",
		"SERIA", "ELLA", "ESO", "ESOS", "AHI", "VA", "ASI", "ERA", "CORRECTO", "DIGO", "EQUIVOQUE", "ME", "MEJOR", "TELS", "NUMS", "CELU", "CASITA", "TIENE", "MAS", "CALL", "TELL", "ALSO", "PLEASE", "OK", "LISTO", "QUE",
		"LE", "CONTESTA", "SABE", "POS", "AH", "UNA", "UN", "TOO", "NUMBERS", "MUCHO", "CREDITO", "EYA", "VIVE", "VIVEN", "TRABAJA", "ESTAN", "MEXICO", "TENGO", "OR", "ELSE", "AT", "OLA", "LADA", "LUEGO", "ESPERE", "ESPEREN", "ESTABA", "MAL", "NUMBER", "PHONE", "ITS", "IT", "S", "TXT", "HER", "HIS", "AND", "CELL", "THIS", "ADD", "CONTACT", "HE", "SHE", "GRACIAS", "PORFAVOR", "POR", "FAVOR", "WHATSAPP":
		return true
	}
	return false
}

// Finished reports whether a text says that there are no more contacts: LISTO,
// "es todo", "ya", "no tengo mas".
func (t *Text) Finished() bool { return first(finished(), t) != nil }

var finished = sync.OnceValue(func() []rule { return ruleset("finished") })
