package service_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/consulate"
	"aviso/gateway/service"
	"aviso/store"
	"aviso/templates"
)

// world is the domain on a real store, with a clock that is moved by hand and
// a carrier that takes everything. Its phones speak: a test says what somebody
// texts and what which phone then holds.
type world struct {
	*testing.T
	store   *store.Store
	service *service.Service
	now     time.Time
	texts   int
	inbox   map[gateway.Phone][]string // what arrived and was not yet expected
	calls   map[gateway.Phone][]string // the same, of calls
	queue   []gateway.Attempt
	fails   map[gateway.Phone]*gateway.Failure // what the carrier says of a phone
	secrets int                                // texts that held a PIN, of which the carrier is asked first to forget them
	sent    []gateway.Attempt                  // all that the carrier took

	looking   sync.Mutex
	untouched func() // looks whether the last view is as it was handed out
}

// The people of the tests.
const (
	juan       gateway.Phone = "+13125550101" // registered; PIN 4821, under duress 9917
	maria      gateway.Phone = "+523312345678"
	pedro      gateway.Phone = "+13125550103" // has not answered
	rosa       gateway.Phone = "+13125550104"
	desk       gateway.Phone = "+13125550199" // Chicago's, confirmed
	other      gateway.Phone = "+13125550150" // nobody's
	ourLine                  = "+15550001111"
	secondLine               = "+15550002222"
)

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		untouched: func() {},
		T:         t, now: time.Date(2026, 11, 22, 20, 30, 0, 0, time.UTC), // 14:30 in Chicago
		inbox: map[gateway.Phone][]string{}, calls: map[gateway.Phone][]string{}, fails: map[gateway.Phone]*gateway.Failure{},
	}
	dir := t.TempDir()
	s, err := store.Open(t.Context(), store.Options{
		DSN: filepath.Join(dir, "aviso.db"), KeysFile: filepath.Join(dir, "aviso.keys"), Clock: func() time.Time { return w.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	words, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	senders := make([]gateway.Sender, 0, 2)
	for _, address := range []string{ourLine, secondLine} {
		sender, err := gateway.ParseSender(address)
		if err != nil {
			t.Fatal(err)
		}
		senders = append(senders, sender)
	}
	w.store = s
	w.service = &service.Service{
		Store: noting{s, w}, Clock: func() time.Time { return w.now }, Rand: rand.Reader, Words: words, Hasher: quickHasher(),
		Rules:    gateway.Rules{Programme: "RED X", PublicPhones: []gateway.Phone{"+13125550100"}, Senders: senders, VoiceFrom: []gateway.Phone{ourLine}, Policy: gateway.DefaultPolicy(), Zone: zoneOf("America/Chicago")},
		Dispatch: func(claimed []gateway.Attempt) { w.queue = append(w.queue, claimed...) },
	}
	binary, err := consulates()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetConsulates(t.Context(), binary, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.ReplaceDesks(t.Context(), []gateway.Desk{
		{Consulate: "chicago", Channel: gateway.SMS, Address: desk, Language: "es", Confirmed: w.now},
	}); err != nil {
		t.Fatal(err)
	}
	w.register(w.juan())
	return w
}

// juan is a person with a contact who accepted, one who has not answered, and
// one whose wording is vague.
func (w *world) juan() gateway.Profile {
	fresh := gateway.NewFresh(w.now, rand.Reader)
	return gateway.Profile{
		ID: fresh.ID(), Phone: juan, Code: fresh.Code(), Name: "Juan Perez Lopez", Language: "es", ZIP: "60608",
		PIN:            w.service.Hasher.Hash(fresh, gateway.PIN{}, "4821", "9917"),
		ConsularNotice: gateway.Consent{Given: true, At: w.now, Channel: "paper"}, Registered: w.now,
		Contacts: []gateway.Contact{
			{ID: fresh.ID(), Phone: maria, Name: "Maria", Standing: gateway.StandingAccepted},
			{ID: fresh.ID(), Phone: pedro, Name: "Pedro"},
			{ID: fresh.ID(), Phone: rosa, Name: "Rosa", Standing: gateway.StandingAccepted, Vague: true},
		},
	}
}

func (w *world) register(profiles ...gateway.Profile) {
	w.Helper()
	if err := w.store.Commit(w.Context(), gateway.Turn{At: w.now, Profiles: profiles}); err != nil {
		w.Fatal(err)
	}
}

// text sends a text and returns the answer. What it sets off is delivered.
func (w *world) text(from gateway.Phone, body string) string {
	w.Helper()
	w.texts++
	return w.textAs(fmt.Sprintf("SM%08d", w.texts), from, body)
}

func (w *world) textAs(key string, from gateway.Phone, body string) string {
	w.Helper()
	answer, err := w.service.Handle(w.Context(), gateway.NewText(key, from, ourLine, body, ""))
	if err != nil {
		w.Fatalf("%s from %s: %v", body, from, err)
	}
	w.deliver()
	return answer.Text
}

// says texts and checks that the answer holds words.
func (w *world) says(from gateway.Phone, body string, words ...string) string {
	w.Helper()
	answer := w.text(from, body)
	for _, word := range words {
		if !strings.Contains(answer, word) {
			w.Errorf("%q from %s is answered %q, without %q", body, from, answer, word)
		}
	}
	return answer
}

// silent texts and checks that nothing is answered.
func (w *world) silent(from gateway.Phone, body string) {
	w.Helper()
	if answer := w.text(from, body); answer != "" {
		w.Errorf("%q from %s is answered %q, want silence", body, from, answer)
	}
}

// hears checks that a phone received a text that holds all the words, and
// takes it off the pile.
func (w *world) hears(phone gateway.Phone, words ...string) string {
	w.Helper()
	for i, text := range w.inbox[phone] {
		holds := true
		for _, word := range words {
			holds = holds && strings.Contains(text, word)
		}
		if holds {
			w.inbox[phone] = slices.Delete(w.inbox[phone], i, i+1)
			return text
		}
	}
	w.Errorf("%s holds %q, nothing with %q", phone, w.inbox[phone], words)
	return ""
}

// nothing checks that a phone holds no text that was not yet expected.
func (w *world) nothing(phones ...gateway.Phone) {
	w.Helper()
	for _, p := range phones {
		if len(w.inbox[p]) > 0 {
			w.Errorf("%s holds %q, want nothing", p, w.inbox[p])
			w.inbox[p] = nil
		}
	}
}

// pass moves the clock, and lets what comes due happen, minute by minute.
func (w *world) pass(d time.Duration) {
	w.Helper()
	step := time.Minute
	if d > 12*time.Hour {
		step = 30 * time.Minute
	}
	for end := w.now.Add(d); w.now.Before(end); {
		w.now = w.now.Add(min(step, end.Sub(w.now)))
		w.deliver()
	}
}

// noting is the store, and what a test wants to know of what is committed.
type noting struct {
	gateway.Store
	w *world
}

// View hands a view out, and looks afterwards whether a decision wrote into it.
func (s noting) View(ctx context.Context, scope gateway.Scope) (gateway.View, error) {
	s.w.Helper()
	s.w.looks()
	view, err := s.Store.View(ctx, scope)
	before := imageOf(view)
	s.w.looking.Lock()
	defer s.w.looking.Unlock()
	s.w.untouched = func() {
		s.w.Helper()
		if now := imageOf(view); now != before {
			at := 0
			for at < min(len(now), len(before)) && now[at] == before[at] {
				at++
			}
			s.w.Errorf("a decision wrote into its view: ...%.200s", now[max(0, at-100):])
		}
		s.w.untouched = func() {}
	}
	return view, err
}

// looks whether the view that was handed out last is as it was.
func (w *world) looks() {
	w.Helper()
	w.looking.Lock()
	defer w.looking.Unlock()
	w.untouched()
}

// imageOf is all that a view holds, the directory apart, as text.
func imageOf(view gateway.View) string {
	view.Directory = nil
	var b strings.Builder
	draw(&b, reflect.ValueOf(view))
	return b.String()
}

func draw(b *strings.Builder, v reflect.Value) {
	if at, ok := v.Interface().(time.Time); ok {
		fmt.Fprint(b, at.UnixNano())
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			draw(b, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				fmt.Fprintf(b, " %s:", f.Name)
				draw(b, v.Field(i))
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			b.WriteString(",")
			draw(b, v.Index(i))
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, key := range keys {
			fmt.Fprintf(b, " %v=", key)
			draw(b, v.MapIndex(key))
		}
	default:
		fmt.Fprint(b, v.Interface())
	}
}

func (s noting) Commit(ctx context.Context, turn gateway.Turn) error {
	s.w.Helper()
	s.w.looks()
	err := s.Store.Commit(ctx, turn)
	if err == nil && turn.Secret {
		s.w.secrets++
	}
	return err
}

// deliver is the relay and the carrier: it sends what was dispatched and what
// is due, and hands back the results and the timers.
func (w *world) deliver() {
	w.Helper()
	for range 100 {
		timers, err := w.store.ClaimTimers(w.Context(), w.now, w.now.Add(gateway.Lease), 100)
		if err != nil {
			w.Fatal(err)
		}
		for _, timer := range timers {
			w.handle(gateway.TimerDue{Timer: timer})
		}
		due, err := w.store.Claim(w.Context(), w.now, w.now.Add(gateway.Lease), 100)
		if err != nil {
			w.Fatal(err)
		}
		queue := append(w.queue, due...)
		w.queue = nil
		if len(queue)+len(timers) == 0 {
			return
		}
		for _, a := range queue {
			w.carry(a)
		}
	}
	w.Fatal("what is due never ends")
}

func (w *world) carry(a gateway.Attempt) {
	w.Helper()
	result := gateway.Result{Attempt: a.ID, Fence: a.Claim.Fence, Sender: ourLine}
	if slices.Contains(a.Avoid, ourLine) {
		result.Sender = secondLine
	}
	switch f := w.fails[a.To]; {
	case f != nil && a.Channel == gateway.SMS:
		result.Failure = f
	case a.Channel == gateway.Voice:
		w.calls[a.To] = append(w.calls[a.To], a.Text)
		w.sent = append(w.sent, a)
		result.SID = "CA" + a.ID.String()
	default:
		w.inbox[a.To] = append(w.inbox[a.To], a.Text)
		w.sent = append(w.sent, a)
		result.SID = "SM" + a.ID.String()
	}
	if result.Failure == nil {
		result.Held = &a // as the relay has it
	}
	w.handle(result)
}

func (w *world) handle(e gateway.Event) gateway.Answer {
	w.Helper()
	answer, err := w.service.Handle(w.Context(), e)
	if err != nil {
		w.Fatalf("%T: %v", e, err)
	}
	return answer
}

// receipt reports on the newest message or call to a phone.
func (w *world) receipt(to gateway.Phone, rank gateway.Rank, failure *gateway.Failure) {
	w.Helper()
	for i := len(w.sent) - 1; i >= 0; i-- {
		if w.sent[i].To == to {
			w.handle(gateway.Receipt{Attempt: w.sent[i].ID, Rank: rank, Failure: failure})
			w.deliver()
			return
		}
	}
	w.Errorf("nothing was sent to %s", to)
}

// rings checks how many calls a phone got since the last look.
func (w *world) rings(phone gateway.Phone, want int) {
	w.Helper()
	if got := len(w.calls[phone]); got != want {
		w.Errorf("%s was called %d times, want %d", phone, got, want)
	}
	w.calls[phone] = nil
}

// withoutRef is a text without its reference, whose digits are random and may
// happen to hold a PIN.
func withoutRef(text string) string { return refInText.ReplaceAllString(text, "#") }

var refInText = regexp.MustCompile(`#\d{6}`)

// ref is the reference in a text.
func (w *world) ref(text string) string {
	w.Helper()
	_, after, ok := strings.Cut(text, "#")
	if !ok || len(after) < 6 {
		w.Fatalf("no reference in %q", text)
	}
	return after[:6]
}

// quickHasher hashes PINs with next to no work: what is decided does not hang
// on how slow a hash is, and hundreds of them would be most of a test's time.
func quickHasher() *gateway.Hasher {
	h := gateway.NewHasher()
	h.Memory, h.Passes = 8, 1
	return h
}

// consulates is the table of consulates as it is stored.
var consulates = sync.OnceValues(func() ([]byte, error) {
	table, err := consulate.Builtin()
	if err != nil {
		return nil, err
	}
	return table.MarshalBinary()
})
