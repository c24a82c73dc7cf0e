package kannel_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/carrier/kannel"
	"aviso/gateway/carrier/kannel/kanneltest"
)

// patience is how long a test waits for what takes a moment on an idle machine.
const patience = 20 * time.Second

// TestRealKannel has a real one send, hand over a text and its receipts, and
// carry back an answer.
func TestRealKannel(t *testing.T) {
	texts, receipts := make(chan url.Values, 10), make(chan url.Values, 100)
	long := strings.Repeat("Avisamos a su familia. ", 12) + "#482137"
	ours := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		switch r.URL.Path {
		case "/kannel/" + secret + "/sms":
			texts <- r.URL.Query()
			if r.URL.Query().Get("text") == "ALERTA" {
				io.WriteString(w, long)
			}
		case "/kannel/" + secret + "/dlr":
			receipts <- r.URL.Query()
		default:
			t.Errorf("asked for %s", r.URL.Path)
		}
	}))
	defer ours.Close()
	k := kanneltest.Start(t, ours.URL+"/kannel/"+secret)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := kannel.New(kannel.Config{
		SendSMS: k.SendSMS, User: k.User, Password: k.Password, SMSC: k.SMSC, Callback: ours.URL, Secret: secret,
	})
	if err != nil {
		t.Fatal(err)
	}

	if err := c.Login(ctx); err != nil {
		t.Errorf("the right password: %v", err)
	}

	send := func(text string) gateway.Attempt {
		t.Helper()
		m := attempt
		m.Text = text
		m.ID[15]++
		if _, err := c.Send(ctx, m, "78910"); err != nil {
			t.Fatal(err)
		}
		return m
	}
	expectReceipts := func(m gateway.Attempt) {
		t.Helper()
		for delivered := false; !delivered; {
			select {
			case query := <-receipts:
				r, known, err := kannel.ParseReceipt(query)
				if err != nil || !known || r.Attempt != m.ID {
					t.Fatalf("receipt %v: %+v, %v, %v", query, r, known, err)
				}
				delivered = r.Rank == gateway.RankDelivered
			case <-ctx.Done():
				t.Fatal("no receipt of delivery")
			}
		}
	}

	for _, test := range []struct{ text, coding string }{
		{"RED X: Juan P. envio ALERTA #482137. ¿Lo recibió? ñ [1] @ $ €", "ucs-2"}, // ó
		{"RED X: Juan P. envio ALERTA #482137. ¿Lo recibio? ñ [1] @ $ é", "text"},
		{long, "text"},
		{"Мария: ALERTA #482137", "ucs-2"},
	} {
		m := send(test.text)
		got := k.Expect(ctx, string(m.To), "482137")
		if got.Body != test.text || got.Coding != test.coding || got.From != "78910" {
			t.Errorf("sent %q, arrived %+v", test.text, got)
		}
		if got.Coding == "text" && test.text == long && got.Parts != 2 {
			t.Errorf("long text in %d parts", got.Parts)
		}
		expectReceipts(m)
		for len(receipts) > 0 {
			<-receipts // of the other parts
		}
	}

	k.Text("+13125550101", "78910", "ALERTA")
	k.Text("+13125550101", "78910", "sin respuesta ñ")
	k.TextWide("+13125550101", "78910", "llegó la migra 🚨 aquí")
	bodies := map[string]bool{} // smsbox asks for several at once, in any order
	for range 3 {
		select {
		case query := <-texts:
			text, err := kannel.ParseText("telco:", query, "")
			if err != nil || text.From != "+13125550101" || text.Sender != "78910" || len(text.Key) < len("telco:")+30 {
				t.Errorf("%+v, %v", text, err)
			}
			bodies[text.Body] = true
		case <-ctx.Done():
			t.Fatalf("only %v came in", bodies)
		}
	}
	for _, want := range []string{"ALERTA", "sin respuesta ñ", "llegó la migra 🚨 aquí"} {
		if !bodies[want] {
			t.Errorf("%q is not among %v", want, bodies)
		}
	}
	if got := k.Expect(ctx, "+13125550101", "482137"); got.Body != long || got.From != "78910" {
		t.Errorf("answered in band with %+v", got)
	}
	if n := k.Count("+13125550101"); n != 0 {
		t.Errorf("%d texts in answer to a text that was met with silence", n)
	}

	k.Disconnect()
	deadline := time.Now().Add(patience)
	for {
		m := attempt
		m.ID[14]++
		_, err := c.Send(ctx, m, "78910")
		if err != nil {
			if f := failure(t, err); f.Code != "kannel-waits" {
				t.Errorf("while the operator is away: %+v", f)
			}
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("Kannel does not say that the operator is away")
		}
		time.Sleep(50 * time.Millisecond)
	}

	wrong, err := kannel.New(kannel.Config{SendSMS: k.SendSMS, User: k.User, Password: "wrong", Callback: ours.URL, Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	if err := wrong.Login(ctx); err == nil || failure(t, err).Code != kannel.CodeLogin {
		t.Errorf("the login with a wrong password: %v", err)
	}
	_, err = wrong.Send(ctx, attempt, "78910")
	if f := failure(t, err); f.Code != "kannel-login" {
		t.Errorf("wrong password: %+v", f)
	}
}

// A real Kannel hands the login of a get-url over as Basic authentication, so that
// our secret stands in no address, and its letters arrive whole.
func TestRealKannelWithALogin(t *testing.T) {
	type asked struct {
		path, password string
		query          url.Values
	}
	requests := make(chan asked, 4)
	ours := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, password, _ := r.BasicAuth()
		requests <- asked{r.URL.Path, password, r.URL.Query()}
	}))
	defer ours.Close()
	k := kanneltest.Start(t, strings.Replace(ours.URL, "http://", "http://aviso:"+secret+"@", 1)+"/kannel")
	k.TextWide("3312345678", "78910", "niña años")
	select {
	case got := <-requests:
		text, err := kannel.ParseText("telco:", got.query, "MX")
		if err != nil || got.path != "/kannel/sms" || got.password != secret || text.Body != "niña años" || text.From != "+523312345678" {
			t.Errorf("%s, %d characters of password, %+v, %v", got.path, len(got.password), text, err)
		}
	case <-time.After(patience):
		t.Fatal("nothing came in")
	}
}
