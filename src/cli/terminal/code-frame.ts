import type { Finding } from "../../findings.js";

/** Characters that take two columns of a terminal: CJK, full-width forms, most emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/gu;

/** What is shown before the place, of a line too long for the terminal. */
const BEFORE = 30;

/**
 * The line that a finding is about, with its number, and carets below the place:
 *
 *    12 |     text: "{{ premis | shorten }} [MASK]"
 *       |                ^^^^^^
 *
 * @returns undefined where the finding has no place in the text
 */
export function codeFrame(
  text: string,
  { line, column, endColumn }: Finding,
  width: number,
): string | undefined {
  const source = line === undefined ? undefined : text.split(/\r?\n/)[line - 1];
  if (source === undefined || column === undefined) return undefined;
  const margin = `${String(line).padStart(5)} | `;
  const room = Math.max(40, width - margin.length - 2);
  const start = column - 1;
  const end = Math.max(endColumn === undefined ? column : endColumn - 1, column);
  // A line that fits is shown whole; of others the surroundings of the place.
  const from = source.length <= room ? 0 : Math.max(0, Math.min(start - BEFORE, source.length - room));
  const shown = source.slice(from, from + room);
  const [left, right] = [from > 0 ? "…" : "", from + room < source.length ? "…" : ""];
  const before = source.slice(from, start);
  const marked = source.slice(start, Math.min(end, from + room));
  const carets = "^".repeat(Math.max(1, columns(marked).length));
  const blank = " ".repeat(margin.length - 2);
  return `${margin}${left}${shown}${right}\n${blank}| ${left && " "}${columns(before)}${carets}`;
}

/** A text of spaces (and tabs) as wide as a text is on a terminal. */
function columns(text: string): string {
  return text.replace(WIDE, "  ").replace(/[^\t]/gu, " ");
}
