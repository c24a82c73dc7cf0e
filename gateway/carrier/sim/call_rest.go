package sim

import (
	"net/http"
	"slices"
)

func (c *Carrier) listCalls(req *request) (int, any, error) {
	to, from, status := req.form.Get("To"), req.form.Get("From"), req.form.Get("Status")
	if err := c.befall(req, OpListCalls, to, from); err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var found []*call
	for _, l := range slices.Backward(c.calls) {
		if (to == "" || l.To == to) && (from == "" || l.From == from) && (status == "" || l.Status == status) &&
			during(req.form, "StartTime", l.Created) {
			found = append(found, l)
		}
	}
	cut, envelope := paginate(req, found, func(l *call) string { return l.Sid })
	list := struct {
		page
		Calls []callView `json:"calls"`
	}{envelope, make([]callView, len(cut))}
	for i, l := range cut {
		list.Calls[i] = c.viewCall(l)
	}
	return http.StatusOK, list, nil
}

func (c *Carrier) fetchCall(req *request) (int, any, error) {
	l, err := c.findCall(req, OpFetchCall)
	if err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return http.StatusOK, c.viewCall(l), nil
}

// updateCall ends a call, which is the one update that needs no conversation.
func (c *Carrier) updateCall(req *request) (int, any, error) {
	l, err := c.findCall(req, OpUpdateCall)
	if err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	status := req.form.Get("Status")
	switch {
	case status != callCompleted && status != callCanceled:
		return 0, nil, invalid(20001, "A call can only be ended: Status completed or canceled.")
	case l.finished():
		return 0, nil, invalid(21220, "Call is not in-progress. Cannot redirect.")
	case l.Started.IsZero():
		status = callCanceled // nobody has picked up yet
	case status == callCanceled: // only a call that nobody has picked up can be
		return http.StatusOK, c.viewCall(l), nil
	}
	l.Status, l.Ended = status, c.now()
	l.updated = l.Ended
	close(l.ended)
	phone, peer := l.To, l.From
	if l.Direction == Inbound {
		phone, peer = l.From, l.To
	}
	c.phoneLocked(phone).append(entry{Sid: l.Sid, Call: true, Peer: peer, Note: callNotes[callCanceled]})
	return http.StatusOK, c.viewCall(l), nil
}

func (c *Carrier) findCall(req *request, op Op) (*call, error) {
	c.mu.Lock()
	l := c.callBy[req.sid]
	c.mu.Unlock()
	if l == nil {
		l = &call{}
	}
	if err := c.befall(req, op, l.To, l.From); err != nil {
		return nil, err
	}
	if l.Sid == "" {
		return nil, notFound(req.r.URL.Path)
	}
	return l, nil
}

// callView is a call as Twilio answers it.
type callView struct {
	Sid         string  `json:"sid"`
	AccountSid  string  `json:"account_sid"`
	APIVersion  string  `json:"api_version"`
	AnsweredBy  *string `json:"answered_by"`
	DateCreated *string `json:"date_created"`
	DateUpdated *string `json:"date_updated"`
	Direction   string  `json:"direction"`
	Duration    *string `json:"duration"`
	StartTime   *string `json:"start_time"`
	EndTime     *string `json:"end_time"`
	From        string  `json:"from"`
	To          string  `json:"to"`
	Price       *string `json:"price"`
	PriceUnit   string  `json:"price_unit"`
	Status      string  `json:"status"`
	URI         string  `json:"uri"`
}

// viewCall is the call's view. The carrier's lock is held.
func (c *Carrier) viewCall(l *call) callView {
	v := callView{
		Sid: l.Sid, AccountSid: c.cfg.AccountSID, APIVersion: apiVersion, AnsweredBy: optional(l.AnsweredBy),
		DateCreated: rfc2822(l.Created), DateUpdated: rfc2822(l.updated), Direction: l.Direction,
		StartTime: rfc2822(l.Started), EndTime: rfc2822(l.Ended), From: l.From, To: l.To, PriceUnit: "USD",
		Status: l.Status, URI: c.resource("Calls/"+l.Sid) + ".json",
	}
	if !l.Started.IsZero() && l.finished() {
		v.Duration = optional(seconds(l.Ended.Sub(l.Started)))
	}
	return v
}
