// Copy buttons: Copy, then Copied for two seconds, said aloud once. The field selects itself on focus, so
// copying by hand needs no permission.

const DONE_MS = 2000;

const announcer = document.createElement("div");
announcer.className = "vh";
announcer.setAttribute("aria-live", "polite");
document.body.append(announcer);

async function copy(input) {
  try {
    await navigator.clipboard.writeText(input.value);
  } catch {
    // Not a secure context (plain http in a local network), or no permission.
    input.select();
    document.execCommand("copy");
  }
}

function showDone(button) {
  const label = button.querySelector("span");
  const icon = button.querySelector("use");
  const before = { label: label.textContent, icon: icon.getAttribute("href") };
  button.classList.add("btn--done");
  label.textContent = button.dataset.copied;
  icon.setAttribute("href", before.icon.replace("#copy", "#check"));
  announcer.textContent = button.dataset.announce;
  setTimeout(() => {
    button.classList.remove("btn--done");
    label.textContent = before.label;
    icon.setAttribute("href", before.icon);
    announcer.textContent = "";
  }, DONE_MS);
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button || button.classList.contains("btn--done")) return;
  await copy(document.getElementById(button.dataset.copy));
  showDone(button);
});

document.addEventListener("focusin", ({ target }) => {
  if (target.matches(".copy-field input")) target.select();
});
