// Texts that count. The server renders them for 1 to 9 and for more, because plurals are its business.

/** The text for `figure` out of an element's `data-counted`. */
export function counted(element, figure) {
  const texts = element.dataset.counted.split("|");
  return texts[Math.min(figure, texts.length) - 1];
}
