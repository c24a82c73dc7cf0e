package twilio

import (
	"encoding/xml"
	"net/url"
	"strconv"

	"aviso/gateway"
	"aviso/templates"
)

// The addresses of calls, below the public URL. Each step of a call has one of
// its own: the query counts it, and belongs to what is signed.
const (
	VoicePath   = "/twilio/voice"
	WhisperPath = "/twilio/voice/whisper"
	NoticePath  = "/twilio/voice/notice/"
)

// Voice writes what is said on a call as TwiML
// (https://www.twilio.com/docs/voice/twiml). It is immutable.
type Voice struct {
	prefix string // path of the public URL: what stands in documents begins with it
	words  *templates.Catalog
}

// NewVoice is a Voice for documents that are fetched below the public URL and
// play the catalog's recordings.
func NewVoice(publicURL string, words *templates.Catalog) (*Voice, error) {
	public, err := parsePublic(publicURL)
	if err != nil {
		return nil, err
	}
	prefix := public.EscapedPath()
	for len(prefix) > 0 && prefix[len(prefix)-1] == '/' {
		prefix = prefix[:len(prefix)-1]
	}
	return &Voice{prefix, words}, nil
}

// Call is the document of one step of a call that came in.
func (v *Voice) Call(s *gateway.Screen, callSID string) []byte {
	return v.document(s, VoicePath, nil, callSID)
}

// Notice is the document of one step of a call that we made.
func (v *Voice) Notice(s *gateway.Screen, attempt gateway.ID) []byte {
	return v.document(s, NoticePath+attempt.String(), nil, "")
}

// Whisper is what a person hears who is to take a caller. One without anything
// puts the two through.
func (v *Voice) Whisper(s *gateway.Screen, callSID string) []byte {
	return v.document(s, WhisperPath, url.Values{"call": {callSID}}, "")
}

// document writes a screen. Whatever is asked for names the address that takes
// the answer, which is asked in silence too.
func (v *Voice) document(s *gateway.Screen, path string, query url.Values, callSID string) []byte {
	spoken := v.spoken(s)
	switch {
	case s.Gather.Wait > 0:
		action := v.step(path, query, s.Step)
		g := gather{
			Input: "dtmf", Action: action, Method: "POST", Timeout: s.Gather.Wait, ActionOnEmptyResult: true,
			NumDigits: s.Gather.Keys, Verbs: spoken,
		}
		if s.Gather.Keys == 0 {
			g.FinishOnKey = "#"
		}
		// The Redirect is for whoever reads past a Gather without a key; its
		// address is the same, so that nothing is done twice.
		return render(g, redirect{Method: "POST", URL: action})
	case s.Dial != nil:
		if s.Dial.Keys != "" { // a custody phone waits for its key before anything else
			spoken = append([]any{play{Digits: s.Dial.Keys}}, spoken...)
		}
		return render(append(spoken, dial{
			Action: v.step(path, query, s.Step), Method: "POST", Timeout: dialSeconds, CallerID: s.Dial.Caller,
			Number: number{
				URL: v.step(WhisperPath, url.Values{"call": {callSID}}, 0), Method: "POST", Number: string(s.Dial.Number),
			},
		})...)
	case s.End:
		return render(append(spoken, hangup{})...)
	}
	return render(spoken...)
}

// dialSeconds is how long one number of the contact centre rings before the
// next: four rings, which is less than most voicemails wait.
const dialSeconds = 20

func (v *Voice) step(path string, query url.Values, step int) string {
	q := url.Values{"step": {strconv.Itoa(step)}}
	for name, values := range query {
		q[name] = values
	}
	return v.prefix + path + "?" + q.Encode()
}

// spoken are a screen's lines: recordings where there are any, else a machine's
// voice.
func (v *Voice) spoken(s *gateway.Screen) []any {
	var verbs []any
	for _, l := range s.Lines {
		if played, ok := v.recorded(s, l); ok {
			for _, r := range played {
				verbs = append(verbs, play{URL: v.prefix + r.Path()})
			}
			continue
		}
		if l.Text == "" {
			continue
		}
		voice := voices[l.Language]
		if voice.name == "" {
			voice = voices[templates.Fallback]
		}
		verbs = append(verbs, say{Voice: voice.name, Language: voice.language, Text: l.Text})
	}
	return verbs
}

func (v *Voice) recorded(s *gateway.Screen, l gateway.Line) ([]*templates.Recording, bool) {
	if l.Name == "" {
		return nil, false
	}
	language := s.Language
	if v.words.Language(language) != l.Language { // said in the other language
		language = l.Language
	}
	return v.words.Recording(language, l.Name, l.Digits)
}

// voices are pairs of voice and language that Twilio has: another one makes a
// Say fail. https://www.twilio.com/docs/voice/twiml/say/text-speech
var voices = map[string]struct{ name, language string }{
	"es": {"Polly.Mia", "es-MX"},
	"en": {"Polly.Joanna", "en-US"},
}

// The verbs, each as https://www.twilio.com/docs/voice/twiml has it.

type gather struct {
	XMLName             xml.Name `xml:"Gather"`
	Input               string   `xml:"input,attr"`
	Action              string   `xml:"action,attr"`
	Method              string   `xml:"method,attr"`
	NumDigits           int      `xml:"numDigits,attr,omitempty"`
	FinishOnKey         string   `xml:"finishOnKey,attr,omitempty"`
	Timeout             int      `xml:"timeout,attr"` // seconds
	ActionOnEmptyResult bool     `xml:"actionOnEmptyResult,attr"`
	Verbs               []any
}

type say struct {
	XMLName  xml.Name `xml:"Say"`
	Voice    string   `xml:"voice,attr"`
	Language string   `xml:"language,attr"`
	Text     string   `xml:",chardata"`
}

type play struct {
	XMLName xml.Name `xml:"Play"`
	Digits  string   `xml:"digits,attr,omitempty"`
	URL     string   `xml:",chardata"`
}

type dial struct {
	XMLName  xml.Name `xml:"Dial"`
	Action   string   `xml:"action,attr"`
	Method   string   `xml:"method,attr"`
	Timeout  int      `xml:"timeout,attr"` // seconds
	CallerID string   `xml:"callerId,attr,omitempty"`
	Number   number
}

type number struct {
	XMLName xml.Name `xml:"Number"`
	URL     string   `xml:"url,attr"`
	Method  string   `xml:"method,attr"`
	Number  string   `xml:",chardata"`
}

type redirect struct {
	XMLName xml.Name `xml:"Redirect"`
	Method  string   `xml:"method,attr"`
	URL     string   `xml:",chardata"`
}

type hangup struct {
	XMLName xml.Name `xml:"Hangup"`
}
