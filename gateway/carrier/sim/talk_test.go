package sim_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aviso/gateway/carrier/sim"
)

// menu is a gateway that answers a call's requests by a table: the path and
// query, an equals sign and the digits.
type menu struct {
	t     *testing.T
	table map[string]string

	mu    sync.Mutex
	asked []string
	forms []url.Values
}

func (m *menu) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		m.t.Error(err)
	}
	want := sim.Sign(sim.DefaultAuthToken, publicURL+r.URL.RequestURI(), r.PostForm)
	if r.Header.Get("X-Twilio-Signature") != want {
		m.t.Errorf("%s is not signed rightly", r.URL.Path)
	}
	key := strings.TrimPrefix(r.URL.RequestURI(), "/") + "=" + r.PostForm.Get("Digits")
	if status := r.PostForm.Get("DialCallStatus"); status != "" {
		key += status + "," + r.PostForm.Get("DialBridged")
	}
	m.mu.Lock()
	m.asked = append(m.asked, key)
	m.forms = append(m.forms, r.PostForm)
	m.mu.Unlock()
	body, ok := m.table[key]
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	fmt.Fprint(w, "<Response>"+body+"</Response>")
}

func (m *menu) requests() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.asked)
}

// startMenu is a carrier whose senders' calls are answered by a table.
func startMenu(t *testing.T, table map[string]string) (*sim.Carrier, *menu) {
	t.Helper()
	m := &menu{t: t, table: table}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	c := sim.New(sim.Config{Senders: []string{longCode}})
	if err := c.Start(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.Connect(sim.Webhooks{Voice: server.URL + "/voice", Public: publicURL})
	return c, m
}

func TestTalk(t *testing.T) {
	const again = `<Redirect>/voice?n=1</Redirect>`
	c, m := startMenu(t, map[string]string{
		"voice=":        `<Gather numDigits="1" action="/voice?n=1" actionOnEmptyResult="true"><Say language="en-US">Press 1</Say><Play>/audio/menu.mp3</Play></Gather>` + again,
		"voice?n=1=":    `<Gather action="/voice?n=2"><Say>Your PIN</Say></Gather><Say>nothing came</Say>`,
		"voice?n=1=7":   `<Say>seven</Say><Hangup/><Say>never said</Say>`,
		"voice?n=2=482": `<Say>short</Say>`,
	})
	juan := c.Phone(juan, "Juan")
	talk, err := juan.Call(soon(t), longCode)
	if err != nil {
		t.Fatal(err)
	}
	if said, err := talk.Hear(soon(t), "press 1", "/audio/menu.mp3"); err != nil {
		t.Fatalf("%q, %v", said, err)
	}
	if err := talk.Silence(soon(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := talk.Hear(soon(t), "your pin"); err != nil {
		t.Fatal(err)
	}
	if err := talk.Press(soon(t), "48"); err != nil {
		t.Fatal(err)
	}
	if err := talk.Press(soon(t), "2#99"); err != nil {
		t.Fatal(err)
	}
	if _, err := talk.Hear(soon(t), "short"); err != nil {
		t.Fatal(err)
	}
	if err := talk.Over(soon(t)); err != nil {
		t.Error(err)
	}
	if got, want := m.requests(), []string{"voice=", "voice?n=1=", "voice?n=2=482"}; !slices.Equal(got, want) {
		t.Errorf("asked %q, want %q", got, want)
	}
	if err := talk.Press(soon(t), "1"); err == nil {
		t.Error("keys are pressed in a call that is over")
	}

	talk, err = juan.Call(soon(t), longCode)
	if err != nil {
		t.Fatal(err)
	}
	if err := talk.Press(soon(t), "7"); err != nil {
		t.Fatal(err)
	}
	if said := talk.Said(); slices.Contains(said, "never said") || said[len(said)-1] != "seven" {
		t.Errorf("said %q", said)
	}
}

// A Gather without input goes on with the next verb, unless it says otherwise.
func TestTalkSilence(t *testing.T) {
	c, m := startMenu(t, map[string]string{
		"voice=": `<Gather action="/voice?n=2"><Say>Your PIN</Say></Gather><Say>nothing came</Say>`,
	})
	talk, err := c.Phone(juan, "").Call(soon(t), longCode)
	if err != nil {
		t.Fatal(err)
	}
	if err := talk.Silence(soon(t)); err != nil {
		t.Fatal(err)
	}
	if said := talk.Said(); len(said) != 2 || said[1] != "nothing came" || len(m.requests()) != 1 {
		t.Errorf("said %q, asked %q", said, m.requests())
	}
}

func TestTalkRefusesWhatTwilioDoes(t *testing.T) {
	for name, body := range map[string]string{
		"a verb that is none":          `<Speak>hola</Speak>`,
		"an attribute that is none":    `<Say speed="fast">hola</Say>`,
		"a verb in the wrong place":    `<Gather action="/x"><Dial>+13125550101</Dial></Gather>`,
		"nothing to play":              `<Play/>`,
		"tones that no keypad has":     `<Play digits="5x"/>`,
		"a time-out that is none":      `<Gather timeout="soon" action="/x"/>`,
		"a number that is none":        `<Dial><Number>someone</Number></Dial>`,
		"a document that is not whole": `<Say>hola`,
		"a loop":                       `<Redirect>/voice</Redirect>`,
		"an address that is not there": `<Redirect>/nowhere</Redirect>`,
	} {
		c, _ := startMenu(t, map[string]string{"voice=": body})
		if talk, err := c.Phone(juan, "").Call(soon(t), longCode); err == nil {
			if err = talk.Over(soon(t)); err == nil {
				t.Errorf("%s is accepted", name)
			}
		}
	}
}

func TestTransfer(t *testing.T) {
	const dial = `<Dial action="/voice?n=1" callerId="` + longCode + `"><Number url="/whisper">` + maria + `</Number></Dial>`
	const whisper = `<Gather numDigits="1" action="/whisper?n=1" actionOnEmptyResult="true"><Say>Press 1</Say></Gather>`
	for name, transfer := range map[string]struct {
		pickup sim.Pickup
		take   func(*testing.T, *sim.Phone, *sim.Talk)
		result string
	}{
		"nobody there": {sim.NoAnswer, nil, "no-answer,false"},
		"engaged":      {sim.Busy, nil, "busy,false"},
		"a voicemail":  {sim.Voicemail, nil, "completed,false"},
		"declined": {sim.ByHand, func(t *testing.T, maria *sim.Phone, _ *sim.Talk) {
			if err := maria.Decline(soon(t)); err != nil {
				t.Error(err)
			}
		}, "busy,false"},
		"taken": {sim.ByHand, func(t *testing.T, maria *sim.Phone, caller *sim.Talk) {
			talk, err := maria.Answer(soon(t))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := talk.Hear(soon(t), "press 1"); err != nil {
				t.Error(err)
			}
			if err := talk.Press(soon(t), "1"); err != nil {
				t.Error(err)
			}
			if err := caller.Bridged(soon(t)); err != nil {
				t.Error(err)
			}
			talk.HangUp()
		}, "completed,true"},
	} {
		t.Run(name, func(t *testing.T) {
			c, m := startMenu(t, map[string]string{
				"voice=": dial, "voice?n=1=" + transfer.result: `<Say>over</Say>`,
				"whisper=": whisper, "whisper?n=1=1": "", "whisper?n=1=": `<Hangup/>`,
			})
			maria := c.Phone(maria, "Maria")
			maria.OnCall(transfer.pickup)
			talk, err := c.Phone(juan, "").Call(soon(t), longCode)
			if err != nil {
				t.Fatal(err)
			}
			if transfer.take != nil {
				transfer.take(t, maria, talk)
			}
			if _, err := talk.Hear(soon(t), "over"); err != nil {
				t.Errorf("%v; asked %q", err, m.requests())
			}
			if err := talk.Over(soon(t)); err != nil {
				t.Error(err)
			}
			for i, key := range m.requests() {
				if form := m.forms[i]; strings.HasPrefix(key, "whisper") && (form.Get("ParentCallSid") != talk.Sid() || form.Get("From") != longCode) {
					t.Errorf("the whisper's request is %v", form)
				}
			}
		})
	}
}

func TestAnswerACallOfOurs(t *testing.T) {
	c, m := startMenu(t, map[string]string{
		"notice=":      `<Gather numDigits="1" action="/notice?n=1"><Say>Press 1</Say></Gather>`,
		"notice?n=1=1": `<Say>Thank you</Say>`, "calls=": "",
	})
	maria := c.Phone(maria, "Maria")
	maria.OnCall(sim.ByHand)
	if _, err := twilioClient(c).CreateCall(ringing(maria.Number)); err != nil {
		t.Fatal(err)
	}
	talk, err := maria.Answer(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := talk.Press(soon(t), "1"); err != nil {
		t.Fatal(err)
	}
	if _, err := talk.Hear(soon(t), "thank you"); err != nil {
		t.Error(err)
	}
	var statuses []string
	for ctx := soon(t); len(statuses) < 4 && ctx.Err() == nil; time.Sleep(time.Millisecond) {
		statuses = nil
		m.mu.Lock()
		for i, key := range m.asked {
			if key == "calls=" {
				statuses = append(statuses, m.forms[i].Get("CallStatus"))
			}
		}
		m.mu.Unlock()
	}
	if want := []string{"initiated", "ringing", "in-progress", "completed"}; !slices.Equal(statuses, want) {
		t.Errorf("receipts %q, want %q", statuses, want)
	}
}

func TestNobodyRings(t *testing.T) {
	c, _ := startMenu(t, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := c.Phone(maria, "").Answer(ctx); err == nil {
		t.Error("a phone that does not ring is answered")
	}
}
