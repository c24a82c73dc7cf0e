package console

import (
	"database/sql"
	"net/http"
	"strings"
	"testing"

	"aviso/gateway"
)

// Somebody who writes to the database takes the words out of what was done, or
// spoils them: the pages show that something was done, and all the rest of it.
func TestEntriesWithoutWordsAreShown(t *testing.T) {
	h := newHouse(t)
	root := h.clerk("raul", gateway.RoleAdmin)
	h.text(juan, "ALERTA ayuda")
	ref := h.alert().Alert.Ref.Digits()
	root.get("/console/profiles/" + h.profile(juan).ID.String()).is(http.StatusOK)
	root.get("/console/audit").holdsNot("sus palabras fueron quitadas")
	root.get("/console/audit.csv").is(http.StatusOK)

	db, err := sql.Open("sqlite3", "file:"+h.file+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, spoilt := range []string{"substr(body, 2)", "NULL"} {
		if _, err := db.Exec(`UPDATE ledger SET body = ` + spoilt + ` WHERE what IN ('looked', 'raised') OR kind = 'profile' AND seq = 1`); err != nil {
			t.Fatal(err)
		}
		root.get("/console/audit").is(http.StatusOK).holds("raul hizo algo: sus palabras fueron quitadas del registro", "descargó la auditoría")
		root.get("/console/alerts/" + ref).is(http.StatusOK).holds("alguien hizo algo: sus palabras fueron quitadas del registro")
		root.get("/console/profiles/" + h.profile(juan).ID.String()).is(http.StatusOK).holds("alguien hizo algo: sus palabras fueron quitadas del registro")
		if file := root.get("/console/audit.csv").is(http.StatusOK).body; !strings.Contains(file, "raul,lost,") {
			t.Errorf("the file says nothing of it: %s", file)
		}
	}
}
