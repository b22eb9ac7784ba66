// While something is offered the server asks whether this page hears it. Without an answer the browser is gone,
// and the offer goes on to somebody else.

import { signed } from "./csrf.js";

document.addEventListener("answer", ({ detail }) => {
  // When it does not arrive there is nothing to do here: the stream ends, and is opened anew.
  fetch("/events/answers", { method: "POST", body: signed({ stream: detail.data }) }).catch(() => {});
});
