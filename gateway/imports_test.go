package gateway_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Who may know whom. Tests are exempt: the rules are about what the product is made of.
//
// Packages are meant by patterns, several of them set apart by blanks: a path below the module's root or, of others, the
// import path; with /... at the end all that is below it as well. What one pattern means is one room, within which
// everybody may import everybody.

type (
	room struct{ who, ours, others, why string }
	rule struct{ who, what, why string }
)

// domain is what decides.
const domain = "gateway " + deciding + " gateway/strict gateway/digit gateway/gsm gateway/sheet gateway/keyword/... gateway/prose gateway/consulate/... gateway/numbering/... ivr/... templates/..."

// deciding are the rooms in which it is decided, lowest first.
const deciding = "gateway/decision gateway/escalation gateway/person gateway/texts gateway/calls gateway/acts"

// reading is what the rooms that decide read texts, keys and tables with.
const reading = "gateway/digit gateway/keyword gateway/prose gateway/consulate gateway/numbering ivr templates"

// drivers of databases, those that we use and those that one may be tempted to use.
const drivers = "github.com/mattn/go-sqlite3/... github.com/jackc/pgx/... github.com/lib/pq/... modernc.org/sqlite/..."

// carriers are the rooms that speak to the networks, those to come included.
const carriers = "gateway/carrier gateway/carrier/twilio/... gateway/carrier/kannel/... gateway/carrier/ussd/... gateway/carrier/sip/... gateway/carrier/smpp/... gateway/carrier/mail/..."

// rooms says of each package what it may import itself: of ours, and of other modules ("..." for anything). The standard
// library is open to all. The first row that means a package is its row; a package without one fails the test, so that
// whoever adds a room decides what it may know.
var rooms = []room{
	{"gateway/digit gateway/gsm gateway/strict", "", "",
		"small questions that are asked everywhere"},
	{"gateway/sheet", "gateway/digit", "golang.org/x/text/...",
		"a table is read without knowing what its columns mean"},
	{"gateway/consulate/... gateway/numbering/...", "gateway/digit gateway/sheet", "golang.org/x/text/...",
		"places and numbers stand alone, apart from how the files are written that they come from"},
	{"gateway/keyword/... templates/...", "gateway/digit gateway/gsm", "golang.org/x/text/...",
		"words and wordings stand alone, so that each can be read, tested and replaced by itself"},
	{"gateway/prose", "gateway/digit gateway/keyword", "",
		"people's own words are read without knowing what is decided on them"},
	{"ivr/...", "gateway/digit gateway/keyword/...", "golang.org/x/text/...",
		"a dialogue is data and pure steps; the same for voice and USSD"},
	{"gateway", "gateway/digit gateway/strict gateway/keyword/... gateway/prose gateway/consulate/... gateway/numbering/... ivr/... templates/...", "github.com/nyaruka/phonenumbers golang.org/x/text/... golang.org/x/crypto/argon2",
		"the domain's nouns, and what a text or a key says; how it is stored, sent or shown is for others to know"},
	{"gateway/decision", "gateway gateway/digit ivr templates", "",
		"a decision in the making decides nothing itself"},
	{"gateway/escalation", "gateway gateway/decision " + reading, "",
		"what becomes of an alert is the same whoever raised it, and by whatever medium"},
	{"gateway/person", "gateway gateway/decision gateway/escalation " + reading, "",
		"what a person does is the same by text and by keys"},
	{"gateway/texts", "gateway gateway/decision gateway/escalation gateway/person " + reading, "",
		"texts, calls and acts never reach each other: what more than one needs is a person's"},
	{"gateway/calls", "gateway gateway/decision gateway/escalation gateway/person " + reading, "",
		"texts, calls and acts never reach each other: what more than one needs is a person's"},
	{"gateway/acts", "gateway gateway/decision gateway/escalation gateway/person " + reading, "",
		"an agent's act makes up no text: what it does as a text does, a person does by whatever medium"},
	{"gateway/service", "gateway " + deciding + " " + reading, "",
		"the way of an event; it alone knows all rooms that decide"},
	{"store/storetest/...", "store/... gateway gateway/consulate gateway/numbering ivr", "...",
		"one conformance suite for both engines"},
	{"gateway/roster/...", "gateway gateway/digit gateway/sheet gateway/consulate gateway/numbering", "...",
		"files are read into the domain's nouns, and written from them"},
	{"store/...", "gateway gateway/digit gateway/consulate gateway/numbering ivr", "...",
		"they keep and read the domain's nouns, the table of consulates and a dialogue's state among them"},
	{"gateway/carrier/sim/...", "gateway gateway/digit gateway/gsm", "...",
		"the simulated carrier counts and charges as a real one does"},
	{"gateway/relay/... gateway/agent/...", "gateway", "...",
		"each does one thing for the domain, and speaks its nouns only"},
	{"gateway/carrier", "gateway", "",
		"it chooses between accounts, and knows no carrier"},
	{carriers, "gateway gateway/digit gateway/strict ivr/... templates/...", "...",
		"a carrier's room translates between its carrier and the domain"},
	{"gateway/watch", "gateway gateway/relay gateway/agent gateway/carrier gateway/carrier/twilio gateway/carrier/kannel store", "github.com/prometheus/client_golang/...",
		"it counts what others do, under their own words for it, and is asked by a handler"},
	{"gateway/web/console/atlas", "", "",
		"the shapes of a map stand alone"},
	{"gateway/web/console", "gateway gateway/acts gateway/agent gateway/consulate gateway/digit gateway/web gateway/web/console/atlas store templates", "github.com/labstack/echo/... golang.org/x/net/html golang.org/x/text/language",
		"pages show what the store reads, and hand acts to the domain; what guards them is the web's"},
	{"gateway/web", "gateway gateway/acts gateway/agent gateway/carrier gateway/carrier/twilio gateway/carrier/kannel gateway/carrier/ussd gateway/watch templates", "github.com/labstack/echo/... github.com/rs/zerolog golang.org/x/time/rate",
		"webhooks need no pages and read no store: the console is handed to them"},
	{"gateway/plan/...", "gateway gateway/relay gateway/strict", "...",
		"the planner plays the relay's own order over time that it makes up"},
	{"cmd/...", "...", "...",
		"wires everything together"},
	{"scripts/...", "...", "...",
		"tools of the builders, in no binary that is handed out"},
}

// only says who alone may import something itself.
var only = []rule{
	{"gateway/web/... scripts/bench/...", "github.com/labstack/echo/...",
		"a web framework is a detail of the edge, and can be exchanged there"},
	{"store/... scripts/bench/...", "database/sql/... " + drivers,
		"SQL and drivers have one home, where what is written is sealed; the benchmark counts rows there, and reads none"},
	{"cmd/...", "gateway/carrier/sim/...",
		"no real gateway may answer as the simulated carrier"},
	{"", "store/storetest/... gateway/carrier/kannel/kanneltest/...",
		"a test suite is for tests"},
}

// never says what must not be reached, on whatever way.
var never = []rule{
	{domain, "database/sql/... net/http/...",
		"decisions are pure: they can be tested by tables, and cannot wait for a disk or a network"},
	{domain, "github.com/labstack/echo/...",
		"the domain does not know how it is asked"},
	{domain, drivers,
		"the domain does not know where it is kept"},
	{"gateway/watch", "github.com/labstack/echo/... gateway/web/...",
		"what is watched does not know by whom, nor what shows it"},
	{"cmd/aviso", "github.com/stretchr/...",
		"what tests are made with is in no binary that is handed out; twilio-go's client brings a mock of its own along"},
}

// apart lists rooms of which none may reach another, on whatever way.
var apart = []struct{ who, why string }{
	{"gateway/texts gateway/calls gateway/acts",
		"texts, calls and acts never reach each other"},
	{"store/... gateway/relay/... " + carriers,
		"the record, the sending and each carrier can fail and be exchanged by themselves; they meet in cmd"},
}

// timeless packages read neither clock nor chance: both are handed in, so that a test can say what they are and a
// decision made again is the same decision.
const timeless = "gateway " + deciding + " gateway/service gateway/strict gateway/digit gateway/gsm gateway/sheet gateway/roster gateway/keyword/... gateway/consulate/... gateway/numbering/... ivr/..."

var (
	clocks = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}
	chance = []string{"math/rand", "math/rand/v2", "crypto/rand", "hash/maphash"}
)

// TestTree holds the tree as it is to the rules.
func TestTree(t *testing.T) {
	packages := load(t)
	if len(packages["aviso/gateway"].GoFiles) == 0 || len(packages["time"].Imports) == 0 {
		t.Fatal("the graph lacks what must be in it: nothing could break a rule")
	}
	imports := make(graph)
	files := token.NewFileSet()
	for name, p := range packages {
		imports[name] = p.Imports
		if !ours(name) || !means(timeless, name) {
			continue
		}
		for _, file := range slices.Concat(p.GoFiles, p.CgoFiles, p.IgnoredGoFiles) {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			tree, err := parser.ParseFile(files, filepath.Join(p.Dir, file), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, breach := range timely(files, tree) {
				t.Error(breach)
			}
		}
	}
	for _, breach := range imports.breaches() {
		t.Error(breach)
	}
}

// TestImportRules holds the rules themselves to made-up graphs: each has one fault, which must be named with its chain.
func TestImportRules(t *testing.T) {
	const sound = `
		aviso/cmd/aviso: aviso/gateway/web aviso/gateway/web/console aviso/gateway/carrier/sim aviso/gateway/carrier/twilio aviso/gateway/relay aviso/store
		aviso/gateway/web/console: github.com/labstack/echo/v4 aviso/gateway aviso/gateway/agent aviso/gateway/web aviso/store net/http
		aviso/gateway/web: github.com/labstack/echo/v4 aviso/gateway aviso/gateway/watch net/http
		aviso/gateway/watch: aviso/gateway aviso/gateway/relay aviso/store github.com/prometheus/client_golang/prometheus net/http
		aviso/gateway/carrier/sim: aviso/gateway net/http
		aviso/gateway/agent: aviso/gateway golang.org/x/crypto/argon2
		aviso/gateway/relay: aviso/gateway
		aviso/gateway/carrier/twilio: aviso/gateway aviso/ivr aviso/templates github.com/twilio/twilio-go
		aviso/store: aviso/gateway aviso/store/internal/sqlite
		aviso/store/internal/sqlite: database/sql github.com/mattn/go-sqlite3
		aviso/gateway: aviso/gateway/keyword aviso/gateway/consulate aviso/ivr aviso/templates github.com/nyaruka/phonenumbers time
		aviso/ivr: aviso/gateway/keyword
		aviso/gateway/keyword: golang.org/x/text/unicode/norm
		github.com/labstack/echo/v4: net/http
		github.com/twilio/twilio-go: net/http`
	tests := []struct{ name, more, want string }{
		{"sound", "", ""},
		{"room not its own", "aviso/gateway/agent: aviso/gateway/web", "aviso/gateway/agent -> aviso/gateway/web"},
		{"a call upwards", "aviso/gateway/escalation: aviso/gateway/person", "aviso/gateway/escalation -> aviso/gateway/person"},
		{"texts reach calls", "aviso/gateway/texts: aviso/gateway/calls", "aviso/gateway/texts -> aviso/gateway/calls"},
		{"acts reach texts", "aviso/gateway/acts: aviso/gateway/texts", "aviso/gateway/acts -> aviso/gateway/texts"},
		{"nouns that decide", "aviso/gateway: aviso/gateway/decision", "aviso/gateway -> aviso/gateway/decision"},
		{"a decision at the store", "aviso/gateway/acts: aviso/store", "aviso/gateway/acts -> aviso/store"},
		{"carrier knows sender", "aviso/gateway/carrier/kannel: aviso/gateway/relay", "aviso/gateway/carrier/kannel -> aviso/gateway/relay"},
		{"standing alone", "aviso/gateway/keyword: aviso/templates", "aviso/gateway/keyword -> aviso/templates"},
		{"a further module", "aviso/gateway: github.com/rs/zerolog", "aviso/gateway -> github.com/rs/zerolog"},
		{"no row", "aviso/gateway/pigeon: aviso/gateway", "aviso/gateway/pigeon has no row"},
		{"no row, at the root", "aviso: aviso/gateway", "aviso has no row"},
		{"second web framework", "aviso/gateway/carrier/ussd: github.com/labstack/echo/v4/middleware", "aviso/gateway/carrier/ussd -> github.com/labstack/echo/v4/middleware"},
		{"Echo where it is watched", "aviso/gateway/watch: github.com/labstack/echo/v4", "aviso/gateway/watch -> github.com/labstack/echo/v4"},
		{"Echo by a detour", "github.com/prometheus/client_golang/prometheus: github.com/labstack/echo/v4",
			"aviso/gateway/watch -> github.com/prometheus/client_golang/prometheus -> github.com/labstack/echo/v4"},
		{"the watch at the web", "aviso/gateway/watch: aviso/gateway/web", "aviso/gateway/watch -> aviso/gateway/web"},
		{"webhooks that need pages", "aviso/gateway/web: aviso/gateway/web/console", "aviso/gateway/web -> aviso/gateway/web/console"},
		{"webhooks at the store", "aviso/gateway/web: aviso/store", "aviso/gateway/web -> aviso/store"},
		{"SQL elsewhere", "aviso/cmd/aviso: database/sql", "aviso/cmd/aviso -> database/sql"},
		{"driver elsewhere", "aviso/gateway/roster: github.com/jackc/pgx/v5/pgxpool", "aviso/gateway/roster -> github.com/jackc/pgx/v5/pgxpool"},
		{"simulator in production", "aviso/gateway/web: aviso/gateway/carrier/sim", "aviso/gateway/web -> aviso/gateway/carrier/sim"},
		{"test suite in production", "aviso/cmd/aviso: aviso/store/storetest", "aviso/cmd/aviso -> aviso/store/storetest"},
		{"network by a detour", "golang.org/x/text/unicode/norm: fmt\nfmt: net/http/internal",
			"aviso/gateway -> aviso/gateway/keyword -> golang.org/x/text/unicode/norm -> fmt -> net/http/internal"},
		{"database by a detour", "github.com/nyaruka/phonenumbers: database/sql", "aviso/gateway -> github.com/nyaruka/phonenumbers -> database/sql"},
		{"driver by a detour", "github.com/nyaruka/phonenumbers: github.com/lib/pq", "aviso/gateway -> github.com/nyaruka/phonenumbers -> github.com/lib/pq"},
		{"test library by a detour", "github.com/twilio/twilio-go: github.com/stretchr/testify",
			"aviso/cmd/aviso -> aviso/gateway/carrier/twilio -> github.com/twilio/twilio-go -> github.com/stretchr/testify"},
		{"apart by a detour", "aviso/gateway/relay: example.org/queue\nexample.org/queue: aviso/store", "aviso/gateway/relay -> example.org/queue -> aviso/store"},
		{"apart, within a row", "aviso/store: aviso/gateway/relay", "aviso/store -> aviso/gateway/relay"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			breaches := parseGraph(sound + "\n" + test.more).breaches()
			if test.want == "" {
				if len(breaches) > 0 {
					t.Errorf("unexpected:\n%s", strings.Join(breaches, "\n"))
				}
				return
			}
			if !slices.ContainsFunc(breaches, func(s string) bool { return strings.HasPrefix(s, test.want+": ") }) {
				t.Errorf("want %q, got:\n%s", test.want, strings.Join(breaches, "\n"))
			}
		})
	}
}

func TestClockAndChanceRules(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"handed in", `import "time"; func due(now time.Time) time.Time { return now.Add(time.Minute) }`, ""},
		{"not the package", `func f(time struct{ Now func() int }) int { return time.Now() }`, ""},
		{"now", `import "time"; var _ = time.Now()`, "time.Now"},
		{"now as a value", `import "time"; var clock = time.Now`, "time.Now"},
		{"since", `import "time"; func f(t time.Time) time.Duration { return time.Since(t) }`, "time.Since"},
		{"renamed", `import when "time"; var _ = when.Until(when.Time{})`, "time.Until"},
		{"a timer", `import "time"; func f() { <-time.After(time.Second) }`, "time.After"},
		{"dot", `import . "time"; var _ = Now()`, `"time" with a dot`},
		{"chance", `import "math/rand/v2"; var _ = rand.Int()`, `"math/rand/v2"`},
		{"strong chance", `import random "crypto/rand"; var _ = random.Reader`, `"crypto/rand"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := token.NewFileSet()
			tree, err := parser.ParseFile(files, "made_up.go", "package p; "+test.source, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			breaches := timely(files, tree)
			switch {
			case test.want == "" && len(breaches) > 0:
				t.Errorf("unexpected: %q", breaches)
			case test.want != "" && (len(breaches) != 1 || !strings.Contains(breaches[0], test.want)):
				t.Errorf("got %q, want one about %s", breaches, test.want)
			}
		})
	}
}

// graph is who imports whom, by import path.
type graph map[string][]string

// breaches lists what breaks the rules, each as the chain that does and the reason of the rule.
func (g graph) breaches() []string {
	var found []string
	add := func(chain []string, why string) {
		found = append(found, strings.Join(chain, " -> ")+": "+why)
	}
	for _, name := range slices.Sorted(maps.Keys(g)) {
		if !ours(name) {
			continue
		}
		row := slices.IndexFunc(rooms, func(r room) bool { return means(r.who, name) })
		if row < 0 {
			found = append(found, name+" has no row: say in rooms what it may import")
		}
		for _, imported := range g[name] {
			if row >= 0 && !rooms[row].allows(name, imported) {
				add([]string{name, imported}, rooms[row].why)
			}
			for _, rule := range only {
				if means(rule.what, imported) && !means(rule.who, name) && !together(rule.what, name, imported) {
					add([]string{name, imported}, rule.why)
				}
			}
		}
		for _, rule := range never {
			if means(rule.who, name) {
				if chain := g.chain(name, func(to string) bool { return means(rule.what, to) }); chain != nil {
					add(chain, rule.why)
				}
			}
		}
		for _, rule := range apart {
			if means(rule.who, name) {
				other := func(to string) bool { return means(rule.who, to) && !together(rule.who, name, to) }
				if chain := g.chain(name, other); chain != nil {
					add(chain, rule.why)
				}
			}
		}
	}
	return found
}

// allows tells whether the row lets one of its packages import another package.
func (r room) allows(name, imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	switch {
	case ours(imported):
		return means(r.ours, imported) || together(r.who, name, imported)
	case strings.Contains(first, "."):
		return means(r.others, imported)
	default: // the standard library
		return true
	}
}

// chain is the shortest way from a package to one that is looked for; nil where there is none.
func (g graph) chain(from string, sought func(string) bool) []string {
	before := map[string]string{from: ""}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		for _, next := range slices.Sorted(slices.Values(g[queue[0]])) {
			if _, seen := before[next]; seen {
				continue
			}
			before[next] = queue[0]
			if sought(next) {
				var chain []string
				for at := next; at != ""; at = before[at] {
					chain = append(chain, at)
				}
				slices.Reverse(chain)
				return chain
			}
			queue = append(queue, next)
		}
	}
	return nil
}

func ours(name string) bool { return name == "aviso" || strings.HasPrefix(name, "aviso/") }

// means tells whether one of the patterns means the package.
func means(patterns, name string) bool { return together(patterns, name, name) }

// together tells whether one of the patterns means both packages.
func together(patterns, a, b string) bool {
	for pattern := range strings.FieldsSeq(patterns) {
		if matches(pattern, a) && matches(pattern, b) {
			return true
		}
	}
	return false
}

func matches(pattern, name string) bool {
	name = strings.TrimPrefix(name, "aviso/")
	below, all := strings.CutSuffix(pattern, "/...")
	return pattern == "..." || name == below || all && strings.HasPrefix(name, below+"/")
}

// timely lists where a file reads a clock or chance.
func timely(files *token.FileSet, file *ast.File) []string {
	var found []string
	add := func(node ast.Node, what string) {
		found = append(found, fmt.Sprintf("%s: %s: clock and chance are handed in", files.Position(node.Pos()), what))
	}
	clock := "" // what the file calls package time
	for _, imported := range file.Imports {
		name, _ := strconv.Unquote(imported.Path.Value)
		switch {
		case slices.Contains(chance, name):
			add(imported, imported.Path.Value)
		case name == "time" && imported.Name == nil:
			clock = "time"
		case name == "time" && imported.Name.Name == ".":
			add(imported, `"time" with a dot`)
		case name == "time":
			clock = imported.Name.Name
		}
	}
	ast.Inspect(file, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok {
			of, _ := selector.X.(*ast.Ident)
			if of != nil && of.Name == clock && slices.Contains(clocks, selector.Sel.Name) {
				add(selector, "time."+selector.Sel.Name)
			}
		}
		return true
	})
	return found
}

// listed is what `go list` says of a package.
type listed struct {
	ImportPath, Dir                   string
	Imports                           []string
	GoFiles, CgoFiles, IgnoredGoFiles []string
}

// load asks for all packages of the module and all that they import, by import path.
func load(t *testing.T) map[string]listed {
	t.Helper()
	watch(t)
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Dir,Imports,GoFiles,CgoFiles,IgnoredGoFiles", "./...")
	list.Dir = ".."
	list.Stderr = t.Output()
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := make(map[string]listed)
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		packages[p.ImportPath] = p
	}
}

// watch reads the tree's folders, so that `go test` sees that this test depends on every file in them, and does not
// answer from its cache when another package changes: what `go list` reads in a process of its own, it cannot see.
func watch(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && name != ".." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "bin") {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// parseGraph reads lines of `package: imports`; lines of the same package add up.
func parseGraph(lines string) graph {
	g := make(graph)
	for line := range strings.Lines(lines) {
		if name, imports, ok := strings.Cut(strings.TrimSpace(line), ": "); ok {
			g[name] = append(g[name], strings.Fields(imports)...)
		}
	}
	return g
}
