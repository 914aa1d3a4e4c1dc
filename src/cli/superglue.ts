import { GlmEvalError } from "../errors.js";
import { builtinNames } from "../tasks/index.js";
import { type RunArguments, runNamed } from "./run.js";
import { listOf } from "./usage.js";

const DIAGNOSTICS = ["axb", "axg"];

/** `glm-eval superglue`: the eight tasks, and the two diagnostics where asked. */
export async function superglue(
  argv: RunArguments & { diagnostics: boolean; tasks?: string },
): Promise<void> {
  const names = argv.tasks ? listOf("--tasks", argv.tasks) : ["superglue"];
  await runNamed(argv.diagnostics ? [...new Set([...names, ...DIAGNOSTICS])] : names, argv);
}

/** `glm-eval run TASK…` */
export async function runTasks(argv: RunArguments & { task?: string[] }): Promise<void> {
  const names = argv.task ?? [];
  if (names.length === 0)
    throw new GlmEvalError("usage", "no task is named; expected names of built-in tasks or task files", {
      hint: `The built-in tasks and suites are: ${builtinNames().join(", ")}`,
    });
  await runNamed([...new Set(names)], argv);
}
