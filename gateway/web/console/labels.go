package console

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"aviso/gateway"
	"aviso/templates"
)

// labels say the domain's nouns in one language.
type labels struct {
	console  *Console
	language string
}

func (l labels) functions() template.FuncMap {
	return template.FuncMap{
		"say":       l.say,
		"age":       l.age,
		"stamp":     stamp,
		"clock":     clock,
		"day":       l.console.day,
		"centre":    func() string { return zoneName(l.console.Rules.Centre().String()) },
		"masked":    masked,
		"person":    person,
		"cause":     l.cause,
		"detail":    l.detail,
		"local":     func(p gateway.Phone) string { return p.Local("") },
		"short":     gateway.ShortName,
		"digits":    func(r gateway.Ref) string { return r.Digits() },
		"id":        func(id gateway.ID) string { return id.String() },
		"some":      func(id gateway.ID) bool { return !id.IsZero() },
		"zone":      zoneName,
		"in":        said,
		"city":      l.city,
		"hoursIn":   func(hours string) string { return gateway.HoursIn(l.language, hours) },
		"lines":     func(s string) []string { return strings.Split(strings.TrimSpace(s), "\n") },
		"add":       func(a, b int) int { return a + b },
		"sub":       func(a, b int) int { return a - b },
		"spoken":    func(name string) string { return strings.Trim(name, "+0123456789….") },
		"date":      func(t time.Time) string { return t.UTC().Format(time.DateOnly) }, // a day that a file gave, wherever
		"today":     func(t time.Time) string { return t.In(l.console.Rules.Centre()).Format(time.DateOnly) },
		"contactOf": func(p page, n int) map[string]any { return map[string]any{"Page": p, "N": n} },
		"retypeOf":  func(p page, name string) map[string]any { return map[string]any{"Page": p, "Name": name} },
		"correctOf": func(p page, action string, acts []gateway.Carried, zone string) map[string]any {
			return map[string]any{"Page": p, "Action": action, "Acts": acts, "Zone": zone}
		},
		"void":   l.void,
		"wrong":  l.wrong,
		"rest":   l.rest,
		"value":  l.value,
		"left":   left,
		"millis": func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") },
		"key":    func(s string) string { return strings.ReplaceAll(s, " ", "_") }, // one word, for a list of them
		"taskOf": func(p page, work any) map[string]any { return map[string]any{"Page": p, "Row": tasksOf(work)} },
		"cardOf": func(p page, work tasksPage, row taskGroup, hand bool) map[string]any {
			return map[string]any{"Page": p, "Work": work, "Row": row, "Hand": hand}
		},
		"names":  spokenNames,
		"field":  l.field,
		"join":   func(list []string) string { return strings.Join(list, ", ") },
		"asset":  func(name string) string { return "/console/assets/" + l.console.stamp + "/" + name },
		"list":   func(items ...string) []string { return items },
		"code":   func(c gateway.Code) string { return spaced(string(c)) },
		"hasURL": func(s string) bool { return strings.HasPrefix(s, "https://") },
	}
}

// say is a word of the domain's in the reader's language; one that is not
// known stands for itself.
func (l labels) say(kind string, word any) string {
	w := fmt.Sprint(word)
	if pair, ok := words[kind+" "+w]; ok {
		if l.language == "en" {
			return pair[1]
		}
		return pair[0]
	}
	return w
}

// value is what a field holds, in words where it has some.
func (l labels) value(field, value string) string {
	for _, kind := range map[string][]string{"consent": {"yes"}, "callback": {"yes"}, "outcome": {"call"}, "reason": {"reason"}}[field] {
		if said := l.say(kind, value); said != value {
			return said
		}
	}
	if value == "" {
		return l.say("yes", "")
	}
	return value
}

// rest is what came of an act: its outcome, or which act it was.
func (l labels) rest(word string) string {
	if strings.Contains(word, ":") { // what a search came to, in numbers
		var said []string
		for part := range strings.FieldsSeq(word) {
			what, value, _ := strings.Cut(part, ":")
			said = append(said, l.say("came", what)+" "+value)
		}
		return strings.Join(said, " ")
	}
	if said := l.say("out", word); said != word {
		return said
	}
	return l.say("does", word)
}

// void is why an act that waited was not carried out.
func (l labels) void(why string) string {
	if said := l.say("void", why); said != why {
		return said
	}
	return l.wrong("", why)
}

// wrong is what was wrong with a field, as a sentence without its end.
func (l labels) wrong(field, why string) string {
	if why == "missing" && slices.Contains([]string{"reason", "outcome", "role", "consent", "channel", "consulate"}, field) {
		why = "choose"
	}
	return l.say("why", why)
}

// marks are what stands beside the fields of a page: what was wrong, and numbers
// of which nobody has said yet where they are.
func (l labels) marks(p page) []mark {
	var list []mark
	if p.Wrong != nil {
		list = append(list, mark{p.Wrong.Field, l.sentence(l.wrong(p.Wrong.Field, p.Wrong.Why))})
	}
	for _, field := range slices.Sorted(maps.Keys(p.Choices)) {
		if p.Choices[field].Chosen == "" && (p.Wrong == nil || p.Wrong.Field != field) {
			list = append(list, mark{field, l.sentence(l.wrong(field, "ambiguous"))})
		}
	}
	return list
}

// sentence has its capital and its full stop.
func (labels) sentence(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:] + "."
}

// left is how many seconds there are until a time.
func left(now, until time.Time) int { return int(max(0, until.Sub(now)+time.Second-1) / time.Second) }

// field is how a form's field is called.
func (l labels) field(name string) string {
	if of, ok := strings.CutPrefix(name, "contact"); ok && strings.Contains(of, "_") { // contact2_phone
		name = map[string]string{"name": "contact_name", "relation": "relation", "message": "message"}[of[strings.IndexByte(of, '_')+1:]]
		name = cmp.Or(name, "contact")
	}
	if said := l.say("field", name); said != name {
		return said
	}
	return l.say("field", "other")
}

// age is how long ago something was, as short as it can be said.
func (l labels) age(now, then time.Time) string {
	d := max(0, now.Sub(then))
	switch {
	case then.IsZero():
		return ""
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %02d", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d d", int(d.Hours())/24)
}

// zoneName is the city that stands for a time zone.
func zoneName(zone string) string { return strings.ReplaceAll(path.Base(zone), "_", " ") }

// day is a day and a time by the contact centre's clock, which is named.
func (c *Console) day(t time.Time) string {
	centre := c.Rules.Centre()
	return t.In(centre).Format("2006-01-02 15:04 ") + zoneName(centre.String())
}

// stamp is a time for machines, clock for people, in the zone of what it is
// about.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func clock(t time.Time, zone string) string {
	if t.IsZero() {
		return ""
	}
	z, err := time.LoadLocation(zone)
	if err != nil || zone == "" {
		z = time.UTC
	}
	return t.In(z).Format("15:04:05")
}

// said is what is read to somebody, or printed for them, in their language.
func said(language, es, en string) string {
	if language == "en" {
		return en
	}
	return es
}

// masked is a number as agents see it before they ask: its country, and what
// tells two numbers of a family apart.
func masked(p gateway.Phone) string {
	for _, code := range []string{"+52", "+1"} {
		if strings.HasPrefix(string(p), code) && len(p) > len(code)+4 {
			return code + " …" + string(p[len(p)-4:])
		}
	}
	return p.Masked()
}

// person is what a recipient is called: their name, or the number where nobody
// knows one.
func person(name string, p gateway.Phone) string {
	if name == p.Masked() {
		return masked(p)
	}
	return name
}

// cause is why something did not arrive, in words where the code has some. The
// carrier's number stays: it is what an operator searches for.
func (l labels) cause(code string) string {
	said := l.say("cause", code)
	if said == code || strings.Trim(code, "0123456789") != "" {
		return said
	}
	return said + " (" + code + ")"
}

// detail is what a chain's entry says besides its kind: a reason, words, or a
// name with why nothing reached it.
func (l labels) detail(s string) string {
	if said := l.say("reason", s); said != s {
		return said
	}
	// Of an act that waited or was corrected: which, and its words or why not.
	if does, rest, _ := strings.Cut(s, " "); l.say("does", does) != does {
		return strings.TrimSuffix(l.say("does", does)+": "+l.void(rest), ": ")
	}
	if i := strings.LastIndexByte(s, ' '); i > 0 {
		if said := l.cause(s[i+1:]); said != s[i+1:] {
			return s[:i] + ", " + said
		}
	}
	return s
}

// city is a consulate's, by id.
func (l labels) city(id string) string {
	switch id {
	case "":
		return ""
	case gateway.AgentsDesk:
		return l.say("desk", "agents")
	case gateway.NationalDesk:
		return l.say("desk", "national")
	}
	d, err := l.console.Records.Directory(context.Background())
	if err != nil {
		return id
	}
	if c, ok := d.Consulates.Consulate(id); ok {
		return c.City
	}
	return id
}

func spaced(s string) string {
	if len(s) != 9 {
		return s
	}
	return s[:3] + " " + s[3:6] + " " + s[6:]
}

// callNumber is the number that a script gives to somebody to ring back.
func (c *Console) callNumber() string {
	if len(c.numbers.Call) > 0 {
		return c.numbers.Call[0].Local("")
	}
	return "911"
}

// words are the domain's, in Spanish and in English.
var words = map[string][2]string{
	"flag unverified":   {"sin verificar", "unverified"},
	"flag duress":       {"BAJO AMENAZA", "UNDER DURESS"},
	"flag borrowed":     {"teléfono prestado", "borrowed phone"},
	"flag family":       {"solo a la familia", "family only"},
	"flag silent":       {"teléfono en silencio", "phone silenced"},
	"flag stranger":     {"no registrado", "not registered"},
	"flag proposed":     {"un agente propone cerrar", "an agent proposes to close"},
	"flag relative":     {"avisó un familiar", "raised by a relative"},
	"flag interpreter":  {"intérprete", "interpreter"},
	"flag no-consulate": {"no avisar al consulado", "do not tell the consulate"},

	"short task":           {"le toca a un agente", "an agent's turn"},
	"state confirmed":      {"confirmó", "confirmed"},
	"state delivered":      {"entregado, sin confirmar", "delivered, not confirmed"},
	"state sent":           {"enviado, sin confirmar", "sent, not confirmed"},
	"state retry":          {"reintento", "next try at"},
	"state planned":        {"sale", "goes out at"},
	"short retry":          {"reintento", "next try at"},
	"short planned":        {"sale", "goes out at"},
	"family confirmed":     {"alguien confirmó", "somebody confirmed"},
	"family failed":        {"no se pudo avisar a alguien", "somebody was not reached"},
	"family waiting":       {"en espera", "waiting"},
	"family nobody":        {"nadie a quien avisar", "nobody to tell"},
	"family over":          {"terminada", "ended"},
	"state sending":        {"enviando", "sending"},
	"state failed":         {"FALLÓ", "FAILED"},
	"state held":           {"retenido (piloto)", "held (pilot)"},
	"state withdrawn":      {"retirado", "withdrawn"},
	"state ended":          {"avisado del final", "told of the end"},
	"board ":               {"abiertas", "open"},
	"board waiting":        {"sin confirmar", "nobody confirmed"},
	"board failed":         {"con fallas", "something failed"},
	"board ended":          {"terminadas en 2 días", "ended within 2 days"},
	"cause silence":        {"no contesta", "does not answer"},
	"cause call-no-answer": {"no contestó", "no answer"},
	"cause call-busy":      {"ocupado", "busy"},
	"cause call-failed":    {"no entró la llamada", "the call did not get through"},
	"cause call-canceled":  {"llamada cortada", "the call was cut off"},
	"cause connect":        {"sin conexión con el operador telefónico", "no connection to the carrier"},
	"cause lookup":         {"el operador telefónico no sabe de él", "unknown to the carrier"},
	"cause 21211":          {"el número no existe", "no such number"},
	"cause 21408":          {"país no habilitado", "country not enabled"},
	"cause 21610":          {"pidió no recibir mensajes", "asked for no texts"},
	"cause 21614":          {"el número no recibe textos", "the number takes no texts"},
	"cause 30003":          {"apagado o sin señal", "off or without signal"},
	"cause 30004":          {"bloqueado", "blocked"},
	"cause 30005":          {"número desconocido", "unknown number"},
	"cause 30006":          {"teléfono fijo o sin textos", "landline, or takes no texts"},
	"cause 30007":          {"filtrado por la red", "filtered by the network"},
	"cause 30008":          {"falló sin decir por qué", "failed without a reason"},
	"cause 63038":          {"cuenta sin mensajes por hoy", "account out of messages for today"},
	"cause 30002":          {"cuenta suspendida", "account suspended"},
	"cause 20003":          {"cuenta rechazada", "account refused"},
	"cause 20403":          {"cuenta suspendida", "account suspended"},
	"cause 20005":          {"cuenta sin saldo", "account without money"},
	"cause 30033":          {"campaña suspendida", "campaign suspended"},
	"cause 30450":          {"bloqueado como fraude", "blocked as fraud"},
	"cause 30453":          {"bloqueado como fraude", "blocked as fraud"},
	"cause 21618":          {"texto rechazado", "text refused"},
	"cause 21217":          {"el número no existe", "no such number"},
	"cause 30032":          {"remitente sin verificar", "sender not verified"},
	"cause 30034":          {"remitente sin registrar", "sender not registered"},

	"try text":        {"texto", "text"},
	"try other":       {"texto, otro número", "text, other number"},
	"try call":        {"llamada", "call"},
	"try task":        {"un agente llama", "an agent rings"},
	"try confirmed":   {"confirmó", "confirmed"},
	"short confirmed": {"confirmó", "confirmed"},
	"short delivered": {"entregado", "delivered"},
	"short sent":      {"enviado", "sent"},
	"short sending":   {"enviando", "sending"},
	"short failed":    {"FALLÓ", "FAILED"},
	"short held":      {"retenido", "held"},
	"short withdrawn": {"retirado", "withdrawn"},
	"short ended":     {"fin avisado", "told of the end"},
	"short waiting":   {"en espera", "waiting"},
	"out waits":       {"espera", "waits"},
	"out undone":      {"deshecho", "undone"},
	"out void":        {"no se hizo", "not done"},
	"out ended":       {"terminada", "ended"},
	"out proposed":    {"propuesta", "proposed"},
	"out wrong-pin":   {"PIN equivocado", "wrong PIN"},
	"out locked":      {"bloqueado", "locked"},
	"out duress":      {"PIN de amenaza", "duress PIN"},
	"out unverified":  {"sin verificar", "not verified"},
	"out taken":       {"de otro agente", "another agent's"},
	"out not-open":    {"ya terminada", "ended already"},
	"out too-soon":    {"demasiado pronto", "too soon"},
	"out need-second": {"falta otro agente", "needs another agent"},
	"out verified":    {"verificada", "verified"},
	"out raised":      {"levantada", "raised"},
	"out added":       {"agregado a la abierta", "added to the open one"},
	"out revealed":    {"visto", "seen"},
	"out registered":  {"registrada", "registered"},

	"state waiting": {"en espera", "waiting"},

	"channel 1":     {"texto", "text"},
	"channel 2":     {"llamada", "call"},
	"channel sms":   {"texto", "text"},
	"channel voice": {"llamada", "call"},
	"channel ussd":  {"USSD", "USSD"},
	"channel agent": {"agente", "agent"},

	"kind 1": {"contacto", "contact"},
	"kind 2": {"consulado", "consulate"},
	"kind 3": {"guardia", "national desk"},

	"alert 1": {"abierta", "open"},
	"alert 2": {"cancelada con PIN", "called off by PIN"},
	"alert 3": {"cerrada", "closed"},

	"reason found":       {"apareció: ya sabemos dónde está", "found: we know where they are"},
	"reason released":    {"salió libre", "released"},
	"reason deported":    {"fue deportado", "deported"},
	"reason false-alarm": {"falsa alarma", "false alarm"},
	"reason unknown":     {"no hay más noticias", "no more news"},
	"reason pin":         {"con su PIN", "by PIN"},
	"reason answers":     {"con preguntas", "by questions"},
	"reason mistaken":    {"era por otra persona", "it was for somebody else"},
	"reason drill":       {"fin de la prueba", "end of the drill"},

	"purpose notice":  {"aviso", "notice"},
	"purpose more":    {"palabras agregadas", "added words"},
	"purpose message": {"mensaje personal", "personal message"},
	"purpose news":    {"noticia a quien avisó", "news to whoever raised it"},
	"purpose end":     {"aviso del final", "notice of the end"},
	"purpose duress":  {"amenaza, al consulado", "duress, to the consulate"},
	"purpose invite":  {"invitación", "invitation"},
	"purpose info":    {"información", "information"},
	"purpose raid":    {"resumen de la redada", "summary of the raid"},
	"purpose correct": {"corrección", "correction"},
	"purpose redact":  {"borrar en el operador", "redact at the carrier"},
	"purpose roster":  {"llamada a la guardia", "call to the roster"},
	"purpose follow":  {"seguimiento", "follow-up"},
	"purpose sign":    {"¿sigue ahí?", "still there?"},
	"purpose probe":   {"prueba de línea", "test of the line"},

	"task unknown-phone":    {"ALERTA de un teléfono desconocido", "ALERT from an unknown phone"},
	"task nobody-to-tell":   {"Alerta sin nadie a quien avisar", "Alert with nobody to tell"},
	"task often":            {"Llamar y, si es cierta, avisar al consulado (tercera alerta del día)", "Ring, and tell the consulate if it is true (third alert of the day)"},
	"task no-desk":          {"Llamar al consulado: no hay mesa que avisar", "Ring the consulate: no desk can be told"},
	"task unreachable":      {"No se pudo avisar: llamar", "Could not be reached: ring"},
	"task stop-while-open":  {"Escribió STOP con alerta abierta", "Texted STOP with an open alert"},
	"task duress":           {"PIN de amenaza", "Duress PIN"},
	"task answer":           {"Respondió con otras palabras", "Answered with other words"},
	"task pin-guessing":     {"Muchos PIN equivocados", "Many wrong PINs"},
	"task signal":           {"Posible petición de ayuda", "May be asking for help"},
	"task desk-stopped":     {"Una mesa consular no quiere mensajes: buscar otro número", "A consulate's desk wants no texts: find another number"},
	"task opted-out":        {"No acepta mensajes: llamar", "Takes no texts: ring"},
	"task own-number":       {"El número de la persona ya no es suyo", "The person's own number is not theirs any more"},
	"task wrong-number":     {"El número de un contacto no es suyo", "A contact's number is not theirs"},
	"task refused":          {"Un contacto no aceptó", "A contact refused"},
	"task ring":             {"Llamar a quien pidió la persona", "Ring whom the caller named"},
	"task review":           {"Revisar: un solo agente cerró", "Review: closed by one agent alone"},
	"task registration":     {"No se entiende en su registro: llámele", "Not understood while registering: ring them"},
	"task correct":          {"Corregir por teléfono lo que se le dijo por error", "Correct by phone what they were told by mistake"},
	"task nobody-confirmed": {"Nadie ha confirmado: llamar", "Nobody has confirmed: ring"},
	"task no-news":          {"Sin noticias: preguntar a la familia", "No news: ask the family"},
	"task pumping":          {"Muchos contactos nuevos de una misma serie de números: posible fraude", "Many new contacts in one block of numbers: may be fraud"},
	"task raid":             {"Posible redada: muchas alertas de un lugar", "Possible raid: many alerts of one place"},
	"task moved":            {"Cambio de teléfono", "A move to another phone"},
	"task interpreter":      {"Se necesita intérprete", "An interpreter is needed"},
	"task call":             {"Llamada que nadie tomó: devolverla", "A call nobody took: return it"},
	"task caller":           {"Llamó y nadie pudo contestar", "Called, and nobody could answer"},

	"call told":         {"ya sabe", "knows now"},
	"call no-answer":    {"no contestó", "no answer"},
	"call wrong-number": {"número equivocado", "wrong number"},
	"call done":         {"hecho", "done"},

	"desk agents":   {"Guardia de agentes", "Agents' roster"},
	"desk national": {"Guardia consular", "National desk"},

	"role agent": {"agente", "agent"},
	"role admin": {"administrador", "admin"},

	"standing ":         {"no ha contestado", "has not answered"},
	"standing accepted": {"aceptó", "accepted"},
	"standing refused":  {"no quiere", "refused"},
	"standing wrong":    {"número equivocado", "wrong number"},

	"actor phone":    {"la persona", "the person"},
	"actor contact":  {"contacto", "contact"},
	"actor desk":     {"consulado", "consulate"},
	"actor system":   {"sistema", "system"},
	"actor carrier":  {"operador telefónico", "carrier"},
	"actor operator": {"operador del sistema", "operator"},
	"actor caller":   {"quien llama", "caller"},
	"actor lost":     {"alguien", "somebody"},

	"did raised":                     {"levantó la alerta", "raised the alert"},
	"did raise":                      {"levantó una alerta", "raised an alert"},
	"did alert":                      {"alerta", "alert"},
	"did words":                      {"agregó palabras", "added words"},
	"did widened":                    {"avisó también al consulado", "told the consulate too"},
	"did joined":                     {"otra persona la envió también", "somebody else raised it, too"},
	"did confirmed":                  {"confirmó", "confirmed"},
	"did acknowledge":                {"confirmó por alguien", "confirmed for somebody"},
	"did unreachable":                {"no se pudo avisar a", "could not reach"},
	"did climb":                      {"siguiente intento", "next try"},
	"did cancelled":                  {"canceló con PIN", "called off by PIN"},
	"did closed":                     {"cerró", "closed"},
	"did end":                        {"terminó una alerta", "ended an alert"},
	"did end-proposed":               {"propuso cerrar", "proposed to close"},
	"did second-agent":               {"lo propuso", "had proposed it"},
	"did duress":                     {"PIN DE AMENAZA", "DURESS PIN"},
	"did note":                       {"nota", "note"},
	"did details":                    {"completó datos", "filled in details"},
	"did place":                      {"cambió el lugar", "changed the place"},
	"did consulate":                  {"avisó al consulado", "told the consulate"},
	"did silence":                    {"silenció un teléfono", "silenced a phone"},
	"did silenced":                   {"teléfono en silencio: puede estar en manos ajenas", "phone silenced: it may be in other hands"},
	"did unsilenced":                 {"teléfono otra vez activo", "phone active again"},
	"did text":                       {"escribió", "wrote"},
	"did located":                    {"tiene noticias", "has news"},
	"did drill":                      {"prueba", "drill"},
	"did drill-counted":              {"fin de la prueba", "drill counted"},
	"did task-taken":                 {"tomó la tarea", "took the task"},
	"did tasks-taken":                {"tomó las tareas urgentes", "took the urgent tasks"},
	"did task-back":                  {"soltó la tarea", "gave the task back"},
	"did task-done":                  {"terminó la tarea", "finished the task"},
	"did task-no-answer":             {"llamó y no contestaron", "rang, no answer"},
	"did reveal":                     {"vio un número", "saw a number"},
	"did revealed":                   {"vio el número de", "saw the number of"},
	"did lost":                       {"hizo algo: sus palabras fueron quitadas del registro", "did something: its words were taken out of the records"},
	"did archive-read":               {"miró el archivo de alertas", "read the archive of alerts"},
	"did archive-taken":              {"DESCARGÓ EL ARCHIVO DE ALERTAS", "DOWNLOADED THE ARCHIVE OF ALERTS"},
	"how cancelled":                  {"canceladas con PIN", "called off by PIN"},
	"how closed":                     {"cerradas", "closed"},
	"did audit-taken":                {"descargó la auditoría", "downloaded the audit log"},
	"did demand":                     {"anotó quién pidió datos", "entered a demand for data"},
	"did signed-out":                 {"salió", "logged out"},
	"came page":                      {"hoja", "page"},
	"came received":                  {"recibida", "received"},
	"demand subpoena":                {"citatorio de un juez o jurado (subpoena)", "subpoena of a court or grand jury"},
	"demand administrative":          {"citatorio de una oficina, sin juez", "administrative subpoena, signed by no judge"},
	"demand warrant":                 {"orden de cateo de un juez", "search warrant of a judge"},
	"demand request":                 {"carta, llamada o visita, sin orden", "letter, call or visit, without an order"},
	"demand keep":                    {"orden de guardar", "order to keep"},
	"demand other":                   {"otra cosa", "something else"},
	"demanded open":                  {"sin resolver", "open"},
	"demanded refused":               {"se negó", "refused"},
	"demanded withdrawn":             {"la retiraron", "withdrawn"},
	"demanded nothing":               {"no había nada que dar", "there was nothing to give"},
	"demanded part":                  {"se dio una parte", "given in part"},
	"demanded given":                 {"se dio todo", "given whole"},
	"did looked":                     {"abrió la ficha", "opened the card"},
	"did alert-opened":               {"abrió una alerta", "opened an alert"},
	"did searched":                   {"buscó a alguien", "searched for somebody"},
	"did searched-widely":            {"BUSCÓ A MUCHOS", "SEARCHED WIDELY"},
	"did share-used":                 {"PASÓ DE SU CUOTA: se le negó", "WENT BEYOND THEIR SHARE: refused"},
	"came shown":                     {"mostró", "shown"},
	"came found":                     {"de", "of"},
	"came search":                    {"marca de la búsqueda", "mark of the search"},
	"did verify":                     {"pidió el PIN", "asked for the PIN"},
	"did verify-answers":             {"preguntó para verificar", "asked questions to verify"},
	"did verified":                   {"verificó a la persona", "verified the person"},
	"did answers-wrong":              {"respuestas equivocadas", "wrong answers"},
	"did contact-invalid":            {"el número de un contacto no existe", "a contact's number does not exist"},
	"did passed-on":                  {"pasamos sus palabras", "their words were passed on"},
	"did part-closed":                {"cerró la parte del consulado", "closed the consulate's part"},
	"did given-up":                   {"nada llegó a", "nothing reached"},
	"did identified":                 {"dijo quién es", "said who they are"},
	"did pin":                        {"escogió PIN", "chose a PIN"},
	"did pin-wrong":                  {"PIN equivocado", "wrong PIN"},
	"did pin-right":                  {"PIN correcto", "right PIN"},
	"did register":                   {"registró a una persona", "registered a person"},
	"did registered":                 {"registro", "registered"},
	"did imported":                   {"registrado por archivo", "imported"},
	"did change":                     {"cambió datos", "changed data"},
	"did changed":                    {"cambió datos", "changed data"},
	"did zip":                        {"cambió el ZIP", "changed the ZIP"},
	"did moved":                      {"cambió de teléfono", "moved to another phone"},
	"did move-undone":                {"deshizo el cambio de teléfono", "undid the move"},
	"did move-settled":               {"el teléfono de antes ya no cuenta", "the phone before counts no more"},
	"did number-told":                {"dijo su número nuevo a sus contactos", "had the contacts told the new number"},
	"did language":                   {"escogió el idioma", "chose the language"},
	"did contact-language":           {"un contacto escogió su idioma", "a contact chose their language"},
	"did contact-added":              {"agregó un contacto", "added a contact"},
	"did contact-removed":            {"quitó un contacto", "removed a contact"},
	"did contact-accepted":           {"aceptó ser contacto", "accepted being a contact"},
	"did contact-refused":            {"no quiso ser contacto", "refused being a contact"},
	"did phone-wrong":                {"número equivocado", "wrong number"},
	"did phone-failed":               {"el número ya no existe", "the number does not exist any more"},
	"did sign-asked":                 {"se le preguntó si sigue ahí", "was asked for a sign of life"},
	"did contact-wrong":              {"número equivocado", "wrong number"},
	"did contacts-asked":             {"preguntamos a los contactos", "contacts were asked"},
	"did contacts-reminded":          {"recordamos a los contactos", "contacts were reminded"},
	"did unanswered-contact-told":    {"avisamos a un contacto que no ha aceptado", "a contact who has not accepted was told"},
	"did consular-notice":            {"cambió el permiso de avisar al consulado", "changed consent to consular notice"},
	"did duress-pin":                 {"puso PIN de amenaza", "set a duress PIN"},
	"did message":                    {"mensaje personal", "personal message"},
	"did family-word":                {"palabra de familia", "family word"},
	"did desk-added":                 {"agregó una mesa", "added a desk"},
	"did desk-moved":                 {"cambió el orden de las mesas", "changed the order of desks"},
	"did desk-confirmed":             {"confirmó una mesa", "confirmed a desk"},
	"did desk-tested":                {"probó una mesa", "tested a desk"},
	"did desk-hours":                 {"cambió un horario", "changed hours"},
	"did link":                       {"hizo un enlace para el consulado", "made a link for the consulate"},
	"did linked":                     {"enlace para", "link for"},
	"did link-opened":                {"abrió el enlace", "opened the link"},
	"did link-wrong":                 {"clave equivocada en el enlace", "wrong code at the link"},
	"did agent-added":                {"agregó un agente", "added an agent"},
	"did agent-reset":                {"renovó la contraseña de un agente", "reset an agent"},
	"did agent-disabled":             {"desactivó un agente", "disabled an agent"},
	"did password-chosen":            {"cambió su contraseña", "chose a password"},
	"did end-withdrawn":              {"retiró la propuesta de cerrar", "withdrew the proposal to close"},
	"did call-taken":                 {"atiende una llamada", "sees to a call"},
	"did call-put-away":              {"quitó una llamada de su pantalla", "put a call off their screen"},
	"did factor-enrolled":            {"activó el segundo paso", "set up the second factor"},
	"did signed-in":                  {"entró", "signed in"},
	"did signed-in-by-recovery-code": {"entró con código de recuperación", "signed in by recovery code"},
	"did nobody-confirmed":           {"nadie ha confirmado", "nobody has confirmed"},
	"did follow":                     {"seguimiento", "follow-up"},
	"did no-news":                    {"sin noticias", "no news"},
	"did invite":                     {"invitó a los contactos", "invited the contacts"},
	"did act-waits":                  {"decidió algo que todavía se puede deshacer", "decided something that can still be undone"},
	"did act-undone":                 {"lo deshizo a tiempo: nadie lo supo", "undid it in time: nobody was told"},
	"did act-void":                   {"no se hizo", "was not done"},
	"did corrected":                  {"corrigió", "corrected"},
	"did invite-many":                {"invitó a los contactos de muchos", "invited the contacts of many"},
	"does words":                     {"Pasar palabras a los avisados", "Pass words on to everybody told"},
	"does end":                       {"Terminar la alerta y avisarlo", "End the alert, and say so"},
	"does place":                     {"Cambiar el lugar y avisar a otro consulado", "Change the place, and tell another consulate"},
	"does consulate":                 {"Avisar al consulado", "Tell the consulate"},
	"does acknowledge":               {"Dar por enterado", "Note as knowing"},
	"does task-done":                 {"Guardar el resultado de la tarea", "Save the task's outcome"},
	"does corrected":                 {"Corregir lo que se dijo por error", "Correct what was told by mistake"},
	"does drill":                     {"Mandar una PRUEBA a los contactos", "Send the contacts a drill"},
	"does invite":                    {"Preguntar a los contactos si aceptan", "Ask the contacts whether they accept"},
	"does invite-many":               {"Preguntar a los contactos de muchas personas", "Ask the contacts of many people"},
	"does desk-tested":               {"Mandar una PRUEBA al consulado", "Send the desk a drill"},
	"does located":                   {"Pasar noticias del consulado a la familia", "Pass the consulate's news to the family"},
	"does closed":                    {"Cerrar la parte del consulado", "Close the consulate's part"},
	"void ended":                     {"la alerta ya había terminado", "the alert had ended already"},
	"void task-done":                 {"la tarea ya estaba hecha", "the task was done already"},
	"void known":                     {"ya había confirmado", "they had confirmed already"},
	"void told":                      {"al consulado ya se le había avisado", "the consulate had been told already"},
	"void confirmed":                 {"ya estaba confirmada", "it was confirmed already"},
	"void corrected":                 {"ya se había corregido", "it had been corrected already"},
	"void day":                       {"pasó más de un día: ya no se corrige", "more than a day has passed: it cannot be corrected any more"},
	"void withdrawn":                 {"a esa persona ya no se le avisa", "they are not told any more"},
	"void not-open":                  {"ya estaba hecho o ya había terminado", "it was done, or had ended, already"},
	"void taken":                     {"la tomó otro agente", "another agent has taken it"},
	"void forbidden":                 {"quien lo pidió ya no puede hacerlo", "whoever asked for it may not do it any more"},
	"void unknown":                   {"ya no existe", "it does not exist any more"},
	"void failed":                    {"falló", "it failed"},
	"why easy":                       {"ese PIN es de los primeros que cualquiera prueba (cifras iguales, 1234, su ZIP): escoja otro", "that PIN is one that everybody tries first (equal digits, 1234, their ZIP): choose another one"},
	"why same":                       {"es igual al otro PIN de la persona: tiene que ser distinto", "it is the same as the person's other PIN: it has to differ"},
	"why retype":                     {"se había escrito, y los PIN no se guardan: escríbalo otra vez, o marque que ya no lo quiere", "it had been typed, and PINs are not kept: type it again, or tick that it is not wanted any more"},
	"why conflict":                   {"otro agente lo cambió mientras tanto", "another agent has changed it meanwhile"},
	"field page":                     {"La hoja", "The page"},
	"field kind":                     {"Qué es", "What it is"},
	"field received":                 {"El día", "The day"},
	"field born":                     {"La fecha de nacimiento", "The date of birth"},
	"field country":                  {"El país de nacimiento", "The country of birth"},
	"field facility":                 {"Dónde está detenida", "Where they are held"},
	"field a_number":                 {"El A-number", "The A-number"},
	"field medical":                  {"La salud", "The health"},
	"field minors":                   {"Los niños", "The children"},
	"field family":                   {"El familiar", "The relative"},
	"field language":                 {"El idioma", "The language"},
	"field language_note":            {"La variante del idioma", "The variant of the language"},
	"field callback":                 {"Devolver la llamada", "Ringing back"},
	"field end_words":                {"Las palabras para la familia", "The words for the family"},
	"field right":                    {"Lo cierto", "What is right"},
	"field answer_zip":               {"El ZIP que contestó", "The ZIP they answered"},
	"field answer_contact":           {"El contacto que contestó", "The contact they answered"},
	"field answer_digits":            {"Las cifras que contestó", "The digits they answered"},
	"field ring_name":                {"El nombre de a quién llamar", "The name of whom to ring"},
	"yes yes":                        {"sí", "yes"},
	"yes no":                         {"no", "no"},
	"yes ":                           {"nada", "nothing"},
	"why choose":                     {"escoja una de las respuestas", "choose one of the answers"},
	"why wait":                       {"son demasiados intentos: espere unos minutos", "too many tries: wait some minutes"},
	"field old":                      {"La contraseña de ahora", "The present password"},
	"did recovery-renewed":           {"renovó sus códigos de recuperación", "renewed the recovery codes"},
	"why login":                      {"el nombre o la contraseña no es correcto", "name or password is not right"},
	"why factor":                     {"el código no es correcto o ya se usó: espere el siguiente", "the code is not right, or was used before: wait for the next one"},
	"why clave":                      {"la clave no es correcta", "the code is not right"},
	"why weak":                       {"es muy corta, o igual a la anterior o a su nombre", "it is too short, or the same as the last one or as your name"},
	"why common":                     {"es de las que se prueban primero: palabras conocidas, nombres, fechas o teclas seguidas; escoja cuatro palabras que no vayan juntas", "it is one of those that are tried first: well-known words, names, dates or keys in a row; choose four words that do not belong together"},
	"why proof":                      {"la contraseña de ahora o el código no es correcto, o el código ya se usó: espere el siguiente", "the present password or the code is wrong, or the code was used already: wait for the next one"},
	"why differ":                     {"las dos no son iguales", "the two are not the same"},
	"why missing":                    {"esto no puede quedar vacío", "this cannot be left empty"},
	"why long":                       {"es demasiado texto: escriba menos", "this is too long: write less"},
	"why phone":                      {"esto no es un número de teléfono", "this is not a phone number"},
	"why ambiguous":                  {"este número puede ser de EE. UU. o de México: escoja de dónde es", "this number may be of the US or of Mexico: choose where it is"},
	"why country":                    {"este número es de un país que no servimos", "this number is of a country that is not served"},
	"why name":                       {"esto no parece un nombre: no lleva números, páginas web ni nombres de oficinas", "this does not look like a name: it has no numbers, web pages or names of offices"},
	"why nobodys":                    {"llamar a ese número cuesta, o es una línea nuestra", "calling that number costs, or it is a line of ours"},
	"why no-zip":                     {"ese ZIP no existe", "there is no such ZIP"},
	"why zip":                        {"un ZIP tiene cinco dígitos", "a ZIP has five digits"},
	"why pin":                        {"un PIN tiene de 4 a 8 dígitos, y el de amenaza es otro", "a PIN has 4 to 8 digits, and the duress PIN is another one"},
	"lang es":                        {"español", "Spanish"},
	"lang en":                        {"inglés", "English"},
	"why hours":                      {"escriba por ejemplo lun-vie 9-17, o lun-vie 9am-5pm, sáb 10-12; vacío es siempre", "write for example mon-fri 9-17, or mon-fri 9am-5pm, sat 10-12; empty is always"},
	"why language":                   {"un idioma se escribe por ejemplo es, en o nah-MX", "a language is written for example es, en or nah-MX"},
	"why twice":                      {"ese número ya está registrado", "that number is registered already"},
	"why self":                       {"es el número de la propia persona", "this is the person's own number"},
	"why full":                       {"ya no caben más", "no more fit"},
	"why stopped":                    {"ese número pidió no recibir mensajes: llámele", "that number asked for no texts: ring it"},
	"why verify":                     {"la persona tiene que decir su PIN en esta llamada", "the person has to say their PIN on this call"},
	"why open":                       {"hay una alerta abierta: se cambia cuando termine", "an alert is open: changes wait until it ends"},
	"why raid":                       {"espera: hay una posible redada, y lo que puede esperar espera hasta que termine", "waits: there may be a raid, and what can wait waits until it is over"},
	"why spent":                      {"espera: hoy se llegó al límite de gasto", "waits: today's spending limit has been reached"},
	"why often":                      {"no salió: sus contactos ya recibieron bastantes pruebas hoy", "was not sent: the contacts have had enough drills today"},
	"why unanswered":                 {"no salió: ningún contacto ha contestado la invitación", "was not sent: no contact has answered the invitation"},
	"why asked":                      {"ya salió, y no la han contestado: el recordatorio sale solo", "has been sent, and is not answered yet: the reminder goes out by itself"},
	"why answered":                   {"no hace falta: todos los contactos han contestado", "is not needed: all contacts have answered"},
	"why many":                       {"no salió: ese número ya tiene demasiadas invitaciones de otras personas sin contestar", "was not sent: that number has too many unanswered invitations from other people"},
	"why nobody":                     {"no hay a quién mandarlo", "there is nobody to send it to"},
	"why voice":                      {"es una mesa de voz: llámele", "this is a voice desk: ring it"},
	"why role":                       {"el papel es agente o administrador", "the role is agent or admin"},
	"why agent-name":                 {"un nombre de agente tiene de 2 a 32 letras minúsculas, dígitos, puntos y guiones", "an agent's name has 2 to 32 small letters, digits, dots and dashes"},
	"why taken":                      {"ese nombre ya existe", "that name exists already"},
	"why last":                       {"es el último administrador: nombre antes a otro", "this is the last admin: name another one first"},
	"why unknown":                    {"eso ya no existe", "that does not exist any more"},
	"why short":                      {"escriba un número, un código de nueve dígitos o un nombre", "write a number, a code of nine digits or a name"},
	"field name":                     {"El nombre", "The name"},
	"field place":                    {"El lugar", "The place"},
	"field words":                    {"El texto", "The words"},
	"field ring":                     {"El número a llamar", "The number to ring"},
	"field phone":                    {"El teléfono", "The phone"},
	"field contact":                  {"El contacto", "The contact"},
	"field contact_name":             {"El nombre del contacto", "The contact's name"},
	"field relation":                 {"El parentesco", "The relation"},
	"field zip":                      {"El ZIP", "The ZIP"},
	"field pin":                      {"El PIN", "The PIN"},
	"field new_pin":                  {"El PIN nuevo", "The new PIN"},
	"field duress_pin":               {"El PIN de amenaza", "The duress PIN"},
	"field note":                     {"La nota", "The note"},
	"field reason":                   {"El motivo", "The reason"},
	"field outcome":                  {"El resultado", "The outcome"},
	"field address":                  {"El número", "The number"},
	"field channel":                  {"El medio", "The channel"},
	"field consulate":                {"El consulado", "The consulate"},
	"field hours":                    {"El horario", "The hours"},
	"field desk":                     {"La mesa", "The desk"},
	"field consent":                  {"El permiso de la persona", "The person's consent"},
	"field message":                  {"El mensaje", "The message"},
	"field family_word":              {"La palabra de familia", "The family word"},
	"field profile":                  {"El registro", "The profile"},
	"field role":                     {"El papel", "The role"},
	"field agent":                    {"El agente", "The agent"},
	"field search":                   {"La búsqueda", "The search"},
	"field drill":                    {"La prueba", "The drill"},
	"field invite":                   {"La invitación", "The invitation"},
	"topic rights":                   {"derechos", "rights"},
	"topic legal":                    {"ayuda legal", "legal aid"},
	"topic shelter":                  {"albergue", "shelter"},
	"field other":                    {"Uno de los datos", "One of the fields"},
	"field recipient":                {"El destinatario", "The recipient"},
}

// tasksOf are the tasks of a page.
func tasksOf(page any) tasksPage {
	if raid, ok := page.(raidPage); ok {
		return raid.Work
	}
	return page.(tasksPage)
}

// spokenNames are people as a script says them to a relative of several.
func spokenNames(language string, people []string) string {
	short := make([]string, len(people))
	for i, name := range people {
		short[i] = strings.TrimSuffix(gateway.ShortName(name), ".")
	}
	last := len(short) - 1
	if last == 0 {
		return short[0]
	}
	return strings.Join(short[:last], ", ") + said(language, " y ", " and ") + short[last]
}

// shortLanguage is how a person's language is shown.
func shortLanguage(tag, note string) string {
	if name := templates.LanguageName(tag); note == "" && name != tag {
		tag = name + " (" + tag + ")"
	}
	return strings.TrimSpace(strings.Trim(tag+", "+note, ", "))
}
