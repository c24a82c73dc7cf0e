package gateway

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// ReadHours reads hours as people write them, and says them as ParseHours has it:
//
//	lun-vie 9-17                         mon-fri 09:00-17:00
//	Lunes a viernes de 9 a.m. a 5 p.m.   mon-fri 09:00-17:00
//	L-V 9-13 y 15-18, sábados 10-12      mon-fri 09:00-13:00,15:00-18:00, sat 10:00-12:00
//	24/7, siempre                        (empty: always)
//
// What ParseHours reads itself stays as it is. "9-5" without am or pm is refused:
// it would be the night.
func ReadHours(s string) (string, error) {
	s = strings.TrimSpace(s)
	if _, err := ParseHours(s); err == nil {
		return s, nil
	}
	tokens, err := hourTokens(s)
	if err != nil {
		return "", err
	}
	var days, times, parts []string
	flush := func() error {
		if len(days)+len(times) > 0 {
			if len(times) == 0 {
				return errors.New("hours: days without times; write for example mon-fri 9-17")
			}
			parts = append(parts, strings.TrimSpace(strings.Join(days, ",")+" "+strings.Join(times, ",")))
		}
		days, times = nil, nil
		return nil
	}
	for i := 0; i < len(tokens); i++ {
		t, ranged := tokens[i], i+2 < len(tokens) && tokens[i+1].kind == '-' && tokens[i+2].kind == tokens[i].kind
		switch {
		case t.kind == ',' && i+1 < len(tokens):
		case t.kind == 'd':
			if len(times) > 0 {
				if err := flush(); err != nil {
					return "", err
				}
			}
			day := dayNames[t.n]
			if ranged {
				day += "-" + dayNames[tokens[i+2].n]
				i += 2
			}
			days = append(days, day)
		case t.kind == 'a':
			times = append(times, "24h")
		case t.kind == 't' && ranged:
			from, to, err := span24(t, tokens[i+2])
			if err != nil {
				return "", err
			}
			times = append(times, fmt.Sprintf("%02d:%02d-%02d:%02d", from/60, from%60, to/60, to%60))
			i += 2
		default:
			return "", errHours
		}
	}
	if err := flush(); err != nil {
		return "", err
	}
	read := strings.Join(parts, ", ")
	if read == "24h" {
		read = ""
	}
	_, err = ParseHours(read)
	return read, err
}

var errHours = errors.New("hours: want days and times like mon-fri 9-17, or lun-vie 9am-5pm")

// dayNames are the days as ParseHours reads them, Monday first.
var dayNames = [7]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// hourToken is a day ('d', n from Monday 0), a time ('t', n in minutes), a whole day
// ('a'), a "to" ('-') or an "and" (',').
type hourToken struct {
	kind byte
	n    int
	half byte // of a time: 'a' am, 'p' pm, 0 not said
	full bool // of a time: with minutes, or past 12
}

var (
	hourPiece = regexp.MustCompile(`24/7|24 ?(?:h|hs|hrs|horas|hours)\b|\d{1,2}(?:[:.h]\d{2})?(?: ?(?:am|pm)\b)?|[a-z]+|[-,;/&]|\S`)
	hourDots  = strings.NewReplacer("í", "i", "a. m.", "am", "p. m.", "pm", "a.m.", "am", "p.m.", "pm", "a.m", "am", "p.m", "pm", "todos los dias", "", "todos los días", "", "every day", "", "l-v", "lun-vie", "m-f", "mon-fri")
	hourWords = map[string]string{
		"a": "-", "al": "-", "to": "-", "hasta": "-", "till": "-", "until": "-", "through": "-", "thru": "-",
		"y": ",", "and": ",", "e": ",", "diario": "", "daily": "",
		"de": "", "del": "", "los": "", "las": "", "la": "", "from": "", "on": "", "at": "", "h": "", "hs": "", "hrs": "", "horas": "", "hours": "", "desde": "",
		"siempre": "24", "always": "24", "noon": "12", "mediodia": "12",
	}
)

// hourTokens takes what somebody wrote apart.
func hourTokens(s string) ([]hourToken, error) {
	text := aroundDash.ReplaceAllString(unaccented.Replace(strings.ToLower(s)), "-")
	var list []hourToken
	for _, word := range hourPiece.FindAllString(hourDots.Replace(text), -1) {
		meant, known := hourWords[word]
		switch {
		case word == "24/7" || strings.HasPrefix(word, "24") && len(word) > 2 && !strings.ContainsAny(word, ":.") || meant == "24":
			list = append(list, hourToken{kind: 'a'})
		case word == "-" || meant == "-":
			list = append(list, hourToken{kind: '-'})
		case strings.Contains(",;/&", word) || meant == ",":
			list = append(list, hourToken{kind: ','})
		case meant == "12":
			list = append(list, hourToken{kind: 't', n: 12 * 60, full: true})
		case known:
		case word[0] >= '0' && word[0] <= '9':
			t, err := hourTime(word)
			if err != nil {
				return nil, err
			}
			list = append(list, t)
		default:
			day, ok := weekday(word[:min(len(word), 3)])
			if !ok || len(word) < 3 || len(word) > 3 && !strings.Contains(dayWords, " "+word+" ") {
				return nil, errHours
			}
			list = append(list, hourToken{kind: 'd', n: day})
		}
	}
	return list, nil
}

// dayWords are the days' whole names, and those of one more than three letters that
// people shorten them to.
const dayWords = " lunes martes miercoles jueves viernes sabado sabados domingo domingos monday mondays tuesday tuesdays wednesday wednesdays thursday thursdays friday fridays saturday saturdays sunday sundays thurs tues thur "

// hourTime reads "9", "9:30", "9.30", "17h00", "5 pm".
func hourTime(word string) (hourToken, error) {
	t := hourToken{kind: 't'}
	for half, suffix := range map[byte]string{'a': "am", 'p': "pm"} {
		if rest, ok := strings.CutSuffix(word, suffix); ok {
			t.half, word = half, strings.TrimSpace(rest)
		}
	}
	hour, minute, minutes := strings.Cut(strings.NewReplacer(".", ":", "h", ":").Replace(word), ":")
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	if h > 24 || m > 59 || h == 24 && m > 0 || t.half != 0 && (h < 1 || h > 12) {
		return t, errHours
	}
	t.full = minutes || h > 12
	t.n = h*60 + m
	if t.half != 0 {
		t.n = h%12*60 + m
		if t.half == 'p' {
			t.n += 12 * 60
		}
	}
	return t, nil
}

// span24 is a stretch of the day by the clock of 24 hours, in minutes. Of which half
// of the day a time is, the other one says where it does not itself.
func span24(from, to hourToken) (int, int, error) {
	const noon = 12 * 60
	switch {
	case from.half == 0 && to.half == 'p' && from.n < noon && from.n+noon < to.n && !from.full:
		from.n += noon // 1-5pm
	case from.half != 0 && to.half == 0 && to.n <= from.n && to.n < noon && !to.full:
		to.n += noon // 9am-5
	case from.half == 0 && to.half == 0 && !from.full && !to.full && to.n <= from.n && from.n <= noon:
		return 0, 0, errors.New("hours: morning or afternoon? write for example 9am-5pm, or 9-17")
	}
	if from.n == to.n || from.n == 24*60 {
		return 0, 0, errHours
	}
	return from.n, to.n, nil
}

// HoursIn says hours with the days' names in a language: "lun-vie 09:00-17:00".
func HoursIn(language, hours string) string {
	if language != "es" {
		return spanishDays.Replace(hours)
	}
	return englishDays.Replace(hours)
}

var (
	englishDays = strings.NewReplacer("mon", "lun", "tue", "mar", "wed", "mié", "thu", "jue", "fri", "vie", "sat", "sáb", "sun", "dom")
	spanishDays = strings.NewReplacer("lun", "mon", "mar", "tue", "mie", "wed", "mié", "wed", "jue", "thu", "vie", "fri", "sab", "sat", "sáb", "sat", "dom", "sun")
)
