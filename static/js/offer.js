// Offers count down by the server's clock, which alone decides: at zero the notice waits to be taken away.
// Ctrl Shift Enter accepts the oldest.

import { serverNow } from "./clock.js";

const EVERY_MS = 250;

function tick() {
  for (const offer of document.querySelectorAll("[data-offer]")) {
    const expires = Number(offer.dataset.expires);
    const whole = expires - Number(offer.dataset.offered);
    const left = Math.min(Math.max(expires - serverNow(), 0), whole);
    const seconds = String(Math.ceil(left / 1000));
    const text = offer.querySelector("[data-left]");
    if (text.textContent !== seconds) text.textContent = seconds;
    offer.querySelector("[data-ring]").setAttribute("stroke-dasharray", `${(100 * left) / whole} 100`);
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.ctrlKey || !event.shiftKey) return;
  const accept = document.querySelector("[data-offer] [data-accept]");
  if (!accept) return;
  event.preventDefault();
  accept.click();
});

setInterval(tick, EVERY_MS);
document.addEventListener("htmx:after:swap", tick);
tick();
