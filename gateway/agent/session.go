package agent

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"aviso/gateway"
)

const (
	// sessionLasts is a shift, and idleLasts how long nobody may touch it. The
	// board counts as touching: it is left open through the night.
	sessionLasts = 12 * time.Hour
	idleLasts    = 2 * time.Hour

	// seenEvery is how often a session that is in use is written down as such.
	seenEvery = time.Minute

	// Five wrong passwords of one name, or twenty from one address, behind
	// which a whole contact centre may sit, are free. Then each costs a wait,
	// from half a minute to a quarter of an hour, whether it is right or not.
	freeOfName    = 5
	freeOfAddress = 20
	freeOfFactor  = 5
	firstWait     = 30 * time.Second
)

// Visit is the browser that logs in.
type Visit struct {
	Address  string       // where it calls from
	Network  netip.Prefix // the same, as tries are counted: one customer's addresses are one
	Browser  string       // as it names itself
	Language string       // of the pages: es or en
	Kept     *gateway.KeptForm

	// Known is what the browser keeps of an earlier log-in, and Code a code of the
	// second factor that is given at once: either lets the right password pass
	// whatever others have tried. Each may be "".
	Known string
	Code  string
}

// LogIn opens a session for a name and a password. The token is what the
// browser keeps; the session's stage says what is asked for next. Errors:
// ErrWrong, *ThrottledError.
func (a *Accounts) LogIn(ctx context.Context, name, password string, v Visit) (token string, stage gateway.Stage, err error) {
	// The address comes first: of what is refused by it nothing is written.
	until, refused := a.crowd.count(v.Network, freeOfAddress, firstWait, a.clock())
	if v.Code != "" { // a million of them: they are not guessed either
		if _, many := a.codes.count(v.Network, freeOfAddress, firstWait, a.clock()); many {
			v.Code = ""
		}
	}
	claims := v.Known != "" || v.Code != ""
	if refused && !claims {
		return "", 0, a.throttled(until, gateway.ID{})
	}
	if !a.door.enter(v.Network, claims) {
		return "", 0, a.full()
	}
	inside, apart := true, claims
	defer func() {
		if inside {
			a.door.leave(v.Network, apart)
		}
	}()
	name = strings.ToLower(strings.TrimSpace(name))
	var agent *gateway.Agent
	if gateway.CheckAgentName(name) == nil {
		if agent, err = a.store.AgentByName(ctx, name); err != nil {
			return "", 0, fmt.Errorf("log in: %w", err)
		}
	}
	var login gateway.Login
	var who gateway.ID
	key := strangeKey(name)
	known, knownBy := false, []byte(nil)
	if agent != nil {
		login, who, key = agent.Login, agent.ID, nameKey(agent.Name)
		switch knownBy = a.browser(agent, v.Known); {
		case knownBy != nil:
			known, key = true, browserKey(knownBy)
		case v.Code != "" && a.proves(agent, v.Code):
			known, key = true, provedKey(agent)
		}
	}
	switch {
	case known:
	case refused:
		return "", 0, a.throttled(until, who)
	case claims:
		if inside, apart = a.door.mistake(v.Network), false; !inside {
			return "", 0, a.full()
		}
	}
	if err := a.tries(ctx, key, freeOfName); err != nil {
		var throttled *ThrottledError
		if errors.As(err, &throttled) {
			a.tried(TryThrottled, who)
		}
		return "", 0, err
	}
	right, err := a.hasher.right(ctx, waiter{from: v.Network, known: known}, login.Salt, login.Password, password)
	if err != nil {
		return "", 0, fmt.Errorf("log in: %w", err)
	}
	if agent == nil || !right || !agent.Disabled.IsZero() || !login.OneTime.IsZero() && a.clock().After(login.OneTime) {
		a.tried(TryPassword, who)
		if agent != nil {
			if err := a.store.NoteTry(ctx, failedKey(agent)); err != nil {
				return "", 0, fmt.Errorf("log in: %w", err)
			}
		}
		return "", 0, ErrWrong
	}
	// What strangers tried at the name stays counted where the name's own agent has
	// passed beside it.
	if err := a.store.ClearTries(ctx, key); err != nil {
		return "", 0, fmt.Errorf("log in: %w", err)
	}
	a.crowd.clear(v.Network)
	a.codes.clear(v.Network)
	now := a.clock()
	s := gateway.Session{
		Agent: agent.ID, Stage: nextStage(agent), Era: agent.Login.Era, Created: now, Seen: now, Expires: now.Add(sessionLasts),
		Address: v.Address, Browser: clip(v.Browser, 200), Language: v.Language, Kept: v.Kept, KnownBy: knownBy,
	}
	token, err = a.open(ctx, &s)
	return token, s.Stage, err
}

func (a *Accounts) throttled(until time.Time, who gateway.ID) error {
	a.tried(TryThrottled, who)
	return &ThrottledError{until}
}

func (a *Accounts) full() error {
	a.tried(TryFull, gateway.ID{})
	return &ThrottledError{a.clock().Add(fullWait)}
}

const (
	// knownFor is how long a browser is known that its agent does not use, and
	// knownMost how many of one agent are.
	knownFor  = 90 * 24 * time.Hour
	knownMost = 10
)

// browser is the hash by which an agent's browser is known; nil where it is not.
func (a *Accounts) browser(agent *gateway.Agent, secret string) []byte {
	if secret == "" {
		return nil
	}
	hash := key(secret)
	for _, b := range agent.Login.Browsers {
		if subtle.ConstantTimeCompare(b.Hash, hash) == 1 && a.clock().Sub(b.At) < knownFor {
			return hash
		}
	}
	return nil
}

// remember has the session's browser known from now on, by a new secret.
func (a *Accounts) remember(agent *gateway.Agent, s *gateway.Session) {
	now := a.clock()
	list := slices.DeleteFunc(slices.Clone(agent.Login.Browsers), func(b gateway.KnownBrowser) bool {
		return bytes.Equal(b.Hash, s.KnownBy) || now.Sub(b.At) >= knownFor
	})
	list = append(list, gateway.KnownBrowser{Hash: key(s.Known), At: now})
	agent.Login.Browsers = list[max(0, len(list)-knownMost):]
}

// failures takes what failed at an agent's log-in since the last one, to be shown.
func (a *Accounts) failures(ctx context.Context, agent *gateway.Agent) (*gateway.FailedTries, error) {
	var failed gateway.FailedTries
	for key, count := range map[string]*int{failedKey(agent): &failed.Passwords, failedCodeKey(agent): &failed.Codes} {
		n, last, err := a.store.Tries(ctx, key)
		if err == nil && n > 0 {
			err = a.store.ClearTries(ctx, key)
		}
		if err != nil {
			return nil, fmt.Errorf("read tries: %w", err)
		}
		*count = n
		if last.After(failed.Last) {
			failed.Last = last
		}
	}
	if failed.Passwords+failed.Codes == 0 {
		return nil, nil
	}
	return &failed, nil
}

// nextStage is what is still asked for after the password.
func nextStage(agent *gateway.Agent) gateway.Stage {
	switch {
	case !agent.Login.OneTime.IsZero():
		return gateway.StagePassword
	case len(agent.Login.Secret) == 0:
		return gateway.StageEnrol
	}
	return gateway.StageFactor
}

// Session is the session of a token, with its agent; nil where it has ended.
func (a *Accounts) Session(ctx context.Context, token string) (*gateway.Session, *gateway.Agent, error) {
	if token == "" {
		return nil, nil, nil
	}
	s, err := a.store.Session(ctx, key(token))
	if err != nil || s == nil {
		return nil, nil, err
	}
	now := a.clock()
	if now.Sub(s.Seen) >= idleLasts {
		return nil, nil, a.store.EndSession(ctx, s.Key)
	}
	agent, err := a.store.Agent(ctx, s.Agent)
	if err != nil || agent == nil || !agent.Disabled.IsZero() {
		return nil, nil, err
	}
	if ended, at := a.ended(agent, s); ended {
		if now.Sub(at) < endingFor {
			return nil, nil, nil
		}
		return nil, nil, a.store.Forged("session", s.Key)
	}
	if now.Sub(s.Seen) >= seenEvery {
		if err := a.store.SeeSession(ctx, *s, now); err != nil {
			return nil, nil, err
		}
		s.Seen = now
	}
	return s, agent, nil
}

const (
	// endingFor is how long after its end a session may still be in the records: its
	// row goes a moment later. One that is there afterwards was put back.
	endingFor = time.Minute

	// endedMost is how many single ends are noted of one agent.
	endedMost = 100
)

// ended reports whether a session was ended, and when.
func (a *Accounts) ended(agent *gateway.Agent, s *gateway.Session) (bool, time.Time) {
	if s.Era != agent.Login.Era {
		return true, agent.Login.EraAt
	}
	for _, e := range agent.Login.Ended {
		if bytes.Equal(e.Key, s.Key) {
			return true, e.At
		}
	}
	return false, time.Time{}
}

// end ends one session of an agent, in the agent's row and in the records.
func (a *Accounts) end(ctx context.Context, s *gateway.Session) error {
	who, err := a.store.Agent(ctx, s.Agent)
	if err == nil && who != nil {
		_, err = a.change(ctx, nil, who.Name, "signed-out", func(agent *gateway.Agent) error {
			now := a.clock()
			list := slices.DeleteFunc(slices.Clone(agent.Login.Ended), func(e gateway.EndedSession) bool { return !e.Until.After(now) })
			list = append(list, gateway.EndedSession{Key: s.Key, At: now, Until: s.Expires})
			agent.Login.Ended = list[max(0, len(list)-endedMost):]
			return nil
		})
	}
	return errors.Join(err, a.store.EndSession(ctx, s.Key))
}

// SetPassword chooses a password in place of a one-time one. The session goes on
// with a new token; all others of the agent end. Errors: ErrPassword, ErrCommon.
func (a *Accounts) SetPassword(ctx context.Context, s *gateway.Session, agent *gateway.Agent, password string) (token string, err error) {
	if s.Stage != gateway.StagePassword {
		return "", ErrStage
	}
	if err := a.strong(agent, password); err != nil {
		return "", err
	}
	return a.setPassword(ctx, s, agent, password, func(*gateway.Agent) error { return nil })
}

// ChangePassword chooses a password in place of one's own, by that and by a code
// of the second factor, as Factor takes it: whoever sits down at a browser that was
// left open cannot keep its owner out. Of tries that are wrong five are free. Errors:
// ErrProof, *ThrottledError, and as SetPassword.
func (a *Accounts) ChangePassword(ctx context.Context, s *gateway.Session, agent *gateway.Agent, old, code, password string) (token string, err error) {
	if s.Stage != gateway.StageIn {
		return "", ErrStage
	}
	if err := a.strong(agent, password); err != nil {
		return "", err
	}
	key := changeKey(agent)
	if err := a.tries(ctx, key, freeOfFactor); err != nil {
		return "", err
	}
	switch right, err := a.hasher.right(ctx, insider, agent.Login.Salt, agent.Login.Password, old); {
	case err != nil:
		return "", fmt.Errorf("change password: %w", err)
	case !right:
		return "", ErrProof
	}
	token, err = a.setPassword(ctx, s, agent, password, func(agent *gateway.Agent) error { return a.useCode(agent, code) })
	if errors.Is(err, ErrCode) {
		return "", ErrProof
	}
	if err == nil {
		err = a.store.ClearTries(ctx, key)
	}
	return token, err
}

// RenewRecovery makes new recovery codes in place of all that are left. It takes the
// password and a code, as a new password does: a page that was left open makes
// nobody a way in.
func (a *Accounts) RenewRecovery(ctx context.Context, s *gateway.Session, agent *gateway.Agent, password, code string) (codes []string, err error) {
	if s.Stage != gateway.StageIn {
		return nil, ErrStage
	}
	key := changeKey(agent)
	if err := a.tries(ctx, key, freeOfFactor); err != nil {
		return nil, err
	}
	switch right, err := a.hasher.right(ctx, insider, agent.Login.Salt, agent.Login.Password, password); {
	case err != nil:
		return nil, fmt.Errorf("renew recovery codes: %w", err)
	case !right:
		return nil, ErrProof
	}
	codes, hashes := a.newRecovery()
	_, err = a.change(ctx, nil, agent.Name, "recovery-renewed", func(agent *gateway.Agent) error {
		if err := a.useCode(agent, code); err != nil {
			return err
		}
		agent.Login.Recovery = hashes
		return nil
	})
	if errors.Is(err, ErrCode) {
		return nil, ErrProof
	}
	if err == nil {
		err = a.store.ClearTries(ctx, key)
	}
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// setPassword writes a password down, with what else may has to say of the agent.
func (a *Accounts) setPassword(ctx context.Context, s *gateway.Session, agent *gateway.Agent, password string, may func(*gateway.Agent) error) (token string, err error) {
	switch same, err := a.hasher.right(ctx, insider, agent.Login.Salt, agent.Login.Password, password); {
	case err != nil:
		return "", fmt.Errorf("choose password: %w", err)
	case same:
		return "", ErrPassword
	}
	salt := a.random(saltLength)
	sum, err := a.hasher.hash(ctx, insider, salt, password)
	if err != nil {
		return "", fmt.Errorf("choose password: %w", err)
	}
	changed, err := a.change(ctx, nil, agent.Name, "password-chosen", func(agent *gateway.Agent) error {
		if err := may(agent); err != nil {
			return err
		}
		agent.Login = a.nextEra(agent, agent.Login)
		agent.Login.Salt, agent.Login.Password, agent.Login.OneTime = salt, sum, time.Time{}
		// Who knew the old one may have left a browser of theirs known.
		agent.Login.Browsers = slices.DeleteFunc(slices.Clone(agent.Login.Browsers), func(b gateway.KnownBrowser) bool {
			return !bytes.Equal(b.Hash, s.KnownBy)
		})
		return nil
	})
	if err != nil {
		return "", err
	}
	if err := a.store.EndSessions(ctx, agent.ID); err != nil {
		return "", err
	}
	s.Era = changed.Login.Era
	if s.Stage == gateway.StagePassword {
		s.Stage = nextStage(changed)
	}
	return a.open(ctx, s)
}

// Sessions are an agent's.
func (a *Accounts) Sessions(ctx context.Context, agent gateway.ID) ([]gateway.Session, error) {
	return a.store.Sessions(ctx, agent)
}

// LogOut ends a session.
func (a *Accounts) LogOut(ctx context.Context, s *gateway.Session) error {
	return a.end(ctx, s)
}

// EndOther ends another session of the same agent, named by SessionName.
func (a *Accounts) EndOther(ctx context.Context, s *gateway.Session, name string) error {
	all, err := a.store.Sessions(ctx, s.Agent)
	if err != nil {
		return err
	}
	for i := range all {
		if SessionName(&all[i]) == name {
			return a.end(ctx, &all[i])
		}
	}
	return nil
}

// SessionName tells an agent's sessions apart on a page, without what would
// open one.
func SessionName(s *gateway.Session) string {
	sum := sha256.Sum256(append([]byte("session name "), s.Key...))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// Put writes down what a session carries: its language, a form that was kept.
func (a *Accounts) Put(ctx context.Context, s *gateway.Session) error {
	s.Seen = a.clock()
	return a.store.PutSession(ctx, *s)
}

// open writes a session down under a new token, so that whoever knew the old
// one has nothing.
func (a *Accounts) open(ctx context.Context, s *gateway.Session) (token string, err error) {
	old := s.Key
	token = base64.RawURLEncoding.EncodeToString(a.random(32))
	s.Key = key(token)
	s.Token = base64.RawURLEncoding.EncodeToString(a.random(24))
	s.Seen = a.clock()
	if err := a.store.PutSession(ctx, *s); err != nil {
		return "", err
	}
	if old != nil {
		err = a.store.EndSession(ctx, old)
	}
	return token, err
}

// tries counts a try under a key.
func (a *Accounts) tries(ctx context.Context, key string, free int) error {
	switch until, refused, err := a.store.CountTry(ctx, key, free, firstWait); {
	case err != nil:
		return fmt.Errorf("count tries: %w", err)
	case refused:
		return &ThrottledError{until}
	}
	return nil
}

// kept notes in a session what its browser is known by from now on.
func kept(s *gateway.Session) { s.KnownBy = key(s.Known) }

func changeKey(agent *gateway.Agent) string { return "change:" + agent.ID.String() }

func nameKey(name string) string { return "name:" + name }

// browserKey and provedKey are under what tries count of those who are known by
// their browser, or by the second factor; failedKey and failedCodeKey under what
// the agent is told of later.
func browserKey(hash []byte) string             { return "browser:" + hex.EncodeToString(hash) }
func provedKey(agent *gateway.Agent) string     { return "proved:" + agent.ID.String() }
func failedKey(agent *gateway.Agent) string     { return "failed:" + agent.ID.String() }
func failedCodeKey(agent *gateway.Agent) string { return "failed code:" + agent.ID.String() }

// key is what is kept of a token: who reads the records cannot log in.
func key(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

func clip(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "")
}

// IsAgentsFault reports whether an error is to be shown to whoever is logging
// in, not to the operator.
func IsAgentsFault(err error) bool {
	var throttled *ThrottledError
	return errors.As(err, &throttled) || errors.Is(err, ErrWrong) || errors.Is(err, ErrCode) || errors.Is(err, ErrProof) || errors.Is(err, ErrPassword) || errors.Is(err, ErrCommon)
}
