// Package roster reads and writes the operator's files: people with their
// contacts, as JSON Lines or CSV, and the consulates' desks, as CSV.
//
// Profiles as JSON Lines are one object a line:
//
//	{"phone":"+13125550101","code":"","name":"Juan Perez","language":"es",
//	 "language_note":"","zip":"60608","pin":"4821","duress_pin":"9917",
//	 "consulate_consent":true,"legal_consent":false,"callback":false,
//	 "contacts":[{"phone":"+523312345678","name":"Maria",
//	 "relation":"hermana","language":"es","message":"","wording":"plain",
//	 "place":false,"accepted":true}]}
//
// As CSV they are a header and one record a person, with the contacts' members
// as contact1_phone, contact1_name and so on. Columns and members are found by
// name, in any order; one that is absent counts as empty for people who are not
// known, and changes nothing of others (Row.Onto). An unknown one is refused:
// left out in silence, a misspelt consulate_consent would be a no.
//
// Nothing that is read here is repeated in an error: errors name the line and
// the column, never what stands there.
package roster
