package store

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"aviso/gateway"
)

// An import may run beside a gateway that serves, in another process on the same
// SQLite file. It writes in steps of about importStep and then leaves the file
// alone for importPause, in which a writer that waits, and looks again every
// millisecond, finds it free. Where nobody serves, steps are longer: the more
// rows a step writes, the fewer pages it writes for each.
const (
	importStep  = 25 * time.Millisecond // half of the 50 ms that a command may hold the file
	importAlone = time.Second
	importPause = 3 * time.Millisecond

	// importLeast and importMost bound the profiles of one step, importBeside
	// those of one beside a gateway. The most is what the command hands over at
	// a time: with all of it in one step nothing is prepared meanwhile, and the
	// pages saved are worth more.
	importLeast  = 8
	importBeside = 256
	importMost   = 8192

	// importTries is how often a profile is read and merged anew because it
	// has moved on.
	importTries = 5
)

// ErrTaken is a personal code that is somebody else's already.
var ErrTaken = errors.New("the personal code is another person's")

// ErrLeft is a phone that somebody left for another one, and may take back.
var ErrLeft = errors.New("whoever had this number moved to another one in the last three days, and can undo it")

// Incoming is one profile of an import. It is matched by phone; ids, versions
// and registration time are the store's.
type Incoming struct {
	Profile gateway.Profile

	// Onto makes what is to be kept out of what is known of the person; nil:
	// nothing. Its error refuses the profile. Where Onto is nil, Profile takes the
	// place of what is known. Both times code, PIN and family word stay where
	// nothing else comes, and of each contact (by phone) the id and what they were
	// sent. It is called as PIN is.
	Onto func(kept *gateway.Profile) (gateway.Profile, error)

	// PIN makes the PIN record out of the one that is kept, whose salt it goes
	// on using; nil leaves that as it is, unless Profile brings one. It is
	// called on as many goroutines as there are cores, and again where the
	// profile moved on meanwhile.
	PIN func(old gateway.PIN) gateway.PIN
}

// Imported is what an import did.
type Imported struct {
	New     int
	Changed int
	Refused map[int]error // by index in what came in: ErrTaken, ErrLeft, or what Onto said
}

// ImportProfiles writes profiles, durable on return, each whole. After an error
// some of them are written; importing them again changes nothing.
func (s *Store) ImportProfiles(ctx context.Context, list []Incoming) (Imported, error) {
	in := importing{s}
	done := Imported{Refused: map[int]error{}}
	var err error
	for next := in.prepareStep(ctx, list, 0, in.importSize()); next != nil && err == nil; {
		now := next
		// While one step is written the next one is read, merged and sealed.
		prepared := make(chan *step, 1)
		after, n := now.first+now.n, in.importSize()
		go func() { prepared <- in.prepareStep(ctx, list, after, n) }()

		start := time.Now()
		if err = in.writeStep(ctx, list, now, &done); err == nil {
			in.importTook(now.n, time.Since(start))
			time.Sleep(importPause)
			err = ctx.Err()
		}
		next = <-prepared
	}
	if err != nil {
		return done, fmt.Errorf("import profiles: %w", err)
	}
	return done, nil
}

// PreviewImport says what ImportProfiles would do, and writes nothing. No two
// profiles of the list may be one person's.
func (s *Store) PreviewImport(ctx context.Context, list []Incoming) (Imported, error) {
	in := importing{s}
	done := Imported{Refused: map[int]error{}}
	for first := 0; first < len(list); first += importBeside {
		people := make([]imported, min(len(list)-first, importBeside))
		for i := range people {
			people[i] = imported{Incoming: &list[first+i]}
		}
		var taken []int
		if err := s.read(ctx, func(snap *snapshot) error {
			taken = nil
			if err := in.readKept(snap, people); err != nil {
				return err
			}
			var asked []statement
			for i := range people {
				code, kept := people[i].Profile.Code, people[i].kept
				if code != "" && (kept == nil || kept.Code != code) {
					asked = append(asked, statement{sql: selectCodeTaken, args: []any{lookup{hashCode, string(code)}}, each: func(row) error {
						taken = append(taken, i)
						return nil
					}})
				}
			}
			return snap.read(asked...)
		}); err != nil {
			return done, fmt.Errorf("preview an import: %w", err)
		}
		for i := range people {
			var err error
			if people[i].Onto != nil {
				_, err = people[i].Onto(people[i].kept)
			}
			switch {
			case err != nil:
			case people[i].left && people[i].kept == nil:
				err = ErrLeft
			case slices.Contains(taken, i):
				err = ErrTaken
			}
			switch {
			case err != nil:
				done.Refused[first+i] = err
			case people[i].kept == nil:
				done.New++
			default:
				done.Changed++
			}
		}
	}
	return done, nil
}

// importing is the record while people are imported.
type importing struct{ *Store }

// importSize is how many profiles the next step of an import has.
func (s importing) importSize() int {
	size := max(importLeast, int(s.importing.Load()))
	if size > importBeside && s.othersWait() {
		return importBeside
	}
	return size
}

// importTook learns from a step how large the next ones may be.
func (s importing) importTook(size int, took time.Duration) {
	limit, most := importAlone, importMost
	if s.othersWait() {
		limit, most = importStep, importBeside
	}
	switch {
	case took < limit/2:
		size = min(2*size, most)
	case took > limit:
		size = max(size/2, importLeast)
	}
	s.importing.Store(int64(size))
}

// beforeRepeat is how many of list come before a phone does again: a second row
// of a person is merged with what the first one left.
func beforeRepeat(list []Incoming) int {
	seen := make(map[gateway.Phone]bool, len(list))
	for i := range list {
		if phone := list[i].Profile.Phone; seen[phone] {
			return i
		} else {
			seen[phone] = true
		}
	}
	return len(list)
}

// step is a part of an import that is written in one transaction.
type step struct {
	first, n int
	unit     *unit
	changed  int           // of n; the others are new, or refused
	refused  map[int]error // by index in the list
	err      error
}

// written adds a step that was committed to what is done.
func (st *step) written(done *Imported) {
	done.New += st.n - st.changed - len(st.refused)
	done.Changed += st.changed
	maps.Copy(done.Refused, st.refused)
}

// prepareStep makes the next step of an import: at most size profiles of which
// no two are one person's. It reads what is kept of them, merges and seals.
func (s importing) prepareStep(ctx context.Context, list []Incoming, first, size int) *step {
	if first == len(list) {
		return nil
	}
	list = list[first:min(first+size, len(list))]
	list = list[:beforeRepeat(list)]
	st := &step{first: first, n: len(list), unit: s.unit()}
	st.unit.force = s.keys.Load() // before anything is made with them
	people := make([]imported, len(list))
	parallel(len(list), func(i int) {
		people[i] = imported{Incoming: &list[i], index: i, hash: s.phone(hashProfile, list[i].Profile.Phone)}
	})
	// Neighbours in an index are read and written one after the other.
	slices.SortFunc(people, func(a, b imported) int { return bytes.Compare(a.hash, b.hash) })
	if st.err = s.read(ctx, func(snap *snapshot) error {
		if err := s.readKept(snap, people); err != nil {
			return err
		}
		return s.drawCodes(snap, people)
	}); st.err != nil {
		return st
	}
	built := make([]*builder, len(list))
	refused := make([]error, len(list))
	parallel(len(list), func(i int) { built[i], refused[i] = s.build(&people[i]) })
	for i, err := range refused {
		if err != nil {
			built[i] = &builder{}
			if st.refused == nil {
				st.refused = map[int]error{}
			}
			st.refused[first+people[i].index] = err
		}
	}
	all := 0
	for _, b := range built {
		all += len(b.statements)
	}
	st.unit.statements = make([]statement, 0, all)
	fingers := make([]statement, 0, all)
	for i, b := range built {
		st.err = errors.Join(st.err, b.err)
		for _, one := range b.statements {
			if one.sql == insertFinger {
				fingers = append(fingers, one)
			} else {
				st.unit.statements = append(st.unit.statements, one)
			}
		}
		if people[i].kept != nil && refused[i] == nil {
			st.changed++
		}
	}
	slices.SortFunc(fingers, func(a, b statement) int { return bytes.Compare(a.args[0].([]byte), b.args[0].([]byte)) })
	st.unit.statements = append(st.unit.statements, fingers...)
	return st
}

// imported is one profile on its way through a step.
type imported struct {
	*Incoming
	index int              // within the step
	hash  []byte           // of the phone, as it is written
	kept  *gateway.Profile // under that phone; nil: none
	left  bool             // somebody left that phone for another one, and may take it back
	code  gateway.Code     // drawn for who has none and brings none
}

func (s importing) readKept(snap *snapshot, people []imported) error {
	statements := make([]statement, 0, len(people))
	for i := range people {
		statements = append(statements, statement{
			sql:  selectProfileByPhone,
			args: []any{lookupPhone(hashProfile, people[i].Profile.Phone)},
			each: func(row row) error {
				p, err := s.profile(row)
				people[i].kept = &p
				return err
			},
		}, statement{
			sql:  selectProfileByFormer,
			args: []any{lookupPhone(hashFormer, people[i].Profile.Phone)},
			each: func(row row) error {
				p, err := s.profile(row)
				people[i].left = p.Moved.Pending(s.clock())
				return err
			},
		})
	}
	return snap.read(statements...)
}

// drawCodes draws a free code for everybody who needs one. Of 90 million codes
// millions may be taken: left to the constraint, every step would fail.
func (s importing) drawCodes(snap *snapshot, people []imported) error {
	fresh := gateway.NewFresh(time.Time{}, s.rand)
	drawn := map[gateway.Code]bool{}
	var need []int
	for i := range people {
		if people[i].Profile.Code == "" && people[i].kept == nil {
			need = append(need, i)
		}
	}
	for len(need) > 0 {
		statements := make([]statement, 0, len(need))
		var again []int
		for _, i := range need {
			code := fresh.Code()
			if drawn[code] {
				again = append(again, i)
				continue
			}
			drawn[code], people[i].code = true, code
			statements = append(statements, statement{
				sql:  selectCodeTaken,
				args: []any{lookup{hashCode, string(code)}},
				each: func(row) error {
					again = append(again, i)
					return nil
				},
			})
		}
		if err := snap.read(statements...); err != nil {
			return err
		}
		need = again
	}
	return nil
}

// writeStep commits a step. One that conflicts is halved, each half read and
// written anew, until the profile that is to blame stands alone; and so is one
// that was made before somebody began to serve, or to rotate the keys.
func (s importing) writeStep(ctx context.Context, list []Incoming, st *step, done *Imported) error {
	if st.err != nil {
		return st.err
	}
	if st.n <= importBeside || !s.othersWait() {
		err := s.write(ctx, st.unit)
		switch {
		case err == nil:
			st.written(done)
			return nil
		case !errors.Is(err, gateway.ErrConflict) && !errors.Is(err, errRekeyed):
			return err
		case st.n == 1:
			return s.importOne(ctx, list, st.first, done)
		}
	}
	half := st.n / 2
	if err := s.writeStep(ctx, list, s.prepareStep(ctx, list, st.first, half), done); err != nil {
		return err
	}
	return s.writeStep(ctx, list, s.prepareStep(ctx, list, st.first+half, st.n-half), done)
}

// importOne imports one profile, and refuses it where it cannot be its phone
// that somebody else holds.
func (s importing) importOne(ctx context.Context, list []Incoming, i int, done *Imported) error {
	var err error
	for range importTries {
		var st *step
		err = s.commit(ctx, func() (*unit, error) {
			st = s.prepareStep(ctx, list, i, 1)
			return st.unit, st.err
		})
		switch {
		case err == nil:
			st.written(done)
			return nil
		case !errors.Is(err, gateway.ErrConflict):
			return err
		}
	}
	if list[i].Profile.Code == "" {
		return err
	}
	done.Refused[i] = ErrTaken
	return nil
}

// build makes the statements that write one profile, or says why it is refused.
func (s importing) build(in *imported) (*builder, error) {
	now := s.clock()
	p, err := merge(in, gateway.NewFresh(now, s.rand))
	if err != nil {
		return nil, err
	}
	b := &builder{sealer: s.sealer, at: micros(now)}
	chains := b.chains(&gateway.Turn{
		Profiles: []gateway.Profile{p},
		Audit:    []gateway.Entry{{Subject: gateway.SubjectProfile, ID: p.ID, Kind: "imported", Actor: "system"}},
	})
	b.profile(&p, chains)
	return b, nil
}

// merge is what is to be kept of a profile that comes in.
func merge(in *imported, fresh gateway.Fresh) (gateway.Profile, error) {
	p, old := in.Profile, in.kept
	if in.left && old == nil {
		return gateway.Profile{}, ErrLeft
	}
	if in.Onto != nil {
		var err error
		if p, err = in.Onto(old); err != nil {
			return gateway.Profile{}, err
		}
	}
	p.Contacts = slices.Clone(p.Contacts)
	if old == nil {
		old = &gateway.Profile{ID: fresh.ID(), Registered: fresh.Now}
	}
	p.ID, p.Version, p.Registered, p.WrongPINs, p.Guarded = old.ID, old.Version, old.Registered, old.WrongPINs, old.Guarded
	p.Code = cmp.Or(p.Code, old.Code, in.code)
	p.Moved = old.Moved
	p.FamilyWord = cmp.Or(p.FamilyWord, old.FamilyWord)
	p.Carried = old.Carried
	switch {
	case in.PIN != nil:
		p.PIN = in.PIN(old.PIN)
	case !p.PIN.Set():
		p.PIN = old.PIN
	}
	for i := range p.Contacts {
		c := &p.Contacts[i]
		if was := old.Contact(c.Phone); was != nil {
			c.ID, c.Asked, c.Told, c.Added = was.ID, was.Asked, was.Told, was.Added
		} else if c.ID.IsZero() {
			c.ID = fresh.ID()
		}
	}
	return p, nil
}

// exportPage is how many profiles are read at a time, each page as of its own
// moment: a snapshot held through millions would keep SQLite's log from being
// folded back into the file.
const exportPage = 500

// Profiles yields every profile, in the order of their ids, until yield returns
// an error.
func (s *Store) Profiles(ctx context.Context, yield func(*gateway.Profile) error) error {
	var after gateway.ID
	for {
		page := make([]gateway.Profile, 0, exportPage)
		err := s.read(ctx, func(snap *snapshot) error {
			page = page[:0]
			return snap.read(statement{
				sql:  `SELECT ` + profileColumns + ` FROM profile p WHERE p.id > $1 ORDER BY p.id LIMIT $2`,
				args: []any{after[:], int64(exportPage)},
				each: func(row row) error {
					p, err := s.profile(row)
					page = append(page, p)
					return err
				},
			})
		})
		if err != nil {
			return fmt.Errorf("read profiles: %w", err)
		}
		if len(page) == 0 {
			return nil
		}
		for i := range page {
			if err := yield(&page[i]); err != nil {
				return err
			}
		}
		after = page[len(page)-1].ID
	}
}

// ProfileByPhone finds the profile that a phone is registered with, or that moved
// from it and can be moved back there; nil where there is none.
func (s *Store) ProfileByPhone(ctx context.Context, phone gateway.Phone) (*gateway.Profile, error) {
	p, err := s.oneProfile(ctx, selectProfileByPhone, lookupPhone(hashProfile, phone))
	if p != nil || err != nil {
		return p, err
	}
	p, err = s.oneProfile(ctx, selectProfileByFormer, lookupPhone(hashFormer, phone))
	if p != nil && !p.Moved.Pending(s.clock()) {
		p = nil
	}
	return p, err
}

func (s *Store) oneProfile(ctx context.Context, sql string, args ...any) (*gateway.Profile, error) {
	var found *gateway.Profile
	err := s.read(ctx, func(snap *snapshot) error {
		return snap.read(statement{sql: sql, args: args, each: func(row row) error {
			p, err := s.profile(row)
			found = &p
			return err
		}})
	})
	if err != nil {
		return nil, fmt.Errorf("read profile: %w", err)
	}
	return found, nil
}

// eraseTries is how often erasing is done anew because the person's profile
// moved on between reading and writing.
const eraseTries = 10

// EraseProfile erases the person whose phone it is, as the package comment
// says, and reports whether there was one. An open alert keeps a person from
// being erased: ErrAlertOpen.
func (s *Store) EraseProfile(ctx context.Context, phone gateway.Phone) (bool, error) {
	for try := 1; ; try++ {
		p, err := s.ProfileByPhone(ctx, phone)
		if err != nil || p == nil {
			return false, err
		}
		view, err := s.View(ctx, gateway.Scope{Profile: p.ID})
		if err != nil {
			return false, err
		}
		for i := range view.Cases {
			if view.Cases[i].Alert.Open() {
				return false, ErrAlertOpen
			}
		}
		// The version is that of the view, so that an alert which is raised
		// meanwhile and notes so on the profile is a conflict.
		err = s.Commit(ctx, gateway.Turn{
			At:    s.clock(),
			Erase: []gateway.Profile{*view.Subject},
			Audit: []gateway.Entry{{Subject: gateway.SubjectProfile, ID: p.ID, Kind: entryErased, Actor: "operator"}},
		})
		if !errors.Is(err, gateway.ErrConflict) || try == eraseTries {
			return err == nil, err
		}
	}
}

// ErrAlertOpen refuses what must wait until no alert of the person is open.
var ErrAlertOpen = errors.New("an alert of this person is open")

// parallel runs do(0) to do(n-1) on all cores.
func parallel(n int, do func(int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for i := w; i < n; i += workers {
				do(i)
			}
		})
	}
	all.Wait()
}
