package prose

import "testing"

func TestCalled(t *testing.T) {
	for beside, want := range map[string]string{
		"maria perez": "Maria Perez", "mi esposa lupe": "Lupe", "mi apa": "Mi Apa", "": "", " es el ": "", "casa de mi suegra juana": "Juana",
		"el numero de mi comadre es el": "Mi Comadre", "se llama doña lucha": "Doña Lucha", "es mi hermana elvia de guadalajara": "Elvia",
		"mi mama es la maria": "Maria", "mi mamá Eufrasia en Oaxaca es el": "Eufrasia", "Rosa de la Cruz": "Rosa de la Cruz", "ana del carmen ruiz": "Ana del Carmen Ruiz",
		"llamen a Griselda al": "Griselda", "Lic. Armenta": "Lic. Armenta", "chuy de tlapa": "Chuy", "tia chela": "Tia Chela", "mi tia chela": "Chela", "Padre Anselmo": "Padre Anselmo", "abogado 2 ramirez": "Abogado Ramirez",
		"is my wife Ruth's cell": "Ruth", "it's my mom's": "My Mom", "my cousin in Texas": "My Cousin", "es de mexico el": "", "no tengo mucho saldo": "", "vive en michoacan": "",
		"mi hermano gemelo Saul": "Saul", "Paz mi hermana": "Paz", "mi tio Refugio": "Refugio", "Refugio mi tio": "Refugio", "ella es Consuelo": "Consuelo", "Ruth(esposa)": "Ruth",
		"no es de Maria es de Lupe": "Lupe", "mi mama no sabe leer, se llama Eustolia": "Eustolia", "el de Yamileth": "Yamileth", "mi mama y mi papa": "Mi Mama y Mi Papa",
		"oficina del abogado": "Abogado", "mi esposa enojona": "Mi Esposa", "estaba mal": "", "lada 52 y luego": "", "my boss Greg": "Greg", "mi hermana que vive en Oaxaca": "Mi Hermana",
		"mi cuñada, la Peque": "Peque", "si no contesta marque otra vez": "", "Ana y Luis": "Ana", "mi hijo Xavi vive en Dalton": "Xavi",
		"mi compa Fermin de la fabrica": "Fermin", "Nicolasa ella contesta de noche": "Nicolasa", "its my cousin Omar": "Omar", "Eduviges(cuñada)": "Eduviges", "ahi le contesta Hipolita": "Hipolita",
		"Obdulia at": "Obdulia", "Maria de la Luz Noh": "Maria de la Luz Noh",
		"ella trabaja conmigo de noche limpiando oficinas allá lejos": "",
	} {
		if got, _ := Called(beside); got != want {
			t.Errorf("Called(%q) = %q, want %q", beside, got, want)
		}
	}
}

func TestFinished(t *testing.T) {
	for text, want := range map[string]bool{
		"LISTO": true, "lsto": true, "ya": true, "es todo": true, "ya nomas ella": true, "no": true, "ninguno mas": true, "ya termine gracias": true,
		"done": true, "no tiene mas familia yo": true, "listooo 👌": true, "no tengo mas": true, "that's all": true,
		"es la única": true, "nomas ella": true, "just him": true, "no more": true, "con ella basta": true, "no tengo a nadie": true,
		"ya estuvo": true, "no se me ocurre nadie": true, "asi dejelo": true,
		"si": false, "mi tia": false, "ok": false, "espere busco otro numero": false, "ya les mandaron mensaje?": false, "Yahir 3125550101": false,
	} {
		x := Read(text)
		if got := x.Finished(); got != want {
			t.Errorf("Finished(%q) = %v", text, got)
		}
	}
}
