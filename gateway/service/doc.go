// Package service takes an event through its steps: scope, view, PIN, decision,
// commit, dispatch. It alone holds a store, a clock and chance; what decides is
// handed what it may know.
package service
