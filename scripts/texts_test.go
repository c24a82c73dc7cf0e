package scripts_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// textLabels are the labels of each context of understand/testdata, as its
// README names them; info has a topic behind a colon.
var textLabels = map[string]string{
	"own_idle": "cry info human talk robot", "own_open": "over more status again talk robot", "own_asked": "yes no other robot",
	"contact_told":    "confirm news question refuse wrong stop over cry robot",
	"contact_invited": "accept refuse question wrong stop other robot",
	"unknown_idle":    "cry borrowed info human talk other robot", "unknown_asked": "cry borrowed info human talk other robot",
	"reg_name": regLabels, "reg_zip": regLabels, "reg_contact": regLabels, "reg_next": regLabels, "reg_pin": regLabels, "reg_consent": regLabels,
	"desk_told": "received located close question unclear robot",
}

const regLabels = "value question cancel unclear cry robot"

// foldText takes accents and punctuation out of a text.
var foldText = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u", "ñ", "n", ".", "", ",", "", "!", "", "¡", "", "¿", "")

// TestTexts: the labelled texts can be read, their labels are those of their
// context, and what is kept out of tuning stands in no other file.
func TestTexts(t *testing.T) {
	files, err := filepath.Glob("understand/testdata/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	in := map[string]string{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(bytes.NewReader(b))
		for n := 1; lines.Scan(); n++ {
			var l struct{ Context, Text, Label, Kind string }
			if err := json.Unmarshal(lines.Bytes(), &l); err != nil || l.Text == "" || l.Kind == "" {
				t.Fatalf("%s:%d: %s: %v", file, n, lines.Text(), err)
			}
			for label := range strings.SplitSeq(l.Label, "|") {
				label, _, _ = strings.Cut(label, ":")
				if !slices.Contains(strings.Fields(textLabels[l.Context]), label) {
					t.Errorf("%s:%d: %s is no label of %s", file, n, label, l.Context)
				}
			}
			key := l.Context + " " + foldText.Replace(strings.ToLower(l.Text))
			if other := in[key]; other != "" && other != file && strings.Contains(file+other, "_held") {
				t.Errorf("%s:%d: stands in %s as well: %s", file, n, other, l.Text)
			}
			in[key] = file
		}
		if lines.Err() != nil {
			t.Error(file, lines.Err())
		}
	}
}
