import type { Value } from "./jinja.js";

/** Characters of a template: patterns are written by people. Parts of the template library take quadratic time. */
export const MAX_TEMPLATE = 10_000;
/** Tokens of one expression: they bound the depth of its syntax tree. */
export const MAX_TOKENS = 2_000;
/** Characters of one value, and of a complete rendered text. */
const MAX_CHARACTERS = 1_000_000;
/** Nodes evaluated for one text. */
const MAX_STEPS = 5_000;
/** Total characters and items of all intermediate values of one text. */
const MAX_MADE = 10_000_000;
/** Character comparisons of one search for a text in another. */
const MAX_COMPARISONS = 1_000_000_000;

/** Limits the cost of rendering one text. Templates have no loops: all their output derives from the values they name. */
export class Budget {
  #steps = 0;
  #made = 0;
  #rendered = 0;

  /** Counts an evaluated node. @throws Error if there are too many */
  step(): void {
    if (++this.#steps > MAX_STEPS) throw new Error(`it takes more than ${formatCount(MAX_STEPS)} steps`);
  }

  /** Counts a new value of this size. @throws Error if it, or the total, is too large */
  make(size: number): void {
    this.#made += size;
    if (size > MAX_CHARACTERS) throw tooLong();
    if (this.#made > MAX_MADE)
      throw new Error(`its values have more than ${formatCount(MAX_MADE)} characters in total`);
  }

  /** Counts the output of an expression, which is added to the text. @throws Error if the text becomes too long */
  render(text: string): void {
    this.#rendered += text.length;
    if (this.#rendered > MAX_CHARACTERS) throw tooLong();
  }
}

/** Checks a text's length before it is built from others. @throws Error if it would be too long */
export function checkLength(characters: number): void {
  if (characters > MAX_CHARACTERS) throw tooLong();
}

/** @throws Error if searching for one text in another may take too long */
export function checkSearch(text: string, wanted: string): void {
  if (text.length * wanted.length > MAX_COMPARISONS)
    throw new Error(
      `it searches for a text of ${formatCount(wanted.length)} characters in one of ${formatCount(text.length)}`,
    );
}

/** Counts the characters and items of a value, including nested ones. */
export function measureWeight(value: Value): number {
  let weight = 0;
  const pending = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value: held } = next;
    weight += typeof held === "string" ? held.length : 1;
    if (Array.isArray(held)) for (const each of held as Value[]) pending.push(each);
    else if (held instanceof Map)
      for (const [key, each] of held as Map<string, Value>) {
        weight += key.length;
        pending.push(each);
      }
  }
  return weight;
}

function tooLong(): Error {
  return new Error(`a text becomes longer than ${formatCount(MAX_CHARACTERS)} characters`);
}

function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}
