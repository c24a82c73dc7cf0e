package service_test

import (
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

func TestAlertReachesFamilyAndConsulate(t *testing.T) {
	w := newWorld(t)
	answer := w.says(juan, "ALERTA me llevan de la calle 26", "Recibimos su ALERTA #", "a 3 contactos", "al Consulado en Chicago", "BIEN y su PIN")
	ref := w.ref(answer)
	w.hears(maria, "Juan P.", "#"+ref, "me llevan de la calle 26", "14:30 hora Chicago", "Responda 1", "+1 312-555-0100")
	unanswered := w.hears(pedro, "Juan P.", "#"+ref)
	if strings.Contains(unanswered, "calle 26") {
		t.Errorf("a contact who has not answered got the words: %s", unanswered)
	}
	vague := w.hears(rosa, "Juan P.", "#"+ref)
	if strings.Contains(vague, "ALERTA") || strings.Contains(vague, "calle 26") {
		t.Errorf("a vague notice gives the reason: %s", vague)
	}
	w.hears(desk, "Juan Perez Lopez", "#"+ref, "60608", "me llevan de la calle 26", "RECIBIDO "+ref)
	w.nothing(juan, maria, pedro, rosa, desk)

	w.pass(time.Minute)
	w.says(maria, "1", "Gracias", "#"+ref)
	w.hears(juan, "#"+ref, "Maria CONFIRMO", "14:31")
	w.says(desk, "recibido "+ref, "RECIBIDO #"+ref)
	w.hears(juan, "#"+ref, "Consulado en Chicago CONFIRMO")
	w.says(juan, "ESTADO", "#"+ref, "confirmaron 2")
	w.says(juan, "estado 4821", "Maria: SI 14:31", "Pedro: aun no")
	w.nothing(juan, maria, pedro, rosa, desk)
}

func TestRepeatedTextIsAnsweredTheSame(t *testing.T) {
	w := newWorld(t)
	first := w.textAs("SMsame", juan, "ALERTA")
	w.hears(maria, "Juan P.")
	for range 4 {
		if again := w.textAs("SMsame", juan, "ALERTA"); again != first {
			t.Fatalf("a repeat is answered %q, first %q", again, first)
		}
	}
	w.nothing(maria)
}

func TestAlertAgainAddsWords(t *testing.T) {
	w := newWorld(t)
	ref := w.ref(w.text(juan, "ALERTA"))
	w.hears(maria, "#"+ref)
	w.hears(rosa, "#"+ref)
	w.hears(pedro, "#"+ref)
	w.hears(desk, "#"+ref)
	w.says(maria, "1", "Gracias")
	w.says(rosa, "1", "Gracias")
	w.says(desk, "RECIBIDO", "RECIBIDO")
	w.pass(time.Hour)
	w.says(juan, "alerta estoy en broadview", "#"+ref)
	w.hears(maria, "estoy en broadview", "#"+ref)
	w.hears(desk, "estoy en broadview", "#"+ref)
	w.nothing(pedro, rosa)
	w.says(juan, "ALERTA", "#"+ref, "Confirmaron 3")
	w.nothing(maria, desk)

	w.pass(2 * time.Hour)
	if later := w.ref(w.text(juan, "ALERTA otra vez")); later == ref {
		t.Error("ALERTA after two hours is not a new alert")
	}
	w.hears(maria, "otra vez")
}

func TestPlaceInWordsChoosesTheConsulate(t *testing.T) {
	w := newWorld(t)
	const fresno gateway.Phone = "+15595550199"
	if err := w.store.ReplaceDesks(t.Context(), []gateway.Desk{
		{Consulate: "chicago", Channel: gateway.SMS, Address: desk, Confirmed: w.now},
		{Consulate: "fresno", Channel: gateway.SMS, Address: fresno, Confirmed: w.now},
	}); err != nil {
		t.Fatal(err)
	}
	w.says(juan, "ALERTA 93638", "al Consulado en Fresno")
	w.hears(fresno, "Juan Perez Lopez", " 12:30. ")
	w.hears(rosa, "12:30 hora Los Angeles") // who is taken to live where Juan does
	w.nothing(desk)
}

func TestWithoutConsentNoDeskIsTold(t *testing.T) {
	w := newWorld(t)
	p := w.juan()
	p.Phone, p.ConsularNotice = other, gateway.Consent{}
	w.register(p)
	w.service.Rules.National = &gateway.Desk{Channel: gateway.SMS, Address: "+15205550100", Consulate: gateway.NationalDesk}
	answer := w.says(other, "ALERTA", "a 3 contactos")
	if strings.Contains(strings.ToLower(answer), "consul") {
		t.Errorf("the receipt speaks of a consulate: %s", answer)
	}
	w.nothing(desk, "+15205550100")
}

func TestUnconfirmedDeskIsNotToldUntilItAnswersATest(t *testing.T) {
	w := newWorld(t)
	if err := w.store.ReplaceDesks(t.Context(), []gateway.Desk{{Consulate: "chicago", Channel: gateway.SMS, Address: desk}}); err != nil {
		t.Fatal(err)
	}
	w.says(juan, "ALERTA", "a 3 contactos", "Llame usted o su familia al consulado")
	w.nothing(desk)
	w.text(juan, "BIEN 4821")
	w.handle(gateway.DeskDrill{})
	w.deliver()
	ref := w.ref(w.hears(desk, "PRUEBA", "no es alerta"))
	w.says(desk, "RECIBIDO "+ref, "desde ahora")
	w.says(juan, "ALERTA", "al Consulado en Chicago")
	w.hears(desk, "Juan Perez Lopez")
}

func TestNationalDeskStandsInAndAccompanies(t *testing.T) {
	const national gateway.Phone = "+15205550100"
	for _, c := range []struct {
		name, zip   string
		desk, other bool
		says        string
	}{
		{"certain", "60608", true, false, "al Consulado en Chicago"},
		{"military: none", "09012", false, true, "a la guardia consular"},
		{"no desk", "10001", false, true, "a la guardia consular"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.service.Rules.National = &gateway.Desk{Channel: gateway.SMS, Address: national, Consulate: gateway.NationalDesk}
			w.says(juan, "ALERTA "+c.zip, c.says)
			for phone, told := range map[gateway.Phone]bool{desk: c.desk, national: c.other} {
				if got := len(w.inbox[phone]) == 1; got != told {
					t.Errorf("%s holds %q", phone, w.inbox[phone])
				}
			}
		})
	}
}

func TestCallingOff(t *testing.T) {
	w := newWorld(t)
	ref := w.ref(w.text(juan, "ALERTA"))
	clear(w.inbox)
	w.says(juan, "CANCELAR 1111", "no es correcto")
	w.nothing(maria, pedro, rosa, desk)
	w.says(juan, "ESTADO", "#"+ref)
	w.says(juan, "BIEN", "PIN")
	first := w.says(juan, "4821", "#"+ref, "termino", "4")
	w.hears(maria, "Juan P.", "#"+ref, "termino")
	w.hears(pedro, "#"+ref, "termino")
	w.hears(rosa, "#"+ref, "termino")
	w.hears(desk, "Juan Perez Lopez", "#"+ref)
	if again := w.text(juan, "cancelar 4821"); again != first {
		t.Errorf("the right PIN again is answered %q, first %q", again, first)
	}
	w.nothing(maria, pedro, rosa, desk, juan)
	w.says(juan, "ESTADO", "No hay alerta")
	if w.ref(w.text(juan, "ALERTA")) == ref {
		t.Error("ALERTA after calling off is not a new alert")
	}
	if w.secrets < 3 {
		t.Errorf("%d texts with a PIN are to be forgotten first, want 3", w.secrets)
	}
}

func TestCallingOffBeforeAnythingWasSent(t *testing.T) {
	w := newWorld(t)
	for _, p := range []gateway.Phone{maria, pedro, rosa, desk} {
		w.fails[p] = &gateway.Failure{Code: "connect", Remedy: gateway.Retry}
	}
	w.text(juan, "ALERTA")
	w.says(juan, "CANCELAR 4821", "Nadie habia sido avisado")
	clear(w.fails)
	w.pass(time.Hour)
	w.nothing(maria, pedro, rosa, desk)
}

func TestWrongPINsLock(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	clear(w.inbox)
	for range 4 {
		w.says(juan, "CANCELAR 0000", "no es correcto")
	}
	w.says(juan, "CANCELAR 0000", "Espere 15 minutos")
	w.says(juan, "CANCELAR 4821", "Espere")
	w.nothing(maria)
	w.says(juan, "ALERTA siguen aqui", "Lo agregamos")
	w.pass(16 * time.Minute)
	w.says(juan, "CANCELAR 4821", "termino")
}

func TestDuress(t *testing.T) {
	w := newWorld(t)
	ref := w.ref(w.text(juan, "ALERTA"))
	clear(w.inbox)
	real := newWorld(t)
	realRef := real.ref(real.text(juan, "ALERTA"))
	forced, free := w.text(juan, "CANCELAR 9917"), real.text(juan, "CANCELAR 4821")
	if strings.ReplaceAll(forced, ref, "") != strings.ReplaceAll(free, realRef, "") {
		t.Errorf("the duress PIN is answered %q, the real one %q", forced, free)
	}
	w.nothing(maria, pedro, rosa, juan)
	w.hears(desk, "#"+ref, "sigue ABIERTA")
	w.says(juan, "ESTADO", "No hay alerta")
	w.says(maria, "1", "Gracias")
	w.nothing(juan)
	if again := w.text(juan, "CANCELAR 9917"); again != forced {
		t.Errorf("the duress PIN again is answered %q", again)
	}
	if w.ref(w.says(juan, "ALERTA", "Recibimos su ALERTA")) == ref {
		t.Error("ALERTA after duress does not look new")
	}
	w.hears(maria, "ALERTA")
	w.says(juan, "CANCELAR 4821", "termino")
	w.hears(maria, "#"+ref, "termino")
}

func TestFromABorrowedPhone(t *testing.T) {
	w := newWorld(t)
	answer := w.says(other, "ALERTA 312 555 0101 4821 estoy en el condado", "Recibimos su ALERTA", "al Consulado en Chicago")
	ref := w.ref(answer)
	w.hears(maria, "Juan P.", "estoy en el condado")
	w.says(maria, "SI", "Gracias")
	w.nothing(other, juan)
	w.says(other, "BIEN 4821", "#"+ref, "termino")
	w.hears(maria, "termino")

	code := string(w.codeOf(juan))
	w.says(other, "alerta "+code+" 4821", "Recibimos su ALERTA")
	w.hears(maria, "Juan P.")
}

func TestFromABorrowedPhoneWithAWrongPIN(t *testing.T) {
	w := newWorld(t)
	w.says(other, "ALERTA 3125550101 0000 ayuda", "no conocemos este telefono", "#")
	w.nothing(maria, pedro, rosa, desk, juan)
	w.says(other, "ALERTA otra vez", "agregado")
	w.nothing(maria, pedro, rosa, desk, juan)
}

func TestNoAlertEndsInNothing(t *testing.T) {
	w := newWorld(t)
	w.says(other, "ALERTA me llevan", "no conocemos este telefono", "ALERTA, su numero y su PIN", "312-555-0100")
	for range 30 {
		w.says(other, "ALERTA", "#")
	}
	w.says("22000", "ALERTA", "#") // a short code, which is never answered otherwise
	w.silent("22000", "hola")
}

func TestContactRaisesForTheirPerson(t *testing.T) {
	w := newWorld(t)
	w.says(maria, "ALERTA se llevaron a Juan", "Recibimos su ALERTA", "a 2 contactos")
	w.hears(rosa, "Juan P.")
	w.hears(desk, "Juan Perez Lopez", "se llevaron a Juan")
	w.nothing(maria, juan)
	w.says(rosa, "1", "Gracias")
	w.hears(maria, "Rosa CONFIRMO")
}

func TestContactOfSeveralIsAskedForWhom(t *testing.T) {
	w := newWorld(t)
	p := w.juan()
	p.Phone, p.Name = other, "Ana Ruiz"
	w.register(p)
	w.says(maria, "ALERTA la migra esta aqui", "Por quien", "1 ", "2 ")
	w.nothing(rosa)
	w.says(maria, "Ana", "Recibimos su ALERTA")
	w.hears(rosa, "Ana R.")
	w.hears(desk, "Ana Ruiz", "la migra esta aqui")
}

func TestContactsAnswerLikePeople(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	clear(w.inbox)
	w.says(maria, "quien es?", "Una persona vera su mensaje")
	w.silent(maria, "por que?")
	w.silent(maria, "NO")
	w.says(maria, "si gracias", "Gracias")
	w.hears(juan, "Maria CONFIRMO")
	w.says(pedro, "1", "Gracias")
	w.hears(juan, "Pedro CONFIRMO")
	w.says(pedro, "RECIBIDO", "Ya lo anotamos")
}

func TestStopNeverClosesAnAlert(t *testing.T) {
	w := newWorld(t)
	ref := w.ref(w.text(juan, "ALERTA"))
	clear(w.inbox)
	w.says(juan, "CANCEL", "no recibira mas mensajes")
	w.silent(juan, "STOP")
	w.nothing(maria)
	w.says(maria, "1", "Gracias")
	w.nothing(juan) // who wants no texts
	w.says(juan, "ESTADO", "#"+ref)
	w.says(juan, "START", "otra vez")
	w.says(rosa, "alto", "no recibira mas mensajes")
	w.hears(juan, "Rosa ya no recibe")
	w.says(juan, "BIEN 4821", "termino")
	w.hears(maria, "termino")
	w.nothing(rosa)
}

func TestDeskReports(t *testing.T) {
	w := newWorld(t)
	ref := w.ref(w.text(juan, "ALERTA"))
	clear(w.inbox)
	w.says(desk, "LOCALIZADO "+ref+": esta bien, en Broadview", "Anotado")
	w.hears(maria, "Consulado en Chicago", "esta bien, en Broadview", "Juan P.")
	w.hears(juan, "esta bien, en Broadview")
	w.hears(rosa, "aviso", "hay noticias de Juan P.: llame") // vague: neither words nor who
	w.nothing(pedro, rosa)                                   // who has not answered gets the one text
	w.says(desk, "RECIBIDO 999999", "No hay alerta abierta")
}

// A desk closes its own part and no more: the alert goes on with the family. It
// gives a reason, and news has words, asked for where they are missing.
func TestDeskClosesItsPart(t *testing.T) {
	const part = "El consulado cerro su parte. Seguimos con la familia."
	w := newWorld(t)
	ref := w.ref(w.text(juan, "ALERTA"))
	clear(w.inbox)
	for _, empty := range []string{"LOCALIZADO " + ref, "localizado " + ref + " ...", "LOCALIZADO " + ref + " gracias", "LOCALIZADO #" + ref + " 🙏"} {
		w.says(desk, empty, "#"+ref, "que sabe?")
		w.says(desk, "RECIBIDO "+ref, "Ya lo anotamos") // is no answer to that
	}
	w.hears(juan, "Consulado en Chicago CONFIRMO")
	w.nothing(juan, maria, rosa)
	w.says(desk, "no aparece en Broadview, esta en Kenosha", "Anotado")
	w.hears(maria, "Consulado en Chicago sabe de Juan P.", "Kenosha")
	w.hears(rosa, "hay noticias de Juan P.: llame")
	w.hears(juan, "Kenosha")

	w.says(desk, "CERRAR "+ref, "#"+ref, "por que cierra?")
	w.nothing(juan, maria, rosa)
	w.says(desk, "es de otra circunscripcion", "#"+ref, part)
	w.hears(maria, "ALERTA #"+ref+" de Juan P.", part, "otra circunscripcion")
	w.hears(juan, part)
	if text := w.hears(rosa, "aviso #"+ref, "hay noticias de Juan P.: llame"); strings.Contains(text, "consulado") || strings.Contains(text, "circunscripcion") {
		t.Errorf("a vague wording tells what it is about: %s", text)
	}
	w.says(desk, "cerrar "+ref+" ya salio", part) // again: nobody is told twice
	w.nothing(juan, maria, rosa, pedro)
	w.says(juan, "ESTADO", "#"+ref, "abierta")
	w.says(juan, "ALERTA siguen aqui", "Lo agregamos")
	w.hears(maria, "siguen aqui")
	w.pass(time.Hour)
	w.nothing(desk)
	w.rings(desk, 0)
	w.says(maria, "1", "Gracias")
	w.says(juan, "BIEN 4821", "termino")
	w.nothing(desk)
}

func TestOneRaisesOnlyWhereNothingWasAsked(t *testing.T) {
	w := newWorld(t)
	w.says(other, "1", "No entendimos") // not registered
	w.says(juan, "1", "Recibimos su ALERTA")
	w.text(juan, "BIEN 4821")
	p := w.juan()
	p.Phone = maria
	p.Contacts = p.Contacts[1:]
	w.register(p)
	if answer := w.text(maria, "1"); strings.Contains(answer, "Recibimos") {
		t.Errorf("1 from somebody who was told a day ago raises: %s", answer)
	}
}

func TestFailuresBecomeATaskAndAWordToThePerson(t *testing.T) {
	w := newWorld(t)
	w.fails[maria] = &gateway.Failure{Code: "21211", Remedy: gateway.Never}
	ref := w.ref(w.text(juan, "ALERTA"))
	w.hears(juan, "#"+ref, "no pudimos avisar a Maria")
}

func TestUnansweredContactIsToldTwiceAMonthAtMost(t *testing.T) {
	w := newWorld(t)
	for range 2 {
		w.text(juan, "ALERTA")
		w.hears(pedro, "ALERTA")
		w.text(juan, "BIEN 4821")
		w.hears(pedro, "termino")
	}
	w.says(juan, "ALERTA", "a 2 contactos")
	w.nothing(pedro)
	w.text(juan, "BIEN 4821")
	w.pass(31 * 24 * time.Hour)
	w.says(juan, "ALERTA", "a 3 contactos")
	w.hears(pedro, "ALERTA")
}

// codeOf is the personal code of a person, as DATOS shows it.
func (w *world) codeOf(phone gateway.Phone) gateway.Code {
	w.Helper()
	data := w.says(phone, "DATOS 4821", "codigo")
	_, after, _ := strings.Cut(data, "codigo ")
	code, ok := gateway.ParseCode(after[:9])
	if !ok {
		w.Fatalf("no code in %q", data)
	}
	return code
}
