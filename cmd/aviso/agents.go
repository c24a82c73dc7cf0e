package main

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"aviso/gateway"
	"aviso/gateway/agent"
	"aviso/store"
)

// agentsCmd is `aviso agents`: who may use the console.
type agentsCmd struct {
	Add     agentsAddCmd     `cmd:"" help:"Add an agent. Prints a one-time password, alone, on standard output."`
	List    agentsListCmd    `cmd:"" help:"List the agents."`
	Reset   agentsResetCmd   `cmd:"" help:"Give an agent a new one-time password, without a second factor; also lets a disabled one in again, and one whose row was changed in the database, as an ordinary agent."`
	Disable agentsDisableCmd `cmd:"" help:"Let an agent in no more, and end their sessions."`
}

// accounts opens the database, and does something with the agents in it.
func (a *app) accounts(open func() (*store.Store, error), do func(*agent.Accounts) error) (err error) {
	records, err := open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	return do(newAccounts(records, a.config.Programme))
}

// newAccounts are the agents of a database. The programme's name is what their
// authenticator apps show.
func newAccounts(records *store.Store, programme string) *agent.Accounts {
	if programme == "" {
		programme = "Aviso"
	}
	return agent.New(records, programme, time.Now)
}

type agentsAddCmd struct {
	Name string `arg:"" help:"2 to 32 small letters, digits, dots and dashes, a letter first."`
	Role string `enum:"agent,admin" default:"agent" help:"agent or admin. Admins also look after agents and desks and read the audit log. Default agent."`
}

// Help is kong's long help.
func (agentsAddCmd) Help() string {
	return `The one-time password is good for a week. At the first log-in (/console/login) the agent chooses a password of their own and sets up a second factor.`
}

// Run adds an agent.
func (c *agentsAddCmd) Run(a *app) error {
	if err := gateway.CheckAgentName(c.Name); err != nil {
		return usageError{"NAME: " + err.Error()}
	}
	return a.accounts(a.openOrMake, func(accounts *agent.Accounts) error {
		password, err := accounts.Add(a.ctx, nil, c.Name, gateway.Role(c.Role))
		if err != nil {
			return err
		}
		return a.oneTime(password)
	})
}

// oneTime prints a password where a script can take it, and what to do with it
// where a person reads it.
func (a *app) oneTime(password string) error {
	if _, err := fmt.Fprintln(a.stdout, password); err != nil {
		return err
	}
	fmt.Fprintln(a.stderr, "Good once, for a week: at /console/login the agent chooses another and sets up a second factor.")
	return nil
}

type agentsListCmd struct{}

// Run lists the agents.
func (agentsListCmd) Run(a *app) error {
	return a.accounts(a.open, func(accounts *agent.Accounts) error {
		all, err := accounts.List(a.ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "name\trole\tadded\tsecond factor\tstate")
		for i := range all {
			factor, state := "no", "active"
			if len(all[i].Login.Secret) > 0 {
				factor = "yes"
			}
			switch {
			case all[i].Forged:
				state = "changed in the database, refused; reset"
			case !all[i].Disabled.IsZero():
				state = "disabled"
			case !all[i].Login.OneTime.IsZero():
				state = "has a one-time password"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", all[i].Name, all[i].Role, all[i].Added.UTC().Format(time.DateOnly), factor, state)
		}
		return w.Flush()
	})
}

type agentsResetCmd struct {
	Name string `arg:""`
}

// Run gives an agent a new one-time password.
func (c *agentsResetCmd) Run(a *app) error {
	return a.accounts(a.open, func(accounts *agent.Accounts) error {
		password, forged, err := accounts.Restore(a.ctx, c.Name)
		if err != nil {
			return err
		}
		if forged {
			fmt.Fprintln(a.stderr, "What was kept of this agent had been changed in the database. From now on they are an ordinary agent.")
		}
		return a.oneTime(password)
	})
}

type agentsDisableCmd struct {
	Name string `arg:""`
}

// Run disables an agent.
func (c *agentsDisableCmd) Run(a *app) error {
	return a.accounts(a.open, func(accounts *agent.Accounts) error {
		if err := accounts.Disable(a.ctx, nil, c.Name); err != nil {
			return err
		}
		fmt.Fprintln(a.stdout, "Disabled.")
		return nil
	})
}
