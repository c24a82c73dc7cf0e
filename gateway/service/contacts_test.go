package service_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// contactsOf are a person's contacts as "number name".
func (w *world) contactsOf(phone gateway.Phone) (list []string) {
	w.Helper()
	p, err := w.store.ProfileByPhone(w.Context(), phone)
	if err != nil || p == nil {
		w.Fatalf("%v, %v", p, err)
	}
	for _, c := range p.Contacts {
		list = append(list, strings.TrimSpace(string(c.Phone)+" "+c.Name))
	}
	return list
}

// Ten digits that both countries may have are asked about, with both places.
func TestCountryOfAContactIsAsked(t *testing.T) {
	w := newWorld(t)
	const ana gateway.Phone = "+13125550120"
	w.text(ana, "REGISTRO")
	w.text(ana, "Ana Ruiz")
	w.text(ana, "60608")
	w.says(ana, "951-501-5000 Abuela", "951-501-5000: 1 EEUU (California) 2 Mexico (Oaxaca)", "1 o 2")
	w.nothing("+19515015000", "+529515015000")
	w.says(ana, "LISTO", "951-501-5000 puede ser de dos lugares: 1 es EEUU (California), 2 es Mexico (Oaxaca)") // nobody is lost
	w.says(ana, "ESTADO", "No hay alerta")
	w.says(ana, "2", "Anotado: Abuela +52 951 501 5000 (Oaxaca, Mexico)")
	// By the place's name, and by the number again.
	w.says(ana, "Beto621.555.2345/", "621-555-2345: 1 EEUU (Texas) 2 Mexico (Chihuahua)")
	w.says(ana, "de Texas", "Anotado: Beto 621-555-2345 (Texas, EEUU)")
	w.says(ana, "Celia 8295552345", "829-555-2345: 1 Republica Dominicana 2 Mexico (Nuevo Leon)")
	w.says(ana, "1", "Solo podemos avisar a numeros de Estados Unidos y Mexico")
	w.says(ana, "+1 900 555 0101 Linea", "no puede ser contacto")
	w.says(ana, ourLine+" Ustedes", "no puede ser contacto")
	w.says(ana, "291-555-2345 Nadie", "No entendimos ese numero")
	w.says(ana, "Celia 829 555 2345", "1 Republica Dominicana 2 Mexico (Nuevo Leon)")
	w.says(ana, "dominicana", "Solo podemos avisar a numeros de Estados Unidos y Mexico")
	w.says(ana, "Celia 829 555 2345", "1 Republica Dominicana 2 Mexico (Nuevo Leon)")
	w.says(ana, "es 52 829 555 2345", "Anotado: Celia +52 829 555 2345 (Nuevo Leon, Mexico)")
	w.says(ana, "LISTO", "PIN")
	w.text(ana, "7351")
	w.says(ana, "NO", "Abuela", "Beto", "Celia")
	w.hears("+529515015000", "Ana R.", "Responda SI o NO")
	w.hears("+16215552345", "Ana R.", "Responda SI o NO")
	w.hears("+528295552345", "Ana R.", "Responda SI o NO")
	w.nothing("+19515015000", "+526215552345", "+18295552345")
	// AGREGAR asks as well, and a contact is removed by ten digits.
	w.says(ana, "QUITAR 951 501 5000 7351", "Quitamos a Abuela")
	w.pass(25 * time.Hour) // three new ones a day
	w.says(ana, "AGREGAR 661-555-2345 Eva 7351", "661-555-2345: 1 EEUU (California) 2 Mexico (Baja California)")
	w.says(ana, "es de baja california", "Anotado: Eva +52 661 555 2345 (Baja California, Mexico)")
	w.says(ana, "AGREGAR 661-555-2346 Eva 7351", "661-555-2346: 1 EEUU (California) 2 Mexico (Baja California)")
	w.says(ana, "California", "Anotado: Eva 661-555-2346 (California, EEUU)")
}

// Of several numbers in one text none is lost.
func TestSeveralContactsInOneText(t *testing.T) {
	w := newWorld(t)
	const ana gateway.Phone = "+13125550120"
	w.text(ana, "REGISTRO")
	w.text(ana, "Ana Ruiz")
	w.text(ana, "60608")
	w.says(ana, "9515015000 Abuela, 212-555-2345 Beto y 614 555 2345 Celia", "951-501-5000: 1 EEUU (California) 2 Mexico (Oaxaca)")
	w.says(ana, "2", "614-555-2345: 1 EEUU (Ohio) 2 Mexico (Chihuahua)")
	w.says(ana, "mexico", "Beto 212-555-2345 (Nueva York, EEUU)", "Abuela +52 951 501 5000 (Oaxaca, Mexico)", "Celia +52 614 555 2345 (Chihuahua, Mexico)", "LISTO")
	w.says(ana, "LISTO", "PIN")
	w.text(ana, "7351")
	w.says(ana, "NO", "Listo")
	want := []string{"+12125552345 Beto", "+529515015000 Abuela", "+526145552345 Celia"}
	if got := w.contactsOf(ana); !slices.Equal(got, want) {
		t.Errorf("contacts %q, want %q", got, want)
	}
	// By command, names in front; one that cannot be noted is named.
	w.says(juan, "AGREGAR Tia 33 1234 5600 prima 951 501 5001 Bob 416-555-2345 4821", "951-501-5001: 1 EEUU (California) 2 Mexico (Oaxaca)", "No anotamos 416-555-2345")
	w.hears("+523312345600", "Juan P.")
	w.says(juan, "california", "Tia +52 33 1234 5600 (Jalisco, Mexico)", "Prima 951-501-5001 (California, EEUU)", "No anotamos 416-555-2345")
	w.hears("+19515015001", "Juan P.")
	w.nothing("+529515015001", "+14165552345", "+524165552345")
}

// Whoever wants no texts is not asked again because their country had to be.
func TestCountryAskedOfSomebodyWhoStopped(t *testing.T) {
	w := newWorld(t)
	const stopped gateway.Phone = "+529515015000"
	w.text(stopped, "STOP")
	w.says(juan, "AGREGAR 951-501-5000 Abuela 4821", "1 EEUU (California) 2 Mexico (Oaxaca)")
	if answer := w.text(juan, "2"); strings.Contains(answer, "Anotado") {
		t.Errorf("a number that wants no texts is noted: %s", answer)
	}
	w.nothing(stopped)
}

// People with area codes that libraries lack are found on every way.
func TestAreaCodesThatLibrariesLack(t *testing.T) {
	w := newWorld(t)
	for i, phone := range []gateway.Phone{"+13575552345", "+14365552345", "+14835552345", "+18615552345", "+16795552345", "+522961234567", "+12385552345"} {
		p := w.juan()
		p.Phone = phone
		w.register(p)
		digits := string(phone[len(phone)-10:])
		from := gateway.Phone("+1312555030" + string(rune('0'+i)))
		w.says(from, "ALERTA "+digits[:3]+"-"+digits[3:6]+"-"+digits[6:]+" 4821", "#", "contactos")
		c := w.dials(from)
		c.press("2", "")
		s := w.ussd(gateway.Phone("+1312555040" + string(rune('0'+i))))
		s.reply("1", "codigo")
		s.reply(digits, "PIN")
		s.reply("4821", "#")
		w.says(phone, "BIEN 4821", "termino")
	}
}
