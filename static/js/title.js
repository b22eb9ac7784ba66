// How many messages wait unread, where a person looks who is in another tab: the tab's title and picture,
// and the badges of the navigation. The session list knows the figure.

const icon = document.querySelector('link[rel="icon"]');
const read = icon.href;

function show() {
  const unread = Number(document.getElementById("sessions")?.dataset.unread ?? 0);
  const name = document.title.replace(/^\(\d+\) /, "");
  const title = unread > 0 ? `(${unread}) ${name}` : name;
  if (document.title !== title) document.title = title;
  const href = unread > 0 ? icon.dataset.unreadHref : read;
  if (icon.getAttribute("href") !== href) icon.setAttribute("href", href);
  for (const badge of document.querySelectorAll("[data-unread-badge]")) {
    badge.hidden = unread === 0;
    badge.textContent = unread > 9 ? "9+" : unread;
  }
}

// The last event of a swap: by then htmx has set the title of a page that was fetched again.
document.addEventListener("htmx:finally:swap", show);
show();
