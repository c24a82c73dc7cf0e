package keyword

import (
	"strings"

	"aviso/gateway/digit"
)

// IsPIN reports whether a token has the form of a PIN: 4 to 8 digits.
func IsPIN(token string) bool {
	return digit.All(token) && 4 <= len(token) && len(token) <= 8
}

// IsRef reports whether a token has the form of an alert's reference without
// its #: six digits.
func IsRef(token string) bool { return digit.All(token) && len(token) == 6 }

// Ending is how an alert ended, as a person says it when calling off: LIBRE,
// DEPORTADO or ERROR, from these or DEPORTADA, FREE, DEPORTED, MISTAKE; empty
// for any other token.
func Ending(token string) string {
	switch token {
	case "LIBRE", "FREE":
		return "LIBRE"
	case "DEPORTADO", "DEPORTADA", "DEPORTED":
		return "DEPORTADO"
	case "ERROR", "MISTAKE":
		return "ERROR"
	}
	return ""
}

// wellFormed reports whether what follows a command is what that command takes
// and nothing else. PINs may be left out. rest is args as they were written.
func wellFormed(intent Intent, args []token, rest string) bool {
	switch intent {
	case Help, Rights, Legal, Shelter, Register, Drill, Yes, No:
		return len(args) == 0
	case Status, Arrived, Data, Erase:
		return len(skipPIN(args)) == 0
	case Language:
		return all(args, isCourtesy)
	case Move:
		return all(args, isNumberOrLabel)
	case Cancel:
		args = skipPIN(args)
		return len(args) == 0 || len(args) == 1 && Ending(args[0].word) != ""
	case CheckIn:
		_, err := CheckInTime(rest)
		return err == nil
	case More:
		t, err := CheckInTime(rest)
		return err == nil && t.In > 0
	case Consulate:
		return len(args) == 0 || len(skipZIP(args)) == 0
	case ZIP:
		return len(args) > 0 && len(skipZIP(args)) < len(args) && len(skipPIN(skipZIP(args))) == 0
	case Name:
		return isName(args) && !hasCry(args)
	case Add:
		return isNumberAndName(args)
	case Remove:
		return isNumberAndPIN(args)
	case Acknowledge:
		return len(args) == 0 || len(args) == 1 && IsRef(args[0].word)
	case Wrong:
		return len(args) == 0 || len(args) == 1 && args[0].word == "NUMBER"
	case Located, Close:
		return len(args) > 0 && IsRef(args[0].word)
	}
	return false
}

// skipPIN leaves out a PIN at the head of a command's arguments.
func skipPIN(args []token) []token {
	if len(args) > 0 && IsPIN(args[0].word) {
		return args[1:]
	}
	return args
}

// skipZIP leaves out a ZIP of five digits, or ZIP+4 in one piece or in two. The
// four may as well be a PIN; that one is well formed, too.
func skipZIP(args []token) []token {
	switch {
	case len(args) == 0 || !digit.All(args[0].word):
		return args
	case len(args[0].word) == 9:
		return args[1:]
	case len(args[0].word) != 5:
		return args
	case len(args) > 1 && len(args[1].word) == 4 && digit.All(args[1].word):
		return args[2:]
	}
	return args[1:]
}

// A phone number as people write it has 10 digits, or up to the 15 that E.164
// allows with its country code; blanks and dashes cut it into tokens.
const (
	minPhoneDigits = 10
	maxPhoneDigits = 15
)

// isNumberAndName reports "number name [PIN]", the name being of one word or
// more and holding no number.
func isNumberAndName(args []token) bool {
	args, digits := skipNumbers(args)
	if digits < minPhoneDigits || digits > maxPhoneDigits {
		return false
	}
	switch rest, cut := skipLastPIN(args); {
	case cut:
		args = rest
	case len(args) > 1 && IsPIN(args[len(args)-1].word):
		args = args[:len(args)-1]
	}
	for _, t := range args {
		if strings.ContainsAny(t.word, "0123456789") {
			return false
		}
	}
	return len(args) > 0
}

// nameWordsMost is more words than a name has, and a PIN.
const nameWordsMost = 11

// isName reports "name [PIN]", or nothing.
func isName(args []token) bool {
	pins := 0
	args, _ = skipLastPIN(args)
	for _, t := range args {
		switch {
		case IsPIN(t.word):
			pins++
		case strings.ContainsAny(t.word, "0123456789"):
			return false
		}
	}
	return pins <= 1 && len(args) <= nameWordsMost
}

// skipLastPIN leaves out a PIN behind a command's arguments that blanks or dashes
// cut into several tokens: "48 21".
func skipLastPIN(args []token) (rest []token, cut bool) {
	digits, n := "", len(args)
	for n > 0 && digit.All(args[n-1].word) {
		n--
		digits = args[n].word + digits
	}
	if len(args)-n < 2 || !IsPIN(digits) {
		return args, false
	}
	return args[:n], true
}

// isNumberAndPIN reports "number [PIN]". Where the number ends only the rules
// of its country tell; here it is enough that some reading is sound.
func isNumberAndPIN(args []token) bool {
	rest, digits := skipNumbers(args)
	if len(args) == 0 || len(rest) > 0 {
		return false
	}
	if digits >= minPhoneDigits && digits <= maxPhoneDigits {
		return true
	}
	last := args[len(args)-1].word
	digits -= len(last)
	return IsPIN(last) && digits >= minPhoneDigits && digits <= maxPhoneDigits
}

// skipNumbers leaves out the tokens of digits alone at the head, and counts
// their digits.
func skipNumbers(args []token) (rest []token, digits int) {
	for len(args) > 0 && digit.All(args[0].word) {
		digits += len(args[0].word)
		args = args[1:]
	}
	return args, digits
}
