package consulate

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// A small data set: two consulates, one of them in a state that has a county
// row and a known ZIP.
func small() map[string]string {
	return map[string]string{
		fileConsulates: "id,name,city,state,street_address,zip,latitude,longitude,phone,protection_phone,email,timezone,source,as_of,confidence,phone_confidence\n" +
			"north,Consulado Norte,Northtown,IL,,60607,41.9,-87.7,+1-312-555-0100,,,America/Chicago,a page,2027-03-01,high,low\n" +
			"south,Consulado Sur,Southtown,TX,,,29.8,-95.6,,,,America/Chicago,a page,c.2030,none,\n",
		fileJurisdictions: "scope,key,name,consulate_id,basis,as_of,source,note\n" +
			"county,17031,Cook,south,derived,2028-01,a page,\n" +
			"zip,60699,one building,north,weak,,a page,\n",
		fileZIPs: "zip,state,lat,lon,county_fips\n" +
			"60608,IL,41.85,-87.67,17031\n" +
			"61101,IL,42.29,-89.11,17201\n" +
			"09001,,49.4,8.7,\n",
		filePrefixes: "zip3,consulate_id,share,zips\n606,south,1.00,1\n",
		fileZones:    "scope,key,name,timezone,note\nstate,IL,IL,America/Chicago,\ncounty,17201,Winnebago,America/Denver,\n",
	}
}

func filesOf(m map[string]string) fstest.MapFS {
	files := fstest.MapFS{}
	for name, text := range m {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func TestCompileSmall(t *testing.T) {
	table, err := Compile(filesOf(small()))
	if err != nil {
		t.Fatal(err)
	}
	for zip, want := range map[string]string{
		"60608": "south county derived IL America/Chicago true",
		"61101": "north nearest-in-state  IL America/Denver true", // the only one, but a row gives a part of IL to south
		"60699": "north zip weak IL America/Chicago true",         // in a row, not in the base
		"60601": "south prefix  IL America/Chicago false",
		"61102": " none-unknown    false",
		"09001": " none-military    true",
		"09002": " none-military    false",
	} {
		f := table.Find(zip)
		if got := fmt.Sprintf("%s %s %s %s %s %v", f.ConsulateID(), f.Rule, f.Basis, f.State, f.TimeZone, f.Known); got != want {
			t.Errorf("%s: %q, want %q", zip, got, want)
		}
	}
	if c, _ := table.Consulate("north"); c.Phone != "+13125550100" {
		t.Errorf("phone %q is not E.164", c.Phone)
	}
	if !strings.HasPrefix(table.Version(), "2028-01-") { // 2027-03-01 is older, c.2030 is no date
		t.Errorf("version %s", table.Version())
	}
}

// What programs do to CSVs changes nothing.
func TestCompileForgives(t *testing.T) {
	want, err := Compile(filesOf(small()))
	if err != nil {
		t.Fatal(err)
	}
	files := small()
	for name, text := range files {
		files[name] = "\ufeff" + strings.ReplaceAll(text, "\n", "\r\n")
	}
	files[filePrefixes] = "Consulate_ID , zip3,extra\n south ,606,\n\n"
	got, err := Compile(filesOf(files))
	if err != nil {
		t.Fatal(err)
	}
	if got.Version() != want.Version() {
		t.Errorf("version %s, want %s", got.Version(), want.Version())
	}
	// And a spreadsheet's own form: semicolons, numbers kept as text, no commas at the end.
	files = small()
	for name, text := range files {
		text = regexp.MustCompile(`(^|\n|,)(\d{5})(,|\n)`).ReplaceAllString(text, `$1="$2"$3`)
		files[name] = "sep=;\r" + regexp.MustCompile(`;+\n`).ReplaceAllString(strings.NewReplacer(",", ";", "\r\n", "\n").Replace(text), "\n")
		files[name] = strings.ReplaceAll(files[name], "\n", "\r")
	}
	if got, err = Compile(filesOf(files)); err != nil || got.Version() != want.Version() {
		t.Errorf("a spreadsheet's: %v", err)
	}
}

// Without timezones.csv each ZIP keeps the zone of the embedded table, then
// that of its prefix there; a military one has none.
func TestCompileWithoutZones(t *testing.T) {
	files := small()
	delete(files, fileZones)
	files[fileZIPs] += "79901,TX,31.7,-106.5,48141\n60698,IL,41.8,-87.6,17031\n"
	table, err := Compile(filesOf(files))
	if err != nil {
		t.Fatal(err)
	}
	for zip, want := range map[string]string{"79901": "America/Denver", "60698": "America/Chicago", "61101": "America/Chicago", "09001": ""} {
		if got := table.Find(zip).TimeZone; got != want {
			t.Errorf("%s: %q, want %q", zip, got, want)
		}
	}
}

// Where no row has a zone the consulate's is taken.
func TestCompileZoneOfConsulate(t *testing.T) {
	files := small()
	files[fileZones] = "scope,key,timezone\n"
	table, err := Compile(filesOf(files))
	if err != nil {
		t.Fatal(err)
	}
	for _, zip := range []string{"60608", "60601", "60699"} {
		if got := table.Find(zip).TimeZone; got != "America/Chicago" {
			t.Errorf("%s: %q", zip, got)
		}
	}
}

func TestCompileNamesEveryBrokenRow(t *testing.T) {
	files := small()
	files[fileConsulates] += "agents,Guardia,,IL,,,0,0,,,,America/Chicago,,,,\n" + // 4
		"north,Otra vez,,IL,,,0,0,,,,America/Chicago,,,,\n" + // 5
		"Bad Id,X,,IL,,,0,0,,,,America/Chicago,,,,\n" + // 6
		"east,,,IL,,,0,0,,,,America/Chicago,,,,\n" + // 7
		"east1,X,,Illinois,,,0,0,,,,America/Chicago,,,,\n" + // 8
		"east2,X,,IL,,,91,0,,,,America/Chicago,,,,\n" + // 9
		"east3,X,,IL,,,NaN,0,,,,America/Chicago,,,,\n" + // 10
		"east4,X,,IL,,,0,0,,,,Chicago,,,,\n" + // 11
		"east5,X,,IL,,,0,0,,,,America/Atlantis,,,,\n" + // 12
		"east6,X,,IL,,,0,0,call us,,,America/Chicago,,,,\n" + // 13
		"east7,X,,IL,,,0,0,,12,,America/Chicago,,,,\n" + // 14
		"east8,X,,IL,,8901,0,0,,,,America/Chicago,,,,\n" + // 15
		"east9,X,,IL,,,0,0,,,,America/Chicago,,,,sure\n" + // 16
		"east10,X,,IL,,,0,0,,,,America/Chicago,,,sure,\n" + // 17
		"east11,\"X\nY\",,IL,,,0,0,,,,America/Chicago,,,,\n" + // 18, 19
		"east12,\x81,,IL,,,0,0,,,,America/Chicago,,,,\n" + // 20
		"east13," + strings.Repeat("x", maxString+1) + ",,IL,,,0,0,,,,America/Chicago,,,,\n" + // 21
		"east14,X\n" // 22
	files[fileJurisdictions] += "town,Gary,,north,sourced,,,\n" + // 4
		"county,1703,,north,sourced,,,\n" + // 5
		"state,il,,north,sourced,,,\n" + // 6
		"county,17031,,north,sourced,,,\n" + // 7
		"state,IL,,west,sourced,,,\n" + // 8
		"state,IL,,north,rumour,,,\n" + // 9
		"state,TX,,east,weak,,,\n" // names a broken row: that row alone is reported
	files[fileZIPs] += "8901,NJ,40,-74,34023\n" + // 5
		"60608,IL,41,-87,17031\n" + // 6
		"60609,,41,-87,17031\n" + // 7
		"60610,Il,41,-87,17031\n" + // 8
		"60611,IL,north,-87,17031\n" + // 9
		"60612,IL,41,-187,17031\n" + // 10
		"60613,IL,41,-87,031\n" + // 11
		"60614,IL,41\n" + // 12
		"60615,IL,4\"1,-87,17031\n" + // 13
		"60616,IL,41.8,-87.6,17031\n" // sound
	files[filePrefixes] += "5,north,,\n606,north,,\n607,west,,\n" // 3, 4, 5
	files[fileZones] += "state,TX,,Texas,\ncounty,17201,,America/Chicago,\nplanet,X,,America/Chicago,\n"

	table, err := Compile(filesOf(files))
	if table != nil {
		t.Error("a table with consulates missing")
	}
	got := map[string]int{}
	var data *DataError
	if !errors.As(err, &data) {
		t.Fatal(err)
	}
	for _, r := range data.Rows {
		got[fmt.Sprintf("%s:%d", r.File, r.Line)]++
		if r.Reason == "" || !strings.Contains(err.Error(), r.String()) {
			t.Errorf("%+v is not in the message", r)
		}
	}
	want := map[string]int{}
	for file, lines := range map[string][]int{
		fileConsulates:    {4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 21, 22},
		fileJurisdictions: {4, 5, 6, 7, 8, 9},
		fileZIPs:          {5, 6, 7, 8, 9, 10, 11, 12, 13},
		filePrefixes:      {3, 4, 5},
		fileZones:         {4, 5, 6},
	} {
		for _, line := range lines {
			want[fmt.Sprintf("%s:%d", file, line)]++
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("got  %v\nwant %v\n%v", got, want, err)
	}
}

// A ZIP left out is found by its prefix; what else is broken leaves no table.
func TestCompileKeepsWhatIsSafe(t *testing.T) {
	files := small()
	files[fileZIPs] = strings.Replace(files[fileZIPs], "60608,IL,41.85", "60608,IL,somewhere", 1)
	table, err := Compile(filesOf(files))
	var data *DataError
	if !errors.As(err, &data) || len(data.Rows) != 1 || data.Rows[0].Line != 2 {
		t.Fatalf("%v, want line 2", err)
	}
	if f := table.Find("60608"); f.Rule != RulePrefix || f.Certain {
		t.Errorf("%+v, want it by prefix and uncertain", f)
	}
	for file := range files {
		files := small()
		files[file] += "broken\n"
		table, err := Compile(filesOf(files))
		if safe := file == fileZIPs; err == nil || (table != nil) != safe {
			t.Errorf("%s: table %v, error %v", file, table != nil, err)
		}
	}
}

func TestCompileWholeFiles(t *testing.T) {
	for name, change := range map[string]func(map[string]string){
		"missing":  func(m map[string]string) { delete(m, fileZIPs) },
		"empty":    func(m map[string]string) { m[fileZIPs] = "" },
		"header":   func(m map[string]string) { m[fileZIPs] = "zip,state,lat,lon,county_fips\n" },
		"column":   func(m map[string]string) { m[fileZIPs] = "zip,state,lat,lon\n" },
		"no one":   func(m map[string]string) { m[fileConsulates] = strings.SplitAfter(m[fileConsulates], "\n")[0] },
		"quote":    func(m map[string]string) { m[fileZIPs] = "\"zip" },
		"too long": func(m map[string]string) { m[fileZIPs] += strings.Repeat(" \n", maxFile/2) },
		"nonsense": func(m map[string]string) { m[fileZIPs] += strings.Repeat("x\n", 2*maxProblems) },
	} {
		files := small()
		change(files)
		table, err := Compile(filesOf(files))
		var data *DataError
		if table != nil || !errors.As(err, &data) || len(data.Rows) > maxProblems+1 {
			t.Errorf("%s: table %v, error %.200v", name, table != nil, err)
		}
	}
}

func zipped(t *testing.T, entries ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(entries); i += 2 {
		f, err := w.Create(entries[i])
		if err == nil {
			_, err = f.Write([]byte(entries[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func fromZip(b []byte) (*Table, error) { return FromZip(bytes.NewReader(b), int64(len(b))) }

func TestFromZip(t *testing.T) {
	want, err := Compile(filesOf(small()))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"", "data/", `data\`, "a/b/"} {
		entries := []string{"README.md", "x", "__MACOSX/data/consulates.csv", "x"}
		for name, text := range small() {
			entries = append(entries, folder+name, text)
		}
		got, err := fromZip(zipped(t, entries...))
		if err != nil {
			t.Errorf("folder %q: %v", folder, err)
		} else if got.Version() != want.Version() {
			t.Errorf("folder %q: version %s, want %s", folder, got.Version(), want.Version())
		}
	}
}

// The data that the product ships with can be imported as it is.
func TestFromZipOfShippedData(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	if err := w.AddFS(os.DirFS(dataFolder)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	table, err := fromZip(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := table.Version(), mustBuiltin(t).Version(); got != want {
		t.Errorf("version %s, want %s", got, want)
	}
}

func TestFromZipRefuses(t *testing.T) {
	files := small()
	all := func(change func(name, text string) []string) []byte {
		var entries []string
		for name, text := range files {
			entries = append(entries, change(name, text)...)
		}
		return zipped(t, entries...)
	}
	whole := all(func(name, text string) []string { return []string{name, text} })
	for name, b := range map[string][]byte{
		"no archive": []byte("id,name\n"),
		"empty":      nil,
		"cut off":    whole[:len(whole)-30],
		"damaged":    bytes.Replace(whole, []byte("PK\x03\x04"), []byte("PK\x03\x05"), 1),
		"no file":    zipped(t, "README.md", "x"),
		"twice":      all(func(name, text string) []string { return []string{name, text, "old/" + name, text} }),
		"bomb": all(func(name, text string) []string {
			if name == fileZIPs {
				text += strings.Repeat(" \n", maxFile) // some tens of kilobytes in the archive
			}
			return []string{name, text}
		}),
		"too large": make([]byte, maxArchive+1),
	} {
		if table, err := fromZip(b); err == nil || table != nil {
			t.Errorf("%s: table %v, error %v", name, table != nil, err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		if _, err := Compile(os.DirFS(dataFolder)); err != nil {
			b.Fatal(err)
		}
	}
}
