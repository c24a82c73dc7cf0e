// Keeps a page up to date: whenever the server says that something has
// changed, the page asks for itself again and takes over the parts that are
// marked as live. Without it everything works, by reloading.
"use strict";
(() => {
	const by = (id) => document.getElementById(id);

	// Printing.
	for (const b of document.querySelectorAll("[data-print]")) {
		b.hidden = false;
		b.addEventListener("click", () => window.print());
	}
	// A form is sent once, however often its button is pressed.
	document.addEventListener("submit", (e) => {
		if (e.target.dataset.sent) { e.preventDefault(); return; }
		if (e.target.method === "post") {
			e.target.dataset.sent = "yes";
			setTimeout(() => delete e.target.dataset.sent, 5000);
		}
	});

	// A switch of the language takes along what was typed into the last form that
	// somebody was at; what is secret is only named.
	let filled = null;
	document.addEventListener("input", (e) => { if (e.target.form && e.target.form.id !== "language") filled = e.target.form; });
	by("language")?.addEventListener("submit", (e) => {
		if (!filled?.isConnected || filled.method !== "post") return;
		const put = (name, value) => {
			const field = document.createElement("input");
			field.type = "hidden";
			field.name = name;
			field.value = value;
			e.target.append(field);
		};
		for (const old of e.target.querySelectorAll("[name^=kept]")) old.remove();
		put("kept-path", new URL(filled.action).pathname);
		for (const [name, value] of new FormData(filled)) {
			if (filled.elements[name]?.type === "password") { if (value) put("kept.lost", name); }
			else if (name !== "csrf" && name !== "once") put("kept." + name, value);
		}
	});

	// A form that says what it showed sends only what was changed. Without script
	// the server compares.
	document.addEventListener("formdata", (e) => {
		const was = [...e.formData.keys()].filter((name) => name.startsWith("was_"));
		for (const name of was) {
			const field = name.slice(4);
			// Of a choice that begins with none, what is chosen is meant.
			if (e.formData.get(field) !== e.formData.get(name) || e.target.elements[field] instanceof RadioNodeList) continue;
			e.formData.delete(field);
			e.formData.delete(name);
		}
	});

	// How long something can still be undone.
	const countDown = () => {
		for (const t of document.querySelectorAll("[data-until]")) {
			const text = Math.max(0, Math.ceil((Date.parse(t.dataset.until) - Date.now()) / 1000)) + " s";
			if (t.textContent !== text) t.textContent = text;
		}
	};
	setInterval(countDown, 250);

	if (!by("nav")) return; // nobody is in

	const main = by("main"), words = by("announce").dataset;

	// What is said to whoever does not see it, one thing after the other.
	let saying = null;
	const say = (text) => {
		by("announce").textContent = "";
		clearTimeout(saying);
		saying = setTimeout(() => { by("announce").textContent = text; }, 100);
	};

	// What an agent chose for this browser is kept under their name's number.
	const choice = (what, value) => {
		const key = what + ":" + words.agent;
		try {
			if (value !== undefined) localStorage.setItem(key, value);
			return localStorage.getItem(key);
		} catch { return value ?? null; } // a browser that keeps nothing
	};

	// Sound is on unless the agent has put it off: browsers want a press before.
	let audio = null;
	const button = by("sound");
	const sounding = () => audio !== null && audio.state === "running";
	const label = () => {
		const on = choice("sound") !== "no";
		button.setAttribute("aria-pressed", String(on));
		button.textContent = !on ? button.dataset.no : sounding() ? button.dataset.yes : button.dataset.soon;
	};
	const begin = async () => {
		if (choice("sound") === "no") return;
		audio ??= new AudioContext();
		audio.onstatechange = label;
		await audio.resume();
		label();
	};
	const tone = (at, pitch, lasts) => {
		const osc = audio.createOscillator(), gain = audio.createGain();
		osc.frequency.value = pitch;
		gain.gain.setValueAtTime(0.0001, at);
		gain.gain.exponentialRampToValueAtTime(0.3, at + 0.02);
		gain.gain.exponentialRampToValueAtTime(0.0001, at + lasts);
		osc.connect(gain).connect(audio.destination);
		osc.start(at);
		osc.stop(at + lasts);
	};
	const ring = (pitches) => {
		if (!sounding()) return;
		pitches.forEach((p, i) => tone(audio.currentTime + i * 0.22, p, 0.2));
	};
	button.hidden = false;
	button.addEventListener("click", async () => {
		if (choice("sound") !== "no" && sounding()) {
			choice("sound", "no");
			await audio.suspend();
			label();
			return;
		}
		choice("sound", "yes");
		await begin();
		ring([660, 880]);
	});
	label();
	for (const press of ["pointerdown", "keydown"]) document.addEventListener(press, begin, { once: true });

	// The browser tells of what is new while the agent looks elsewhere. That is asked
	// for once. A notice says what kind of thing it is, and no name, number or place:
	// it may stand on a locked screen.
	const offer = by("offer"), notices = by("notices");
	const mayNotify = () => "Notification" in window && Notification.permission === "granted" && choice("notices") === "yes";
	const showNotices = () => {
		offer.hidden = !("Notification" in window) || Notification.permission === "denied" || choice("notices") !== null;
		notices.hidden = !("Notification" in window) || !offer.hidden;
		notices.setAttribute("aria-pressed", String(mayNotify()));
		notices.textContent = mayNotify() ? notices.dataset.yes : notices.dataset.no;
	};
	const wantNotices = async () => {
		choice("notices", await Notification.requestPermission() === "granted" ? "yes" : "no");
		showNotices();
	};
	offer.addEventListener("click", (e) => {
		if (e.target.value === "yes") wantNotices();
		if (e.target.value === "no") { choice("notices", "no"); showNotices(); }
	});
	notices.addEventListener("click", () => {
		if (!mayNotify()) { wantNotices(); return; }
		choice("notices", "no");
		showNotices();
	});
	showNotices();
	const notify = (kind) => {
		if (!mayNotify() || document.hasFocus()) return;
		const notice = new Notification(words[kind], { tag: "aviso-" + kind, renotify: true, lang: document.documentElement.lang });
		notice.onclick = () => { window.focus(); notice.close(); };
	};

	// The title says that something is new until somebody looks.
	let title = document.title, sign = "";
	const showTitle = () => { document.title = sign ? sign + " " + title : title; };
	const seen = () => { sign = ""; showTitle(); by("flash").classList.remove("here"); };
	addEventListener("focus", seen);
	document.addEventListener("pointerdown", seen);
	document.addEventListener("keydown", seen);

	// Ages count on between changes.
	const age = (s) => {
		if (s < 60) return Math.floor(s) + " s";
		if (s < 3600) return Math.floor(s / 60) + " min";
		if (s < 172800) return Math.floor(s / 3600) + " h " + String(Math.floor(s / 60) % 60).padStart(2, "0");
		return Math.floor(s / 86400) + " d";
	};
	setInterval(() => {
		for (const t of document.querySelectorAll("time[data-age]")) {
			const text = age(Math.max(0, (Date.now() - Date.parse(t.dateTime)) / 1000));
			if (t.textContent !== text) t.textContent = text;
		}
	}, 1000);

	// Where the pointer is, and whether it is pressing something.
	let pointer = null, pressed = false;
	const point = (e) => { pointer = e.pointerType === "touch" ? null : { x: e.clientX, y: e.clientY }; };
	document.addEventListener("pointermove", point, { passive: true });
	document.addEventListener("pointerdown", (e) => { point(e); pressed = true; });
	for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => setTimeout(() => { pressed = false; waiting?.(); }));
	document.documentElement.addEventListener("pointerleave", () => { pointer = null; space(0, room.below); });
	addEventListener("blur", () => { pressed = false; });
	let waiting = null; // what is taken over once nothing is pressed

	// An update moves nothing that somebody is at: what is under the pointer, or has
	// the focus, stays where it is in the window. What came in or went above it is
	// scrolled away by as much; where the page is too short for that it gets room,
	// which is taken back unseen as soon as it can be.
	const room = { above: 0, below: 0 };
	const space = (above, below) => {
		if (above === room.above && below === room.below) return;
		room.above = above;
		room.below = below;
		main.style.paddingTop = above ? `calc(.4rem + ${above}px)` : "";
		main.style.paddingBottom = below ? `calc(3rem + ${below}px)` : "";
	};
	const relax = () => {
		const back = Math.min(room.above, scrollY);
		if (back > 0) { space(room.above - back, room.below); scrollBy({ top: -back, behavior: "instant" }); }
		const bottom = document.documentElement.scrollHeight - room.below;
		space(room.above, Math.min(room.below, Math.max(0, scrollY + innerHeight - bottom)));
	};
	addEventListener("scrollend", relax);
	const anchor = () => {
		const at = pointer && document.elementFromPoint(pointer.x, pointer.y)?.closest("[id]");
		if (at && main.contains(at) && at !== main) return at;
		const active = document.activeElement;
		if (active && main.contains(active) && active !== main) return active.closest("[id]");
		return scrollY > 0 ? document.elementFromPoint(innerWidth / 2, innerHeight / 3)?.closest("main [id]") : null;
	};
	let pointed = null; // what is under the pointer while a change is made
	const steady = (change) => {
		pointed = pointer && document.elementFromPoint(pointer.x, pointer.y); // in the midst of a change it cannot be asked for
		const at = anchor(), top = () => at.getBoundingClientRect().top, before = at && top();
		change();
		pointed = null;
		if (!at?.isConnected) return;
		const scroll = () => scrollBy({ top: top() - before, behavior: "instant" });
		scroll();
		const off = top() - before;
		if (off > 0.5) { space(room.above, room.below + off); scroll(); }
		else if (off < -0.5) space(room.above - off, room.below);
	};

	const away = by("away");
	const lost = (why) => {
		if (away.hidden === !why && (!why || away.textContent === away.dataset[why])) return;
		steady(() => { away.hidden = !why; if (why) away.textContent = away.dataset[why]; });
	};

	// A part is brought up to date in place, node by node: what has the same id, or
	// the same place among its likes, stays the same node. Whatever somebody is at is
	// let alone: a form that is being filled in, words that are selected.
	const typed = (el) => el.matches("input:not([type=hidden]), textarea, select") && (
		el.type === "checkbox" || el.type === "radio" ? el.checked !== el.defaultChecked
		: el.matches("select") ? [...el.options].some((o, i) => o.selected !== (o.defaultSelected || i === 0 && ![...el.options].some((p) => p.defaultSelected)))
		: el.value !== el.defaultValue);
	const focused = (el) => el.contains(document.activeElement) && document.activeElement !== document.body && !document.activeElement.closest("[data-answered]");
	const filling = (el) => !el.matches("[data-answered]") && (focused(el)
		|| typed(el) || [...el.querySelectorAll("input, textarea, select")].some((f) => !f.closest("[data-answered]") && typed(f)));
	const selected = (el) => {
		const s = getSelection();
		return s.rangeCount > 0 && !s.isCollapsed && s.getRangeAt(0).intersectsNode(el);
	};
	const under = (el) => el.matches(":hover") || pointed !== null && el.contains(pointed);
	const element = (node) => node.nodeType === Node.ELEMENT_NODE;
	const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && (!element(a) || a.id === b.id && a.getAttribute("name") === b.getAttribute("name"));
	const added = []; // rows
	// What is no more, and only stands there because the pointer is on it, does
	// nothing; a form that was filled in is answered by the server.
	for (const press of ["mousedown", "click"]) {
		document.addEventListener(press, (e) => { if (e.target.closest('[data-gone=""]')) { e.preventDefault(); e.stopPropagation(); } }, true);
	}

	const attributes = (old, next) => {
		for (const { name, value } of [...next.attributes]) if (name !== "open" && name !== "class" && old.getAttribute(name) !== value) old.setAttribute(name, value);
		for (const { name } of [...old.attributes]) if (!["open", "class", "data-sent", "data-leaving", "data-answered", "style"].includes(name) && !next.hasAttribute(name)) old.removeAttribute(name);
		const looks = (next.getAttribute("class") ?? "") + (old.classList.contains("new") ? " new" : "");
		if ((old.getAttribute("class") ?? "") !== looks) old.setAttribute("class", looks);
	};
	const patch = (old, next) => {
		if (old.isEqualNode(next)) return;
		if (!element(old)) {
			if (old.data !== next.data && !selected(old)) old.data = next.data;
			return;
		}
		if (old.matches("form[data-answered]")) { // what was typed has been sent, and what came of it is what counts
			attributes(old, next);
			old.removeAttribute("data-answered");
			old.replaceChildren(...[...next.childNodes].map((n) => document.importNode(n, true)));
			return;
		}
		if (old.matches("form, input, textarea, select") && filling(old)) return;
		attributes(old, next);
		if (old.matches("[data-age], [data-until]")) return; // counts by itself
		if (old.matches("input, textarea")) { if (old.type !== "checkbox" && old.type !== "radio") old.value = old.defaultValue = next.defaultValue; return; }
		children(old, next);
	};
	const children = (old, next) => {
		const olds = [...old.childNodes], used = new Set();
		let from = 0;
		const order = [...next.childNodes].map((n) => {
			const i = olds.findIndex((o, k) => (n.id || k >= from) && !used.has(o) && alike(o, n));
			if (i < 0) {
				const fresh = document.importNode(n, true);
				if (element(fresh) && fresh.matches("tr[id], li[id], article[id], .call")) added.push(fresh);
				return fresh;
			}
			if (!n.id) from = i + 1;
			used.add(olds[i]);
			patch(olds[i], n);
			return olds[i];
		});
		// What is no more stays for as long as somebody is at it, and does nothing.
		olds.forEach((o, i) => {
			if (used.has(o)) return;
			const before = olds.slice(0, i).reverse().find((p) => order.includes(p));
			const stays = () => order.splice(before ? order.indexOf(before) + 1 : 0, 0, o);
			if (element(o) && o.matches("[data-keep]")) { stays(); return; } // a number that was shown
			if (!element(o) || !(filling(o) || selected(o) || under(o) && !o.querySelector("[data-answered]"))) { o.remove(); return; }
			o.dataset.gone = filling(o) ? "filling" : "";
			const why = next.getAttribute("data-over");
			if (why && filling(o) && !o.querySelector(".over")) {
				const note = document.createElement("p");
				note.className = "note bad over";
				note.setAttribute("role", "alert");
				note.textContent = why;
				o.prepend(note);
			}
			if (!o.dataset.leaving) {
				o.dataset.leaving = "yes";
				for (const end of ["pointerleave", "focusout"]) o.addEventListener(end, () => setTimeout(() => {
					if (o.hasAttribute("data-gone") && !filling(o) && !selected(o) && !under(o)) steady(() => o.remove());
				}));
			}
			stays();
		});
		// A node that is moved loses the focus: whatever has it stays, and the others
		// are moved around it.
		const pivot = Math.max(0, order.findIndex((o) => element(o) && o.contains(document.activeElement)));
		if (order.length && order[pivot].parentNode !== old) old.prepend(order[pivot]);
		for (let i = pivot - 1; i >= 0; i--) if (order[i].nextSibling !== order[i + 1]) old.insertBefore(order[i], order[i + 1]);
		for (let i = pivot + 1; i < order.length; i++) if (order[i - 1].nextSibling !== order[i]) old.insertBefore(order[i], order[i - 1].nextSibling);
	};
	// Keys of forms differ each time the page is made: not a change.
	const bare = (html) => html.replace(/name="(once|csrf)" value="[^"]*"/g, "").replace(/(<time [^>]*data-age[^>]*>|data-until="[^"]*">)[^<]*/g, "$1");

	// New rows of a list wait while somebody is at it, with the pointer or the keys:
	// at its top stands how many. They come in once nobody is, or are asked for.
	const news = by("newer"), unseen = new Set(); // rows that wait, or have come in above the window
	let held = false, letIn = false;
	const here = (part) => pointer && part.contains(document.elementFromPoint(pointer.x, pointer.y)) || part.contains(document.activeElement);
	const tellNews = () => {
		news.hidden = unseen.size === 0;
		news.textContent = "▲ " + unseen.size + " " + (unseen.size === 1 ? news.dataset.single : news.dataset.many);
		news.style.top = Math.max(8, document.querySelector("header").getBoundingClientRect().bottom + 8) + "px";
	};
	const hold = (part, next) => {
		if (letIn || !part.matches("[data-hold]") || !here(part)) return;
		for (const row of next.querySelectorAll("[data-row]")) {
			if (by(row.id)) continue;
			unseen.add(row.id);
			held = true;
			row.remove();
		}
		for (const group of next.querySelectorAll("[data-group]")) if (!by(group.id) && !group.querySelector("[data-row]")) group.remove();
	};
	let looksAway = null;
	const lookAway = () => {
		looksAway ??= setTimeout(() => {
			looksAway = null;
			if (held && ![...document.querySelectorAll("[data-hold]")].some(here)) { held = false; unseen.clear(); look(); }
		}, 150);
	};
	document.addEventListener("pointermove", lookAway, { passive: true });
	document.documentElement.addEventListener("pointerleave", lookAway);
	document.addEventListener("focusout", lookAway);
	news.addEventListener("click", async () => {
		const first = [...unseen];
		letIn = true;
		await look();
		letIn = held = false;
		unseen.clear();
		tellNews();
		scrollTo({ top: 0 });
		first.map(by).find((row) => row)?.querySelector("a, button")?.focus();
	});
	addEventListener("scrollend", () => { if (scrollY < 80 && !held) unseen.clear(); tellNews(); });

	const swap = (fresh, parts) => {
		if (pressed) { waiting = () => { waiting = null; swap(fresh, parts); }; return; }
		const first = new Set();
		steady(() => {
			for (const part of parts) {
				const next = fresh.getElementById(part.id);
				if (!next) continue;
				for (const rows of [part, ...part.querySelectorAll("[data-hold]")]) {
					const then = rows === part ? next : rows.id && next.querySelector("#" + rows.id);
					if (then) hold(rows, then);
				}
				if (bare(part.innerHTML) === bare(next.innerHTML)) continue;
				const empty = !part.querySelector("tr[id], li[id], article[id], .call");
				added.length = 0;
				children(part, next);
				if (!empty || part.id === "calls") for (const row of added) first.add(row);
			}
		});
		for (const row of first) {
			row.classList.add("new");
			setTimeout(() => row.classList.remove("new"), 7000);
			// Nobody has meant to press what has just come up under the pointer.
			if (pointer && row.contains(document.elementFromPoint(pointer.x, pointer.y))) {
				row.classList.add("sudden");
				setTimeout(() => row.classList.remove("sudden"), 1000);
			}
			if (row.matches("tr, article") && row.getBoundingClientRect().bottom < 0) unseen.add(row.id);
		}
		tellNews();
	};

	// What is new since this tab was last told of it, on whichever page that was.
	const newest = (doc) => ({ ...doc.getElementById("pulse")?.dataset });
	const list = (text) => (text || "").split(" ").filter(Boolean);
	const heed = (now) => {
		let told = null;
		try { told = JSON.parse(sessionStorage.getItem("told")); } catch { /* nothing is kept */ }
		told ??= newest(document);
		try { sessionStorage.setItem("told", JSON.stringify(now)); } catch { /* nor now */ }
		const raid = list(now.raids).find((r) => !list(told.raids).includes(r));
		const fresh = now.news && now.news > (told.news || "");
		const call = list(now.calls).some((c) => !list(told.calls).includes(c));
		const open = " " + words.open + ": " + now.open + ".";
		const said = [];
		if (raid) { sign = "●"; ring([440, 660, 440, 660, 440, 660]); said.push(words.raid + ": " + raid.split("=")[1].replaceAll("_", " ") + "." + open); notify("raid"); }
		if (fresh) { sign = "●"; ring([880, 660, 880, 660]); said.push(words.alert + "." + open); notify("alert"); }
		if (call) { sign = "☎"; ring([520, 520]); said.push(words.call + "."); notify("call"); }
		if (said.length) say(said.join(" "));
		showTitle();
	};

	let asking = null, askAgain = false;
	const look = () => {
		if (asking) { askAgain = true; return asking; }
		asking = ask().finally(() => { asking = null; if (askAgain) { askAgain = false; return look(); } });
		return asking;
	};
	const parse = (html) => new DOMParser().parseFromString(html, "text/html");
	const ask = async () => {
		try {
			const answer = await fetch(document.body.hasAttribute("data-follow") ? location.href : "/console/alerts", { headers: { "X-Live": "1" } });
			if (answer.redirected && new URL(answer.url).pathname === "/console/login") { lost("gone"); stream.close(); return; }
			if (!answer.ok) { lost("lost"); return; }
			const fresh = parse(await answer.text());
			lost("");
			heed(newest(fresh));
			if (document.body.hasAttribute("data-follow")) { swap(fresh, document.querySelectorAll("[data-live]")); title = fresh.title; }
			else swap(fresh, ["nav", "calls", "waiting"].map(by)); // the page answers a form: its frame alone follows
			showTitle();
		} catch {
			lost("lost");
		}
	};

	// A form is answered in its place: what is being typed into the others stays.
	const native = (form, submitter) => { form.dataset.native = "yes"; form.requestSubmit(submitter?.form === form ? submitter : null); };
	const flash = (text) => {
		const note = document.createElement("p");
		note.className = "note bad";
		note.setAttribute("role", "alert");
		note.textContent = text;
		by("flash").replaceChildren(note);
		by("flash").classList.add("here");
	};
	const follow = (form, fresh) => {
		if (pressed) { waiting = () => { waiting = null; follow(form, fresh); }; return; }
		const active = document.activeElement, around = [];
		for (let el = active; el && el !== main; el = el.parentElement) if (el.id) around.push(el.id);
		form.dataset.answered = "yes";
		if (fresh.getElementById("number")) by("number")?.remove(); // one at a time
		steady(() => {
			for (const id of ["nav", "calls", "waiting"]) children(by(id), fresh.getElementById(id));
			children(main, fresh.getElementById("main"));
		});
		form.removeAttribute("data-answered");
		held = false;
		unseen.clear();
		tellNews();
		title = fresh.title;
		showTitle();
		by("flash").classList.toggle("here", by("flash").childElementCount > 0);
		if (!main.querySelector("#flash [role=alert]")) say(by("flash").innerText);
		const number = by("number");
		if (number && fresh.getElementById("number")) { number.querySelector("a").focus(); say(number.innerText); return; }
		const invalid = main.querySelector("[aria-invalid=true]");
		if (invalid) { invalid.focus(); return; }
		if (document.activeElement && document.activeElement !== document.body) return;
		const near = around.map(by).find((el) => el);
		const control = near?.matches("a, button, input, select, textarea, summary") ? near : near?.querySelector("button, a, select, textarea, input:not([type=hidden])");
		(control ?? main).focus({ preventScroll: true });
	};
	const send = async (form, submitter) => {
		const body = new URLSearchParams(new FormData(form, submitter));
		let answer, fresh;
		try {
			answer = await fetch(form.action, { method: "POST", body });
			fresh = parse(await answer.text());
		} catch {
			flash(words.unsent);
			return;
		} finally {
			delete form.dataset.sent;
		}
		const to = new URL(answer.url);
		const framed = fresh.getElementById("nav") && fresh.getElementById("flash");
		if (answer.redirected && (to.pathname !== location.pathname || !framed)) { location.assign(answer.url); return; }
		if (framed) { follow(form, fresh); return; }
		// Logged out, or not allowed: the page that says so shows what was typed.
		if (answer.ok || answer.status === 401 || answer.status === 403) { native(form, submitter); return; }
		flash(fresh.querySelector("main")?.innerText.trim() || words.unsent);
	};
	document.addEventListener("submit", (e) => {
		const form = e.target;
		if (e.defaultPrevented || form.method !== "post" || form.dataset.native || ![main, by("waiting"), by("calls")].some((part) => part.contains(form))) return;
		e.preventDefault();
		send(form, e.submitter);
	});
	document.addEventListener("click", (e) => {
		const hide = e.target.closest("[data-hide]");
		if (!hide) return;
		e.preventDefault();
		const shown = hide.closest("[data-keep]"), back = shown?.parentElement;
		shown?.remove();
		back?.querySelector("button")?.focus();
	});

	const stream = new EventSource("/console/events");
	stream.addEventListener("change", look);
	stream.addEventListener("gone", () => { lost("gone"); stream.close(); });
	stream.addEventListener("error", () => { lost("lost"); if (stream.readyState === EventSource.CLOSED) setTimeout(look, 2000); });
	heed(newest(document));

	// The search is a key away.
	document.addEventListener("keydown", (e) => {
		const typing = e.target.closest("input, textarea, select, [contenteditable]");
		if (!(e.key === "/" && !typing && !e.ctrlKey && !e.metaKey && !e.altKey || e.key.toLowerCase() === "k" && (e.ctrlKey || e.metaKey))) return;
		e.preventDefault();
		by("find").focus();
		by("find").select();
	});
})();
