package console

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"aviso/gateway"
	"aviso/gateway/acts"
	"aviso/store"
)

// alertPage is what the page of one alert shows.
type alertPage struct {
	*store.Record
	Row      boardRow
	Lines    []timeLine
	Details  gateway.Details
	Alone    bool // nobody else is signed in
	Number   revealed
	Told     []string // whom words that are added reach
	Over     string   // who ended it, and when; "": it is open
	Link     *deskLink
	Contacts []gateway.Contact // with a personal message
	Correct  []gateway.Carried // what told people, and can be corrected
	Proposed *gateway.Proposal // to end it, by an agent

	OwnProposal bool
}

// timeLine is one thing that happened to an alert, or one message of it.
type timeLine struct {
	At      time.Time
	Entry   *historyLine
	Attempt *gateway.Attempt
	To      string // whose the attempt is
	How     string
	Before  []timeLine // the same before it, of calls that ring round and round
}

// revealed is a number that an agent asked to see, and whose it is: on a page with
// many of them nobody is to ring the wrong one.
type revealed struct {
	Of    gateway.ID
	Phone gateway.Phone
	Whose string
	What  string // they are to the person
	Back  string // the page without it
}

// t is what an agent reads, in their language.
func (v *visit) t(es, en string) string { return said(v.lang, es, en) }

// record is the alert of the page, which the agent has opened by it. Whoever tries
// references uses up their share by those that there are not as well.
func (c *Console) record(v *visit) (*store.Record, error) {
	ref, ok := gateway.ParseRef(v.Param("ref"))
	if !ok {
		return nil, gateway.ErrNotFound
	}
	rec, err := c.Records.RecordByRef(v.ctx, ref)
	if err != nil {
		return nil, err
	}
	open := acts.OpenAlert{}
	if rec != nil {
		open.Alert = rec.Alert.ID
	}
	return rec, c.look(v, open.Alert, open)
}

func (c *Console) showAlert(v *visit) error { return c.alertWith(v, alertPage{}) }

func (c *Console) alertWith(v *visit, p alertPage) error {
	rec, err := c.record(v)
	if err != nil {
		return err
	}
	now := c.Clock()
	v.page, v.about = "/console/alerts/"+rec.Alert.Ref.Digits(), rec.Alert.ID
	p.Correct = gateway.CanCorrect(rec.Alert.Carried, now)
	if p.Proposed = rec.Alert.Proposed(now); p.Proposed != nil {
		p.OwnProposal = p.Proposed.Agent == v.agent.ID
	}
	p.Record, p.Row, p.Details = rec, row(&rec.Case, now), rec.Alert.Details
	for i := range p.Row.To {
		to := &p.Row.To[i]
		to.Steps = steps(&rec.Case, &to.Recipient, &c.Rules, now)
		if to.ID == p.Number.Of {
			p.Number.Whose, p.Number.What = person(to.Name, to.Phone), labels{c, v.lang}.say("kind", to.Kind)+" "+v.t("de", "of")+" "+cmp.Or(rec.Alert.Name, rec.Alert.Ref.String())
		}
		if to.Accepted && !to.Vague && !to.Summed && to.Closed.IsZero() && rec.Alert.Duress.IsZero() {
			p.Told = append(p.Told, person(to.Name, to.Phone))
		}
	}
	if p.Number.Of.IsZero() {
		p.Number.Whose = v.t("Teléfono que avisó", "The phone that raised it")
		p.Number.What = cmp.Or(rec.Alert.Name, rec.Alert.Ref.String())
	}
	p.Number.Back = v.page
	if !rec.Alert.Open() {
		p.Over = c.ended(v, rec)
		v.because = p.Over
	}
	p.Lines = timeLines(rec, now)
	if rec.Profile != nil {
		for _, contact := range rec.Profile.Contacts {
			if contact.Message != "" {
				p.Contacts = append(p.Contacts, contact)
			}
		}
	}
	return c.in(v, "alerts", "alert", p)
}

// ended is who ended an alert, when, and why, in words.
func (c *Console) ended(v *visit, rec *store.Record) string {
	say := labels{c, v.lang}
	words := []string{clock(rec.Alert.Ended, rec.Alert.Zone)}
	for _, h := range historyLines(rec.History) {
		if h.Kind != "closed" && h.Kind != "cancelled" {
			continue
		}
		who := h.AgentName()
		if !h.ByAgent() {
			who = say.say("actor", h.Actor)
		}
		words = append(words, who)
		break
	}
	if rec.Alert.Reason != "" {
		words = append(words, say.say("reason", rec.Alert.Reason))
	}
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), ", ")
}

// step is one rung of a recipient's ladder: tried, or still to be.
type step struct {
	What string // as gateway.Try has it
	At   time.Time
	How  string // what became of it; "next": it is climbed at At; "later": after that
	Code string // the carrier's, where it failed
}

// steps are a recipient's whole ladder: what was tried, who took over, and what
// will be tried unless somebody answers.
func steps(c *gateway.Case, r *gateway.Recipient, rules *gateway.Rules, now time.Time) []step {
	var list []step
	for i := range c.Attempts {
		a := &c.Attempts[i]
		if a.Recipient != r.ID || a.Purpose != "" && a.Purpose != gateway.PurposeNotice {
			continue
		}
		s := step{What: string(gateway.TryText), At: cmp.Or(a.Sent, a.Due), How: attemptWord(a, now)}
		if a.Channel == gateway.Voice {
			s.What = string(gateway.TryCall)
		}
		if s.How == "failed" {
			s.Code = a.Code
		}
		list = append(list, s)
	}
	slices.SortStableFunc(list, func(a, b step) int { return a.At.Compare(b.At) })
	switch r.State {
	case gateway.RecipientConfirmed:
		return append(list, step{What: "confirmed", At: r.Confirmed, How: "confirmed"})
	case gateway.RecipientGivenUp:
		return append(list, step{What: string(gateway.TryTask), How: "task"})
	}
	for i, rung := range c.Ahead(r, rules) {
		s := step{What: string(rung.Try), How: "later"}
		if i == 0 {
			s.At, s.How = r.Next, "next"
		}
		list = append(list, s)
	}
	return list
}

// timeLines are everything that happened and everything that was written, the
// newest first.
func timeLines(rec *store.Record, now time.Time) []timeLine {
	names := map[gateway.ID]string{}
	for i := range rec.Recipients {
		names[rec.Recipients[i].ID] = rec.Recipients[i].Name
	}
	var lines []timeLine
	for _, h := range historyLines(rec.History) {
		lines = append(lines, timeLine{At: h.At, Entry: &h})
	}
	for i := range rec.Attempts {
		a := &rec.Attempts[i]
		if a.Purpose == gateway.PurposeRedact {
			continue
		}
		lines = append(lines, timeLine{At: cmp.Or(a.Sent, a.Due), Attempt: a, To: names[a.Recipient], How: attemptWord(a, now)})
	}
	slices.SortStableFunc(lines, func(a, b timeLine) int { return cmp.Compare(b.At.UnixMicro(), a.At.UnixMicro()) })
	return gathered(lines)
}

// gathered brings the calls to the roster, which go on until somebody takes
// them, together under the newest: they must not bury the rest.
func gathered(lines []timeLine) []timeLine {
	newest := -1
	rest := lines[:0]
	for _, l := range lines {
		switch {
		case l.Attempt == nil || l.Attempt.Purpose != gateway.PurposeRoster:
			rest = append(rest, l)
		case newest < 0:
			newest = len(rest)
			rest = append(rest, l)
		default:
			rest[newest].Before = append(rest[newest].Before, l)
		}
	}
	return rest
}

// alertDeed is everything that an agent may do about one alert.
func (c *Console) alertDeed(v *visit) error {
	rec, err := c.record(v)
	if err != nil {
		return err
	}
	id := rec.Alert.ID
	var deed acts.Deed
	switch v.Param("deed") {
	case "words":
		deed = acts.AddWords{Alert: id, Words: v.field("words")}
	case "note":
		deed = acts.Note{Alert: id, Text: v.field("note"), Open: v.field("open") != ""}
	case "end":
		deed = acts.EndAlert{Alert: id, PIN: v.field("pin"), Reason: v.field("reason"), Words: v.field("end_words"), Agrees: v.field("agrees")}
	case "withdraw":
		deed = acts.WithdrawEnd{Alert: id, Mark: v.field("agrees")}
	case "place":
		deed = acts.Reroute{Alert: id, Edits: v.edits("zip")}
	case "consulate":
		deed = acts.TellConsulate{Alert: id, Consent: v.field("consent") != ""}
	case "details":
		deed = acts.Describe{Alert: id, Edits: v.edits("born", "country", "place", "facility", "a_number", "medical", "minors", "family")}
	case "acknowledge":
		recipient, err := idField(v.field("recipient"))
		if err != nil {
			return err
		}
		deed = acts.Acknowledge{Alert: id, Recipient: recipient}
	case "silence":
		phone := rec.Alert.Phone
		if v.field("phone") == "own" && rec.Profile != nil {
			phone = rec.Profile.Phone
		}
		deed = acts.SilencePhone{Alert: id, Phone: phone, Back: v.field("back") != ""}
	case "reveal":
		of, err := optionalID(v.field("of"))
		if err != nil {
			return err
		}
		return c.reveal(v, acts.Reveal{Alert: id, Of: of}, func(shown revealed) error {
			return c.alertWith(v, alertPage{Number: shown})
		})
	case "correct":
		act, err := idField(v.field("act"))
		if err != nil {
			return err
		}
		deed = acts.Correct{Alert: id, Act: act, Words: v.field("right")}
	case "link":
		return c.linkDesk(v, rec)
	default:
		return gateway.ErrNotFound
	}
	o, err := c.act(v, deed)
	return c.done(v, o, err, "/console/alerts/"+rec.Alert.Ref.Digits(), c.showAlert)
}

// reveal shows a number on the page that answers the form, and nowhere else: a
// number stands in no address.
func (c *Console) reveal(v *visit, deed acts.Reveal, show func(revealed) error) error {
	o, err := c.act(v, deed)
	if err != nil {
		return err
	}
	return show(revealed{Of: deed.Of, Phone: gateway.Phone(o.Text)})
}

// raisePage is the form that raises an alert for somebody on the line.
type raisePage struct{ Reasons []string }

func (c *Console) showRaise(v *visit) error { return c.in(v, "raise", "raise", raisePage{}) }

// raise raises for somebody who is not registered, by three fields, or for a
// profile by one press.
func (c *Console) raise(v *visit) error {
	profile, err := optionalID(v.field("profile"))
	if err != nil {
		return err
	}
	back := c.showRaise
	if !profile.IsZero() {
		back = func(v *visit) error { return c.personWith(v, profile, personPage{}) }
	}
	ring, err := c.phoneField(v, "ring")
	var invalid *gateway.Invalid
	if errors.As(err, &invalid) {
		return c.again(v, invalid, back)
	}
	if err != nil {
		return err
	}
	o, err := c.act(v, acts.RaiseFor{
		Profile: profile, Name: v.field("name"), Place: v.field("place"), Words: v.field("words"),
		Ring: ring, RingName: v.field("ring_name"),
	})
	if errors.As(err, &invalid) {
		return c.again(v, invalid, back)
	}
	if err != nil {
		return err
	}
	rec, err := c.Records.RecordByID(v.ctx, o.Alert)
	if err != nil || rec == nil {
		return errors.Join(err, gateway.ErrNotFound)
	}
	return v.Redirect(http.StatusSeeOther, "/console/alerts/"+rec.Alert.Ref.Digits()+"?did="+string(o.Word))
}

// deskLink is a link for a consulate, shown once.
type deskLink struct {
	URL, Code, To string
}

// linkDesk makes a link for one of the alert's desks.
func (c *Console) linkDesk(v *visit, rec *store.Record) error {
	recipient, err := idField(v.field("recipient"))
	if err != nil {
		return err
	}
	o, err := c.act(v, acts.LinkDesk{Alert: rec.Alert.ID, Recipient: recipient})
	if err != nil {
		return err
	}
	token, code, made := strings.Cut(o.Text, " ")
	if !made {
		return c.done(v, o, nil, "/console/alerts/"+rec.Alert.Ref.Digits(), c.showAlert)
	}
	link := &deskLink{URL: strings.TrimSuffix(c.PublicURL, "/") + "/consulate/" + token, Code: code[:3] + " " + code[3:]}
	for i := range rec.Recipients {
		if rec.Recipients[i].ID == recipient {
			link.To = rec.Recipients[i].Name
		}
	}
	return c.alertWith(v, alertPage{Link: link})
}

// EndReasons are the reasons for which an alert can be ended.
func (alertPage) EndReasons() []string { return gateway.EndReasons }

// ConsentTo reports whether the person consented to consular notice.
func (p alertPage) ConsentTo() bool {
	return p.Profile != nil && p.Profile.ConsularNotice.Given || p.Alert.Consent.Given
}

// HasDesk reports whether a desk was told.
func (p alertPage) HasDesk() bool {
	return slices.ContainsFunc(p.Row.To, func(r recipientLine) bool { return r.Kind != gateway.KindContact })
}

// Ahead reports whether a message or call is still to come.
func (l timeLine) Ahead() bool { return ahead(l.How) }

// Ahead is the same of one rung.
func (s step) Ahead() bool { return ahead(s.How) }

func ahead(how string) bool { return how == "retry" || how == "planned" }
