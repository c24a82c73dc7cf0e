package templates

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"
)

// Topics are the information texts that an operator may put in place of the
// built-in ones, by files like "legal.es.txt" in the --words folder.
var topics = map[string]bool{"rights": true, "legal": true, "shelter": true}

// informationLongest is in segments: a topic is one or two texts on a feature
// phone, a little more in a pinch.
const informationLongest = 4

// Information is one topic as an operator wrote it. Its file begins with two
// lines and a blank one:
//
//	checked: 2026-11-22
//	source: https://…
//
//	Guarde silencio. …
type Information struct {
	Topic, Language string
	Checked         time.Time // the day on which somebody last made sure that it is true
	Source          string
	Text            string
}

// WithInformation is the catalog with an operator's information texts in place
// of its own. Every file that cannot be used is named, with the reason, and
// then none is.
func (c *Catalog) WithInformation(folder fs.FS) (*Catalog, error) {
	files, err := fs.Glob(folder, "*.txt")
	if err != nil {
		return nil, fmt.Errorf("list information texts: %w", err)
	}
	next := *c
	next.information = map[string]Information{}
	var problems []error
	for _, name := range files {
		info, err := readInformation(folder, name)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
			continue
		}
		next.information[info.Topic+"."+info.Language] = info
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return &next, nil
}

func readInformation(folder fs.FS, name string) (Information, error) {
	parts := strings.Split(strings.TrimSuffix(path.Base(name), ".txt"), ".")
	if len(parts) != 2 || !topics[parts[0]] {
		return Information{}, errors.New("want a name like rights.es.txt, legal.es.txt or shelter.en.txt")
	}
	data, err := fs.ReadFile(folder, name)
	if err != nil {
		return Information{}, err
	}
	head, body, ok := strings.Cut(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n\n")
	if !ok {
		return Information{}, errors.New("want lines \"checked: 2026-11-22\" and \"source: …\", a blank line, the text")
	}
	info := Information{Topic: parts[0], Language: parts[1], Text: Plain(strings.Join(strings.Fields(body), " "))}
	for _, line := range strings.Split(head, "\n") {
		key, value, _ := strings.Cut(line, ":")
		switch value = strings.TrimSpace(value); strings.TrimSpace(strings.ToLower(key)) {
		case "checked":
			if info.Checked, err = time.Parse(time.DateOnly, value); err != nil {
				return Information{}, errors.New("checked: want a date like 2026-11-22")
			}
		case "source":
			info.Source = value
		}
	}
	switch n := Segments(info.Text); {
	case info.Checked.IsZero():
		return Information{}, errors.New("the day on which it was checked is missing")
	case info.Source == "":
		return Information{}, errors.New("its source is missing")
	case HoldsTipLine(info.Text):
		return Information{}, errors.New("it gives ICE's tip line, by which people are denounced")
	case info.Text == "":
		return Information{}, errors.New("the text is missing")
	case n > informationLongest:
		return Information{}, fmt.Errorf("takes %d segments, at most %d", n, informationLongest)
	}
	return info, nil
}

// Information is the operator's text on a topic in a language, if there is one.
func (c *Catalog) Information(topic, language string) (Information, bool) {
	info, ok := c.information[topic+"."+c.Language(language)]
	return info, ok
}
