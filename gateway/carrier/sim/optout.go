package sim

import (
	"slices"
	"strings"
)

// What Twilio does by itself with a text that is one of these words alone, on
// long codes and toll-free numbers; on short codes the programme does it:
// https://help.twilio.com/articles/223134027
var (
	stopWords  = [...]string{"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
	startWords = [...]string{"START", "YES", "UNSTOP"}
	helpWords  = [...]string{"HELP", "INFO"}
)

// Kinds of opt-out words, as in the webhook's OptOutType.
const (
	optOutStop  = "STOP"
	optOutStart = "START"
	optOutHelp  = "HELP"
)

// The carrier's own answers to such words: English, whoever wrote.
var optOutAnswers = map[string]string{
	optOutStop:  "You are unsubscribed and will get no more messages from this number. Reply START to get them again.",
	optOutStart: "You are subscribed again to messages from this number. Reply HELP for help, STOP to unsubscribe. Msg & data rates may apply.",
	optOutHelp:  "Reply STOP to unsubscribe. Msg & data rates may apply.",
}

// optOutWord is the kind of word that a text is to the carrier; empty: none.
func (n *number) optOutWord(text string) string {
	word := strings.ToUpper(strings.TrimSpace(text))
	switch {
	case n.isShortCode():
		return ""
	case slices.Contains(stopWords[:], word):
		return optOutStop
	case slices.Contains(startWords[:], word) && (word != "YES" || !n.isTollFree()):
		return optOutStart
	case slices.Contains(helpWords[:], word):
		return optOutHelp
	}
	return ""
}

// heed blocks or unblocks a phone as it asks, and answers it.
func (c *Carrier) heed(n *number, phone, word string) {
	if word == "" {
		return
	}
	c.mu.Lock()
	switch word {
	case optOutStop:
		c.optedOut[pair{n.value, phone}] = true
	case optOutStart:
		delete(c.optedOut, pair{n.value, phone})
	}
	c.mu.Unlock()
	segments, encoding := Segments(optOutAnswers[word])
	c.accept(&message{Message: Message{
		Sid: newSID("SM"), Direction: OutboundReply, From: n.value, To: phone,
		Body: optOutAnswers[word], Segments: segments, Encoding: encoding,
	}}, Fault{})
}

func (c *Carrier) isOptedOut(p pair) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.optedOut[p]
}
