package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// startBudget and stopBudget are what the contract gives the gateway, and some
// more for a busy machine.
const (
	startBudget = 15 * time.Second
	stopBudget  = 30 * time.Second
)

// database is one that the gateway works on, and who in it has not raised an
// alert yet.
type database struct {
	dsn    string
	keys   string
	people int
	next   int // the first person without an alert
}

// gateway is a running `aviso serve`.
type gateway struct {
	addr string
	pid  int

	command  *exec.Cmd
	stderr   *bytes.Buffer
	internal string
}

// build puts the binary aside, so that nobody who builds meanwhile changes what
// is measured. For profiles it is built with a file that the product has not.
func (b *bench) build() error {
	if err := os.WriteFile(b.policy(), []byte(patient), 0o600); err != nil {
		return err
	}
	to := b.path("aviso")
	if b.profile != "" {
		if err := os.MkdirAll(b.profile, 0o755); err != nil {
			return err
		}
		return buildProfiled(to)
	}
	data, err := os.ReadFile(b.binary)
	if err != nil {
		return fmt.Errorf("%w (make build)", err)
	}
	return os.WriteFile(to, data, 0o755)
}

func (b *bench) version() string {
	out, _ := exec.Command(b.path("aviso"), "version").Output()
	return strings.TrimSpace(string(out))
}

// environ is the operator's configuration.
func (b *bench) environ(db *database) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + b.dir, "TMPDIR=" + b.dir,
		"AVISO_DB=" + db.dsn, "AVISO_KEYS=" + db.keys, "AVISO_ADDR=127.0.0.1:0", "AVISO_INTERNAL_ADDR=127.0.0.1:0",
		"AVISO_PUBLIC_URL=" + publicURL, "AVISO_TWILIO_API=" + b.carrier.url(),
		"TWILIO_ACCOUNT_SID=" + accountSID, "TWILIO_AUTH_TOKEN=" + authToken,
		"AVISO_PROGRAMME=RED X", "AVISO_PUBLIC_PHONE=+15205550100", "AVISO_POLICY=" + b.policy(),
		"AVISO_USSD_SECRET=" + ussdSecret, "AVISO_LOG_LEVEL=error",
	}
}

// patient is the policy: nobody answers in a benchmark, and what follows on
// silence is not what is measured.
const patient = `{"contact":[{"try":"text","quiet":"12h"},{"try":"task"}],"nobody":"12h","follow_up":["13h","24h","48h"]}`

func (b *bench) policy() string { return b.path("policy.json") }

// Senders of the gateway under measure, and segments a second of each.
const (
	// oneSlow sends next to nothing. It is a number of its own: one message
	// reserves it for a quarter of an hour.
	oneSlow = "+15550000000=0.001"

	// fiveOpen are as fast as we are. The first is used while it is free within
	// two seconds, so that its rate alone is the most that can be sent.
	fiveOpen = "+15550001111=100000,+15550002222=100000,+15550003333=100000,+15550004444=100000,+15550005555=100000"

	fiveHeavy = "+15550001111=100,+15550002222=100,+15550003333=100,+15550004444=100,+15550005555=100"
)

// serve starts the gateway. name is of its CPU profile, where one is written;
// more is added to its configuration.
func (b *bench) serve(name string, db *database, senders string, more ...string) (*gateway, error) {
	var from []string
	for entry := range strings.SplitSeq(senders, ",") {
		address, _, _ := strings.Cut(entry, "=")
		from = append(from, address)
	}
	g := &gateway{stderr: &bytes.Buffer{}}
	g.command = exec.CommandContext(b.ctx, b.path("aviso"), "serve", "--sms-from="+strings.Join(from, ","), "--sms-rate="+senders)
	g.command.Env = append(b.environ(db), more...)
	if b.profile != "" {
		g.command.Env = append(g.command.Env, profileVariable+"="+b.profileFile(name))
	}
	g.command.Stderr = g.stderr
	// The whole program may be interrupted: the gateway is to end as usual.
	g.command.Cancel = func() error { return g.command.Process.Signal(syscall.SIGTERM) }
	g.command.WaitDelay = stopBudget
	stdout, err := g.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := g.command.Start(); err != nil {
		return nil, err
	}
	g.pid = g.command.Process.Pid
	if err := g.connect(stdout); err != nil {
		return nil, errors.Join(fmt.Errorf("aviso serve did not start: %w", err), g.stop())
	}
	return g, nil
}

func (b *bench) profileFile(name string) string {
	for n := 1; ; n++ {
		path, err := filepath.Abs(filepath.Join(b.profile, fmt.Sprintf("%s-%d.pprof", name, n)))
		if err != nil {
			return name
		}
		if _, err := os.Stat(path); err != nil {
			return path
		}
	}
}

// connect reads the addresses and waits until the gateway is there. Ready it is
// not where the notices of earlier rounds are overdue, as it says rightly.
func (g *gateway) connect(stdout io.Reader) error {
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		return err
	}
	var at struct {
		Addr         string `json:"addr"`
		InternalAddr string `json:"internal_addr"`
	}
	if err := json.Unmarshal(line, &at); err != nil {
		return err
	}
	g.addr, g.internal = at.Addr, at.InternalAddr
	for begin := time.Now(); time.Since(begin) < startBudget; time.Sleep(10 * time.Millisecond) {
		res, err := http.Get("http://" + g.internal + "/healthz")
		if err != nil {
			continue
		}
		res.Body.Close()
		if res.StatusCode == http.StatusOK {
			return nil
		}
	}
	return errors.New("it is not there")
}

// stop ends the gateway as an operator does.
func (g *gateway) stop() error {
	if err := g.command.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	if err := g.command.Wait(); err != nil {
		return fmt.Errorf("aviso serve: %w: %s", err, g.stderr)
	}
	return nil
}

// anonymous is the resident memory that no file backs (RssAnon), in MB.
func (g *gateway) anonymous() (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", g.pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			kb, err := strconv.ParseFloat(strings.Fields(value)[0], 64)
			return kb / 1024, err
		}
	}
	return 0, errors.New("RssAnon is not in /proc/PID/status")
}
