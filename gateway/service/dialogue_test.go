package service_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/ivr"
)

// call is a phone on the line: a test says what is pressed, and what is said.
type call struct {
	*world
	sid    string
	from   gateway.Phone
	to     string
	step   int
	medium ivr.Medium
	screen *gateway.Screen
}

// calls dials our line and hears the first words.
func (w *world) dials(from gateway.Phone, words ...string) *call {
	w.Helper()
	w.texts++
	c := &call{world: w, sid: fmt.Sprintf("CA%08d", w.texts), from: from, to: ourLine, medium: ivr.Call}
	c.press("", words...)
	return c
}

// press goes a step on, and checks what is said.
func (c *call) press(keys string, words ...string) {
	c.Helper()
	c.next(&gateway.Dialogue{Keys: keys}, words...)
}

// nobody says that whoever is being rung did not take the call.
func (c *call) nobody(words ...string) {
	c.Helper()
	c.next(&gateway.Dialogue{Rung: ivr.RungRefused}, words...)
}

func (c *call) next(e *gateway.Dialogue, words ...string) {
	c.Helper()
	e.Medium, e.Session, e.From, e.To, e.Step = c.medium, c.sid, c.from, c.to, c.step
	answer := c.handle(e)
	c.deliver()
	if answer.Screen == nil {
		c.Fatalf("step %d of %s has no screen", c.step, c.sid)
	}
	c.screen = answer.Screen
	c.step = answer.Screen.Step
	for _, word := range words {
		if !strings.Contains(c.said(), word) {
			c.Errorf("%q is answered %q, without %q", e.Keys, c.said(), word)
		}
	}
}

func (c *call) said() string {
	var lines []string
	for _, l := range c.screen.Lines {
		lines = append(lines, l.Text)
	}
	return strings.Join(lines, " ")
}

// silent checks that none of the words is said.
func (c *call) without(words ...string) {
	c.Helper()
	for _, word := range words {
		if strings.Contains(c.said(), word) {
			c.Errorf("%q holds %q", c.said(), word)
		}
	}
}

// rungAt checks who is being rung.
func (c *call) rungAt(number gateway.Phone) {
	c.Helper()
	if c.screen.Dial == nil || c.screen.Dial.Number != number {
		c.Errorf("%+v is rung, want %s", c.screen.Dial, number)
	}
}

func (c *call) ended() {
	c.Helper()
	if !c.screen.End {
		c.Errorf("the call goes on: %q", c.said())
	}
}

func TestCallRaises(t *testing.T) {
	w := newWorld(t)
	c := w.dials(juan, "Emergencia: marque 1", "For English, press 9")
	c.without("Juan", "Perez")
	c.press("1", "Alerta enviada.", "número de alerta", "contactos", "marque 0")
	if first := c.screen.Lines[0].Text; first != "Alerta enviada." {
		t.Errorf("the first words are %q", first)
	}
	notice := w.hears(maria, "Juan P.", "#")
	w.hears(desk, "Juan Perez Lopez")
	c.press("1", "ya fue enviada")
	w.nothing(maria, desk)
	w.says(maria, "1", "Gracias")
	w.hears(juan, "Maria", "CONFIRMO")
	c.press("2", "pin")
	c.press("1111", "no es correcto")
	w.nothing(maria)
	c.press("4821", "terminó")
	w.hears(maria, w.ref(notice), "termino")
	c.press("2", "pin")
	c.press("4821", "terminó") // the same again
}

func TestCallRaisesBeforeAnythingIsSaid(t *testing.T) {
	w := newWorld(t)
	w.texts++
	c := &call{world: w, sid: "CAlost", from: juan, to: ourLine, medium: ivr.Call, step: 4} // a call that we know nothing of
	c.press("1", "Alerta enviada.")
	w.hears(maria, "Juan P.")
	if c.screen.Step != 5 {
		t.Errorf("the next step is %d, want 5", c.screen.Step)
	}
}

func TestCallStepIsAnsweredTheSame(t *testing.T) {
	w := newWorld(t)
	c := w.dials(juan)
	e := &gateway.Dialogue{Medium: ivr.Call, Session: c.sid, Step: 1, Keys: "1", From: juan, To: ourLine}
	first := w.handle(e)
	w.deliver()
	w.hears(maria, "#")
	w.hears(desk, "#")
	for range 3 {
		again := w.handle(&gateway.Dialogue{Medium: ivr.Call, Session: c.sid, Step: 1, Keys: "1", From: juan, To: ourLine})
		if fmt.Sprint(*again.Screen) != fmt.Sprint(*first.Screen) {
			t.Errorf("a repeat is answered %v, the first was %v", *again.Screen, *first.Screen)
		}
	}
	w.deliver()
	w.nothing(maria, desk)
	// An old step with other keys gets what was said last, and does nothing.
	stray := w.handle(&gateway.Dialogue{Medium: ivr.Call, Session: c.sid, Step: 1, Keys: "2", From: juan, To: ourLine})
	if fmt.Sprint(*stray.Screen) != fmt.Sprint(*first.Screen) {
		t.Errorf("an old step is answered %v", *stray.Screen)
	}
}

func TestCallFromAnyPhone(t *testing.T) {
	w := newWorld(t)
	w.center()
	c := w.dials(other, "Emergencia")
	c.press("1", "Guardamos su alerta", "Marque su número")
	w.nothing(maria)
	if n := len(w.tasks(gateway.TaskUnknownPhone)); n != 1 {
		t.Fatalf("%d tasks for an unknown phone, want 1", n)
	}
	c.press("31255", "Siga") // slow fingers
	c.press("50101", "pin")
	c.press("4821", "Alerta enviada", "contactos")
	w.hears(maria, "Juan P.")
	if n := len(w.tasks(gateway.TaskUnknownPhone)); n != 0 {
		t.Errorf("%d tasks are left of what is raised now", n)
	}
	w.nothing(other) // a borrowed phone is never texted
	w.says(maria, "1")
	w.nothing(other, juan)
	c.press("2", "pin")
	c.press("4821", "terminó")
	w.hears(maria, "termino")
}

func TestCallWithCodeThatIdentifiesFirst(t *testing.T) {
	w := newWorld(t)
	profile, err := w.store.ProfileByPhone(t.Context(), juan)
	if err != nil {
		t.Fatal(err)
	}
	c := w.dials(gateway.Anonymous)
	c.press("", "Marque su número") // silence: who is it?
	c.press(string(profile.Code), "pin")
	c.press("4821", "Emergencia")
	c.press("1", "Alerta enviada")
	w.hears(maria, "Juan P.")
}

func TestCallOfSomebodyWhoIsNot(t *testing.T) {
	w := newWorld(t)
	w.center()
	c := w.dials(other)
	c.press("1", "Guardamos")
	for range 2 {
		c.press("3125550101")
		c.press("1111", "no coinciden", "Marque su número")
	}
	c.press("3125550101")
	c.press("1111", "no coinciden", "Le comunicamos")
	c.rungAt(centerOne)
	w.nothing(maria, pedro, rosa, desk)
	c.nobody()
	c.rungAt(centerTwo)
	c.nobody("aviso urgente")
	c.ended()
	tasks := w.tasks(gateway.TaskCaller)
	if len(tasks) != 1 || !tasks[0].Urgent || tasks[0].Alert.IsZero() || tasks[0].Phone != "" {
		t.Errorf("the promise is kept by %+v", tasks)
	}
}

func TestForgedCallerHearsAndChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.hears(maria, "#")
	c := w.dials(juan)
	c.without("Juan", "Maria", "60608", "#")
	for range 4 {
		c = w.dials(juan)
		c.press("2", "pin")
		c.press("0000", "no es correcto")
	}
	c.press("0000", "Demasiados intentos")
	c.ended() // nobody is there to be rung
	c = w.dials(juan)
	c.press("2")
	c.press("4821", "Demasiados intentos") // the pair is locked, even for the right one
	w.nothing(maria)
	w.says(juan, "CANCELAR 4821", "termino") // by text it was not they who called
}

func TestSilenceEndsAtAPerson(t *testing.T) {
	w := newWorld(t)
	w.center()
	c := w.dials(juan)
	c.press("", "Emergencia")
	c.press("", "Le comunicamos")
	c.rungAt(centerOne)
	if c.screen.Dial.Caller != ourLine {
		t.Errorf("the person sees %s, want our number", c.screen.Dial.Caller)
	}
}

func TestTransferIsTakenByKey(t *testing.T) {
	w := newWorld(t)
	w.center()
	c := w.dials(juan)
	c.press("0", "Le comunicamos")
	whisper := w.handle(&gateway.Whisper{Caller: c.sid, Call: "CAchild"}).Screen
	if !strings.Contains(whisper.Lines[0].Text, "Marque 1 para aceptar") || strings.Contains(whisper.Lines[0].Text, "Juan") {
		t.Errorf("the whisper is %q", whisper.Lines[0].Text)
	}
	if voicemail := w.handle(&gateway.Whisper{Caller: c.sid, Call: "CAmail", Step: 1}).Screen; !voicemail.End {
		t.Errorf("silence is answered %+v, want the end", voicemail)
	}
	if taken := w.handle(&gateway.Whisper{Caller: c.sid, Call: "CAchild", Step: 1, Keys: "1"}).Screen; taken.End || len(taken.Lines) > 0 {
		t.Errorf("1 is answered %+v, want to be put through", taken)
	}
	c.nobody() // the talk is over: it was taken
	c.ended()
	if n := len(w.tasks(gateway.TaskCaller)); n != 0 {
		t.Errorf("%d tasks about a call that was taken", n)
	}
}

// A caller who hangs up, or is cut off, before anybody takes the call is not
// forgotten; one who was put through is served.
func TestHangingUpWhileItRings(t *testing.T) {
	w := newWorld(t)
	w.center()
	c := w.dials(other)
	c.press("1", "Guardamos")
	c.press("0", "Le comunicamos")
	for range 2 { // the carrier may tell of it twice
		c.next(&gateway.Dialogue{Rung: ivr.RungRefused, Gone: true})
		c.ended()
	}
	if tasks := w.tasks(gateway.TaskCaller); len(tasks) != 1 || !tasks[0].Urgent || tasks[0].Alert.IsZero() {
		t.Errorf("the call that nobody took is kept as %+v", tasks)
	}
	c = w.dials(juan)
	c.press("0", "Le comunicamos")
	w.handle(&gateway.Whisper{Caller: c.sid, Call: "CAchild", Step: 1, Keys: "1"})
	c.next(&gateway.Dialogue{Gone: true})
	c = w.dials(juan)
	c.next(&gateway.Dialogue{Gone: true})
	if n := len(w.tasks(gateway.TaskCaller)); n != 1 {
		t.Errorf("%d tasks about callers, want the one", n)
	}
}

// A phone that many use, as in custody: nobody's call touches what an earlier
// caller raised, and each says who they are.
func TestPhoneOfMany(t *testing.T) {
	w := newWorld(t)
	w.dials(other).press("1", "Guardamos")
	c := w.dials(other)
	c.press("1", "Guardamos")
	c.press("3125550101", "pin")
	c.press("4821", "Alerta enviada")
	w.hears(maria, "Juan P.")
	if tasks := w.tasks(gateway.TaskUnknownPhone); len(tasks) != 1 {
		t.Errorf("%d tasks are left of the first caller, want 1", len(tasks))
	}
	w.dials(other).press("2", "Marque su número")
}

func TestCustodyLine(t *testing.T) {
	w := newWorld(t)
	w.center()
	w.service.Rules.Custody = map[gateway.Phone]string{secondLine: "ww5"}
	w.texts++
	c := &call{world: w, sid: "CAjail", from: other, to: secondLine, medium: ivr.Call}
	c.press("")
	c.rungAt(centerOne)
	if len(c.screen.Lines) != 0 || c.screen.Dial.Keys != "ww5" {
		t.Errorf("a custody phone hears %q and the keys %q", c.said(), c.screen.Dial.Keys)
	}
	c.nobody()
	c.rungAt(centerTwo)
	if c.screen.Dial.Keys != "" {
		t.Error("the accepting key is played twice")
	}
	c.nobody("aviso urgente")
	c.ended()
	if tasks := w.tasks(gateway.TaskCaller); len(tasks) != 1 || tasks[0].Alert.IsZero() {
		t.Errorf("a call from custody that nobody took is kept as %+v, want an alert, which rings who is on call", tasks)
	}
}

func TestDuressByKey(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.hears(maria, "#")
	w.hears(desk, "#")
	c := w.dials(juan)
	c.press("2", "pin")
	c.press("9917", "terminó")
	w.nothing(maria)
	w.hears(desk, "sigue ABIERTA")
	if len(w.tasks(gateway.TaskDuress)) == 0 {
		t.Error("agents see no duress")
	}
	c.press("2", "pin")
	c.press("9917", "terminó")
	c.press("1", "Alerta enviada") // what looks like a new one
}

func TestPINsByKey(t *testing.T) {
	w := newWorld(t)
	c := w.dials(juan)
	c.press("5", "pin")
	c.press("4821", "marque 2", "marque 3")
	c.press("2", "pin nuevo")
	c.press("7351", "otra vez")
	c.press("7352", "No es igual")
	c.press("7351", "otra vez")
	c.press("7351", "guardado")
	w.says(juan, "DATOS 4821", "no es correcto")
	w.says(juan, "DATOS 7351", "Juan Perez")
	c.press("5", "pin")
	c.press("7351")
	c.press("3", "pin nuevo")
	c.press("7351")
	c.press("7351", "otro pin") // it is the other one already
	c.press("8642")
	c.press("8642", "guardado")
	w.text(juan, "ALERTA")
	w.text(juan, "CANCELAR 8642")
	w.hears(desk, "sigue ABIERTA")
	c = w.dials(juan)
	c.press("5")
	c.press("8642") // under duress it looks the same
	c.press("2")
	c.press("1357")
	c.press("1357", "guardado")
	w.says(juan, "DATOS 1357", "no es correcto")
}

func TestInformationByKey(t *testing.T) {
	w := newWorld(t)
	c := w.dials(juan)
	c.press("3", "No firme nada")
	c.press("4", "código postal")
	c.without("60608")
	c.press("60608", "Chicago", "5 2 0")
	c.press("4")
	c.press("00000", "Ese código postal no es válido", "código postal de donde está")
	c.press("09012", "No sabemos")
	c.press("4")
	c.press("99999")
}

func TestEnglishByKey(t *testing.T) {
	w := newWorld(t)
	c := w.dials(other)
	c.press("9", "Emergency: press 1", "Para español")
	c.press("1", "We kept your alert")
	c.press("3125550101", "pin")
	c.press("4821", "Alert sent.")
	w.hears(maria, "Juan P.") // in her own language
}

// A contact who is nobody's but one person's raises for them; one who was told
// confirms.
func TestContactsCall(t *testing.T) {
	w := newWorld(t)
	c := w.dials(maria)
	c.press("1", "Alerta enviada")
	w.hears(rosa, "#")
	w.hears(desk, "#")
	w.nothing(maria)
	c = w.dials(rosa)
	c.press("1", "Anotamos")
	w.hears(maria, "Rosa CONFIRMO")
}

func TestNoticeCalls(t *testing.T) {
	w := newWorld(t)
	p, err := w.store.ProfileByPhone(t.Context(), juan)
	if err != nil {
		t.Fatal(err)
	}
	p.FamilyWord = "girasol"
	w.register(*p)
	w.text(juan, "ALERTA me llevan de la fabrica")
	w.hears(maria, "#")
	w.pass(5 * time.Minute)
	a := w.callTo(maria)
	head, body, _ := strings.Cut(a.Text, "\n\n")
	if strings.Contains(head, "detenido") || strings.Contains(head, "fabrica") || !strings.Contains(body, "detenido") || !strings.Contains(body, "fabrica") {
		t.Errorf("head %q, body %q", head, body)
	}

	n := &notice{world: w, attempt: a}
	n.press("", "girasol", "Juan P.", "dinero", "3 1 2", "marque 1")
	if got := strings.Count(n.said(), "marque 1"); got != 2 {
		t.Errorf("it is said %d times, want twice", got)
	}
	n.without("detenido", "fabrica")
	n.press("2", "detenido", "fabrica", "marque 1")
	n.press("1", "Gracias", "detenido")
	w.hears(juan, "Maria", "CONFIRMO")
	n.press("")
	n.press("")
	if !n.screen.End {
		t.Errorf("the call goes on: %q", n.said())
	}

	stranger := &gateway.NoticeCall{Attempt: a.ID, Call: "CAother", To: rosa}
	if _, err := w.service.Handle(t.Context(), stranger); !errors.Is(err, gateway.ErrNotFound) {
		t.Errorf("a call to somebody else: %v", err)
	}
	m := &notice{world: w, attempt: a, sid: "CAmail", machine: gateway.MachineYes}
	m.press("", "mensaje")
	m.without("Juan", "alerta", "detenido", "girasol")
	m.press("")
	m.without("Juan", "alerta", "detenido", "girasol")
	if !m.screen.End {
		t.Error("a machine is talked to for ever")
	}
	taken := &notice{world: w, attempt: a, sid: "CAtaken", machine: gateway.MachineYes} // for a machine, and is none
	taken.press("", "mensaje", "marque 2")
	taken.press("2", "detenido", "marque 1")
	h := &notice{world: w, attempt: a, sid: "CAhuman", machine: gateway.MachineNo}
	h.press("", "detenido")
	if got := strings.Count(h.said(), "detenido"); got != 2 {
		t.Errorf("the notice is said %d times, want twice", got)
	}
}

func TestNoticeCallRefused(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.pass(5 * time.Minute)
	n := &notice{world: w, attempt: w.callTo(maria)}
	n.press("")
	w.inbox[maria] = nil
	n.press("9", "No le llamaremos")
	if !n.screen.End {
		t.Error("the call goes on")
	}
	w.hears(juan, "Maria", "ya no recibe")
	w.text(juan, "BIEN 4821")
	w.text(juan, "ALERTA")
	w.nothing(maria)
	w.calls[maria] = nil
	w.pass(20 * time.Minute)
	w.rings(maria, 0)
}

// Somebody who speaks neither Spanish nor English gets a text and no call, and the
// agents are asked for somebody who does, for the person as well.
func TestInterpreter(t *testing.T) {
	w := newWorld(t)
	p := w.juan()
	p.Phone, p.ID = rosaOwn, gateway.NewFresh(w.now, w.service.Rand).ID()
	p.Language, p.LanguageNote = "mix", "mixteco, San Juan Mixtepec"
	p.Contacts = p.Contacts[:1]
	w.register(p)
	w.inbox = map[gateway.Phone][]string{}
	w.text(rosaOwn, "ALERTA")
	w.hears(maria, "Juan P.")
	tasks := w.tasks(gateway.TaskInterpreter)
	if len(tasks) != 2 || tasks[0].Note != "interprete: mixteco, San Juan Mixtepec" || tasks[1].Note != tasks[0].Note || tasks[0].Phone == tasks[1].Phone {
		t.Errorf("the agents are asked for %+v", tasks)
	}
	w.pass(30 * time.Minute)
	w.rings(maria, 0)
}

// Where a recording stands for the notice, a contact whose wording is vague
// hears the part of it that gives no reason.
func TestVagueNoticeInRecordings(t *testing.T) {
	w := newWorld(t)
	folder := files{}
	for _, phrase := range []string{"notice", "notice-body", "call-keys"} {
		folder["mix/"+phrase+".mp3"] = phrase
	}
	words, err := w.service.Words.WithRecordings(folder.fs())
	if err != nil {
		t.Fatal(err)
	}
	w.service.Words = words
	p := w.juan()
	p.Phone, p.ID, p.Language = rosaOwn, gateway.NewFresh(w.now, w.service.Rand).ID(), "mix"
	p.Contacts = p.Contacts[:1]
	p.Contacts[0].Language, p.Contacts[0].Vague = "mix", true
	w.register(p)
	w.fails[maria] = &gateway.Failure{Code: "21614", Remedy: gateway.Call}
	w.text(rosaOwn, "ALERTA")
	n := &notice{world: w, attempt: w.callTo(maria), machine: gateway.MachineNo}
	for _, keys := range []string{"", "2"} {
		n.press(keys)
		for _, line := range n.screen.Lines {
			if line.Name == "notice-body" {
				t.Errorf("%q plays the reason: %+v", keys, n.screen.Lines)
			}
		}
	}
}

func TestRosterTakesByKey(t *testing.T) {
	w := newWorld(t)
	if err := w.store.ReplaceDesks(t.Context(), []gateway.Desk{{Consulate: gateway.AgentsDesk, Channel: gateway.Voice, Address: guard, Language: "es", Confirmed: w.now}}); err != nil {
		t.Fatal(err)
	}
	w.text(other, "ALERTA ayuda")
	w.pass(4 * time.Minute)
	n := &notice{world: w, attempt: w.callTo(guard)}
	n.press("", "tarea urgente", "marque 1")
	n.press("1", "La tarea es suya")
	w.calls[guard] = nil
	w.pass(10 * time.Minute)
	w.rings(guard, 0)

	// That somebody was forced is worth a look although the alert is over.
	w.text(juan, "ALERTA")
	w.text(juan, "CANCELAR 9917")
	w.text(juan, "CANCELAR 4821")
	w.pass(4 * time.Minute)
	n = &notice{world: w, attempt: w.callTo(guard), sid: "CAduress"}
	n.press("", "tarea urgente", "marque 1")
	n.press("1", "La tarea es suya")
}

// The desk of a consulate that is called confirms by key, and becomes one by a
// PRUEBA that it answers.
func TestVoiceDesk(t *testing.T) {
	w := newWorld(t)
	if err := w.store.ReplaceDesks(t.Context(), []gateway.Desk{{Consulate: "chicago", Channel: gateway.Voice, Address: desk, Language: "es"}}); err != nil {
		t.Fatal(err)
	}
	w.handle(gateway.DeskDrill{})
	w.deliver()
	n := &notice{world: w, attempt: w.callTo(desk)}
	n.press("", "prueba", "marque 1")
	n.press("1", "Desde ahora")
	w.calls[desk] = nil
	w.text(juan, "ALERTA")
	n = &notice{world: w, attempt: w.callTo(desk), sid: "CAreal"}
	n.press("", "consulado")
	n.without("Juan", "60608")
	n.press("1", "Gracias", "Juan Perez Lopez", "6 0 6 0 8")
	w.hears(juan, "Consulado", "CONFIRMO")
}

// A relative, a desk and whoever is on call hear the key within about five seconds
// of speech, whatever the carrier thinks of who picked up, and again at the end.
func TestCallsSayTheKeyFirstAndLast(t *testing.T) {
	key := regexp.MustCompile(`(?i)(marque|press) [12]`)
	for _, language := range []string{"es", "en"} {
		for _, machine := range []gateway.Machine{gateway.MachineUnknown, gateway.MachineNo, gateway.MachineYes} {
			w := newWorld(t)
			p := w.view(gateway.Scope{Phone: juan}).Own
			p.FamilyWord, p.Contacts[0].Language, p.Contacts[2].Language = "girasol", language, language
			w.register(*p)
			w.text(juan, "ALERTA estoy en la corte de la calle 26 con mis hijos")
			w.pass(time.Hour)
			for _, phone := range []gateway.Phone{maria, rosa, desk} {
				n := &notice{world: w, attempt: w.callTo(phone), machine: machine, sid: "CA" + string(phone)}
				n.press("")
				said := n.said()
				first := key.FindStringIndex(said)
				if first == nil || len(strings.Fields(said[:first[1]])) > 12 {
					t.Errorf("%s %s, %q: the key comes late: %s", language, phone, machine, said)
					continue
				}
				if all := key.FindAllString(said, -1); machine != gateway.MachineYes && (len(all) < 2 || len(strings.Fields(said[strings.LastIndex(said, all[len(all)-1]):])) > 20) {
					t.Errorf("%s %s, %q: the key is not said at the end: %s", language, phone, machine, said)
				}
			}
		}
	}
}
