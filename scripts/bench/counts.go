package main

import (
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"

	_ "github.com/mattn/go-sqlite3" // reads the counts
)

// countAlerts are raised one after the other, so that every run counts the same;
// so few that the log is not begun anew meanwhile.
const countAlerts = 100

// tally is what a database holds.
type tally struct {
	rows, entries int64
	pages         int64 // of the write-ahead log
}

// counts tells how many rows and index entries an alert leaves, and how much it
// adds to the log: figures that no neighbour on the machine changes.
func (b *bench) counts() error {
	db, err := b.few()
	if err != nil {
		return err
	}
	g, err := b.serve("counts", db, oneSlow)
	if err != nil {
		return err
	}
	before, err := count(db.dsn)
	if err != nil {
		return err
	}
	requests := newBatch(db, countAlerts)
	o, err := flood(b.ctx, g.addr, 1, 0, answerBudget, requests, received)
	db.next += o.used
	if err != nil {
		return err
	}
	after, err := count(db.dsn)
	if err != nil {
		return err
	}
	if after.pages <= before.pages || o.used < countAlerts {
		return errors.New("the log was begun anew, or people are too few")
	}
	each := func(name string, n, was int64) { b.figures.set(name, float64(n-was)/countAlerts) }
	each("alert_rows", after.rows, before.rows)
	each("alert_index_entries", after.entries, before.entries)
	each("alert_log_bytes", after.pages*logPage, before.pages*logPage)
	return g.stop()
}

// logPage is a page of the log with its header, in bytes.
const logPage = 4096 + 24

// partial is what an index leaves out.
var partial = regexp.MustCompile(`(?is)\bWHERE\b(.*)$`)

// count counts rows, the entries of every index and the pages of the log.
func count(path string) (t tally, err error) {
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=rw&_busy_timeout=5000")
	if err != nil {
		return t, err
	}
	defer db.Close()
	rows, err := db.Query(`SELECT type, tbl_name, coalesce(sql, '') FROM sqlite_master WHERE type IN ('table', 'index')`)
	if err != nil {
		return t, err
	}
	defer rows.Close()
	var tables, indexes []string
	for rows.Next() {
		var kind, table, text string
		if err := rows.Scan(&kind, &table, &text); err != nil {
			return t, err
		}
		from := `(SELECT count(*) FROM "` + table + `"`
		if kind == "table" {
			tables = append(tables, from+")")
			continue
		}
		if where := partial.FindStringSubmatch(text); where != nil {
			from += " WHERE " + where[1]
		}
		indexes = append(indexes, from+")")
	}
	if err := rows.Err(); err != nil {
		return t, err
	}
	sum := fmt.Sprintf("SELECT %s, %s", strings.Join(tables, "+"), strings.Join(indexes, "+"))
	if err := db.QueryRow(sum).Scan(&t.rows, &t.entries); err != nil {
		return t, err
	}
	var busy, folded int64
	return t, db.QueryRow(`PRAGMA wal_checkpoint(NOOP)`).Scan(&busy, &t.pages, &folded)
}
