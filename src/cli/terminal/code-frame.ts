import type { Finding } from "../../findings.js";

/** Characters that take two columns of a terminal: CJK, full-width forms, most emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/gu;

/** Characters shown before the position, in a line too long for the terminal. */
const BEFORE = 30;

/**
 * Formats the line that a finding is about, with its number, and carets below the position:
 *
 *    12 |     text: "{{ premis | shorten }} [MASK]"
 *       |                ^^^^^^
 *
 * @returns undefined if the finding has no position in the text
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
  // A line that fits is shown in full, others around the position only.
  const from = source.length <= room ? 0 : Math.max(0, Math.min(start - BEFORE, source.length - room));
  const shown = source.slice(from, from + room);
  const [left, right] = [from > 0 ? "…" : "", from + room < source.length ? "…" : ""];
  const before = source.slice(from, start);
  const marked = source.slice(start, Math.min(end, from + room));
  const carets = "^".repeat(Math.max(1, toBlanks(marked).length));
  const blank = " ".repeat(margin.length - 2);
  return `${margin}${left}${shown}${right}\n${blank}| ${left && " "}${toBlanks(before)}${carets}`;
}

/** Returns spaces (and tabs) that take as many columns of a terminal as a text. */
function toBlanks(text: string): string {
  return text.replace(WIDE, "  ").replace(/[^\t]/gu, " ");
}
