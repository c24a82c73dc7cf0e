package gateway

import "testing"

func TestHoursAsPeopleWriteThem(t *testing.T) {
	for typed, want := range map[string]string{
		"lun-vie 9-17":                       "mon-fri 09:00-17:00",
		"Lunes a viernes de 9 a.m. a 5 p.m.": "mon-fri 09:00-17:00",
		"lunes a viernes, 8:30 a 16:00 hrs":  "mon-fri 08:30-16:00",
		"L-V 9-13 y 15-18, sábados 10-12":    "mon-fri 09:00-13:00,15:00-18:00, sat 10:00-12:00",
		"Mon to Fri 9am-5pm":                 "mon-fri 09:00-17:00",
		"Monday through Thursday 9-5pm":      "mon-thu 09:00-17:00",
		"m-f 1-5pm":                          "mon-fri 13:00-17:00",
		"mar, jue 10am-2":                    "tue,thu 10:00-14:00",
		"sábado y domingo 8 a mediodía":      "sat,sun 08:00-12:00",
		"9-17":                               "09:00-17:00",
		"todos los días de 7 a 22 horas":     "07:00-22:00",
		"vie-sáb 22-6":                       "fri-sat 22:00-06:00",
		"12am-12pm":                          "00:00-12:00",
		"lun – vie 9.30 – 17.00":             "mon-fri 09:30-17:00",
		"24/7":                               "",
		"siempre":                            "",
		"sat 24 horas":                       "sat 24h",
		"":                                   "",
		"lun-vie 08:00-18:00":                "lun-vie 08:00-18:00", // read before, and kept
		"Mon-Fri 08:00-12:00,14:00-18:00; sáb 24h": "Mon-Fri 08:00-12:00,14:00-18:00; sáb 24h",
	} {
		got, err := ReadHours(typed)
		if err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", typed, got, err, want)
		}
		if _, err := ParseHours(got); err != nil {
			t.Errorf("%q was read as %q, which is not read again: %v", typed, got, err)
		}
		for _, language := range []string{"es", "en"} {
			a, _ := ParseHours(got)
			b, err := ParseHours(HoursIn(language, got))
			if err != nil || len(a.spans) != len(b.spans) {
				t.Errorf("%q in %s is %q: %v", got, language, HoursIn(language, got), err)
			}
		}
	}
	for _, typed := range []string{
		"9-5", "lun-vie 9 a 5", "lunes a viernes", "a veces", "lun-vie 9", "lun-vie 25-26", "m 9-17", "13pm-15pm", "9-9", "mercado 9-17", "lun-vie 9-17 tal vez", "9:75-10",
	} {
		if got, err := ReadHours(typed); err == nil {
			t.Errorf("%q is taken for %q", typed, got)
		}
	}
}
