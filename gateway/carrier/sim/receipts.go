package sim

import (
	"net/url"
	"strconv"
	"time"
)

// postReceipt posts one status callback:
// https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
func (c *Carrier) postReceipt(m *message, receipt Receipt) {
	form := url.Values{
		"AccountSid": {c.cfg.AccountSID}, "ApiVersion": {apiVersion},
		"MessageSid": {m.Sid}, "SmsSid": {m.Sid},
		"MessageStatus": {receipt.Status}, "SmsStatus": {receipt.Status},
		"From": {m.From}, "To": {m.To},
	}
	if m.Service != "" {
		form.Set("MessagingServiceSid", m.Service)
	}
	if receipt.ErrorCode != 0 {
		form.Set("ErrorCode", strconv.Itoa(receipt.ErrorCode))
	}
	if receipt.Status == statusDelivered {
		form.Set("RawDlrDoneDate", c.now().UTC().Format("0601021504"))
	}
	c.deliverReceipt(m.StatusCallback, m.Sid, receipt, form)
}

// deliverReceipt posts what a receipt says, changed as a fault wants it.
func (c *Carrier) deliverReceipt(address, sid string, receipt Receipt, form url.Values) {
	for name, values := range receipt.Replace {
		form[name] = values
		if values == nil {
			delete(form, name)
		}
	}
	answer, err := c.post(c.ctx, webhook{address: address, form: form, unsigned: receipt.Unsigned})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.posts = append(c.posts, Post{Time: c.now(), Sid: sid, Address: address, Form: form, Status: answer.Status, Err: err})
}

// Post is one status callback that was posted, and what came of it.
type Post struct {
	Time    time.Time
	Sid     string // of the message or call
	Address string // as the client gave it
	Form    url.Values
	Status  int   // of the HTTP answer; 0: none
	Err     error // why there was none, or why Twilio would log it as an error
}

// Posts are the status callbacks posted so far for a message or a call, in
// order; for all of them if sid is empty.
func (c *Carrier) Posts(sid string) (posts []Post) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.posts {
		if sid == "" || p.Sid == sid {
			posts = append(posts, p)
		}
	}
	return posts
}
