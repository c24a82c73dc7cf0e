package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"aviso/gateway"
)

// How the console finds people.

// Names are found by up to four of their words, all of which have to be there.
const selectProfilesByName = `SELECT ` + profileColumns + ` FROM finger f JOIN profile p ON p.id = f.profile
	WHERE f.hash = $1 AND f.kind = 2
	AND EXISTS (SELECT 1 FROM finger g WHERE g.hash = $2 AND g.kind = 2 AND g.profile = f.profile)
	AND EXISTS (SELECT 1 FROM finger g WHERE g.hash = $3 AND g.kind = 2 AND g.profile = f.profile)
	AND EXISTS (SELECT 1 FROM finger g WHERE g.hash = $4 AND g.kind = 2 AND g.profile = f.profile)
	ORDER BY f.profile DESC LIMIT $5`

const (
	// maxFound bounds what a search shows: with more, another word is asked for.
	maxFound = 10
	// maxCounted is how far what a search finds is counted.
	maxCounted = 50
	nameMost   = 4 // words of a name that are looked for

	// Of each person whom a search shows so many alerts are, the newest; of a phone
	// and of those that nobody is registered for so many in all.
	maxOfPerson = 3
	maxOfPhone  = 10
	// maxStrangers is how many alerts of people who are not registered are looked
	// through for a name: it stands sealed, and has no hash.
	maxStrangers = 200
)

const (
	selectToldTo    = `SELECT ` + alertColumns + ` FROM recipient r JOIN alert a ON a.id = r.alert WHERE r.phone_hash = $1 AND a.seq > 0 AND a.drill = 0 ORDER BY r.alert DESC LIMIT $2`
	selectStrangers = `SELECT ` + alertColumns + ` FROM alert a WHERE a.state = $1 AND a.drill = 0 AND a.seq > 0 AND a.profile IS NULL ORDER BY a.at DESC, a.id DESC LIMIT $2`

	// A page of the archive: what has ended, by when it was raised.
	archiveFrom = ` FROM alert a WHERE a.state IN (2, 3) AND a.drill = 0 AND a.seq > 0 AND a.at >= $1 AND a.at < $2
		AND (CAST($3 AS TEXT) = '' OR a.consulate = $3 OR a.district = $3) AND ($4 = 0 OR a.state = $4)`
	selectArchive = `SELECT ` + alertColumns + archiveFrom + ` ORDER BY a.at DESC, a.id DESC LIMIT $5 OFFSET $6`
	countArchive  = `SELECT count(*)` + archiveFrom
)

// Found is what a search came to: at most maxFound people, and how many there are.
type Found struct {
	Profiles []gateway.Profile
	Wards    []gateway.Profile // who name the phone as a contact
	Alerts   []gateway.Alert   // of these people, of the phone, of the reference: ended ones, too
	Count    int               // of all that were found, at most maxCounted
	More     bool              // there are more than Count

	// Mark is what the search is written down as: a keyed hash, in hexadecimal
	// digits. The same search has the same mark for as long as the lookup key is
	// the same, and without the key no mark tells what it is of.
	Mark string
}

// Shown is how many people are here.
func (f Found) Shown() int { return len(f.Profiles) + len(f.Wards) }

// mark is the mark of a search for anything of the words, in whatever order.
func (s *Store) mark(words ...string) string {
	words = slices.Clone(words)
	slices.Sort(words)
	return hex.EncodeToString(s.hash(hashSearch, "for "+strings.Join(words, " "))[:markBytes])
}

// markBytes tells a program's searches apart for ever.
const markBytes = 8

// FindByPhones finds the profiles that are registered with one of the phones,
// and those that name one of them as a contact.
func (s *Store) FindByPhones(ctx context.Context, phones []gateway.Phone) (Found, error) {
	phones = firstOf(phones)
	words := make([]string, len(phones))
	for i, phone := range phones {
		words[i] = string(phone)
	}
	return s.find(ctx, words, func(r *reading, f *Found) {
		for _, phone := range phones {
			r.ask(selectProfileByPhone, r.profiles(&f.Profiles), lookupPhone(hashProfile, phone))
			r.ask(selectProfileByFormer, r.profiles(&f.Profiles), lookupPhone(hashFormer, phone))
			r.ask(selectWards, r.profiles(&f.Wards), lookupPhone(hashContact, phone), int64(maxCounted+1))
			r.ask(selectToldTo, r.alerts(f), lookupPhone(hashRecipient, phone), int64(maxOfPhone))
			r.ask(selectConversation, func(row row) error {
				conv, err := r.conversation(row)
				for _, id := range conv.Raised {
					r.ask(selectAlert, r.alerts(f), id[:])
				}
				return err
			}, lookupPhone(hashConversation, phone))
		}
	}, nil)
}

// FindByRef finds the alerts of a reference, open or not.
func (s *Store) FindByRef(ctx context.Context, ref gateway.Ref) (Found, error) {
	return s.find(ctx, []string{ref.Digits()}, func(r *reading, f *Found) { r.ask(selectAlertByRef, r.alerts(f), int64(ref)) }, nil)
}

// alerts adds alerts to what was found, each once.
func (r *reading) alerts(f *Found) func(row) error {
	return func(row row) error {
		a, err := r.alert(row)
		if err == nil && !a.Drill && !slices.ContainsFunc(f.Alerts, func(b gateway.Alert) bool { return b.ID == a.ID }) {
			f.Alerts = append(f.Alerts, a)
		}
		return err
	}
}

// FindByCode finds the profile of a personal code.
func (s *Store) FindByCode(ctx context.Context, code gateway.Code) (Found, error) {
	return s.find(ctx, []string{string(code)}, func(r *reading, f *Found) {
		r.ask(selectProfileByCode, r.profiles(&f.Profiles), lookup{hashCode, string(code)})
	}, nil)
}

// FindByName finds the profiles whose names hold all of the words, whole,
// whatever their case and accents; the newest first.
func (s *Store) FindByName(ctx context.Context, name string) (Found, error) {
	words := nameWords(name)
	if len(words) == 0 {
		return Found{Mark: s.mark()}, nil
	}
	// The longest are the rarest, mostly.
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	args := make([]any, 0, nameMost+1)
	for i := range nameMost {
		args = append(args, lookup{hashName, words[min(i, len(words)-1)]})
	}
	args = append(args, int64(maxCounted+1))
	return s.find(ctx, words, func(r *reading, f *Found) {
		r.ask(selectProfilesByName, r.profiles(&f.Profiles), args...)
	}, words)
}

// find asks for people, then for their alerts; and for those of people who are not
// registered whose names hold all of the words in name.
func (s *Store) find(ctx context.Context, words []string, ask func(*reading, *Found), name []string) (Found, error) {
	var f Found
	err := s.read(ctx, func(snap *snapshot) error {
		f = Found{}
		r := reading{Store: s, now: s.clock()}
		ask(&r, &f)
		if err := r.run(snap); err != nil {
			return err
		}
		for i := range f.Profiles[:min(len(f.Profiles), maxFound)] {
			r.ask(selectAlertsAll, r.alerts(&f), f.Profiles[i].ID[:], int64(maxOfPerson))
		}
		if len(name) > 0 {
			for _, state := range gateway.AlertStates {
				r.ask(selectStrangers, func(row row) error {
					a, err := r.alert(row)
					has := nameWords(a.Name)
					if err == nil && !slices.ContainsFunc(name, func(w string) bool { return !slices.Contains(has, w) }) {
						f.Alerts = append(f.Alerts, a)
					}
					return err
				}, int64(state), int64(maxStrangers))
			}
		}
		return r.run(snap)
	})
	if err != nil {
		return Found{}, fmt.Errorf("find profiles: %w", err)
	}
	f.Count = f.Shown()
	if f.Count > maxCounted {
		f.Count, f.More = maxCounted, true
	}
	slices.SortStableFunc(f.Alerts, func(a, b gateway.Alert) int {
		if a.Open() != b.Open() { // those that still need somebody
			if a.Open() {
				return -1
			}
			return 1
		}
		return b.At.Compare(a.At)
	})
	f.Profiles = f.Profiles[:min(len(f.Profiles), maxFound)]
	f.Wards = f.Wards[:min(len(f.Wards), maxFound-len(f.Profiles))]
	f.Mark = s.mark(words...)
	return f, nil
}

// ArchiveQuery is a page of the alerts that have ended.
type ArchiveQuery struct {
	Since, Until time.Time          // when they were raised: from, and before
	Consulate    string             // id, of who was told or of the place; "": all
	State        gateway.AlertState // how they ended; 0: either way
	Page, Size   int                // from 0
}

// Archive reads a page of the alerts that have ended, the newest first, with all
// that hangs on them but the words of what was sent, and how many there are.
func (s *Store) Archive(ctx context.Context, q ArchiveQuery) (cases []gateway.Case, total int, err error) {
	r := reading{Store: s, now: s.clock()}
	err = s.read(ctx, func(snap *snapshot) error {
		r.view, total = gateway.View{}, 0
		by := []any{micros(q.Since), micros(q.Until), q.Consulate, int64(q.State)}
		r.ask(countArchive, func(row row) error { total = int(row.int(0)); return nil }, by...)
		r.ask(selectArchive, r.addCase, append(by, int64(q.Size), int64(max(q.Page, 0)*q.Size))...)
		if err := r.run(snap); err != nil {
			return err
		}
		r.askBoardCases()
		return r.run(snap)
	})
	if err != nil {
		return nil, 0, fmt.Errorf("read archive: %w", err)
	}
	return r.view.Cases, total, nil
}

// Person is a profile with what happened to it.
type Person struct {
	gateway.Profile
	Alerts  []gateway.Alert // drills included; the newest first, at most 20
	History []Happened
}

// Person reads a profile by id; nil where there is none.
func (s *Store) Person(ctx context.Context, id gateway.ID) (*Person, error) {
	var p *Person
	err := s.read(ctx, func(snap *snapshot) error {
		p = nil
		r := reading{Store: s, now: s.clock()}
		r.ask(selectProfile, func(row row) error {
			profile, err := r.profile(row)
			p = &Person{Profile: profile}
			return err
		}, id[:])
		if err := r.run(snap); err != nil || p == nil {
			return err
		}
		r.ask(selectAlertsAll, func(row row) error {
			a, err := r.alert(row)
			p.Alerts = append(p.Alerts, a)
			return err
		}, id[:], int64(maxAlerts))
		r.askHistory(id, &p.History)
		return r.run(snap)
	})
	if err != nil {
		return nil, fmt.Errorf("read person: %w", err)
	}
	return p, nil
}

// ProfilesByID reads the profiles that are kept of a list of ids.
func (s *Store) ProfilesByID(ctx context.Context, ids []gateway.ID) (map[gateway.ID]gateway.Profile, error) {
	found := map[gateway.ID]gateway.Profile{}
	err := s.read(ctx, func(snap *snapshot) error {
		r := reading{Store: s, now: s.clock()}
		for _, id := range ids {
			r.ask(selectProfile, func(row row) error {
				p, err := r.profile(row)
				found[p.ID] = p
				return err
			}, id[:])
		}
		return r.run(snap)
	})
	if err != nil {
		return nil, fmt.Errorf("read profiles: %w", err)
	}
	return found, nil
}

// RefsByID reads the references that are kept of a list of alerts.
func (s *Store) RefsByID(ctx context.Context, ids []gateway.ID) (map[gateway.ID]gateway.Ref, error) {
	found := map[gateway.ID]gateway.Ref{}
	err := s.read(ctx, func(snap *snapshot) error {
		list := make([]statement, 0, len(ids))
		for _, id := range ids {
			list = append(list, statement{sql: `SELECT ref FROM alert WHERE id = $1`, args: []any{id[:]}, each: func(row row) error {
				if row[0] != nil {
					found[id] = gateway.Ref(row.int(0))
				}
				return nil
			}})
		}
		return snap.read(list...)
	})
	if err != nil {
		return nil, fmt.Errorf("read references: %w", err)
	}
	return found, nil
}

const (
	selectHistory = `SELECT subject, seq, at, body, kind FROM ledger WHERE subject = $1 ORDER BY seq DESC LIMIT $2`

	selectAudit = `SELECT subject, seq, at, body, kind FROM ledger
		WHERE kind = 'agent' AND at >= $1 AND at < $2 AND (CAST($3 AS TEXT) = '' OR what = $3) ORDER BY at DESC, subject DESC, seq DESC LIMIT $4`
	selectAuditOf = `SELECT subject, seq, at, body, kind FROM ledger
		WHERE subject = $1 AND at >= $2 AND at < $3 AND (CAST($4 AS TEXT) = '' OR what = $4) ORDER BY seq DESC LIMIT $5`
)

// askHistory asks for the newest rows of one chain, the newest first.
func (r *reading) askHistory(subject gateway.ID, to *[]Happened) {
	r.ask(selectHistory, r.happened(to), subject[:], int64(maxHistory))
}

func (r *reading) happened(to *[]Happened) func(row) error {
	return func(row row) error {
		h := Happened{Subject: row.id(0), Seq: row.int(1), At: row.time(2)}
		// One entry that somebody has spoilt must not hide all the others.
		var kept ledgerBody
		body := row.bytes(3)
		if h.Lost = body == nil || r.open("ledger", ledgerID(h.Subject[:], h.Seq), body, &kept) != nil; !h.Lost {
			for _, e := range kept.Entries {
				h.Entries = append(h.Entries, gateway.Entry{
					Subject: gateway.SubjectKind(row.text(4)), ID: h.Subject, Kind: e.Kind, Actor: e.Actor, Detail: e.Detail,
				})
			}
		}
		*to = append(*to, h)
		return nil
	}
}

// AuditQuery is which of the agents' acts are meant.
type AuditQuery struct {
	Agent        gateway.ID // zero: all
	What         string     // "": everything
	Since, Until int64      // microseconds since 1970
	Limit        int
}

// Audit reads what agents did, the newest first.
func (s *Store) Audit(ctx context.Context, q AuditQuery) ([]Happened, error) {
	var list []Happened
	err := s.read(ctx, func(snap *snapshot) error {
		list = nil
		r := reading{Store: s, now: s.clock()}
		if q.Agent.IsZero() {
			r.ask(selectAudit, r.happened(&list), q.Since, q.Until, q.What, int64(q.Limit))
		} else {
			r.ask(selectAuditOf, r.happened(&list), q.Agent[:], q.Since, q.Until, q.What, int64(q.Limit))
		}
		return r.run(snap)
	})
	if err != nil {
		return nil, fmt.Errorf("read audit: %w", err)
	}
	return list, nil
}

// boardSQL is a statement of the board with its filter.
func boardSQL(sql string, only BoardOnly) string {
	return strings.Replace(sql, "{filter}", boardFilters[only], 1)
}
