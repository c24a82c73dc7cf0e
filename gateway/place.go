package gateway

import (
	"strings"
	"unicode"

	"aviso/gateway/digit"
	"aviso/gateway/keyword"
)

// NamesPlace reports whether words seem to say where somebody is, or is taken: a
// street, a jail, "me llevan a Kenosha". It rather says yes: who hears of a place
// from a phone that anybody may hold is asked to call before going there.
func NamesPlace(words string) bool {
	fields := strings.Fields(words)
	var tokens []string
	var capital []bool
	for _, f := range fields {
		for _, token := range keyword.Tokens(f) {
			tokens = append(tokens, token)
			capital = append(capital, strings.IndexFunc(f, unicode.IsUpper) == strings.IndexFunc(f, unicode.IsLetter))
		}
	}
	moved := -placeReach // where the last word of being or moving stands
	for i, token := range tokens {
		switch {
		case placeNouns[token]:
			return true
		case placeVerbs[token]:
			moved = i
		case placePrepositions[token]:
			n := i + 1
			for n < len(tokens) && beforePlace[tokens[n]] {
				n++
			}
			switch {
			case n == len(tokens) || noPlaces[tokens[n]] || n > i+1 && digit.Only(tokens[n]) == tokens[n]: // "a las 5"
			case i-moved < placeReach && !isInfinitive(tokens[n]), capital[n] && placeIn[token]:
				return true
			}
		}
	}
	return false
}

// placeReach is how many words behind a verb the place may begin.
const placeReach = 4

func isInfinitive(token string) bool {
	return len(token) > 3 && (strings.HasSuffix(token, "AR") || strings.HasSuffix(token, "ER") || strings.HasSuffix(token, "IR"))
}

var (
	placeNouns = Set("CALLE", "AVENIDA", "AVE", "BLVD", "BULEVAR", "CARRETERA", "AUTOPISTA", "FREEWAY", "HIGHWAY", "STREET", "ROAD", "ESQUINA", "CORNER",
		"CARCEL", "JAIL", "PRISION", "PRISON", "CONDADO", "COUNTY", "COMISARIA", "PRECINTO", "PRECINCT", "CORTE", "COURT", "COURTHOUSE", "JUZGADO",
		"AEROPUERTO", "AIRPORT", "HOSPITAL", "EDIFICIO", "BUILDING", "MODULO", "FABRICA", "FACTORY", "BODEGA", "IGLESIA", "CHURCH", "ESCUELA", "SCHOOL",
		"ESTACION", "STATION", "ESTACIONAMIENTO", "PARKING", "GASOLINERA", "MERCADO", "WALMART", "PUENTE", "BRIDGE", "FRONTERA", "BORDER", "CRUCE",
		"DIRECCION", "ADDRESS", "UBICACION", "LUGAR", "PLACE", "CIUDAD", "CITY")
	placeVerbs = Set("ESTOY", "TOY", "ESTAMOS", "ESTA", "ESTAN", "ESTARE", "TIENEN", "TIENE", "TENGO", "TRAEN", "LLEVAN", "LLEVARON", "LLEVA", "LLEVANDO", "LLEVAR",
		"MUEVEN", "MUEVE", "MOVER", "MOVIERON", "TRASLADAN", "TRASLADARON", "TRASLADAR", "MANDAN", "MANDAR", "SUBEN", "SUBIERON", "BAJARON", "METIERON", "PASARON", "VAMOS",
		"VOY", "VAN", "CAMINO", "RUMBO", "LLEGAMOS", "LLEGUE", "ENCERRADO", "ENCERRADA", "DETENIDO", "DETENIDA", "VENGAN", "VENGA", "VEN", "ESPERO", "ESPEREN", "PARARON", "AGARRARON",
		"IM", "AM", "ARE", "HELD", "TAKING", "TAKEN", "MOVING", "MOVED", "GOING", "COME", "STUCK", "DETAINED")
	placePrepositions = Set("EN", "A", "AL", "HACIA", "PARA", "POR", "CERCA", "DESDE", "FRENTE", "IN", "AT", "TO", "NEAR", "ON")
	placeIn           = Set("EN", "IN", "AT", "NEAR", "HACIA", "CERCA")
	beforePlace       = Set("EL", "LA", "LOS", "LAS", "UN", "UNA", "THE", "DE", "DEL", "OF")
	noPlaces          = Set("MI", "ME", "MIS", "TI", "USTED", "USTEDES", "ELLOS", "ELLA", "TODOS", "TODAS", "NADIE", "NADA", "ESO", "QUE", "QUIEN", "VER",
		"CARRO", "TROCA", "CAMIONETA", "VAN", "PATRULLA", "CAMION", "BUS", "AUTOBUS", "PUNTO", "PIE", "SALVO", "VIVO", "PAZ", "PELIGRO", "CASO", "FAVOR", "MEXICO", "SUSTO",
		"TIEMPO", "RATO", "MOMENTO", "HORA", "HORAS", "MINUTOS", "DIAS", "NOCHE", "TARDE", "MANANA", "MEDIODIA", "VECES", "HIJOS", "HIJO", "HIJA", "ESPOSA", "ESPOSO",
		"YOU", "ME", "HIM", "HER", "THEM", "MY", "DANGER", "TROUBLE", "CAR", "TRUCK", "FEAR", "TROUBLE", "WORK", "SIGN")
)
