package keyword

import (
	"aviso/gateway/digit"
)

// concernsAlert reports whether a command that is not well formed speaks of an
// alert rather than crying out: it calls off with a PIN or confirms by a
// reference, or it names the alert that it is about ("CANCELAR la alerta", "si,
// recibi la alerta") and nothing else in it cries out.
func concernsAlert(intent Intent, args []token) bool {
	if len(args) == 0 {
		return false
	}
	switch intent {
	case Cancel:
		return IsPIN(args[0].word) || namesAlert(args)
	case Acknowledge:
		return IsRef(args[0].word) || namesAlert(args)
	case Yes:
		e, _, ok := lookUp(args[0].word)
		return ok && e.intent == Acknowledge && namesAlert(args[1:])
	case Status, Drill, Close:
		return namesAlert(args)
	}
	return false
}

// namesAlert reports whether the first words are an alert, with or without an
// article, and no cry follows.
func namesAlert(args []token) bool {
	for len(args) > 0 && isArticle(args[0].word) {
		args = args[1:]
	}
	if len(args) == 0 {
		return false
	}
	e, _, ok := lookUp(args[0].word)
	return ok && (e.word == "ALERTA" || e.word == "ALERT") && !hasCry(args[1:])
}

func isArticle(word string) bool {
	switch word {
	case "LA", "MI", "SU", "UNA", "ESA", "ESTA", "DE", "THE", "MY", "AN", "THIS", "THAT", "OF", "YOUR":
		return true
	}
	return false
}

// goesOn reports whether a text that begins with a command and is not well
// formed still is that command. Rule 5 of the package says which, and why.
func goesOn(h head) bool {
	switch h.entry.intent {
	case Help, Stop, Start, Language, Name:
		return false
	case Move:
		others := 0
		for _, t := range h.args {
			if !isNumberOrLabel(t.word) {
				others++
			}
		}
		return others <= moveWords && anyOf(h.args, func(word string) bool { return digit.All(word) && len(word) >= 4 })
	case Register:
		return h.entry.word != "ALTA"
	case More:
		return len(h.args) == 0 || digit.Is(h.args[0].word[0])
	case Drill:
		return all(h.args, isCourtesy) || namesAlert(h.args)
	case Wrong:
		return all(h.args, isMisdialled)
	case Yes:
		return h.sure && !anyOf(h.args, denies) || all(h.args, isAssent) || concernsAlert(Yes, h.args)
	case No:
		return all(h.args, isRefusal)
	case Acknowledge:
		return h.entry.word != "RECIBI" || all(h.args, isAssent) || namesAlert(h.args)
	}
	return true
}

// Says reports whether words say anything: more than punctuation, emoji and
// politeness.
func Says(words string) bool { return !all(scan(words), isCourtesy) }

// pleads reports whether a NO says that somebody does not know, cannot, or is
// not let: "no se a donde", "no puedo", "no me dejan". It is no denial.
func pleads(tokens []token) bool {
	word := func(i int) string {
		if i < len(tokens) {
			return tokens[i].word
		}
		return ""
	}
	switch word(1) {
	case "SABEMOS", "PUEDO", "PODEMOS", "TENGO", "TENEMOS", "KNOW":
		return true
	case "ME", "NOS":
		switch word(2) {
		case "DEJA", "DEJAN", "SUELTA", "SUELTAN", "DICE", "DICEN", "DAN":
			return true
		}
	case "SE": // and not "no se necesita"
		switch word(2) {
		case "", "A", "ADONDE", "DONDE", "EN", "HACIA", "QUE", "QUIEN", "QUIENES", "COMO", "CUANDO", "SI", "NADA", "POR":
			return true
		}
	}
	return false
}

func all(args []token, is func(string) bool) bool {
	return !anyOf(args, func(word string) bool { return !is(word) })
}

func anyOf(args []token, is func(string) bool) bool {
	for _, t := range args {
		if is(t.word) {
			return true
		}
	}
	return false
}

func isCourtesy(word string) bool {
	switch word {
	case "GRACIAS", "MUCHAS", "POR", "FAVOR", "PORFAVOR", "SENOR", "SENORA", "SENORITA", "BUENAS", "TARDES", "NOCHES", "DIAS",
		"PLEASE", "THANKS", "THANK", "YOU", "SORRY", "DISCULPE", "PERDON", "LO", "SIENTO":
		return true
	}
	return false
}

// isAssent reports what goes with SI and RECIBI.
func isAssent(word string) bool {
	switch word {
	case "SI", "YES", "CLARO", "SUPUESTO", "ACEPTO", "QUIERO", "PUEDO", "AUTORIZO", "DE", "ACUERDO", "OK", "ESTA", "BIEN", "CON", "GUSTO",
		"RECIBI", "RECIBIDO", "RECIBIMOS", "ENTERADO", "ENTERADA", "ENTENDIDO", "YA", "EL", "LA", "SU", "AVISO", "MENSAJE", "TEXTO",
		"I", "DO", "ACCEPT", "AGREE", "SURE", "OF", "COURSE", "GOT", "IT", "RECEIVED", "THE", "MESSAGE":
		return true
	}
	return isCourtesy(word)
}

// isRefusal reports what goes with NO. A denial of an alert is one ("no es
// alerta"), as it answers the question whether there is one.
func isRefusal(word string) bool {
	switch word {
	case "NO", "ACEPTO", "QUIERO", "PUEDO", "AUTORIZO", "DESEO", "INTERESA", "ME",
		"ES", "FUE", "ERA", "HAY", "UNA", "UN", "ALERTA", "EMERGENCIA", "ERROR", "FALSA", "ALARMA",
		"I", "DO", "NOT", "WANT", "ACCEPT", "AN", "ALERT", "EMERGENCY", "MISTAKE":
		return true
	}
	return isCourtesy(word)
}

// isMisdialled reports what goes with EQUIVOCADO.
func isMisdialled(word string) bool {
	switch word {
	case "NUMERO", "TELEFONO", "PERSONA", "DE", "ES", "ESTE", "EL", "LA",
		"NUMBER", "PERSON", "PHONE", "THIS", "IS", "THE":
		return true
	}
	return isCourtesy(word)
}
