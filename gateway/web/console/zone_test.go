package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// Lists are in the contact centre's time zone, which is named; so are the roster's
// hours, while a consulate's are its own.
func TestConsoleIsInTheCentresZone(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t)
	h.console.Rules.Zone = tokyo
	ana := h.clerk("Ana", gateway.RoleAdmin)
	now := h.now()
	hours := now.In(tokyo).Add(-time.Hour).Format("15:04") + "-" + now.In(tokyo).Add(time.Hour).Format("15:04")
	if err := h.store.ReplaceDesks(t.Context(), []gateway.Desk{
		{Consulate: gateway.AgentsDesk, Channel: gateway.Voice, Address: "+15205550100", Hours: hours},
		{Consulate: "chicago", Channel: gateway.SMS, Address: "+13125550199", Hours: hours},
	}); err != nil {
		t.Fatal(err)
	}
	ana.get("/console/desks").is(http.StatusOK).holds("abierta ahora · hora de Tokyo").holds("cerrada ahora · hora de Chicago")
	ana.get("/console/desks").form("/hours").fill("hours", "24h").send().did("done")
	day := now.In(tokyo).Format("2006-01-02")
	audit := ana.get("/console/audit").is(http.StatusOK).holds("Desde (hora de Tokyo)").holds(day + " ").holds(" Tokyo")
	if !strings.Contains(audit.body, `name="until" value="`+day+`"`) {
		t.Errorf("the last day is not %s", day)
	}
	// A day begins and ends there.
	ana.get("/console/audit?since=" + day + "&until=" + day).holds(" Tokyo").holdsNot("Nada en estas fechas")
	before := now.In(tokyo).AddDate(0, 0, -1).Format("2006-01-02")
	ana.get("/console/audit?since=" + before + "&until=" + before).holds("Nada en estas fechas")
}
