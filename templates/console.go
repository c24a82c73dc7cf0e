package templates

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
)

//go:embed console
var console embed.FS

// Languages of the console's pages, the first is the one that they begin in.
var Languages = []string{"es", "en"}

// Pages are the console's pages in one language. Their words stand side by side
// in the files, {{t "en espanol" "in English"}}, so that neither can be
// forgotten.
type Pages struct{ set map[string]*template.Template }

// ConsolePages reads the pages in a language. Funcs are what the pages ask of
// whoever shows them.
func ConsolePages(language string, funcs template.FuncMap) (*Pages, error) {
	all := template.FuncMap{
		"t": func(es, en string) string {
			if language == "en" {
				return en
			}
			return es
		},
		"lang": func() string { return language },
	}
	maps.Copy(all, funcs)
	base, err := template.New("console").Funcs(all).Option("missingkey=error").ParseFS(console, "console/parts/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the console's parts: %w", err)
	}
	names, err := fs.Glob(console, "console/*.html")
	if err != nil {
		return nil, fmt.Errorf("list the console's pages: %w", err)
	}
	pages := &Pages{map[string]*template.Template{}}
	for _, name := range names {
		page, err := base.Clone()
		if err == nil {
			page, err = page.ParseFS(console, name)
		}
		if err != nil {
			return nil, fmt.Errorf("parse the console's pages: %w", err)
		}
		pages.set[name[len("console/"):len(name)-len(".html")]] = page
	}
	return pages, nil
}

// Page is one page, to be executed by its layout's name: "page", "bare" or
// "sheet".
func (p *Pages) Page(name string) (*template.Template, error) {
	page, ok := p.set[name]
	if !ok {
		return nil, fmt.Errorf("the console has no page %q", name)
	}
	return page, nil
}

// ConsoleAsset is a stylesheet or script of the console.
func ConsoleAsset(name string) ([]byte, error) { return console.ReadFile("console/assets/" + name) }
