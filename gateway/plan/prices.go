package plan

import (
	_ "embed"
	"errors"
	"math"
	"strings"

	"aviso/gateway/strict"
)

// Prices are in dollars. They change, and an account may have its own: an operator
// looks them up. What stands here and in no file are those of prices.json.
type Prices struct {
	AsOf      string  `json:"as_of"`      // when and where they were looked up, in words
	SegmentUS float64 `json:"segment_us"` // a segment to the United States, the carriers' fee included
	SegmentMX float64 `json:"segment_mx"`
	SegmentIn float64 `json:"segment_in"` // a segment that comes in
	LongCode  float64 `json:"long_code"`  // a month
	TollFree  float64 `json:"toll_free"`  // a month
	ShortCode float64 `json:"short_code"` // a month
	Campaign  float64 `json:"campaign"`   // a month, where there is a long code (A2P 10DLC)
	CallUS    float64 `json:"call_us"`    // a minute of a call to the United States; begun minutes count
	CallMX    float64 `json:"call_mx"`    // a minute of a call to Mexico
	CallIn    float64 `json:"call_in"`    // a minute of a call that comes in
}

//go:embed prices.json
var shipped []byte

// DefaultPrices are those that are shipped.
func DefaultPrices() Prices {
	var p Prices
	if problems := strict.JSON(shipped, &p); len(problems) > 0 {
		panic("prices.json: " + problems[0].String()) // a test reads it
	}
	return p
}

// ParsePrices reads prices from JSON. What it leaves out keeps its default; every
// problem is named at once, on a line of its own.
func ParsePrices(data []byte) (Prices, error) {
	p := DefaultPrices()
	p.AsOf = ""
	read := strict.JSON(data, &p)
	var problems []error
	for _, problem := range read {
		problems = append(problems, errors.New(problem.String()))
	}
	for _, price := range p.each() {
		if !read.At(price.name) && !(*price.dollars >= 0 && !math.IsInf(*price.dollars, 0)) {
			problems = append(problems, errors.New(price.name+": want dollars, as in 0.012"))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return Prices{}, err
	}
	if p.AsOf = strings.TrimSpace(p.AsOf); p.AsOf == "" {
		p.AsOf = "the file names no date"
	}
	return p, nil
}

type price struct {
	name    string
	dollars *float64
}

func (p *Prices) each() []price {
	return []price{
		{"segment_us", &p.SegmentUS}, {"segment_mx", &p.SegmentMX}, {"segment_in", &p.SegmentIn},
		{"long_code", &p.LongCode}, {"toll_free", &p.TollFree}, {"short_code", &p.ShortCode}, {"campaign", &p.Campaign},
		{"call_us", &p.CallUS}, {"call_mx", &p.CallMX}, {"call_in", &p.CallIn},
	}
}
