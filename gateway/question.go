package gateway

import "aviso/gateway/keyword"

// The questions that a text may answer.
const questionCancelPIN = "cancel-pin"

// wantsPIN reports whether digits are what the question asks for.
func (q *Question) wantsPIN() bool { return q.Kind == questionCancelPIN }

// answerQuestion takes a text as the answer to the open question of ours, if
// there is one and the text may be its answer.
func (d *decision) answerQuestion(t *Text) bool {
	q := d.conv.Question
	if q == nil {
		return false
	}
	if age(d.now, q.At) >= QuestionOpen {
		d.conv.Question = nil
		return false
	}
	switch q.Kind {
	case questionCancelPIN:
		if d.view.PIN.Result == PINUntried {
			if t.parsed.Intent != keyword.Unknown {
				return false // something else on their mind
			}
			d.answer("ask-pin", d.info())
			return true
		}
		if d.view.PIN.Result != PINWrong {
			d.conv.Question = nil
		}
		d.cancelByText(t)
		return true
	}
	return false
}
