package store_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
)

// idSource makes ids that grow.
func idSource(now time.Time) func() gateway.ID {
	var n atomic.Int64
	return func() gateway.ID {
		return gateway.NewFresh(now.Add(time.Duration(n.Add(1))*time.Millisecond), rand.Reader).ID()
	}
}

func number(n int) gateway.Phone { return gateway.Phone(fmt.Sprintf("+1312%07d", n)) }

// people are profiles with four contacts each.
func people(from, n int) []store.Incoming {
	list := make([]store.Incoming, n)
	for i := range list {
		p := gateway.Profile{Phone: number(from + i), Name: fmt.Sprintf("Juan Carlos Perez Lopez %d", from+i), Language: "es", ZIP: "60608",
			PIN:            gateway.PIN{Salt: make([]byte, 16), Hash: make([]byte, 16)},
			ConsularNotice: gateway.Consent{Given: true, Channel: "paper", At: time.Now()}}
		for c := range 4 {
			p.Contacts = append(p.Contacts, gateway.Contact{Phone: number(5_000_000 + 4*(from+i) + c), Name: "Maria", Relation: "hermana", Language: "es",
				Standing: gateway.StandingAccepted, Consent: gateway.Consent{Given: true, Channel: "paper", At: time.Now()}})
		}
		list[i] = store.Incoming{Profile: p}
	}
	return list
}

func openForBench(b *testing.B, dsn string) *store.Store {
	b.Helper()
	keys, err := store.NewKeyset()
	if err != nil {
		b.Fatal(err)
	}
	s, err := store.Open(context.Background(), store.Options{DSN: dsn, Keys: keys})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

// alertTurn is what an ALERTA from a registered phone with four contacts and a
// desk writes.
func alertTurn(ids func() gateway.ID, n int64, profile *gateway.Profile, conversation gateway.Conversation) gateway.Turn {
	now := time.Now()
	a := gateway.Alert{ID: ids(), Ref: gateway.Ref(100_000 + n%900_000), Profile: profile.ID, State: gateway.AlertOpen, Consulate: "chicago", At: now,
		Channel: "sms", Phone: profile.Phone, Name: profile.Name, Language: "es", ZIP: "60608", Zone: "America/Chicago", Certain: true,
		Words: []gateway.Words{{At: now, Text: "me llevan"}}}
	if conversation.Seq == 0 {
		conversation.ID, conversation.Phone = ids(), profile.Phone
	}
	turn := gateway.Turn{
		Key: fmt.Sprintf("sms:SM%032d", n), At: now,
		Answer:        gateway.Answer{Text: "RED X: Recibimos su ALERTA #482137. Avisando a 4 contactos y al Consulado en Chicago. Si fue error responda BIEN y su PIN."},
		Conversations: []gateway.Conversation{conversation},
		Alerts:        []gateway.Alert{a},
		Timers:        []gateway.Timer{{ID: ids(), Kind: "follow-up", Alert: a.ID, Due: now.Add(15 * time.Minute)}},
		Audit:         []gateway.Entry{{Subject: gateway.SubjectAlert, ID: a.ID, Kind: "raised", Actor: "phone", Detail: "ALERTA me llevan"}},
	}
	for i := range 5 {
		r := gateway.Recipient{ID: ids(), Alert: a.ID, Kind: gateway.KindContact, State: gateway.RecipientOwed, Phone: number(int(5_000_000 + 5*n + int64(i))), Name: "Maria", Language: "es"}
		turn.Recipients = append(turn.Recipients, r)
		turn.Attempts = append(turn.Attempts, gateway.Attempt{ID: ids(), Alert: a.ID, Recipient: r.ID, Channel: gateway.SMS, State: gateway.AttemptClaimed,
			Due: now, Claim: gateway.Claim{Fence: 1, Until: now.Add(gateway.Lease)}, Validity: gateway.NoticeValidity, To: r.Phone, Purpose: gateway.PurposeNotice,
			Text: "RED X: Juan P. envio ALERTA #482137 14:30. Puede estar detenido. Responda 1 si lo recibio. Nunca pedimos dinero. Mas: 555-555-0100. STOP=baja"})
	}
	return turn
}

// benchmarkCommit commits alerts, by one caller or by many.
func benchmarkCommit(b *testing.B, dsn string, callers int) {
	s := openForBench(b, dsn)
	ids := idSource(time.Now())
	var n atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(max(1, callers/2))
	commit := func() {
		i := n.Add(1)
		profile := gateway.Profile{ID: ids(), Phone: number(int(i)), Name: "Juan Carlos Perez Lopez"}
		if err := s.Commit(context.Background(), alertTurn(ids, i, &profile, gateway.Conversation{})); err != nil {
			b.Error(err)
		}
	}
	if callers == 1 {
		for b.Loop() {
			commit()
		}
	} else {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				commit()
			}
		})
	}
	b.ReportMetric(float64(n.Load())/b.Elapsed().Seconds(), "alerts/s")
}

func BenchmarkCommitSQLite(b *testing.B) {
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprint(callers), func(b *testing.B) { benchmarkCommit(b, filepath.Join(b.TempDir(), "aviso.db"), callers) })
	}
}

func BenchmarkCommitPostgres(b *testing.B) {
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprint(callers), func(b *testing.B) { benchmarkCommit(b, newSchema(b), callers) })
	}
}

const benchPeople = 100_000

// benchmarkView looks up people out of many, as the first text of an alert
// does, and by phone alone.
func benchmarkView(b *testing.B, dsn string) {
	s := openForBench(b, dsn)
	ctx := context.Background()
	start := time.Now()
	if _, err := s.ImportProfiles(ctx, people(0, benchPeople)); err != nil {
		b.Fatal(err)
	}
	b.Logf("import of %d profiles with 4 contacts: %.0f a second", benchPeople, benchPeople/time.Since(start).Seconds())
	i := 0
	next := func() gateway.Phone {
		i = (i + 7919) % benchPeople
		return number(i)
	}
	b.Run("view", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if v, err := s.View(ctx, gateway.Scope{Key: "sms:SMnew", Phone: next()}); err != nil || v.Own == nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("profile", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if p, err := s.ProfileByPhone(ctx, next()); err != nil || p == nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkViewSQLite(b *testing.B)   { benchmarkView(b, filepath.Join(b.TempDir(), "aviso.db")) }
func BenchmarkViewPostgres(b *testing.B) { benchmarkView(b, newSchema(b)) }
