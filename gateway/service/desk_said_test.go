package service_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

const (
	lucia gateway.Phone = "+13125550121" // registered, consents; her contact is Ofelia
	ofe   gateway.Phone = "+13125550122"
)

// twoAlerts is a desk that was told of Lucia's alert first and of Juan's then.
func twoAlerts(t *testing.T) (w *world, juans, lucias string) {
	w = newWorld(t)
	fresh := gateway.NewFresh(w.now, rand.Reader)
	w.register(gateway.Profile{
		ID: fresh.ID(), Phone: lucia, Code: fresh.Code(), Name: "Lucia Gomez Ruiz", Language: "es", ZIP: "60608", Registered: w.now,
		ConsularNotice: gateway.Consent{Given: true, At: w.now, Channel: "paper"},
		Contacts:       []gateway.Contact{{ID: fresh.ID(), Phone: ofe, Name: "Ofelia", Standing: gateway.StandingAccepted}},
	})
	lucias = w.ref(w.text(lucia, "ALERTA"))
	juans = w.ref(w.text(juan, "ALERTA"))
	clear(w.inbox)
	return w, juans, lucias
}

// What a desk writes in its own order and with its own courtesy is done to the
// alerts that it names, and to no others. J and L stand for their numbers.
func TestDeskSaysInItsOwnWords(t *testing.T) {
	const confirmed, found, closed = "Consulado en Chicago CONFIRMO", "Consulado en Chicago sabe de", "cerro su parte"
	for text, want := range map[string]struct{ juan, maria, lucia, ofelia string }{
		"Con gusto, acusamos de recibido su aviso J. Quedamos a sus ordenes.":    {juan: confirmed},
		"alerta L recibida por la guardia":                                       {lucia: confirmed},
		"enterados de ambas, L y J, gracias":                                     {juan: confirmed, lucia: confirmed},
		"quedamos enterados de lo del senor Perez":                               {juan: confirmed},
		"Recibido. Lic. Gomez, en turno":                                         {juan: confirmed, lucia: confirmed},
		"al joven Juan lo tenemos ubicado en Jerome, Idaho":                      {maria: found + " Juan P.: al joven Juan lo tenemos ubicado en Jerome, Idaho"},
		"J: detenido en Otero y L: detenida en Winn":                             {maria: "Otero", ofelia: "Winn"},
		"Localizados J y L en Port Isabel":                                       {maria: "Port Isabel", ofelia: "Port Isabel"},
		"recibido L. J localizado en Bluebonnet":                                 {maria: "Bluebonnet", lucia: confirmed},
		"favor de cerrar los casos J y L, se reunieron con su familia":           {maria: closed, ofelia: closed},
		"se da por concluido L, se le otorgo fianza":                             {ofelia: "se le otorgo fianza"},
		"L dar de baja, es ciudadana guatemalteca":                               {ofelia: closed},
		"J ya salio libre con fianza":                                            {maria: found},
		"Recibido J. Tienen su segundo apellido?":                                {juan: confirmed},
		"RECIBIDO J, ya lo ubicamos en Farmville":                                {maria: "Farmville"},
		"CERRAR J localizado por su familia":                                     {maria: closed},
		"J localizado en Krome, L todavia no la encontramos":                     {},
		"recibido J, L cerrado":                                                  {},
		"cerramos J si la familia esta de acuerdo":                               {},
		"hasta que salga no se cierra J":                                         {},
		"ya cerraron el J?":                                                      {},
		"CERRAR J?":                                                              {},
		"CERRAR J cuando confirme la familia":                                    {},
		"no hemos podido ubicar a J":                                             {},
		"J fallecio anoche en Broadview":                                         {},
		"hoy cerramos temprano":                                                  {},
		"el consul esta en la oficina de Aurora":                                 {},
		"en un momento le confirmo lo de J":                                      {},
		"Gracias por llamar al Consulado. Este buzon no es monitoreado. Folio J": {},
	} {
		t.Run(text, func(t *testing.T) {
			w, juans, lucias := twoAlerts(t)
			w.text(desk, strings.NewReplacer("J ", juans+" ", "J:", juans+":", "J,", juans+",", "J.", juans+".", "J?", juans+"?", "L ", lucias+" ", "L,", lucias+",", "L:", lucias+":", "L.", lucias+".").Replace(
				strings.TrimSpace(strings.ReplaceAll(text+" ", " J ", " "+juans+" "))))
			for phone, words := range map[gateway.Phone]string{juan: want.juan, maria: want.maria, lucia: want.lucia, ofe: want.ofelia} {
				heard := strings.Join(w.inbox[phone], " / ")
				switch {
				case words != "" && !strings.Contains(heard, words):
					t.Errorf("%s hears %q, nothing of %q", phone, heard, words)
				case words == "" && (phone == maria || phone == ofe) && heard != "",
					words == "" && strings.Contains(heard, "CONFIRMO") && want.maria+want.ofelia == "":
					t.Errorf("%s hears %q", phone, heard)
				}
			}
		})
	}
}

// A desk that names no alert while two are open is asked which, and answers with
// a number or a name alone. A question of its own, and a number that is none,
// are no answer.
func TestDeskIsAskedWhich(t *testing.T) {
	w, juans, lucias := twoAlerts(t)
	w.says(desk, "ya quedo ubicada en Karnes", "De cual alerta?", juans+" Juan P.", lucias+" Lucia G.")
	w.nothing(maria, ofe, juan, lucia)
	w.says(desk, "hay telefono de la familia?", "Una persona vera")
	w.says(desk, "999999", "No hay alerta abierta")
	w.says(desk, "ya quedo ubicada en Karnes", "De cual alerta?")
	w.says(desk, "la de "+lucias+" por favor", "Anotado", "#"+lucias)
	w.hears(ofe, "ya quedo ubicada en Karnes")
	w.nothing(maria)
	w.says(desk, "se cierra, ya esta con su familia", "De cual alerta?")
	w.says(desk, "la senora Gomez", "#"+lucias, "cerro su parte")
	w.hears(ofe, "ya esta con su familia")
	w.nothing(maria)

	// Of the two one is left; what was said just now may still be about the other.
	w.says(desk, "localizado en Eloy", "De cual alerta?")
	w.says(desk, juans, "Anotado")
	w.hears(maria, "Eloy")
	w.says(desk, "cerramos "+juans+" y "+lucias, "#"+juans+" #"+lucias, "por que cierra?")
	w.says(desk, "deportados por Nogales", "cerro su parte")
	w.hears(maria, "deportados por Nogales")
	w.nothing(ofe) // whose part was closed before
}

// With one alert told in three days a desk need not name it.
func TestDeskNeedNotNameTheOnlyAlert(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.text(juan, "BIEN 4821")
	w.pass(4 * 24 * time.Hour)
	ref := w.ref(w.text(juan, "ALERTA"))
	clear(w.inbox)
	w.says(desk, "lo tenemos localizado en Baldwin, Michigan", "Anotado", "#"+ref)
	w.hears(maria, "Baldwin, Michigan")
	w.says(desk, "5 horas de visita el sabado", "Una persona vera")
	w.nothing(maria)
}

// Asked which alert it closes, a desk answers with the number and the reason in one
// text: that part is closed, with the reason.
func TestDeskSaysWhichAndWhyInOneText(t *testing.T) {
	for _, reason := range []string{"%s liberado esta manana", "la %s salio con fianza", "%s ya fue deportado por Tijuana"} {
		w, juans, _ := twoAlerts(t)
		w.says(desk, "cerrar", "De cual alerta?")
		w.says(desk, fmt.Sprintf(reason, juans), "#"+juans, "cerro su parte")
		w.hears(maria, "cerro", strings.Fields(reason)[len(strings.Fields(reason))-1])
		w.nothing(ofe)
	}
}
