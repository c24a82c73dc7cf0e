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
	let title = document.title, news = "";
	const showTitle = () => { document.title = news ? news + " " + title : title; };
	const seen = () => { news = ""; showTitle(); };
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

	const away = by("away");
	const lost = (why) => { away.hidden = !why; if (why) away.textContent = away.dataset[why]; };

	// Somebody who is typing in a part, or has chosen something in it, keeps it
	// as it is until they are done.
	const busy = (part) => {
		const active = document.activeElement;
		if (part.contains(active) && active.matches("input:not([type=hidden]), select, textarea")) return true;
		for (const el of part.querySelectorAll("input:not([type=hidden]), textarea, select")) {
			if (el.type === "checkbox" || el.type === "radio" ? el.checked !== el.defaultChecked
				: el.matches("select") ? [...el.options].some((o) => o.selected !== o.defaultSelected) && el.selectedIndex > 0
				: el.value !== el.defaultValue) return true;
		}
		return false;
	};
	// What is pressed with the keyboard keeps the focus: it is found again by
	// where it leads.
	const handle = (el) => el.id ? "#" + CSS.escape(el.id)
		: el.href ? `a[href="${CSS.escape(el.getAttribute("href"))}"]`
		: el.form ? `form[action="${CSS.escape(el.form.getAttribute("action"))}"] button` : null;
	// Keys of forms differ each time the page is made: not a change.
	const bare = (html) => html.replace(/name="(once|csrf)" value="[^"]*"/g, "").replace(/(<time [^>]*data-age[^>]*>|data-until="[^"]*">)[^<]*/g, "$1");

	const swap = (fresh) => {
		for (const part of document.querySelectorAll("[data-live]")) {
			const next = fresh.getElementById(part.id);
			if (!next || bare(part.innerHTML) === bare(next.innerHTML) || busy(part)) continue;
			const active = document.activeElement;
			const again = part.contains(active) ? handle(active) : null;
			const known = new Set([...part.querySelectorAll("tr[id]")].map((r) => r.id));
			const opened = new Set([...part.querySelectorAll("details")].map((d, i) => d.open ? i : -1));
			part.replaceChildren(...next.childNodes);
			if (known.size) for (const r of part.querySelectorAll("tr[id]")) if (!known.has(r.id)) r.classList.add("new");
			part.querySelectorAll("details").forEach((d, i) => { if (opened.has(i)) d.open = true; });
			if (again) part.querySelector(again)?.focus();
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
			if (document.body.hasAttribute("data-follow")) { swap(fresh); title = fresh.title; }
			else for (const id of ["nav", "calls"]) { // the page answers a form: its head alone follows
				const part = fresh.getElementById(id);
				if (part && bare(part.innerHTML) !== bare(by(id).innerHTML)) by(id).replaceChildren(...part.childNodes);
			}
			if (after.newest && after.newest > (before.newest || "")) { news = "●"; ring([880, 660, 880, 660]); }
			if ((after.calls || "").split(" ").some((c) => c && !(before.calls || "").includes(c))) { news = "☎"; ring([520, 520]); }
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
