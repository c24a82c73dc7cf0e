package roster

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

// A member that a line lacks changes nothing; one that is empty does. A null is
// an empty value, but of contacts it is nothing said.
func TestOntoJSON(t *testing.T) {
	at := noon.Add(-time.Hour)
	known := gateway.Profile{
		ID: gateway.ID{1}, Phone: "+13125550101", Code: "123456782", Name: "Juan Perez", Language: "es", ZIP: "60608", Callback: true, FamilyWord: "girasol",
		ConsularNotice: gateway.Consent{Given: true, At: at, Channel: "sms", Answered: "SI"},
		Contacts: []gateway.Contact{
			{ID: gateway.ID{2}, Phone: "+523312345601", Name: "Maria", Relation: "hermana", Vague: true, Asked: 2, Standing: gateway.StandingAccepted, Consent: gateway.Consent{Given: true, At: at, Channel: "sms"}},
			{ID: gateway.ID{3}, Phone: "+523312345602", Name: "Rosa", Message: "Ven", Standing: gateway.StandingAccepted, Consent: gateway.Consent{Given: true, At: at, Channel: "paper"}},
		},
	}
	for _, c := range []struct {
		line    string
		replace bool
		want    string
		effects []Effect
	}{
		{`{}`, false, "Juan Perez 60608 true true; Maria hermana true accepted, Rosa Ven accepted", nil},
		{`{"name":"Juan"}`, true, "Juan 60608 true true; Maria hermana true accepted, Rosa Ven accepted", nil},
		{`{"name":"","zip":null}`, false, "  true true; Maria hermana true accepted, Rosa Ven accepted", nil},
		{`{"contacts":null}`, true, "Juan Perez 60608 true true; Maria hermana true accepted, Rosa Ven accepted", nil},
		{`{"contacts":[]}`, false, "Juan Perez 60608 true true; Maria hermana true accepted, Rosa Ven accepted", []Effect{Stays, Stays}},
		{`{"contacts":[]}`, true, "Juan Perez 60608 true true; ", []Effect{Goes, Goes}},
		{`{"contacts":[{"phone":"+523312345602","name":"Rosita"}]}`, false, "Juan Perez 60608 true true; Rosita Ven accepted, Maria hermana true accepted", []Effect{Stays}},
		{`{"contacts":[{"phone":"+523312345601","accepted":false},{"phone":"+523312345602","accepted":false,"message":""}]}`, true,
			"Juan Perez 60608 true true; Maria hermana true accepted, Rosa ", []Effect{TakenBack}},
		{`{"contacts":[{"phone":"+523312345601","wording":"plain","relation":null},{"phone":"+523312345602"}]}`, true, "Juan Perez 60608 true true; Maria accepted, Rosa Ven accepted", nil},
		{`{"callback":false,"consulate_consent":true}`, false, "Juan Perez 60608 true false; Maria hermana true accepted, Rosa Ven accepted", []Effect{TakenBack}},
		{`{"consulate_consent":null}`, false, "Juan Perez 60608 false true; Maria hermana true accepted, Rosa Ven accepted", []Effect{TakenBack}},
	} {
		line := `{"phone":"+13125550101",` + strings.TrimPrefix(c.line, "{")
		line = strings.Replace(line, ",}", "}", 1)
		var row Row
		for r, err := range Profiles(strings.NewReader(line), JSONLines, options()) {
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			row = r
		}
		p, notes, err := row.Onto(&known, c.replace)
		if err != nil {
			t.Errorf("%s: %v", c.line, err)
			continue
		}
		var contacts []string
		for _, k := range p.Contacts {
			vague := ""
			if k.Vague {
				vague = "true"
			}
			contacts = append(contacts, strings.TrimRight(strings.Join(strings.Fields(k.Name+" "+k.Relation+" "+k.Message+" "+vague+" "+string(k.Standing)), " "), " "))
		}
		got := fmt.Sprintf("%s %s %v %v; %s", p.Name, p.ZIP, p.ConsularNotice.Given, p.Callback, strings.Join(contacts, ", "))
		if strings.TrimSpace(got) != strings.TrimSpace(c.want) && got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.line, got, c.want)
		}
		var effects []Effect
		for _, n := range notes {
			effects = append(effects, n.Effect)
		}
		if fmt.Sprint(effects) != fmt.Sprint(c.effects) {
			t.Errorf("%s: effects %v, want %v", c.line, notes, c.effects)
		}
		if p.FamilyWord != "girasol" || p.Code != known.Code || p.ID != known.ID {
			t.Errorf("%s: %+v", c.line, p)
		}
		if p.ConsularNotice.Given && p.ConsularNotice.Answered != "SI" {
			t.Errorf("%s: how consent was given is lost: %+v", c.line, p.ConsularNotice)
		}
	}
	if known.Name != "Juan Perez" || known.Contacts[1].Name != "Rosa" || known.Contacts[1].Standing != gateway.StandingAccepted {
		t.Errorf("what is known was written to: %+v", known)
	}
}

// Names that a program spoiled before are kept, and said.
func TestSpoiledNames(t *testing.T) {
	for name, want := range map[string]bool{"JosÃ© NÃºÃ±ez": true, "Jos\ufffd": true, "João": false, "JOÃO": false, "José Núñez": false, "Â": false} {
		rows, refused, err := read(t, CSV, "phone,name,consulate_consent\n+13125550101,"+name+",si\n")
		if len(rows) != 1 || len(refused) > 0 || err != nil || (len(rows[0].Notes) > 0) != want || rows[0].Profile.Name != name {
			t.Errorf("%s: %+v, %v, %v", name, rows, refused, err)
		}
	}
}
