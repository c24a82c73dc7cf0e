package agent_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"aviso/gateway"
	"aviso/gateway/agent"
	"aviso/store"
)

// house is the accounts on a real store, with a clock that is moved by hand.
type house struct {
	*testing.T
	*agent.Accounts
	dir   string
	store *store.Store
	now   time.Time
	from  netip.Prefix // where who logs in calls from
}

func newHouse(t *testing.T) *house {
	t.Helper()
	dir := t.TempDir()
	h := &house{T: t, dir: dir, now: time.Date(2026, 11, 22, 20, 30, 0, 0, time.UTC)}
	clock := func() time.Time { return h.now }
	s, err := store.Open(t.Context(), store.Options{DSN: filepath.Join(dir, "aviso.db"), KeysFile: filepath.Join(dir, "aviso.keys"), Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	h.store, h.Accounts = s, agent.New(s, "RED X", clock)
	return h
}

func (h *house) add(name string, role gateway.Role) string {
	h.Helper()
	password, err := h.Add(h.Context(), nil, name, role)
	if err != nil {
		h.Fatal(err)
	}
	return password
}

func (h *house) logIn(name, password string) (string, gateway.Stage, error) {
	return h.LogIn(h.Context(), name, password, agent.Visit{Address: "192.0.2.1", Network: h.from, Language: "es"})
}

func (h *house) session(token string) (*gateway.Session, *gateway.Agent) {
	h.Helper()
	s, a, err := h.Session(h.Context(), token)
	if err != nil {
		h.Fatal(err)
	}
	return s, a
}

func (h *house) code(secret string) string {
	h.Helper()
	code, err := totp.GenerateCode(secret, h.now)
	if err != nil {
		h.Fatal(err)
	}
	return code
}

// enrolled takes a new agent through the whole of a first log-in.
func (h *house) enrolled(name string, role gateway.Role) (token, secret string, recovery []string) {
	h.Helper()
	token, stage, err := h.logIn(name, h.add(name, role))
	if err != nil || stage != gateway.StagePassword {
		h.Fatalf("first log-in: stage %d, %v", stage, err)
	}
	s, a := h.session(token)
	if token, err = h.SetPassword(h.Context(), s, a, password); err != nil {
		h.Fatal(err)
	}
	s, a = h.session(token)
	if s.Stage != gateway.StageEnrol {
		h.Fatalf("stage %d after the password", s.Stage)
	}
	e, err := h.Enrol(h.Context(), s, a)
	if err != nil {
		h.Fatal(err)
	}
	again, err := h.Enrol(h.Context(), s, a)
	if err != nil || again.Secret != e.Secret {
		h.Fatalf("a page that is loaded again shows another secret (%v)", err)
	}
	if !strings.HasPrefix(e.URL, "otpauth://totp/RED%20X:"+name+"?") || e.QR.Size < 29 || e.QR.Path == "" {
		h.Errorf("enrolment %+v", e)
	}
	if token, recovery, err = h.Enrolled(h.Context(), s, a, h.code(e.Secret)); err != nil {
		h.Fatal(err)
	}
	if s, _ = h.session(token); s.Stage != gateway.StageIn {
		h.Fatalf("stage %d after enrolling", s.Stage)
	}
	return token, e.Secret, recovery
}

const password = "caballo bateria grapa"

func TestFirstLogIn(t *testing.T) {
	h := newHouse(t)
	if one := h.add("ana", gateway.RoleAdmin); !regexp.MustCompile(`^[a-z0-9]{12,}$`).MatchString(one) {
		t.Errorf("one-time password %q is not one word of at least 12 letters and digits", one)
	}
	first, secret, recovery := h.enrolled("bea", gateway.RoleAgent)
	if len(recovery) != 10 {
		t.Errorf("%d recovery codes", len(recovery))
	}

	h.now = h.now.Add(time.Minute)
	token, stage, err := h.logIn("Bea ", password)
	if err != nil || stage != gateway.StageFactor {
		t.Fatalf("second log-in: stage %d, %v", stage, err)
	}
	s, a := h.session(token)
	code := h.code(secret)
	in, err := h.Factor(t.Context(), s, a, code[:3]+" "+code[3:])
	if err != nil {
		t.Fatal(err)
	}
	if in == token {
		t.Error("the second factor kept the session's token")
	}
	if s, _ := h.session(token); s != nil {
		t.Error("the token of before the second factor still opens a session")
	}
	if s, _ := h.session(first); s == nil {
		t.Error("a second log-in ended the first")
	}

	token, _, err = h.logIn("bea", password)
	if err != nil {
		t.Fatal(err)
	}
	s, a = h.session(token)
	if _, err := h.Factor(t.Context(), s, a, code); !errors.Is(err, agent.ErrCode) {
		t.Errorf("a code that was used before is taken: %v", err)
	}
	if _, err := h.Factor(t.Context(), s, a, strings.ToUpper(recovery[3])); err != nil {
		t.Errorf("recovery code: %v", err)
	}
	token, _, _ = h.logIn("bea", password)
	s, a = h.session(token)
	if _, err := h.Factor(t.Context(), s, a, recovery[3]); !errors.Is(err, agent.ErrCode) {
		t.Errorf("a recovery code is taken twice: %v", err)
	}
}

func TestStagesCannotBeSkipped(t *testing.T) {
	h := newHouse(t)
	token, _, err := h.logIn("ana", h.add("ana", gateway.RoleAgent))
	if err != nil {
		t.Fatal(err)
	}
	s, a := h.session(token)
	if _, err := h.Enrol(t.Context(), s, a); !errors.Is(err, agent.ErrStage) {
		t.Errorf("enrol before a password: %v", err)
	}
	if _, err := h.Factor(t.Context(), s, a, "123456"); !errors.Is(err, agent.ErrStage) {
		t.Errorf("factor before a password: %v", err)
	}
	for _, bad := range []string{"", "short", "ANA", strings.Repeat("x", 201)} {
		if _, err := h.SetPassword(t.Context(), s, a, bad); !errors.Is(err, agent.ErrPassword) {
			t.Errorf("password %q: %v", bad, err)
		}
	}
}

// Who sits down at an open browser changes no password: it takes the old one and a
// code, and neither is guessed for long.
func TestPasswordIsChangedByItsOwner(t *testing.T) {
	h := newHouse(t)
	token, secret, recovery := h.enrolled("bea", gateway.RoleAgent)
	other, _, err := h.logIn("bea", password)
	if err != nil {
		t.Fatal(err)
	}
	const next = "perro luna mesa verde"
	s, a := h.session(token)
	if _, err := h.SetPassword(t.Context(), s, a, next); !errors.Is(err, agent.ErrStage) {
		t.Errorf("without anything: %v", err)
	}
	used := h.code(secret) // it enrolled the second factor
	h.now = h.now.Add(time.Minute)
	for _, c := range []struct{ name, old, code string }{
		{"another password", "caballo bateria grape", h.code(secret)}, {"no password", "", h.code(secret)},
		{"no code", password, ""}, {"a code that was used", password, used}, {"a recovery code that is none", password, "aaaaa-bbbbb"},
	} {
		if _, err := h.ChangePassword(t.Context(), s, a, c.old, c.code, next); !errors.Is(err, agent.ErrProof) {
			t.Errorf("with %s: %v", c.name, err)
		}
	}
	var throttled *agent.ThrottledError
	if _, err := h.ChangePassword(t.Context(), s, a, password, h.code(secret), next); !errors.As(err, &throttled) {
		t.Errorf("after five wrong ones: %v", err)
	}
	if _, _, err := h.logIn("bea", password); err != nil {
		t.Errorf("guesses at an open browser lock the log-in: %v", err)
	}
	h.now = h.now.Add(time.Hour)
	if _, err := h.ChangePassword(t.Context(), s, a, password, recovery[0], "password1234"); !errors.Is(err, agent.ErrCommon) {
		t.Errorf("a common one: %v", err)
	}
	s, a = h.session(token)
	changed, err := h.ChangePassword(t.Context(), s, a, password, h.code(secret), next)
	if err != nil {
		t.Fatal(err)
	}
	for _, ended := range []string{token, other} {
		if s, _ := h.session(ended); s != nil {
			t.Error("a session of before is still open")
		}
	}
	s, a = h.session(changed)
	if _, err := h.ChangePassword(t.Context(), s, a, next, h.code(secret), "gato sol silla roja"); !errors.Is(err, agent.ErrProof) {
		t.Errorf("with the same code again: %v", err)
	}
	if _, err := h.ChangePassword(t.Context(), s, a, next, recovery[0], "gato sol silla roja"); err != nil {
		t.Errorf("with a recovery code: %v", err)
	}
	if _, _, err := h.logIn("bea", "gato sol silla roja"); err != nil {
		t.Errorf("with the new one: %v", err)
	}
}

// Long is not strong: what everybody tries is refused, what the page advises is not.
func TestCommonPasswords(t *testing.T) {
	h := newHouse(t)
	token, _, err := h.logIn("ana", h.add("ana", gateway.RoleAdmin))
	if err != nil {
		t.Fatal(err)
	}
	s, a := h.session(token)
	for _, common := range []string{
		"password1234", "Password2026!", "P@ssw0rd1234", "123456789012", "qwertyuiopas", "1qaz2wsx3edc", "aaaaaaaaaaaa", "abcabcabcabc", "anaanaanaana",
		"redxredxredx", "Contraseña123", "CONTRASENA2026", "tequieromucho", "virgendeguadalupe", "guadalajara2026", "administrador1", "iloveyouiloveyou", "mexicomexico", "consulado2026",
		"vivamexico1810", "red x red x red x", strings.Repeat("1234", 50), strings.Repeat("juanito", 9) + "juan",
	} {
		if _, err := h.SetPassword(t.Context(), s, a, common); !errors.Is(err, agent.ErrCommon) {
			t.Errorf("%q: %v, want ErrCommon", common, err)
		}
	}
	start := time.Now()
	for _, good := range []string{password, "caballo correcto grapa bateria", "perro gato luna sol", "correct horse battery staple", "Zq7#mK2!vR9x", "ñandú sobre ladrillo azul", "lluvia tejado " + strings.Repeat("9x Qv tortuga ", 13)} {
		h := newHouse(t)
		token, _, err := h.logIn("bea", h.add("bea", gateway.RoleAgent))
		if err != nil {
			t.Fatal(err)
		}
		s, a := h.session(token)
		if _, err := h.SetPassword(t.Context(), s, a, good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("seven passwords took %s", took)
	}
}

func TestThrottling(t *testing.T) {
	h := newHouse(t)
	h.add("ana", gateway.RoleAgent)
	right := h.add("bea", gateway.RoleAgent)
	for i := range 5 {
		if _, _, err := h.logIn("bea", "wrong"); !errors.Is(err, agent.ErrWrong) {
			t.Fatalf("wrong password %d: %v", i+1, err)
		}
	}
	var throttled *agent.ThrottledError
	if _, _, err := h.logIn("bea", right); !errors.As(err, &throttled) {
		t.Fatalf("the right password after five wrong ones: %v", err)
	}
	if wait := throttled.Until.Sub(h.now); wait != 30*time.Second {
		t.Errorf("first wait %s", wait)
	}
	if _, _, err := h.logIn("ana", "wrong"); !errors.Is(err, agent.ErrWrong) {
		t.Errorf("another agent at the same address: %v", err)
	}
	// Each further wrong one doubles the wait, up to a quarter of an hour.
	var wait time.Duration
	for n := range 8 {
		h.from = networkOf(n) // it is about the name
		h.now = throttled.Until.Add(time.Millisecond)
		if _, _, err := h.logIn("bea", "wrong"); !errors.Is(err, agent.ErrWrong) {
			t.Fatalf("after the wait: %v", err)
		}
		if _, _, err := h.logIn("bea", "wrong"); !errors.As(err, &throttled) {
			t.Fatalf("within the next wait: %v", err)
		}
		next := throttled.Until.Sub(h.now)
		if next < wait {
			t.Errorf("wait %s after one of %s", next, wait)
		}
		wait = next
	}
	if wait != 15*time.Minute {
		t.Errorf("longest wait %s", wait)
	}
	h.now = throttled.Until.Add(time.Millisecond)
	if _, _, err := h.logIn("bea", right); err != nil {
		t.Errorf("the right password after the wait: %v", err)
	}
}

func TestThrottlingByAddress(t *testing.T) {
	h := newHouse(t)
	var throttled *agent.ThrottledError
	for i := range 21 {
		_, _, err := h.logIn(fmt.Sprintf("agent%d", i), "wrong")
		if got, want := errors.As(err, &throttled), i == 20; got != want {
			t.Errorf("try %d: throttled %t (%v)", i+1, got, err)
		}
	}
	if wait := throttled.Until.Sub(h.now); wait != 30*time.Second {
		t.Errorf("first wait %s", wait)
	}
	right := h.add("ana", gateway.RoleAgent)
	h.from = networkOf(1)
	if _, _, err := h.logIn("ana", right); err != nil {
		t.Errorf("another address: %v", err)
	}
	h.from, h.now = netip.Prefix{}, throttled.Until.Add(time.Millisecond)
	if _, _, err := h.logIn("ana", right); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	if _, _, err := h.logIn("nobody", "wrong"); !errors.Is(err, agent.ErrWrong) {
		t.Errorf("after a right password: %v", err)
	}
}

func networkOf(n int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 51, byte(n >> 8), byte(n)}), 32)
}

// What a name that no agent has leaves does not grow with it; a name is
// throttled whether there is an agent of it or not.
func TestStrangeNamesLeaveLittle(t *testing.T) {
	h := newHouse(t)
	h.add("ana", gateway.RoleAgent)
	const crowd = 30
	for n := range crowd {
		h.from = networkOf(n)
		name := fmt.Sprintf("nobody%d", n)
		if n%2 == 0 {
			name = strings.Repeat("Ñ <script>", 6000) + name
		}
		if _, _, err := h.logIn(name, "wrong"); !agent.IsAgentsFault(err) {
			t.Fatal(err)
		}
	}
	path := filepath.Join(h.dir, "aviso.db")
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var rows, size int
	if err := db.QueryRow("SELECT count(*), sum(length(body)) FROM login_try").Scan(&rows, &size); err != nil {
		t.Fatal(err)
	}
	if rows == 0 || rows > crowd || size > rows*200 {
		t.Errorf("%d log-ins by names that there are not leave %d rows of %d bytes", crowd, rows, size)
	}
	for _, name := range []string{"ana", "anna"} {
		wrong := 0
		for n := range 7 {
			h.from = networkOf(1000 + n)
			if _, _, err := h.logIn(name, "wrong"); errors.Is(err, agent.ErrWrong) {
				wrong++
			}
		}
		if wrong > 5 || name == "ana" && wrong != 5 {
			t.Errorf("%s: %d of 7 tries are taken", name, wrong)
		}
	}
}

func TestManyAtOnceAreNotFree(t *testing.T) {
	h := newHouse(t)
	h.add("ana", gateway.RoleAgent)
	results := make(chan error)
	for range 12 {
		go func() {
			_, _, err := h.logIn("ana", "wrong")
			results <- err
		}()
	}
	wrong := 0
	for range 12 {
		if errors.Is(<-results, agent.ErrWrong) {
			wrong++
		}
	}
	if wrong > 5 {
		t.Errorf("%d wrong passwords were tried at once", wrong)
	}
}

func TestSessionsEnd(t *testing.T) {
	h := newHouse(t)
	token, secret, _ := h.enrolled("ana", gateway.RoleAgent)
	for range 5 { // in use every hour and a half: lasts a shift, no longer
		h.now = h.now.Add(90 * time.Minute)
		if s, _ := h.session(token); s == nil {
			t.Fatal("a session in use ended")
		}
	}
	h.now = h.now.Add(121 * time.Minute)
	if s, _ := h.session(token); s != nil {
		t.Error("a session that nobody touched for two hours goes on")
	}
	token, _, _ = h.logIn("ana", password)
	s, a := h.session(token)
	token, err := h.Factor(t.Context(), s, a, h.code(secret))
	if err != nil {
		t.Fatal(err)
	}
	for range 13 {
		h.now = h.now.Add(time.Hour)
		h.session(token)
	}
	if s, _ := h.session(token); s != nil {
		t.Error("a session outlasted the shift")
	}
}

func TestAdministration(t *testing.T) {
	h := newHouse(t)
	h.enrolled("ana", gateway.RoleAdmin)
	token, _, _ := h.enrolled("bea", gateway.RoleAgent)
	ana, bea := h.named("ana"), h.named("bea")
	ctx := t.Context()
	if _, err := h.Add(ctx, bea, "carla", gateway.RoleAdmin); !errors.Is(err, gateway.ErrForbidden) {
		t.Errorf("an agent adds an agent: %v", err)
	}
	if err := h.Disable(ctx, bea, "ana"); !errors.Is(err, gateway.ErrForbidden) {
		t.Errorf("an agent disables an agent: %v", err)
	}
	if _, err := h.Add(ctx, ana, "bea", gateway.RoleAgent); !errors.Is(err, agent.ErrTaken) {
		t.Errorf("a name is given twice: %v", err)
	}
	for _, bad := range []string{"", "x", "Ana", "ana maria", "1ana", "ana<script>"} {
		if _, err := h.Add(ctx, nil, bad, gateway.RoleAgent); err == nil {
			t.Errorf("an agent is called %q", bad)
		}
	}
	if err := h.Disable(ctx, nil, "ana"); !errors.Is(err, agent.ErrLast) {
		t.Errorf("the last admin is disabled: %v", err)
	}
	if err := h.Disable(ctx, ana, "bea"); err != nil {
		t.Fatal(err)
	}
	if s, _ := h.session(token); s != nil {
		t.Error("a disabled agent's session goes on")
	}
	if _, _, err := h.logIn("bea", password); !errors.Is(err, agent.ErrWrong) {
		t.Errorf("a disabled agent logs in: %v", err)
	}
	again, err := h.Reset(ctx, h.named("ana"), "bea")
	if err != nil {
		t.Fatal(err)
	}
	if _, stage, err := h.logIn("bea", again); err != nil || stage != gateway.StagePassword {
		t.Errorf("after a reset: stage %d, %v", stage, err)
	}
	h.now = h.now.Add(8 * 24 * time.Hour)
	if _, _, err := h.logIn("bea", again); !errors.Is(err, agent.ErrWrong) {
		t.Errorf("a one-time password of last week lets in: %v", err)
	}
	if _, err := h.Reset(ctx, nil, "nobody"); !errors.Is(err, agent.ErrUnknown) {
		t.Errorf("reset of nobody: %v", err)
	}
}

func (h *house) named(name string) *gateway.Agent {
	h.Helper()
	a, err := h.store.AgentByName(context.Background(), name)
	if err != nil || a == nil {
		h.Fatalf("agent %s: %v", name, err)
	}
	return a
}
