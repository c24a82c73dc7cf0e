package main

import (
	"aviso/gateway"
	"aviso/gateway/carrier"
	"aviso/gateway/carrier/kannel"
	"aviso/gateway/carrier/twilio"
)

// newRouter makes the clients of all accounts.
func newRouter(s settings) (*carrier.Router, error) {
	account := mainAccount(s.config)
	account.Codes = s.codes
	main, err := twilio.New(account)
	if err != nil {
		return nil, err
	}
	var further []carrier.Account
	for _, a := range s.carriers.accounts {
		var client gateway.Carrier
		kept := a.kind != "kannel" // Kannel keeps no list of what it sent
		if kept {
			a.twilio.Codes = s.codes
			client, err = twilio.New(a.twilio)
		} else {
			client, err = kannel.New(a.kannel)
		}
		if err != nil {
			return nil, err
		}
		further = append(further, carrier.Account{Name: a.name, Carrier: client, Senders: a.senders, Lists: kept})
	}
	return carrier.NewRouter(main, further), nil
}
