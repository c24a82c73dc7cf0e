package twilio

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"aviso/gateway"
	"aviso/ivr"
	"aviso/templates"
)

var update = flag.Bool("update", false, "write the golden files anew")

// vocabulary is what a document for a call may hold: each element with what may
// stand in it and its attributes, from https://www.twilio.com/docs/voice/twiml
// and its pages on the single verbs, as far as we use them.
var vocabulary = map[string]struct {
	within     []string
	attributes []string
	required   []string
}{
	"Response": {within: []string{"Gather", "Say", "Play", "Dial", "Redirect", "Hangup"}},
	"Gather": {
		within:     []string{"Say", "Play"},
		attributes: []string{"input", "action", "method", "timeout", "finishOnKey", "numDigits", "actionOnEmptyResult"},
		required:   []string{"action", "actionOnEmptyResult", "timeout"},
	},
	"Say":      {attributes: []string{"voice", "language", "loop"}},
	"Play":     {attributes: []string{"loop", "digits"}},
	"Dial":     {within: []string{"Number"}, attributes: []string{"action", "method", "timeout", "callerId", "timeLimit", "answerOnBridge"}, required: []string{"action"}},
	"Number":   {attributes: []string{"url", "method", "sendDigits"}, required: []string{"url"}},
	"Redirect": {attributes: []string{"method"}},
	"Hangup":   {},
}

// checkDocument holds a document to the vocabulary. Nothing follows on what
// ends or leaves it.
func checkDocument(document []byte) error {
	if !bytes.HasPrefix(document, []byte(xmlHead)) {
		return errors.New("has no XML declaration")
	}
	decoder := xml.NewDecoder(bytes.NewReader(document))
	var open []string
	var last string
	for {
		token, err := decoder.Token()
		if err != nil {
			if len(open) == 0 && errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			name := e.Name.Local
			known, ok := vocabulary[name]
			if !ok {
				return fmt.Errorf("<%s> is no verb of ours", name)
			}
			if len(open) == 0 && name != "Response" || len(open) > 0 && !slices.Contains(vocabulary[open[len(open)-1]].within, name) {
				return fmt.Errorf("<%s> stands in %v", name, open)
			}
			if len(open) == 1 {
				if last == "Hangup" || last == "Redirect" || last == "Dial" {
					return fmt.Errorf("<%s> follows <%s> and is never reached", name, last)
				}
				last = name
			}
			var names []string
			for _, a := range e.Attr {
				names = append(names, a.Name.Local)
				if !slices.Contains(known.attributes, a.Name.Local) {
					return fmt.Errorf("<%s> has no attribute %s", name, a.Name.Local)
				}
				if a.Value == "" {
					return fmt.Errorf("<%s> has an empty %s", name, a.Name.Local)
				}
			}
			for _, want := range known.required {
				if !slices.Contains(names, want) {
					return fmt.Errorf("<%s> lacks %s", name, want)
				}
			}
			open = append(open, name)
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
}

func builtin(t testing.TB) *templates.Catalog {
	t.Helper()
	words, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return words
}

func speaks(t testing.TB, public string, words *templates.Catalog) *Voice {
	t.Helper()
	v, err := NewVoice(public, words)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func lines(texts ...string) []gateway.Line {
	var list []gateway.Line
	for i, text := range texts {
		list = append(list, gateway.Line{Name: fmt.Sprintf("phrase-%d", i), Text: text, Language: "es"})
	}
	return list
}

var attempt = gateway.ID{0xab, 0xcd}

// screens are one of each kind.
var screens = map[string]gateway.Screen{
	"menu":     {Language: "es", Step: 1, Gather: ivr.Gather{Keys: 1, Wait: 6}, Lines: append(lines("RED X. Emergencia: marque 1."), gateway.Line{Name: "menu-language", Text: "For English, press 9.", Language: "en"})},
	"entry":    {Language: "es", Step: 3, Gather: ivr.Gather{Wait: 10}, Lines: lines("Marque su pin, y después la tecla gato.")},
	"zip":      {Language: "en", Step: 12, Gather: ivr.Gather{Keys: 5, Wait: 10}},
	"transfer": {Language: "es", Step: 4, Dial: &gateway.Dial{Number: "+13125550171", Caller: "+15550001111"}, Lines: lines("Le comunicamos.")},
	"custody":  {Language: "es", Step: 1, Dial: &gateway.Dial{Number: "+13125550171", Caller: "+15550003333", Keys: "ww5"}},
	"end":      {Language: "es", Step: 5, End: true, Lines: lines("Adiós <&> \x00\"'")},
	"through":  {Language: "es", Step: 1},
}

func TestGolden(t *testing.T) {
	v := speaks(t, "https://aviso.example.org", builtin(t))
	for name, screen := range screens {
		for kind, document := range map[string][]byte{
			"call": v.Call(&screen, "CA1"), "notice": v.Notice(&screen, attempt), "whisper": v.Whisper(&screen, "CA1"),
		} {
			path := filepath.Join("testdata", "voice", name+"."+kind+".xml")
			if *update {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, append(document, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if string(document)+"\n" != string(want) {
				t.Errorf("%s\n got %s\nwant %s", path, document, want)
			}
			if err := checkDocument(document); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}

func TestDocuments(t *testing.T) {
	const head = xmlHead + "<Response>"
	v := speaks(t, "https://aviso.example.org/behind/a/proxy/", builtin(t))
	for _, c := range []struct {
		screen gateway.Screen
		want   string
	}{
		{gateway.Screen{}, xmlHead + "<Response/>"},
		{gateway.Screen{End: true}, head + "<Hangup></Hangup></Response>"},
		{gateway.Screen{End: true, Lines: []gateway.Line{{Text: "a", Language: "en"}}}, head + `<Say voice="Polly.Joanna" language="en-US">a</Say><Hangup></Hangup></Response>`},
		{gateway.Screen{End: true, Lines: []gateway.Line{{Text: "a", Language: "tlh"}}}, head + `<Say voice="Polly.Mia" language="es-MX">a</Say><Hangup></Hangup></Response>`},
		{gateway.Screen{Step: 2, Gather: ivr.Gather{Keys: 1, Wait: 6}}, head +
			`<Gather input="dtmf" action="/behind/a/proxy/twilio/voice?step=2" method="POST" numDigits="1" timeout="6" actionOnEmptyResult="true"></Gather>` +
			`<Redirect method="POST">/behind/a/proxy/twilio/voice?step=2</Redirect></Response>`},
	} {
		if got := string(v.Call(&c.screen, "CA1")); got != c.want {
			t.Errorf("\n got %s\nwant %s", got, c.want)
		}
	}
}

// Recordings are played where they are: in the language, then in Spanish where
// there are no words in it; a phrase with digits only where those are recorded.
func TestRecordings(t *testing.T) {
	folder := fstest.MapFS{}
	for _, name := range []string{"nah/hello.mp3", "es/hello.mp3", "es/menu.wav", "es/reference.mp3", "es/4.mp3", "es/8.mp3", "es/note.txt", "nah/reference.mp3",
		"es/notice.mp3", "es/consulate.mp3", "nah/notice.mp3", "nah/4.mp3", "nah/8.mp3"} {
		folder[name] = &fstest.MapFile{Data: []byte(name)}
	}
	words, err := builtin(t).WithRecordings(folder)
	if err != nil {
		t.Fatal(err)
	}
	v := speaks(t, "https://aviso.example.org", words)
	for _, c := range []struct {
		language string
		line     gateway.Line
		want     []string // of what is played; none: it is spoken
	}{
		{"es", gateway.Line{Name: "hello", Text: "x", Language: "es"}, []string{"es/hello"}},
		{"es-MX", gateway.Line{Name: "hello", Text: "x", Language: "es"}, []string{"es/hello"}},
		{"nah", gateway.Line{Name: "hello", Text: "x", Language: "es"}, []string{"nah/hello"}},
		{"nah", gateway.Line{Name: "menu", Text: "x", Language: "es"}, []string{"es/menu"}},
		{"en", gateway.Line{Name: "hello", Text: "x", Language: "en"}, nil},
		{"nah", gateway.Line{Name: "hello", Text: "x", Language: "en"}, nil}, // said in the other language
		{"es", gateway.Line{Name: "reference", Digits: "484", Text: "x", Language: "es"}, []string{"es/reference", "es/4", "es/8", "es/4"}},
		{"es", gateway.Line{Name: "reference", Digits: "485", Text: "x", Language: "es"}, nil},
		{"nah", gateway.Line{Name: "reference", Digits: "485", Text: "x", Language: "es"}, nil},
		{"nah", gateway.Line{Name: "reference", Digits: "48", Text: "x", Language: "es"}, []string{"nah/reference", "nah/4", "nah/8"}},
		{"es", gateway.Line{Text: "a name", Language: "es"}, nil},
		{"es", gateway.Line{Name: "notice", Digits: "48", Text: "x", Language: "es"}, nil}, // it names the person
		{"nah", gateway.Line{Name: "notice", Digits: "48", Text: "x", Language: "es"}, []string{"nah/notice", "nah/4", "nah/8"}},
		{"es", gateway.Line{Name: "consulate", Text: "x", Language: "es"}, nil}, // it names the consulate
	} {
		document := string(v.Call(&gateway.Screen{Language: c.language, Lines: []gateway.Line{c.line}, End: true}, "CA1"))
		var got []string
		for _, part := range strings.Split(document, "<Play>")[1:] {
			address, _, _ := strings.Cut(part, "</Play>")
			recording, ok := words.RecordingAt(address)
			if !ok {
				t.Errorf("%s is not served", address)
				continue
			}
			got = append(got, recording.Language+"/"+recording.Phrase)
			if string(recording.Data) != recording.Language+"/"+recording.Phrase+"."+recording.Kind {
				t.Errorf("%s holds %q", address, recording.Data)
			}
		}
		if !slices.Equal(got, c.want) || (len(got) == 0) != strings.Contains(document, "<Say") {
			t.Errorf("%s %+v plays %q, want %q: %s", c.language, c.line, got, c.want, document)
		}
	}
	if _, ok := words.RecordingAt("/audio/es/hello.000000000000.mp3"); ok {
		t.Error("an address of another recording is served")
	}
}

func TestParseCall(t *testing.T) {
	form := func(pairs ...string) url.Values {
		v := url.Values{"CallSid": {"CA1"}, "From": {"+13125550101"}, "To": {"+15550001111"}}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v
	}
	for name, c := range map[string]struct {
		query string
		form  url.Values
		want  gateway.Dialogue
	}{
		"begin":                             {"", form(), gateway.Dialogue{From: "+13125550101"}},
		"key":                               {"step=3", form("Digits", "1"), gateway.Dialogue{Step: 3, Keys: "1", From: "+13125550101"}},
		"entry":                             {"step=3", form("Digits", "4821", "FinishedOnKey", "#"), gateway.Dialogue{Step: 3, Keys: "4821#", From: "+13125550101"}},
		"slow":                              {"step=3", form("Digits", "4821", "FinishedOnKey", ""), gateway.Dialogue{Step: 3, Keys: "4821", From: "+13125550101"}},
		"garbage":                           {"step=3", form("Digits", "1A;2#*"), gateway.Dialogue{Step: 3, Keys: "12#*", From: "+13125550101"}},
		"old form":                          {"", form("From", "+5213312345678"), gateway.Dialogue{From: "+523312345678"}},
		"withheld":                          {"", form("From", "+266696687"), gateway.Dialogue{From: gateway.Anonymous}},
		"withheld, as Twilio says it":       {"", form("From", "+7378742883"), gateway.Dialogue{From: gateway.Anonymous}},
		"withheld, with a country in front": {"", form("From", "+17378742833"), gateway.Dialogue{From: gateway.Anonymous}},
		"withheld, in both":                 {"", form("From", "+17378742883"), gateway.Dialogue{From: gateway.Anonymous}},
		"withheld, unavailable":             {"", form("From", "+186282452253"), gateway.Dialogue{From: gateway.Anonymous}},
		"somebody in Austin":                {"", form("From", "+17378742834"), gateway.Dialogue{From: "+17378742834"}},
		"nothing":                           {"", form("From", ""), gateway.Dialogue{From: gateway.Anonymous}},
		"SIP":                               {"", form("From", "sip:juan@example.org"), gateway.Dialogue{From: gateway.Anonymous}},
		"refused":                           {"step=5", form("DialCallStatus", "completed", "DialBridged", "false"), gateway.Dialogue{Step: 5, From: "+13125550101", Rung: ivr.RungRefused}},
		"connected":                         {"step=5", form("DialCallStatus", "completed", "DialBridged", "true"), gateway.Dialogue{Step: 5, From: "+13125550101", Rung: ivr.RungAccepted}},
		"hung up":                           {"step=5", form("DialCallStatus", "canceled", "CallStatus", "completed"), gateway.Dialogue{Step: 5, From: "+13125550101", Rung: ivr.RungRefused, Gone: true}},
		"on and on":                         {"step=3", form("Digits", strings.Repeat("1", 500)), gateway.Dialogue{Step: 3, Keys: strings.Repeat("1", 64), From: "+13125550101"}},
	} {
		query, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		c.want.Medium, c.want.Session, c.want.To = ivr.Call, "CA1", "+15550001111"
		got, err := ParseCall(query, c.form)
		if err != nil || *got != c.want {
			t.Errorf("%s: got %+v, %v, want %+v", name, got, err, c.want)
		}
	}
	for name, c := range map[string]struct {
		query string
		form  url.Values
	}{
		"no CallSid":  {"", url.Values{"From": {"+1"}, "To": {"+1"}}},
		"no To":       {"", url.Values{"From": {"+1"}, "CallSid": {"CA1"}}},
		"no From":     {"", url.Values{"To": {"+1"}, "CallSid": {"CA1"}}},
		"a bad step":  {"step=-1", form()},
		"a huge step": {"step=99999999999", form()},
	} {
		query, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		var field *FieldError
		if _, err := ParseCall(query, c.form); !errors.As(err, &field) {
			t.Errorf("%s: got %v, want a *FieldError", name, err)
		}
	}
}

// Whatever is said, every document holds to the vocabulary and reads back.
func FuzzDocument(f *testing.F) {
	f.Add("Emergencia: marque 1.", "1", 1, 6, 3, false, false)
	f.Add("\x00<Say>]]>", "ww5", 0, 0, -4, true, false)
	f.Add("", "", 5, 10, 9, false, true)
	v := speaks(f, "https://aviso.example.org", builtin(f))
	f.Fuzz(func(t *testing.T, text, keys string, gathers, wait, step int, rings, ends bool) {
		screen := gateway.Screen{Language: "es", Step: step, End: ends, Lines: lines(text, "", text)}
		switch {
		case rings:
			screen.Dial = &gateway.Dial{Number: "+13125550171", Caller: "+15550001111", Keys: keys}
		case wait > 0:
			screen.Gather = ivr.Gather{Keys: max(gathers, 0), Wait: wait}
		}
		for _, document := range [][]byte{v.Call(&screen, "CA1"), v.Notice(&screen, attempt), v.Whisper(&screen, "CA1")} {
			if err := checkDocument(document); err != nil {
				t.Fatalf("%v: %s", err, document)
			}
		}
	})
}
