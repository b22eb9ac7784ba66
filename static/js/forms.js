// Forms: the focus goes to what was not accepted; a pressed button shows that it works and cannot be
// pressed twice.

// After this long the press may be repeated: the person stopped the page, or it was a download.
const GIVE_UP_MS = 15_000;

function focusProblems() {
  document.getElementById("error-summary")?.focus();
}

function release(form) {
  delete form.dataset.busy;
  for (const button of form.querySelectorAll('[aria-busy="true"]')) button.removeAttribute("aria-busy");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.id === "composer") return;
  if (form.dataset.busy) {
    event.preventDefault();
    return;
  }
  form.dataset.busy = "true";
  setTimeout(release, GIVE_UP_MS, form);
  event.submitter?.setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:finally:request", ({ target }) => {
  if (target instanceof HTMLFormElement) release(target);
});

// A page that comes back from the browser's memory is not busy any more.
window.addEventListener("pageshow", ({ persisted }) => {
  if (persisted) document.querySelectorAll("form[data-busy]").forEach(release);
});

document.addEventListener("htmx:after:swap", focusProblems);
focusProblems();
