package gateway_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// What keeps the house easy to find one's way in.
const (
	methodsMost = 120 // declared on one type
	linesMost   = 400 // of a file of the domain
	linesLeast  = 30  // fewer belong to a neighbour; a doc.go apart
)

// TestHouse holds types and files to their sizes.
func TestHouse(t *testing.T) {
	files := token.NewFileSet()
	counted := 0
	for name, p := range load(t) {
		if !ours(name) {
			continue
		}
		methods := map[string]int{}
		for _, file := range p.GoFiles {
			tree, err := parser.ParseFile(files, filepath.Join(p.Dir, file), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range tree.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
					methods[receiver(f.Recv.List[0].Type)]++
				}
			}
			lines := files.Position(tree.FileEnd).Line
			if !means("gateway "+deciding+" gateway/service gateway/prose", name) || file == "doc.go" {
				continue
			}
			counted++
			if lines > linesMost || lines < linesLeast {
				t.Errorf("%s has %d lines", strings.TrimPrefix(name, "aviso/")+"/"+file, lines)
			}
		}
		for of, n := range methods {
			if n > methodsMost {
				t.Errorf("%s.%s has %d methods", name, of, n)
			}
		}
	}
	if counted < 100 {
		t.Errorf("only %d files of the domain were found", counted)
	}
}

// receiver is the type that a method is declared on.
func receiver(of ast.Expr) string {
	switch x := of.(type) {
	case *ast.StarExpr:
		return receiver(x.X)
	case *ast.IndexExpr:
		return receiver(x.X)
	case *ast.Ident:
		return x.Name
	}
	return ""
}
