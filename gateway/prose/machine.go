package prose

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Machine is what kind of machine wrote a text: "reaction" (a phone's words for
// a heart or a thumb on a message), "auto" (an answer that a phone or an office
// gives by itself), "notice" (a bank's, a carrier's, an authority's), "chain";
// "" where a person seems to have written it.
func (t *Text) Machine() (kind, rule string) {
	if Reaction(t.raw) {
		return "reaction", "reaction"
	}
	if r := first(machines(), t); r != nil && (r.name != "reply" || len(t.words) > 3) && (r.name != "busy" || !t.typed()) {
		return r.label, r.name
	}
	if strings.Contains(t.raw, "http://") || strings.Contains(t.raw, "https://") || link().MatchString(t.raw) {
		return "notice", "link"
	}
	if l := words(); header().MatchString(t.raw) && len(t.words) > 4 && l.sounds[t.words[0].sound] == 0 && !t.has(l.class("me")|l.class("mi")|l.class("be")|l.class("i")) {
		return "notice", "header"
	}
	return "", ""
}

// typed reports whether a short text looks as if somebody had typed it in haste: it
// begins small, or holds no mark at all. What a phone answers by itself is a sentence.
func (t *Text) typed() bool {
	head, _ := utf8.DecodeRuneInString(strings.TrimSpace(t.raw))
	return unicode.IsLower(head) || !strings.ContainsAny(t.raw, ".,;:!?¿¡'’")
}

// header is the name of an office at the head of a notice: "TollPass: …". Who
// writes by hand begins with a word that is known, or speaks of themselves.
var header = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*(\p{Lu}[\p{L}\p{N}&.]*)( \p{Lu}?[\p{L}\p{N}&.]+){0,3}: \S`)
})

var machines = sync.OnceValue(func() []rule { return ruleset("machine") })

var link = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b[a-z0-9-]+\.(com|net|org|example|co|ly|info|me|mx|us|gl|link)/\S`)
})

// Reaction reports whether a text is a phone's words for a reaction to another
// text, as Apple's, Google's and Samsung's phones send them to phones that know
// no reactions: Loved “…”, Le gustó “…”, 👍 to “…”, Reaccionó con ❤️ a “…”.
func Reaction(text string) bool { return reaction().MatchString(text) || tagged().MatchString(text) }

var tagged = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*\[[^\p{L}\p{N}\]]{1,12}\]\s*\p{L}{2,} `)
})

var reaction = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?is)^\s*(` +
		`(loved|liked|disliked|laughed at|emphasi[sz]ed|questioned|removed an? \w+( \w+)? from|reacted (with )?\S+ to|replied to)` +
		`|(a [\p{L}. ]{1,30} )?(no )?(le|me|te) (ha )?(gust[oóa]|encant[oóa]|divirti[oó]|import[oó]|entristeci[oó]|sorprendi[oó]|enoj[oó]|dio risa)` +
		`|(se )?(ri[oó]|rio) de|(se )?(enfatiz[oó]|destac[oó]|exclam[oó] (en|ante|por)|dud[oó] de|pregunt[oó] (por|sobre)|cuestion[oó])|([\p{L}]{2,20} )?(reacted (with )?\S+ to|le dio ["“«][^"”»]{2,30}["”»] a)|([\p{L}]{2,20} )?reaccion[oó] (con )?\S* ?(a|ante)|(se )?(elimin|quit)[oó] (un|una|el|la) ["“«]?[\p{L} ]{1,30}["”»]? (de|en)` +
		`|[^\p{L}\p{N}"“«'‘]{1,12}\s*(a|to)` +
		`)\s*((tu|your) (mensaje|message))?\s*:?\s*(["“«'‘„]|an? (image|photo|video|imagen|foto)|(una?|la|el) (imagen|foto|video))`)
})
