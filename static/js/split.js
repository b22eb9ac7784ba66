// Where a long text will be cut, as the server cuts it (domain::text): at the last line break, sentence
// end or space in the second half of each part, else between two characters as people see them.

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The length as the platform counts: `utf16` code units, or `characters` (code points). */
export function measure(text, unit) {
  return unit === "utf16" ? text.length : [...text].length;
}

function hardCut(text, max, unit) {
  let used = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    used += measure(segment, unit);
    if (used > max) return Math.max(index, 1);
  }
  return text.length;
}

function softCut(text) {
  const half = text.length / 2;
  for (const pattern of [/.*\n/su, /.*[。！？]/su, /.*[.!?](?=\s)/su, /.*\s/su]) {
    const end = text.match(pattern)?.[0].length ?? 0;
    if (end > half) return end;
  }
  return text.length;
}

/** The parts that `text` goes out as. */
export function split(text, max, unit) {
  const parts = [];
  let rest = text.trim();
  while (rest) {
    let cut = hardCut(rest, max, unit);
    if (cut < rest.length) cut = softCut(rest.slice(0, cut));
    parts.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  return parts;
}
