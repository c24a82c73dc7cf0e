package keyword

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// A row is a text and its meaning: intent, match, word, rest, and whether the
// text is the command and nothing else.
type row struct {
	text   string
	intent Intent
	match  Match
	word   string
	rest   string
	whole  bool
}

func check(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		want := Parsed{Intent: r.intent, Match: r.match, Word: r.word, Rest: r.rest, Whole: r.whole}
		if got := Parse(r.text); got != want {
			t.Errorf("Parse(%q)\n got %+v\nwant %+v", r.text, got, want)
		}
	}
}

func TestAlert(t *testing.T) {
	check(t, []row{
		{"ALERTA", Raise, Exact, "ALERTA", "", true},
		{"alerta", Raise, Exact, "ALERTA", "", true},
		{"  Alerta  me   llevan ", Raise, Exact, "ALERTA", "me   llevan", true},
		{"Alerta, me llevan de la tienda en 60608.", Raise, Exact, "ALERTA", "me llevan de la tienda en 60608.", true},
		{"ALERTA falsa", Raise, Exact, "ALERTA", "falsa", true},
		{"ALERTA no es broma", Raise, Exact, "ALERTA", "no es broma", true},
		{"ALERTA STOP", Raise, Exact, "ALERTA", "STOP", true},
		{"ALERTA 3125550101 4821 me tienen en Fresno", Raise, Exact, "ALERTA", "3125550101 4821 me tienen en Fresno", true},
		{"ALERTA +52 33 1234 5678 4821", Raise, Exact, "ALERTA", "+52 33 1234 5678 4821", true},
		{"ALERTA (312) 555-0101 4821", Raise, Exact, "ALERTA", "(312) 555-0101 4821", true},
		{"Alert they are taking me", Raise, Synonym, "ALERT", "they are taking me", true},
		{"SOS", Raise, Synonym, "SOS", "", true},
		{"sos ayuda", Raise, Synonym, "SOS", "ayuda", true},
		{"Auxilio!", Raise, Synonym, "AUXILIO", "", true},
		{"emergencia en mi trabajo", Raise, Synonym, "EMERGENCIA", "en mi trabajo", true},
		{"Emergency", Raise, Synonym, "EMERGENCY", "", true},
		{"migra en la esquina", Raise, Synonym, "MIGRA", "en la esquina", true},
		{"REDADA planta de pollo", Raise, Synonym, "REDADA", "planta de pollo", true},
		{"1", Raise, Synonym, "1", "", true},
		{" 1. ", Raise, Synonym, "1", "", true},
		{"1 me llevan", Raise, Synonym, "1", "me llevan", true},
		{"1 60608", Raise, Synonym, "1", "60608", true},
		{"1 312-555-0101", Unknown, "", "", "1 312-555-0101", false},
		{"11", Unknown, "", "", "11", false},
		{"1111", Unknown, "", "", "1111", false},
		{"10", Unknown, "", "", "10", false},
	})
}

func TestTypos(t *testing.T) {
	check(t, []row{
		{"ALRETA", Raise, Near, "ALERTA", "", true},
		{"alrta me llevan", Raise, Near, "ALERTA", "me llevan", true},
		{"allerta", Raise, Near, "ALERTA", "", true},
		{"ALERTAA", Raise, Near, "ALERTA", "", true},
		{"LAERTA", Raise, Near, "ALERTA", "", true},
		{"alerts", Raise, Near, "ALERTA", "", true},
		{"AUSILIO", Raise, Near, "AUXILIO", "", true},
		{"emergensia", Raise, Near, "EMERGENCIA", "", true},
		{"mgira", Raise, Near, "MIGRA", "", true},
		{"reddada", Raise, Near, "REDADA", "", true},
		{"ALERTAAAA!!!", Raise, Near, "ALERTA", "", true},
		{"SOOOS", Raise, Near, "SOS", "", true},
		{"CANCELA 4821", Cancel, Near, "CANCELAR", "4821", true},
		{"cancela", Cancel, Near, "CANCELAR", "", true},
		{"CANSELAR 4821", Cancel, Near, "CANCELAR", "4821", true},
		{"canselar por favor", Cancel, Near, "CANCELAR", "por favor", false},
		{"Estdao", Status, Near, "ESTADO", "", true},
		{"derecho", Rights, Near, "DERECHOS", "", true},
		{"consulaod 60608", Consulate, Near, "CONSULADO", "60608", true},
		{"recivido", Acknowledge, Near, "RECIBIDO", "", true},
		{"recivido gracias", Acknowledge, Near, "RECIBIDO", "gracias", false},
		{"ABOGADA", Legal, Near, "ABOGADO", "", true},
		{"albergeu", Shelter, Near, "ALBERGUE", "", true},
		{"rejistro", Register, Near, "REGISTRO", "", true},
		{"Preuba", Drill, Near, "PRUEBA", "", true},
		{"EQUIBOCADO", Wrong, Near, "EQUIVOCADO", "", true},
		{"aydua", Help, Near, "AYUDA", "", true},
		{"AYUDAAAA", Help, Near, "AYUDA", "", true},
		{"STRAT", Start, Near, "START", "", true},

		// Another added letter is another word.
		{"Alberta", Unknown, "", "", "Alberta", false},
		{"Alberta me llamo", Unknown, "", "", "Alberta me llamo", false},
		{"alertan", Unknown, "", "", "alertan", false},
		{"ALLERRTA", Unknown, "", "", "ALLERRTA", false},
		{"migrar", Unknown, "", "", "migrar", false},
		// Two letters off.
		{"ALREAT", Unknown, "", "", "ALREAT", false},
		// Shorter than five letters.
		{"SSOS", Unknown, "", "", "SSOS", false},
		{"bein 4821", Unknown, "", "", "bein 4821", false},
		{"citta 2h", Unknown, "", "", "citta 2h", false},
		{"zipp", Unknown, "", "", "zipp", false},
		// Words that match letter by letter.
		{"SALIO", Unknown, "", "", "SALIO", false},
		{"ya salio", Unknown, "", "", "ya salio", false},
		{"PARA", Unknown, "", "", "PARA", false},
		{"STOPP", Unknown, "", "", "STOPP", false},
		{"ST0P", Unknown, "", "", "ST0P", false},
		{"parrar", Unknown, "", "", "parrar", false},
		{"CANCLE", Unknown, "", "", "CANCLE", false},
		{"unsubscribed", Unknown, "", "", "unsubscribed", false},
		{"BORAR 4821", Unknown, "", "", "BORAR 4821", false},
		{"quita 3125550101", Unknown, "", "", "quita 3125550101", false},
		{"llego", Unknown, "", "", "llego", false},
		{"llegu 4821", Unknown, "", "", "llegu 4821", false},
		{"llegues", Unknown, "", "", "llegues", false},
		{"remoev 3125550101", Unknown, "", "", "remoev 3125550101", false},
		// Words of everyday language that are a letter off.
		{"mira, ya sali", Unknown, "", "", "mira, ya sali", false},
		{"oye mira esto", Unknown, "", "", "oye mira esto", false},
		{"MIRA", Raise, Near, "MIGRA", "", true},
		{"yo te ayudo luego", Unknown, "", "", "yo te ayudo luego", false},
		{"recibio mi mensaje?", Unknown, "", "", "recibio mi mensaje?", false},
		{"right now he is home", Unknown, "", "", "right now he is home", false},
		{"gatos y perros", Unknown, "", "", "gatos y perros", false},
	})
}

func TestDisguises(t *testing.T) {
	check(t, []row{
		{"¡ALERTA!", Raise, Exact, "ALERTA", "", true},
		{"#ALERTA", Raise, Exact, "ALERTA", "", true},
		{"ALERTA!!! me llevan", Raise, Exact, "ALERTA", "me llevan", true},
		{"alerta:", Raise, Exact, "ALERTA", "", true},
		{"ALERTA.me llevan", Raise, Exact, "ALERTA", "me llevan", true},
		{"ALERTA_me llevan", Raise, Exact, "ALERTA", "me llevan", true},
		{"ALERTA - ¿me oyen?", Raise, Exact, "ALERTA", "¿me oyen?", true},
		{"ALERTA ...", Raise, Exact, "ALERTA", "", true},
		{"\"ALERTA\"", Raise, Exact, "ALERTA", "", true},
		{"\"ALERTA\" me llevan", Raise, Exact, "ALERTA", "me llevan", true},
		{"\"ALERTA me llevan\"", Raise, Exact, "ALERTA", "me llevan", true},
		{"“ALERTA me llevan”", Raise, Exact, "ALERTA", "me llevan", true},
		{"ALERTA me dijo \"ven\"", Raise, Exact, "ALERTA", "me dijo \"ven\"", true},
		{"álértà", Raise, Exact, "ALERTA", "", true},
		{"A\u0301LERTA", Raise, Exact, "ALERTA", "", true},
		{"ＡＬＥＲＴＡ ｍｅ", Raise, Exact, "ALERTA", "ｍｅ", true},
		{"𝐀𝐋𝐄𝐑𝐓𝐀", Raise, Exact, "ALERTA", "", true},
		{"АLЕRТА", Raise, Exact, "ALERTA", "", true}, // Cyrillic A, E, T, A
		{"ΑLΕRΤΑ", Raise, Exact, "ALERTA", "", true}, // Greek A, E, T, A
		{"мigrа", Raise, Synonym, "MIGRA", "", true}, // Cyrillic м, а
		{"ESTAÐØ", Status, Exact, "ESTADO", "", true},
		{"4LERTA", Raise, Exact, "ALERTA", "", true},
		{"S0S", Raise, Synonym, "SOS", "", true},
		{"ESTAD0 4821", Status, Exact, "ESTADO", "4821", true},
		{"505", Unknown, "", "", "505", false},
		{"🚨ALERTA🚨", Raise, Exact, "ALERTA", "🚨", true},
		{"🚨 alerta 🚨 me llevan", Raise, Exact, "ALERTA", "🚨 me llevan", true},
		{"ALERTA\uFE0F me llevan", Raise, Exact, "ALERTA", "me llevan", true},
		{"🆘", Raise, Synonym, "SOS", "", true},
		{"me llevan🆘", Panic, Synonym, "SOS", "me llevan🆘", false},
		{"1\uFE0F\u20E3", Raise, Synonym, "1", "", true},
		{"١", Raise, Synonym, "1", "", true}, // Arabic-Indic
		{"CANCELAR ٤٨٢١", Cancel, Exact, "CANCELAR", "٤٨٢١", true},
		{"\u200FALERTA\u200F", Raise, Exact, "ALERTA", "", true},
		{"AL\u200BER\u200DTA", Raise, Exact, "ALERTA", "", true},
		{"\uFEFFALERTA", Raise, Exact, "ALERTA", "", true},
		{"AL\u00ADERTA", Raise, Exact, "ALERTA", "", true},
		{"AL\x00ERTA\x00 me\x00 llevan\x00", Raise, Exact, "ALERTA", "me llevan", true},
		{"ALERTA me \u202Ellevan\u202C", Raise, Exact, "ALERTA", "me llevan", true},
		{"ALERTA\nme llevan\r\nya", Raise, Exact, "ALERTA", "me llevan  ya", true},
		{"ALERTA\u00A0me llevan", Raise, Exact, "ALERTA", "me llevan", true},
		{"ALERTA me \xff llevan", Raise, Exact, "ALERTA", "me \uFFFD llevan", true},
		{"S.O.S.", Raise, Synonym, "SOS", "", true},
		{"s o s a mi hermano", Raise, Synonym, "SOS", "a mi hermano", true},
		{"A L E R T A me llevan", Raise, Exact, "ALERTA", "me llevan", true},
		{"AL ERTA me llevan", Raise, Exact, "ALERTA", "me llevan", true},
		{"cance lar 4821", Cancel, Exact, "CANCELAR", "4821", true},
		{"da tos", Unknown, "", "", "da tos", false},
		{"a l t o", Stop, Exact, "ALTO", "", true},
		{"S.T.O.P.", Stop, Exact, "STOP", "", true},
		{"B O R R A R 4821", Unknown, "", "", "B O R R A R 4821", false},
		{"un stop", Unknown, "", "", "un stop", false},
		{"\"ALERTA\" me dijo \"ven\"", Raise, Exact, "ALERTA", "me dijo \"ven\"", true},
		{"«ALERTA me llevan»", Raise, Exact, "ALERTA", "me llevan", true},
		{"CANCEL4821", Cancel, Synonym, "CANCEL", "4821", true},
		{"ALERTA4821", Raise, Exact, "ALERTA", "4821", true},
		{"CANCELAR4821", Cancel, Exact, "CANCELAR", "4821", true},
		{"cáncelar4821 libre", Cancel, Exact, "CANCELAR", "4821 libre", true},
		{"BIEN4821", Cancel, Exact, "BIEN", "4821", true},
		{"RECIBIDO#482137", Acknowledge, Exact, "RECIBIDO", "#482137", true},
		{"CITA2H", CheckIn, Exact, "CITA", "2H", true},
		{"zip60608", ZIP, Exact, "ZIP", "60608", true},
		{"STOP4821", Unknown, "", "", "STOP4821", false},
		{"", Unknown, "", "", "", false},
		{"  \t\n", Unknown, "", "", "", false},
		{"...", Unknown, "", "", "...", false},
		{"😀", Unknown, "", "", "😀", false},
		{"\x00\x01", Unknown, "", "", "", false},
		{"\xff\xfe", Unknown, "", "", "\uFFFD\uFFFD", false},
		{"مرحبا", Unknown, "", "", "مرحبا", false},
	})
}

func TestPanic(t *testing.T) {
	check(t, []row{
		{"ya me agarro la migra", Panic, Synonym, "MIGRA", "ya me agarro la migra", false},
		{"AYUDA me llevan", Panic, Exact, "AYUDA", "AYUDA me llevan", false},
		{"ayuda ayuda", Panic, Exact, "AYUDA", "ayuda ayuda", false},
		{"AYUDENME", Panic, Exact, "AYUDENME", "AYUDENME", false},
		{"ayudenme por favor", Panic, Exact, "AYUDENME", "ayudenme por favor", false},
		{"Ayúdame, me llevan", Panic, Synonym, "AYUDAME", "Ayúdame, me llevan", false},
		{"ayudeme", Panic, Near, "AYUDENME", "ayudeme", false},
		{"por favor aydua", Panic, Near, "AYUDA", "por favor aydua", false},
		{"help me", Panic, Synonym, "HELP", "help me", false},
		{"please help", Panic, Synonym, "HELP", "please help", false},
		{"alto, esta la migra", Panic, Synonym, "MIGRA", "alto, esta la migra", false},
		{"stop, migra", Panic, Synonym, "MIGRA", "stop, migra", false},
		{"LLEGO la migra", Panic, Synonym, "MIGRA", "LLEGO la migra", false},
		{"llegue y la migra esta aqui", Panic, Synonym, "MIGRA", "llegue y la migra esta aqui", false},
		{"hay una reddada", Panic, Near, "REDADA", "hay una reddada", false},
		{"esto es una emergencia", Panic, Synonym, "EMERGENCIA", "esto es una emergencia", false},
		{"manden s.o.s.", Panic, Synonym, "SOS", "manden s.o.s.", false},
		{"mi esposo alerta", Panic, Exact, "ALERTA", "mi esposo alerta", false},
		{"bien, pero la migra se llevo a mi esposo", Panic, Synonym, "MIGRA", "bien, pero la migra se llevo a mi esposo", false},
		{"si, alerta", Panic, Exact, "ALERTA", "si, alerta", false},
		{"cancelar mi cita, alerta me llevan", Panic, Exact, "ALERTA", "cancelar mi cita, alerta me llevan", false},
		{"cancelar alerta? no", Cancel, Exact, "CANCELAR", "alerta? no", false},
		{"consulado ayuda", Panic, Exact, "AYUDA", "consulado ayuda", false},

		{"falsa alerta", Unknown, "", "", "falsa alerta", false},
		{"no es una alerta", No, Exact, "NO", "es una alerta", false},
		{"la migra no me llevo", Unknown, "", "", "la migra no me llevo", false},
		{"fue error la alerta", Unknown, "", "", "fue error la alerta", false},
		{"alarma cancelada, migra se fue", Unknown, "", "", "alarma cancelada, migra se fue", false},
		{"this is not an emergency", Unknown, "", "", "this is not an emergency", false},
		{"false alert", Unknown, "", "", "false alert", false},
		{"ayuda no gracias", Unknown, "", "", "ayuda no gracias", false},
		{"info migra", Panic, Synonym, "MIGRA", "info migra", false},

		// Commands about the alert that they name.
		{"CANCELAR la alerta", Cancel, Exact, "CANCELAR", "la alerta", false},
		{"CANCELAR ALERTA 4821", Cancel, Exact, "CANCELAR", "ALERTA 4821", false},
		{"cancel alert 4821", Cancel, Synonym, "CANCEL", "alert 4821", false},
		{"BIEN 4821 ya se fue la migra", Cancel, Exact, "BIEN", "4821 ya se fue la migra", false},
		{"recibi la alerta", Acknowledge, Synonym, "RECIBI", "la alerta", false},
		{"RECIBIDO su alerta", Acknowledge, Exact, "RECIBIDO", "su alerta", false},
		{"si, recibi la alerta", Yes, Exact, "SI", "recibi la alerta", false},
		{"estado de mi alerta", Status, Exact, "ESTADO", "de mi alerta", false},
		{"LOCALIZADO 482137 lo detuvo la migra en Broadview", Located, Exact, "LOCALIZADO", "482137 lo detuvo la migra en Broadview", true},
		{"CERRAR 482137 falsa alerta", Close, Exact, "CERRAR", "482137 falsa alerta", true},
	})
}

func TestCommands(t *testing.T) {
	check(t, []row{
		{"CANCELAR 4821", Cancel, Exact, "CANCELAR", "4821", true},
		{"Cancelar: 4821.", Cancel, Exact, "CANCELAR", "4821.", true},
		{"CANCELAR", Cancel, Exact, "CANCELAR", "", true},
		{"CANCELAR 123", Cancel, Exact, "CANCELAR", "123", false},
		{"CANCELAR 123456789", Cancel, Exact, "CANCELAR", "123456789", false},
		{"CANCELAR 4821 ERROR", Cancel, Exact, "CANCELAR", "4821 ERROR", true},
		{"CANCEL 4821", Cancel, Synonym, "CANCEL", "4821", true},
		{"cancel my alert please", Cancel, Synonym, "CANCEL", "my alert please", false},
		{"BIEN 4821 LIBRE", Cancel, Exact, "BIEN", "4821 LIBRE", true},
		{"bien 4821 deportado", Cancel, Exact, "BIEN", "4821 deportado", true},
		{"Bien libre", Cancel, Exact, "BIEN", "libre", true},
		{"BIEN", Cancel, Exact, "BIEN", "", true},
		{"bien gracias", Cancel, Exact, "BIEN", "gracias", false},
		{"SAFE 4821", Cancel, Synonym, "SAFE", "4821", true},
		{"ESTADO", Status, Exact, "ESTADO", "", true},
		{"ESTADO 4821", Status, Exact, "ESTADO", "4821", true},
		{"status", Status, Synonym, "STATUS", "", true},
		{"estado de mi esposo", Status, Exact, "ESTADO", "de mi esposo", false},
		{"CITA 2H", CheckIn, Exact, "CITA", "2H", true},
		{"CITA 14:00", CheckIn, Exact, "CITA", "14:00", true},
		{"cita 2pm", CheckIn, Exact, "CITA", "2pm", true},
		{"Cita 2:30 p.m.", CheckIn, Exact, "CITA", "2:30 p.m.", true},
		{"CITA", CheckIn, Exact, "CITA", "", false},
		{"CITA 14", CheckIn, Exact, "CITA", "14", false},
		{"CITA 2PM manana", CheckIn, Exact, "CITA", "2PM manana", false},
		{"cita con el doctor manana", CheckIn, Exact, "CITA", "con el doctor manana", false},
		{"appointment 2pm", CheckIn, Synonym, "APPOINTMENT", "2pm", true},
		{"LLEGUE 4821", Arrived, Exact, "LLEGUE", "4821", true},
		{"Llegué", Arrived, Exact, "LLEGUE", "", true},
		{"llegue bien", Arrived, Exact, "LLEGUE", "bien", false},
		{"ARRIVED 4821", Arrived, Synonym, "ARRIVED", "4821", true},
		{"MAS 1H", More, Exact, "MAS", "1H", true},
		{"más 30 minutos", More, Exact, "MAS", "30 minutos", true},
		{"mas", More, Exact, "MAS", "", false},
		{"MAS 14:00", More, Exact, "MAS", "14:00", false},
		{"mas tarde te llamo", Unknown, "", "", "mas tarde te llamo", false},
		{"more 1h", More, Synonym, "MORE", "1h", true},
		{"AYUDA", Help, Exact, "AYUDA", "", true},
		{"ayuda!!", Help, Exact, "AYUDA", "", true},
		{"HELP", Help, Exact, "HELP", "", true},
		{"Info", Help, Exact, "INFO", "", true},
		{"info sobre albergues", Unknown, "", "", "info sobre albergues", false},
		{"DERECHOS", Rights, Exact, "DERECHOS", "", true},
		{"derechos de mi hija", Rights, Exact, "DERECHOS", "de mi hija", false},
		{"my rights", Unknown, "", "", "my rights", false},
		{"RIGHTS", Rights, Synonym, "RIGHTS", "", true},
		{"CONSULADO", Consulate, Exact, "CONSULADO", "", true},
		{"CONSULADO 60608", Consulate, Exact, "CONSULADO", "60608", true},
		{"consulado 60608-1234", Consulate, Exact, "CONSULADO", "60608-1234", true},
		{"consulado 60608 4821", Consulate, Exact, "CONSULADO", "60608 4821", true},
		{"consulado 60608 48210", Consulate, Exact, "CONSULADO", "60608 48210", false},
		{"consulado 606081234", Consulate, Exact, "CONSULADO", "606081234", true},
		{"consulado en fresno", Consulate, Exact, "CONSULADO", "en fresno", false},
		{"consulate 60608", Consulate, Synonym, "CONSULATE", "60608", true},
		{"ABOGADO", Legal, Exact, "ABOGADO", "", true},
		{"lawyer", Legal, Synonym, "LAWYER", "", true},
		{"ALBERGUE", Shelter, Exact, "ALBERGUE", "", true},
		{"shelter", Shelter, Synonym, "SHELTER", "", true},
		{"REGISTRO", Register, Exact, "REGISTRO", "", true},
		{"ALTA", Register, Exact, "ALTA", "", true},
		{"alta presion", Unknown, "", "", "alta presion", false},
		{"registro por favor", Register, Exact, "REGISTRO", "por favor", false},
		{"DATOS 4821", Data, Exact, "DATOS", "4821", true},
		{"datos de mi hijo", Data, Exact, "DATOS", "de mi hijo", false},
		{"ZIP 60608 4821", ZIP, Exact, "ZIP", "60608 4821", true},
		{"ZIP 60608", ZIP, Exact, "ZIP", "60608", true},
		{"ZIP 60608-1234 4821", ZIP, Exact, "ZIP", "60608-1234 4821", true},
		{"zip", ZIP, Exact, "ZIP", "", false},
		{"zip 4821", ZIP, Exact, "ZIP", "4821", false},
		{"AGREGAR 3125550101 Maria 4821", Add, Exact, "AGREGAR", "3125550101 Maria 4821", true},
		{"agregar +52 33 1234-5678 María José", Add, Exact, "AGREGAR", "+52 33 1234-5678 María José", true},
		{"AGREGAR (312) 555-0101 Maria 4821", Add, Exact, "AGREGAR", "(312) 555-0101 Maria 4821", true},
		{"AGREGAR Maria 3125550101", Add, Exact, "AGREGAR", "Maria 3125550101", false},
		{"AGREGAR 3125550101", Add, Exact, "AGREGAR", "3125550101", false},
		{"AGREGAR 3125550101 4821", Add, Exact, "AGREGAR", "3125550101 4821", false},
		{"add 3125550101 Mary", Add, Synonym, "ADD", "3125550101 Mary", true},
		{"QUITAR 3125550101 4821", Remove, Exact, "QUITAR", "3125550101 4821", true},
		{"quitar 312 555 0101", Remove, Exact, "QUITAR", "312 555 0101", true},
		{"QUITAR +5213312345678 48210000", Remove, Exact, "QUITAR", "+5213312345678 48210000", true},
		{"QUITAR a Maria", Remove, Exact, "QUITAR", "a Maria", false},
		{"QUITAR 4821", Remove, Exact, "QUITAR", "4821", false},
		{"REMOVE 3125550101 4821", Remove, Synonym, "REMOVE", "3125550101 4821", true},
		{"PRUEBA", Drill, Exact, "PRUEBA", "", true},
		{"prueba por favor", Drill, Exact, "PRUEBA", "por favor", false},
		{"prueba de sangre", Unknown, "", "", "prueba de sangre", false},
		{"test", Drill, Synonym, "TEST", "", true},
		{"drill", Drill, Synonym, "DRILL", "", true},
		{"BORRAR 4821", Erase, Exact, "BORRAR", "4821", true},
		{"BORRAR", Erase, Exact, "BORRAR", "", true},
		{"borrar mi cuenta", Erase, Exact, "BORRAR", "mi cuenta", false},
		{"delete", Erase, Synonym, "DELETE", "", true},
	})
}

// What leads up to a word changes nothing: counters, marks of forwarding, a
// greeting, a PIN or a number.
func TestLead(t *testing.T) {
	for _, c := range []struct {
		text string
		want Intent
		word string
		lead string
		rest string
	}{
		{"(1/2) ALERTA me llevan a mi tambien", Raise, "ALERTA", "", "me llevan a mi tambien"},
		{"[2/3]: alerta", Raise, "ALERTA", "", ""},
		{"1 de 2 Alreta en la 26", Raise, "ALERTA", "", "en la 26"},
		{"1 ALERTA", Raise, "ALERTA", "", ""},
		{"1, ALERTA me llevan", Raise, "ALERTA", "", "me llevan"},
		{"Fwd: ALERTA vengan", Raise, "ALERTA", "", "vengan"},
		{"RV: Re: alerta", Raise, "ALERTA", "", ""},
		{"Hola buenas tardes, SOS", Raise, "SOS", "", ""},
		{"por favor alerta", Raise, "ALERTA", "", ""},
		{"3125550101 4821 ALERTA", Raise, "ALERTA", "3125550101 4821", ""},
		{"(312) 555-0101, 4821. ALERTA me llevan", Raise, "ALERTA", "(312) 555-0101, 4821", "me llevan"},
		{"4821alerta", Raise, "ALERTA", "4821", ""},
		{"4821 BIEN", Cancel, "BIEN", "4821", ""},
		{"48-21 bien libre", Cancel, "BIEN", "48-21", "libre"},
		{"4821 LLEGUE", Arrived, "LLEGUE", "4821", ""},

		{"1", Raise, "1", "", ""},
		{"1 me llevan", Raise, "1", "", "me llevan"},
		{"hola, bien y usted", Unknown, "", "", "hola, bien y usted"},
		{"hola, no es una alerta", Unknown, "", "", "hola, no es una alerta"},
		{"gracias alerta recibida", Panic, "ALERTA", "", "gracias alerta recibida"},
		{"4821 bien dicho por usted", Unknown, "", "", "4821 bien dicho por usted"},
		{"hola borrar", Unknown, "", "", "hola borrar"},
		{"hola soy Juan ALERTA", Panic, "ALERTA", "", "hola soy Juan ALERTA"},
	} {
		if p := Parse(c.text); p.Intent != c.want || p.Word != c.word || p.Lead != c.lead || p.Rest != c.rest {
			t.Errorf("Parse(%q) = %+v, want %+v", c.text, p, c)
		}
	}
}

func TestConsentAndAnswers(t *testing.T) {
	var rows []row
	for _, word := range []string{
		"ALTO", "BAJA", "PARAR", "SALIR", "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT",
	} {
		rows = append(rows,
			row{word, Stop, Exact, word, "", true},
			row{" «" + strings.ToLower(word) + "»!! ", Stop, Exact, word, "", true},
		)
		if word != "CANCEL" {
			text := word + " por favor"
			rows = append(rows, row{text, Unknown, "", "", text, false})
		}
	}
	check(t, append(rows, []row{
		{"Opt-out", Stop, Exact, "OPTOUT", "", true},
		{"stop all", Stop, Exact, "STOPALL", "", true},
		{"STOP 🛑", Stop, Exact, "STOP", "", true},
		{"START", Start, Exact, "START", "", true},
		{"unstop", Start, Exact, "UNSTOP", "", true},
		{"start over", Unknown, "", "", "start over", false},
		{"cancel, please", Cancel, Synonym, "CANCEL", "please", false},

		{"SI", Yes, Exact, "SI", "", true},
		{"Sí.", Yes, Exact, "SI", "", true},
		{"yes", Yes, Synonym, "YES", "", true},
		{"si acepto", Yes, Exact, "SI", "acepto", false},
		{"si, recibido", Yes, Exact, "SI", "recibido", false},
		{"Sí soy su hermana", Yes, Exact, "SI", "soy su hermana", false},
		{"si, soy su hermana", Yes, Exact, "SI", "soy su hermana", false},
		{"si llega te aviso", Unknown, "", "", "si llega te aviso", false},
		{"si, pero no quiero", Unknown, "", "", "si, pero no quiero", false},
		{"NO", No, Exact, "NO", "", true},
		{"no gracias", No, Exact, "NO", "gracias", false},
		{"No, no quiero", No, Exact, "NO", "no quiero", false},
		{"no se donde esta", Unknown, "", "", "no se donde esta", false},

		// A NO that says how helpless somebody is denies nothing.
		{"AYUDA no se a donde me llevan", Panic, Exact, "AYUDA", "AYUDA no se a donde me llevan", false},
		{"me agarro la migra, no puedo hablar", Panic, Synonym, "MIGRA", "me agarro la migra, no puedo hablar", false},
		{"ayudenme no me dejan salir", Panic, Exact, "AYUDENME", "ayudenme no me dejan salir", false},
		{"vino la migra pero no se llevaron a nadie", Unknown, "", "", "vino la migra pero no se llevaron a nadie", false},
		{"no se que es una alerta", Unknown, "", "", "no se que es una alerta", false},
		{"ayuda no, gracias", Unknown, "", "", "ayuda no, gracias", false},
		{"no, quien es?", Unknown, "", "", "no, quien es?", false},
		{"RECIBIDO", Acknowledge, Exact, "RECIBIDO", "", true},
		{"recibido 482137", Acknowledge, Exact, "RECIBIDO", "482137", true},
		{"RECIBIDO #482137", Acknowledge, Exact, "RECIBIDO", "#482137", true},
		{"RECIBIDO 4821", Acknowledge, Exact, "RECIBIDO", "4821", false},
		{"received", Acknowledge, Synonym, "RECEIVED", "", true},
		{"recibi un mensaje raro", Unknown, "", "", "recibi un mensaje raro", false},
		{"EQUIVOCADO", Wrong, Exact, "EQUIVOCADO", "", true},
		{"equivocado de numero", Wrong, Exact, "EQUIVOCADO", "de numero", false},
		{"Numero equivocado", Wrong, Exact, "EQUIVOCADO", "", true},
		{"wrong number", Wrong, Synonym, "WRONG", "number", true},
		{"equivocado estas", Unknown, "", "", "equivocado estas", false},
		{"wrong, he is my brother", Unknown, "", "", "wrong, he is my brother", false},
		{"LOCALIZADO 482137 en Adelanto", Located, Exact, "LOCALIZADO", "482137 en Adelanto", true},
		{"LOCALIZADO #482137", Located, Exact, "LOCALIZADO", "#482137", true},
		{"LOCALIZADO en Adelanto", Located, Exact, "LOCALIZADO", "en Adelanto", false},
		{"located 482137", Located, Synonym, "LOCATED", "482137", true},
		{"CERRAR 482137 liberado", Close, Exact, "CERRAR", "482137 liberado", true},
		{"cerrar la puerta", Close, Exact, "CERRAR", "la puerta", false},
		{"CLOSE 482137", Close, Synonym, "CLOSE", "482137", true},

		{"hola", Unknown, "", "", "hola", false},
		{"quien es?", Unknown, "", "", "quien es?", false},
		{"ok", Unknown, "", "", "ok", false},
		{"4821", Unknown, "", "", "4821", false},
		{"60608", Unknown, "", "", "60608", false},
		{"ya salio gracias a Dios", Unknown, "", "", "ya salio gracias a Dios", false},
	}...))
}

func TestOverrides(t *testing.T) {
	for text, want := range map[string]bool{
		"CANCELAR 4821": true, "ESTADO": true, "status": true, "CANCEL 4821": true, "STOP": true, "ALERTA": true,
		"SI": false, "NO": false, "1": false, "RECIBIDO": false, "yes": false, "recibido #482137": false,
		"CANCELA 4821": false, "datos de mi hijo": true, "Maria": false, "la migra": false,
		"QUITAR Ana 4829": true, "estado porfa 4829": true, "CONSULADO NO 4829": true, "quitra Ana 4829": false,
	} {
		if got := Parse(text).Overrides(); got != want {
			t.Errorf("Parse(%q).Overrides() = %v, want %v", text, got, want)
		}
	}
}

func TestJSON(t *testing.T) {
	got, err := json.Marshal(Parse("alreta me llevan"))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"intent":"raise","match":"near","word":"ALERTA","rest":"me llevan"}`
	if string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNormalise(t *testing.T) {
	for text, want := range map[string]string{
		"  ¿Dónde está,  el niño? ": "DONDE ESTA EL NINO",
		"Ｌｌｅｇｕé №5":                 "LLEGUE NO5",
		"+52 (33) 1234-5678":        "52 33 1234 5678",
		"４８２１ ۴۸۲۱":                 "4821 4821",
		"Straße ½":                  "STRASSE 1 2",
		"٠١٢٣٤٥٦٧٨٩ ०९ 𝟶𝟿":          "0123456789 09 09",
		"🙂":                         "",
	} {
		if got := Normalise(text); got != want {
			t.Errorf("Normalise(%q) = %q, want %q", text, got, want)
		}
		if got := strings.Join(Tokens(text), " "); got != want {
			t.Errorf("Tokens(%q) joined = %q, want %q", text, got, want)
		}
	}
}

// A text of any length and make is read to its end. BenchmarkParse measures
// how long that takes.
func TestLongTexts(t *testing.T) {
	const size = 64 << 10 // the largest body that is taken
	for _, unit := range []string{
		"A", "1", " ", "A ", "S O ", "ALERTO ", "ALERTAA", "\u200B", "\u0301", "🚨", "ﷺ", "\xff", "\"", "SI, ", "AYUD ", "CANCELAR", "12 ",
	} {
		for _, prefix := range []string{"", "CANCELAR", "1", "\"SI", "NUMERO ", "AGREGAR "} {
			text := prefix + strings.Repeat(unit, size/len(unit))
			if once, again := Parse(text), Parse(text); !reflect.DeepEqual(once, again) {
				t.Errorf("%q and many %q: %+v, then %+v", prefix, unit, once.Intent, again.Intent)
			}
		}
		// What stands in front counts, and nothing of what is behind it is lost.
		text := "ALERTA " + strings.Repeat(unit, size/len(unit)) + " en la 18"
		if p := Parse(text); p.Intent != Raise || !strings.HasSuffix(p.Rest, "en la 18") || len(p.Rest) > len(text) {
			t.Errorf("ALERTA and many %q: %v, %d bytes that end in %q", unit, p.Intent, len(p.Rest), p.Rest[max(0, len(p.Rest)-20):])
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for name, text := range map[string]string{
		"command":  "CANCELAR 4821",
		"typo":     "Alreta me llevan de la tienda",
		"unknown":  "mañana no puedo ir a la tienda por la comida",
		"longest":  strings.Repeat("palabra más ", 133),
		"disguise": "ＡLЕRТА\u200B 🚨 me llevan",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Parse(text)
			}
		})
	}
}
