// Package ussd is the aggregators of USSD: what they send under various names,
// as forms, JSON or in an address, becomes one step of a dialogue, and the
// screen that it earns is written as they want it.
//
// An aggregator signs nothing. What keeps strangers out (a secret in the path,
// a list of addresses) is the business of whoever serves it; nothing here ends
// up in a log, since PINs come through.
package ussd
