// What needs an administrator, told by the browser to one who looks elsewhere. It is asked for by a button,
// and only where there is something to tell; each thing is told once, by one tab.

const TOLD = "tiski-alarm-told";

const bar = document.getElementById("alarm");

function offer() {
  const ask = bar.querySelector("[data-alarm-ask]");
  if (ask) ask.hidden = !("Notification" in window) || Notification.permission !== "default";
}

function tell() {
  const key = bar.dataset.alarm ?? "";
  if (!key) localStorage.removeItem(TOLD);
  const mayTell = "Notification" in window && Notification.permission === "granted";
  if (!key || !mayTell || !document.hidden || localStorage.getItem(TOLD) === key) return;
  localStorage.setItem(TOLD, key);
  const href = bar.querySelector("[data-alarm-link]").href;
  const notification = new Notification(bar.querySelector("[data-alarm-title]").textContent, { tag: "tiski-alarm" });
  notification.addEventListener("click", () => {
    window.focus();
    location.href = href;
    notification.close();
  });
}

function look() {
  offer();
  tell();
}

if (bar) {
  bar.addEventListener("click", async ({ target }) => {
    if (!target.closest("[data-alarm-ask]")) return;
    await Notification.requestPermission();
    offer();
  });
  document.addEventListener("htmx:finally:swap", look);
  document.addEventListener("visibilitychange", tell);
  look();
}
