package consulate

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"
)

// An operator's newer data is refused or whole.
func FuzzFromZip(f *testing.F) {
	archive := func(files map[string]string) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for name, content := range files {
			entry, err := w.Create(name)
			if err != nil {
				f.Fatal(err)
			}
			if _, err := entry.Write([]byte(content)); err != nil {
				f.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			f.Fatal(err)
		}
		return b.Bytes()
	}
	f.Add(archive(nil))
	f.Add(archive(map[string]string{"data/consulates.csv": "id,name\nchicago,x\n", "../zip_base.csv": "zip,state\n60608,IL\n"}))
	f.Add(archive(map[string]string{"consulates.csv": "id", "jurisdictions.csv": "", "zip_base.csv": "", "zip3_fallback.csv": "", "timezones.csv": ""}))
	f.Add([]byte("PK\x03\x04"))
	f.Add(archive(small()))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := FromZip(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		if len(table.All()) == 0 || table.Version() == "" {
			t.Error("an archive was taken that holds nothing")
		}
	})
}

// The files in it, which a change to the archive's bytes never reaches: what is
// taken of them is within its bounds. Compile spends most of its time on other
// things, and is left out.
func FuzzFiles(f *testing.F) {
	seed := small()
	f.Add(seed[fileConsulates], seed[fileJurisdictions], seed[fileZIPs], seed[filePrefixes], seed[fileZones])
	f.Add("\ufeffid;name\r\n", "scope,key\n\"", "zip,state\n60608,IL,\x00\n", "zip3,consulate_id,share,zips\n606,nobody,NaN,-1\n", "scope,key\n")
	f.Fuzz(func(t *testing.T, consulates, jurisdictions, zips, prefixes, zones string) {
		files := filesOf(map[string]string{
			fileConsulates: consulates, fileJurisdictions: jurisdictions, fileZIPs: zips, filePrefixes: prefixes, fileZones: zones,
		})
		in := &input{open: func(name string) (io.ReadCloser, error) { return files.Open(name) }, note: func(string) {}}
		in.ruleset()
		zone := in.zones()
		in.prefixes()
		for _, p := range in.places() {
			if len(p.zip) != 5 || !(p.latitude >= -90 && p.latitude <= 90 && p.longitude >= -180 && p.longitude <= 180) {
				t.Errorf("a place is at %+v", p)
			}
			if err := checkZone(zone(p)); err != nil && zone(p) != "" {
				t.Errorf("%+v has the time of %q", p, zone(p))
			}
		}
	})
}
