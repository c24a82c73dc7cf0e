package templates

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// Recordings of the product itself: audio/<language>/<phrase>.mp3 or .wav.
//
//go:embed audio
var audioFiles embed.FS

// Recording is one phrase as somebody spoke it.
type Recording struct {
	Language string // BCP 47, in small letters: "nah", "es-mx"
	Phrase   string // "hello", "menu", or a digit, "0" to "9"
	Kind     string // "mp3" or "wav"
	Data     []byte
	Sum      string // of Data, so that an address never means another recording
}

// Path is where a recording is served, below the public address. There is
// nothing about a person in one, and nothing in it has to be guessed.
func (r *Recording) Path() string {
	return "/audio/" + r.Language + "/" + r.Phrase + "." + r.Sum + "." + r.Kind
}

// recordings are by language and phrase.
type recordings map[string]map[string]*Recording

// recordingMost bounds one recording, in bytes: two minutes of speech.
const recordingMost = 4 << 20

// read adds the recordings of a folder with a folder for each language. What is no recording, as a note on who spoke, is left alone.
func (r recordings) read(folder fs.FS) error {
	return fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		language, file := path.Split(name)
		language = strings.ToLower(strings.TrimSuffix(language, "/"))
		phrase, kind, _ := strings.Cut(file, ".")
		if entry.IsDir() || language == "" || strings.Contains(language, "/") || kind != "mp3" && kind != "wav" {
			return nil
		}
		data, err := fs.ReadFile(folder, name)
		if err != nil {
			return err
		}
		if len(data) == 0 || len(data) > recordingMost {
			return fmt.Errorf("%s: a recording has up to %d bytes", name, recordingMost)
		}
		sum := sha256.Sum256(data)
		if r[language] == nil {
			r[language] = map[string]*Recording{}
		}
		r[language][phrase] = &Recording{Language: language, Phrase: phrase, Kind: kind, Data: data, Sum: hex.EncodeToString(sum[:6])}
		return nil
	})
}

// in finds a phrase in exactly this language, or in it without its region.
func (r recordings) in(tag, phrase string) (*Recording, bool) {
	tag = strings.ToLower(tag)
	for tag != "" {
		if found, ok := r[tag][phrase]; ok {
			return found, true
		}
		cut := strings.LastIndexByte(tag, '-')
		tag = tag[:max(cut, 0)]
	}
	return nil, false
}

// WithRecordings is the catalog with an operator's recordings, which come
// before its own: the folder "audio" of --words.
func (c *Catalog) WithRecordings(folder fs.FS) (*Catalog, error) {
	next := *c
	next.recordings = recordings{}
	for language, phrases := range c.recordings {
		next.recordings[language] = maps.Clone(phrases)
	}
	if err := next.recordings.read(folder); err != nil {
		return nil, fmt.Errorf("read recordings: %w", err)
	}
	return &next, nil
}

// unrecorded are phrases that name a person, a place or a desk, which no
// recording can.
var unrecorded = []string{
	"consulate", "status", "whom", "call-contact", "call-contact-body", "call-vague-body", "call-desk", "call-desk-body",
	"call-raid", "call-raid-body", "call-roster", "call-roster-raid", "call-drill", "call-person-said", "call-agent-adds",
}

// recordable reports whether a recording may stand for a phrase. Where there
// are words in a language a notice names the person.
func (c *Catalog) recordable(tag, phrase string) bool {
	if phrase == "notice" || phrase == "notice-body" {
		return !c.Written(tag)
	}
	return !slices.Contains(unrecorded, phrase)
}

// Recording finds what is played for a phrase: in the language itself, in it
// without its region, and where there are no words in it either, in Spanish.
// digits are read out behind it, and have to be recorded too: a sentence is not
// spoken by two voices. Without a recording the phrase is spoken.
func (c *Catalog) Recording(tag, phrase, digits string) ([]*Recording, bool) {
	if !c.recordable(tag, phrase) {
		return nil, false
	}
	chain := []string{tag}
	if !c.Written(tag) {
		chain = append(chain, Fallback)
	}
	for _, language := range chain {
		if played, ok := c.recordings.sequence(language, phrase, digits); ok {
			return played, true
		}
	}
	return nil, false
}

func (r recordings) sequence(language, phrase, digits string) ([]*Recording, bool) {
	first, ok := r.in(language, phrase)
	if !ok {
		return nil, false
	}
	played := []*Recording{first}
	for _, digit := range digits {
		next, ok := r.in(language, string(digit))
		if !ok {
			return nil, false
		}
		played = append(played, next)
	}
	return played, true
}

// RecordingAt finds a recording by the path that it is served at.
func (c *Catalog) RecordingAt(served string) (*Recording, bool) {
	language, file := path.Split(strings.TrimPrefix(served, "/audio/"))
	phrase, _, _ := strings.Cut(file, ".")
	r, ok := c.recordings[strings.TrimSuffix(language, "/")][phrase]
	if !ok || r.Path() != served {
		return nil, false
	}
	return r, true
}

// Recorded lists the languages that there are recordings in.
func (c *Catalog) Recorded() []string { return slices.Sorted(maps.Keys(c.recordings)) }

// MissingRecordings are the phrases of calls, and the digits, that are spoken
// by a machine in a language, or in Spanish where there are no words in it.
func (c *Catalog) MissingRecordings(tag string) []string {
	var missing []string
	for _, phrase := range append(c.Phrases(mediumVoice, c.Language(tag)), "notice", "notice-body") {
		if _, ok := c.recordings.in(tag, phrase); !ok && c.recordable(tag, phrase) {
			missing = append(missing, phrase)
		}
	}
	for digit := range strings.SplitSeq("0123456789", "") {
		if _, ok := c.recordings.in(tag, digit); !ok {
			missing = append(missing, digit)
		}
	}
	slices.Sort(missing)
	return missing
}
