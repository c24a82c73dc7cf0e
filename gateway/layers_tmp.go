package gateway

// cases decides what becomes of alerts: who is told, and tried again.
type cases struct {
	*decision
	notices map[reader]string // to contacts, as rendered
}

// asking asks people who are to be told one day, and desks: invitations, drills,
// signs of life.
type asking struct{ *cases }

// personal decides what a person does, by whatever medium.
type personal struct{ *asking }

// arranging decides on what somebody arranges with us by text, before anything
// happens: a registration, their data, a check-in, a new number.
type arranging struct{ *personal }

// texting decides on every text.
type texting struct{ *arranging }

// keying decides on keys, of calls and of USSD sessions.
type keying struct{ *personal }

// acting decides on what agents do, and desks on their page.
type acting struct {
	*texting
	instead Deed   // what waits in place of the deed that is decided on; nil: that one
	carried *Timer // whose deed is carried out; nil: none is
}
