package service_test

import (
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// encloses sends things, by their media types, with a text that may be empty.
func (w *world) encloses(from gateway.Phone, body string, kinds ...string) string {
	w.Helper()
	w.texts++
	text := gateway.NewText("MM"+strings.Repeat("0", 6)+string(rune('a'+w.texts)), from, ourLine, body, "")
	for _, kind := range kinds {
		text.Enclosed.Enclose(kind)
	}
	answer := w.handle(text).Text
	w.deliver()
	return answer
}

// urgent are the open tasks that wait for an agent at once.
func (w *world) urgent() (n int) {
	w.Helper()
	for _, kind := range []gateway.TaskKind{gateway.TaskSignal, gateway.TaskAnswer, gateway.TaskUnknownPhone} {
		for _, task := range w.tasks(kind) {
			if task.Urgent {
				n++
			}
		}
	}
	return n
}

// TestEnclosedWhileOpen: a picture without a word goes on as what it is, to the family
// and onto the time line, and the person learns that nobody sees it. It is no task.
func TestEnclosedWhileOpen(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.hears(maria, "#")
	before := w.urgent()
	w.inbox[juan] = nil
	if answer := w.encloses(juan, "", "image/jpeg", "audio/amr"); !strings.Contains(answer, "1 foto, 1 nota de voz") || !strings.Contains(answer, "No lo podemos ver") || !strings.Contains(answer, "ALERTA #") {
		t.Errorf("the person is told %q", answer)
	}
	w.hears(maria, "escriben, sin PIN", "mando 1 foto, 1 nota de voz; aqui no se abre")
	if got := w.urgent(); got != before {
		t.Errorf("%d urgent tasks, %d before", got, before)
	}
	for range 20 { // a stuck phone
		w.encloses(juan, "", "image/jpeg")
		w.pass(2 * time.Minute)
	}
	texts := 0
	for _, text := range w.inbox[maria] {
		if strings.Contains(text, "foto") {
			texts++
		}
	}
	if texts > 6 {
		t.Errorf("the family got %d texts about pictures", texts)
	}
	if got := len(w.tasks(gateway.TaskAnswer)); got != 0 {
		t.Errorf("%d tasks about pictures", got)
	}
}

// TestEnclosedWithWords: the words do what they do, what came with them is named in
// what goes on, and who sent it learns that nobody sees it.
func TestEnclosedWithWords(t *testing.T) {
	w := newWorld(t)
	if answer := w.encloses(juan, "ALERTA me llevan en la 18", "video/3gpp"); !strings.Contains(answer, "Recibimos su ALERTA") {
		t.Errorf("ALERTA with a video is answered %q", answer)
	}
	w.hears(juan, "1 video", "No lo podemos ver")
	w.hears(maria, "me llevan en la 18", "mando 1 video; aqui no se abre")
	if answer := w.encloses(maria, "1", "image/png"); !strings.Contains(answer, "Anotamos") {
		t.Errorf("1 with a picture is answered %q", answer)
	}
	w.hears(juan, "Maria", "CONFIRMO")
}

// TestEnclosedFromRelatives: a picture confirms nothing, and agents see that it came.
func TestEnclosedFromRelatives(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.hears(maria, "#")
	w.inbox[juan] = nil
	if answer := w.encloses(maria, " ", "image/jpeg", "image/jpeg"); !strings.Contains(answer, "2 fotos") || !strings.Contains(answer, "responda 1") {
		t.Errorf("a relative's pictures are answered %q", answer)
	}
	for _, text := range w.inbox[juan] {
		if strings.Contains(text, "CONFIRMO") {
			t.Errorf("a picture confirmed: %q", text)
		}
	}
	tasks := w.tasks(gateway.TaskAnswer)
	if len(tasks) != 1 || tasks[0].Urgent || !strings.Contains(tasks[0].Note, "2 fotos") {
		t.Errorf("tasks %+v", tasks)
	}
}

// TestEnclosedFromNobodyInNeed: with nothing open a picture raises nothing and is no
// task; it is answered, at most four times a day.
func TestEnclosedFromNobodyInNeed(t *testing.T) {
	for name, from := range map[string]gateway.Phone{"registered": juan, "a contact": maria, "a stranger": other} {
		w := newWorld(t)
		answers := 0
		for range 6 {
			w.pass(2 * time.Minute) // the same within a minute is one
			if answer := w.encloses(from, "", "audio/ogg"); answer != "" {
				answers++
				if !strings.Contains(answer, "nota de voz") || !strings.Contains(answer, "EMERGENCIA: responda ALERTA") {
					t.Errorf("%s: answered %q", name, answer)
				}
			}
		}
		if answers != 4 {
			t.Errorf("%s: answered %d times", name, answers)
		}
		w.pass(10 * time.Minute)
		if got := w.urgent(); got != 0 {
			t.Errorf("%s: %d urgent tasks", name, got)
		}
	}
	w := newWorld(t)
	if answer := w.encloses(juan, "BIEN 4821", "image/jpeg"); strings.Contains(answer, "foto") {
		t.Errorf("a command with a picture is answered %q", answer)
	}
	w.text(maria, "ALTO")
	if answer := w.encloses(maria, "", "image/jpeg"); answer != "" {
		t.Errorf("whoever wants no texts is answered %q", answer)
	}
}

// TestEnclosedAfterDuress: on a phone that is shown a decoy a picture is answered as
// where nothing is open, and nobody is told anything.
func TestEnclosedAfterDuress(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.text(juan, "BIEN 9917")
	w.inbox[maria], w.inbox[juan] = nil, nil
	w.encloses(juan, "BIEN 9917", "image/jpeg")
	w.nothing(juan, maria)
	if answer := w.encloses(juan, "", "image/jpeg"); !strings.Contains(answer, "EMERGENCIA: responda ALERTA") || strings.Contains(answer, "#") {
		t.Errorf("answered %q", answer)
	}
	w.nothing(maria)
}
