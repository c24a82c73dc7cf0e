package store

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"
)

// A group of Turns is a list of statements most of which are the same ones, row
// after row, and a database begins and ends each anew. So the rows of a group are
// given to one statement of each kind, as arrays, which PostgreSQL takes; the text
// of it is made from that of one row. SQLite takes them one by one, kind by kind:
// what it has just used of a table and its indexes is at hand. (An INSERT of
// several rows costs it an eighth more.)
//
// The Turns of a group are nobody's before or after, so that they may be run in
// any order, and all rows of a kind together. What would make the order count
// keeps a Turn apart (batchable): it is run behind the others, statement by
// statement. Two changes to one row never share an UPDATE, which would make one
// of them and say nothing of the other.

// batch is a statement for any number of rows.
type batch struct {
	one   string
	types string // of its arguments: b BYTEA, i BIGINT, t TEXT
	key   int    // of a change to a row: the argument that names the row, from 1
	place int    // in the order in which a group's are run
	sql   string // with arrays
}

// batches are the statements that take rows, in the order in which a Turn has
// them: what guards stands first, what a profile was found by goes before what it
// is found by comes.
var batches = batchesOf([]batch{
	{one: insertInbound, types: "bibtii"},
	{one: insertLedger, types: "bittibbb"},
	{one: guardConversation, types: "b"},
	{one: insertConversation, types: "bibib"},
	{one: updateConversation, types: "iiibb", key: 5},
	{one: insertProfile, types: "bbibbbbi"},
	{one: dropFingers, types: "bb", key: 1},
	{one: updateProfile, types: "ibibbbbb", key: 8},
	{one: insertFinger, types: "bib"},
	{one: insertAlert, types: "bbibitiiibt"},
	{one: updateAlert, types: "ibibitiiibtb", key: 12},
	{one: insertRecipient, types: "bbiiiibb"},
	{one: updateRecipient, types: "iiiiibbbb", key: 9},
	{one: insertAttempt, types: "bbbiiiiiiiiiiitttitiib"},
	{one: updateAttempt, types: "iiiiiiiiiiiitttitiib", key: 20},
	{one: insertTimer, types: "btbbib"},
	{one: dropTimer, types: "b", key: 1},
	{one: insertTask, types: "btiibbib"},
	{one: updateTask, types: "itiibbibb", key: 9},
	{one: insertTexted, types: "biibb"},
	{one: touchAlert, types: "ibb", key: 3},
	{one: touchProfile, types: "ibb", key: 3},
})

func batchesOf(list []batch) map[string]*batch {
	all := map[string]*batch{}
	for i := range list {
		b := &list[i]
		b.place, b.sql = i, arrays(b.one, b.types)
		all[b.one] = b
	}
	return all
}

var argument = regexp.MustCompile(`\$(\d+)`)

// arrays turns a statement for one row into one for as many as its arrays have.
func arrays(sql, types string) string {
	rows, columns := make([]string, len(types)), make([]string, len(types))
	for i := range types {
		number := strconv.Itoa(i + 1)
		rows[i], columns[i] = "$"+number+"::"+arrayTypes[types[i]], "c"+number
	}
	from := " unnest(" + strings.Join(rows, ", ") + ") AS u (" + strings.Join(columns, ", ") + ") "
	sql = argument.ReplaceAllString(sql, "u.c$1")
	if before, values, ok := strings.Cut(sql, "VALUES ("); ok {
		values, conflict, _ := strings.Cut(values, " ON CONFLICT")
		if conflict != "" {
			conflict = "ON CONFLICT" + conflict
		}
		return before + "SELECT " + strings.TrimSuffix(values, ")") + " FROM" + from + conflict
	}
	word := " FROM"
	if strings.HasPrefix(sql, "DELETE") {
		word = " USING"
	}
	before, where, _ := strings.Cut(sql, " WHERE ")
	return before + word + from + "WHERE " + where
}

var arrayTypes = map[byte]string{'b': "bytea[]", 'i': "bigint[]", 't': "text[]"}

// array makes the argument that holds one column of many rows.
func array(kind byte, rows [][]any, column int) any {
	switch kind {
	case 'b':
		list := make([][]byte, len(rows))
		for i, row := range rows {
			list[i], _ = row[column].([]byte)
		}
		return list
	case 't':
		list := make([]pgtype.Text, len(rows))
		for i, row := range rows {
			list[i].String, list[i].Valid = row[column].(string)
		}
		return list
	}
	list := make([]pgtype.Int8, len(rows))
	for i, row := range rows {
		list[i].Int64, list[i].Valid = row[column].(int64)
	}
	return list
}

// sent is what a group's transaction consists of.
type sent struct {
	list   []statement
	owners []int // of each statement: its unit; severalOwners
}

// severalOwners is what a statement belongs to that has rows of several units.
const severalOwners = -1

func (s *sent) add(owner int, st statement) {
	s.list, s.owners = append(s.list, st), append(s.owners, owner)
}

// singly adds the statements of a unit as they are, behind a fence where the
// unit before it stands behind another one.
func (s *sent) singly(group []*unit, i int) {
	for st := range group[i].fenced(group[:i]) {
		s.add(i, *st)
	}
}

// kind are the rows of a group that one statement takes.
type kind struct {
	*batch
	means  error
	args   [][]any
	owners []int
}

// owner is whose the rows are.
func (k *kind) owner() int {
	for _, o := range k.owners {
		if o != k.owners[0] {
			return severalOwners
		}
	}
	return k.owners[0]
}

// arrays adds the rows for PostgreSQL.
func (s *sent) arrays(k *kind) {
	if len(k.args) == 1 {
		s.add(k.owners[0], statement{sql: k.one, means: k.means, args: k.args[0]})
		return
	}
	st := statement{sql: k.sql, means: k.means, args: make([]any, len(k.types))}
	for column := range k.types {
		st.args[column] = array(k.types[column], k.args, column)
	}
	s.add(k.owner(), st)
}

// rows adds the rows one by one, for SQLite.
func (s *sent) rows(k *kind) {
	for i, args := range k.args {
		s.add(k.owners[i], statement{sql: k.one, means: k.means, args: args})
	}
}

// gathered adds all units of a group, the rows of each kind together by add.
func (s *sent) gathered(group []*unit, add func(*kind)) {
	kinds := make([]kind, len(batches))
	taken := map[changed]bool{}
	var apart []int
	var before *unit
	for i, u := range group {
		if !u.batchable(taken) {
			apart = append(apart, i)
			continue
		}
		if u.force != nil && (before == nil || before.force != u.force) {
			s.add(i, fence(u.force.epoch))
		}
		before = u
		for j := range u.statements {
			st := &u.statements[j]
			b := batches[st.sql]
			k := &kinds[b.place]
			k.batch, k.means = b, st.means
			k.args, k.owners = append(k.args, st.args), append(k.owners, i)
		}
	}
	for i := range kinds {
		if kinds[i].batch != nil {
			add(&kinds[i])
		}
	}
	for _, i := range apart {
		// Its own fence: who stands before it is not who stands there in the group.
		if f := group[i].force; f != nil {
			s.add(i, fence(f.epoch))
		}
		for j := range group[i].statements {
			s.add(i, group[i].statements[j])
		}
	}
}

// changed is a row that is changed: by its table's statement and its id.
type changed struct{ sql, row string }

// batchable reports whether a unit's rows may stand beside those of others:
// whether all of its statements are of the kinds that take rows, and no other
// unit, nor it itself, has a change to one of its rows among them. What it
// changes is taken then.
func (u *unit) batchable(taken map[changed]bool) bool {
	var own []changed
	for i := range u.statements {
		st := &u.statements[i]
		b := batches[st.sql]
		if b == nil || st.each != nil || st.reset != nil {
			return false
		}
		if b.key == 0 {
			continue
		}
		row, _ := st.args[b.key-1].([]byte)
		c := changed{st.sql, string(row)}
		if taken[c] || slices.Contains(own, c) {
			return false
		}
		own = append(own, c)
	}
	for _, c := range own {
		taken[c] = true
	}
	return true
}
