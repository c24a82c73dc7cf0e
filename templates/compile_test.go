package templates

import (
	"io/fs"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"text/template"
)

// TestCompiledTextsReadAsWritten has text/template render every text of every
// language and medium beside us, with many kinds of data.
func TestCompiledTextsReadAsWritten(t *testing.T) {
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	compare := func(from fs.FS, path, language string, w *wording) {
		theirs, err := template.New("").Funcs(template.FuncMap{
			"join":     func(list []string) string { return strings.Join(list, ", ") },
			"words":    func(list []string) string { return strings.Join(list, " ") },
			"day":      func(weekday int) string { return days[language][weekday] },
			"both":     func(and string, list []string) string { return strings.Join(list, " "+and+" ") },
			"lines":    func(list []string) string { return strings.Join(list, "\n") },
			"spell":    spell,
			"sentence": func(s string) string { return strings.TrimSuffix(s, ".") + "." },
		}).ParseFS(from, path)
		if err != nil {
			t.Fatal(err)
		}
		if len(w.names()) < 10 {
			t.Errorf("%s: %d texts", path, len(w.names()))
		}
		for _, name := range w.names() {
			for _, data := range kindsOfData() {
				var want strings.Builder
				failed := theirs.ExecuteTemplate(&want, name, data)
				got, err := w.render(name, &data)
				if (err != nil) != (failed != nil) {
					t.Errorf("%s %s: %v, text/template says %v", path, name, err, failed)
				}
				if err == nil && got != want.String() {
					t.Errorf("%s %s reads\n%q, written is\n%q", path, name, got, want.String())
				}
			}
		}
	}
	for language, w := range c.languages {
		compare(files, "sms/"+language+".tmpl", language, w)
	}
	for medium, languages := range c.dialogues {
		for language, w := range languages {
			compare(dialogueFiles, medium+"/"+language+".tmpl", language, w)
		}
	}
}

// kindsOfData are nothing, all of it, and many mixtures.
func kindsOfData() []Data {
	chance := rand.New(rand.NewPCG(19, 1))
	list := []Data{{}}
	for n := range 40 {
		var d Data
		v := reflect.ValueOf(&d).Elem()
		for i := range v.NumField() {
			if n > 0 && chance.IntN(2) == 0 {
				continue
			}
			switch f, name := v.Field(i), v.Type().Field(i).Name; f.Kind() {
			case reflect.String:
				f.SetString("<" + name + "  &\nñ>")
			case reflect.Bool:
				f.SetBool(true)
			case reflect.Int:
				f.SetInt(int64(chance.IntN(7)))
			case reflect.Slice:
				f.Set(reflect.ValueOf([]string{name + " one", "two", "three"}[:1+chance.IntN(3)]))
			}
		}
		list = append(list, d)
	}
	return list
}

// TestTextsThatAreRefused: a fault in a text shows at start.
func TestTextsThatAreRefused(t *testing.T) {
	for _, body := range []string{
		"{{.Nobody}}", "{{.Name.Length}}", "{{range .Name}}{{end}}", "{{.List}}", "{{$x := .Name}}", "{{$y}}", "{{template \"none\" .}}",
		"{{template \"good\" .Name}}", "{{shout .Name}}", "{{.Name | not}}", "{{with .Name}}{{.Name}}{{end}}", "{{if .PIN}}", "{{.PIN}}", "{{and}}",
		"{{range $a := .List}}{{range $b, $c := $.List}}{{range $d, $e := $.List}}{{end}}{{end}}{{end}}",
	} {
		from := fstest.MapFS{"x": {Data: []byte(`{{define "good"}}{{.Name}}{{end}}{{define "bad"}}` + body + `{{end}}`)}}
		if _, err := readWording(from, "x", nil); err == nil {
			t.Errorf("%s was taken", body)
		}
	}
}

func TestOneLine(t *testing.T) {
	for s, want := range map[string]string{
		"": "", " ": "", "a": "a", " a ": "a", "a b": "a b", "a  b": "a b", "a\nb": "a b", "\ta\u00a0 b\u0085": "a b", "ñ  a": "ñ a", "a \x01": "a \x01",
	} {
		if got := oneLine(s); got != want {
			t.Errorf("%q is %q, want %q", s, got, want)
		}
	}
}

// BenchmarkText is a first notice to a contact.
func BenchmarkText(b *testing.B) {
	c, err := Builtin()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Text("es", "notice", longest); err != nil {
			b.Fatal(err)
		}
	}
}
