// Package web is the gateway's face on HTTP. It reads a request, proves who sent
// it, makes it an event, and says what the domain answered. It decides nothing.
// It and the rooms below it are the only packages that know Echo.
//
// Here are the webhooks of the carriers, and what guards them: signatures and
// secrets, the shares of phones, addresses and agents, the number of connections.
// The agents' pages are in package console, which is handed to this one and
// which the webhooks do not need.
//
// There are two handlers, for two listeners: the public one takes webhooks and
// pages, the internal one serves health and metrics (package watch) and is never
// reachable from outside.
//
// A webhook that was authenticated is handled to its commit even when the
// caller hangs up: whoever pressed the key is not to lose the alert because a
// carrier lost its patience.
package web
