package consulate

import (
	"archive/zip"
	"bytes"
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
