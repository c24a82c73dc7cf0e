package main

import (
	"io"
	"os"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/term"
	"golang.org/x/time/rate"
)

// newLog is the one log. It holds ids, states and codes, and nothing of a
// person.
func newLog(w io.Writer, format string, level zerolog.Level) zerolog.Logger {
	if format == "console" || format == "" && isTerminal(w) {
		w = zerolog.ConsoleWriter{Out: w, TimeFormat: time.TimeOnly, NoColor: !isTerminal(w)}
	}
	return zerolog.New(zerolog.SyncWriter(w)).Level(level).With().Timestamp().Logger()
}

// forgeries counts what was changed in the database behind our back, and logs it by
// its row, one line every ten seconds in the long run: whoever holds a session that
// is refused can ask as often as they like.
func forgeries(log zerolog.Logger, count func(what string)) func(what string, err error) {
	lines := rate.NewLimiter(rate.Every(10*time.Second), 30)
	return func(what string, err error) {
		count(what)
		if lines.Allow() {
			log.Error().Err(err).Str("what", what).Msg("the database was changed behind our back")
		}
	}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
