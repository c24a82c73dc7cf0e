package service_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

var undelivered = &gateway.Failure{Code: "30008", Remedy: gateway.Retry}

func TestLadderClimbsOnSilence(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.hears(maria, "Juan P.")
	w.hears(rosa, "Juan P.")
	w.hears(pedro, "Juan P.")
	w.hears(desk, "Juan Perez")
	w.pass(2 * time.Minute)
	w.hears(maria, "Juan P.") // from the other sender
	w.rings(maria, 0)
	w.pass(2 * time.Minute)
	w.rings(maria, 1)
	w.rings(desk, 1)
	w.pass(10 * time.Minute)
	w.rings(maria, 0)
	w.nothing(pedro, maria) // who has not answered gets one text and no call
	w.rings(pedro, 0)
	w.pass(2 * time.Minute)
	w.hears(juan, "nadie ha confirmado")
}

func TestConfirmationStopsTheOthersCallsAndNoDesk(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.pass(time.Minute)
	w.says(maria, "1", "Gracias")
	w.pass(10 * time.Minute)
	w.rings(maria, 0)
	w.rings(rosa, 0)
	w.rings(desk, 1)
	w.pass(10 * time.Minute)
	if got := w.hears(juan, "Maria CONFIRMO"); got == "" {
		t.Fail()
	}
	w.nothing(juan)
}

func TestNumberThatTakesNoTextsIsCalledAtOnce(t *testing.T) {
	w := newWorld(t)
	w.fails[maria] = &gateway.Failure{Code: "21614", Remedy: gateway.Call}
	w.text(juan, "ALERTA")
	w.rings(maria, 1)
	w.text(juan, "BIEN 4821")
	clear(w.fails)
	w.text(juan, "ALERTA")
	w.rings(maria, 0)
	w.receipt(maria, gateway.RankFailed, &gateway.Failure{Code: "30006", Remedy: gateway.Call})
	w.rings(maria, 1)
}

func TestFailoverToAnotherSender(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.hears(maria, "Juan P.")
	w.receipt(maria, gateway.RankFailed, &gateway.Failure{Code: "30007", Remedy: gateway.Elsewhere, Filtered: true})
	w.hears(maria, "Juan P.")
	if last := w.sent[len(w.sent)-1]; len(last.Avoid) != 1 || last.Avoid[0] != ourLine {
		t.Errorf("the filtered text went again avoiding %v", last.Avoid)
	}
	w.receipt(maria, gateway.RankFailed, &gateway.Failure{Code: "30007", Remedy: gateway.Elsewhere, Filtered: true})
	w.nothing(maria)
	w.rings(maria, 1)
}

func TestOptedOutAtTheCarrierIsLeftToAnAgent(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.hears(maria, "Juan P.")
	w.receipt(maria, gateway.RankFailed, &gateway.Failure{Code: "21610", Remedy: gateway.Never, OptedOut: true})
	w.hears(juan, "no pudimos avisar a Maria")
	w.pass(10 * time.Minute)
	w.rings(maria, 0)
	w.nothing(maria)
}

func TestReceiptsOnlyRise(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.hears(maria, "Juan P.")
	w.receipt(maria, gateway.RankDelivered, nil)
	w.receipt(maria, gateway.RankFailed, undelivered)
	w.receipt(maria, gateway.RankSent, nil)
	w.nothing(maria)
	w.pass(90 * time.Second)
	w.nothing(maria)
}

func TestDeliveredAfterFailedWithdrawsTheRetry(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.hears(maria, "Juan P.")
	w.receipt(maria, gateway.RankFailed, &gateway.Failure{Code: "30003", Remedy: gateway.Retry, Waits: [3]time.Duration{time.Minute, 5 * time.Minute}, Then: gateway.Call})
	w.receipt(maria, gateway.RankDelivered, nil)
	w.pass(90 * time.Second)
	w.nothing(maria)
}

func TestDeskRowsAreTriedInOrder(t *testing.T) {
	w := newWorld(t)
	const second, closed, national gateway.Phone = "+13125550198", "+13125550197", "+15205550100"
	w.service.Rules.National = &gateway.Desk{Channel: gateway.SMS, Address: national, Consulate: gateway.NationalDesk}
	if err := w.store.ReplaceDesks(t.Context(), []gateway.Desk{
		{Consulate: "chicago", Position: 0, Channel: gateway.SMS, Address: closed, Hours: "mon-fri 08:00-18:00", Confirmed: w.now},
		{Consulate: "chicago", Position: 1, Channel: gateway.SMS, Address: desk, Confirmed: w.now},
		{Consulate: "chicago", Position: 2, Channel: gateway.Voice, Address: second, Confirmed: w.now},
	}); err != nil {
		t.Fatal(err)
	}
	w.text(juan, "ALERTA") // a Sunday
	w.hears(desk, "Juan Perez")
	w.pass(9 * time.Minute) // text 3 minutes, call 5
	w.rings(desk, 1)
	w.rings(second, 1)
	w.pass(6 * time.Minute)
	w.hears(national, "Juan Perez")
	w.nothing(closed)
	w.says(national, "RECIBIDO", "RECIBIDO #")
	w.hears(juan, "Guardia consular CONFIRMO")
}

// onCall has a roster of two on duty, and says who was rung since the last look.
func (w *world) onCall(hours string) (rung func() []gateway.Phone) {
	w.Helper()
	var roster []gateway.Desk
	for i, phone := range []gateway.Phone{agentOne, agentTwo} {
		roster = append(roster, gateway.Desk{
			Consulate: gateway.AgentsDesk, Position: i, Channel: gateway.Voice, Address: phone, Hours: hours, Confirmed: w.now,
		})
	}
	if err := w.store.ReplaceDesks(w.Context(), roster); err != nil {
		w.Fatal(err)
	}
	seen := 0
	return func() (rung []gateway.Phone) {
		for _, a := range w.sent[seen:] {
			if a.Purpose == gateway.PurposeRoster {
				rung = append(rung, a.To)
			}
		}
		seen = len(w.sent)
		return rung
	}
}

const agentOne, agentTwo gateway.Phone = "+13125550161", "+13125550162"

func zoneOf(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

// The roster's hours are those of the contact centre, wherever the alert is.
func TestRosterHoursAreTheCentres(t *testing.T) {
	for _, c := range []struct {
		zone string
		rung bool
	}{{"Asia/Tokyo", true}, {"America/Chicago", false}, {"America/Los_Angeles", false}} {
		w := newWorld(t)
		w.service.Rules.Zone = zoneOf(c.zone)
		there := w.now.In(zoneOf("Asia/Tokyo"))
		rung := w.onCall(there.Add(-time.Hour).Format("15:04") + "-" + there.Add(2*time.Hour).Format("15:04"))
		w.text(other, "ALERTA me llevan")
		w.pass(4 * time.Minute)
		if got := rung(); (len(got) > 0) != c.rung {
			t.Errorf("a centre in %s: %v were rung", c.zone, got)
		}
	}
}

func TestRosterRingsRoundAndRound(t *testing.T) {
	w := newWorld(t)
	rung := w.onCall("")
	w.text(other, "ALERTA me llevan")
	if got := rung(); got != nil {
		t.Errorf("%v were rung at once", got)
	}
	w.pass(3 * time.Minute)
	// Nobody answers: the next one is rung, and nobody twice in a row.
	unanswered := &gateway.Failure{Code: "call-no-answer", Remedy: gateway.Retry, Waits: [3]time.Duration{30 * time.Second}, Then: gateway.Elsewhere}
	w.receipt(agentOne, gateway.RankFailed, unanswered)
	w.pass(time.Minute)
	w.receipt(agentTwo, gateway.RankFailed, unanswered)
	w.pass(time.Minute)
	if got := rung(); !slices.Equal(got, []gateway.Phone{agentOne, agentTwo, agentOne}) {
		t.Errorf("%v were rung in turn", got)
	}
}

// A night on which nobody of the roster answers does not make the records forget
// whose turn it is, nor who was told.
func TestRosterRingsAllNight(t *testing.T) {
	w := newWorld(t)
	rung := w.onCall("")
	w.text(juan, "ALERTA")
	w.hears(maria, "Juan P.")
	w.pass(8 * time.Hour)
	got := rung()
	if n := len(got); n < 400 || got[n-1] == got[n-2] || got[n-2] == got[n-3] {
		t.Errorf("%d calls, the last to %v", n, got[max(0, n-3):])
	}
	w.inbox[maria] = nil
	w.says(juan, "BIEN 4821", "termino")
	w.hears(maria, "termino")
}

func TestRosterRingsOnceAMinuteForAllTasks(t *testing.T) {
	w := newWorld(t)
	rung := w.onCall("")
	w.text(juan, "ALERTA")
	w.fails[rosa] = &gateway.Failure{Code: "21211", Remedy: gateway.Never}
	w.pass(9*time.Minute + 30*time.Second) // Maria is given up half a minute later than Rosa
	w.pass(time.Minute)
	if tasks := w.tasks(gateway.TaskUnreachable); len(tasks) < 2 {
		t.Fatalf("%d tasks, want one for each contact", len(tasks))
	}
	rung()
	w.pass(10 * time.Minute)
	if got := rung(); len(got) > 10 {
		t.Errorf("%d calls in ten minutes", len(got))
	}
	said := 0
	for _, text := range w.inbox[juan] {
		if strings.Contains(text, "nadie ha confirmado") {
			said++
		}
	}
	if said != 1 {
		t.Errorf("Juan heard %d times that nobody has confirmed: %q", said, w.inbox[juan])
	}
}

func TestRosterWaitsForWhoeverIsOnDuty(t *testing.T) {
	w := newWorld(t)
	rung := w.onCall("15:00-16:00")
	w.text(juan, "ALERTA") // at half past two
	w.fails[rosa] = &gateway.Failure{Code: "21211", Remedy: gateway.Never}
	w.pass(29 * time.Minute)
	if got := rung(); got != nil {
		t.Errorf("%v were rung out of hours", got)
	}
	w.pass(2 * time.Minute)
	if got := rung(); len(got) == 0 {
		t.Error("nobody was rung when the hours began")
	}
}

func TestFollowingUp(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.says(maria, "1", "Gracias")
	clear(w.inbox)
	w.pass(3 * time.Hour)
	w.hears(maria, "locator.ice.gov")
	w.pass(4 * time.Hour)
	w.hears(maria, "medicinas")
	w.says(maria, "STOP", "no recibira")
	w.pass(48 * time.Hour)
	w.nothing(maria)
	w.pass(8 * 24 * time.Hour)
	w.says(juan, "ESTADO", "No hay alerta")
}

func TestCallingOffEndsTheLadder(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.text(juan, "BIEN 4821")
	clear(w.inbox)
	w.pass(49 * time.Hour)
	w.nothing(juan, maria, rosa, pedro, desk)
	w.rings(maria, 0)
	w.rings(desk, 0)
}
