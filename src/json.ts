/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * Files have snake_case keys, as the JSON of this field does; the code has camelCase. Converts the keys of plain objects,
 * however deep; values stay as they are.
 */
export function snakeKeys(value: unknown): unknown {
  return mapKeys(value, snakeCase);
}

/** The way back: what `snakeKeys` wrote, with the code's own keys. */
export function camelKeys(value: unknown): unknown {
  return mapKeys(value, camelCase);
}

const snakeCase = remembered((key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
const camelCase = remembered((key) => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));

/** Names of keys that are remembered: records have dozens, and what has more is no record of ours. */
const REMEMBERED = 1000;

/** A run's files have the same few keys in hundreds of thousands of lines. */
function remembered(rename: (key: string) => string): (key: string) => string {
  const names = new Map<string, string>();
  return (key) => {
    const known = names.get(key);
    if (known !== undefined) return known;
    const name = rename(key);
    if (names.size < REMEMBERED) names.set(key, name);
    return name;
  };
}

function mapKeys(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value))
    return typeof value[0] === "object" ? value.map((item) => mapKeys(item, rename)) : value;
  if (typeof value !== "object" || value === null) return value;
  const mapped: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const name = rename(key);
    const kept = mapKeys(item, rename);
    if (name === "__proto__")
      Object.defineProperty(mapped, name, {
        value: kept,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    else mapped[name] = kept;
  }
  return mapped;
}

/** A value's type with all of it read-only, however deep: what zod reads is not to be changed. */
export type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;
