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

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// The page of phones as it is seen: what only a browser shows.

func (s *stand) browser() *browser {
	s.t.Helper()
	return (&rig{t: s.t, base: s.base}).browser()
}

// outside are those of the things chosen that are hidden, or not wholly on the
// screen.
const outside = `(chosen => [...document.querySelectorAll(chosen)].filter(e => {
	const r = e.getBoundingClientRect();
	return !e.offsetParent || r.top < 0 || r.left < 0 || r.bottom > innerHeight || r.right > innerWidth;
}).map(e => e.innerText || e.id))`

// What rings is seen without scrolling, on a telephone and on a small laptop: texts,
// and a call with the button that answers it.
func TestDemoRingsAreSeen(t *testing.T) {
	s := newStand(t, false)
	b := s.browser()
	for _, size := range []struct {
		width, height int64
		rings         string // where a phone says that something has come
		from          string // the phone in trouble
	}{{1366, 768, `.phone:has(.led:not([hidden]))`, "4"}, {390, 844, `.rail a:has(.led:not([hidden]))`, "4"}} {
		s.post("story", url.Values{"do": {"anew"}})
		b.do(chromedp.EmulateViewport(size.width, size.height))
		b.open("/sim/?lang=es", "section#phone-0")
		b.do(chromedp.Click(`#phone-0 .keys button[value=ALERTA]`))
		b.eventually(fmt.Sprintf(`document.querySelectorAll(%q).length >= %s`, size.rings, size.from))
		if hidden := ask(b, chromedp.Evaluate[[]string](fmt.Sprintf(`%s(%q)`, outside, size.rings))); len(hidden) > 0 {
			t.Errorf("%d px: rings outside of the screen: %q", size.width, hidden)
		}
		if y := ask(b, chromedp.Evaluate[float64](`scrollY`)); y != 0 {
			t.Errorf("%d px: the page has scrolled by %v", size.width, y)
		}
		// From the jail's phone: the contact centre's rings, and can be answered.
		s.post("call", url.Values{"phone": {fmt.Sprint(onJail)}, "to": {demoCustody}})
		b.eventually(fmt.Sprintf(`document.querySelector("#phone-%d").dataset.state === "ringing"`, onCenter))
		answer := fmt.Sprintf(`#phone-%d .answer`, onCenter)
		b.eventually(fmt.Sprintf(`document.querySelector(%q).offsetParent !== null`, answer))
		if hidden := ask(b, chromedp.Evaluate[[]string](fmt.Sprintf(`%s(%q)`, outside, answer))); len(hidden) > 0 {
			t.Errorf("%d px: a call that rings cannot be answered without scrolling", size.width)
		}
		b.do(chromedp.Click(answer))
		key := fmt.Sprintf(`#phone-%d .digits button[value="1"]`, onCenter)
		b.do(chromedp.WaitVisible(key), chromedp.Click(key))
		b.sees("Comunicados")
	}
}

// eventually waits until an expression is true, also over a page that loads.
func (b *browser) eventually(so string) {
	b.Helper()
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(b.ctx, patienceOfPages)
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+so+")"))
		cancel()
		if is && err == nil {
			return
		}
		if time.Since(start) > patienceOfPages {
			b.Fatalf("never: %s, %v\nthe page says: %s", so, err, ask(b, chromedp.Evaluate[string](`document.body.innerText`)))
		}
	}
}

// js runs a script whose value nobody wants.
func (b *browser) js(script string) {
	b.Helper()
	ask(b, chromedp.Evaluate[any](script+"; 0"))
}

// One press plays a story: the caption says what happens, the timeline when, and
// the console beside it shows the same alert, logged in. A switch of language
// changes all of it.
func TestDemoStoryIsWatched(t *testing.T) {
	s := newStand(t, true)
	b := s.browser()
	b.do(chromedp.EmulateViewport(1366, 768))
	b.open("/?lang=en", `button[value=main]`)
	if path := ask(b, chromedp.Location()); !strings.HasSuffix(path, "/sim/?lang=en") {
		t.Errorf("/ leads to %s", path)
	}
	const console = `document.querySelector("#console iframe").contentDocument`
	b.eventually(console + `?.querySelector("main")?.innerText.includes("Alerts")`)
	b.do(chromedp.Click(`.tools > a#language`))
	b.eventually(`document.documentElement.lang === "es" && document.readyState === "complete"`)
	b.do(chromedp.Click(`button[value=jail]`))
	b.eventually(`document.body.dataset.doing === "done"`)
	b.sees("A su teléfono, que tiene el oficial", "Maria CONFIRMÓ", "A Maria · entregado")
	b.eventually(console + `.querySelector("#board")?.innerText.includes("Juan Perez")`)
	if lang := ask(b, chromedp.Evaluate[string](console+`.documentElement.lang`)); lang != "es" {
		t.Errorf("the console is in %s", lang)
	}
	if hidden := ask(b, chromedp.Evaluate[[]string](outside+`("#console iframe, .timeline, #caption")`)); len(hidden) > 0 {
		t.Errorf("outside of a screen of 1366 by 768: %q", hidden)
	}
	// An act in the console, from within the page.
	b.js(console + `.querySelector("#board a").click()`)
	b.eventually(console + `.querySelector("#line") !== null`)

	// On a narrow screen the console is one press away, and the phones another.
	b.do(chromedp.EmulateViewport(390, 844))
	if shown := ask(b, chromedp.Evaluate[bool](`document.querySelector("#console").offsetParent !== null`)); shown {
		t.Error("the console takes the phones' room")
	}
	b.do(chromedp.Click(`#console-button`))
	b.eventually(`document.querySelector("#console iframe").getBoundingClientRect().height > 500`)
	b.do(chromedp.Click(`#console-button`), chromedp.WaitVisible(`.phone.in-hand`))
}

// A call is written down in any case. It is spoken by the browser, phrase by phrase
// in its language, once that was asked for.
func TestDemoSpeaks(t *testing.T) {
	s := newStand(t, false)
	b := s.browser()
	b.do(chromedp.EmulateViewport(1366, 768))
	b.open("/sim/?lang=es", "section#phone-0")
	b.js(`window.spoken = [];
		speechSynthesis.speak = (u) => spoken.push(u.lang + " " + u.text);
		speechSynthesis.cancel = () => spoken.push("hush")`)
	const calls = `#phone-0 .pad form.call button`
	call := func() {
		b.do(chromedp.Click(`#phone-0 .pad summary`), chromedp.WaitVisible(calls), chromedp.Click(calls))
		b.eventually(`document.querySelector("#phone-0").dataset.state === "talking"`)
		b.eventually(`[...document.querySelectorAll("#phone-0 li.said")].at(-1)?.innerText.includes("marque 1")`)
	}
	call()
	if spoken := ask(b, chromedp.Evaluate[[]string](`spoken`)); slices.ContainsFunc(spoken, func(w string) bool { return w != "hush" }) {
		t.Errorf("it speaks before it was asked to: %q", spoken)
	}
	b.do(chromedp.Click(`#phone-0 .hangup`))
	b.eventually(`document.querySelector("#phone-0").dataset.state === "idle"`)
	b.do(chromedp.Click(`#voice`))
	call()
	spoken := ask(b, chromedp.Evaluate[[]string](`spoken`))
	for _, want := range []string{"es-MX RED DEMO.", "en-US For English"} {
		if !slices.ContainsFunc(spoken, func(w string) bool { return strings.HasPrefix(w, want) }) {
			t.Errorf("%q is not spoken: %q", want, spoken)
		}
	}
	b.do(chromedp.Click(`#phone-0 .hangup`))
	b.eventually(`spoken.at(-1) === "hush"`)
}

// On a screen that was dialled the keypad writes an answer, which one press sends: a
// number and a PIN as well.
func TestDemoScreenTakesAPIN(t *testing.T) {
	s := newStand(t, false)
	b := s.browser()
	b.do(chromedp.EmulateViewport(1366, 768))
	b.open("/sim/?lang=en", "section#phone-5")
	const phone = `#phone-5 `
	b.do(chromedp.Click(phone+`.pad summary`), chromedp.WaitVisible(phone+`input[name=to]`),
		chromedp.SetValue(phone+`input[name=to]`, demoCode), chromedp.Click(phone+`form.call button`))
	b.eventually(`document.querySelector("#phone-5").dataset.state === "dialled"`)
	for _, answer := range []string{"1", "3125550101", "4821"} {
		before := ask(b, chromedp.Evaluate[int](`document.querySelectorAll("#phone-5 li.said").length`))
		for _, digit := range answer {
			b.do(chromedp.Click(fmt.Sprintf(phone+`.digits button[value="%c"]`, digit)))
		}
		if typed := ask(b, chromedp.Value(phone+`input[name=to]`)); typed != answer {
			t.Errorf("the keys wrote %q", typed)
		}
		b.do(chromedp.Click(phone + `form.call button`))
		b.eventually(fmt.Sprintf(`document.querySelectorAll("#phone-5 li.said").length > %d`, before))
	}
	b.eventually(`document.querySelector("#phone-1 li.in")?.innerText.includes("Juan P.")`)
	if row := ask(b, chromedp.Evaluate[string](`document.querySelector(".timeline").innerText`)); strings.Contains(row, "4821") {
		t.Error("the timeline shows the PIN")
	}
}

// The page keeps nobody out: axe-core finds nothing, in both languages, by day and
// night, wide and narrow, at rest and after each story; and nothing is cut off.
func TestDemoAccessibility(t *testing.T) {
	script, err := exec.CommandContext(t.Context(), "../../scripts/axe").Output()
	if err != nil {
		t.Fatalf("scripts/axe: %v", err)
	}
	axe, err := os.ReadFile(strings.TrimSpace(string(script)))
	if err != nil {
		t.Fatal(err)
	}
	s := newStand(t, true)
	b := s.browser()
	scan := func(what string) {
		t.Helper()
		b.js(string(axe))
		found := ask(b, chromedp.Evaluate[[]string](
			`axe.run(document, {iframes: false, runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r => r.violations.flatMap(v => v.nodes.slice(0, 3).map(n => v.id + ": " + v.help + ": " + n.html.slice(0, 160))))`,
			func(p *runtime.EvaluateParams) { yes := true; p.AwaitPromise = &yes }))
		for _, f := range found {
			t.Errorf("%s: %s", what, f)
		}
		if wide := ask(b, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`)); wide > 0 {
			t.Errorf("%s is %d pixels wider than the window", what, wide)
		}
	}
	for _, story := range []string{"", "jail", "raid"} {
		if story != "" {
			s.post("story", url.Values{"story": {story}})
			s.until(`data-doing="done"`, fmt.Sprintf(`value="%s"`, story))
		}
		for _, theme := range []string{"light", "dark"} {
			b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
				_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
					Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}},
				})
				return err
			}))
			for _, language := range []string{"es", "en"} {
				for _, width := range []int64{1366, 900, 390} {
					if width == 900 && (story == "jail" || theme == "dark") {
						continue // like the others
					}
					b.do(chromedp.EmulateViewport(width, 800))
					b.open("/sim/?lang="+language, "h1")
					scan(fmt.Sprintf("%q in %s, %s, %d px", story, language, theme, width))
				}
			}
		}
	}
}
