// Package kannel is the carrier Kannel: an SMS gateway that stands beside this
// one and speaks an operator's SMPP, so that a short code of any operator
// serves without an SMPP stack of ours. Texts go out through smsbox's sendsms
// interface; texts and receipts come in as its get-url and dlr-url, and the
// answer to a text is the answer to that request.
//
// Kannel has no signatures: whoever knows the secret in the path of these
// addresses is Kannel. So both sides stay on the loopback interface or a
// private network, which is enforced here for what goes out.
//
// What is said here of Kannel was seen at version 1.4.5 and agrees with its
// User's Guide (https://www.kannel.org/download/1.4.5/userguide-1.4.5/).
package kannel
