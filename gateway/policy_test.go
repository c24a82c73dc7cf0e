package gateway

import (
	"strings"
	"testing"
)

// Everything that is wrong with a policy is named at once; what follows from
// something else that is, is not.
func TestPolicyProblems(t *testing.T) {
	for _, c := range []struct {
		file  string
		named []string // one a line, in any order
	}{
		{`{}`, nil},
		{"\ufeff" + `{"nobody":"20m"}` + "\n", nil},
		{`{"nobody":"20m"} and so on`, []string{"line 1: invalid character 'a' after top-level value"}},
		{"{\n\"nobody\": \"20m\",\n}", []string{"line 3: "}},
		{`[]`, []string{"want an object"}},
		{`null`, []string{"want an object"}},
		{`{"nobdy":"20m","ask":"soon","raid":{"alerts":"many","within":"1s"},"contact":[{"try":"text","quiet":"1s"},{"try":"pigeon","quiet":5}],"undo":"2m","retention":{"forever":"1h","answers":"1h"}}`, []string{
			"nobdy: is not known", `ask: duration "soon": want one like 90s, 2m or 48h`, "raid.alerts: want a whole number", "raid.within: is at least 10s",
			`contact[1].quiet: duration "5"`, "contact: rung 1 is quiet for 1s", `contact: rung 2 tries "pigeon"`, "contact: the last rung has to be", "undo: is at most 1m",
			"retention.forever: is not known", "retention: answers is at least",
		}},
		// close is 192h where nothing is said: that ask is later follows from the close that cannot be read.
		{`{"ask":"900h","close":"x"}`, []string{"close: duration"}},
		{`{"close":"x","retention":{"conversations":"1h"}}`, []string{"close: duration"}},
		{`{"contact":"text","desk":[]}`, []string{"contact: want a list", "desk: the last rung"}},
		{`{"nobody":"20m","nobody":"30m"}`, []string{"nobody: stands twice"}},
		{`{"raid":{"quiet":"20s"}}`, []string{"raid.quiet: is no shorter than within", "raid.quiet: is no shorter than every"}},
		{`{"raid":{"quiet":"20s","within":"x"}}`, []string{"raid.within: duration", "raid.quiet: is no shorter than every"}},
		{`{"errors":[{"code":"30099","do":"call"},{"code":"63555","do":"retry"}]}`, nil},
		{`{"errors":[{"code":"30099","do":"cal"},{"code":"x30099","do":"call"},{"code":"30098"},{"code":30097,"do":"call"},{"code":"30096","do":"never"},{"code":"30096","do":"never"}]}`, []string{
			"errors[0].do: want one of account, call,", "errors[1].code: want an error code of the carrier", "errors[2].do: is missing", "errors[3].code: want a text", "errors[5].code: 30096 stands twice",
		}},
		{`{"follow_up":["1m","x","3h"]}`, []string{"follow_up[1]: duration", "have to rise: nobody, follow_up, ask, close (number 2 does not)"}},
	} {
		_, err := ParsePolicy([]byte(c.file))
		var lines []string
		if err != nil {
			lines = strings.Split(err.Error(), "\n")
		}
		if len(lines) != len(c.named) {
			t.Errorf("%s:\n%v\nwant %d problems", c.file, err, len(c.named))
		}
		for _, want := range c.named {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q is not in\n%v", c.file, want, err)
			}
		}
	}
}
