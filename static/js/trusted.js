// htmx under our Content-Security-Policy. `require-trusted-types-for 'script'` makes the browser refuse
// text as HTML unless a named policy made it; `trusted-types htmx` allows exactly this policy, once. What
// htmx parses comes from our own server, escaped there; scripts within it are dropped, and the features of
// htmx that evaluate code (hx-on, js:, trigger filters) are refused, as the CSP does anyway.
//
// Also here: the swap style `upsert`, by which an element replaces the one with its id or is added at the
// end. A message may reach a tab twice, as the answer to a form and through the live stream.

const policy = window.trustedTypes?.createPolicy("htmx", {
  createHTML: (html) => html,
  createScript: () => "",
});

function refuse() {
  throw new Error("evaluating code from attributes is switched off");
}

function upsert(style, target, fragment) {
  if (style !== "upsert") return false;
  const elements = [...fragment.children];
  for (const element of elements) {
    const known = element.id && document.getElementById(element.id);
    if (known) known.replaceWith(element);
    else target.append(element);
  }
  return elements;
}

window.htmx?.registerExtension("tiski", {
  init: (api) => api.initSecurity(policy, refuse, refuse),
  handle_swap: upsert,
});
