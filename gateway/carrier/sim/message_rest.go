package sim

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (c *Carrier) listMessages(req *request) (int, any, error) {
	to, from := req.form.Get("To"), req.form.Get("From")
	if err := c.befall(req, OpListMessages, to, from); err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	candidates := c.messages
	if to != "" {
		candidates = c.messagesTo[to]
	}
	var found []*message
	for _, m := range slices.Backward(candidates) {
		sent := m.Sent
		if sent.IsZero() {
			sent = m.Created
		}
		if !m.Deleted && (from == "" || m.From == from) && during(req.form, "DateSent", sent) {
			found = append(found, m)
		}
	}
	cut, envelope := paginate(req, found, func(m *message) string { return m.Sid })
	list := struct {
		page
		Messages []messageView `json:"messages"`
	}{envelope, make([]messageView, len(cut))}
	for i, m := range cut {
		list.Messages[i] = c.viewLocked(m)
	}
	return http.StatusOK, list, nil
}

func (c *Carrier) fetchMessage(req *request) (int, any, error) {
	m, err := c.findMessage(req, OpFetchMessage)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, c.view(m), nil
}

// updateMessage redacts the body of a message, which is the one update that a
// message not scheduled allows.
func (c *Carrier) updateMessage(req *request) (int, any, error) {
	m, err := c.findMessage(req, OpUpdateMessage)
	if err != nil {
		return 0, nil, err
	}
	if !req.form.Has("Body") || req.form.Get("Body") != "" {
		return 0, nil, invalid(20001, "The Body of a message can only be updated to be empty.")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !m.final {
		return 0, nil, &restError{Status: http.StatusConflict, Code: codeNotFinished, Message: "Cannot redact message because delivery has not been completed."}
	}
	m.Redacted, m.updated = true, c.now()
	return http.StatusOK, c.viewLocked(m), nil
}

func (c *Carrier) deleteMessage(req *request) (int, any, error) {
	m, err := c.findMessage(req, OpDeleteMessage)
	if err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !m.final {
		return 0, nil, &restError{Status: http.StatusConflict, Code: codeNotFinished, Message: "Cannot delete message because delivery has not been completed."}
	}
	m.Deleted = true
	return http.StatusNoContent, nil, nil
}

// listMedia lists what came with a message and is not deleted; it stays when the
// words go.
func (c *Carrier) listMedia(req *request) (int, any, error) {
	m, err := c.findMessage(req, OpListMedia)
	if err != nil {
		return 0, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	cut, envelope := paginate(req, m.media, func(e media) string { return e.sid })
	list := struct {
		page
		MediaList []mediaView `json:"media_list"`
	}{envelope, make([]mediaView, len(cut))}
	for i, e := range cut {
		list.MediaList[i] = mediaView{
			Sid: e.sid, AccountSid: c.cfg.AccountSID, ParentSid: m.Sid, ContentType: e.kind, DateCreated: rfc2822(m.Created), DateUpdated: rfc2822(m.Created),
			URI: c.resource("Messages/"+m.Sid+"/Media/"+e.sid) + ".json",
		}
	}
	return http.StatusOK, list, nil
}

// mediaView is what came with a message as Twilio answers it.
type mediaView struct {
	Sid         string  `json:"sid"`
	AccountSid  string  `json:"account_sid"`
	ParentSid   string  `json:"parent_sid"`
	ContentType string  `json:"content_type"`
	DateCreated *string `json:"date_created"`
	DateUpdated *string `json:"date_updated"`
	URI         string  `json:"uri"`
}

func (c *Carrier) deleteMedia(req *request) (int, any, error) {
	m, err := c.findMessage(req, OpDeleteMedia)
	if err != nil {
		return 0, nil, err
	}
	sid := strings.TrimSuffix(req.r.PathValue("media"), ".json")
	c.mu.Lock()
	defer c.mu.Unlock()
	left := slices.DeleteFunc(slices.Clone(m.media), func(e media) bool { return e.sid == sid })
	if len(left) == len(m.media) {
		return 0, nil, notFound(req.r.URL.Path)
	}
	m.media = left
	return http.StatusNoContent, nil, nil
}

// Media is how many pictures and the like this carrier still keeps.
func (c *Carrier) Media() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.messages {
		if !m.Deleted {
			n += len(m.media)
		}
	}
	return n
}

func (c *Carrier) findMessage(req *request, op Op) (*message, error) {
	c.mu.Lock()
	m := c.messageBy[req.sid]
	found := m != nil && !m.Deleted
	var to, from string
	if found {
		to, from = m.To, m.From
	}
	c.mu.Unlock()
	if err := c.befall(req, op, to, from); err != nil {
		return nil, err
	}
	if !found {
		return nil, notFound(req.r.URL.Path)
	}
	return m, nil
}

// messageView is a message as Twilio answers it.
type messageView struct {
	Sid                 string            `json:"sid"`
	AccountSid          string            `json:"account_sid"`
	APIVersion          string            `json:"api_version"`
	Body                string            `json:"body"`
	DateCreated         *string           `json:"date_created"`
	DateSent            *string           `json:"date_sent"`
	DateUpdated         *string           `json:"date_updated"`
	Direction           string            `json:"direction"`
	ErrorCode           *int              `json:"error_code"`
	ErrorMessage        *string           `json:"error_message"`
	From                *string           `json:"from"`
	To                  string            `json:"to"`
	MessagingServiceSid *string           `json:"messaging_service_sid"`
	NumMedia            string            `json:"num_media"`
	NumSegments         string            `json:"num_segments"`
	Price               *string           `json:"price"`
	PriceUnit           string            `json:"price_unit"`
	Status              string            `json:"status"`
	URI                 string            `json:"uri"`
	SubresourceURIs     map[string]string `json:"subresource_uris"`
}

func (c *Carrier) view(m *message) messageView {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.viewLocked(m)
}

func (c *Carrier) viewLocked(m *message) messageView {
	base := c.resource("Messages/" + m.Sid)
	v := messageView{
		Sid: m.Sid, AccountSid: c.cfg.AccountSID, APIVersion: apiVersion, Body: m.Body,
		DateCreated: rfc2822(m.Created), DateSent: rfc2822(m.Sent), DateUpdated: rfc2822(m.updated),
		Direction: m.Direction, From: &m.From, To: m.To, MessagingServiceSid: optional(m.Service),
		NumMedia: strconv.Itoa(m.enclose), NumSegments: strconv.Itoa(m.Segments), PriceUnit: "USD", Status: m.Status,
		URI: base + ".json", SubresourceURIs: map[string]string{"media": base + "/Media.json"},
	}
	if m.Redacted {
		v.Body = ""
	}
	if m.ErrorCode != 0 {
		code := m.ErrorCode
		v.ErrorCode, v.ErrorMessage = &code, optional("The message could not be delivered.")
	}
	return v
}

// resource is the path of a resource of the account, without its .json.
func (c *Carrier) resource(path string) string {
	return "/" + apiVersion + "/Accounts/" + c.cfg.AccountSID + "/" + path
}
