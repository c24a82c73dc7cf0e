// Package gateway is the domain: somebody is about to be detained, and their
// family and their consulate have to learn of it.
//
// Everything that happens is an Event: a text, a key on a call or a screen, a
// receipt, the result of a send, a timer, an agent's act, a sweep. Service.Handle
// takes one through the same steps, whatever it is:
//
//	Scope   what the event may touch            (the event says)
//	View    that, read as one snapshot          (the Store)
//	PIN     slow hashes, always the same work   (checkPIN)
//	decide  a pure function of event, view, time and fresh ids
//	Turn    all that one commit writes, and the answer
//	Commit  one transaction; who lost a race reads and decides anew
//
// Only then is the answer given, and what was born claimed handed to the relay.
// A decision knows no SQL, no HTTP and no carrier; what a carrier's error asks
// for rides on Failure.
//
// # The map
//
//	id, phone, phone_read, profile, alert, conversation, directory      the nouns
//	event, turn, service, decide                                        the way of an event
//	text, question, numbers, mention, pincheck                          what a text means, in its context
//	raise, borrowed, confirm, cancel, desk, stop, info                  the main job
//	register, contacts, contact_names, owndata, checkin, panic, drill   what a person sets up beforehand
//	signoflife                                                          who is still there
//	ladder, outcome, followup, policy                                   until a human has confirmed
//	incident                                                            many at once
//	dialogue, notice                                                    the same by keys, and what calls say
//	act, agents                                                         the contact centre
//	act_wait, act_correct                                               what it tells people can be undone, and corrected
//
// # Where the design was left, and why
//
//   - A recipient's next rung, a follow-up and a check-in are timers of their
//     own (timer rows), not columns that are claimed: there is one way in which
//     something comes due besides attempts, and one claim for it.
//   - A changed row carries its precondition itself (a sequence number that has
//     moved on violates a constraint), so that only what is audited has a chain:
//     alerts, profiles and agents. Conversations and attempts need no second row
//     for each change.
//   - An alert's reference is free when it is given and not unique in the
//     database: it is only ever resolved among the alerts of whoever says it,
//     and no alert may fail for want of a number.
//   - A new lookup key takes over row by row and in place, and not by a second
//     hash column: store/force.go says how nobody is missed meanwhile.
//   - store and roster know gateway/consulate: the table of consulates is data
//     that the store keeps and that a file of desks is checked against.
package gateway
