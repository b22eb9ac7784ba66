// The server's clock as seen from here. People's computers are minutes off; deadlines are the server's.

let ahead = Number(document.querySelector("[data-now]")?.dataset.now ?? Date.now()) - Date.now();

document.addEventListener("beat", ({ detail }) => {
  const server = Number(detail.data);
  if (server > 0) ahead = server - Date.now();
});

/** Milliseconds since 1970 by the server's clock. */
export function serverNow() {
  return Date.now() + ahead;
}
