// Command aviso relays the alert of a person who is about to be detained to
// their family and their consulate. Each command has a file of its own; flags
// and environment are config.go's. Nothing is decided here.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // time zones of people and desks, also where the machine has none

	"github.com/alecthomas/kong"
)

func main() {
	noDump()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal asks to end; a second one is not caught any more.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}

// Exit statuses. A script may tell by them whether it is worth trying again.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2 // wrong usage or configuration
)

// commands is the command line. The configuration's flags may stand before or
// after any command; each command checks what it uses of them.
type commands struct {
	Config `embed:"" group:"Configuration:"`

	Serve    serveCmd `cmd:"" help:"The gateway: takes webhooks, tells family and consulate."`
	Demo     demoCmd  `cmd:"" help:"The gateway with a simulated carrier, phones on a page and people who are made up. Needs no configuration, and leaves nothing behind."`
	Profiles struct {
		Import profilesImportCmd `cmd:"" help:"Take people from a file. Nobody is texted."`
		Export profilesExportCmd `cmd:"" help:"Write people to a file, without their PINs."`
		Delete profilesDeleteCmd `cmd:"" help:"Erase a person and what hangs on them."`
	} `cmd:"" help:"The people who are registered."`
	Consulates struct {
		Find   consulatesFindCmd   `cmd:"" help:"The consulate that answers for a ZIP, the rule that chose it, and how sure it is."`
		Desks  consulatesDesksCmd  `cmd:"" help:"Where alerts to each consulate go: lists the desks, or takes them from a file, or sends each unconfirmed one a PRUEBA."`
		Check  consulatesCheckCmd  `cmd:"" help:"ZIPs without a consulate, consulates without a desk, uncertain ones."`
		Import consulatesImportCmd `cmd:"" help:"Take newer data on consulates, instead of what the product ships with."`
	} `cmd:"" help:"Who answers for which place."`
	Keywords struct {
		Try  keywordsTryCmd  `cmd:"" help:"What a text would mean, without context and without a sender."`
		Lint keywordsLintCmd `cmd:"" help:"Words of ours that collide with words on which carriers act by themselves."`
	} `cmd:"" help:"The words that people text."`
	Contacts struct {
		Invite contactsInviteCmd `cmd:"" help:"Ask the contacts who have not been asked yet, after showing how many and what it costs."`
	} `cmd:"" help:"The people whom others want told."`
	Drill drillCmd `cmd:"" help:"A test alert for one person, marked PRUEBA everywhere; reports how many contacts are ready."`
	Audit struct {
		Verify auditVerifyCmd `cmd:"" help:"Whether every audit chain still holds: no row missing, changed or added."`
	} `cmd:"" help:"The record of what was done."`
	Backup    backupCmd    `cmd:"" help:"Write everything to one sealed file, while serve goes on."`
	Restore   restoreCmd   `cmd:"" help:"Make a new database out of a backup."`
	Migrate   migrateCmd   `cmd:"" help:"Bring a database that an older version wrote to this version's schema."`
	MigrateDB migrateDBCmd `cmd:"" name:"migrate-db" help:"Move everything from SQLite to PostgreSQL."`
	Plan      planCmd      `cmd:"" help:"How many senders the worst day needs, how fast they tell everybody, and what a month costs."`
	Check     checkCmd     `cmd:"" help:"Is everything in place to serve; what works today, per number and country; what to do next."`
	Report    reportCmd    `cmd:"" help:"Counts of a period, without anybody in them: alerts, people, demands for data."`
	Agents    agentsCmd    `cmd:"" help:"Who may use the console."`
	Keys      keysCmd      `cmd:"" name:"keys" help:"The keys that seal the database and find people in it."`
	Version   versionCmd   `cmd:"" help:"Which version this is."`
}

// app is what a command works with.
type app struct {
	ctx    context.Context
	config *Config
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
}

// run is the whole program. It returns the exit status, and ends soon after
// ctx does.
func run(ctx context.Context, args, environ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	env := environment(environ)
	var c commands
	parser, err := kong.New(&c,
		kong.Name("aviso"),
		kong.Description("Relays the alert of a person who is about to be detained to family and consulate.\n\n"+environmentHelp),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.ValueFormatter(showEnvironment),
		kong.Resolvers(env.resolver()),
		kong.Writers(stdout, stderr),
		kong.Exit(func(status int) { panic(exit(status)) }),
	)
	if err != nil {
		fmt.Fprintf(stderr, "aviso: %v\n", err)
		return exitFailed
	}
	command, status, done := parse(parser, args, stderr)
	if done {
		return status
	}
	c.Config.fromEnvironment(env)
	err = command.Run(&app{ctx, &c.Config, stdin, stdout, stderr})
	return report(stderr, err)
}

// exit is how kong's wish to end the process (after --help) is passed on.
type exit int

// parse reads the command line; done says that there is nothing more to do.
func parse(parser *kong.Kong, args []string, stderr io.Writer) (command *kong.Context, status int, done bool) {
	defer func() {
		if p := recover(); p != nil {
			wish, ok := p.(exit)
			if !ok {
				panic(p)
			}
			command, status, done = nil, int(wish), true
		}
	}()
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "aviso: %v\nTry: aviso --help\n", err)
		return nil, exitUsage, true
	}
	return command, exitDone, false
}

// usageError is wrong usage or configuration: every problem, at once.
type usageError []string

func (e usageError) Error() string { return strings.Join(e, "\n") }

// errReported is a failure that has been told already.
var errReported = errors.New("reported")

// report tells what went wrong, and makes it an exit status.
func report(stderr io.Writer, err error) int {
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage):
		for _, problem := range usage {
			fmt.Fprintf(stderr, "aviso: %s\n", problem)
		}
		return exitUsage
	case !errors.Is(err, errReported):
		fmt.Fprintf(stderr, "aviso: %v\n", err)
	}
	return exitFailed
}
