package numbering

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const dataFolder = "../../scripts/consulates/data/"

func mustBuiltin(t testing.TB) *Plan {
	t.Helper()
	p, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func fromFolder(name string) (io.ReadCloser, error) { return os.Open(dataFolder + name) }

// TestBuiltinIsBuiltFromData fails when the data changed and
// `go run ./scripts/consulates` was not run.
func TestBuiltinIsBuiltFromData(t *testing.T) {
	p, err := Compile(fromFolder, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	b, err := p.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b, builtin) {
		t.Error("plan.json differs from the data: go run ./scripts/consulates")
	}
	if got := mustBuiltin(t).Version(); got != p.Version() || got == "" {
		t.Errorf("version %q after reading, %q after compiling", got, p.Version())
	}
	if len(b) > 10<<10 {
		t.Errorf("plan.json has %d bytes, want at most 10 KiB", len(b))
	}
}

func TestAreas(t *testing.T) {
	p := mustBuiltin(t)
	if len(p.nanp) != 489 || len(p.mexico) != 414 {
		t.Errorf("%d codes under +1 and %d of Mexico, want 489 and 414", len(p.nanp), len(p.mexico))
	}
	for digits, want := range map[string]struct{ us, mx string }{
		"9515015000": {"US California", "MX Oaxaca"},
		"6215552345": {"US Texas", "MX Chihuahua"}, // a code that libraries lack
		"8295552345": {"DO Republica Dominicana", "MX Nuevo Leon"},
		"4385552345": {"CA Canada", "MX Michoacan"},
		"5512345678": {"", "MX Ciudad de Mexico"}, // 551 with an exchange in 2: New Jersey has 551-234
		"5591234567": {"", "MX Ciudad de Mexico"},
		"2125552345": {"US Nueva York", ""},
		"6645552345": {"MS Montserrat", "MX Baja California"},
		"6641234567": {"", "MX Baja California"}, // no exchange begins with 1
		"7702345678": {"US Georgia", "MX Cuernavaca"},
		"8005552345": {"US ", "MX "},
		"9005552345": {"US ", "MX "},
		"7875552345": {"US Puerto Rico", ""},
		"2915552345": {"", ""},
		"5555552345": {"", "MX Ciudad de Mexico"},
		"123456789":  {"", ""},
		"1234567890": {"", ""},
	} {
		if digits == "5512345678" {
			want.us = "US Nueva Jersey"
		}
		got := func(a Area, ok bool) string {
			if !ok {
				return ""
			}
			return a.Country + " " + a.Name("es")
		}
		us, usOK := p.US(digits)
		mx, mxOK := p.Mexico(digits)
		if got(us, usOK) != want.us || got(mx, mxOK) != want.mx {
			t.Errorf("%s: %q and %q, want %q and %q", digits, got(us, usOK), got(mx, mxOK), want.us, want.mx)
		}
	}
	for digits, want := range map[string]bool{"6212345678": true, "2352345678": true, "9992345678": false, "9112345678": false, "3121345678": false, "0122345678": false} {
		if NANP(digits) != want {
			t.Errorf("%s: form %v, want %v", digits, NANP(digits), want)
		}
	}
}

// What is said of an area fits a text: short, GSM-7 without accents, and known
// for every state in the lists.
func TestNames(t *testing.T) {
	gsm := regexp.MustCompile(`^[A-Za-z0-9 ,./-]*$`)
	p := mustBuiltin(t)
	for _, areas := range []map[string]Area{p.nanp, p.mexico} {
		for code, a := range areas {
			for _, language := range []string{"es", "en"} {
				name := a.Name(language)
				if !gsm.MatchString(name) || len(name) > 32 {
					t.Errorf("%s: %q", code, name)
				}
				for _, state := range strings.Split(name, "/") {
					if len(a.States) > 0 && slices.Contains(a.States, state) {
						t.Errorf("%s: the state %s has no name", code, state)
					}
				}
				if a.Country != "US" && a.Country != "MX" && name == "" {
					t.Errorf("%s: the country %s has no name", code, a.Country)
				}
			}
		}
	}
}

func TestCompileNamesEveryBrokenRow(t *testing.T) {
	files := map[string]string{
		"nanp.csv": "\ufeffplace, Code,country,state,status,more\nHouston,621,US,TX,in service,\n,829,Dominican Republic,,in service,\n" +
			"x,621,US,TX,in service,\nx,119,US,TX,in service,\nx,411,US,TX,in service,\nx,238,Atlantis,,in service,\nx,239,US,FL,retired,\n",
		"nir.csv": "code,states,place\n951,OAX,\n55,CDMX,\n551,CDMX,\n44,QRO,\n614,Chihuahua,\n951,OAX,\n",
	}
	open := func(name string) (io.ReadCloser, error) {
		if files[name] == "" {
			return nil, fs.ErrNotExist
		}
		return io.NopCloser(strings.NewReader(files[name])), nil
	}
	_, err := Compile(open, func(string) {})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"nanp.csv: line 4: code: stands twice", "nanp.csv: line 5: code", "nanp.csv: line 6: code", "nanp.csv: line 7: country", "nanp.csv: line 8: status",
		"nir.csv: line 5: code", "nir.csv: line 6: states", "nir.csv: line 7: code: stands twice",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in\n%v", want, err)
		}
	}
	for name, change := range map[string]func(){
		"missing": func() { delete(files, "nir.csv") },
		"empty":   func() { files["nir.csv"] = "code,states,place\n" },
		"column":  func() { files["nir.csv"] = "code,place\n951,x\n" },
		"large":   func() { files["nir.csv"] = "code,states,place\n951,OAX," + strings.Repeat("x", maxFile) },
	} {
		files["nanp.csv"] = "code,country,state,place,status\n621,US,TX,Houston,in service\n"
		change()
		if p, err := Compile(open, func(string) {}); err == nil || p != nil || !strings.Contains(err.Error(), "nir.csv: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	for name, b := range map[string]string{
		"nothing": "", "other": "{}", "later": `{"format":2}`, "empty": `{"format":1,"nanp":[],"mexico":[]}`,
		"a code is none": `{"format":1,"nanp":[{"country":"US","codes":"12x"}],"mexico":[{"country":"MX","codes":"55"}]}`,
		"twice":          `{"format":1,"nanp":[{"country":"US","codes":"212 212"}],"mexico":[{"country":"MX","codes":"55"}]}`,
	} {
		p := new(Plan)
		if err := p.UnmarshalBinary([]byte(b)); err == nil || p.version != "" || p.nanp != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
