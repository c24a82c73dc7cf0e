package service

import (
	"bytes"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"aviso/gateway"
	"aviso/gateway/consulate"
	"aviso/gateway/decision"
	"aviso/gateway/numbering"
	"aviso/templates"
)

// chance is a Fresh's randomness, the same for the same seed.
type chance struct{ *rand.ChaCha8 }

func (c chance) Read(p []byte) (int, error) { return c.ChaCha8.Read(p) }

var directoryOnce = sync.OnceValues(func() (*gateway.Directory, error) {
	table, err := consulate.Builtin()
	if err != nil {
		return nil, err
	}
	numbers, err := numbering.Builtin()
	return gateway.NewDirectory(table, numbers, nil), err
})

// anyWorld draws a person, their contacts, desks and rules.
func anyWorld(t *rapid.T) (decision.Means, gateway.View, gateway.Fresh) {
	now := time.Date(2026, 11, 22, 20, 30, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 7*24*60).Draw(t, "minute")) * time.Minute)
	fresh := gateway.NewFresh(now, chance{rand.NewChaCha8([32]byte{byte(rapid.IntRange(0, 255).Draw(t, "seed"))})})
	words, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := directoryOnce()
	if err != nil {
		t.Fatal(err)
	}
	phones := []gateway.Phone{"+523312345678", "+13125550103", "+13125550104", "+13125550105", "+525512345678", "+13125550106"}
	p := gateway.Profile{ID: fresh.ID(), Version: gateway.Version{Seq: 1}, Phone: "+13125550101", Name: "Juan Perez", ZIP: rapid.SampledFrom([]string{"60608", "09012", "", "99999", "10001"}).Draw(t, "zip")}
	p.ConsularNotice.Given = rapid.Bool().Draw(t, "consent")
	view := gateway.View{Own: &p, Stopped: map[gateway.Phone]bool{}, Free: 482137}
	for i := range rapid.IntRange(0, len(phones)).Draw(t, "contacts") {
		c := gateway.Contact{ID: fresh.ID(), Phone: phones[i], Name: "C", Vague: rapid.Bool().Draw(t, "vague")}
		c.Standing = rapid.SampledFrom([]gateway.Standing{gateway.StandingUnanswered, gateway.StandingAccepted, gateway.StandingRefused, gateway.StandingWrong}).Draw(t, "standing")
		if rapid.Bool().Draw(t, "message") {
			c.Message = "recoge a los ninos"
		}
		for range rapid.IntRange(0, 3).Draw(t, "told") {
			c.Told = append(c.Told, now.Add(-time.Duration(rapid.IntRange(0, 60*24).Draw(t, "ago"))*time.Hour))
		}
		p.Contacts = append(p.Contacts, c)
		if rapid.IntRange(0, 3).Draw(t, "stopped") == 0 {
			view.Stopped[c.Phone] = true
		}
	}
	var desks []gateway.Desk
	for i := range rapid.IntRange(0, 3).Draw(t, "desks") {
		d := gateway.Desk{ID: fresh.ID(), Consulate: "chicago", Position: i, Address: gateway.Phone("+1312555020" + string(rune('0'+i)))}
		d.Channel = rapid.SampledFrom([]gateway.Channel{gateway.SMS, gateway.Voice}).Draw(t, "channel")
		d.Hours = rapid.SampledFrom([]string{"", "mon-fri 08:00-18:00"}).Draw(t, "hours")
		if rapid.Bool().Draw(t, "confirmed") {
			d.Confirmed = now
		}
		desks = append(desks, d)
	}
	view.Directory = gateway.NewDirectory(shipped.Consulates, shipped.Numbers, desks)
	rules := gateway.Rules{Programme: "RED X", PublicPhones: []gateway.Phone{"+13125550100"}, Policy: gateway.DefaultPolicy(),
		Senders: []gateway.Sender{{Address: "+15550001111", Kind: gateway.LongCode, Rate: 1}}}
	if rapid.Bool().Draw(t, "voice") {
		rules.VoiceFrom = []gateway.Phone{"+15550001111"}
	}
	if rapid.Bool().Draw(t, "national") {
		rules.National = &gateway.Desk{Consulate: gateway.NationalDesk, Channel: gateway.SMS, Address: "+15205550100"}
	}
	return decision.Means{Rules: &rules, Words: words, Zones: new(gateway.Zones), Sends: true, Full: gateway.LaneInvite + 1}, view, fresh
}

// Every raised alert owes an attempt to each recipient who may be told, and a
// task to the agents where there is none; nobody is told who may not be.
func TestEveryAlertIsOwedToSomebody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, view, fresh := anyWorld(t)
		before := make([]gateway.Contact, len(view.Own.Contacts))
		copy(before, view.Own.Contacts)
		words := rapid.SampledFrom([]string{"ALERTA", "alerta me llevan", "MIGRA 60608"}).Draw(t, "words")
		turn, err := decide(m, gateway.NewText("SM1", view.Own.Phone, "+15550001111", words, ""), &view, fresh)
		if err != nil {
			t.Fatal(err)
		}
		if len(turn.Alerts) != 1 || turn.Answer.Text == "" {
			t.Fatalf("%d alerts, answer %q", len(turn.Alerts), turn.Answer.Text)
		}
		owed := map[gateway.ID]int{}
		for _, a := range turn.Attempts {
			if a.Purpose == gateway.PurposeNotice {
				owed[a.Recipient]++
				if a.State != gateway.AttemptClaimed || a.Claim.Fence != 1 || !a.Claim.Until.After(fresh.Now) {
					t.Errorf("a first notice is not born claimed: %+v", a)
				}
			}
			if view.Stopped[a.To] && a.Channel == gateway.SMS {
				t.Errorf("somebody who stopped our texts is texted")
			}
		}
		for _, r := range turn.Recipients {
			if owed[r.ID] != 1 {
				t.Errorf("a recipient is owed %d notices", owed[r.ID])
			}
			if r.Kind != gateway.KindContact && !view.Own.ConsularNotice.Given {
				t.Errorf("a desk is told without consent")
			}
			if r.Kind == gateway.KindDesk {
				for _, d := range view.Directory.All() {
					if d.ID == r.Desk && d.Confirmed.IsZero() {
						t.Errorf("an unconfirmed desk is told")
					}
				}
			}
		}
		for _, c := range before {
			told := false
			for _, r := range turn.Recipients {
				told = told || r.Phone == c.Phone
			}
			recent := 0
			for _, at := range c.Told {
				if fresh.Now.Sub(at) < gateway.UnansweredWindow {
					recent++
				}
			}
			may := !view.Stopped[c.Phone] && (c.Standing == gateway.StandingAccepted || c.Standing == gateway.StandingUnanswered && recent < gateway.UnansweredMost)
			if told != may {
				t.Errorf("contact %s, stopped %t, told %d times: told %t, may be %t", c.Standing, view.Stopped[c.Phone], recent, told, may)
			}
		}
		if len(turn.Recipients) == 0 && len(turn.Tasks) == 0 {
			t.Errorf("an alert owes nobody anything")
		}
	})
}

// A decision is a function: the same event, view, time and randomness give the
// same Turn.
func TestDecisionsArePure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, view, fresh := anyWorld(t)
		text := rapid.SampledFrom([]string{"ALERTA", "CANCELAR", "ESTADO", "REGISTRO", "hola", "CITA 2H", "STOP", "DATOS", "la migra"}).Draw(t, "text")
		decide := func() gateway.Turn {
			v := view
			own := *view.Own
			own.Contacts = append([]gateway.Contact(nil), view.Own.Contacts...)
			v.Own = &own
			turn, err := decide(m, gateway.NewText("SM1", own.Phone, "+15550001111", text, ""), &v, gateway.NewFresh(fresh.Now, chance{rand.NewChaCha8([32]byte{1})}))
			if err != nil {
				t.Fatal(err)
			}
			return turn
		}
		a, b := decide(), decide()
		if a.Answer != b.Answer || len(a.Attempts) != len(b.Attempts) {
			t.Fatalf("%q decides differently: %q and %q", text, a.Answer.Text, b.Answer.Text)
		}
		for i := range a.Attempts {
			if a.Attempts[i].ID != b.Attempts[i].ID || !bytes.Equal([]byte(a.Attempts[i].Text), []byte(b.Attempts[i].Text)) {
				t.Fatalf("attempt %d differs", i)
			}
		}
	})
}
