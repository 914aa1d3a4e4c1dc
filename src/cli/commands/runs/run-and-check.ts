import type { RunOptions } from "../../../options/index.js";
import { exitBelowFloors } from "../../terminal/exit.js";
import { missedFloors, runTasks } from "../run-tools.js";

/** Runs tasks, and sees whether the results are below what --fail-under asks for. */
export async function runAndCheck(options: RunOptions): Promise<void> {
  const results = await runTasks(options);
  const { failUnder = [] } = options;
  if (failUnder.length > 0) exitBelowFloors(await missedFloors(results, failUnder));
}
