// A menu is closed when something in it was chosen; without scripts the next page has it closed.

document.addEventListener("submit", ({ target }) => target.closest(".menu[popover]")?.hidePopover?.());
