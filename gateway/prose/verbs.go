package prose

import "strings"

// forms are the forms of a regular verb in which somebody tells what is
// happening, has happened or is to be done, in the third person and in the
// first, upper case and without accents. The infinitive says how it goes.
func forms(infinitive string) []string {
	v := strings.ToUpper(infinitive)
	stem, end := v[:len(v)-2], v[len(v)-2:]
	var ends []string
	switch end {
	case "AR":
		ends = []string{"O", "A", "AN", "ARON", "E", "EN", "AMOS", "ADO", "ADA", "ADOS", "ADAS", "ANDO", "AR", "ABAN", "ABA", "ARAN", "ARA", "ARME", "ARLO", "ARLA", "ARNOS", "ANDOME", "ANDONOS", "ANDOLO", "ANDOLA"}
	default:
		ends = []string{"IO", "E", "EN", "IERON", "I", "IMOS", "A", "AN", "IDO", "IDA", "IDOS", "IDAS", "IENDO", end, "IAN", "IA", end + "AN", end + "A", end + "ME", end + "LO", end + "LA", end + "NOS", "IENDOME", "IENDOLO"}
	}
	list := make([]string, len(ends))
	for i, e := range ends {
		list[i] = stem + e
	}
	return list
}

// wishes are the forms of a verb in which something is feared, wished or
// supposed and does not happen: "que me agarren", "cuando me lleven".
func wishes(infinitive string) []string {
	v := strings.ToUpper(infinitive)
	stem := v[:len(v)-2]
	if v[len(v)-2:] == "AR" {
		return []string{stem + "EN", stem + "ARAN", stem + "ARA"}
	}
	return []string{stem + "AN", stem + "IERAN", stem + "IERA"}
}

// others reports whether a form says what several people do or did to
// somebody, or what is being or was done: "me agarraron", "agarrado". A single
// one catches a cold as well, and takes somebody to work.
func others(form string) bool {
	for _, end := range []string{"ARON", "AN", "EN", "IERON", "ANDO", "IENDO", "ADO", "ADA", "ADOS", "ADAS", "IDO", "IDA", "IDOS", "IDAS", "ARME", "ARNOS", "ARLO", "ARLA"} {
		if strings.HasSuffix(form, end) {
			return true
		}
	}
	return false
}
