// Package console is the pages of the agents at the contact centre, and the page
// of a consulate's desk.
//
// A page is rendered here from what the store reads; whatever an agent does is
// an act that the domain decides on. There is no build step, nothing from
// elsewhere, and every page works without script.
//
// routes.go lists the pages for who is logged in, console.go the others, and what
// every page is made of. session.go says who is there and whether a form is
// theirs, live.go tells open pages that something has changed, and labels.go has
// their words in both languages. The pages themselves stand in
// templates/console.
package console
