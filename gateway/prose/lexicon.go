package prose

import (
	"strings"
	"sync"
)

// class is a set of meanings.
type class uint64

// lexicon is what is known of words.
type lexicon struct {
	names    map[string]class // a class by its name
	exact    map[string]class // by spelling
	sounds   map[string]class // by sound
	loose    map[string]class
	bones    map[string]class
	ordinary map[string]bool            // words that only look like others
	turning  class                      // classes that no near word is of: a letter must not take the alarm out of a text
	known    map[string]bool            // sounds of the words that the rules name
	lists    map[string]map[string]bool // sounds of words that one name in the rules stands for, without being a class
	long     []entry                    // sounds of five letters and more, by length, for near ones
}

type entry struct {
	sound   string
	classes class
}

// words is the lexicon, read once.
var words = sync.OnceValue(func() *lexicon {
	l := &lexicon{
		names: map[string]class{}, exact: map[string]class{}, sounds: map[string]class{},
		loose: map[string]class{}, bones: map[string]class{}, ordinary: map[string]bool{}, known: map[string]bool{}, lists: map[string]map[string]bool{},
	}
	for line := range strings.Lines(read("lexicon")) {
		name, list, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "plain" {
			for w := range strings.FieldsSeq(list) {
				l.ordinary[sound(plain(w))] = true
			}
			continue
		}
		if name == "" || name == "#" {
			continue
		}
		if name == "list" {
			name, list, _ = strings.Cut(list, " ")
			if l.lists[name] == nil {
				l.lists[name] = map[string]bool{}
			}
			for w := range strings.FieldsSeq(list) {
				l.lists[name][sound(plain(w))], l.known[sound(plain(w))] = true, true
			}
			continue
		}
		c := l.named(name)
		for w := range strings.FieldsSeq(list) {
			if own, ok := strings.CutPrefix(w, "="); ok {
				l.exact[plain(own)] |= c
			} else if verb, ok := strings.CutPrefix(w, "~"); ok {
				for _, form := range forms(plain(verb)) {
					l.add(form, c)
					if (name == "catch" || name == "take") && others(form) {
						l.add(form, l.named(name+"n"))
					}
				}
				if name == "catch" || name == "take" {
					for _, form := range wishes(plain(verb)) {
						l.add(form, l.named("subj"))
					}
				}
			} else {
				l.add(plain(w), c)
			}
		}
	}
	for _, name := range []string{"cry", "machine", "answer", "asked", "consent", "open", "heard", "invited", "invitation", "told", "own", "desk", "topic", "aside", "finished", "stop", "forme", "checkin", "private"} {
		for line := range strings.Lines(read(name)) {
			fields := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\n' || r == '|' || r == '?' || r == '*' })
			for _, w := range fields {
				if w[0] != '#' && strings.ToLower(w) == w {
					l.known[sound(plain(w))] = true
				}
			}
		}
	}
	for _, name := range []string{"subj", "news", "joke", "harmless", "time", "year", "not", "if", "greet", "thank", "stop", "wrong", "no", "yes", "ok"} {
		l.turning |= l.class(name)
	}
	for s, c := range l.sounds {
		c &^= l.turning
		if len(s) >= 4 {
			l.loose[loose(s)] |= c
		}
		if b := bones(s); len(b) >= 3 {
			l.bones[b] |= c
		}
		if len(s) >= 5 {
			l.long = append(l.long, entry{s, c})
		}
	}
	return l
})

// named is the class of a name, a new one where there is none.
func (l *lexicon) named(name string) class {
	c, ok := l.names[name]
	if !ok {
		if c = 1 << len(l.names); c == 0 {
			panic("prose: class " + name + " is one too many for 64 bits")
		}
		l.names[name] = c
	}
	return c
}

func (l *lexicon) add(word string, c class) { l.sounds[sound(word)] |= c }

// class is the class of a name, which the rules may only use where the lexicon
// has it.
func (l *lexicon) class(name string) class {
	c, ok := l.names[name]
	if !ok {
		panic("prose: no class " + name)
	}
	return c
}

// of is what a word means: as it is spelt, as it sounds, as a second-language
// speaker says it, without its vowels, and with a letter off.
func (l *lexicon) of(word, snd string) class {
	if c := l.exact[word] | l.sounds[snd]; c != 0 || l.ordinary[snd] {
		return c
	}
	if len(snd) >= 4 {
		if c := l.loose[loose(snd)]; c != 0 {
			return c
		}
	}
	if len(snd) >= 3 && bones(snd) == snd {
		return l.bones[snd]
	}
	if len(snd) >= 5 {
		var c class
		for i := range l.long {
			if e := &l.long[i]; e.sound[0] == snd[0] && isNear(e.sound, snd) || len(snd) >= 6 && isNear(e.sound, snd) {
				c |= e.classes
			}
		}
		return c &^ l.turning
	}
	return 0
}
