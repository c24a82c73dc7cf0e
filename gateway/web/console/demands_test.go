package console

import (
	"net/http"
	"testing"

	"aviso/gateway"
)

// Admins enter who demanded data; the words stand sealed on their own chain, and what
// is entered again for a page counts instead.
func TestDemandsAreEntered(t *testing.T) {
	h := newHouse(t)
	root, eva := h.clerk("raul", gateway.RoleAdmin), h.clerk("eva", gateway.RoleAgent)
	eva.get("/console/demands").is(http.StatusForbidden)
	form := func() *form { return root.get("/console/demands").is(http.StatusOK).form("/demands") }
	form().fill("page", "7", "received", "2026-11-20", "kind", "warrant", "outcome", "open", "words", "agente Placas, citatorio 12").send().did("done")
	form().fill("page", "7", "received", "2026-11-20", "kind", "warrant", "outcome", "refused", "words", "el abogado dice que no").send().did("done")
	root.get("/console/demands").holds("orden de cateo", "se negó", "el abogado dice que no").holdsNot("agente Placas")
	root.get("/console/audit?what=demand").holds("anotó quién pidió datos")
	form().fill("page", "0", "received", "2026-11-20", "kind", "warrant", "outcome", "open").send().is(http.StatusUnprocessableEntity).holds("La hoja")
	all, err := h.store.Demands(t.Context())
	if err != nil || len(all) != 1 || all[0].Outcome != "refused" {
		t.Errorf("%+v, %v", all, err)
	}
}
