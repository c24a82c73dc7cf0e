// Package relay sends what the domain has promised. It claims attempts that
// are due, hands them to a carrier at the rate that each sender bears, and
// gives every result back to the domain as an event. It writes nothing itself.
//
// An attempt comes in born claimed (Dispatch, straight from the commit that
// made it) or claimed by query, and waits in the line of one sender, by lane,
// due time and id. It leaves the relay in exactly one way: with a result that
// the domain has taken, or released, never having been begun. Three rules hold
// throughout:
//
//   - A request begins only while its lease still covers the whole of
//     gateway.SendBudget, checked right before it. A process that was paused
//     beyond the lease sends nothing of what it had.
//   - What may have been sent before is looked up at the carrier first.
//   - The proof that something was sent is kept and offered to the domain for
//     as long as the process lives, whatever becomes of the database.
package relay
