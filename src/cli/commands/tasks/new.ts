import { existsSync } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { BUNDLED_DATA } from "../../../bundled.js";
import { didYouMean, GlmEvalError } from "../../../errors.js";
import { nearFiles, shellWords, slashed } from "../../../hints.js";
import type { TasksNewOptions } from "../../../options/index.js";
import {
  type ColumnPreview,
  checkTask,
  type DataForm,
  type DataPreview,
  MOST_VALUES,
  previewData,
} from "../../../tasks/index.js";
import { guessLabel, guessText, isLabelLike, orderLabels } from "./new-task/guess.js";
import { formatTaskFile, type NewTask } from "./new-task/write-task-file.js";
import { formatSummary } from "./validate.js";

/** `glm-eval tasks new`: writes a task file for a data file, from flags or prompts. */
export async function newTask(argv: TasksNewOptions): Promise<void> {
  const file = argv.file ?? `${argv.id ?? baseName(argv.from)}.yaml`;
  // Before any prompt, so that no answer is lost.
  checkTarget(file, argv.force);
  const preview = await readPreview(argv);
  const given = isComplete(argv) ? argv : await ask(argv, preview);
  const task = toTask(given, preview, file);
  await writeFile(file, formatTaskFile(task), { flag: argv.force ? "w" : "wx" });
  const check = await checkTask(file, { root: path.resolve(BUNDLED_DATA), downloads: { offline: true } });
  process.stdout.write(`${formatSummary(check)}\n`);
  process.stderr.write(
    `written; \`glm-eval tasks show ${shellWords([file])}\` shows the questions, \`glm-eval run ${shellWords([file])}\` scores them\n`,
  );
  if (check.findings.errors > 0)
    throw new GlmEvalError("new-task-unsound", `${file} was written, but has errors`, {
      hint: `glm-eval tasks validate ${shellWords([file])} lists them.`,
    });
}

async function readPreview(argv: TasksNewOptions): Promise<DataPreview> {
  const { from, reader, header, delimiter, quote } = argv;
  const isFile = await stat(from).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile)
    throw new GlmEvalError("file-not-found", `--from ${from}: no such file`, {
      hint: nearFiles(from) ?? "Pass a data file: JSON lines, JSON, CSV, TSV or Parquet.",
    });
  // A tab typed in a shell arrives as two characters.
  const form = { reader, header, delimiter: delimiter?.replace(/^(\\t|tab)$/, "\t"), quote };
  const preview = await previewData(from, form);
  reportForm(from, preview.form, form);
  return preview;
}

/** Reports what was detected, so that the user can correct it. */
function reportForm(from: string, found: DataForm, given: DataForm): void {
  const notes = [
    found.reader !== given.reader && `format ${found.reader}`,
    found.delimiter !== given.delimiter && `delimiter ${JSON.stringify(found.delimiter)}`,
    found.quote !== given.quote && "no quote character",
    found.header !== given.header && `no header row, so the columns are named ${found.header!.join(", ")}`,
  ].filter((note) => note !== false);
  if (notes.length > 0)
    process.stderr.write(
      `${from}: detected ${notes.join("; ")} (override with --reader, --delimiter, --quote and --header)\n`,
    );
}

/** Whether the flags suffice: they give the text and the answers. */
function isComplete({ text, label, answer, answersFrom }: TasksNewOptions): boolean {
  return text !== undefined && (label !== undefined || answersFrom !== undefined || answer !== undefined);
}

async function ask(argv: TasksNewOptions, preview: DataPreview): Promise<TasksNewOptions> {
  if (process.stdin.isTTY && process.stdout.isTTY)
    return (await import("./new-task/prompts.js")).promptForOptions(argv, preview);
  const label = guessLabel(preview);
  const columns = preview.columns.map(({ name, kind, values }) => {
    const count = values.size > MOST_VALUES ? `more than ${MOST_VALUES}` : values.size;
    return `${name} (${kind}, ${count} different)`;
  });
  const example = shellWords([
    "--text",
    guessText(preview, label?.name),
    ...(label ? ["--label", label.name] : []),
  ]);
  throw new GlmEvalError(
    "missing-option",
    `tasks new: without a terminal for prompts, --text and one of --label, --answers-from and --answer are required; ` +
      `${argv.from} has the columns ${columns.join(", ")}`,
    { hint: `For example: ${example}${label ? "" : " --answers-from COLUMN"}` },
  );
}

/** @throws GlmEvalError (usage) for missing columns, and columns whose values are not labels */
function toTask(argv: TasksNewOptions, preview: DataPreview, file: string): NewTask {
  const { answer: answers, answersFrom, text } = argv;
  const column = (flag: string, name: string): ColumnPreview => {
    const found = preview.columns.find((one) => one.name === name);
    if (found !== undefined) return found;
    const known = preview.columns.map((one) => one.name);
    throw new GlmEvalError(
      "column-not-found",
      `--${flag}: ${argv.from} has no column ${JSON.stringify(name)}`,
      {
        hint: didYouMean(name, known, "columns"),
      },
    );
  };
  if (answersFrom !== undefined) column("answers-from", answersFrom);
  const labelColumn = argv.label === undefined ? undefined : column("label", argv.label);
  // Answers from a list are identified by their texts, all others by labels.
  const labels = answersFrom === undefined ? chooseLabels(argv, labelColumn) : undefined;
  const id = argv.id ?? baseName(file).replace(/[^\w.-]+/g, "-");
  return {
    id,
    title: argv.title ?? id,
    validation: toTaskPath(file, argv.from),
    form: preview.form,
    train: argv.train && toTaskPath(file, argv.train),
    label: argv.label,
    labels,
    text: text!,
    words: labels && !answers ? parseLabelWords(labels, argv.word ?? []) : undefined,
    answers,
    answersFrom,
    metrics: argv.metric ?? [labels ? "accuracy" : "exact_match"],
    columns: preview.columns.map(({ name }) => name),
  };
}

function chooseLabels(
  { labels, from }: TasksNewOptions,
  column: ColumnPreview | undefined,
): string[] | undefined {
  if (labels !== undefined) return labels;
  if (column === undefined) return undefined;
  if (isLabelLike(column)) return orderLabels(column);
  const count = column.values.size > MOST_VALUES ? `more than ${MOST_VALUES}` : String(column.values.size);
  throw new GlmEvalError(
    "bad-label-column",
    `--label ${column.name}: found ${count} different values in ${from}; expected 2 to ${MOST_VALUES} labels`,
    {
      hint: "If each row lists its answers, pass that column as --answers-from. To set the labels manually, use --labels.",
    },
  );
}

/** @throws GlmEvalError (usage) for a word whose label does not exist */
function parseLabelWords(
  labels: readonly string[],
  given: readonly string[],
): Map<string, readonly string[]> {
  const words = new Map<string, readonly string[]>(labels.map((label) => [label, [label]]));
  for (const each of given) {
    const at = each.indexOf("=");
    const label = each.slice(0, at).trim();
    if (at < 0 || !words.has(label))
      throw new GlmEvalError("bad-label-word", `--word ${each}: expected LABEL=WORD with one of the labels`, {
        hint: didYouMean(label, labels, "labels"),
      });
    const some = each
      .slice(at + 1)
      .split(",")
      .map((word) => word.trim())
      .filter(Boolean);
    if (some.length === 0)
      throw new GlmEvalError("bad-label-word", `--word ${each}: found no word; expected LABEL=WORD`, {
        hint: "Separate several words of a label by commas: --word good=great,fine",
      });
    words.set(label, [...new Set(some)]);
  }
  return words;
}

function checkTarget(file: string, force: boolean): void {
  if (existsSync(file) && !force)
    throw new GlmEvalError("output-exists", `${file} already exists`, {
      hint: "Pass another file, or --force to replace it.",
    });
  const folder = path.dirname(path.resolve(file));
  if (!existsSync(folder))
    throw new GlmEvalError("output-not-writable", `folder ${folder} does not exist`, {
      hint: "Create it first.",
    });
}

function baseName(file: string): string {
  return path.basename(file).replace(/\.[^.]+$/, "");
}

/** Returns a path for use in the task file: relative to its folder, with slashes on every system. */
function toTaskPath(file: string, data: string): string {
  return slashed(path.relative(path.dirname(path.resolve(file)), path.resolve(data)));
}
