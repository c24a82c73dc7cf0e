package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"aviso/gateway"
	"aviso/gateway/carrier/sim"
	"aviso/gateway/roster"
	"aviso/store"
)

// The people of the demo. They are kept by the same code as an operator's files.

const (
	demoJuan    = "+13125550101"
	demoFamily  = "family" // the scene of Juan and his family
	demoRaid    = "raid"   // that of a raid
	demoChicago = "America/Chicago"
)

// demoRaidPolicy makes an incident of five alerts.
var demoRaidPolicy = gateway.RaidPolicy{
	Alerts: 5, Within: gateway.Duration(20 * time.Second), Every: gateway.Duration(10 * time.Second), Quiet: gateway.Duration(20 * time.Second),
}

// demoContact and demoPerson are a line of a file of profiles.
type demoContact struct {
	Phone    string `json:"phone"`
	Name     string `json:"name"`
	Relation string `json:"relation"`
	Language string `json:"language"`
	Place    bool   `json:"place"`
	Accepted bool   `json:"accepted"`
}

type demoPerson struct {
	Phone    string        `json:"phone"`
	Name     string        `json:"name"`
	Language string        `json:"language"`
	ZIP      string        `json:"zip"`
	PIN      string        `json:"pin"`
	Duress   string        `json:"duress_pin"`
	Consent  bool          `json:"consulate_consent"`
	Contacts []demoContact `json:"contacts"`
}

// workers are those whom the raid takes, at a packing house in Omaha, and whom
// each has at home.
var workers = [12]struct {
	name, short     string
	relative, kin   string
	relation        sim.Words
	relativeIsInUSA bool
}{
	{"Ana Lopez", "Ana", "Luz", "madre", "su madre|her mother", false},
	{"Beto Cruz", "Beto", "Nora", "esposa", "su esposa|his wife", true},
	{"Carmen Diaz", "Carmen", "Ivan", "hijo", "su hijo|her son", true},
	{"David Rios", "David", "Elsa", "hermana", "su hermana|his sister", false},
	{"Elena Soto", "Elena", "Raul", "esposo", "su esposo|her husband", true},
	{"Fidel Mora", "Fidel", "Tere", "madre", "su madre|his mother", false},
	{"Gloria Vega", "Gloria", "Omar", "hermano", "su hermano|her brother", true},
	{"Hugo Leon", "Hugo", "Paty", "esposa", "su esposa|his wife", true},
	{"Irma Luna", "Irma", "Saul", "padre", "su padre|her father", false},
	{"Jorge Pena", "Jorge", "Vero", "hija", "su hija|his daughter", true},
	{"Karla Nava", "Karla", "Memo", "esposo", "su esposo|her husband", true},
	{"Luis Ortiz", "Luis", "Chela", "tia", "su tía|his aunt", false},
}

func workerPhone(i int) string { return fmt.Sprintf("+140255501%02d", 10+i) }

func relativePhone(i int) string {
	if workers[i].relativeIsInUSA {
		return fmt.Sprintf("+140255502%02d", 10+i)
	}
	return fmt.Sprintf("+5233123457%02d", 10+i)
}

// demoFile is the file of profiles, with everybody's texts in a language.
func demoFile(language string) []demoPerson {
	people := []demoPerson{{
		Phone: demoJuan, Name: "Juan Perez", Language: language, ZIP: "60608", PIN: "4821", Duress: "9917", Consent: true,
		Contacts: []demoContact{
			{"+523312345678", "Maria", "hermana", language, true, true},
			{"+13125550102", "Pedro", "hermano", language, false, true},
			{"+13125550103", "Rosa", "esposa", language, false, true},
		},
	}}
	for i, w := range workers {
		people = append(people, demoPerson{
			Phone: workerPhone(i), Name: w.name, Language: language, ZIP: "68107", Consent: true,
			Contacts: []demoContact{{relativePhone(i), w.relative, w.kin, language, false, true}},
		})
	}
	return people
}

const demoDesks = `consulate,channel,address,hours,language,confirmed
chicago,sms,+13125550199,,%[1]s,2026-01-15
omaha,sms,+14025550199,,%[1]s,2026-01-15
`

// seed puts everybody to how they are at the beginning; those who were there
// before are erased, with all that hangs on them.
func (d *demo) seed(ctx context.Context, language string) error {
	directory, err := d.records.Directory(ctx)
	if err != nil {
		return fmt.Errorf("seed the demo: %w", err)
	}
	if err := d.closeAll(ctx); err != nil {
		return fmt.Errorf("seed the demo: %w", err)
	}
	var file strings.Builder
	lines := json.NewEncoder(&file)
	for _, p := range demoFile(language) {
		if _, err := d.records.EraseProfile(ctx, gateway.Phone(p.Phone)); err != nil {
			return fmt.Errorf("seed the demo: %w", err)
		}
		if err := lines.Encode(p); err != nil {
			return fmt.Errorf("seed the demo: %w", err)
		}
	}
	options := roster.Options{Now: time.Now(), Directory: directory}
	var people []store.Incoming
	for row, err := range roster.Profiles(strings.NewReader(file.String()), roster.JSONLines, options) {
		if err != nil {
			return fmt.Errorf("seed the demo: %w", err)
		}
		person, _ := incoming(row, false, d.hasher)
		if hash := person.PIN; hash != nil { // the digits are always the same: they are hashed once
			person.PIN = func(old gateway.PIN) gateway.PIN {
				if d.pin.Hash == nil {
					d.pin = hash(old)
				}
				return d.pin
			}
		}
		people = append(people, person)
	}
	if _, err := d.records.ImportProfiles(ctx, people); err != nil {
		return fmt.Errorf("seed the demo: %w", err)
	}
	desks, err := roster.Desks(strings.NewReader(fmt.Sprintf(demoDesks, language)), options)
	if err == nil {
		err = d.records.ReplaceDesks(ctx, desks)
	}
	if err != nil {
		return fmt.Errorf("seed the demo: %w", err)
	}
	return nil
}

// closeAll ends every alert and incident without telling anybody, and every task:
// whoever was told is about to be somebody new.
func (d *demo) closeAll(ctx context.Context) error {
	for {
		turn := gateway.Turn{At: time.Now()}
		board, err := d.records.Board(ctx, store.BoardQuery{Size: watchMost})
		if err != nil {
			return err
		}
		for i := range board.Cases {
			alert := board.Cases[i].Alert
			alert.State, alert.Ended, alert.Reason = gateway.AlertClosed, turn.At, "unknown"
			turn.Alerts = append(turn.Alerts, alert)
			turn.Audit = append(turn.Audit, gateway.Entry{Subject: gateway.SubjectAlert, ID: alert.ID, Kind: "closed", Actor: "operator"})
		}
		directory, err := d.records.Directory(ctx)
		if err != nil {
			return err
		}
		for _, incident := range directory.Incidents() {
			if incident.Open() {
				incident.Ended = turn.At
				turn.Incidents = append(turn.Incidents, incident)
			}
		}
		tasks, _, err := d.records.Tasks(ctx, 0, watchMost)
		if err != nil {
			return err
		}
		for _, line := range tasks {
			line.Task.State = gateway.TaskDone
			turn.Tasks = append(turn.Tasks, line.Task)
		}
		if len(turn.Alerts)+len(turn.Incidents)+len(turn.Tasks) == 0 {
			return nil
		}
		if err := d.records.Commit(ctx, turn); err != nil && !errors.Is(err, gateway.ErrConflict) { // what moved on is read again
			return err
		}
	}
}

// The phones' places on the page. Programs that use the phones know them by
// these, so that new ones come last.
const (
	onJuan = iota
	onMaria
	onPedro
	onRosa
	onChicago
	onBorrowed
	onCenter
	onJail
	onOmaha
	onWorkers // each worker's, and behind it their relative's
)

// page shows the phones of everybody, some that nobody knows, and the stories.
func (d *demo) page() sim.PageConfig {
	phone := d.carrier.Phone
	page := sim.PageConfig{
		Sender: demoSender,
		Scenes: []sim.Scene{{Name: demoFamily, Title: "Juan y su familia|Juan and his family"}, {Name: demoRaid, Title: "Una redada de doce|A raid of twelve"}},
		Phones: []sim.PagePhone{
			{Phone: phone(demoJuan, "Juan"), Role: "lo pueden detener, Chicago|may be detained, Chicago", Zone: demoChicago,
				Hint: "PIN 4821. Si lo obligan: 9917.|PIN 4821. Under duress: 9917.", Keys: []string{"ALERTA|ALERT", "ESTADO|STATUS", "BIEN 4821|SAFE 4821", "DERECHOS|RIGHTS"}},
			{Phone: phone("+523312345678", "Maria"), Role: "su hermana, Guadalajara|his sister, Guadalajara", Zone: "America/Mexico_City", Keys: []string{"1", "AYUDA|HELP"}},
			{Phone: phone("+13125550102", "Pedro"), Role: "su hermano, Chicago|his brother, Chicago", Zone: demoChicago, Keys: []string{"1", "AYUDA|HELP"}},
			{Phone: phone("+13125550103", "Rosa"), Role: "su esposa, Chicago|his wife, Chicago", Zone: demoChicago, Keys: []string{"1", "AYUDA|HELP"}},
			{Phone: phone("+13125550199", "Consulado"), Role: "consulado de México, Chicago|Mexican consulate, Chicago", Zone: demoChicago, Keys: []string{"RECIBIDO|RECEIVED", "LOCALIZADO|LOCATED", "CERRAR|CLOSE"}},
			{Phone: phone("+13125550177", "Prestado"), Role: "prestado, nadie lo conoce|borrowed, nobody knows it", Zone: demoChicago,
				Hint: "Desde cualquier teléfono: número y PIN.|From any phone: number and PIN.", Keys: []string{"ALERTA 3125550101 4821|ALERT 3125550101 4821", "ALERTA|ALERT"}},
			{Phone: phone(demoCenter, "Centro"), Role: "los agentes de guardia|the agents on call", Zone: demoChicago,
				Hint: "Suena cuando alguien marca 0, y cuando llaman de una cárcel. Para aceptar, 1.|Rings when a caller presses 0, and when a jail calls. To accept, 1."},
			{Phone: phone("+13125550178", "Cárcel"), Role: "el teléfono de la cárcel|the jail's phone", Zone: demoChicago,
				Hint: "Las cárceles solo dejan llamar a " + demoCustody + ": contesta una persona.|Jails let people call " + demoCustody + " alone: a person answers."},
			{Phone: phone("+14025550199", "Consulado Omaha"), Role: "consulado de México, Omaha|Mexican consulate, Omaha", Zone: demoChicago, Scene: demoRaid, Keys: []string{"RECIBIDO|RECEIVED"}},
		},
		Stories: d.stories(),
		Reset:   d.seed,
		Failed:  func(err error) { d.log.Error().Err(err).Msg("story") },
		Console: d.desk.door(d),
	}
	for i, w := range workers {
		home := demoChicago
		if !w.relativeIsInUSA {
			home = "America/Mexico_City"
		}
		page.Phones = append(page.Phones,
			sim.PagePhone{Phone: phone(workerPhone(i), w.short), Role: "trabaja en Omaha|works in Omaha", Zone: demoChicago, Scene: demoRaid, Small: true, Keys: []string{"ALERTA|ALERT"}},
			sim.PagePhone{Phone: phone(relativePhone(i), w.relative), Role: w.relation, Zone: home, Scene: demoRaid, Small: true, Keys: []string{"1"}})
	}
	for _, p := range page.Phones {
		p.Phone.OnCall(sim.ByHand)
	}
	return page
}
