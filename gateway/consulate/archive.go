package consulate

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// maxArchive is the size in bytes up to which an archive is looked at: ten
// times today's. It bounds the directory; maxFile bounds what a file unpacks to.
const maxArchive = 8 << 20

// FromZip compiles a data set from an archive of size bytes that holds the
// CSVs, at its root or in a folder; whatever else is in it is left alone. Its
// errors are those of Compile.
func FromZip(r io.ReaderAt, size int64) (*Table, error) {
	if size > maxArchive {
		return nil, fmt.Errorf("read archive of consulates: larger than %d MiB", maxArchive>>20)
	}
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("read archive of consulates: %w", err)
	}
	wanted := map[string]bool{fileConsulates: true, fileJurisdictions: true, fileZIPs: true, filePrefixes: true, fileZones: true}
	found := map[string]*zip.File{}
	for _, f := range archive.File {
		name := path.Base(strings.ReplaceAll(f.Name, `\`, "/")) // some tools on Windows write those
		if !wanted[name] || f.FileInfo().IsDir() || strings.HasPrefix(f.Name, "__MACOSX/") {
			continue
		}
		if found[name] != nil {
			return nil, fmt.Errorf("read archive of consulates: %s is in it twice", name)
		}
		found[name] = f
	}
	return compile(func(name string) (io.ReadCloser, error) {
		f := found[name]
		if f == nil {
			return nil, fs.ErrNotExist
		}
		return f.Open() // compile stops reading at maxFile, whatever the archive claims
	})
}
