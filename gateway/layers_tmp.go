package gateway

// cases decides what becomes of alerts: who is told, and tried again.
type cases struct{ *decision }

// personal decides what a person does, by whatever medium.
type personal struct{ *cases }

// texting decides on texts.
type texting struct{ *personal }

// keying decides on keys, of calls and of USSD sessions.
type keying struct{ *personal }

// acting decides on what agents do, and desks on their page.
type acting struct {
	*texting
	instead Deed   // what waits in place of the deed that is decided on; nil: that one
	carried *Timer // whose deed is carried out; nil: none is
}
