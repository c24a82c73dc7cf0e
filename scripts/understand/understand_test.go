package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The judge sees an alert raised and one that is not, a confirmation and none,
// and counts what does harm.
func TestJudge(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lines.jsonl")
	lines := []string{
		`{"context":"own_idle","text":"ALERTA me llevan","label":"cry","kind":"word"}`,
		`{"context":"own_idle","text":"me agarro la migra","label":"cry","kind":"own words"}`,
		`{"context":"own_idle","text":"ALERTA","label":"talk","kind":"labelled wrongly on purpose"}`,
		`{"context":"own_asked","text":"no","label":"no","kind":"word"}`,
		`{"context":"contact_told","text":"1","label":"confirm","kind":"word"}`,
		`{"context":"contact_told","text":"1","label":"wrong","kind":"labelled wrongly on purpose"}`,
		`{"context":"contact_invited","text":"SI","label":"accept","kind":"word"}`,
		`{"context":"desk_told","text":"RECIBIDO 911517","label":"received","kind":"word","value":"911517"}`,
		`{"context":"desk_told","text":"LOCALIZADO 482137 en Broadview","label":"located","kind":"word","value":{"ref":"482137","words":"en Broadview"}}`,
		`{"context":"desk_told","text":"CERRAR 482137 ya esta libre","label":"close","kind":"word","value":{"ref":"482137","words":"libre"}}`,
		`{"context":"desk_told","text":"CERRAR 482137 ya esta libre","label":"close","kind":"labelled wrongly on purpose","value":{"ref":"911517","words":"libre"}}`,
		`{"context":"reg_pin","text":"pongan 4829","label":"value","value":"4829","kind":"in a sentence"}`,
		`{"context":"reg_zip","text":"60608","label":"value","value":"60623","kind":"valued wrongly on purpose"}`,
		`{"context":"reg_contact","text":"Ofelia 951 555 0188","label":"value","value":[{"phone":"+529515550188","name":"Ofelia","ask":true}],"kind":"asked"}`,
		`{"context":"reg_next","text":"es todo","label":"value","value":"done","kind":"end"}`,
	}
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := run(&out, []string{file}, "", true); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"    2    2  100  own_idle        cry", "    0    1    0  own_idle        talk", "    1    1  100  contact_told    confirm",
		"    1    1  100  desk_told       received", "    1    1  100  desk_told       located", "    1    2   50  desk_told       close",
		"    0    1    0  reg_zip         value", "    1    1  100  reg_contact     value", "    1  wrong value stored",
		"   11   15   73  all", "    1  confirmation invented", "    1  false alert", "    1  desk: closed wrongly",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("without %q:\n%s", want, out.String())
		}
	}
}
