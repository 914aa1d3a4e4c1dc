import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { GlmEvalError, nearest } from "../errors.js";
import { missingColumn } from "../patterns/index.js";
import { cleanText } from "./clean.js";
import { hashFile, readLines } from "./lines.js";
import { READERS, type ReadExample, type Row } from "./readers/index.js";
import type { TaskDefinition } from "./schema.js";
import type { Dataset, Example } from "./types.js";
import type { YamlFile } from "./yaml-file.js";

export const DEFAULT_SPLIT = "validation";

/** The split's names in the task file; none where it has no such split. */
export function splitFiles({ data }: TaskDefinition): Readonly<Record<string, readonly string[]>> {
  const { validation, test, train } = data;
  return {
    ...(validation && { validation }),
    ...(test && { test }),
    ...(train && { train }),
  };
}

/** A split's first file that exists, under `root` or beside the task file. */
export function findSplit(
  definition: TaskDefinition,
  taskFile: string,
  { root, split = DEFAULT_SPLIT }: { root: string; split?: string },
): string | undefined {
  const names = splitFiles(definition)[split] ?? [];
  const folders = [root, dirname(taskFile)];
  return folders
    .flatMap((folder) => names.map((name) => resolve(folder, name)))
    .find((candidate) => existsSync(candidate));
}

/** @throws GlmEvalError("usage") for a split that the task does not have, "data" with file and line else */
export async function loadSplit(
  definition: TaskDefinition,
  yaml: YamlFile,
  options: { root: string; split?: string; limit?: number },
  checkColumns: (columns: readonly string[]) => void,
): Promise<Dataset> {
  const { root, split = DEFAULT_SPLIT, limit = Number.POSITIVE_INFINITY } = options;
  const files = splitFiles(definition);
  const names = files[split];
  if (names === undefined) {
    const known = Object.keys(files);
    throw new GlmEvalError("usage", `task ${definition.task} has no split "${split}"`, {
      hint: `its splits are: ${known.join(", ")}`,
    });
  }
  const file = findSplit(definition, yaml.file, { root, split });
  if (file === undefined) {
    throw new GlmEvalError(
      "data",
      `task ${definition.task}: no ${names.join(" or ")} under ${resolve(root)}`,
      {
        hint: "name the folder that holds the data sets",
      },
    );
  }
  const reader = READERS.get(definition.data.reader)!;
  const read: ReadExample[] = [];
  for await (const example of reader.read(rows(file, definition, yaml))) {
    if (read.length >= limit) break;
    read.push(example);
  }
  if (read.length === 0 && limit > 0) {
    throw new GlmEvalError("data", `${file}: found no examples`, { hint: "expected one JSON object a line" });
  }
  if (read[0] !== undefined) checkNames(definition, yaml, Object.keys(read[0].fields), checkColumns);
  checkLabelColumn(definition, yaml, read);
  checkUnique(file, read);
  return {
    file,
    hash: await hashFile(file),
    examples: read.map((example) => finish(definition, file, example)),
  };
}

async function* rows(file: string, { data }: TaskDefinition, yaml: YamlFile): AsyncGenerator<Row> {
  let first = true;
  for await (const { number, text } of readLines(file)) {
    const fields = parseRow(file, number, text);
    const unknown = first ? data.clean.find((column) => !Object.hasOwn(fields, column)) : undefined;
    if (unknown !== undefined) {
      const index = data.clean.indexOf(unknown);
      throw missingColumn(yaml.where(["data", "clean", index]), unknown, Object.keys(fields));
    }
    first = false;
    const cleaned = data.clean.map((column) => [column, cleanText(fields[column])]);
    yield { file, line: number, fields: { ...fields, ...Object.fromEntries(cleaned) } };
  }
}

function parseRow(file: string, line: number, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GlmEvalError("data", `${file}:${line}: the line is not JSON: ${reason}`, {
      hint: "expected one JSON object a line",
      cause,
    });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new GlmEvalError("data", `${file}:${line}: found ${text.slice(0, 40)}; expected a JSON object`);
  }
  return value as Record<string, unknown>;
}

function checkNames(
  definition: TaskDefinition,
  yaml: YamlFile,
  columns: readonly string[],
  checkColumns: (columns: readonly string[]) => void,
): void {
  checkColumns(columns);
  for (const key of ["group", "cluster"] as const) {
    const column = definition[key];
    if (column !== undefined && !columns.includes(column))
      throw missingColumn(yaml.where([key]), column, columns);
  }
}

/** Unlabelled data is fine; a label column that no row has while one of nearly that name is there is a slip. */
function checkLabelColumn({ label }: TaskDefinition, yaml: YamlFile, read: readonly ReadExample[]): void {
  const [first] = read;
  if (label === undefined || first === undefined) return;
  if (read.some(({ fields }) => fields[label] !== undefined)) return;
  const columns = Object.keys(first.fields).filter((column) => column !== label);
  if (nearest(label, columns) !== undefined) throw missingColumn(yaml.where(["label"]), label, columns);
}

/** Ids name the scored questions in a run's journal: two examples of one id would be taken for one. */
function checkUnique(file: string, read: readonly ReadExample[]): void {
  const lines = new Map<string, number>();
  for (const { id, line } of read) {
    const other = lines.get(id);
    if (other !== undefined) {
      throw new GlmEvalError(
        "data",
        `${file}:${line}: found example "${id}" again; line ${other} has it already`,
        {
          hint: 'give each row an "idx" of its own, or none',
        },
      );
    }
    lines.set(id, line);
  }
}

function finish(definition: TaskDefinition, file: string, example: ReadExample): Example {
  const { id, line, fields } = example;
  const named = (column: string | undefined): string | undefined => {
    const value = column === undefined ? undefined : fields[column];
    return value === undefined || value === null ? undefined : String(value);
  };
  const group = named(definition.group) ?? example.group;
  const cluster = named(definition.cluster) ?? example.cluster;
  const value = definition.label === undefined ? undefined : fields[definition.label];
  const isGiven = value !== undefined && value !== null;
  const hasLabels = definition.labels.length > 0;
  const gold = example.gold ?? (isGiven && !hasLabels ? [value].flat().map(String) : undefined);
  return {
    id,
    fields,
    ...(isGiven && hasLabels && { label: knownLabel(definition, String(value), `${file}:${line}`) }),
    ...(gold !== undefined && { gold }),
    ...(group !== undefined && { group }),
    ...(cluster !== undefined && { cluster }),
  };
}

function knownLabel({ label, labels }: TaskDefinition, value: string, where: string): string {
  if (labels.includes(value)) return value;
  const near = nearest(value, labels);
  throw new GlmEvalError("data", `${where}: found label "${value}" in column "${label}"`, {
    hint: `${near === undefined ? "" : `did you mean "${near}"? `}The task's labels are: ${labels.join(", ")}`,
  });
}
