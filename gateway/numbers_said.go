package gateway

import (
	"slices"
	"strings"

	"aviso/gateway/keyword"
	"aviso/gateway/prose"
)

// Slipped are digits that may be a reference which lost or won one: "48213
// recibido".
func (n *Numbers) Slipped() string {
	for _, g := range n.groups {
		if len(g.digits) == 5 || len(g.digits) == 7 {
			return g.digits
		}
	}
	return ""
}

// Names reports whether a text names a person beside its numbers: by a word of the
// name that stands before a place or a signature, and behind no title.
func (n *Numbers) Names(name string) bool {
	parts := keyword.Tokens(name)
	for i, w := range n.words {
		switch {
		case nameEnds[w.Text]:
			return false
		case len(w.Text) < 3 || i > 0 && titles[n.words[i-1].Text]:
		case slices.Contains(parts, w.Text) && !nameEnds[w.Text] && !articlesOfNames[w.Text]:
			return true
		}
	}
	return false
}

var (
	nameEnds        = Set("EN", "IN", "AT", "BAJO", "HACIA", "ATTE", "ATENTAMENTE", "SALUDOS", "FIRMA")
	titles          = Set("LIC", "LICENCIADO", "LICENCIADA", "CONSUL", "AGENTE", "OFICIAL", "DR", "DRA", "MTRO", "MTRA")
	articlesOfNames = Set("DEL", "LAS", "LOS")
)

// Without is a text without the word of the command that it begins with.
func Without(text, word string) string {
	words := keyword.Words(text)
	if len(words) == 0 || !strings.HasPrefix(words[0].Text, word) && keyword.Parse(words[0].Text).Word != word {
		return text
	}
	return strings.TrimLeft(text[words[0].End:], " ,.;:-")
}

// refPart is what a text says of some of its references.
type refPart struct {
	Refs  []Reference
	Whole string // with the references
	Text  string // without
}

// Parts cuts a text of several references into what is said of each. References
// that stand together share the words. ok is false where the words between them
// may belong to either.
func (n *Numbers) Parts() (list []refPart, ok bool) {
	groups := n.together()
	if len(groups) < 2 {
		return []refPart{n.part(0, len(n.Text), n.Refs)}, !n.differ(groups)
	}
	var cuts []int
	for i := 1; i < len(groups); i++ {
		before, behind := groups[i-1], groups[i]
		from, to := before[len(before)-1].end, behind[0].start
		cut := strings.LastIndexAny(n.Text[from:to], ".;\n!")
		switch {
		case cut >= 0:
			cuts = append(cuts, from+cut+1)
		case !keyword.Says(n.besides(0, groups[0][0].start)) || prose.SaysNoMore(n.besides(0, groups[0][0].start)): // each stands in front of its words
			cuts = append(cuts, n.announced(behind[0]))
		case !keyword.Says(n.Text[groups[len(groups)-1][len(groups[len(groups)-1])-1].end:]): // each stands behind
			cuts = append(cuts, from)
		default:
			return nil, false
		}
	}
	from := 0
	for i, group := range groups {
		to := len(n.Text)
		if i < len(cuts) {
			to = cuts[i]
		}
		list = append(list, n.part(from, to, group))
		from = to
	}
	return list, true
}

// together groups references with nothing between them but words that join, in
// one sentence.
func (n *Numbers) together() (groups [][]Reference) {
	for i, r := range n.Refs {
		if i > 0 && n.onlyJoins(n.Refs[i-1].end, r.start) && !strings.ContainsAny(n.Text[n.Refs[i-1].end:r.start], ".;\n!") {
			groups[len(groups)-1] = append(groups[len(groups)-1], r)
			continue
		}
		groups = append(groups, []Reference{r})
	}
	return groups
}

// differ reports whether what stands before references that stand together means
// something else than what stands behind them, and nothing says that both are
// about all: "recibido 482137, 911517 localizado".
func (n *Numbers) differ(groups [][]Reference) bool {
	if len(groups) == 0 || len(groups[0]) < 2 {
		return false
	}
	group := groups[0]
	if slices.ContainsFunc(n.words, func(w keyword.Word) bool { return ofAll[w.Text] }) {
		return false
	}
	means := func(text string) prose.Reading {
		read := prose.Read(text)
		r, rule := read.Desk()
		if rule == "ok" || rule == "ref" {
			return prose.Unsure
		}
		return r
	}
	before, behind := means(n.Text[:group[0].start]), means(n.Text[group[len(group)-1].end:])
	return before != behind && before != prose.Unsure && behind != prose.Unsure && (before != prose.Closes || behind != prose.Located)
}

var (
	ofAll = Set("AMBOS", "AMBAS", "DOS", "BOTH", "TODOS", "TODAS", "ALL")
	joins = Set("Y", "E", "AND", "CON", "TAMBIEN", "MAS", "ALSO", "TAMBIÉN")
)

func (n *Numbers) onlyJoins(from, to int) bool {
	for _, w := range n.words {
		if w.Start >= from && w.End <= to && !joins[w.Text] && !announces[w.Text] {
			return false
		}
	}
	return true
}

// announced is where the words begin that announce a reference: "y el caso".
func (n *Numbers) announced(r Reference) int {
	at := r.start
	for i := len(n.words) - 1; i >= 0; i-- {
		w := n.words[i]
		if w.Start >= at {
			continue
		}
		if !joins[w.Text] && !announces[w.Text] {
			return w.End
		}
		at = w.Start
	}
	return at
}

// besides is the text between two places without the words that announce a
// reference.
func (n *Numbers) besides(from, to int) string {
	for _, w := range slices.Backward(n.words) {
		if w.End <= to && w.Start >= from {
			if !joins[w.Text] && !announces[w.Text] {
				return strings.TrimSpace(n.Text[from:w.End])
			}
			to = w.Start
		}
	}
	return strings.TrimSpace(n.Text[from:to])
}

// part is what stands between two places of a text.
func (n *Numbers) part(from, to int, refs []Reference) refPart {
	p := refPart{Refs: refs, Whole: n.Text[from:to]}
	at := from
	var words []string
	keep := func(s string) {
		if s = strings.Trim(s, " #,.;:-/()"); s != "" {
			words = append(words, s)
		}
	}
	for _, r := range refs {
		if r.start >= at {
			keep(n.besides(at, r.start))
			at = r.end
		}
	}
	keep(n.Text[min(at, to):to])
	p.Text = strings.Join(words, ", ")
	if len(words) == 2 && !strings.ContainsAny(n.Text[refs[len(refs)-1].end:min(refs[len(refs)-1].end+1, to)], ",.;:-") {
		p.Text = strings.Join(words, " ")
	}
	return p
}
