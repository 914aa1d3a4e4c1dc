/** The eight tasks of the SuperGLUE score, by the names of their task files; the diagnostics AX-b and AX-g never count. */
export const SUPERGLUE_TASKS = ["boolq", "cb", "copa", "multirc", "record", "rte", "wic", "wsc"] as const;

/**
 * The SuperGLUE score: the mean of the eight tasks' scores, where a task's score is the mean of its metrics
 * (Wang et al. 2019, section 3). In the unit of `values`. Other tasks are ignored.
 * @returns null unless each of the eight is there exactly once, with at least one value and no NaN
 */
export function superglueScore(tasks: readonly { task: string; values: readonly number[] }[]): number | null {
  let sum = 0;
  for (const name of SUPERGLUE_TASKS) {
    const [found, ...more] = tasks.filter(({ task }) => task === name);
    if (found === undefined || more.length > 0) return null;
    sum += found.values.reduce((a, b) => a + b, 0) / found.values.length;
  }
  const score = sum / SUPERGLUE_TASKS.length;
  return Number.isFinite(score) ? score : null;
}
