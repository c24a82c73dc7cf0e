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

func (s *sealer) pass(row row) (gateway.Pass, error) {
	p := gateway.Pass{Key: row.bytes(0), Seq: row.int(1), Alert: row.id(2), Expires: row.time(3)}
	return p, s.open("pass", p.Key, row.bytes(4), &p)
}

func (b *builder) pass(p *gateway.Pass) {
	body, err := b.seal("pass", p.Key, p)
	if err != nil && b.err == nil {
		b.err = err
	}
	if p.Seq == 0 {
		b.add(expirePass, b.at)
		b.add(insertPass, p.Key, p.Alert[:], micros(p.Expires), body)
		return
	}
	b.add(updatePass, p.Seq, body, p.Key)
}

// Pass finds a link by its key; nil where there is none.
func (s *Store) Pass(ctx context.Context, key []byte) (*gateway.Pass, error) {
	return one(ctx, s, s.pass, selectPass, key)
}
