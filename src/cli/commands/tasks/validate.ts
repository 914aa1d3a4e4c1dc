import path from "node:path";
import { BUNDLED_DATA } from "../../../bundled.js";
import { GlmEvalError } from "../../../errors.js";
import { describeFinding, describePosition, type Finding, type Findings } from "../../../findings.js";
import { snakeKeys } from "../../../json.js";
import type { TasksValidateOptions } from "../../../options/index.js";
import { checkSuite, checkTask, resolveTaskFile, type TaskCheck } from "../../../tasks/index.js";
import { codeFrame } from "../../terminal/code-frame.js";
import { createProgress } from "../../terminal/progress.js";
import { getDownloadOptions, loadReaderWithProgress } from "../load-with-progress.js";
import { checkWithModel } from "./check-model.js";

/** The check of a task file, or of a suite with the names of its tasks. */
type Check = TaskCheck & { readonly members?: readonly string[] };

const NO_TASK = { task: undefined, patterns: [], split: undefined, dataset: undefined, missing: undefined };

/** `glm-eval tasks validate FILE…`: reports all problems in task files, with their positions and how to fix them. */
export async function validate(argv: TasksValidateOptions): Promise<void> {
  const names = argv.tasks;
  if (names.length === 0)
    throw new GlmEvalError(
      "missing-argument",
      "no task given; expected task files or names of built-in tasks",
      {
        hint: "glm-eval tasks validate ./my-task.yaml",
      },
    );
  const progress = createProgress();
  const { model, split, limit } = argv;
  const reader = model === undefined ? undefined : await loadReaderWithProgress({ ...argv, model }, progress);
  const checks: Check[] = [];
  for (const file of await listTaskFiles(names, checks)) {
    progress.say(`checking ${file} …`);
    const check = await checkTask(file, {
      root: path.resolve(argv.data ?? BUNDLED_DATA),
      downloads: getDownloadOptions(argv, progress),
      split,
      limit,
    });
    if (reader && check.dataset)
      checkWithModel(check.patterns, check.dataset.examples, reader, check.findings);
    checks.push(check);
  }
  progress.end();
  reportMissing(checks);
  if (argv.json) process.stdout.write(`${JSON.stringify(snakeKeys(checks.map(toFacts)), null, 2)}\n`);
  else process.stdout.write(checks.map(formatReport).join("\n"));
  if (checks.some(({ findings }) => findings.errors > 0)) process.exitCode = 3;
}

/**
 * Reports missing data with the severity it has in a run: a task without data is skipped (warning); without data for any task,
 * there is nothing to run (error).
 */
function reportMissing(checks: readonly Check[]): void {
  const isAllMissing = checks.every(({ dataset }) => dataset === undefined);
  for (const { missing, findings } of checks)
    if (missing) findings.add({ ...missing, severity: isAllMissing ? "error" : "warning" });
}

/** Returns the task files of names. A suite among them is checked itself, and adds the files of its tasks. */
async function listTaskFiles(names: readonly string[], checks: Check[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const name of names) {
    const suite = await checkSuite(name);
    if (suite === undefined) {
      files.push(resolveTaskFile(name));
      continue;
    }
    const { file, text, findings, tasks } = suite;
    const members = tasks.map((task) => task.name);
    checks.push({ ...NO_TASK, file, text, findings, members });
    files.push(...tasks.map((task) => task.file));
  }
  return [...new Set(files)];
}

function toFacts({ file, findings, task, patterns, split, dataset, members }: Check) {
  return {
    file,
    valid: findings.errors === 0,
    errors: findings.errors,
    warnings: findings.warnings,
    findings: sortFindings(findings.list, file),
    omitted: findings.omitted,
    ...(members && { tasks: members }),
    patterns: patterns.map(({ id }) => id),
    split: split ?? null,
    dataFile: dataset?.file ?? null,
    examples: dataset?.examples.length ?? null,
    labels: countLabels({ task, dataset }).map(([label, examples]) => ({ label, examples })),
  };
}

function formatReport(check: Check): string {
  const { file, text = "", findings } = check;
  const width = process.stdout.columns ?? 100;
  const listed = sortFindings(findings.list, file);
  const paragraphs = listed.map((finding, i) => {
    const frame = finding.file === file ? codeFrame(text, finding, width) : undefined;
    const more = isLastOfKind(listed, i) ? formatOmitted(findings, finding) : undefined;
    return [formatFinding(finding), frame, finding.hint && `  ${finding.hint}`, more]
      .filter(Boolean)
      .join("\n");
  });
  return `${[...paragraphs, formatSummary(check)].join("\n\n")}\n`;
}

/** Formats a finding: "boolq.yaml:12:34: error: pattern p4: the data has no column "premis" (example 17)" */
function formatFinding(finding: Finding): string {
  const position = describePosition(finding);
  return `${position}: ${finding.severity}${describeFinding(finding).slice(position.length)}`;
}

/** Sorts findings: those in the task file first, then those in the data, each by position. */
function sortFindings(findings: readonly Finding[], taskFile: string): Finding[] {
  const key = ({ file, line, row, column }: Finding) => [
    file === taskFile ? 0 : 1,
    line ?? row ?? 0,
    column ?? 0,
  ];
  return [...findings].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    const at = x.findIndex((value, i) => value !== y[i]);
    return at < 0 ? 0 : x[at]! - y[at]!;
  });
}

const getKind = ({ severity, code, pattern }: Pick<Finding, "severity" | "code" | "pattern">): string =>
  JSON.stringify([severity, code, pattern]);

function isLastOfKind(findings: readonly Finding[], i: number): boolean {
  return !findings.slice(i + 1).some((other) => getKind(other) === getKind(findings[i]!));
}

function formatOmitted(findings: Findings, finding: Finding): string | undefined {
  const omitted = findings.omitted.find((each) => getKind(each) === getKind(finding));
  return omitted && `  … and ${omitted.count} more like this`;
}

/** Formats "my-task.yaml: ok: 872 examples, 3 patterns, labels negative 428 / positive 444" */
export function formatSummary({ file, findings, task, patterns, dataset, members }: Check): string {
  const { errors, warnings } = findings;
  const problems = [
    errors && formatCount(errors, "error"),
    warnings && formatCount(warnings, "warning"),
  ].filter(Boolean);
  if (errors > 0) return `${file}: ${problems.join(", ")}`;
  const labels = countLabels({ task, dataset })
    .map(([label, count]) => `${label} ${count}`)
    .join(" / ");
  const contents = members
    ? [formatCount(members.length, "task")]
    : [
        dataset && formatCount(dataset.examples.length, "example"),
        formatCount(patterns.length, "pattern"),
        labels && `labels ${labels}`,
      ];
  return `${file}: ${["ok", ...problems].join(", ")}: ${contents.filter(Boolean).join(", ")}`;
}

/** Counts the examples of each label, in class order. */
function countLabels({
  task,
  dataset,
}: Pick<TaskCheck, "task" | "dataset">): [label: string, count: number][] {
  const counts = new Map((task?.labels ?? []).map((label) => [label, 0]));
  for (const { label } of dataset?.examples ?? [])
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  return dataset === undefined ? [] : [...counts];
}

function formatCount(count: number, unit: string): string {
  return `${count.toLocaleString("en-US")} ${unit}${count === 1 ? "" : "s"}`;
}
