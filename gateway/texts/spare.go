package texts

import (
	"reflect"

	"aviso/gateway"
)

// spare drops from the Turn of a text beyond its phone's share what only says
// that it came. Where it changes anything it is kept like any other: the first
// ALERTA of a phone that floods is one. A repeat is decided anew, and answered
// the same.
func (d *Texting) spare(t *gateway.Text) {
	if t.Limited() && !d.changes() {
		d.Turn = gateway.Turn{At: d.Turn.At, Answer: d.Turn.Answer}
	}
}

// changes reports whether a Turn does more than to note a text on a time line
// and in the conversation.
func (d *Texting) changes() bool {
	rest := d.Turn
	rest.Key, rest.Secret, rest.Answer, rest.Audit, rest.Conversations = "", false, gateway.Answer{}, nil, nil
	if !reflect.DeepEqual(rest, gateway.Turn{At: d.Turn.At}) {
		return true
	}
	before, after := d.View.Conversation, d.Conv
	if before.Seq == 0 {
		return true
	}
	for _, c := range []*gateway.Conversation{&before, &after} {
		c.Sender, c.Asked, c.Unknown, c.Puzzled = "", d.Now, nil, 0
		if q := c.Question; q != nil { // asked again is asked
			again := *q
			again.At = d.Now
			c.Question = &again
		}
	}
	return !reflect.DeepEqual(before, after)
}
