// Ages ("3 min. ago") stay true while a page is open: every <time data-relative>.

import { serverNow } from "./clock.js";

const EVERY_MS = 30_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto", style: "short" });

function age(ms) {
  if (ms < MINUTE) return format.format(0, "second");
  if (ms < HOUR) return format.format(-Math.floor(ms / MINUTE), "minute");
  if (ms < DAY) return format.format(-Math.floor(ms / HOUR), "hour");
  return format.format(-Math.floor(ms / DAY), "day");
}

function retell() {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const text = age(serverNow() - Date.parse(time.dateTime));
    if (time.textContent !== text) time.textContent = text;
  }
}

setInterval(retell, EVERY_MS);
document.addEventListener("htmx:after:swap", retell);
retell();
