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

	// Sound, once somebody has asked for it: browsers want a press before.
	let audio = null;
	const button = by("sound");
	const sounding = () => audio !== null && audio.state === "running";
	const label = () => {
		button.setAttribute("aria-pressed", String(sounding()));
		button.textContent = sounding() ? button.dataset.yes : button.dataset.no;
	};
	const begin = async () => {
		audio ??= new AudioContext();
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
		if (sounding()) { await audio.suspend(); sessionStorage.removeItem("sound"); label(); return; }
		await begin();
		sessionStorage.setItem("sound", "yes");
		ring([660, 880]);
	});
	if (sessionStorage.getItem("sound")) {
		begin(); // allowed where the person has pressed something on this site
		document.addEventListener("pointerdown", begin, { once: true });
		document.addEventListener("keydown", begin, { once: true });
	}

	// The title says that something is new until somebody looks.
	let title = document.title, sign = "";
	const showTitle = () => { document.title = sign ? sign + " " + title : title; };
	const seen = () => { sign = ""; showTitle(); };
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
	const main = by("main"), room = { above: 0, below: 0 };
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
	const steady = (change) => {
		const at = anchor(), top = () => at.getBoundingClientRect().top, before = at && top();
		change();
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
	const filling = (el) => el.contains(document.activeElement) && document.activeElement !== document.body
		|| typed(el) || [...el.querySelectorAll("input, textarea, select")].some(typed);
	const selected = (el) => {
		const s = getSelection();
		return s.rangeCount > 0 && !s.isCollapsed && s.getRangeAt(0).intersectsNode(el);
	};
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
		for (const { name } of [...old.attributes]) if (!["open", "class", "data-sent", "data-leaving", "style"].includes(name) && !next.hasAttribute(name)) old.removeAttribute(name);
		const looks = (next.getAttribute("class") ?? "") + (old.classList.contains("new") ? " new" : "");
		if ((old.getAttribute("class") ?? "") !== looks) old.setAttribute("class", looks);
	};
	const patch = (old, next) => {
		if (old.isEqualNode(next)) return;
		if (!element(old)) {
			if (old.data !== next.data && !selected(old)) old.data = next.data;
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
			if (!element(o) || !(filling(o) || selected(o) || o.matches(":hover"))) { o.remove(); return; }
			o.dataset.gone = filling(o) ? "filling" : "";
			if (!o.dataset.leaving) {
				o.dataset.leaving = "yes";
				for (const end of ["pointerleave", "focusout"]) o.addEventListener(end, () => setTimeout(() => {
					if (o.hasAttribute("data-gone") && !filling(o) && !selected(o) && !o.matches(":hover")) steady(() => o.remove());
				}));
			}
			const before = olds.slice(0, i).reverse().find((p) => order.includes(p));
			order.splice(before ? order.indexOf(before) + 1 : 0, 0, o);
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

	const news = by("newer");
	news.addEventListener("click", () => { news.hidden = true; scrollTo({ top: 0 }); });
	addEventListener("scrollend", () => { if (scrollY < 80) news.hidden = true; });

	const swap = (fresh, parts) => {
		if (pressed) { waiting = () => { waiting = null; swap(fresh, parts); }; return; }
		const first = new Set();
		steady(() => {
			for (const part of parts) {
				const next = fresh.getElementById(part.id);
				if (!next || bare(part.innerHTML) === bare(next.innerHTML)) continue;
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
			if (row.matches("tr, article") && row.getBoundingClientRect().bottom < 0) news.hidden = false;
		}
	};

	const newest = (doc) => doc.getElementById("pulse")?.dataset ?? {};
	let asking = false, askAgain = false;
	const look = async () => {
		if (asking) { askAgain = true; return; }
		asking = true;
		try {
			const answer = await fetch(document.body.hasAttribute("data-follow") ? location.href : "/console/alerts", { headers: { "X-Live": "1" } });
			if (answer.redirected && new URL(answer.url).pathname === "/console/login") { lost("gone"); stream.close(); return; }
			if (!answer.ok) { lost("lost"); return; }
			const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
			const before = { ...newest(document) }, after = newest(fresh);
			lost("");
			if (document.body.hasAttribute("data-follow")) { swap(fresh, document.querySelectorAll("[data-live]")); title = fresh.title; }
			else swap(fresh, ["nav", "calls", "waiting"].map(by)); // the page answers a form: its frame alone follows
			if (after.newest && after.newest > (before.newest || "")) { sign = "●"; ring([880, 660, 880, 660]); }
			if ((after.calls || "").split(" ").some((c) => c && !(before.calls || "").includes(c))) { sign = "☎"; ring([520, 520]); }
			showTitle();
		} catch {
			lost("lost");
		} finally {
			asking = false;
			if (askAgain) { askAgain = false; look(); }
		}
	};
	const stream = new EventSource("/console/events");
	stream.addEventListener("change", look);
	stream.addEventListener("gone", () => { lost("gone"); stream.close(); });
	stream.addEventListener("error", () => { lost("lost"); if (stream.readyState === EventSource.CLOSED) setTimeout(look, 2000); });
})();
