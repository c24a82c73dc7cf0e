package keyword

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// restAfter is what a person wrote after a command, whose word takes up the
// bytes from start to end of the text. Punctuation that sets it apart goes;
// what may open the words (#, +, an opening bracket, quote or question mark)
// stays, as does all that follows. Of a text that is quoted as a whole the
// closing quote goes with the opening one.
func restAfter(text string, start, end int) string {
	rest := strings.TrimLeftFunc(text[end:], closes)
	rest = strings.TrimLeftFunc(rest, separates)
	rest = clean(rest)
	if !says(rest) {
		return ""
	}
	open, _ := utf8.DecodeLastRuneInString(strings.TrimRightFunc(text[:start], unicode.IsSpace))
	if quote := closing(open); quote != 0 {
		if cut, ok := strings.CutSuffix(rest, string(quote)); ok && strings.Count(cut, string(quote))%2 == 0 {
			rest = strings.TrimRightFunc(cut, unicode.IsSpace)
		}
	}
	return rest
}

// clean is a text as it may go on to other people: trimmed, line breaks and
// tabs as blanks, and without control characters and what reverses the
// direction of writing, which could make other words appear than were sent.
func clean(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) && unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), isDirection(r), r == '\u200B', r == '\uFEFF':
			return -1
		}
		return r
	}, text))
}

// isDirection reports the marks, embeddings, overrides and isolates of the
// Unicode bidirectional algorithm.
func isDirection(r rune) bool {
	return r == '\u200E' || r == '\u200F' || r == '\u061C' || '\u202A' <= r && r <= '\u202E' || '\u2066' <= r && r <= '\u2069'
}

// closes reports what may cling to the end of a word.
func closes(r rune) bool {
	switch r {
	case '"', '\'', '`', ')', ']', '}':
		return true
	}
	return unicode.In(r, unicode.Pe, unicode.Pf) || unicode.IsMark(r) || isInvisible(r) || isSeparator(r)
}

// separates reports what may stand between a command and its words.
func separates(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsMark(r) || isInvisible(r) || isSeparator(r)
}

func isSeparator(r rune) bool {
	switch r {
	case '.', ',', ';', ':', '!', '?', '…', '·', '•', '*', '/', '\\', '|', '=', '>', '~', utf8.RuneError:
		return true
	}
	return unicode.In(r, unicode.Pd, unicode.Pc)
}

// says reports whether a rest holds anything but punctuation: a letter, a
// digit, an emoji.
func says(rest string) bool {
	return strings.ContainsFunc(rest, func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.So, r) && r != utf8.RuneError
	})
}

func closing(open rune) rune {
	switch open {
	case '"', '\'', '`':
		return open
	case '“', '„':
		return '”'
	case '‘':
		return '’'
	case '«':
		return '»'
	case '(':
		return ')'
	}
	return 0
}
