package gateway

import (
	"slices"
	"strings"
	"time"

	"aviso/gateway/keyword"
)

// checkPIN verifies the digits that an event offers as a PIN, if it offers
// any. It is done outside the decision because it is slow on purpose. Whoever
// offers a PIN costs one computation, whether the person exists, has a PIN, is
// locked, or typed the right one: neither time nor words betray which.
func (s *Service) checkPIN(event Event, view *View, hasher *Hasher) PINCheck {
	if a, ok := event.(*Act); ok {
		return s.checkActPIN(a, view, hasher)
	}
	if e, ok := event.(*Dialogue); ok {
		return s.checkKeys(e, view, hasher)
	}
	t, ok := event.(*Text)
	if !ok {
		return PINCheck{}
	}
	q, _ := view.question(s.Clock())
	if q != nil && q.wantsNewPIN() && CheckPIN(t.bare()) == nil {
		old := PIN{}
		if view.Own != nil {
			old = view.Own.PIN
		} else if q.Draft != nil {
			old = q.Draft.PIN
		}
		fresh := Fresh{s.Clock(), s.Rand}
		if q.Kind == questionDuress {
			return PINCheck{New: hasher.Hash(fresh, old, "", t.bare()), Taken: hasher.Check(old, t.bare()) == PINReal}
		}
		return PINCheck{New: hasher.Hash(fresh, old, t.bare(), "")}
	}
	digits, profiles := t.offer(view)
	if digits == "" {
		return PINCheck{}
	}
	if t.limited {
		return PINCheck{Result: PINWrong}
	}
	return s.verify(digits, profiles, view, hasher, t.parsed.Intent == keyword.Raise)
}

// verify compares digits with the PINs of those whose they may be. What raises
// an alert is verified however many others have guessed.
func (s *Service) verify(digits string, profiles []*Profile, view *View, hasher *Hasher, raises bool) PINCheck {
	check := PINCheck{Result: PINWrong}
	if len(profiles) == 0 {
		hasher.Check(PIN{}, digits)
		return check
	}
	for _, p := range profiles {
		result := hasher.Check(p.PIN, digits)
		if now := s.Clock(); view.Conversation.locked(p.ID, now) || !raises && view.guarded(p, now) {
			result = PINWrong
		}
		if check.Profile = p.ID; result != PINWrong {
			check.Result = result
			break
		}
	}
	return check
}

// offer is the PIN that a text offers, and whose it may be.
func (t *Text) offer(view *View) (digits string, of []*Profile) {
	switch t.parsed.Intent {
	case keyword.Raise:
		if t.mention.pin != "" {
			return t.mention.pin, pointers(view.Named)
		}
		if view.Own != nil { // a PIN that was typed out of habit must not reach the family
			return t.mention.first, []*Profile{view.Own}
		}
	case keyword.Cancel, keyword.Status:
		if t.mention.pin != "" && len(view.Named) > 0 {
			return t.mention.pin, pointers(view.Named)
		}
		return t.mention.firstPIN, view.callers()
	case keyword.Arrived, keyword.Data, keyword.ZIP, keyword.Add, keyword.Remove, keyword.Erase, keyword.Consulate:
		if view.Own != nil || view.Unseen != nil {
			return t.lastPIN(), view.callers()
		}
	}
	if q := view.Conversation.Question; q != nil && q.Kind == questionPIN && CheckPIN(t.bare()) == nil {
		return t.bare(), view.callers()
	}
	return "", nil
}

// bare is a text that is nothing but digits, as the answer to a question.
func (t *Text) bare() string {
	body := strings.TrimSpace(t.Body)
	if !isNumeric(body) {
		return ""
	}
	return onlyDigits(body)
}

// lastPIN is the PIN at the end of a command: "ZIP 60608 4821". A lone ZIP is
// none.
func (t *Text) lastPIN() string {
	fields := strings.Fields(t.parsed.Rest)
	if len(fields) == 0 {
		return ""
	}
	last := fields[len(fields)-1]
	takes := t.parsed.Intent == keyword.ZIP || t.parsed.Intent == keyword.Consulate || t.parsed.Intent == keyword.Remove
	if CheckPIN(last) != nil || takes && len(fields) == 1 || endsInPhone(fields) {
		return ""
	}
	return last
}

// endsInPhone reports whether the numbers at the end of a text are a phone
// written with blanks, so that "QUITAR 312 555 0103" has no PIN.
func endsInPhone(fields []string) bool {
	from := len(fields)
	for from > 0 && isNumeric(fields[from-1]) {
		from--
	}
	return len(possiblePhones(strings.Join(fields[from:], " "))) > 0
}

// withoutPIN is what stands between the command and the PIN.
func (t *Text) withoutPIN() string {
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(t.parsed.Rest), t.lastPIN()))
}

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
// this pair of phone and profile, and many at one profile leave a task.
func (d *decision) countPIN(t *Text) {
	check := d.view.PIN
	if check.Result == PINUntried || check.Profile.IsZero() {
		return
	}
	if t.parsed.Intent == keyword.Raise && check.Result == PINWrong && t.mention.pin == "" {
		return // the first word of a registered phone's ALERTA was a word
	}
	d.count(check)
}

// count keeps the count of one PIN that was typed.
func (d *decision) count(check PINCheck) {
	if check.Profile.IsZero() {
		return
	}
	p := d.profile(check.Profile)
	if p == nil {
		return
	}
	if check.Result != PINWrong {
		d.conv.unlock(p.ID)
		if p.WrongPINs > 0 {
			p.WrongPINs, p.Guarded = 0, time.Time{}
			d.putProfile(p, "pin-right", "phone", "")
		}
		return
	}
	if d.conv.locked(p.ID, d.now) {
		return
	}
	d.conv.wrong(p.ID, d.now)
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

func (c *Conversation) lock(profile ID) *Lock {
	for i := range c.Locks {
		if c.Locks[i].Profile == profile {
			return &c.Locks[i]
		}
	}
	return nil
}

// locked reports whether no PIN of this pair is right for now.
func (c *Conversation) locked(profile ID, now time.Time) bool {
	l := c.lock(profile)
	return l != nil && now.Before(l.Until)
}

func (c *Conversation) wrong(profile ID, now time.Time) {
	l := c.lock(profile)
	if l == nil {
		c.Locks = append(append([]Lock(nil), c.Locks...), Lock{Profile: profile})
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

func (c *Conversation) unlock(profile ID) {
	for i := range c.Locks {
		if c.Locks[i].Profile == profile {
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
