package keyword

import (
	"errors"
	"testing"
	"time"
)

func TestCheckInTime(t *testing.T) {
	in := func(d time.Duration) Due { return Due{In: d} }
	at := func(hour, minute int) Due { return Due{Hour: hour, Minute: minute} }
	for _, c := range []struct {
		rest string
		want Due
		err  error
	}{
		{"2H", in(2 * time.Hour), nil},
		{"2 h", in(2 * time.Hour), nil},
		{"2 horas.", in(2 * time.Hour), nil},
		{"1 hour", in(time.Hour), nil},
		{"30M", in(30 * time.Minute), nil},
		{"90 minutos", in(90 * time.Minute), nil},
		{"1H30M", in(90 * time.Minute), nil},
		{"1h30", in(90 * time.Minute), nil},
		{"1 hora 30 min", in(90 * time.Minute), nil},
		{"24H", in(24 * time.Hour), nil},
		{"25H", Due{}, ErrTimeRange},
		{"24H1M", Due{}, ErrTimeRange},
		{"0H", Due{}, ErrTimeRange},
		{"99999999999999999999H", Due{}, ErrTimeRange},
		{"9223372036854775807M", Due{}, ErrTimeRange},
		{"14:00", at(14, 0), nil},
		{"14:00 hrs", at(14, 0), nil},
		{"14.05", at(14, 5), nil},
		{"23:59", at(23, 59), nil},
		{"0:30", at(0, 30), nil},
		{"02:30", at(2, 30), nil},
		{"9:15", at(9, 15), nil},
		{"2:30", Due{}, ErrAmbiguousTime},
		{"7:00 hrs", Due{}, ErrAmbiguousTime},
		{"14", Due{}, ErrAmbiguousTime},
		{"2", Due{}, ErrAmbiguousTime},
		{"24:00", Due{}, ErrTimeRange},
		{"12:60", Due{}, ErrTimeRange},
		{"014:00", Due{}, ErrTimeRange},
		{"2PM", at(14, 0), nil},
		{"2 pm", at(14, 0), nil},
		{"2:30 p.m.", at(14, 30), nil},
		{"2:30pm", at(14, 30), nil},
		{"12PM", at(12, 0), nil},
		{"12AM", at(0, 0), nil},
		{"12:15 a. m.", at(0, 15), nil},
		{"13PM", Due{}, ErrTimeRange},
		{"0AM", Due{}, ErrTimeRange},
		{"２ＰＭ", at(14, 0), nil},
		{"", Due{}, ErrNoTime},
		{"?", Due{}, ErrNoTime},
		{"con el doctor", Due{}, ErrNoTime},
		{"manana 2PM", Due{}, ErrNoTime},
		{"a las 2PM", Due{}, ErrNoTime},
		{"2 perros", Due{}, ErrNoTime},
		{"14:0", Due{}, ErrNoTime},
		{"14:30M", Due{}, ErrNoTime},
		{"2PM manana", Due{}, ErrAfterTime},
		{"2H con el doctor", Due{}, ErrAfterTime},
		{"14:00 4821", Due{}, ErrAfterTime},
		{"30M 4821", Due{}, ErrAfterTime},
		{"1H30M20", Due{}, ErrAfterTime},
		{"1H 30 4821", Due{}, ErrAfterTime},
	} {
		got, err := CheckInTime(c.rest)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("CheckInTime(%q) = %+v, %v, want %+v, %v", c.rest, got, err, c.want, c.err)
		}
	}
}
