package gateway

import (
	"testing"
)

// What a person writes as a name, and whether it is one and nothing else. None of
// it is an example of the rule's own comment.
func TestNames(t *testing.T) {
	r := Rules{Programme: "RED CARDENAL"}
	for _, name := range []string{
		"Juan Perez", "Ana", "maria de los angeles de la cruz perez lopez", "José Ángel Núñez", "Ma. Luz Ortíz", "Juan C. Perez Jr.",
		"O'Farrill", "Pérez-Gómez", "Lupita (la Güera)", "Juan \"Chuy\" Soto", "Rosa, mi hermana", "Ximena 🌸", "Guadalupe Hdez.",
		"Consuelo Guardia", "Marina Policarpo", "Emi Granados", "Juana Federico", "Vicente Agenor", "Iris", "Alice Argente", "Felicia Marshall",
		"Migdalia", "Mirta Puntos", "Comonfort", "Netzahualcóyotl Ortega", "Xóchitl", "Dosantos", "Unai Dosil Tresguerres", "Dolores Siete",
		"Juan Perez.", "¡Soy Ana!", "Luz;", "Fco. Javier", "Łukasz", "Ñoño", "Ly Nguyen", "Tía Chela", "abuelita", "Red", "Cardenal", "Alma Roja", "Maximiliano Hernandezdelacruz",
	} {
		if !r.Names(name) {
			t.Errorf("%q is taken for no name", name)
		}
	}
	for _, name := range []string{
		// Links, however they are written.
		"https://gana.mx", "http:gana", "hxxps gana", "gana.com", "gana[.]com", "gana(.)com", "gana . com", "gana, com", "gana com", "gana punto com", "gana dot net",
		"Juan www.gana.mx", "bit.ly/x", "bit ly abc", "b i t l y", "wa.me/521", "wa me", "t.me/gana", "t me gana", "tiny url", "gana\\com", "gana‧com", "gana。com", "ｇａｎａ．ｃｏｍ",
		"gаna.сom", "gana.\u200bcom", "ga\u00adna.com", "ⓖⓐⓝⓐ.com", "Juan, gana.com", "gana/premio", "gana⁄premio", "localhost:80", "Juan ENLACE", "sitio web gana",
		// Handles.
		"@gana", "arroba gana", "Juan @ gana", "＠gana", "﹫gana", "insta gana", "#gana", "Telegram Juan", "guasap Ana", "face Juan",
		// Numbers.
		"Juan 2", "3125550199", "312 555 0199", "Ana٣١٢٥٥٥", "①②③", "⁹¹¹", "Ⅷ", "tres uno dos cinco", "Ana nueve uno uno", "unodostrescuatro", "three one two five", "cincuenta y cinco doce", "Juan ３１２",
		// Offices, and those that send money.
		"ICE", "I.C.E.", "I C E", "Agente de ICE", "Policia", "Policía de Chicago", "P O L I C I A", "poli cia", "la policia municipal", "POLlCIA", "Pоlicía", "ρolicia", "poliicia", "polcia",
		"Consulado de Mexico", "Consulado Mexicano", "consu lado", "Cónsul Juan", "Embajada", "Inmigracion", "Immigration Dept", "la migra", "Mi Gra", "Sheriff Bob", "Homeland Security",
		"Western Union", "westernunion", "Western-Union", "Money Gram", "Zelle", "Banco Azteca", "Gobierno de Mexico", "Guardia Nacional", "U.S. Marshals", "Juez Perez", "FBI", "F.B.I. Juan", "Fiscalía",
		"Cruz Roja", "Emergencia", "SRE", "CIAM",
		// Our own name.
		"Red Cardenal", "RED-CARDENAL", "la red cardenal", "R3D", "redcardenal", "Aviso",
		// What is no name at all.
		"una dos tres cuatro cinco seis siete ocho nueve diez once", "aaaaaaaaaaaaaaaaaaaaaaaaaaa", "Juan = Ana", "50% de descuento", "<b>Juan</b>", "$$$ Juan", "Juan; Ana",
	} {
		if r.Names(name) {
			t.Errorf("%q is taken for a name", name)
		}
	}
}
