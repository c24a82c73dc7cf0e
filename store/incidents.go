package store

import (
	"slices"
	"time"

	"aviso/gateway"
)

// Incidents, and what is read of recent alerts to find them. Which ones are open
// stands in the directory, so that no view has to ask.

const (
	incidentColumns = `i.id, i.seq, i.consulate, i.since, i.ended, i.body`

	selectIncidents = `SELECT ` + incidentColumns + ` FROM incident i WHERE i.ended = 0 OR i.ended >= $1`

	insertIncident = `INSERT INTO incident (id, seq, consulate, since, ended, body) VALUES ($1, 1, $2, $3, $4, $5)`
	updateIncident = `UPDATE incident SET ` + seqSeen + `, ended = $2, body = $3 WHERE id = $4`

	// What begins with the time of its making is found by it.
	selectRush = `SELECT a.district, a.consulate, a.at, a.profile FROM alert a WHERE a.id >= $1 AND a.drill = 0 AND a.district <> '' ORDER BY a.id DESC LIMIT $2`

	selectMembers = `SELECT ` + alertColumns + `, ` + recipientColumns + ` FROM alert a CROSS JOIN recipient r
		WHERE a.id >= $1 AND a.consulate = $2 AND a.drill = 0 AND a.seq > 0 AND r.alert = a.id AND r.kind <> 1 ORDER BY a.id, r.id LIMIT $3`
	selectNewestOf = `SELECT a.at FROM alert a WHERE a.id >= $1 AND a.district = $2 AND a.drill = 0 ORDER BY a.id DESC LIMIT 1`
	selectTasksOf  = `SELECT ` + taskColumns + ` FROM alert a CROSS JOIN task k
		WHERE a.id >= $1 AND a.district = $2 AND a.drill = 0 AND k.alert = a.id AND k.state < 3 LIMIT $3`

	unlessRaided = ` AND NOT EXISTS (SELECT 1 FROM incident WHERE ended = 0)`

	// A Stop holds whether there is a conversation or not, and whatever one
	// that is being decided on has seen.
	insertStop = `INSERT INTO conversation (id, seq, at, phone_hash, stopped, body) VALUES ($1, 1, $2, $3, 0, $4) ON CONFLICT (phone_hash) DO NOTHING`
	updateStop = `UPDATE conversation SET seq = seq + 1, at = $1, stopped = $1 WHERE phone_hash = $2 AND stopped = 0`
)

const (
	// incidentKept is how long after its end an incident is in the directory:
	// a desk may answer the last summary late.
	incidentKept = 24 * time.Hour

	// Bounds of what is read of an incident.
	maxRush    = 2000 // recent alerts, the newest; some place has far more than enough of them then
	maxMembers = 4000 // alerts and their desks, the oldest
	maxRaided  = 500  // tasks
)

// incidents writes incidents, which change the directory, and stops.
func (b *builder) incidents(t *gateway.Turn) {
	for i := range t.Incidents {
		b.incident(&t.Incidents[i])
	}
	if len(t.Incidents) > 0 {
		b.add(bumpDirectory)
	}
	for _, stop := range t.Stops {
		b.move("conversation", "phone_hash", hashConversation, string(stop.Phone))
		phone := b.phone(hashConversation, stop.Phone)
		b.add(insertStop, stop.ID[:], b.at, phone, b.body("conversation", stop.ID, &gateway.Conversation{Phone: stop.Phone}))
		b.add(updateStop, b.at, phone)
	}
}

func (b *builder) incident(i *gateway.Incident) {
	body := b.body("incident", i.ID, i)
	if i.Seq == 0 {
		b.add(insertIncident, i.ID[:], i.Consulate, micros(i.Since), micros(i.Ended), body)
		return
	}
	b.add(updateIncident, i.Seq, micros(i.Ended), body, i.ID[:])
}

func (s *sealer) incident(row row) (gateway.Incident, error) {
	i := gateway.Incident{ID: row.id(0), Seq: row.int(1), Consulate: row.text(2), Since: row.time(3), Ended: row.time(4)}
	return i, s.open("incident", i.ID[:], row.bytes(5), &i)
}

// firstID is the least id that can have been made at a time or later.
func firstID(at time.Time) []byte {
	id := gateway.NewFresh(at, zeros{}).ID()
	return id[:]
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// askRush counts recent alerts by place, of each person one.
func (r *reading) askRush() {
	if r.scope.Since.IsZero() {
		return
	}
	counted := map[string]bool{}
	r.ask(selectRush, func(row row) error {
		district, at := row.text(0), row.time(2)
		person := district + string(row.bytes(3))
		i := 0
		for i < len(r.view.Rush) && r.view.Rush[i].Consulate != district {
			i++
		}
		if i == len(r.view.Rush) {
			r.view.Rush = append(r.view.Rush, gateway.Rush{Consulate: district, First: at})
		}
		rush := &r.view.Rush[i]
		if at.Before(rush.First) {
			rush.First = at
		}
		if counted[person] {
			return nil
		}
		counted[person] = len(row.bytes(3)) > 0 // nobody knows whether two of nobody are one person's
		rush.Alerts++
		if row.text(1) == district {
			rush.Consented++
		}
		return nil
	}, firstID(r.scope.Since), int64(maxRush))
}

// addRaids adds the incidents that the scope is about to the view, each with a
// case.
func (r *reading) addRaids() {
	for _, incident := range r.view.Directory.Incidents() {
		if !r.wholeRaid(&incident) && !tells(&incident, r.scope.Phone) && !tells(&incident, r.scope.Desk) {
			continue
		}
		incident.Desks = slices.Clone(incident.Desks) // the directory is everybody's, the view one decision's
		r.view.Raids = append(r.view.Raids, gateway.Raid{Incident: incident})
		r.view.Cases = append(r.view.Cases, incident.Case())
	}
}

// wholeRaid reports whether the scope is about the incident itself.
func (r *reading) wholeRaid(i *gateway.Incident) bool {
	return i.ID == r.scope.Alert || r.scope.Whole && r.view.Attempt != nil && r.view.Attempt.Alert == i.ID
}

// tells reports whether an incident has told the desk of a phone.
func tells(i *gateway.Incident, phone gateway.Phone) bool {
	for _, desk := range i.Desks {
		if desk.Phone == phone {
			return true
		}
	}
	return false
}

// askRaids asks for the alerts of the incidents.
func (r *reading) askRaids() {
	for i := range r.view.Raids {
		raid := &r.view.Raids[i]
		whole := r.wholeRaid(&raid.Incident)
		if !whole && (r.scope.Desk != "" || len(r.scope.Refs) > 0) {
			continue
		}
		since := firstID(raid.Incident.Since)
		r.ask(selectMembers, func(row row) error {
			alert, err := r.alert(row)
			if err != nil {
				return err
			}
			recipient, err := r.recipient(row, 10)
			raid.Members = append(raid.Members, gateway.Told{Alert: alert, Recipient: recipient})
			return err
		}, since, raid.Incident.Consulate, int64(maxMembers))
		if !whole {
			continue
		}
		r.ask(selectNewestOf, func(row row) error {
			raid.Newest = row.time(0)
			return nil
		}, since, raid.Incident.Consulate)
		r.ask(selectTasksOf, func(row row) error {
			task, err := r.task(row)
			raid.Tasks = append(raid.Tasks, task)
			return err
		}, since, raid.Incident.Consulate, int64(maxRaided))
	}
}

// askNamers asks who names the phone of an attempt that failed.
func (r *reading) askNamers() {
	if r.scope.Whole && r.view.Attempt != nil && r.view.Attempt.To != "" {
		to := r.view.Attempt.To
		r.ask(selectWards, r.profiles(&r.view.Namers), lookupPhone(hashContact, to), int64(maxWards))
		if r.view.Attempt.Purpose == gateway.PurposeSign {
			r.ask(selectProfileByPhone, r.oneProfile(&r.view.Own), lookupPhone(hashProfile, to))
		}
	}
}

// askTogether asks what else the contacts of a case were told of.
func (r *reading) askTogether() {
	c := r.view.Case(r.scope.Alert)
	if !r.scope.Together || c == nil {
		return
	}
	r.view.Together = map[gateway.Phone][]gateway.Told{}
	for i := range c.Recipients {
		phone := c.Recipients[i].Phone
		if c.Recipients[i].Kind != gateway.KindContact {
			continue
		}
		r.ask(selectTold, func(row row) error {
			alert, err := r.alert(row)
			if err != nil {
				return err
			}
			recipient, err := r.recipient(row, 10)
			r.view.Together[phone] = append(r.view.Together[phone], gateway.Told{Alert: alert, Recipient: recipient})
			return err
		}, lookupPhone(hashRecipient, phone), micros(r.now.Add(-toldKept)), int64(maxTold))
	}
}

// waits is what a lane's attempts wait for besides their time.
func waits(lane gateway.Lane) string {
	if lane >= gateway.LaneInfo {
		return unlessRaided
	}
	return ""
}
