package service_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// guess tries wrong PINs at Juan from phones of its own, four each, so that no
// pair of phone and person is locked.
func (w *world) guess(first, phones int) {
	w.Helper()
	for n := first; n < first+phones; n++ {
		for try := range 4 {
			w.text(gateway.Phone(fmt.Sprintf("+1646555%04d", 1000+n)), fmt.Sprintf("CANCELAR 312-555-0101 %04d", 1000+try))
		}
	}
}

func TestGuessingFromManyPhones(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.guess(0, 7)
	const known, fresh, third = gateway.Phone("+16465558001"), gateway.Phone("+16465558002"), gateway.Phone("+16465558003")
	w.says(known, "ALERTA 312-555-0101 4821", "#") // a borrowed phone, while there is still room
	w.guess(7, 8)
	if tasks := w.taskKinds(); tasks[gateway.TaskGuessing] != 5 {
		t.Errorf("tasks %v, want one for every ten, two before the right one and three after", tasks)
	}
	w.guess(15, 20)
	if tasks := w.taskKinds(); tasks[gateway.TaskGuessing] != 5 {
		t.Errorf("tasks %v, want no more of them", tasks)
	}
	w.says(third, "CANCELAR 312-555-0101 4821", "PIN no es correcto")
	if answer := w.text(known, "ESTADO 4821"); !strings.Contains(answer, "avisados") {
		t.Errorf("whoever raised it from a borrowed phone is answered %q", answer)
	}
	w.guess(35, 10)
	w.says(third, "CANCELAR 312-555-0101 4821", "PIN no es correcto")
	w.says(fresh, "ALERTA 312-555-0101 4821", "ALERTA #") // raising is never refused
	w.guess(45, 10)
	w.says(third, "CANCELAR 312-555-0101 4821", "PIN no es correcto")
	w.now = w.now.Add(time.Hour)
	w.says(third, "CANCELAR 312-555-0101 4821", "termino")
}

func TestGuessingLeavesThePersonTheirOwnPhone(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.guess(0, 10)
	w.says(juan, "BIEN 4821", "termino")
	w.says("+16465558001", "ALERTA 312-555-0101 4821", "Recibimos su ALERTA")
}
