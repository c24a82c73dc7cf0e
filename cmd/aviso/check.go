package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"aviso/gateway"
	"aviso/gateway/carrier/twilio"
	"aviso/store"
)

// checkCmd is `aviso check`.
type checkCmd struct {
	SetWebhooks bool `name:"set-webhooks" help:"Have Twilio announce the texts and calls of our numbers at --public-url, where they are announced elsewhere. What was set there before is lost."`
	JSON        bool `help:"One line of JSON: ready, findings, and the ways that work."`
}

// Help is kong's long help.
func (checkCmd) Help() string {
	return `Looks at the configuration, the database, the public URL and the account at Twilio, and says what works today, number by number and country by country: texts in, texts out, calls in, calls out, with the reason where one does not (unregistered, unverified, trial, geography, balance) and the next step. Lists every sentence of law that texts, calls and pages state, with its source and date, for your counsel. Nobody is texted or called, and without --set-webhooks nothing is changed.

Exit status 0: everything is in place. 1: something is missing. 2: wrong configuration, of which nothing was looked at.`
}

// surveyBudget is for everything that is asked of an account: some twenty requests
// of a second each, and as much again.
const surveyBudget = 2 * time.Minute

// Run looks at everything before it says whether it is in place.
func (c *checkCmd) Run(a *app) error {
	s, err := a.config.serving()
	if err != nil {
		return err
	}
	r := &readiness{JSON: c.JSON}
	r.configuration(s)
	if err := r.law(s, time.Now()); err != nil {
		return err
	}
	r.database(a, s)
	validator, err := mainWebhooks(s.config).Validator()
	if err != nil {
		return err
	}
	r.publicURL(a.ctx, validator)
	if err := r.accounts(a, s, c.SetWebhooks); err != nil {
		return err
	}
	if err := r.print(a); err != nil {
		return err
	}
	if !r.ready() {
		return errReported
	}
	return nil
}

// configuration looks at what is valid and yet not enough.
func (r *readiness) configuration(s settings) {
	if !strings.HasPrefix(s.config.PublicURL, "https://") {
		r.missing("public URL", "It is not https: whoever is on the way reads every alert.", "Serve with --tls-domain, or behind a proxy with TLS (README).")
	}
	phones := s.rules.PublicPhones
	fromMexico := slices.ContainsFunc(phones, func(p gateway.Phone) bool {
		sender, err := gateway.ParseSender(string(p))
		return err == nil && sender.Kind != gateway.TollFree
	})
	switch {
	case len(phones) == 0:
		r.missing("public phones", "Texts give nobody a number to call.", "Give two with --public-phone, one of them reachable from Mexico: hotline numbers get cut off.")
	case len(phones) == 1:
		r.missing("public phones", "There is only one, and hotline numbers get cut off.", "Give a second one with --public-phone.")
	default:
		r.ok("public phones", fmt.Sprintf("%d.", len(phones)))
	}
	if len(phones) > 0 && !fromMexico {
		r.missing("public phones", "None can be called from Mexico: toll-free numbers of the US do not work there.", "Add a ten-digit number to --public-phone.")
	}
	if len(s.rules.CallCenter) == 0 {
		r.advise("contact centre", "A caller who asks for a person reaches nobody.", "Name the people's numbers with --call-center.")
	}
	r.ok("time zone", "The contact centre's is "+s.rules.Centre().String()+" (--zone): its roster's hours, its pages.")
	r.recordings(s)
	if few := s.edge.tooFewFiles(filesMost()); few != "" {
		r.advise("connections", few+".", "")
	}
	if s.config.OnlyTo != "" {
		r.advise("pilot", "--only-to is set: everybody else is held, and told of nothing.", "Take it off before the first person relies on it.")
	}
}

// database looks whether the records open, and whom they hold.
func (r *readiness) database(a *app, s settings) {
	if !strings.Contains(a.config.DB, "://") && store.KeysetIsFile(a.config.Keys) && filepath.Dir(a.config.DB) == filepath.Dir(a.config.Keys) {
		r.advise("keyset", "It lies beside the database: who takes one takes both.", "Keep it on another host or disk, and a copy of it apart: without it the records tell nothing, to you neither.")
	}
	if a.config.InsecurePermissions {
		r.advise("files", "--insecure-permissions is set: who else can read the keyset, the database and the key of TLS was not looked at.", "Mode 0600 for each of them, and without it.")
	}
	records, err := a.openToRead()
	switch {
	case err != nil:
		r.missing("database", sentence(err), "Start with the database and the keyset that belong together.")
		return
	case records == nil:
		r.advise("database", "There is none yet.", "aviso serve makes it, and its keyset.")
		return
	}
	defer records.Close()
	r.ok("database", "It opens with its keyset, "+records.Fingerprint()+".")
	if strings.Contains(a.config.DB, "://") {
		r.standby(a.ctx, records)
	}
	r.keys(a.ctx, records)
	r.oddCodes(a.ctx, records, time.Now(), s.rules.Policy.Errors)
	r.backup(a.ctx, records, time.Now())
	desks, err := records.Desks(a.ctx)
	if err != nil {
		r.missing("desks", sentence(err), "")
		return
	}
	reached, roster, stopped := map[string]bool{}, 0, 0
	for _, desk := range desks {
		switch {
		case desk.Consulate == gateway.AgentsDesk:
			roster++
		case !desk.Stopped.IsZero():
			stopped++
		case desk.Expects():
			reached[desk.Consulate] = true
		}
	}
	switch {
	case len(reached) > 0:
		r.ok("desks", fmt.Sprintf("%d consulates have a confirmed desk.", len(reached)))
	case a.config.NationalDesk != "":
		r.advise("desks", "No consulate has a confirmed desk: the national desk is told in its place.", "aviso consulates desks FILE, then --test.")
	default:
		r.advise("desks", "No consulate has a confirmed desk: of people who consent agents have to tell them.", "aviso consulates desks FILE, then --test; or --national-desk.")
	}
	if stopped > 0 {
		r.advise("desks", fmt.Sprintf("%d desks have said that they want no texts, and are told of nothing.", stopped), "aviso consulates check names them; give another number by aviso consulates desks FILE.")
	}
	if roster == 0 {
		r.advise("roster", "Nobody is rung when a task stays unclaimed.", "Give the consulate \"agents\" rows in the file of desks.")
	}
	agents, err := records.Agents(a.ctx)
	switch {
	case err != nil:
		r.missing("agents", sentence(err), "")
	case !slices.ContainsFunc(agents, func(g gateway.Agent) bool { return g.Disabled.IsZero() }):
		r.advise("agents", "Nobody can sign in to the console.", "aviso agents add NAME --role admin.")
	default:
		r.ok("agents", fmt.Sprintf("%d can sign in.", len(agents)))
	}
}

// standby looks whether the loss of one server loses alerts.
func (r *readiness) standby(ctx context.Context, records *store.Store) {
	switch synchronous, err := store.Standby(ctx, records); {
	case err != nil:
		r.advise("PostgreSQL", sentence(err), "Look at synchronous_standby_names yourself.")
	case synchronous:
		r.ok("PostgreSQL", "It waits for a standby: what was acknowledged outlives one server.")
	default:
		r.advise("PostgreSQL", "It waits for no standby: alerts that were acknowledged are lost with this one server's disk.", "Set up streaming replication, and synchronous_standby_names in postgresql.conf (two standbys, so that one may fail: ANY 1 (a, b)).")
	}
}

// publicURL calls it as Twilio does.
func (r *readiness) publicURL(ctx context.Context, validator *twilio.Validator) {
	switch err := validator.Probe(ctx, twilio.NewTransport()); {
	case err == nil:
		r.ok("public URL", "It answers, and takes our signature.")
	case errors.Is(err, twilio.ErrProbeUnreachable):
		// It need not be so for Twilio.
		r.advise("public URL", sentence(err), "")
	default:
		r.missing("public URL", sentence(err), "Hand every path to this service as it is.")
	}
}

// accounts looks at what each account says, and whether Kannel is there.
func (r *readiness) accounts(a *app, s settings, setWebhooks bool) error {
	accounts := []surveyed{{about: "account", config: mainAccount(s.config)}}
	for _, further := range s.carriers.accounts {
		switch further.kind {
		case "twilio":
			config := further.twilio
			config.PublicURL = s.config.PublicURL
			accounts = append(accounts, surveyed{about: "account " + further.name, config: config, numbers: further.senders})
		default:
			r.kannel(a.ctx, further)
		}
	}
	main := &accounts[0]
	elsewhere := s.carriers.senders()
	for _, sender := range s.rules.Senders {
		if !amongSenders(elsewhere, sender.Address) {
			main.numbers = append(main.numbers, sender)
		}
	}
	for _, more := range append(addresses(s.callers), custodyLines(s)...) {
		if sender, err := gateway.ParseSender(more); err == nil && !amongSenders(elsewhere, more) && !amongSenders(main.numbers, more) {
			main.numbers = append(main.numbers, sender)
		}
	}
	r.Countries = s.rules.Countries
	for _, account := range accounts {
		if err := r.account(a.ctx, account, s, setWebhooks); err != nil {
			return err
		}
	}
	if len(s.callers) == 0 {
		r.missing("calls", "No call can be made: there is no caller ID.", "Give a number with voice to --voice-from: calls reach those whom texts do not.")
	}
	if len(s.carriers.accounts) == 0 {
		r.advise("carriers", "There is one account at one carrier: while it is down, or suspended, nothing goes out.", "README says how a second one is added with --carriers.")
	}
	return nil
}

// surveyed is an account that is asked, and for which of our numbers.
type surveyed struct {
	about   string
	config  twilio.Config
	numbers []gateway.Sender
}

func amongSenders(senders []gateway.Sender, address string) bool {
	return slices.ContainsFunc(senders, func(s gateway.Sender) bool { return s.Address == address })
}

// account looks at what Twilio says of one.
func (r *readiness) account(ctx context.Context, account surveyed, s settings, setWebhooks bool) error {
	ctx, cancel := context.WithTimeout(ctx, surveyBudget)
	defer cancel()
	if err := r.apiKey(ctx, account); err != nil {
		return err
	}
	account.config.APIKey, account.config.APISecret = "", "" // the token: a standard key may not ask about the account itself
	client, err := twilio.New(account.config)
	if err != nil {
		return err
	}
	survey, err := client.Survey(ctx, account.numbers, s.rules.Countries)
	if err != nil {
		r.cannotBeAsked(account, err)
		return nil
	}
	if setWebhooks && r.setWebhooks(ctx, client, s, survey) > 0 {
		again, err := client.Survey(ctx, account.numbers, s.rules.Countries)
		if err != nil { // what was seen before is judged
			r.cannotBeAsked(account, err)
		} else {
			survey = again
		}
	}
	r.money(account.about, survey)
	r.ways(s, survey)
	for _, unread := range survey.Unread {
		r.advise("not read", "Twilio did not tell "+unread+".", notRead)
	}
	return nil
}

// notRead is what to do where a part of an account could not be read.
const notRead = "Try again; if it stays so, look at it in Twilio's console. What an API key may not read, and what a provider does not have, is named here too."

// cannotBeAsked says at which address an account could not be asked, why, and what
// to do.
func (r *readiness) cannotBeAsked(account surveyed, err error) {
	address := account.config.BaseURL
	if address == "" {
		address = twilio.DefaultBaseURL
	}
	failure := (*gateway.Failure)(nil)
	if !errors.As(err, &failure) {
		r.missing(account.about, "Twilio cannot be asked at "+address+": "+sentence(err), "Try again, and look at the address.")
		return
	}
	why, next := "it answered with an error", "Look the code up at https://www.twilio.com/docs/api/errors, and at Twilio's status page; then try again."
	switch failure.Code {
	case "20003":
		why, next = "it refuses the login", "The account's SID and token do not belong together: TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, or what --carriers names."
	case "20404":
		why, next = "it knows no such account", "The account's SID is none there; look at --twilio-api too."
	case "20005", "20403":
		why, next = "the account is suspended or without money", "Pay in, or write to Twilio's support."
	case "20429":
		why, next = "it was asked too often", "Try again in a minute."
	case "connect":
		why, next = "nobody answers there", "Look at --twilio-api (or api in --carriers), at DNS, and at whether the firewall lets this machine out by HTTPS."
	case "timeout", "lost":
		why, next = "it did not answer in time, or not to the end", "Try again; look at a proxy or firewall on the way, and at Twilio's status page."
	}
	r.missing(account.about, fmt.Sprintf("Twilio cannot be asked at %s: %s (%s).", address, why, failure.Code), next)
}

func custodyLines(s settings) []string {
	var lines []string
	for line := range s.rules.Custody {
		lines = append(lines, string(line))
	}
	slices.Sort(lines)
	return lines
}

// setWebhooks points our numbers here where they are announced elsewhere, and
// says how many of them.
func (r *readiness) setWebhooks(ctx context.Context, client *twilio.Client, s settings, survey *twilio.Survey) (changed int) {
	announcer := client.Announcer()
	for i := range survey.Numbers {
		n := &survey.Numbers[i]
		for _, channel := range []gateway.Channel{gateway.SMS, gateway.Voice} {
			what := map[gateway.Channel]string{gateway.SMS: "texts", gateway.Voice: "calls"}[channel]
			if survey.Works(n, twilio.Way{Channel: channel}, s.config.PublicURL).Reason != twilio.Webhook {
				continue
			}
			// Each by itself: where one is refused the other is set all the same.
			if err := announcer.Announce(ctx, n, channel); err != nil {
				r.missing("webhooks", n.Sender.Address+" could not be set for "+what+": "+sentence(err), "Set it in Twilio's console, Phone Numbers, or run aviso check --set-webhooks again.")
				continue
			}
			changed++
			r.ok("webhooks", n.Sender.Address+" was set: its "+what+" come to the public URL now.")
		}
	}
	return changed
}

// moneyLow is where a balance may end within one raid: 300 families with three
// contacts are some 900 segments of about a cent and a half. moneyLeast is a
// few alerts.
const (
	moneyLow   = 20
	moneyLeast = 2
)

func (r *readiness) money(about string, survey *twilio.Survey) {
	if survey.Trial {
		r.missing(about, "It is a trial: it texts and calls verified numbers only.", "Upgrade it in the organisation's name.")
	} else {
		r.ok(about, survey.Status+".")
	}
	b := survey.Balance
	amount := fmt.Sprintf("%.2f %s", b.Amount, b.Currency)
	switch {
	case !b.Known:
	case b.Amount < moneyLeast:
		r.missing("balance", amount+" is left, which is a few alerts.", "Pay in, and turn on automatic recharge: Twilio's console, Billing.")
	case b.Amount < moneyLow:
		r.advise("balance", amount+" is left, which one raid may use up.", "Turn on automatic recharge: Twilio's console, Billing.")
	default:
		r.ok("balance", amount+".")
	}
}

// ways judges every number both ways.
func (r *readiness) ways(s settings, survey *twilio.Survey) {
	for i := range survey.Numbers {
		n := &survey.Numbers[i]
		if n.Sender.Kind == gateway.Messaging && len(n.Pool) > 0 {
			r.ok(n.Sender.Address, "Its pool holds "+strings.Join(n.Pool, ", ")+".")
		}
		judge := func(channel gateway.Channel, country string) {
			r.judged(s, n, twilio.Way{Channel: channel, Country: country}, survey.Works(n, twilio.Way{Channel: channel, Country: country}, s.config.PublicURL))
		}
		if n.Member != "" || amongSenders(s.rules.Senders, n.Sender.Address) {
			judge(gateway.SMS, "")
			for _, country := range s.rules.Countries {
				judge(gateway.SMS, country)
			}
		}
		judge(gateway.Voice, "")
		if amongSenders(s.callers, n.Sender.Address) {
			for _, country := range s.rules.Countries {
				judge(gateway.Voice, country)
			}
		}
	}
}
