// A note to colleagues is stored: its field is empty for the next one. Ctrl Enter adds it.

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement;
  if (form?.matches?.("[data-internal-note]") && ctx.response?.status < 300) form.reset();
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-internal-note]");
  if (!form || event.key !== "Enter" || !event.ctrlKey || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
