// The reply window counts down. The server alone decides: at the end the page is fetched again.

import { serverNow } from "./clock.js";
import { refresh } from "./live.js";

const EVERY_MS = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function left(bar, ms) {
  const unit = (name, figure) => bar.dataset[name].replace("{n}", figure);
  const [days, hours, minutes] = [Math.floor(ms / DAY), Math.floor((ms % DAY) / HOUR), Math.floor((ms % HOUR) / MINUTE)];
  if (days > 0) return `${unit("days", days)} ${unit("hours", hours)}`;
  if (hours > 0) return `${unit("hours", hours)} ${unit("minutes", minutes)}`;
  return unit("minutes", minutes);
}

function tick() {
  const bar = document.getElementById("window-bar");
  if (!bar?.dataset.deadline) return;
  const ms = Number(bar.dataset.deadline) - serverNow();
  if (ms <= 0) {
    delete bar.dataset.deadline;
    refresh();
    return;
  }
  const text = left(bar, ms);
  const slot = bar.querySelector("[data-left]");
  if (slot.textContent !== text) slot.textContent = text;
  bar.querySelector("progress").value = ms;
  if (!bar.classList.contains("window-bar--info")) bar.classList.toggle("window-bar--warn", ms < HOUR);
}

setInterval(tick, EVERY_MS);
document.addEventListener("htmx:after:swap", tick);
tick();
