package sim

import (
	"context"
	"net/http"
	"strings"
)

// keypad are the keys of a telephone, as the page shows them.
var keypad = []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"}

// state is what a phone is doing: "idle", "ringing", "talking" or "dialled", in
// a USSD session. The carrier's lock is held.
func (p *Phone) state() string {
	switch {
	case p.talk != nil && p.talk.state != talkOver:
		return "talking"
	case len(p.ringing) > 0:
		return "ringing"
	case p.session != nil && !p.session.over:
		return "dialled"
	}
	return "idle"
}

// call calls a number of ours from the page.
func (p *Phones) call(w http.ResponseWriter, r *http.Request) {
	index, ok := p.form(w, r)
	if !ok {
		return
	}
	phone := p.cfg.Phones[index].Phone
	to := strings.TrimSpace(r.PostFormValue("to"))
	if len(to) > toMost {
		http.Error(w, "no number and no screen's answer is as long", http.StatusBadRequest)
		return
	}
	p.c.mu.Lock()
	state, session := phone.state(), phone.session
	p.c.mu.Unlock()
	// What was begun goes on, whether the page stays or not.
	ctx := context.WithoutCancel(r.Context())
	var err error
	switch {
	case state == "dialled":
		err = session.Reply(ctx, to)
	case state != "idle":
		http.Error(w, Words("el teléfono está en una llamada|the phone is on a call").In(languageOf(r)), http.StatusConflict)
		return
	case strings.HasPrefix(to, "*"):
		_, err = phone.Dial(ctx, to)
	default:
		_, err = phone.Call(ctx, to)
	}
	if err == ErrNoSuchNumber || err == ErrNoWebhook {
		phone.note("", "No call: "+err.Error())
	}
	p.back(w, r, index)
}

// keysMost is more keys than anything asks for: a number abroad, dialled in full.
const keysMost = 20

// key presses keys on the call that a phone is on.
func (p *Phones) key(w http.ResponseWriter, r *http.Request) {
	index, ok := p.form(w, r)
	if !ok {
		return
	}
	key := r.PostFormValue("key")
	if key == "" || len(key) > keysMost || strings.Trim(key, strings.Join(keypad, "")) != "" {
		http.Error(w, Words("ningún teléfono tiene esta tecla|no telephone has this key").In(languageOf(r)), http.StatusBadRequest)
		return
	}
	phone := p.cfg.Phones[index].Phone
	p.c.mu.Lock()
	state, talk, session := phone.state(), phone.talk, phone.session
	p.c.mu.Unlock()
	switch {
	case state == "dialled":
		session.Reply(context.WithoutCancel(r.Context()), key)
	case talk != nil:
		talk.push(key)
	}
	p.back(w, r, index)
}

// hook answers, declines or hangs up.
func (p *Phones) hook(w http.ResponseWriter, r *http.Request) {
	index, ok := p.form(w, r)
	if !ok {
		return
	}
	phone := p.cfg.Phones[index].Phone
	p.c.mu.Lock()
	state, talk, session := phone.state(), phone.talk, phone.session
	p.c.mu.Unlock()
	switch hook := r.PostFormValue("hook"); {
	case hook == "answer" && state == "ringing":
		p.c.spawn(func() { phone.Answer(p.c.ctx) })
	case hook == "decline" && state == "ringing":
		p.c.spawn(func() { phone.Decline(p.c.ctx) })
	case hook == "hangup" && state == "talking":
		talk.HangUp()
	case hook == "hangup" && state == "dialled":
		session.TimeOut()
	}
	p.back(w, r, index)
}

// push presses keys and waits for nothing. What is pressed while the gateway is
// asked is taken by whatever it asks for next.
func (t *Talk) push(keys string) {
	t.c.mu.Lock()
	defer t.c.mu.Unlock()
	if t.state == talkOver || t.state == talkBridged {
		return
	}
	t.keys += keys
	t.phone.append(entry{Sid: t.Sid(), Sent: true, Call: true, Said: true, Peer: t.peer(), Body: keys})
	t.notify()
}
