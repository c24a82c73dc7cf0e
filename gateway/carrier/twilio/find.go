package twilio

import (
	"context"
	"strings"
	"time"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"aviso/gateway"
)

// Find looks for an attempt whose outcome is unknown: among the newest
// messages to its phone for one with the same words that was made since the
// attempt was born, whichever sender it came from, as a node that died has not
// said which it took; among the newest calls for one from the given number, where it
// is known. It takes gateway.SendBudget at most.
//
// Twilio shows nothing of ours on a message but its words, so two attempts
// with the very same words to one phone cannot be told apart. A match then may
// be the other one's, and it is still right to send nothing: the person has
// those words, from the time that matters. Texts about an alert carry its
// reference, so that this never confuses two alerts.
//
// A message that failed is no match: nobody received it, so sending it again
// doubles nothing.
//
// Calls carry no words. With one candidate it is taken; with several it
// cannot be told whether ours is among them, and a phone that rings twice is
// better than one that does not ring.
func (c *Client) Find(ctx context.Context, m gateway.Attempt, from string) (sid string, found gateway.Found, err error) {
	ctx, cancel := context.WithTimeout(ctx, gateway.SendBudget)
	defer cancel()
	list, full, err := c.newest(ctx, m)
	if err != nil {
		return "", gateway.FoundCannotTell, err
	}
	since := m.ID.Made().Add(-clockSkew)
	var matches []string
	reached := !full // whether the list goes back to before the attempt
	for _, it := range list {
		if !it.dated {
			if it.matches(m, from) {
				return "", gateway.FoundCannotTell, nil
			}
			continue
		}
		if it.made.Before(since) {
			reached = true
			continue
		}
		if it.matches(m, from) {
			matches = append(matches, it.sid)
		}
	}
	switch {
	case m.Channel == gateway.Voice && len(matches) > 1:
		return "", gateway.FoundCannotTell, nil
	case len(matches) > 0:
		return matches[len(matches)-1], gateway.FoundYes, nil // the oldest: a later one is likelier another's
	case !reached:
		return "", gateway.FoundCannotTell, nil
	}
	return "", gateway.FoundNo, nil
}

// Try asks for one message, to see whether the credentials of requests are taken.
// The error is a *gateway.Failure.
func (c *Client) Try(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, gateway.SendBudget)
	defer cancel()
	x := c.exchange(ctx)
	if _, err := x.api.PageMessage(new(openapi.ListMessageParams).SetPageSize(1), "", ""); err != nil {
		return x.failure(err)
	}
	return nil
}

const (
	// pageSize is how many messages are looked at. Nobody gets so many
	// between a send and the search for it a few seconds later.
	pageSize = 100
	// clockSkew is how far Twilio's clock may be behind ours. Its times have
	// whole seconds, too.
	clockSkew = 30 * time.Second
)

// item is a message or call in a list of Twilio's.
type item struct {
	sid, to, from, body, status string

	made  time.Time
	dated bool // made could be read
}

// newest lists what went to the attempt's phone, newest first; full says that
// there may be older ones. Not by DateSent, which what waits in Twilio's queue
// does not have.
func (c *Client) newest(ctx context.Context, m gateway.Attempt) (list []item, full bool, err error) {
	x := c.exchange(ctx)
	if m.Channel == gateway.Voice {
		page, err := x.api.PageCall(new(openapi.ListCallParams).SetTo(string(m.To)).SetPageSize(pageSize), "", "")
		if err != nil || page.Calls == nil {
			return nil, false, x.failure(err)
		}
		for _, it := range page.Calls {
			list = append(list, newItem(it.Sid, it.To, it.From, nil, it.Status, it.DateCreated, it.StartTime))
		}
		return list, deref(page.NextPageUri) != "", nil
	}
	page, err := x.api.PageMessage(new(openapi.ListMessageParams).SetTo(string(m.To)).SetPageSize(pageSize), "", "")
	if err != nil || page.Messages == nil { // a list may be empty, and is never left out
		return nil, false, x.failure(err)
	}
	for _, it := range page.Messages {
		list = append(list, newItem(it.Sid, it.To, it.From, it.Body, it.Status, it.DateCreated, it.DateSent))
	}
	return list, deref(page.NextPageUri) != "", nil
}

func newItem(sid, to, from, body, status, created, begun *string) item {
	it := item{sid: deref(sid), to: deref(to), from: deref(from), body: deref(body), status: deref(status)}
	for _, written := range []*string{created, begun} {
		for _, layout := range []string{time.RFC1123Z, time.RFC1123, time.RFC3339} { // RFC 2822 is Twilio's
			if made, err := time.Parse(layout, deref(written)); err == nil {
				it.made, it.dated = made, true
				return it
			}
		}
	}
	return it
}

// matches reports whether it may be the attempt, its age aside.
func (it item) matches(m gateway.Attempt, from string) bool {
	if it.sid == "" || gateway.ParseAddress(it.to).Phone != m.To {
		return false
	}
	if m.Channel == gateway.Voice {
		return (from == "" || it.from == from) && callRanks[it.status] != gateway.RankFailed
	}
	return strings.TrimSpace(it.body) == strings.TrimSpace(m.Text) &&
		messageRanks[it.status] != gateway.RankFailed
}
