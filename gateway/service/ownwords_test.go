package service_test

import (
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// A contact who was told of an alert says in their own words that they have
// read it, and what they know: it is confirmed, and more than that is put
// before an agent.
func TestContactsConfirmInTheirOwnWords(t *testing.T) {
	for text, agent := range map[string]bool{
		"ya quedamos enterados aca en el pueblo": false,
		"Resivido señorita":                      false,
		"ay dios mio mi muchacho":                false,
		"ahorita salimos para alla":              false,
		"👌":                                      false,
		"ok ya le avise a su mama":               false,
		"si ya me llego el mensaje, el toma pastillas para la presion diganles": true,
		"lo tienen en la carcel del condado me llamo hace rato":                 true,
	} {
		t.Run(text, func(t *testing.T) {
			w := newWorld(t)
			w.text(juan, "ALERTA")
			w.says(maria, text, "Gracias")
			w.hears(juan, "CONFIRMO")
			if got := len(w.tasks(gateway.TaskAnswer)) > 0; got != agent {
				t.Errorf("put before an agent: %v, want %v", got, agent)
			}
		})
	}
}

// What shows that nobody there read it for Juan's sake confirms nothing.
func TestOwnWordsThatConfirmNothing(t *testing.T) {
	for _, text := range []string{
		"no conozco a ese señor, este numero es de la fonda",
		"quien le dio mi telefono?",
		"a mi no me metan en problemas",
		"si pero este no es el numero de maria",
		"Tu codigo de seguridad es 771204",
		"que le paso a mi hijo",
		"Estoy manejando, luego te contesto",
		"qwz xkrt",
	} {
		t.Run(text, func(t *testing.T) {
			w := newWorld(t)
			w.text(juan, "ALERTA")
			w.text(maria, text)
			w.nothing(juan)
		})
	}
}

// Somebody who was asked to be a contact says so in their own words.
func TestInvitedInTheirOwnWords(t *testing.T) {
	for text, want := range map[string]gateway.Standing{
		"claro que si es mi compadre":            gateway.StandingAccepted,
		"simon, cuente conmigo":                  gateway.StandingAccepted,
		"sii con mucho gusto":                    gateway.StandingAccepted,
		"mejor no, yo tampoco tengo papeles":     gateway.StandingRefused,
		"no quiero problemas":                    gateway.StandingRefused,
		"no conozco a ningun Juan":               gateway.StandingWrong,
		"si lo veo le digo":                      gateway.StandingUnanswered,
		"y si digo que si me cobran?":            gateway.StandingUnanswered,
		"quien es usted":                         gateway.StandingUnanswered,
		"ya agarraron a su primo en el trabajo":  gateway.StandingUnanswered,
		"Su pedido esta listo. Responda SI o NO": gateway.StandingUnanswered,
	} {
		t.Run(text, func(t *testing.T) {
			w := newWorld(t)
			w.invited()
			w.text(pedro, text)
			if got := w.view(gateway.Scope{Phone: juan}).Own.Contact(pedro).Standing; got != want {
				t.Errorf("stands as %v, want %v", got, want)
			}
		})
	}
}

// "No more texts" in other words than the carriers' stops them, and what only
// sounds like it does not.
func TestStopInOwnWords(t *testing.T) {
	for text, want := range map[string]bool{
		"stop gracias":                       true,
		"ya no me manden mensajes por favor": true,
		"quiero darme de baja":               true,
		"alto ahi viene la migra":            false,
		"no dejen de avisarme":               false,
		"ya pare en la gasolinera":           false,
	} {
		t.Run(text, func(t *testing.T) {
			w := newWorld(t)
			answer := w.text(juan, text)
			if got := strings.Contains(answer, "no recibira mas"); got != want {
				t.Errorf("answered %q", answer)
			}
		})
	}
}

// A desk reports in any order and with any courtesy.
func TestDesksInTheirOwnWords(t *testing.T) {
	for text, want := range map[string]string{
		"Buenas tardes, #REF recibido. Gracias":               "CONFIRMO",
		"enterados REF, damos seguimiento":                    "CONFIRMO",
		"REF lo localizamos en McFarland, esta bien de salud": "McFarland",
		"localizada en Otay Mesa REF":                         "Otay Mesa",
		"REF concluido, ya fue repatriado por Nogales":        "cerro su parte",
	} {
		t.Run(text, func(t *testing.T) {
			w := newWorld(t)
			ref := strings.TrimPrefix(w.ref(w.text(juan, "ALERTA")), "#")
			w.says(maria, "1", "Gracias")
			w.hears(juan, "CONFIRMO")
			w.text(desk, strings.ReplaceAll(text, "REF", ref))
			if want == "CONFIRMO" {
				w.hears(juan, want)
				return
			}
			w.hears(maria, want)
		})
	}
}

// In the middle of a registration a cry is no name, and the message for a contact
// that speaks of the migra is no cry.
func TestCriesInARegistration(t *testing.T) {
	w := newWorld(t)
	w.says(other, "REGISTRO", "nombre")
	w.says(other, "soy Ana ya me lleva la migra ayuda", "#")
	if got := len(w.tasks(gateway.TaskUnknownPhone)); got != 1 {
		t.Errorf("%d tasks of a phone that cries, want 1", got)
	}

	w = newWorld(t)
	for _, step := range []string{"REGISTRO", "Ana Lopez", "60608", "+1 312 555 0161 Lucia", "LISTO", "7301", "SI"} {
		w.text("+13125550160", step)
	}
	w.pass(time.Minute)
	w.says("+13125550160", "NO", "Lucia")
	w.says("+13125550160", "si me lleva la migra recoge a los ninos", "")
	w.pass(10 * time.Minute)
	for _, text := range w.inbox["+13125550161"] {
		if strings.Contains(text, "ALERTA #") {
			t.Errorf("a message was raised: %s", text)
		}
	}
}
