package templates

import (
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/template/parse"
)

// Texts are written in the language of text/template, of which they need a
// part: fields, if, with, range, inclusion, and the functions of a wording. They
// are compiled once, at start, into steps that append to a buffer. An alert
// renders a dozen texts, and text/template finds every field of each by its name.
// What a text may not do is refused when it is compiled, not when it is needed.

// wording are the texts of one language in one medium.
type wording struct {
	trees map[string]*parse.Tree // as written
	texts map[string]*text
}

// text is a compiled text.
type text struct{ steps []step }

// step appends its part of a text.
type step func(*writing)

// value gives what an expression stands for.
type value func(*writing) reflect.Value

// function is one that a text may call; it gives an error where its arguments
// are not what it takes.
type function func(args []reflect.Value) (any, error)

// writing is a text that is being written.
type writing struct {
	out   []byte
	data  Data
	root  reflect.Value // of data
	dot   reflect.Value
	named [maxNames]reflect.Value
	err   error // the first one
}

// maxNames is how many variables one text may have.
const maxNames = 4

var writings = sync.Pool{New: func() any {
	w := &writing{out: make([]byte, 0, 512)}
	w.root = reflect.ValueOf(&w.data).Elem()
	return w
}}

// readWording reads and compiles the texts of a file; more are functions beside
// those that every text has.
func readWording(from fs.FS, path string, more map[string]function) (*wording, error) {
	source, err := fs.ReadFile(from, path)
	if err != nil {
		return nil, err
	}
	functions := map[string]function{"and": nil, "or": nil, "not": not, "eq": equal, "index": index}
	for name, f := range more {
		functions[name] = f
	}
	known := map[string]any{}
	for name := range functions {
		known[name] = true
	}
	trees, err := parse.Parse(path, string(source), "", "", known)
	if err != nil {
		return nil, err
	}
	delete(trees, path) // what stands around the texts
	w := &wording{trees: trees, texts: map[string]*text{}}
	for name := range trees {
		w.texts[name] = &text{}
	}
	for name, tree := range trees {
		c := compiler{wording: w, functions: functions}
		if w.texts[name].steps, err = c.list(tree.Root, dataType); err != nil {
			return nil, fmt.Errorf("%s: text %s: %w", path, name, err)
		}
	}
	return w, nil
}

// names are those of the texts.
func (w *wording) names() []string {
	names := make([]string, 0, len(w.trees))
	for name := range w.trees {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// render writes a text, as it is written.
func (w *wording) render(name string, data *Data) (string, error) {
	t := w.texts[name]
	if t == nil {
		return "", fmt.Errorf("there is no text %s", name)
	}
	writing := writings.Get().(*writing)
	writing.out, writing.data, writing.err = writing.out[:0], *data, nil
	writing.dot = writing.root
	writing.all(t.steps)
	s, err := string(writing.out), writing.err
	writing.data = Data{} // nothing of anybody's stays in the pool
	clear(writing.named[:])
	clear(writing.out)
	writings.Put(writing)
	return s, err
}

func (w *writing) all(steps []step) {
	for _, step := range steps {
		step(w)
	}
}

// put appends a value as it is printed.
func (w *writing) put(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		w.out = append(w.out, v.String()...)
	case reflect.Int:
		w.out = strconv.AppendInt(w.out, v.Int(), 10)
	}
}

// within runs steps with another dot.
func (w *writing) within(dot reflect.Value, steps []step) {
	was := w.dot
	w.dot = dot
	w.all(steps)
	w.dot = was
}

// truth is what if and with ask: whether there is anything.
func truth(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool()
	case reflect.String, reflect.Slice:
		return v.Len() > 0
	case reflect.Int:
		return v.Int() != 0
	}
	return v.IsValid()
}

func not(args []reflect.Value) (any, error) {
	if len(args) != 1 {
		return nil, fmt.Errorf("not takes one value")
	}
	return !truth(args[0]), nil
}

func equal(args []reflect.Value) (any, error) {
	if len(args) != 2 || args[0].Kind() != args[1].Kind() {
		return nil, fmt.Errorf("eq takes two values of a kind")
	}
	return args[0].Equal(args[1]), nil
}

func index(args []reflect.Value) (any, error) {
	if len(args) != 2 || args[0].Kind() != reflect.Slice || args[1].Kind() != reflect.Int {
		return nil, fmt.Errorf("index takes a list and a place in it")
	}
	if i := int(args[1].Int()); i >= 0 && i < args[0].Len() {
		return args[0].Index(i).String(), nil
	}
	return nil, fmt.Errorf("index: the list is too short")
}

// ofList makes a function that takes a list.
func ofList(f func([]string) string) function {
	return func(args []reflect.Value) (any, error) {
		if len(args) == 1 {
			if list, ok := args[0].Interface().([]string); ok {
				return f(list), nil
			}
		}
		return nil, fmt.Errorf("wants a list")
	}
}

// ofText makes a function that takes a text.
func ofText(f func(string) string) function {
	return func(args []reflect.Value) (any, error) {
		if len(args) == 1 && args[0].Kind() == reflect.String {
			return f(args[0].String()), nil
		}
		return nil, fmt.Errorf("wants a text")
	}
}

// oneLine is a text without line ends, and with one blank where there are more.
func oneLine(s string) string {
	blank := true // before it
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c >= 0x7F || c == ' ' && blank {
			return strings.Join(strings.Fields(s), " ")
		}
		blank = c == ' '
	}
	return strings.TrimSuffix(s, " ")
}
