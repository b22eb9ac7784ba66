// Forms with `data-unsaved`: the row with *Save* becomes a bar that stays in sight and names what is not
// saved yet; *Discard* brings the saved values back; leaving the page asks.

import { counted } from "./counted.js";

const FORM = "form[data-unsaved]";

/** What was refused, or only looked at, was typed but never saved: the page cannot know any more what is. */
const wasRefused = (form) => form.querySelector('[aria-invalid="true"], .error-summary, [data-not-saved]') !== null;

function isChanged(control) {
  if (control instanceof HTMLSelectElement) {
    const options = [...control.options];
    // Without a chosen option in the markup the browser shows the first.
    const hasDefault = control.multiple || options.some((option) => option.defaultSelected);
    return options.some((option, index) => option.selected !== (hasDefault ? option.defaultSelected : index === 0));
  }
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
  return control.value !== control.defaultValue;
}

/** The element that names a control, and the name. */
function place(control) {
  const row = control.closest(".field, .setting") ?? control.closest("label");
  const label = row?.querySelector(".field__label, .setting__label, legend") ?? row;
  return { label, name: label?.firstChild?.textContent.trim() || control.name };
}

function update(form) {
  const bar = form.querySelector("[data-save-bar]");
  for (const label of form.querySelectorAll("[data-changed]")) delete label.dataset.changed;
  const names = new Set();
  for (const control of form.elements) {
    if (!control.name || ["hidden", "submit"].includes(control.type) || !isChanged(control)) continue;
    const { label, name } = place(control);
    names.add(name);
    if (label) label.dataset.changed = bar.dataset.word;
  }
  const text = bar.querySelector(".savebar__text");
  const isDirty = names.size > 0;
  text.hidden = !isDirty;
  bar.querySelector('[type="reset"]').hidden = !isDirty;
  bar.classList.toggle("savebar", isDirty);
  bar.classList.toggle("form-end", !isDirty);
  if (isDirty) {
    bar.setAttribute("role", "region");
    bar.setAttribute("aria-label", bar.dataset.region);
    text.querySelector("strong").textContent = counted(bar, names.size);
    text.querySelector("span").textContent = [...names].join(", ");
  } else {
    bar.removeAttribute("role");
    bar.removeAttribute("aria-label");
  }
  form.dataset.unsaved = isDirty || wasRefused(form) ? "yes" : "";
}

const formOf = (target) => (target.form ?? target).closest?.(FORM);

for (const type of ["input", "change"]) {
  document.addEventListener(type, ({ target }) => {
    const form = formOf(target);
    if (form) update(form);
  });
}

document.addEventListener("reset", ({ target }) => {
  // The values are back only after the event.
  if (target.matches(FORM)) setTimeout(update, 0, target);
});

let isLeaving = false;
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) isLeaving = true;
});

window.addEventListener("beforeunload", (event) => {
  const hasUnsaved = document.querySelector(`${FORM}[data-unsaved="yes"]`) !== null;
  if (hasUnsaved && !isLeaving) event.preventDefault();
});

// A page that comes back from the browser's memory, or that the browser filled in again.
window.addEventListener("pageshow", () => {
  isLeaving = false;
  document.querySelectorAll(FORM).forEach(update);
});
