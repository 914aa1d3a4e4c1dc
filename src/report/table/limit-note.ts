import type { Limited, RunResults } from "../../results/index.js";
import { taskTitle } from "../names.js";

/**
 * Describes which examples were scored if a limit left some out: "the first 10 examples of each task"; undefined without a
 * limit. Names the tasks if the limit differs between them.
 */
export function describeLimit({ tasks, baselines }: RunResults): string | undefined {
  const done = [...tasks, ...baselines.flatMap((one) => one.tasks)].filter(({ status }) => status === "done");
  const kinds = new Map<string, { readonly limited: Limited | undefined; readonly names: Set<string> }>();
  for (const { task, limited } of done) {
    const key = JSON.stringify(limited) ?? "";
    if (!kinds.has(key)) kinds.set(key, { limited, names: new Set() });
    kinds.get(key)!.names.add(taskTitle(task));
  }
  const texts = [...kinds.values()].flatMap(({ limited, names }) =>
    limited === undefined ? [] : formatLimit(limited, kinds.size === 1 ? "each task" : [...names].join(", ")),
  );
  return texts.length === 0 ? undefined : texts.join("; ");
}

function formatLimit({ limit, by, seed }: Limited, tasks: string): string {
  const percent = `${Number((100 * limit).toPrecision(6))}%`;
  const count = limit < 1 ? percent : `${limit} example${limit === 1 ? "" : "s"}`;
  if (by === "first") return `the first ${count} of ${tasks}`;
  const how = by === "random" ? "at random" : "at random, stratified by gold label";
  return `${count} of ${tasks}, drawn ${how} (seed ${seed ?? 0})`;
}
