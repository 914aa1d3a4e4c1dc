import { GlmEvalError } from "../errors.js";
import {
  type FilePosition,
  type Finding,
  type FindingCode,
  FindingError,
  type Problems,
} from "../findings.js";
import { unknownColumn } from "../patterns/index.js";
import { checkColumns, checkEmpty, checkExamples, getColumnValue, type Templates } from "./check-examples.js";
import type { DataTask } from "./check-schema.js";
import { cleanText } from "./clean-text.js";
import { type FileFormat, FORMATS, getFormatByExtension } from "./formats/index.js";
import { readGold, readGoldTexts } from "./gold.js";
import { getRowLimit, limitExamples } from "./limit-examples.js";
import { type DataRow, type ExampleReader, getRowPosition, type ReadExample } from "./readers/index.js";
import { DEFAULT_SPLIT, fetchSplit } from "./split-files.js";
import { SplitRows } from "./split-rows.js";
import type { Dataset, Example, LoadOptions } from "./task.js";
import type { YamlFile } from "./yaml-file.js";

/**
 * Reads a split. Errors in the data, and contradictions between it and the task file, are reported; usable examples are
 * returned even so.
 * @throws GlmEvalError (usage) for a split that the task does not have, (data) if its file is missing
 */
export async function loadSplit(
  task: DataTask,
  yaml: YamlFile,
  reader: ExampleReader,
  options: LoadOptions,
  templates: Templates,
  problems: Problems,
): Promise<Dataset> {
  const files = await fetchSplit(task, yaml.file, options);
  const file = new SplitRows(task.data, task, files);
  const { read, isAll } = await readExamples(file, task, yaml, {
    reader,
    limit: getRowLimit(options),
    problems,
  });
  checkColumns(task, yaml, read, templates, problems);
  const examples = read.map((example) => toExample(task, file.name, example, problems));
  const { split = DEFAULT_SPLIT } = options;
  checkEmpty(file.name, read, templates, problems);
  checkExamples(task, yaml, { file: file.name, split, read, examples, isAll }, problems);
  const chosen = limitExamples(examples, options);
  const isPart = !isAll || chosen.length < examples.length;
  const { layout } = file;
  return {
    file: files.files[0]!.name,
    hash: files.hash,
    ...(layout && { layout }),
    examples: chosen,
    ...(isPart && { isPart }),
  };
}

/** Reads examples up to the limit or the first row that the reader cannot convert; `isAll`: whether there are no more. */
async function readExamples(
  file: SplitRows,
  task: DataTask,
  yaml: YamlFile,
  { reader, limit, problems }: { reader: ExampleReader; limit: number; problems: Problems },
): Promise<{ readonly read: ReadExample[]; readonly isAll: boolean }> {
  const format = chooseFormat(file.name, task.data, yaml, problems);
  const read: ReadExample[] = [];
  let isAll = true;
  if (format === undefined) return { read, isAll };
  let found = 0;
  const counting: Problems = {
    add(finding) {
      found++;
      problems.add(finding);
    },
  };
  try {
    for await (const example of reader.read(readRows(file, format, task, yaml, counting))) {
      isAll = read.length < limit;
      if (!isAll) break;
      read.push(example);
    }
  } catch (error) {
    if (!(error instanceof GlmEvalError || error instanceof RangeError)) throw error;
    counting.add(toFinding(error, file.name));
  }
  if (read.length === 0 && found === 0 && limit > 0) {
    const message = "found no examples";
    const hint = "check that the file has rows and that its reader is the right one";
    problems.add({ severity: "error", code: "no-examples", file: file.name, message, hint });
  }
  return { read, isAll };
}

/** A RangeError comes from the call stack: the data is nested too deeply. */
function toFinding(error: GlmEvalError | RangeError, file: string): Finding {
  if (error instanceof FindingError) return error.finding;
  const { message } = error;
  if (error instanceof GlmEvalError)
    return { severity: "error", code: "bad-data", file, message, hint: error.hint };
  return { severity: "error", code: "too-deep", file, message: `values are nested too deeply: ${message}` };
}

async function* readRows(
  file: SplitRows,
  format: FileFormat,
  { data }: DataTask,
  yaml: YamlFile,
  problems: Problems,
): AsyncGenerator<DataRow> {
  let first = true;
  for await (const { row, fields } of file.read(format, problems)) {
    for (const [index, column] of first ? data.clean.entries() : []) {
      if (Object.hasOwn(fields, column)) continue;
      problems.add(unknownColumn(yaml.position(["data", "clean", index]), column, Object.keys(fields)));
    }
    first = false;
    const cleaned = data.clean
      .filter((column) => Object.hasOwn(fields, column))
      .map((column) => [column, cleanText(fields[column])]);
    yield { file: file.name, row, fields: { ...fields, ...Object.fromEntries(cleaned) } };
  }
}

/**
 * Returns the format that the task file names, otherwise that of the file's extension; JSON lines for readers that are
 * not formats.
 * @returns undefined if there is none, or if the task file has keys that the format does not support, which is reported
 */
function chooseFormat(
  file: string,
  data: DataTask["data"],
  yaml: YamlFile,
  problems: Problems,
): FileFormat | undefined {
  const named =
    data.reader !== undefined && FORMATS.has(data.reader) ? data.reader : getFormatByExtension(file);
  const name = named ?? (data.reader === undefined ? undefined : "jsonl");
  const format = FORMATS.get(name ?? "");
  const fail = (position: FilePosition, code: FindingCode, message: string, hint: string): undefined => {
    problems.add({ severity: "error", code, ...position, message, hint });
  };
  if (format === undefined) {
    const hint = `name it: reader: ${[...FORMATS.keys()].join(" | ")} below data`;
    return fail(
      yaml.position(["data"]),
      "unknown-format",
      `the extension of ${file} is not that of a known format`,
      hint,
    );
  }
  const table = (["header", "delimiter", "quote"] as const).find((key) => data[key] !== undefined);
  if (table === undefined || format.isTable) return format;
  const message = `${file} is not a CSV or TSV file`;
  return fail(
    yaml.keyPosition(["data", table]),
    "no-table",
    message,
    `${table} applies only to CSV and TSV files`,
  );
}

function toExample(task: DataTask, file: string, example: ReadExample, problems: Problems): Example {
  const { id, row, fields } = example;
  const getKey = (column: string | undefined): string | undefined => {
    const value = getColumnValue(fields, column);
    return value === undefined ? undefined : String(value);
  };
  const group = getKey(task.group) ?? example.group;
  const cluster = getKey(task.cluster) ?? example.cluster;
  const gold = readGold(task, getColumnValue(fields, task.label), getRowPosition(file, row), problems);
  const read = readGoldTexts(example.gold);
  return {
    id,
    fields,
    ...gold,
    ...read,
    ...(group !== undefined && { group }),
    ...(cluster !== undefined && { cluster }),
  };
}
