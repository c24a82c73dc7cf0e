package texts

import (
	"aviso/gateway"
	"aviso/gateway/person"
)

// proven reports whether the PIN was given for what a text asks; without it, it
// is asked for. Whoever forces somebody to change their data is shown that it
// was done; it is not, and agents see it.
func (d *Arranging) proven(t *gateway.Text, p *gateway.Profile) bool {
	switch d.PIN.Result {
	case gateway.PINUntried:
		d.askForPIN(t)
		return false
	case gateway.PINWrong:
		d.RefusePIN(p.ID)
		return false
	case gateway.PINDuress:
		d.Force(p)
	default:
		d.Unmask()
	}
	return true
}

// CheckText verifies what a text offers as a PIN, or hashes what is to become one.
func CheckText(c person.Checker, t *gateway.Text, view *gateway.View) gateway.PINCheck {
	q, _ := view.Question(c.Fresh.Now)
	if digits := t.NewPIN(q); digits != "" {
		old, zip := gateway.PIN{}, ""
		if view.Own != nil {
			old, zip = view.Own.PIN, view.Own.ZIP
		}
		if q.Draft != nil {
			zip = q.Draft.ZIP
			if view.Own == nil {
				old = q.Draft.PIN
			}
		}
		switch {
		case gateway.EasyPIN(digits, zip), t.Numbers.OfBirth():
			return gateway.PINCheck{Easy: true}
		case q.Kind == gateway.QuestionDuress:
			return gateway.PINCheck{New: c.Hasher.Hash(c.Fresh, old, "", digits), Taken: c.Hasher.Check(old, digits) == gateway.PINReal}
		}
		return gateway.PINCheck{New: c.Hasher.Hash(c.Fresh, old, digits, "")}
	}
	offers := t.Offers(view)
	if len(offers) == 0 {
		return gateway.PINCheck{}
	}
	if t.Limited() {
		return gateway.PINCheck{Result: gateway.PINWrong}
	}
	return c.VerifyAll(offers, view, t.NumbersAreWords(view))
}

// countPIN keeps the count of wrong PINs: the fifth wrong one in a row locks
// this pair of phone and profile in this medium, and many at one profile leave a task.
func (d *Arranging) countPIN(t *gateway.Text) {
	check := d.PIN
	if check.Result == gateway.PINUntried || check.Profile.IsZero() {
		return
	}
	// Nor does a right one end a row of wrong ones: that would tell whoever tries
	// thousands of numbers as words that it was among them.
	if t.NumbersAreWords(d.View) && (d.View.Own != nil && check.Profile == d.View.Own.ID || t.AddsWords(d.View)) {
		return
	}
	d.Count(check)
}

// askForPIN asks for the PIN of a command that came without, once; the answer
// runs the command.
func (d *Arranging) askForPIN(t *gateway.Text) {
	if d.View.Own != nil && !d.View.Own.PIN.Set() {
		d.Answer("no-pin", d.Info())
		return
	}
	d.Ask(gateway.QuestionPIN, map[string]string{"text": t.Body})
	d.Answer("ask-pin", d.Info())
}
