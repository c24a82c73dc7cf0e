package sim

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Talk is a call that a phone is on. What the gateway says is heard, and keys
// are pressed:
//
//	talk, err := juan.Call(ctx, "+15550001111")
//	talk.Hear(ctx, "marque 1")
//	talk.Press(ctx, "1")
//	talk.Hear(ctx, "Alerta enviada")
//	talk.HangUp()
//
// The verbs of each document are done in order, as Twilio does them. Silence
// lasts until a test says that it does, unless the carrier has a pace.
type Talk struct {
	c     *Carrier
	phone *Phone
	line  *Line // of the call

	ctx    context.Context
	cancel context.CancelFunc

	// Guarded by the carrier's lock.
	state   talkState
	keys    string // pressed, and not yet taken
	silence bool   // the silence that lasts is over
	heard   []utterance
	problem error // why the call broke off
	changed chan struct{}
}

type talkState int

const (
	talkBusy    talkState = iota // the gateway is being asked
	talkListens                  // a Gather waits for keys
	talkRings                    // somebody else is being rung
	talkBridged                  // two people talk
	talkOver
)

// utterance is what one document said, up to where it waits.
type utterance struct {
	text     string
	expected bool
}

// documentsMost bounds the documents of one call, so that a loop is found.
const documentsMost = 300

// Call calls one of the senders, and does what the gateway's documents say,
// until somebody hangs up. The error says why the call did not come about.
func (p *Phone) Call(ctx context.Context, to string) (*Talk, error) {
	line, err := p.open(to)
	if err != nil {
		return nil, err
	}
	t := p.newTalk(line)
	started := p.c.enter()
	if !started {
		return nil, errors.New("the carrier is closed")
	}
	go func() {
		defer p.c.work.Done()
		t.run(document{address: line.at})
	}()
	return t, t.settled(ctx)
}

func (p *Phone) newTalk(line *Line) *Talk {
	t := &Talk{c: p.c, phone: p, line: line, changed: make(chan struct{})}
	t.ctx, t.cancel = context.WithCancel(p.c.ctx)
	context.AfterFunc(t.ctx, func() { t.end(nil) })
	p.c.spawn(func() { // a client may end the call
		select {
		case <-line.call.ended:
			t.cancel()
		case <-t.ctx.Done():
		}
	})
	p.c.mu.Lock()
	p.talk = t
	p.c.mu.Unlock()
	return t
}

// Sid is the CallSid.
func (t *Talk) Sid() string { return t.line.call.Sid }

// Press presses keys, and returns when what waits for them has taken them and
// the gateway has answered. Keys that nothing waits for are lost, as in life.
func (t *Talk) Press(ctx context.Context, keys string) error {
	if err := t.until(ctx, "to be asked for keys", func() bool { return t.state == talkListens || t.state == talkOver }); err != nil {
		return err
	}
	t.c.mu.Lock()
	if t.state == talkOver {
		t.c.mu.Unlock()
		return errors.New("press keys: the call is over")
	}
	t.keys += keys
	t.phone.append(entry{Sid: t.Sid(), Sent: true, Call: true, Said: true, Peer: t.line.call.To, Body: keys})
	t.notify()
	t.c.mu.Unlock()
	return t.until(ctx, "the keys to be taken", func() bool { return t.keys == "" && t.state != talkBusy })
}

// Silence lets the time-out of what waits for keys pass.
func (t *Talk) Silence(ctx context.Context) error {
	if err := t.until(ctx, "to be asked for keys", func() bool { return t.state == talkListens }); err != nil {
		return err
	}
	t.c.mu.Lock()
	t.silence = true
	t.notify()
	t.c.mu.Unlock()
	return t.until(ctx, "the silence to be noticed", func() bool { return !t.silence && t.state != talkBusy })
}

// Hear waits until something is said that holds all these words, in any order
// and case, and that was not heard before. Its error lists all that was said.
func (t *Talk) Hear(ctx context.Context, words ...string) (string, error) {
	found := ""
	err := t.until(ctx, fmt.Sprintf("to hear %q", words), func() bool {
		for i := range t.heard {
			if u := &t.heard[i]; !u.expected && holds(u.text, words) {
				u.expected, found = true, u.text
				return true
			}
		}
		return false
	})
	return found, err
}

// Said is all that was said, an entry for each time that keys were waited for.
func (t *Talk) Said() []string {
	t.c.mu.Lock()
	defer t.c.mu.Unlock()
	said := make([]string, len(t.heard))
	for i := range t.heard {
		said[i] = t.heard[i].text
	}
	return said
}

// HangUp ends the call from the phone's side.
func (t *Talk) HangUp() {
	t.line.HangUp()
	t.cancel()
	t.end(nil)
}

// Over waits until the call has ended, and tells why where it broke off.
func (t *Talk) Over(ctx context.Context) error {
	if err := t.until(ctx, "the end", func() bool { return t.state == talkOver }); err != nil {
		return err
	}
	t.c.mu.Lock()
	defer t.c.mu.Unlock()
	return t.problem
}

// Bridged waits until the phone is connected with somebody.
func (t *Talk) Bridged(ctx context.Context) error {
	return t.until(ctx, "to be put through", func() bool { return t.state == talkBridged })
}

// settled waits until the gateway's first answer has been done as far as it
// goes by itself.
func (t *Talk) settled(ctx context.Context) error {
	if err := t.until(ctx, "an answer", func() bool { return t.state != talkBusy }); err != nil {
		return err
	}
	t.c.mu.Lock()
	defer t.c.mu.Unlock()
	return t.problem
}

// until waits for something to be so. so is called under the carrier's lock.
func (t *Talk) until(ctx context.Context, what string, so func() bool) error {
	for {
		t.c.mu.Lock()
		yes, changed, over, problem := so(), t.changed, t.state == talkOver, t.problem
		t.c.mu.Unlock()
		switch {
		case yes:
			return nil
		case over:
			return fmt.Errorf("%s waits for %s: the call is over (%v); %s", t.phone, what, problem, t.list())
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%s waits for %s: %w; %s", t.phone, what, ctx.Err(), t.list())
		}
	}
}

func (t *Talk) list() string { return fmt.Sprintf("it was said: %q", t.Said()) }

// notify wakes whoever waits. The carrier's lock is held.
func (t *Talk) notify() {
	close(t.changed)
	t.changed = make(chan struct{})
}

func (t *Talk) enter(state talkState) {
	t.c.mu.Lock()
	defer t.c.mu.Unlock()
	if t.state != talkOver {
		t.state = state
		if state == talkBridged {
			t.phone.append(entry{Sid: t.Sid(), Call: true, Peer: t.peer(), Note: "Connected"})
		}
	}
	t.notify()
}

// end closes the talk, once.
func (t *Talk) end(problem error) {
	t.c.mu.Lock()
	defer t.c.mu.Unlock()
	if t.state == talkOver {
		return
	}
	t.state, t.problem = talkOver, problem
	t.keys, t.silence = "", false
	t.cancel()
	note := "The call ended"
	if problem != nil {
		note = "The call broke off: " + problem.Error()
	}
	t.phone.append(entry{Sid: t.Sid(), Call: true, Peer: t.peer(), Note: note})
	t.notify()
}

func (t *Talk) peer() string {
	if t.line.call.Direction == Inbound {
		return t.line.call.To
	}
	return t.line.call.From
}

// document is the next thing to be asked for.
type document struct {
	address string
	fields  url.Values
	twiml   string // at hand already
}

// errHungUp says that one of the sides has hung up.
var errHungUp = errors.New("hung up")

// run does documents until the call ends.
func (t *Talk) run(next document) {
	err := t.talkThrough(next)
	t.line.HangUp()
	if errors.Is(err, errHungUp) || t.ctx.Err() != nil {
		err = nil
	}
	t.end(err)
}

// talkThrough does documents until one ends without another.
func (t *Talk) talkThrough(next document) error {
	for range documentsMost {
		t.enter(talkBusy)
		verbs, err := t.fetch(next)
		if err != nil {
			return err
		}
		followUp, err := t.do(verbs)
		if err != nil || followUp == nil {
			return err
		}
		next = *followUp
	}
	return fmt.Errorf("the call goes round in circles: %d documents", documentsMost)
}

func (t *Talk) fetch(d document) ([]verb, error) {
	if d.twiml != "" {
		return parseVoice(Answer{Status: 200, ContentType: "text/xml", Body: d.twiml})
	}
	answer, err := t.line.Ask(t.ctx, d.address, d.fields)
	if err != nil {
		if t.ctx.Err() != nil {
			return nil, errHungUp
		}
		return nil, err
	}
	t.c.mu.Lock()
	t.line.call.Document = answer.Body
	t.c.mu.Unlock()
	return parseVoice(answer)
}

// do does the verbs of one document, and says which document follows; nil:
// none, the call is over.
func (t *Talk) do(verbs []verb) (*document, error) {
	var said []phrase
	flush := func() {
		if len(said) > 0 {
			t.hear(said)
		}
		said = nil
	}
	defer flush()
	for _, v := range verbs {
		switch v.name {
		case "Say", "Play":
			said = append(said, phraseOf(v))
		case "Pause":
		case "Gather":
			for _, inner := range v.verbs {
				if p := phraseOf(inner); p.Text != "" {
					said = append(said, p)
				}
			}
			text := joined(said)
			flush()
			digits, ended, err := t.gather(v, text)
			if err != nil {
				return nil, err
			}
			if digits == "" && v.attr["actionOnEmptyResult"] != "true" {
				continue
			}
			fields := url.Values{"Digits": {digits}}
			if ended != "" {
				fields.Set("FinishedOnKey", ended)
			}
			return &document{address: v.attr["action"], fields: fields}, nil
		case "Dial":
			flush()
			fields, err := t.dial(v)
			if errors.Is(err, errHungUp) && v.attr["action"] != "" {
				t.leave(v.attr["action"])
			}
			if err != nil || v.attr["action"] == "" {
				if err != nil {
					return nil, err
				}
				continue
			}
			return &document{address: v.attr["action"], fields: fields}, nil
		case "Redirect":
			return &document{address: v.text}, nil
		case "Hangup", "Reject":
			return nil, nil
		default:
			return nil, fmt.Errorf("the simulator does not do <%s>", v.name)
		}
	}
	return nil, nil
}

// leave tells the action of a Dial that the caller hung up while it rang, as Twilio
// does. Nobody hears what it answers.
func (t *Talk) leave(action string) {
	ctx, cancel := context.WithTimeout(t.c.ctx, leaveBudget)
	defer cancel()
	fields := url.Values{"CallStatus": {callCompleted}, "DialCallStatus": {callCanceled}, "DialBridged": {"false"}}
	_, _ = t.line.Ask(ctx, action, fields)
}

// leaveBudget is Twilio's for an answer.
const leaveBudget = 15 * time.Second

// spoken is what is heard of a verb: a machine's words, a recording's address,
// key tones.
func spoken(v verb) string {
	switch {
	case v.name == "Say":
		return v.text
	case v.attr["digits"] != "":
		return "[tones " + v.attr["digits"] + "]"
	case v.name == "Play":
		return "[" + v.text + "]"
	}
	return ""
}

// phrase is something that a machine says.
type phrase struct {
	Text     string `json:"text"`
	Language string `json:"lang"` // BCP 47; "": nobody speaks it, a recording or tones
}

func phraseOf(v verb) phrase { return phrase{spoken(v), v.attr["language"]} }

// joined is how phrases are written down.
func joined(said []phrase) string {
	texts := make([]string, len(said))
	for i := range said {
		texts[i] = said[i].Text
	}
	return strings.Join(texts, " ")
}

func (t *Talk) hear(said []phrase) {
	t.c.mu.Lock()
	defer t.c.mu.Unlock()
	t.heard = append(t.heard, utterance{text: joined(said)})
	t.phone.append(entry{Sid: t.Sid(), Call: true, Said: true, Peer: t.peer(), Body: joined(said), Spoken: said})
	t.notify()
}

// gather collects keys until there are enough, one ends them, or silence does. It
// returns them, and the key that ended them where one did.
func (t *Talk) gather(v verb, said string) (digits, ended string, err error) {
	most := 0
	fmt.Sscan(v.attr["numDigits"], &most)
	finish, given := v.attr["finishOnKey"]
	if !given {
		finish = "#"
	}
	var timeout <-chan time.Time
	wait := v.seconds("timeout", 5*time.Second)
	arm := func(speaking time.Duration) {
		if t.c.cfg.Pace.Speak > 0 {
			timeout = time.After(wait + speaking)
		}
	}
	arm(time.Duration(len(said)) * t.c.cfg.Pace.Speak)
	t.enter(talkListens)
	for {
		t.c.mu.Lock()
		pressed, silence, changed := t.keys, t.silence, t.changed
		t.c.mu.Unlock()
		for _, key := range pressed {
			if finish != "" && strings.ContainsRune(finish, key) {
				return digits, string(key), t.gathered()
			}
			digits += string(key)
			if most > 0 && len(digits) >= most {
				return digits, "", t.gathered()
			}
		}
		if pressed != "" {
			t.took(len(pressed))
			arm(0)
		}
		if silence {
			return digits, "", t.gathered()
		}
		select {
		case <-changed:
		case <-timeout:
			if t.c.isHeld() {
				arm(0)
				continue
			}
			return digits, "", t.gathered()
		case <-t.ctx.Done():
			return "", "", errHungUp
		}
	}
}

// gathered says that a Gather is over: keys that were pressed too early for the
// next one are lost, as in life.
func (t *Talk) gathered() error {
	t.c.mu.Lock()
	defer t.c.mu.Unlock()
	t.keys, t.silence = "", false
	if t.state == talkOver {
		return errHungUp
	}
	t.state = talkBusy
	t.notify()
	return nil
}

// took takes the first keys out of what was pressed.
func (t *Talk) took(n int) {
	t.c.mu.Lock()
	defer t.c.mu.Unlock()
	t.keys = t.keys[n:]
	t.notify()
}

// dial rings a number for the caller, and returns the fields of the action's
// request: https://www.twilio.com/docs/voice/twiml/dial#action
func (t *Talk) dial(v verb) (url.Values, error) {
	i := slices.IndexFunc(v.verbs, func(n verb) bool { return n.name == "Number" })
	number := verb{text: v.text}
	if i >= 0 {
		number = v.verbs[i]
	}
	caller := v.attr["callerId"]
	if caller == "" {
		caller = t.line.call.From
	}
	t.enter(talkRings)
	defer t.enter(talkBusy)
	child := t.c.newChild(t.line, caller, number.text)
	status, bridged := t.c.ringChild(t, child, number, v.seconds("timeout", 30*time.Second))
	if t.ctx.Err() != nil {
		return nil, errHungUp
	}
	fields := url.Values{"DialCallSid": {child.Sid}, "DialCallStatus": {status}, "DialBridged": {fmt.Sprint(bridged)}}
	if bridged {
		fields.Set("DialCallDuration", "1")
	}
	return fields, nil
}
