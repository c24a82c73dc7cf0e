// Package agent lets the people of the contact centre in, and keeps others
// out: passwords, second factors, sessions. What an agent may do once they are
// in is the domain's to decide.
//
// A log-in comes in stages (gateway.Stage). The password opens a session that
// is good for nothing but the next stage: choosing a password where the last
// one was somebody else's choice, setting up the second factor, or giving its
// code. Every stage that is passed changes the session's secret.
package agent
