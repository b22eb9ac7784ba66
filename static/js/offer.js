// Offers count down by the server's clock, which alone decides: at zero the notice waits to be taken away.
// Ctrl Shift Enter accepts the oldest and Ctrl Shift Backspace rejects it, also while something is being written.
// A new one sounds, again and again where the person wants so, and shows outside the page as its workstream says.

import { serverNow } from "./clock.js";
import { soundOnce } from "./sound.js";

const EVERY_MS = 250;
const REPEAT_MS = 6_000;
// A screen reader is told the time left when so many seconds are left.
const SOON_S = [30, 10];

// What is known of each offer on the page, by its element's id.
const known = new Map();

const canNotify = () => "Notification" in window;

function notify(offer) {
  const { desktop } = offer.dataset;
  const wanted = desktop === "always" || (desktop === "background" && document.hidden);
  if (!wanted || !canNotify() || Notification.permission !== "granted") return null;
  const words = (part) => offer.querySelector(`#${offer.id}-${part}`)?.textContent.trim() ?? "";
  // Of several tabs the last one replaces the others': they have one tag.
  const notification = new Notification(words("who"), { body: words("text"), tag: offer.id, lang: document.documentElement.lang });
  notification.addEventListener("click", () => {
    window.focus();
    notification.close();
  });
  return notification;
}

function ring(offer, times) {
  const { volume } = document.getElementById("hearing")?.dataset ?? {};
  soundOnce(`${offer.id}-${times}`, offer.dataset.sound, Number(volume));
}

function begin(offer) {
  known.set(offer.id, { at: Date.now(), rings: 1, soon: [...SOON_S], notification: notify(offer) });
  ring(offer, 0);
}

function end(id) {
  known.get(id).notification?.close();
  known.delete(id);
}

function goOn(offer, seconds) {
  const state = known.get(offer.id);
  const repeats = document.getElementById("hearing")?.dataset.repeats === "true";
  const due = Math.floor((Date.now() - state.at) / REPEAT_MS);
  if (repeats && due >= state.rings && seconds > 0) {
    state.rings = due + 1;
    ring(offer, due);
  }
  if (seconds <= state.soon[0]) {
    state.soon = state.soon.filter((limit) => limit < seconds);
    const place = offer.querySelector("[data-soon]");
    place.textContent = place.dataset.soon.replace("{n}", seconds);
  }
  const ask = offer.querySelector("[data-notify]");
  if (ask) ask.hidden = !canNotify() || Notification.permission !== "default";
}

function tick() {
  const offers = [...document.querySelectorAll("[data-offer]")];
  for (const id of [...known.keys()].filter((id) => !offers.some((offer) => offer.id === id))) end(id);
  for (const offer of offers) {
    const expires = Number(offer.dataset.expires);
    const whole = expires - Number(offer.dataset.offered);
    const left = Math.min(Math.max(expires - serverNow(), 0), whole);
    const seconds = Math.ceil(left / 1000);
    const text = offer.querySelector("[data-left]");
    if (text.textContent !== String(seconds)) text.textContent = seconds;
    offer.querySelector("[data-ring]").setAttribute("stroke-dasharray", `${(100 * left) / whole} 100`);
    if (!known.has(offer.id)) begin(offer);
    goOn(offer, seconds);
  }
}

const KEYS = { Enter: "[data-accept]", Backspace: "[data-reject]" };

document.addEventListener("keydown", (event) => {
  const selector = KEYS[event.key];
  if (!selector || !event.ctrlKey || !event.shiftKey || event.isComposing) return;
  const button = document.querySelector("[data-offer]")?.querySelector(selector);
  if (!button) return;
  event.preventDefault();
  button.click();
});

document.addEventListener("click", async ({ target }) => {
  if (!target.closest("[data-notify-ask]")) return;
  await Notification.requestPermission();
  tick();
  document.dispatchEvent(new CustomEvent("tiski:permission"));
});

setInterval(tick, EVERY_MS);
document.addEventListener("htmx:after:swap", tick);
tick();

// ---- where the permission is asked for in peace

function tellPermission() {
  for (const place of document.querySelectorAll("[data-permission]")) {
    const state = canNotify() ? Notification.permission : "missing";
    for (const part of place.querySelectorAll("[data-permission-is]")) part.hidden = part.dataset.permissionIs !== state;
  }
}

document.addEventListener("tiski:permission", tellPermission);
tellPermission();
