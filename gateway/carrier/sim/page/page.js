// What the phones do while you watch. Without this file the page still works,
// by its forms.
"use strict";

document.documentElement.classList.add("scripted");
const phones = [...document.querySelectorAll(".phone")];
const link = document.getElementById("link");

for (const time of document.querySelectorAll("time")) {
  time.textContent = clock(new Date(time.dateTime));
}
for (const phone of phones) {
  toEnd(phone);
  phone.addEventListener("pointerdown", () => seen(phone));
  phone.addEventListener("focusin", () => seen(phone));
}

const events = new EventSource("events?after=" + document.body.dataset.seq);
events.onopen = () => { link.textContent = ""; };
events.onerror = () => { link.textContent = "No connection to the gateway"; };
events.onmessage = (event) => show(JSON.parse(event.data));

function show(line) {
  const phone = phones[line.phone];
  const item = document.createElement("li");
  item.className = line.kind;
  const body = document.createElement("p");
  body.textContent = line.body;
  const small = document.createElement("small");
  const time = document.createElement("time");
  time.dateTime = line.time;
  time.textContent = clock(new Date(line.time));
  small.append(time, line.size ? " · " + line.size : "");
  item.append(body, small);
  phone.querySelector(".thread ol").append(item);
  toEnd(phone);
  phone.dataset.state = line.state;
  if (line.state === "talking" || line.state === "dialled") phone.querySelector(".pad").open = true;
  if (line.kind === "in") phone.querySelector(".to").textContent = line.peer;
  if (line.ring) ring(phone, line.phone);
}

function clock(date) {
  return date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
}

function toEnd(phone) {
  const thread = phone.querySelector(".thread");
  thread.scrollTop = thread.scrollHeight;
}

function seen(phone) {
  phone.querySelector(".led").hidden = true;
}

function ring(phone, index) {
  phone.querySelector(".led").hidden = phone.contains(document.activeElement);
  phone.classList.remove("ringing");
  void phone.offsetWidth; // so that a second text shakes it again
  phone.classList.add("ringing");
  setTimeout(() => phone.classList.remove("ringing"), 1200);
  beep(index);
}

// Sound stays off until it is asked for, as browsers and neighbours want it.
let audio = null;
const sound = document.getElementById("sound");
sound.hidden = false;
sound.addEventListener("click", () => {
  const on = sound.getAttribute("aria-pressed") !== "true";
  sound.setAttribute("aria-pressed", String(on));
  sound.textContent = on ? "Sound: on" : "Sound: off";
  if (on) {
    audio ??= new AudioContext();
    audio.resume();
    beep(0);
  }
});

function beep(index) {
  if (!audio || sound.getAttribute("aria-pressed") !== "true") return;
  [0, 0.14].forEach((delay, note) => {
    const start = audio.currentTime + delay;
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.type = "square";
    tone.frequency.value = (note ? 988 : 784) * 2 ** (index / 12); // each phone has its own pitch
    volume.gain.setValueAtTime(0.05, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.12);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.13);
  });
}

// Forms are sent without leaving the page; what they cause comes as an event.
document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const fields = new FormData(form, event.submitter);
  const text = form.querySelector("input[name=body]");
  const typed = text?.value;
  if (text) text.value = ""; // a number to call stays
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(fields),
    });
    link.textContent = answer.ok ? "" : "The phone could not do this: " + await answer.text();
  } catch {
    link.textContent = "No connection to the gateway";
    if (text) text.value = typed;
  }
});
document.addEventListener("change", (event) => {
  if (event.target.name === "pickup") event.target.form.requestSubmit();
});
