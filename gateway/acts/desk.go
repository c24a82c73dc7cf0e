package acts

import (
	"slices"

	"aviso/gateway"
)

// ConfirmDesk notes that the operator made sure that a desk expects alerts.
type ConfirmDesk struct{ Desk gateway.ID }

func (ConfirmDesk) name() string { return "desk-confirmed" }

func (ConfirmDesk) scope(*gateway.Scope) {}

func (ConfirmDesk) admin() {}

func (c ConfirmDesk) desk() gateway.ID { return c.Desk }

func (c ConfirmDesk) do(d *Acting) error {
	desk, err := d.deskByID(c.Desk)
	if err != nil {
		return err
	}
	if !desk.Confirmed.IsZero() {
		d.notOpen(overDesk)
		return nil
	}
	desk.Confirmed = d.Now
	d.PutDesk(desk)
	return nil
}

// TestDesk sends a PRUEBA to one desk, confirmed or not.
type TestDesk struct{ Desk gateway.ID }

func (TestDesk) name() string { return "desk-tested" }

func (TestDesk) scope(*gateway.Scope) {}

func (TestDesk) admin() {}

func (t TestDesk) desk() gateway.ID { return t.Desk }

func (t TestDesk) do(d *Acting) error {
	desk, err := d.deskByID(t.Desk)
	if err != nil {
		return err
	}
	switch {
	case desk.Channel != gateway.SMS:
		return &gateway.Invalid{Field: "desk", Why: "voice"}
	case d.WantsNone(desk.Address):
		return &gateway.Invalid{Field: "desk", Why: "stopped"}
	}
	d.DrillDesks(func(x *gateway.Desk) bool { return x.ID == desk.ID })
	return nil
}

// SetHours changes when a desk is open.
type SetHours struct {
	Desk  gateway.ID
	Edits Edits // hours, as ReadHours has it; empty: always
}

func (SetHours) name() string { return "desk-hours" }

func (SetHours) scope(*gateway.Scope) {}

func (SetHours) admin() {}

func (h SetHours) desk() gateway.ID { return h.Desk }

func (h SetHours) do(d *Acting) error {
	desk, err := d.deskByID(h.Desk)
	if err != nil {
		return err
	}
	hours := desk.Hours
	touched, err := h.Edits.apply(desk.Seq, map[string]*string{"hours": &hours})
	if err != nil {
		return err
	}
	if hours, err = clean("hours", hours, actField); err != nil {
		return err
	}
	if len(touched) == 0 {
		d.outcome(gateway.Unchanged)
		return nil
	}
	if hours, err = gateway.ReadHours(hours); err != nil {
		return &gateway.Invalid{Field: "hours", Why: "hours"}
	}
	desk.Hours = hours
	d.PutDesk(desk)
	return nil
}

// AddDesk adds a desk behind the others of its consulate, under the same rules as a
// file of them. It is told of no alerts until somebody confirms it, or it answers a
// PRUEBA.
type AddDesk struct {
	Words   gateway.DeskWords
	Address gateway.Phone
}

func (AddDesk) name() string { return "desk-added" }

func (AddDesk) scope(*gateway.Scope) {}

func (AddDesk) admin() {}

func (a AddDesk) do(d *Acting) error {
	if err := cleanAll(actField, map[string]*string{"hours": &a.Words.Hours, "language": &a.Words.Language}); err != nil {
		return err
	}
	desk, wrong := d.View.Directory.ReadDesk(a.Words)
	if len(wrong) > 0 {
		return &wrong[0]
	}
	switch desk.Address = a.Address; {
	case a.Address == "":
		return &gateway.Invalid{Field: "address", Why: "missing"}
	case d.Rules.NobodysContact(a.Address):
		return &gateway.Invalid{Field: "address", Why: "nobodys"}
	}
	for _, other := range d.View.Directory.DesksAt(a.Address) {
		if other.Same(&desk) {
			return &gateway.Invalid{Field: "address", Why: "twice"}
		}
		desk.Stopped = gateway.Later(desk.Stopped, other.Stopped) // a number that wants to hear nothing of us
	}
	for _, other := range d.View.Directory.Desks(desk.Consulate) {
		desk.Position = max(desk.Position, other.Position+1)
	}
	desk.ID = d.Fresh.ID()
	d.PutDesk(&desk)
	return nil
}

// MoveDesk has a desk tried before the one that stands above it, or behind the one
// below.
type MoveDesk struct {
	Desk gateway.ID
	Down bool
}

func (MoveDesk) name() string { return "desk-moved" }

func (MoveDesk) scope(*gateway.Scope) {}

func (MoveDesk) admin() {}

func (m MoveDesk) desk() gateway.ID { return m.Desk }

func (m MoveDesk) do(d *Acting) error {
	desk, err := d.deskByID(m.Desk)
	if err != nil {
		return err
	}
	list := slices.Clone(d.View.Directory.Desks(desk.Consulate))
	at := slices.IndexFunc(list, func(x gateway.Desk) bool { return x.ID == desk.ID })
	to := at - 1
	if m.Down {
		to = at + 1
	}
	if to < 0 || to >= len(list) {
		d.outcome(gateway.Unchanged)
		return nil
	}
	list[at], list[to] = list[to], list[at]
	for i := range list {
		if list[i].Position != i {
			list[i].Position = i
			d.PutDesk(&list[i])
		}
	}
	return nil
}

// TakeAudit takes the log of what agents did out of the console, as a file. It
// changes nothing: that it was taken stays on the agent's chain.
type TakeAudit struct{}

func (TakeAudit) name() string { return "audit-taken" }

func (TakeAudit) scope(*gateway.Scope) {}

func (TakeAudit) admin() {}

func (TakeAudit) do(*Acting) error { return nil }

func (d *Acting) deskByID(id gateway.ID) (*gateway.Desk, error) {
	all := d.View.Directory.All()
	i := slices.IndexFunc(all, func(desk gateway.Desk) bool { return desk.ID == id })
	if i < 0 {
		return nil, gateway.ErrNotFound
	}
	return &all[i], nil
}
