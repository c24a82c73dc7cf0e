package roster

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkProfiles is a file of people with four contacts, read and checked.
func BenchmarkProfiles(b *testing.B) {
	var file strings.Builder
	file.WriteString("phone,name,language,zip,consulate_consent,callback")
	for n := range 4 {
		fmt.Fprintf(&file, ",contact%d_phone,contact%[1]d_name,contact%[1]d_accepted", n+1)
	}
	file.WriteString("\n")
	const people = 2000
	for i := range people {
		fmt.Fprintf(&file, "+1312%07d,José %d,es,60608,si,,+5233%08d,Maria,si,+5255%08[3]d,Rosa,,+1773%07[1]d,Luis,si,+1630%07[1]d,Ana,\n", 2000000+i, i, 20000000+i)
	}
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for row, err := range Profiles(strings.NewReader(file.String()), CSV, options()) {
			if _, _, wrong := row.Onto(nil, false); err != nil || wrong != nil {
				b.Fatal(err, wrong)
			}
			n++
		}
		if n != people {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/people, "µs/person")
}
