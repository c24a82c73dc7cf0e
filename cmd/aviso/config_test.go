package main

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// quick runs a command that needs no rig.
func quick(t *testing.T, environ []string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	status = run(t.Context(), args, environ, strings.NewReader(""), &out, &err)
	return status, out.String(), err.String()
}

// good is a configuration that serves.
func good() Config {
	return Config{
		Addr: "127.0.0.1:8080", InternalAddr: "127.0.0.1:9090", DB: "aviso.db", Keys: "aviso.keys",
		PublicURL: "https://aviso.example.org", TwilioAPI: "https://api.twilio.com",
		SMSFrom: "+15550001111, 78910,+18005550111", Programme: "RED X", Countries: "US,MX", LogLevel: "info",
		AccountSID: "AC00000000000000000000000000000001", AuthToken: "0123456789abcdef0123456789abcdef",
	}
}

func TestEveryProblemAtOnce(t *testing.T) {
	status, _, stderr := quick(t, []string{
		"AVISO_ADDR=8080", "AVISO_INTERNAL_ADDR=127.0.0.1:99999", "AVISO_PUBLIC_URL=aviso.example.org", "AVISO_TWILIO_API=ftp://x",
		"TWILIO_AUTH_TOKEN=abc", "AVISO_SMS_FROM=123x,+15550001111,+15550001111", "AVISO_SMS_RATE=+15559999999=1,fast",
		"AVISO_VOICE_FROM=78910", "AVISO_NATIONAL_DESK=fax:1", "AVISO_PUBLIC_PHONE=+15205550100,12",
		"AVISO_ONLY_TO=+13125550101,3125550102", "AVISO_COUNTRIES=US,Mexico", "AVISO_LOG_LEVEL=loud", "AVISO_LOG_FORMAT=xml",
		"AVISO_POLICY=/nonexistent/policy.json",
	}, "serve", "--db", "", "--keys=")
	if status != 2 {
		t.Errorf("exit %d, want 2", status)
	}
	for _, want := range []string{
		"--addr", "--internal-addr", "--db", "--keys", "--public-url", "TWILIO_ACCOUNT_SID", "REST API address", "123x",
		"+15550001111 stands twice", "+15559999999 is no sender", "--sms-rate", "--voice-from", "--national-desk",
		"--public-phone (AVISO_PUBLIC_PHONE): number 2", "--only-to (AVISO_ONLY_TO): number 2", "Mexico", "--programme", "--log-level", "--log-format", "--policy",
	} {
		if !strings.Contains(stderr, want) {
			t.Errorf("%s is not named", want)
		}
	}
	if strings.Contains(stderr, "312555") {
		t.Error("a person's number is repeated")
	}
	if t.Failed() {
		t.Log(stderr)
	}
}

func TestWrongUsage(t *testing.T) {
	for _, args := range [][]string{
		{}, {"nonsense"}, {"profiles"}, {"profiles", "import"}, {"profiles", "import", "people.xlsx"}, {"profiles", "export", "people"},
		{"profiles", "delete", "12"}, {"serve", "--nonsense"}, {"serve", "extra"}, {"consulates", "find"},
		{"consulates", "desks", "x.csv", "--test"}, {"keywords", "try"}, {"serve"}, {"profiles", "import", "x.csv", "--countries=Mexico"},
		{"profiles", "export", "x.csv", "--db="},
	} {
		status, stdout, stderr := quick(t, nil, args...)
		if status != 2 || stdout != "" || stderr == "" {
			t.Errorf("aviso %s: exit %d, %q, %q; want 2 and a reason", strings.Join(args, " "), status, stdout, stderr)
		}
	}
}

// No check hides behind another, and none says what follows from another.
func TestProblemsStandAlone(t *testing.T) {
	for _, c := range []struct {
		environ    []string
		named, not []string
	}{
		{[]string{"AVISO_SMS_RATE=fast"}, []string{"--sms-from (AVISO_SMS_FROM): is required", "--sms-rate (AVISO_SMS_RATE): want segments"}, nil},
		{[]string{"AVISO_SMS_RATE=+15550001111=2,x=1"}, []string{"--sms-from", "x is no sender"}, []string{"+15550001111 is no sender"}},
		{[]string{"AVISO_SMS_FROM=+1555,78910", "AVISO_SMS_RATE=+1555=2"}, []string{"--sms-from"}, []string{"--sms-rate"}},
		{[]string{"AVISO_VOICE_RATE=fast"}, []string{"--voice-rate (AVISO_VOICE_RATE): want calls a second"}, nil},
		{[]string{"AVISO_VOICE_FROM=12,+15550003333,+15550003333", "AVISO_VOICE_RATE=12=2,+15550004444=1,0"},
			[]string{"--voice-from (AVISO_VOICE_FROM): want numbers", "+15550003333 stands twice", "+15550004444 is no sender of --voice-from", "--voice-rate (AVISO_VOICE_RATE): want"}, []string{"12 is no sender"}},
		{[]string{"AVISO_VOICE_RATE=+15550001111=2"}, []string{"--sms-from"}, []string{"--voice-rate"}},
		{[]string{"AVISO_PUBLIC_URL=ftp://x"}, []string{"TWILIO_AUTH_TOKEN: is required", "--public-url (AVISO_PUBLIC_URL): "}, nil},
		{[]string{"AVISO_CUSTODY_LINE=+15550001111", "AVISO_CALL_CENTER=12"}, []string{"--call-center"}, []string{"--custody-line"}},
		{[]string{"AVISO_CUSTODY_LINE=x"}, []string{"line 1: want it like", "needs --call-center"}, nil},
		{[]string{"AVISO_NATIONAL_DESK=sms:900"}, []string{"want sms: or voice:"}, []string{"costs whoever calls it"}},
		{[]string{"AVISO_USSD_FROM=nowhere"}, []string{"--ussd-secret (AVISO_USSD_SECRET): is required", "--ussd-from (AVISO_USSD_FROM): entry 1"}, nil},
	} {
		_, _, stderr := quick(t, c.environ, "serve")
		for _, want := range c.named {
			if !strings.Contains(stderr, want) {
				t.Errorf("%v: %q is not named in\n%s", c.environ, want, stderr)
			}
		}
		for _, not := range c.not {
			if strings.Contains(stderr, not) {
				t.Errorf("%v: %q is named in\n%s", c.environ, not, stderr)
			}
		}
	}
}

// A public URL that carriers may sign in another form than it is written in shuts
// the line, whoever asks first.
func TestPublicURLThatIsSignedInAnotherWay(t *testing.T) {
	for _, public := range []string{"https://linea:secretword@x.org", "https://@x.org", "https://dueña.org", "https://mi_linea.org/aviso", "https://x.org/se%c3%b1al"} {
		for _, command := range []string{"serve", "check"} {
			status, stdout, stderr := quick(t, []string{"AVISO_PUBLIC_URL=" + public}, command)
			if status != 2 || stdout != "" || !strings.Contains(stderr, "--public-url (AVISO_PUBLIC_URL): public URL: ") || strings.Contains(stderr, "secretword") {
				t.Errorf("%s with %s: exit %d, %s%s", command, public, status, stdout, stderr)
			}
		}
	}
}

func TestHelp(t *testing.T) {
	status, stdout, stderr := quick(t, nil, "--help")
	if status != 0 || stderr != "" {
		t.Errorf("exit %d, %q", status, stderr)
	}
	for _, want := range []string{
		"serve", "demo", "profiles import", "profiles export", "profiles delete", "consulates find", "consulates desks",
		"consulates check", "consulates import", "keywords try", "keywords lint", "version",
		"AVISO_ADDR", "AVISO_INTERNAL_ADDR", "AVISO_DB", "AVISO_KEYS", "AVISO_PUBLIC_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN",
		"TWILIO_AUTH_TOKEN_PREVIOUS", "AVISO_TWILIO_API", "AVISO_SMS_FROM", "AVISO_SMS_RATE", "AVISO_VOICE_FROM", "AVISO_NATIONAL_DESK", "AVISO_POLICY",
		"AVISO_PROGRAMME", "AVISO_PUBLIC_PHONE", "AVISO_ONLY_TO", "AVISO_COUNTRIES", "AVISO_ZONE", "AVISO_LOG_LEVEL", "AVISO_LOG_FORMAT",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("--help does not name %s", want)
		}
	}
}

// The contact centre's zone is one that has summer time, or UTC.
func TestZone(t *testing.T) {
	for name, want := range map[string]string{"": "America/Chicago", "America/Mexico_City": "America/Mexico_City", "UTC": "UTC"} {
		c := good()
		c.Zone = name
		if s, err := c.serving(); err != nil || s.rules.Centre().String() != want {
			t.Errorf("%q: %v, %v", name, s.rules.Zone, err)
		}
	}
	for _, name := range []string{"Chicago", "CST", "EST", "Local", "America/Chicgo", "-6", "../etc/passwd"} {
		if status, _, stderr := quick(t, []string{"AVISO_ZONE=" + name}, "serve"); status != 2 || !strings.Contains(stderr, "--zone (AVISO_ZONE): \""+name+"\" is no time zone: want an IANA name like America/Chicago") {
			t.Errorf("%q: exit %d, %s", name, status, stderr)
		}
	}
	if _, _, stderr := quick(t, []string{"AVISO_ZONE=x"}, "serve", "--zone=America/Denver"); strings.Contains(stderr, "--zone") {
		t.Errorf("the flag goes before the environment: %s", stderr)
	}
}

// A flag goes before the environment, which goes before the default; an empty
// variable is not set.
func TestPrecedence(t *testing.T) {
	environ := []string{"AVISO_PUBLIC_URL=https://a.example.org", "AVISO_ADDR=", "AVISO_SMS_FROM=garbage"}
	_, _, stderr := quick(t, environ, "serve", "--sms-from", "+15550001111")
	for _, unwanted := range []string{"--public-url", "--addr", "--sms-from"} {
		if strings.Contains(stderr, unwanted) {
			t.Errorf("%s is a problem:\n%s", unwanted, stderr)
		}
	}
}

func TestServingSettings(t *testing.T) {
	c := good()
	c.SMSRate, c.NationalDesk = "+15550001111=2.5,78910=50", "voice:+15205550100"
	c.PublicPhone, c.OnlyTo = "+15205550100, +525512345678", "+5213312345678"
	s, err := c.serving()
	if err != nil {
		t.Fatal(err)
	}
	if want := []gateway.Sender{
		{Address: "+15550001111", Kind: gateway.LongCode, Rate: 2.5},
		{Address: "78910", Kind: gateway.ShortCode, Rate: 50},
		{Address: "+18005550111", Kind: gateway.TollFree, Rate: 3},
	}; !reflect.DeepEqual(s.rules.Senders, want) {
		t.Errorf("senders %+v, want %+v", s.rules.Senders, want)
	}
	tips := good()
	tips.PublicPhone = "+15205550100,+1866" + "3472423" // in one word no file may hold it
	if _, err := tips.serving(); err == nil || !strings.Contains(err.Error(), "number 2 is ICE's tip line") {
		t.Errorf("ICE's tip line as a number to call: %v", err)
	}
	if len(s.callers) != 1 || s.callers[0].Address != "+15550001111" || s.callers[0].Rate != 1 {
		t.Errorf("calls from %v, want the first long code, once a second", s.callers)
	}
	if d := s.rules.National; d == nil || d.Channel != gateway.Voice || d.Address != "+15205550100" {
		t.Errorf("national desk %+v", d)
	}
	if !s.rules.OnlyTo["+523312345678"] || len(s.rules.OnlyTo) != 1 {
		t.Errorf("only to %d phones, want the folded one", len(s.rules.OnlyTo))
	}
	if len(s.rules.PublicPhones) != 2 || len(s.rules.Countries) != 2 {
		t.Errorf("%d public phones, %d countries", len(s.rules.PublicPhones), len(s.rules.Countries))
	}
	c = good()
	c.VoiceFrom, c.VoiceRate = "+15550003333, +15550004444", "2,+15550004444=5"
	if s, err = c.serving(); err != nil || len(s.callers) != 2 || s.callers[0].Rate != 2 || s.callers[1].Rate != 5 || !s.rules.NobodysContact("+15550004444") {
		t.Errorf("two callers: %+v, %v", s.callers, err)
	}
	c = good()
	c.SMSRate = "100"
	if s, err = c.serving(); err != nil || s.rules.Senders[0].Rate != 100 || s.rules.Senders[2].Rate != 100 {
		t.Errorf("one rate for all: %+v, %v", s.rules.Senders, err)
	}
	if s.rules.OnlyTo != nil {
		t.Error("without --only-to everybody is texted")
	}
	for name, rate := range map[string]string{"zero": "0", "negative": "-1", "not a number": "NaN", "infinite": "Inf", "no number": "+15550001111="} {
		c.SMSRate = rate
		var usage usageError
		if _, err := c.serving(); !errors.As(err, &usage) {
			t.Errorf("a rate of %s: %v, want a problem", name, err)
		}
	}
}

func TestSameAddressTwice(t *testing.T) {
	c := good()
	c.InternalAddr = c.Addr
	if _, err := c.serving(); err == nil {
		t.Error("metrics on the public address: want a problem")
	}
	c.Addr, c.InternalAddr = "127.0.0.1:0", "127.0.0.1:0"
	if _, err := c.serving(); err != nil {
		t.Errorf("any two free ports: %v", err)
	}
}

func TestVersion(t *testing.T) {
	status, stdout, _ := quick(t, nil, "version")
	if status != 0 || !strings.HasPrefix(stdout, "aviso ") || !strings.Contains(stdout, "go1.") {
		t.Errorf("exit %d, %q", status, stdout)
	}
}

func TestKeywords(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"ALERTA me llevan"}, `{"intent":"raise","grade":"certain","match":"exact","word":"ALERTA","rule":"word","rest":"me llevan"}`},
		{[]string{"alreta", "me", "llevan <ya>"}, `{"intent":"raise","grade":"certain","match":"near","word":"ALERTA","rule":"word","rest":"me llevan <ya>"}`},
		{[]string{"CANCEL"}, `{"intent":"stop","grade":"","match":"exact","word":"CANCEL","rule":"word","rest":""}`},
		{[]string{"CANCELAR", "4821"}, `{"intent":"cancel","grade":"","match":"exact","word":"CANCELAR","rule":"word","rest":"4821"}`},
		{[]string{"nos cayeron en la obra"}, `{"intent":"panic","grade":"likely","match":"phrase","word":"","rule":"fallen","rest":"nos cayeron en la obra"}`},
		{[]string{"--context", "contact_told", "ya quedamos enterados"}, `{"intent":"confirm","grade":"","match":"phrase","word":"","rule":"all-know","rest":"ya quedamos enterados"}`},
		{[]string{"--context", "own_idle", "ALERTA AMBER: Toyota gris"}, `{"intent":"robot","grade":"possible","match":"phrase","word":"","rule":"amber","rest":"AMBER: Toyota gris"}`},
	} {
		status, stdout, stderr := quick(t, nil, append([]string{"keywords", "try", "--json"}, c.args...)...)
		if status != 0 || strings.TrimSpace(stdout) != c.want {
			t.Errorf("%q: exit %d, %s%s\nwant %s", c.args, status, stdout, stderr, c.want)
		}
	}
	if status, _, stderr := quick(t, nil, "keywords", "try", "--context", "nobody", "ALERTA"); status != 2 || !strings.Contains(stderr, "own_idle") {
		t.Errorf("a context that is none: exit %d, %q", status, stderr)
	}
	if status, stdout, _ := quick(t, nil, "keywords", "try", "ALERTA"); status != 0 || !strings.Contains(stdout, "raise") {
		t.Errorf("in words: exit %d, %q", status, stdout)
	}
	if status, stdout, stderr := quick(t, nil, "keywords", "lint"); status != 0 || !strings.Contains(stdout, "toll-free") {
		t.Errorf("lint of the built-in words: exit %d\n%s%s", status, stdout, stderr)
	}
}

func TestPolicy(t *testing.T) {
	dir := t.TempDir()
	c := good()
	c.Policy = write(t, dir, "policy.json", `{"nobody":"20m"}`)
	s, err := c.serving()
	if want := gateway.DefaultPolicy(); err != nil || time.Duration(s.rules.Policy.Nobody) != 20*time.Minute || len(s.rules.Policy.Contact) != len(want.Contact) {
		t.Errorf("%+v, %v; want the file's time and the other defaults", s.rules.Policy, err)
	}
	c.Policy = write(t, dir, "broken.json", `{"nobody":"soon"}`)
	var usage usageError
	if _, err := c.serving(); !errors.As(err, &usage) || !strings.Contains(err.Error(), "--policy") {
		t.Errorf("%v; want the policy named", err)
	}
	c.Policy = write(t, dir, "codes.json", `{"errors":[{"code":"30099","do":"call"}]}`)
	if s, err := c.serving(); err != nil || len(s.rules.Policy.Errors) != 1 {
		t.Errorf("%+v, %v; want a further error code", s.rules.Policy.Errors, err)
	}
	c.Policy = write(t, dir, "known.json", `{"errors":[{"code":"21610","do":"retry"}]}`)
	if _, err := c.serving(); err == nil || !strings.Contains(err.Error(), "errors[0].code: 21610 is known already") {
		t.Errorf("%v; want the code named whose policy is not the operator's", err)
	}
	c.Policy = ""
	if s, err := c.serving(); err != nil || !reflect.DeepEqual(s.rules.Policy, gateway.DefaultPolicy()) {
		t.Errorf("%+v, %v; want what is built in", s.rules.Policy, err)
	}
}
