package prose

import (
	"strings"
	"sync"
	"unicode"
)

var topics = sync.OnceValue(func() []rule { return ruleset("topic") })
var privateRules = sync.OnceValue(func() []rule { return ruleset("private") })

// Topic is what a text asks for in plain words, of what the product gives or
// does: one of stop, erase, register, change, number, rights, consulate, shelter,
// legal, checkin, drill, status, language, data, help, human; "" where it asks
// for none of them.
func (t *Text) Topic() (topic, rule string) {
	if stop, rule := t.Stop(); stop >= AsksHow && rule != "exit" {
		return "stop", rule
	}
	if r := first(topics(), t); r != nil {
		return r.label, r.name
	}
	return "", ""
}

var invitations = sync.OnceValue(func() []rule { return ruleset("invitation") })

// Invitation is what somebody wants to know who was asked to be a contact, or
// says in place of an answer: "cost", "trust" (a fraud? who gave my number?), "do"
// (what must I do?), "well" (did something happen?), "later"; "" for anything
// else. known is whether there are words in it at all.
func (t *Text) Invitation() (about string, known bool) {
	if r := first(invitations(), t); r != nil {
		return r.label, true
	}
	if r, _ := t.Invited(); r == Asks || strings.ContainsAny(t.raw, "?¿") {
		return "", true
	}
	return "", !t.unknown()
}

// CallsOut reports whether a word is called out rather than asked: drawn out
// ("ayudaaa"), with more than one "!", or with a picture beside it.
func (t *Text) CallsOut() bool {
	var last rune
	run, marks := 0, 0
	for _, r := range t.raw {
		if run++; r != last {
			run = 1
		}
		last = r
		if r == '!' {
			marks++
		}
		if run == 3 && unicode.IsLetter(r) || marks == 2 || r >= 0x1F000 || r >= 0x2600 && r < 0x2800 {
			return true
		}
	}
	return false
}

// English reports whether a text is plainly in English: it holds more words that
// only English has than words that only Spanish has, and two at least.
func (t *Text) English() bool {
	english, spanish := 0, 0
	for i := range t.words {
		switch norm := " " + t.words[i].norm + " "; {
		case strings.Contains(onlyEnglish, norm):
			english++
		case strings.Contains(onlySpanish, norm):
			spanish++
		}
	}
	return english >= 2 && english > spanish
}

const (
	onlyEnglish = " HELLO HI HEY WHO WHAT WHY HOW WHERE WHEN IS ARE WAS DO DOES DID THIS THAT THE THESE YOU YOUR I IM MY WE OUR US THEY IT AND OR NOT DONT FROM FOR WITH ABOUT " +
		"CAN COULD WOULD HAVE HAS GOT GET PLEASE THANKS THANK TEXT TEXTED TEXTING CALL NUMBER PHONE NEED WANT KNOW HELP SOMEONE ANYBODY ANYONE THERE GOOD MORNING AFTERNOON EVENING "
	onlySpanish = " HOLA BUENAS BUENOS QUIEN QUE COMO DONDE CUANDO POR PARA ES ESTA ESTE ESTO SON SOY EL LA LOS LAS UN UNA MI SU TU YO USTED USTEDES DE DEL Y CON EN SE LE ME NOS AQUI " +
		"GRACIAS FAVOR QUIERO NECESITO TENGO PUEDE PUEDEN NUMERO TELEFONO MENSAJE AYUDA "
)

// What somebody says of a check-in that is pending.
const (
	Arrived Reading = "arrived" // they are out, or home
	GoesNot Reading = "off"     // there is nothing to go to
	Later   Reading = "later"   // it takes longer
)

// CheckIn is what a text says in its own words of a check-in that is pending, and
// the rule that says so; "" where it says nothing of it.
func (t *Text) CheckIn() (Reading, string) {
	r := first(checkInRules(), t)
	if r == nil || r.label == "none" || t.asks() {
		return "", ""
	}
	return Reading(r.label), r.name
}

var checkInRules = sync.OnceValue(func() []rule { return ruleset("checkin") })

// Private reports whether a text asks that somebody of the family not learn of
// something, or be left out ("no le digan a mi esposo", "saquen a mi hermana de
// la lista"), and the rule that says so. Such words are for agents alone.
func (t *Text) Private() (bool, string) {
	if r := first(privateRules(), t); r != nil && r.label != "none" {
		return true, r.name
	}
	return false, ""
}
