// Package sim is a simulated carrier with phones: the other side of the
// gateway in the demo and in tests.
//
// Towards the gateway it looks like Twilio over real HTTP on loopback: the
// REST resources of the 2010-04-01 API that the gateway uses, webhooks and
// receipts signed with X-Twilio-Signature, TwiML read from the answers, the
// carrier's own handling of STOP. Towards a test it is a set of phones that
// text, call and wait for words, and a list of faults that can be set and
// withdrawn while everything runs:
//
//	carrier := sim.New(sim.Config{Senders: []string{"+15550001111"}})
//	if err := carrier.Start(ctx, "127.0.0.1:0"); err != nil { … }
//	defer carrier.Close()
//	… start a gateway with --twilio-api carrier.URL() …
//	carrier.Connect(sim.Webhooks{SMS: "http://127.0.0.1:8080/twilio/sms"})
//	juan, maria := carrier.Phone("+13125550101", "Juan"), carrier.Phone("+523312345678", "Maria")
//	juan.Text(ctx, "+15550001111", "ALERTA")
//	maria.Expect(ctx, "Juan", "#")
//
// Nothing here ever connects to anything but loopback, whatever address it is
// handed.
package sim
