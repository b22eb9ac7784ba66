// A question before an act that cannot be taken back: htmx has fetched it into #question, where it is shown
// above the page. A browser that cannot do that is led to its page.

const dialog = document.getElementById("question");
// A selector that older browsers do not know is an error there.
const OPEN = CSS.supports("selector(:popover-open)") ? ":popover-open" : ":not(*)";

function ask() {
  const form = dialog.querySelector("form");
  if (!form || dialog.matches(OPEN)) return;
  if (dialog.showPopover) dialog.showPopover();
  else location.assign(form.action);
}

if (dialog) {
  new MutationObserver(ask).observe(dialog, { childList: true });
  dialog.addEventListener("click", (event) => {
    if (!event.target.closest("[data-keep]")) return;
    event.preventDefault();
    dialog.hidePopover();
  });
  dialog.addEventListener("submit", () => dialog.hidePopover());
}
