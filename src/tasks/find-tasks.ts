import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { GlmEvalError } from "../errors.js";
import { type FindingCode, Findings, type Problems } from "../findings.js";
import type { SuiteRule } from "../metrics/index.js";
import { builtinTasks, findTask, isPath, resolveTaskFile } from "./builtin-tasks.js";
import { checkAgainst } from "./check-schema.js";
import { type SuiteDefinition, suiteSchema } from "./schema.js";
import type { Task } from "./task.js";
import { readTaskFile } from "./task-file.js";
import { parseYaml, type YamlFile } from "./yaml-file.js";

/** Next to this module, both in the sources and in the build. */
const FOLDER = fileURLToPath(new URL("./suites/", import.meta.url));

/** Tasks that are combined into one score. */
export interface Suite extends SuiteRule {
  /** "superglue" */
  readonly name: string;
  readonly title: string;
  readonly file: string;
  /** sha256 of the suite file, hex */
  readonly hash: string;
}

/** What a name or a file on the command line maps to: one task, or those of a suite. */
export interface Found {
  readonly tasks: readonly Task[];
  readonly suite?: Suite;
}

/** The result of checking a suite's file. */
export interface SuiteCheck extends Found {
  readonly file: string;
  readonly text: string;
  readonly findings: Findings;
  /** its tasks, those whose files could be read */
  readonly tasks: readonly Task[];
}

/**
 * Returns the names of the built-in suites.
 *
 * @example
 * console.log(builtinSuites().includes("superglue")); // true
 */
export function builtinSuites(): readonly string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length))
    .sort();
}

/**
 * Finds a task or a suite by its built-in name or by the path of its file.
 * @throws GlmEvalError (usage) if there is neither, (data) if the file has errors
 *
 * @example
 * const { suite, tasks } = await findTasks("superglue");
 * console.log(suite?.title, tasks.length); // SuperGLUE 8
 */
export async function findTasks(nameOrFile: string): Promise<Found> {
  const check = await checkSuite(nameOrFile);
  if (check === undefined) return { tasks: [await findTask(nameOrFile)] };
  check.findings.throwFirst(check.file);
  return check;
}

/**
 * Checks a suite's file, by its built-in name or its path, and the files of its tasks.
 * @returns undefined if it is not a suite: a task file that cannot be read is reported by the task's own loader
 * @throws GlmEvalError (usage) if there is neither a task nor a suite of that name
 */
export async function checkSuite(nameOrFile: string): Promise<SuiteCheck | undefined> {
  // Before files, like built-in tasks: most people call their data folder ./superglue.
  const builtin = builtinSuites().includes(nameOrFile);
  const file = builtin ? `${FOLDER}${nameOrFile}.yaml` : resolveTaskFile(nameOrFile, builtinSuites());
  const yaml = await openYaml(file);
  return yaml !== undefined && isSuite(yaml) ? checkSuiteFile(file, yaml) : undefined;
}

/**
 * Finds the built-in suites whose tasks are all included, so anyone who runs all tasks of a suite by name gets its score.
 * @throws GlmEvalError (data) if a suite's file has errors
 */
export async function findCompleteSuites(tasks: readonly Task[]): Promise<Suite[]> {
  const files = new Set(tasks.map(({ file }) => file));
  const found = await Promise.all(
    builtinSuites().map(async (name) => {
      const file = `${FOLDER}${name}.yaml`;
      const { tasks: members } = (await openYaml(file))!.value as { tasks: readonly string[] };
      const isComplete = members.every((task) => files.has(resolveTaskFile(task)));
      return isComplete ? (await findTasks(name)).suite! : undefined;
    }),
  );
  return found.filter((suite) => suite !== undefined);
}

async function openYaml(file: string): Promise<(YamlFile & { readonly bytes: Buffer }) | undefined> {
  const unseen = new Findings();
  const bytes = await readTaskFile(file, unseen);
  const yaml = bytes && parseYaml(file, bytes.toString("utf8"), unseen);
  return yaml && { ...yaml, bytes };
}

function isSuite({ value }: YamlFile): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "suite");
}

async function checkSuiteFile(
  file: string,
  yaml: YamlFile & { readonly bytes: Buffer },
): Promise<SuiteCheck> {
  const findings = new Findings();
  const text = yaml.bytes.toString("utf8");
  const definition = checkAgainst(suiteSchema, yaml, findings);
  if (definition === undefined) return { file, text, findings, tasks: [] };
  const tasks: Task[] = [];
  for (const [i, name] of definition.tasks.entries()) {
    const task = await loadMember(name, file, yaml, i, findings);
    if (task !== undefined) tasks.push(task);
  }
  const names = tasks.map((task) => task.name);
  for (const [i, name] of names.entries()) {
    if (names.indexOf(name) === i) continue;
    const message = `found task "${name}" twice`;
    findings.add({ severity: "error", code: "duplicate-task", ...yaml.position(["tasks", i]), message });
  }
  checkAverage(definition, tasks, yaml, findings);
  const { suite: name, title, average } = definition;
  const hash = createHash("sha256").update(yaml.bytes).digest("hex");
  const suite = { name, title, file: path.resolve(file), hash, tasks: names, ...average };
  return { file, text, findings, tasks, suite };
}

/** Loads a task of a suite, by its built-in name or by its path relative to the suite's file. */
async function loadMember(
  name: string,
  file: string,
  yaml: YamlFile,
  index: number,
  problems: Problems,
): Promise<Task | undefined> {
  const report = (code: FindingCode, message: string, hint?: string): undefined => {
    problems.add({ severity: "error", code, ...yaml.position(["tasks", index]), message, hint });
  };
  const nameOrFile = isPath(name) ? path.resolve(path.dirname(file), name) : name;
  try {
    const inner = isPath(name) ? await openYaml(nameOrFile) : undefined;
    if (builtinSuites().includes(name) || (inner !== undefined && isSuite(inner)))
      return report("nested-suite", `${name} is a suite; expected a task`, "list its tasks one by one");
    return await findTask(nameOrFile);
  } catch (error) {
    if (!(error instanceof GlmEvalError)) throw error;
    return report("bad-task", error.message, error.hint);
  }
}

function checkAverage(
  { average }: SuiteDefinition,
  tasks: readonly Task[],
  yaml: YamlFile,
  problems: Problems,
): void {
  for (const [name, metrics] of Object.entries(average.metrics)) {
    const task = tasks.find((one) => one.name === name);
    if (task === undefined) {
      problems.add({
        severity: "error",
        code: "unknown-task",
        ...yaml.keyPosition(["average", "metrics", name]),
        message: `the suite has no task "${name}"`,
        hint: `its tasks are: ${tasks.map((one) => one.name).join(", ")}`,
      });
      continue;
    }
    for (const [i, metric] of metrics.entries()) {
      if (task.metrics.includes(metric)) continue;
      problems.add({
        severity: "error",
        code: "unknown-metric",
        ...yaml.position(["average", "metrics", name, i]),
        message: `task "${name}" has no metric "${metric}"`,
        hint: `its metrics are: ${task.metrics.join(", ")}`,
      });
    }
  }
}

/** Returns the names of all built-in tasks and suites. */
export function builtinNames(): readonly string[] {
  return [...builtinTasks(), ...builtinSuites()];
}
