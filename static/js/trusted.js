// htmx under our Content-Security-Policy. `require-trusted-types-for 'script'` makes the browser refuse
// text as HTML unless a named policy made it; `trusted-types htmx` allows exactly this policy, once. What
// htmx parses comes from our own server, escaped there; scripts within it are dropped, and the features of
// htmx that evaluate code (hx-on, js:, trigger filters) are refused, as the CSP does anyway.
//
// Also here: the swap style `upsert`, by which an element replaces the one with its id or is added at the
// end. A message may reach a tab twice, as the answer to a form and through the live stream, and in either
// order: what knows of fewer live events than what is there comes too late.

const policy = window.trustedTypes?.createPolicy("htmx", {
  createHTML: (html) => html,
  createScript: () => "",
});

function refuse() {
  throw new Error("evaluating code from attributes is switched off");
}

const asOf = (element) => Number(element.dataset.asOf ?? 0);

function upsert(style, target, fragment) {
  if (style !== "upsert") return false;
  const shown = [];
  for (const element of [...fragment.children]) {
    const known = element.id && document.getElementById(element.id);
    if (known && asOf(element) < asOf(known)) continue;
    if (known) known.replaceWith(element);
    else target.append(element);
    shown.push(element);
  }
  return shown;
}

window.htmx?.registerExtension("tiski", {
  init: (api) => api.initSecurity(policy, refuse, refuse),
  handle_swap: upsert,
});
