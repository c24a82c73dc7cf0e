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
	Edits Edits // hours, as ParseHours has it; empty: always
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
	if _, err := gateway.ParseHours(hours); err != nil {
		return &gateway.Invalid{Field: "hours", Why: "hours"}
	}
	desk.Hours = hours
	d.PutDesk(desk)
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
