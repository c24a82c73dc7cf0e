package numbering

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"aviso/gateway/sheet"
)

// Files are the names of the lists: what is under +1, and what is in Mexico.
// Columns are found by name, in any order; others are ignored.
//
//	code,country,state,place,status     201,US,NJ,Jersey City,in service
//	code,states,place                   951,OAX,Oaxaca de Juarez
//
// country is a code of two letters, the English name of a country, or
// toll-free, non-geographic or premium. A planned code counts: it will be in
// service before the list is replaced. Several states are set apart by slashes.
var Files = []string{"nanp.csv", "nir.csv"}

const (
	maxFile = 1 << 20 // bytes; fifty times today's
	longest = 60      // characters of a place
)

// Compile reads both lists. Its error names every broken row: file, line, reason.
// Without all of a list people's numbers would be taken for those of another
// country, so that one broken row refuses both.
func Compile(open func(name string) (io.ReadCloser, error), note func(string)) (*Plan, error) {
	c := compiler{open: open, note: note, plan: &Plan{nanp: map[string]Area{}, mexico: map[string]Area{}}}
	c.rows(Files[0], []string{"code", "country", "state", "place", "status"}, c.nanp)
	c.rows(Files[1], []string{"code", "states", "place"}, c.mexican)
	if len(c.problems) > 0 {
		return nil, errors.New(strings.Join(c.problems, "\n"))
	}
	c.plan.version = versionOf(c.plan)
	return c.plan, nil
}

type compiler struct {
	open     func(string) (io.ReadCloser, error)
	note     func(string)
	plan     *Plan
	problems []string
}

var (
	nanpCode    = regexp.MustCompile(`^[2-9][0-8]\d$`)
	mexicanCode = regexp.MustCompile(`^[2-9]\d\d?$`)
	twoLetters  = regexp.MustCompile(`^[A-Z]{2}$`)
	stateCode   = regexp.MustCompile(`^[A-Z]{2,5}$`)
)

// nanp reads a code under +1.
func (c *compiler) nanp(f map[string]string) error {
	code, country := f["code"], f["country"]
	a := Area{Country: country}
	if iso, ok := named(country); ok {
		a.Country = iso
	}
	switch {
	case !nanpCode.MatchString(code) || code[1:] == "11":
		return errors.New("code: want three digits of an area code")
	case country == "premium":
		a = Area{Country: "US", Premium: true}
	case country == "toll-free", country == "non-geographic":
		a = Area{Country: "US"}
	case !twoLetters.MatchString(a.Country):
		return errors.New("country: want a code of two letters, the English name of a country under +1, or toll-free, non-geographic, premium")
	case a.Country != "US" && !territories[a.Country]:
	case twoLetters.MatchString(f["state"]):
		a = Area{Country: "US", States: []string{f["state"]}}
	default:
		a = Area{Country: "US", Place: f["place"]}
	}
	if status := f["status"]; status != "in service" && status != "planned" {
		return errors.New("status: want in service or planned")
	}
	return put(c.plan.nanp, code, a)
}

// mexican reads a prefix of Mexico.
func (c *compiler) mexican(f map[string]string) error {
	a := Area{Country: "MX"}
	if !mexicanCode.MatchString(f["code"]) || len(f["code"]) == 2 != TwoDigits(f["code"]) {
		return errors.New("code: want three digits of a prefix, or 33, 55, 56 or 81")
	}
	for _, s := range strings.FieldsFunc(f["states"], func(r rune) bool { return r == '/' }) {
		if !stateCode.MatchString(s) {
			return errors.New("states: want codes of states set apart by slashes, as in CHIH/DGO")
		}
		a.States = append(a.States, s)
	}
	if len(a.States) == 0 || len(a.States) > 2 { // a text names two at most
		a.States = nil
		a.Place, _, _ = strings.Cut(f["place"], "/") // towns that share the code: the first names it
	}
	return put(c.plan.mexico, f["code"], a)
}

func put(areas map[string]Area, code string, a Area) error {
	if _, twice := areas[code]; twice {
		return errors.New("code: stands twice")
	}
	areas[code] = a
	return nil
}

// named is the ISO 3166 code of a country by its English name.
func named(country string) (iso string, ok bool) {
	for code, n := range countries {
		if n.en == country {
			return code, true
		}
	}
	return "", false
}

// rows hands every row of a file to read, whose error is what is wrong with it.
func (c *compiler) rows(file string, columns []string, read func(map[string]string) error) {
	problem := func(format string, args ...any) {
		c.problems = append(c.problems, file+": "+fmt.Sprintf(format, args...))
	}
	f, err := c.open(file)
	if err != nil {
		problem("cannot be read: %v", err)
		return
	}
	defer f.Close()
	capped := &io.LimitedReader{R: f, N: maxFile}
	table := sheet.NewTable(capped, func(text string) { c.note(file + ": " + text) })
	if err := table.ReadHeader(); err != nil {
		problem("has no header: %v", err)
		return
	}
	at := map[string]int{}
	for _, name := range columns {
		i := slices.Index(table.Header, name)
		if i < 0 {
			problem("the column %s is missing", name)
			return
		}
		at[name] = i
	}
	count := 0
	for {
		record, line, err := table.Next()
		var refused *sheet.RowError
		switch {
		case capped.N <= 0:
			problem("is larger than %d KiB", maxFile>>10)
			return
		case err == io.EOF:
			if count == 0 {
				problem("holds no code")
			}
			return
		case errors.As(err, &refused):
			problem("%v", refused)
			continue
		case err != nil:
			problem("cannot be read further: %v", err)
			return
		}
		count++
		fields := map[string]string{}
		for name, i := range at {
			value := sheet.Text(record[i])
			if name != "place" {
				value = sheet.Plain(value)
			}
			fields[name] = plain(value)
		}
		if err := read(fields); err != nil {
			problem("line %d: %v", line, err)
		}
	}
}

// plain is what a file says in ASCII, accents and control characters left out:
// it stands in texts.
func plain(s string) string {
	unaccented := runes.Remove(runes.Predicate(func(r rune) bool { return r > unicode.MaxASCII || unicode.IsControl(r) }))
	s, _, err := transform.String(transform.Chain(norm.NFD, unaccented), strings.TrimSpace(s))
	if err != nil {
		return ""
	}
	return s[:min(len(s), longest)]
}
