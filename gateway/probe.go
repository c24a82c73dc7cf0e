package gateway

import (
	"time"

	"aviso/templates"
)

// Probe sends a text from one number of ours to another, to see whether texts
// still come in.
type Probe struct{ From, To Phone }

// Scope of a probe is nothing of anybody's.
func (Probe) Scope() Scope { return Scope{} }

// ProbeWords are those by which a probe that comes in is known.
const ProbeWords = "prueba de linea"

// PurposeProbe is a text to ourselves.
const PurposeProbe Purpose = "probe"

// probeLasts is how long a probe is of use.
const probeLasts = 5 * time.Minute

func (d *asking) probe(p Probe) {
	d.send(Attempt{
		Lane: LaneInfo, Purpose: PurposeProbe, To: p.To, Prefer: string(p.From), Validity: probeLasts, Expires: d.now.Add(probeLasts),
		Text: d.say(templates.Fallback, "probe", templates.Data{}),
	})
}
