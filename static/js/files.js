// Sending files: those that were chosen, dropped on the conversation or pasted are listed first, so that nothing goes
// out by a slip of the hand; *Send files*, or *Send*, lets them go one after the other, each with its progress. The
// server answers as it does to a message (see composer.js); what it did not hear goes out again under the same id.

import { signed } from "./csrf.js";

const RETRY_MS = 10_000;

let waiting = [];
let isSending = false;

const composer = () => document.querySelector("form#composer");
const picker = () => document.getElementById("composer-pick");
const panel = () => document.getElementById("composer-staged");
const isHere = ({ conversation }) => composer()?.dataset.conversation === conversation;

function size(bytes) {
  const [amount, unit] = bytes < 1_000_000 ? [Math.ceil(bytes / 1_000), "kilobyte"] : [bytes / 1_000_000, "megabyte"];
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, maximumFractionDigits: 1 }).format(amount);
}

function row(entry) {
  const item = document.getElementById("staged-file").content.firstElementChild.cloneNode(true);
  const [name, state, remove, bar] = item.children;
  name.textContent = entry.file.name;
  name.id = `staged-${entry.id}`;
  state.textContent = size(entry.file.size);
  remove.id = `remove-${entry.id}`;
  remove.setAttribute("aria-labelledby", `${remove.id} ${name.id}`);
  remove.addEventListener("click", () => drop(entry));
  bar.setAttribute("aria-labelledby", name.id);
  return { item, state, bar };
}

/** Shows what is chosen and on its way for this conversation: also after the page around it was replaced. */
function show() {
  const place = panel();
  if (!place) return;
  const own = waiting.filter(isHere);
  for (const entry of own) entry.row ??= row(entry);
  place.querySelector("ul").replaceChildren(...own.map((entry) => entry.row.item));
  place.hidden = own.length === 0;
  document.getElementById("composer-send-files").hidden = own.every((entry) => entry.isReleased);
}

function drop(entry) {
  entry.request?.abort();
  waiting = waiting.filter((other) => other !== entry);
  show();
}

function stage(files) {
  if (!picker() || files.length === 0) return;
  const conversation = composer().dataset.conversation;
  document.getElementById("composer-notice").replaceChildren();
  for (const file of files) {
    waiting.push({ id: crypto.getRandomValues(new Uint32Array(4)).join("-"), file, conversation, action: document.getElementById("composer-upload").action, isReleased: false });
  }
  show();
}

function body({ id, file }) {
  const form = new FormData();
  for (const [name, value] of signed({ client_id: id })) form.append(name, value);
  // What is too large is refused by its beginning, in the server's words.
  const limit = Number(picker()?.dataset.limit ?? file.size);
  form.append("files", file.size > limit ? file.slice(0, limit + 1) : file, file.name);
  return form;
}

function post(entry) {
  const { bar, state } = entry.row;
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    entry.request = request;
    request.open("POST", entry.action);
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("Accept", "text/html");
    bar.hidden = false;
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.value = total > 0 ? loaded / total : 0;
      state.textContent = `${Math.floor(100 * bar.value)} %`;
    });
    request.upload.addEventListener("load", () => {
      state.textContent = panel()?.dataset.storing ?? "";
    });
    request.addEventListener("load", () => resolve({ status: request.status, text: request.responseText }));
    request.addEventListener("error", () => resolve({ status: 0, text: "" }));
    request.addEventListener("abort", () => resolve({ status: -1, text: "" }));
    request.send(body(entry));
  });
}

/** Sends one. True when it is settled, false when it has to be tried again later. */
async function send(entry) {
  const { status, text } = await post(entry);
  if (status === -1) return true;
  if (status === 0 || status >= 500) {
    entry.row.state.textContent = panel()?.dataset.lost ?? "";
    entry.row.bar.hidden = true;
    return false;
  }
  drop(entry);
  // Of another conversation the page that shows it knows.
  if (!isHere(entry)) return true;
  const form = composer();
  if (status === 200) {
    await htmx.swap({ sourceElement: form, text, target: document.getElementById("log"), swap: "upsert" });
    return true;
  }
  document.getElementById("composer-notice").textContent = form.dataset.notSent;
  // The answer says why in fragments of its own.
  if (status === 409 || status === 422) await htmx.swap({ sourceElement: form, text, target: form, swap: "none" });
  else if (status === 401) location.reload();
  return true;
}

async function flush() {
  if (isSending) return;
  isSending = true;
  for (let next; (next = waiting.find((entry) => entry.isReleased)); ) {
    if (await send(next)) continue;
    setTimeout(flush, RETRY_MS);
    break;
  }
  isSending = false;
}

function release() {
  for (const entry of waiting.filter(isHere)) entry.isReleased = true;
  show();
  flush();
}

const place = () => document.querySelector("main.conv");
const brings = (event) => picker() && event.dataTransfer?.types.includes("Files");

document.addEventListener("change", (event) => {
  if (event.target !== picker()) return;
  stage([...event.target.files]);
  event.target.value = "";
});
document.addEventListener("click", (event) => {
  if (event.target.closest("#composer-send-files")) release();
});
document.addEventListener("submit", (event) => {
  if (event.target === composer()) release();
});
document.addEventListener("dragover", (event) => {
  if (!brings(event)) return;
  event.preventDefault();
  place()?.classList.add("conv--drop");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) place()?.classList.remove("conv--drop");
});
document.addEventListener("drop", (event) => {
  place()?.classList.remove("conv--drop");
  if (!brings(event)) return;
  event.preventDefault();
  stage([...event.dataTransfer.files]);
});
document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (files.length === 0 || event.target.id !== "composer-text") return;
  event.preventDefault();
  stage(files);
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || !event.shiftKey || event.code !== "KeyU" || !picker()) return;
  event.preventDefault();
  picker().click();
});
window.addEventListener("beforeunload", (event) => {
  if (waiting.length > 0) event.preventDefault();
});
window.addEventListener("online", flush);
document.addEventListener("htmx:after:swap", show);
