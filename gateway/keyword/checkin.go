package keyword

import (
	"errors"
	"strconv"
	"time"

	"aviso/gateway/digit"
)

// MaxCheckIn is the longest time that a check-in or its extension may name. An
// hour of the clock is at most a day away, and so is a time from now.
const MaxCheckIn = 24 * time.Hour

// Why a text names no time that a check-in can be armed with.
var (
	ErrNoTime        = errors.New("no time is given")
	ErrAmbiguousTime = errors.New("the time may be of the morning or of the afternoon")
	ErrTimeRange     = errors.New("the time is beyond the clock or beyond a day")
	ErrAfterTime     = errors.New("something follows the time")
)

// Due is when a check-in is due: in a time from now where In is positive, else
// at the next Hour and Minute of the person's clock, of 24 hours.
type Due struct {
	In           time.Duration
	Hour, Minute int
}

// CheckInTime reads the time out of what follows CITA and MAS: 2H, 30M, 1H30M,
// 14:00, 14:00 hrs, 2PM, 2:30 p.m., the words HORAS, MINUTOS and their like
// included. It refuses anything after the time, and what can be two times: a
// bare 14, and hours from 1 to 7 without AM, PM or a leading zero, since 2:30
// on an appointment is seldom of the night. An armed check-in that is twelve
// hours late is worse than a question.
func CheckInTime(rest string) (Due, error) {
	parts := timeParts(Tokens(rest))
	if len(parts) == 0 || !digit.All(parts[0]) {
		return Due{}, ErrNoTime
	}
	first, parts := parts[0], parts[1:]
	u, parts := takeUnit(parts)
	switch u {
	case hours:
		minute := "0"
		if len(parts) > 0 && digit.All(parts[0]) {
			minute, parts = parts[0], parts[1:]
			if u, after := takeUnit(parts); u == minutes {
				parts = after
			}
		}
		return duration(first, minute, parts)
	case minutes:
		return duration("0", first, parts)
	case morning, afternoon:
		return clock(first, "00", u, parts)
	}
	if len(parts) == 0 {
		return Due{}, ErrAmbiguousTime
	}
	if len(parts[0]) != 2 || !digit.All(parts[0]) {
		return Due{}, ErrNoTime
	}
	minute, parts := parts[0], parts[1:]
	u, after := takeUnit(parts)
	if u == minutes {
		return Due{}, ErrNoTime
	}
	return clock(first, minute, u, after)
}

// duration is a time from now, of hours and minutes in digits.
func duration(hour, minute string, after []string) (Due, error) {
	if len(after) > 0 {
		return Due{}, ErrAfterTime
	}
	h, errHour := strconv.Atoi(hour)
	m, errMinute := strconv.Atoi(minute)
	if errHour != nil || errMinute != nil || h > 24 || m > 24*60 {
		return Due{}, ErrTimeRange
	}
	in := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if in <= 0 || in > MaxCheckIn {
		return Due{}, ErrTimeRange
	}
	return Due{In: in}, nil
}

// clock is a time of the day, of an hour and minute in digits. With hours for
// unit ("14:00 hrs") or none it is of 24 hours.
func clock(hour, minute string, u unit, after []string) (Due, error) {
	if len(after) > 0 {
		return Due{}, ErrAfterTime
	}
	h, errHour := strconv.Atoi(hour)
	m, errMinute := strconv.Atoi(minute)
	if errHour != nil || errMinute != nil || m > 59 || len(hour) > 2 {
		return Due{}, ErrTimeRange
	}
	switch u {
	case morning, afternoon:
		if h < 1 || h > 12 {
			return Due{}, ErrTimeRange
		}
		h %= 12
		if u == afternoon {
			h += 12
		}
	default:
		if h > 23 {
			return Due{}, ErrTimeRange
		}
		if len(hour) == 1 && 1 <= h && h <= 7 {
			return Due{}, ErrAmbiguousTime
		}
	}
	return Due{Hour: h, Minute: m}, nil
}

// timeParts cuts tokens between digits and letters: 2H30 is 2, H, 30.
func timeParts(tokens []string) []string {
	var parts []string
	for _, t := range tokens {
		from := 0
		for i := 1; i < len(t); i++ {
			if digit.All(t[i-1:i]) != digit.All(t[i:i+1]) {
				parts = append(parts, t[from:i])
				from = i
			}
		}
		parts = append(parts, t[from:])
	}
	return parts
}

// unit is what a word after a number makes of it.
type unit int

const (
	noUnit unit = iota
	hours
	minutes
	morning
	afternoon
)

// takeUnit reads the unit at the head of the parts, and leaves what follows.
// The dots of "p.m." have made two words of it.
func takeUnit(parts []string) (unit, []string) {
	if len(parts) == 0 {
		return noUnit, parts
	}
	word, after := parts[0], parts[1:]
	if (word == "A" || word == "P") && len(after) > 0 && after[0] == "M" {
		word, after = word+"M", after[1:]
	}
	switch word {
	case "H", "HR", "HRS", "HORA", "HORAS", "HOUR", "HOURS":
		return hours, after
	case "M", "MIN", "MINS", "MINUTO", "MINUTOS", "MINUTE", "MINUTES":
		return minutes, after
	case "AM":
		return morning, after
	case "PM":
		return afternoon, after
	}
	return noUnit, parts
}
