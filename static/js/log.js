// The log stays at the newest message when the reader is there, and stays put when not; then a button
// counts what came. What has been seen is told to the server and to the composer.

import { counted } from "./counted.js";
import { signed } from "./csrf.js";

// Within this many pixels of the end counts as being there.
const NEAR_END = 48;
const READ_DELAY_MS = 400;

let log = null;
let atEnd = true;
let fresh = 0;
let newestShown = 0;
let marked = 0;
let readTimer = null;

const jump = () => document.getElementById("log-jump");
const newest = (selector) => Number([...log.querySelectorAll(selector)].at(-1)?.dataset.message ?? 0);

/** Shows the newest message. */
export function toEnd() {
  if (log) log.scrollTop = log.scrollHeight;
}

/** Goes along when what is at the end grows. */
export function stay() {
  if (atEnd) toEnd();
}

function seen() {
  const field = document.querySelector('#composer [name="last_seen_message_id"]');
  if (field) field.value = Math.max(Number(field.value), newest("[data-message]"));
  clearTimeout(readTimer);
  readTimer = setTimeout(markRead, READ_DELAY_MS);
}

async function markRead() {
  const id = newest("[data-inbound]");
  if (document.hidden || !atEnd || id <= marked) return;
  try {
    const answer = await fetch(log.dataset.readUrl, { method: "POST", headers: { "HX-Request": "true" }, body: signed({ message_id: id }) });
    if (answer.ok) marked = id;
  } catch {
    // Told again with the next message, scroll or look.
  }
}

function look() {
  atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
  if (atEnd) {
    fresh = 0;
    newestShown = newest("[data-message]");
    jump().hidden = true;
    seen();
  }
}

function changed(mutations) {
  const gone = new Set(mutations.flatMap(({ removedNodes }) => [...removedNodes].map(({ id }) => id)));
  const came = mutations.flatMap(({ addedNodes }) => [...addedNodes]).filter(({ id }) => id && !gone.has(id));
  if (atEnd || came.some((element) => element.matches(".msg--sending"))) {
    toEnd();
    look();
    return;
  }
  // Earlier messages, fetched above the log, are not news.
  fresh += came.filter((element) => element.matches("[data-inbound]") && Number(element.dataset.message) > newestShown).length;
  newestShown = newest("[data-message]");
  if (fresh > 0) {
    jump().querySelector("span").textContent = counted(jump(), fresh);
    jump().hidden = false;
  }
}

function attach() {
  const found = document.getElementById("log");
  if (!found || found === log) return;
  log = found;
  atEnd = true;
  toEnd();
  log.addEventListener("scroll", look, { passive: true });
  jump().addEventListener("click", toEnd);
  new MutationObserver(changed).observe(log, { childList: true });
  // The composer grows and the keyboard of a phone opens: the newest message stays in sight.
  new ResizeObserver(stay).observe(log);
  look();
}

document.addEventListener("visibilitychange", () => log && look());
document.addEventListener("htmx:after:swap", attach);
attach();
