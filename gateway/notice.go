package gateway

// callWords are what a call to a recipient says, rendered when it is enqueued.
// ok is false where it would say what the recipient does not understand.
func (d *decision) callWords(c *Case, p *Profile, r *Recipient) (words string, ok bool) {
	if p == nil {
		return "", false
	}
	if r.Kind == KindContact {
		return d.contactNotice(c, p, r), true
	}
	return whole(p), true
}
