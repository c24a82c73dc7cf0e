package service_test

import (
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

func TestRegistrationByText(t *testing.T) {
	w := newWorld(t)
	const ana gateway.Phone = "+13125550120"
	w.says(ana, "registro", "nombre")
	w.says(ana, "12345", "sin numeros")
	w.says(ana, "Ana Ruiz", "ZIP")
	w.says(ana, "606", "cinco digitos")
	w.says(ana, "60608", "telefono y nombre")
	w.says(ana, "mi hermana", "diez digitos")
	w.says(ana, "+1 312-555-0130 Lucia", "Lucia", "312-555-0130 (Illinois, EEUU)", "LISTO")
	w.says(ana, "Tia Berta 33 1234 9999", "Tia Berta", "+52 33 1234 9999 (Jalisco, Mexico)")
	w.says(ana, "listo", "PIN de 4 a 8")
	w.says(ana, "cuatro", "4 a 8 digitos")
	w.says(ana, "7733", "Borre del telefono", "Si usted es de Mexico, quiere que avisemos a su consulado? SI o NO. Con duda: NO. Lo puede cambiar.")
	w.nothing("+13125550130")
	summary := w.says(ana, "si", "Su codigo: ", "Lucia", "Tia Berta", "60608")
	if strings.Contains(summary, "7733") {
		t.Errorf("the summary repeats the PIN: %s", summary)
	}
	w.hears("+13125550130", "Ana R.", "contacto de emergencia", "Responda SI o NO", "nunca pedimos dinero", "STOP")
	w.hears("+523312349999", "Ana R.")
	w.pass(time.Minute)
	w.hears(ana, "no es 911", "PRUEBA")
	w.hears(ana, "otro PIN")
	w.says(ana, "5544", "Borre", "Lucia")
	w.says(ana, "recoge a los ninos", "Tia Berta")
	w.says(ana, "no", "palabra de familia")
	w.says(ana, "Colibri", "DATOS")
	w.says("+13125550130", "si", "Gracias", "Ana R.")
	w.hears(ana, "Lucia acepto")
	w.says(ana, "DATOS 7733", "Ana Ruiz", "Lucia ...0130 (listo)", "Tia Berta ...9999 (no ha contestado)", "consulado: SI")
	w.says(ana, "ALERTA", "a 2 contactos", "Chicago")
	w.hears("+13125550130", "Colibri. RED X: Ana R.")
	w.pass(time.Minute)
	w.hears("+13125550130", "recoge a los ninos")
	w.says(ana, "BIEN 5544", "termino")
	w.hears(desk, "Ana Ruiz")
	w.hears(desk, "sigue ABIERTA")
	if w.secrets != 4 { // 7733, 5544, DATOS 7733, BIEN 5544
		t.Errorf("%d texts with a PIN are to be forgotten first, want 4", w.secrets)
	}
}

func TestRegistrationInEnglish(t *testing.T) {
	w := newWorld(t)
	const ana gateway.Phone = "+13125550120"
	w.says(ana, "register", "first and last name")
	w.says(ana, "Ana Ruiz", "ZIP where you live")
	w.says(ana, "60608", "adult relative")
	w.says(ana, "+523312349999 Berta", "Noted", "(Jalisco, Mexico)")
	w.says(ana, "+1 312-555-0140 Eva", "(Illinois, US)")
	w.says(ana, "done", "Choose a PIN")
	w.says(ana, "7733", "If you are from Mexico")
	w.says(ana, "no", "Your code")
	w.says(ana, "ALERT", "We got your ALERT", "2 contacts")
	w.nothing(desk)
}

// What is no plain yes is no: telling the consulate of somebody who asks for
// asylum does harm.
func TestOnlyAPlainYesTellsTheConsulate(t *testing.T) {
	for answer, consent := range map[string]string{
		"claro que si": "SI", "si, avisen": "SI", "sii": "SI", "Sí por favor": "SI",
		"no gracias": "NO", "noo": "NO", "no, no le avisen": "NO",
	} {
		w := newWorld(t)
		const ana gateway.Phone = "+13125550120"
		for _, text := range []string{"REGISTRO", "Ana Ruiz", "60608", "+1 312-555-0130 Lucia", "LISTO", "7733"} {
			w.text(ana, text)
		}
		w.says(ana, "que es eso", "El consulado", "SI o NO")
		w.says(ana, "si pido asilo", "No nos quedo claro", "solo SI o solo NO")
		for _, unclear := range []string{"SI, pero no se", "tal vez"} {
			w.says(ana, unclear, "Una persona le llamara", "solo SI o solo NO")
		}
		w.nothing("+13125550130")
		w.says(ana, answer, "Avisar al consulado: "+consent)
	}
}

// CONSULADO changes the consent by a clear yes or no alone, in any words.
func TestConsentIsChangedByAClearAnswer(t *testing.T) {
	w := newWorld(t)
	for _, c := range [][2]string{
		{"CONSULADO NO 4821", "consulado: NO"}, {"CONSULADO claro que si 4821", "consulado: SI"}, {"consulado no, gracias 4821", "consulado: NO"},
		{"CONSULADO si me agarran 4821", "No cambiamos nada"}, {"CONSULADO si pero no se 4821", "No cambiamos nada"}, {"CONSULADO tal vez 4821", "No cambiamos nada"},
		{"DATOS 4821", "consulado: NO"}, {"CONSULADO sii 4821", "consulado: SI"}, {"CONSULADO 93638", "Fresno"}, {"CONSULADO", "Chicago"},
	} {
		w.says(juan, c[0], c[1])
	}
}

// Only a clear yes erases.
func TestErasingTakesAClearYes(t *testing.T) {
	for _, answer := range []string{"si, pero manana", "si llega mi hermana", "ok", "QUITAR Maria 4821", "ESTADO"} {
		w := newWorld(t)
		w.says(juan, "BORRAR 4821", "Seguro")
		w.text(juan, answer)
		w.says(juan, "DATOS 4821", "Juan Perez")
	}
}

// Somebody is told, or nobody is registered; the PIN is asked for once.
func TestRegistrationNeedsSomebodyToTell(t *testing.T) {
	w := newWorld(t)
	const ana gateway.Phone = "+13125550120"
	for _, text := range []string{"REGISTRO", "Ana Ruiz", "60608", "LISTO", "7733"} {
		w.text(ana, text)
	}
	w.says(ana, "NO", "no hay a quien avisar")
	w.says(ana, "LISTO", "no hay a quien avisar")
	w.says(ana, "+1 312-555-0130 Lucia", "Lucia", "LISTO")
	w.says(ana, "LISTO", "Su codigo", "Avisar al consulado: NO", "Lucia")
	w.says(ana, "DATOS 7733", "Lucia")
}

func TestWhoIsUnder18IsRegisteredByAParent(t *testing.T) {
	w := newWorld(t)
	const ana gateway.Phone = "+13125550120"
	w.says(ana, "REGISTRO", "Menor de 18")
	for _, text := range []string{"tengo 15 años", "soy menor de edad"} {
		w.says(ana, text, "padre o madre", "312-555-0100", "ALERTA")
	}
	w.says(ana, "Ana Ruiz", "ZIP")
}

// The second PIN has to differ from the first, which would never be seen to be
// given under force.
func TestDuressPINDiffers(t *testing.T) {
	w := newWorld(t)
	const ana gateway.Phone = "+13125550120"
	for _, text := range []string{"REGISTRO", "Ana Ruiz", "60608", "+1 312-555-0130", "LISTO", "7733", "NO"} {
		w.text(ana, text)
	}
	w.pass(time.Minute)
	w.says(ana, "7733", "ya es su PIN")
	w.says(ana, "5544", "...0130") // a contact without a name
}

func TestRegistrationPausesAndEnds(t *testing.T) {
	w := newWorld(t)
	const ana gateway.Phone = "+13125550120"
	w.text(ana, "REGISTRO")
	w.text(ana, "Ana Ruiz")
	w.says(ana, "AYUDA", "EMERGENCIA")
	w.pass(6 * 24 * time.Hour)
	w.says(ana, "60608", "telefono y nombre")
	w.says(ana, "CANCELAR", "Registro terminado")
	w.says(ana, "+1 312-555-0130 Lucia", "Para entrar: REGISTRO")
	w.says(ana, "REGISTRO", "nombre")
	w.pass(8 * 24 * time.Hour)
	w.says(ana, "REGISTRO", "nombre")
}

func TestAlertInTheMiddleOfRegistration(t *testing.T) {
	w := newWorld(t)
	const ana gateway.Phone = "+13125550120"
	w.text(ana, "REGISTRO")
	w.text(ana, "Ana Ruiz")
	w.says(ana, "ALERTA", "no conocemos", "#")
	if tasks := w.tasks(gateway.TaskUnknownPhone); len(tasks) != 0 && tasks[0].Name != "Ana Ruiz" {
		t.Errorf("agents do not see the name that was given: %+v", tasks[0])
	}
	w.text(ana, "60608")
	w.text(ana, "+523312349999 Berta")
	w.says(ana, "alerta ya estan aqui", "Recibimos su ALERTA", "1 contacto")
	w.hears("+523312349999", "Ana R.")
	w.says(ana, "listo", "PIN")
	w.says(ana, "7733", "consulado")
	w.says(ana, "no", "Su codigo")
	w.says(ana, "BIEN 7733", "termino")
	w.hears("+523312349999", "termino")
}

func TestContactsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	const ana gateway.Phone = "+13125550120"
	w.text(ana, "REGISTRO")
	w.text(ana, "Ana Ruiz")
	w.text(ana, "60608")
	w.says(ana, "33 1234 5678 Berta", "Berta +52 33 1234 5678 (Jalisco, Mexico)") // 2-4-4 is Mexico's
	w.says(ana, "52 1 55 1234 5678 Paco", "+52 55 1234 5678 (Ciudad de Mexico, Mexico)")
	w.says(ana, "+34 612 345 678 Eva", "Estados Unidos y Mexico")
	w.says(ana, "+1 312-555-0120 yo", "propio numero")
	w.says(ana, "+523312345678 otra", "ya esta en su lista")
}

func TestOwnData(t *testing.T) {
	w := newWorld(t)
	for _, command := range []string{"DATOS", "ZIP 93638", "AGREGAR +1 312-555-0140 Luis", "QUITAR 312-555-0103", "BORRAR"} {
		answer := w.says(juan, command, "PIN")
		if strings.Contains(answer, "Maria") || strings.Contains(answer, "60608") {
			t.Errorf("%s without the PIN shows %q", command, answer)
		}
		w.says(juan, "0001", "no es correcto")
		w.says(juan, "BIEN 4821", "No hay alerta") // a right PIN, so that the pair is not locked
	}
	w.nothing(maria, pedro, rosa, "+13125550140")
	w.says(juan, "ZIP 93638 4821", "93638")
	w.says(juan, "CONSULADO", "Fresno")
	w.says(juan, "agregar 1 312-555-0140 Luis", "PIN")
	w.says(juan, "4821", "Luis 312-555-0140 (Illinois, EEUU)")
	w.hears("+13125550140", "Juan P.")
	w.says(juan, "QUITAR 312 555 0140", "PIN")
	w.says(juan, "4821", "Quitamos a Luis")
	w.nothing("+13125550140")
	w.says(juan, "ALERTA", "a 3 contactos")
	w.nothing("+13125550140")
	w.says(juan, "ZIP 60608 4821", "alerta abierta")
	w.says(juan, "CONSULADO NO 4821", "alerta abierta")
	w.says(juan, "BIEN 4821", "termino")
	w.says(juan, "CONSULADO NO 4821", "consulado: NO")
	clear(w.inbox)
	w.text(juan, "ALERTA 60608")
	w.nothing(desk)
}

func TestErase(t *testing.T) {
	w := newWorld(t)
	w.says(juan, "ALERTA", "Recibimos")
	w.says(juan, "BORRAR 4821", "alerta abierta")
	w.says(juan, "BIEN 4821", "termino")
	w.says(juan, "BORRAR 4821", "Seguro")
	w.says(juan, "que pasa", "Borramos todos sus datos? Escriba SI") // asked again
	w.says(juan, "no", "No borramos nada")
	w.says(juan, "BORRAR 4821", "Seguro")
	w.says(juan, "SI", "Borramos")
	w.says(juan, "ESTADO", "No hay alerta")
	w.says(juan, "ALERTA", "no conocemos este telefono")
	w.text(maria, "hola")
}

func TestPanicIsAskedAndRaisedAfterSilence(t *testing.T) {
	w := newWorld(t)
	w.says(juan, "ya me agarro la migra", "Es una ALERTA? Responda 1")
	w.nothing(maria, desk)
	w.pass(4 * time.Minute)
	w.hears(maria, "Juan P.", "ya me agarro la migra")
	w.hears(juan, "Recibimos su ALERTA")
	w.nothing(desk)
	w.says(juan, "ALERTA", "#")
	w.hears(desk, "Juan Perez Lopez")
}

func TestPanicAnswered(t *testing.T) {
	w := newWorld(t)
	w.says(juan, "AYUDA me llevan", "Responda 1")
	w.says(juan, "1", "Recibimos su ALERTA", "Chicago")
	w.hears(maria, "AYUDA me llevan")
	w.says(maria, "1", "Gracias")
	w.pass(10 * time.Minute)
	w.nothing(maria)
	w.text(juan, "BIEN 4821")
	clear(w.inbox)
	w.says(juan, "creo que hay una redada enfrente", "Responda 1")
	w.says(juan, "no", "no avisamos a nadie")
	w.pass(10 * time.Minute)
	w.nothing(maria, desk)
	w.says(juan, "no hay redada aqui") // NO stands with it
	w.pass(10 * time.Minute)
	w.nothing(maria, desk)
}

func TestCheckIn(t *testing.T) {
	w := newWorld(t) // Sunday 14:30 in Chicago
	w.says(juan, "CITA con el doctor", "No pusimos ninguna cita")
	w.says(juan, "CITA 4PM", "el domingo a las 16:00", "Chicago", "LLEGUE y su PIN", "1 hora")
	w.says(juan, "MAS 1H", "17:00")
	w.pass(2*time.Hour + 35*time.Minute) // 17:05
	w.hears(juan, "Ya salio?")
	w.says(juan, "LLEGO la migra", "Es una ALERTA")
	w.says(juan, "no", "no avisamos")
	w.says(juan, "LLEGUE", "PIN")
	w.says(juan, "4821", "Que bueno")
	w.pass(3 * time.Hour)
	w.nothing(maria, desk)

	w.says(juan, "CITA 2H", "a las")
	w.pass(2*time.Hour + 59*time.Minute)
	w.nothing(maria, desk)
	w.pass(2 * time.Minute)
	w.hears(maria, "Juan P.", "no contesto")
	w.hears(desk, "no contesto")
}

func TestDrill(t *testing.T) {
	w := newWorld(t)
	w.says(juan, "PRUEBA", "PRUEBA #", "a 2 contactos")
	ref := w.ref(w.hears(maria, "PRUEBA", "no es alerta", "Juan P."))
	w.hears(rosa, "PRUEBA")
	w.nothing(pedro, desk)
	w.says(maria, "1", "PRUEBA #"+ref, "recibida")
	w.nothing(juan)
	w.pass(16 * time.Minute)
	w.hears(juan, "1 de 3 contactos listos", "consulado no se probo")
}

func TestInvitationsAreRemindedOnceAndCapped(t *testing.T) {
	w := newWorld(t)
	p := w.juan()
	p.Phone = other
	w.register(p)
	w.handle(gateway.Invite{Profile: p.ID})
	w.deliver()
	w.hears(pedro, "Juan P.", "Responda SI o NO")
	w.nothing(maria, rosa)
	w.handle(gateway.Invite{Profile: p.ID})
	w.deliver()
	w.nothing(pedro)
	w.pass(49 * time.Hour)
	w.hears(pedro, "Ultimo aviso")
	w.pass(100 * time.Hour)
	w.nothing(pedro)
	w.says(pedro, "no", "no sera contacto")
	w.hears(other, "Pedro no quiere")
	w.says(other, "ALERTA", "a 2 contactos")
	w.nothing(pedro)
}

func TestWrongNumberIsNeverTextedAgain(t *testing.T) {
	w := newWorld(t)
	w.says(pedro, "EQUIVOCADO", "No le escribiremos mas")
	if answer := w.text(pedro, "1"); strings.Contains(answer, "contacto") {
		t.Errorf("1 from a wrong number makes it a contact: %s", answer)
	}
	w.hears(juan, "Pedro no es de esa persona")
	w.says(juan, "ALERTA", "a 2 contactos")
	w.nothing(pedro)
}

func TestTooManyNewContactsInADay(t *testing.T) {
	w := newWorld(t)
	for _, last := range []string{"41", "42", "43"} {
		w.says(juan, "AGREGAR +1 312-555-01"+last+" Luis 4821", "Anotado")
	}
	w.says(juan, "AGREGAR +1 312-555-0144 Luis 4821", "No caben mas")
	w.nothing("+13125550144")
}

func TestThiefWithThePhoneAndNoPIN(t *testing.T) {
	w := newWorld(t)
	ref := w.ref(w.text(juan, "ALERTA"))
	clear(w.inbox)
	for _, text := range []string{
		"DATOS", "ESTADO", "AYUDA", "BORRAR", "SI", "ZIP 10001", "hola", "STATUS", "CANCELAR", "BIEN", "QUITAR 3125550103", "CONSULADO SI", "LLEGUE",
		"AGREGAR +13125550188 Ladron", "quien es mi contacto", "START",
	} {
		answer := w.text(juan, text)
		for _, secret := range []string{"Maria", "Pedro", "Rosa", "5678", "0103", "0104", "4821", "Perez"} {
			if strings.Contains(answer, secret) {
				t.Errorf("%q shows %q: %s", text, secret, answer)
			}
		}
	}
	w.hears(maria, "sin PIN: quien es mi contacto") // what he writes goes on as what it is
	w.hears(desk, "sin PIN: quien es mi contacto")
	w.nothing(maria, pedro, rosa, desk, "+13125550188")
	w.says(juan, "ESTADO", "#"+ref)
}

func TestQuestionsSwallowNoCommand(t *testing.T) {
	w := newWorld(t)
	const ana gateway.Phone = "+13125550120"
	w.text(ana, "REGISTRO")
	w.says(ana, "DERECHOS", "Guarde silencio")
	w.says(ana, "ESTADO", "No hay alerta")
	w.says(ana, "ALTO", "no recibira")
	w.says(ana, "START", "otra vez")
	w.says(juan, "CANCELAR", "No hay alerta abierta", "STOP") // a bare one may be a revocation
}

// A text with a command's word of its own is that command, whatever was asked:
// neither is its PIN the answer, nor a SI that follows.
func TestCommandsAnswerNoQuestion(t *testing.T) {
	for _, c := range []struct {
		texts  []string
		answer string // to the last one
		after  string // what DATOS says then
	}{
		{[]string{"BORRAR", "QUITAR Rosa 4821", "si"}, "", "Maria ...5678 (listo), Pedro ...0103 (no ha contestado)."},
		{[]string{"BORRAR", "DATOS de una vez 4821", "si"}, "", "Rosa"},
		{[]string{"BORRAR 4821", "ESTADO", "si"}, "", "Juan Perez"},
		{[]string{"QUITAR Maria", "CONSULADO NO 4821"}, "consulado: NO", "Maria"},
		{[]string{"CONSULADO SI", "CONSULADO NO 4821"}, "consulado: NO", "consulado: NO"},
		{[]string{"CONSULADO NO", "zip 93638 por favor 4821"}, "", "consulado: SI"},
		{[]string{"AGREGAR +1 312-555-0140 Ana", "estado porfa 4821"}, "No hay alerta", "Rosa ...0104 (listo)."},
		{[]string{"ZIP 93638", "status please 4821", "4821"}, "", "ZIP 60608"},
	} {
		w := newWorld(t)
		answer := ""
		for _, text := range c.texts {
			answer = w.text(juan, text)
		}
		if !strings.Contains(answer, c.answer) {
			t.Errorf("%q is answered %q, without %q", c.texts, answer, c.answer)
		}
		w.says(juan, "DATOS 4821", c.after)
	}
	w := newWorld(t)
	ref := w.ref(w.text(juan, "ALERTA"))
	w.says(juan, "BIEN", "solo con su PIN")
	w.says(juan, "estado porfa 4821", "#"+ref, "confirmaron 0")
	w.says(juan, "ESTADO", "abierta")
	w.says(juan, "BIEN", "solo con su PIN")
	w.says(juan, "4821", "termino")
}

// What names the command of the step that a registration has come to answers
// it; any other command leaves it where it is.
func TestCommandsInARegistration(t *testing.T) {
	w := newWorld(t)
	const ana gateway.Phone = "+13125550120"
	w.says(ana, "REGISTRO", "nombre")
	w.says(ana, "estado por favor", "No hay alerta")
	w.says(ana, "bien gracias", "nombre")
	w.says(ana, "Ana Ruiz", "ZIP")
	w.says(ana, "ZIP 60608", "telefono y nombre")
	w.says(ana, "AGREGAR +1 312-555-0130 Lucia", "Lucia")
	w.says(ana, "Abogado Ruiz +1 312-555-0131", "Abogado Ruiz")
	w.says(ana, "QUITAR 312-555-0132", "A quien quitamos", "Lucia, Abogado Ruiz")
	w.says(ana, "LISTO", "PIN")
	w.says(ana, "7733", "consulado")
	w.says(ana, "consulado no", "Avisar al consulado: NO")
}

// A NO to a PRUEBA is no change of mind about being a contact.
func TestNoToADrillRefusesNothing(t *testing.T) {
	for _, no := range []string{"NO", "no gracias", "no entiendo"} {
		w := newWorld(t)
		w.says(pedro, "SI", "Juan P.")
		w.pass(time.Hour)
		w.text(juan, "PRUEBA")
		w.hears(pedro, "PRUEBA")
		w.pass(5 * time.Minute)
		clear(w.inbox)
		w.text(pedro, no)
		w.pass(20 * time.Minute) // and it is counted
		w.text(pedro, no)
		for _, c := range w.person(juan).Contacts {
			if c.Phone == pedro && c.Standing != gateway.StandingAccepted {
				t.Errorf("%q makes him %s", no, c.Standing)
			}
		}
		w.text(juan, "ALERTA")
		w.hears(pedro, "ALERTA")
	}
	w := newWorld(t)
	w.text(juan, "PRUEBA")
	w.pass(time.Hour)
	w.text(juan, "ALERTA") // pedro is asked by the notice
	w.text(juan, "BIEN 4821")
	w.says(pedro, "SI", "Juan P.")
	w.pass(time.Hour)
	w.text(pedro, "NO") // and changes his mind: no PRUEBA came to him
	for _, c := range w.person(juan).Contacts {
		if c.Phone == pedro && c.Standing != gateway.StandingRefused {
			t.Errorf("a NO after his own SI leaves him %q", c.Standing)
		}
	}
}
