package service_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/keyword"
	"aviso/store"
)

var counted = regexp.MustCompile(`#?[0-9]+`)

// number is Juan's new phone.
const number gateway.Phone = "+17735550142"

func (w *world) person(phone gateway.Phone) *gateway.Profile {
	w.Helper()
	p, err := w.store.ProfileByPhone(w.Context(), phone)
	if err != nil {
		w.Fatal(err)
	}
	return p
}

// isOf checks whose phone a phone is, as the store has it.
func (w *world) isOf(phone, registered gateway.Phone) {
	w.Helper()
	p := w.person(phone)
	switch {
	case p == nil && registered != "":
		w.Errorf("%s is nobody's, want that of who has %s", phone, registered)
	case p != nil && p.Phone != registered:
		w.Errorf("%s is that of who has %s, want %q", phone, p.Phone, registered)
	}
}

// In any order and form, in one text or several, with number or code.
func TestMove(t *testing.T) {
	for _, texts := range []string{
		"NUEVO NUMERO CODE 4821", "nuevo numero 312-555-0101 4821", "4821 NUEVO NUMERO CODE", "NUEVO NUMERO 4821 CODE", "Nuevo número: código CODE, pin 4821",
		"NUEVO NUMERO|CODE|4821", "NUEVO NUMERO CODE|4821", "NUEVO NUMERO 4821|CODE", "nuevo numero|312 555 0101|mi pin es 4821", "NEW NUMBER CODE 4821", "NUEVO NUMERO CODE|el pin es 4821",
		"NUEBO NUMERO CODE 4821", "cambie de numero CODE 4821", "tengo nuevo telefono CODE 4821", "this is my new number CODE 4821", "NUEVO NUMERO CODE 4822|4821",
		"me cambie de numero CODE 4821", "ya cambie de numero, mi codigo es CODE y mi pin 4821", "numero nuevo: CODE 4821", "Hola, nuevo numero CODE 4821",
		"NUEVO NUMERO soy Juan Perez CODE 4821", "este es mi nuevo cel CODE 4821", "i changed my number CODE 4821", "quiero cambiar de numero CODE 4821", "NUEVONUMERO CODE 4821",
		"New number is this one. CODE 4821", "les escribo de mi numero nuevo, codigo CODE pin 4821", "mi viejo cel se perdio y tengo numero nuevo, antes 312-555-0101, clave 4821",
	} {
		w := newWorld(t)
		code := string(w.person(juan).Code)
		answer := ""
		for _, text := range strings.Split(strings.ReplaceAll(texts, "CODE", code), "|") {
			answer = w.text(number, text)
		}
		if !strings.Contains(answer, "su registro esta en este telefono") || !strings.Contains(answer, "SI o NO") {
			t.Errorf("%q is answered %q", texts, answer)
			continue
		}
		told := w.hears(juan, "paso a otro telefono", "NO FUI YO")
		if strings.Contains(told, "555-0142") || strings.Contains(told, "5550142") {
			t.Errorf("the old phone reads the new number: %s", told)
		}
		w.nothing(maria, pedro, rosa, desk)
		w.isOf(number, number)
		w.isOf(juan, number)
		w.says(number, "DATOS 4821", "Juan Perez Lopez", "Maria")
		w.says(number, "ALERTA", "Recibimos su ALERTA", "3 contactos")
		w.hears(maria, "Juan P.")
	}
}

// Contacts learn the number only where the person says so.
func TestContactsLearnANumberOnlyWhereTheyMay(t *testing.T) {
	for answer, tells := range map[string]bool{"SI": true, "claro que si": true, "NO": false, "no gracias": false} {
		w := newWorld(t)
		w.text(number, "NUEVO NUMERO 312-555-0101 4821")
		w.says(number, "quien sabe", "SI o NO")
		w.nothing(maria, rosa)
		w.text(number, answer)
		if tells {
			w.hears(maria, "Juan P. cambio de numero", "773-555-0142")
			w.hears(rosa, "Juan P. cambio de numero", "773-555-0142")
		}
		w.nothing(maria, rosa, pedro)
		w.pass(80 * time.Hour)
		w.nothing(maria, rosa, pedro, number)
	}
}

// Both phones raise for three days; then the old one is nobody's.
func TestBothPhonesRaiseMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.text(number, "NUEVO NUMERO 312-555-0101 4821")
	w.text(number, "no")
	w.hears(juan, "paso a otro telefono")
	w.pass(71 * time.Hour)
	for _, text := range []string{"DATOS 4821", "QUITAR Maria 4821", "CITA 2H", "PRUEBA", "REGISTRO", "CONSULADO NO 4821", "NO", "EQUIVOCADO", "quien lo cambio", "NUEVO NUMERO 312-555-0101 4821"} {
		w.says(juan, text, "paso a otro telefono", "NO FUI YO")
	}
	w.says(juan, "ESTADO", "No hay alerta abierta")
	w.says(juan, "ALERTA me llevan", "Recibimos su ALERTA")
	w.hears(maria, "Juan P.", "me llevan")
	w.says(number, "ESTADO", "abierta")
	w.says(number, "DATOS 4821", "Juan Perez Lopez")
	w.says(number, "BIEN 4821", "termino")
	w.says(other, "ALERTA 312-555-0101 4821", "Recibimos su ALERTA", "3 contactos") // who has the old number by heart
	w.says(number, "BIEN 4821", "termino")
	w.pass(2 * time.Hour)
	w.isOf(juan, "")
	w.says(juan, "DATOS 4821", "no esta registrado")
	w.says(juan, "NO FUI YO", "No entendimos")
	w.says(juan, "ALERTA", "no conocemos este telefono")
	w.says(number, "DATOS 4821", "Juan Perez Lopez")
	if m := w.person(number).Moved; m != nil {
		t.Errorf("of the old phone is kept %+v", m)
	}
	w.says(juan, "CANCELAR", "agregado")
	w.says(other, "REGISTRO", "nombre")
}

// An alert that was raised just before the three days are over is looked at and
// called off from where it was raised.
func TestAnAlertOutlivesTheMove(t *testing.T) {
	w := newWorld(t)
	w.text(number, "NUEVO NUMERO 312-555-0101 4821")
	w.pass(71*time.Hour + 30*time.Minute)
	w.says(juan, "ALERTA", "Recibimos su ALERTA")
	w.pass(time.Hour)
	w.says(juan, "ESTADO", "ESTADO") // by its reference: told and confirmed
	w.says(juan, "BIEN 4821", "termino")
	w.says(number, "ESTADO", "No hay alerta abierta")
}

// NO FUI YO puts everything back, whatever was changed since, and alarms agents.
func TestUndoingAMove(t *testing.T) {
	for _, text := range []string{"NO FUI YO", "no fui yo!", "Yo no fui", "NOT ME", "It wasn't me", "no fuy yo", "yo no cambie nada"} {
		w := newWorld(t)
		w.text(number, "NUEVO NUMERO 312-555-0101 4821")
		w.text(number, "SI")
		w.hears(maria, "cambio de numero")
		w.says(number, "QUITAR Maria 4821", "Quitamos")
		w.says(number, "AGREGAR +1 312-555-0188 Beto 4821", "Anotado")
		w.says(number, "ZIP 77002 4821", "77002")
		w.says(number, "BORRAR 4821", "cambio hace poco")
		w.says(number, "CONSULADO NO 4821", "consulado: NO")
		w.says(juan, text, "volvio a este telefono")
		w.hears(number, "volvio al telefono anterior", "llame")
		w.hears(maria, "CORRECCION", "Juan P.")
		p := w.person(juan)
		if p.Phone != juan || p.ZIP != "60608" || p.Contact(maria) == nil || p.Contact("+13125550188") != nil || p.ConsularNotice.Given {
			t.Errorf("%q restores %+v", text, p)
		}
		w.isOf(number, "")
		lines, _, err := w.store.Tasks(t.Context(), 0, 100)
		if err != nil || !slices.ContainsFunc(lines, func(l store.TaskLine) bool {
			return l.Kind == gateway.TaskMoved && l.Urgent && strings.Contains(l.Note, string(number))
		}) {
			t.Errorf("agents see %+v, %v", lines, err)
		}
		w.says(number, "DATOS 4821", "no esta registrado")
		w.says(juan, "DATOS 4821", "Juan Perez Lopez", "Maria")
		w.says(number, "NUEVO NUMERO 312-555-0101 4821", "no se puede hacer por mensaje") // who knows the PIN knows it still
		w.says(number, "ALERTA", "no conocemos")
		w.says(juan, "NO FUI YO", "No entendimos")
		w.pass(100 * time.Hour)
		w.isOf(juan, juan)
	}
}

// An alert that is open when a move is undone goes on, and is the new phone's to
// look at as a borrowed one's.
func TestUndoingWhileAnAlertIsOpen(t *testing.T) {
	w := newWorld(t)
	w.text(number, "NUEVO NUMERO 312-555-0101 4821")
	w.says(number, "ALERTA", "Recibimos su ALERTA")
	w.says(juan, "NO FUI YO", "volvio a este telefono")
	w.says(juan, "ESTADO", "abierta")
	w.says(number, "ESTADO", "abierta")
	w.says(juan, "BIEN 4821", "termino")
}

// A cry is no undoing.
func TestACryUndoesNothing(t *testing.T) {
	w := newWorld(t)
	w.text(number, "NUEVO NUMERO 312-555-0101 4821")
	w.says(juan, "no fui yo, ya me lleva la migra", "Es una ALERTA?")
	w.isOf(juan, number)
}

func TestNoMoveWhileAnAlertIsOpen(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.says(number, "NUEVO NUMERO 312-555-0101 4821", "alerta abierta")
	w.says(number, "NUEVO NUMERO 312-555-0101 9917", "alerta abierta")
	w.says(juan, "BIEN 4821", "termino")
	w.isOf(juan, juan)
	w.says(number, "NUEVO NUMERO 312-555-0101 4821", "esta en este telefono")
	w.says("+17735550143", "NUEVO NUMERO 773-555-0142 4821", "no se puede hacer por mensaje") // nor twice while it can be undone
}

// The duress PIN looks the same, from then on, and moves nothing.
func TestAForcedMove(t *testing.T) {
	script := []string{
		"NUEVO NUMERO 312-555-0101 PIN", "SI", "ESTADO", "DATOS PIN", "NUEVO NUMERO 312-555-0101 PIN", "REGISTRO", "BORRAR PIN", "AYUDA", "que hago",
		"ENGLISH", "STATUS", "ESPANOL", "ALERTA", "ESTADO", "BIEN PIN", "ESTADO",
	}
	said := map[string][]string{}
	for _, pin := range []string{"4821", "9917"} {
		w := newWorld(t)
		code := string(w.person(juan).Code)
		for _, text := range script {
			answer := w.text(number, strings.ReplaceAll(text, "PIN", pin))
			said[pin] = append(said[pin], counted.ReplaceAllString(strings.ReplaceAll(answer, code, "CODE"), "#"))
		}
		if pin == "4821" {
			continue
		}
		w.isOf(juan, juan)
		w.isOf(number, "")
		if len(w.tasks(gateway.TaskDuress)) == 0 {
			t.Error("agents do not see the duress")
		}
		for _, text := range w.inbox[juan] {
			if strings.Contains(text, "otro telefono") {
				t.Errorf("the phone is told of no move: %s", text)
			}
		}
		for _, text := range w.inbox[maria] {
			if strings.Contains(text, "cambio de numero") {
				t.Errorf("Maria is told of no move: %s", text)
			}
		}
		w.says(juan, "DATOS 4821", "Juan Perez Lopez")
		w.text(juan, "BIEN 4821")
		w.says(number, "NUEVO NUMERO 312-555-0101 4821", "esta en este telefono") // and the real one does
		w.isOf(juan, number)
	}
	for i := range script {
		if said["4821"][i] != said["9917"][i] {
			t.Errorf("%s is answered %q, under duress %q", script[i], said["4821"][i], said["9917"][i])
		}
	}
}

// A wrong PIN and a code that nobody has are answered alike, and count.
func TestAWrongMove(t *testing.T) {
	w := newWorld(t)
	wrong := w.says(number, "NUEVO NUMERO 312-555-0101 1111", "no coinciden")
	for _, text := range []string{"NUEVO NUMERO 123456782 4821", "NUEVO NUMERO 312-555-0177 4821", "NUEVO NUMERO 312-555-0101 2222", "NUEVO NUMERO 312-555-0101 3333",
		"NUEVO NUMERO 312-555-0101 4444", "NUEVO NUMERO 312-555-0101 5555", "NUEVO NUMERO 312-555-0101 4821"} {
		if answer := w.text(number, text); answer != wrong {
			t.Errorf("%q is answered %q", text, answer)
		}
	}
	w.isOf(juan, juan)
	w.nothing(juan)
	w.pass(16 * time.Minute)
	w.says(number, "NUEVO NUMERO 312-555-0101 4821", "esta en este telefono")
}

// From a phone that is somebody's, a contact's or a desk's it is said why not.
func TestMovesThatCannotBe(t *testing.T) {
	w := newWorld(t)
	ana := w.juan()
	ana.Phone, ana.Name, ana.Code = "+13125550120", "Ana Ruiz", "123456782"
	w.register(ana)
	w.says(ana.Phone, "NUEVO NUMERO 312-555-0101 4821", "ya tiene un registro")
	w.says(juan, "NUEVO NUMERO", "ya tiene un registro")
	w.says(maria, "NUEVO NUMERO 312-555-0101 4821", "uno de sus contactos")
	w.says(desk, "NUEVO NUMERO 312-555-0101 4821", "no se puede hacer por mensaje")
	w.isOf(juan, juan)
	w.nothing(juan)
	w.says(number, "NUEVO NUMERO", "su codigo", "su PIN")
	w.says(number, "hola", "su codigo")
	w.says(number, "ALERTA", "no conocemos este telefono")
	w.says(number, "312-555-0101 4821", "Recibimos su ALERTA") // asked for since
	w.isOf(number, "")
	for text, want := range map[string]keyword.Intent{
		"NUEVO NUMERO 123456782 4821": keyword.Move, "NEW NUMBER": keyword.Move, "nuevo numero de mi hermana es mas facil": keyword.Unknown,
		"ya tengo nuevo telefono, ayuda me agarro la migra": keyword.Panic,
	} {
		if p := keyword.Parse(text); p.Intent != want {
			t.Errorf("%q is %s", text, p.Intent)
		}
	}
}

// What was forgotten is forgotten on both phones.
func TestErasingAfterAMove(t *testing.T) {
	for _, by := range []gateway.Phone{juan, number} {
		w := newWorld(t)
		w.text(juan, "AYUDA")
		w.text(number, "NUEVO NUMERO 312-555-0101 4821")
		if erased, err := w.store.EraseProfile(t.Context(), by); !erased || err != nil {
			t.Fatalf("erased by %s: %v, %v", by, erased, err)
		}
		for _, phone := range []gateway.Phone{juan, number} {
			view, err := w.store.View(t.Context(), gateway.Scope{Phone: phone})
			if err != nil || view.Own != nil || view.Former != nil || view.Conversation.Seq != 0 {
				t.Errorf("of %s is left %+v, %v", phone, view.Conversation, err)
			}
		}
	}
	w := newWorld(t)
	w.text(number, "NUEVO NUMERO 312-555-0101 4821")
	w.pass(73 * time.Hour)
	w.says(number, "BORRAR 4821", "Seguro")
	w.says(number, "SI", "Borramos sus datos")
	w.isOf(number, "")
}

// A check-in goes with the person, there and back.
func TestACheckInMovesAlong(t *testing.T) {
	w := newWorld(t)
	w.says(juan, "CITA 2H", "LLEGUE")
	w.text(number, "NUEVO NUMERO 312-555-0101 4821")
	w.says(number, "NO", "no les decimos nada")
	w.hears(juan, "otro telefono")
	w.pass(2 * time.Hour)
	w.hears(number, "Ya salio?")
	w.nothing(juan)
	w.says(juan, "NO FUI YO", "volvio")
	w.hears(number, "volvio")
	w.says(juan, "LLEGUE 4821", "Que bueno")
	w.pass(3 * time.Hour)
	w.nothing(maria, juan, number)

	w.says(juan, "CITA 1H", "LLEGUE")
	w.text(juan, "ESTADO")
	w.pass(3 * time.Hour)
	w.hears(maria, "no contesto") // and without it, all is as ever
}

// By key both phones raise as well, and so does one that somebody looks moved to.
func TestMovedPhonesByKey(t *testing.T) {
	w := newWorld(t)
	w.text(number, "NUEVO NUMERO 312-555-0101 4821")
	w.dials(juan, "Emergencia").press("1", "Alerta enviada")
	w.hears(maria, "Juan P.")
	w.ussd(number, "RED X").reply("1", "ya enviada")
	w.text(number, "BIEN 4821")
	w.pass(73 * time.Hour)
	w.dials(juan, "Emergencia").press("1", "tecla") // it asks who calls
	w = newWorld(t)
	w.text(number, "NUEVO NUMERO 312-555-0101 9917")
	w.dials(number, "Emergencia").press("1", "Alerta enviada")
	w.hears(maria, "Juan P.")
	if len(w.tasks(gateway.TaskDuress)) == 0 {
		t.Error("agents do not see that it is forced")
	}
}

// A phone that wants no texts is told how to get them, and agents hear of an old
// one that cannot be told.
func TestMovesOfPhonesThatWantNoTexts(t *testing.T) {
	w := newWorld(t)
	w.says(number, "STOP", "START")
	w.says(juan, "STOP", "START")
	w.says(number, "NUEVO NUMERO 312-555-0101 4821", "escriba START")
	if w.taskKinds()[gateway.TaskMoved] != 1 {
		t.Errorf("tasks: %v", w.taskKinds())
	}
	w.nothing(juan)
}

// Who knows the PIN can change it by telephone: that moves nobody either, and a
// change on the person's own phone does.
func TestABarredMoveByAnotherPIN(t *testing.T) {
	w := newWorld(t)
	w.text(number, "NUEVO NUMERO 312-555-0101 4821")
	w.says(juan, "NO FUI YO", "volvio")
	change := func(c *call, pin string) { c.press("2"); c.press(pin); c.press(pin, "guardado") }
	c := w.dials(number, "Emergencia")
	c.press("5")
	c.press("3125550101")
	c.press("4821")
	change(c, "7305")
	w.says(number, "NUEVO NUMERO 312-555-0101 7305", "no se puede hacer por mensaje")
	c = w.dials(juan, "Emergencia")
	c.press("5")
	c.press("7305")
	change(c, "6402")
	w.says(number, "NUEVO NUMERO 312-555-0101 6402", "esta en este telefono")
}

// In the middle of a registration a contact's new number is a contact's.
func TestAContactsNewNumberIsNoMove(t *testing.T) {
	w := newWorld(t)
	for _, text := range []string{"REGISTRO", "Ana Ruiz", "60608"} {
		w.text(other, text)
	}
	w.says(other, "nuevo numero de mi hermana Lucia +1 312 555 0130", "Lucia")
	w.says(other, "NUEVO NUMERO 312-555-0101 4821", "esta en este telefono")
}

// A phone that looks erased moves nobody, and does not say why; the real PIN shows
// whose it is.
func TestAPhoneThatLooksErasedMovesNobody(t *testing.T) {
	w := newWorld(t)
	ana := w.juan()
	ana.Phone, ana.Name, ana.Code = "+13125550120", "Ana Ruiz", "123456782"
	w.register(ana)
	w.says(juan, "BORRAR 9917", "Seguro")
	w.says(juan, "SI", "Borramos")
	w.says(juan, "NUEVO NUMERO 123456782 4821", "no coinciden")
	w.says(juan, "NUEVO NUMERO 312-555-0101 9917", "no coinciden")
	w.isOf("+13125550120", "+13125550120")
	w.isOf(juan, juan)
	w.says(juan, "NUEVO NUMERO 312-555-0101 4821", "no coinciden")
	w.says(juan, "DATOS 4821", "Juan Perez Lopez")
}

// Once a move is undone the other phone is asked nothing about it any more.
func TestAnUndoneMoveAsksNothing(t *testing.T) {
	for _, text := range []string{"ayudenme", "me agarro la migra", "si", "no", "quien es", "hola"} {
		w := newWorld(t)
		w.says(number, "NUEVO NUMERO 312-555-0101 4821", "SI o NO")
		w.now = w.now.Add(time.Minute)
		w.text(juan, "NO FUI YO")
		clear(w.inbox)
		answer := w.text(number, text)
		if strings.Contains(answer, "registro esta en este telefono") || strings.Contains(answer, "sus contactos") {
			t.Errorf("%q is answered %q", text, answer)
		}
		if cries := text == "ayudenme" || text == "me agarro la migra"; cries != strings.Contains(answer, "ALERTA #") {
			t.Errorf("%q is answered %q, a cry is %t", text, answer, cries)
		}
		w.nothing(maria, rosa, pedro, juan)
	}
}
