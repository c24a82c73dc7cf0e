// What the phones do while you watch. Without this file the page still works,
// by its forms.
"use strict";

const body = document.body;
const lang = document.documentElement.lang;
const phones = [...document.querySelectorAll(".phone")];
const link = document.getElementById("link");
document.documentElement.classList.add("scripted");

for (const phone of phones) {
  toEnd(phone.querySelector(".thread"));
  phone.addEventListener("pointerdown", () => seen(phone));
  phone.addEventListener("focusin", () => seen(phone));
}

// Two streams: what comes to the phones, and how far it is.
listen("events", body.dataset.seq, show);
listen("news", body.dataset.new, (news) => told[news.kind](news));

function listen(name, after, take) {
  const stream = new EventSource(`${name}?lang=${lang}&after=${after}`);
  stream.onopen = () => { link.textContent = ""; };
  stream.onerror = () => { link.textContent = body.dataset.lost; };
  stream.onmessage = (event) => take(JSON.parse(event.data));
}

function show(line) {
  const phone = phones[line.phone];
  const list = phone.querySelector(".thread ol");
  const last = list.lastElementChild;
  const before = phone.dataset.state;
  if (line.kind === "keys" && last?.classList.contains("keys") && line.state === "talking") {
    last.querySelector("p").textContent += line.body.at(-1);
  } else {
    const item = list.querySelector(`li.ghost[data-sid="${line.sid}"]`) ?? bubble(list, line.sid);
    fill(item, line, phone);
  }
  toEnd(phone.querySelector(".thread"));
  phone.dataset.state = line.state;
  const calling = line.state === "talking" || line.state === "dialled";
  if (calling !== (before === "talking" || before === "dialled")) {
    phone.querySelector(".pad")?.toggleAttribute("open", calling);
    const to = phone.querySelector("input[name=to]");
    if (to) to.value = line.state === "dialled" ? "" : body.dataset.sender;
  }
  const to = phone.querySelector(".to");
  if (line.kind === "in" && to) to.textContent = line.peer;
  if (line.ring) ring(phone, line.phone);
  if (line.kind === "said") speak(line.say);
  if (line.state === "idle" && line.call) hush();
}

function bubble(list, sid) {
  const item = document.createElement("li");
  item.dataset.sid = sid;
  list.append(item);
  return item;
}

function fill(item, line, phone) {
  item.className = line.kind;
  item.dataset.way = line.way;
  const time = element("time", line.clock);
  time.dateTime = line.time;
  const place = phone.dataset.place;
  time.title = place;
  const small = element("small", "");
  small.append(time, element("span", place && ` ${place}`, "place"), element("span", line.arrived && ` · ${line.arrived}`, "way"), element("span", line.size && ` · ${line.size}`, "size"));
  item.replaceChildren(element("p", line.body), small);
}

function element(name, text, kind) {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

// What the news are, by their kind.
const rows = document.querySelector(".timeline ol");
const told = {
  state(news) {
    const list = phones[news.phone].querySelector(".thread ol");
    const known = list.querySelector(`li[data-sid="${news.sid}"]`);
    if (!known && news.state !== "way") return;
    const item = known ?? bubble(list, news.sid);
    if (!known) {
      item.className = "in ghost";
      item.append(element("p", "…"), element("small", "", "way"));
    }
    item.dataset.way = news.state;
    item.querySelector(".way").textContent = known && !known.classList.contains("ghost") ? ` · ${news.words}` : news.words;
    toEnd(list.parentElement);
  },
  line(news) {
    let row = rows.querySelector(`li[data-sid="${news.sid}"]`);
    if (!row) {
      row = document.createElement("li");
      row.dataset.sid = news.sid;
      const what = element("span", "");
      what.append(element("span", "", "words"));
      if (news.quote) what.append(" ", element("q", news.quote));
      row.append(element("b", news.at), what);
      row.dataset.after = news.after;
      rows.insertBefore(row, [...rows.children].find((other) => Number(other.dataset.after) > news.after) ?? null);
    }
    row.classList.toggle("loud", news.loud);
    row.querySelector(".words").textContent = news.words;
    toEnd(rows.parentElement);
  },
  story(news) {
    body.dataset.doing = news.state;
    document.querySelector("#caption span").textContent = news.words;
    const progress = document.getElementById("progress");
    progress.max = news.steps;
    progress.value = news.step;
    for (const button of document.querySelectorAll("button[name=story]")) {
      const on = button.value === news.story && (news.state === "playing" || news.state === "paused");
      button.toggleAttribute("aria-current", on);
      if (on) toScene(button.dataset.scene);
    }
    if (news.step && news.state === "playing") take(news.phone);
  },
  clear() { // a story, or the beginning
    for (const list of document.querySelectorAll(".thread ol, .timeline ol")) list.replaceChildren();
    for (const led of document.querySelectorAll(".led")) led.hidden = true;
    for (const phone of phones) phone.dataset.state = "idle";
    hush();
  },
};

function toEnd(box) { box.scrollTop = box.scrollHeight; }

// On a narrow screen one phone is in the hand, and the others stand in a row with
// what is new on them.
const rail = [...document.querySelectorAll(".rail a")];
function take(index) {
  for (const phone of phones) phone.classList.toggle("in-hand", phone === phones[index]);
  for (const other of rail) other.toggleAttribute("aria-current", other.dataset.phone === String(index));
  seen(phones[index], false);
}
for (const entry of rail) {
  entry.addEventListener("click", (event) => {
    event.preventDefault();
    take(Number(entry.dataset.phone));
    phones[entry.dataset.phone].scrollIntoView({ block: "nearest" });
  });
}

function toScene(name) {
  if (body.dataset.scene === name) return;
  body.dataset.scene = name;
  for (const button of document.querySelectorAll(".scenes button")) button.setAttribute("aria-pressed", button.dataset.scene === name);
  take(phones.findIndex((phone) => phone.dataset.scene === name && !phone.classList.contains("small")));
}
for (const button of document.querySelectorAll(".scenes button")) button.addEventListener("click", () => toScene(button.dataset.scene));
take(location.hash.startsWith("#phone-") && phones[location.hash.slice(7)] ? Number(location.hash.slice(7))
  : phones.findIndex((phone) => phone.dataset.scene === body.dataset.scene && !phone.classList.contains("small")));

function seen(phone, byHand = true) {
  if (byHand || phone.offsetParent) mark(phone, false);
}

function mark(phone, fresh) {
  phone.querySelector(".led").hidden = !fresh;
  const entry = rail.find((other) => other.dataset.phone === phone.dataset.phone);
  if (entry) entry.querySelector(".led").hidden = !fresh;
}

function ring(phone, index) {
  const entry = rail.find((other) => other.dataset.phone === phone.dataset.phone);
  mark(phone, !phone.contains(document.activeElement));
  for (const ringing of [phone, entry]) {
    if (!ringing) continue;
    ringing.classList.remove("ringing");
    void ringing.offsetWidth; // so that a second text shakes it again
    ringing.classList.add("ringing");
    setTimeout(() => ringing.classList.remove("ringing"), 1200);
  }
  setTimeout(() => seen(phone, false), 10000); // where it can be seen at all
  // A call is to be answered: unless somebody is typing, that phone comes to hand.
  if (phone.dataset.state === "ringing" && document.activeElement?.tagName !== "INPUT") take(index);
  beep(index);
}

// Ring and voice stay off until they are asked for, as browsers and neighbours want it.
function toggle(id, turned) {
  const button = document.getElementById(id);
  button.hidden = false;
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? button.dataset.on : button.dataset.off;
    turned(on);
  });
}
const isOn = (id) => document.getElementById(id).getAttribute("aria-pressed") === "true";

let audio = null;
toggle("sound", (on) => {
  if (!on) return;
  audio ??= new AudioContext();
  audio.resume();
  beep(0);
});
if ("speechSynthesis" in window) toggle("voice", (on) => { if (!on) hush(); });

// What a call says stands on the screen in any case.
function speak(phrases) {
  if (!isOn("voice")) return;
  for (const phrase of phrases ?? []) {
    if (!phrase.lang) continue; // a recording, or tones
    const spoken = new SpeechSynthesisUtterance(phrase.text);
    spoken.lang = phrase.lang;
    speechSynthesis.speak(spoken);
  }
}
function hush() {
  if ("speechSynthesis" in window) speechSynthesis.cancel();
}

function beep(index) {
  if (!audio || !isOn("sound")) return;
  [0, 0.14].forEach((delay, note) => {
    const start = audio.currentTime + delay;
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.type = "square";
    tone.frequency.value = (note ? 988 : 784) * 2 ** ((index % 12) / 12); // each phone has its own pitch
    volume.gain.setValueAtTime(0.05, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.12);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.13);
  });
}

// The console is beside the phones where there is room, and one press away where not.
const consoleButton = document.getElementById("console-button");
if (consoleButton) {
  const frame = document.querySelector("#console iframe");
  const wide = matchMedia("(min-width: 75rem)");
  const load = () => { if (!frame.src) frame.src = frame.dataset.src; };
  // Within the page the console need not offer to call its reader back to it.
  frame.addEventListener("load", () => frame.contentDocument?.getElementById("offer")?.remove());
  const arrange = () => {
    consoleButton.hidden = wide.matches;
    if (wide.matches) load();
  };
  wide.addEventListener("change", arrange);
  arrange();
  consoleButton.addEventListener("click", () => {
    const open = body.classList.toggle("console-open");
    consoleButton.setAttribute("aria-expanded", String(open));
    consoleButton.textContent = open ? consoleButton.dataset.on : consoleButton.dataset.off;
    load();
  });
}

// Forms are sent without leaving the page; what they cause comes as an event.
document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const phone = form.closest(".phone");
  const digit = event.submitter?.name === "key" && event.submitter.value;
  const to = phone?.querySelector("input[name=to]");
  if (digit && phone.dataset.state === "dialled") { // a screen takes a whole answer
    to.value += digit;
    return;
  }
  const fields = new FormData(form, event.submitter);
  const text = form.querySelector("input[name=body]") ?? (phone?.dataset.state === "dialled" && form.querySelector("input[name=to]"));
  const typed = text?.value;
  if (text) text.value = ""; // a number to call stays
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(fields),
    });
    link.textContent = answer.ok ? "" : body.dataset.couldNot + await answer.text();
    if (form.classList.contains("people") && answer.ok) location.reload(); // the quick texts are others now
  } catch {
    link.textContent = body.dataset.lost;
    if (text) text.value = typed;
  }
});
document.addEventListener("change", (event) => {
  if (event.target.name === "pickup") event.target.form.requestSubmit();
});
