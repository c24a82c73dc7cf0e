package decision

import (
	"slices"

	"aviso/gateway"
)

// hides reports whether what may be a PIN is kept from everybody: it was offered
// as one, or stands where one would. A place and a reference are shown.
func (d *Decision) hides(n *gateway.Numbers, p *gateway.PinNumber) bool {
	if d.besideRight(n, p) {
		return false
	}
	if slices.Contains(d.PIN.Digits, p.Digits) || slices.Contains(d.Secrets, p.Digits) || p.Labelled {
		return true
	}
	if ref, ok := gateway.ParseRef(p.Digits); ok && d.knowsRef(ref) {
		return false
	}
	if zip, ok := d.View.Directory.Consulates.FirstZIP(p.Digits); ok && zip == n.Text[p.Start:p.End] && (len(n.Pins) > 1 || !p.Beside) {
		return false
	}
	return p.Beside || n.StandsAlone(p)
}

// besideRight reports whether digits are the ZIP that stands in one text with the
// right PIN: they were tried as one as well, and say where somebody is.
func (d *Decision) besideRight(n *gateway.Numbers, p *gateway.PinNumber) bool {
	right := d.PIN.Right
	return d.Verified() && right != "" && d.IsZIP(p.Digits) && p.Digits == n.Text[p.Start:p.End] && !p.Labelled && !gateway.Within(right, p.Digits) &&
		slices.ContainsFunc(n.Pins, func(x gateway.PinNumber) bool { return x.Digits == right })
}

func (d *Decision) knowsRef(ref gateway.Ref) bool {
	return slices.ContainsFunc(d.View.Told, func(t gateway.Told) bool { return t.Alert.Ref == ref }) ||
		slices.ContainsFunc(d.View.Cases, func(c gateway.Case) bool { return c.Alert.Ref == ref })
}

// Hidden is what somebody wrote as agents may read it: with stars for PINs, right
// or wrong.
func (d *Decision) Hidden(text string) string {
	n := gateway.ReadNumbers(text)
	return n.Starred(func(p *gateway.PinNumber) bool { return d.hides(&n, p) })
}

// Relayed is what somebody wrote as it may go on to other people: without PINs,
// and without the number or code of who proved to be it.
func (d *Decision) Relayed(text string) string {
	n := gateway.ReadNumbers(text)
	who := d.Named(d.PIN.Profile)
	return n.Without(func(p *gateway.PinNumber) bool { return d.hides(&n, p) }, func(p *gateway.Person) bool {
		return d.Verified() && who != nil && p.Means(who) && n.Extend(p)
	})
}
