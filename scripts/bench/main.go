// Command bench measures the gateway and sets it beside what the machine can do
// at all: a bare Echo handler, a bare twilio-go client, and the disk.
//
//	go run ./scripts/bench -aviso bin/aviso
//
// It runs the real binary as an operator does (aviso serve, aviso profiles
// import), on real SQLite files and, where AVISO_TEST_POSTGRES names a server,
// on PostgreSQL. Its own process holds the load generator, which signs webhooks
// and speaks HTTP over plain sockets, and the carrier's look-alike. The gateway
// and both ceilings have a process of their own, so that each is paid for in
// the same way.
//
// Ratios are of one run, each the median of rounds in which the gateway and its
// ceiling take turns: figures of different machines, or of different hours of
// one machine, say little beside each other.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
)

// options are the command line.
type options struct {
	binary  string
	folder  string
	out     string
	chart   string
	profile string
	only    string
	people  int
	full    bool
	rounds  int
	length  time.Duration
}

func main() {
	// The ceilings are this program again, each in a process of its own.
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case bareHandlerCommand:
			fail(serveBare(os.Stdin, os.Stdout))
			return
		case bareClientCommand:
			fail(runBareClient(os.Args[2:], os.Stdout))
			return
		}
	}
	var o options
	flag.StringVar(&o.binary, "aviso", "bin/aviso", "the `binary` to measure")
	flag.StringVar(&o.folder, "dir", "", "the `folder` in which databases are made and removed; it has to be on a disk (default: the temporary one)")
	flag.StringVar(&o.out, "out", "bench.json", "the `file` that the figures are written to")
	flag.StringVar(&o.chart, "chart", "", "an SVG `file` that the chart is written to")
	flag.StringVar(&o.profile, "profile", "", "a `folder` for CPU profiles of the gateway under each load; it is built anew for them")
	flag.StringVar(&o.only, "only", "", "`parts` to run, comma-separated: "+partNames())
	flag.IntVar(&o.people, "people", 300_000, "registered `people`, with 4 contacts each")
	flag.BoolVar(&o.full, "full", false, "look-up, memory and import with 5 million people; takes long")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds of which the median is taken")
	flag.DurationVar(&o.length, "length", 2*time.Second, "how long each load lasts in a round")
	draw := flag.String("draw", "", "only draw the chart of this JSON `file`, to -chart")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *draw != "" {
		fail(drawOnly(*draw, o.chart))
		return
	}
	fail(run(ctx, o, os.Stdout))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

// bench is one run: where it works, what it has measured, and the databases
// that its parts hand on.
type bench struct {
	options
	ctx     context.Context
	log     io.Writer
	dir     string
	figures figures
	carrier *carrier
	bases   bases
}

// part is one thing that is measured. Parts run in this order, and each makes
// what it needs where an earlier one was left out.
type part struct {
	name string
	does string
	run  func(*bench) error
}

var parts = []part{
	{"records", "import, memory at rest and look-up", (*bench).records},
	{"accept", "ALERTA accepted by 64 connections, beside a bare handler", (*bench).accept},
	{"nodes", "the same on PostgreSQL with one, two and three nodes", (*bench).nodes},
	{"counts", "rows, index entries and bytes of log that an alert leaves", (*bench).counts},
	{"growth", "an alert with 100,000 open beside one with 10", (*bench).growth},
	{"first", "webhook to first carrier request, 45 alerts a second", (*bench).first},
	{"overload", "the same while 64 connections send all they can", (*bench).overload},
	{"relay", "messages handed over, beside a bare client", (*bench).relay},
	{"after", "a receipt, a relative's 1, and a climb", (*bench).after},
	{"ussd", "1,000 USSD sessions at once, a key every two seconds", (*bench).ussd},
	{"burst", "1,500 alerts at once on 5 senders of 100 segments a second", (*bench).burst},
}

func partNames() string {
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = p.name
	}
	return strings.Join(names, ", ")
}

func run(ctx context.Context, o options, log io.Writer) (err error) {
	// The generator's requests are made before they are needed; collecting
	// them again and again would be paid by whoever is measured.
	debug.SetGCPercent(400)
	b := &bench{options: o, ctx: ctx, log: log, figures: figures{}}
	if b.dir, err = os.MkdirTemp(o.folder, "aviso-bench-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	if err := b.build(); err != nil {
		return err
	}
	machine, err := describeMachine(b.dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(log, "On %s.\n", machine)
	if b.carrier, err = startCarrier(); err != nil {
		return err
	}
	defer b.carrier.close()

	begun := time.Now()
	for _, p := range parts {
		if o.only != "" && !contains(o.only, p.name) {
			continue
		}
		fmt.Fprintf(log, "%4.0f s  %s: %s\n", time.Since(begun).Seconds(), p.name, p.does)
		if err := p.run(b); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	fmt.Fprintf(log, "%4.0f s  done\n\n%s", time.Since(begun).Seconds(), b.figures.table())
	report := report{Machine: machine, Version: b.version(), When: begun.UTC().Format(time.RFC3339), Seconds: time.Since(begun).Round(time.Second).Seconds(), Figures: b.figures}
	if err := report.write(o.out); err != nil {
		return err
	}
	fmt.Fprintf(log, "Written to %s.\n", o.out)
	if o.chart != "" {
		return os.WriteFile(o.chart, []byte(chart(report)), 0o644)
	}
	return nil
}

func contains(list, name string) bool {
	for entry := range strings.SplitSeq(list, ",") {
		if strings.TrimSpace(entry) == name {
			return true
		}
	}
	return false
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.log, "          "+format+"\n", args...)
}
