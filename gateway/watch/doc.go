// Package watch tells the operator how the gateway fares: health, metrics, and
// whether texts and calls still come in.
//
// Health says whether a node is fit, and why not. Metrics counts what happens;
// it is put in front of the store and the domain, and is told the rest. Sides
// watches for silence: nothing fails when a carrier's webhooks are pointed
// elsewhere, it is just quiet.
//
// What is watched is not changed: nothing is refused because of what is seen
// here. No name, phone or text is in any of it. The package knows no web
// framework; what it has to show are handlers, which package web mounts.
package watch
