package twilio

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/twilio/twilio-go/client"
	"pgregory.net/rapid"
)

const testToken = "12345"

// sign is the rule of the documentation word by word, for signing as Twilio
// does: the full URL, then each name and value.
func sign(token, fullURL string, form url.Values) string {
	message := fullURL
	for _, name := range slices.Sorted(maps.Keys(form)) {
		values := slices.Clone(form[name])
		slices.Sort(values)
		for _, value := range slices.Compact(values) {
			message += name + value
		}
	}
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(message))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func newValidator(t testing.TB, publicURL string, tokens ...string) *Validator {
	t.Helper()
	v, err := NewValidator(publicURL, tokens...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// The example that Twilio's documentation and libraries have used for years.
func TestValidKnownSignature(t *testing.T) {
	v := newValidator(t, "https://mycompany.com", testToken)
	form := url.Values{
		"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+14158675309"}, "Digits": {"1234"},
		"From": {"+14158675309"}, "To": {"+18005551212"},
	}
	if !v.Valid("/myapp.php", "foo=1&bar=2", form, "RSOYDt4T1cUTdK1PDd93/VVr8B8=") {
		t.Error("the documented signature is refused")
	}
	for name, change := range map[string]func(url.Values){
		"a value":        func(f url.Values) { f.Set("Digits", "1235") },
		"a new name":     func(f url.Values) { f.Set("Body", "") },
		"a second value": func(f url.Values) { f.Add("Digits", "9") },
		"a missing name": func(f url.Values) { f.Del("To") },
	} {
		changed := maps.Clone(form)
		change(changed)
		if v.Valid("/myapp.php", "foo=1&bar=2", changed, "RSOYDt4T1cUTdK1PDd93/VVr8B8=") {
			t.Errorf("%s changed, and still valid", name)
		}
	}
}

func TestValid(t *testing.T) {
	form := url.Values{"Body": {"ALERTA"}, "NumMedia": {""}, "Año": {"é😀"}}
	tests := []struct {
		name        string
		public      string
		tokens      []string
		path, query string
		signed      string // the URL that Twilio signed
		token       string
		want        bool
	}{
		{"as configured", "https://x.org", []string{"a"}, "/twilio/sms", "", "https://x.org/twilio/sms", "a", true},
		{"trailing slash", "https://x.org/", []string{"a"}, "/twilio/sms", "", "https://x.org/twilio/sms", "a", true},
		{"prefix", "https://x.org/aviso", []string{"a"}, "/twilio/sms", "", "https://x.org/aviso/twilio/sms", "a", true},
		{"prefix left out", "https://x.org/aviso", []string{"a"}, "/twilio/sms", "", "https://x.org/twilio/sms", "a", false},
		{"query", "https://x.org", []string{"a"}, "/twilio/voice", "step=2", "https://x.org/twilio/voice?step=2", "a", true},
		{"query not signed", "https://x.org", []string{"a"}, "/twilio/voice", "step=2", "https://x.org/twilio/voice", "a", false},
		{"escapes stay", "https://x.org", []string{"a"}, "/a%20b", "c=%2B", "https://x.org/a%20b?c=%2B", "a", true},
		{"default port added", "https://x.org", []string{"a"}, "/twilio/sms", "", "https://x.org:443/twilio/sms", "a", true},
		{"default port of http", "http://x.org", []string{"a"}, "/twilio/sms", "", "http://x.org:80/twilio/sms", "a", true},
		{"port left out", "https://x.org:8443", []string{"a"}, "/twilio/sms", "", "https://x.org/twilio/sms", "a", true},
		{"IPv6", "http://[::1]:8080", []string{"a"}, "/twilio/sms", "", "http://[::1]/twilio/sms", "a", true},
		{"another port", "https://x.org", []string{"a"}, "/twilio/sms", "", "https://x.org:8443/twilio/sms", "a", false},
		{"another scheme", "https://x.org", []string{"a"}, "/twilio/sms", "", "http://x.org/twilio/sms", "a", false},
		{"another host", "https://x.org", []string{"a"}, "/twilio/sms", "", "https://y.org/twilio/sms", "a", false},
		{"previous token", "https://x.org", []string{"a", "b"}, "/twilio/sms", "", "https://x.org/twilio/sms", "b", true},
		{"no previous token", "https://x.org", []string{"a", ""}, "/twilio/sms", "", "https://x.org/twilio/sms", "", false},
		{"another token", "https://x.org", []string{"a", "b"}, "/twilio/sms", "", "https://x.org/twilio/sms", "c", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := newValidator(t, test.public, test.tokens...)
			if got := v.Valid(test.path, test.query, form, sign(test.token, test.signed, form)); got != test.want {
				t.Errorf("Valid = %t, want %t", got, test.want)
			}
			if err := v.SelfTest(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestValidRefusesWhatIsNoSignature(t *testing.T) {
	v := newValidator(t, "https://x.org", testToken)
	right := sign(testToken, "https://x.org/twilio/sms", nil)
	if !v.Valid("/twilio/sms", "", nil, right) {
		t.Fatal("an empty form's signature is refused")
	}
	for _, wrong := range []string{"", "=", right[:27], right + "=", right + "\n", " " + right, strings.ToLower(right), strings.Repeat("A", 28), strings.Repeat("\x00", 28)} {
		if v.Valid("/twilio/sms", "", nil, wrong) {
			t.Errorf("%q is accepted", wrong)
		}
	}
}

// Repeated names are signed with each value once and sorted. An order of their
// own, which forms do not promise to keep, does not matter.
func TestValidRepeatedNames(t *testing.T) {
	v := newValidator(t, "https://x.org", testToken)
	signature := sign(testToken, "https://x.org/twilio/sms", url.Values{"A": {"1", "2", "3"}})
	for _, values := range [][]string{{"1", "2", "3"}, {"3", "1", "2"}, {"2", "1", "3", "1"}} {
		if !v.Valid("/twilio/sms", "", url.Values{"A": values}, signature) {
			t.Errorf("%v is refused", values)
		}
	}
	given := []string{"2", "1"}
	v.Valid("/twilio/sms", "", url.Values{"A": given}, signature)
	if !slices.Equal(given, []string{"2", "1"}) {
		t.Error("the form has been changed")
	}
	// What twilio-go lets pass: a second value that nobody signed.
	first := sign(testToken, "https://x.org/twilio/sms", url.Values{"Body": {"ESTADO"}})
	if v.Valid("/twilio/sms", "", url.Values{"Body": {"ESTADO", "CANCELAR"}}, first) {
		t.Error("an unsigned second value is accepted")
	}
}

func TestNewValidatorRefuses(t *testing.T) {
	for _, public := range []string{
		"", "x.org", "ftp://x.org", "https://", "https://:443", "https://x.org?a=1", "https://x.org#rc=3", "://secretword",
		// Twilio signs these in another form than they are written in.
		"https://aviso:secretword@x.org", "https://aviso@x.org", "https://@x.org", "https://:secretword@127.0.0.1:8080/aviso",
		"https://avisó.org", "https://líneas.x.org:8443", "https://АВИСО.org", "https://x。org", "https://mi_linea.x.org", "https://_x.org",
		"https://x.org.", "https://x..org", "https://-x.org", "https://x-.org", "https://*.x.org", "https://x.org:", "https://x%41.org",
		"https://[fe80::1%25eth0]", "HTTPS://x.org", "https://x.org/avisó", "https://x.org/a b", "https://x.org/a%c3%b1", "https://x.org/a/../b", "https://x.org//aviso",
		" https://x.org", "https://x.org\t", "https://x.org\\a",
	} {
		if _, err := NewValidator(public, testToken); err == nil {
			t.Errorf("%q is taken as a public URL", public)
		} else if strings.Contains(err.Error(), "secretword") {
			t.Errorf("the error repeats the URL: %v", err)
		}
	}
	if _, err := NewValidator("https://x.org", "", ""); err == nil {
		t.Error("no token, and no error: everything would be refused without a word")
	}
}

// In every respect but repeated names the two validators agree.
func TestValidAgreesWithTwilioGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		public := rapid.SampledFrom([]string{"https://x.org", "http://x.org", "https://x.org:443", "https://x.org:8443", "http://127.0.0.1:8080/aviso"}).Draw(t, "public")
		path := "/" + strings.Join(rapid.SliceOfN(rapid.StringMatching(`[a-zA-Z0-9._~-]{1,8}|%20`), 0, 4).Draw(t, "path"), "/")
		query := rapid.StringMatching(`([a-z]{1,3}=[a-zA-Z0-9%+]{0,5}(&[a-z]{1,3}=[a-z0-9]{0,5})?)?`).Draw(t, "query")
		single := rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "form")
		form := url.Values{}
		for name, value := range single {
			form.Set(name, value)
		}
		full := path
		if query != "" {
			full += "?" + query
		}
		v, err := NewValidator(public, testToken)
		if err != nil {
			t.Fatal(err)
		}
		signer := rapid.SampledFrom([]string{testToken, "54321"}).Draw(t, "signer")
		head := rapid.SampledFrom(append(slices.Clone(v.heads), "https://y.org", "")).Draw(t, "head")
		signature := sign(signer, head+full, form)
		if rapid.Bool().Draw(t, "changed") {
			form.Set("Body", "CANCELAR")
			single["Body"] = "CANCELAR"
		}
		theirs := client.NewRequestValidator(testToken)
		if ours, want := v.Valid(path, query, form, signature), theirs.Validate(public+full, single, signature); ours != want {
			t.Fatalf("Valid = %t, twilio-go says %t", ours, want)
		}
	})
}

// What Twilio's library signs is taken, and the self-test finds out where it is not.
func TestSelfTestIsTwiliosOwn(t *testing.T) {
	known := twiliosOwn
	t.Cleanup(func() { twiliosOwn = known })
	v := newValidator(t, "https://x.org", testToken)
	if err := v.SelfTest(); err != nil {
		t.Fatal(err)
	}
	signatures := regexp.MustCompile(`"signature":"(.)`).FindAllSubmatchIndex(known, -1)
	if len(signatures) < 9 {
		t.Fatalf("%d signatures are held against Twilio's", len(signatures))
	}
	for _, at := range signatures {
		twiliosOwn = slices.Clone(known)
		twiliosOwn[at[2]] ^= 1
		if err := v.SelfTest(); err == nil || !strings.Contains(err.Error(), "refused") {
			t.Errorf("a signature that differs from Twilio's passes: %v", err)
		}
	}
}

func FuzzValid(f *testing.F) {
	f.Add("/twilio/sms", "", "Body", "ALERTA", "From", "+15550001111", "RSOYDt4T1cUTdK1PDd93/VVr8B8=")
	f.Add("/twilio/voice", "step=2", "", "", "Digits", "1", "")
	f.Add("\x00", "%zz", "\xff", "\n", "😀", "\r", strings.Repeat("=", 28))
	v := newValidator(f, "https://x.org/aviso", testToken, "previous")
	f.Fuzz(func(t *testing.T, path, query, name1, value1, name2, value2, signature string) {
		form := url.Values{}
		form.Add(name1, value1)
		form.Add(name2, value2)
		full := "https://x.org/aviso" + path
		if query != "" {
			full += "?" + query
		}
		right := sign("previous", full, form)
		if !v.Valid(path, query, form, right) {
			t.Error("a right signature is refused")
		}
		possible := []string{}
		for _, head := range v.heads {
			for _, token := range []string{testToken, "previous"} {
				possible = append(possible, sign(token, head+strings.TrimPrefix(full, "https://x.org/aviso"), form))
			}
		}
		if v.Valid(path, query, form, signature) && !slices.Contains(possible, signature) {
			t.Errorf("%q is accepted", signature)
		}
	})
}

// incoming is a webhook's form as Twilio sends it for a text.
var incoming = url.Values{
	"ToCountry": {"US"}, "ToState": {"AZ"}, "SmsMessageSid": {"SM0123456789abcdef0123456789abcdef"}, "NumMedia": {"0"},
	"ToCity": {"TUCSON"}, "FromZip": {"60608"}, "SmsSid": {"SM0123456789abcdef0123456789abcdef"}, "FromState": {"IL"},
	"SmsStatus": {"received"}, "FromCity": {"CHICAGO"}, "Body": {"ALERTA me llevan de la fabrica"}, "FromCountry": {"US"},
	"To": {"+15550001111"}, "ToZip": {"85701"}, "NumSegments": {"1"}, "MessageSid": {"SM0123456789abcdef0123456789abcdef"},
	"AccountSid": {"AC0123456789abcdef0123456789abcdef"}, "From": {"+13125550101"}, "ApiVersion": {"2010-04-01"},
}

func BenchmarkValid(b *testing.B) {
	const token = "0123456789abcdef0123456789abcdef"
	signature := sign(token, "https://aviso.example.org/twilio/sms", incoming)
	b.Run("ours", func(b *testing.B) {
		v := newValidator(b, "https://aviso.example.org", token)
		b.ReportAllocs()
		for b.Loop() {
			if !v.Valid("/twilio/sms", "", incoming, signature) {
				b.Fatal("refused")
			}
		}
	})
	b.Run("twilio-go", func(b *testing.B) {
		v := client.NewRequestValidator(token)
		b.ReportAllocs()
		for b.Loop() {
			single := make(map[string]string, len(incoming))
			for name, values := range incoming {
				single[name] = values[0]
			}
			if !v.Validate("https://aviso.example.org/twilio/sms", single, signature) {
				b.Fatal("refused")
			}
		}
	})
}
