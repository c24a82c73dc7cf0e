package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"aviso/gateway"
	"aviso/gateway/carrier/sim"
	"aviso/store"
)

// What follows on each code of the carrier, seen from outside: the answer to a
// request that is refused, and a receipt that says that a text did not arrive.

// follows is what somebody sees after a refusal.
type follows struct {
	texts   int              // that the carrier took for the contact, those that did not arrive included
	senders int              // they came from so many numbers
	called  bool             // the contact's phone rings
	owner   string           // what the person hears
	task    gateway.TaskKind // what agents have to do
	alarm   bool             // the operator is told
}

// The classes of the table: retried, another sender, a call, an agent; each as
// the answer to a request, and in a receipt. What was refused at once was not
// taken and does not count as a text; what a receipt reports was.
var (
	again = [2]follows{{texts: 1, senders: 1}, {texts: 2, senders: 1}}
	other = [2]follows{{texts: 1, senders: 1}, {texts: 2, senders: 2}}
	mend  = [2]follows{{texts: 1, senders: 1, alarm: true}, {texts: 2, senders: 2, alarm: true}}
	call  = [2]follows{{called: true}, {texts: 1, senders: 1, called: true}}
	never = [2]follows{
		{owner: "no existe", task: gateway.TaskUnreachable},
		{texts: 1, senders: 1, owner: "no existe", task: gateway.TaskUnreachable},
	}
	stopped = [2]follows{
		{owner: "no pudimos avisar", task: gateway.TaskOptedOut},
		{texts: 1, senders: 1, owner: "no pudimos avisar", task: gateway.TaskOptedOut},
	}
	tooLong = [2]follows{{called: true, alarm: true}, {texts: 1, senders: 1, called: true, alarm: true}}
	capped  = [2]follows{{texts: 1, senders: 1, called: true, alarm: true}, {texts: 2, senders: 2, called: true, alarm: true}}
	off     = [2]follows{{called: true}, {texts: 1, senders: 1, called: true}} // the text again in a minute
)

// refusals are the codes of the table of the field, and one that nobody knows.
var refusals = map[string][2]follows{
	"20429": again, "63018": again,
	"20003": mend, "20404": mend, "20403": mend, "30002": mend, "20005": mend, "10001": mend, "90010": mend, "63038": capped,
	"21211": never, "21217": never, "21610": stopped,
	"21606": mend, "21612": mend, "21601": mend, "21661": mend, "21703": mend, "21609": mend,
	"14107": other, "30043": other, "21611": other, "30001": other, "30036": other, "63024": other, "63033": other,
	"21614": call, "21635": call, "30005": call, "30006": call, "30450": call, "30453": call,
	"21617": tooLong, "30003": off,
	"30004": mend, "30007": mend, "21618": mend,
	"30008": again, "30017": again, "30410": again, "30500": again,
	"30022": mend, "30023": mend, "30027": mend, "63016": mend,
	"39999": {other[0], again[1]}, // at once: this request will not do; in a receipt: unknown

	// A sender that is not known to reach a country is left alone for an hour,
	// so that each of these takes one away from all others.
	"21408": mend, "30018": mend, "30024": mend, "30032": mend, "30034": mend,
	"30033": mend, "30035": mend, "30037": mend, "30040": mend,
}

// unreached are the codes of which each takes a sender away from a country.
var unreached = []string{"21408", "30018", "30024", "30032", "30034", "30033", "30035", "30037", "30040"}

// manyNumbers are our senders, enough for every code that takes one away.
func manyNumbers() []string {
	numbers := []string{sender}
	for n := range 2*len(unreached) + 1 {
		numbers = append(numbers, fmt.Sprintf("+1555000%04d", 2000+n))
	}
	return numbers
}

// singles are people with one accepted contact each, and no PIN, which would take
// its time to hash.
func singles(n int, consent string) string {
	var b strings.Builder
	b.WriteString("phone,name,language,zip,consulate_consent,contact1_phone,contact1_name,contact1_accepted\n")
	for i := range n {
		fmt.Fprintf(&b, "%s,Persona%d Lopez,es,60608,%s,%s,Tia%d,si\n", phoneNumber(414, i), i, consent, phoneNumber(262, i), i)
	}
	return b.String()
}

func TestWhatFollowsOnEachCode(t *testing.T) {
	t.Parallel()
	numbers := manyNumbers()
	r := newEmptyRig(t, plants[0], numbers...)
	codes := slices.Sorted(maps.Keys(refusals))
	r.command(0, "profiles", "import", r.file("crowd.csv", singles(2*len(codes), "no")))
	r.serve("--sms-from", strings.Join(numbers, ","))

	var all sync.WaitGroup
	for i, code := range codes {
		if slices.Contains(unreached, code) {
			continue
		}
		for way := range 2 {
			all.Go(func() { r.follow(2*i+way, code, way) })
		}
	}
	all.Wait()
	for _, code := range unreached {
		for way := range 2 {
			r.follow(2*slices.Index(codes, code)+way, code, way)
		}
	}
	tasks := r.tasks()
	_, metrics := r.get("/metrics")
	for i, code := range codes {
		for way, want := range refusals[code] {
			if got := tasks[phoneNumber(262, 2*i+way)]; got != want.task {
				t.Errorf("%s %s: task %q, want %q", code, ways[way], got, want.task)
			}
		}
		alarmed := r.metric(`aviso_carrier_alarms_total{code="`+code+`"}`) > 0
		if want := refusals[code][0].alarm; alarmed != want {
			t.Errorf("%s: alarm %v, want %v", code, alarmed, want)
		}
	}
	if !strings.Contains(metrics, "aviso_carrier_codes_unknown_total 2") {
		t.Error("the code that nobody knows is not counted")
	}
}

// crowded is patience where sixty are followed at once.
const crowded = 3 * patience

var ways = [2]string{"as an answer", "in a receipt"}

// follow has person n raise an alert whose notice meets a code, and looks what
// follows.
func (r *rig) follow(n int, code string, way int) {
	person, contact := r.carrier.Phone(phoneNumber(414, n), ""), r.carrier.Phone(phoneNumber(262, n), "")
	contact.OnCall(sim.Listens)
	number, _ := strconv.Atoi(code)
	fault := sim.Fault{Op: sim.OpCreateMessage, To: contact.Number, Times: 1}
	switch {
	case way == 1:
		fault.Final, fault.FinalCode = "undelivered", number
	case code == "20429":
		fault.Status, fault.Code = http.StatusTooManyRequests, number
	default:
		fault.Status, fault.Code = http.StatusBadRequest, number
	}
	r.carrier.Fault(fault)
	ctx, cancel := context.WithTimeout(r.t.Context(), crowded)
	defer cancel()
	if _, err := person.Text(ctx, sender, "ALERTA"); err != nil {
		r.t.Errorf("%s %s: %v", code, ways[way], err)
		return
	}
	want := refusals[code][way]
	want.task, want.alarm = "", false // looked at in the end
	got := r.followed(person, contact, want.owner)
	for end := time.Now().Add(crowded); got != want && time.Now().Before(end); got = r.followed(person, contact, want.owner) {
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(300 * time.Millisecond) // nothing more comes
	if last := r.followed(person, contact, want.owner); got != want || last != want {
		r.t.Errorf("%s %s: %+v, then %+v, want %+v", code, ways[way], got, last, want)
	}
}

func (r *rig) followed(person, contact *sim.Phone, owner string) (got follows) {
	senders := map[string]bool{}
	for _, m := range r.carrier.MessagesTo(contact.Number) {
		got.texts++
		senders[m.From] = true
	}
	got.senders = len(senders)
	got.called = slices.ContainsFunc(r.carrier.Calls(), func(c sim.Call) bool { return c.To == contact.Number })
	if saysSo(person.Inbox(), owner) {
		got.owner = owner
	}
	return got
}

func saysSo(inbox []sim.Message, words string) bool {
	return slices.ContainsFunc(inbox, func(m sim.Message) bool { return strings.Contains(m.Body, words) })
}

// tasks are the agents' tasks about a phone.
func (r *rig) tasks() map[string]gateway.TaskKind {
	r.t.Helper()
	records, err := store.Open(r.t.Context(), store.Options{DSN: r.db, KeysFile: filepath.Join(r.dir, "aviso.keys"), ReadOnly: true})
	if err != nil {
		r.t.Fatal(err)
	}
	defer records.Close()
	lines, _, err := records.Tasks(r.t.Context(), 0, 1000)
	if err != nil {
		r.t.Fatal(err)
	}
	tasks := map[string]gateway.TaskKind{}
	for _, l := range lines {
		tasks[string(l.Task.Phone)] = l.Kind
	}
	return tasks
}

// A 5xx, and a connection that breaks, may have been acted on: it is looked up,
// and the contact has the notice once.
func TestUnknownOutcomeIsLookedUp(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sim.Fault{
		"503 and taken":         {Status: 503, Stored: true},
		"503 and not taken":     {Status: 503},
		"dropped and taken":     {Drop: true, Stored: true},
		"dropped and not taken": {Drop: true},
		"silence and taken":     {Hang: true, Stored: true},
		"silence":               {Hang: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			fault.Op, fault.To, fault.Times = sim.OpCreateMessage, r.maria.Number, 1
			r.carrier.Fault(fault)
			r.serve()
			r.text(r.juan, "ALERTA", "Recibimos")
			r.expect(r.maria, "Juan P.")
			time.Sleep(time.Second)
			if n := len(r.carrier.MessagesTo(r.maria.Number)); n != 1 {
				t.Errorf("Maria has it %d times", n)
			}
		})
	}
}

// Somebody stopped our texts at the carrier while we did not hear it. Our next
// answer to them is not sent, which its action tells.
func TestAnswerToSomebodyWhoOptedOutUnheard(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := r.maria.Text(ctx, sender, "STOP"); err == nil {
		t.Fatal("her STOP was heard, though nothing serves yet")
	}
	r.serve()
	r.text(r.maria, "AYUDA")
	r.expect(r.juan, "Maria ya no recibe nuestros mensajes")
	r.text(r.juan, "ALERTA", "2 contactos")
	r.expect(r.pedro, "Juan P.")
	if saysSo(r.carrier.MessagesTo(r.maria.Number), "ALERTA #") {
		t.Error("whoever opted out is texted all the same")
	}
	r.text(r.maria, "START", "mensajes otra vez")
	r.text(r.juan, "BIEN "+juansPIN, "termino")
	r.text(r.juan, "ALERTA", "3 contactos")
	r.expect(r.maria, "ALERTA #")
}
