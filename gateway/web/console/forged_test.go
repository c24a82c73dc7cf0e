package console

import (
	"database/sql"
	"net/http"
	"strings"
	"testing"

	"aviso/gateway"
)

// Somebody who writes to the database points a session at an admin: a plain page
// says that it does not hold, nothing is shown, and the agent can log in anew.
func TestForgedSessionsAreShownAPlainPage(t *testing.T) {
	h := newHouse(t)
	root, eva := h.clerk("raul", gateway.RoleAdmin), h.clerk("eva", gateway.RoleAgent)
	var told []string
	h.store.OnForged(func(what string, err error) { told = append(told, what+": "+err.Error()) })
	eva.get("/console/agents").is(http.StatusForbidden).holds("Su papel no permite esto")
	db, err := sql.Open("sqlite3", "file:"+h.file+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`UPDATE session SET agent = ? WHERE agent = ?`, root.id[:], eva.id[:]); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/console/agents", "/console/alerts", "/console/login"} {
		page := eva.get(path).is(http.StatusForbidden).holds("Alguien cambió en la base de datos quién puede entrar", "entre otra vez")
		page.holdsNot("raul", "Contraseña nueva")
	}
	if len(told) != 3 || !strings.HasPrefix(told[0], "session: ") || strings.Contains(told[0], eva.cookie) {
		t.Errorf("told: %q", told)
	}
	root.get("/console/agents").is(http.StatusOK)

	// An agent's own row.
	if _, err := db.Exec(`UPDATE agent SET body = (SELECT body FROM agent b WHERE b.id = ?) WHERE id = ?`, root.id[:], eva.id[:]); err != nil {
		t.Fatal(err)
	}
	root.get("/console/agents").is(http.StatusOK).holds("cambiado en la base de datos; no entra")
}
