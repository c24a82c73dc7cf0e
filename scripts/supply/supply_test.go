package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const mit = `The MIT License (MIT)
Copyright (c) 2026 Somebody
Permission is hereby granted, free of charge, to any person obtaining a copy of this software …
The above copyright notice and this permission notice shall be included in all copies …`

const bsd2 = `Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:
Redistributions in binary form must reproduce the above copyright notice …`

func TestClassify(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"MIT":       {mit, "MIT"},
		"two BSD":   {bsd2, "BSD-2-Clause"},
		"three BSD": {bsd2 + " nor may the names be used to endorse or promote products derived from this software\nwithout specific prior written permission.", "BSD-3-Clause"},
		"GPL":       {"GNU GENERAL PUBLIC LICENSE Version 3", ""},
		"nothing":   {"All rights reserved.", ""},
		"empty":     {"", ""},
	} {
		if got := classify(test.text); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	own, err := os.ReadFile("../../LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	if got := classify(string(own)); got == "" {
		t.Error("the product's own licence is not known")
	}
}

func TestLicences(t *testing.T) {
	good := []part{{Name: "aviso", Main: true, Licence: "Apache-2.0"}, {Name: "example.org/a", Version: "v1", Licence: "MIT", Texts: []string{mit}}}
	var out, problems bytes.Buffer
	if err := writeLicences(&out, &problems, good); err != nil || problems.Len() > 0 || !strings.Contains(out.String(), "Somebody") {
		t.Errorf("%v, %s%s", err, problems.String(), out.String())
	}
	for _, bad := range []part{
		{Name: "example.org/b", Version: "v2"},
		{Name: "example.org/b", Version: "v2", Licence: "MIT", Texts: []string{mit, "GNU Affero General Public License"}},
	} {
		problems.Reset()
		if err := writeLicences(&out, &problems, append(good, bad)); err == nil || !strings.Contains(problems.String(), "example.org/b v2") {
			t.Errorf("%+v: %v, %s", bad, err, problems.String())
		}
	}
}

func TestSBOM(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "aviso")
	if err := os.WriteFile(binary, []byte("a binary"), 0o600); err != nil {
		t.Fatal(err)
	}
	parts := []part{
		{Name: "aviso", Version: "v1", Main: true, Licence: "Apache-2.0"},
		{Name: "example.org/a/v2", Version: "v2.1.0", Sum: "h1:x", Licence: "MIT"},
		{Name: "go", Version: "1.26.0"}, {Name: "sqlite", Version: "3.50.0"},
	}
	var first, second bytes.Buffer
	if err := writeSBOM(&first, binary, parts); err != nil {
		t.Fatal(err)
	}
	if err := writeSBOM(&second, binary, parts); err != nil || first.String() != second.String() {
		t.Errorf("made twice it differs: %v", err)
	}
	var out bom
	if err := json.Unmarshal(first.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	if out.Format != "CycloneDX" || out.Metadata.Component.Name != "aviso" || len(out.Components) != 3 ||
		out.Components[0].PURL != "pkg:golang/example.org/a/v2@v2.1.0" || len(out.Dependencies[0].DependsOn) != 3 {
		t.Errorf("%+v", out)
	}
}

// The licence of every module that the product imports is known.
func TestOwnModulesAreKnown(t *testing.T) {
	dirs, err := directories()
	if err != nil {
		t.Fatal(err)
	}
	used, err := output("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "aviso/cmd/aviso")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for name, dir := range dirs {
		if name == "aviso" || !slices.Contains(strings.Fields(used), name) {
			continue
		}
		found++
		p := part{Name: name}
		if err := p.look(dir); err != nil || p.Licence == "" {
			t.Errorf("%s: %q, %v", name, p.Licence, err)
		}
	}
	if found < 10 {
		t.Errorf("only %d modules were looked at", found)
	}
	if sqlite, err := sqliteOf(dirs[sqliteModule]); err != nil || sqlite.Version == "" {
		t.Errorf("%+v, %v", sqlite, err)
	}
}
