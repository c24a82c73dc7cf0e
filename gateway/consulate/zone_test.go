package consulate

import (
	"testing"
	"time"
)

// States on both sides of a line, and ZIPs beside it.
func TestTimeZone(t *testing.T) {
	table := mustBuiltin(t)
	for _, c := range []struct{ zip, place, want string }{
		{"46402", "Gary IN", "America/Chicago"},
		{"46204", "Indianapolis IN", "America/Indiana/Indianapolis"},
		{"47708", "Evansville IN", "America/Chicago"},
		{"32501", "Pensacola FL", "America/Chicago"},
		{"33101", "Miami FL", "America/New_York"},
		{"32301", "Tallahassee FL", "America/New_York"},
		{"32456", "Port St. Joe FL", "America/New_York"},
		{"32465", "Wewahitchka FL", "America/Chicago"},
		{"79901", "El Paso TX", "America/Denver"},
		{"79839", "Fort Hancock TX", "America/Denver"},
		{"77002", "Houston TX", "America/Chicago"},
		{"97914", "Ontario OR", "America/Boise"},
		{"97201", "Portland OR", "America/Los_Angeles"},
		{"83702", "Boise ID", "America/Boise"},
		{"83814", "Coeur d'Alene ID", "America/Los_Angeles"},
		{"83530", "Grangeville ID", "America/Los_Angeles"},
		{"83549", "Riggins ID", "America/Boise"},
		{"40202", "Louisville KY", "America/Kentucky/Louisville"},
		{"40507", "Lexington KY", "America/New_York"},
		{"42101", "Bowling Green KY", "America/Chicago"},
		{"37902", "Knoxville TN", "America/New_York"},
		{"37402", "Chattanooga TN", "America/New_York"},
		{"37201", "Nashville TN", "America/Chicago"},
		{"37367", "Pikeville TN", "America/Chicago"},
		{"48226", "Detroit MI", "America/Detroit"},
		{"49801", "Iron Mountain MI", "America/Chicago"},
		{"49855", "Marquette MI", "America/Detroit"},
		{"58601", "Dickinson ND", "America/Denver"},
		{"58501", "Bismarck ND", "America/Chicago"},
		{"58634", "Grassy Butte ND", "America/Denver"},
		{"58854", "Watford City ND", "America/Chicago"},
		{"57701", "Rapid City SD", "America/Denver"},
		{"57770", "Pine Ridge SD", "America/Denver"},
		{"57104", "Sioux Falls SD", "America/Chicago"},
		{"69361", "Scottsbluff NE", "America/Denver"},
		{"69201", "Valentine NE", "America/Chicago"},
		{"69218", "Merriman NE", "America/Denver"},
		{"67735", "Goodland KS", "America/Denver"},
		{"67801", "Dodge City KS", "America/Chicago"},
		{"85001", "Phoenix AZ", "America/Phoenix"},
		{"86515", "Window Rock AZ, Navajo Nation", "America/Denver"},
		{"86042", "Polacca AZ, Hopi Reservation", "America/Phoenix"},
		{"89883", "West Wendover NV", "America/Denver"},
		{"89801", "Elko NV", "America/Los_Angeles"},
		{"96813", "Honolulu HI", "Pacific/Honolulu"},
		{"00901", "San Juan PR", "America/Puerto_Rico"},
		{"00802", "St. Thomas VI", "America/Puerto_Rico"},
		{"99501", "Anchorage AK", "America/Anchorage"},
		{"99546", "Adak AK", "America/Adak"},
		{"99685", "Unalaska AK", "America/Anchorage"},
		{"36867", "Phenix City AL", "America/New_York"},
		{"35203", "Birmingham AL", "America/Chicago"},
		{"96910", "Hagatna GU", "Pacific/Guam"},
		{"96950", "Saipan MP", "Pacific/Guam"},
		{"96970", "Ebeye MH", "Pacific/Kwajalein"},
		{"96799", "Pago Pago AS", "Pacific/Pago_Pago"},
		{"60698", "Chicago IL, prefix alone", "America/Chicago"},
		{"88599", "El Paso TX, prefix alone", "America/Denver"},
	} {
		if got := table.Find(c.zip).TimeZone; got != c.want {
			t.Errorf("%s %s: %s, want %s", c.zip, c.place, got, c.want)
		}
	}
}

// A consulate sits in the time zone of its own ZIP: two files agree.
func TestConsulatesAgreeOnTime(t *testing.T) {
	table := mustBuiltin(t)
	checked := 0
	for _, c := range table.All() {
		if c.ZIP == "" {
			continue
		}
		checked++
		for _, month := range []time.Month{time.January, time.July} {
			at := time.Date(2026, month, 1, 12, 0, 0, 0, time.UTC)
			own, there := clock(t, c.TimeZone, at), clock(t, table.Find(c.ZIP).TimeZone, at)
			if own != there {
				t.Errorf("%s: %s at the consulate, %s at its ZIP %s", c.ID, own, there, c.ZIP)
			}
		}
	}
	if checked < 10 {
		t.Errorf("only %d consulates have a ZIP", checked)
	}
}

func clock(t *testing.T, zone string, at time.Time) string {
	t.Helper()
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return at.In(location).Format("15:04")
}
