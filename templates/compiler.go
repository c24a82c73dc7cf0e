package templates

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"text/template/parse"
)

var (
	dataType   = reflect.TypeFor[Data]()
	textType   = reflect.TypeFor[string]()
	numberType = reflect.TypeFor[int]()
	listType   = reflect.TypeFor[[]string]()
)

// compiler makes the steps of one text. What dot is at each place is known.
type compiler struct {
	*wording
	functions map[string]function
	named     []variable
	slots     int
}

// variable is one of a text's own, in a place of writing.named.
type variable struct {
	name string
	slot int
	is   reflect.Type
}

// list compiles what stands between two marks; dot is what it is about.
func (c *compiler) list(l *parse.ListNode, dot reflect.Type) ([]step, error) {
	if l == nil {
		return nil, nil
	}
	var steps []step
	for _, n := range l.Nodes {
		s, err := c.node(n, dot)
		if err != nil {
			return nil, err
		}
		if s != nil {
			steps = append(steps, s)
		}
	}
	return steps, nil
}

func (c *compiler) node(n parse.Node, dot reflect.Type) (step, error) {
	switch n := n.(type) {
	case *parse.CommentNode:
		return nil, nil
	case *parse.TextNode:
		words := n.Text
		return func(w *writing) { w.out = append(w.out, words...) }, nil
	case *parse.ActionNode:
		v, is, err := c.pipe(n.Pipe, dot)
		if err == nil && is != nil && is != textType && is != numberType {
			err = fmt.Errorf("%s is neither a text nor a number", n)
		}
		return func(w *writing) { w.put(v(w)) }, err
	case *parse.IfNode:
		return c.branch(&n.BranchNode, dot, false)
	case *parse.WithNode:
		return c.branch(&n.BranchNode, dot, true)
	case *parse.RangeNode:
		return c.each(n, dot)
	case *parse.TemplateNode:
		return c.inclusion(n, dot)
	}
	return nil, fmt.Errorf("%s is not for texts", n)
}

// branch compiles if and with.
func (c *compiler) branch(n *parse.BranchNode, dot reflect.Type, with bool) (step, error) {
	v, is, err := c.pipe(n.Pipe, dot)
	if err != nil {
		return nil, err
	}
	inner := dot
	if with {
		inner = is
	}
	yes, err := c.list(n.List, inner)
	no, otherwise := c.list(n.ElseList, dot)
	return func(w *writing) {
		switch is := v(w); {
		case !truth(is):
			w.all(no)
		case with:
			w.within(is, yes)
		default:
			w.all(yes)
		}
	}, errors.Join(err, otherwise)
}

// each compiles range, over a list of texts.
func (c *compiler) each(n *parse.RangeNode, dot reflect.Type) (step, error) {
	v, is, err := c.value(n.Pipe, dot)
	if err != nil {
		return nil, err
	}
	if is != listType {
		return nil, fmt.Errorf("%s is no list", n.Pipe)
	}
	outside := len(c.named)
	place, element := -1, -1
	if decl := n.Pipe.Decl; len(decl) > 0 {
		if len(decl) > 1 {
			place = c.declare(decl[0].Ident[0], numberType)
		}
		element = c.declare(decl[len(decl)-1].Ident[0], textType)
	}
	if c.slots > maxNames {
		return nil, fmt.Errorf("%s: more than %d variables", n.Pipe, maxNames)
	}
	body, err := c.list(n.List, textType)
	c.named = c.named[:outside]
	none, otherwise := c.list(n.ElseList, dot)
	return func(w *writing) {
		list := v(w)
		for i := range list.Len() {
			one := list.Index(i)
			if place >= 0 {
				w.named[place] = reflect.ValueOf(i)
			}
			if element >= 0 {
				w.named[element] = one
			}
			w.within(one, body)
		}
		if list.Len() == 0 {
			w.all(none)
		}
	}, errors.Join(err, otherwise)
}

// declare gives a variable its place.
func (c *compiler) declare(name string, is reflect.Type) (slot int) {
	c.named = append(c.named, variable{name, c.slots, is})
	c.slots++
	return c.slots - 1
}

// inclusion compiles the text of another one, which is about the same.
func (c *compiler) inclusion(n *parse.TemplateNode, dot reflect.Type) (step, error) {
	other := c.texts[n.Name]
	if other == nil {
		return nil, fmt.Errorf("there is no text %s", n.Name)
	}
	if n.Pipe != nil {
		if _, is, err := c.pipe(n.Pipe, dot); err != nil || is != dataType {
			return nil, errors.Join(err, fmt.Errorf("%s is not about the whole", n))
		}
	}
	return func(w *writing) {
		was := w.named
		w.within(w.root, other.steps)
		w.named = was
	}, nil
}

// pipe compiles an expression that declares nothing.
func (c *compiler) pipe(p *parse.PipeNode, dot reflect.Type) (value, reflect.Type, error) {
	if len(p.Decl) > 0 {
		return nil, nil, fmt.Errorf("%s declares a variable", p)
	}
	return c.value(p, dot)
}

// value compiles an expression: one value, or a function of some. Its type is
// nil where only writing it shows.
func (c *compiler) value(p *parse.PipeNode, dot reflect.Type) (value, reflect.Type, error) {
	if len(p.Cmds) != 1 {
		return nil, nil, fmt.Errorf("%s is not for texts", p)
	}
	args := p.Cmds[0].Args
	if name, ok := args[0].(*parse.IdentifierNode); ok {
		v, err := c.call(name.Ident, args[1:], dot)
		return v, nil, err
	}
	if len(args) > 1 {
		return nil, nil, fmt.Errorf("%s is not for texts", p)
	}
	return c.operand(args[0], dot)
}

func (c *compiler) operand(n parse.Node, dot reflect.Type) (value, reflect.Type, error) {
	switch n := n.(type) {
	case *parse.DotNode:
		return func(w *writing) reflect.Value { return w.dot }, dot, nil
	case *parse.FieldNode:
		return c.field(func(w *writing) reflect.Value { return w.dot }, dot, n.Ident)
	case *parse.VariableNode:
		if n.Ident[0] == "$" {
			return c.field(func(w *writing) reflect.Value { return w.root }, dataType, n.Ident[1:])
		}
		i := slices.IndexFunc(c.named, func(v variable) bool { return v.name == n.Ident[0] })
		if i < 0 || len(n.Ident) > 1 {
			return nil, nil, fmt.Errorf("%s is not for texts", n)
		}
		slot := c.named[i].slot
		return func(w *writing) reflect.Value { return w.named[slot] }, c.named[i].is, nil
	case *parse.StringNode:
		return constant(n.Text)
	case *parse.NumberNode:
		if n.IsInt {
			return constant(int(n.Int64))
		}
	case *parse.PipeNode:
		return c.pipe(n, dot)
	}
	return nil, nil, fmt.Errorf("%s is not for texts", n)
}

func constant(v any) (value, reflect.Type, error) {
	is := reflect.ValueOf(v)
	return func(*writing) reflect.Value { return is }, is.Type(), nil
}

// field compiles a field of the data; none is the whole.
func (c *compiler) field(of value, is reflect.Type, path []string) (value, reflect.Type, error) {
	if len(path) == 0 {
		return of, is, nil
	}
	if is != dataType || len(path) > 1 {
		return nil, nil, fmt.Errorf(".%s is a field of something else than the data", path[0])
	}
	f, ok := dataType.FieldByName(path[0])
	if !ok {
		return nil, nil, fmt.Errorf("there is no field %s", path[0])
	}
	at := f.Index[0]
	return func(w *writing) reflect.Value { return of(w).Field(at) }, f.Type, nil
}

// call compiles a function of values. Of and and or only as many are looked at
// as needed.
func (c *compiler) call(name string, nodes []parse.Node, dot reflect.Type) (value, error) {
	args := make([]value, len(nodes))
	for i, n := range nodes {
		var err error
		if args[i], _, err = c.operand(n, dot); err != nil {
			return nil, err
		}
	}
	if name == "and" || name == "or" {
		if len(args) == 0 {
			return nil, fmt.Errorf("%s takes values", name)
		}
		return func(w *writing) (v reflect.Value) {
			for _, arg := range args {
				if v = arg(w); truth(v) == (name == "or") {
					break
				}
			}
			return v
		}, nil
	}
	f := c.functions[name]
	return func(w *writing) reflect.Value {
		values := make([]reflect.Value, len(args))
		for i, arg := range args {
			values[i] = arg(w)
		}
		v, err := f(values)
		if err != nil && w.err == nil {
			w.err = fmt.Errorf("%s: %w", name, err)
		}
		return reflect.ValueOf(v)
	}, nil
}
