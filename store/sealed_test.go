package store_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
)

// TestSealed plants words in everything that is kept of people and looks for
// them in the bytes of the database, its log and its index, while it is open
// and after it was closed.
func TestSealed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "aviso.db")
	keys, err := store.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{DSN: path, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	ids := idSource(now)
	planted := map[string]string{
		"name": "Plantadillo", "zip": "60608", "phone": "+13125550101", "contact": "+523312345678", "contact name": "Contactina",
		"words": "palabrasplantadas", "message": "recogelosninos", "note": "notaplantada", "detail": "detalleplantado",
		"answer": "respuestaplantada", "pin hash": "hashplantado-ab", "said": "dichoplantado", "code": "493827165", "actor": "agentina",
		"desk": "+13125550199", "consent": "textomostrado", "purpose": "plantpurpose", "family word": "guayabera",
	}
	p := gateway.Profile{ID: ids(), Phone: gateway.Phone(planted["phone"]), Code: gateway.Code(planted["code"]), Name: planted["name"] + " Perez",
		ZIP: planted["zip"], PIN: gateway.PIN{Salt: []byte("salt"), Hash: []byte(planted["pin hash"])}, FamilyWord: planted["family word"],
		Contacts: []gateway.Contact{{ID: ids(), Phone: gateway.Phone(planted["contact"]), Name: planted["contact name"], Message: planted["message"],
			Consent: gateway.Consent{Given: true, Shown: planted["consent"]}}}}
	a := gateway.Alert{ID: ids(), Ref: 482137, Profile: p.ID, State: gateway.AlertOpen, Consulate: "chicago", At: now, Name: p.Name, ZIP: p.ZIP,
		Phone: p.Phone, Words: []gateway.Words{{At: now, Text: planted["words"]}}}
	r := gateway.Recipient{ID: ids(), Alert: a.ID, Phone: p.Contacts[0].Phone, Name: p.Contacts[0].Name}
	turn := gateway.Turn{
		Key: "sms:SM1", Answer: gateway.Answer{Text: planted["answer"]}, At: now,
		Conversations: []gateway.Conversation{{ID: ids(), Phone: p.Phone, LastEnd: &gateway.Said{Text: planted["said"]}}},
		Profiles:      []gateway.Profile{p},
		Alerts:        []gateway.Alert{a},
		Recipients:    []gateway.Recipient{r},
		Attempts:      []gateway.Attempt{{ID: ids(), Alert: a.ID, Recipient: r.ID, State: gateway.AttemptWaiting, Due: now, To: r.Phone, Text: planted["words"], Purpose: gateway.Purpose(planted["purpose"])}},
		Timers:        []gateway.Timer{{ID: ids(), Kind: "panic", Phone: p.Phone, Due: now}},
		Tasks:         []gateway.Task{{ID: ids(), Phone: p.Phone, Name: p.Name, Note: planted["note"], At: now}},
		Desks:         []gateway.Desk{{ID: ids(), Consulate: "chicago", Address: gateway.Phone(planted["desk"])}},
		Audit:         []gateway.Entry{{Subject: gateway.SubjectAlert, ID: a.ID, Kind: "raised", Actor: "agent:" + planted["actor"], Detail: planted["detail"]}},
	}
	if err := s.Commit(ctx, turn); err != nil {
		t.Fatal(err)
	}
	look := func(when string) {
		t.Helper()
		files, err := filepath.Glob(path + "*")
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		found := false
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found = found || bytes.Contains(data, []byte("chicago"))
			for what, word := range planted {
				for _, form := range []string{word, string(bytes.ToUpper([]byte(word))), string(bytes.TrimPrefix([]byte(word), []byte("+")))} {
					if bytes.Contains(data, []byte(form)) {
						t.Errorf("%s: the %s stands in %s", when, what, filepath.Base(file))
					}
				}
			}
			info, err := os.Stat(file)
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %s has mode %v", when, filepath.Base(file), info.Mode())
			}
		}
		if !found {
			t.Errorf("%s: what stands in clear was not found either: the search is blind", when)
		}
	}
	look("open")

	// What is erased is gone from the bytes too, sealed as it was.
	v, err := s.View(ctx, gateway.Scope{Phone: p.Phone})
	if err != nil {
		t.Fatal(err)
	}
	v.Cases[0].Alert.State, v.Cases[0].Alert.Ended = gateway.AlertClosed, now
	if err := s.Commit(ctx, gateway.Turn{At: now, Alerts: []gateway.Alert{v.Cases[0].Alert}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	look("closed")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = store.Open(ctx, store.Options{DSN: path, Keys: keys}); err != nil {
		t.Fatal(err)
	}
	if erased, err := s.EraseProfile(ctx, p.Phone); !erased || err != nil {
		t.Fatal(erased, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for what, id := range map[string]gateway.ID{"profile": p.ID, "recipient": r.ID, "attempt": turn.Attempts[0].ID} {
		if !bytes.Contains(before, id[:]) {
			t.Errorf("the %s's row was not found before it was erased: the search is blind", what)
		}
		if n := bytes.Count(after, id[:]); what == "profile" && n > 4 || what != "profile" && n > 0 { // a chain's rows and their index keep its subject's id
			t.Errorf("the %s's row is still in the file", what)
		}
	}
}
