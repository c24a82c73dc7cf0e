package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/twilio/twilio-go/client"
	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"aviso/gateway/carrier/twilio"
)

// The ceilings: the least that a program in Go can do on this machine and still
// be called a gateway. Each is this program in a process of its own.
const (
	bareHandlerCommand = "bare-handler"
	bareClientCommand  = "bare-client"
)

// bareAnswer is what the bare handler says to everybody.
const bareAnswer = `<?xml version="1.0" encoding="UTF-8"?><Response><Message>RED X: Recibimos su ALERTA #482137. Avisando a 4 contactos. Si fue error responda CANCELAR y su PIN. STOP=baja</Message></Response>`

// serveBare checks each webhook's signature with twilio-go and answers the same
// TwiML, until standard input ends. It prints its address.
func serveBare(stdin io.Reader, stdout io.Writer) error {
	validator := client.NewRequestValidator(authToken)
	e := echo.New()
	e.POST(smsPath, func(c echo.Context) error {
		form, err := c.FormParams()
		if err != nil {
			return err
		}
		parameters := make(map[string]string, len(form))
		for name := range form {
			parameters[name] = form.Get(name)
		}
		if !validator.Validate(publicURL+smsPath, parameters, c.Request().Header.Get("X-Twilio-Signature")) {
			return echo.ErrForbidden
		}
		return c.Blob(http.StatusOK, "text/xml", []byte(bareAnswer))
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, l.Addr())
	server := &http.Server{Handler: e}
	go func() {
		io.Copy(io.Discard, stdin)
		server.Close()
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// bareHandler is a running one.
type bareHandler struct {
	addr    string
	pid     int
	command *exec.Cmd
	stdin   io.Closer
}

func startBareHandler(ctx context.Context) (*bareHandler, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	h := &bareHandler{command: exec.CommandContext(ctx, self, bareHandlerCommand)}
	h.command.Stderr = os.Stderr
	stdin, err := h.command.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := h.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := h.command.Start(); err != nil {
		return nil, err
	}
	h.stdin, h.pid = stdin, h.command.Process.Pid
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return nil, errors.Join(err, h.stop())
	}
	h.addr = strings.TrimSpace(line)
	return h, nil
}

func (h *bareHandler) stop() error {
	h.stdin.Close()
	return h.command.Wait()
}

// runBareClient hands messages over through twilio-go as fast as it can:
// args are the API's address, how many messages, and how many at a time. It
// prints how many it handed over a second.
func runBareClient(args []string, stdout io.Writer) error {
	if len(args) != 3 {
		return errors.New("want: API messages workers")
	}
	api, err := url.Parse(args[0])
	if err != nil {
		return err
	}
	messages, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	workers, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	requests := &client.Client{
		Credentials: client.NewCredentials(accountSID, authToken),
		HTTPClient:  &http.Client{Transport: elsewhere{api, twilio.NewTransport()}},
	}
	requests.SetAccountSid(accountSID)
	service := openapi.NewApiService(&client.RequestHandler{Client: requests})
	var next atomic.Int64
	begin := time.Now()
	err = together(workers, func(int) error {
		for n := int(next.Add(1)); n <= messages; n = int(next.Add(1)) {
			p := new(openapi.CreateMessageParams).SetTo(person(n).contact(0)).SetFrom(firstSender).SetBody(bareText).
				SetStatusCallback(publicURL + "/twilio/status/0123456789abcdef0123456789abcdef").SetValidityPeriod(300).SetSmartEncoded(false)
			if _, err := service.CreateMessage(p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, float64(messages)/time.Since(begin).Seconds())
	return nil
}

const bareText = "RED X: Juan P. envio ALERTA #482137 14:30. Puede estar detenido. Responda 1 si lo recibio. Nunca pedimos dinero. Mas: 520-555-0100. STOP=baja"

// elsewhere sends what is meant for Twilio to another address.
type elsewhere struct {
	api  *url.URL
	next http.RoundTripper
}

func (e elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	r.URL.Scheme, r.URL.Host = e.api.Scheme, e.api.Host
	return e.next.RoundTrip(r)
}

// bareClient runs one, and tells messages a second.
func (b *bench) bareClient(messages int) (float64, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	command := exec.CommandContext(b.ctx, self, bareClientCommand, b.carrier.url(), strconv.Itoa(messages), strconv.Itoa(relayWorkers))
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		return 0, fmt.Errorf("bare client: %w", err)
	}
	return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
}
