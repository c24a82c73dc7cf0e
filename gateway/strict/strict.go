// Package strict reads files of settings, and names everything that is wrong with
// one at once. A member that nobody knows is a mistake: it would be left out
// without a word.
package strict

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Problem is one thing that is wrong.
type Problem struct {
	Path   string // of the member, as in carriers[1].senders; "": the file as a whole
	Reason string
}

func (p Problem) String() string {
	if p.Path == "" {
		return p.Reason
	}
	return p.Path + ": " + p.Reason
}

// Problems are all of a file.
type Problems []Problem

// At reports whether something is wrong with a member, or with what it is part of:
// its value is then a default, from which nothing follows.
func (list Problems) At(path string) bool {
	for _, p := range list {
		rest, part := strings.CutPrefix(path, p.Path)
		if part && (rest == "" || rest[0] == '.' || rest[0] == '[' || p.Path == "") {
			return true
		}
	}
	return false
}

// JSON reads one object into a struct, of which into is a pointer. Named are
// members that are unknown, stand twice or are of another type, and what follows
// the object. What could be read is in the struct, the rest as it was.
func JSON(data []byte, into any) Problems {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // editors on Windows write one
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		reason := err.Error()
		if syntax, ok := err.(*json.SyntaxError); ok {
			reason = fmt.Sprintf("line %d: %v", 1+bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n")), err)
		}
		return Problems{{"", reason}}
	}
	if whole = bytes.TrimSpace(whole); whole[0] != '{' {
		return Problems{{"", "want an object"}}
	}
	return value(whole, reflect.ValueOf(into).Elem(), "")
}

func value(data []byte, into reflect.Value, path string) Problems {
	_, own := into.Addr().Interface().(encoding.TextUnmarshaler)
	switch {
	case bytes.Equal(bytes.TrimSpace(data), []byte("null")):
		return nil
	case into.Kind() == reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		return value(data, into.Elem(), path)
	case own:
		return alone(data, into, path, "a text")
	case into.Kind() == reflect.Struct:
		return members(data, into, path)
	case into.Kind() == reflect.Slice:
		return elements(data, into, path)
	}
	switch into.Kind() {
	case reflect.String:
		return alone(data, into, path, "a text")
	case reflect.Bool:
		return alone(data, into, path, "true or false")
	case reflect.Int, reflect.Int64:
		return alone(data, into, path, "a whole number")
	default:
		return alone(data, into, path, "a number")
	}
}

// alone is a value without parts. A type's own reader says what it wants.
func alone(data []byte, into reflect.Value, path, want string) Problems {
	read := reflect.New(into.Type())
	err := json.Unmarshal(data, read.Interface())
	if err == nil {
		into.Set(read.Elem())
		return nil
	}
	if _, kind := err.(*json.UnmarshalTypeError); kind {
		if own, ok := read.Interface().(encoding.TextUnmarshaler); ok {
			if err := own.UnmarshalText(data); err != nil {
				return Problems{{path, err.Error()}}
			}
		}
		return Problems{{path, "want " + want}}
	}
	return Problems{{path, err.Error()}}
}

func elements(data []byte, into reflect.Value, path string) (problems Problems) {
	var list []json.RawMessage
	if json.Unmarshal(data, &list) != nil {
		return Problems{{path, "want a list"}}
	}
	into.Set(reflect.MakeSlice(into.Type(), len(list), len(list)))
	for i, element := range list {
		problems = append(problems, value(element, into.Index(i), fmt.Sprintf("%s[%d]", path, i))...)
	}
	return problems
}

func members(data []byte, into reflect.Value, path string) (problems Problems) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if begin, err := decoder.Token(); err != nil || begin != json.Delim('{') {
		return Problems{{path, "want an object"}}
	}
	seen := map[string]bool{}
	for decoder.More() {
		name, err := decoder.Token()
		var member json.RawMessage
		if err == nil {
			err = decoder.Decode(&member)
		}
		if err != nil { // it was found to be JSON
			return append(problems, Problem{path, err.Error()})
		}
		where := strings.TrimPrefix(fmt.Sprintf("%s.%s", path, name), ".")
		field := memberOf(into, fmt.Sprint(name))
		switch {
		case !field.IsValid():
			problems = append(problems, Problem{where, "is not known"})
		case seen[where]:
			problems = append(problems, Problem{where, "stands twice"})
		default:
			problems = append(problems, value(member, field, where)...)
		}
		seen[where] = true
	}
	return problems
}

func memberOf(into reflect.Value, name string) reflect.Value {
	for i := range into.NumField() {
		tag, _, _ := strings.Cut(into.Type().Field(i).Tag.Get("json"), ",")
		if tag == name && tag != "-" && tag != "" {
			return into.Field(i)
		}
	}
	return reflect.Value{}
}
