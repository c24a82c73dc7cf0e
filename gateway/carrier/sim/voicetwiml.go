package sim

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// verb is one element of a document for a call, with its attributes, its text
// and what stands within it: https://www.twilio.com/docs/voice/twiml
type verb struct {
	name  string
	attr  map[string]string
	text  string
	verbs []verb
}

// The verbs and nouns that a call may hold, where, and their attributes. What
// else comes makes Twilio end the call, and here it is an error.
var (
	inResponse = words("Say Play Pause Gather Dial Redirect Hangup Reject Record Enqueue Leave")
	inGather   = words("Say Play Pause")
	inDial     = words("Number Client Conference Queue Sim Sip")
	attributes = map[string]map[string]bool{
		"Response": words(""),
		"Say":      words("voice loop language"),
		"Play":     words("loop digits"),
		"Pause":    words("length"),
		"Gather": words("input action method timeout speechTimeout maxSpeechTime profanityFilter finishOnKey numDigits " +
			"partialResultCallback partialResultCallbackMethod language hints bargeIn debug actionOnEmptyResult speechModel enhanced"),
		"Dial": words("action method timeout hangupOnStar timeLimit callerId record trim recordingStatusCallback " +
			"recordingStatusCallbackMethod recordingStatusCallbackEvent answerOnBridge ringTone recordingTrack sequential referUrl referMethod events"),
		"Number": words("sendDigits url method statusCallbackEvent statusCallback statusCallbackMethod byoc machineDetection " +
			"amdStatusCallbackMethod amdStatusCallback machineDetectionTimeout machineDetectionSpeechThreshold " +
			"machineDetectionSpeechEndThreshold machineDetectionSilenceTimeout"),
		"Redirect": words("method"),
		"Hangup":   words(""),
		"Reject":   words("reason"),
	}
)

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(list) {
		set[word] = true
	}
	return set
}

// parseVoice reads what a webhook wants a call to do.
func parseVoice(answer Answer) ([]verb, error) {
	fail := func(code int, err error) ([]verb, error) {
		return nil, &WebhookError{Code: code, Status: answer.Status, Err: err}
	}
	mediaType, _, err := mime.ParseMediaType(answer.ContentType)
	if err != nil || answer.Status == http.StatusNoContent {
		return fail(CodeBadMediaType, errors.New("the answer to a call has no usable Content-Type"))
	}
	switch mediaType {
	case "text/xml", "application/xml", "text/html":
	default:
		return fail(CodeBadMediaType, fmt.Errorf("the answer is %s", mediaType))
	}
	root, err := readXML([]byte(answer.Body))
	if err != nil {
		return fail(CodeBadTwiML, err)
	}
	if root.name != "Response" {
		return fail(CodeBadTwiML, fmt.Errorf("the document is a <%s>, not a <Response>", root.name))
	}
	if err := root.check(inResponse); err != nil {
		return fail(CodeBadVerb, err)
	}
	return root.verbs, nil
}

// check holds a verb and what stands in it to the lists.
func (v *verb) check(allowed map[string]bool) error {
	known := attributes[v.name]
	for name := range v.attr {
		if known != nil && !known[name] {
			return fmt.Errorf("<%s> has no attribute %s", v.name, name)
		}
	}
	for i := range v.verbs {
		inner := &v.verbs[i]
		if !allowed[inner.name] {
			return fmt.Errorf("<%s> cannot stand in <%s>", inner.name, v.name)
		}
		within := map[string]bool{}
		switch inner.name {
		case "Gather":
			within = inGather
		case "Dial":
			within = inDial
		}
		if err := inner.check(within); err != nil {
			return err
		}
	}
	return v.values()
}

// values checks what Twilio itself would reject.
func (v *verb) values() error {
	number := func(name string, least, most int) error {
		s, ok := v.attr[name]
		if !ok {
			return nil
		}
		if n, err := strconv.Atoi(s); err != nil || n < least || n > most {
			return fmt.Errorf("<%s> has %s=%q", v.name, name, s)
		}
		return nil
	}
	switch v.name {
	case "Gather":
		return errors.Join(number("numDigits", 1, 1000), number("timeout", 1, 1000))
	case "Dial":
		return errors.Join(number("timeout", 1, 600), number("timeLimit", 1, 86400))
	case "Play":
		if (v.text == "") == (v.attr["digits"] == "") {
			return errors.New("<Play> wants an address or digits")
		}
		if strings.ContainsFunc(v.attr["digits"], func(r rune) bool { return !strings.ContainsRune("0123456789*#wW", r) }) {
			return errors.New("<Play> has digits that no keypad has")
		}
	case "Say":
		if len(v.text) > 4096 {
			return errors.New("<Say> has more than 4096 characters")
		}
	case "Redirect":
		if v.text == "" {
			return errors.New("<Redirect> has no address")
		}
	case "Number":
		if !e164.MatchString(v.text) {
			return errors.New("<Number> is no number in E.164")
		}
	}
	return nil
}

// said is what is heard of a document at most, key or no key.
func (v *verb) said() []phrase {
	said := []phrase{phraseOf(*v)}
	for i := range v.verbs {
		said = append(said, v.verbs[i].said()...)
	}
	return slices.DeleteFunc(said, func(p phrase) bool { return p.Text == "" })
}

func (v *verb) seconds(name string, otherwise time.Duration) time.Duration {
	if n, err := strconv.Atoi(v.attr[name]); err == nil {
		return time.Duration(n) * time.Second
	}
	return otherwise
}

// readXML reads one element with all that is in it.
func readXML(document []byte) (verb, error) {
	decoder := xml.NewDecoder(bytes.NewReader(document))
	var open []*verb
	var root *verb
	for {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF) && root != nil && len(open) == 0:
			return *root, nil
		case err != nil:
			return verb{}, fmt.Errorf("read the answer: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			v := &verb{name: t.Name.Local, attr: map[string]string{}}
			for _, a := range t.Attr {
				v.attr[a.Name.Local] = a.Value
			}
			if root == nil {
				root = v
			}
			open = append(open, v)
		case xml.EndElement:
			done := open[len(open)-1]
			done.text = strings.TrimSpace(done.text)
			open = open[:len(open)-1]
			if len(open) > 0 {
				outer := open[len(open)-1]
				outer.verbs = append(outer.verbs, *done)
			}
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text += string(t)
			}
		}
	}
}
