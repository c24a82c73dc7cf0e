package gateway

import (
	"fmt"
	"slices"
	"time"
)

// ConfirmDesk notes that the operator made sure that a desk expects alerts.
type ConfirmDesk struct{ Desk ID }

func (ConfirmDesk) name() string { return "desk-confirmed" }
func (ConfirmDesk) scope(*Scope) {}
func (ConfirmDesk) admin()       {}
func (c ConfirmDesk) desk() ID   { return c.Desk }

func (c ConfirmDesk) do(d *acting) error {
	desk, err := d.deskByID(c.Desk)
	if err != nil {
		return err
	}
	if !desk.Confirmed.IsZero() {
		d.outcome(NotOpen)
		return nil
	}
	desk.Confirmed = d.now
	d.putDesk(desk)
	return nil
}

// TestDesk sends a PRUEBA to one desk, confirmed or not.
type TestDesk struct{ Desk ID }

func (TestDesk) name() string { return "desk-tested" }
func (TestDesk) scope(*Scope) {}
func (TestDesk) admin()       {}
func (t TestDesk) desk() ID   { return t.Desk }

func (t TestDesk) do(d *acting) error {
	desk, err := d.deskByID(t.Desk)
	if err != nil {
		return err
	}
	switch {
	case desk.Channel != SMS:
		return &Invalid{Field: "desk", Why: "voice"}
	case d.view.Stopped[desk.Address]:
		return &Invalid{Field: "desk", Why: "stopped"}
	}
	d.drillDesks(func(x *Desk) bool { return x.ID == desk.ID })
	return nil
}

// SetHours changes when a desk is open.
type SetHours struct {
	Desk  ID
	Edits Edits // hours, as ParseHours has it; empty: always
}

func (SetHours) name() string { return "desk-hours" }
func (SetHours) scope(*Scope) {}
func (SetHours) admin()       {}
func (h SetHours) desk() ID   { return h.Desk }

func (h SetHours) do(d *acting) error {
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
		d.outcome(Unchanged)
		return nil
	}
	if _, err := ParseHours(hours); err != nil {
		return &Invalid{Field: "hours", Why: "hours"}
	}
	desk.Hours = hours
	d.putDesk(desk)
	return nil
}

// TakeAudit takes the log of what agents did out of the console, as a file. It
// changes nothing: that it was taken stays on the agent's chain.
type TakeAudit struct{}

func (TakeAudit) name() string     { return "audit-taken" }
func (TakeAudit) scope(*Scope)     {}
func (TakeAudit) admin()           {}
func (TakeAudit) do(*acting) error { return nil }

func (d *acting) deskByID(id ID) (*Desk, error) {
	all := d.view.Directory.All()
	i := slices.IndexFunc(all, func(desk Desk) bool { return desk.ID == id })
	if i < 0 {
		return nil, ErrNotFound
	}
	return &all[i], nil
}

// minutes is a wait as it is said: rounded up.
func minutes(d time.Duration) string { return fmt.Sprint(int((d + time.Minute - 1) / time.Minute)) }
