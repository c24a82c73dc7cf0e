package main

import (
	"bytes"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"

	"strings"
)

// part is something that is linked into the binary.
type part struct {
	Name, Version string
	Sum           string // of a module, as go.sum has it; "": none
	Main          bool
	Licence       string   // SPDX; "": not known
	Texts         []string // of the licence, and of notices that have to go along
}

// read lists what a binary holds: the product first, then its modules in the
// order of their names, then Go itself and SQLite.
func read(binary string) ([]part, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return nil, fmt.Errorf("read what the binary is made of: %w", err)
	}
	dirs, err := directories()
	if err != nil {
		return nil, err
	}
	version := info.Main.Version
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			version = setting.Value
		}
	}
	dirs[info.Main.Path] = "."
	parts := []part{{Name: info.Main.Path, Version: version, Main: true}}
	for _, module := range info.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		parts = append(parts, part{Name: module.Path, Version: module.Version, Sum: module.Sum})
	}
	for i := range parts {
		if err := parts[i].look(dirs[parts[i].Name]); err != nil {
			return nil, err
		}
	}
	goRoot, err := output("go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	language := part{Name: "go", Version: strings.TrimPrefix(info.GoVersion, "go")}
	if err := language.look(strings.TrimSpace(goRoot)); err != nil {
		return nil, err
	}
	parts = append(parts, language)
	if dir := dirs[sqliteModule]; dir != "" && linked(parts, sqliteModule) {
		sqlite, err := sqliteOf(dir)
		if err != nil {
			return nil, err
		}
		parts = append(parts, sqlite)
	}
	return parts, nil
}

func linked(parts []part, module string) bool {
	for _, p := range parts {
		if p.Name == module {
			return true
		}
	}
	return false
}

// directories are where the modules' sources are, by module.
func directories() (map[string]string, error) {
	list, err := output("go", "list", "-m", "-f", "{{.Path}}\t{{.Dir}}", "all")
	if err != nil {
		return nil, err
	}
	dirs := map[string]string{}
	for line := range strings.Lines(list) {
		path, dir, _ := strings.Cut(strings.TrimSpace(line), "\t")
		dirs[path] = dir
	}
	return dirs, nil
}

// look finds the licence and the notices of a part in its folder.
func (p *part) look(dir string) error {
	if dir == "" {
		return fmt.Errorf("the source of %s is not on this machine: go mod download", p.Name)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("look for the licence of %s: %w", p.Name, err)
	}
	for _, entry := range entries {
		if entry.IsDir() || !legal.MatchString(entry.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return fmt.Errorf("read the licence of %s: %w", p.Name, err)
		}
		p.Texts = append(p.Texts, string(bytes.TrimSpace(text)))
		if p.Licence == "" {
			p.Licence = classify(string(text))
		}
	}
	return nil
}

var legal = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)(\.(txt|md))?$`)

const sqliteModule = "github.com/mattn/go-sqlite3"

// sqliteOf is SQLite, whose source the driver brings along.
func sqliteOf(dir string) (part, error) {
	header, err := os.ReadFile(filepath.Join(dir, "sqlite3-binding.h"))
	if err != nil {
		return part{}, fmt.Errorf("read the version of SQLite: %w", err)
	}
	match := regexp.MustCompile(`(?m)^#define SQLITE_VERSION\s+"([0-9.]+)"`).FindSubmatch(header)
	if match == nil {
		return part{}, fmt.Errorf("the version of SQLite is not where it was")
	}
	return part{
		Name: "sqlite", Version: string(match[1]), Licence: "blessing",
		Texts: []string{"SQLite is in the public domain: https://www.sqlite.org/copyright.html"},
	}, nil
}

func output(name string, args ...string) (string, error) {
	command := exec.Command(name, args...)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return string(out), nil
}
