package agent_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/agent"
)

// visit is from a network, in a browser.
func (h *house) visit(name, password string, v agent.Visit) (string, gateway.Stage, error) {
	return h.LogIn(h.Context(), name, password, v)
}

// in takes a log-in to its end, and gives what the browser is known by.
func (h *house) in(token, secret string) (*gateway.Session, string) {
	h.Helper()
	h.now = h.now.Add(time.Minute) // each code is good once
	s, a := h.session(token)
	token, err := h.Factor(h.Context(), s, a, h.code(secret))
	if err != nil || s.Known == "" {
		h.Fatalf("second factor: %v", err)
	}
	kept, _ := h.session(token)
	return kept, s.Known
}

// Strangers try an agent's name from everywhere: the agent gets in with the browser
// that they used before, and in a new one with a code of the second factor.
func TestStrangersLockNobodyOut(t *testing.T) {
	h := newHouse(t)
	_, secret, _ := h.enrolled("ana", gateway.RoleAgent)
	h.now = h.now.Add(time.Hour)
	home := agent.Visit{Network: networkOf(7)}
	token, _, err := h.visit("ana", password, home)
	if err != nil {
		t.Fatal(err)
	}
	_, known := h.in(token, secret)

	var throttled *agent.ThrottledError
	attack := func() {
		t.Helper()
		for n := range 40 {
			h.visit("ana", fmt.Sprint("wrong", n), agent.Visit{Network: networkOf(100 + n), Known: "made up"})
		}
		for n := range 30 { // from the agent's own network too, with codes that are made up
			h.visit(fmt.Sprint("somebody", n), "wrong", agent.Visit{Network: home.Network, Code: fmt.Sprintf("%06d", n)})
		}
	}
	attack()
	if _, _, err := h.visit("ana", password, home); !errors.As(err, &throttled) {
		t.Fatalf("a strange browser: %v", err)
	}
	if _, _, err := h.visit("ana", password, agent.Visit{Network: networkOf(8)}); !errors.As(err, &throttled) {
		t.Fatalf("from elsewhere: %v", err)
	}
	if _, _, err := h.visit("ana", "wrong", agent.Visit{Network: home.Network, Known: known}); !errors.Is(err, agent.ErrWrong) {
		t.Errorf("the known browser with a wrong password: %v", err)
	}
	token, stage, err := h.visit("ana", password, agent.Visit{Network: home.Network, Known: known})
	if err != nil || stage != gateway.StageFactor {
		t.Fatalf("the known browser: stage %d, %v", stage, err)
	}
	session, next := h.in(token, secret)
	if next == known {
		t.Error("a browser is known by the same for ever")
	}
	// Five strangers' tries, and the agent's own wrong one.
	if f := session.Failed; f == nil || f.Passwords != 6 || f.Codes != 0 || f.Last.IsZero() {
		t.Errorf("the agent is told of %+v", f)
	}
	attack()
	if _, _, err := h.visit("ana", password, agent.Visit{Network: networkOf(9), Known: known}); !errors.As(err, &throttled) {
		t.Errorf("by what it was known once: %v", err)
	}

	elsewhere := agent.Visit{Network: networkOf(9), Code: "000000"}
	if _, _, err := h.visit("ana", password, elsewhere); !errors.As(err, &throttled) {
		t.Errorf("with a wrong code: %v", err)
	}
	elsewhere.Code = h.code(secret) // which was used a moment ago
	if _, _, err := h.visit("ana", password, elsewhere); !errors.As(err, &throttled) {
		t.Errorf("with a code that was used: %v", err)
	}
	h.now = h.now.Add(time.Minute)
	attack()
	elsewhere.Code = h.code(secret)
	if _, _, err := h.visit("ana", "wrong", elsewhere); !errors.Is(err, agent.ErrWrong) {
		t.Errorf("with a right code and a wrong password: %v", err)
	}
	h.now = h.now.Add(time.Minute)
	elsewhere.Code = h.code(secret)
	if token, _, err = h.visit("ana", password, elsewhere); err != nil {
		t.Fatalf("with a right code: %v", err)
	}
	s, a := h.session(token)
	if _, err := h.Factor(t.Context(), s, a, elsewhere.Code); err != nil {
		t.Errorf("the same code a moment later: %v", err)
	}
	// What the strangers tried stays counted: they have won nothing by it.
	h.visit("ana", "wrong", agent.Visit{Network: networkOf(10)})
	if _, _, err := h.visit("ana", "wrong", agent.Visit{Network: networkOf(11)}); !errors.As(err, &throttled) {
		t.Errorf("a stranger after the agent was let in: %v", err)
	}
}

// A known browser, and whoever has the second factor, have as many tries as others.
func TestWhoIsKnownGuessesNoMore(t *testing.T) {
	h := newHouse(t)
	_, secret, _ := h.enrolled("ana", gateway.RoleAgent)
	token, _, _ := h.logIn("ana", password)
	_, known := h.in(token, secret)
	for _, test := range []struct {
		name  string
		visit func() agent.Visit
	}{
		{"the browser", func() agent.Visit { return agent.Visit{Known: known} }},
		{"the second factor", func() agent.Visit { return agent.Visit{Code: h.code(secret)} }},
	} {
		wrong := 0
		for n := range 30 {
			v := test.visit()
			v.Network = networkOf(n)
			if _, _, err := h.visit("ana", "wrong", v); errors.Is(err, agent.ErrWrong) {
				wrong++
			}
		}
		if wrong > 10 { // five, and those of the name that the code's refusal leaves
			t.Errorf("%s: %d tries", test.name, wrong)
		}
	}
	// Codes are not guessed either, wherever their network is refused already.
	guesser := networkOf(500)
	for range 25 {
		h.visit("nobody", "wrong", agent.Visit{Network: guesser})
	}
	for n := range 40 {
		h.visit("ana", "wrong", agent.Visit{Network: guesser, Code: fmt.Sprintf("%06d", n)})
	}
	var throttled *agent.ThrottledError
	if _, _, err := h.visit("ana", password, agent.Visit{Network: guesser, Code: h.code(secret)}); !errors.As(err, &throttled) {
		t.Errorf("a right code behind forty wrong ones: %v", err)
	}
}

// Known is who logged in to the end, not whoever knows the password; a reset forgets
// all of them, and an agent has ten at most.
func TestKnownBrowsersEnd(t *testing.T) {
	h := newHouse(t)
	_, secret, _ := h.enrolled("ana", gateway.RoleAgent)
	token, _, _ := h.logIn("ana", password)
	if s, _ := h.session(token); s.Known != "" {
		t.Error("a password alone makes a browser known")
	}
	_, first := h.in(token, secret)
	browsers := func() int {
		a, err := h.store.AgentByName(t.Context(), "ana")
		if err != nil {
			t.Fatal(err)
		}
		return len(a.Login.Browsers)
	}
	last := ""
	for range 15 {
		token, _, err := h.logIn("ana", password)
		if err != nil {
			t.Fatal(err)
		}
		_, last = h.in(token, secret)
	}
	if browsers() != 10 {
		t.Errorf("%d browsers are known", browsers())
	}
	token, _, _ = h.visit("ana", password, agent.Visit{Known: last, Network: networkOf(1)})
	if _, last = h.in(token, secret); browsers() != 10 {
		t.Errorf("%d browsers are known, want the same ones", browsers())
	}
	lock := func() {
		for n := range 10 {
			h.visit("ana", "wrong", agent.Visit{Network: networkOf(50 + n)})
		}
	}
	lock()
	var throttled *agent.ThrottledError
	if _, _, err := h.visit("ana", password, agent.Visit{Known: first}); !errors.As(err, &throttled) {
		t.Errorf("the eleventh but last browser: %v", err)
	}
	h.now = h.now.AddDate(0, 0, 91)
	lock()
	if _, _, err := h.visit("ana", password, agent.Visit{Known: last}); !errors.As(err, &throttled) {
		t.Errorf("a browser of three months ago: %v", err)
	}
	if _, err := h.Reset(t.Context(), nil, "ana"); err != nil || browsers() != 0 {
		t.Errorf("%d browsers are known after a reset (%v)", browsers(), err)
	}
}

// What failed at a name is told to whoever watches, and to its agent once.
func TestFailuresAreTold(t *testing.T) {
	h := newHouse(t)
	told := map[string]int{}
	h.OnTry = func(outcome string, who gateway.ID) { told[fmt.Sprint(outcome, " ", !who.IsZero())]++ }
	_, secret, _ := h.enrolled("ana", gateway.RoleAgent)
	for n := range 8 {
		h.visit("ana", "wrong", agent.Visit{Network: networkOf(n)})
		h.visit("nobody", "wrong", agent.Visit{Network: networkOf(n)})
	}
	h.now = h.now.Add(3 * time.Hour) // longer than tries are counted for refusing
	token, _, err := h.logIn("ana", password)
	if err != nil {
		t.Fatal(err)
	}
	s, a := h.session(token)
	for range 2 {
		if _, err := h.Factor(t.Context(), s, a, "000000"); !errors.Is(err, agent.ErrCode) {
			t.Fatal(err)
		}
	}
	session, _ := h.in(token, secret)
	if f := session.Failed; f == nil || f.Passwords != 5 || f.Codes != 2 {
		t.Errorf("the agent is told of %+v", f)
	}
	want := map[string]int{"in true": 2, "wrong_password true": 5, "throttled true": 3, "wrong_password false": 5, "throttled false": 3, "wrong_code true": 2}
	if fmt.Sprint(told) != fmt.Sprint(want) {
		t.Errorf("told %v, want %v", told, want)
	}
	token, _, _ = h.logIn("ana", password)
	if session, _ := h.in(token, secret); session.Failed != nil {
		t.Errorf("and told again of %+v", session.Failed)
	}
}
