package scripts_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// The map of the code, docs/architecture.md, is held to the code here. Where a
// test fails, the code is right and the map is to be mended; each failure says
// what would be right.

const (
	mapFile = "docs/architecture.md"
	module  = "aviso"
	command = "cmd/aviso"
	domain  = "gateway"
)

// listed is what go list says of a package of ours.
type listed struct {
	ImportPath, Dir, Name              string
	Imports                            []string
	GoFiles, TestGoFiles, XTestGoFiles []string
}

// files are those of the package that the product is made of.
func (p *listed) files() (paths []string) {
	for _, f := range p.GoFiles {
		paths = append(paths, filepath.Join(p.Dir, f))
	}
	return paths
}

// tree is all packages of the module, by their folder.
var tree = sync.OnceValues(func() (map[string]*listed, error) {
	list := exec.Command("go", "list", "-json=ImportPath,Dir,Name,Imports,GoFiles,TestGoFiles,XTestGoFiles", "./...")
	list.Dir = ".."
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	packages := map[string]*listed{}
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		p := new(listed)
		if err := d.Decode(p); err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		packages[folder(p.ImportPath)] = p
	}
	return packages, nil
})

func packages(t *testing.T) map[string]*listed {
	t.Helper()
	list, err := tree()
	if err != nil {
		t.Fatal(err)
	}
	if list[domain] == nil || list[command] == nil {
		t.Fatal("the tree lacks what must be in it: nothing could be wrong")
	}
	return list
}

func folder(importPath string) string { return strings.TrimPrefix(importPath, module+"/") }

// built are the packages that the product is built from.
func built(list map[string]*listed) map[string]*listed {
	found := map[string]*listed{}
	var add func(string)
	add = func(dir string) {
		p := list[dir]
		if p == nil || found[dir] != nil {
			return
		}
		found[dir] = p
		for _, i := range p.Imports {
			add(folder(i))
		}
	}
	add(command)
	return found
}

// drawn are the packages that the drawing shows: the domain, and whatever of the
// product knows it, but for the command, which knows nearly everything.
func drawn(list map[string]*listed) map[string]bool {
	found := map[string]bool{}
	for dir, p := range built(list) {
		if dir != command && (dir == domain || slices.Contains(p.Imports, module+"/"+domain)) {
			found[dir] = true
		}
	}
	return found
}

// arrows are the imports between the packages that are drawn, without those that
// follow from others. That whatever decides nothing imports the domain's nouns is
// no arrow: the drawing's text says it of all.
func arrows(list map[string]*listed, nodes map[string]bool) (edges []string) {
	reaches := func(from, to string) bool {
		var walk func(string) bool
		walk = func(at string) bool {
			return at == to || slices.ContainsFunc(list[at].Imports, func(i string) bool { return nodes[folder(i)] && walk(folder(i)) })
		}
		return walk(from)
	}
	for from := range nodes {
		for _, i := range list[from].Imports {
			to := folder(i)
			if nodes[to] && (to != domain || decides(from)) && !slices.ContainsFunc(list[from].Imports, func(o string) bool { return folder(o) != to && nodes[folder(o)] && reaches(folder(o), to) }) {
				edges = append(edges, from+" --> "+to)
			}
		}
	}
	slices.Sort(edges)
	return edges
}

// readMap is the map's text.
func readMap(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(mapFile)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// section is the part of a text under a heading, up to the next of its level.
func section(t *testing.T, text, heading string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, "\n"+heading+"\n")
	if !ok {
		t.Fatalf("%s has no heading %q", mapFile, heading)
	}
	level, _, _ := strings.Cut(heading, " ")
	part, _, _ := strings.Cut(rest, "\n"+level+" ")
	return part
}

// mermaid is the first drawing in a text, by lines.
func mermaid(t *testing.T, text string) []string {
	t.Helper()
	_, rest, ok := strings.Cut(text, "```mermaid\n")
	drawing, _, closed := strings.Cut(rest, "\n```")
	if !ok || !closed {
		t.Fatal("there is no drawing")
	}
	var lines []string
	for line := range strings.SplitSeq(drawing, "\n") {
		lines = append(lines, strings.TrimSpace(line))
	}
	return lines
}

// rows are those of the tables in a text, without their heads.
func rows(text string) (table [][]string) {
	line := 0 // of a table
	for row := range strings.SplitSeq(text, "\n") {
		if !strings.HasPrefix(row, "|") {
			line = 0
			continue
		}
		if line++; line > 2 {
			var cells []string
			for cell := range strings.SplitSeq(strings.Trim(row, "|"), "|") {
				cells = append(cells, strings.TrimSpace(cell))
			}
			table = append(table, cells)
		}
	}
	return table
}

var (
	node   = regexp.MustCompile(`^(\w+)\["([a-z/]+)(?:<br/>[^"]*)?"\]$`)
	arrow  = regexp.MustCompile(`^(\w+) --> (\w+)$`)
	way    = regexp.MustCompile(`^(\w+) ==>\|(\d+)\| (\w+)$`)
	change = regexp.MustCompile(`^(\[\*\]|\w+) --> (\[\*\]|\w+)(?: ?: .*)?$`)
	span   = regexp.MustCompile("`([^`\n]+)`")
)

// TestDrawing: the drawing shows the packages and imports that there are.
func TestDrawing(t *testing.T) {
	list := packages(t)
	want := drawn(list)
	edges := arrows(list, want)
	at := map[string]string{} // folder by the drawing's name for it
	var got []string
	for _, line := range mermaid(t, section(t, readMap(t), "## The rooms")) {
		if m := node.FindStringSubmatch(line); m != nil {
			at[m[1]] = m[2]
		} else if m := arrow.FindStringSubmatch(line); m != nil {
			got = append(got, at[m[1]]+" --> "+at[m[2]])
		} else if m := way.FindStringSubmatch(line); m != nil {
			if at[m[1]] == "" || at[m[3]] == "" {
				t.Errorf("%s: one end is not drawn", line)
			}
			if edge := at[m[1]] + " --> " + at[m[3]]; slices.Contains(edges, edge) {
				got = append(got, edge) // an import, drawn thick
			}
		} else if strings.Contains(line, ">") {
			t.Errorf("%s is no arrow that this test can read", line)
		}
	}
	shown := map[string]bool{}
	for _, dir := range at {
		shown[dir] = true
	}
	for dir := range want {
		if !shown[dir] {
			t.Errorf("%s is not drawn", dir)
		}
	}
	for dir := range shown {
		if !want[dir] {
			t.Errorf("%s is drawn, and is not a package of the product that knows the domain", dir)
		}
	}
	for _, e := range without(edges, got) {
		t.Errorf("%s is an import, and no arrow", e)
	}
	for _, e := range without(got, edges) {
		t.Errorf("%s is an arrow, and no import that has to be drawn", e)
	}
}

// TestLeftOut: what the drawing leaves out is named below it.
func TestLeftOut(t *testing.T) {
	list := packages(t)
	named := map[string]bool{}
	for _, row := range rows(section(t, readMap(t), "### Left out of the drawing")) {
		for _, m := range span.FindAllStringSubmatch(row[0], -1) {
			named[m[1]] = true
		}
	}
	in := drawn(list)
	for dir := range list {
		if !in[dir] && !named[dir] {
			t.Errorf("%s is neither drawn nor named among what is left out", dir)
		}
	}
	for dir := range named {
		if list[dir] == nil || in[dir] {
			t.Errorf("%s is named among what is left out, and is no package or is drawn", dir)
		}
	}
}

// declared are the names that a file declares: functions, methods (also behind
// their type's name and a dot), types, variables and constants.
func declared(t *testing.T, file string) map[string]bool {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", file), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Error(err)
		return nil
	}
	names := map[string]bool{}
	for _, decl := range tree.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			names[d.Name.Name] = true
			names[method(d)] = true
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					names[s.Name.Name] = true
				case *ast.ValueSpec:
					for _, n := range s.Names {
						names[n.Name] = true
					}
				}
			}
		}
	}
	return names
}

// method is a function's name behind that of the type it belongs to.
func method(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	of := f.Recv.List[0].Type
	if p, ok := of.(*ast.StarExpr); ok {
		of = p.X
	}
	if name, ok := of.(*ast.Ident); ok {
		return name.Name + "." + f.Name.Name
	}
	return f.Name.Name // of a type with parameters
}

// refers reads a piece of code in the map as a place: a file or folder from the
// root, with the names that it is to declare behind a colon. ok is false for
// whatever else is written as code.
func refers(code string) (file string, names []string, ok bool) {
	file, rest, _ := strings.Cut(code, ": ")
	if rest != "" {
		names = strings.Split(rest, ", ")
	}
	switch base := path.Base(file); {
	case strings.ContainsAny(file, " {<=…") || strings.HasPrefix(file, "/"):
		return "", nil, false
	case strings.Contains(file, "/"), base == "Makefile", slices.Contains([]string{".go", ".md", ".mod"}, path.Ext(base)):
		return file, names, true
	}
	return "", nil, false
}

// TestPlaces: whatever file the map names exists, and declares what the map says
// that it does.
func TestPlaces(t *testing.T) {
	known := map[string]map[string]bool{}
	places := 0
	for _, m := range span.FindAllStringSubmatch(readMap(t), -1) {
		file, names, ok := refers(m[1])
		if !ok {
			continue
		}
		places++
		if _, err := os.Stat(filepath.Join("..", file)); err != nil {
			t.Errorf("%s: there is no such file or folder", file)
			continue
		}
		if len(names) == 0 {
			continue
		}
		if known[file] == nil {
			known[file] = declared(t, file)
		}
		for _, name := range names {
			if !known[file][name] {
				t.Errorf("%s does not declare %s", file, name)
			}
		}
	}
	if places < 100 {
		t.Errorf("only %d places were read: has their form changed?", places)
	}
}

// TestToChange: the table has a row for each usual change, and each names files.
func TestToChange(t *testing.T) {
	table := rows(section(t, readMap(t), "## To change something"))
	if len(table) < 20 {
		t.Errorf("%d rows, want at least 20", len(table))
	}
	for _, row := range table {
		if len(row) != 2 || len(placesIn(row[1])) == 0 {
			t.Errorf("%q names no file", row)
		}
	}
}

// TestSteps: each step of an alert's way names functions, and the thick arrows
// with its number have an end in a package of these.
func TestSteps(t *testing.T) {
	steps := steps(t)
	if len(steps) < 8 || len(steps) > 10 {
		t.Errorf("%d steps, want 8 to 10", len(steps))
	}
	for i, places := range steps {
		if !slices.ContainsFunc(places, func(p string) bool { return strings.Contains(p, ": ") }) {
			t.Errorf("step %d names no function", i+1)
		}
	}
	at := map[string]string{}
	arrows := 0
	for _, line := range mermaid(t, section(t, readMap(t), "## The rooms")) {
		if m := node.FindStringSubmatch(line); m != nil {
			at[m[1]] = m[2]
			continue
		}
		m := way.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		arrows++
		n, err := strconv.Atoi(m[2])
		if err != nil || n < 1 || n > len(steps) {
			t.Errorf("%s: there is no such step", line)
			continue
		}
		if !slices.ContainsFunc(steps[n-1], func(p string) bool { return path.Dir(p) == at[m[1]] || path.Dir(p) == at[m[3]] }) {
			t.Errorf("%s: step %d names neither end", line, n)
		}
	}
	if arrows < 5 {
		t.Errorf("%d thick arrows: has their form changed?", arrows)
	}
}

// steps are the places that each step of an alert's way names, from the first.
func steps(t *testing.T) (steps [][]string) {
	t.Helper()
	for line := range strings.SplitSeq(section(t, readMap(t), "## The way of one alert"), "\n") {
		if strings.HasPrefix(line, fmt.Sprintf("%d. ", len(steps)+1)) {
			steps = append(steps, placesIn(line))
		}
	}
	return steps
}

// placesIn are the places in a text, one a name.
func placesIn(text string) (places []string) {
	for _, m := range span.FindAllStringSubmatch(text, -1) {
		file, names, ok := refers(m[1])
		if !ok {
			continue
		}
		if len(names) == 0 {
			places = append(places, file)
		}
		for _, name := range names {
			places = append(places, file+": "+name)
		}
	}
	return places
}

// TestStates: the states of an alert, a recipient and an attempt are drawn, no
// other, and what the table says of who sets each is so.
func TestStates(t *testing.T) {
	list := packages(t)
	for _, of := range []struct{ heading, kind string }{
		{"### An alert", "Alert"}, {"### A recipient", "Recipient"}, {"### An attempt", "Attempt"},
	} {
		t.Run(of.kind, func(t *testing.T) {
			part := section(t, readMap(t), of.heading)
			states := constants(t, list[domain], of.kind+"State", of.kind)
			if len(states) < 3 {
				t.Fatalf("states %q", states)
			}
			var edges []string
			shown := map[string]bool{}
			for _, line := range mermaid(t, part) {
				m := change.FindStringSubmatch(line)
				if m == nil {
					if strings.Contains(line, ">") {
						t.Errorf("%s is no change that this test can read", line)
					}
					continue
				}
				edges = append(edges, m[1]+" → "+m[2])
				shown[m[1]], shown[m[2]] = true, true
			}
			delete(shown, "[*]")
			for _, s := range states {
				if !shown[s] {
					t.Errorf("%s is not drawn", s)
				}
				delete(shown, s)
			}
			for s := range shown {
				t.Errorf("%s is drawn, and is no state", s)
			}
			var told, set []string
			for _, row := range rows(part) {
				_, to, ok := strings.Cut(row[0], " → ")
				if !ok || len(row) != 3 || !slices.Contains(edges, row[0]) {
					t.Errorf("%q is no change that is drawn", row)
					continue
				}
				told = append(told, row[0])
				for _, place := range placesIn(row[2]) {
					if !strings.HasPrefix(place, "store/") { // whose SQL sets a state by its number
						set = append(set, to+" "+place)
					}
				}
			}
			for _, e := range edges {
				if !strings.HasSuffix(e, "[*]") && !slices.Contains(told, e) {
					t.Errorf("%s is drawn, and the table says nothing of it", e)
				}
			}
			want := setters(t, list, states, of.kind)
			for _, f := range without(want, set) {
				t.Errorf("%s: so the code sets it, and the table does not say so", f)
			}
			for _, f := range without(set, want) {
				t.Errorf("%s: so the table says, and the code does not set it there", f)
			}
		})
	}
}

// without are those of a list that another lacks.
func without(list, other []string) (rest []string) {
	for _, s := range list {
		if !slices.Contains(other, s) {
			rest = append(rest, s)
		}
	}
	return rest
}

// constants are the names of a type's constants in a package, without what they
// begin with.
func constants(t *testing.T, p *listed, kind, prefix string) (names []string) {
	t.Helper()
	for _, file := range p.files() {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range tree.Decls {
			d, ok := decl.(*ast.GenDecl)
			if !ok || d.Tok != token.CONST {
				continue
			}
			for _, spec := range d.Specs {
				s := spec.(*ast.ValueSpec)
				if of, ok := s.Type.(*ast.Ident); ok && of.Name == kind {
					for _, n := range s.Names {
						names = append(names, strings.TrimPrefix(n.Name, prefix))
					}
				}
			}
		}
	}
	return names
}

// setters are the functions of the product that name a state other than to
// compare with it, each as the state and its place.
func setters(t *testing.T, list map[string]*listed, states []string, prefix string) (found []string) {
	t.Helper()
	for _, p := range built(list) {
		for _, file := range p.files() {
			tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			times := map[string]int{}
			for _, decl := range tree.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok {
					times[f.Name.Name]++
				}
			}
			for _, decl := range tree.Decls {
				f, ok := decl.(*ast.FuncDecl)
				if !ok || f.Body == nil {
					continue
				}
				name := f.Name.Name
				if times[name] > 1 { // methods of several types
					name = method(f)
				}
				for _, s := range states {
					if sets(f.Body, prefix+s) {
						found = append(found, s+" "+folder(p.ImportPath)+"/"+filepath.Base(file)+": "+name)
					}
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// sets reports whether code names a constant other than to compare with it.
func sets(body ast.Node, name string) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if n.Op == token.EQL || n.Op == token.NEQ {
				return false
			}
		case *ast.CaseClause:
			for _, s := range n.Body {
				found = found || sets(s, name)
			}
			return false
		case *ast.Ident:
			found = found || n.Name == name
		}
		return true
	})
	return found
}

// TestRoomsNamed: the domain's doc.go names every room below it.
func TestRoomsNamed(t *testing.T) {
	b, err := os.ReadFile("../gateway/doc.go")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^//\t(gateway[a-z/]*)\s+\S`).FindAllStringSubmatch(string(b), -1) {
		named[m[1]] = true
	}
	for dir := range packages(t) {
		if (dir == domain || strings.HasPrefix(dir, domain+"/")) && !named[dir] {
			t.Errorf("gateway/doc.go does not name %s", dir)
		}
		delete(named, dir)
	}
	for dir := range named {
		t.Errorf("gateway/doc.go names %s, which is no package", dir)
	}
}

// TestPackageComments: every package says in one place what it is, and a room in
// which it is decided says so in its doc.go, in more than a sentence.
func TestPackageComments(t *testing.T) {
	list := packages(t)
	for _, dir := range slices.Sorted(maps.Keys(list)) {
		p := list[dir]
		comments := map[string]string{}
		for _, file := range slices.Concat(p.GoFiles, p.TestGoFiles, p.XTestGoFiles) {
			tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if tree.Doc != nil && strings.TrimSpace(tree.Doc.Text()) != "" {
				comments[file] = tree.Doc.Text()
			}
		}
		if len(comments) != 1 {
			t.Errorf("%s has %d package comments, in %q, want one", dir, len(comments), slices.Sorted(maps.Keys(comments)))
			continue
		}
		for file, text := range comments {
			begins := "Package " + p.Name
			switch {
			case p.Name == "main":
				begins = "Command " + path.Base(dir)
			case len(p.GoFiles) == 0:
				begins += "_test"
			}
			if !strings.HasPrefix(text, begins+" ") {
				t.Errorf("%s: the comment begins %.30q, want %q", dir, text, begins)
			}
			if sentences := len(regexp.MustCompile(`[.:](\s|$)`).FindAllString(text, -1)); decides(dir) && (file != "doc.go" || sentences < 2) {
				t.Errorf("%s: the comment stands in %s and has %d sentences, want a few in doc.go", dir, file, sentences)
			}
		}
	}
}

// decides reports whether a folder is a room of the domain.
func decides(dir string) bool {
	return slices.Contains([]string{
		"gateway", "gateway/decision", "gateway/escalation", "gateway/person", "gateway/texts", "gateway/calls", "gateway/acts", "gateway/service",
	}, dir)
}
