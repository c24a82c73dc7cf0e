package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"aviso/gateway"
)

// browser is an agent's, headless, on the real program.
type browser struct {
	*testing.T
	ctx  context.Context
	base string
}

// patienceOfPages is how long a page may take on a machine that is busy.
const patienceOfPages = 30 * time.Second

func (r *rig) browser(more ...chromedp.ExecAllocatorOption) *browser {
	r.t.Helper()
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), append(append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.UserDataDir(r.t.TempDir()), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("accept-lang", "es"), chromedp.Flag("disable-background-networking", true),
		// Nothing but this machine can be reached.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")), more...)...)
	r.t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	r.t.Cleanup(cancel)
	// What starts the browser ends it: the first step has no time of its own.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900)); err != nil {
		r.t.Fatal(err)
	}
	return &browser{r.t, ctx, r.base}
}

// do runs steps on the page.
func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patienceOfPages)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		text, _ := chromedp.Run(b.ctx, chromedp.Text("body"))
		b.Fatalf("%v\nthe page says: %s", err, text)
	}
}

func ask[T any](b *browser, action chromedp.Action[T]) T {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patienceOfPages)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		b.Fatal(err)
	}
	return value
}

func (b *browser) open(path, sees string) {
	b.Helper()
	b.do(chromedp.Navigate(b.base+path), chromedp.WaitVisible(sees))
}

// sees waits until the page's text holds words, and tells how long it took.
func (b *browser) sees(words ...string) time.Duration {
	b.Helper()
	start := time.Now()
	for {
		text := ask(b, chromedp.Evaluate[string](`document.body?.innerText ?? ""`))
		missing := ""
		for _, w := range words {
			if !strings.Contains(text, w) {
				missing = w
			}
		}
		if missing == "" {
			return time.Since(start)
		}
		if time.Since(start) > patienceOfPages {
			b.Fatalf("%q does not come up; the page says: %s", missing, text)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// keys presses keys wherever the focus is.
func (b *browser) keys(list ...string) {
	b.Helper()
	for _, k := range list {
		b.do(chromedp.KeyEvent(k))
	}
}

// focused is what has the focus: its name, id or text.
func (b *browser) focused() string {
	b.Helper()
	return ask(b, chromedp.Evaluate[string](`(() => { const e = document.activeElement; return e.id || e.name || e.innerText || e.tagName })()`))
}

// tabTo presses the tab key until something has the focus whose id, name or words
// begin so.
func (b *browser) tabTo(what string) {
	b.Helper()
	for range 120 {
		names := ask(b, chromedp.Evaluate[[]string](`(() => { const e = document.activeElement; return [e.id, e.name, e.innerText, e.tagName].filter((x) => typeof x == "string") })()`))
		if slices.ContainsFunc(names, func(name string) bool { return name != "" && strings.HasPrefix(name, what) }) {
			return
		}
		b.keys(kb.Tab)
	}
	b.Fatalf("the keyboard does not come to %q", what)
}

// signIn gives a browser the session of a visitor who is in.
func (b *browser) signIn(v *visitor) {
	b.Helper()
	b.open("/console/login", "#password")
	b.do(chromedp.SendKeys("#name", v.name), chromedp.SendKeys("#password", consolePassword+"\r"), chromedp.WaitVisible("#code"))
	// The code that enrolled the second factor is used up; the next one counts.
	b.do(chromedp.SendKeys("#code", v.recovery()+"\r"), chromedp.WaitVisible("#nav"))
}

func TestConsoleByKeyboard(t *testing.T) {
	r := newRig(t)
	out, _ := r.command(0, "agents", "add", "ana", "--role", "admin")
	r.serve()
	b := r.browser()
	v := &visitor{t: t, name: "ana"}

	// Log-in and enrolment, without a mouse.
	b.open("/console/", "#password")
	if f := b.focused(); f != "name" {
		t.Errorf("the log-in begins at %q", f)
	}
	b.keys("ana", kb.Tab, strings.TrimSpace(out), kb.Enter)
	b.do(chromedp.WaitVisible("#again"))
	b.keys(consolePassword, kb.Tab, consolePassword, kb.Enter)
	b.do(chromedp.WaitVisible("#secret"))
	v.secret = ask(b, chromedp.Text("#secret"))
	b.tabTo("code")
	b.keys(v.code(), kb.Enter)
	b.do(chromedp.WaitVisible("#recovery"))
	b.tabTo("Los guardé")
	b.keys(kb.Enter)
	b.do(chromedp.WaitVisible("#board"))

	// The first stop of the tab key leads past the navigation.
	b.keys(kb.Tab)
	if f := b.focused(); !strings.HasPrefix(f, "Ir al contenido") {
		t.Errorf("the first stop is %q", f)
	}

	// Raising for a caller: three fields, well under half a minute.
	b.tabTo("Levantar alerta")
	b.keys(kb.Enter)
	b.do(chromedp.WaitVisible("#raise"))
	start := time.Now()
	b.keys("Lupe <script>alert(1)</script>", kb.Tab, "mercado 60608", kb.Tab, "+1 312-555-0188", kb.Enter)
	b.do(chromedp.WaitVisible("#told"))
	if took := time.Since(start); took > 15*time.Second {
		t.Errorf("raising took %s", took)
	}
	b.sees("Lupe <script>alert(1)</script>", "sin verificar", "no registrado")
	if ask(b, chromedp.Evaluate[int](`document.querySelectorAll("main script").length`)) != 0 {
		t.Error("script in a name is script")
	}
	// What holds a tag is nobody's name towards somebody who has not agreed.
	r.expect(r.carrier.Phone("+13125550188", "Chela"), "le puso de contacto", "ALERTA")

	// The task that it leaves: taken, and done.
	b.open("/console/tasks", "#list")
	b.tabTo("Tomar")
	b.keys(kb.Enter)
	b.do(chromedp.WaitVisible("article.mine"))
	b.sees("Qué decir", "Nunca en un buzón")
	b.tabTo("+1 …0188 · ver")
	b.keys(kb.Enter)
	b.do(chromedp.WaitVisible("#number"))
	b.sees("312-555-0188")
	if path := ask(b, chromedp.Location()); strings.Contains(path, "0188") {
		t.Errorf("the number stands in the address: %s", path)
	}
	b.open("/console/tasks", "article.mine")
	// The key that ends a line ends a line of the note: it says nothing of what came
	// of the task, where nothing is chosen.
	b.do(chromedp.SendKeys("article.mine [name=note]", "va para alla\r"))
	if chosen := ask(b, chromedp.Value("article.mine select")); chosen != "" {
		t.Errorf("%q is chosen", chosen)
	}
	b.do(chromedp.SetValue("article.mine select", "done"), chromedp.Click("article.mine button[id^=done-]"), chromedp.WaitNotPresent("article"))
	b.sees("Ninguna")
}

func TestConsoleLive(t *testing.T) {
	everywhere(t, testConsoleLive)
}

func testConsoleLive(t *testing.T, r *rig) {
	r.hasty()
	r.serve()
	ana := r.agent("ana", "agent")
	b := r.browser()
	b.signIn(ana)
	b.sees("Ninguna")

	// ALERTA to the board: within a second, with the title.
	start := time.Now()
	r.text(r.juan, "ALERTA me llevan", "Recibimos")
	answered := time.Now()
	b.sees("Juan Perez", "me llevan")
	if took := time.Since(answered); took > time.Second {
		t.Errorf("from the answer to the board: %s (%s in all)", took, time.Since(start))
	}
	t.Logf("from the answer to the board: %s", time.Since(answered))
	if title := ask(b, chromedp.Title()); !strings.Contains(title, "(1)") {
		t.Errorf("title %q", title)
	}
	r.expect(r.maria, "Juan P.")
	r.text(r.maria, "1", "Gracias")
	b.sees("Maria: confirmó", "1 de 4")

	// Another agent's step is seen on the page of the first.
	b.do(chromedp.Click("#board tbody a"), chromedp.WaitVisible("#line"))
	bea := r.agent("bea", "agent")
	ref := bea.get("/console/alerts").match(`/console/alerts/(\d{6})`)
	page := bea.get("/console/alerts/" + ref)
	page.submit("/console/alerts/"+ref+"/note", url.Values{"note": {"hable con el consulado"}}).redirects("/console/alerts/" + ref)
	b.sees("bea nota", "hable con el consulado")

	// What somebody is typing is left alone while the page follows.
	b.do(chromedp.SendKeys("#words", "llevaba chamarra azul"))
	page = bea.get("/console/alerts/" + ref)
	page.submit("/console/alerts/"+ref+"/end", url.Values{"reason": {"released"}}).redirects("/console/alerts/" + ref + "?did=proposed")
	b.sees("bea propone cerrar")
	if typed := ask(b, chromedp.Value("#words")); typed != "llevaba chamarra azul" {
		t.Errorf("what was typed is now %q", typed)
	}
	// Two agents call off.
	b.do(chromedp.Click("#agree"))
	b.sees("cerrada")
	r.expect(r.maria, "se cerro", "Salio libre")
}

func TestConsoleRestartUnderAnOpenBoard(t *testing.T) {
	r := newRig(t)
	r.serve()
	ana := r.agent("ana", "agent")
	b := r.browser()
	b.signIn(ana)
	addr := strings.TrimPrefix(r.base, "http://")
	r.stop()
	b.sees("Sin conexión")
	r.serve("--addr", addr)
	r.text(r.juan, "ALERTA", "Recibimos")
	b.sees("Juan Perez")
	if ask(b, chromedp.Evaluate[bool](`!document.getElementById("away").hidden`)) {
		t.Error("the board still says that it is not connected")
	}
}

// A browser keeps the session's cookie where the page comes by HTTPS, and shows it
// to no script and no neighbour.
func TestConsoleCookieInABrowser(t *testing.T) {
	r := newRig(t)
	cert, key, _ := certificate(t, t.TempDir(), domain)
	r.serve()
	ana := r.agent("ana", "agent")
	r.stop()
	r.serve("--tls-cert", cert, "--tls-key", key)
	b := r.browser(chromedp.Flag("host-resolver-rules", "MAP "+domain+" 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"), chromedp.Flag("ignore-certificate-errors", true))
	b.base = "https://" + domain + ":" + r.base[strings.LastIndex(r.base, ":")+1:]
	b.signIn(ana)
	b.open("/console/sessions", "#nav")
	if seen := ask(b, chromedp.Evaluate[string](`document.cookie`)); seen != "" {
		t.Errorf("script sees %q", seen)
	}
}

// The pages that agents use, scanned for what keeps people out: axe-core, with
// the rules of WCAG 2 A and AA.
func TestConsoleAccessibility(t *testing.T) {
	script, err := exec.CommandContext(t.Context(), "../../scripts/axe").Output()
	if err != nil {
		t.Fatalf("scripts/axe: %v", err)
	}
	axe, err := os.ReadFile(strings.TrimSpace(string(script)))
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	r.command(0, "profiles", "import", r.file("raid.csv", singles(4, "si")))
	r.serve("--policy", r.file("policy.json", raidPolicy))
	root := r.agent("root", "admin")
	for n := range 4 {
		r.text(r.carrier.Phone(phoneNumber(414, n), ""), "ALERTA", "Recibimos su ALERTA")
	}
	r.eventually("agents see an incident", func() bool { return r.tasks()[""] == gateway.TaskRaid })
	r.text(r.juan, "ALERTA me llevan", "Recibimos")
	r.text(r.maria, "donde esta?", "Gracias")
	r.carrier.Phone("+13125550177", "x").Text(t.Context(), sender, "ALERTA")
	b := r.browser()
	scan := func(what string) {
		t.Helper()
		type finding struct {
			ID, Impact, Help string
			Nodes            []struct{ HTML string }
		}
		// The policy of the page keeps script from elsewhere out, this scanner too:
		// it is brought in by the browser itself.
		if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[any](string(axe)+";0")); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		for _, theme := range []string{"light", "dark"} {
			ask(b, chromedp.Evaluate[string](`document.documentElement.dataset.theme = "`+theme+`"`))
			found := ask(b, chromedp.Evaluate[[]finding](
				`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r => r.violations.map(v => ({ID: v.id, Impact: v.impact, Help: v.help, Nodes: v.nodes.map(n => ({HTML: n.html}))})))`,
				func(p *runtime.EvaluateParams) { yes := true; p.AwaitPromise = &yes }))
			for _, f := range found {
				if f.Impact == "serious" || f.Impact == "critical" {
					t.Errorf("%s (%s): %s (%s): %s", what, theme, f.ID, f.Impact, f.Help)
					for _, n := range f.Nodes {
						t.Logf("\t%s", n.HTML)
					}
				} else {
					t.Logf("%s (%s): %s (%s): %s", what, theme, f.ID, f.Impact, f.Help)
				}
			}
		}
		if shown := ask(b, chromedp.Evaluate[int](`[...document.querySelectorAll("[hidden]")].filter(e => getComputedStyle(e).display != "none").length`)); shown > 0 {
			t.Errorf("%s shows %d things that are hidden", what, shown)
		}
		// Nothing is cut off sideways at twice the size, on a screen of 1280 by 800.
		if wide := ask(b, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`)); wide > 0 {
			t.Errorf("%s is %d pixels wider than the window", what, wide)
		}
	}
	b.open("/console/login", "#password")
	scan("log-in")
	b.signIn(root)
	ref := root.get("/console/alerts").match(`/console/alerts/(\d{6})`)
	raid := root.get("/console/alerts").match(`/console/(raids/[0-9a-f]+)`)
	root.get("/console/tasks").submit("/console/tasks/next", nil).redirects("/console/tasks") // one is in hand
	for _, language := range []string{"es", "en"} {
		for _, size := range [][2]int64{{1280, 800}, {640, 400}} {
			b.do(chromedp.EmulateViewport(size[0], size[1]))
			for _, path := range []string{
				"alerts", "alerts/" + ref, "tasks", "raise", "profiles", "profiles/new", "map", "desks", "agents", "audit", "sessions", "card", "archive", raid,
			} {
				b.open("/console/"+path, "#main")
				scan(fmt.Sprintf("%s in %s at %d", path, language, size[0]))
			}
		}
		b.open("/console/alerts", "#nav")
		b.do(chromedp.EmulateViewport(1280, 800), chromedp.Click(".me button[name=lang]"), chromedp.WaitVisible(`html[lang="`+map[string]string{"es": "en", "en": "es"}[language]+`"]`))
	}
}
