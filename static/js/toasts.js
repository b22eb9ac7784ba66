// Says what came of the form that led here, and that a request came to nothing where the page itself would
// show no difference.

const SHOWN_MS = 10_000;

// Only pages of signed-in people have the place for it.
const region = document.getElementById("toasts");
const template = document.getElementById("toast");

/** Shows a sentence for ten seconds, longer while the pointer or the focus is on it; `act` is a form or a link. */
export function toast(text, icon, act) {
  if (!region) return;
  const element = template.content.firstElementChild.cloneNode(true);
  element.querySelector(".grow").textContent = text;
  if (icon) element.querySelector(".icon").replaceWith(icon);
  if (act) element.querySelector(".grow").after(act);
  region.append(element);
  const leave = () => {
    if (element.matches(":hover, :focus-within")) setTimeout(leave, SHOWN_MS);
    else element.remove();
  };
  setTimeout(leave, SHOWN_MS);
}

document.addEventListener("click", ({ target }) => {
  target.closest("[data-dismiss]")?.closest(".toast").remove();
});

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const { status } = ctx.response;
  if (status === 401) location.reload();
  // Lists that fetch themselves again do so once more with the next event.
  else if (ctx.request.method !== "POST") return;
  else if (status === 403 || status === 404) toast(region?.dataset.forbidden);
  else if (status >= 500) toast(region?.dataset.failed);
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx?.request.method === "POST") toast(region?.dataset.failed);
});

// What the page says from the start, and what the live stream tells, is said anew, so that it is announced and
// goes away.
function say(said) {
  said.remove();
  toast(said.querySelector(".grow").textContent, said.querySelector(".icon"), said.querySelector("form, a"));
}

region?.querySelectorAll(".toast").forEach(say);
if (region) new MutationObserver(() => region.querySelectorAll("[data-told]").forEach(say)).observe(region, { childList: true });
