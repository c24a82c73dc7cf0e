package service_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"aviso/gateway"
)

// What somebody puts right in the middle of a registration is put right and read
// back, and the step goes on; it is never a contact of that name.
func TestRegistrationIsPutRight(t *testing.T) {
	for _, c := range []struct {
		step  string
		texts []string // each with what its answer holds behind a bar
		kept  string   // name, ZIP, contacts
	}{
		{"zip", []string{"perdon, es Anita Ruiz|nombre Anita Ruiz|ZIP"}, "Anita Ruiz 60608 [+13125550130 Lucia]"},
		{"zip", []string{"ay me equivoque es Ana Ruis|nombre Ana Ruis|ZIP"}, "Ana Ruis 60608 [+13125550130 Lucia]"},
		{"zip", []string{"no, me llamo Eulalia Poot|nombre Eulalia Poot|ZIP"}, "Eulalia Poot 60608 [+13125550130 Lucia]"},
		{"zip", []string{"sorry my name is Eulalia Poot|nombre Eulalia Poot"}, "Eulalia Poot 60608 [+13125550130 Lucia]"},
		{"zip", []string{"mi apellido esta mal|su nombre y apellido", "Ana Poot|ZIP"}, "Ana Poot 60608 [+13125550130 Lucia]"},
		{"contact", []string{"disculpe mi zip esta mal, es 60629|ZIP 60629|telefono y nombre"}, "Ana Ruiz 60629 [+13125550130 Lucia]"},
		{"contact", []string{"perdon 60632|ZIP 60632|telefono y nombre"}, "Ana Ruiz 60632 [+13125550130 Lucia]"},
		{"contact", []string{"ZIP 60632|ZIP 60632"}, "Ana Ruiz 60632 [+13125550130 Lucia]"},
		{"contact", []string{"el zip no es|Escriba el ZIP", "60632|telefono y nombre"}, "Ana Ruiz 60632 [+13125550130 Lucia]"},
		{"contact", []string{"mi nombre es Ana Poot, lo puse mal|nombre Ana Poot"}, "Ana Poot 60608 [+13125550130 Lucia]"},
		{"contact", []string{"NOMBRE Ana Poot|nombre Ana Poot"}, "Ana Poot 60608 [+13125550130 Lucia]"},
		{"next", []string{"quita el ultimo|Quitamos Lucia|telefono y nombre", "+1 312 555 0131 Beto|Beto"}, "Ana Ruiz 60608 [+13125550131 Beto]"},
		{"next", []string{"ese contacto no|Quitamos Lucia", "+1 312 555 0131 Beto|Beto"}, "Ana Ruiz 60608 [+13125550131 Beto]"},
		{"next", []string{"+1 312 555 0131 mi suegra|Mi Suegra", "mejor borren a mi suegra|Quitamos Mi Suegra|LISTO"}, "Ana Ruiz 60608 [+13125550130 Lucia]"},
		{"next", []string{"+1 312 555 0131 Beto|Beto", "QUITAR Lucia|Quitamos Lucia"}, "Ana Ruiz 60608 [+13125550131 Beto]"},
		{"next", []string{"+1 312 555 0131 Beto|Beto", "a lucia no la pongan|Quitamos Lucia"}, "Ana Ruiz 60608 [+13125550131 Beto]"},
		{"next", []string{"+1 312 555 0131 Beto|Beto", "delete the last one|Quitamos Beto"}, "Ana Ruiz 60608 [+13125550130 Lucia]"},
		{"next", []string{"quita a Ramona|A quien quitamos|Lucia"}, "Ana Ruiz 60608 [+13125550130 Lucia]"},
		{"next", []string{"el numero de Lucia esta mal es +1 312 555 0139|Lucia 312-555-0139"}, "Ana Ruiz 60608 [+13125550139 Lucia]"},
		{"next", []string{"perdon, +1 312 555 0139|Lucia 312-555-0139"}, "Ana Ruiz 60608 [+13125550139 Lucia]"},
		{"next", []string{"perdon es Luciana|Luciana 312-555-0130"}, "Ana Ruiz 60608 [+13125550130 Luciana]"},
		{"next", []string{"perdon otro: +1 312 555 0139 Beto|Beto"}, "Ana Ruiz 60608 [+13125550130 Lucia +13125550139 Beto]"},
		{"pin", []string{"ese numero no, es +1 312 555 0139|Lucia 312-555-0139|PIN"}, "Ana Ruiz 60608 [+13125550139 Lucia]"},
		{"pin", []string{"me equivoque de nombre, es Ana Poot|nombre Ana Poot|PIN"}, "Ana Poot 60608 [+13125550130 Lucia]"},
		{"pin", []string{"quiten a Lucia|Quitamos Lucia|telefono y nombre", "+1 312 555 0131 Beto|Beto", "LISTO|PIN"}, "Ana Ruiz 60608 [+13125550131 Beto]"},
		{"consent", []string{"corrijan el zip, es 60629|ZIP 60629|consulado"}, "Ana Ruiz 60629 [+13125550130 Lucia]"},
		{"consent", []string{"el pin esta mal, es 8264|PIN|consulado"}, "Ana Ruiz 60608 [+13125550130 Lucia]"},
		{"consent", []string{"quiero cambiar el pin|Escoja un PIN", "8264|consulado"}, "Ana Ruiz 60608 [+13125550130 Lucia]"},
		// And what puts nothing right.
		{"zip", []string{"perdon, Houston|ZIP"}, "Ana Ruiz 60608 [+13125550130 Lucia]"},
		{"pin", []string{"perdon, 8264|consulado"}, "Ana Ruiz 60608 [+13125550130 Lucia]"},
	} {
		w := newWorld(t)
		w.upTo(c.step)
		for _, text := range c.texts {
			parts := strings.Split(text, "|")
			w.says(ana, parts[0], parts[1:]...)
		}
		for range 9 { // and plainly to the end
			q := w.view(gateway.Scope{Phone: ana}).Conversation.Question
			if q == nil || q.Draft == nil {
				break
			}
			switch step := q.Args["step"]; {
			case step == gateway.StepZIP:
				w.text(ana, "60608")
			case step == gateway.StepContact && len(q.Draft.Contacts) == 0:
				w.text(ana, "+1 312-555-0130 Lucia")
			case step == gateway.StepContact:
				w.text(ana, "LISTO")
			case step == gateway.StepPIN:
				w.text(ana, "7351")
			case step == gateway.StepConsent:
				w.text(ana, "NO")
			}
		}
		p := w.view(gateway.Scope{Phone: ana}).Own
		if p == nil {
			t.Errorf("%s %q: nobody is registered", c.step, c.texts)
			continue
		}
		var contacts []string
		for i := range p.Contacts {
			contacts = append(contacts, string(p.Contacts[i].Phone)+" "+p.Contacts[i].Name)
		}
		if kept := p.Name + " " + p.ZIP + " [" + strings.Join(contacts, " ") + "]"; kept != c.kept {
			t.Errorf("%s %q: kept %s, want %s", c.step, c.texts, kept, c.kept)
		}
	}
}

// A PIN that is put right holds, and stands nowhere.
func TestPINIsPutRight(t *testing.T) {
	w := newWorld(t)
	r := &recorder{Store: w.service.Store}
	w.service.Store = r
	w.upTo("consent")
	w.says(ana, "me equivoque de pin, es 1234", "cualquiera lo adivina")
	w.says(ana, "8264", "consulado")
	w.says(ana, "perdon mi pin es 9275", "Corregido: PIN", "SI o NO")
	b, err := json.Marshal(w.view(gateway.Scope{Phone: ana}).Conversation)
	if err != nil || strings.Contains(string(b), "9275") || strings.Contains(r.kept.String(), "9275") {
		t.Errorf("the PIN stands in the conversation or in what is kept (%v)", err)
	}
	w.says(ana, "NO", "Su codigo")
	w.says(ana, "DATOS 8264", "no es correcto")
	w.says(ana, "DATOS 9275", "Ana Ruiz")
}

// A number and whose it is come in two texts, in either order.
func TestNumberAndNameInTwoTexts(t *testing.T) {
	for _, c := range []struct{ texts, want []string }{
		{[]string{"+1 312 555 0131", "es mi cuñada Petra"}, []string{"+13125550131 Petra"}},
		{[]string{"+1 312 555 0131", "Citlali"}, []string{"+13125550131 Citlali"}},
		{[]string{"312 555 0131", "se llama Citlali", "1"}, []string{"+13125550131 Citlali"}},
		{[]string{"mi cuñada Petra", "+1 312 555 0131"}, []string{"+13125550131 Petra"}},
		{[]string{"Rosalia", "312 555 0131", "1"}, []string{"+13125550131 Rosalia"}},
		{[]string{"mi comadre", "+1 312 555 0131"}, []string{"+13125550131 Mi Comadre"}},
		{[]string{"mi cuñada Petra", "+1 312 555 0131 Petra Noh"}, []string{"+13125550131 Petra Noh"}},
		{[]string{"+1 312 555 0131 Petra", "mi primo Hilario", "+1 312 555 0132"}, []string{"+13125550131 Petra", "+13125550132 Hilario"}},
		{[]string{"+1 312 555 0131 Petra", "ahorita te mando otro"}, []string{"+13125550131 Petra"}},
		{[]string{"+1 312 555 0131", "ya mero le digo"}, []string{"+13125550131"}},
	} {
		w := newWorld(t)
		w.upTo("contact")
		for _, text := range c.texts {
			w.text(ana, text)
		}
		for _, text := range []string{"LISTO", "7351", "NO"} {
			w.text(ana, text)
		}
		if got := w.contactsOf(ana); !slices.Equal(got, c.want) {
			t.Errorf("%q: contacts %q, want %q", c.texts, got, c.want)
		}
	}
	w := newWorld(t)
	w.upTo("contact")
	w.says(ana, "mi cuñada Petra", "el telefono de Petra")
}

// Whatever is not noted is named with the reason, and what to write.
func TestWhatIsNotNotedSaysWhy(t *testing.T) {
	for text, why := range map[string]string{
		"+1 312 555 0131 Beto y +1 900 555 0101 Linea": "No anotamos +1 900 555 0101 (es de pago o nuestro)",
		"+1 312 555 0131 Beto, +1 312 555 0120 yo":     "(es el suyo)",
		"+1 312 555 0131 Beto, +1 312 555 0131 Berta":  "(ya estaba)",
		"+1 312 555 0131 Beto, 312 555 01 Berta":       "(no son diez digitos)",
		"+1 312 555 0131 Beto, +1 829 555 2345 Berta":  "(no es de EEUU ni Mexico)",
	} {
		w := newWorld(t)
		w.upTo("contact")
		w.says(ana, text, "Anotado: Beto", why, "Escriba otro telefono y nombre, o LISTO")
	}
	// A country that nobody can tell, by command.
	w := newWorld(t)
	w.says(juan, "AGREGAR 951 501 5000 Berta 4821", "1 EEUU (California) 2 Mexico (Oaxaca)")
	w.says(juan, "pues no me acuerdo", "1 es EEUU (California), 2 es Mexico (Oaxaca)")
	w.says(juan, "sabe dios", "No anotamos Berta 951-501-5000", "pais", "AGREGAR", "Una persona le llamara")
	if n := w.taskKinds()[gateway.TaskRegistration]; n != 1 {
		t.Errorf("%d tasks", n)
	}
	if got := w.contactsOf(juan); len(got) != 3 {
		t.Errorf("contacts %q", got)
	}
}
