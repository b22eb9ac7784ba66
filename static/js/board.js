// The supervisor board's list of conversations is fetched anew when something changes, but never under a
// choice that is being made: while a row is ticked or a filter has the focus it stays as it is.

let isStale = false;

function refresh() {
  const list = document.getElementById("ongoing");
  if (!isStale || !list) return;
  const isTicked = list.querySelector('[name="id"]:checked');
  const isFilled = document.activeElement?.closest("#ongoing .filters");
  if (isTicked || isFilled) return;
  isStale = false;
  htmx.trigger(list, "board-list");
}

document.addEventListener("board", () => {
  isStale = true;
  refresh();
});
document.addEventListener("change", refresh);
document.addEventListener("focusout", () => setTimeout(refresh));
