package roster

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"aviso/gateway"
)

const exampleDesks = `consulate,channel,address,hours,language,confirmed
chicago,sms,+13125550199,,es,2026-11-20
chicago,voice,+13125550198,mon-fri 08:00-18:00,es,
agents,voice,+15205550100,,,
`

func TestDesks(t *testing.T) {
	desks, err := Desks(strings.NewReader(exampleDesks), options())
	if err != nil {
		t.Fatal(err)
	}
	want := []gateway.Desk{
		{Consulate: "chicago", Position: 0, Channel: gateway.SMS, Address: "+13125550199", Language: "es",
			Confirmed: time.Date(2026, time.November, 20, 0, 0, 0, 0, time.UTC)},
		{Consulate: "chicago", Position: 1, Channel: gateway.Voice, Address: "+13125550198", Hours: "mon-fri 08:00-18:00", Language: "es"},
		{Consulate: "agents", Position: 0, Channel: gateway.Voice, Address: "+15205550100"},
	}
	if !reflect.DeepEqual(desks, want) {
		t.Errorf("got  %+v\nwant %+v", desks, want)
	}
	var out bytes.Buffer
	if err := WriteDesks(&out, desks); err != nil || out.String() != exampleDesks {
		t.Errorf("written as\n%s(%v)", out.String(), err)
	}
}

// A list with a bad row is refused whole, with every bad row named.
func TestDesksRefused(t *testing.T) {
	desks, err := Desks(strings.NewReader(`consulate,channel,address,hours,language,confirmed
gotham,sms,+13125550199,,es,
chicago,fax,+13125550199,,es,
chicago,sms,78910,,es,
chicago,sms,+13125550199,8-6,es,
chicago,sms,+13125550199,,es,20.11.2026
fresno,sms,+13125550199,,es,2026-11-20
Fresno,sms,+1 (312) 555-0199,,es,
chicago,sms,+19005550199,,es,
chicago,voice,312-555-0198,,es,
chicago,voice,+15550001111,,es,
`), options())
	var got []string
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("%d desks, %v; want each bad row", len(desks), err)
	}
	for _, e := range joined.Unwrap() {
		got = append(got, e.Error())
	}
	for i, want := range []string{
		"line 2: consulate: no such consulate", "line 3: channel: want sms or voice", "line 4: address: ",
		"line 5: hours: want days and times", "line 6: confirmed: want a date", "line 8: address: the same desk stands above",
	} {
		if i >= len(got) || !strings.HasPrefix(got[i], want) {
			t.Errorf("refusal %d: want %q in %q", i, want, got)
		}
	}
	for name, file := range map[string]string{
		"empty": "", "unknown column": "consulate,channel,address,fax\n", "no address": "consulate,channel\n", "twice": "consulate,channel,address,address\n",
	} {
		var bad *FileError
		if _, err := Desks(strings.NewReader(file), options()); !errors.As(err, &bad) {
			t.Errorf("%s: %v, want a refusal of the file", name, err)
		}
	}
}

func TestKeepConfirmed(t *testing.T) {
	day := time.Date(2026, time.May, 1, 0, 0, 0, 0, time.UTC)
	old := []gateway.Desk{
		{Consulate: "chicago", Channel: gateway.SMS, Address: "+13125550199", Confirmed: day},
		{Consulate: "fresno", Channel: gateway.SMS, Address: "+15595550199", Confirmed: day},
	}
	list := []gateway.Desk{
		{Consulate: "chicago", Channel: gateway.SMS, Address: "+13125550199", Hours: "24h"},
		{Consulate: "chicago", Channel: gateway.Voice, Address: "+13125550199"},
		{Consulate: "fresno", Channel: gateway.SMS, Address: "+15595550199", Confirmed: day.AddDate(0, 0, 7)},
	}
	old[1].Stopped = day.AddDate(0, 0, 3)
	KeepConfirmed(list, old)
	switch {
	case !list[2].Stopped.Equal(old[1].Stopped) || list[2].Expects():
		t.Errorf("a number that wants nothing of us: %+v, want that kept", list[2])
	case !list[0].Stopped.IsZero():
		t.Errorf("another number: %+v", list[0])
	case !list[0].Confirmed.Equal(day):
		t.Errorf("the same desk: %+v, want its day kept", list[0])
	case !list[1].Confirmed.IsZero():
		t.Errorf("another channel: %+v, want it unconfirmed", list[1])
	case !list[2].Confirmed.Equal(day.AddDate(0, 0, 7)):
		t.Errorf("a new day: %+v, want the file's", list[2])
	}
}

// Hours are read as people write them, and kept so that an older program reads them.
func TestDeskHoursAsPeopleWriteThem(t *testing.T) {
	desks, err := Desks(strings.NewReader("consulate,channel,address,hours,language\nfresno,sms,+13125550199,lun-vie 9-17,es\nfresno,voice,+13125550198,\"sábado 9am-1pm\",es\n"), options())
	if err != nil || len(desks) != 2 || desks[0].Hours != "mon-fri 09:00-17:00" || desks[1].Hours != "sat 09:00-13:00" {
		t.Errorf("%+v, %v", desks, err)
	}
}
