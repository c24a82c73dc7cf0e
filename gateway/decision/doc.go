// Package decision is one decision in the making: what it sees, what it says, what
// it sends, and what it writes down in a Turn. It decides nothing itself; the
// rooms above do, each by a type that embeds the one below, so that the compiler
// refuses a call upwards:
//
//	Decision < escalation.Cases < escalation.Asking < person.Personal
//	person.Personal < texts.Arranging < texts.Texting
//	person.Personal < calls.Keying
//	person.Personal < acts.Acting
//
// Nothing here leads to a store, a clock or a hasher. Fresh hands out ids, references,
// codes and salts, one at a time: the source behind it is its own.
package decision
