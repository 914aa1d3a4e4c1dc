import { z } from "zod";
import type { OptionMeta } from "./flag.js";

const registry = z.registry<OptionMeta>();

/**
 * Makes an option: a schema with its description. Its name is its key in the object of options; its flag is that key in
 * kebab-case.
 * @example limit: option(wholeNumber(1).optional(), { help: "at most this many examples per task", alias: ["L"] })
 */
export function option<T extends z.ZodType>(schema: T, meta: OptionMeta): T {
  // A copy, because several options may share a schema.
  const own = schema.clone();
  registry.add(own as z.ZodType, meta);
  return own;
}

/** Returns the description of an option. @throws Error for a schema that was not made by `option` */
export function getMeta(schema: z.ZodType): OptionMeta {
  const meta = registry.get(schema);
  if (meta === undefined) throw new Error("a schema of options contains something that is not an option");
  return meta;
}

/** Returns the same option with parts of its description replaced, such as the help text. */
export function withMeta<T extends z.ZodType>(schema: T, meta: Partial<OptionMeta>): T {
  return option(schema, { ...getMeta(schema), ...meta });
}

/** Returns the same option with a default. */
export function withDefault<T extends z.ZodType>(
  schema: z.ZodOptional<T>,
  value: z.input<T> & z.core.util.NoUndefined<z.output<T>>,
): z.ZodDefault<T> {
  return option(schema.unwrap().default(value), getMeta(schema));
}

/** Returns the same option as a required one. */
export function required<T extends z.ZodType>(schema: z.ZodOptional<T>, meta: Partial<OptionMeta> = {}): T {
  return option(schema.unwrap(), { ...getMeta(schema), ...meta });
}

/** A non-empty text. */
export const text = z.string().min(1);

export const wholeNumber = (least: 0 | 1) => z.int().min(least);

/** A list of names without duplicates. */
export const names = z
  .array(z.string())
  .transform((given) => [...new Set(given.map((name) => name.trim()).filter(Boolean))]);

/** A switch, off by default. */
export const flag = (meta: OptionMeta) => option(z.boolean().default(false), meta);

/** An optional file. */
export const file = (help: string) => option(text.optional(), { help, placeholder: "FILE" });
