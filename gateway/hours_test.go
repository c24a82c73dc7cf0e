package gateway_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"aviso/gateway"
)

// at is a moment of the week that begins on Monday, 4 May 2026.
func at(t testing.TB, day, clock string) time.Time {
	t.Helper()
	days := map[string]int{"mon": 4, "tue": 5, "wed": 6, "thu": 7, "fri": 8, "sat": 9, "sun": 10}
	c, err := time.Parse("15:04", clock)
	if err != nil {
		t.Fatal(err)
	}
	return time.Date(2026, time.May, days[day], c.Hour(), c.Minute(), 30, 0, time.UTC)
}

func TestHours(t *testing.T) {
	for _, c := range []struct {
		hours, day, clock string
		open              bool
	}{
		{"", "sun", "03:00", true},
		{"24h", "sun", "03:00", true},
		{"always", "sun", "03:00", true},

		{"mon-fri 08:00-18:00", "mon", "07:59", false},
		{"mon-fri 08:00-18:00", "mon", "08:00", true},
		{"mon-fri 08:00-18:00", "fri", "17:59", true},
		{"mon-fri 08:00-18:00", "fri", "18:00", false},
		{"mon-fri 08:00-18:00", "sat", "12:00", false},
		{"MON-FRI 8:00-18:00", "wed", "08:00", true},
		{"lun-vie 08:00-18:00", "wed", "08:00", true},
		{"Lun – Mié 08:00 — 18:00, SÁB\u00a009:00‑13:00", "wed", "17:00", true},
		{"Lun – Mié 08:00 — 18:00, SÁB\u00a009:00‑13:00", "thu", "17:00", false},
		{"Lun – Mié 08:00 — 18:00, SÁB\u00a009:00‑13:00", "sat", "12:00", true},

		{"mon-fri 08:00-18:00, sat 09:00-13:00", "sat", "10:00", true},
		{"mon-fri 08:00-18:00; sat 09:00-13:00", "sat", "13:00", false},
		{"mon,wed,fri 08:00-12:00", "wed", "11:00", true},
		{"mon,wed,fri 08:00-12:00", "tue", "11:00", false},
		{"mon-fri 08:00-12:00,14:00-18:00", "tue", "13:00", false},
		{"mon-fri 08:00-12:00,14:00-18:00", "tue", "14:00", true},
		{"mon-fri 08:00-12:00 14:00-18:00", "tue", "15:00", true},
		{"08:00-18:00", "sun", "09:00", true},
		{"08:00-18:00", "sun", "19:00", false},
		{"sat-sun 24h", "sun", "23:59", true},
		{"sat-sun 24h", "mon", "00:00", false},
		{"mon 20:00-24:00", "mon", "23:59", true},
		{"mon 20:00-24:00", "tue", "00:00", false},

		// Over midnight: what began on Friday goes on into Saturday.
		{"fri 22:00-06:00", "fri", "21:59", false},
		{"fri 22:00-06:00", "sat", "05:59", true},
		{"fri 22:00-06:00", "sat", "06:00", false},
		{"fri 22:00-06:00", "fri", "05:00", false},
		// Over the week's end.
		{"sun 22:00-06:00", "mon", "05:00", true},
		{"fri-mon 10:00-11:00", "sat", "10:30", true},
		{"fri-mon 10:00-11:00", "mon", "10:30", true},
		{"fri-mon 10:00-11:00", "tue", "10:30", false},
	} {
		h, err := gateway.ParseHours(c.hours)
		if err != nil {
			t.Errorf("ParseHours(%q): %v", c.hours, err)
			continue
		}
		if got := h.Open(at(t, c.day, c.clock)); got != c.open {
			t.Errorf("%q open on %s at %s: %v, want %v", c.hours, c.day, c.clock, got, c.open)
		}
	}
}

func TestHoursRefused(t *testing.T) {
	for _, s := range []string{
		"mon-fri", "sat, sun", "mon-fri 08:00-18:00, sat", "8-18", "mon 08:00", "mon 08:00-08:00",
		"mon 25:00-26:00", "mon 24:00-25:00", "mon 08:60-09:00", "monday 08:00-18:00", "mon-xyz 08:00-18:00",
		"mon -", "mon 08:00-18:00 tue", "mon +8:00-18:00", ",", ";;", "x", "08:00-18:00 mon",
	} {
		if h, err := gateway.ParseHours(s); err == nil {
			t.Errorf("ParseHours(%q) = %v, want an error", s, h)
		}
	}
}

// A desk in another zone answers by its own clock.
func TestHoursFollowTheLocation(t *testing.T) {
	h, err := gateway.ParseHours("mon-fri 08:00-18:00")
	if err != nil {
		t.Fatal(err)
	}
	noonUTC := time.Date(2026, time.May, 4, 12, 0, 0, 0, time.UTC)
	pacific := time.FixedZone("PDT", -7*3600)
	if !h.Open(noonUTC) || h.Open(noonUTC.In(pacific)) {
		t.Error("want open at 12:00 in UTC and closed at the same moment, 05:00 in the west")
	}
}

func TestHoursAreWeekly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.SampledFrom([]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}).Draw(t, "day")
		from := rapid.SampledFrom([]string{"00:00", "06:30", "12:00", "22:15"}).Draw(t, "from")
		to := rapid.SampledFrom([]string{"01:00", "06:31", "13:00", "23:59", "24:00"}).Draw(t, "to")
		h, err := gateway.ParseHours(day + " " + from + "-" + to)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "now"), 0).UTC()
		if h.Open(now) != h.Open(now.AddDate(0, 0, 7)) {
			t.Fatalf("open at %v differs from a week later", now)
		}
	})
}
