import { z } from "zod";
import type { Json } from "../json.js";
import type { Flag } from "./flag.js";
import { getMeta } from "./option.js";

/** The values that a schema accepts, without its wrappers (optional, default, pipe). */
interface Accepted {
  readonly isSwitch: boolean;
  readonly isNumber: boolean;
  readonly isText: boolean;
  readonly isList: boolean;
  readonly choices: readonly string[];
  /** descriptions of each kind of value */
  readonly expected: readonly string[];
}

const NOTHING: Accepted = {
  isSwitch: false,
  isNumber: false,
  isText: false,
  isList: false,
  choices: [],
  expected: [],
};

/** Lists the options of a schema as flags, in its order. */
export function listFlags(schema: z.ZodObject): Flag[] {
  return Object.entries(schema.shape).map(([key, value]) => toFlag(key, value as z.ZodType));
}

/** Converts an option's key to the flag's name: maxLength → max-length. */
export function flagName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Describes the valid values of an option: "a whole number above 0". */
export function describeExpected(schema: z.ZodType): string {
  const { expected, repeated } = getMeta(schema);
  return expected ?? (repeated ? "text" : findAccepted(schema).expected.join(" or "));
}

function toFlag(key: string, schema: z.ZodType): Flag {
  const { expected: _, ...accepted } = findAccepted(schema);
  const { group = "Other", alias = [], ...meta } = getMeta(schema);
  const withoutValue = schema.safeParse(undefined);
  return {
    ...meta,
    ...{ key, name: flagName(key), group, alias },
    ...accepted,
    isRequired: !withoutValue.success,
    expected: describeExpected(schema),
    default: withoutValue.data as Json | undefined,
  };
}

function findAccepted(schema: z.ZodType): Accepted {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return findAccepted(schema.unwrap() as z.ZodType);
  // The user types the input of a pipe.
  if (schema instanceof z.ZodPipe) return findAccepted(schema.in as z.ZodType);
  if (schema instanceof z.ZodUnion) return combine((schema.options as z.ZodType[]).map(findAccepted));
  if (schema instanceof z.ZodBoolean) return { ...NOTHING, isSwitch: true, expected: ["yes or no"] };
  if (schema instanceof z.ZodNumber) {
    const expected = `a whole number ${(schema.minValue ?? 0) > 0 ? "above 0" : "of at least 0"}`;
    return { ...NOTHING, isNumber: true, expected: [expected] };
  }
  if (schema instanceof z.ZodString) return { ...NOTHING, isText: true, expected: ["text"] };
  if (schema instanceof z.ZodLiteral || schema instanceof z.ZodEnum) {
    const choices = (schema instanceof z.ZodEnum ? schema.options : [...schema.values]).map(String);
    const listed = choices.map((choice) => JSON.stringify(choice)).join(", ");
    return { ...NOTHING, choices, expected: [choices.length > 1 ? `one of ${listed}` : choices.join()] };
  }
  if (schema instanceof z.ZodArray)
    return { ...NOTHING, isList: true, expected: ["names separated by commas"] };
  throw new Error(`no flag can represent the schema of an option: ${schema.type}`);
}

function combine(branches: readonly Accepted[]): Accepted {
  return {
    isSwitch: branches.some(({ isSwitch }) => isSwitch),
    isNumber: branches.some(({ isNumber }) => isNumber),
    isText: branches.some(({ isText }) => isText),
    isList: branches.some(({ isList }) => isList),
    choices: branches.flatMap(({ choices }) => choices),
    expected: branches.flatMap(({ expected }) => expected),
  };
}
