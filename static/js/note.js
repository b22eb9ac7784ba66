// Notes beside a conversation: what is being written is kept on the server, and becomes a note by itself when its
// author goes somewhere else without saving it.

import { signed } from "./csrf.js";

const DRAFT_MS = 2_000;

const form = document.querySelector("form[data-note]");
const text = form?.elements.namedItem("text");
let draftTimer = null;
let isSaved = false;

const post = (url, fields) =>
  fetch(url, { method: "POST", keepalive: true, headers: { "HX-Request": "true" }, body: signed(fields) }).catch(() => {});

function edited() {
  clearTimeout(draftTimer);
  draftTimer = setTimeout(() => post(form.dataset.draftUrl, { text: text.value }), DRAFT_MS);
}

function leave() {
  clearTimeout(draftTimer);
  if (isSaved || !text.value.trim()) return;
  isSaved = true;
  post(form.action, { text: text.value, by_itself: "true" });
}

if (form) {
  text.addEventListener("input", edited);
  form.addEventListener("submit", () => (isSaved = true));
  window.addEventListener("pagehide", leave);
  // A page that comes back from the browser's memory has its note among the others already.
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted && isSaved) location.reload();
  });
}
