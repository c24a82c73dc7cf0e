package sim_test

import (
	"strings"
	"testing"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"aviso/gateway/carrier/sim"
)

// The first day of an operator: what Twilio refuses, and what the networks
// block after Twilio took it.
func TestAccountLimits(t *testing.T) {
	cases := []struct {
		name     string
		config   sim.Config
		from, to string
		refused  int // by Twilio
		blocked  int // by the networks
	}{
		{"registered", sim.Config{}, longCode, juan, 0, 0},
		{"unregistered, US", sim.Config{Standing: map[string]sim.Standing{longCode: sim.Unregistered}}, longCode, juan, 0, 30034},
		{"unregistered, Mexico", sim.Config{Standing: map[string]sim.Standing{longCode: sim.Unregistered}}, longCode, maria, 0, 0},
		{"in review", sim.Config{Standing: map[string]sim.Standing{longCode: sim.InReview}}, longCode, juan, 0, 30034},
		{"unverified toll-free", sim.Config{Standing: map[string]sim.Standing{tollFree: sim.Rejected}}, tollFree, juan, 0, 30032},
		{"short code", sim.Config{Standing: map[string]sim.Standing{shortCode: sim.Unregistered}}, shortCode, juan, 0, 0},
		{"Mexico not enabled", sim.Config{NoTexts: []string{"MX"}}, longCode, maria, 21408, 0},
		{"trial", sim.Config{Trial: true, Verified: []string{maria}}, longCode, juan, 21608, 0},
		{"trial, verified number", sim.Config{Trial: true, Verified: []string{juan}}, longCode, juan, 0, 0},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			test.config.Senders = []string{longCode, tollFree, shortCode}
			c, _ := start(t, test.config)
			client := twilioClient(c)
			m, err := client.CreateMessage(new(api.CreateMessageParams).SetTo(test.to).SetFrom(test.from).SetBody("ALERTA"))
			if test.refused != 0 {
				if got, _ := code(err); got != test.refused {
					t.Errorf("%d, want %d", got, test.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			m, err = client.FetchMessage(*m.Sid, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := 0
			if m.ErrorCode != nil {
				got = *m.ErrorCode
			}
			if got != test.blocked || (*m.Status == "undelivered") != (test.blocked != 0) {
				t.Errorf("%s with %d, want %d", *m.Status, got, test.blocked)
			}
		})
	}
	for _, test := range []struct {
		config  sim.Config
		refused int
	}{{sim.Config{NoCalls: []string{"MX"}}, 21215}, {sim.Config{Trial: true}, 21219}} {
		test.config.Senders = []string{longCode}
		c, _ := start(t, test.config)
		_, err := twilioClient(c).CreateCall(new(api.CreateCallParams).SetTo(maria).SetFrom(longCode).SetUrl("https://aviso.example.org/x"))
		if got, _ := code(err); got != test.refused {
			t.Errorf("%d, want %d", got, test.refused)
		}
	}
}

// TestMedia: what comes with a text is announced, listed, and deleted one by one; the
// words' going leaves it.
func TestMedia(t *testing.T) {
	c, _ := start(t, sim.Config{Senders: []string{longCode}})
	client := twilioClient(c)
	answer, _ := c.Phone(juan, "Juan").Enclose(t.Context(), longCode, "mire", "image/jpeg", "audio/ogg") // no webhook: it is kept all the same
	m, err := client.UpdateMessage(answer.Sid, new(api.UpdateMessageParams).SetBody(""))
	if err != nil || *m.NumMedia != "2" || !strings.HasPrefix(answer.Sid, "MM") {
		t.Fatalf("%s: %+v, %v", answer.Sid, m, err)
	}
	list, err := client.ListMedia(answer.Sid, nil)
	if err != nil || len(list) != 2 || *list[0].ContentType != "image/jpeg" || *list[1].ContentType != "audio/ogg" || c.Media() != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	for i, e := range list {
		if err := client.DeleteMedia(answer.Sid, *e.Sid, nil); err != nil {
			t.Fatal(err)
		}
		if got := c.Media(); got != 1-i {
			t.Errorf("%d left", got)
		}
	}
	if err := client.DeleteMedia(answer.Sid, *list[0].Sid, nil); err == nil {
		t.Error("what is gone is deleted again")
	}
}
