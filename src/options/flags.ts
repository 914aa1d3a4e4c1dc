import { z } from "zod";
import type { Json } from "../json.js";
import type { Flag } from "./flag.js";
import { metaOf } from "./option.js";

/** What a schema takes, whatever it is wrapped in. */
interface Taken {
  readonly isSwitch: boolean;
  readonly isNumber: boolean;
  readonly isText: boolean;
  readonly isList: boolean;
  readonly choices: readonly string[];
  /** each kind of value in words */
  readonly expected: readonly string[];
}

const NOTHING: Taken = {
  isSwitch: false,
  isNumber: false,
  isText: false,
  isList: false,
  choices: [],
  expected: [],
};

/** The options of a schema as flags, in its order. */
export function flagsOf(schema: z.ZodObject): Flag[] {
  return Object.entries(schema.shape).map(([key, value]) => flagOf(key, value as z.ZodType));
}

/** maxLength: max-length */
export function flagName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** What a value of an option must be, in words: "a whole number above 0". */
export function expectedOf(schema: z.ZodType): string {
  const { expected, repeated } = metaOf(schema);
  return expected ?? (repeated ? "a text" : takenBy(schema).expected.join(" or "));
}

function flagOf(key: string, schema: z.ZodType): Flag {
  const { expected: _, ...taken } = takenBy(schema);
  const { group = "Other", alias = [], ...meta } = metaOf(schema);
  const unlessGiven = schema.safeParse(undefined);
  return {
    ...meta,
    ...{ key, name: flagName(key), group, alias },
    ...taken,
    isRequired: !unlessGiven.success,
    expected: expectedOf(schema),
    default: unlessGiven.data as Json | undefined,
  };
}

function takenBy(schema: z.ZodType): Taken {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return takenBy(schema.unwrap() as z.ZodType);
  // What is typed is what goes in.
  if (schema instanceof z.ZodPipe) return takenBy(schema.in as z.ZodType);
  if (schema instanceof z.ZodUnion) return either((schema.options as z.ZodType[]).map(takenBy));
  if (schema instanceof z.ZodBoolean) return { ...NOTHING, isSwitch: true, expected: ["yes or no"] };
  if (schema instanceof z.ZodNumber) {
    const expected = `a whole number ${(schema.minValue ?? 0) > 0 ? "above 0" : "from 0 on"}`;
    return { ...NOTHING, isNumber: true, expected: [expected] };
  }
  if (schema instanceof z.ZodString) return { ...NOTHING, isText: true, expected: ["a text"] };
  if (schema instanceof z.ZodLiteral || schema instanceof z.ZodEnum) {
    const choices = (schema instanceof z.ZodEnum ? schema.options : [...schema.values]).map(String);
    const listed = choices.map((choice) => JSON.stringify(choice)).join(", ");
    return { ...NOTHING, choices, expected: [choices.length > 1 ? `one of ${listed}` : choices.join()] };
  }
  if (schema instanceof z.ZodArray)
    return { ...NOTHING, isList: true, expected: ["names separated by commas"] };
  throw new Error(`an option has a schema that no flag can be made of: ${schema.type}`);
}

function either(branches: readonly Taken[]): Taken {
  return {
    isSwitch: branches.some(({ isSwitch }) => isSwitch),
    isNumber: branches.some(({ isNumber }) => isNumber),
    isText: branches.some(({ isText }) => isText),
    isList: branches.some(({ isList }) => isList),
    choices: branches.flatMap(({ choices }) => choices),
    expected: branches.flatMap(({ expected }) => expected),
  };
}
