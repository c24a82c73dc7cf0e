package main

import (
	"context"
	"errors"
	"net"
	"net/url"
	"time"

	"aviso/gateway"
	"aviso/gateway/carrier/kannel"
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
	client, err := kannel.New(a.kannel)
	if err != nil {
		r.missing(about, sentence(err), "")
		return
	}
	if err := client.Login(ctx); err != nil {
		f := (*gateway.Failure)(nil)
		if errors.As(err, &f) && f.Code == kannel.CodeLogin {
			r.missing(about, "Kannel refuses the login.", "Look at user and password_env in --carriers, and at username, password and user-allow-ip of the group sendsms-user in kannel.conf.")
			return
		}
		r.missing(about, "Kannel does not take the login: "+sentence(err), "Look at sendsms in --carriers: it is the address of smsbox, with its path, as in http://127.0.0.1:13013/cgi-bin/sendsms.")
		return
	}
	r.ok(about, "Kannel is there and takes the password. Whom its operator reaches cannot be asked: text PRUEBA to its number.")
}
