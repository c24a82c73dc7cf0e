package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"aviso/gateway"
	"aviso/gateway/consulate"
	"aviso/gateway/service"
	"aviso/store"
	"aviso/templates"
)

const (
	ourLine = "+15550001111"
	pin     = "4829"
)

// world is the service on a real store, with a clock that is moved by hand and a
// carrier that takes everything.
type world struct {
	ctx     context.Context
	dir     string
	store   *store.Store
	service *service.Service
	now     time.Time
	texts   int
	people  int
	queue   []gateway.Attempt
	inbox   map[gateway.Phone][]string
}

func newWorld() (*world, error) {
	w := &world{ctx: context.Background(), now: time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC), inbox: map[gateway.Phone][]string{}}
	var err error
	if w.dir, err = os.MkdirTemp("", "understand"); err != nil {
		return nil, err
	}
	if w.store, err = store.Open(w.ctx, store.Options{
		DSN: filepath.Join(w.dir, "aviso.db"), KeysFile: filepath.Join(w.dir, "aviso.keys"), Clock: func() time.Time { return w.now },
	}); err != nil {
		return nil, err
	}
	words, err := templates.Builtin()
	if err != nil {
		return nil, err
	}
	sender, err := gateway.ParseSender(ourLine)
	if err != nil {
		return nil, err
	}
	w.service = &service.Service{
		Store: w.store, Clock: func() time.Time { return w.now }, Rand: rand.Reader, Words: words, Hasher: quickHasher(),
		Rules: gateway.Rules{
			Programme: "RED ZETA", PublicPhones: []gateway.Phone{"+13125550100"}, Senders: []gateway.Sender{sender},
			VoiceFrom: []gateway.Phone{ourLine}, Policy: gateway.DefaultPolicy(),
		},
		Dispatch: func(claimed []gateway.Attempt) { w.queue = append(w.queue, claimed...) },
	}
	table, err := consulate.Builtin()
	if err != nil {
		return nil, err
	}
	binary, err := table.MarshalBinary()
	if err != nil {
		return nil, err
	}
	return w, w.store.SetConsulates(w.ctx, binary, nil)
}

// quickHasher is of little work: what is understood does not hang on it.
func quickHasher() *gateway.Hasher {
	hasher := gateway.NewHasher()
	hasher.Memory, hasher.Passes = 8, 1
	return hasher
}

func (w *world) close() {
	w.store.Close()
	os.RemoveAll(w.dir)
}

// phone is a phone of its own for the nth line; every third of the digits after
// the area code is the line's.
func phone(area string, n int) gateway.Phone {
	return gateway.Phone(fmt.Sprintf("+1%s%03d%04d", area, 555-n/10000, n%10000))
}

// person registers somebody of their own for a line: Juan with Maria, who has
// accepted or only been asked, and a ZIP far from everybody else's.
func (w *world) person(accepted bool) (own, contact gateway.Phone, err error) {
	w.people++
	own, contact = phone("646", w.people), phone("917", w.people)
	fresh := gateway.NewFresh(w.now, rand.Reader)
	c := gateway.Contact{ID: fresh.ID(), Phone: contact, Name: "Maria"}
	if accepted {
		c.Standing = gateway.StandingAccepted
	}
	p := gateway.Profile{
		ID: fresh.ID(), Phone: own, Name: "Juan Perez Lopez", Language: "es", ZIP: "93702",
		PIN: w.service.Hasher.Hash(fresh, gateway.PIN{}, pin, ""), Registered: w.now, Contacts: []gateway.Contact{c},
	}
	err = gateway.ErrConflict
	for errors.Is(err, gateway.ErrConflict) { // of thousands of people two draw the same code now and then
		p.Code = fresh.Code()
		err = w.store.Commit(w.ctx, gateway.Turn{At: w.now, Profiles: []gateway.Profile{p}})
	}
	if err != nil {
		return "", "", err
	}
	if !accepted {
		if _, err := w.service.Handle(w.ctx, gateway.Invite{Profile: p.ID}); err != nil {
			return "", "", err
		}
	}
	return own, contact, w.deliver()
}

// text sends a text and returns the answer. What it sets off is delivered.
func (w *world) text(from gateway.Phone, body string) (string, error) {
	w.texts++
	w.now = w.now.Add(7 * time.Second)
	answer, err := w.service.Handle(w.ctx, gateway.NewText(fmt.Sprintf("SM%08d", w.texts), from, ourLine, body, ""))
	if err != nil {
		return "", err
	}
	return answer.Text, w.deliver()
}

// pass moves the clock, and lets what comes due happen.
func (w *world) pass(d time.Duration) error {
	w.now = w.now.Add(d)
	return w.deliver()
}

// deliver is the relay and the carrier: it sends what is due, and hands back the
// results and the timers.
func (w *world) deliver() error {
	for {
		timers, err := w.store.ClaimTimers(w.ctx, w.now, w.now.Add(gateway.Lease), 100)
		if err != nil {
			return err
		}
		for _, timer := range timers {
			if _, err := w.service.Handle(w.ctx, gateway.TimerDue{Timer: timer}); err != nil {
				return err
			}
		}
		due, err := w.store.Claim(w.ctx, w.now, w.now.Add(gateway.Lease), 100)
		if err != nil {
			return err
		}
		queue := append(w.queue, due...)
		w.queue = nil
		if len(queue)+len(timers) == 0 {
			return nil
		}
		for _, a := range queue {
			if a.Channel != gateway.Voice {
				w.inbox[a.To] = append(w.inbox[a.To], a.Text)
			}
			if _, err := w.service.Handle(w.ctx, gateway.Result{Attempt: a.ID, Fence: a.Claim.Fence, Sender: ourLine, SID: "SM" + a.ID.String(), Held: &a}); err != nil {
				return err
			}
		}
	}
}

// heard is what a phone received since it was last asked.
func (w *world) heard(p gateway.Phone) []string {
	texts := w.inbox[p]
	delete(w.inbox, p)
	return texts
}

// own is the profile of a phone, nil where there is none.
func (w *world) own(p gateway.Phone) (*gateway.Profile, error) {
	view, err := w.store.View(w.ctx, gateway.Scope{Phone: p})
	return view.Own, err
}
