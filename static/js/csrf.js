// Fills in the form token where a fragment was rendered without one: what comes through the live stream
// is rendered once for everybody.

/** The token of the session's forms. */
export const token = document.querySelector('meta[name="csrf"]')?.content ?? "";

document.addEventListener(
  "submit",
  ({ target: form }) => {
    const field = form.elements.namedItem("csrf");
    if (field && !field.value) field.value = token;
  },
  { capture: true },
);

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (ctx.request.method === "POST") ctx.request.body.set("csrf", token);
});

/** The fields of a POST that a script makes by itself. */
export function signed(fields) {
  return new URLSearchParams({ csrf: token, ...fields });
}
