package service_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/keyword"
	"aviso/templates"
)

// advertised are the words that our texts ask people to send, by language. What
// is not here stands in no text.
var advertised = map[string]map[string]keyword.Intent{
	"es": {
		"ALERTA": keyword.Raise, "1": keyword.Raise, "BIEN": keyword.Cancel, "CANCELAR": keyword.Cancel, "ESTADO": keyword.Status, "DERECHOS": keyword.Rights,
		"CONSULADO": keyword.Consulate, "AYUDA": keyword.Help, "DATOS": keyword.Data, "NOMBRE": keyword.Name, "AGREGAR": keyword.Add, "QUITAR": keyword.Remove, "BORRAR": keyword.Erase,
		"REGISTRO": keyword.Register, "PRUEBA": keyword.Drill, "CITA": keyword.CheckIn, "LLEGUE": keyword.Arrived, "MAS": keyword.More, "RECIBIDO": keyword.Acknowledge,
		"LOCALIZADO": keyword.Located, "CERRAR": keyword.Close, "STOP": keyword.Stop, "START": keyword.Start, "SI": keyword.Yes, "NO": keyword.No,
		"EQUIVOCADO": keyword.Wrong, "ENGLISH": keyword.Language, "ABOGADO": keyword.Legal, "ALBERGUE": keyword.Shelter,
	},
	"en": {
		"ALERT": keyword.Raise, "1": keyword.Raise, "SAFE": keyword.Cancel, "EXIT": keyword.Cancel, "STATUS": keyword.Status, "RIGHTS": keyword.Rights,
		"CONSULATE": keyword.Consulate, "HELP": keyword.Help, "DATA": keyword.Data, "NAME": keyword.Name, "ADD": keyword.Add, "REMOVE": keyword.Remove, "ERASE": keyword.Erase,
		"REGISTER": keyword.Register, "DRILL": keyword.Drill, "APPOINTMENT": keyword.CheckIn, "ARRIVED": keyword.Arrived, "MORE": keyword.More, "RECEIVED": keyword.Acknowledge,
		"LOCATED": keyword.Located, "CLOSE": keyword.Close, "STOP": keyword.Stop, "START": keyword.Start, "NO": keyword.No,
		"WRONG": keyword.Wrong, "ESPANOL": keyword.Language, "LAWYER": keyword.Legal, "SHELTER": keyword.Shelter,
	},
}

// spoken are words in capitals that nobody is asked to send: names of things, and
// what is to be seen at a glance.
var spoken = map[string][]string{
	"es": strings.Fields("RED X ZIP PIN EMERGENCIA ALERTAS SUS PERMISO DOY ABIERTA CORRECCION SIGUE AUN AL SALIR DONDE LISTO EEUU CONFIRMO A O NUEVO NUMERO FUI YO SOY USTED"),
	"en": strings.Fields("RED X ZIP PIN EMERGENCY ALERTS I DO NOT CONSENT OPEN CORRECTION GOES ON LEAVE DONE US ICE CONFIRMED PRUEBA A SAID AGREE NEW NUMBER ME FOR YOU"),
}

var inCapitals = regexp.MustCompile(`(^|[^A-Za-z0-9#.+-])([A-Z]+|1)($|[^A-Za-z0-9.:-])`)

// Each command that a text advertises is understood, alone and with what the text
// says that goes with it, and none is one that carriers take.
func TestAdvertisedCommandsAreUnderstood(t *testing.T) {
	words, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	arguments := map[keyword.Intent][]string{
		keyword.Cancel: {"4821"}, keyword.Status: {"4821"}, keyword.Arrived: {"4821"}, keyword.Data: {"4821"}, keyword.Erase: {"4821"},
		keyword.CheckIn: {"2H", "2PM"}, keyword.More: {"1H"}, keyword.Consulate: {"60608"}, keyword.Add: {"312-555-0101 Maria 4821"},
		keyword.Remove: {"312-555-0101 4821"}, keyword.Name: {"Juan Perez 4821"}, keyword.Acknowledge: {"482137"}, keyword.Located: {"482137 Broadview"}, keyword.Close: {"482137 x"},
	}
	for language, commands := range advertised {
		for word, intent := range commands {
			for _, rest := range append(arguments[intent], "") {
				text := strings.TrimSpace(word + " " + rest)
				for _, text := range []string{text, strings.ToLower(text)} {
					if p := keyword.Parse(text); p.Intent != intent || !p.Whole && rest != "" {
						t.Errorf("%s: %q is read as %s (whole: %v), not %s", language, text, p.Intent, p.Whole, intent)
					}
				}
			}
			for _, kind := range keyword.SenderKinds() {
				for _, c := range keyword.Lint(map[keyword.Intent][]string{intent: {word}}, kind) {
					if c.Fails() && c.Word != "" {
						t.Errorf("%s: %q is a carrier's %s", language, word, c.Carrier)
					}
				}
			}
		}
		for _, text := range everyText(t, words, language) {
			for _, word := range capitals(text) {
				if _, ok := commands[word]; !ok && !slices.Contains(spoken[language], word) {
					t.Errorf("%s: %s is in no list: %s", language, word, text)
				}
			}
		}
	}
	for _, taken := range []string{"YES", "CANCEL", "END", "INFO"} {
		if _, ok := advertised["en"][taken]; ok || slices.Contains(spoken["en"], taken) {
			t.Errorf("%s is advertised", taken)
		}
	}
}

// capitals are the words of a text that are all in capitals, and 1.
func capitals(text string) []string {
	var list []string
	for rest := text; ; {
		at := inCapitals.FindStringSubmatchIndex(rest)
		if at == nil {
			return list
		}
		list = append(list, rest[at[4]:at[5]])
		rest = rest[at[5]:]
	}
}

// everyText is each text and USSD screen of a language, with and without what may
// be left out.
func everyText(t *testing.T, words *templates.Catalog, language string) []string {
	t.Helper()
	var list []string
	for _, more := range []bool{false, true} {
		data := templates.Data{
			Programme: "RED X", Call: "312-555-0100", Ref: "#482137", Digits: "482137", Name: "Juan", Who: "Maria", When: "14:30", Zone: "Chicago",
			ZIP: "60608", Words: "palabras", Consulate: "Chicago", Contacts: 2, Told: 2, Confirmed: 1, Minutes: 15, Code: "123456782",
			List: []string{"Maria", "Pedro"}, Places: []string{"Illinois", "Jalisco"},
			PIN: more, Advise: more, Family: more, Owed: more, Vague: !more, Place: more,
		}
		if !more {
			data.Who, data.Words = "", ""
		}
		for _, name := range words.Names(language) {
			text, err := words.Text(language, name, data)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, text)
		}
		for _, name := range words.Phrases("ussd", language) {
			text, err := words.Phrase("ussd", language, name, data)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, text)
		}
	}
	return list
}

// Whoever writes INGLES is written to in English from then on, by everybody.
func TestLanguageIsChosenByText(t *testing.T) {
	for _, text := range []string{"INGLES", "english", "Inglés por favor", "en ingles", "English please", "INGLEZ", "I don't speak Spanish", "hablo ingles"} {
		w := newWorld(t)
		w.says(juan, text, "From now on we text you in English")
		w.says(juan, "ESTADO", "No alert is open")
		w.says(juan, "DATOS 4821", "Contacts", "Language: English")
		w.says(juan, "CONSULATE NO 4821", "Tell your consulate: no")
		w.says(juan, "CONSULATE AGREE 4821", "Tell your consulate: yes")
		w.says(juan, "APPOINTMENT 2H", "texted ARRIVED and your PIN")
		w.says(juan, "MORE 1H", "ARRIVED")
		w.says(juan, "ARRIVED 4821", "APPOINTMENT 2H")
		w.says(juan, "SAFE 4821", "No alert is open")
		w.says(juan, "ALERTA", "We got your ALERT", "SAFE and your PIN")
		w.hears(maria, "envio ALERTA") // hers is her own
		w.says(maria, "1", "Gracias")
		w.hears(juan, "Maria CONFIRMED")
		w.says(juan, "español", "Desde ahora le escribimos en espanol")
		w.says(rosa, "1", "Gracias")
		w.hears(juan, "Rosa CONFIRMO") // the open alert's language as well
		w.says(juan, "STATUS", "abierta")
	}
	w := newWorld(t)
	w.says(other, "ENGLISH", "in English")
	w.says(other, "ESTADO", "No alert is open")
	w.says(other, "SPANISH", "en espanol")
	w.says(other, "STATUS", "No hay alerta") // what they chose stands
	for _, text := range []string{"english class is tomorrow at 5", "el ingles no me gusta"} {
		if p := keyword.Parse(text); p.Intent == keyword.Language {
			t.Errorf("%q chooses a language", text)
		}
	}
}

// A contact's language is theirs with everybody whose contact they are.
func TestLanguageOfAContact(t *testing.T) {
	w := newWorld(t)
	ana := w.juan()
	ana.Phone, ana.Name, ana.Code = "+13125550120", "Ana Ruiz", "123456782"
	w.register(ana)
	w.says(juan, "ALERTA me llevan", "Recibimos")
	w.hears(maria, "Juan P. envio ALERTA")
	w.says(maria, "ENGLISH", "ALERT #", "of Juan P.", "still open", "reply 1")
	w.says(maria, "1", "Thank you. We noted that you got ALERT")
	w.says(ana.Phone, "ALERTA", "Recibimos")
	w.hears(maria, "Ana R. sent ALERT")
	w.hears(rosa, "le pide comunicarse")
	w.says(pedro, "ingles", "reply 1") // who was told and has not agreed
	w.says(desk, "ENGLISH", "From now on we text you in English")
	for _, p := range []gateway.Phone{juan, ana.Phone} {
		profile, err := w.store.ProfileByPhone(t.Context(), p)
		if err != nil || profile.Contact(maria).Language != "en" || profile.Language != "es" {
			t.Errorf("%s: %v, %v", p, profile, err)
		}
	}
}

// In the middle of a question the question is asked again in the language that
// was chosen; 1 is a yes to it where our text says so.
func TestLanguageInTheMiddleOfADialogue(t *testing.T) {
	w := newWorld(t)
	const ana gateway.Phone = "+13125550120"
	for _, text := range []string{"REGISTRO", "Ana Ruiz"} {
		w.text(ana, text)
	}
	w.says(ana, "ENGLISH", "Text the ZIP where you live")
	w.says(ana, "60608", "adult relative")
	w.says(ana, "+1 312-555-0130 Lucia", "or DONE")
	w.says(ana, "done", "Choose a PIN")
	w.says(ana, "7733", "1 if so, or NO")
	w.says(ana, "maybe", "Text only 1 if so")
	w.says(ana, "1", "Tell the consulate: yes")
	w.hears("+13125550130", "named you", "Reply 1 for yes") // whose language is the owner's until they choose
	w.says("+13125550130", "1", "Thank you. You are an emergency contact")
	w.says(ana, "ERASE 7733", "Reply 1 to erase")
	w.says(ana, "1", "We erased your data")
	w.says(ana, "register", "To leave: EXIT")
	w.says(ana, "exit", "Registration ended")
}

// Who speaks a language that we have no words in is told once that somebody who
// does will call, and the task says which it is.
func TestAnotherLanguage(t *testing.T) {
	w := newWorld(t)
	ana := w.juan()
	ana.Phone, ana.Name, ana.Code, ana.Language = "+13125550120", "Ana Ruiz", "123456782", "mam"
	ana.Contacts[0].Language, ana.Contacts[1].Language, ana.Contacts[2].Language = "quc-GT", "nah", ""
	w.register(ana)
	w.says(ana.Phone, "ESTADO", "No hay alerta")
	w.pass(time.Minute)
	w.hears(ana.Phone, "Le va a llamar una persona que habla mam")
	w.says(ana.Phone, "ALERTA", "Recibimos")
	w.pass(time.Minute)
	w.nothing(ana.Phone)
	w.hears(maria, "envio ALERTA")
	w.hears(maria, "ALERTA #", "de Ana R.: Le va a llamar una persona que habla kiche")
	w.hears(pedro, "le puso de contacto")
	w.nothing(pedro)
	w.hears(rosa, "aviso #", "habla mam")
	notes := map[gateway.Phone]string{}
	for _, task := range w.tasks(gateway.TaskInterpreter) {
		if task.Urgent {
			notes[task.Phone] = task.Note
		}
	}
	for phone, want := range map[gateway.Phone]string{ana.Phone: "interprete: mam", maria: "interprete: kiche", pedro: "interprete: nahuatl"} {
		if notes[phone] != want {
			t.Errorf("the task for %s says %q, want %q", phone, notes[phone], want)
		}
	}
	// Texts in English are no reason to forget what she speaks.
	w.says(ana.Phone, "INGLES", "in English")
	p, err := w.store.ProfileByPhone(t.Context(), ana.Phone)
	if err != nil || p.Language != "en" || p.LanguageNote != "mam" {
		t.Errorf("%v, %v", p, err)
	}
}

// A call and a USSD session begin in the language that was chosen by text; the key
// 9 changes it for as long as they last.
func TestLanguageOfCalls(t *testing.T) {
	w := newWorld(t)
	for _, phone := range []gateway.Phone{juan, maria, other} {
		w.text(phone, "ENGLISH")
		w.dials(phone, "Emergency: press 1").press("9", "Emergencia: marque 1")
		w.dials(phone, "Emergency: press 1")
		w.ussd(phone, "1 ALERT\n", "9 Espanol")
	}
	w.text(juan, "ALERTA")
	w.hears(maria, "Juan P. sent ALERT")
}

// What somebody says of languages in their own words is heeded as well.
func TestLanguagesInOwnWords(t *testing.T) {
	for text, want := range map[string]string{
		"can i get this in english my spanish is bad": "From now on we text you in English", "me lo pueden mandar en ingles para mi hija": "From now on we text you in English",
		"no entiendo ese idioma ingles":       "Desde ahora le escribimos en espanol",
		"mejor escriban en español por favor": "Desde ahora le escribimos en espanol",
		"hablan mixteco?":                     "Le va a llamar una persona que habla mixteco", "necesito interprete de kanjobal": "habla qanjobal", "necesito un interprete": "habla su lengua",
	} {
		w := newWorld(t)
		w.says(juan, text, want)
		if strings.Contains(want, "habla") {
			if w.taskKinds()[gateway.TaskInterpreter] != 1 {
				t.Errorf("%q: tasks %v", text, w.taskKinds())
			}
			w.pass(2 * time.Minute)
			w.says(juan, text, "EMERGENCIA") // once
		}
	}
	w := newWorld(t)
	w.says(juan, "voy a cambiar de numero que hago", "NUEVO NUMERO", "AGREGAR")
	w.says(other, "voy a cambiar de numero que hago", "NUEVO NUMERO")
}

// Somebody who speaks English has family in Mexico: they are asked and told in
// Spanish, and answered so, unless they chose another language.
func TestContactsInMexicoAreWrittenToInSpanish(t *testing.T) {
	w := newWorld(t)
	const ana, abuela, sam gateway.Phone = "+13125550120", "+529515015000", "+13125550121"
	for _, said := range []string{"REGISTER", "Ana Ruiz", "60608", "+52 951 501 5000 Abuela", "+1 312 555 0121 Sam", "DONE", "7351", "NO"} {
		w.text(ana, said)
	}
	w.hears(abuela, "Responda SI o NO")
	w.hears(sam, "Reply")
	w.says(abuela, "SI", "Gracias")
	w.text(ana, "ALERT they are taking me")
	w.hears(abuela, "ALERTA", "Responda")
	w.hears(sam, "ALERT")
	w.says(abuela, "AYUDA", "EMERGENCIA")
	w.says(abuela, "ENGLISH", "reply 1")
	w.says(abuela, "HELP", "EMERGENCY")
}
