package gateway

import (
	"slices"
	"strings"
	"time"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
	"aviso/ivr"
)

// checker verifies PINs for one event, beside the decision: it takes time, and is
// what needs the hasher.
type checker struct {
	hasher *Hasher
	fresh  Fresh
	rules  *Rules
}

// checkPIN verifies the digits that an event offers as a PIN, if it offers
// any. It is done outside the decision because it is slow on purpose. Whoever
// offers a PIN costs one computation, whether the person exists, has a PIN, is
// locked, or typed the right one: neither time nor words betray which.
func checkPIN(c checker, event Event, view *View) PINCheck {
	switch e := event.(type) {
	case *Act:
		return checkActPIN(c, e, view)
	case *Dialogue:
		return checkKeys(c, e, view)
	case *Text:
		return checkText(c, e, view)
	}
	return PINCheck{}
}

// checkText verifies what a text offers as a PIN, or hashes what is to become one.
func checkText(c checker, t *Text, view *View) PINCheck {
	q, _ := view.question(c.fresh.Now)
	if digits := t.newPIN(q); digits != "" {
		old, zip := PIN{}, ""
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
		case EasyPIN(digits, zip), t.numbers.ofBirth():
			return PINCheck{Easy: true}
		case q.Kind == questionDuress:
			return PINCheck{New: c.hasher.Hash(c.fresh, old, "", digits), Taken: c.hasher.Check(old, digits) == PINReal}
		}
		return PINCheck{New: c.hasher.Hash(c.fresh, old, digits, "")}
	}
	offers := t.offers(view)
	if len(offers) == 0 {
		return PINCheck{}
	}
	if t.Limited() {
		return PINCheck{Result: PINWrong}
	}
	return c.verifyAll(offers, view, t.numbersAreWords(view))
}

// offer is what may be a PIN, and whose.
type offer struct {
	digits string
	of     []*Profile
}

// numbersAreWords reports whether a number in a text that is no PIN is taken for
// a word, and not for a wrong PIN: in an ALERTA, and in what somebody writes
// while theirs is open.
func (t *Text) numbersAreWords(view *View) bool {
	switch t.parsed.Intent {
	case keyword.Raise, keyword.Panic:
		return true
	}
	if t.who != nil && !t.moving { // it raises
		return true
	}
	return t.addsWords(view)
}

// addsWords reports whether a text goes on as words of an open alert, a number
// in it too.
func (t *Text) addsWords(view *View) bool {
	reading := t.whileOpen(view)
	return (reading == prose.More || reading == prose.Again) && t.parsed.Intent != keyword.Panic && t.who == nil && t.numbers.onlyPIN() == ""
}

// verifyAll tries each offer, also behind a right one: how long it takes says
// nothing.
func (c checker) verifyAll(offers []offer, view *View, raises bool) PINCheck {
	var check PINCheck
	for _, o := range offers {
		tried := c.verify(o.digits, o.of, view, "", raises)
		switch {
		case tried.Result == PINWrong:
			check.Wrong++
			if check.Result == PINUntried {
				check.Result, check.Profile = PINWrong, tried.Profile
			}
		case check.Result == PINUntried, check.Result == PINWrong, tried.Result == PINReal:
			check.Result, check.Profile, check.Right = tried.Result, tried.Profile, o.digits
		}
		if tried.Result != PINWrong || !raises || view.Own == nil {
			check.Digits = append(check.Digits, o.digits)
		}
	}
	return check
}

// verify compares digits with the PINs of those whose they may be. What raises
// an alert is verified however many others have guessed. medium is as in Lock.
func (c checker) verify(digits string, profiles []*Profile, view *View, medium ivr.Medium, raises bool) PINCheck {
	check := PINCheck{Result: PINWrong}
	if len(profiles) == 0 {
		c.hasher.Check(PIN{}, digits)
		return check
	}
	for _, p := range profiles {
		result := c.hasher.Check(p.PIN, digits)
		if now := c.fresh.Now; view.Conversation.locked(p.ID, medium, now) || !raises && view.guarded(p, now) {
			result = PINWrong
		}
		if check.Profile = p.ID; result != PINWrong {
			check.Result = result
			break
		}
	}
	return check
}

// offers are the numbers of a text that are tried as a PIN.
func (t *Text) offers(view *View) []offer {
	if t.who != nil {
		return offersOf(t.who.pins, pointers(view.Named))
	}
	named := len(t.mention.phones)+len(t.mention.codes) > 0 && len(t.mention.pins) > 0
	switch t.parsed.Intent {
	case keyword.Raise, keyword.Panic:
		switch {
		case named:
			return offersOf(t.mention.pins, pointers(view.Named))
		case view.Own != nil: // a PIN that was typed out of habit must not reach the family
			return offersOf(t.mention.pins, []*Profile{view.Own})
		}
	case keyword.Move: // with a PIN that came before its number as t.who
		if named && (view.Own == nil || view.ownStanding == forcedTo) {
			return offersOf(t.mention.pins, pointers(view.Named))
		}
		return nil
	case keyword.Cancel, keyword.Status:
		if named && len(view.Named) > 0 {
			return offersOf(t.mention.pins, pointers(view.Named))
		}
		return offersOf(t.mention.pins, view.callers())
	case keyword.Arrived, keyword.Data, keyword.Name, keyword.ZIP, keyword.Add, keyword.Remove, keyword.Erase, keyword.Consulate:
		if p := t.commandPIN(); p != nil && (view.Own != nil || view.Unseen != nil) {
			return offersOf([]string{p.digits}, view.callers())
		}
	}
	if q := view.Conversation.Question; q != nil && q.Kind == questionPIN && !t.parsed.Command() {
		if digits := t.numbers.onlyPIN(); digits != "" {
			return offersOf([]string{digits}, view.callers())
		}
	}
	if reading := t.whileOpen(view); reading != "" {
		pins := t.mention.pins
		if only := t.numbers.onlyPIN(); only != "" {
			pins = []string{only}
		}
		return offersOf(pins, view.callers())
	}
	return nil
}

func offersOf(pins []string, of []*Profile) []offer {
	offers := make([]offer, len(pins))
	for i, p := range pins {
		offers[i] = offer{p, of}
	}
	return offers
}

// newPIN is the PIN in the answer to a question for a new one; "" where the text
// is anything else, and where q asks for none. While a second PIN is asked for,
// somebody may write about something else: then it stands alone.
func (t *Text) newPIN(q *Question) string {
	switch {
	case q == nil || !q.wantsNewPIN() || t.parsed.Command():
		return ""
	case q.Kind == questionDuress:
		return t.numbers.onlyPIN()
	}
	if !t.numbers.choosesPIN() {
		return ""
	}
	return t.numbers.chosenPIN()
}

// takesPIN reports whether a text is a command that takes a PIN.
func (t *Text) takesPIN() bool {
	switch t.parsed.Intent {
	case keyword.Cancel, keyword.Status, keyword.Arrived, keyword.Data, keyword.Name, keyword.ZIP, keyword.Add, keyword.Remove, keyword.Erase, keyword.Consulate, keyword.Move:
		return true
	}
	return false
}

// commandPIN is the PIN of a command that takes one, which may take other
// numbers too: "ZIP 60608 4821". A lone ZIP or the end of a phone is none.
func (t *Text) commandPIN() *pinNumber {
	n := &t.numbers
	var found *pinNumber
	for i := range n.pins {
		p := &n.pins[i]
		if p.labelled {
			return p
		}
		zip := t.parsed.Intent == keyword.ZIP || t.parsed.Intent == keyword.Consulate
		if found != nil && found.to >= p.to {
			continue // a part of it
		}
		if found == nil || !zip || len(p.digits) != 5 || len(found.digits) == 5 {
			found = p
		}
	}
	takes := t.parsed.Intent == keyword.ZIP || t.parsed.Intent == keyword.Consulate || t.parsed.Intent == keyword.Remove
	if found != nil && takes && found.to-found.from == len(n.words) {
		return nil
	}
	return found
}

// withoutPIN is what a command says beside its PIN.
func (t *Text) withoutPIN() string {
	found := t.commandPIN()
	said := t.numbers.without(func(p *pinNumber) bool { return p == found }, func(*person) bool { return false })
	words := keyword.Words(said)
	from, to := 0, len(words)
	for from < to && courtesies[words[from].Text] {
		from++
	}
	for to > from && courtesies[words[to-1].Text] {
		to--
	}
	if from == to {
		return ""
	}
	start, end := words[from].Start, len(said)
	if from == 0 {
		start = 0
	}
	if to < len(words) {
		end = words[to-1].End
	}
	return strings.TrimRight(said[start:end], " ,.;:!?-")
}

var courtesies = set("POR", "FAVOR", "PORFAVOR", "PORFA", "GRACIAS", "MUCHAS", "PLEASE", "THANKS")

// callers are the people whose PIN this phone may give: its owner, and those
// for whom an alert was raised from it.
func (v *View) callers() []*Profile {
	if v.Own != nil {
		return []*Profile{v.Own}
	}
	if v.Unseen != nil { // whom only the real PIN shows again
		return []*Profile{v.Unseen}
	}
	var list []*Profile
	for _, id := range v.Conversation.Raised {
		c := v.Case(id)
		if c == nil || c.Alert.Profile.IsZero() {
			continue
		}
		for i := range v.Raisers {
			if v.Raisers[i].ID == c.Alert.Profile {
				list = append(list, &v.Raisers[i])
			}
		}
	}
	return list
}

// countPIN keeps the count of wrong PINs: the fifth wrong one in a row locks
// this pair of phone and profile in this medium, and many at one profile leave a task.
func (d *arranging) countPIN(t *Text) {
	check := d.view.PIN
	if check.Result == PINUntried || check.Profile.IsZero() {
		return
	}
	// Nor does a right one end a row of wrong ones: that would tell whoever tries
	// thousands of numbers as words that it was among them.
	if t.numbersAreWords(d.view) && (d.view.Own != nil && check.Profile == d.view.Own.ID || t.addsWords(d.view)) {
		return
	}
	d.count(check)
}

// count keeps the count of one PIN that was typed.
func (d *personal) count(check PINCheck) {
	if check.Profile.IsZero() {
		return
	}
	p := d.profile(check.Profile)
	if p == nil {
		return
	}
	if check.Result != PINWrong {
		d.conv.unlock(p.ID, d.medium())
		if p.WrongPINs > 0 {
			p.WrongPINs, p.Guarded = 0, time.Time{}
			d.putProfile(p, "pin-right", "phone", "")
		}
		return
	}
	for range max(1, check.Wrong) {
		d.countWrong(p)
	}
}

// medium is in what a PIN was typed, as in Lock.
func (d *personal) medium() ivr.Medium {
	if d.talk == nil {
		return ""
	}
	return d.talk.session.State.Medium
}

func (d *personal) countWrong(p *Profile) {
	if d.conv.locked(p.ID, d.medium(), d.now) {
		return
	}
	d.conv.wrong(p.ID, d.medium(), d.now)
	if d.view.guarded(p, d.now) {
		return
	}
	if p.WrongPINs++; p.WrongPINs%guessingMost == 0 {
		p.Guarded = d.now.Add(guessingGuard)
	}
	d.putProfile(p, "pin-wrong", "phone", "")
	if p.WrongPINs == guessingTask || p.WrongPINs > guessingTask && p.WrongPINs%guessingTask == 0 {
		d.putTask(Task{Kind: TaskGuessing, Profile: p.ID, Phone: p.Phone, Name: p.Name})
	}
}

const (
	// guessingTask is how many wrong PINs at one profile, from any phones, make
	// an agent look.
	guessingTask = 10
	// guessingMost is how many of them close the profile, for guessingGuard, to
	// phones that are not known to be the person's: nobody with many numbers
	// calls off, reads or changes anything by going through the ten thousand
	// PINs of four digits. Raising stays open: each guess at that is an urgent
	// task, and whoever is being taken away must not pay for a stranger's.
	guessingMost  = 30
	guessingGuard = time.Hour
)

// guarded reports whether a PIN from this phone counts as wrong, but for raising,
// because too many were tried at a profile: neither is the phone the person's,
// nor did they raise an alert from it.
func (v *View) guarded(p *Profile, now time.Time) bool {
	return now.Before(p.Guarded) && v.KeySession.Profile != p.ID && !slices.ContainsFunc(v.callers(), func(c *Profile) bool { return c.ID == p.ID })
}

func (c *Conversation) lock(profile ID, medium ivr.Medium) *Lock {
	for i := range c.Locks {
		if l := &c.Locks[i]; l.Profile == profile && l.Medium == medium {
			return l
		}
	}
	return nil
}

// locked reports whether no PIN of this pair is right for now in a medium.
func (c *Conversation) locked(profile ID, medium ivr.Medium, now time.Time) bool {
	l := c.lock(profile, medium)
	return l != nil && now.Before(l.Until)
}

func (c *Conversation) wrong(profile ID, medium ivr.Medium, now time.Time) {
	l := c.lock(profile, medium)
	if l == nil {
		c.Locks = append(append([]Lock(nil), c.Locks...), Lock{Profile: profile, Medium: medium})
		l = &c.Locks[len(c.Locks)-1]
	}
	if l.Wrong++; l.Wrong >= LockAfter {
		wait := LockFirst
		for range min(l.Wrong-LockAfter, 10) {
			wait = min(2*wait, LockMost)
		}
		l.Until = now.Add(wait)
	}
}

func (c *Conversation) unlock(profile ID, medium ivr.Medium) {
	for i := range c.Locks {
		if c.Locks[i].Profile == profile && c.Locks[i].Medium == medium {
			c.Locks = append(append([]Lock(nil), c.Locks[:i]...), c.Locks[i+1:]...)
			return
		}
	}
}

func pointers(list []Profile) []*Profile {
	out := make([]*Profile, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}
