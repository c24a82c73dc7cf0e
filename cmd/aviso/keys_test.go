package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"aviso/gateway/carrier/sim"
)

// Both keys are replaced under a storm of alerts, the power fails in the middle
// of it, and it goes on where it was: everybody is told once, everybody is found
// afterwards, and the old keys can go.
func TestKeysRotateInAStorm(t *testing.T) { everywhere(t, testKeysRotateInAStorm) }

func testKeysRotateInAStorm(t *testing.T, r *rig) {
	const people = 120
	file := r.file("many.jsonl", "")
	writeMany(t, file, 3000)
	r.command(0, "profiles", "import", file)
	r.serveApart()
	s := r.storm(people, 50*time.Millisecond)
	s.under()
	for _, args := range [][]string{{"keys", "rotate"}, {"keys", "rotate", "--lookup"}} {
		r.killedWalking(args...)
		if out, _ := r.command(1, append([]string{"keys", "drop"}, r.keys("replaced")...)...); out != "" {
			t.Errorf("dropped a key that is needed: %s", out)
		}
		if out, _ := r.command(0, args...); !strings.Contains(out, "Went on") {
			t.Errorf("run again it said %q", out)
		}
	}
	s.settled(r.rate)
	for _, id := range r.keys("retired") {
		if out, _ := r.command(0, "keys", "drop", id); !strings.Contains(out, "ends every backup") {
			t.Errorf("dropped: %q", out)
		}
	}
	if n := len(r.keys("in force")); n != 2 || len(r.keys("retired")) > 0 {
		t.Errorf("%d keys in force", n)
	}
	// With the nodes that were there all the time, and with new ones.
	for _, more := range []string{"+17132002998", "+17132002999"} {
		ref := reference(t, r.text(r.juan, "ALERTA", "Recibimos").Body)
		for _, phone := range []*sim.Phone{r.maria, r.pedro, r.rosa, r.desk} {
			r.expect(phone, ref)
		}
		r.text(r.juan, "BIEN "+juansPIN, "termino")
		for _, phone := range []*sim.Phone{r.maria, r.pedro, r.rosa, r.desk} {
			r.expect(phone, ref, "termino")
		}
		for n := range people {
			if answer := r.text(r.carrier.Phone(phoneNumber(713, n), ""), "ESTADO"); !strings.Contains(answer.Body, "Avisados 2") {
				t.Fatalf("person %d is answered %q", n, answer.Body)
			}
		}
		r.text(r.carrier.Phone(more, ""), "ALERTA", "Recibimos")
		r.stop()
		r.serveApart()
	}
	if out, _ := r.command(0, "audit", "verify"); !strings.Contains(out, "All of them hold") {
		t.Errorf("audit: %s", out)
	}
	r.leaksNoKey()
}

// killedWalking runs a command until it has begun to bring rows over, and kills
// it.
func (r *rig) killedWalking(args ...string) {
	r.t.Helper()
	c := exec.Command(os.Args[0], args...)
	c.Env = append(r.environ(), runAsProgram+"=1")
	c.Stdout, c.Stderr = r.log, r.log
	if err := c.Start(); err != nil {
		r.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	r.eventually("a key is being replaced", func() bool { return len(r.keys("replaced")) > 0 })
	c.Process.Signal(syscall.SIGKILL)
	<-ended
	if c.ProcessState.Exited() {
		r.t.Fatalf("it was through before it was killed\n%s", r.log.String())
	}
}

// keys are those in a state, as `aviso keys list` says.
func (r *rig) keys(state string) (ids []string) {
	r.t.Helper()
	out, _ := r.command(0, "keys", "list")
	for line := range strings.Lines(out) {
		if id, rest, ok := strings.Cut(line, " "); ok && strings.Contains(rest, "  "+state+"  ") {
			ids = append(ids, id)
		}
	}
	return ids
}

// leaksNoKey looks for what the keyset holds in everything that was logged or
// lies beside it.
func (r *rig) leaksNoKey() {
	r.t.Helper()
	keyset, err := os.ReadFile(filepath.Join(r.dir, "aviso.keys"))
	if err != nil {
		r.t.Fatal(err)
	}
	secrets := regexp.MustCompile(`"value": *"([^"]+)"`).FindAllSubmatch(keyset, -1)
	if len(secrets) != 2 {
		r.t.Fatalf("%d keys in the keyset, want 2", len(secrets))
	}
	places := map[string]string{"the log": r.log.String()}
	files, err := filepath.Glob(filepath.Join(r.dir, "aviso.db*"))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			r.t.Fatal(err)
		}
		places[filepath.Base(file)] = string(content)
	}
	if r.plant.postgres {
		places["the database"] = postgresBytes(r.t, r.db)
	}
	for place, content := range places {
		for _, secret := range append(secrets, [][]byte{nil, []byte("Juan Carlos")}, [][]byte{nil, []byte("7135550001")}) {
			if strings.Contains(content, string(secret[1])) {
				r.t.Errorf("%s shows a secret", place)
			}
		}
	}
}

// The keyset from an environment variable and from a command: made, used,
// rotated by hand, and lost.
func TestKeysFromElsewhere(t *testing.T) {
	r := newEmptyRig(t, plants[0])
	first, second := filepath.Join(r.dir, "first.keys"), filepath.Join(r.dir, "second.keys")
	vault := filepath.Join(r.dir, "vault")
	r.more = []string{"AVISO_KEYS=exec:cat '" + vault + "'"}
	if _, stderr := r.command(2, "keys", "new"); !strings.Contains(stderr, "--out") {
		t.Errorf("keys new said %q", stderr)
	}
	r.command(0, "keys", "new", "--out", first)
	if _, stderr := r.command(1, "keys", "new", "--out", first); !strings.Contains(stderr, "never overwritten") {
		t.Errorf("onto a keyset: %q", stderr)
	}
	if _, stderr := r.command(1, "profiles", "import", r.file("people.csv", people)); !strings.Contains(stderr, "run it by hand") || strings.Contains(stderr, vault) {
		t.Errorf("without a keyset: %q", stderr)
	}
	copyTo := func(from string) {
		t.Helper()
		content, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		r.file("vault", string(content))
	}
	copyTo(first)
	r.populate()
	r.serve()
	if _, stderr := r.command(1, "keys", "rotate"); !strings.Contains(stderr, "--out FILE") {
		t.Errorf("keys rotate said %q", stderr)
	}
	if _, stderr := r.command(0, "keys", "rotate", "--out", second); !strings.Contains(stderr, "where the keyset comes from") {
		t.Errorf("keys rotate --out said %q", stderr)
	}
	copyTo(second)
	if out, _ := r.command(0, "keys", "rotate"); !strings.Contains(out, "is in force") {
		t.Errorf("keys rotate said %q", out)
	}
	ref := reference(t, r.text(r.juan, "ALERTA", "Recibimos").Body)
	r.expect(r.maria, ref)
	retired := r.keys("retired")
	if len(retired) != 1 {
		t.Fatalf("retired are %v", retired)
	}
	keyset, said := r.command(0, "keys", "drop", retired[0], "--out", "-")
	if !strings.Contains(said, "Dropped") {
		t.Errorf("keys drop said %q", said)
	}
	r.stop()

	r.more = []string{"AVISO_KEYS=env:AVISO_TEST_KEYSET"}
	t.Setenv("AVISO_TEST_KEYSET", keyset)
	r.serve()
	r.text(r.juan, "ESTADO", "Avisados 4")
	r.stop()

	t.Setenv("AVISO_TEST_KEYSET", "")
	if _, stderr := r.command(1, "serve"); !strings.Contains(stderr, "neither you nor the authors") {
		t.Errorf("a lost keyset: %q", stderr)
	}
	old, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("AVISO_TEST_KEYSET", string(old))
	if _, stderr := r.command(1, "serve"); !strings.Contains(stderr, "before a rotation") {
		t.Errorf("a keyset from before the rotation: %q", stderr)
	}
}
