package service_test

import (
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// Of a consulate only those hear in their alert who consented to consular
// notice, as the phone is shown them. DERECHOS leaves it to everybody.
func TestOnlyWhoConsentedIsSentToTheConsulate(t *testing.T) {
	for name, c := range map[string]struct {
		consented bool
		forced    string // with the duress PIN, before
		want      bool
	}{
		"yes":            {true, "", true},
		"no":             {false, "", false},
		"forced to no":   {true, "CONSULADO NO 9917", false},
		"forced to yes":  {false, "CONSULADO SI 9917", true},
		"yes, said once": {false, "CONSULADO SI 4821", true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			p := w.view(gateway.Scope{Phone: juan}).Own
			p.ConsularNotice.Given = c.consented
			w.register(*p)
			if c.forced != "" {
				w.text(juan, c.forced)
			}
			said := []string{w.text(juan, "ALERTA")}
			w.pass(61 * time.Second) // the same words sooner are the same text
			said = append(said, w.says(juan, "ALERTA", "Guarde silencio", "No firme nada sin abogado"))
			w.says(maria, "1", "Gracias")
			said = append(said, w.hears(juan, "CONFIRMO", "Guarde silencio", "No firme nada sin abogado"))
			advised := 0
			for _, text := range said {
				if strings.Contains(text, "Pida llamar a su consulado") {
					advised++
				}
				if !c.want && strings.Contains(strings.ToLower(text), "consulado") {
					t.Errorf("speaks of the consulate: %s", text)
				}
			}
			if c.want && advised != 2 {
				t.Errorf("advised %d times, want twice: %q", advised, said)
			}
			w.says(juan, "DERECHOS", "Si quiere, pida llamar a su consulado", "No diga donde nacio", "Si teme volver a su pais, digalo",
				"Si entran, no se resista: diga NO DOY PERMISO")
		})
	}
}

// The first answer to a relative asks for children, and says what is still
// needed of them.
func TestFirstAnswerToARelative(t *testing.T) {
	const children, needed = "Hay ninos que recoger? Llame 312-555-0100", "Si ya leyo el aviso, responda 1"
	for name, c := range map[string]struct {
		from         gateway.Phone
		texts        []string
		want, spares []string // of the last answer
	}{
		"confirms":              {other, []string{"1"}, []string{"Anotamos", children}, []string{needed}},
		"writes":                {other, []string{"a donde se lo llevaron"}, []string{"Una persona vera su mensaje", children, needed}, nil},
		"confirms, then writes": {other, []string{"si", "a donde se lo llevaron"}, []string{"Una persona vera su mensaje", children}, []string{needed}},
		"asks":                  {other, []string{"ESTADO"}, []string{"sigue abierta", needed}, nil},
		"confirms, then asks":   {other, []string{"1", "ESTADO"}, []string{"sigue abierta"}, []string{needed}},
		"desk":                  {desk, []string{"a que hora fue eso?"}, []string{"Una persona vera su mensaje", "responda RECIBIDO "}, []string{"ninos"}},
		"desk, confirmed":       {desk, []string{"RECIBIDO", "mando al abogado"}, []string{"Con noticias: LOCALIZADO"}, []string{"ninos"}},
		"vague":                 {rosa, []string{"1"}, []string{"Anotamos"}, []string{"ninos"}},
		"vague, writes":         {rosa, []string{"que paso"}, []string{needed}, []string{"ninos"}},
		"unanswered, writes":    {pedro, []string{"que paso"}, []string{needed}, []string{"ninos"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			p := w.view(gateway.Scope{Phone: juan}).Own
			p.Contacts[0].Phone = other // in the US, as the number to call is written there
			w.register(*p)
			w.text(juan, "ALERTA")
			answer := ""
			for _, body := range c.texts {
				answer = w.text(c.from, body)
			}
			for _, want := range c.want {
				if !strings.Contains(answer, want) {
					t.Errorf("%q, want %q", answer, want)
				}
			}
			for _, spared := range c.spares {
				if strings.Contains(answer, spared) {
					t.Errorf("%q holds %q", answer, spared)
				}
			}
		})
	}
}

// What the family is told to do, in its order. Nobody without papers is sent
// to where somebody is held.
func TestWhatTheFamilyIsTold(t *testing.T) {
	const stay = "Sin papeles no vaya: mande a un ciudadano o abogado."
	w := newWorld(t)
	ref := "#" + w.ref(w.text(juan, "ALERTA"))
	w.text(maria, "1")
	clear(w.inbox)
	for _, words := range [][]string{
		{"con nombre y pais, o A-number y pais", "No aparecer los primeros 3 dias es normal"},
		{"que no firme nada sin abogado", "medicinas", stay},
		{"Pregunte hoy a un abogado por fianza o habeas"},
		{"busque otra vez en locator.ice.gov", stay},
	} {
		for len(w.inbox[maria]) == 0 && w.now.Before(time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)) {
			w.pass(time.Hour)
		}
		w.hears(maria, append(words, "Por Juan P. "+ref)...)
	}
	w.says(desk, "LOCALIZADO "+ref+" esta en Broadview", "Anotado")
	w.hears(maria, "esta en Broadview", stay)
	if text := w.hears(juan, "esta en Broadview"); strings.Contains(text, stay) {
		t.Errorf("the person is told not to go: %s", text)
	}
	w.hears(rosa, "hay noticias")
}
