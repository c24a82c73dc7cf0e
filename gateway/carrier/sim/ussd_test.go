package sim_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aviso/gateway/carrier/sim"
)

func TestDial(t *testing.T) {
	var typed []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text := r.PostFormValue("text")
		typed = append(typed, text)
		switch {
		case r.PostFormValue("sessionId") == "" || r.PostFormValue("serviceCode") != "*384#" || r.PostFormValue("phoneNumber") != juan:
			w.WriteHeader(http.StatusBadRequest)
		case text == "":
			fmt.Fprint(w, "CON RED X\n1 ALERTA")
		case strings.HasSuffix(text, "1"):
			fmt.Fprint(w, "END ALERTA recibida")
		case strings.HasSuffix(text, "9"):
			fmt.Fprint(w, "CON "+strings.Repeat("x", 161))
		default:
			fmt.Fprint(w, "hello")
		}
	}))
	defer server.Close()
	c := sim.New(sim.Config{Senders: []string{longCode}, Webhooks: sim.Webhooks{USSD: server.URL + "/ussd/secret", Code: "*384#"}})
	defer c.Close()
	phone := c.Phone(juan, "Juan")

	s, err := phone.Dial(soon(t), "*384#")
	if err != nil {
		t.Fatal(err)
	}
	if text, over := s.Screen(); text != "RED X\n1 ALERTA" || over {
		t.Errorf("the screen is %q, over %v", text, over)
	}
	if err := s.Reply(soon(t), "1"); err != nil {
		t.Fatal(err)
	}
	if text, over := s.Screen(); text != "ALERTA recibida" || !over {
		t.Errorf("the screen is %q, over %v", text, over)
	}
	if err := s.Reply(soon(t), "1"); err == nil {
		t.Error("a session that is over is replied to")
	}
	if _, err := phone.Dial(soon(t), "*384*2*1#"); err != nil || typed[len(typed)-1] != "2*1" {
		t.Errorf("dialled through: %v, typed %q", err, typed)
	}
	for name, code := range map[string]string{"a long screen": "*384*9#", "no answer of USSD": "*384*7#", "another code": "*385#", "no hash": "*384", "glued on": "*3841#"} {
		if _, err := phone.Dial(soon(t), code); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
