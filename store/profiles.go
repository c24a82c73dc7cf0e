package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"aviso/gateway"
)

// An import runs beside a gateway that serves, perhaps in another process on
// the same SQLite file. It writes in steps of about importStep and then leaves
// the file alone for importPause, in which a writer that waits, and looks again
// every millisecond, finds it free.
const (
	importStep  = 25 * time.Millisecond // half of the 50 ms that a command may hold the file
	importPause = 3 * time.Millisecond

	// importLeast and importMost bound the profiles of one step.
	importLeast = 8
	importMost  = 1024

	// importTries is how often a profile is read and merged anew because it
	// has moved on.
	importTries = 5
)

// ErrTaken is a personal code that is somebody else's already.
var ErrTaken = errors.New("the personal code is another person's")

// Incoming is one profile of an import. It is matched by phone; ids, versions
// and registration time are the store's.
type Incoming struct {
	Profile gateway.Profile

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
	Refused map[int]error // by index in what came in: ErrTaken
}

// ImportProfiles writes profiles, durable on return, each whole. A profile that
// is kept already under the phone keeps its id, its code and its PIN where the
// new one brings none, and of each contact (by phone) what they answered
// themselves. After an error some of the profiles are written; importing them
// again changes nothing.
func (s *Store) ImportProfiles(ctx context.Context, list []Incoming) (Imported, error) {
	done := Imported{Refused: map[int]error{}}
	size := importLeast
	var err error
	for next := s.prepareStep(ctx, list, 0, size); next != nil && err == nil; {
		now := next
		// While one step is written the next one is read, merged and sealed.
		prepared := make(chan *step, 1)
		after, n := now.first+now.n, size
		go func() { prepared <- s.prepareStep(ctx, list, after, n) }()

		var took time.Duration
		if took, err = s.writeStep(ctx, list, now, &done); err == nil {
			switch {
			case took < importStep/2:
				size = min(2*size, importMost)
			case took > importStep:
				size = max(size/2, importLeast)
			}
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
	changed  int // of n, the others are new
	err      error
}

// prepareStep makes the next step of an import: at most size profiles of which
// no two are one person's. It reads what is kept of them, merges and seals.
func (s *Store) prepareStep(ctx context.Context, list []Incoming, first, size int) *step {
	if first == len(list) {
		return nil
	}
	list = list[first:min(first+size, len(list))]
	list = list[:beforeRepeat(list)]
	st := &step{first: first, n: len(list), unit: s.unit()}
	kept := make([]*gateway.Profile, len(list))
	st.err = s.read(ctx, func(snap *snapshot) error {
		statements := make([]statement, 0, len(list))
		for i := range list {
			statements = append(statements, statement{
				sql:  selectProfileByPhone,
				args: []any{s.phone(hashProfile, list[i].Profile.Phone)},
				each: func(row row) error {
					p, err := s.profile(row)
					kept[i] = &p
					return err
				},
			})
		}
		return snap.read(statements...)
	})
	if st.err != nil {
		return st
	}
	built := make([]*builder, len(list))
	parallel(len(list), func(i int) {
		now := s.clock()
		p := merge(&list[i], kept[i], gateway.Fresh{Now: now, Rand: s.rand})
		built[i] = s.imported(&p, now)
	})
	for i, b := range built {
		st.err = errors.Join(st.err, b.err)
		st.unit.statements = append(st.unit.statements, b.statements...)
		if kept[i] != nil {
			st.changed++
		}
	}
	return st
}

// writeStep commits a step and tells how long that took. Where it conflicts
// each of its profiles is read and written anew, on its own.
func (s *Store) writeStep(ctx context.Context, list []Incoming, st *step, done *Imported) (time.Duration, error) {
	if st.err != nil {
		return 0, st.err
	}
	start := time.Now()
	err := s.write(ctx, st.unit)
	took := time.Since(start)
	switch {
	case err == nil:
		done.New += st.n - st.changed
		done.Changed += st.changed
		return took, nil
	case !errors.Is(err, gateway.ErrConflict):
		return took, err
	}
	for i := st.first; i < st.first+st.n; i++ {
		if err := s.importOne(ctx, list, i, done); err != nil {
			return took, err
		}
	}
	return importStep, nil
}

// importOne imports one profile, and refuses it where it cannot be its phone
// that somebody else holds.
func (s *Store) importOne(ctx context.Context, list []Incoming, i int, done *Imported) error {
	var err error
	for range importTries {
		st := s.prepareStep(ctx, list, i, 1)
		if err = st.err; err == nil {
			err = s.write(ctx, st.unit)
		}
		switch {
		case err == nil:
			done.New += 1 - st.changed
			done.Changed += st.changed
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

// imported makes the statements that write one profile.
func (s *Store) imported(p *gateway.Profile, now time.Time) *builder {
	b := &builder{sealer: s.sealer, at: micros(now)}
	chains := b.chains(&gateway.Turn{
		Profiles: []gateway.Profile{*p},
		Audit:    []gateway.Entry{{Subject: gateway.SubjectProfile, ID: p.ID, Kind: "imported", Actor: "system"}},
	})
	b.profile(p, chains)
	return b
}

// merge is what is to be kept of a profile that comes in.
func merge(in *Incoming, old *gateway.Profile, fresh gateway.Fresh) gateway.Profile {
	p := in.Profile
	p.Contacts = slices.Clone(p.Contacts)
	if old == nil {
		old = &gateway.Profile{ID: fresh.ID(), Registered: fresh.Now}
	}
	p.ID, p.Version, p.Registered, p.WrongPINs = old.ID, old.Version, old.Registered, old.WrongPINs
	p.Code = cmp.Or(p.Code, old.Code)
	if p.Code == "" {
		p.Code = fresh.Code()
	}
	p.FamilyWord = cmp.Or(p.FamilyWord, old.FamilyWord)
	switch {
	case in.PIN != nil:
		p.PIN = in.PIN(old.PIN)
	case !p.PIN.Set():
		p.PIN = old.PIN
	}
	if p.ConsularNotice.Given == old.ConsularNotice.Given {
		p.ConsularNotice = old.ConsularNotice // with when and how it was given
	}
	for i := range p.Contacts {
		c := &p.Contacts[i]
		was := old.Contact(c.Phone)
		if was == nil {
			if c.ID.IsZero() {
				c.ID = fresh.ID()
			}
			continue
		}
		c.ID, c.Asked, c.Told = was.ID, was.Asked, was.Told
		if was.Standing != gateway.StandingUnanswered {
			c.Standing, c.Consent = was.Standing, was.Consent
		}
	}
	return p
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

// ProfileByPhone finds the profile that a phone is registered with; nil where
// there is none.
func (s *Store) ProfileByPhone(ctx context.Context, phone gateway.Phone) (*gateway.Profile, error) {
	return s.oneProfile(ctx, selectProfileByPhone, s.phone(hashProfile, phone))
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
			Audit: []gateway.Entry{{Subject: gateway.SubjectProfile, ID: p.ID, Kind: "erased", Actor: "operator"}},
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
