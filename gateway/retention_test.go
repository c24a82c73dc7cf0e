package gateway

import (
	"strings"
	"testing"
	"time"
)

func TestRetention(t *testing.T) {
	p, err := ParsePolicy([]byte(`{"retention":{"alerts":"168h"}}`))
	if err != nil || time.Duration(p.Retention.Alerts) != 7*24*time.Hour || p.Retention.Conversations != DefaultRetention().Conversations {
		t.Errorf("%+v (%v), want what is said and the other defaults", p.Retention, err)
	}
	_, err = ParsePolicy([]byte(`{"close":"960h","retention":{"answers":"1h","messages":"0s","tasks":"2h","alerts":"1h","conversations":"720h"}}`))
	for _, name := range []string{"answers", "messages", "tasks", "alerts", "conversations is at least 960h"} {
		if err == nil || !strings.Contains(err.Error(), "retention: "+name) {
			t.Errorf("%q is not named in: %v", name, err)
		}
	}
	if _, err := ParsePolicy([]byte(`{"retention":{"forever":"1h"}}`)); err == nil {
		t.Error("a time that is none of the policy's is taken")
	}
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	if got := DefaultRetention().Answers.Before(now); !got.Equal(now.AddDate(0, 0, -3)) {
		t.Errorf("answers are old before %s", got)
	}
}
