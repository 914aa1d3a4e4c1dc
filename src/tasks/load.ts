import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { GlmEvalError, nearest } from "../errors.js";
import { findSplit, loadSplit, splitFiles } from "./data.js";
import { buildPattern, type CheckedPattern } from "./patterns.js";
import { READERS } from "./readers/index.js";
import { checkTask, type TaskDefinition } from "./schema.js";
import type { Task } from "./types.js";
import { parseYaml, type YamlFile } from "./yaml-file.js";

/**
 * Reads a task file and checks all of it that can be checked without data.
 * @throws GlmEvalError("data") with file:line:column
 */
export async function loadTask(file: string): Promise<Task> {
  const bytes = await readTaskFile(file);
  const yaml = parseYaml(file, bytes.toString("utf8"));
  const definition = checkTask(yaml);
  checkReader(definition, yaml);
  checkLabels(definition, yaml);
  const patterns = definition.patterns.map((_, i) => buildPattern(definition, i, yaml));
  const defaultPattern = checkIds(definition, patterns, yaml);
  const checkColumns = (columns: readonly string[]) => {
    for (const pattern of patterns) pattern.checkColumns(columns);
  };
  const { columns } = READERS.get(definition.data.reader)!;
  if (columns !== undefined) checkColumns(columns);
  return {
    name: definition.task,
    title: definition.title,
    file: resolve(file),
    hash: createHash("sha256").update(bytes).digest("hex"),
    labels: definition.labels,
    metrics: definition.metrics,
    patterns,
    defaultPattern,
    dataFiles: splitFiles(definition),
    find: (options) => findSplit(definition, file, options),
    load: (options) => loadSplit(definition, yaml, options, checkColumns),
  };
}

async function readTaskFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new GlmEvalError(
      "data",
      missing ? `there is no task file ${file}` : `cannot read task file ${file}: ${cause}`,
      {
        cause,
        hint: "Give a built-in name (`glm-eval tasks list`) or the path of a YAML task file.",
      },
    );
  }
}

function checkReader({ data }: TaskDefinition, yaml: YamlFile): void {
  if (!READERS.has(data.reader)) {
    const known = [...READERS.keys()];
    const near = nearest(data.reader, known);
    throw new GlmEvalError("data", `${yaml.where(["data", "reader"])}: there is no reader "${data.reader}"`, {
      hint: `${near === undefined ? "" : `did you mean "${near}"? `}The readers are: ${known.join(", ")}`,
    });
  }
  if (data.validation === undefined && data.test === undefined && data.train === undefined) {
    throw new GlmEvalError("data", `${yaml.where(["data"])}: found no data file`, {
      hint: "give the path of at least one of validation, test and train",
    });
  }
}

function checkLabels({ labels }: TaskDefinition, yaml: YamlFile): void {
  const again = labels.findIndex((label, i) => labels.indexOf(label) < i);
  if (again >= 0) {
    throw new GlmEvalError("data", `${yaml.where(["labels", again])}: found label "${labels[again]}" twice`);
  }
}

function checkIds(
  { default_pattern: wanted }: TaskDefinition,
  patterns: readonly CheckedPattern[],
  yaml: YamlFile,
): string {
  const ids = patterns.map(({ id }) => id);
  const again = ids.findIndex((id, i) => ids.indexOf(id) < i);
  if (again >= 0) {
    throw new GlmEvalError(
      "data",
      `${yaml.where(["patterns", again, "id"])}: found pattern "${ids[again]}" twice`,
    );
  }
  if (wanted === undefined) return ids[0]!;
  if (!ids.includes(wanted)) {
    throw new GlmEvalError("data", `${yaml.where(["default_pattern"])}: there is no pattern "${wanted}"`, {
      hint: `the patterns are: ${ids.join(", ")}`,
    });
  }
  return wanted;
}
