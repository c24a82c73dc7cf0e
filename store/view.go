package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"aviso/gateway"
)

// Bounds of a View. They are far above what a person has, and keep one crowded
// row from slowing everybody.
const (
	maxWards      = 20  // profiles that name one phone as a contact
	maxTold       = 20  // alerts that one phone was told of
	maxNamed      = 20  // numbers and codes in one text
	maxAlerts     = 20  // of one profile, open ones first
	maxRecipients = 100 // of one alert
	maxAttempts   = 400 // of one alert, the newest, calls to the roster apart
	maxRings      = 50  // of the roster for one alert, the newest: they go on for as long as nobody comes
	maxTasks      = 50  // of one alert
	maxToldTexts  = 50  // to one recipient of one alert, the newest
)

// How long an ended alert is still in a View: among the cases of those who
// hang on it, and among what a phone was told of.
const (
	caseKept = 24 * time.Hour
	toldKept = 30 * 24 * time.Hour
)

const (
	// Open ones first, then the newest. $2: not ended before; $3: at most.
	recent = ` AND (a.state = 1 OR a.ended >= $2) ORDER BY CASE WHEN a.state = 1 THEN 0 ELSE 1 END, a.id DESC LIMIT $3`
)

const (
	selectInbound      = `SELECT body FROM inbound WHERE key = $1`
	selectConversation = `SELECT ` + conversationColumns + ` FROM conversation c WHERE c.phone_hash = $1`

	selectProfileByPhone = `SELECT ` + profileColumns + ` FROM profile p WHERE p.phone_hash = $1`
	selectProfileByCode  = `SELECT ` + profileColumns + ` FROM profile p WHERE p.code_hash = $1`
	selectCodeTaken      = `SELECT 1 FROM profile p WHERE p.code_hash = $1`
	selectProfile        = `SELECT ` + profileColumns + ` FROM profile p WHERE p.id = $1`
	selectWards          = `SELECT ` + profileColumns + ` FROM finger f JOIN profile p ON p.id = f.profile
		WHERE f.hash = $1 AND f.kind = 1 ORDER BY f.profile LIMIT $2`

	// Who moved from a phone lately, and their alerts.
	selectProfileByFormer = `SELECT ` + profileColumns + ` FROM finger f JOIN profile p ON p.id = f.profile
		WHERE f.hash = $1 AND f.kind = 3 ORDER BY f.profile LIMIT 1`
	selectAlertsByFormer = `SELECT ` + alertColumns + ` FROM finger f JOIN alert a ON a.profile = f.profile WHERE f.hash = $1 AND f.kind = 3` + recent

	selectProfileOfAlert   = `SELECT ` + profileColumns + ` FROM alert a JOIN profile p ON p.id = a.profile WHERE a.id = $1`
	selectProfileByRef     = `SELECT ` + profileColumns + ` FROM alert a JOIN profile p ON p.id = a.profile WHERE a.ref = $1 AND a.state = 1 AND a.drill = 0`
	selectOpenByRef        = `SELECT ` + alertColumns + ` FROM alert a WHERE a.ref = $1 AND a.state = 1 AND a.drill = 0 AND a.seq > 0`
	selectProfileOfAttempt = `SELECT ` + profileColumns + ` FROM attempt t JOIN alert a ON a.id = t.alert JOIN profile p ON p.id = a.profile WHERE t.id = $1`

	selectAlert          = `SELECT ` + alertColumns + ` FROM alert a WHERE a.id = $1 AND a.seq > 0`
	selectAlertsOf       = `SELECT ` + alertColumns + ` FROM alert a WHERE a.profile = $1` + recent
	selectAlertsByPhone  = `SELECT ` + alertColumns + ` FROM profile p JOIN alert a ON a.profile = p.id WHERE p.phone_hash = $1` + recent
	selectAlertsByCode   = `SELECT ` + alertColumns + ` FROM profile p JOIN alert a ON a.profile = p.id WHERE p.code_hash = $1` + recent
	selectAlertsOfWards  = `SELECT ` + alertColumns + ` FROM finger f JOIN alert a ON a.profile = f.profile WHERE f.hash = $1 AND f.kind = 1` + recent
	selectAlertOfAttempt = `SELECT ` + alertColumns + ` FROM attempt t JOIN alert a ON a.id = t.alert WHERE t.id = $1 AND a.seq > 0`

	// A cross join is one that SQLite takes in the order in which it is written:
	// a desk's phone has been told of thousands, a reference names one alert.
	selectTold = `SELECT ` + alertColumns + `, ` + recipientColumns + ` FROM recipient r JOIN alert a ON a.id = r.alert
		WHERE r.phone_hash = $1 AND (a.state = 1 OR a.ended >= $2) AND a.seq > 0 ORDER BY r.alert DESC LIMIT $3`
	selectToldByRef = `SELECT ` + alertColumns + `, ` + recipientColumns + ` FROM alert a CROSS JOIN recipient r
		WHERE a.ref = $1 AND r.alert = a.id AND r.phone_hash = $2 LIMIT $3`

	selectRecipients   = `SELECT ` + recipientColumns + ` FROM recipient r WHERE r.alert = $1 ORDER BY r.id LIMIT $2`
	selectAttempts     = `SELECT ` + attemptColumns + `, t.body FROM attempt t WHERE t.alert = $1 AND (t.recipient IS NOT NULL OR t.channel <> 2) ORDER BY t.id DESC LIMIT $2`
	selectRings        = `SELECT ` + attemptColumns + `, t.body FROM attempt t WHERE t.alert = $1 AND t.recipient IS NULL AND t.channel = 2 ORDER BY t.id DESC LIMIT $2`
	selectAttemptsTo   = `SELECT ` + attemptColumns + `, t.body FROM attempt t WHERE t.alert = $1 AND t.recipient = $2 ORDER BY t.id DESC LIMIT $3`
	selectTasks        = `SELECT ` + taskColumns + ` FROM task k WHERE k.alert = $1 AND k.state < 3 ORDER BY k.id LIMIT $2`
	selectAttempt      = `SELECT ` + attemptColumns + ` FROM attempt t WHERE t.id = $1 AND length(t.body) > 0`
	selectAttemptWhole = `SELECT ` + attemptColumns + `, t.body FROM attempt t WHERE t.id = $1 AND length(t.body) > 0`

	selectStopped = `SELECT phone_hash FROM conversation WHERE phone_hash IN ($1, $2, $3, $4, $5, $6, $7, $8) AND stopped > 0`

	selectTaken = `SELECT ref FROM alert WHERE ref IN ($1, $2, $3, $4)`
)

// View implements gateway.Store.
func (s *Store) View(ctx context.Context, scope gateway.Scope) (gateway.View, error) {
	var r reading
	rights := newRights(s) // it begins before the snapshot
	err := s.glance(ctx, func(snap *snapshot) error {
		r = reading{Store: s, scope: &scope, now: s.clock(), rights: rights}
		if err := r.first(snap); err != nil || r.view.Repeat != nil {
			return err
		}
		if err := r.second(snap); err != nil {
			return err
		}
		return r.third(snap)
	})
	switch {
	case err != nil:
		return gateway.View{}, s.tell(fmt.Errorf("view: %w", err))
	case r.view.Repeat != nil:
		return gateway.View{Repeat: r.view.Repeat}, nil
	}
	return r.view, nil
}

// reading is one View on its way, in steps that each need the one before: all
// that can be found from the scope; what hangs on the alerts that were found;
// which phones are stopped. A step that has nothing to ask costs nothing.
type reading struct {
	*Store
	scope  *gateway.Scope
	now    time.Time
	view   gateway.View
	list   []statement
	asked  map[gateway.Phone]bool // whether they are stopped
	rights *rights
}

func (r *reading) ask(sql string, each func(row) error, args ...any) {
	r.list = append(r.list, statement{sql: sql, args: args, each: each})
}

func (r *reading) run(snap *snapshot) error {
	list := r.list
	r.list = nil
	if len(list) == 0 {
		return nil
	}
	return snap.read(list...)
}

func (r *reading) first(snap *snapshot) error {
	scope := r.scope
	r.list = make([]statement, 0, 12)
	if scope.Key != "" {
		r.ask(selectInbound, func(row row) error {
			var first firstAnswer
			err := r.open("inbound", nil, row.bytes(0), &first)
			if err == nil && first.Key != "" && first.Key != scope.Key {
				err = fmt.Errorf("open inbound: %w", errSealBroken) // another row's
			}
			r.view.Repeat = &first.Answer
			return err
		}, lookup{hashKey, scope.Key})
	}
	since := micros(r.now.Add(-caseKept))
	if scope.Phone != "" {
		r.askPhone(scope.Phone, since)
	}
	for _, phone := range firstOf(scope.NamedPhones) {
		hash := lookupPhone(hashProfile, phone)
		r.ask(selectProfileByPhone, r.profiles(&r.view.Named), hash)
		r.ask(selectAlertsByPhone, r.addCase, hash, since, int64(maxAlerts))
		former := lookupPhone(hashFormer, phone)
		r.ask(selectProfileByFormer, r.profiles(&r.view.Named), former)
		r.ask(selectAlertsByFormer, r.addCase, former, since, int64(maxAlerts))
	}
	for _, code := range firstOf(scope.NamedCodes) {
		hash := lookup{hashCode, string(code)}
		r.ask(selectProfileByCode, r.profiles(&r.view.Named), hash)
		r.ask(selectAlertsByCode, r.addCase, hash, since, int64(maxAlerts))
	}
	for _, ref := range firstOf(scope.NamedRefs) {
		r.ask(selectProfileByRef, r.profiles(&r.view.Named), int64(ref))
		r.ask(selectOpenByRef, r.addCase, int64(ref))
	}
	r.askRush()
	r.askNewcomers(firstOf(scope.Invited))
	for _, phone := range firstOf(scope.Invited) {
		r.ask(selectWards, r.profiles(&r.view.Invited), lookupPhone(hashContact, phone), int64(maxWards))
	}
	r.askSubject(since)
	r.askKeySession(scope.KeySession)
	r.askAgent(snap)
	var version int64
	r.ask(selectDirectory, func(row row) error {
		version = row.int(0)
		return nil
	})
	candidates, err := r.candidates()
	if err != nil {
		return err
	}
	free := &candidates
	if !r.raisesNothing() {
		var taken statement
		taken, free = r.askTaken(candidates)
		r.list = append(r.list, taken)
	}
	if err := r.run(snap); err != nil || r.view.Repeat != nil {
		return err
	}
	if len(*free) == 0 { // nearly all are taken: one that two alerts share beats no alert
		*free = candidates[:1]
	}
	r.view.Free = (*free)[0]
	if snap.force.rotating() {
		r.inOrder()
	}
	r.view.Directory, err = r.directoryAt(snap, version)
	return err
}

// inOrder restores the order of what two lookup keys have found.
func (r *reading) inOrder() {
	slices.SortFunc(r.view.Wards, func(a, b gateway.Profile) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	slices.SortStableFunc(r.view.Told, func(a, b gateway.Told) int { return bytes.Compare(b.Alert.ID[:], a.Alert.ID[:]) })
}

// raisesNothing reports whether the event is about an attempt alone: a result or
// a receipt, four of them for each alert, which needs no reference.
func (r *reading) raisesNothing() bool {
	return !r.scope.Attempt.IsZero() && !r.scope.Whole && r.scope.Phone == ""
}

// askPhone asks for all that hangs on the phone whose event it is.
func (r *reading) askPhone(phone gateway.Phone, since int64) {
	r.view.Conversation.Phone = phone
	r.ask(selectConversation, func(row row) error {
		c, err := r.conversation(row)
		r.view.Conversation = c
		return err
	}, lookupPhone(hashConversation, phone))

	own := lookupPhone(hashProfile, phone)
	r.ask(selectProfileByPhone, r.oneProfile(&r.view.Own), own)
	r.ask(selectAlertsByPhone, r.addCase, own, since, int64(maxAlerts))

	r.ask(selectProfileByFormer, r.oneProfile(&r.view.Former), lookupPhone(hashFormer, phone))

	contact := lookupPhone(hashContact, phone)
	r.ask(selectWards, r.profiles(&r.view.Wards), contact, int64(maxWards))

	told := lookupPhone(hashRecipient, phone)
	r.ask(selectTold, r.addTold, told, micros(r.now.Add(-toldKept)), int64(maxTold))
	for _, ref := range firstOf(r.scope.Refs) {
		r.ask(selectToldByRef, r.addTold, int64(ref), told, int64(maxTold))
	}
}

// askSubject asks for what the scope names by id.
func (r *reading) askSubject(since int64) {
	scope := r.scope
	subject := r.oneProfile(&r.view.Subject)
	if !scope.Attempt.IsZero() {
		if scope.Whole {
			r.ask(selectAttemptWhole, r.setAttempt, scope.Attempt[:])
			r.ask(selectAlertOfAttempt, r.addCase, scope.Attempt[:])
			r.ask(selectProfileOfAttempt, subject, scope.Attempt[:])
		} else {
			r.ask(selectAttempt, r.setAttempt, scope.Attempt[:])
		}
	}
	if !scope.Alert.IsZero() {
		r.ask(selectAlert, r.addCase, scope.Alert[:])
		r.ask(selectProfileOfAlert, subject, scope.Alert[:])
	}
	if !scope.Profile.IsZero() {
		r.ask(selectProfile, subject, scope.Profile[:])
		r.ask(selectAlertsOf, r.addCase, scope.Profile[:], since, int64(maxAlerts))
	}
}

// askAgent asks for what an agent's act needs.
func (r *reading) askAgent(snap *snapshot) {
	scope := r.scope
	if !scope.Agent.IsZero() || scope.Present || len(scope.Pass) > 0 {
		r.list = append(r.list, r.rights.ask(snap))
	}
	if !scope.Agent.IsZero() {
		r.ask(selectAgent, func(row row) error {
			a, err := r.rights.agent(row)
			r.view.Agent = &a
			return err
		}, scope.Agent[:])
	}
	if scope.Present {
		present := map[gateway.ID]bool{}
		r.ask(selectPresent, func(row row) error {
			x, err := r.rights.session(row)
			if errors.Is(err, gateway.ErrForged) && r.rights.roll != nil {
				_ = r.tell(err) // nobody is there by it
				err = nil
			}
			if x != nil {
				present[x.Agent] = true
				r.view.Present = len(present)
			}
			return err
		}, micros(r.now.Add(-gateway.PresentFor)), micros(r.now), scope.Agent[:])
	}
	if len(scope.Pass) > 0 {
		r.ask(selectPass, func(row row) error {
			p, err := r.rights.pass(row)
			r.view.Pass = p
			return err
		}, scope.Pass)
	}
	if !scope.Timer.IsZero() {
		r.ask(selectTimer, func(row row) error {
			t, err := r.timer(row)
			r.view.Timer = &t
			return err
		}, scope.Timer[:])
	}
	if !scope.Ringing.IsZero() {
		r.ask(selectCard, func(row row) error {
			x, err := r.ringing(row)
			r.view.Ringing = &x
			return err
		}, scope.Ringing[:])
	}
	if !scope.Task.IsZero() {
		r.ask(selectTask, func(row row) error {
			t, err := r.task(row)
			r.view.Task = &t
			return err
		}, scope.Task[:])
		r.ask(selectAlertOfTask, r.addCase, scope.Task[:])
		r.ask(selectProfileOfTask, r.oneProfile(&r.view.Subject), scope.Task[:])
	}
}

// second asks for the alerts of wards and for those that the conversation
// names, then for what hangs on all of them.
func (r *reading) second(snap *snapshot) error {
	raised := r.view.Conversation.Raised
	for _, id := range raised[max(0, len(raised)-maxNamed):] { // the newest stand last
		r.ask(selectAlert, r.addCase, id[:])
		r.ask(selectProfileOfAlert, r.profiles(&r.view.Raisers), id[:])
	}
	r.askQuestion()
	r.askOthers()
	r.askNamers()
	r.askKeyed(micros(r.now.Add(-caseKept)))
	if len(r.view.Wards) > 0 {
		r.ask(selectAlertsOfWards, r.addCaseOfWard, lookupPhone(hashContact, r.scope.Phone), micros(r.now.Add(-caseKept)), int64(maxWards*maxAlerts))
	}
	if err := r.run(snap); err != nil {
		return err
	}
	for _, told := range r.view.Told {
		desk := told.Recipient.Kind != gateway.KindContact && told.Alert.Open() // it may name none
		if (desk || slices.Contains(r.scope.Refs, told.Alert.Ref)) && r.view.Case(told.Alert.ID) == nil {
			r.view.Cases = append(r.view.Cases, gateway.Case{Alert: told.Alert})
		}
	}
	r.addRaids()
	slices.SortFunc(r.view.Cases, func(a, b gateway.Case) int { return bytes.Compare(b.Alert.ID[:], a.Alert.ID[:]) })
	for i := range r.view.Cases {
		r.askCase(&r.view.Cases[i])
	}
	for i := range r.view.Told {
		t := &r.view.Told[i]
		r.ask(selectAttemptsTo, r.attempts(&t.Attempts), t.Alert.ID[:], t.Recipient.ID[:], int64(maxToldTexts))
	}
	r.askRaids()
	r.askStopped(snap)
	if err := r.run(snap); err != nil {
		return err
	}
	for i := range r.view.Cases {
		slices.SortFunc(r.view.Cases[i].Attempts, func(a, b gateway.Attempt) int { return bytes.Compare(a.ID[:], b.ID[:]) }) // the oldest first
	}
	for i := range r.view.Told {
		slices.Reverse(r.view.Told[i].Attempts)
	}
	return nil
}

// askOthers asks for the alerts of whoever moved from the phone lately, and for
// whoever looks moved to it.
func (r *reading) askOthers() {
	since := micros(r.now.Add(-caseKept))
	if former := r.view.Former; former != nil {
		r.ask(selectAlertsOf, r.addCase, former.ID[:], since, int64(maxAlerts))
		r.askAcross(former.Phone)
	}
	if r.scope.Moves {
		for i := range r.view.Named {
			r.askAcross(r.view.Named[i].Phone)
		}
	}
	if guest := r.view.Conversation.DecoyGuest; guest != nil {
		r.ask(selectProfile, r.oneProfile(&r.view.Guest), guest.Profile[:])
		r.ask(selectAlertsOf, r.addCase, guest.Profile[:], since, int64(maxAlerts))
	}
}

// askAcross asks for the conversation of a phone on the other side of a move.
func (r *reading) askAcross(phone gateway.Phone) {
	if phone == "" || phone == r.scope.Phone {
		return
	}
	r.ask(selectConversation, func(row row) error {
		c, err := r.conversation(row)
		r.view.Across = append(r.view.Across, c)
		return err
	}, lookupPhone(hashConversation, phone))
}

// askQuestion asks for what a cry from the phone, and the open question to it,
// hang on.
func (r *reading) askQuestion() {
	if cry := r.view.Conversation.Cry; cry != nil && !cry.Task.IsZero() {
		r.ask(selectTask, func(row row) error {
			t, err := r.task(row)
			r.view.CryTask = &t
			return err
		}, cry.Task[:])
	}
	q := r.view.Conversation.Question
	if q == nil {
		return
	}
	if !q.Alert.IsZero() {
		r.ask(selectAlert, r.addCase, q.Alert[:])
		r.ask(selectProfileOfAlert, r.profiles(&r.view.Raisers), q.Alert[:])
	}
	if !q.Text.IsZero() {
		r.ask(selectAttempt, func(row row) error {
			a := attemptClear(row)
			r.view.Asking = &a
			return nil
		}, q.Text[:])
	}
}

func (r *reading) askCase(c *gateway.Case) {
	id := c.Alert.ID
	r.ask(selectRecipients, func(row row) error {
		recipient, err := r.recipient(row, 0)
		c.Recipients = append(c.Recipients, recipient)
		return err
	}, id[:], int64(maxRecipients))
	r.ask(selectAttempts, r.attempts(&c.Attempts), id[:], int64(maxAttempts))
	r.ask(selectRings, r.attempts(&c.Attempts), id[:], int64(maxRings))
	r.ask(selectTasks, func(row row) error {
		task, err := r.task(row)
		c.Tasks = append(c.Tasks, task)
		return err
	}, id[:], int64(maxTasks))
}

// third asks what else contacts were told of, and which of the phones that came
// up last are stopped: a recipient is mostly a contact, and has been asked for
// with the profile.
func (r *reading) third(snap *snapshot) error {
	r.askTogether()
	r.askTexted()
	r.askStopped(snap)
	err := r.run(snap)
	r.sortTexted()
	return err
}

// stoppedAtOnce is how many phones selectStopped takes.
const stoppedAtOnce = 8

func (r *reading) askStopped(snap *snapshot) {
	for some := range slices.Chunk(r.newPhones(), stoppedAtOnce) {
		for _, finder := range snap.force.finders {
			hashes := make([]any, stoppedAtOnce) // what is left over is null, and found nowhere
			for i, phone := range some {
				hashes[i] = hashBy(finder, hashConversation, string(phone))
			}
			r.ask(selectStopped, func(row row) error {
				for i, phone := range some {
					if bytes.Equal(hashes[i].([]byte), row.bytes(0)) {
						if r.view.Stopped == nil {
							r.view.Stopped = map[gateway.Phone]bool{}
						}
						r.view.Stopped[phone] = true
					}
				}
				return nil
			}, hashes...)
		}
	}
}

// newPhones are all phones of the view that it was not asked for yet.
func (r *reading) newPhones() []gateway.Phone {
	if r.asked == nil {
		r.asked = map[gateway.Phone]bool{"": true}
	}
	var list []gateway.Phone
	add := func(phone gateway.Phone) {
		if !r.asked[phone] {
			r.asked[phone] = true
			list = append(list, phone)
		}
	}
	addProfiles := func(profiles ...gateway.Profile) {
		for i := range profiles {
			add(profiles[i].Phone)
			for j := range profiles[i].Contacts {
				add(profiles[i].Contacts[j].Phone)
			}
		}
	}
	v := &r.view
	for _, p := range []*gateway.Profile{v.Own, v.Former, v.Guest, v.Subject} {
		if p != nil {
			addProfiles(*p)
		}
	}
	addProfiles(v.Named...)
	addProfiles(v.Wards...)
	addProfiles(v.Raisers...)
	addProfiles(v.Invited...)
	addProfiles(v.Namers...)
	if v.Attempt != nil {
		add(v.Attempt.To)
	}
	for _, phone := range firstOf(r.scope.Invited) {
		add(phone)
	}
	for i := range v.Cases {
		add(v.Cases[i].Alert.Phone)
		for j := range v.Cases[i].Recipients {
			add(v.Cases[i].Recipients[j].Phone)
		}
	}
	for i := range v.Told {
		add(v.Told[i].Alert.Phone)
		add(v.Told[i].Recipient.Phone)
	}
	return list
}

// firstOf bounds what one event may name.
func firstOf[T any](list []T) []T { return list[:min(len(list), maxNamed)] }

func (r *reading) oneProfile(to **gateway.Profile) func(row) error {
	return func(row row) error {
		p, err := r.profile(row)
		*to = &p
		return err
	}
}

func (r *reading) profiles(to *[]gateway.Profile) func(row) error {
	return func(row row) error {
		p, err := r.profile(row)
		if err == nil && !slices.ContainsFunc(*to, func(q gateway.Profile) bool { return q.ID == p.ID }) {
			*to = append(*to, p)
		}
		return err
	}
}

func (r *reading) attempts(to *[]gateway.Attempt) func(row) error {
	return func(row row) error {
		a, err := r.attemptWhole(row)
		*to = append(*to, a)
		return err
	}
}

func (r *reading) addCase(row row) error {
	if r.view.Case(row.id(0)) != nil {
		return nil
	}
	a, err := r.alert(row)
	r.view.Cases = append(r.view.Cases, gateway.Case{Alert: a})
	return err
}

// addCaseOfWard leaves out the alerts of profiles beyond maxWards, and of each
// those beyond maxAlerts.
func (r *reading) addCaseOfWard(row row) error {
	profile, n := row.id(4), 0
	for i := range r.view.Cases {
		if r.view.Cases[i].Alert.Profile == profile {
			n++
		}
	}
	ward := slices.ContainsFunc(r.view.Wards, func(p gateway.Profile) bool { return p.ID == profile })
	if !ward || n >= maxAlerts {
		return nil
	}
	return r.addCase(row)
}

func (r *reading) addTold(row row) error {
	alert, err := r.alert(row)
	if err != nil {
		return err
	}
	recipient, err := r.recipient(row, 10)
	if err != nil {
		return err
	}
	known := func(t gateway.Told) bool { return t.Recipient.ID == recipient.ID }
	if !slices.ContainsFunc(r.view.Told, known) {
		r.view.Told = append(r.view.Told, gateway.Told{Alert: alert, Recipient: recipient})
	}
	return nil
}

func (r *reading) setAttempt(row row) error {
	if len(row) > attemptBody {
		a, err := r.attemptWhole(row)
		r.view.Attempt = &a
		return err
	}
	a := attemptClear(row)
	r.view.Attempt = &a
	return nil
}

// candidates are references of which one is hoped to be free.
func (s *Store) candidates() ([]gateway.Ref, error) {
	var b [4 * 8]byte
	if _, err := io.ReadFull(s.rand, b[:]); err != nil {
		return nil, fmt.Errorf("draw a reference: %w", err)
	}
	refs := make([]gateway.Ref, 0, 4)
	for i := range 4 {
		refs = append(refs, gateway.Ref(100_000+binary.BigEndian.Uint64(b[8*i:])%900_000))
	}
	return refs, nil
}

// askTaken is the statement that leaves only the free ones of candidates.
func (s *Store) askTaken(candidates []gateway.Ref) (statement, *[]gateway.Ref) {
	free := &candidates
	args := make([]any, 0, len(candidates))
	for _, ref := range candidates {
		args = append(args, int64(ref))
	}
	return statement{sql: selectTaken, args: args, each: func(row row) error {
		*free = slices.DeleteFunc(*free, func(ref gateway.Ref) bool { return int64(ref) == row.int(0) })
		return nil
	}}, free
}
