package templates

import "text/template/parse"

// Pieces are the words of every text that stand between the placeholders, in
// every language: what a quotation of ours is recognised by.
func (c *Catalog) Pieces() []string {
	var pieces []string
	var walk func(parse.Node)
	list := func(l *parse.ListNode) {
		if l != nil {
			walk(l)
		}
	}
	walk = func(n parse.Node) {
		switch n := n.(type) {
		case *parse.ListNode:
			for _, part := range n.Nodes {
				walk(part)
			}
		case *parse.TextNode:
			pieces = append(pieces, string(n.Text))
		case *parse.IfNode:
			list(n.List)
			list(n.ElseList)
		case *parse.WithNode:
			list(n.List)
			list(n.ElseList)
		case *parse.RangeNode:
			list(n.List)
			list(n.ElseList)
		}
	}
	for _, language := range c.languages {
		for _, tree := range language.trees {
			list(tree.Root)
		}
	}
	for _, info := range c.information {
		pieces = append(pieces, info.Text)
	}
	return pieces
}
