package agent

import (
	"strings"
	"unicode/utf8"

	"github.com/ccojocar/zxcvbn-go"

	"aviso/gateway"
)

const (
	passwordLeast, passwordMost = 12, 200 // characters

	// strengthLeast is zxcvbn's grade from 0 to 4 from which a password is taken:
	// its 3 is more than a hundred million tries, with the lists of the passwords,
	// names and English words that are tried first, keyboards' rows, years and
	// repeats.
	strengthLeast = 3

	// strengthLooks is how many bytes of a password are graded: the grade of a
	// beginning is the least that the whole has, and grading takes ever longer.
	strengthLooks = 72
)

// triedHere are words that are tried first where Aviso is used, which lists made
// elsewhere leave out.
var triedHere = strings.Fields(`
	contraseña contrasena clave secreto acceso entrar usuario administrador hola
	tequiero tequieromucho teamo teamomucho amor amorcito mivida micorazon corazon bonita princesa familia
	dios diosmio jesus jesucristo virgen guadalupe virgendeguadalupe
	mexico vivamexico guadalajara monterrey puebla jalisco michoacan oaxaca zacatecas
	america chivas cruzazul pumas tigres futbol
	consulado migracion migra redada alerta aviso auxilio ayuda linea contacto centro agente`)

// strong refuses a password that is too short or too long, the agent's name, or
// easily guessed.
func (a *Accounts) strong(agent *gateway.Agent, password string) error {
	n := utf8.RuneCountInString(password)
	if n < passwordLeast || n > passwordMost || strings.EqualFold(password, agent.Name) {
		return ErrPassword
	}
	words := append(strings.Fields(strings.ToLower(a.issuer)), agent.Name, strings.ToLower(strings.ReplaceAll(a.issuer, " ", "")))
	// What differs by capitals alone, or says the same again and again, is tried alike.
	plain := clip(once(strings.ToLower(password)), strengthLooks)
	if zxcvbn.PasswordStrength(plain, append(words, triedHere...)).Score < strengthLeast {
		return ErrCommon
	}
	return nil
}

// once is a text that is repeated to its end, cut short or not, said once.
func once(s string) string {
	for n := 1; n <= len(s)/2; n++ {
		if s[n:] == s[:len(s)-n] {
			return s[:n]
		}
	}
	return s
}
