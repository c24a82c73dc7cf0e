package sim

import (
	"net/http"
	"testing"
)

// The simulated carrier reads any document, as the real one does: it acts on it
// or says what is wrong with it.
func FuzzTwiML(f *testing.F) {
	for _, seed := range []string{
		`<Response><Message>Recibimos su ALERTA</Message></Response>`, `<Response><Message to="+13125550102"><Body>x</Body></Message></Response>`,
		`<Response><Gather numDigits="1" action="?step=1" actionOnEmptyResult="true"><Say language="es-MX">Marque 1</Say></Gather></Response>`,
		`<Response><Dial timeout="20" action="?x"><Number url="/w">+13125550100</Number></Dial></Response>`,
		`<Response/>`, `<Response>`, `<!DOCTYPE x [<!ENTITY a "b">]><Response>&a;</Response>`, "", "\x00", `<Response><Redirect/></Response>`,
	} {
		f.Add(seed, "text/xml")
	}
	f.Fuzz(func(t *testing.T, body, contentType string) {
		answer := Answer{Status: http.StatusOK, ContentType: contentType, Body: body}
		if messages, err := parseMessaging(answer); err != nil && messages != nil {
			t.Errorf("%q is refused and acted on", body)
		}
		if verbs, err := parseVoice(answer); err != nil && verbs != nil {
			t.Errorf("%q is refused and acted on", body)
		}
	})
}
