package numbering

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

//go:embed plan.json
var builtin []byte

// Builtin is the plan that the product ships with. It is parsed anew at each
// call (under a millisecond): the caller keeps it.
func Builtin() (*Plan, error) {
	p := new(Plan)
	if err := p.UnmarshalBinary(builtin); err != nil {
		return nil, fmt.Errorf("read embedded numbering plan: %w", err)
	}
	return p, nil
}

// compact is a plan as it is kept: codes by what they have in common, so that
// 900 codes are seven kilobytes.
type compact struct {
	Format int      `json:"format"`
	NANP   []shared `json:"nanp"`
	Mexico []shared `json:"mexico"`
}

// shared are the codes of one area.
type shared struct {
	Country string   `json:"country"`
	States  []string `json:"states,omitempty"`
	Place   string   `json:"place,omitempty"`
	Premium bool     `json:"premium,omitempty"`
	Codes   string   `json:"codes"` // ascending, set apart by blanks
}

const (
	format    = 1
	maxBinary = 1 << 20 // bytes
)

// MarshalBinary is the plan in a compact form, an area a line; the same bytes for
// the same data.
func (p *Plan) MarshalBinary() ([]byte, error) {
	b, err := json.Marshal(compact{format, gather(p.nanp), gather(p.mexico)})
	b = bytes.ReplaceAll(b, []byte(`{"country"`), []byte("\n"+`{"country"`))
	return append(b, '\n'), err
}

// UnmarshalBinary fills an empty plan. Damaged or foreign bytes give an error
// and leave it as it was.
func (p *Plan) UnmarshalBinary(data []byte) error {
	if len(data) > maxBinary {
		return errors.New("not a numbering plan: too large")
	}
	var c compact
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&c); err != nil || c.Format != format {
		return errors.New("not a numbering plan of a version known here")
	}
	read := Plan{nanp: map[string]Area{}, mexico: map[string]Area{}}
	if err := errors.Join(spread(c.NANP, read.nanp, nanpCode.MatchString), spread(c.Mexico, read.mexico, mexicanCode.MatchString)); err != nil {
		return err
	}
	if len(read.nanp) == 0 || len(read.mexico) == 0 {
		return errors.New("damaged numbering plan: without codes")
	}
	read.version = versionOf(&read)
	*p = read
	return nil
}

// gather puts codes of the same area together, in order of their first code.
func gather(areas map[string]Area) []shared {
	codes := make([]string, 0, len(areas))
	for code := range areas {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	var list []shared
	at := map[string]int{}
	for _, code := range codes {
		a := areas[code]
		key := fmt.Sprint(a)
		i, ok := at[key]
		if !ok {
			i = len(list)
			at[key] = i
			list = append(list, shared{Country: a.Country, States: a.States, Place: a.Place, Premium: a.Premium})
		}
		list[i].Codes = strings.TrimPrefix(list[i].Codes+" "+code, " ")
	}
	return list
}

func spread(list []shared, areas map[string]Area, form func(string) bool) error {
	for _, s := range list {
		for _, code := range strings.Fields(s.Codes) {
			if !form(code) {
				return errors.New("damaged numbering plan: a code is none")
			}
			if err := put(areas, code, Area{Country: s.Country, States: s.States, Place: s.Place, Premium: s.Premium}); err != nil {
				return errors.New("damaged numbering plan: a code stands twice")
			}
		}
	}
	return nil
}

func versionOf(p *Plan) string {
	b, err := p.MarshalBinary()
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:4])
}
