import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { GlmEvalError } from "../errors.js";
import { type FindingCode, Findings, type Problems } from "../findings.js";
import type { SuiteRule } from "../metrics/index.js";
import { builtinTasks, findTask, isPath, taskFileOf } from "./builtin.js";
import { checkAgainst } from "./check-schema.js";
import { type SuiteDefinition, suiteSchema } from "./schema.js";
import type { Task } from "./task.js";
import { readTaskFile } from "./task-file.js";
import { parseYaml, type YamlFile } from "./yaml-file.js";

/** Beside this module, in the sources as in the build. */
const FOLDER = fileURLToPath(new URL("./suites/", import.meta.url));

/** Tasks that make one score together. */
export interface Suite extends SuiteRule {
  /** "superglue" */
  readonly name: string;
  readonly title: string;
  readonly file: string;
  /** sha256 of the suite file, hex */
  readonly hash: string;
}

/** What a name or a file on the command line stands for: one task, or those of a suite. */
export interface Found {
  readonly tasks: readonly Task[];
  readonly suite?: Suite;
}

/** All that can be known of a suite's file. */
export interface SuiteCheck extends Found {
  readonly file: string;
  readonly text: string;
  readonly findings: Findings;
  /** the files of its tasks, as far as they could be read */
  readonly tasks: readonly Task[];
}

/**
 * The names of the suites that come with the program.
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
 * A task or a suite by its built-in name, or by the path of its file.
 * @throws GlmEvalError (usage) where there is neither, "data" where the file is wrong
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
 * @returns undefined where it is no suite: a task file that cannot be read is told so by the task's own loader
 * @throws GlmEvalError (usage) where there is neither task nor suite of the name
 */
export async function checkSuite(nameOrFile: string): Promise<SuiteCheck | undefined> {
  // Before files, as a built-in task is: ./superglue is what most people call their folder of data.
  const builtin = builtinSuites().includes(nameOrFile);
  const file = builtin ? `${FOLDER}${nameOrFile}.yaml` : taskFileOf(nameOrFile, builtinSuites());
  const yaml = await openYaml(file);
  return yaml !== undefined && isSuite(yaml) ? checkSuiteFile(file, yaml) : undefined;
}

/**
 * The built-in suites of which all tasks are there, so that whoever runs all tasks of one by their names has its score.
 * @throws GlmEvalError (data) where a suite's file is wrong
 */
export async function suitesOf(tasks: readonly Task[]): Promise<Suite[]> {
  const files = new Set(tasks.map(({ file }) => file));
  const found = await Promise.all(
    builtinSuites().map(async (name) => {
      const file = `${FOLDER}${name}.yaml`;
      const { tasks: members } = (await openYaml(file))!.value as { tasks: readonly string[] };
      const isThere = members.every((task) => files.has(taskFileOf(task)));
      return isThere ? (await findTasks(name)).suite! : undefined;
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
    const task = await member(name, file, yaml, i, findings);
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

/** A task of a suite: by its built-in name, or by its path from the suite's file. */
async function member(
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
      return report("nested-suite", `${name} is a suite; expected a task`, "name its tasks one by one");
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
        ...yaml.positionOfKey(["average", "metrics", name]),
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

/** The names of all tasks and suites that come with the program. */
export function builtinNames(): readonly string[] {
  return [...builtinTasks(), ...builtinSuites()];
}
