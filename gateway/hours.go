package gateway

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"aviso/gateway/digit"
)

// Zones are time zones by name, loaded once: loading one reads a file. The zero
// value is ready, and safe for concurrent use.
type Zones struct{ known sync.Map } // IANA name -> *time.Location

// Find is the time zone of an IANA name; an unknown one is UTC.
func (z *Zones) Find(name string) *time.Location {
	if zone, ok := z.known.Load(name); ok {
		return zone.(*time.Location)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		zone = time.UTC
	}
	z.known.Store(name, zone)
	return zone
}

// Hours are the times of a week at which a desk answers, by the clock on its
// wall. The zero value is always.
type Hours struct{ spans []span }

// span is a stretch of the week, in minutes since Monday 00:00. It may run
// over the week's end.
type span struct{ from, length int }

const (
	dayMinutes  = 24 * 60
	weekMinutes = 7 * dayMinutes
)

// ParseHours reads "mon-fri 08:00-18:00". The parts of a list are separated by
// commas or semicolons:
//
//	mon-fri 08:00-18:00, sat 09:00-13:00
//	mon,wed,fri 08:00-12:00              several days, the same times
//	mon-fri 08:00-12:00,14:00-18:00      the same days, several times
//	fri-mon 22:00-06:00                  over the week's end, over midnight
//	08:00-18:00                          every day
//	sat-sun 24h                          whole days
//
// Days are the first three letters of their English or Spanish names, in
// either case, with or without accents; any dash will do, with or without
// blanks around it. A time that ends at or before its beginning ends on the next
// day, which belongs to the day on which it began; "24:00" is the end of a
// day. Empty, "always" and "24h" mean always.
func ParseHours(s string) (Hours, error) {
	text := aroundDash.ReplaceAllString(unaccented.Replace(strings.ToLower(strings.TrimSpace(s))), "-")
	if text == "" || text == "always" || text == "24h" {
		return Hours{}, nil
	}
	var (
		hours   Hours
		days    []int // of the part that is being read
		waiting bool  // days that have been given no times yet
	)
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }) {
		fields := strings.Fields(part)
		if len(fields) == 0 {
			continue
		}
		if more, ok := parseDays(fields[0]); ok {
			if !waiting {
				days = nil
			}
			days, waiting = append(days, more...), true
			fields = fields[1:]
		}
		if days == nil {
			days = []int{0, 1, 2, 3, 4, 5, 6}
		}
		for _, field := range fields {
			from, length, err := parseTimes(field)
			if err != nil {
				return Hours{}, err
			}
			for _, day := range days {
				hours.spans = append(hours.spans, span{day*dayMinutes + from, length})
			}
			waiting = false
		}
	}
	switch {
	case waiting:
		return Hours{}, errors.New("hours: days without times; write for example mon-fri 08:00-18:00, or sat 24h")
	case len(hours.spans) == 0:
		return Hours{}, errors.New("hours: no times; leave them empty for always")
	}
	return hours, nil
}

// Open reports whether t lies within the hours, by the clock of t's own
// location: give it in the desk's time zone. The last minute is open, the end
// is not.
func (h Hours) Open(t time.Time) bool {
	if len(h.spans) == 0 {
		return true
	}
	today := (int(t.Weekday()) + 6) % 7 // Monday is 0
	now := today*dayMinutes + t.Hour()*60 + t.Minute()
	for _, s := range h.spans {
		if (now-s.from+weekMinutes)%weekMinutes < s.length {
			return true
		}
	}
	return false
}

// parseDays reads "mon" or "fri-mon"; ok is false where the field is about
// something else.
func parseDays(field string) (days []int, ok bool) {
	first, last, ranged := strings.Cut(field, "-")
	from, ok := weekday(first)
	if !ok {
		return nil, false
	}
	to := from
	if ranged {
		if to, ok = weekday(last); !ok {
			return nil, false
		}
	}
	for day := from; ; day = (day + 1) % 7 {
		days = append(days, day)
		if day == to {
			return days, true
		}
	}
}

// aroundDash is a dash as people and word processors write it.
var aroundDash = regexp.MustCompile(`[\s\x{a0}]*[-\x{2010}-\x{2015}\x{2212}][\s\x{a0}]*`)

var unaccented = strings.NewReplacer("é", "e", "á", "a", "\u0301", "", "\u00a0", " ")

// weekday is a day's number, Monday 0.
func weekday(name string) (int, bool) {
	switch name {
	case "mon", "lun":
		return 0, true
	case "tue", "mar":
		return 1, true
	case "wed", "mie":
		return 2, true
	case "thu", "jue":
		return 3, true
	case "fri", "vie":
		return 4, true
	case "sat", "sab":
		return 5, true
	case "sun", "dom":
		return 6, true
	}
	return 0, false
}

// parseTimes reads "08:00-18:00" or "24h", in minutes.
func parseTimes(field string) (from, length int, err error) {
	if field == "24h" {
		return 0, dayMinutes, nil
	}
	first, last, ranged := strings.Cut(field, "-")
	from, ok1 := clock(first)
	to, ok2 := clock(last)
	switch {
	case !ranged || !ok1 || !ok2 || from == dayMinutes:
		return 0, 0, errors.New("hours: want days and times like mon-fri 08:00-18:00")
	case from == to:
		return 0, 0, errors.New("hours: a time that ends where it begins; write 24h for a whole day")
	case to < from:
		to += dayMinutes
	}
	return from, to - from, nil
}

// clock reads "08:00" or "8:00", in minutes since midnight; "24:00" is the
// day's end.
func clock(s string) (int, bool) {
	hour, minute, _ := strings.Cut(s, ":")
	if len(hour) < 1 || len(hour) > 2 || len(minute) != 2 || !digit.All(hour+minute) {
		return 0, false
	}
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	if m > 59 || h > 24 || h == 24 && m != 0 {
		return 0, false
	}
	return h*60 + m, true
}

// Later is the later one of two times.
func Later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Age is how long ago something was; a time to come has age 0.
func Age(now, then time.Time) time.Duration { return max(0, now.Sub(then)) }

// Sweep looks for places with so many alerts since a time that they are an
// incident. Any number of nodes may sweep at once.
type Sweep struct{ Since time.Time }

// Scope of a sweep is the recent alerts.
func (e Sweep) Scope() Scope { return Scope{Since: e.Since} }

// OpenPass is the code that somebody at a desk types at a link.
type OpenPass struct {
	Pass   []byte // key
	Alert  ID
	Code   string
	Holder []byte // hash of what the browser will keep
}
