package main

import (
	"context"

	"aviso/gateway/carrier/twilio"
)

// apiKey looks whether the key that requests are made with is taken for what it is
// for: a key of another account, or one that was withdrawn, stops every text.
func (r *readiness) apiKey(ctx context.Context, account surveyed) error {
	if account.config.APIKey == "" {
		return nil
	}
	client, err := twilio.New(account.config)
	if err != nil {
		return err
	}
	if err := client.Try(ctx); err != nil {
		r.missing(account.about, "Its API key is not taken for messages: "+sentence(err), "Make a key of this account (Twilio's console, API keys & tokens): TWILIO_API_KEY and TWILIO_API_SECRET, or what --carriers names. A restricted key needs messages and calls, reading and writing.")
		return nil
	}
	r.ok(account.about, "Its API key reads messages.")
	return nil
}
