package gateway

import (
	"math/rand"
	"strings"
	"testing"
)

// Numbers in every form that a phone can write, beside each other: characters
// that stand for several digits are read, and nothing falls over.
func TestDigitsThatAreOneCharacter(t *testing.T) {
	parts := strings.Split("½ ¼ ① ⑴ ㉑ ² ３ ٤ 1️⃣ ⅓ ㏰ ½4 4½ 4821 48 555 0101 3125550101 #482137 . , - / | ( ) ALERTA BIEN pin cuatro y ocho veinte O l de", " ")
	parts = append(parts, " ", " ", "\n")
	r := rand.New(rand.NewSource(1))
	for range 20_000 {
		var b strings.Builder
		for n := r.Intn(9); n >= 0; n-- {
			b.WriteString(parts[r.Intn(len(parts))])
		}
		text := b.String()
		func() {
			defer func() {
				if e := recover(); e != nil {
					t.Fatalf("%q: %v", text, e)
				}
			}()
			x := NewText("k", "+13125550101", "+15550001111", text, "")
			x.Scope()
			x.Own().Cry()
			x.Own().Told()
			x.Own().Topic()
			n := ReadNumbers(text)
			n.Starred(func(*PinNumber) bool { return true })
			n.Without(func(*PinNumber) bool { return true }, func(*Person) bool { return true })
		}()
	}
}
