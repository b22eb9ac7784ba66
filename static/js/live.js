// The light of the live stream, and what to do when the stream is silent. Push is a hint: after a gap
// the page is fetched again.

// The server beats every 5 s; a few missed beats and a bit.
const SILENCE_MS = 20_000;
const CHECK_MS = 5_000;
const BAR_AFTER_MS = 5_000;
const RETRY_MS = 5_000;

const stream = document.getElementById("stream");
const light = document.getElementById("live");
const bar = document.getElementById("live-bar");

let connection = null;
let heardAt = Date.now();
let barTimer = null;
let retryTimer = null;
let refreshWhenLive = false;

function show(state) {
  if (light) {
    light.hidden = false;
    light.dataset.state = state;
    const word = light.querySelector("[data-live-word]");
    if (word.textContent !== light.dataset[state]) word.textContent = light.dataset[state];
  }
  if (state === "live") {
    clearTimeout(barTimer);
    barTimer = null;
    bar.hidden = true;
  } else {
    barTimer ??= setTimeout(() => (bar.hidden = false), BAR_AFTER_MS);
  }
}

function lost() {
  show(navigator.onLine ? "reconnecting" : "offline");
}

function connect() {
  clearTimeout(retryTimer);
  if (connection) {
    // Ends a silent stream, or the pause before the next try; htmx then connects anew.
    connection.reader?.cancel().catch(() => {});
    connection.delayCanceller?.();
  } else {
    htmx.trigger(stream, "connect");
  }
}

/** Fetches this page again and takes over what differs; the caret and the text being written stay. */
export function refresh() {
  return htmx.ajax("GET", location.href, {
    target: "#main",
    select: "#main",
    selectOOB: "#sessions:outerMorph",
    swap: "outerMorph",
  });
}

function watch() {
  if (!connection || Date.now() - heardAt < SILENCE_MS) return;
  heardAt = Date.now();
  refreshWhenLive = true;
  lost();
  connect();
}

function start() {
  stream.addEventListener("htmx:sse:after:connection", ({ detail }) => {
    connection = detail.connection;
    heardAt = Date.now();
    show("live");
    document.dispatchEvent(new CustomEvent("live"));
    if (refreshWhenLive) refresh();
    refreshWhenLive = false;
  });
  stream.addEventListener("htmx:sse:before:message", () => {
    heardAt = Date.now();
    show("live");
  });
  stream.addEventListener("htmx:sse:before:connection", ({ detail }) => {
    if (detail.connection.attempt > 0) lost();
  });
  stream.addEventListener("htmx:sse:error", ({ detail }) => {
    // The sign-in has ended; the page that comes instead says so.
    if (detail.status === 401) location.reload();
    lost();
  });
  stream.addEventListener("htmx:sse:close", () => {
    connection = null;
  });
  // htmx reconnects a stream that once stood; the first connection is ours to try again.
  stream.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (connection) return;
    if (ctx.response?.status === 401 || ctx.response?.raw.redirected) location.reload();
    lost();
    clearTimeout(retryTimer);
    retryTimer = setTimeout(connect, RETRY_MS);
  });

  document.addEventListener("reload", refresh);
  window.addEventListener("online", connect);
  window.addEventListener("offline", lost);
  bar.addEventListener("click", ({ target }) => {
    if (target.closest("[data-live-retry]")) connect();
  });
  setInterval(watch, CHECK_MS);
}

if (stream) start();
