// Quick replies: a slash at the beginning of a reply opens the list, what is typed behind it filters; the arrows
// choose, Enter puts the text into the box, Escape closes. The server finds and fills them.

const DELAY_MS = 80;

let isOpen = false;
let every = false;
let timer = null;
let asking = null;

const panel = () => document.getElementById("quick");
const box = () => document.getElementById("composer-text");
const options = () => [...panel().querySelectorAll("[role=option]")];
const chosen = () => panel().querySelector("[aria-selected=true]");

/** What is typed behind the slash; null when the reply does not begin with one. */
function typed() {
  const text = box().value;
  return text.startsWith("/") && !text.includes("\n") ? text.slice(1) : null;
}

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) box().setAttribute("aria-activedescendant", option.id);
  else box().removeAttribute("aria-activedescendant");
}

function close() {
  clearTimeout(timer);
  asking?.abort();
  isOpen = false;
  every = false;
  if (!panel()) return;
  panel().hidden = true;
  panel().replaceChildren();
  for (const name of ["aria-controls", "aria-activedescendant"]) box()?.removeAttribute(name);
}

async function show() {
  const query = new URLSearchParams({ search: typed() ?? "" });
  if (every) query.set("every", "true");
  asking?.abort();
  asking = new AbortController();
  let list;
  try {
    const answer = await fetch(`${panel().dataset.url}?${query}`, { headers: { "HX-Request": "true" }, signal: asking.signal });
    if (!answer.ok || answer.redirected) return;
    list = await answer.text();
  } catch {
    return; // Overtaken by the next letter, or without a connection: the reply can still be written.
  }
  if (!isOpen || !panel() || !box()) return;
  await htmx.swap({ sourceElement: panel(), text: list, target: panel(), swap: "innerHTML" });
  panel().hidden = false;
  box().setAttribute("aria-controls", "quick-list");
  choose(options()[0]);
}

function open() {
  isOpen = true;
  clearTimeout(timer);
  timer = setTimeout(show, DELAY_MS);
}

function insert(option) {
  const text = box();
  if (typed() === null) text.setRangeText(option.dataset.text, text.selectionStart, text.selectionEnd, "end");
  else text.value = option.dataset.text;
  close();
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
  text.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: "quick" }));
}

function move(by) {
  const all = options();
  if (all.length > 0) choose(all[(all.indexOf(chosen()) + by + all.length) % all.length]);
}

// Before the composer hears of it: Enter would send.
document.addEventListener("keydown", (event) => {
  if (!isOpen || event.target !== box() || event.isComposing || event.keyCode === 229) return;
  const acts = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => chosen() && insert(chosen()),
    Tab: () => chosen() && insert(chosen()),
    Escape: close,
  };
  const act = acts[event.key];
  if (!act || event.shiftKey || ((event.key === "Enter" || event.key === "Tab") && !chosen())) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}, true);

document.addEventListener("input", (event) => {
  if (event.target.id !== "composer-text" || event.detail === "quick") return;
  if (typed() === null) close();
  else open();
});

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element) || !panel()) return;
  const option = event.target.closest("#quick [role=option]");
  if (option) {
    insert(option);
  } else if (event.target.closest("[data-quick-every]")) {
    every = true;
    box().focus();
    open();
  } else if (event.target.closest("#quick-button")) {
    event.preventDefault();
    if (isOpen) close();
    else open();
    box().focus();
  } else if (isOpen && !event.target.closest("#quick, #composer-text")) {
    close();
  }
});
