package service_test

import (
	"fmt"
	"testing"

	"aviso/gateway"
)

// A personal code is no one-time code where a PIN stands beside it: it raises.
// What reads alike and proves nothing raises nothing, and is answered alike
// whether there is such a person or not.
func TestBorrowedPhoneGivesACode(t *testing.T) {
	for _, form := range []string{
		"mi codigo es %s y mi clave 4821 me tienen en cicero", "my code is %s pin 4821 they got me", "el codigo es %s, el pin 4821", "codigo: %s. pin: 4821", "4821 es mi pin y el codigo es %s",
	} {
		w := newWorld(t)
		w.says(other, fmt.Sprintf(form, w.codeOf(juan)), "BIEN")
		w.hears(maria, "Juan P.")
	}
	w := newWorld(t)
	w.says(other, "mi codigo es 4821 y mi numero 3125550101", "Recibimos su ALERTA")
	w = newWorld(t)
	w.says(other, "your code is 4821, my cell is 312 555 0101, enviado desde mi flip", "Recibimos su ALERTA")

	w = newWorld(t)
	real := w.text(other, fmt.Sprintf("mi codigo es %s y mi clave 4829", w.codeOf(juan)))
	if nobody := w.text("+13125550151", "mi codigo es 111111118 y mi clave 4829"); (real == "") != (nobody == "") {
		t.Errorf("a code that is somebody's is answered %q, another %q", real, nobody)
	}
	w = newWorld(t)
	for _, body := range []string{"su codigo es 482913, dudas al 3125550101", "Your code is 558201. Questions? Call 3125550101", "4829 is your Lyft code"} {
		if answer := w.text(other, body); answer != "" {
			t.Errorf("%q is answered %q", body, answer)
		}
	}
	if tasks := w.tasks(gateway.TaskUnknownPhone); len(tasks) != 0 {
		t.Errorf("left %+v", tasks)
	}
}
