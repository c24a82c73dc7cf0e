package ivr

import (
	"fmt"
	"strings"
	"testing"
)

// domain stands in for the decisions: each kind of Ask has an outcome. It
// plays a dialogue and writes down what is said and asked, a line a step.
type domain struct {
	state State
	in    Input
	says  map[Kind]string // what comes of each Ask
}

// press goes one step, as the gateway does.
func (d *domain) press(keys string) string {
	d.in.Keys = keys
	var said []string
	note := func(r Reply) {
		for _, l := range r.Lines {
			said = append(said, l.Name)
		}
	}
	state, r := Step(d.state, d.in)
	note(r)
	for range 5 {
		if r.Ask == nil {
			break
		}
		ask := "?" + string(r.Ask.Kind)
		if r.Ask.Keys != "" {
			ask += "=" + r.Ask.Keys
		}
		if r.Ask.For != "" {
			ask += " for " + string(r.Ask.For)
		}
		if r.Ask.Keep {
			ask += " keep"
		}
		said = append(said, ask)
		state, r = Resume(state, Outcome{d.says[r.Ask.Kind]})
		note(r)
	}
	d.state = state
	switch {
	case r.Ring:
		said = append(said, "RING")
	case r.End:
		said = append(said, "END")
	default:
		said = append(said, fmt.Sprintf("[%d,%d]", r.Gather.Keys, r.Gather.Wait))
	}
	return strings.Join(said, " ")
}

func TestDialogues(t *testing.T) {
	known := Input{Known: true, Caller: true, Language: "es"}
	unknown := Input{Language: "es"}
	noPIN := Input{Known: true, NoPIN: true, Language: "es"}
	const (
		menu   = "hello menu-language menu [1,6]"
		screen = "hello menu menu-language [1,6]"
	)
	for _, c := range []struct {
		name   string
		medium Medium
		in     Input
		says   map[Kind]string
		steps  []string // keys, what is said; in turns
	}{
		{"1 raises at once", Call, known, map[Kind]string{AskRaise: "received"}, []string{
			"1", "?raise received reference telling menu-raised menu-language [1,6]",
		}},
		{"menu, then 1, then 1 again", Call, known, map[Kind]string{AskRaise: "again"}, []string{
			"", menu,
			"1", "?raise again reference confirmed-count menu-raised menu-language [1,6]",
			"1", "?raise again reference confirmed-count menu-raised menu-language [1,6]",
		}},
		{"silence twice rings a person", Call, known, map[Kind]string{AskPerson: "ring"}, []string{
			"", menu, "", menu, "", "?person transfer RING",
		}},
		{"silence from an unknown phone asks who it is, then rings", Call, unknown, map[Kind]string{AskPerson: "ring"}, []string{
			"", menu, "", "ask-who [0,10]", "", "?person transfer RING",
		}},
		{"0 in the middle of a PIN", Call, known, map[Kind]string{AskPerson: "ring"}, []string{
			"", menu, "2", "ask-pin [0,10]", "0", "?person transfer RING",
		}},
		{"1 in the middle of a PIN raises", Call, known, map[Kind]string{AskRaise: "received"}, []string{
			"2", "ask-pin [0,10]", "1", "?raise received reference telling menu-raised menu-language [1,6]",
		}},
		{"calling off", Call, known, map[Kind]string{AskPIN: "cancelled"}, []string{
			"2", "ask-pin [0,10]", "4821#", "?pin=4821 for cancel cancelled " + menu,
		}},
		{"calling off without a PIN", Call, noPIN, map[Kind]string{AskNoPIN: "no-pin", AskPerson: "ring"}, []string{
			"2", "?no-pin no-pin ?person transfer RING",
		}},
		{"a wrong PIN three times rings a person", Call, known, map[Kind]string{AskPIN: "wrong-pin", AskPerson: "ring"}, []string{
			"2", "ask-pin [0,10]",
			"1111", "?pin=1111 for cancel wrong-pin ask-pin [0,10]",
			"2222", "?pin=2222 for cancel wrong-pin ask-pin [0,10]",
			"3333", "?pin=3333 for cancel wrong-pin ?person transfer RING",
		}},
		{"from any phone", Call, unknown, map[Kind]string{AskRaise: "unknown-phone", AskWho: "noted", AskPIN: "received"}, []string{
			"", menu,
			"1", "?raise kept unknown-phone ask-who reference [0,10]",
			"3125550101", "?who=3125550101 ask-pin [0,10]",
			"4821", "?pin=4821 for raise received reference telling menu-raised menu-language [1,6]",
		}},
		{"from any phone, key by key, slowly", Call, unknown, map[Kind]string{AskRaise: "unknown-phone", AskWho: "noted", AskPIN: "received"}, []string{
			"1", "?raise kept unknown-phone ask-who reference [0,10]",
			"31255", "go-on [0,10]", "501", "go-on [0,10]", "01", "?who=3125550101 ask-pin [0,10]",
			"48", "go-on [0,10]", "21", "?pin=4821 for raise received reference telling menu-raised menu-language [1,6]",
		}},
		{"a number at once, where a key was asked for", Call, unknown, map[Kind]string{AskWho: "noted", AskPIN: "identified"}, []string{
			"", menu, "123456782", "?who=123456782 ask-pin [0,10]", "4821", "?pin=4821 " + menu,
		}},
		{"three failures of somebody unknown keep the alert", Call, unknown, map[Kind]string{AskWho: "noted", AskPIN: "wrong-pin", AskPerson: "ring"}, []string{
			"", menu, "", "ask-who [0,10]",
			"3125550101", "?who=3125550101 ask-pin [0,10]", "1111", "?pin=1111 wrong-who ask-who [0,10]",
			"3125550101", "?who=3125550101 ask-pin [0,10]", "1111", "?pin=1111 wrong-who ask-who [0,10]",
			"3125550101", "?who=3125550101 ask-pin [0,10]", "1111", "?pin=1111 wrong-who ?person keep transfer RING",
		}},
		{"nobody accepts: the next one, then a promise", Call, known, map[Kind]string{AskPerson: "ring"}, []string{
			"0", "?person transfer RING", "", "?person RING", "", "?person RING",
		}},
		{"nobody there at all", Call, known, map[Kind]string{AskPerson: "nobody"}, []string{
			"0", "?person nobody END", "1", "END", "", "END",
		}},
		{"language", Call, known, nil, []string{
			"9", menu, "9", menu,
		}},
		{"rights and consulate", Call, known, map[Kind]string{AskRights: "rights", AskConsulate: "consulate"}, []string{
			"3", "?rights rights " + menu, "4", "ask-zip [5,10]", "60608", "?consulate=60608 consulate " + menu,
		}},
		{"a ZIP that is none", Call, known, map[Kind]string{AskConsulate: "again-zip"}, []string{
			"4", "ask-zip [5,10]", "00000", "?consulate=00000 again-zip ask-zip [5,10]",
		}},
		{"keys that mean nothing", Call, known, map[Kind]string{AskPerson: "ring"}, []string{
			"6", "not-understood " + menu, "7", "not-understood " + menu, "6", "?person transfer RING",
		}},
		{"changing a PIN", Call, known, map[Kind]string{AskPIN: "pins", AskNewPIN: "new-pin", AskSamePIN: "pin-changed"}, []string{
			"5", "ask-pin [0,10]", "4821", "?pin=4821 for pins ask-pins [1,6]", "2", "ask-new-pin [0,10]",
			"735142", "?new-pin=735142 ask-new-pin-again [0,10]", "735142", "?same-pin=735142 pin-changed " + menu,
		}},
		{"a new PIN that is typed differently", Call, known, map[Kind]string{AskPIN: "pins", AskNewPIN: "new-pin", AskSamePIN: "pin-differs"}, []string{
			"5", "ask-pin [0,10]", "4821", "?pin=4821 for pins ask-pins [1,6]", "3", "ask-new-pin [0,10]",
			"735142", "?new-pin=735142 ask-new-pin-again [0,10]", "735143", "?same-pin=735143 pin-differs ask-new-pin [0,10]",
		}},
		{"star again, and an entry begun anew", Call, known, nil, []string{
			"2", "ask-pin [0,10]", "48", "go-on [0,10]", "*", "ask-pin [0,10]", "*", "ask-pin [0,10]",
		}},
		{"a custody line rings at once, without a word", Call, Input{Custody: true, Language: "es"}, map[Kind]string{AskPerson: "ring"}, []string{
			"", "?person RING", "", "?person RING",
		}},
		{"USSD: one hop", USSD, known, map[Kind]string{AskRaise: "received"}, []string{
			"1", "?raise received reference telling END", "1", "END",
		}},
		{"USSD: no PINs and no person by key", USSD, known, nil, []string{
			"", screen, "5", "not-understood " + screen, "0", "not-understood " + screen,
		}},
		{"USSD: silence ends", USSD, known, nil, []string{
			"", screen, "", screen, "", "goodbye END",
		}},
		{"USSD: for whom", USSD, known, map[Kind]string{AskRaise: "whom", AskWhom: "received"}, []string{
			"1", "?raise whom [1,6]", "2", "?whom=2 received reference telling END",
		}},
		{"a call from a contact of several: a person asks", Call, known, map[Kind]string{AskRaise: "whom", AskPerson: "ring"}, []string{
			"1", "?raise kept ?person transfer RING",
		}},
		{"USSD: registration", USSD, unknown, map[Kind]string{AskRegister: "register-zip"}, []string{
			"7", "?register register-zip [0,10]",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := domain{State{Medium: c.medium}, c.in, c.says}
			for i := 0; i < len(c.steps); i += 2 {
				if got := d.press(c.steps[i]); got != c.steps[i+1] {
					t.Fatalf("step %d, %q:\n got %s\nwant %s", i/2, c.steps[i], got, c.steps[i+1])
				}
			}
		})
	}
}

// Whatever was pressed before, 1 raises the alert.
func TestOneRaisesEverywhere(t *testing.T) {
	for at := range places {
		s := State{Medium: Call, At: at, Steps: 3}
		if _, r := Step(s, Input{Keys: "1"}); r.Ask == nil || r.Ask.Kind != AskRaise {
			t.Errorf("1 at %q asks for %+v", at, r.Ask)
		}
	}
}

// Every outcome that an Ask can have leads on, and its words lead somewhere.
func TestEveryKindOfAskCanBeResumed(t *testing.T) {
	for _, m := range []Medium{Call, USSD} {
		if len(outcomeNames) != len(outcomes()) {
			t.Errorf("%d outcomes are tested, of %d", len(outcomeNames), len(outcomes()))
		}
		for _, name := range outcomeNames {
			s, r := Resume(State{Medium: m, Steps: 5, For: ForRaise}, Outcome{name})
			if !sound(s, r) {
				t.Errorf("%s on %s: %+v", name, m, r)
			}
		}
		s, r := Resume(State{Medium: m}, Outcome{"of a newer version"})
		if !sound(s, r) {
			t.Errorf("an unknown outcome on %s: %+v", m, r)
		}
	}
}

var outcomeNames = []string{
	"received", "again", "added", "unknown-phone", "unknown-phone-again", "whom", "noted", "wrong-pin", "locked", "no-pin",
	"identified", "cancelled", "none-open", "pins", "wait-open", "new-pin", "pin-differs", "pin-taken", "pin-easy", "pin-changed", "rights",
	"again-zip", "consulate", "consulate-none", "status", "status-none", "confirmed", "ring", "nobody", "missed", "register-zip",
	"register-zip-again", "register-contact", "register-refused", "register-country", "register-more", "register-full",
	"register-pin", "register-pin-again", "register-pin-easy", "register-consent", "registered", "registered-already", "register-contact-no", "register-withheld",
}

// sound reports whether a reply leads on in exactly one way.
func sound(s State, r Reply) bool {
	ways := 0
	for _, way := range []bool{r.Ask != nil, r.Gather != (Gather{}), r.Ring, r.End} {
		if way {
			ways++
		}
	}
	return ways == 1 && (!r.Ring || s.At == Ringing) && (!r.End || s.At == Over)
}

// FuzzDialogue plays whatever keys against whatever outcomes. Nothing panics,
// every reply leads on in one way, nothing goes on for ever, and silence ends
// at a person.
func FuzzDialogue(f *testing.F) {
	f.Add("1", uint64(0), false, true)
	f.Add("2 4821 2 4821", uint64(7), false, false)
	f.Add("  0    *9*9 123456789012345678901234567890", uint64(3), true, false)
	f.Add("7 60608 3125550101 3 4821 2", uint64(31), true, false)
	f.Add("ñ😀\x00", uint64(1), true, true)
	f.Fuzz(func(t *testing.T, keys string, chance uint64, ussd, known bool) {
		s := State{Medium: Call}
		if ussd {
			s.Medium = USSD
		}
		next := func() string { // an outcome; not all are likely, none is impossible
			chance = chance*6364136223846793005 + 1442695040888963407
			return outcomeNames[(chance>>33)%uint64(len(outcomeNames))]
		}
		in := Input{Known: known, Caller: known, Language: "es"}
		step := func() bool {
			var r Reply
			s, r = Step(s, in)
			for n := 0; ; n++ {
				if !sound(s, r) {
					t.Fatalf("%q at %q: %+v", in.Keys, s.At, r)
				}
				if r.Ask == nil {
					return r.End || r.Ring
				}
				if n > 20 { // the domain would have to answer nonsense for ever
					return false
				}
				name := next()
				if r.Ask.Kind == AskPerson {
					name = "ring"
				}
				s, r = Resume(s, Outcome{name})
			}
		}
		for _, in.Keys = range strings.Split(keys, " ") {
			if step() {
				break
			}
		}
		in.Keys = ""
		for range 3 {
			if step() {
				return
			}
		}
		t.Fatalf("silence at %q does not end", s.At)
	})
}

// Whoever hangs up while a person is rung for them has not been helped. Nothing
// else that is cut off asks for anything: what was raised is raised.
func TestHangingUp(t *testing.T) {
	for _, c := range []struct {
		at   Place
		rung Rung
		asks bool
	}{
		{Ringing, RungRefused, true}, {Ringing, RungNot, true}, {Ringing, RungAccepted, false},
		{Menu, RungNot, false}, {PIN, RungNot, false}, {Over, RungNot, false},
	} {
		s, r := Step(State{Medium: Call, At: c.at, Steps: 3}, Input{Gone: true, Rung: c.rung, Keys: "1"})
		if asks := r.Ask != nil && r.Ask.Kind == AskMissed; asks != c.asks || !sound(s, r) {
			t.Errorf("at %q, %q: %+v, want to be asked for what was missed: %v", c.at, c.rung, r, c.asks)
		}
	}
}

// Whoever goes round in circles is put through.
func TestStepsEnd(t *testing.T) {
	for _, m := range []Medium{Call, USSD} {
		d := domain{State{Medium: m}, Input{Known: true, Caller: true}, map[Kind]string{AskPerson: "ring"}}
		last := ""
		for range stepsMost + 1 {
			last = d.press("*")
		}
		if !strings.HasSuffix(last, "RING") && !strings.HasSuffix(last, "END") {
			t.Errorf("%s: after %d steps: %s", m, stepsMost+1, last)
		}
	}
}
