package service_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/prose"
)

// A reaction to a text of ours and a quotation of one do nothing, whoever sends
// them: no alert, no question, no word to anybody, no task, no answer.
func TestEchoesDoNothing(t *testing.T) {
	echoes := []string{
		"Loved “%s”", "Disliked “%s”", "Removed a heart from “%s”", "Reacted 😢 to “%s”", "Emphasised “%s”",
		"Le encantó «%s»", "A Maria Elena no le gustó “%s”", "Se rio de “%s”", "Reaccionó con 👍 a “%s”", "Quitó un corazón de \"%s\"", "Puso en duda “%s”",
		"❤️ to “%s”", "👍\u200b a “ %s ”", "🙏 para «%s»",
		"%s", "> %s", "Fwd: %s", "Reenviado:\n%s", "\"%s\"", "%s\n\nEnviado desde mi telefono",
		"Voy manejando, le contesto al llegar. Usted escribio: \"%s\"",
		"This number is not monitored. Original message: %s",
	}
	w := newWorld(t)
	var ours []string
	for _, text := range []string{"hola", "AYUDA", "DERECHOS", "ABOGADO", "ESTADO", "BIEN", "PRUEBA", "AGREGAR +1 312-555-0140 Luis 4821", "ya me agarro la migra", "no"} {
		ours = append(ours, w.text(juan, text))
	}
	ours = append(ours, w.text("+13125550120", "REGISTRO"), w.text("+13125550121", "ALERTA nos llevan"))
	w.hears(maria, "PRUEBA")
	ours = append(ours, w.text(juan, "ALERTA me llevan de la fabrica"))
	ours = append(ours, w.hears(maria, "Puede estar detenido"), w.hears(rosa, "Aviso"), w.hears(desk, "Puede estar en detencion"), w.hears("+13125550140", "contacto"))
	ours = append(ours, w.says(maria, "1", "Gracias"), w.hears(juan, "CONFIRMO"), w.says(desk, "RECIBIDO", "RECIBIDO"), w.says(juan, "BIEN 4821", "termino"))
	ours = append(ours, w.hears(maria, "termino"), w.says("+13125550122", "hola que tal", "REGISTRO"))

	for _, state := range []string{"nothing open", "an alert open", "a cry asked about"} {
		switch state {
		case "an alert open":
			w.text(juan, "ALERTA")
		case "a cry asked about":
			w.text(juan, "BIEN 4821")
			w.text(juan, "me lleva la migra")
		}
		clear(w.inbox)
		tasks, told := fmt.Sprint(w.taskKinds()), w.text(juan, "ESTADO")
		for i, text := range ours {
			for j, from := range []gateway.Phone{juan, maria, pedro, desk, other, "+13125550120"} {
				body := fmt.Sprintf(echoes[(5*i+j)%len(echoes)], text)
				w.silent(from, body)
			}
		}
		w.nothing(juan, maria, pedro, rosa, desk, other)
		if now := fmt.Sprint(w.taskKinds()); now != tasks {
			t.Errorf("%s: tasks %s, before %s", state, now, tasks)
		}
		if now := w.text(juan, "ESTADO"); now != told {
			t.Errorf("%s: %q, before %q", state, now, told)
		}
	}
	w.says("+13125550120", "Ana Ruiz", "ZIP") // the question is still open
	w.pass(4 * time.Minute)
	w.hears(maria, "me lleva la migra") // and so is the cry
}

// Other machines do nothing either, but that an alert word in what one says is
// asked about: silence then tells nobody.
func TestMachinesThatAnswer(t *testing.T) {
	for _, text := range []string{
		"I'm driving with Focus turned on. I'll see your message when I get where I'm going. Sent automatically", "Respuesta automatica: regreso el lunes",
		"Tu codigo de verificacion es 990211", "Lo siento, estoy ocupado. Te llamo luego", "Gracias por comunicarse con Taqueria Lupita, en un momento le atendemos",
		"Out of office until the 3rd", "(No estoy recibiendo notificaciones)",
	} {
		t.Run(text, func(t *testing.T) {
			w := newWorld(t)
			ref := w.ref(w.text(juan, "ALERTA"))
			clear(w.inbox)
			tasks := fmt.Sprint(w.taskKinds())
			for _, from := range []gateway.Phone{juan, maria, pedro, desk, other} {
				w.silent(from, text)
			}
			w.nothing(juan, maria, pedro, desk)
			if now := fmt.Sprint(w.taskKinds()); now != tasks {
				t.Errorf("tasks %s, before %s", now, tasks)
			}
			w.says(juan, "ESTADO", "#"+ref, "confirmaron 0")
		})
	}
	for _, text := range []string{
		"ALERTA AMBER: nino de 4 anos, Toyota gris", "Alerta de fraude: su cuenta fue bloqueada", "BANCO ALERTA: compra por $900",
		"Respuesta automatica: estoy fuera de la oficina. En caso de emergencia llame al 911", "NWS: flash flood EMERGENCY in this area",
	} {
		t.Run(text, func(t *testing.T) {
			w := newWorld(t)
			w.says(juan, text, "Es una ALERTA? Responda 1")
			if n := w.taskKinds()[gateway.TaskSignal]; n != 1 {
				t.Errorf("%d tasks, want 1", n)
			}
			w.pass(10 * time.Minute)
			w.nothing(maria, pedro, rosa, desk, juan)
			w.says(juan, "1", "Recibimos su ALERTA")

			w = newWorld(t) // somebody who cries behind it is heard
			w.text(juan, text)
			w.says(juan, "ayuda me llevan", "Recibimos")
			w.hears(maria, "me llevan")

			w = newWorld(t)
			if strings.HasPrefix(strings.ToUpper(text), "ALERTA") {
				w.says(other, text, "no conocemos este telefono")
			}
			w.nothing(maria)
		})
	}
}

// People who say what machines and we say are heard.
func TestPeopleAreNoMachines(t *testing.T) {
	for text, answer := range map[string]string{
		"ALERTA, su numero y su PIN":                               "Recibimos su ALERTA",
		"EMERGENCIA: responda ALERTA":                              "Recibimos su ALERTA",
		"ALERTA no responda este numero me llevan":                 "Recibimos su ALERTA",
		"RED X me agarro la migra":                                 "Es una ALERTA?",
		"RED X: auxilio, estan en la puerta":                       "Es una ALERTA?",
		"AYUDA me llevan! RED X: Su ALERTA #482137 termino.":       "Es una ALERTA?",
		"\"RED X: Su ALERTA #482137 termino.\" ALERTA otra vez":    "Recibimos su ALERTA",
		"estoy manejando ahora y me agarro la migra":               "Es una ALERTA?",
		"ESTADO\n> RED X: Recibimos su ALERTA #482137. Avisando a": "No hay alerta",
	} {
		w := newWorld(t)
		w.says(juan, text, answer)
	}
}

// Who writes like an office is heard where something was asked of them: what a
// text looks like only keeps silence from telling a family.
func TestFormalPeopleAreHeard(t *testing.T) {
	w := newWorld(t)
	ref := w.ref(w.text(juan, "ALERTA"))
	w.says(maria, "Recibida la alerta de Juan Perez. Atentamente, Profra. Norma Cota Ibarra", "Gracias")
	w.says(juan, "ESTADO", "confirmaron 1")
	w.text(desk, "Se tiene por recibida la alerta "+ref+". Depto. de Proteccion, turno matutino")
	w.says(juan, "ESTADO", "confirmaron 2")

	w = newWorld(t)
	w.says(juan, "ALERTA. Agentes federales ingresaron a la planta empacadora; 14 personas detenidas, Calle Main 1400, Dalton GA", "Recibimos su ALERTA")
	w = newWorld(t)
	w.says(juan, "ALERTA de emergencia, me detuvieron", "Recibimos su ALERTA")
	w = newWorld(t)
	w.says(juan, "Alerta de seguridad: entraron a mi casa", "Recibimos su ALERTA")
	w = newWorld(t)
	w.says(juan, "Kroger Recall Alert: romaine lettuce lot 0713 may contain E. coli. Call 800-555-0144", "Responda 1")
	w.pass(4 * time.Minute)
	w.nothing(maria)
}

// A bank's notice that calls itself an alert raises nothing, also as the answer
// to "Es una ALERTA?"; whoever speaks of themselves is no bank.
func TestNoticesOfChargesRaiseNothing(t *testing.T) {
	for text, raises := range map[string]bool{
		"Alerta Banorte: compra por $880.00 en OXXO. Si no la reconoce llame al 800-555-0140.": false,
		"ALERTA: cargo por 45.90 en su tarjeta terminacion 7781":                               false,
		"ALERTA me detuvieron en una compra por 20 dolares":                                    true,
	} {
		w := newWorld(t)
		w.text(juan, "por favor AYUDENME con esto")
		if answer := w.text(juan, text); strings.Contains(answer, "Recibimos su ALERTA") != raises {
			t.Errorf("%q is answered %q", text, answer)
		}
	}
}

// What is no plain yes makes nobody a contact.
func TestNoConsentInARefusal(t *testing.T) {
	for _, text := range []string{
		"does the government see my number if i say yes", "no compa no le entro a eso", "la verdad prefiero que no, mi marido se enoja",
		"No tengo el gusto de conocer al señor, ha de ser error", "si les digo que si que me van a pedir",
	} {
		for _, r := range []string{text, strings.ToUpper(text)} {
			words := prose.Read(r)
			if reading, rule := words.Invited(); reading == prose.Accepts {
				t.Errorf("%q accepts by %s", r, rule)
			}
		}
	}
	for _, text := range []string{"claro que si acepto", "si acepto con gusto", "si, cuenten conmigo", "yes i accept"} {
		words := prose.Read(text)
		if reading, rule := words.Invited(); reading != prose.Accepts {
			t.Errorf("%q is %s by %s", text, reading, rule)
		}
	}
}
