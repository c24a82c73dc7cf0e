package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// The parts of CycloneDX 1.6 that are used: https://cyclonedx.org/docs/1.6/json/
type (
	bom struct {
		Format       string       `json:"bomFormat"`
		Spec         string       `json:"specVersion"`
		Serial       string       `json:"serialNumber"`
		Version      int          `json:"version"`
		Metadata     metadata     `json:"metadata"`
		Components   []component  `json:"components"`
		Dependencies []dependency `json:"dependencies"`
	}
	metadata struct {
		Component component `json:"component"`
	}
	component struct {
		Type       string     `json:"type"`
		Ref        string     `json:"bom-ref"`
		Name       string     `json:"name"`
		Version    string     `json:"version,omitempty"`
		Hashes     []digest   `json:"hashes,omitempty"`
		Licences   []licence  `json:"licenses,omitempty"`
		PURL       string     `json:"purl,omitempty"`
		Properties []property `json:"properties,omitempty"`
	}
	digest struct {
		Algorithm string `json:"alg"`
		Content   string `json:"content"`
	}
	licence struct {
		Licence struct {
			ID string `json:"id"`
		} `json:"license"`
	}
	property struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	dependency struct {
		Ref       string   `json:"ref"`
		DependsOn []string `json:"dependsOn"`
	}
)

// writeSBOM writes a bill of materials. It tells of one binary alone, by its
// hash, and is the same however often it is made.
func writeSBOM(w io.Writer, binary string, parts []part) error {
	data, err := os.ReadFile(binary)
	if err != nil {
		return fmt.Errorf("read the binary: %w", err)
	}
	sum := sha256.Sum256(data)
	out := bom{Format: "CycloneDX", Spec: "1.6", Version: 1, Serial: serial(sum)}
	for _, p := range parts {
		c := component{Type: "library", Ref: p.Name + "@" + p.Version, Name: p.Name, Version: p.Version}
		if p.Licence != "" {
			l := licence{}
			l.Licence.ID = p.Licence
			c.Licences = []licence{l}
		}
		switch {
		case p.Main:
			c.Type = "application"
			c.Hashes = []digest{{"SHA-256", hex.EncodeToString(sum[:])}}
			out.Metadata.Component = c
			continue
		case p.Sum != "":
			c.PURL = "pkg:golang/" + p.Name + "@" + p.Version
			// Go's own sum of a module is a hash over hashes, and none of CycloneDX's.
			c.Properties = []property{{"go:sum", p.Sum}}
		case p.Name == "go":
			c.PURL = "pkg:golang/std@" + p.Version
		case p.Name == "sqlite":
			c.PURL = "pkg:generic/sqlite@" + p.Version
		}
		out.Components = append(out.Components, c)
	}
	on := []string{}
	for _, c := range out.Components {
		on = append(on, c.Ref)
	}
	out.Dependencies = []dependency{{out.Metadata.Component.Ref, on}}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// serial is a UUID of version 8 (RFC 9562), made of the binary's hash.
func serial(sum [sha256.Size]byte) string {
	var id [16]byte
	copy(id[:], sum[:])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	x := hex.EncodeToString(id[:])
	return "urn:uuid:" + strings.Join([]string{x[:8], x[8:12], x[12:16], x[16:20], x[20:]}, "-")
}
