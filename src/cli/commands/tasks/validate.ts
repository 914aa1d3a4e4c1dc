import path from "node:path";
import { BUNDLED_DATA } from "../../../bundled.js";
import { GlmEvalError } from "../../../errors.js";
import { describeFinding, describePosition, type Finding, type Findings } from "../../../findings.js";
import { snakeKeys } from "../../../json.js";
import type { TasksValidateOptions } from "../../../options/index.js";
import { checkSuite, checkTask, resolveTaskFile, type TaskCheck } from "../../../tasks/index.js";
import { codeFrame } from "../../terminal/code-frame.js";
import { createProgress } from "../../terminal/progress.js";
import { downloadsOf, readerFor } from "../load-for.js";
import { checkWithModel } from "./check-model.js";

/** A task file that was checked, or a suite with the names of its tasks. */
type Check = TaskCheck & { readonly members?: readonly string[] };

const NO_TASK = { task: undefined, patterns: [], split: undefined, dataset: undefined, missing: undefined };

/** `glm-eval tasks validate FILE…`: all that is wrong with task files, where, and how to mend it. */
export async function validate(argv: TasksValidateOptions): Promise<void> {
  const names = argv.tasks;
  if (names.length === 0)
    throw new GlmEvalError(
      "missing-argument",
      "no task is named; expected task files or names of built-in tasks",
      {
        hint: "glm-eval tasks validate ./my-task.yaml",
      },
    );
  const progress = createProgress();
  const { model, split, limit } = argv;
  const reader = model === undefined ? undefined : await readerFor({ ...argv, model }, progress);
  const checks: Check[] = [];
  for (const file of await filesOf(names, checks)) {
    progress.say(`checking ${file} …`);
    const check = await checkTask(file, {
      root: path.resolve(argv.data ?? BUNDLED_DATA),
      downloads: downloadsOf(argv, progress),
      split,
      limit,
    });
    if (reader && check.dataset)
      checkWithModel(check.patterns, check.dataset.examples, reader, check.findings);
    checks.push(check);
  }
  progress.end();
  reportMissing(checks);
  if (argv.json) process.stdout.write(`${JSON.stringify(snakeKeys(checks.map(facts)), null, 2)}\n`);
  else process.stdout.write(checks.map(report).join("\n"));
  if (checks.some(({ findings }) => findings.errors > 0)) process.exitCode = 3;
}

/** As a run has it: a task whose data is not there is left out; if that is so of all, there is nothing to run. */
function reportMissing(checks: readonly Check[]): void {
  const isNone = checks.every(({ dataset }) => dataset === undefined);
  for (const { missing, findings } of checks)
    if (missing) findings.add({ ...missing, severity: isNone ? "error" : "warning" });
}

/** The task files that the names stand for; suites among them are checked as such, and give the files of their tasks. */
async function filesOf(names: readonly string[], checks: Check[]): Promise<readonly string[]> {
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

function facts({ file, findings, task, patterns, split, dataset, members }: Check) {
  return {
    file,
    valid: findings.errors === 0,
    errors: findings.errors,
    warnings: findings.warnings,
    findings: inOrder(findings.list, file),
    omitted: findings.omitted,
    ...(members && { tasks: members }),
    patterns: patterns.map(({ id }) => id),
    split: split ?? null,
    dataFile: dataset?.file ?? null,
    examples: dataset?.examples.length ?? null,
    labels: labelCounts({ task, dataset }).map(([label, examples]) => ({ label, examples })),
  };
}

function report(check: Check): string {
  const { file, text = "", findings } = check;
  const width = process.stdout.columns ?? 100;
  const listed = inOrder(findings.list, file);
  const paragraphs = listed.map((finding, i) => {
    const frame = finding.file === file ? codeFrame(text, finding, width) : undefined;
    const more = isLastOfKind(listed, i) ? omittedOf(findings, finding) : undefined;
    return [told(finding), frame, finding.hint && `  ${finding.hint}`, more].filter(Boolean).join("\n");
  });
  return `${[...paragraphs, summary(check)].join("\n\n")}\n`;
}

/** "boolq.yaml:12:34: error: pattern p4: the data has no column "premis" (example 17)" */
function told(finding: Finding): string {
  const position = describePosition(finding);
  return `${position}: ${finding.severity}${describeFinding(finding).slice(position.length)}`;
}

/** Those of the task file first, by their positions; then those of the data. */
function inOrder(findings: readonly Finding[], taskFile: string): Finding[] {
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

const kindOf = ({ severity, code, pattern }: Pick<Finding, "severity" | "code" | "pattern">): string =>
  JSON.stringify([severity, code, pattern]);

function isLastOfKind(findings: readonly Finding[], i: number): boolean {
  return !findings.slice(i + 1).some((other) => kindOf(other) === kindOf(findings[i]!));
}

function omittedOf(findings: Findings, finding: Finding): string | undefined {
  const omitted = findings.omitted.find((each) => kindOf(each) === kindOf(finding));
  return omitted && `  … and ${omitted.count} more like this`;
}

/** "my-task.yaml: ok: 872 examples, 3 patterns, labels negative 428 / positive 444" */
export function summary({ file, findings, task, patterns, dataset, members }: Check): string {
  const { errors, warnings } = findings;
  const problems = [errors && counted(errors, "error"), warnings && counted(warnings, "warning")].filter(
    Boolean,
  );
  if (errors > 0) return `${file}: ${problems.join(", ")}`;
  const labels = labelCounts({ task, dataset })
    .map(([label, count]) => `${label} ${count}`)
    .join(" / ");
  const held = members
    ? [counted(members.length, "task")]
    : [
        dataset && counted(dataset.examples.length, "example"),
        counted(patterns.length, "pattern"),
        labels && `labels ${labels}`,
      ];
  return `${file}: ${["ok", ...problems].join(", ")}: ${held.filter(Boolean).join(", ")}`;
}

/** How many examples each label has, in class order. */
function labelCounts({
  task,
  dataset,
}: Pick<TaskCheck, "task" | "dataset">): [label: string, count: number][] {
  const counts = new Map((task?.labels ?? []).map((label) => [label, 0]));
  for (const { label } of dataset?.examples ?? [])
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  return dataset === undefined ? [] : [...counts];
}

function counted(count: number, unit: string): string {
  return `${count.toLocaleString("en-US")} ${unit}${count === 1 ? "" : "s"}`;
}
