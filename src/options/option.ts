import { z } from "zod";
import type { OptionMeta } from "./flag.js";

const registry = z.registry<OptionMeta>();

/**
 * An option: a schema, and what is said of it. The key under which an object of options holds it is its name, and its flag in
 * kebab-case.
 * @example limit: option(wholeNumber(1).optional(), { help: "at most this many examples of each task", alias: ["L"] })
 */
export function option<T extends z.ZodType>(schema: T, meta: OptionMeta): T {
  // A copy: the same schema may be that of several options.
  const own = schema.clone();
  registry.add(own as z.ZodType, meta);
  return own;
}

/** What is said of an option. @throws Error for a schema that was not made by `option` */
export function metaOf(schema: z.ZodType): OptionMeta {
  const meta = registry.get(schema);
  if (meta === undefined) throw new Error("a schema of options holds something that is no option");
  return meta;
}

/** The same option where it says something else, such as another help text. */
export function asked<T extends z.ZodType>(schema: T, meta: Partial<OptionMeta>): T {
  return option(schema, { ...metaOf(schema), ...meta });
}

/** The same option with what holds unless it is given. */
export function withDefault<T extends z.ZodType>(
  schema: z.ZodOptional<T>,
  value: z.input<T> & z.core.util.NoUndefined<z.output<T>>,
): z.ZodDefault<T> {
  return option(schema.unwrap().default(value), metaOf(schema));
}

/** The same option where it must be given. */
export function required<T extends z.ZodType>(schema: z.ZodOptional<T>, meta: Partial<OptionMeta> = {}): T {
  return option(schema.unwrap(), { ...metaOf(schema), ...meta });
}

/** A text that is not empty. */
export const text = z.string().min(1);

export const wholeNumber = (least: 0 | 1) => z.int().min(least);

/** Names, each once. */
export const names = z
  .array(z.string())
  .transform((given) => [...new Set(given.map((name) => name.trim()).filter(Boolean))]);

/** On or off; off unless given. */
export const flag = (meta: OptionMeta) => option(z.boolean().default(false), meta);
