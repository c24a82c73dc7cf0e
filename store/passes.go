package store

import (
	"context"

	"aviso/gateway"
)

// Links for consulates' desks.

const (
	passColumns = `w.key, w.seq, w.alert, w.expires, w.body`

	selectPass = `SELECT ` + passColumns + ` FROM pass w WHERE w.key = $1`
	insertPass = `INSERT INTO pass (key, seq, alert, expires, body) VALUES ($1, 1, $2, $3, $4)`
	updatePass = `UPDATE pass SET ` + seqSeen + `, body = $2 WHERE key = $3`
	expirePass = `DELETE FROM pass WHERE expires <= $1`
)

func (b *builder) pass(p *gateway.Pass) {
	body, sum, err := b.sealPass(p, p.Seq+1)
	if err != nil && b.err == nil {
		b.err = err
	}
	b.links = append(b.links, rollLine{p.Key, sum, micros(p.Expires)})
	if p.Seq == 0 {
		b.add(expirePass, b.at)
		b.add(insertPass, p.Key, p.Alert[:], micros(p.Expires), body)
		return
	}
	b.add(updatePass, p.Seq, body, p.Key)
}

// Pass finds a link by its key; nil where there is none. gateway.ErrForged refuses
// one that was changed behind our back.
func (s *Store) Pass(ctx context.Context, key []byte) (found *gateway.Pass, err error) {
	err = newRights(s).list(ctx, func() { found = nil }, selectPass, func(c *rights, row row) (err error) {
		found, err = c.pass(row)
		return err
	}, key)
	return found, err
}
