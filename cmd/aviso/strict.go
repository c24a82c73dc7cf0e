package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// strict reads JSON into a struct and names everything that is wrong with it
// at once: members that are unknown or of another type, each by its path. What
// could be read is in the struct.
func strict(data []byte, into any) []string {
	if !json.Valid(data) {
		var syntax *json.SyntaxError
		err := json.Unmarshal(data, new(any))
		if s, ok := err.(*json.SyntaxError); ok {
			syntax = s
			return []string{fmt.Sprintf("line %d: %v", 1+bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n")), err)}
		}
		return []string{"is not JSON"}
	}
	return strictly(data, reflect.ValueOf(into).Elem(), "")
}

func strictly(data []byte, into reflect.Value, path string) []string {
	switch {
	case bytes.Equal(bytes.TrimSpace(data), []byte("null")):
		return nil
	case into.Kind() == reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		return strictly(data, into.Elem(), path)
	case into.Kind() == reflect.Struct:
		return strictMembers(data, into, path)
	case into.Kind() == reflect.Slice:
		var elements []json.RawMessage
		if json.Unmarshal(data, &elements) != nil {
			return []string{path + ": want a list"}
		}
		var problems []string
		into.Set(reflect.MakeSlice(into.Type(), len(elements), len(elements)))
		for i, element := range elements {
			problems = append(problems, strictly(element, into.Index(i), fmt.Sprintf("%s[%d]", path, i))...)
		}
		return problems
	}
	if json.Unmarshal(data, into.Addr().Interface()) != nil {
		want := map[reflect.Kind]string{reflect.String: "a text", reflect.Float64: "a number", reflect.Bool: "true or false"}[into.Kind()]
		return []string{fmt.Sprintf("%s: want %s", path, want)}
	}
	return nil
}

func strictMembers(data []byte, into reflect.Value, path string) []string {
	var members map[string]json.RawMessage
	if json.Unmarshal(data, &members) != nil {
		return []string{strings.TrimPrefix(path+": want an object", ": ")}
	}
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	var problems []string
	for _, name := range names {
		where := strings.TrimPrefix(path+"."+name, ".")
		field := memberOf(into, name)
		if !field.IsValid() {
			problems = append(problems, where+": is not known")
			continue
		}
		problems = append(problems, strictly(members[name], field, where)...)
	}
	return problems
}

func memberOf(into reflect.Value, name string) reflect.Value {
	for i := range into.NumField() {
		if into.Type().Field(i).Tag.Get("json") == name {
			return into.Field(i)
		}
	}
	return reflect.Value{}
}
