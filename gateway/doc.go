// Package gateway is the domain: somebody is about to be detained, and their
// family and their consulate have to learn of it.
//
// This package holds its nouns and contracts, and reads what a text or a key says.
// It decides nothing. Everything that happens is an Event: a text, a key on a call
// or a screen, a receipt, the result of a send, a timer, an agent's act, a sweep.
// service.Service.Handle takes one through the same steps, whatever it is:
//
//	Scope   what the event may touch            (the event says)
//	View    that, read as one snapshot          (the Store)
//	PIN     slow hashes, always the same work   (a checker, beside the decision)
//	decide  a pure function of event, view, time and fresh ids
//	Turn    all that one commit writes, and the answer
//	Commit  one transaction; who lost a race reads and decides anew
//
// Only then is the answer given, and what was born claimed handed to the relay.
// A decision knows no SQL, no HTTP and no carrier; what a carrier's error asks
// for rides on Failure.
//
// # The rooms
//
//	gateway                           nouns and contracts; what a text or a key says
//	gateway/decision                  one decision in the making: find, say, send, put, audit
//	gateway/escalation                what becomes of an alert, and what we ask people ourselves
//	gateway/person                    what a person does, by whatever medium
//	gateway/texts                     the same by text; contacts and desks too
//	gateway/calls                     the same by keys, of calls and USSD
//	gateway/acts                      what agents do, and desks on their page
//	gateway/service                   the way of an event
//
// Each may import those above it in this list and none below, and texts, calls and
// acts never each other: imports_test.go says so a line each. Beside them stand
//
//	gateway/keyword                   the words that people were taught
//	gateway/prose                     people's own words
//	gateway/consulate                 which consulate answers for a ZIP, and what time it is there
//	gateway/numbering                 area codes
//	gateway/digit                     what is a digit
//	gateway/gsm                       the alphabet of texts, and what they are charged for
//	gateway/sheet                     tables as spreadsheets save them
//	gateway/strict                    files of settings, with everything that is wrong in them
//	gateway/roster                    the operator's files of people and desks
//	gateway/agent                     lets agents in: passwords, second factors, sessions
//	gateway/relay                     sends what is due, and tells what came of it
//	gateway/plan                      how fast senders are, and what they cost, beforehand
//	gateway/web                       HTTP: webhooks, and what guards them
//	gateway/web/console               the agents' pages, and a consulate's
//	gateway/web/console/atlas         the outlines on the console's map
//	gateway/watch                     what operators see of it all: health, metrics, inbound silence
//	gateway/carrier                   the choice between accounts, and a room for each carrier:
//	gateway/carrier/twilio            texts and calls at Twilio
//	gateway/carrier/kannel            texts over Kannel
//	gateway/carrier/kannel/kanneltest a real Kannel, for tests
//	gateway/carrier/ussd              aggregators of USSD
//	gateway/carrier/sim               the simulated carrier, for the demo and for tests
//
// scripts/docs/architecture.md draws them, and says what to open to change what.
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
