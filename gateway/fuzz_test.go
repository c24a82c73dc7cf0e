package gateway_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/numbering"
)

// A number as a person writes it: what is taken can be dialled, is of a country
// that is served, and is the same when it comes back from a carrier.
func FuzzReadPhone(f *testing.F) {
	for _, seed := range []string{
		"+13125550101", "312-555-0101", "(312) 555-0101", "55 1234 5678", "5512345678", "+5213312345678", "0445512345678",
		"+52 33 1234 5678", "1 312 555 0101", "78910", "", "+", "٣١٢٥٥٥٠١٠١", "+1312555010\x00", "+999999999999999999",
	} {
		f.Add(seed)
	}
	numbers, err := numbering.Builtin()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		countries := []string{"US", "MX"}
		reader := gateway.PhoneReader{Plan: numbers, Served: countries}
		p, err := reader.Read(s)
		if err != nil {
			if p != "" {
				t.Errorf("%q is refused and read as %s", s, p)
			}
			return
		}
		if !p.Dialable() || !slices.Contains(countries, p.Country()) || gateway.CarrierPhone(string(p)) != p {
			t.Errorf("%q is read as %q of %s", s, p, p.Country())
		}
		if again, err := reader.Read(string(p)); err != nil || again != p {
			t.Errorf("%q is read as %s, and that as %s, %v", s, p, again, err)
		}
		if !slices.Contains(gateway.SearchPhones(s), p) {
			t.Errorf("%q is kept as %s, and searched as %v", s, p, gateway.SearchPhones(s))
		}
	})
}

// Whatever a text says, what is asked of the records for it is bounded: one
// text must not read the whole roster.
func FuzzText(f *testing.F) {
	for _, seed := range []string{
		"ALERTA 3125550101 4821 me llevan", "CANCELAR 4821", "AGREGAR 33 1234 5678 Maria 4821", "RECIBIDO #482137 482138",
		"DATOS 123456782 4821", "QUITAR +523312345678", strings.Repeat("3125550101 ", 200), "\xff\xfe ALERTA", "",
	} {
		f.Add(seed, "+13125550101")
	}
	f.Fuzz(func(t *testing.T, body, from string) {
		scope := gateway.NewText("SM1", gateway.CarrierPhone(from), "+15550001111", body, "").Scope()
		if scope.Key != "sms:SM1" || len(scope.NamedPhones) > 8 || len(scope.NamedCodes) > 8 || len(scope.Refs) > 32 || len(scope.Invited) > 12 {
			t.Errorf("%q asks for %d phones, %d codes, %d references, %d invited", body,
				len(scope.NamedPhones), len(scope.NamedCodes), len(scope.Refs), len(scope.Invited))
		}
	})
}

func FuzzParseHours(f *testing.F) {
	for _, seed := range []string{"", "mon-fri 08:00-18:00", "sat 09:00-13:00; sun 10:00-12:00", "fri 22:00-06:00", "mon 25:00-26:00", "-", "mon-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		hours, err := gateway.ParseHours(s)
		if err != nil {
			return
		}
		open := 0
		for h := range 7 * 24 * 4 {
			if hours.Open(time.Date(2026, 11, 22, 0, 15*h, 0, 0, time.UTC)) {
				open++
			}
		}
		if strings.TrimSpace(s) == "" && open != 7*24*4 {
			t.Errorf("no hours are not always")
		}
	})
}

// A policy that is taken ends every ladder with a human, and follows up in
// order.
func FuzzParsePolicy(f *testing.F) {
	f.Add(`{}`)
	f.Add(`{"contact":[{"try":"text","quiet":"2m"},{"try":"task"}],"nobody":"10m"}`)
	f.Add(`{"contact":[]}`)
	f.Add(`{"desk":[{"try":"task","quiet":"-1s"}]} trailing`)
	f.Fuzz(func(t *testing.T, s string) {
		p, err := gateway.ParsePolicy([]byte(s))
		if err != nil {
			return
		}
		for _, ladder := range [][]gateway.Rung{p.Contact, p.Desk} {
			if len(ladder) == 0 || ladder[len(ladder)-1].Try != gateway.TryTask {
				t.Errorf("%q: a ladder ends without a human", s)
			}
		}
		if p.Nobody <= 0 || p.Ask <= p.Nobody || p.Close <= p.Ask {
			t.Errorf("%q: follows up out of order", s)
		}
	})
}

func FuzzParseSender(f *testing.F) {
	for _, seed := range []string{"+15550001111", "78910", "MG0123", "+18005550100", "", "MG", "+1", "999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		sender, err := gateway.ParseSender(s)
		if err != nil {
			return
		}
		if again, err := gateway.ParseSender(sender.Address); err != nil || again.Address != sender.Address || again.Kind != sender.Kind || sender.Rate <= 0 {
			t.Errorf("%q is read as %+v, and that as %+v, %v", s, sender, again, err)
		}
	})
}
