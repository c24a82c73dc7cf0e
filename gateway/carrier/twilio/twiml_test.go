package twilio

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMessageResponse(t *testing.T) {
	const head = `<?xml version="1.0" encoding="UTF-8"?>`
	for text, want := range map[string]string{
		"":                              head + `<Response/>`,
		" \n\t":                         head + `<Response/>`,
		"RED X: Recibimos su ALERTA":    head + `<Response><Message>RED X: Recibimos su ALERTA</Message></Response>`,
		`<Message>&amp; "a" 'b' ]]>`:    head + `<Response><Message>&lt;Message&gt;&amp;amp; &#34;a&#34; &#39;b&#39; ]]&gt;</Message></Response>`,
		"uno\ndos\r\n":                  head + "<Response><Message>uno&#xA;dos&#xD;&#xA;</Message></Response>",
		"ñ é ¿ 😀 عربي":                  head + "<Response><Message>ñ é ¿ 😀 عربي</Message></Response>",
		"a\x00b\x1bc\xffd\ufffee":       head + "<Response><Message>a\ufffdb\ufffdc\ufffdd\ufffde</Message></Response>",
		" blanks at the ends are kept ": head + "<Response><Message> blanks at the ends are kept </Message></Response>",
	} {
		if got := string(MessageResponse(text, "")); got != want {
			t.Errorf("MessageResponse(%q)\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestMessageResponseNamesWhoIsTold(t *testing.T) {
	const want = `<?xml version="1.0" encoding="UTF-8"?><Response><Message action="https://x.org/twilio/answer/0a" statusCallback="https://x.org/twilio/answer/0a">Si</Message></Response>`
	if got := string(MessageResponse("Si", "https://x.org/twilio/answer/0a")); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got := string(MessageResponse(" ", "https://x.org/twilio/answer/0a")); strings.Contains(got, "Message") {
		t.Errorf("an empty answer is %s", got)
	}
}

func FuzzMessageResponse(f *testing.F) {
	for _, text := range []string{"", "ALERTA", "\x00", "\xff\xfe", "😀", "]]>", "<!--", "&#0;", "\u0085\u2028"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		document := MessageResponse(text, "")
		var parsed struct {
			XMLName xml.Name `xml:"Response"`
			Message []string `xml:"Message"`
		}
		decoder := xml.NewDecoder(strings.NewReader(string(document)))
		if err := decoder.Decode(&parsed); err != nil {
			t.Fatalf("not well-formed: %v\n%q", err, document)
		}
		if _, err := decoder.Token(); err != io.EOF {
			t.Fatalf("something follows the response: %q", document)
		}
		if !utf8.Valid(document) {
			t.Fatalf("not UTF-8: %q", document)
		}
		if strings.TrimSpace(text) == "" {
			if len(parsed.Message) != 0 {
				t.Fatalf("a blank text became a message: %q", document)
			}
			return
		}
		if len(parsed.Message) != 1 || parsed.Message[0] != readable(text) {
			t.Fatalf("%q became %q", text, parsed.Message)
		}
	})
}

// readable is text with what XML 1.0 cannot hold replaced (section 2.2, Char).
func readable(text string) string {
	var b strings.Builder
	for _, r := range text { // broken UTF-8 comes out as U+FFFD
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			r = utf8.RuneError
		}
		b.WriteRune(r)
	}
	return b.String()
}
