package agent

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp/totp"

	"aviso/gateway"
)

const (
	// period is the time that one code is for (RFC 6238); one before and one
	// after are taken too, for clocks that are off and thumbs that are slow.
	period = 30 * time.Second

	secretLength  = 20 // bytes, as RFC 4226 recommends
	recoveryCodes = 10
)

// Enrolment is what an authenticator app is set up with.
type Enrolment struct {
	Secret string // base32, to be typed
	URL    string // otpauth://…
	QR     QR     // the same, to be photographed
}

// QR is a code as a picture of Size by Size modules, with its dark ones as the
// path of an SVG.
type QR struct {
	Size int
	Path string
}

// Enrol begins to set up the second factor. It may be called again: the secret
// stays the same until a code has proved it.
func (a *Accounts) Enrol(ctx context.Context, s *gateway.Session, agent *gateway.Agent) (Enrolment, error) {
	if s.Stage != gateway.StageEnrol {
		return Enrolment{}, ErrStage
	}
	if len(s.Enrol) == 0 {
		s.Enrol = a.random(secretLength)
		if err := a.store.PutSession(ctx, *s); err != nil {
			return Enrolment{}, fmt.Errorf("enrol: %w", err)
		}
	}
	secret := encode(s.Enrol)
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + a.issuer + ":" + agent.Name, RawQuery: url.Values{
		"secret": {secret}, "issuer": {a.issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"},
	}.Encode()}
	picture, err := drawQR(u.String())
	return Enrolment{secret, u.String(), picture}, err
}

// Enrolled ends the setting up with a code of the app. The recovery codes are
// shown this once.
func (a *Accounts) Enrolled(ctx context.Context, s *gateway.Session, agent *gateway.Agent, code string) (token string, recovery []string, err error) {
	if s.Stage != gateway.StageEnrol || len(s.Enrol) == 0 {
		return "", nil, ErrStage
	}
	if err := a.factorTries(ctx, agent); err != nil {
		return "", nil, err
	}
	step, ok := a.step(s.Enrol, code, 0)
	if !ok {
		return "", nil, ErrCode
	}
	s.Known = a.secret()
	recovery, hashes := a.newRecovery()
	secret := s.Enrol
	changed, err := a.change(ctx, nil, agent.Name, "factor-enrolled", func(agent *gateway.Agent) error {
		if len(agent.Login.Secret) != 0 { // in another browser, meanwhile: that one is asked for
			return ErrStage
		}
		agent.Login = a.nextEra(agent, agent.Login)
		agent.Login.Secret, agent.Login.Step, agent.Login.Recovery = secret, step, hashes
		a.remember(agent, s)
		return nil
	})
	if err != nil {
		return "", nil, err
	}
	if err := a.store.EndSessions(ctx, agent.ID); err != nil {
		return "", nil, err
	}
	kept(s)
	s.Enrol, s.Era = nil, changed.Login.Era
	token, err = a.in(ctx, s, agent)
	return token, recovery, err
}

// newRecovery makes recovery codes, and what is kept of them.
func (a *Accounts) newRecovery() (codes []string, hashes [][]byte) {
	hashes = make([][]byte, recoveryCodes)
	for i := range hashes {
		word := a.word(10)
		codes = append(codes, word[:5]+"-"+word[5:])
		hashes[i] = recoveryHash(word)
	}
	return codes, hashes
}

// Factor is the second factor's code, or one of the recovery codes, which is
// used up by it.
func (a *Accounts) Factor(ctx context.Context, s *gateway.Session, agent *gateway.Agent, code string) (token string, err error) {
	if s.Stage != gateway.StageFactor {
		return "", ErrStage
	}
	if err := a.factorTries(ctx, agent); err != nil {
		return "", err
	}
	kind := "signed-in"
	if isRecovery(code) {
		kind = "signed-in-by-recovery-code"
	}
	s.Known = a.secret()
	_, err = a.change(ctx, nil, agent.Name, kind, func(agent *gateway.Agent) error {
		a.remember(agent, s)
		return a.useCode(agent, code)
	})
	if errors.Is(err, ErrCode) {
		a.tried(TryCode, agent.ID)
		if err := a.store.NoteTry(ctx, failedCodeKey(agent)); err != nil {
			return "", fmt.Errorf("second factor: %w", err)
		}
	}
	if err != nil {
		return "", err
	}
	kept(s)
	return a.in(ctx, s, agent)
}

// useCode takes a code of the second factor, or a recovery code, out of what is
// left of an agent's: none is good twice. ErrCode where it is wrong.
func (a *Accounts) useCode(agent *gateway.Agent, code string) error {
	if !isRecovery(code) {
		step, ok := a.step(agent.Login.Secret, code, agent.Login.Step)
		if !ok {
			return ErrCode
		}
		agent.Login.Step = step
		return nil
	}
	i := recoveryIn(agent, code)
	if i < 0 {
		return ErrCode
	}
	agent.Login.Recovery = slices.Delete(slices.Clone(agent.Login.Recovery), i, i+1)
	return nil
}

// proves reports whether a code is the agent's, and not used up yet. It is not
// used up by that.
func (a *Accounts) proves(agent *gateway.Agent, code string) bool {
	if len(agent.Login.Secret) == 0 {
		return false
	}
	if isRecovery(code) {
		return recoveryIn(agent, code) >= 0
	}
	_, ok := a.step(agent.Login.Secret, code, agent.Login.Step)
	return ok
}

// isRecovery reports whether a code is written like a recovery code.
func isRecovery(code string) bool { return len(strings.TrimSpace(code)) > 6 && !isCode(code) }

// recoveryIn is where a code stands among an agent's recovery codes; -1: nowhere.
func recoveryIn(agent *gateway.Agent, code string) int {
	hash := recoveryHash(code)
	return slices.IndexFunc(agent.Login.Recovery, func(h []byte) bool { return subtle.ConstantTimeCompare(h, hash) == 1 })
}

// secret is what a browser is to be known by.
func (a *Accounts) secret() string { return base64.RawURLEncoding.EncodeToString(a.random(32)) }

// factorTries counts a try at the second factor, in the records and here: who can
// take the records' count away does not get a million tries by that.
func (a *Accounts) factorTries(ctx context.Context, agent *gateway.Agent) error {
	if until, many := a.factors.count(agent.ID, freeOfFactor, firstWait, a.clock()); many {
		return &ThrottledError{until}
	}
	return a.tries(ctx, factorKey(agent), freeOfFactor)
}

// in lets the agent in.
func (a *Accounts) in(ctx context.Context, s *gateway.Session, agent *gateway.Agent) (token string, err error) {
	if err := a.store.ClearTries(ctx, factorKey(agent)); err != nil {
		return "", err
	}
	a.factors.clear(agent.ID)
	if s.Failed, err = a.failures(ctx, agent); err != nil {
		return "", err
	}
	a.tried(TryIn, agent.ID)
	s.Stage = gateway.StageIn
	return a.open(ctx, s)
}

// step is the 30 seconds for which a code is right, later than last: a code
// that was used, or seen over a shoulder, is not taken again.
func (a *Accounts) step(secret []byte, code string, last int64) (int64, bool) {
	code = strings.Map(func(r rune) rune {
		if r == ' ' {
			return -1
		}
		return r
	}, code)
	now := a.clock()
	found := int64(0)
	for _, off := range []time.Duration{-period, 0, period} {
		at := now.Add(off)
		want, err := totp.GenerateCode(encode(secret), at)
		step := at.Unix() / int64(period/time.Second)
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && step > last {
			found = step
		}
	}
	return found, found != 0
}

func isCode(s string) bool {
	return strings.Trim(s, "0123456789 ") == ""
}

func encode(secret []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

// recoveryHash needs no slow hash: a code holds 50 random bits, and the hash
// is sealed.
func recoveryHash(code string) []byte {
	plain := strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(strings.TrimSpace(code)))
	sum := sha256.Sum256([]byte("recovery " + plain))
	return sum[:]
}

func factorKey(agent *gateway.Agent) string { return "factor:" + agent.ID.String() }

// drawQR draws a text as a QR code, with the quiet zone of four modules that
// the standard asks for.
func drawQR(text string) (QR, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return QR{}, fmt.Errorf("draw QR code: %w", err)
	}
	const quiet = 4
	bounds := code.Bounds()
	var path strings.Builder
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	return QR{bounds.Dx() + 2*quiet, path.String()}, nil
}
