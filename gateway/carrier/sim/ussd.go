package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Session is a USSD session that a phone holds, as an aggregator like Africa's
// Talking carries it: every request brings everything that was typed, joined by
// asterisks, and the answer begins with CON or END.
type Session struct {
	c     *Carrier
	phone *Phone
	id    string
	code  string // the service's: "*384#"

	// Guarded by the carrier's lock.
	typed  string
	screen string
	over   bool
}

// ussdMost is what a screen may hold.
const ussdMost = 160

// Dial dials a USSD code, "*384#", or dials through it to an input, "*384*1#",
// and returns with the first screen.
func (p *Phone) Dial(ctx context.Context, code string) (*Session, error) {
	c := p.c
	c.mu.Lock()
	address := c.webhooks.USSD
	service := c.webhooks.Code
	c.mu.Unlock()
	if address == "" {
		return nil, ErrNoWebhook
	}
	rest, ok := strings.CutPrefix(code, strings.TrimSuffix(service, "#"))
	rest, hash := strings.CutSuffix(rest, "#")
	if !ok || !hash || rest != "" && rest[0] != '*' {
		return nil, ErrNoSuchNumber
	}
	s := &Session{c: c, phone: p, id: newSID("AT"), code: service}
	c.mu.Lock()
	p.session = s
	p.append(entry{Sid: s.id, Sent: true, Call: true, Said: true, Peer: service, Body: code})
	c.mu.Unlock()
	return s, s.ask(ctx, strings.TrimPrefix(rest, "*"))
}

// Reply types one input.
func (s *Session) Reply(ctx context.Context, input string) error {
	s.c.mu.Lock()
	typed, over := s.typed, s.over
	s.phone.append(entry{Sid: s.id, Sent: true, Call: true, Said: true, Peer: s.code, Body: input})
	s.c.mu.Unlock()
	if over {
		return errors.New("reply: the session is over")
	}
	if typed != "" {
		input = typed + "*" + input
	}
	return s.ask(ctx, input)
}

// Repeat asks once more for what was asked last, as an aggregator does whose
// answer got lost.
func (s *Session) Repeat(ctx context.Context) error {
	s.c.mu.Lock()
	typed := s.typed
	s.c.mu.Unlock()
	return s.ask(ctx, typed)
}

// Screen is what the phone shows, and whether the session is over.
func (s *Session) Screen() (text string, over bool) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	return s.screen, s.over
}

// TimeOut ends the session as silence does: the gateway hears nothing more, or
// where it wants to the notice of its end.
func (s *Session) TimeOut() {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	s.end("The session timed out")
}

// end closes the session. The carrier's lock is held.
func (s *Session) end(note string) {
	if s.over {
		return
	}
	s.over = true
	s.phone.append(entry{Sid: s.id, Call: true, Peer: s.code, Note: note})
}

func (s *Session) ask(ctx context.Context, typed string) error {
	s.c.mu.Lock()
	address := s.c.webhooks.USSD
	s.typed = typed
	s.c.mu.Unlock()
	form := url.Values{
		"sessionId": {s.id}, "phoneNumber": {s.phone.Number}, "networkCode": {"99999"}, "serviceCode": {s.code}, "text": {typed},
	}
	ctx, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return errors.New("dial: the address cannot be used")
	}
	r.Header.Set("Content-Type", contentTypeOfForm)
	res, err := s.c.client.Do(r)
	if err != nil {
		return fmt.Errorf("dial: %w", errors.Unwrap(err)) // without the address, which holds the secret
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxReply))
	if err != nil {
		return fmt.Errorf("dial: read the answer: %w", err)
	}
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	text, goesOn := strings.CutPrefix(string(body), "CON ")
	text, ends := strings.CutPrefix(text, "END ")
	if res.StatusCode != http.StatusOK || !goesOn && !ends {
		s.end("The session broke off")
		return fmt.Errorf("dial: the gateway answered %d, and neither CON nor END", res.StatusCode)
	}
	if len(text) > ussdMost {
		s.end("The session broke off")
		return fmt.Errorf("dial: a screen of %d characters", len(text))
	}
	s.screen = text
	s.phone.append(entry{Sid: s.id, Call: true, Said: true, Peer: s.code, Body: text})
	if ends {
		s.end("The session ended")
	}
	return nil
}
