package agent

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"

	"aviso/gateway"
)

// Store keeps agents and sessions. It is the records, on every node.
type Store interface {
	// Agent and AgentByName find one agent, nil where there is none.
	Agent(ctx context.Context, id gateway.ID) (*gateway.Agent, error)
	AgentByName(ctx context.Context, name string) (*gateway.Agent, error)
	Agents(ctx context.Context) ([]gateway.Agent, error)

	// Commit writes agents down with their audit entries; gateway.ErrConflict
	// where one moved on or a name is taken.
	Commit(ctx context.Context, turn gateway.Turn) error

	// Session finds one that has not expired, nil where there is none.
	Session(ctx context.Context, key []byte) (*gateway.Session, error)
	Sessions(ctx context.Context, agent gateway.ID) ([]gateway.Session, error)
	PutSession(ctx context.Context, s gateway.Session) error
	SeeSession(ctx context.Context, s gateway.Session, at time.Time) error
	EndSession(ctx context.Context, key []byte) error
	EndSessions(ctx context.Context, agent gateway.ID) error

	// Forged tells of a session that was put back behind our back, and is the error
	// by which it is refused: a gateway.ErrForged, as Agent, AgentByName and Session
	// give for what was changed in the records.
	Forged(what string, id []byte) error

	// CountTry counts a try before it is made. Of one that is refused nothing
	// is done, until the time that it tells.
	CountTry(ctx context.Context, key string, free int, first time.Duration) (until time.Time, refused bool, err error)
	ClearTries(ctx context.Context, key string) error

	// NoteTry counts a try that failed, and Tries tells how many did, and when
	// the last one.
	NoteTry(ctx context.Context, key string) error
	Tries(ctx context.Context, key string) (n int, last time.Time, err error)
}

// Accounts are the agents and how they log in. It is safe for concurrent use.
type Accounts struct {
	store  Store
	issuer string // that an authenticator app shows
	clock  func() time.Time
	rand   io.Reader
	hasher hasher

	crowd   crowd[netip.Prefix] // tries by network
	codes   crowd[netip.Prefix] // second factors that are given with a password, by network
	factors crowd[gateway.ID]   // tries at an agent's second factor, beside what the records count
	door    door                // log-ins under way

	// OnTry is told what came of each try, and at whose name (zero: nobody's):
	// one of Outcomes. nil: nobody wants to know. It is set before the first.
	OnTry func(outcome string, who gateway.ID)
}

// What can come of a try.
const (
	TryIn        = "in"
	TryPassword  = "wrong_password"
	TryCode      = "wrong_code" // behind the right password
	TryThrottled = "throttled"
	TryFull      = "full" // too many at once
)

// Outcomes are all of them.
var Outcomes = []string{TryIn, TryPassword, TryCode, TryThrottled, TryFull}

func (a *Accounts) tried(outcome string, who gateway.ID) {
	if a.OnTry != nil {
		a.OnTry(outcome, who)
	}
}

// New makes Accounts. issuer is the programme's name.
func New(store Store, issuer string, clock func() time.Time) *Accounts {
	return &Accounts{
		store: store, issuer: issuer, clock: clock, rand: rand.Reader,
	}
}

// Errors that are the agent's, not the machine's.
var (
	ErrTaken    = errors.New("an agent of this name exists")
	ErrUnknown  = errors.New("no agent has this name")
	ErrWrong    = errors.New("name or password is wrong, or the agent is disabled")
	ErrCode     = errors.New("the code is wrong, or was used before")
	ErrStage    = errors.New("the log-in has not come so far, or has gone further")
	ErrPassword = errors.New("a password has 12 to 200 characters, is not the name, and is not the one before")
	ErrCommon   = errors.New("the password is one of those that are tried first")
	ErrProof    = errors.New("the old password or the code is wrong, or the code was used before")
	ErrLast     = errors.New("the last admin cannot be disabled")
)

// ThrottledError refuses a try, right or wrong, until a time.
type ThrottledError struct{ Until time.Time }

func (e *ThrottledError) Error() string { return "too many tries" }

// oneTimeLasts is how long a password that somebody else chose lets in.
const oneTimeLasts = 7 * 24 * time.Hour

// Add makes an agent and their one-time password. by is the admin who does it;
// nil: the operator, at the command line.
func (a *Accounts) Add(ctx context.Context, by *gateway.Agent, name string, role gateway.Role) (password string, err error) {
	if err := allowed(by); err != nil {
		return "", err
	}
	if err := gateway.CheckAgentName(name); err != nil {
		return "", err
	}
	fresh := gateway.NewFresh(a.clock(), a.rand)
	agent := gateway.Agent{ID: fresh.ID(), Name: name, Role: role, Added: a.clock()}
	if password, err = a.oneTime(ctx, &agent); err != nil {
		return "", err
	}
	switch err := a.commit(ctx, by, agent, "agent-added", false); {
	case errors.Is(err, gateway.ErrConflict):
		return "", ErrTaken
	case err != nil:
		return "", err
	}
	return password, nil
}

// Reset gives an agent a new one-time password, without a second factor, ends
// their sessions, and lets them in again where they were disabled.
func (a *Accounts) Reset(ctx context.Context, by *gateway.Agent, name string) (password string, err error) {
	if err := allowed(by); err != nil {
		return "", err
	}
	password, _, err = a.reset(ctx, by, name)
	return password, err
}

// Restore is Reset by the operator, at the command line, who may reset one whose row
// was changed behind our back, too (forged): what it says of their role is worth
// nothing, and they are an ordinary agent from then on.
func (a *Accounts) Restore(ctx context.Context, name string) (password string, forged bool, err error) {
	return a.reset(ctx, nil, name)
}

func (a *Accounts) reset(ctx context.Context, by *gateway.Agent, name string) (password string, forged bool, err error) {
	agent, err := a.change(ctx, by, name, "agent-reset", func(agent *gateway.Agent) error {
		if forged = agent.Forged; forged {
			agent.Role, agent.Verified, agent.Name = gateway.RoleAgent, nil, name
		}
		agent.Login, agent.Disabled = a.nextEra(agent, gateway.Login{}), time.Time{}
		var err error
		password, err = a.oneTime(ctx, agent)
		return err
	})
	if err != nil {
		return "", forged, err
	}
	return password, forged, errors.Join(a.store.EndSessions(ctx, agent.ID), a.store.ClearTries(ctx, nameKey(agent.Name)))
}

// Disable ends an agent's sessions and lets them in no more. One admin is
// always left.
func (a *Accounts) Disable(ctx context.Context, by *gateway.Agent, name string) error {
	if err := allowed(by); err != nil {
		return err
	}
	admins := 0
	all, err := a.store.Agents(ctx)
	if err != nil {
		return fmt.Errorf("disable agent: %w", err)
	}
	for i := range all {
		if !all[i].Forged && all[i].Role == gateway.RoleAdmin && all[i].Disabled.IsZero() && all[i].Name != name {
			admins++
		}
	}
	agent, err := a.change(ctx, by, name, "agent-disabled", func(agent *gateway.Agent) error {
		if agent.Role == gateway.RoleAdmin && admins == 0 {
			return ErrLast
		}
		agent.Disabled, agent.Login = a.clock(), a.nextEra(agent, agent.Login)
		return nil
	})
	if err != nil {
		return err
	}
	return a.store.EndSessions(ctx, agent.ID)
}

// List are all agents, the oldest first.
func (a *Accounts) List(ctx context.Context) ([]gateway.Agent, error) { return a.store.Agents(ctx) }

// nextEra is a log-in in which no session is good that was begun before.
func (a *Accounts) nextEra(agent *gateway.Agent, login gateway.Login) gateway.Login {
	login.Era, login.EraAt, login.Ended = agent.Login.Era+1, a.clock(), nil
	return login
}

func allowed(by *gateway.Agent) error {
	if by != nil && (by.Role != gateway.RoleAdmin || !by.Disabled.IsZero()) {
		return gateway.ErrForbidden
	}
	return nil
}

// oneTime gives an agent a password that is good for choosing another: one
// word of letters and digits that cannot be mistaken for each other.
func (a *Accounts) oneTime(ctx context.Context, agent *gateway.Agent) (password string, err error) {
	password = a.word(16)
	agent.Login.Salt = a.random(saltLength)
	if agent.Login.Password, err = a.hasher.hash(ctx, insider, agent.Login.Salt, password); err != nil {
		return "", fmt.Errorf("make one-time password: %w", err)
	}
	agent.Login.OneTime = a.clock().Add(oneTimeLasts)
	return password, nil
}

// changeTries is how often a change is made anew because the agent's row moved
// on: they may be at work meanwhile.
const changeTries = 20

// change reads an agent, changes them and writes them down with an audit entry.
func (a *Accounts) change(ctx context.Context, by *gateway.Agent, name, kind string, do func(*gateway.Agent) error) (*gateway.Agent, error) {
	for range changeTries {
		agent, err := a.store.AgentByName(ctx, name)
		vouched := by == nil && kind == "agent-reset" && agent != nil && errors.Is(err, gateway.ErrForged)
		if err != nil && !vouched {
			return nil, fmt.Errorf("change agent: %w", err)
		}
		if agent == nil {
			return nil, ErrUnknown
		}
		if err := do(agent); err != nil {
			return nil, err
		}
		if err = a.commit(ctx, by, *agent, kind, vouched); !errors.Is(err, gateway.ErrConflict) {
			return agent, err
		}
		if by != nil { // the admin's own chain may be what moved on
			if by, err = a.store.Agent(ctx, by.ID); err != nil || by == nil {
				return nil, errors.Join(gateway.ErrForbidden, err)
			}
		}
	}
	return nil, gateway.ErrConflict
}

// commit writes an agent down; what an admin does also stands on their own
// chain.
func (a *Accounts) commit(ctx context.Context, by *gateway.Agent, agent gateway.Agent, kind string, vouched bool) error {
	entry := gateway.Entry{Subject: gateway.SubjectAgent, ID: agent.ID, Version: agent.Version, Kind: kind, Actor: "operator"}
	turn := gateway.Turn{At: a.clock(), Agents: []gateway.Agent{agent}, Vouched: vouched}
	if by != nil {
		entry.Actor = "agent:" + by.Name
		if by.ID != agent.ID {
			turn.Audit = append(turn.Audit, gateway.Entry{
				Subject: gateway.SubjectAgent, ID: by.ID, Version: by.Version, Kind: kind, Actor: entry.Actor, Detail: "agent:" + agent.ID.String(),
			})
		}
	}
	turn.Audit = append(turn.Audit, entry)
	if err := a.store.Commit(ctx, turn); err != nil {
		return fmt.Errorf("write agent: %w", err)
	}
	return nil
}

// alphabet has 32 signs, so that a random byte's five bits choose one without
// a bias. It leaves out what looks like something else: 0 and o, 1 and l.
const alphabet = "abcdefghijkmnpqrstuvwxyz23456789"

// word is n random letters and digits.
func (a *Accounts) word(n int) string {
	var b strings.Builder
	for _, x := range a.random(n) {
		b.WriteByte(alphabet[x&31])
	}
	return b.String()
}

// random panics where there is no randomness: a password that can be guessed
// is worse than none.
func (a *Accounts) random(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(a.rand, b); err != nil {
		panic("agent: no randomness: " + err.Error())
	}
	return b
}
