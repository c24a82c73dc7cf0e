package consulate

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// maxArchive is the size in bytes up to which an archive is looked at: ten
// times today's. It bounds the directory; maxFile bounds what a file unpacks to.
const maxArchive = 8 << 20

// Archive opens the files of an archive by their name, wherever they stand in it;
// fs.ErrNotExist where there is none of a name.
type Archive map[string]*zip.File

// OpenZip opens an archive of size bytes that holds data in the files named, at
// its root or in a folder; whatever else is in it is left alone.
func OpenZip(r io.ReaderAt, size int64, names ...string) (Archive, error) {
	if size > maxArchive {
		return nil, fmt.Errorf("read archive of consulates: larger than %d MiB", maxArchive>>20)
	}
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("read archive of consulates: %w", err)
	}
	found := Archive{}
	for _, f := range archive.File {
		name := path.Base(strings.ReplaceAll(f.Name, `\`, "/")) // some tools on Windows write those
		if !slices.Contains(names, name) || f.FileInfo().IsDir() || strings.HasPrefix(f.Name, "__MACOSX/") {
			continue
		}
		if found[name] != nil {
			return nil, fmt.Errorf("read archive of consulates: %s is in it twice", name)
		}
		found[name] = f
	}
	return found, nil
}

// Open is for who stops reading at a limit, whatever the archive claims.
func (a Archive) Open(name string) (io.ReadCloser, error) {
	f := a[name]
	if f == nil {
		return nil, fs.ErrNotExist
	}
	return f.Open()
}

// FromZip compiles a data set from an archive of size bytes that holds the CSVs.
// Its errors are those of Compile.
func FromZip(r io.ReaderAt, size int64) (*Table, error) {
	archive, err := OpenZip(r, size, Files...)
	if err != nil {
		return nil, err
	}
	return FromArchive(archive, func(string) {})
}

// FromArchive compiles a data set from an archive that was opened with Files. note
// is told what whoever saved a file should know of it, such as its encoding.
func FromArchive(a Archive, note func(string)) (*Table, error) { return compile(a.Open, note) }
