package agent_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/agent"
)

// sql runs statements on the records, behind the program's back.
func (h *house) sql(list ...string) {
	h.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(h.dir, "aviso.db"))
	if err != nil {
		h.Fatal(err)
	}
	defer db.Close()
	for _, s := range list {
		if _, err := db.Exec(s); err != nil {
			h.Fatal(err)
		}
	}
}

// A session that ended is good no more, whoever puts its row back.
func TestEndedSessionsArePutBack(t *testing.T) {
	for _, c := range []struct {
		what string
		end  func(*house, *gateway.Session, *gateway.Agent, string) error
	}{
		{"logged out", func(h *house, s *gateway.Session, _ *gateway.Agent, _ string) error { return h.LogOut(h.Context(), s) }},
		{"ended from another browser", func(h *house, s *gateway.Session, _ *gateway.Agent, _ string) error {
			return h.EndOther(h.Context(), s, agent.SessionName(s))
		}},
		{"disabled and reset", func(h *house, _ *gateway.Session, _ *gateway.Agent, _ string) error {
			_, err := h.Reset(h.Context(), nil, "ana")
			return errors.Join(h.Disable(h.Context(), nil, "ana"), err)
		}},
		{"another password", func(h *house, s *gateway.Session, a *gateway.Agent, secret string) error {
			_, err := h.ChangePassword(h.Context(), s, a, password, h.code(secret), "otra grapa bateria")
			return err
		}},
	} {
		t.Run(c.what, func(t *testing.T) {
			h := newHouse(t)
			h.enrolled("boss", gateway.RoleAdmin)
			token, secret, _ := h.enrolled("ana", gateway.RoleAgent)
			h.now = h.now.Add(time.Minute)
			s, a := h.session(token)
			h.sql(`CREATE TABLE kept AS SELECT * FROM session`)
			if err := c.end(h, s, a, secret); err != nil {
				t.Fatal(err)
			}
			put := `INSERT OR REPLACE INTO session SELECT * FROM kept`
			h.sql(put)
			if s, _ := h.session(token); s != nil {
				t.Error("it opens at once")
			}
			h.now = h.now.Add(time.Hour)
			h.sql(put)
			told := 0
			h.store.OnForged(func(string, error) { told++ })
			s, _, err := h.Session(t.Context(), token)
			if disabled := c.what == "disabled and reset"; s != nil || !disabled && (!errors.Is(err, gateway.ErrForged) || told != 1) {
				t.Errorf("an hour later: %+v, %v, told %d times", s, err, told)
			}
		})
	}
}

// Two browsers come as far as the second factor's setting up. The one that is
// second sets up none.
func TestSecondFactorIsSetUpOnce(t *testing.T) {
	h := newHouse(t)
	one := h.add("ana", gateway.RoleAgent)
	token, _, err := h.logIn("ana", one)
	if err != nil {
		t.Fatal(err)
	}
	s, a := h.session(token)
	if token, err = h.SetPassword(t.Context(), s, a, password); err != nil {
		t.Fatal(err)
	}
	thief, stage, err := h.logIn("ana", password)
	if err != nil || stage != gateway.StageEnrol {
		t.Fatalf("stage %d, %v", stage, err)
	}
	theirs, who := h.session(thief)
	e, err := h.Enrol(t.Context(), theirs, who)
	if err != nil {
		t.Fatal(err)
	}
	h.sql(`CREATE TABLE kept AS SELECT * FROM session`)
	s, a = h.session(token)
	mine, err := h.Enrol(t.Context(), s, a)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Enrolled(t.Context(), s, a, h.code(mine.Secret)); err != nil {
		t.Fatal(err)
	}
	h.now = h.now.Add(30 * time.Second)
	if _, _, err := h.Enrolled(t.Context(), theirs, who, h.code(e.Secret)); !errors.Is(err, agent.ErrStage) {
		t.Errorf("in the other browser: %v", err)
	}
	h.sql(`INSERT OR REPLACE INTO session SELECT * FROM kept`)
	if s, _ := h.session(thief); s != nil {
		t.Error("a session from before the second factor is good")
	}
}

// Who takes the counts of tries out of the records does not get to try all codes.
func TestCountsAreTakenAway(t *testing.T) {
	h := newHouse(t)
	h.enrolled("ana", gateway.RoleAgent)
	h.now = h.now.Add(time.Hour)
	token, _, err := h.logIn("ana", password)
	if err != nil {
		t.Fatal(err)
	}
	s, a := h.session(token)
	tried := 0
	for n := range 60 {
		h.sql(`DELETE FROM login_try`)
		var throttled *agent.ThrottledError
		if _, err := h.Factor(t.Context(), s, a, fmt.Sprintf("%06d", n)); !errors.As(err, &throttled) {
			tried++
		}
		h.now = h.now.Add(time.Second)
	}
	if tried > 10 {
		t.Errorf("%d codes were tried in a minute", tried)
	}
}

// A new password ends what an old one could have left behind: sessions, and
// browsers that are known; not one's own browser.
func TestNewPasswordForgetsBrowsers(t *testing.T) {
	h := newHouse(t)
	_, secret, _ := h.enrolled("ana", gateway.RoleAgent)
	logIn := func(v agent.Visit) (*gateway.Session, string) {
		t.Helper()
		token, _, err := h.visit("ana", password, v)
		if err != nil {
			t.Fatal(err)
		}
		return h.in(token, secret)
	}
	_, theirs := logIn(agent.Visit{Network: networkOf(9)})
	s, own := logIn(agent.Visit{Network: networkOf(7)})
	h.now = h.now.Add(time.Minute)
	a, err := h.store.Agent(t.Context(), s.Agent)
	if err != nil {
		t.Fatal(err)
	}
	const next = "otra grapa bateria"
	if _, err := h.ChangePassword(t.Context(), s, a, password, h.code(secret), next); err != nil {
		t.Fatal(err)
	}
	for n := range 40 { // strangers
		h.visit("ana", fmt.Sprint("wrong", n), agent.Visit{Network: networkOf(100 + n)})
	}
	var throttled *agent.ThrottledError
	if _, _, err := h.visit("ana", next, agent.Visit{Network: networkOf(9), Known: theirs}); !errors.As(err, &throttled) {
		t.Errorf("in a browser that knew the old password: %v", err)
	}
	if _, _, err := h.visit("ana", next, agent.Visit{Network: networkOf(7), Known: own}); err != nil {
		t.Errorf("in the browser in which it was changed: %v", err)
	}
}
