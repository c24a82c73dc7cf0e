package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"aviso/gateway"
	"aviso/store"
)

func mustImport(t *testing.T, s *store.Store, list ...store.Incoming) store.Imported {
	t.Helper()
	done, err := s.ImportProfiles(context.Background(), list)
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	return done
}

func testImport(t *testing.T, w *world) {
	s := w.open(t)
	first := w.person(1, 2, 3)
	first.Contacts[0].Standing, first.Contacts[1].Standing = gateway.StandingUnanswered, gateway.StandingUnanswered
	if done := mustImport(t, s, store.Incoming{Profile: first}); done.New != 1 || done.Changed != 0 {
		t.Fatalf("first import: %+v", done)
	}
	v := mustView(t, s, gateway.Scope{Phone: phone(1)})
	kept := *v.Own
	if kept.PIN.Salt == nil || kept.Code != first.Code || !kept.Registered.Equal(w.now) {
		t.Fatalf("imported: %+v", kept)
	}
	// Contact 2 answers, contact 3 is asked.
	kept.Contacts[0].Standing, kept.Contacts[0].Consent = gateway.StandingRefused, gateway.Consent{At: w.now, Answered: "NO"}
	kept.Contacts[1].Asked = 1
	mustCommit(t, s, gateway.Turn{At: w.now, Profiles: []gateway.Profile{kept}})

	second := gateway.Profile{Phone: phone(1), Name: "Juan Gómez", Language: "mix", ConsularNotice: gateway.Consent{Given: true, Channel: "paper"},
		Contacts: []gateway.Contact{
			{Phone: phone(3), Name: "Rosa", Standing: gateway.StandingAccepted},
			{Phone: phone(2), Name: "Maria G", Standing: gateway.StandingAccepted},
			{Phone: phone(4), Name: "Luis"},
		}}
	// What is known is handed over, and what comes back is kept.
	onto := func(known *gateway.Profile) (gateway.Profile, error) {
		if known == nil || known.ID != kept.ID || known.Contacts[0].Standing != gateway.StandingRefused {
			t.Errorf("known: %+v", known)
			return gateway.Profile{}, errRefused
		}
		p := second
		p.ConsularNotice, p.Contacts = known.ConsularNotice, slices.Clone(p.Contacts)
		p.Contacts[1].Standing, p.Contacts[1].Consent = known.Contacts[0].Standing, known.Contacts[0].Consent
		return p, nil
	}
	list := []store.Incoming{{Profile: second, Onto: onto}}
	if done, err := s.PreviewImport(context.Background(), list); err != nil || done.New != 0 || done.Changed != 1 || len(done.Refused) > 0 {
		t.Fatalf("second import, in advance: %+v, %v", done, err)
	}
	if p := mustView(t, s, gateway.Scope{Phone: phone(1)}).Own; p.Name != first.Name {
		t.Errorf("a preview wrote %+v", p)
	}
	if done := mustImport(t, s, list...); done.New != 0 || done.Changed != 1 {
		t.Fatalf("second import: %+v", done)
	}
	now := *mustView(t, s, gateway.Scope{Phone: phone(1)}).Own
	if now.ID != kept.ID || now.Code != first.Code || string(now.PIN.Hash) != string(first.PIN.Hash) || now.Name != "Juan Gómez" || now.Language != "mix" {
		t.Errorf("upsert: %+v", now)
	}
	if now.ConsularNotice.Channel != "sms" {
		t.Error("an older consent lost how it was given")
	}
	rosa, maria, luis := now.Contacts[0], now.Contacts[1], now.Contacts[2]
	if maria.Standing != gateway.StandingRefused || maria.Consent.Answered != "NO" || maria.ID != kept.Contacts[0].ID || maria.Name != "Maria G" {
		t.Errorf("who refused: %+v", maria)
	}
	if rosa.Standing != gateway.StandingAccepted || rosa.Asked != 1 || rosa.ID != kept.Contacts[1].ID {
		t.Errorf("who had not answered: %+v", rosa)
	}
	if luis.ID.IsZero() || luis.Standing != gateway.StandingUnanswered {
		t.Errorf("a new contact: %+v", luis)
	}
	for n, want := range map[int]int{2: 1, 3: 1, 4: 1, 5: 0} {
		if v := mustView(t, s, gateway.Scope{Phone: phone(n)}); len(v.Wards) != want {
			t.Errorf("contact %d has %d wards, want %d", n, len(v.Wards), want)
		}
	}
	// A contact who is dropped is found no more.
	third := second
	third.Contacts = second.Contacts[:2]
	mustImport(t, s, store.Incoming{Profile: third, PIN: func(old gateway.PIN) gateway.PIN {
		if string(old.Salt) != string(first.PIN.Salt) {
			t.Error("the PIN is not made out of the one that is kept")
		}
		return gateway.PIN{Salt: old.Salt, Hash: []byte("hash")}
	}})
	if v := mustView(t, s, gateway.Scope{Phone: phone(4)}); len(v.Wards) != 0 {
		t.Error("a dropped contact is found")
	}
	if p := mustView(t, s, gateway.Scope{Phone: phone(1)}).Own; string(p.PIN.Hash) != "hash" {
		t.Error("the new PIN is not kept")
	}

	// A row for a person twice is a profile once, the later row's.
	a, b := w.person(7), w.person(7)
	a.Name, b.Name, b.Code = "Ana", "Ana Maria", ""
	if done := mustImport(t, s, store.Incoming{Profile: a}, store.Incoming{Profile: b}); done.New != 1 || done.Changed != 1 {
		t.Errorf("one person twice: %+v", done)
	}
	if p := mustView(t, s, gateway.Scope{Phone: phone(7)}).Own; p.Name != "Ana Maria" || p.Code != a.Code {
		t.Errorf("one person twice: %+v", p)
	}
	// One that is refused leaves those around it, and is nothing by itself.
	refuse := func(*gateway.Profile) (gateway.Profile, error) { return gateway.Profile{}, errRefused }
	around := []store.Incoming{{Profile: w.person(20)}, {Profile: w.person(21), Onto: refuse}, {Profile: w.person(7), Onto: refuse}, {Profile: w.person(22)}}
	for name, what := range map[string]func(context.Context, []store.Incoming) (store.Imported, error){"alone": s.ImportProfiles, "in advance": s.PreviewImport} {
		if done, err := what(context.Background(), around[1:2]); err != nil || done.New != 0 || done.Changed != 0 || !errors.Is(done.Refused[0], errRefused) {
			t.Errorf("refused, %s: %+v, %v", name, done, err)
		}
	}
	for name, what := range map[string]func(context.Context, []store.Incoming) (store.Imported, error){"in advance": s.PreviewImport, "": s.ImportProfiles} {
		done, err := what(context.Background(), around)
		if err != nil || done.New+done.Changed != 2 || len(done.Refused) != 2 || done.Refused[1] == nil || done.Refused[2] == nil {
			t.Errorf("refused among others %s: %+v, %v", name, done, err)
		}
	}
	if p := mustView(t, s, gateway.Scope{Phone: phone(21)}).Own; p != nil {
		t.Errorf("who was refused is kept: %+v", p)
	}
	if p := mustView(t, s, gateway.Scope{Phone: phone(22)}).Own; p == nil {
		t.Error("who came behind them is not")
	}
	if got, err := s.Verify(context.Background()); err != nil || len(got.Broken) > 0 {
		t.Errorf("chains: %+v (%v)", got, err)
	}
}

var errRefused = errors.New("refused by whoever asks")

func testImportTaken(t *testing.T, w *world) {
	s := w.open(t)
	holder := w.person(1)
	mustImport(t, s, store.Incoming{Profile: holder})
	var list []store.Incoming
	for i := range 30 {
		p := w.person(10 + i)
		if i == 17 {
			p.Code = holder.Code
		}
		list = append(list, store.Incoming{Profile: p})
	}
	if done, err := s.PreviewImport(context.Background(), list); err != nil || done.New != 29 || len(done.Refused) != 1 || !errors.Is(done.Refused[17], store.ErrTaken) {
		t.Fatalf("in advance: %+v, %v", done, err)
	}
	done := mustImport(t, s, list...)
	if done.New != 29 || len(done.Refused) != 1 || !errors.Is(done.Refused[17], store.ErrTaken) {
		t.Fatalf("import with a taken code: %+v", done)
	}
	for i := range 30 {
		p, err := s.ProfileByPhone(context.Background(), phone(10+i))
		if err != nil || (p == nil) != (i == 17) {
			t.Errorf("row %d: %v (%v)", i, p != nil, err)
		}
	}
}

func testExport(t *testing.T, w *world) {
	s := w.open(t)
	const n = 1203
	var list []store.Incoming
	for i := range n {
		p := w.person(1000+i, i, i+1)
		p.Code = ""
		list = append(list, store.Incoming{Profile: p})
	}
	if done := mustImport(t, s, list...); done.New != n {
		t.Fatalf("imported %+v", done)
	}
	var phones []gateway.Phone
	codes := map[gateway.Code]bool{}
	if err := s.Profiles(context.Background(), func(p *gateway.Profile) error {
		phones = append(phones, p.Phone)
		codes[p.Code] = true
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(phones)
	if len(phones) != n || len(slices.Compact(phones)) != n || len(codes) != n || codes[""] {
		t.Errorf("exported %d profiles with %d codes, want %d", len(phones), len(codes), n)
	}
	stop := errors.New("enough")
	if err := s.Profiles(context.Background(), func(*gateway.Profile) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("a yield that fails: %v", err)
	}
}
