package service_test

import (
	"testing"

	"aviso/gateway"
)

// What a phone says that floods is kept, and its PIN is not tried: even the
// right one is an unknown phone's, before an agent, with the way to go on.
func TestLimitedAlertIsKept(t *testing.T) {
	w := newWorld(t)
	flood := func(key, body string) gateway.Answer {
		e := gateway.NewText(key, other, ourLine, body, "")
		e.Limit()
		return w.handle(e)
	}
	first := flood("SM1", "ALERTA 3125550101 4821 me llevan")
	w.nothing(maria, rosa, desk)
	if len(w.tasks(gateway.TaskUnknownPhone)) != 1 || first.Text == "" {
		t.Errorf("answered %q, with %d tasks", first.Text, len(w.tasks(gateway.TaskUnknownPhone)))
	}
	flood("SM2", "ALERTA 3125550101 4821 de nuevo")
	if tasks := w.tasks(gateway.TaskUnknownPhone); len(tasks) != 1 {
		t.Errorf("%d tasks for one phone", len(tasks))
	}
	// Not one wrong try was counted: the next one that is not limited is right.
	w.says(other, "ALERTA 3125550101 4821", "Avisando")
	w.hears(maria, "Juan")

	// On the person's own phone there is nothing to try.
	e := gateway.NewText("SM3", juan, ourLine, "ALERTA ya estan aqui", "")
	e.Limit()
	w.handle(e)
	w.deliver()
	w.hears(maria, "ya estan aqui")
}
