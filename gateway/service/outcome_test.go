package service_test

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"aviso/gateway"
)

var (
	passing  = &gateway.Failure{Code: "30008", Remedy: gateway.Retry, Waits: [3]time.Duration{5 * time.Second}, Then: gateway.Elsewhere}
	landline = &gateway.Failure{Code: "30006", Remedy: gateway.Call}
	switched = &gateway.Failure{Code: "30003", Remedy: gateway.Retry, Waits: [3]time.Duration{time.Minute, 5 * time.Minute},
		Then: gateway.Call, Short: gateway.Elsewhere, AlsoCall: true}
	tooMany = &gateway.Failure{Code: "20429", Remedy: gateway.Retry}
	engaged = &gateway.Failure{Code: "call-busy", Remedy: gateway.Retry,
		Waits: [3]time.Duration{30 * time.Second, time.Minute, 2 * time.Minute}, Then: gateway.Elsewhere}
	unlisted = &gateway.Failure{Code: "30034", Remedy: gateway.Elsewhere, Alarm: true}
)

// about reports on an attempt by its place among all that was sent to a phone.
func (w *world) about(to gateway.Phone, n int, rank gateway.Rank, failure *gateway.Failure) {
	w.Helper()
	for _, a := range w.sent {
		if a.To == to {
			if n--; n < 0 {
				w.handle(gateway.Receipt{Attempt: a.ID, Rank: rank, Failure: failure})
				w.deliver()
				return
			}
		}
	}
	w.Errorf("so many were not sent to %s", to)
}

// seconds moves the clock finely.
func (w *world) seconds(n int) {
	w.Helper()
	for range n {
		w.now = w.now.Add(time.Second)
		w.deliver()
	}
}

// A peer overwrote a failure that may pass by a final one that came for the same
// message, and never tried again.
func TestTemporaryFailureIsRetriedWhateverComesAfter(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.hears(maria, "Juan P.")
	w.about(maria, 0, gateway.RankFailed, passing)
	w.about(maria, 0, gateway.RankFailed, landline)
	w.about(maria, 0, gateway.RankSent, nil)
	w.nothing(maria)
	w.seconds(6)
	w.hears(maria, "Juan P.")
	w.rings(maria, 0)
	w.about(maria, 1, gateway.RankDelivered, nil)
	w.seconds(60)
	w.nothing(maria)
}

// The other way round: what is final stays so.
func TestFinalFailureIsNotTakenBack(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.hears(maria, "Juan P.")
	w.about(maria, 0, gateway.RankFailed, landline)
	w.rings(maria, 1)
	w.about(maria, 0, gateway.RankFailed, passing)
	w.seconds(20)
	w.nothing(maria)
	w.rings(maria, 0)
}

// A peer took undelivered for sent. A receipt that says so follows one that says
// sent, and is heeded.
func TestUndeliveredAfterSentIsHeeded(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.hears(maria, "Juan P.")
	w.about(maria, 0, gateway.RankSent, nil)
	w.about(maria, 0, gateway.RankFailed, passing)
	w.seconds(6)
	w.hears(maria, "Juan P.")
	w.about(maria, 1, gateway.RankFailed, passing) // a second time: another sender
	w.hears(maria, "Juan P.")
	if last := w.sent[len(w.sent)-1]; !slices.Contains(last.Avoid, ourLine) {
		t.Errorf("sent again avoiding %v", last.Avoid)
	}
}

// A peer let a late "completed" overwrite the error of a call, and did not call
// again.
func TestLateCompletedTakesNoErrorBack(t *testing.T) {
	w := newWorld(t)
	w.fails[maria] = landline
	w.text(juan, "ALERTA")
	w.rings(maria, 1)
	w.about(maria, 0, gateway.RankSending, nil) // it rings
	w.about(maria, 0, gateway.RankFailed, engaged)
	w.about(maria, 0, gateway.RankSent, nil) // completed, says a later one
	w.rings(maria, 0)
	w.seconds(31)
	w.rings(maria, 1)
	w.about(maria, 1, gateway.RankFailed, engaged)
	w.seconds(61)
	w.rings(maria, 1)
	w.about(maria, 2, gateway.RankFailed, engaged)
	w.seconds(121)
	w.rings(maria, 1)
	w.about(maria, 3, gateway.RankFailed, engaged) // three times again
	w.pass(20 * time.Minute)
	w.rings(maria, 0)
	if len(w.tasks(gateway.TaskUnreachable)) == 0 {
		t.Error("nobody is asked to ring whom calls do not reach")
	}
}

// A phone that is off: the text again after 1 and 5 minutes, and one call now.
func TestHandsetOffIsCalledBesideTheRetries(t *testing.T) {
	w := newWorld(t)
	w.text(juan, "ALERTA")
	w.hears(maria, "Juan P.")
	w.about(maria, 0, gateway.RankFailed, switched)
	w.rings(maria, 1)
	w.seconds(59)
	w.nothing(maria)
	w.seconds(2)
	w.hears(maria, "Juan P.")
	w.about(maria, 2, gateway.RankFailed, switched)
	w.seconds(290)
	w.nothing(maria)
	w.rings(maria, 0) // not once more for the second text
	w.seconds(11)
	w.hears(maria, "Juan P.")
}

func TestHandsetOffAtOnceIsCalledToo(t *testing.T) {
	w := newWorld(t)
	w.fails[maria] = switched
	w.text(juan, "ALERTA")
	w.rings(maria, 1)
	clear(w.fails)
	w.seconds(61)
	w.hears(maria, "Juan P.")
	w.rings(maria, 0)
}

// A plan may bar short codes, which looks the same: another number is tried.
func TestHandsetOffOnAShortCodeGoesToALongOne(t *testing.T) {
	w := newWorld(t)
	short, err := gateway.ParseSender("78910")
	if err != nil {
		t.Fatal(err)
	}
	w.service.Rules.Senders = append([]gateway.Sender{short}, w.service.Rules.Senders...)
	first := w.hold(rosa)
	w.text(juan, "ALERTA")
	w.handle(gateway.Result{Attempt: first.ID, Fence: first.Claim.Fence, Sender: "78910", SID: "SM1"})
	w.handle(gateway.Receipt{Attempt: first.ID, Rank: gateway.RankFailed, Failure: switched})
	w.deliver()
	w.hears(rosa, "Juan P.")
	if !slices.ContainsFunc(w.sent, func(a gateway.Attempt) bool {
		return a.To == rosa && a.Channel == gateway.SMS && slices.Contains(a.Avoid, "78910")
	}) {
		t.Error("the next does not avoid the short code")
	}
}

// hold keeps the first attempt to a phone from the carrier; a test says what
// becomes of it.
func (w *world) hold(phone gateway.Phone) *gateway.Attempt {
	queue, first := w.service.Dispatch, &gateway.Attempt{}
	w.service.Dispatch = func(claimed []gateway.Attempt) {
		for _, a := range claimed {
			if a.To == phone && first.ID.IsZero() {
				*first = a
				continue
			}
			queue([]gateway.Attempt{a})
		}
	}
	return first
}

// What is refused for now is tried after 1, 2 and 5 seconds, then ever more
// slowly; after some, an agent rings as well.
func TestTooManyRequestsAreTriedAgain(t *testing.T) {
	w := newWorld(t)
	w.fails[maria] = tooMany
	w.text(juan, "ALERTA")
	tries := func() int {
		c := w.view(gateway.Scope{Phone: juan}).Cases[0]
		for _, a := range c.Attempts {
			if a.To == maria && a.Channel == gateway.SMS {
				return a.Tries
			}
		}
		return 0
	}
	for _, c := range []struct{ after, tries int }{{0, 1}, {1, 2}, {2, 3}, {5, 4}, {10, 5}} {
		w.seconds(c.after)
		if got := tries(); got != c.tries {
			t.Errorf("%d tries %d s later, want %d", got, c.after, c.tries)
		}
	}
	clear(w.fails)
	w.seconds(20)
	w.hears(maria, "Juan P.")
}

// Every sender is refused: the operator has to mend something, which may take
// days. The family is called, and the text is tried on.
func TestNoSenderIsLeft(t *testing.T) {
	w := newWorld(t)
	w.fails[maria] = unlisted
	w.text(juan, "ALERTA")
	w.rings(maria, 1)
	w.seconds(30)
	w.nothing(maria)
	clear(w.fails)
	w.pass(2 * time.Minute)
	w.hears(maria, "Juan P.")
	w.rings(maria, 0)
}

// A receipt that overtakes the answer to its request says from which number it
// was, so that the next goes from another one.
func TestReceiptBeforeTheResultKnowsItsSender(t *testing.T) {
	w := newWorld(t)
	first := w.hold(maria)
	w.text(juan, "ALERTA")
	filtered := &gateway.Failure{Code: "30007", Remedy: gateway.Elsewhere, Filtered: true}
	w.handle(gateway.Receipt{Attempt: first.ID, Rank: gateway.RankFailed, Failure: filtered, Sender: ourLine})
	w.deliver()
	w.hears(maria, "Juan P.")
	if last := w.sent[len(w.sent)-1]; !slices.Contains(last.Avoid, ourLine) {
		t.Errorf("the next avoids %v", last.Avoid)
	}
	w.handle(gateway.Result{Attempt: first.ID, Fence: first.Claim.Fence, Sender: ourLine, SID: "SM1"})
	w.deliver()
	w.nothing(maria)
}

// looked counts Views.
type looked struct {
	gateway.Store
	views int
}

func (s *looked) View(ctx context.Context, scope gateway.Scope) (gateway.View, error) {
	s.views++
	return s.Store.View(ctx, scope)
}

// What was sent is recorded without reading what its sender has at hand, unless
// something has happened to it since.
func TestSentIsRecordedUnread(t *testing.T) {
	for name, receipt := range map[string]bool{"untouched": false, "receipt first": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			first := w.hold(rosa)
			w.text(juan, "ALERTA")
			if receipt {
				w.handle(gateway.Receipt{Attempt: first.ID, Rank: gateway.RankDelivered})
			}
			s := &looked{Store: w.store}
			w.service.Store = s
			held := *first
			w.handle(gateway.Result{Attempt: first.ID, Fence: first.Claim.Fence, Sender: secondLine, SID: "SM1", Held: first})
			if read := s.views > 0; read != receipt {
				t.Errorf("read: %v", read)
			}
			if !reflect.DeepEqual(*first, held) {
				t.Error("what the sender has at hand was changed")
			}
			view, err := w.store.View(t.Context(), gateway.Scope{Attempt: first.ID, Whole: true})
			if err != nil {
				t.Fatal(err)
			}
			a := view.Attempt
			if a.State != gateway.AttemptSent || a.SID != "SM1" || a.Sender != secondLine || receipt != (a.Rank == gateway.RankDelivered) {
				t.Errorf("it is kept as %+v", a)
			}
			if a.To != rosa || a.Text == "" {
				t.Error("what it said is gone")
			}
		})
	}
}

// A carrier that loses every answer is asked soon whether it has the message,
// and sent it again ever more slowly, whatever its list says.
func TestWhatIsLostIsSentAgainEverMoreSlowly(t *testing.T) {
	lost := &gateway.Failure{Code: "http-503", Remedy: gateway.Retry, Unknown: true}
	for name, searched := range map[string]func(w *world, a gateway.Attempt) (sent bool){
		"its list has not got it": func(w *world, a gateway.Attempt) bool {
			if a.Lookups == 0 {
				w.handle(gateway.Result{Attempt: a.ID, Fence: a.Claim.Fence, Absent: true})
			}
			return a.Lookups > 0 // a second no is believed within the claim
		},
		"its list is out, too": func(w *world, a gateway.Attempt) bool {
			if a.Lookups < gateway.LookupsMost {
				w.handle(gateway.Result{Attempt: a.ID, Fence: a.Claim.Fence, Failure: &gateway.Failure{Code: gateway.CodeLookup, Remedy: gateway.Retry, Unknown: true}})
			}
			return a.Lookups >= gateway.LookupsMost
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.service.Dispatch = nil
			w.handle(gateway.NewText("SM1", juan, ourLine, "PRUEBA", "")) // nobody is called instead
			var a gateway.Attempt
			claim := func() (due bool) {
				list, err := w.store.Claim(t.Context(), w.now, w.now.Add(gateway.Lease), 100)
				if err != nil {
					t.Fatal(err)
				}
				i := slices.IndexFunc(list, func(o gateway.Attempt) bool { return o.To == maria })
				if i >= 0 {
					a = list[i]
				}
				return i >= 0
			}
			if !claim() {
				t.Fatal("nothing is due")
			}
			begun := w.now
			var looks, sends []time.Duration // from the request before
			last := w.now
			w.handle(gateway.Result{Attempt: a.ID, Fence: a.Claim.Fence, Failure: lost})
			for first := true; w.now.Sub(begun) < 25*time.Minute; {
				w.now = w.now.Add(time.Second)
				if !claim() {
					continue
				}
				if first {
					looks, first = append(looks, w.now.Sub(last)), false
				}
				if searched(w, a) {
					sends, last, first = append(sends, w.now.Sub(last)), w.now, true
					w.handle(gateway.Result{Attempt: a.ID, Fence: a.Claim.Fence, Failure: lost})
				}
			}
			for i, wait := range looks {
				if wait < time.Second || wait > 6*time.Second {
					t.Errorf("search %d comes after %v", i, wait)
				}
			}
			for i, wait := range sends {
				if i > 0 && wait < sends[i-1] || wait > 6*time.Minute {
					t.Errorf("it is sent again after %v", sends)
					break
				}
			}
			if len(sends) < 9 || sends[0] > 10*time.Second || sends[len(sends)-1] < 5*time.Minute {
				t.Errorf("it is sent again after %v", sends)
			}
		})
	}
}

// TestCallFromAnotherNumber: what one caller ID is refused another calls; when the
// last one is refused too, an agent rings.
func TestCallFromAnotherNumber(t *testing.T) {
	w := newWorld(t)
	w.service.Rules.VoiceFrom = []gateway.Phone{ourLine, "+15550002222"}
	w.text(juan, "ALERTA")
	w.pass(5 * time.Minute)
	call := w.callTo(maria)
	refused := &gateway.Failure{Code: "21210", Remedy: gateway.Elsewhere}
	row := func() gateway.Attempt {
		t.Helper()
		v, err := w.store.View(t.Context(), gateway.Scope{Attempt: call.ID})
		if err != nil || v.Attempt == nil {
			t.Fatal(err)
		}
		return *v.Attempt
	}
	// The world's carrier has taken the call; it is asked anew here.
	next := gateway.Attempt{ID: gateway.ID{9}, Alert: call.Alert, Recipient: call.Recipient, Channel: gateway.Voice, Lane: call.Lane,
		State: gateway.AttemptClaimed, Claim: gateway.Claim{Fence: 1, Until: w.now.Add(gateway.Lease)}, To: maria, Text: call.Text, Purpose: gateway.PurposeNotice}
	if err := w.store.Commit(t.Context(), gateway.Turn{At: w.now, Attempts: []gateway.Attempt{next}}); err != nil {
		t.Fatal(err)
	}
	call = next
	w.handle(gateway.Result{Attempt: call.ID, Fence: 1, Sender: ourLine, Failure: refused})
	if a := row(); a.State != gateway.AttemptWaiting || !slices.Equal(a.Avoid, []string{ourLine}) {
		t.Fatalf("after the first number was refused: %v, avoiding %q", a.State, a.Avoid)
	}
	a := row()
	a.State, a.Claim = gateway.AttemptClaimed, gateway.Claim{Fence: 2, Until: w.now.Add(gateway.Lease)}
	if err := w.store.Commit(t.Context(), gateway.Turn{At: w.now, Attempts: []gateway.Attempt{a}}); err != nil {
		t.Fatal(err)
	}
	w.handle(gateway.Result{Attempt: call.ID, Fence: 2, Sender: "+15550002222", Failure: refused})
	if a := row(); a.State != gateway.AttemptFailed {
		t.Errorf("after both were refused: %v", a.State)
	}
}
