package sim

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Words are what people read on the page, in Spanish and in English, with a bar
// between: "enviado|sent". Without a bar they are the same in both.
type Words string

// In are the words in a language: es or en.
func (w Words) In(language string) string {
	spanish, english, both := strings.Cut(string(w), "|")
	if both && language == inEnglish {
		return english
	}
	return spanish
}

// Wordsf fills both languages with the same arguments; those that are Words
// themselves each in its language.
func Wordsf(format Words, args ...any) Words {
	in := func(language string) string {
		filled := make([]any, len(args))
		for i, a := range args {
			filled[i] = a
			if w, ok := a.(Words); ok {
				filled[i] = w.In(language)
			}
		}
		// A bar in what somebody wrote would part the languages in the wrong place.
		return strings.ReplaceAll(fmt.Sprintf(format.In(language), filled...), "|", "¦")
	}
	return Words(in(inSpanish) + "|" + in(inEnglish))
}

// The page's languages.
const (
	inSpanish = "es"
	inEnglish = "en"
)

// languageOf is the language in which a request wants the page: what it says
// itself, then the first of the browser's that we speak. What says nothing, as
// programs do, is answered in English.
func languageOf(r *http.Request) string {
	wanted := r.URL.Query().Get("lang") + "," + r.Header.Get("Accept-Language")
	for tag := range strings.SplitSeq(wanted, ",") {
		tag, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(tag)), ";")
		tag, _, _ = strings.Cut(tag, "-")
		if tag == inSpanish || tag == inEnglish {
			return tag
		}
	}
	return inEnglish
}

// pageWords are the labels of the page, by the names that its template has for
// them.
var pageWords = map[string]Words{
	"title":       "Aviso: teléfonos simulados|Aviso: simulated phones",
	"tagline":     "Un botón de alerta por mensaje de texto|An alert button by text message",
	"how":         "Van a detener a alguien, y escribe ALERTA: su familia y su consulado lo saben en segundos. Mire una historia, o use los teléfonos.|Somebody is about to be detained and texts ALERTA: family and consulate know within seconds. Watch a story, or use the phones.",
	"stories":     "Historias|Stories",
	"pause":       "Pausa|Pause",
	"go":          "Seguir|Go on",
	"stop":        "Terminar|Stop",
	"anew":        "Empezar de nuevo|Start over",
	"sound-off":   "Timbre: no|Ring: off",
	"sound-on":    "Timbre: sí|Ring: on",
	"voice-off":   "Voz: no|Voice: off",
	"voice-on":    "Voz: sí|Voice: on",
	"people":      "Textos|Texts",
	"console":     "Consola de los agentes|The agents' console",
	"show":        "Ver la consola|See the console",
	"hide":        "Ver los teléfonos|See the phones",
	"alone":       "en otra pestaña|in a tab of its own",
	"timeline":    "Qué pasa, y cuándo|What happens, and when",
	"quiet":       "Todavía nada. Los segundos cuentan desde la alerta.|Nothing yet. Seconds count from the alert.",
	"phones":      "Teléfonos|Phones",
	"scenes":      "Quiénes|Who",
	"refresh":     "Ver si hay textos nuevos|Look for new texts",
	"new":         "nuevo|new",
	"texts-on":    "Textos en el teléfono: %s|Texts on the phone: %s",
	"quick":       "Textos rápidos: %s|Quick texts: %s",
	"call-on":     "Llamada en el teléfono: %s|Call on the phone: %s",
	"keys-of":     "Teclas: %s|Keys: %s",
	"text-to":     "Texto a|Text to",
	"send":        "Enviar|Send",
	"answer":      "Contestar|Answer",
	"decline":     "Rechazar|Decline",
	"hang-up":     "Colgar|Hang up",
	"pad":         "Llamar y más|Calls and more",
	"to-call":     "Número para llamar|Number to call",
	"to-dial":     ", o %s para marcar|, or %s to dial",
	"to-answer":   "Su respuesta en pantalla|Your answer on the screen",
	"call":        "Llamar|Call",
	"reply":       "Responder|Reply",
	"when-called": "Si lo llaman|When called",
	"set":         "Poner|Set",
	"lost":        "Sin conexión con Aviso|No connection to Aviso",
	"could-not":   "El teléfono no pudo: |The phone could not do this: ",
	"foot":        "Toda la gente es inventada y nada sale de esta máquina. Los teléfonos cuelgan de una compañía simulada que habla con Aviso como lo hace Twilio.|Everyone here is made up, and nothing leaves this machine. The phones hang on a simulated carrier that speaks to Aviso as Twilio does.",
}

// notes are what a phone's screen says of calls and of what went wrong, from the
// English that is kept.
var notes = map[string]Words{
	noteCalling:              "Llamando|Calling",
	"Ringing":                "Suena|Ringing",
	"Connected":              "Comunicados|Connected",
	"The call ended":         "La llamada terminó|The call ended",
	callNotes[callCompleted]: "Contestó y colgó sin marcar|Answered, and hung up without a key",
	callNotes[callBusy]:      "Ocupado|Engaged",
	callNotes[callNoAnswer]:  "Llamada perdida|Missed call",
	callNotes[callFailed]:    "No se pudo comunicar|Could not be reached",
	callNotes[callCanceled]:  "Colgó quien llamaba|The caller hung up",
	"The session timed out":  "La sesión se venció|The session timed out",
	"The session broke off":  "La sesión se cortó|The session broke off",
	"The session ended":      "La sesión terminó|The session ended",
}

// noteCalling is the note of a call that a phone places.
const noteCalling = "Calling"

// begun are notes that go on with what a machine says, in English.
var begun = []struct{ english, spanish string }{
	{"The call broke off", "La llamada se cortó"}, {"Not sent", "No se envió"}, {"No call", "No hubo llamada"},
	{"The gateway did not take it", "Aviso no lo recibió"},
}

func noteIn(note, language string) string {
	if w, ok := notes[note]; ok {
		return w.In(language)
	}
	for _, b := range begun {
		if rest, ok := strings.CutPrefix(note, b.english); ok && language == inSpanish {
			return b.spanish + rest
		}
	}
	return note
}

// clock is a time of day where a phone is.
func clock(at time.Time, zone *time.Location) string {
	if zone != nil {
		at = at.In(zone)
	}
	return at.Format("15:04")
}
