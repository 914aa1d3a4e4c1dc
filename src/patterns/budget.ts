import type { Value } from "./jinja.js";

/** Characters of a template: a pattern is written by hand. The template library needs the square of them in places. */
export const MOST_TEMPLATE = 10_000;
/** Tokens of one expression, which bound how deep its syntax tree is. */
export const MOST_TOKENS = 2_000;
/** Characters of one value, and of a whole rendered text. */
const MOST_CHARACTERS = 1_000_000;
/** Nodes that are computed for one text. */
const MOST_STEPS = 5_000;
/** Characters and items that all values on the way to one text have together. */
const MOST_MADE = 10_000_000;
/** Comparisons of characters of one search for a text in a text. */
const MOST_COMPARISONS = 1_000_000_000;

/** What the rendering of one text may cost. Templates have no loops: all that they make comes from what they name. */
export class Budget {
  #steps = 0;
  #made = 0;
  #rendered = 0;

  /** A node is computed. @throws Error where that is one too many */
  step(): void {
    if (++this.#steps > MOST_STEPS) throw new Error(`it takes more than ${shown(MOST_STEPS)} steps`);
  }

  /** A value of this size is made. @throws Error where that is too much */
  make(size: number): void {
    this.#made += size;
    if (size > MOST_CHARACTERS) throw tooLong();
    if (this.#made > MOST_MADE)
      throw new Error(`its values have more than ${shown(MOST_MADE)} characters together`);
  }

  /** The text grows by what an expression gives. @throws Error where it becomes too long */
  render(text: string): void {
    this.#rendered += text.length;
    if (this.#rendered > MOST_CHARACTERS) throw tooLong();
  }
}

/** Sees before a text is made of others that it will not be too long. @throws Error where it would be */
export function checkLength(characters: number): void {
  if (characters > MOST_CHARACTERS) throw tooLong();
}

/** @throws Error where looking for a text in a text may take for ever */
export function checkSearch(text: string, wanted: string): void {
  if (text.length * wanted.length > MOST_COMPARISONS)
    throw new Error(
      `a text of ${shown(wanted.length)} characters is looked for in one of ${shown(text.length)}`,
    );
}

/** Characters and items of a value with all that is in it. */
export function weightOf(value: Value): number {
  let weight = 0;
  const waiting = [value];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value: held } = next;
    weight += typeof held === "string" ? held.length : 1;
    if (Array.isArray(held)) for (const each of held as Value[]) waiting.push(each);
    else if (held instanceof Map)
      for (const [key, each] of held as Map<string, Value>) {
        weight += key.length;
        waiting.push(each);
      }
  }
  return weight;
}

function tooLong(): Error {
  return new Error(`a text becomes longer than ${shown(MOST_CHARACTERS)} characters`);
}

function shown(count: number): string {
  return count.toLocaleString("en-US");
}
