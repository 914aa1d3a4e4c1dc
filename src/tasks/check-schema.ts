import { z } from "zod";
import { didYouMean, nearest } from "../errors.js";
import type { Finding, Problems } from "../findings.js";
import { type PatternDefinition, patternSchema } from "./pattern-schema.js";
import { type TaskDefinition, taskSchema } from "./schema.js";
import type { Path, YamlFile } from "./yaml-file.js";

/** A pattern whose keys are all valid ("complete"), or those of its keys that can still be checked. */
export interface PatternDraft {
  readonly keys: Partial<PatternDefinition>;
  readonly complete: PatternDefinition | undefined;
}

/** The valid keys of a task file. Invalid ones are left out, so the rest can still be checked. */
export type TaskDraft = Partial<Omit<TaskDefinition, "patterns">> & {
  readonly patterns: readonly PatternDraft[];
};

/** The keys of a task that determine how its data is read. */
export type DataTask = Omit<TaskDraft, "patterns"> & Pick<TaskDefinition, "data">;

type Issue = z.core.$ZodIssue;
type Shape = Readonly<Record<string, z.ZodType>>;

/** Reports every key and value that does not match the schema, and returns those that do. */
export function checkSchema(yaml: YamlFile, problems: Problems): TaskDraft {
  const result = taskSchema.safeParse(yaml.value);
  if (result.success) {
    const { patterns, ...task } = result.data;
    return { ...task, patterns: patterns.map((pattern) => ({ keys: pattern, complete: pattern })) };
  }
  const meant = reportIssues(taskSchema, yaml, result.error.issues, problems);
  const task = pickValidKeys(taskSchema.shape, yaml.value, [], meant) as Partial<TaskDefinition>;
  const given = getValueAt(yaml.value, ["patterns"]);
  return {
    ...task,
    patterns: (Array.isArray(given) ? given : []).map((pattern, i) => ({
      keys: pickValidKeys(patternSchema.shape, pattern, ["patterns", i], meant) as Partial<PatternDefinition>,
      complete: patternSchema.safeParse(pattern).data,
    })),
  };
}

/** Checks a file that is usable only if it has no errors; returns undefined if it has any, which are reported. */
export function checkAgainst<T extends z.ZodType>(
  schema: T,
  yaml: YamlFile,
  problems: Problems,
): z.output<T> | undefined {
  const result = schema.safeParse(yaml.value);
  if (!result.success) reportIssues(schema, yaml, result.error.issues, problems);
  return result.data;
}

/** Reports issues. @returns the paths of the keys that mistyped ones probably mean, as JSON */
function reportIssues(
  schema: z.ZodType,
  yaml: YamlFile,
  found: readonly Issue[],
  problems: Problems,
): ReadonlySet<string> {
  const issues = found.map(findInnermost);
  // A mistyped key also makes the intended one missing: report only the mistyped one.
  const unknown = issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => describeUnknownKey(schema, yaml, [...getPath(issue), key]))
      : [],
  );
  const meant = new Set(unknown.flatMap(({ meantPath }) => meantPath ?? []));
  for (const { finding } of unknown) problems.add(finding);
  for (const issue of issues) {
    if (issue.code !== "unrecognized_keys" && !meant.has(JSON.stringify(getPath(issue))))
      problems.add(describeBadValue(yaml, issue));
  }
  return meant;
}

/** Returns the values of the keys that are valid by themselves and that no mistyped key probably means. */
function pickValidKeys(shape: Shape, value: unknown, path: Path, meant: ReadonlySet<string>): object {
  if (!isObject(value)) return {};
  const entries = Object.entries(shape).flatMap(([key, schema]) => {
    if (meant.has(JSON.stringify([...path, key]))) return [];
    const result = schema.safeParse(value[key]);
    return result.success ? [[key, result.data] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** For a value that matches no member of a union: the error inside it, if it nearly matches one member. */
function findInnermost(issue: Issue): Issue {
  if (issue.code !== "invalid_union") return issue;
  const inner = issue.errors.find(
    (each) => each.length > 0 && each.every(({ path }) => path.length > 0),
  )?.[0];
  return inner === undefined ? issue : findInnermost({ ...inner, path: [...issue.path, ...inner.path] });
}

function describeUnknownKey(
  schema: z.ZodType,
  yaml: YamlFile,
  path: Path,
): { finding: Finding; meantPath: string | undefined } {
  const parent = path.slice(0, -1);
  const key = String(path.at(-1));
  const known = getKeysAt(schema, parent);
  const there = getValueAt(yaml.value, parent);
  const free = known.filter((each) => !(isObject(there) && Object.hasOwn(there, each)));
  const near = nearest(key, free);
  return {
    meantPath: near === undefined ? undefined : JSON.stringify([...parent, near]),
    finding: {
      severity: "error",
      code: "unknown-key",
      ...yaml.keyPosition(path),
      message: `unknown key "${key}"`,
      hint: didYouMean(key, known, "keys"),
    },
  };
}

function describeBadValue(yaml: YamlFile, issue: Issue): Finding {
  const path = getPath(issue);
  const key = path.filter((each) => typeof each === "string").at(-1);
  const found = getValueAt(yaml.value, path);
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
        message: `${subject}found ${formatValue(found)}; ${issue.message}`,
      };
}

/** Returns the keys that are allowed at a path. */
function getKeysAt(root: z.ZodType, path: Path): string[] {
  const at = path.reduce<z.ZodType | undefined>((schema, step) => {
    const inner = unwrap(schema);
    if (inner instanceof z.ZodObject) return inner.shape[String(step)];
    if (inner instanceof z.ZodArray) return inner.element as z.ZodType;
    return undefined;
  }, root);
  const inner = unwrap(at);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return unwrap(schema.unwrap() as z.ZodType);
  return schema;
}

function getPath(issue: Issue): Path {
  return issue.path.map((key) => (typeof key === "number" ? key : String(key)));
}

function getValueAt(value: unknown, path: Path): unknown {
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

function formatValue(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
