// Package storetest is the suite that every engine of the store passes. It knows
// nothing of the engines: whoever runs it says how to make an empty database.
package storetest

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/store"
)

// Engine is how the suite gets at one kind of database.
type Engine struct {
	// New makes an empty database that no other test has, and says its address.
	New func(t *testing.T) (dsn string)
	// Exec runs one statement on it, behind the store's back.
	Exec func(t *testing.T, dsn, sql string)
}

// Run runs the suite.
func Run(t *testing.T, engine Engine) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *world)
	}{
		{"A repeat gets the first answer", testRepeat},
		{"What was written is read back", testRoundTrip},
		{"Every kind of row refuses a lost race", testConflicts},
		{"A subject that only has entries moves on too", testEntryConflict},
		{"A unique name that is taken is a conflict", testTaken},
		{"A failing Turn harms no neighbour", testNeighbours},
		{"A caller who leaves loses nothing", testLeaving},
		{"An erased conversation is not written to", testVanished},
		{"Eight workers claim each attempt once", testClaimOnce},
		{"Lanes come before times", testLanes},
		{"A lease that ends leaves doubt", testLease},
		{"Nobody else sends what is claimed", testCancelMeetsClaim},
		{"A release is fenced", testRelease},
		{"Leases are voided at a start", testVoid},
		{"Timers are claimed like attempts", testTimers},
		{"The oldest due attempt is known", testOldest},
		{"The oldest due call is known, whoever holds it", testOldestCall},
		{"Two nodes share a sender's time", testSlots},
		{"A change is hinted at, on every node", testChanges},
		{"A view holds what hangs on a phone", testViewPhone},
		{"A view holds what the open question hangs on", testViewQuestion},
		{"A view finds by number, code, id and attempt", testViewNamed},
		{"A view knows who wants no texts", testViewStopped},
		{"Who moved is found by both phones", testMoved},
		{"A view is bounded", testViewBounds},
		{"A view is one snapshot", testSnapshot},
		{"The directory follows its parts", testDirectory},
		{"Erasing leaves nothing of a person", testErase},
		{"Erasing waits for an open alert", testEraseOpen},
		{"The chains verify, and tell what was done to them", testVerify},
		{"Words that are gone are told from words that were erased", testVerifyWords},
		{"What an older version erased was erased", testVerifyOlder},
		{"Chains are sealed once an hour, and tell what was taken from them", testSeals},
		{"An import is an upsert", testImport},
		{"An import refuses a code that is taken", testImportTaken},
		{"Every profile is exported once", testExport},
		{"Another keyset is refused", testOtherKeyset},
		{"A newer schema is refused", testNewerSchema},
		{"What runs goes on beside a newer schema", testOlderBeside},
		{"A missing keyset is refused", testMissingKeyset},
		{"Two that start together end with one keyset", testStartTogether},
		{"A database for reading takes no writes", testReadOnly},
		{"Only who may make a database makes one", testMake},
		{"Another schema is refused with both versions named", testOtherSchema},
		{"Nobody is alone with a database that a node serves", testAlone},
		{"Recent alerts are counted by place", testRush},
		{"One incident is open for a place", testIncidentOnce},
		{"A view holds an incident with its alerts", testRaid},
		{"What can wait waits for an incident", testPaused},
		{"A stop holds whatever a conversation says", testStops},
		{"A view holds what else contacts were told of", testTogether},
		{"A ping writes", testPing},
		{"A call goes on where it was", testKeySession},
		{"Senders that do not reach a country", testUnreached},
		{"New contacts by block of numbers", testNewcomers},
		{"Who can write to the database gains no right by it", testRights},
		{"What was forged is listed, and put right", testRightsAgain},
		{"Rights are signed once", testRightsOnce},
		{"A report counts what is over and what was erased", testReport},
		{"Keys in force go forward only", testRightsOfKeys},
		{"Segments of a day over all nodes", testSpend},
		{"Error codes that nobody knows", testOddCodes},
		{"Inbound sides and their probes", testSides},
		{"Agents have a chain of their own", testAgents},
		{"What an agent can still undo is kept sealed, and is done once", testWaiting},
		{"Sessions work on every node, and end", testSessions},
		{"Tries are counted over all nodes", testTries},
		{"The board shows open alerts, page by page", testBoard},
		{"An alert is read with all that happened", testRecord},
		{"People are found by whole words", testSearch},
		{"What agents did is found again", testAudit},
		{"Pictures are counted", testPictures},
		{"The tide moves with what the board shows", testTide},
		{"A link is opened once", testPasses},
		{"A backup comes back whole, on either engine", testBackup},
		{"A backup holds one moment", testBackupOnline},
		{"A backup that is not whole is refused", testBackupRefused},
		{"A key is replaced, cut short and gone on with", testRotate},
		{"A key is replaced beside nodes that write", testRotateBeside},
		{"A key waits for every node", testRotateNotHeld},
		{"A backup from before a rotation comes back", testRotateBackup},
		{"A keyset that cannot be written is handed out", testRotateReadOnly},
		{"A month of records is swept", testRetain},
		{"A sweep and a Turn exclude each other", testRetainMeets},
		{"What a contact was sent is counted, whoever is erased", testTexted},
		{"A carrier is asked to forget what is final", testWords},
		{"Somebody is looked at for a sign of life", testLooks},
		{"An erased person's messages are still forgotten by the carrier", testWordsErased},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.test(t, newWorld(t, engine))
		})
	}
}

// world is one database, with a clock that a test turns by hand.
type world struct {
	engine Engine
	dsn    string
	keys   *store.Keyset
	now    time.Time
	made   int
}

func newWorld(t *testing.T, engine Engine) *world {
	t.Helper()
	keys, err := store.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 20, 14, 30, 0, 123_456_000, time.UTC)
	return &world{engine: engine, dsn: engine.New(t), keys: keys, now: now}
}

// open opens a node on the world's database.
func (w *world) open(t *testing.T) *store.Store {
	t.Helper()
	return w.openWith(t, store.Options{Keys: w.keys})
}

func (w *world) openWith(t *testing.T, o store.Options) *store.Store {
	t.Helper()
	s, err := w.tryOpen(t, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (w *world) tryOpen(t *testing.T, o store.Options) (*store.Store, error) {
	t.Helper()
	o.DSN, o.Clock = w.dsn, func() time.Time { return w.now }
	s, err := store.Open(context.Background(), o)
	if err == nil {
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
	}
	return s, err
}

func (w *world) fresh() gateway.Fresh { return gateway.NewFresh(w.now, rand.Reader) }

// id makes ids that grow, so that what is made first is read first.
func (w *world) id() gateway.ID {
	w.made++
	return gateway.NewFresh(w.now.Add(time.Duration(w.made)*time.Millisecond), rand.Reader).ID()
}

func (w *world) turn() gateway.Turn { return gateway.Turn{At: w.now} }

// phone makes different phones out of numbers.
func phone(n int) gateway.Phone { return gateway.Phone(fmt.Sprintf("+1312555%04d", n)) }

// person is a profile with contacts.
func (w *world) person(self int, contacts ...int) gateway.Profile {
	p := gateway.Profile{
		ID: w.id(), Phone: phone(self), Code: w.fresh().Code(), Name: "Juan Pérez López", Language: "es", ZIP: "60608",
		PIN:            gateway.PIN{Salt: w.fresh().Salt(), Hash: w.fresh().Salt(), Duress: w.fresh().Salt()},
		ConsularNotice: gateway.Consent{Given: true, At: w.now, Channel: "sms"},
		Registered:     w.now,
	}
	for _, c := range contacts {
		p.Contacts = append(p.Contacts, gateway.Contact{ID: w.id(), Phone: phone(c), Name: "Maria", Standing: gateway.StandingAccepted})
	}
	return p
}

func (w *world) alert(p *gateway.Profile, ref gateway.Ref) gateway.Alert {
	a := gateway.Alert{ID: w.id(), Ref: ref, State: gateway.AlertOpen, At: w.now, Consulate: "chicago"}
	if p != nil {
		a.Profile, a.Phone, a.Name, a.ZIP = p.ID, p.Phone, p.Name, p.ZIP
		a.Words = []gateway.Words{{At: w.now, Text: "me llevan"}}
	}
	return a
}

func (w *world) recipient(a *gateway.Alert, who int) gateway.Recipient {
	return gateway.Recipient{ID: w.id(), Alert: a.ID, Kind: gateway.KindContact, State: gateway.RecipientOwed,
		Phone: phone(who), Name: "Maria", Language: "es", Next: w.now.Add(time.Minute)}
}

func (w *world) attempt(r *gateway.Recipient) gateway.Attempt {
	a := gateway.Attempt{ID: w.id(), Channel: gateway.SMS, Lane: gateway.LaneFirst, State: gateway.AttemptWaiting, Due: w.now,
		Validity: 5 * time.Minute, Avoid: []string{"+15550001111", "78910"}, To: phone(900), Text: "ALERTA", Purpose: gateway.PurposeNotice}
	if r != nil {
		a.Alert, a.Recipient, a.To = r.Alert, r.ID, r.Phone
	}
	return a
}

func (w *world) conversation(n int) gateway.Conversation {
	return gateway.Conversation{ID: w.id(), Phone: phone(n), Language: "es"}
}

// raised is a person with an open alert, one recipient a contact and an attempt
// for each.
type raised struct {
	person     gateway.Profile
	alert      gateway.Alert
	recipients []gateway.Recipient
	attempts   []gateway.Attempt
}

func (w *world) raise(t *testing.T, s *store.Store, self int, contacts ...int) raised {
	t.Helper()
	r := raised{person: w.person(self, contacts...)}
	mustCommit(t, s, gateway.Turn{At: w.now, Profiles: []gateway.Profile{r.person},
		Conversations: []gateway.Conversation{w.conversation(self)}})
	return w.raiseAgain(t, s, r.person, contacts...)
}

func (w *world) raiseAgain(t *testing.T, s *store.Store, p gateway.Profile, contacts ...int) raised {
	t.Helper()
	r := raised{person: p, alert: w.alert(&p, mustView(t, s, gateway.Scope{}).Free)}
	for _, c := range contacts {
		recipient := w.recipient(&r.alert, c)
		r.recipients = append(r.recipients, recipient)
		r.attempts = append(r.attempts, w.attempt(&recipient))
	}
	mustCommit(t, s, gateway.Turn{At: w.now, Alerts: []gateway.Alert{r.alert}, Recipients: r.recipients, Attempts: r.attempts,
		Timers: []gateway.Timer{{ID: w.id(), Kind: "follow-up", Alert: r.alert.ID, Profile: p.ID, Due: w.now.Add(time.Hour), Phone: p.Phone}},
		Tasks:  []gateway.Task{{ID: w.id(), Kind: gateway.TaskNoDesk, State: gateway.TaskOpen, Alert: r.alert.ID, Profile: p.ID, At: w.now, Note: "ring"}},
		Audit:  []gateway.Entry{{Subject: gateway.SubjectAlert, ID: r.alert.ID, Kind: "raised", Actor: "phone", Detail: "me llevan"}}})
	return r
}

func mustCommit(t *testing.T, s *store.Store, turn gateway.Turn) {
	t.Helper()
	if err := s.Commit(context.Background(), turn); err != nil {
		t.Fatalf("commit: %v", err)
	}
}

func mustView(t *testing.T, s *store.Store, scope gateway.Scope) gateway.View {
	t.Helper()
	v, err := s.View(context.Background(), scope)
	if err != nil {
		t.Fatalf("view: %v", err)
	}
	return v
}
