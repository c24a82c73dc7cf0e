package gateway_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestDecoysAreAskedOf holds the rooms to asking Sight what a phone may see, and to
// beginning and ending decoys in one file: what a decoy is kept as is touched there,
// and beside it only by what is said here.
func TestDecoysAreAskedOf(t *testing.T) {
	want := map[string][]string{
		"DecoyOn": nil,
		// Whom a phone stands for, in the view.
		"DecoyGuest": {"move.go"},
		// A made-up recipient counts as told.
		"Decoy": {"case.go"},
		// What goes on: its timer comes, and moves along. Who stands behind is found by
		// id, and copied with the view.
		"Behind":   {"conversation.go", "texts/checkin.go", "texts/move.go", "view.go", "view_copy.go"},
		"BehindAt": {"texts/checkin.go", "texts/move.go"},
	}
	found := map[string]map[string]bool{}
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		tree, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		note := func(name string) {
			if _, ok := want[name]; !ok {
				return
			}
			if found[name] == nil {
				found[name] = map[string]bool{}
			}
			found[name][filepath.ToSlash(path)] = true
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				note(n.Sel.Name)
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok {
					note(key.Name)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, beside := range want {
		for _, home := range []string{"decoy.go", "person/decoy.go"} {
			if !found[name][home] {
				t.Errorf("%s is not in %s: this test looks for what is gone", name, home)
			}
			delete(found[name], home)
		}
		if others := slices.Sorted(maps.Keys(found[name])); !slices.Equal(others, beside) {
			t.Errorf("%s is touched in %q, and may be in %q: ask Sight, or begin it in person/decoy.go", name, others, beside)
		}
	}
}
