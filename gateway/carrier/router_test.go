package carrier_test

import (
	"context"
	"testing"

	"aviso/gateway"
	"aviso/gateway/carrier"
)

// fakeCarrier answers a search as it is told, and notes what it is asked.
type fakeCarrier struct {
	found   gateway.Found
	asked   int
	redacts []string
}

func (c *fakeCarrier) Send(context.Context, gateway.Attempt, string) (string, error) {
	return "SM1", nil
}

func (c *fakeCarrier) Find(context.Context, gateway.Attempt, string) (string, gateway.Found, error) {
	c.asked++
	if c.found == gateway.FoundYes {
		return "SM9", c.found, nil
	}
	return "", c.found, nil
}

func (c *fakeCarrier) Redact(_ context.Context, sid string) error {
	c.redacts = append(c.redacts, sid)
	return nil
}

// TestRouter: each sender's account sends, searches and forgets.
func TestRouter(t *testing.T) {
	main, other, telco := &fakeCarrier{}, &fakeCarrier{}, &fakeCarrier{}
	const sender, otherSender, telcoCode = "+15550001111", "+15550002222", "70707"
	r := carrier.NewRouter(main, []carrier.Account{
		{Name: "other", Carrier: other, Senders: []gateway.Sender{{Address: otherSender}}, Lists: true},
		{Name: "telco", Carrier: telco, Senders: []gateway.Sender{{Address: telcoCode}}},
	})
	for from, want := range map[string]string{sender: "SM1", otherSender: "other:SM1", telcoCode: "telco:SM1", "+15559990000": "SM1"} {
		if sid, err := r.Send(t.Context(), gateway.Attempt{}, from); sid != want || err != nil {
			t.Errorf("sent from %s: %q, %v; want %q", from, sid, err, want)
		}
	}
	for _, sid := range []string{"SM1", "other:SM2", "telco:x", "gone:SM3"} {
		if err := r.Redact(t.Context(), sid); err != nil {
			t.Error(err)
		}
	}
	if len(main.redacts) != 1 || main.redacts[0] != "SM1" || len(other.redacts) != 1 || other.redacts[0] != "SM2" {
		t.Errorf("redacted: %q, %q", main.redacts, other.redacts)
	}

	const no, yes, open = gateway.FoundNo, gateway.FoundYes, gateway.FoundCannotTell
	for _, test := range []struct {
		name               string
		main, other, telco gateway.Found
		sender, from       string // recorded, likely
		sid                string
		found              gateway.Found
		asked              int // of the other account
	}{
		{"where it was recorded", no, yes, open, sender, sender, "", no, 0},
		{"at the other account", no, yes, open, "", sender, "other:SM9", yes, 1},
		{"nowhere", no, no, open, "", sender, "", no, 1},
		{"one cannot tell", no, open, open, "", sender, "", open, 1},
		{"likely Kannel, and it was not", yes, no, open, "", telcoCode, "SM9", yes, 0},
		{"likely Kannel, which cannot tell", no, no, open, "", telcoCode, "", open, 1},
	} {
		main.found, other.found, telco.found, other.asked = test.main, test.other, test.telco, 0
		sid, found, err := r.Find(t.Context(), gateway.Attempt{Sender: test.sender, Channel: gateway.SMS}, test.from)
		if sid != test.sid || found != test.found || err != nil || other.asked != test.asked {
			t.Errorf("%s: %q, %v, %v; the other was asked %d times", test.name, sid, found, err, other.asked)
		}
	}
}
