/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * Converts the keys of plain objects, at any depth, from camelCase (used in code) to snake_case (used in files, as is usual
 * for JSON in this field); values are unchanged.
 */
export function snakeKeys(value: unknown): unknown {
  return mapKeys(value, snakeCase);
}

/** The inverse of `snakeKeys`. */
export function camelKeys(value: unknown): unknown {
  return mapKeys(value, camelCase);
}

const snakeCase = memoized((key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
const camelCase = memoized((key) => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));

/** Maximum number of cached key names: our records have dozens; an object with more is not one of ours. */
const MAX_CACHED = 1000;

/** Caches renamed keys: a run's files repeat the same few keys in hundreds of thousands of lines. */
function memoized(rename: (key: string) => string): (key: string) => string {
  const names = new Map<string, string>();
  return (key) => {
    const known = names.get(key);
    if (known !== undefined) return known;
    const name = rename(key);
    if (names.size < MAX_CACHED) names.set(key, name);
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

/** `T` made read-only at every depth: values parsed by zod must not be modified. */
export type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;
