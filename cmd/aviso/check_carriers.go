package main

import (
	"context"
	"net"
	"net/url"
	"time"
)

// nearBudget is for a connection to what stands on this machine or beside it.
const nearBudget = 3 * time.Second

// kannel looks whether somebody is there. What its operator reaches cannot be
// asked; a PRUEBA tells.
func (r *readiness) kannel(ctx context.Context, a furtherAccount) {
	about := "carrier " + a.name
	at, err := url.Parse(a.kannel.SendSMS)
	if err != nil {
		r.missing(about, "Its sendsms address cannot be read.", "")
		return
	}
	port := at.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[at.Scheme]
	}
	ctx, cancel := context.WithTimeout(ctx, nearBudget)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(at.Hostname(), port))
	if err != nil {
		r.missing(about, "Nobody answers at its sendsms address.", "Start bearerbox and smsbox, or look at sendsms in --carriers.")
		return
	}
	conn.Close()
	r.ok(about, "Kannel is there. Whom its operator reaches cannot be asked: text PRUEBA to its number.")
}
