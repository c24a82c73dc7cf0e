package console

import (
	"context"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	cookies "github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"aviso/gateway"
)

// Every control in a part that follows what happens is one of its own: an update
// finds it again by nothing else.
func TestControlsHaveIdentities(t *testing.T) {
	h := newHouse(t)
	ana := h.verified("ana")
	h.text(juan, "ALERTA")
	h.text(maria, "donde esta?")
	h.text("+13125550188", "ALERTA me llevan")
	h.text("+13125550189", "ALERTA a mi tambien")
	ana.get("/console/tasks").form("/take").send().did("done")
	alert := "/console/alerts/" + h.alert().Alert.Ref.Digits()
	rec, err := h.store.RecordByRef(t.Context(), h.refOf(juan))
	if err != nil || rec == nil {
		t.Fatal(err)
	}
	mine := "/console/alerts/" + rec.Alert.Ref.Digits()
	ana.get(mine).form("/words").fill("words", "van al norte").send().did("waits")
	for _, path := range []string{"/console/alerts", alert, mine, "/console/tasks", "/console/desks", "/console/audit", "/console/map"} {
		body := ana.get(path).body
		d := xml.NewDecoder(strings.NewReader(body))
		d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
		var open []string
		live, controls, ids := -1, 0, map[string]bool{}
		for {
			token, err := d.Token()
			if err != nil {
				break
			}
			switch e := token.(type) {
			case xml.StartElement:
				at := map[string]string{}
				for _, a := range e.Attr {
					at[a.Name.Local] = a.Value
				}
				if _, is := at["data-live"]; is && live < 0 {
					live = len(open)
				}
				open = append(open, e.Name.Local)
				if id := at["id"]; id != "" {
					if ids[id] {
						t.Errorf("%s: two things are called %s", path, id)
					}
					ids[id] = true
				}
				switch e.Name.Local {
				case "a", "button", "select", "textarea", "summary", "input":
					if live < 0 || at["type"] == "hidden" {
						continue
					}
					if controls++; at["id"] == "" {
						t.Errorf("%s: a %s without an identity: %v", path, e.Name.Local, at)
					}
				}
			case xml.EndElement:
				open = open[:max(0, len(open)-1)]
				if len(open) <= live {
					live = -1
				}
			}
		}
		if controls < 5 {
			t.Errorf("%s: only %d controls were found in what follows", path, controls)
		}
	}
}

// refOf is the reference of the newest open alert that a phone raised.
func (h *house) refOf(phone gateway.Phone) gateway.Ref {
	h.Helper()
	view, err := h.store.View(h.Context(), gateway.Scope{Phone: phone})
	if err != nil {
		h.Fatal(err)
	}
	for _, c := range view.Cases {
		if c.Alert.Phone == phone && c.Alert.Open() {
			return c.Alert.Ref
		}
	}
	h.Fatalf("%s has raised nothing", phone)
	return 0
}

// eyes are a browser with script.
type eyes struct {
	*house
	ctx context.Context
}

const patience = 20 * time.Second

// browser is an agent's, in a window of that size.
func (c *clerk) browser(width, height int64) *eyes {
	c.Helper()
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.UserDataDir(c.TempDir()), chromedp.Flag("disable-component-update", true), chromedp.Flag("accept-lang", "es"), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))...)
	c.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	c.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, cookies.SetCookie, cookies.SetCookieParams{Name: cookieName, Value: c.cookie, URL: c.server.URL + "/console/"})
		return err
	})); err != nil {
		c.Fatal(err)
	}
	return &eyes{c.house, ctx}
}

func (e *eyes) do(steps ...chromedp.Action[chromedp.Void]) {
	e.Helper()
	ctx, cancel := context.WithTimeout(e.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		e.Fatal(err)
	}
}

func (e *eyes) open(path, sees string) {
	e.Helper()
	e.do(chromedp.Navigate(e.server.URL+path), chromedp.WaitVisible(sees))
}

// js evaluates an expression.
func js[T any](e *eyes, expression string) T {
	e.Helper()
	ctx, cancel := context.WithTimeout(e.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		e.Fatalf("%s: %v", expression, err)
	}
	return value
}

// until waits for an expression to be true.
func (e *eyes) until(expression string) {
	e.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if js[bool](e, expression) {
			return
		}
	}
	e.Fatalf("%s does not come to be; the page says: %s", expression, js[string](e, "document.body.innerText"))
}

// point moves the pointer onto the middle of something.
func (e *eyes) point(selector string) {
	e.Helper()
	at := js[[]float64](e, fmt.Sprintf(`(() => { const r = document.querySelector(%q).getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()`, selector))
	e.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at[0], at[1]))
	js[int](e, fmt.Sprintf(`(window.at = [%f, %f], window.under = document.elementFromPoint(...at), 0)`, at[0], at[1]))
}

// underPointer is the id of what stands under the pointer, and how far it has
// moved since it was pointed at; -1 where it is not what was pointed at.
func (e *eyes) moved() float64 {
	e.Helper()
	return js[float64](e, `(() => { const now = document.elementFromPoint(...at); return now === window.under || now?.contains(window.under) || window.under.contains(now) ? 0 : -1 })()`)
}

// raise raises an alert of somebody nobody knows, and waits until the page has it.
func (e *eyes) raise(n int, sees bool) {
	e.Helper()
	phone := gateway.Phone(fmt.Sprintf("+1312555%04d", 2000+n))
	e.text(phone, fmt.Sprintf("ALERTA me llevan %d", n))
	if sees {
		e.until(fmt.Sprintf(`!!document.getElementById("a%s")`, e.refOf(phone).Digits()))
	}
}

// An update of the board leaves what is under the pointer where it is: rows that go,
// rows that grow, and the row itself that goes. New rows wait until the pointer has
// left the list, and at the top stands how many they are.
func TestLiveBoardLeavesThePointer(t *testing.T) {
	h := newHouse(t)
	ana := h.clerk("ana", gateway.RoleAgent)
	e := &eyes{house: h}
	for n := range 12 {
		e.raise(n, false)
	}
	e = ana.browser(1280, 700)
	e.open("/console/alerts", "#board")
	// At the top of the page, on the third row; then at its end.
	for _, of := range []struct {
		name         string
		phone, above int
		top          bool
	}{{"at the top", 9, 11, true}, {"at the end", 0, 10, false}} {
		ref := e.refOf(gateway.Phone(fmt.Sprintf("+1312555%04d", 2000+of.phone)))
		row := "#a" + ref.Digits() + " a[id^=open-]"
		js[int](e, `(scrollTo(0, 0), 0)`) // what came in above has been seen
		e.until(`document.getElementById("newer").hidden`)
		if !of.top {
			js[int](e, `(window.settled = false, addEventListener("scrollend", () => setTimeout(() => { window.settled = true }), { once: true }), scrollTo(0, 1e6), 0)`)
			e.until("settled") // room that the page had been given is taken back
		}
		e.point(row)
		e.raise(100+of.phone, false)
		e.until(`document.getElementById("newer").innerText === "▲ 1 nueva"`)
		e.raise(200+of.phone, false)
		e.until(`document.getElementById("newer").innerText === "▲ 2 nuevas"`)
		waits := fmt.Sprintf("a%s", e.refOf(gateway.Phone(fmt.Sprintf("+1312555%04d", 2200+of.phone))).Digits())
		if js[bool](e, fmt.Sprintf(`!!document.getElementById(%q)`, waits)) {
			t.Errorf("%s: a new row comes in while the pointer is in the list", of.name)
		}
		if e.moved() != 0 {
			t.Errorf("%s: new rows move what is under the pointer", of.name)
		}
		// The row itself grows, and one above it ends.
		e.text(gateway.Phone(fmt.Sprintf("+1312555%04d", 2000+of.phone)), "ALERTA sigue aqui")
		above := e.refOf(gateway.Phone(fmt.Sprintf("+1312555%04d", 2000+of.above)))
		e.close(above)
		e.until(fmt.Sprintf(`!document.getElementById("a%s")`, above.Digits()))
		if e.moved() != 0 {
			t.Errorf("%s: a row that goes moves what is under the pointer", of.name)
		}
		// The row under the pointer ends: it stays, and a click on it leads nowhere.
		e.close(ref)
		e.until(fmt.Sprintf(`!!document.querySelector("#a%s[data-gone]")`, ref.Digits()))
		if e.moved() != 0 {
			t.Errorf("%s: a row that has ended leaves the pointer on another one", of.name)
		}
		at := js[[]float64](e, "at")
		e.do(chromedp.MouseClickXY(at[0], at[1]))
		if path := js[string](e, "location.pathname"); path != "/console/alerts" {
			t.Fatalf("%s: a click on a row that has ended leads to %s", of.name, path)
		}
		// It goes once the pointer does.
		e.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, 600, 20))
		e.until(fmt.Sprintf(`!document.getElementById("a%s")`, ref.Digits()))
		e.until(fmt.Sprintf(`!!document.getElementById(%q)`, waits))
	}
}

// close ends an alert as an agent who is alone may, whatever its age.
func (h *house) close(ref gateway.Ref) {
	h.Helper()
	rec, err := h.store.RecordByRef(h.Context(), ref)
	if err != nil || rec == nil {
		h.Fatalf("no alert %s: %v", ref, err)
	}
	a := rec.Alert
	a.State, a.Ended, a.Reason = gateway.AlertClosed, h.now(), "found"
	h.commit(gateway.Turn{Alerts: []gateway.Alert{a}, Audit: []gateway.Entry{{Subject: gateway.SubjectAlert, ID: a.ID, Version: a.Version, Kind: "closed", Actor: "system"}}})
}

// An update moves no focus, changes no word that is being typed, and keeps what is
// selected and where the caret stands.
func TestLiveTasksLeaveWhatIsTyped(t *testing.T) {
	h := newHouse(t)
	ana, bea := h.clerk("ana", gateway.RoleAgent), h.clerk("bea", gateway.RoleAgent)
	e := &eyes{house: h}
	for n := range 4 {
		e.raise(n, false)
	}
	for range 2 {
		ana.get("/console/tasks").form("/take").send().did("done")
	}
	e = ana.browser(1280, 900)
	e.open("/console/tasks", "article.mine")
	// In the second of her tasks she types; the caret stands in the middle.
	js[int](e, `(() => {
		const cards = document.querySelectorAll("article.mine"), note = cards[cards.length - 1].querySelector("textarea");
		note.focus(); note.value = "va para alla"; note.setSelectionRange(3, 7); window.note = note;
		cards[0].querySelector("select").value = "no-answer"; window.choice = cards[0].querySelector("select");
		return 0;
	})()`)
	check := func(when string) {
		t.Helper()
		if got := js[string](e, `[document.activeElement === note, note.isConnected, note.value, note.selectionStart, note.selectionEnd, choice.isConnected, choice.value].join()`); got != "true,true,va para alla,3,7,true,no-answer" {
			t.Errorf("%s: %s", when, got)
		}
	}
	check("before")
	// Another agent takes the next one, a new one comes in, an urgent one is done.
	bea.get("/console/tasks").form("/take").send().did("done")
	e.until(`document.body.innerText.includes("De otros agentes (1)") && document.getElementById("others").textContent.includes("La tiene bea")`)
	check("another task was taken")
	e.raise(9, false)
	e.until(`document.querySelectorAll("#list article").length === 5`)
	check("a task came in")
	bea.get("/console/tasks").form("/done").fill("outcome", "done").send().did("done")
	e.until(`document.querySelectorAll("#list article").length === 4`)
	check("a task went")
	// Her own task is closed under her hands: the words stay until she leaves them.
	mine := js[string](e, `note.closest("article").id`)
	task, err := gateway.ParseID(strings.TrimPrefix(mine, "t"))
	if err != nil {
		t.Fatal(err)
	}
	if line, err := h.store.Task(t.Context(), task); err != nil || line == nil {
		t.Fatal(err)
	} else {
		done := line.Task
		done.State = gateway.TaskDone
		h.commit(gateway.Turn{Tasks: []gateway.Task{done}})
	}
	e.until(fmt.Sprintf(`document.getElementById(%q).hasAttribute("data-gone")`, mine))
	check("the task was closed")
	// A button that has the focus keeps it, whatever comes in beside it.
	js[int](e, `(() => { window.take = [...document.querySelectorAll("#list button")].find((b) => b.id.startsWith("take-")); take.focus(); window.was = take.id; return 0 })()`)
	e.raise(11, false)
	e.until(`document.getElementById("newer").innerText === "▲ 1 nueva"`)
	if got := js[bool](e, `document.activeElement === take && take.id === was`); !got {
		t.Errorf("the focus went to %s", js[string](e, `document.activeElement.outerHTML`))
	}
	// Words that are selected stay selected.
	js[int](e, `(() => { take.blur(); const h = document.querySelector("#next article h2"); getSelection().selectAllChildren(h); window.words = String(getSelection()); return 0 })()`)
	e.raise(12, false)
	e.until(`document.querySelectorAll("#list article:not([data-gone])").length >= 5`)
	if got := js[bool](e, `String(getSelection()) === words && words.length > 3`); !got {
		t.Errorf("selected is %q", js[string](e, `String(getSelection())`))
	}
}

// A call that is put through, and what can be undone, come up without moving the
// page.
func TestLiveFrameMovesNothing(t *testing.T) {
	h := newHouse(t)
	ana := h.clerk("ana", gateway.RoleAgent)
	h.text(juan, "ALERTA")
	path := "/console/alerts/" + h.alert().Alert.Ref.Digits()
	e := ana.browser(1280, 700)
	e.open(path, "#told")
	e.point("#told .acts button")
	fresh := gateway.NewFresh(h.now(), h.service.Rand)
	h.commit(gateway.Turn{Ringing: []gateway.Ringing{{ID: fresh.ID(), At: h.now(), Profile: h.profile(juan).ID, Phone: juan}}})
	e.until(`!!document.querySelector(".call")`)
	if e.moved() != 0 {
		t.Error("a call that comes up moves what is under the pointer")
	}
	if top := js[float64](e, `document.querySelector(".call").getBoundingClientRect().top`); top < 0 {
		t.Errorf("the call is above the window: %f", top)
	}
	ana.get(path).form("/words").fill("words", "van al norte").send().did("waits")
	e.until(`!!document.querySelector(".waits button")`)
	if e.moved() != 0 {
		t.Error("what can be undone moves what is under the pointer")
	}
	h.pass(11 * time.Second)
	e.until(`!document.querySelector("div.waits")`)
	if e.moved() != 0 {
		t.Error("what was done moves what is under the pointer")
	}
}
