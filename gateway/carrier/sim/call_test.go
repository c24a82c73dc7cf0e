package sim_test

import (
	"net/url"
	"slices"
	"testing"
	"time"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"aviso/gateway/carrier/sim"
)

func ringing(to string) *api.CreateCallParams {
	return new(api.CreateCallParams).SetFrom(longCode).SetTo(to).SetUrl(publicURL + "/notice").
		SetStatusCallback(publicURL + "/calls").
		SetStatusCallbackEvent([]string{"initiated", "ringing", "answered", "completed"})
}

func TestCalls(t *testing.T) {
	for _, called := range []struct {
		name     string
		pickup   sim.Pickup
		fault    sim.Fault
		receipts []string
		answerer string // AnsweredBy
	}{
		{"nobody there", sim.NoAnswer, sim.Fault{}, []string{"initiated", "ringing", "no-answer"}, ""},
		{"engaged", sim.Busy, sim.Fault{}, []string{"initiated", "ringing", "busy"}, ""},
		{"off", sim.Off, sim.Fault{}, []string{"initiated", "failed"}, ""},
		{"picked up", sim.Listens, sim.Fault{}, []string{"initiated", "ringing", "in-progress", "completed"}, "human"},
		{"machine", sim.Voicemail, sim.Fault{}, []string{"initiated", "ringing", "in-progress", "completed"}, "machine_start"},
		{"made to fail", sim.Listens, sim.Fault{Final: "busy"}, []string{"initiated", "ringing", "busy"}, ""},
		{"out of order", sim.Busy, sim.Fault{Receipts: reversed}, []string{"busy", "ringing", "initiated"}, ""},
	} {
		t.Run(called.name, func(t *testing.T) {
			c, g := start(t, sim.Config{Pace: sim.Pace{Ring: time.Millisecond}})
			g.answers(twiml("<Response><Say>hola</Say></Response>"))
			client := twilioClient(c)
			c.Phone(maria, "Maria").OnCall(called.pickup)
			c.Fault(called.fault)
			created, err := client.CreateCall(ringing(maria).SetMachineDetection("Enable"))
			if err != nil || *created.Status != "queued" {
				t.Fatalf("created %+v, %v", created, err)
			}
			if got := g.values(t, "/calls", "CallStatus", len(called.receipts)); !slices.Equal(got, called.receipts) {
				t.Errorf("receipts %q, want %q", got, called.receipts)
			}
			if g.forged != 0 {
				t.Error("a receipt is not signed rightly")
			}
			fetched, err := client.FetchCall(*created.Sid, nil)
			if err != nil {
				t.Fatal(err)
			}
			answeredBy := ""
			if fetched.AnsweredBy != nil {
				answeredBy = *fetched.AnsweredBy
			}
			if answeredBy != called.answerer {
				t.Errorf("answered by %q, want %q", answeredBy, called.answerer)
			}
			if kept := c.Calls()[0]; called.answerer != "" && kept.Document == "" || called.answerer == "" && kept.Document != "" {
				t.Errorf("the document is %q", kept.Document)
			}
			if listed, err := client.ListCall(new(api.ListCallParams).SetTo(maria)); err != nil || len(listed) != 1 {
				t.Errorf("listed %d, %v", len(listed), err)
			}
		})
	}
}

func TestCallEndedByTheCaller(t *testing.T) {
	c, g := start(t, sim.Config{Pace: sim.Pace{Ring: time.Hour}})
	client := twilioClient(c)
	created, err := client.CreateCall(ringing(maria))
	if err != nil {
		t.Fatal(err)
	}
	g.values(t, "/calls", "CallStatus", 2)
	end := new(api.UpdateCallParams).SetStatus("completed")
	if ended, err := client.UpdateCall(*created.Sid, end); err != nil || *ended.Status != "canceled" {
		t.Errorf("ended %+v, %v", ended, err)
	}
	if got := g.values(t, "/calls", "CallStatus", 3); !slices.Equal(got, []string{"initiated", "ringing", "canceled"}) {
		t.Errorf("receipts %q", got)
	}
	if _, err := client.UpdateCall(*created.Sid, end); err == nil {
		t.Error("it was ended twice")
	}
}

func TestCallRefusals(t *testing.T) {
	c, _ := start(t, sim.Config{})
	client := twilioClient(c)
	for _, refused := range []struct {
		name   string
		params *api.CreateCallParams
		code   int
	}{
		{"no To", new(api.CreateCallParams).SetFrom(longCode).SetUrl(publicURL), 21201},
		{"bad To", ringing("911"), 21211},
		{"no From", new(api.CreateCallParams).SetTo(juan).SetUrl(publicURL), 21213},
		{"from a short code", ringing(juan).SetFrom(shortCode), 21210},
		{"nothing to say", new(api.CreateCallParams).SetFrom(longCode).SetTo(juan), 21205},
	} {
		_, err := client.CreateCall(refused.params)
		if code, _ := code(err); code != refused.code {
			t.Errorf("%s: %v, want %d", refused.name, err, refused.code)
		}
	}
}

func TestPhoneCallsASender(t *testing.T) {
	c, g := start(t, sim.Config{})
	g.answers(twiml("<Response><Gather action='/twilio/voice?step=2'/></Response>"))
	numbers, err := twilioClient(c).ListIncomingPhoneNumber(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := twilioClient(c).UpdateIncomingPhoneNumber(*numbers[0].Sid, new(api.UpdateIncomingPhoneNumberParams).SetStatusCallback(publicURL+"/ended")); err != nil {
		t.Fatal(err)
	}
	line, answer, err := c.Phone(juan, "").Open(soon(t), longCode)
	if err != nil || answer.Body == "" {
		t.Fatalf("answer %+v, %v", answer, err)
	}
	if _, err := line.Ask(soon(t), "/twilio/voice?step=2", url.Values{"Digits": {"1"}}); err != nil {
		t.Fatal(err)
	}
	line.HangUp()
	line.HangUp()
	if got := g.values(t, "/twilio/voice", "CallStatus", 2); !slices.Equal(got, []string{"ringing", "in-progress"}) {
		t.Errorf("statuses %q", got)
	}
	if got := g.values(t, "/twilio/voice", "Digits", 2); got[1] != "1" {
		t.Errorf("digits %q", got)
	}
	if got := g.values(t, "/ended", "CallStatus", 1); !slices.Equal(got, []string{"completed"}) {
		t.Errorf("ended %q", got)
	}
	if got := g.values(t, "/twilio/voice", "CallSid", 2); got[0] != line.Sid() || got[1] != line.Sid() || g.forged != 0 {
		t.Errorf("call %q, %d forged", got, g.forged)
	}
	if calls := c.Calls(); len(calls) != 1 || calls[0].Status != "completed" || calls[0].Direction != sim.Inbound {
		t.Errorf("the record is %+v", calls)
	}
}
