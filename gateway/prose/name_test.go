package prose

import "testing"

func TestName(t *testing.T) {
	for text, want := range map[string]string{
		"soy Ana, de apellidos Luna y Cota":        "Ana Luna Cota",
		"ana luna. *Ana Luna Rojo":                 "Ana Luna Rojo",
		"va mi nombre: Abundio Canche Uc":          "Abundio Canche Uc",
		"ya se lo dije jaja, Teofilo Ake":          "Teofilo Ake",
		"Chepe, o sea Jose Angel Poot":             "Jose Angel Poot",
		"Melquiades 👉 Melquiades Tun Ek":           "Melquiades Tun Ek",
		"Fidelia. completo? fidelia montes de oca": "Fidelia Montes de Oca",
		"el que escribe es Porfirio Yam":           "Porfirio Yam",
		"Eleuterio Canul, maya de Valladolid":      "Eleuterio Canul",
		"Hermila Soberanis, la mama de Brayan":     "Hermila Soberanis",
		"mi nombre es Casimira Couoh soy de Tekax": "Casimira Couoh",
		"Abundio Dias Uc de Putla Guerrero":        "Abundio Dias Uc",
		"Rosa Isela Ponce de Leon":                 "Rosa Isela Ponce de Leon",
		"Juan Perez Lopez":                         "Juan Perez Lopez",
		"me llamo ofelia santos":                   "Ofelia Santos",
		"soy chuy ramirez de tlapa":                "Chuy Ramirez",
		"minombre es eulalia ortis":                "Eulalia Ortis",
		"PEDRO MENDOZA":                            "Pedro Mendoza",
		"jose mu?oz":                               "Jose Muñoz",
		"doña rosa de la cruz":                     "Rosa de la Cruz",
		"Garcia Reyes, Hilario":                    "Hilario Garcia Reyes",
		"Pérez Zárate, Juan":                       "Juan Pérez Zárate",
		"Ma. de los Ángeles Gómez":                 "Ma. de los Ángeles Gómez",
		"buenas tardes mi nombre completo es felipe santiago cruz a sus ordenes": "Felipe Santiago Cruz",
		"Socorro Alvarez":                                      "Socorro Alvarez",
		"Libertad Baja Gomez":                                  "Libertad Baja Gomez",
		"Roberto Diaz (el Beto)":                               "Roberto Diaz",
		"juana mendez 45 años":                                 "Juana Mendez",
		"es para mi mama se llama domitila vazquez":            "Domitila Vazquez",
		"andres tz'oc pop":                                     "Andres Tz'oc Pop",
		"Lupe":                                                 "Lupe",
		"Juan Perez\nEnviado desde mi Samsung":                 "Juan Perez",
		"Ana Us":                                               "Ana Us",
		"en mi acta dice Heriberto Luna Xochitemol":            "Heriberto Luna Xochitemol",
		"This is Marcos Tzunux speaking":                       "Marcos Tzunux",
		"Hi, it's Daniela Pineda-Cruz":                         "Daniela Pineda-Cruz",
		"ya le dije: Heriberto Luna":                           "Heriberto Luna",
		"doña Cuca, Refugio Medrano":                           "Refugio Medrano",
		"Ernestina Paredes, me dicen la Flaca":                 "Ernestina Paredes",
		"soy la hija, mi papa se llama Heriberto Luna":         "Heriberto Luna",
		"Heriberto Luna, perdon, Heriberto Lima":               "Heriberto Lima",
		"Heriberto Luna, perdon, Lima":                         "",
		"apellido Luna, nombre Heriberto":                      "Heriberto Luna",
		"Ana, apellido de soltera Luna Rios":                   "Ana Luna Rios",
		"me llamo Ana, apellido paterno Luna y materno Garcia": "Ana Luna Garcia",
		"Nombre: Fidel, apellidos: De la O Castañeda":          "Fidel De la O Castañeda",
		"1ana,2luna,3rios":                                     "Ana Luna Rios",
		"se escribe A-N-A, Ana Luna":                           "Ana Luna",
		"H e r i b e r t o   L u n a":                          "Heriberto Luna",
		"LUNA GARCIA HERIBERTO":                                "Heriberto Luna Garcia",
		"Ing. Heriberto Luna":                                  "Heriberto Luna",
		"heriberto luna de tehuacan puebla":                    "Heriberto Luna",
		"Heriberto Luna, la esposa de Beto":                    "Heriberto Luna",
		"soy la esposa de Heriberto Luna":                      "",
		"quiero darme de alta":                                 "",
		"y esto es gratis o cobran":                            "",
		"asdfgj":                                               "",
		"@heriberto_luna":                                      "",
		"NO":                                                   "",
		"me quiero dar de alta":                                "", "i dont think i want": "", "claro que si con gusto": "", "listo para empezar": "", "let's start": "",
		"hola":                 "",
		"ok":                   "",
		"60608":                "",
		"https://evil.example": "",
		"@juanito":             "",
		"buenas tardes":        "",
		"si":                   "",
	} {
		if got := Name(text); got != want {
			t.Errorf("Name(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestIntroduced(t *testing.T) {
	for text, want := range map[string]bool{
		"Ana Luna que sigue?": true, "cuanto cuesta? soy Ana Luna": true, "como me llamo? Ana Luna": true, "mi nombre es Ana": true, "Hi, it's Ana Pineda-Luna": true, "your driver is Ana Luna": false,
		"quien es Ana Luna?": false, "que es esto": false, "conoce a Ana Luna?": false, "NO": false,
	} {
		if got := Introduced(text); got != want {
			t.Errorf("Introduced(%q) = %v", text, got)
		}
	}
}
