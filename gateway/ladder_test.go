package gateway_test

import (
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

func TestRosterRingsRoundAndRound(t *testing.T) {
	w := newWorld(t)
	const one, two gateway.Phone = "+13125550161", "+13125550162"
	if err := w.store.ReplaceDesks(t.Context(), []gateway.Desk{
		{Consulate: gateway.AgentsDesk, Position: 0, Channel: gateway.Voice, Address: one, Confirmed: w.now},
		{Consulate: gateway.AgentsDesk, Position: 1, Channel: gateway.Voice, Address: two, Confirmed: w.now},
	}); err != nil {
		t.Fatal(err)
	}
	w.text(other, "ALERTA me llevan")
	w.rings(one, 0)
	w.pass(3 * time.Minute)
	w.rings(one, 1)
	w.pass(time.Minute)
	w.rings(two, 1)
	w.pass(time.Minute)
	w.rings(one, 1)
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
