package sim

import "time"

// step is a status that a message reaches, some time after the one before.
type step struct {
	after   time.Duration
	status  string
	code    int  // Twilio's error code
	arrives bool // the phone has the text
	final   bool // nothing comes after it
}

// life is what becomes of a message.
func (c *Carrier) life(m *message, f Fault) []step {
	pace := c.cfg.Pace
	validity := m.ValidityPeriod
	if validity == 0 {
		validity = maxValidityPeriod
	}
	steps := []step{{status: statusQueued}}
	switch {
	case f.Queued > validity:
		return append(steps, step{after: pace.Queue, status: statusFailed, code: codeValidityExpired, final: true})
	case f.Final == statusFailed:
		return append(steps, step{after: pace.Queue + f.Queued, status: statusFailed, code: f.FinalCode, final: true})
	}
	steps = append(steps,
		step{after: pace.Queue + f.Queued, status: statusSending},
		step{after: pace.Send, status: statusSent})
	switch f.Final {
	case statusUndelivered:
		return append(steps, step{after: pace.Deliver, status: statusUndelivered, code: f.FinalCode, final: true})
	case statusSent: // the network never tells more
		steps[2].arrives, steps[2].final = !f.Lost, true
		return steps
	}
	return append(steps, step{after: pace.Deliver, status: statusDelivered, arrives: !f.Lost, final: true})
}

// live lets a message reach its steps, and posts its receipts: each once its
// step is reached, in order, and without holding the message up. Steps that
// take no time are reached before live returns.
func (c *Carrier) live(m *message, f Fault) {
	steps := c.life(m, f)
	reached := make([]chan struct{}, len(steps))
	receipts := make([]Receipt, len(steps))
	for i, s := range steps {
		reached[i] = make(chan struct{})
		receipts[i] = Receipt{Status: s.status, ErrorCode: s.code, step: i}
	}
	if f.Receipts != nil {
		receipts = f.Receipts(receipts)
	}
	if m.StatusCallback != "" && len(receipts) > 0 {
		c.spawn(func() {
			for _, receipt := range receipts {
				select {
				case <-reached[receipt.step]:
					c.postReceipt(m, receipt)
				case <-c.ctx.Done():
					return
				}
			}
		})
	}
	for i, s := range steps {
		if s.after > 0 {
			c.spawn(func() {
				for i := i; i < len(steps) && c.pause(steps[i].after); i++ {
					c.reach(m, steps[i])
					close(reached[i])
				}
			})
			return
		}
		c.reach(m, s)
		close(reached[i])
	}
}

func (c *Carrier) reach(m *message, s step) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m.Status, m.ErrorCode, m.updated, m.final = s.status, s.code, c.now(), s.final
	if s.status == statusSent {
		m.Sent = m.updated
	}
	if s.arrives {
		c.phoneLocked(m.To).receive(m)
	}
	c.watched(m)
}
