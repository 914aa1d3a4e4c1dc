import { z } from "zod";
import { didYouMean, nearest } from "../errors.js";
import type { Finding, Problems } from "../findings.js";
import { type PatternDefinition, patternSchema } from "./pattern-schema.js";
import { type TaskDefinition, taskSchema } from "./schema.js";
import type { Path, YamlFile } from "./yaml-file.js";

/** A pattern of which all keys are right ("whole"), or what of it can still be looked at. */
export interface PatternDraft {
  readonly keys: Partial<PatternDefinition>;
  readonly whole: PatternDefinition | undefined;
}

/** A task file as far as its keys are right. What is wrong is left out, so that the rest can still be checked. */
export type TaskDraft = Partial<Omit<TaskDefinition, "patterns">> & {
  readonly patterns: readonly PatternDraft[];
};

/** What of a task says how its data is read. */
export type DataTask = Omit<TaskDraft, "patterns"> & Pick<TaskDefinition, "data">;

type Issue = z.core.$ZodIssue;
type Shape = Readonly<Record<string, z.ZodType>>;

/** Reports every key and value that the schema does not know, and gives what it knows. */
export function checkSchema(yaml: YamlFile, problems: Problems): TaskDraft {
  const result = taskSchema.safeParse(yaml.value);
  if (result.success) {
    const { patterns, ...task } = result.data;
    return { ...task, patterns: patterns.map((pattern) => ({ keys: pattern, whole: pattern })) };
  }
  const meant = report(taskSchema, yaml, result.error.issues, problems);
  const task = soundKeys(taskSchema.shape, yaml.value, [], meant) as Partial<TaskDefinition>;
  const given = valueAt(yaml.value, ["patterns"]);
  return {
    ...task,
    patterns: (Array.isArray(given) ? given : []).map((pattern, i) => ({
      keys: soundKeys(patternSchema.shape, pattern, ["patterns", i], meant) as Partial<PatternDefinition>,
      whole: patternSchema.safeParse(pattern).data,
    })),
  };
}

/** A file that is of use only as a whole: undefined where something is wrong with it, which is reported. */
export function checkAgainst<T extends z.ZodType>(
  schema: T,
  yaml: YamlFile,
  problems: Problems,
): z.output<T> | undefined {
  const result = schema.safeParse(yaml.value);
  if (!result.success) report(schema, yaml, result.error.issues, problems);
  return result.data;
}

/** Reports issues. @returns the paths of the keys that mistyped ones seem to mean, as JSON */
function report(
  schema: z.ZodType,
  yaml: YamlFile,
  found: readonly Issue[],
  problems: Problems,
): ReadonlySet<string> {
  const issues = found.map(innermost);
  // A mistyped key also makes the right one missing: say what is there first, and that alone.
  const unknown = issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => unknownKey(schema, yaml, [...pathOf(issue), key]))
      : [],
  );
  const meant = new Set(unknown.flatMap(({ meantPath }) => meantPath ?? []));
  for (const { finding } of unknown) problems.add(finding);
  for (const issue of issues) {
    if (issue.code !== "unrecognized_keys" && !meant.has(JSON.stringify(pathOf(issue))))
      problems.add(badValue(yaml, issue));
  }
  return meant;
}

/** The values of the keys that are right by themselves, and that no mistyped key seems to mean. */
function soundKeys(shape: Shape, value: unknown, path: Path, meant: ReadonlySet<string>): object {
  if (!isObject(value)) return {};
  const entries = Object.entries(shape).flatMap(([key, schema]) => {
    if (meant.has(JSON.stringify([...path, key]))) return [];
    const result = schema.safeParse(value[key]);
    return result.success ? [[key, result.data] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** Of a value that fits none of several kinds: what is wrong inside it, where it is nearly of one kind. */
function innermost(issue: Issue): Issue {
  if (issue.code !== "invalid_union") return issue;
  const inner = issue.errors.find(
    (each) => each.length > 0 && each.every(({ path }) => path.length > 0),
  )?.[0];
  return inner === undefined ? issue : innermost({ ...inner, path: [...issue.path, ...inner.path] });
}

function unknownKey(
  schema: z.ZodType,
  yaml: YamlFile,
  path: Path,
): { finding: Finding; meantPath: string | undefined } {
  const parent = path.slice(0, -1);
  const key = String(path.at(-1));
  const known = keysAt(schema, parent);
  const there = valueAt(yaml.value, parent);
  const free = known.filter((each) => !(isObject(there) && Object.hasOwn(there, each)));
  const near = nearest(key, free);
  return {
    meantPath: near === undefined ? undefined : JSON.stringify([...parent, near]),
    finding: {
      severity: "error",
      code: "unknown-key",
      ...yaml.positionOfKey(path),
      message: `there is no key "${key}" here`,
      hint: didYouMean(key, known, "keys"),
    },
  };
}

function badValue(yaml: YamlFile, issue: Issue): Finding {
  const path = pathOf(issue);
  const key = path.filter((each) => typeof each === "string").at(-1);
  const found = valueAt(yaml.value, path);
  const subject = key === undefined ? "" : `${key}: `;
  return found === undefined
    ? {
        severity: "error",
        code: "missing-key",
        ...yaml.position(path.slice(0, -1)),
        endColumn: undefined,
        message: `${subject}missing; ${issue.message}`,
      }
    : {
        severity: "error",
        code: "bad-value",
        ...yaml.position(path),
        message: `${subject}found ${shown(found)}; ${issue.message}`,
      };
}

/** The keys that may stand at a path. */
function keysAt(root: z.ZodType, path: Path): string[] {
  const at = path.reduce<z.ZodType | undefined>((schema, step) => {
    const inner = unwrapped(schema);
    if (inner instanceof z.ZodObject) return inner.shape[String(step)];
    if (inner instanceof z.ZodArray) return inner.element as z.ZodType;
    return undefined;
  }, root);
  const inner = unwrapped(at);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function unwrapped(schema: z.ZodType | undefined): z.ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return unwrapped(schema.unwrap() as z.ZodType);
  return schema;
}

function pathOf(issue: Issue): Path {
  return issue.path.map((key) => (typeof key === "number" ? key : String(key)));
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null && Object.hasOwn(at, key)
        ? (at as Record<string | number, unknown>)[key]
        : undefined,
    value,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
