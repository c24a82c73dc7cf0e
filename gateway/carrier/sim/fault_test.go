package sim_test

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"aviso/gateway/carrier/sim"
)

func contextFor(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), d)
}

func TestFaultsOfCreating(t *testing.T) {
	const callback = publicURL + "/twilio/status/f"
	for _, faulty := range []struct {
		name         string
		fault        sim.Fault
		code, status int // 0: no answer in Twilio's shape
		stored       bool
	}{
		{"refused", sim.Fault{Status: 400, Code: 21614}, 21614, 400, false},
		{"too many", sim.Fault{Status: 429, RetryAfter: 2 * time.Second}, 20429, 429, false},
		{"down", sim.Fault{Status: 503}, 20503, 503, false},
		{"failed but stored", sim.Fault{Status: 500, Stored: true}, 20500, 500, true},
		{"dropped", sim.Fault{Drop: true}, 0, 0, false},
		{"dropped but stored", sim.Fault{Drop: true, Stored: true}, 0, 0, true},
		{"hanging", sim.Fault{Hang: true}, 0, 0, false},
		{"hanging but stored", sim.Fault{Hang: true, Stored: true}, 0, 0, true},
	} {
		t.Run(faulty.name, func(t *testing.T) {
			c, _ := start(t, sim.Config{})
			client := twilioClient(c)
			c.Fault(faulty.fault)
			params := text(juan, "x").SetStatusCallback(callback)
			var err error
			if faulty.fault.Hang {
				err = impatient(t, c, params)
			} else {
				_, err = client.CreateMessage(params)
			}
			if err == nil {
				t.Fatal("it was created as if nothing were wrong")
			}
			if code, status := code(err); code != faulty.code || status != faulty.status {
				t.Errorf("error %v, want %d", err, faulty.code)
			}
			if stored := len(c.MessagesTo(juan)) == 1; stored != faulty.stored {
				t.Errorf("stored %v, want %v", stored, faulty.stored)
			}
			if arrived := len(c.Phone(juan, "").Inbox()) == 1; arrived != faulty.stored {
				t.Errorf("arrived %v, want %v", arrived, faulty.stored)
			}
			c.Heal()
			found, err := client.ListMessage(new(api.ListMessageParams).SetTo(juan))
			if err != nil || (len(found) == 1) != faulty.stored {
				t.Errorf("looked up: %d, %v", len(found), err)
			}
			if _, err := client.CreateMessage(params); err != nil {
				t.Errorf("after healing: %v", err)
			}
		})
	}
}

// impatient creates a message and gives up before long.
func impatient(t *testing.T, c *sim.Carrier, params *api.CreateMessageParams) error {
	t.Helper()
	ctx, cancel := contextFor(t, 20*time.Millisecond)
	defer cancel()
	sid, token := c.Account()
	form := url.Values{"To": {*params.To}, "From": {*params.From}, "Body": {*params.Body}}
	req, err := http.NewRequestWithContext(ctx, "POST", c.URL()+"/2010-04-01/Accounts/"+sid+"/Messages.json?"+form.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(sid, token)
	res, err := http.DefaultClient.Do(req)
	if err == nil {
		res.Body.Close()
	}
	return err
}

func TestRetryAfterIsInSeconds(t *testing.T) {
	c, _ := start(t, sim.Config{})
	c.Fault(sim.Fault{Op: sim.OpAny, Status: 429, RetryAfter: 3 * time.Second})
	sid, token := c.Account()
	req, _ := http.NewRequest("GET", c.URL()+"/2010-04-01/Accounts/"+sid+"/Balance.json", nil)
	req.SetBasicAuth(sid, token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 429 || res.Header.Get("Retry-After") != "3" {
		t.Errorf("%d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
}

func TestFaultsChooseTheirRequests(t *testing.T) {
	c, _ := start(t, sim.Config{})
	client := twilioClient(c)
	fails := func(params *api.CreateMessageParams) int {
		_, err := client.CreateMessage(params)
		code, _ := code(err)
		return code
	}
	withdraw := c.Fault(sim.Fault{To: "+52*", Status: 400, Code: 21408})
	c.Fault(sim.Fault{From: shortCode, Status: 400, Code: 21606})
	c.Fault(sim.Fault{Op: sim.OpListMessages, Status: 500})
	c.Fault(sim.Fault{Op: sim.OpCreateCall, Status: 500})
	if got := fails(text(maria, "x")); got != 21408 {
		t.Errorf("to Mexico: %d", got)
	}
	if got := fails(text(juan, "x").SetFrom(shortCode)); got != 21606 {
		t.Errorf("from the short code: %d", got)
	}
	if got := fails(text(juan, "x")); got != 0 {
		t.Errorf("not meant: %d", got)
	}
	if _, err := client.ListMessage(new(api.ListMessageParams).SetTo(juan)); err == nil {
		t.Error("listing works")
	}
	c.Fault(sim.Fault{To: maria, Times: 2, Status: 500}) // the newer one goes first
	if got := []int{fails(text(maria, "x")), fails(text(maria, "x")), fails(text(maria, "x"))}; !slices.Equal(got, []int{20500, 20500, 21408}) {
		t.Errorf("twice, then as before: %v", got)
	}
	withdraw()
	if got := fails(text(maria, "x")); got != 0 {
		t.Errorf("withdrawn: %d", got)
	}
}

func TestDelay(t *testing.T) {
	c, _ := start(t, sim.Config{})
	c.Fault(sim.Fault{Delay: 30 * time.Millisecond})
	began := time.Now()
	if _, err := twilioClient(c).CreateMessage(text(juan, "x")); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 30*time.Millisecond {
		t.Errorf("answered after %v", took)
	}
}

func TestFinalStatuses(t *testing.T) {
	for _, ends := range []struct {
		name     string
		fault    sim.Fault
		validity int
		receipts []string
		code     string // ErrorCode of the last
		arrives  bool
	}{
		{"undelivered", sim.Fault{Final: "undelivered", FinalCode: 30003}, 0, []string{"queued", "sending", "sent", "undelivered"}, "30003", false},
		{"failed", sim.Fault{Final: "failed", FinalCode: 30007}, 0, []string{"queued", "failed"}, "30007", false},
		{"sent and no more", sim.Fault{Final: "sent"}, 0, []string{"queued", "sending", "sent"}, "", true},
		{"lost", sim.Fault{Lost: true}, 0, []string{"queued", "sending", "sent", "delivered"}, "", false},
		{"too long in the queue", sim.Fault{Queued: time.Minute}, 59, []string{"queued", "failed"}, "30036", false},
		{"long enough valid", sim.Fault{Queued: time.Millisecond}, 59, []string{"queued", "sending", "sent", "delivered"}, "", true},
		{"missing", sim.Fault{Receipts: missing("sending", "delivered")}, 0, []string{"queued", "sent"}, "", true},
		{"repeated", sim.Fault{Receipts: repeated(2)}, 0, []string{"queued", "queued", "sending", "sending", "sent", "sent", "delivered", "delivered"}, "", true},
		{"reversed", sim.Fault{Receipts: reversed}, 0, []string{"delivered", "sent", "sending", "queued"}, "", true},
		{"made up", sim.Fault{Receipts: func(r []sim.Receipt) []sim.Receipt {
			return append(r, sim.Receipt{Status: "nonsense", ErrorCode: 1, Replace: url.Values{"MessageSid": {"SM0"}, "To": nil}})
		}}, 0, []string{"queued", "sending", "sent", "delivered", "nonsense"}, "1", true},
	} {
		t.Run(ends.name, func(t *testing.T) {
			c, g := start(t, sim.Config{Pace: sim.Pace{Send: time.Millisecond}})
			c.Fault(ends.fault)
			params := text(juan, "x").SetStatusCallback(publicURL + "/r")
			if ends.validity > 0 {
				params.SetValidityPeriod(ends.validity)
			}
			m, err := twilioClient(c).CreateMessage(params)
			if err != nil {
				t.Fatal(err)
			}
			if got := g.values(t, "/r", "MessageStatus", len(ends.receipts)); !slices.Equal(got, ends.receipts) {
				t.Errorf("receipts %q, want %q", got, ends.receipts)
			}
			all := g.all()
			last := all[len(all)-1].form
			if got := last.Get("ErrorCode"); got != ends.code {
				t.Errorf("ErrorCode %q, want %q", got, ends.code)
			}
			if ends.name == "made up" && (last.Get("MessageSid") != "SM0" || last.Has("To")) {
				t.Errorf("the made-up receipt is %v", last)
			}
			if ends.arrives {
				if _, err := c.Phone(juan, "").Expect(soon(t), "x"); err != nil {
					t.Error(err)
				}
			} else if err := c.Phone(juan, "").ExpectNothing(t.Context(), 5*time.Millisecond); err != nil {
				t.Error(err)
			}
			if posts := c.Posts(*m.Sid); ends.name == "failed" && (posts[0].Status != 200 || posts[0].Address != publicURL+"/r") {
				t.Errorf("the carrier's record: %+v", posts)
			}
		})
	}
}

func TestUnsignedReceipts(t *testing.T) {
	c, g := start(t, sim.Config{})
	c.Fault(sim.Fault{Receipts: unsigned})
	if _, err := twilioClient(c).CreateMessage(text(juan, "x").SetStatusCallback(publicURL + "/r")); err != nil {
		t.Fatal(err)
	}
	g.values(t, "/r", "MessageStatus", 4)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.forged != 4 {
		t.Errorf("%d of 4 receipts had a wrong signature", g.forged)
	}
}

func TestDownAndUp(t *testing.T) {
	c, _ := start(t, sim.Config{})
	client := twilioClient(c)
	address := c.URL()
	if err := c.Down(); err != nil {
		t.Fatal(err)
	}
	if _, err := net.DialTimeout("tcp", address[len("http://"):], time.Second); err == nil {
		t.Error("somebody still listens")
	}
	if _, err := client.CreateMessage(text(juan, "x")); err == nil {
		t.Error("a carrier that is down took a message")
	}
	if _, err := c.Phone(juan, "").Text(soon(t), longCode, "x"); err != nil {
		t.Errorf("phones go on: %v", err)
	}
	if err := c.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c.URL() != address {
		t.Errorf("came back as %s, was %s", c.URL(), address)
	}
	if _, err := client.CreateMessage(text(juan, "x")); err != nil {
		t.Error(err)
	}
	if c.Up(t.Context()) == nil {
		t.Error("it came up twice")
	}
}

func TestCloseEndsWhatHangs(t *testing.T) {
	c, _ := start(t, sim.Config{Pace: sim.Pace{Deliver: time.Hour}})
	if _, err := twilioClient(c).CreateMessage(text(juan, "x").SetStatusCallback(publicURL + "/r")); err != nil {
		t.Fatal(err)
	}
	withdraw := c.Fault(sim.Fault{Hang: true})
	defer withdraw()
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		twilioClient(c).CreateMessage(text(juan, "y"))
	}()
	for c.Counts().Requests < 2 {
		time.Sleep(time.Millisecond)
	}
	closed := make(chan struct{})
	go func() { c.Close(); close(closed) }()
	for _, done := range []chan struct{}{closed, answered} {
		select {
		case <-done:
		case <-soon(t).Done():
			t.Fatal("closing takes for ever")
		}
	}
}

func TestNoReceiptBeforeItsStep(t *testing.T) {
	c, g := start(t, sim.Config{Pace: sim.Pace{Deliver: 20 * time.Millisecond}})
	actual := make(chan string, 4)
	g.answers(func(w http.ResponseWriter, _ *http.Request) { actual <- c.MessagesTo(juan)[0].Status })
	c.Fault(sim.Fault{Receipts: reversed})
	if _, err := twilioClient(c).CreateMessage(text(juan, "x").SetStatusCallback(publicURL + "/r")); err != nil {
		t.Fatal(err)
	}
	select {
	case status := <-actual:
		if status != "delivered" {
			t.Errorf("told of delivered while it was %s", status)
		}
	case <-soon(t).Done():
		t.Fatal("no receipt came")
	}
}

// missing leaves receipts with these statuses out; without any, all of them.
func missing(statuses ...string) func([]sim.Receipt) []sim.Receipt {
	return func(receipts []sim.Receipt) []sim.Receipt {
		return slices.DeleteFunc(slices.Clone(receipts), func(r sim.Receipt) bool {
			return len(statuses) == 0 || slices.Contains(statuses, r.Status)
		})
	}
}

// repeated posts each receipt n times in a row.
func repeated(n int) func([]sim.Receipt) []sim.Receipt {
	return func(receipts []sim.Receipt) (repeated []sim.Receipt) {
		for _, receipt := range receipts {
			repeated = append(repeated, slices.Repeat([]sim.Receipt{receipt}, n)...)
		}
		return repeated
	}
}

// reversed posts the last receipt first.
func reversed(receipts []sim.Receipt) []sim.Receipt {
	reversed := slices.Clone(receipts)
	slices.Reverse(reversed)
	return reversed
}

// unsigned posts every receipt with a wrong signature.
func unsigned(receipts []sim.Receipt) []sim.Receipt {
	unsigned := slices.Clone(receipts)
	for i := range unsigned {
		unsigned[i].Unsigned = true
	}
	return unsigned
}
