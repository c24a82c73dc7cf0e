package store

import (
	"context"
	"fmt"
	"time"

	"aviso/gateway"
)

// What the console reads. Nothing is decided here, and every list is bounded.

const (
	// A page of the board. {filter} is one of boardFilters.
	selectBoard = `SELECT ` + alertColumns + ` FROM alert a
		WHERE a.state = 1 AND a.drill = 0 AND a.seq > 0 AND (CAST($1 AS TEXT) = '' OR a.consulate = $1 OR a.district = $1) {filter}
		ORDER BY a.at DESC, a.id DESC LIMIT $2 OFFSET $3`
	countBoard = `SELECT count(*) FROM alert a
		WHERE a.state = 1 AND a.drill = 0 AND a.seq > 0 AND (CAST($1 AS TEXT) = '' OR a.consulate = $1 OR a.district = $1) {filter}`
	selectEnded = `SELECT ` + alertColumns + ` FROM alert a
		WHERE a.state IN (2, 3) AND a.drill = 0 AND a.seq > 0 AND a.at >= $1 AND (CAST($2 AS TEXT) = '' OR a.consulate = $2 OR a.district = $2)
		ORDER BY a.at DESC, a.id DESC LIMIT $3 OFFSET $4`
	countEnded = `SELECT count(*) FROM alert a
		WHERE a.state IN (2, 3) AND a.drill = 0 AND a.seq > 0 AND a.at >= $1 AND (CAST($2 AS TEXT) = '' OR a.consulate = $2 OR a.district = $2)`

	selectSent   = `SELECT ` + attemptColumns + ` FROM attempt t WHERE t.alert = $1 AND t.recipient IS NOT NULL ORDER BY t.id DESC LIMIT $2`
	selectNewest = `SELECT a.id, a.at FROM alert a WHERE a.state = 1 AND a.drill = 0 ORDER BY a.at DESC, a.id DESC LIMIT 1`
	selectNews   = `SELECT a.id FROM alert a WHERE a.state = 1 AND a.drill = 0
		AND NOT EXISTS (SELECT 1 FROM incident i WHERE i.ended = 0 AND i.consulate = a.district AND a.at >= i.since) ORDER BY a.at DESC, a.id DESC LIMIT 1`
	countTasks     = `SELECT count(*), CAST(sum(CASE WHEN k.urgent = 1 AND k.state = 1 THEN 1 ELSE 0 END) AS BIGINT) FROM task k WHERE k.state < 3`
	selectAllTasks = `SELECT ` + taskColumns + ` FROM task k WHERE k.alert = $1 ORDER BY k.id LIMIT $2`
	// known: somebody has confirmed the alert.
	selectOpenTasks = `SELECT ` + taskColumns + `, CASE WHEN EXISTS (SELECT 1 FROM recipient r WHERE r.alert = k.alert AND r.state = 2) THEN 1 ELSE 0 END AS known
		FROM task k WHERE k.state < 3 ORDER BY k.at, k.id LIMIT $1 OFFSET $2`
	selectPressing = `SELECT ` + taskColumns + `, CASE WHEN EXISTS (SELECT 1 FROM recipient r WHERE r.alert = k.alert AND r.state = 2) THEN 1 ELSE 0 END AS known
		FROM task k WHERE k.state < 3 AND (k.state = 2 OR k.kind = 'duress') ORDER BY k.at, k.id LIMIT $1`
	selectRaided = `SELECT ` + alertColumns + ` FROM alert a
		WHERE a.id >= $1 AND a.district = $2 AND a.drill = 0 AND a.seq > 0 AND a.at >= $3 AND a.at <= $4 ORDER BY a.id LIMIT $5`
	selectOneTask    = `SELECT ` + taskColumns + ` FROM task k WHERE k.id = $1`
	selectAlertByRef = `SELECT ` + alertColumns + ` FROM alert a WHERE a.ref = $1 AND a.seq > 0`
	selectAlertsAll  = `SELECT ` + alertColumns + ` FROM alert a WHERE a.profile = $1 ORDER BY a.id DESC LIMIT $2`

	// What moves when anything that the board shows does.
	selectTide = `SELECT (SELECT count(*) FROM alert WHERE state = 1), (SELECT CAST(sum(seq) AS BIGINT) FROM alert WHERE state = 1),
		(SELECT CAST(sum(seq) AS BIGINT) FROM task WHERE state < 3), (SELECT count(*) FROM task WHERE state < 3),
		(SELECT max(at) FROM ringing WHERE at >= $1), (SELECT CAST(sum(seq) AS BIGINT) FROM ringing WHERE at >= $1 AND ended = 0),
		(SELECT count(*) FROM timer WHERE kind IN ('act', 'act-void')), (SELECT max(due) FROM timer WHERE kind IN ('act', 'act-void'))`
)

// boardFilters narrow the board to what still needs somebody.
var boardFilters = map[BoardOnly]string{
	BoardAll:     "",
	BoardWaiting: `AND NOT EXISTS (SELECT 1 FROM recipient r WHERE r.alert = a.id AND r.state = 2)`,
	BoardFailed: `AND (EXISTS (SELECT 1 FROM recipient r WHERE r.alert = a.id AND r.state = 3)
		OR EXISTS (SELECT 1 FROM attempt t JOIN recipient r ON r.id = t.recipient
			WHERE t.alert = a.id AND r.state = 1 AND (t.state = 4 OR t.rank = 4)))`,
}

// BoardOnly says which open alerts are meant.
type BoardOnly string

const (
	BoardAll     BoardOnly = ""
	BoardWaiting BoardOnly = "waiting" // nobody has confirmed
	BoardFailed  BoardOnly = "failed"  // something did not arrive at somebody who has not confirmed
	BoardEnded   BoardOnly = "ended"   // not open: those of the last two days that have ended
)

// boardEnded is how long ended alerts can be looked at on the board.
const boardEnded = 48 * time.Hour

// BoardQuery is a page of the board.
type BoardQuery struct {
	Only      BoardOnly
	Consulate string // id, of who is told or of the place; "": all
	Page      int    // from 0
	Size      int
}

// Board is one page of alerts, newest first, with all that hangs on them but
// the words of what was sent.
type Board struct {
	Cases []gateway.Case
	Total int // over all pages

	// Counts are of each that the board can be narrowed to, for the same
	// consulate.
	Counts map[BoardOnly]int
}

// Board reads a page of the board.
func (s *Store) Board(ctx context.Context, q BoardQuery) (Board, error) {
	var b Board
	r := reading{Store: s, now: s.clock()}
	page, size := int64(max(q.Page, 0)), int64(q.Size)
	err := s.read(ctx, func(snap *snapshot) error {
		r.view = gateway.View{}
		b.Counts = map[BoardOnly]int{}
		count := func(only BoardOnly) func(row) error {
			return func(row row) error { b.Counts[only] = int(row.int(0)); return nil }
		}
		since := micros(r.now.Add(-boardEnded))
		for only := range boardFilters {
			r.ask(boardSQL(countBoard, only), count(only), q.Consulate)
		}
		r.ask(countEnded, count(BoardEnded), since, q.Consulate)
		if q.Only == BoardEnded {
			r.ask(selectEnded, r.addCase, since, q.Consulate, size, page*size)
		} else {
			r.ask(boardSQL(selectBoard, q.Only), r.addCase, q.Consulate, size, page*size)
		}
		if err := r.run(snap); err != nil {
			return err
		}
		r.askBoardCases()
		return r.run(snap)
	})
	if err != nil {
		return Board{}, fmt.Errorf("read board: %w", err)
	}
	b.Cases, b.Total = r.view.Cases, b.Counts[q.Only]
	return b, nil
}

// askBoardCases asks for what hangs on the cases that were read, but the words of
// what was sent.
func (r *reading) askBoardCases() {
	for i := range r.view.Cases {
		c := &r.view.Cases[i]
		r.ask(selectRecipients, func(row row) error {
			x, err := r.recipient(row, 0)
			c.Recipients = append(c.Recipients, x)
			return err
		}, c.Alert.ID[:], int64(maxRecipients))
		r.ask(selectSent, func(row row) error {
			c.Attempts = append(c.Attempts, attemptClear(row))
			return nil
		}, c.Alert.ID[:], int64(maxAttempts))
		r.ask(selectTasks, func(row row) error {
			x, err := r.task(row)
			c.Tasks = append(c.Tasks, x)
			return err
		}, c.Alert.ID[:], int64(maxTasks))
	}
}

// Raided reads the alerts of an incident, at most so many, the oldest first, as
// Board does.
func (s *Store) Raided(ctx context.Context, i *gateway.Incident, most int) ([]gateway.Case, error) {
	r := reading{Store: s, now: s.clock()}
	until := i.Ended
	if until.IsZero() {
		until = r.now
	}
	err := s.read(ctx, func(snap *snapshot) error {
		r.view = gateway.View{}
		r.ask(selectRaided, r.addCase, firstID(i.Since), i.Consulate, micros(i.Since), micros(until), int64(most))
		if err := r.run(snap); err != nil {
			return err
		}
		r.askBoardCases()
		return r.run(snap)
	})
	if err != nil {
		return nil, fmt.Errorf("read incident: %w", err)
	}
	return r.view.Cases, nil
}

// Pulse is what stands at the head of every page.
type Pulse struct {
	Open    int // alerts
	Tasks   int
	Urgent  int        // tasks that nobody has taken
	Newest  gateway.ID // alert
	At      time.Time  // when that was raised
	News    gateway.ID // the newest alert of no open incident: of those one learns by the incident, once
	Ringing []gateway.Ringing

	// Waiting are acts that agents and desks can still undo, and those that could
	// not be carried out, the next first.
	Waiting []gateway.Timer
}

// maxCalls bounds how many calls that are put through are read.
const maxCalls = 20

// maxActs bounds how many acts that wait are read.
const maxActs = 100

// Pulse reads the numbers of now.
func (s *Store) Pulse(ctx context.Context) (Pulse, error) {
	var p Pulse
	err := s.read(ctx, func(snap *snapshot) error {
		p = Pulse{}
		return snap.read(
			statement{sql: boardSQL(countBoard, BoardAll), args: []any{""}, each: func(row row) error {
				p.Open = int(row.int(0))
				return nil
			}},
			statement{sql: selectNewest, each: func(row row) error {
				p.Newest, p.At = row.id(0), row.time(1)
				return nil
			}},
			statement{sql: selectNews, each: func(row row) error {
				p.News = row.id(0)
				return nil
			}},
			statement{sql: countTasks, each: func(row row) error {
				p.Tasks, p.Urgent = int(row.int(0)), int(row.int(1))
				return nil
			}},
			statement{sql: selectRinging, args: []any{micros(s.clock().Add(-gateway.RingingFor)), int64(maxCalls)}, each: func(row row) error {
				x, err := s.ringing(row)
				p.Ringing = append(p.Ringing, x)
				return err
			}},
			statement{sql: selectWaiting, args: []any{int64(maxActs)}, each: func(row row) error {
				t, err := s.timer(row)
				p.Waiting = append(p.Waiting, t)
				return err
			}},
		)
	})
	if err != nil {
		return Pulse{}, fmt.Errorf("read pulse: %w", err)
	}
	return p, nil
}

// Tide is a number that another one follows whenever an open alert, a task or
// a call that is put through has changed, on whichever node. It is cheap enough
// to be asked for every second.
func (s *Store) Tide(ctx context.Context) (string, error) {
	var tide string
	err := s.read(ctx, func(snap *snapshot) error {
		return snap.read(statement{sql: selectTide, args: []any{micros(s.clock().Add(-gateway.RingingFor))}, each: func(row row) error {
			tide = fmt.Sprint(row)
			return nil
		}})
	})
	if err != nil {
		return "", fmt.Errorf("read tide: %w", err)
	}
	return tide, nil
}

// Record is an alert with everything that happened to it and was written.
type Record struct {
	gateway.Case // with the tasks that are done as well
	Profile      *gateway.Profile
	Linked       gateway.Ref // of the earlier alert of the same person; 0: none
	History      []Happened
	Silenced     map[gateway.Phone]bool // of the person's own phone and the one that raised it
}

// Happened is one row of an audit chain.
type Happened struct {
	Subject gateway.ID
	Seq     int64
	At      time.Time
	Entries []gateway.Entry // empty: the subject changed, and there was nothing to say
	Lost    bool            // what it said was taken out, or does not open
}

// maxHistory bounds what is read of one chain, the newest rows.
const maxHistory = 500

// RecordByRef reads an alert by its reference; nil where there is none.
func (s *Store) RecordByRef(ctx context.Context, ref gateway.Ref) (*Record, error) {
	return s.record(ctx, selectAlertByRef, int64(ref))
}

// RecordByID reads an alert by its id; nil where there is none.
func (s *Store) RecordByID(ctx context.Context, id gateway.ID) (*Record, error) {
	return s.record(ctx, selectAlert, id[:])
}

func (s *Store) record(ctx context.Context, sql string, arg any) (*Record, error) {
	var rec *Record
	err := s.read(ctx, func(snap *snapshot) error {
		rec = nil
		r := reading{Store: s, now: s.clock()}
		r.ask(sql, r.addCase, arg)
		if err := r.run(snap); err != nil || len(r.view.Cases) == 0 {
			return err
		}
		rec = &Record{Silenced: map[gateway.Phone]bool{}}
		c := &r.view.Cases[0]
		r.askCase(c)
		c.Tasks = nil
		// askCase asks for tasks that are open; here all are shown.
		r.list[len(r.list)-1] = statement{sql: selectAllTasks, args: []any{c.Alert.ID[:], int64(maxTasks)}, each: func(row row) error {
			t, err := r.task(row)
			c.Tasks = append(c.Tasks, t)
			return err
		}}
		if !c.Alert.Profile.IsZero() {
			r.ask(selectProfile, r.oneProfile(&rec.Profile), c.Alert.Profile[:])
		}
		if !c.Alert.Linked.IsZero() {
			r.ask(selectAlert, func(row row) error {
				a, err := r.alert(row)
				rec.Linked = a.Ref
				return err
			}, c.Alert.Linked[:])
		}
		r.askHistory(c.Alert.ID, &rec.History)
		if err := r.run(snap); err != nil {
			return err
		}
		rec.Case = *c
		phones := []gateway.Phone{c.Alert.Phone}
		if rec.Profile != nil {
			phones = append(phones, rec.Profile.Phone)
		}
		for _, phone := range phones {
			if phone == "" {
				continue
			}
			r.ask(selectConversation, func(row row) error {
				conv, err := r.conversation(row)
				rec.Silenced[phone] = !conv.Silenced.IsZero()
				return err
			}, lookupPhone(hashConversation, phone))
		}
		return r.run(snap)
	})
	if err != nil {
		return nil, fmt.Errorf("read alert: %w", err)
	}
	return rec, nil
}

// TaskLine is a task with the alert that it belongs to.
type TaskLine struct {
	gateway.Task
	Known   bool // somebody has confirmed its alert
	Of      *gateway.Alert
	Profile *gateway.Profile
}

// Tasks reads a page of the tasks that are not done, the oldest first, and how many
// there are. On the first page are also those that agents have taken, and duress,
// however young they are.
func (s *Store) Tasks(ctx context.Context, page, size int) (list []TaskLine, total int, err error) {
	err = s.read(ctx, func(snap *snapshot) error {
		list, total = nil, 0
		r := reading{Store: s, now: s.clock()}
		r.ask(countTasks, func(row row) error { total = int(row.int(0)); return nil })
		have := map[gateway.ID]bool{}
		add := func(row row) error {
			t, err := r.task(row)
			if !have[t.ID] {
				have[t.ID] = true
				list = append(list, TaskLine{Task: t, Known: row.flag(9)})
			}
			return err
		}
		if page <= 0 {
			r.ask(selectPressing, add, int64(size))
		}
		r.ask(selectOpenTasks, add, int64(size), int64(max(page, 0)*size))
		if err := r.run(snap); err != nil {
			return err
		}
		for i := range list {
			r.askTaskLine(&list[i])
		}
		return r.run(snap)
	})
	if err != nil {
		return nil, 0, fmt.Errorf("read tasks: %w", err)
	}
	return list, total, nil
}

// Task reads one task; nil where there is none.
func (s *Store) Task(ctx context.Context, id gateway.ID) (*TaskLine, error) {
	var line *TaskLine
	err := s.read(ctx, func(snap *snapshot) error {
		line = nil
		r := reading{Store: s, now: s.clock()}
		r.ask(selectOneTask, func(row row) error {
			t, err := r.task(row)
			line = &TaskLine{Task: t}
			return err
		}, id[:])
		if err := r.run(snap); err != nil || line == nil {
			return err
		}
		r.askTaskLine(line)
		return r.run(snap)
	})
	if err != nil {
		return nil, fmt.Errorf("read task: %w", err)
	}
	return line, nil
}

func (r *reading) askTaskLine(line *TaskLine) {
	if !line.Alert.IsZero() {
		r.ask(selectAlert, func(row row) error {
			a, err := r.alert(row)
			line.Of = &a
			return err
		}, line.Alert[:])
	}
	if id := line.Task.Profile; !id.IsZero() {
		r.ask(selectProfile, r.oneProfile(&line.Profile), id[:])
	}
}
