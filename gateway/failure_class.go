package gateway

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Class is what is to be done about an error code of a carrier, in a word: the
// patterns that most codes follow. A policy's file says it of codes that a
// carrier's table lacks.
type Class string

const (
	ClassRetry     Class = "retry"     // nothing was processed: the same again
	ClassOnce      Class = "once"      // once more after 5 s, then another sender
	ClassElsewhere Class = "elsewhere" // another sender
	ClassOperator  Class = "operator"  // the same, and an alarm: theirs to mend
	ClassUnreached Class = "unreached" // the same, and the sender is not tried in that country for an hour
	ClassAccount   Class = "account"   // the same, and the account's other senders stand behind
	ClassCall      Class = "call"      // this number takes no texts: a call
	ClassWords     Class = "words"     // the carrier objects to this text: another sender once, then a call; an alarm
	ClassNever     Class = "never"     // not this address, by whatever way
)

// classes are what the words stand for.
var classes = map[Class]Failure{
	ClassRetry:     {Remedy: Retry},
	ClassOnce:      {Remedy: Retry, Waits: [3]time.Duration{5 * time.Second}, Then: Elsewhere},
	ClassElsewhere: {Remedy: Elsewhere},
	ClassOperator:  {Remedy: Elsewhere, Alarm: true},
	ClassUnreached: {Remedy: Elsewhere, Alarm: true, Unreached: true},
	ClassAccount:   {Remedy: Elsewhere, Alarm: true, Outage: true},
	ClassCall:      {Remedy: Call},
	ClassWords:     {Remedy: Elsewhere, Filtered: true, Then: Call, Alarm: true},
	ClassNever:     {Remedy: Never},
}

// Failure is a failure of this class, without a code.
func (c Class) Failure() Failure { return classes[c] }

// UnmarshalText reads one of the words.
func (c *Class) UnmarshalText(text []byte) error {
	class := Class(strings.Trim(string(text), `"`))
	if _, known := classes[class]; !known {
		return fmt.Errorf("want one of %s", strings.Join(classNames(), ", "))
	}
	*c = class
	return nil
}

func classNames() (names []string) {
	for _, c := range slices.Sorted(maps.Keys(classes)) {
		names = append(names, string(c))
	}
	return names
}

// ErrorClass is what an operator says is to be done about an error code.
type ErrorClass struct {
	Code string `json:"code"` // the carrier's: "30099"
	Do   Class  `json:"do"`
}

// errCode is a code that is none.
var errCode = errors.New("want an error code of the carrier, as in 30099")

// errorClasses looks whether every code is one, and stands once.
func (c *policyCheck) errorClasses(list []ErrorClass) {
	seen := map[string]bool{}
	for i, e := range list {
		at := fmt.Sprintf("errors[%d]", i)
		switch {
		case len(e.Code) < 4 || len(e.Code) > 6 || strings.Trim(e.Code, "0123456789") != "" || e.Code[0] == '0':
			c.say([]string{at + ".code"}, "%s.code: %w", at, errCode)
		case seen[e.Code]:
			c.say([]string{at + ".code"}, "%s.code: %s stands twice", at, e.Code)
		}
		seen[e.Code] = true
		if e.Do == "" {
			c.say([]string{at + ".do"}, "%s.do: is missing: one of %s", at, strings.Join(classNames(), ", "))
		}
	}
}
