// Writing to a customer: Enter sends; the message shows at once and the server's version takes its place
// by the id that was made here; without a connection it waits and goes out later, under the same id, so
// that it is sent once. What is being written survives a reload, on the server and on this device.
//
// The server answers a message with its fragments (200), or refuses it (409: something newer came in,
// 422: it cannot be sent) with <hx-partial>s for what is new in the log and for #composer-notice. Anything
// from 500 on, and silence, is tried again.

import { counted } from "./counted.js";
import { signed } from "./csrf.js";
import { stay, toEnd } from "./log.js";
import { measure, split } from "./split.js";

const DRAFT_MS = 2_000;
const RETRY_MS = 10_000;
const ANSWER_MS = 20_000;
// From this share of the limit on the length is shown.
const NEARLY_FULL = 0.9;

let form = null;
let text = null;
let pending = [];
let sending = false;
let retryTimer = null;
let draftTimer = null;
let draftSaving = Promise.resolve();

const key = (what) => `tiski:${what}:${document.body.dataset.person}:${form.dataset.conversation}`;
const field = (name) => form.elements.namedItem(name);

// `crypto.randomUUID` is missing on plain http in a local network.
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function remember(what, value) {
  try {
    if (value) localStorage.setItem(key(what), value);
    else localStorage.removeItem(key(what));
  } catch {
    // A full or forbidden storage; the server's copy remains.
  }
}

function recall(what) {
  try {
    return localStorage.getItem(key(what));
  } catch {
    return null;
  }
}

// ---- what is being written

function count() {
  const place = document.getElementById("composer-count");
  const [limit, unit] = [Number(form.dataset.limit), form.dataset.unit];
  const length = measure(text.value.trim(), unit);
  if (length > limit) place.textContent = counted(place, split(text.value, limit, unit).length);
  else place.textContent = length > limit * NEARLY_FULL ? `${length} / ${limit}` : "";
}

function write(value) {
  text.value = value;
  count();
}

function saveDraft() {
  const draft = text.value;
  const place = form;
  draftSaving = fetch(place.dataset.draftUrl, { method: "POST", keepalive: true, headers: { "HX-Request": "true" }, body: signed({ text: draft }) })
    .then((answer) => {
      if (answer.ok && text.value === draft && place === form) remember("draft", null);
    })
    .catch(() => {});
}

function edited() {
  count();
  remember("draft", text.value);
  clearTimeout(draftTimer);
  draftTimer = setTimeout(saveDraft, DRAFT_MS);
}

// ---- what is on its way

function store() {
  remember("pending", pending.length > 0 ? JSON.stringify(pending) : null);
}

const bubble = ({ id }) => document.getElementById(`message-${id}`);

function show(entry) {
  const log = document.getElementById("log");
  if (!log || bubble(entry)) return;
  const element = document.getElementById("pending-message").content.firstElementChild.cloneNode(true);
  element.id = `message-${entry.id}`;
  element.querySelector(".msg__bubble").textContent = entry.text;
  const time = element.querySelector("time");
  const at = new Date(entry.at);
  time.dateTime = at.toISOString();
  time.textContent = at.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  log.append(element);
  toEnd();
}

function wait(waits) {
  for (const entry of pending) {
    const line = bubble(entry)?.querySelector("[data-waiting]");
    if (line) line.hidden = !waits;
  }
  stay();
}

/** Takes everything that is still on its way back into the box: the agent decides anew. */
function giveBack() {
  const texts = pending.map((entry) => entry.text);
  for (const entry of pending) bubble(entry)?.remove();
  pending = [];
  store();
  write([...texts, text.value].filter(Boolean).join("\n\n"));
  remember("draft", text.value);
  text.focus();
}

/** Posts one message. True when it is settled, false when it has to be tried again later. */
async function post(entry) {
  let answer;
  try {
    answer = await fetch(form.action, {
      method: "POST",
      headers: { "HX-Request": "true", Accept: "text/html" },
      body: signed({ client_id: entry.id, last_seen_message_id: entry.seen, text: entry.text, ...(entry.quoted && { quoted_message_id: entry.quoted }) }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
  } catch {
    return false;
  }
  if (answer.status >= 500) return false;
  const fragment = await answer.text();
  if (answer.ok && !answer.redirected) {
    pending.shift();
    store();
    await htmx.swap({ sourceElement: form, text: fragment, target: document.getElementById("log"), swap: "upsert" });
    return true;
  }
  const notice = document.getElementById("composer-notice");
  notice.textContent = form.dataset.notSent;
  giveBack();
  // The answer says why in fragments of its own, e.g. the message that came in meanwhile.
  if (answer.status === 409 || answer.status === 422) {
    await htmx.swap({ sourceElement: form, text: fragment, target: form, swap: "none" });
  } else if (answer.status === 401 || answer.redirected) {
    location.reload();
  }
  return true;
}

async function flush() {
  if (sending) return;
  sending = true;
  await draftSaving;
  while (pending.length > 0) {
    if (await post(pending[0])) continue;
    wait(true);
    clearTimeout(retryTimer);
    retryTimer = setTimeout(flush, RETRY_MS);
    break;
  }
  sending = false;
}

function send(event) {
  event.preventDefault();
  const message = text.value.trim();
  if (!message) return;
  // "Send anyway" says which message it has in sight.
  const confirmed = event.submitter?.name === "confirmed_message_id" ? Number(event.submitter.value) : 0;
  const seen = Math.max(Number(field("last_seen_message_id").value), confirmed);
  document.getElementById("composer-notice").replaceChildren();
  clearTimeout(draftTimer);
  remember("draft", null);
  write("");
  // One message answers; the next is about nothing in particular again.
  const quoted = field("quoted_message_id")?.value;
  document.getElementById("composer-quote")?.remove();
  const entry = { id: uuid(), text: message, seen, quoted, at: Date.now() };
  pending.push(entry);
  store();
  show(entry);
  flush();
}

function pressed(event) {
  // While an input method composes, Enter chooses a word. (Safari says so only by the key code.)
  if (event.key !== "Enter" || event.shiftKey || event.altKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  form.requestSubmit();
}

function attach() {
  const found = document.querySelector("form#composer");
  if (found && found !== form) {
    form = found;
    text = field("text");
    form.addEventListener("submit", send);
    text.addEventListener("keydown", pressed);
    text.addEventListener("input", edited);
    pending = JSON.parse(recall("pending") ?? "[]");
    const draft = recall("draft");
    if (draft) write(draft);
    count();
    flush();
  }
  // A refreshed page does not know what is still on its way.
  pending.forEach(show);
}

document.addEventListener("live", () => form && flush());
window.addEventListener("online", () => form && flush());
window.addEventListener("pagehide", () => form && recall("draft") && saveDraft());
document.addEventListener("htmx:after:swap", attach);
attach();
